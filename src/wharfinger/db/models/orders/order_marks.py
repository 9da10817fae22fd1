"""What people put on a sales order: holds, legal holds, notes, attachments, tags."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from wharfinger.db.encryption import EncryptedBytes, EncryptedText
from wharfinger.db.fields import EnumField
from wharfinger.domain.orders.attachments import AttachmentKind
from wharfinger.domain.orders.holding import TAG_AT_MOST, HoldReason


class OrderHold(models.Model):
    """From when to when a person held an order, and why; `SalesOrder.on_hold_at` says whether one stands."""

    order = models.ForeignKey("wharfinger.SalesOrder", on_delete=models.CASCADE, related_name="holds")
    reason = EnumField(HoldReason, max_length=12)
    details = EncryptedText(blank=True, default="")  # a person's words, which may be about the buyer
    held_at = models.DateTimeField()
    held_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(released_at=None), name="one_hold_at_a_time")
        ]


class LegalHold(models.Model):
    """From when to when an order's personal data must be kept beyond its time, and why: a dispute, an authority."""

    order = models.ForeignKey("wharfinger.SalesOrder", on_delete=models.CASCADE, related_name="legal_holds")
    reason = EncryptedText()  # a person's words, which may be about the buyer
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(lifted_at=None), name="one_legal_hold_at_a_time")
        ]


class OrderNote(models.Model):
    """What a person wrote about an order for the others of the shop; it may be about the buyer."""

    order = models.ForeignKey("wharfinger.SalesOrder", on_delete=models.CASCADE, related_name="notes")
    text = EncryptedText()
    made_at = models.DateTimeField()
    user = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, related_name="+")


class OrderAttachment(models.Model):
    """A file that a person attached to an order, encrypted; it may be about the buyer."""

    order = models.ForeignKey("wharfinger.SalesOrder", on_delete=models.CASCADE, related_name="attachments")
    name = EncryptedText()
    kind = EnumField(AttachmentKind, max_length=40)
    content = EncryptedBytes()
    size = models.PositiveIntegerField()  # bytes, before encryption
    made_at = models.DateTimeField()
    user = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, related_name="+")


class Tag(models.Model):
    """A word of the shop's own by which orders are sorted and found."""

    name = models.CharField(max_length=TAG_AT_MOST)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="one_tag_of_a_name")]

    def __str__(self) -> str:
        return self.name


class OrderTag(models.Model):
    order = models.ForeignKey("wharfinger.SalesOrder", on_delete=models.CASCADE, related_name="tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="orders")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "order"], name="a_tag_once_on_an_order")]
