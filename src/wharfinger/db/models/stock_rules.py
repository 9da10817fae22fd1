from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from wharfinger.db.fields import EnumField
from wharfinger.db.models.accounts import SellerAccount
from wharfinger.db.models.channels import Channel
from wharfinger.db.models.stock import StockItem
from wharfinger.domain.stock.handling import PeriodState
from wharfinger.domain.stock.rules import Rounding, RuleSubject


class RuleColumns(models.Model):
    """What a profile, an item or a channel sets of its stock rule; null or empty = inherits."""

    percent = models.PositiveSmallIntegerField(null=True)
    rounding = EnumField(Rounding, max_length=10, blank=True, default="")
    buffer = models.PositiveIntegerField(null=True)
    send_zero_at = models.PositiveIntegerField(null=True)
    cap = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True


class StockProfile(RuleColumns):
    """A named stock rule that items and channels share."""

    name = models.CharField(max_length=60)
    archived = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="stock_profile_name_once"),
            models.CheckConstraint(condition=Q(percent=None) | Q(percent__lte=100), name="profile_percent_at_most_100"),
        ]

    def __str__(self) -> str:
        return self.name


class ItemStockRule(RuleColumns):
    """An item's profile, and what it sets itself. No row = the item sets nothing."""

    item = models.OneToOneField(StockItem, on_delete=models.CASCADE, related_name="stock_rule")
    profile = models.ForeignKey(StockProfile, on_delete=models.PROTECT, null=True, related_name="items")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(percent=None) | Q(percent__lte=100), name="item_percent_at_most_100")
        ]


class ChannelStockRule(RuleColumns):
    """A channel's profile, and what it sets itself. No row = it shows all of every item."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="stock_rule")
    profile = models.ForeignKey(StockProfile, on_delete=models.PROTECT, null=True, related_name="channels")
    only_specified = models.BooleanField(default=False)  # Upload specified items only: `ChannelProduct.specified`
    leads = models.BooleanField(default=False)  # where channels of the account differ for a SKU, this one's rule holds

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(percent=None) | Q(percent__lte=100), name="channel_percent_at_most_100")
        ]


class StockGuard(models.Model):
    """A channel's write guard: what it lets pass unseen, and what it holds. No row = `domain.stock.guard.GuardLimits`.

    held_at: since when a change waits for a person; kept_at: a person said that Amazon keeps what it has.
    """

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="stock_guard")
    on = models.BooleanField(default=True)
    zero_percent = models.PositiveSmallIntegerField(default=30)
    more_percent = models.PositiveSmallIntegerField(default=50)
    factor = models.PositiveIntegerField(default=10)
    at_least = models.PositiveIntegerField(default=20)
    held_at = models.DateTimeField(null=True)
    kept_at = models.DateTimeField(null=True)
    kept_by = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(zero_percent__lte=100, more_percent__lte=100, factor__gte=2), name="guard_within_limits"
            )
        ]


class SafeMode(models.Model):
    """A seller account's safe mode: after so many hours without its orders, of everything that it sells `percent` is
    shown, and at most `cap`. No row, or null hours = never. Trade time."""

    account = models.OneToOneField(SellerAccount, on_delete=models.CASCADE, related_name="safe_mode")
    after_hours = models.PositiveSmallIntegerField(null=True)
    percent = models.PositiveSmallIntegerField(default=50)
    cap = models.PositiveIntegerField(null=True)
    entered_at = models.DateTimeField(null=True)  # null = nothing is lowered
    blind_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(percent__lte=100), name="safe_percent_at_most_100"),
            models.CheckConstraint(condition=Q(after_hours=None) | Q(after_hours__gte=1), name="safe_after_an_hour"),
        ]


class InstallationStockRule(RuleColumns):
    """The one row of what holds where no item and no channel sets it. No row = all of what is available is shown."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    shares = models.BooleanField(default=False, db_default=False)  # percents of an item's listings share its stock

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_installation_rule"),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__lte=100), name="installation_percent_at_most_100"
            ),
        ]


class HandlingPeriod(models.Model):
    """A handling time for some days: of one channel, of a stock profile, or (neither) of all channels.

    `state` is kept, so that whatever works a listing out needs no clock; the worker turns it (`operations`).
    """

    name = models.CharField(max_length=60)
    first_day = models.DateField()
    last_day = models.DateField(null=True)  # null = until somebody ends it
    days = models.PositiveSmallIntegerField()
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, related_name="handling_periods")
    profile = models.ForeignKey(StockProfile, on_delete=models.PROTECT, null=True, related_name="handling_periods")
    state = EnumField(PeriodState, max_length=10, default=PeriodState.COMING)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(days__lte=30), name="handling_at_most_30_days"),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=models.F("first_day")),
                name="handling_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(channel=None) | Q(profile=None), name="handling_of_one_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class StockRuleChange(models.Model):
    """What a profile, item, channel or the installation set from a moment on: rules as they were at any moment are
    worked out from these. Append-only (a database trigger refuses change and deletion).

    `subject_id`: of the row, which may be gone since; 1 for the installation. `setting`: see `domain.stock.rules`.
    """

    at = models.DateTimeField()  # trade time
    subject = EnumField(RuleSubject, max_length=12)
    subject_id = models.PositiveBigIntegerField()
    setting = models.JSONField()
    user = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["subject", "subject_id", "-id"], name="rule_changes_of_a_subject")]
