"""Plans of first stock uploads, kept with what a person decided."""

from django.db import models
from django.db.models import Q

from wharfinger.db.fields import EnumField
from wharfinger.db.models.accounts import SellerAccount
from wharfinger.db.models.channels import Channel
from wharfinger.db.models.listings import Listing
from wharfinger.domain.stock.first_upload import PlannedChange, UploadPlanState


class UploadPlan(models.Model):
    """Of one channel, or of every channel of its seller account that waited. Trade time.

    Worked out some listings at a time, by their ids upwards: `after` is the last one. `totals`:
    `domain.stock.first_upload.PlanTotals`.
    """

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="+")
    channels = models.ManyToManyField(Channel, related_name="upload_plans")
    state = EnumField(UploadPlanState, max_length=10, default=UploadPlanState.WANTED)
    wanted_at = models.DateTimeField()
    wanted_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, related_name="+")
    worked_out_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")
    after = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField()  # listings, when it was requested
    done = models.PositiveIntegerField(default=0)
    totals = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(state="wanted"), name="upload_plans_wanted")]


class UploadPlanRow(models.Model):
    """A SKU of a plan. `now` None = Amazon was not read yet; `would_be` None = it is not sent, for `why_not`."""

    plan = models.ForeignKey(UploadPlan, on_delete=models.CASCADE, db_index=False, related_name="rows")
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+")
    change = EnumField(PlannedChange, max_length=10)
    now = models.IntegerField(null=True)
    would_be = models.IntegerField(null=True)
    by = models.PositiveIntegerField()  # units of the change, either way
    why_not = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "listing"], name="a_listing_once_in_a_plan")]
        indexes = [models.Index(fields=["plan", "-by", "-id"], name="upload_plan_by_change")]
