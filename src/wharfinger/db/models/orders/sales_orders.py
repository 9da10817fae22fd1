from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from wharfinger.db.encryption import EncryptedBytes, EncryptedJson, EncryptedText
from wharfinger.db.fields import EnumField
from wharfinger.db.search_expressions import digits, pieces, squeezed
from wharfinger.domain.orders.order import TO_SHIP, OrderType, SalesOrderState


class Customer(models.Model):
    """A buyer. Matched by address line 1 + town + postcode, then forename + surname; or a month's generic one."""

    code = models.CharField(max_length=20)
    generic = models.BooleanField(default=False)
    generic_channel = models.ForeignKey("wharfinger.Channel", on_delete=models.PROTECT, null=True, related_name="+")
    generic_month = models.CharField(max_length=4, blank=True)  # mmyy
    company_class = models.ForeignKey("wharfinger.CompanyClass", on_delete=models.PROTECT, null=True, related_name="+")
    name = EncryptedText(blank=True)
    email = EncryptedText(blank=True)
    address = EncryptedJson(null=True)
    address_hash = models.CharField(max_length=64, blank=True)
    name_hash = models.CharField(max_length=64, blank=True)
    surname_hash = models.CharField(max_length=64, blank=True)
    postcode_hash = models.CharField(max_length=64, blank=True)
    email_hash = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="merged"
    )  # has the orders
    merged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="one_customer_code"),
            models.UniqueConstraint(fields=["generic_channel", "generic_month"], name="one_generic_customer_a_month"),
        ]
        indexes = [
            models.Index(fields=["address_hash", "name_hash"], name="customers_by_buyer"),
            models.Index(fields=["made_at", "id"], name="customers_by_making"),
            models.Index(fields=["id"], condition=Q(erased_at=None, generic=False), name="customers_with_people"),
            models.Index(fields=["id"], condition=Q(generic=True), name="customers_generic"),
            models.Index(squeezed("code"), name="customers_code_begins"),
            models.Index(digits("code"), name="customers_code_digits"),
        ]


