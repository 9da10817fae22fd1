from django.db import models
from django.db.models import F, Q

from wharfinger.db.fields import EnumField
from wharfinger.domain.stock.transfers import TransferState


class StockTransfer(models.Model):
    """Units on their way from one site to another; in between they are at the site for transfers."""

    source = models.ForeignKey("wharfinger.Site", on_delete=models.PROTECT, related_name="transfers_out")
    target = models.ForeignKey("wharfinger.Site", on_delete=models.PROTECT, related_name="transfers_in")
    state = EnumField(TransferState, max_length=10, default=TransferState.DRAFT)
    note = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(max_length=200, blank=True)  # of a difference

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(source=F("target")), name="transfer_goes_somewhere")]

    @property
    def code(self) -> str:
        return f"TRF{self.pk}"


class TransferLine(models.Model):
    """`quantity`: units to be sent, then sent. What was sent is received, lost, back or still in transit."""

    transfer = models.ForeignKey(StockTransfer, on_delete=models.CASCADE, db_index=False, related_name="lines")
    item = models.ForeignKey("wharfinger.StockItem", on_delete=models.PROTECT, related_name="transfer_lines")
    quantity = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)
    back = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "item"], name="one_transfer_line"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__gte=F("received") + F("lost") + F("back")),
                name="transfer_line_adds_up",
            ),
        ]
