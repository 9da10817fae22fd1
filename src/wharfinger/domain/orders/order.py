"""An Amazon order as the trade sees it, and the states of what becomes of it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from wharfinger.domain.labels import Labelled


class Fulfilment(StrEnum):
    """Who sends the parcel. The order says which (`fulfilledBy`), never a guess."""

    FBM = "FBM"
    FBA = "FBA"


class AmazonStatus(StrEnum):
    """Amazon's fulfilment status, in the words of orders 2026-01-01; UNKNOWN for a value not known yet."""

    PENDING_AVAILABILITY = "PENDING_AVAILABILITY"
    PENDING = "PENDING"
    UNSHIPPED = "UNSHIPPED"
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    SHIPPED = "SHIPPED"
    CANCELLED = "CANCELLED"
    UNFULFILLABLE = "UNFULFILLABLE"
    UNKNOWN = "UNKNOWN"

    @property
    def pending(self) -> bool:
        return self in (AmazonStatus.PENDING, AmazonStatus.PENDING_AVAILABILITY)

    @property
    def called_off(self) -> bool:
        """What has not left is never going to. UNFULFILLABLE is said of orders that Amazon was to send."""
        return self in (AmazonStatus.CANCELLED, AmazonStatus.UNFULFILLABLE)


class ImportState(Labelled):
    NOT_ATTEMPTED = "not_attempted", "Not attempted"
    OK = "ok", "OK"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Skipped"
    SYSTEM_ERROR = "system_error", "System error"
    RETRYING = "retrying", "Retrying"
    IGNORED = "ignored", "Ignored"


class SkipReason(StrEnum):
    """Why an order is never imported; Feedback sorts by it."""

    BEFORE_START = "Placed before the channel's Start Date."
    TOO_OLD = "Placed over three months ago."
    CANCELLED = "Cancelled before it was imported."
    NOT_AMAZONS = "Amazon sent it for another shop of yours; it is not an Amazon order."
    UNFULFILLABLE = "Amazon says that it cannot be fulfilled."
    PICK_UP = "The buyer collects it from your store."


class SalesOrderState(Labelled):
    PENDING = "pending", "Pending"
    HELD = "held", "Held"
    AWAITING_STOCK = "awaiting_stock", "Awaiting stock"
    READY_IN_PART = "ready_in_part", "Ready in part"
    READY = "ready_to_ship", "Ready to ship"
    PART_SHIPPED = "part_shipped", "Part shipped"
    SHIPPED = "shipped", "Shipped"
    ISSUED = "issued", "Issued"
    CANCELLED = "cancelled", "Cancelled"
    MERGED = "merged", "Merged"
    """A part of an Amazon order whose lines went back to another part."""

    @property
    def open(self) -> bool:
        """Still something for us to do, or to wait for."""
        return self not in (
            SalesOrderState.SHIPPED,
            SalesOrderState.ISSUED,
            SalesOrderState.CANCELLED,
            SalesOrderState.MERGED,
        )


TO_SHIP = (
    SalesOrderState.READY,
    SalesOrderState.READY_IN_PART,
    SalesOrderState.PART_SHIPPED,
    SalesOrderState.AWAITING_STOCK,
    SalesOrderState.HELD,
)
"""Something of the order is still to be sent, whatever keeps it."""


class OrderType(Labelled):
    """The order types that option overrides may name."""

    STANDARD = "standard", "Standard"
    EXPEDITED = "expedited", "Expedited"
    PRIME = "prime", "Prime"
    BUSINESS = "business", "Business"
    FBA = "fba", "FBA"
    REPLACEMENT = "replacement", "Replacement"
    EXCHANGE = "exchange", "Exchange"


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """Amazon's own amounts for the whole line (never a unit price), as facts. None = Amazon said nothing.

    `item` includes VAT in the UK and EU; `discount` is what Amazon takes off (a positive number);
    `tax` is Amazon's separate tax line (US, CA: added on top; EU: usually 0 or absent, behaviour M01).
    """

    item: Decimal | None = None
    shipping: Decimal | None = None
    gift_wrap: Decimal | None = None
    discount: Decimal | None = None
    tax: Decimal | None = None
    other: Decimal | None = None
    total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Associated:
    """An order item that was bought together with a line, such as a warranty; it may stand in an order of its own."""

    kind: str
    """WARRANTY, VALUE_ADD_SERVICE, or what Amazon adds."""
    order_id: str = ""
    order_item_id: str = ""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What Amazon says of few lines only, as it says it. Kept together: `domain.orders.particulars` is its format."""

    associated: tuple[Associated, ...] = ()
    serial_numbers: tuple[str, ...] = ()
    """Of the units that were sent, where Amazon knows them (FBA)."""
    constraints: tuple[str, ...] = ()
    """What the delivery must have: `recipientAgeVerification`, `signatureConfirmation` …"""
    programs: tuple[str, ...] = ()
    """TRANSPARENCY, SUBSCRIBE_AND_SAVE."""
    tax_model: str = ""
    """MARKETPLACE_FACILITATOR: Amazon withholds the tax and pays it."""
    tax_scheme: str = ""
    """IOSS, UOSS, or one that no document names (behaviour M05)."""
    tax_parts: tuple[tuple[str, Decimal], ...] = ()
    """What the line's tax is on: (ITEM, SHIPPING, GIFT_WRAP …, amount)."""
    discount_parts: tuple[tuple[str, Decimal], ...] = ()
    """What the line's discount is taken off, as positive amounts."""


