from django.db import models

from wharfinger.db.encryption import EncryptedJson
from wharfinger.db.fields import EnumField
from wharfinger.domain.installation.access_log import Access, Subject


class Activity(models.Model):
    """One sentence of a timeline: what happened to an order, a channel, an item or a SKU.

    The text holds no personal data; `personal` does, encrypted.
    """

    happened_at = models.DateTimeField()  # trade time
    text = models.CharField(max_length=400)
    personal = EncryptedJson(null=True)  # what the sentence is about, shown by role: {"before": …, "after": …}
    user = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True)
    account = models.ForeignKey("wharfinger.SellerAccount", on_delete=models.CASCADE, null=True)
    channel = models.ForeignKey("wharfinger.Channel", on_delete=models.CASCADE, null=True)
    sales_order = models.ForeignKey("wharfinger.SalesOrder", on_delete=models.CASCADE, null=True)
    imported_order = models.ForeignKey("wharfinger.ImportedOrder", on_delete=models.CASCADE, null=True)
    item = models.ForeignKey("wharfinger.StockItem", on_delete=models.CASCADE, null=True)
    listing = models.ForeignKey("wharfinger.Listing", on_delete=models.CASCADE, null=True)

    class Meta:
        indexes = [models.Index(fields=["-id"], name="activities_newest")]


class AuditEntry(models.Model):
    """Who changed what, append-only (a database trigger refuses change and deletion). Secrets as “changed”."""

    at = models.DateTimeField()  # trade time
    user = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True)
    verb = models.CharField(max_length=60)
    noun = models.CharField(max_length=40)
    noun_id = models.CharField(max_length=40)
    before = EncryptedJson(null=True)
    after = EncryptedJson(null=True)

    class Meta:
        indexes = [models.Index(fields=["noun", "noun_id", "-id"], name="audit_by_noun")]


class AccessEntry(models.Model):
    """Who read what holds personal data, and who signed in: kept for twelve months of trade time.

    It holds no personal data of a buyer, and outlives what it refers to: the subject is a row's id without a
    foreign key, which also spares every reading a lock on the order.
    """

    at = models.DateTimeField()  # trade time
    user = models.ForeignKey(
        "wharfinger.User", on_delete=models.PROTECT, null=True, db_index=False
    )  # none: a name that is nobody's
    what = EnumField(Access, max_length=20)
    subject = EnumField(Subject, max_length=20, blank=True)
    subject_id = models.BigIntegerField(null=True)
    details = models.CharField(max_length=60, blank=True)  # which list, which file; never what was searched for
    rows = models.PositiveIntegerField(null=True)  # how many a list showed
    address = models.CharField(max_length=60, blank=True)  # as the request came
    browser = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="access_by_time"),
            models.Index(fields=["user", "-id"], name="access_by_person"),
            models.Index(fields=["what", "-id"], name="access_by_kind"),
            models.Index(
                fields=["subject", "subject_id", "-id"], name="access_by_subject", condition=~models.Q(subject="")
            ),
        ]
