"""The entities of the world. Each knows how to be written to the journal: the last line of an entity holds."""

from decimal import Decimal
from typing import Any

import msgspec


class Seller(msgspec.Struct, tag="seller"):
    id: str
    name: str
    region: str
    marketplaces: list[str]
    suspended: list[str] = []
    absent: list[str] = []  # where the account could sell but does not take part


class Change(msgspec.Struct):
    """One change of a listing's quantity, with its cause; `at` in Unix seconds of trade time."""

    at: float
    quantity: int
    cause: str


class Particulars(msgspec.Struct):
    """What few listings have. Prices are by marketplace, in its currency."""

    condition: str = "new_new"
    attributes: dict[str, list[dict[str, Any]]] = {}  # as sent, but for quantities
    prices: dict[str, Decimal] = {}
    business_prices: dict[str, Decimal] = {}
    issues: list[dict[str, Any]] = []
    barcodes: dict[str, str] = {}  # EAN, UPC, GTIN, ISBN, JAN, MINSAN → the number
    parent: str = ""  # the SKU of which it is a variation
    theme: str = ""
    contains: str = ""  # the SKU of which it is a package
    copies: dict[str, int] = {}  # the number that attributes still show in other marketplaces (models#4356)
    updated: float = 0.0


class Write(msgspec.Struct, tag="write", kw_only=True):
    """A quantity that the seller sent, for the state report. `received`: when the call, or the feed, came.

    `reference`: the call's request id or the feed's id. `quantity` None: none that could be read, or of Amazon's
    own stock. `status`: ACCEPTED, INVALID. `effect`: waiting, applied, superseded, unknown SKU, or the fault that has
    let nothing come of it. `applied`: when it took effect.
    """

    number: int
    received: float
    seller: str
    sku: str
    market: str
    operation: str
    reference: str
    quantity: int | None
    status: str
    effect: str = ""
    applied: float | None = None


class ListingUpdate(msgspec.Struct):
    """Values that the seller sent, valid from `at` on. `quantity` None: Amazon sends it, and knows how many there are.

    `second`: another channel's code that stands beside. `market`: the marketplace through which it was sent.
    `offers`: it changes the quantity. `more`, `title`: the rest, where it changes that.
    `gone`: the marketplace in which it is listed no more.
    """

    at: float
    quantity: int | None = None
    lead_time: int | None = None
    restock_date: str = ""
    channel: str = "DEFAULT"
    second: str = ""
    market: str = ""
    offers: bool = True
    more: Particulars | None = None
    title: str = ""
    gone: str = ""
    write: int | None = None  # its number among the writes


class Listing(msgspec.Struct, tag="listing"):
    """One SKU of a seller: one quantity for the whole region's unified account."""

    seller: str
    sku: str
    asin: str
    title: str
    product_type: str
    channel: str  # DEFAULT, AMAZON_EU, AMAZON_NA
    price: int  # pence
    marketplaces: list[str]
    quantity: int | None = None
    lead_time: int | None = None
    restock_date: str = ""
    listed: bool = True
    history: list[Change] = []
    waiting: list[ListingUpdate] = []
    second: str = ""
    more: Particulars | None = None
    automated_days: int | None = None  # Amazon's automated handling time: it shows in place of the lead time

    @property
    def key(self) -> tuple[str, str]:
        return self.seller, self.sku

    @property
    def particulars(self) -> Particulars:
        """To be read; to write, give the listing `more` of its own."""
        return NOTHING_PARTICULAR if self.more is None else self.more


NOTHING_PARTICULAR = Particulars()


class Moved(msgspec.Struct, tag="moved"):
    """What has changed of a listing, without its whole history: the journal grows by what happens only."""

    seller: str
    sku: str
    quantity: int | None
    lead_time: int | None
    channel: str
    listed: bool
    waiting: list[ListingUpdate]
    change: Change | None
    restock_date: str = ""
    second: str = ""
    copies: dict[str, int] | None = None  # None: as they were


class FbaStock(msgspec.Struct, tag="fba"):
    seller: str
    pool: str
    sku: str
    fulfillable: int
    reserved: int = 0
    inbound: int = 0
    unfulfillable: int = 0
    researching: int = 0
    future: int = 0  # what buyers may order of a supply that is still to come

    @property
    def key(self) -> tuple[str, str, str]:
        return self.seller, self.pool, self.sku


class FbaEvent(msgspec.Struct, tag="fba event"):
    """One line of Amazon's ledger: what came into a pool (+) or left it (-), at what time.

    `kind`: Receipts, Shipments, CustomerReturns, Adjustments, VendorReturns. `disposition`: SELLABLE, DEFECTIVE,
    CUSTOMER_DAMAGED, CARRIER_DAMAGED, WAREHOUSE_DAMAGED. `reason`: of an adjustment, M (lost), F (found), E (damaged).
    Source: report GET_LEDGER_DETAIL_VIEW_DATA.
    """

    number: int
    at: float
    seller: str
    pool: str
    sku: str
    asin: str
    kind: str
    quantity: int
    disposition: str = "SELLABLE"
    reason: str = ""
    reference: str = ""  # order, inbound shipment


class Transit(msgspec.Struct):
    """What a delivery promise was computed from. `source`: AMAZON_AUTOMATED, SELLER_SET, THIRD_PARTY_INTEGRATOR.

    Source: model orders_2026-01-01.json of October 2026 (promiseCalculationInputs.transitTime).
    """

    source: str
    carrier: str = ""
    service: str = ""