@dataclass(frozen=True, slots=True)
class IncomingLine:
    """One line. What the buyer wrote does not stand in its repr, so that no log holds it."""

    order_item_id: str
    sku: str
    asin: str
    title: str
    quantity_ordered: int
    quantity_fulfilled: int = 0
    quantity_cancelled: int = 0
    amounts: LineAmounts = LineAmounts()
    gift_message: str = field(default="", repr=False)
    gift_wrap_level: str = ""
    customisation_url: str = field(default="", repr=False)
    ioss_number: str = ""
    tax_collected_by: str = ""
    serial_numbers_required: bool = False
    cancel_requested: bool = False
    cancel_reason: str = field(default="", repr=False)
    service: str = ""
    """WARRANTY, VALUE_ADD_SERVICE …: it belongs to another line of the order, and nothing of it stands on a shelf."""
    particulars: Particulars = Particulars()


@dataclass(frozen=True, slots=True, repr=False)
class IncomingAddress:
    """A delivery address; every part may be missing (behaviours O08, A09, O35). Its repr shows none of it."""

    name: str = ""
    company: str = ""
    line_1: str = ""
    line_2: str = ""
    line_3: str = ""
    town: str = ""
    county: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""
    instructions: str = ""
    hours: str = ""
    """When a business takes parcels in, in words, in the address's own time: `Mon to Fri 09:00-17:00`."""
    capabilities: str = ""
    """What the place has: an access point, a place for pallets."""


@dataclass(frozen=True, slots=True, repr=False)
class IncomingBuyer:
    """Who bought; its repr shows none of it."""

    name: str = ""
    email: str = ""
    company: str = ""
    purchase_order_number: str = ""
    vat_number: str = ""


@dataclass(frozen=True, slots=True)
class IncomingPackage:
    """A parcel that Amazon holds for the order: what a shipment confirmation left there."""

    reference: str
    carrier: str = ""
    tracking_number: str = ""
    items: tuple[tuple[str, int], ...] = ()
    """(order item id, units)."""
    delivered: bool = False
    """Amazon's status of the parcel is DELIVERED."""


@dataclass(frozen=True, slots=True)
class IncomingOrder:
    """What one Amazon order says, in our words. Built by `sync.translate.orders`, taken by `operations.orders`."""

    amazon_order_id: str
    marketplace_id: str
    fulfilment: Fulfilment | None
    status: AmazonStatus
    placed_at: datetime
    updated_at: datetime
    currency: str = ""
    total: Decimal | None = None
    order_amounts: Decimal = Decimal(0)
    """Amounts of the whole order that belong to no line, such as a delivery tip."""
    lines: tuple[IncomingLine, ...] = ()
    buyer: IncomingBuyer = IncomingBuyer()
    address: IncomingAddress | None = None
    ship_by: datetime | None = None
    deliver_by: datetime | None = None
    service_level: str = ""
    order_type: OrderType = OrderType.STANDARD
    programs: tuple[str, ...] = ()
    replaces: str = ""
    seller_order_id: str = ""
    packages: tuple[IncomingPackage, ...] = field(default=())
    other_currencies: tuple[str, ...] = ()
    """Currencies other than `currency` in which Amazon stated amounts of this order: those amounts are left out."""
    sold_elsewhere: bool = False
    """In another shop of the seller's: Amazon only sends it, from its own warehouse."""
    states_other_lines: bool = False
    """It is a part's share of a message with lines: of the part's own, those that it lacks are gone, even all."""

    @property
    def goods(self) -> tuple[IncomingLine, ...]:
        """The lines that stand on a shelf."""
        return tuple(line for line in self.lines if not line.service)

    @property
    def collected(self) -> bool:
        """The buyer fetches it from the seller's store."""
        return "IN_STORE_PICK_UP" in self.programs

    def __post_init__(self) -> None:
        """A line that is listed twice, by its order item id, is one line: the one with more units."""
        lines: dict[str, IncomingLine] = {}
        for line in self.lines:
            known = lines.get(line.order_item_id)
            if known is None or line.quantity_ordered > known.quantity_ordered:
                lines[line.order_item_id] = line
        if len(lines) != len(self.lines):
            object.__setattr__(self, "lines", tuple(lines.values()))
