"""Amazon's order reports, what they said of each day, and the gaps that they showed; orders wanted by number."""

from django.db import models
from django.db.models import Q

from wharfinger.db.fields import EnumField
from wharfinger.db.models.accounts import SellerAccount
from wharfinger.domain.labels import Labelled
from wharfinger.domain.orders.completeness.comparing import Cause
from wharfinger.domain.orders.completeness.order_report import ReportPurpose, ReportState, WantedBy


class OrderReport(models.Model):
    """One order report of a seller account: wanted, then requested from Amazon, then compared. Trade time."""

    State = ReportState

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="order_reports")
    state = EnumField(ReportState, max_length=12, default=ReportState.WANTED)
    purpose = EnumField(ReportPurpose, max_length=10, default=ReportPurpose.PROOF, db_default=ReportPurpose.PROOF)
    report_id = models.CharField(max_length=60, blank=True)  # Amazon's; empty until it said one
    since = models.DateTimeField(null=True)  # as requested; from its answer on what Amazon says that it covers
    until = models.DateTimeField(null=True)
    wanted_at = models.DateTimeField()
    wanted_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")
    attempted_at = models.DateTimeField(null=True)  # a request whose answer is not here: Amazon may have taken it
    requested_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    orders = models.PositiveIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)  # rows
    error = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)  # of one to catch up by: everything up to its end is here

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state__in=["wanted", "preparing"]), name="one_open_order_report"
            )
        ]
        indexes = [models.Index(fields=["account", "-wanted_at"], name="order_reports_newest")]


class CompletenessDay(models.Model):
    """What Amazon said of a marketplace's day, and what we held then; gaps that were healed since are counted in.

    Money: currency → amount as text. `whole`: the report covered the day from its beginning to its end.
    """

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="completeness_days")
    marketplace = models.ForeignKey("wharfinger.Marketplace", on_delete=models.CASCADE, null=True, related_name="+")
    day = models.DateField()
    whole = models.BooleanField()
    amazon_orders = models.IntegerField()
    amazon_units = models.IntegerField()
    amazon_money = models.JSONField(default=dict)
    our_orders = models.IntegerField()
    our_units = models.IntegerField()
    our_money = models.JSONField(default=dict)
    checked_at = models.DateTimeField()
    covered_until = models.DateTimeField()  # the report's end

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "marketplace", "day"], nulls_distinct=False, name="one_completeness_day"
            )
        ]
        indexes = [models.Index(fields=["account", "-day"], name="completeness_days_newest")]


class CompletenessGap(models.Model):
    """One order on which Amazon's report and we differed. `amazon` and `ours`: stage, currency, times and sums by SKU,
    no personal data; None = it was not there."""

    class State(Labelled):
        OPEN = "open", "Being healed"
        STUCK = "stuck", "Not healed"
        HEALED = "healed", "Healed"
        EXPLAINED = "explained", "Explained"

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="completeness_gaps")
    marketplace = models.ForeignKey("wharfinger.Marketplace", on_delete=models.CASCADE, null=True, related_name="+")
    day = models.DateField()  # of the marketplace, on which it was placed
    amazon_order_id = models.CharField(max_length=60)
    placed_at = models.DateTimeField()
    kinds = models.JSONField(default=list)  # of GapKind
    state = EnumField(State, max_length=12, default=State.OPEN)
    cause = EnumField(Cause, max_length=24, default=Cause.UNEXPLAINED)
    note = models.TextField(blank=True)  # what Amazon answered when the order was downloaded
    amazon = models.JSONField(null=True)
    ours = models.JSONField(null=True)
    covered_until = models.DateTimeField()  # the end of the report that shows it
    seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    downloaded_at = models.DateTimeField(null=True)
    downloads = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)  # healed or explained

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "amazon_order_id"],
                condition=~Q(state="healed"),
                name="one_standing_completeness_gap",
            )
        ]
        indexes = [
            models.Index(fields=["account", "-day", "-id"], name="completeness_gaps_newest"),
            models.Index(
                fields=["account", "id"], condition=Q(state__in=["open", "stuck"]), name="completeness_gaps_open"
            ),
        ]


class WantedOrder(models.Model):
    """An order that is to be downloaded by its number; wanted twice is wanted once."""

    Source = WantedBy

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="wanted_orders")
    amazon_order_id = models.CharField(max_length=60)
    source = EnumField(WantedBy, max_length=12)
    wanted_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)  # how often it was wanted: a wish that comes during a call is kept
    changed_at = models.DateTimeField(null=True)  # Amazon's moment of the change that is wanted, where it said one
    again_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "amazon_order_id"], name="one_wanted_order")]
        indexes = [models.Index(fields=["account", "wanted_at"], name="wanted_orders_oldest")]
