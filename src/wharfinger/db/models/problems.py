from django.db import models
from django.db.models import Q

from wharfinger.db.fields import EnumField
from wharfinger.db.stored_values import SubjectField
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import TEXT_AT_MOST


class Problem(models.Model):
    """Something a person must fix, with its cause and its remedy. One open row for each `key`."""

    kind = EnumField(ProblemKind, max_length=40)
    key = SubjectField(max_length=TEXT_AT_MOST)  # what it is about
    cause = models.TextField()
    remedy = models.TextField()
    account = models.ForeignKey("wharfinger.SellerAccount", on_delete=models.CASCADE, null=True)
    channel = models.ForeignKey("wharfinger.Channel", on_delete=models.CASCADE, null=True)
    imported_order = models.ForeignKey("wharfinger.ImportedOrder", on_delete=models.CASCADE, null=True)
    sales_order = models.ForeignKey("wharfinger.SalesOrder", on_delete=models.CASCADE, null=True)
    item = models.ForeignKey("wharfinger.StockItem", on_delete=models.CASCADE, null=True)
    listing = models.ForeignKey("wharfinger.Listing", on_delete=models.CASCADE, null=True)
    site = models.ForeignKey("wharfinger.Site", on_delete=models.CASCADE, null=True)
    count = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True)  # by a person's word

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(solved_at__isnull=True), name="one_open_problem"
            )
        ]
        indexes = [
            models.Index(fields=["-opened_at"], name="problems_newest"),
            models.Index(fields=["id"], condition=Q(solved_at__isnull=True), name="problems_open"),
        ]
