from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from wharfinger.db.fields import EnumField
from wharfinger.db.search_expressions import pieces, squeezed
from wharfinger.domain.marketplaces import Pool
from wharfinger.domain.orders.completeness.order_report import ReportState
from wharfinger.domain.stock.ledger import MovementReason, SiteKind


class Site(models.Model):
    """A stock control site: own warehouse, shop, 3PL, FBA pool, in transit, quarantine."""

    name = models.CharField(max_length=60, unique=True)
    kind = EnumField(SiteKind, max_length=20)
    pool = EnumField(Pool, max_length=10, blank=True)
    account = models.ForeignKey(
        "wharfinger.SellerAccount", on_delete=models.PROTECT, null=True, related_name="sites"
    )  # FBA sites: whose stock Amazon holds, once the first channel says so
    priority = models.PositiveSmallIntegerField(default=10)
    address = models.TextField(blank=True)
    country = models.CharField(
        max_length=2, blank=True, default="", db_default=""
    )  # where its goods leave from, for VAT
    time_zone = models.CharField(
        max_length=60, blank=True, default="", db_default=""
    )  # of its wall clock; empty = its country's
    levels_loaded_at = models.DateTimeField(null=True)  # null = never loaded or counted: unknown, not zero
    levels_read_at = models.DateTimeField(null=True)  # FBA: the time that Amazon's levels speak of
    made_at = models.DateTimeField()
    for_transfers = models.BooleanField(
        default=False, db_default=False
    )  # where units are between two sites: transfers alone move them, and nothing is sold from it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["for_transfers"], condition=Q(for_transfers=True), name="one_site_for_transfers"
            ),
            models.CheckConstraint(
                condition=(Q(kind=SiteKind.FBA.value) & ~Q(pool="")) | (~Q(kind=SiteKind.FBA.value) & Q(pool="")),
                name="fba_site_has_a_pool",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def pool_title(self) -> str:
        return self.pool.title if self.pool else ""


class SiteGroup(models.Model):
    """Sites that a channel sells from together: what they have available adds up. Orders go by the sites' priority."""

    name = models.CharField(max_length=60)
    sites = models.ManyToManyField(Site, related_name="groups")
    may_split = models.BooleanField(
        default=False, db_default=False
    )  # whether lines of one order may leave from several of its sites
    version = models.PositiveIntegerField(default=1, db_default=1)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="site_group_name_once")]

    def __str__(self) -> str:
        return self.name


class StockItem(models.Model):
    """What the retailer stocks. `code` is compared exactly, case included."""

    code = models.CharField(max_length=400, unique=True)
    name = models.CharField(max_length=300)
    other_reference = models.CharField(max_length=120, blank=True, db_index=True)
    weight_grams = models.PositiveIntegerField(null=True)
    length_mm = models.PositiveIntegerField(null=True)
    width_mm = models.PositiveIntegerField(null=True)
    height_mm = models.PositiveIntegerField(null=True)
    case_size = models.PositiveIntegerField(null=True)  # units in a case: what is sent to Amazon is whole cases
    cost = models.DecimalField(max_digits=12, decimal_places=4, null=True)  # of a unit, without VAT
    cost_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    has_serials = models.BooleanField(default=False, db_default=False)  # each unit has a serial number of its own
    has_batches = models.BooleanField(default=False, db_default=False)  # units have a batch or a use-by date
    commodity_code = models.CharField(max_length=20, blank=True)
    country_of_origin = models.CharField(max_length=2, blank=True)
    regulated = models.BooleanField(default=False, db_default=False)  # needs an approval at Amazon before it leaves
    archived = models.BooleanField(default=False)
    reorder_level = models.PositiveIntegerField(null=True)  # of all sites that send parcels; null = not watched
    picture = models.CharField(
        max_length=500, blank=True, default="", db_default=""
    )  # that of the listing it was made of
    made_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(regulated=True), name="stock_items_regulated"),
            models.Index(squeezed("code"), name="stock_items_code_begins"),
            models.Index(fields=["code"], condition=Q(reorder_level__isnull=False), name="stock_items_watched"),
            GinIndex(pieces("code", "name", "other_reference"), name="stock_items_pieces"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(case_size=None) | Q(case_size__gte=2), name="a_case_has_several_units"),
            models.CheckConstraint(condition=Q(cost=None) | Q(cost__gte=0), name="cost_is_no_debt"),
        ]

    def __str__(self) -> str:
        return self.code


class StockBarcode(models.Model):
    item = models.ForeignKey(StockItem, on_delete=models.CASCADE, related_name="barcodes")
    type = models.CharField(max_length=30)  # EAN, UPC, Amazon SKU, ASIN ...
    code = models.CharField(max_length=400, db_index=True)
    gtin = models.CharField(max_length=14, blank=True)  # as 14 digits, where it is one: EAN and UPC compare by it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["type", "code"], name="one_barcode"),
            models.UniqueConstraint(fields=["gtin"], condition=~Q(gtin=""), name="one_gtin"),
        ]
        indexes = [models.Index(squeezed("code"), name="stock_barcodes_code_begins")]


class KitComponent(models.Model):
    kit = models.ForeignKey(StockItem, on_delete=models.CASCADE, related_name="components")
    component = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="used_in")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kit", "component"], name="one_component_row"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="component_quantity_positive"),
            models.CheckConstraint(condition=~Q(kit=models.F("component")), name="kit_is_not_its_own_component"),
        ]


