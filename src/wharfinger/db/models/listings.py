from django.contrib.postgres.indexes import GinIndex
from django.db import models

from wharfinger.db.fields import EnumField
from wharfinger.db.models.accounts import Marketplace, SellerAccount
from wharfinger.db.models.channels import Channel
from wharfinger.db.search_expressions import pieces, squeezed
from wharfinger.domain.labels import Labelled
from wharfinger.domain.orders.completeness.order_report import ReportState
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.plan import WATCHED, ListingFeedState

_WATCHED = [state.value for state in WATCHED]

DIFFERENT_AT_AMAZON = ~models.Q(error="") | ~models.Q(sent_quantity=models.F("read_back_quantity"))
"""Listings that do not show what they should. A query writes the very same, or the index is not used."""


class Listing(models.Model):
    """One Amazon SKU of a seller account: Amazon holds one quantity for it in the whole region.

    sent_*: the number last sent to Amazon, with the sum that led to it; read_back_quantity: what Amazon showed.
    location_codes: the seller's locations at Amazon that hold its units; a number of ours would add to theirs.
    """

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="listings")
    sku = models.CharField(max_length=400)
    fulfilment = EnumField(Fulfilment, max_length=3, blank=True)  # from the fulfilment channel; empty = not read yet
    product_type = models.CharField(max_length=80, blank=True)
    lead_time_days = models.PositiveSmallIntegerField(null=True)  # as Amazon's attributes show it
    restock_date = models.CharField(max_length=40, blank=True, default="", db_default="")  # as Amazon writes it
    handling_days = models.PositiveSmallIntegerField(null=True)  # sent for a period of ours; null = its own holds
    handling_before = models.PositiveSmallIntegerField(null=True)  # its own, which it gets back
    handling_ends = models.BooleanField(default=False, db_default=False)  # it is being given back
    handling_misses = models.PositiveSmallIntegerField(default=0, db_default=0)  # looks that showed another one
    sent_quantity = models.PositiveIntegerField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_why = models.JSONField(null=True)
    submitted_quantity = models.IntegerField(null=True)  # in the listing's attributes: may differ from what it shows
    read_back_quantity = models.IntegerField(null=True)
    seen_at = models.DateTimeField(null=True)
    differs_at = models.DateTimeField(null=True)  # since when Amazon shows another number than was sent
    fell_at = models.DateTimeField(null=True)  # Amazon showed fewer than sent, and no order of ours explains it yet
    read_back_at = models.DateTimeField(null=True)  # trade time: when to look whether it took effect
    error = models.TextField(blank=True)
    rule_channel = models.ForeignKey(
        Channel, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )  # whose stock rule and site a person chose for this SKU, where channels differ
    location_codes = models.CharField(max_length=400, blank=True, default="", db_default="")
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    ignored_at = models.DateTimeField(null=True)  # a person said that no stock item is to be linked

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "sku"], name="one_listing_for_a_sku")]
        indexes = [
            models.Index(
                fields=["account", "read_back_at"],
                condition=models.Q(read_back_at__isnull=False),
                name="listings_to_read_back",
            ),
            models.Index(fields=["account"], condition=DIFFERENT_AT_AMAZON, name="listings_different"),
            models.Index(squeezed("sku"), name="listings_sku_begins"),
            GinIndex(pieces("sku"), name="listings_sku_pieces"),
        ]


