"""Actions on many imported orders, carried out some at a time by the worker."""

from django.db import models
from django.db.models import Q

from wharfinger.db.encryption import EncryptedJson
from wharfinger.db.fields import EnumField
from wharfinger.db.models.orders.inbox import ImportedOrder
from wharfinger.domain.orders.bulk_actions import BulkState, OrderAction


class BulkAction(models.Model):
    """One button pressed for many orders. Trade time.

    `chosen`: `db.queries.orders.imported_orders.write_filter`, encrypted since a search may name a buyer, and
    erased with it: None. Orders are
    taken by their ids upwards: `after` is the last one that was tried, `until` the newest when the button was pressed.
    """

    action = EnumField(OrderAction, max_length=10)
    state = EnumField(BulkState, max_length=10, default=BulkState.QUEUED)
    chosen = EncryptedJson(null=True)
    description = models.CharField(max_length=200, blank=True)  # what was chosen, without personal data
    user = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, related_name="+")
    pressed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    after = models.BigIntegerField(default=0)
    until = models.BigIntegerField()
    total = models.PositiveIntegerField()  # when the button was pressed
    done = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)  # as they were, each with its reason

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(state__in=["queued", "running"]), name="bulk_actions_open"),
        ]


class BulkActionOrder(models.Model):
    """An order that the action tried. `left`: why it was left as it was; empty = it was done."""

    bulk = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="orders")
    imported = models.ForeignKey(ImportedOrder, on_delete=models.CASCADE, related_name="+")
    left = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulk", "imported"], name="an_order_once_in_a_bulk_action")]