class StockLevel(models.Model):
    """On hand (always the sum of the item's movements at the site) and what is allocated of it."""

    item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="levels")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="levels")
    on_hand = models.IntegerField(default=0)  # may fall below zero: an oversell, shown, never clamped
    allocated = models.IntegerField(default=0)
    counted_at = models.DateTimeField(null=True)  # null = never received, counted or loaded: unknown
    fba_ordered = models.IntegerField(default=0)  # FBA: of on hand, what waits for buyers' orders at Amazon
    fba_reserved = models.IntegerField(default=0)
    fba_inbound = models.IntegerField(default=0)
    fba_unfulfillable = models.IntegerField(default=0)
    fba_researching = models.IntegerField(default=0)
    fba_unexplained = models.IntegerField(default=0)  # Amazon's own total less the sum of its states
    fba_other = models.JSONField(default=dict)  # quantities of names that Amazon has not published
    fba_read_at = models.DateTimeField(null=True)  # the reading that this level was taken from
    fba_doubted = models.IntegerField(null=True)  # fulfillable in a reading that waits for a second one
    fba_doubted_at = models.DateTimeField(null=True)
    bin = models.CharField(
        max_length=40, blank=True, default="", db_default="", db_collation="C"
    )  # where to walk to; quantities are the site's
    reorder_level = models.PositiveIntegerField(null=True)  # of this site; null = not watched
    other_bins = models.CharField(max_length=200, blank=True, default="", db_default="")  # the rest, by commas

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "site"], name="one_level"),
            models.CheckConstraint(condition=Q(allocated__gte=0), name="allocated_not_negative"),
        ]
        indexes = [
            models.Index(fields=["site", "bin", "id"], name="level_by_bin"),
            models.Index(fields=["item"], condition=Q(reorder_level__isnull=False), name="level_watched"),
        ]


class FbaLedgerReport(models.Model):
    """One summary of Amazon's inventory ledger for a seller account: whole days, by country. Trade time."""

    account = models.ForeignKey("wharfinger.SellerAccount", on_delete=models.CASCADE, related_name="ledger_reports")
    state = EnumField(ReportState, max_length=12, default=ReportState.WANTED)
    report_id = models.CharField(max_length=60, blank=True)  # Amazon's; empty until it said one
    first_day = models.DateField()
    last_day = models.DateField()
    wanted_at = models.DateTimeField()
    attempted_at = models.DateTimeField(null=True)  # a request whose answer is not here: Amazon may have taken it
    requested_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    items = models.PositiveIntegerField(default=0)  # that it names and that are known here
    explained = models.PositiveIntegerField(default=0)  # movements that got Amazon's reason
    unlinked = models.PositiveIntegerField(default=0)  # SKUs that name no item
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state__in=["wanted", "preparing"]), name="one_open_ledger_report"
            )
        ]
        indexes = [models.Index(fields=["account", "-id"], name="ledger_reports_newest")]


class FbaLedgerDay(models.Model):
    """What Amazon's ledger says of an item at an FBA site on one day: sellable units of all its SKUs.

    `booked`: by reason (its code), what of it stands in our ledger with Amazon's reason.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, db_index=False, related_name="ledger_days")
    item = models.ForeignKey(StockItem, on_delete=models.CASCADE, related_name="ledger_days")
    day = models.DateField()
    shipped = models.IntegerField(default=0)  # to buyers: negative
    starting = models.IntegerField(null=True)
    ending = models.IntegerField(null=True)
    booked = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "day", "item"], name="one_ledger_day_of_an_item")]


class Movement(models.Model):
    """One append-only line of the stock ledger (a database trigger refuses change and deletion)."""

    item = models.ForeignKey(StockItem, on_delete=models.PROTECT, db_index=False, related_name="movements")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="movements")
    quantity = models.IntegerField()
    on_hand_after = models.IntegerField()
    reason = EnumField(MovementReason, max_length=30)
    note = models.CharField(max_length=300, blank=True)
    order_line = models.ForeignKey("wharfinger.SalesOrderLine", on_delete=models.PROTECT, null=True)
    shipment = models.ForeignKey("wharfinger.Shipment", on_delete=models.PROTECT, null=True)
    user = models.ForeignKey("wharfinger.User", on_delete=models.PROTECT, null=True)
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="movement_moves_something")]
        indexes = [
            models.Index(fields=["item", "site", "-id"], name="movement_by_item"),
            models.Index(
                fields=["moved_at"], condition=Q(reason=MovementReason.SOLD.value), name="movement_sold"
            ),  # how fast items sell
        ]


class Allocation(models.Model):
    """Units of an item at a site allocated to a line; gone when shipped or released.

    The line of a sales order, or of an Amazon order that is none.
    """

    line = models.ForeignKey(
        "wharfinger.SalesOrderLine", on_delete=models.CASCADE, null=True, db_index=False, related_name="allocations"
    )
    imported_line = models.ForeignKey(
        "wharfinger.ImportedLine", on_delete=models.CASCADE, null=True, db_index=False, related_name="allocations"
    )
    item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="allocations")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="allocations")
    quantity = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "item", "site"], name="one_allocation"),
            models.UniqueConstraint(fields=["imported_line", "item", "site"], name="one_reservation"),
            models.CheckConstraint(
                condition=Q(line__isnull=True, imported_line__isnull=False)
                | Q(line__isnull=False, imported_line__isnull=True),
                name="allocation_has_one_line",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="allocation_promises_something"),
        ]


class CsvHeading(models.Model):
    """What a heading of people's files means, once somebody said so: the same for the whole installation."""

    STOCK = "stock"

    kind = models.CharField(max_length=20)
    heading = models.CharField(max_length=120)  # folded: without case, spaces and signs
    column = models.CharField(max_length=40)  # ours; - = left out

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "heading"], name="one_csv_heading")]