class ChannelProduct(models.Model):
    """A link from (seller account, marketplace, Amazon SKU, ASIN) to a stock item."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="products")
    marketplace = models.ForeignKey(Marketplace, on_delete=models.PROTECT)
    asin = models.CharField(max_length=20, blank=True, db_index=True)
    title = models.CharField(max_length=500, blank=True)
    gtin = models.CharField(max_length=14, blank=True, default="", db_default="")  # as 14 digits, as Amazon shows it
    picture = models.CharField(max_length=500, blank=True, default="", db_default="")  # its address at Amazon
    described_at = models.DateTimeField(null=True)  # when Amazon's catalogue was read for what it lacks
    item = models.ForeignKey(
        "wharfinger.StockItem", on_delete=models.PROTECT, null=True, related_name="channel_products"
    )
    issues = models.JSONField(default=list)  # `domain.listing_issues`: Amazon's errors and what it did about them
    shown = models.BooleanField(null=True)  # buyers find or buy it there; None = Amazon has not said
    specified = models.BooleanField(default=False, db_default=False)  # for “Upload specified items only”
    linked_by = models.CharField(max_length=20, blank=True)  # itself | a person's name
    linked_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "marketplace"], name="one_channel_product")]
        indexes = [GinIndex(pieces("title"), name="channel_products_title_pieces")]


class MarketplaceReading(models.Model):
    """A marketplace whose listings were read whole, in a reading of the account that has not come to its end yet.

    Trade time. `skus`: what it lists. Rows go away with the reading's end.
    """

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="+")
    marketplace = models.ForeignKey(Marketplace, on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    skus = models.JSONField(default=list)
    unreadable = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "marketplace"], name="one_reading_of_a_marketplace")]


class ListingReport(models.Model):
    """One listings report of a marketplace: Amazon's word on every listing there, compared with what was sent.

    Trade time. `differ`: of the listings that were compared; `unknown`: SKUs of the report that are not here.
    """

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="listing_reports")
    marketplace = models.ForeignKey(Marketplace, on_delete=models.CASCADE, related_name="+")
    state = EnumField(ReportState, max_length=12, default=ReportState.WANTED)
    report_id = models.CharField(max_length=60, blank=True)  # Amazon's; empty until it said one
    wanted_at = models.DateTimeField()
    attempted_at = models.DateTimeField(null=True)  # a request whose answer is not here: Amazon may have taken it
    requested_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    compared = models.PositiveIntegerField(default=0)
    differ = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "marketplace"],
                condition=models.Q(state__in=["wanted", "preparing"]),
                name="one_open_listing_report",
            )
        ]
        indexes = [models.Index(fields=["account", "marketplace", "-id"], name="listing_reports_newest")]


class ListingFeed(models.Model):
    """A feed of quantities on its way to Amazon; its messages are the pushes that name it.

    Amazon takes one marketplace in a listings feed; a SKU's number counts for the region all the same.
    """

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="listing_feeds")
    marketplace = models.ForeignKey(Marketplace, on_delete=models.PROTECT, related_name="+")
    state = EnumField(ListingFeedState, max_length=12, default=ListingFeedState.PREPARING)
    feed_id = models.CharField(max_length=60, blank=True)
    messages = models.PositiveIntegerField(default=0)
    bytes = models.PositiveIntegerField(default=0)  # of the document, at most
    made_at = models.DateTimeField()
    attempted_at = models.DateTimeField(null=True)  # trade time: written before createFeed
    attempted_at_machine = models.DateTimeField(null=True)  # an unknown outcome is settled after the time-out
    look_at = models.DateTimeField(null=True)  # trade time: when to ask Amazon how far it is
    ended_at = models.DateTimeField(null=True)  # or was given up at
    accepted = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "look_at"], condition=models.Q(state__in=_WATCHED), name="listing_feeds_watched"
            ),
            models.Index(fields=["account", "-id"], name="listing_feeds_of_an_account"),
        ]


class StockNotice(models.Model):
    """“Look at this listing's quantity”: carries no number, so that many changes become one message.

    `version` counts the changes; a settled send removes the notice only when no newer change came.
    """

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="notice")
    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, related_name="stock_notices")
    version = models.PositiveIntegerField(default=1)
    urgency = models.PositiveSmallIntegerField(default=0)  # 2 = zero, 1 = low, 0 = the rest: larger goes first
    cause = models.CharField(max_length=120)  # the newest change
    caused_at = models.DateTimeField(null=True)  # trade time of that change; raised_at is that of the first
    raised_at = models.DateTimeField()
    again_at = models.DateTimeField()  # trade time: not before
    attempts = models.PositiveSmallIntegerField(default=0)
    feed = models.ForeignKey(ListingFeed, on_delete=models.SET_NULL, null=True, related_name="notices")
    feed_version = models.PositiveIntegerField(default=0, db_default=0)  # the version whose number is in the feed
    weighed_version = models.PositiveIntegerField(default=0, db_default=0)  # a later one may overtake its feed
    wanted = models.PositiveIntegerField(null=True)  # the number by then; null = nothing would be sent
    sender = models.ForeignKey(
        Channel, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )  # whose number it is
    unguarded = models.BooleanField(default=False, db_default=False)  # the write guard has not looked at it yet
    held = models.BooleanField(default=False, db_default=False)  # by the write guard, until a person decides
    past_guard = models.BooleanField(default=False, db_default=False)  # an order, or a repetition, came since
    passes = models.GeneratedField(
        expression=models.ExpressionWrapper(
            models.Q(unguarded=False) & (models.Q(held=False) | models.Q(past_guard=True)),
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )  # it may be claimed; one that is held, with no more than it has at Amazon

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "-urgency", "raised_at"],
                condition=models.Q(feed__isnull=True, passes=True),
                name="stock_notices_waiting",
            ),
            models.Index(
                fields=["account", "again_at"],
                condition=models.Q(feed__isnull=True, passes=True),
                name="stock_notices_due",
            ),
            models.Index(fields=["account"], condition=models.Q(unguarded=True), name="stock_notices_unguarded"),
            models.Index(fields=["sender", "listing"], condition=models.Q(held=True), name="stock_notices_held"),
            models.Index(
                fields=["account", "-urgency", "raised_at"],
                condition=models.Q(feed__isnull=False, version__gt=models.F("weighed_version")),
                name="stock_notices_changed_in_feed",
            ),
        ]


class StockPush(models.Model):
    """One attempt to tell Amazon a quantity, written before the call and settled after it; by a patch, or as message
    `number` of a feed."""

    class Outcome(Labelled):
        ATTEMPTED = "attempted", "Sent"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        LATER = "later", "Later"

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="pushes")
    quantity = models.PositiveIntegerField()
    why = models.JSONField()
    outcome = EnumField(Outcome, max_length=10, default=Outcome.ATTEMPTED)
    submission_id = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)
    attempted_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    feed = models.ForeignKey(ListingFeed, on_delete=models.SET_NULL, null=True, related_name="pushes", db_index=False)
    number = models.PositiveIntegerField(default=0, db_default=0)
    lead_time = models.PositiveSmallIntegerField(null=True)  # sent beside it; null = nothing, or taken away
    takes_lead_time = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["listing", "-id"], name="stock_pushes_of_a_listing"),
            models.Index(
                fields=["feed", "number"], condition=models.Q(feed__isnull=False), name="stock_pushes_of_a_feed"
            ),
        ]
