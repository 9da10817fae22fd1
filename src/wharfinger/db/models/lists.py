"""The small lists of Settings that options of a channel point to. What was used is archived, never deleted."""

from django.db import models
from django.db.models.functions import Lower


class SmallList(models.Model):
    """A name that orders can be sorted by."""

    name = models.CharField(max_length=60)
    archived = models.BooleanField(default=False)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(Lower("name"), name="%(class)s_once")]

    def __str__(self) -> str:
        return self.name


class SalesSource(SmallList):
    """Where an order came from; the basis of reports."""


class CompanyClass(SmallList):
    """A class of customers, such as “Amazon FBA buyers”."""


class BankAccount(SmallList):
    """Where an order's money arrives."""

    currency = models.CharField(max_length=3, blank=True)


class OrderNumberPrefix(SmallList):
    """What a sales order's code begins with; `name` is the prefix itself, such as “SO” or “AMZ”."""
