"""The bodies of control calls: what each member is, and within which limits. Members are written in camelCase.

A member that is UNSET was not given. What only the world knows (whether a SKU is there) is checked where it is used.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from amazon_simulator.access.application import APPLICATION_KINDS, ROLES
from amazon_simulator.traffic.people import ADDRESS_KINDS
from amazon_simulator.traffic.traffic import TrafficProfile
from amazon_simulator.wire.submissions import CONDITIONS
from amazon_simulator.world.returns import REASONS

A_YEAR = 366 * 24 * 3600
FASTEST_RATE = 10_000
SELLER_ID = "^[A-Z0-9]{4,20}$"

Given = TypeVar("Given")
Text: TypeAlias = Annotated[str, Meta(max_length=2_000)]
ShortText: TypeAlias = Annotated[str, Meta(max_length=200)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000)]
Units: TypeAlias = Annotated[int, Meta(ge=1, le=1_000_000)]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
Seconds: TypeAlias = Annotated[float, Meta(ge=0, le=A_YEAR)]
"""Of trade time."""
Duration: TypeAlias = Annotated[float, Meta(ge=1, le=A_YEAR)]
Orders: TypeAlias = Annotated[float, Meta(ge=0, le=100_000)]
"""An hour."""
Hour: TypeAlias = Annotated[int, Meta(ge=0, le=23)]
Region: TypeAlias = Literal["EU", "NA", "FE"]
By: TypeAlias = Literal["BUYER", "AMAZON", "MERCHANT"]


def given(value: Given | UnsetType, default: Given) -> Given:
    return default if isinstance(value, UnsetType) else value


class Body(msgspec.Struct, rename="camel", kw_only=True):
    """An object of a call."""


class Nothing(Body):
    """No member is wanted."""


class Clock(Body):
    """All three in one call: the pace first, then the way."""

    rate: Annotated[float, Meta(ge=0.001, le=10_000)] | UnsetType = UNSET
    advance: Annotated[float, Meta(ge=0, le=10 * A_YEAR)] = 0.0
    now: Text | UnsetType = UNSET


class OfSeller(Body):
    seller_id: Text


# --- accounts


class Application(Body):
    """What the developer sets in the portal; what is not given stays as it is."""

    kind: Literal[APPLICATION_KINDS] | UnsetType = UNSET  # type: ignore[valid-type]  # made from the table
    draft: bool | UnsetType = UNSET
    roles: list[Literal[ROLES]] | UnsetType = UNSET  # type: ignore[valid-type]  # made from the table
    redirect_uris: list[str] | UnsetType = UNSET
    login_uri: Text | UnsetType = UNSET
    notification_queue: Text | UnsetType = UNSET
    mws_only: bool | UnsetType = UNSET
    regions: list[Region] | UnsetType = UNSET
    secret_lives_days: Annotated[float, Meta(ge=0.001, le=10_000)] | UnsetType = UNSET


class Account(Body):
    """A seller account that joins; its number, its token and its goods are made by the seed."""

    region: Region
    seller_id: Annotated[str, Meta(pattern=SELLER_ID)] | UnsetType = UNSET
    name: ShortText | UnsetType = UNSET
    marketplace_ids: list[str] | UnsetType = UNSET
    goods: bool = True
    odd_goods: bool = False


class Suspension(Body):
    """Everywhere unless a marketplace is named."""

    suspended: bool = True
    marketplace_id: Text | UnsetType = UNSET


class Participation(Body):
    marketplace_id: Text
    participating: bool = False


class HandlingTime(Body):
    """Amazon's automated handling time of the account's listings, in days; null: it is off."""

    automated_days: Annotated[int, Meta(ge=0, le=30)] | None


class Role(Body):
    """`seconds`: after which it is given back; 0: by a call."""

    role: Text
    granted: bool = False
    seconds: Seconds = 0.0


# --- orders


class Mix(Body):
    """Many orders by a seed; each share is one of them."""

    count: Annotated[int, Meta(ge=1, le=100_000)] = 1
    seed: Annotated[int, Meta(ge=0, le=2**62)] | UnsetType = UNSET
    marketplace_ids: list[str] = []
    pending_share: Share | UnsetType = UNSET
    cancelled_share: Share | UnsetType = UNSET
    fba_share: Share | UnsetType = UNSET
    unknown_sku_share: Share | UnsetType = UNSET
    several_lines_share: Share | UnsetType = UNSET


class AssociatedItem(Body):
    association_type: Literal["WARRANTY", "VALUE_ADD_SERVICE"] = "WARRANTY"
    asin: Text = ""
    purchase_price: Decimal | UnsetType = UNSET


Constraint: TypeAlias = Literal[
    "palletDelivery", "signatureConfirmation", "recipientIdentityVerification", "recipientAgeVerification"
]


class OrderLine(Body):
    """`customization`: what the buyer wrote, in an archive that has another address for five minutes at each reading.

    `serviceOf`: place of the item (from 0) with which this `service` was sold; nobody sends it."""

    sku: Text
    quantity: Count = 1
    gift_wrap: bool | UnsetType = UNSET
    gift_message: Text | UnsetType = UNSET
    discount: Decimal = Decimal(0)
    shipping_discount: Decimal = Decimal(0)
    cod_fee: Decimal = Decimal(0)
    points: Count = 0
    promotion_ids: list[str] = []
    programs: list[str] = []
    constraints: list[Constraint] = []
    tax_scheme: Literal["", "IOSS", "UOSS", "FACILITATOR"] = ""
    customized_url: Text = ""
    customization: Text = ""
    serial_numbers: list[str] = []
    serial_numbers_required: bool = False
    service_of: Count | UnsetType = UNSET
    service: Literal["WARRANTY", "VALUE_ADD_SERVICE"] = "WARRANTY"
    associated_items: Annotated[list[AssociatedItem], Meta(min_length=1)] | UnsetType = UNSET


class OpenHours(Body):
    from_: Hour = msgspec.field(default=9, name="from")
    to: Hour = 17


Capability: TypeAlias = Literal["HAS_ACCESS_POINT", "PALLET_ENABLED", "PALLET_DISABLED"]


class BuyerAddress(Body):
    """A buyer and the address; what is not given is that of a random buyer of the country."""

    name: Text | UnsetType = UNSET
    email: Text | UnsetType = UNSET
    recipient_name: Text | UnsetType = UNSET
    address_line1: Text | UnsetType = UNSET
    address_line2: Text | UnsetType = UNSET
    address_line3: Text | UnsetType = UNSET
    city: Text | UnsetType = UNSET
    district_or_county: Text | UnsetType = UNSET
    state_or_region: Text | UnsetType = UNSET
    postal_code: Text | UnsetType = UNSET
    country_code: Text | UnsetType = UNSET
    phone: Text | UnsetType = UNSET
    company_name: Text | UnsetType = UNSET
    purchase_order_number: Text | UnsetType = UNSET
    tax_registration_number: Text | UnsetType = UNSET
    address_instruction: Text | UnsetType = UNSET
    drop_off_location: Text | UnsetType = UNSET
    address_type: Literal["", "RESIDENTIAL", "COMMERCIAL", "PICKUP_POINT"] | UnsetType = UNSET
    delivery_capabilities: list[Capability] = []
    open_hours: OpenHours | UnsetType = UNSET


class TransitTime(Body):
    data_source: Literal["AMAZON_AUTOMATED", "SELLER_SET", "THIRD_PARTY_INTEGRATOR"] = "AMAZON_AUTOMATED"
    carrier: Text = ""
    shipping_service: Text = ""


class Placing(Body):
    """One order, or with `mix` many. `totalOff`: smallest coins by which the total differs from the lines.

    `exchange`: what it `replaces` came back, and this goes out for it.
    """

    mix: Mix | UnsetType = UNSET
    seller_id: Text | UnsetType = UNSET
    marketplace_id: Text | UnsetType = UNSET
    items: Annotated[list[OrderLine], Meta(min_length=1)] | UnsetType = UNSET
    fulfilled_by: Literal["MERCHANT", "AMAZON"] = "MERCHANT"
    status: Literal["UNSHIPPED", "PENDING"] = "UNSHIPPED"
    pending_seconds: Seconds | UnsetType = UNSET
    available_seconds: Seconds = 0.0
    gift_wrap: bool = False
    gift_message: Text = ""
    shipping_price: Decimal = Decimal("3.99")
    service_level: Literal[
        "STANDARD", "EXPEDITED", "FREE_ECONOMY", "NEXT_DAY", "PRIORITY", "SAME_DAY", "SECOND_DAY", "SCHEDULED"
    ] = "STANDARD"
    programs: list[str] = []
    oversell: bool = False
    seller_order_id: Text = ""
    replaces: Text = ""
    exchange: bool = False
    payment_method: Literal["CreditCard", "CashOnDelivery", "ConvenienceStore", "Invoice", "Other"] = "CreditCard"
    regulated: bool = False
    transit_time: TransitTime | UnsetType = UNSET
    seller_flex: bool = False
    total_off: Annotated[int, Meta(ge=-100, le=100)] = 0
    address_kind: Literal[tuple(ADDRESS_KINDS)] | UnsetType = UNSET  # type: ignore[valid-type]  # made from the table
    buyer: BuyerAddress | UnsetType = UNSET


class Cancellation(Body):
    """Of the whole order, or of some units of one of its items."""

    by: By = "BUYER"
    order_item_id: Text | UnsetType = UNSET
    quantity: Units | UnsetType = UNSET


class CancellationRequest(Body):
    reason: Text = ""


# --- goods


class StockMove(Body):
    seller_id: Text
    sku: Text
    quantity: Units
    pool: Text | UnsetType = UNSET


class Returning(Body):
    """The first item of the order unless another is named."""

    order_id: Text
    order_item_id: Text | UnsetType = UNSET
    quantity: Units = 1
    reason: Literal[REASONS] = REASONS[0]  # type: ignore[valid-type]  # made from the table
    disposition: Text = "SELLABLE"


Action: TypeAlias = Literal["LISTING_SUPPRESSED", "ATTRIBUTE_SUPPRESSED", "CATALOG_ITEM_REMOVED", "SEARCH_SUPPRESSED"]


class Issue(Body):
    code: Text = "90220"
    message: Text = "'size' is required but not supplied."
    severity: Literal["ERROR", "WARNING", "INFO"] = "ERROR"
    attribute_names: list[str] = []
    categories: list[str] = msgspec.field(default_factory=lambda: ["INVALID_ATTRIBUTE"])
    marketplace_ids: list[str] | UnsetType = UNSET
    actions: list[Action] = []


class Issues(Body):
    """Amazon finds fault with a listing; with an empty list no more."""

    seller_id: Text
    sku: Text
    issues: list[Issue]


class NewListing(Body):
    """With `quantity` what the seller sends; with `fulfilledBy` AMAZON and `stock`, units by pool, what Amazon does."""

    seller_id: Text
    sku: Annotated[str, Meta(min_length=1, max_length=2_000)]
    asin: Text = "B0NEW00001"
    title: Text | UnsetType = UNSET
    product_type: Text = "HOME"
    pence: Count = 1999
    marketplace_ids: list[str] | UnsetType = UNSET
    fulfilled_by: Literal["MERCHANT", "AMAZON"] = "MERCHANT"
    quantity: Count | UnsetType = UNSET
    stock: dict[str, Count] | UnsetType = UNSET
    lead_time_days: Annotated[int, Meta(ge=0, le=30)] = 2
    listed: bool = True
    barcodes: dict[Literal["EAN", "UPC", "GTIN", "ISBN", "JAN", "MINSAN"], Text] | UnsetType = UNSET
    parent_sku: Text | UnsetType = UNSET
    variation_theme: Text = "SIZE"
    contains_sku: Text | UnsetType = UNSET
    condition: Literal[tuple(CONDITIONS)] | UnsetType = UNSET  # type: ignore[valid-type]  # made from the table
    business_prices: dict[str, Decimal] | UnsetType = UNSET
    issues: Annotated[list[Issue], Meta(min_length=1)] | UnsetType = UNSET


# --- what happens


class Scenario(Body):
    """To the first seller unless another is named."""

    seller_id: Text | UnsetType = UNSET


class Window(Body, forbid_unknown_fields=True):
    """Trade time, ISO 8601."""

    since: Text | UnsetType = UNSET
    until: Text | UnsetType = UNSET


class Fault(Body):
    """A fault, or with `clear` all of them away, or the one with that `number`."""

    clear: bool = False
    number: Count | UnsetType = UNSET
    kind: Text | UnsetType = UNSET
    operation: Text | UnsetType = UNSET
    seller_id: Text | UnsetType = UNSET
    count: Annotated[float, Meta(ge=0, le=1e9)] | UnsetType = UNSET
    probability: Share | UnsetType = UNSET
    window: Window | UnsetType = UNSET
    seconds: Annotated[float, Meta(ge=0, le=1e7)] | UnsetType = UNSET
    seed: int | str | UnsetType = UNSET
    of: Text | UnsetType = UNSET
    content_type: Text | UnsetType = UNSET
    status: Annotated[int, Meta(ge=400, le=599)] | UnsetType = UNSET
    code: Text | UnsetType = UNSET
    message: Text | UnsetType = UNSET
    details: Text | UnsetType = UNSET
    without: list[str] | UnsetType = UNSET
    with_: dict[str, Any] | UnsetType = msgspec.field(default=UNSET, name="with")
    into: Text | UnsetType = UNSET


class Limit(Body):
    """Another plan; the published one again (`restore`), full buckets (`reset`), or nothing refused (`lift`)."""

    seller_id: Text = "*"
    operation: Text = "*"
    rate: Annotated[float, Meta(ge=0, le=FASTEST_RATE)] | UnsetType = UNSET
    burst: Units | UnsetType = UNSET
    restore: bool = False
    reset: bool = False
    lift: bool | UnsetType = UNSET


class OtherApplication(Body):
    """`rate` calls a second for `seconds`; with `stop` the one of that `number` ends, or all."""

    stop: bool = False
    number: Count | UnsetType = UNSET
    seller_id: Text = "*"
    operation: Text = "*"
    rate: Annotated[float, Meta(ge=0.0001, le=FASTEST_RATE)] | UnsetType = UNSET
    seconds: Duration = 3600.0


class Peak(Body):
    factor: Annotated[float, Meta(ge=1, le=1_000)] = 10.0
    seconds: Duration = 3600.0


class Traffic(Body):
    """What is not given stays as it is, only the end does not; `stop` ends it at once."""

    stop: bool = False
    orders_per_hour: Orders | UnsetType = UNSET
    marketplaces: dict[str, Orders] | UnsetType = UNSET
    seconds: Duration | UnsetType = UNSET
    day_curve: bool | UnsetType = UNSET
    odd: Share | UnsetType = UNSET
    warehouses: bool | UnsetType = UNSET
    keep_stocked: bool | UnsetType = UNSET
    seed: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET
    profile: dict[Literal[TrafficProfile.__struct_fields__], Share] | UnsetType = msgspec.field(  # type: ignore[valid-type]
        default=UNSET, name="habits"
    )
    peak: Peak | UnsetType = UNSET