class SalesOrder(models.Model):
    """Our order, made from an imported order, or from a part of one. `delivery`, `buyer`: personal data, encrypted.

    delivery: the fields of domain.orders.IncomingAddress; buyer: those of IncomingBuyer.
    """

    code = models.CharField(max_length=20)
    imported = models.ForeignKey(
        "wharfinger.ImportedOrder",
        on_delete=models.PROTECT,
        db_index=False,
        related_name="sales_orders",
        related_query_name="sales_order",
    )
    part = models.PositiveSmallIntegerField(default=1, db_default=1)  # of its Amazon order; the first is never merged
    divided = models.BooleanField(default=False, db_default=False)  # its Amazon order has, or had, other parts
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    channel = models.ForeignKey(
        "wharfinger.Channel", on_delete=models.PROTECT, db_index=False, related_name="sales_orders"
    )
    site = models.ForeignKey("wharfinger.Site", on_delete=models.PROTECT, related_name="sales_orders")
    site_group = models.ForeignKey(
        "wharfinger.SiteGroup", on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )  # whose sites may serve it while it waits; null = its own alone, a person's choice too
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, db_index=False, related_name="sales_orders"
    )
    order_ref = models.CharField(max_length=100)
    order_type = EnumField(OrderType, max_length=20)
    state = EnumField(SalesOrderState, max_length=20)
    currency = models.CharField(max_length=3, blank=True)
    total = models.DecimalField(max_digits=18, decimal_places=4, null=True)  # Amazon's; None while pending
    delivery = EncryptedJson(null=True)  # as Amazon sent it
    own_delivery = EncryptedJson(null=True)  # as a person corrected it: where the order goes
    buyer = EncryptedJson(null=True)
    confirmed_address_hash = models.CharField(max_length=64, blank=True, default="")  # keyed; of the very address
    # Hashes of earlier versions, by which an order is found until its search words are written; newer ones have none.
    postcode_hash = models.CharField(max_length=64, blank=True)
    surname_hash = models.CharField(max_length=64, blank=True)
    email_hash = models.CharField(max_length=64, blank=True)
    sales_source = models.ForeignKey("wharfinger.SalesSource", on_delete=models.PROTECT, null=True, related_name="+")
    courier_group = models.ForeignKey("wharfinger.CourierGroup", on_delete=models.PROTECT, null=True, related_name="+")
    bank_account = models.ForeignKey("wharfinger.BankAccount", on_delete=models.PROTECT, null=True, related_name="+")
    invoice_priority = models.PositiveSmallIntegerField(null=True)
    confirmed = models.BooleanField(default=True)  # an unconfirmed order is neither sent nor invoiced
    totals_accepted = models.TextField(blank=True, default="")  # how the amounts differ that a person accepted
    picked_at = models.DateTimeField(null=True)
    on_hold_at = models.DateTimeField(null=True)  # a person holds it: neither picked nor confirmed nor dispatched
    cancelling_at = models.DateTimeField(null=True)  # its cancellation at Amazon is under way: as on hold
    service_level = models.CharField(max_length=40, blank=True)
    programs = models.JSONField(default=list)
    replaces = models.CharField(max_length=30, blank=True)
    ship_by = models.DateTimeField(null=True)
    deliver_by = models.DateTimeField(null=True)
    placed_at = models.DateTimeField()
    made_at = models.DateTimeField()
    shipped_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)
    cancel_answered_at = models.DateTimeField(null=True)  # a person said: dispatch it anyway
    cancel_reason = EncryptedText(blank=True, default="")  # the buyer's own words, at most 300 characters
    approved_at = models.DateTimeField(null=True)  # a person said: its regulated goods are approved at Amazon
    vat_area = models.CharField(max_length=6, blank=True, default="", db_default="")  # domain.vat_areas: where it goes
    goes_to = models.CharField(max_length=2, blank=True, default="", db_default="")  # country of the address it goes to
    buyer_vat_country = models.CharField(max_length=2, blank=True, default="", db_default="")  # of the VAT number alone
    erased_at = models.DateTimeField(null=True)  # its personal data, by the clock or on request

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="one_sales_order_code"),
            models.UniqueConstraint(fields=["imported", "part"], name="one_sales_order_of_a_part"),
        ]
        indexes = [
            models.Index(fields=["postcode_hash"], condition=~Q(postcode_hash=""), name="sales_orders_old_postcode"),
            models.Index(fields=["surname_hash"], condition=~Q(surname_hash=""), name="sales_orders_old_surname"),
            models.Index(fields=["placed_at"], condition=Q(erased_at=None), name="sales_orders_with_people"),
            models.Index(fields=["-placed_at", "-id"], name="sales_orders_newest"),
            models.Index(fields=["state", "ship_by"], name="sales_orders_by_ship_by"),
            models.Index(fields=["channel", "-placed_at"], name="sales_orders_by_channel"),
            models.Index(fields=["customer", "-placed_at"], name="sales_orders_by_customer"),
            models.Index(fields=["order_ref"], name="sales_orders_by_ref"),
            models.Index(fields=["state", "-placed_at"], name="sales_orders_by_state"),
            models.Index(fields=["-placed_at", "-id"], condition=Q(confirmed=False), name="sales_orders_unconfirmed"),
            models.Index(
                fields=["-placed_at", "-id"], condition=Q(on_hold_at__isnull=False), name="sales_orders_on_hold"
            ),
            models.Index(fields=["order_type", "-placed_at"], name="sales_orders_by_type"),
            models.Index(
                fields=["invoice_priority", "-placed_at"],
                condition=Q(invoice_priority__isnull=False),
                name="sales_orders_by_priority",
            ),
            models.Index(fields=["total", "id"], name="sales_orders_by_total"),
            models.Index(fields=["ship_by", "id"], name="sales_orders_by_deadline"),
            models.Index(
                fields=["ship_by", "id"],
                include=["channel", "site", "courier_group", "order_type", "service_level", "goes_to", "state"],
                condition=Q(state__in=[state.value for state in TO_SHIP]),
                name="sales_orders_to_ship",
            ),  # the ship-by board is counted from it alone
            models.Index(fields=["shipped_at", "id"], name="sales_orders_by_shipping"),
            models.Index(squeezed("code"), name="sales_orders_code_begins"),
            models.Index(digits("code"), name="sales_orders_code_digits"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def cancel_unanswered(self) -> bool:
        """The buyer requested cancellation, and nobody has said yet what becomes of it."""
        return self.cancel_requested and self.cancel_answered_at is None and self.state.open


class SalesOrderLine(models.Model):
    """One order item of Amazon's, or some units of it where its order was split.

    Amounts are Amazon's facts for the whole line, or these units' share of them; None = not said.
    """

    order = models.ForeignKey(SalesOrder, on_delete=models.CASCADE, db_index=False, related_name="lines")
    order_item_id = models.CharField(max_length=40)
    sku = models.TextField()  # kept whole, however odd; a listing SKU has at most 400 characters
    asin = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=500, blank=True)
    item = models.ForeignKey("wharfinger.StockItem", on_delete=models.PROTECT, null=True, related_name="order_lines")
    site = models.ForeignKey(
        "wharfinger.Site", on_delete=models.PROTECT, null=True, related_name="+"
    )  # chosen by a person; null = the order's
    held_reason = models.TextField(blank=True)  # not empty = the line is held
    quantity_ordered = models.PositiveIntegerField()
    quantity_cancelled = models.PositiveIntegerField(default=0)
    quantity_shipped = models.PositiveIntegerField(default=0)
    amount_item = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    amount_shipping = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    amount_gift_wrap = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    amount_discount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    amount_tax = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    amount_other = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    amount_total = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    tax_collected_by = models.CharField(max_length=40, blank=True)
    ioss_number = models.CharField(max_length=40, blank=True)
    gift_message = EncryptedText(blank=True)
    gift_wrap_level = models.CharField(max_length=60, blank=True)
    customisation_url = EncryptedText(blank=True)
    serial_numbers_required = models.BooleanField(default=False)
    cancel_requested = models.BooleanField(default=False)
    service = models.CharField(max_length=40, blank=True, default="", db_default="")  # WARRANTY …: it takes no stock
    particulars = models.JSONField(null=True)  # domain.orders.particulars: what few lines have

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "order_item_id"], name="an_order_item_exists_once"),
            models.CheckConstraint(
                condition=Q(quantity_shipped__lte=models.F("quantity_ordered")),
                name="no_more_shipped_than_ordered",
            ),
        ]
        indexes = [
            models.Index(fields=["item"], condition=Q(item__isnull=True), name="order_lines_unmatched"),
            models.Index(squeezed("sku"), name="order_lines_sku_begins"),
            GinIndex(pieces("sku"), condition=Q(item__isnull=True), name="order_lines_unmatched_pieces"),
        ]

    @property
    def quantity_open(self) -> int:
        """Units still to be sent: none of a service, whose order item Amazon counts all the same."""
        return 0 if self.service else max(0, self.quantity_ordered - self.quantity_cancelled - self.quantity_shipped)


class Customisation(models.Model):
    """What the buyer of a customised line wrote or drew: Amazon's archive, fetched while its address lives.

    Personal data, encrypted. `again_at` None: nothing is to be fetched. All trade time.
    """

    line = models.OneToOneField("wharfinger.SalesOrderLine", on_delete=models.CASCADE, related_name="customisation")
    body = EncryptedBytes(null=True)
    size = models.PositiveIntegerField(default=0)  # bytes of the archive
    fetched_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["again_at"], condition=Q(again_at__isnull=False), name="customisations_waiting")
        ]


class Invoice(models.Model):
    code = models.CharField(max_length=20, unique=True)
    order = models.ForeignKey(SalesOrder, on_delete=models.PROTECT, related_name="invoices")
    currency = models.CharField(max_length=3, blank=True)
    total = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    issued_at = models.DateTimeField(null=True)  # null: its code was assigned on import, the goods have not left

    class Meta:
        indexes = [
            models.Index(squeezed("code"), name="invoices_code_begins"),
            models.Index(digits("code"), name="invoices_code_digits"),
        ]
