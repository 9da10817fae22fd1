from django.contrib.postgres.indexes import GinIndex
from django.db import models

from wharfinger.db.encryption import EncryptedBytes
from wharfinger.db.fields import EnumField
from wharfinger.db.models.accounts import SellerAccount
from wharfinger.db.search_expressions import digits, pieces, squeezed
from wharfinger.db.stored_values import WaitsForField
from wharfinger.domain.channels.first_import import FirstImport
from wharfinger.domain.labels import Labelled
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, ImportState

TO_SEND = [AmazonStatus.UNSHIPPED.value, AmazonStatus.PARTIALLY_SHIPPED.value]
PENDING = [AmazonStatus.PENDING.value, AmazonStatus.PENDING_AVAILABILITY.value]


class OrderCursor(models.Model):
    """Where the search of a seller account stands. Moved in the transaction that keeps the page.

    `after` is the lower bound of the window being read, `page_token` the next page of it (empty = the
    window begins anew), `token_at` when the token was given (it lives 24 hours). All trade time.
    """

    account = models.OneToOneField(SellerAccount, on_delete=models.CASCADE, related_name="cursor")
    after = models.DateTimeField()
    marketplace_ids = models.JSONField(default=list)  # of the window being read: a token wants every parameter again
    page_token = models.TextField(blank=True)
    token_at = models.DateTimeField(null=True)
    window_before = models.DateTimeField(null=True)  # Amazon's lastUpdatedBefore of the window's first page
    caught_up_at = models.DateTimeField(null=True)
    pages_read = models.PositiveBigIntegerField(default=0)
    orders_seen = models.PositiveBigIntegerField(default=0)


class RawMessage(models.Model):
    """What Amazon sent, as sent, kept (encrypted) before it is understood."""

    class State(Labelled):
        WAITING = "waiting", "Waiting"
        TAKEN = "taken", "Taken"
        QUARANTINED = "quarantined", "Quarantined"

    class Source(Labelled):
        SEARCH = "search", "Search"
        BY_ID = "by_id", "By id"
        NOT_REQUESTED = "not_requested", "Not requested"

    account = models.ForeignKey(SellerAccount, on_delete=models.CASCADE, db_index=False, related_name="raw_messages")
    kind = models.CharField(max_length=20)  # order
    key = models.CharField(max_length=60)  # Amazon's order number; empty when not even that could be read
    body = EncryptedBytes(null=True)  # erased 30 days after delivery; hash, key and amounts stay
    body_hash = models.CharField(max_length=64)
    source = EnumField(Source, max_length=20)
    state = EnumField(State, max_length=12, default=State.WAITING)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    again_at = models.DateTimeField(null=True)  # trade time: not before
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "id"], condition=models.Q(state="waiting"), name="raw_messages_waiting"),
            models.Index(fields=["account", "key"], name="raw_messages_by_key"),
            models.Index(fields=["id"], condition=models.Q(body__isnull=False), name="raw_messages_with_body"),
        ]


