from django.db import models

from wharfinger.db.encryption import EncryptedJson


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
