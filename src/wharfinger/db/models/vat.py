from django.db import models

from wharfinger.db.fields import EnumField
from wharfinger.domain.vat_facts import RegistrationKind


class VatRegistration(models.Model):
    """Where and how the seller declares VAT. `until`: its last day; `established`: with a place of business there."""

    kind = EnumField(RegistrationKind, max_length=20)
    country = models.CharField(max_length=2)
    number = models.CharField(max_length=20, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    established = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "country", "since"], name="one_vat_registration_a_day")]


class VatItemRate(models.Model):
    """A rate that a stock item has in a country instead of the standard one, from a day on. Per cent."""

    item = models.ForeignKey("wharfinger.StockItem", on_delete=models.CASCADE, related_name="vat_rates")
    country = models.CharField(max_length=2)
    rate = models.DecimalField(max_digits=5, decimal_places=2)
    since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "country", "since"], name="one_vat_rate_a_day")]
