"""Orders 2026-01-01: an order as Amazon tells it. Source: model orders_2026-01-01.json.

Only ids, times, quantities and the list of items are required; all else depends on `included_data`,
on roles and on the order's age. Absent is not zero and not false (behaviours O07, O09, O19).
Amounts are of the line, not of the unit, tax included where the marketplace does so (M01).
"""

import re
from datetime import datetime

import msgspec

from wharfinger.amazon.messages.preferences import DeliveryPreference, Measurement, SubstitutionPreference
from wharfinger.amazon.messages.salvage import salvage
from wharfinger.amazon.messages.wire import (
    Count,
    Message,
    Money,
    PersonalMessage,
    Unreadable,
    put_in_utc,
    read,
    split,
)


class TimeRange(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    earliest_date_time: datetime | None = None
    latest_date_time: datetime | None = None

    def __post_init__(self) -> None:
        put_in_utc(self, "earliest_date_time", "latest_date_time")


class Alias(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Another id of the order: `alias_type` SELLER_ORDER_ID, …"""

    alias_id: str
    alias_type: str = ""


class AssociatedOrder(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`association_type` REPLACEMENT_ORIGINAL_ID, EXCHANGE_ORIGINAL_ID, …"""

    order_id: str | None = None
    association_type: str | None = None


class SalesChannel(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`channel_name` is AMAZON or NON_AMAZON (an order of the seller's own shop that Amazon ships)."""

    channel_name: str | None = None
    marketplace_id: str | None = None
    marketplace_name: str | None = None


class Buyer(PersonalMessage, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    buyer_name: str | None = None
    buyer_email: str | None = None
    buyer_company_name: str | None = None
    buyer_purchase_order_number: str | None = None


class AddressExtendedFields(PersonalMessage, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Brazil: the parts of the street."""

    street_name: str | None = None
    street_number: str | None = None
    complement: str | None = None
    neighborhood: str | None = None


class CustomerAddress(PersonalMessage, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """May be partial (behaviour A09): without the role only town, state, postal code and country come."""

    name: str | None = None
    company_name: str | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    address_line3: str | None = None
    city: str | None = None
    district_or_county: str | None = None
    state_or_region: str | None = None
    municipality: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone: str | None = None
    extended_fields: AddressExtendedFields | None = None
    address_type: str | None = None


class Recipient(PersonalMessage, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    delivery_address: CustomerAddress | None = None
    delivery_preference: DeliveryPreference | None = None


class OrderProceedsBreakdown(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`type` ITEM, SHIPPING, GIFT_WRAP, COD_FEE, TAX, DISCOUNT, DELIVERY_TIP, OTHER, …"""

    type: str
    status: str | None = None
    subtotal: Money | None = None


class OrderProceeds(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A cancelled order may keep its total (behaviour O39)."""

    grand_total: Money | None = None
    breakdowns: tuple[OrderProceedsBreakdown, ...] = ()


class PaymentExecution(PersonalMessage, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    payment_method: str | None = None
    payment_amount: Money | None = None
    acquirer_id: str | None = None
    card_brand: str | None = None
    authorization_code: str | None = None


class OrderPayment(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    payment_executions: tuple[PaymentExecution, ...] = ()


class TaxRegistrationAttribute(PersonalMessage, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    key: str | None = None
    value: str | None = None


class OrderTaxRegistration(PersonalMessage, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    entity_type: str | None = None
    legal_name: str | None = None
    tax_registration_type: str | None = None
    tax_registration_number: str | None = None
    tax_registration_address: CustomerAddress | None = None
    tax_registration_attributes: tuple[TaxRegistrationAttribute, ...] = ()


class OrderTaxInvoicing(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    buyer_invoice_preference: str | None = None
    invoice_status: str | None = None


class OrderTax(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    tax_registrations: tuple[OrderTaxRegistration, ...] = ()
    tax_invoicing: OrderTaxInvoicing | None = None


class OrderFulfillment(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`fulfillment_status` PENDING_AVAILABILITY, PENDING, UNSHIPPED, PARTIALLY_SHIPPED, SHIPPED, CANCELLED,
    UNFULFILLABLE, or one not known yet; `fulfilled_by` MERCHANT or AMAZON."""

    fulfillment_status: str | None = None
    fulfilled_by: str | None = None
    fulfillment_service_level: str | None = None
    ship_by_window: TimeRange | None = None
    deliver_by_window: TimeRange | None = None
    label_printing_window: TimeRange | None = None


class AssociatedOrderItem(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    order_id: str | None = None
    order_item_id: str | None = None
    association_type: str | None = None


class ItemCondition(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    condition_type: str | None = None
    condition_subtype: str | None = None
    condition_note: str | None = None


class ItemPrice(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    unit_price: Money | None = None
    price_designation: str | None = None


class ItemCustomization(PersonalMessage, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The URL leads to what the buyer wrote or drew."""

    customized_url: str | None = None


class ItemProduct(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    asin: str | None = None
    title: str | None = None
    seller_sku: str | None = None
    condition: ItemCondition | None = None
    price: ItemPrice | None = None
    serial_numbers: tuple[str, ...] = ()
    customization: ItemCustomization | None = None


class ItemProceedsDetailedBreakdown(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    subtype: str | None = None
    value: Money | None = None


class ItemProceedsBreakdown(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`type` ITEM, SHIPPING, GIFT_WRAP, COD_FEE, TAX, DISCOUNT, OTHER, …"""

    type: str
    subtotal: Money | None = None
    detailed_breakdowns: tuple[ItemProceedsDetailedBreakdown, ...] = ()


class ItemProceeds(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    proceeds_total: Money | None = None
    breakdowns: tuple[ItemProceedsBreakdown, ...] = ()


class PointsGranted(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    points_number: Count | None = None
    points_monetary_value: Money | None = None


class ItemPointsCost(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    points_granted: PointsGranted | None = None


class ItemExpense(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    points_cost: ItemPointsCost | None = None


class ItemPromotionBreakdown(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    promotion_id: str | None = None


class ItemPromotion(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    breakdowns: tuple[ItemPromotionBreakdown, ...] = ()


class CancellationRequest(PersonalMessage, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The buyer asks to cancel: `requester` BUYER. An empty object asks nothing. The reason is free text."""

    requester: str | None = None
    cancel_reason: str | None = None


class CancellationExecution(PersonalMessage, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Done: `cancelled_by` BUYER, MERCHANT or AMAZON."""

    cancelled_by: str | None = None
    cancel_reason: str | None = None


class ItemCancellation(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    cancellation_request: CancellationRequest | None = None
    cancellation_execution: CancellationExecution | None = None


class ItemPicking(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    substitution_preference: SubstitutionPreference | None = None


class GiftOption(PersonalMessage, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    gift_message: str | None = None
    gift_wrap_level: str | None = None


class SerialNumberRequirement(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    requirement_type: str | None = None


class ItemPacking(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    gift_option: GiftOption | None = None
    serial_number_requirement: SerialNumberRequirement | None = None


class ShippingConstraints(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Each MANDATORY or absent."""

    pallet_delivery: str | None = None
    cash_on_delivery: str | None = None
    signature_confirmation: str | None = None
    recipient_identity_verification: str | None = None
    recipient_age_verification: str | None = None


class InternationalShipping(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The IOSS number is of the line and belongs on the customs data (behaviour M06)."""

    ioss_number: str | None = None


class ItemShipping(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    scheduled_delivery_window: TimeRange | None = None
    shipping_constraints: ShippingConstraints | None = None
    international_shipping: InternationalShipping | None = None


class ItemFulfillment(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    quantity_fulfilled: Count | None = None
    quantity_unfulfilled: Count | None = None
    picking: ItemPicking | None = None
    packing: ItemPacking | None = None
    shipping: ItemShipping | None = None


class TaxCalculationBreakdown(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    reporting_scheme: str | None = None


class TaxCollection(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    model: str | None = None
    responsible_party: str | None = None


class ItemTax(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    tax_calculation_breakdowns: tuple[TaxCalculationBreakdown, ...] = ()
    tax_collections: tuple[TaxCollection, ...] = ()


class OrderItem(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A line. `quantity_ordered` is 0 on a line that was cancelled whole: never divide by it."""

    order_item_id: str
    quantity_ordered: Count
    measurement: Measurement | None = None
    associated_order_items: tuple[AssociatedOrderItem, ...] = ()
    programs: tuple[str, ...] = ()
    product: ItemProduct = ItemProduct()
    proceeds: ItemProceeds | None = None
    expense: ItemExpense | None = None
    promotion: ItemPromotion | None = None
    cancellation: ItemCancellation | None = None
    fulfillment: ItemFulfillment | None = None
    tax: ItemTax | None = None


class MerchantAddress(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    name: str | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    address_line3: str | None = None
    city: str | None = None
    district_or_county: str | None = None
    state_or_region: str | None = None
    municipality: str | None = None
    postal_code: str | None = None
    country_code: str | None = None


class PackageStatus(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`status` PENDING, IN_TRANSIT, SHIPPED, DELIVERED, CANCELLED, UNDELIVERABLE, …"""

    status: str | None = None
    detailed_status: str | None = None


class PackageItem(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    order_item_id: str
    quantity: Count
    transparency_codes: tuple[str, ...] = ()


class OrderPackage(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A parcel that the seller confirmed; `package_reference_id` is the seller's own."""

    package_reference_id: str
    created_time: datetime | None = None
    package_status: PackageStatus | None = None
    carrier: str | None = None
    ship_time: datetime | None = None
    shipping_service: str | None = None
    tracking_number: str | None = None
    ship_from_address: MerchantAddress | None = None
    package_items: tuple[PackageItem, ...] = ()

    def __post_init__(self) -> None:
        put_in_utc(self, "created_time", "ship_time")


class FulfillmentOrder(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    fulfillment_order_id: str


class AmazonOrder(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One order. `packages` is None where Amazon sent no such member, and empty where it sent an empty list."""

    order_id: str
    created_time: datetime
    last_updated_time: datetime
    order_items: tuple[OrderItem, ...]
    order_aliases: tuple[Alias, ...] = ()
    programs: tuple[str, ...] = ()
    associated_orders: tuple[AssociatedOrder, ...] = ()
    sales_channel: SalesChannel = SalesChannel()
    buyer: Buyer | None = None
    recipient: Recipient | None = None
    proceeds: OrderProceeds | None = None
    payment: OrderPayment | None = None
    tax: OrderTax | None = None
    fulfillment: OrderFulfillment | None = None
    packages: tuple[OrderPackage, ...] | None = None
    fulfillment_orders: tuple[FulfillmentOrder, ...] = ()

    def __post_init__(self) -> None:
        put_in_utc(self, "created_time", "last_updated_time")
        if not self.order_id:
            raise ValueError("orderId is empty")


class OrderKey(Message, frozen=True, kw_only=True, rename="camel"):
    """What an inbox needs of an order before anything else is understood."""

    order_id: str
    last_updated_time: datetime | None = None

    def __post_init__(self) -> None:
        put_in_utc(self, "last_updated_time")


class _Pagination(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    next_token: str | None = None


class _SearchAnswer(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    orders: tuple[msgspec.Raw, ...]
    pagination: _Pagination | None = None
    last_updated_before: datetime | None = None
    created_before: datetime | None = None

    def __post_init__(self) -> None:
        put_in_utc(self, "last_updated_before", "created_before")


class SearchOrdersPage(Message, frozen=True, kw_only=True):
    """One page, its orders unread, each as the bytes Amazon sent: one broken order spoils no other.

    `strange_orders` are of marketplaces that were not requested.
    `next_token` lives 24 hours and wants every parameter repeated; None on the last page.
    `last_updated_before` is the next search's `last_updated_after`, less an overlap.
    """

    raw_orders: tuple[bytes, ...]
    strange_orders: tuple[bytes, ...] = ()
    next_token: str | None = None
    last_updated_before: datetime | None = None
    created_before: datetime | None = None

    def __repr__(self) -> str:
        return f"<SearchOrdersPage of {len(self.raw_orders)} orders>"


class _GetOrderAnswer(Message, frozen=True, kw_only=True, rename="camel"):
    order: msgspec.Raw


def read_search_page(body: bytes) -> SearchOrdersPage:
    """A searchOrders answer as a page; Unreadable where it is none.

    Amazon has sent one order that is no JSON among good ones (behaviour O24): such a page is cut by
    its braces, and the broken order stands alone in it as it came.
    """
    try:
        answer = split(body, _SearchAnswer)
        raw_orders = tuple(bytes(raw) for raw in answer.orders)
    except Unreadable:
        raw_orders, rest = salvage(body, "orders")
        answer = split(rest, _SearchAnswer)
    return SearchOrdersPage(
        raw_orders=raw_orders,
        next_token=(answer.pagination.next_token or None) if answer.pagination else None,
        last_updated_before=answer.last_updated_before,
        created_before=answer.created_before,
    )


def read_single_order(body: bytes) -> bytes:
    """A getOrder answer as the order's own bytes; Unreadable where there is no order in it."""
    raw = bytes(split(body, _GetOrderAnswer).order)
    if not raw.startswith(b"{"):
        raise Unreadable("order is no object - at `$.order`")
    return raw


_ORDER_ID = re.compile(rb'"orderId"\s*:\s*"([A-Za-z0-9-]{1,50})"')


def order_key(raw: bytes) -> OrderKey:
    """Id and time of an order's bytes, the id even from bytes that are no JSON; Unreadable without an id."""
    try:
        return read(raw, OrderKey)
    except Unreadable:
        found = _ORDER_ID.search(raw)
        if found is None:
            raise
        return OrderKey(order_id=found[1].decode())


class _OrderMarketplace(Message, frozen=True, kw_only=True, rename="camel"):
    sales_channel: SalesChannel = SalesChannel()


def order_marketplace(raw: bytes) -> str:
    """The Amazon marketplace that an order's bytes name; empty where they name none, or cannot be read."""
    try:
        channel = read(raw, _OrderMarketplace).sales_channel
    except Unreadable:
        return ""
    return "" if channel.channel_name == "NON_AMAZON" else channel.marketplace_id or ""


def decode_order(raw: bytes) -> AmazonOrder:
    """An order's bytes as a value; Unreadable names the place that is wrong, and no content."""
    return read(raw, AmazonOrder)