class Associated(msgspec.Struct):
    """What was bought with a line. `kind`: VALUE_ADD_SERVICE, WARRANTY; the price in the order's currency."""

    kind: str
    asin: str = ""
    price: Decimal | None = None


class Item(msgspec.Struct):
    """One line of an order; amounts are for the whole line, in the order's currency."""

    id: str
    sku: str
    asin: str
    title: str
    quantity: int
    price: Decimal
    shipping: Decimal = Decimal(0)
    gift_wrap: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    shipped: int = 0
    cancelled: int = 0
    taken: int = 0  # of the listing's quantity, when it was ordered
    shown: int | None = None  # the listing's quantity at that moment
    gift_message: str = ""
    cancel_reason: str = ""
    customized_url: str = ""
    shipping_discount: Decimal = Decimal(0)
    cod_fee: Decimal = Decimal(0)
    points: int = 0  # Amazon Points that the buyer gets, at the seller's cost
    promotions: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()  # TRANSPARENCY, SUBSCRIBE_AND_SAVE
    constraints: tuple[str, ...] = ()  # signatureConfirmation …, each MANDATORY
    associated: tuple[Associated, ...] = ()
    scheme: str = ""  # who has the VAT: IOSS, UOSS (deemed reseller), FACILITATOR; empty: the seller
    serials_required: bool = False  # the seller must give the units' serial numbers
    serials: tuple[str, ...] = ()  # of the units, where Amazon knows them
    service_of: int | None = None  # place of the item of this order with which it was sold
    service: str = ""  # what it is then: WARRANTY, VALUE_ADD_SERVICE

    @property
    def total(self) -> Decimal:
        discounts = self.discount + self.shipping_discount
        return self.price + self.shipping + self.gift_wrap + self.cod_fee - discounts + self.tax


class Package(msgspec.Struct):
    """`items`: (order item, units), each order item once."""

    reference: str
    carrier_code: str
    carrier_name: str
    tracking_number: str
    shipping_method: str
    ship_date: str
    items: list[tuple[str, int]]
    created: float
    codes: dict[str, list[str]] = {}  # order item → its transparency codes


class Buyer(msgspec.Struct):
    name: str
    email: str
    line_1: str
    town: str
    postcode: str
    country: str
    line_2: str = ""
    state: str = ""
    phone: str = ""
    company: str = ""
    purchase_order: str = ""
    tax_number: str = ""
    instructions: str = ""  # for who delivers
    line_3: str = ""
    county: str = ""
    recipient: str = ""  # who gets the parcel, where that is somebody else
    address_type: str = "RESIDENTIAL"
    drop_off: str = ""
    capabilities: tuple[str, ...] = ()  # HAS_ACCESS_POINT, PALLET_ENABLED, PALLET_DISABLED
    open_hours: tuple[int, int] | None = None  # of a business, Monday to Friday


class Order(msgspec.Struct, tag="order"):
    id: str
    seller: str
    marketplace: str
    fulfilled_by: str  # MERCHANT | AMAZON
    status: str
    created: float
    updated: float
    items: list[Item]
    buyer: Buyer
    service_level: str = "STANDARD"
    programs: list[str] = []
    packages: list[Package] = []
    pays_at: float | None = None
    ships_at: float | None = None
    cancelled_by: str = ""
    visible_from: float = 0.0
    alias: str = ""  # the seller's own order number
    replaces: str = ""  # the order that this one replaces, free of charge
    exchange: bool = False  # the buyer gave the goods back for others
    pick_up: str = ""  # what the seller sent of an order that the buyer fetches: ReadyForPickup …
    channel: str = "AMAZON"  # NON_AMAZON: sold elsewhere, sent by Amazon
    payment: str = "CreditCard"
    available_at: float | None = None  # of a pre-order: when the goods come out
    regulated: str = ""  # Pending, Approved, Rejected: the seller's verdict on a prescription
    reviewer: str = ""
    reviewed: float = 0.0
    rejection: str = ""
    transit: Transit | None = None
    flex: bool = False  # Amazon plans it for a Seller Flex warehouse
    total_off: Decimal = Decimal(0)  # by which the grand total differs from its lines


class Return(msgspec.Struct, tag="return"):
    """Units of an order that the buyer sent back. `kind`: FBM (to the seller) or FBA (to Amazon's warehouse)."""

    number: int
    at: float
    seller: str
    order: str
    order_item: str
    sku: str
    asin: str
    quantity: int
    reason: str
    disposition: str  # as in FbaEvent; empty for FBM: the seller judges it
    license_plate: str
    kind: str


class Intent(msgspec.Struct, tag="intent"):
    """A planned act at a time: `verb` to `subject` (an order, or seller/pool/SKU), with `params`."""

    number: int
    at: float
    verb: str
    subject: str
    params: dict[str, Any] = msgspec.field(default_factory=dict, name="told")  # the name it has in journals
    done: bool = False


class Confirmation(msgspec.Struct, tag="confirmation"):
    """Every attempt to confirm a shipment that reached us, with its effect."""

    number: int
    at: float
    seller: str
    order: str
    reference: str
    tracking_number: str
    carrier_code: str
    effect: str  # created | edited | refused
    request_id: str
