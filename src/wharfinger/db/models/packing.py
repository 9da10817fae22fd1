"""Pick lists: the orders that a packer fetches from the shelves together."""

from django.db import models
from django.db.models import Q

from wharfinger.db.fields import EnumField
from wharfinger.domain.shipping.pick_lists import PickListState, code_of


class PickList(models.Model):
    """A wave of orders. Its number is its id. Trade time."""

    state = EnumField(PickListState, max_length=10, default=PickListState.OPEN)
    chosen = models.CharField(max_length=200, blank=True)  # the filter that it was made by, without personal data
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["-id"], condition=Q(state="open"), name="pick_lists_open")]

    def __str__(self) -> str:
        return code_of(self.pk)


class PickListOrder(models.Model):
    """An order of a pick list. An order is on one open list at a time: no two packers pick it."""

    pick_list = models.ForeignKey(PickList, on_delete=models.CASCADE, db_index=False, related_name="orders")
    order = models.ForeignKey("wharfinger.SalesOrder", on_delete=models.CASCADE, related_name="pick_list_orders")
    place = models.PositiveSmallIntegerField()
    open = models.BooleanField(default=True)  # its list is open, and it was not taken off
    taken_off_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pick_list", "place"], name="one_place_of_a_pick_list"),
            models.UniqueConstraint(fields=["order"], condition=Q(open=True), name="one_open_pick_list_of_an_order"),
        ]


class PickListUnits(models.Model):
    """What was to be fetched for a line when the list was made: from which site, of a kit each component."""

    entry = models.ForeignKey(PickListOrder, on_delete=models.CASCADE, related_name="units")
    line = models.ForeignKey("wharfinger.SalesOrderLine", on_delete=models.CASCADE, related_name="+")
    item = models.ForeignKey("wharfinger.StockItem", on_delete=models.PROTECT, db_index=False, related_name="+")
    site = models.ForeignKey("wharfinger.Site", on_delete=models.PROTECT, db_index=False, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="pick_list_units_are_some"),
        ]


class BenchClaim(models.Model):
    """An order on somebody's packing bench. A person packs one order at a time."""

    order = models.OneToOneField("wharfinger.SalesOrder", on_delete=models.CASCADE, related_name="bench_claim")
    user = models.OneToOneField("wharfinger.User", on_delete=models.CASCADE, related_name="bench_claim")
    pick_list = models.ForeignKey(PickList, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")
    scanned = models.JSONField(default=dict)  # item id → units
    address_hash = models.CharField(max_length=64, blank=True)  # keyed; of the address that the packer was shown
    since = models.DateTimeField()  # trade time
    active_at_machine = models.DateTimeField()  # machine time of the last scan