class ImportedOrder(models.Model):
    """What Amazon sent, with the state of its import. One for each (seller account, Amazon order number)."""

    account = models.ForeignKey(SellerAccount, on_delete=models.PROTECT, db_index=False, related_name="imported_orders")
    amazon_order_id = models.CharField(max_length=30)
    channel = models.ForeignKey(
        "wharfinger.Channel", on_delete=models.PROTECT, null=True, db_index=False, related_name="imported_orders"
    )
    marketplace = models.ForeignKey("wharfinger.Marketplace", on_delete=models.PROTECT, null=True)
    fulfilment = EnumField(Fulfilment, max_length=3, blank=True)
    state = EnumField(ImportState, max_length=20)
    reason = models.TextField(blank=True)  # the error, in plain words
    remedy = models.TextField(blank=True)
    waits_for = WaitsForField(max_length=120, blank=True)
    first_import_choice = EnumField(  # what a person decided at the first import; empty = found later
        FirstImport, max_length=12, blank=True, default=""
    )
    record_only = models.BooleanField(default=False)  # first import: already shipped, no movement, no confirmation
    amazon_status = EnumField(AmazonStatus, max_length=24)
    order_ref = models.CharField(max_length=100, blank=True)
    summary = models.CharField(max_length=300, blank=True)
    placed_at = models.DateTimeField()
    amazon_updated_at = models.DateTimeField()  # an older message never overwrites a newer one
    currency = models.CharField(max_length=3, blank=True)
    total = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    raw_message = models.ForeignKey(RawMessage, on_delete=models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    found_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True)
    ship_by = models.DateTimeField(null=True)  # Amazon's, as on the sales order that it may become
    reservation_ended_at = models.DateTimeField(null=True)  # pending for too long: it reserves nothing until it is paid
    pending_since = models.DateTimeField(null=True)  # of a pre-order: when its goods came out and its payment began

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "amazon_order_id"], name="an_amazon_order_exists_once")
        ]
        indexes = [
            models.Index(fields=["waits_for"], condition=~models.Q(waits_for=""), name="imported_orders_waiting"),
            models.Index(
                fields=["-placed_at", "-id"], include=["marketplace", "channel"], name="imported_orders_by_day"
            ),  # days are counted from it alone
            models.Index(fields=["channel", "-placed_at"], name="imported_orders_by_channel"),
            models.Index(fields=["amazon_order_id"], name="imported_orders_by_number"),
            models.Index(fields=["state", "-placed_at"], name="imported_orders_by_state"),
            models.Index(fields=["amazon_status", "-placed_at"], name="imported_orders_by_status"),
            models.Index(fields=["order_ref", "id"], name="imported_orders_by_ref"),
            models.Index(fields=["total", "id"], name="imported_orders_by_total"),
            models.Index(fields=["ship_by", "id"], name="imported_orders_by_deadline"),
            models.Index(squeezed("amazon_order_id"), name="imported_orders_number_begins"),
            models.Index(squeezed("order_ref"), name="imported_orders_ref_begins"),
            models.Index(digits("amazon_order_id"), name="imported_orders_number_digits"),
            GinIndex(pieces("amazon_order_id", "order_ref"), name="imported_orders_pieces"),
            models.Index(
                fields=["account", "marketplace"],
                condition=models.Q(fulfilment="FBM", amazon_status__in=TO_SEND) & ~models.Q(state="ok"),
                name="imported_orders_unsent",
            ),
            models.Index(
                fields=["account", "placed_at"],
                condition=models.Q(amazon_status__in=PENDING),
                name="imported_orders_pending",
            ),
        ]


class ImportedLine(models.Model):
    """One line of an FBM order that is no sales order: what its reservation stands on.

    Gone when the order becomes a sales order, whose lines take over.
    """

    imported = models.ForeignKey(ImportedOrder, on_delete=models.CASCADE, related_name="lines")
    order_item_id = models.CharField(max_length=40)
    sku = models.TextField()
    asin = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=500, blank=True)
    item = models.ForeignKey("wharfinger.StockItem", on_delete=models.PROTECT, null=True, related_name="imported_lines")
    site = models.ForeignKey("wharfinger.Site", on_delete=models.PROTECT, null=True, related_name="+")
    site_group = models.ForeignKey(
        "wharfinger.SiteGroup", on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )  # whose other sites keep what `site` lacks
    quantity_ordered = models.PositiveIntegerField(default=0)
    quantity_cancelled = models.PositiveIntegerField(default=0)
    quantity_shipped = models.PositiveIntegerField(default=0)  # as Amazon counts
    quantity_moved = models.PositiveIntegerField(
        default=0
    )  # of them: booked out of stock, for an import moves none twice

    class Meta:
        constraints = [models.UniqueConstraint(fields=["imported", "order_item_id"], name="one_imported_line")]

    @property
    def quantity_open(self) -> int:
        """Units still to be sent."""
        return max(0, self.quantity_ordered - self.quantity_cancelled - self.quantity_shipped)
