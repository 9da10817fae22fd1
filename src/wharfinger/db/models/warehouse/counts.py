from django.db import models
from django.db.models import Q

from wharfinger.db.fields import EnumField
from wharfinger.domain.stock.counts import CountScope, CountState


class StockCount(models.Model):
    """A count (stocktake) of a site or a part of it; open until it is booked or cancelled."""

    site = models.ForeignKey("wharfinger.Site", on_delete=models.PROTECT, related_name="counts")
    scope = EnumField(CountScope, max_length=10)
    bin_from = models.CharField(max_length=40, blank=True, db_collation="C")
    bin_to = models.CharField(max_length=40, blank=True, db_collation="C")
    state = EnumField(CountState, max_length=10, default=CountState.OPEN)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")
    booked = models.PositiveIntegerField(default=0)  # items whose level it changed
    items = models.PositiveIntegerField(default=0, db_default=0)  # its lines, and how many of them are counted
    items_counted = models.PositiveIntegerField(default=0, db_default=0)

    @property
    def code(self) -> str:
        return f"CNT{self.pk}"


class CountLine(models.Model):
    """An item of a count: those that it is to count from the beginning, and whatever else was found.

    `counted` None = not counted yet. `expected`: on hand when it was counted.
    """

    count = models.ForeignKey(StockCount, on_delete=models.CASCADE, db_index=False, related_name="lines")
    item = models.ForeignKey("wharfinger.StockItem", on_delete=models.PROTECT, related_name="count_lines")
    bin = models.CharField(max_length=40, blank=True, db_collation="C")  # when the line was made
    counted = models.IntegerField(null=True)
    expected = models.IntegerField(null=True)
    variance = models.IntegerField(null=True)
    moved = models.BooleanField(default=False)  # units came or went between its entries
    entries = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    recount = models.BooleanField(default=False)  # wanted: the next entry replaces what was counted
    undecided = models.BooleanField(default=False, db_default=False)  # a person has to accept or recount it
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["count", "item"], name="one_count_line"),
            models.CheckConstraint(
                condition=Q(counted__isnull=True, expected__isnull=True, variance__isnull=True)
                | Q(counted__isnull=False, expected__isnull=False, variance=models.F("counted") - models.F("expected")),
                name="variance_is_counted_less_expected",
            ),
        ]
        indexes = [
            models.Index(fields=["count", "bin", "id"], name="count_line_by_bin"),
            models.Index(fields=["count", "variance", "id"], name="count_line_by_variance"),
            models.Index(fields=["count", "bin", "id"], condition=Q(undecided=True), name="count_line_undecided"),
            models.Index(
                fields=["count", "bin", "id"],
                condition=Q(counted__isnull=True) | Q(recount=True),
                name="count_line_to_do",
            ),
        ]


class CountEntry(models.Model):
    """What one person counted at one moment. `token`: of the form it came by, so that one sent twice counts once."""

    count = models.ForeignKey(StockCount, on_delete=models.CASCADE, db_index=False, related_name="every_entry")
    line = models.ForeignKey(CountLine, on_delete=models.CASCADE, related_name="every_entry")
    quantity = models.PositiveIntegerField()
    on_hand = models.IntegerField()  # at that moment
    replaces = models.BooleanField(default=False)  # a recount: what was entered before it does not count any more
    token = models.CharField(max_length=40)
    user = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token"], name="one_count_entry")]
        indexes = [models.Index(fields=["count", "-id"], name="count_entry_newest")]
