"""An order of Amazon's → ours. Source: model orders_2026-01-01.json."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from wharfinger.amazon.messages.orders import (
    AddressExtendedFields,
    AmazonOrder,
    AssociatedOrder,
    Buyer,
    CustomerAddress,
    Recipient,
    TimeRange,
)
from wharfinger.amazon.messages.preferences import (
    DeliveryPreference,
    ExceptionDate,
    HourMinute,
    PreferredDeliveryTime,
    TimeWindow,
)
from wharfinger.amazon.messages.rough_orders import RoughOrder
from wharfinger.amazon.messages.wire import Money
from wharfinger.domain.moments import can_be
from wharfinger.domain.orders.addresses import tidy
from wharfinger.domain.orders.order import (
    AmazonStatus,
    Fulfilment,
    IncomingAddress,
    IncomingBuyer,
    IncomingLine,
    IncomingOrder,
    IncomingPackage,
    OrderType,
)
from wharfinger.sync.translate.order_lines import in_currency, translate_line

FULFILMENT = {"MERCHANT": Fulfilment.FBM, "MFN": Fulfilment.FBM, "AMAZON": Fulfilment.FBA, "AFN": Fulfilment.FBA}

STATUS = {status.value: status for status in AmazonStatus} | {
    "CANCELED": AmazonStatus.CANCELLED,
    "PARTIALLYSHIPPED": AmazonStatus.PARTIALLY_SHIPPED,
    "PENDINGAVAILABILITY": AmazonStatus.PENDING_AVAILABILITY,
}
"""Orders 2026-01-01's values, and v0's spellings that notifications still use."""

EXPEDITED = {"EXPEDITED", "NEXT_DAY", "PRIORITY", "SAME_DAY", "SECOND_DAY"}

WEEK = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
CAPABILITIES = {
    "HAS_ACCESS_POINT": "has an access point",
    "PALLET_ENABLED": "takes pallets",
    "PALLET_DISABLED": "takes no pallets",
}

_DELIVERED = "DELIVERED"
"""Of PackageStatus; the others leave a parcel's facts open to change."""

ORDER_LEVEL_ONLY = {"DELIVERY_TIP"}
"""Proceeds that belong to no line; the other breakdowns of an order repeat its lines."""


def translate_order(order: AmazonOrder) -> IncomingOrder:
    """What Amazon's order says, in our words. Absent stays absent: no money is no zero (behaviours O07, O09)."""
    fulfilment = order.fulfillment
    kind = FULFILMENT.get((fulfilment.fulfilled_by or "").upper()) if fulfilment else None
    status = status_of(order)
    total = order.proceeds.grand_total if order.proceeds else None
    currency = _currency(order, total)
    services = _services(order)
    placed, updated = can_be(order.created_time), can_be(order.last_updated_time)
    return IncomingOrder(
        amazon_order_id=order.order_id,
        marketplace_id=order.sales_channel.marketplace_id or "",
        fulfilment=kind,
        status=status,
        placed_at=placed or updated or order.created_time,
        updated_at=updated or placed or order.last_updated_time,
        currency=currency,
        total=total.amount if total else None,
        order_amounts=_order_level_amounts(order, currency),
        lines=tuple(
            translate_line(
                item, currency, services.get(item.order_item_id, ""), order_shipped=status is AmazonStatus.SHIPPED
            )
            for item in order.order_items
        ),
        buyer=_buyer(order),
        address=_address(order.recipient),
        ship_by=_latest(fulfilment.ship_by_window) if fulfilment and _has_a_deadline(status) else None,
        deliver_by=_latest(fulfilment.deliver_by_window) if fulfilment else None,
        service_level=(fulfilment.fulfillment_service_level or "") if fulfilment else "",
        order_type=_order_type(order, kind),
        programs=order.programs,
        replaces=original.order_id or "" if (original := _original(order)) else "",
        seller_order_id=next((a.alias_id for a in order.order_aliases if a.alias_type == "SELLER_ORDER_ID"), ""),
        packages=packages_of(order),
        sold_elsewhere=(order.sales_channel.channel_name or "").upper() == "NON_AMAZON",
        other_currencies=tuple(sorted({money.currency_code for money in _amounts_stated(order)} - {currency, ""})),
    )


def translate_rough(order: RoughOrder | None, *, received_at: datetime) -> IncomingOrder | None:
    """What could be read of a message that cannot be imported: good for a reservation, and for nothing else.

    Without a time of its own it counts as UNKNOWN in state, so that it is never taken for newer than a whole message.
    """
    if order is None:
        return None
    status = STATUS.get(order.fulfillment_status.upper(), AmazonStatus.UNKNOWN)
    updated = can_be(order.last_updated)
    return IncomingOrder(
        amazon_order_id=order.order_id,
        marketplace_id=order.marketplace_id,
        fulfilment=FULFILMENT.get(order.fulfilled_by.upper()),
        status=status if updated else AmazonStatus.UNKNOWN,
        placed_at=updated or received_at,
        updated_at=updated or received_at,
        lines=tuple(
            IncomingLine(
                order_item_id=line.order_item_id[:40],
                sku=line.sku,
                asin=line.asin,
                title="",
                quantity_ordered=line.quantity_ordered,
                quantity_fulfilled=line.quantity_fulfilled,
            )
            for line in order.lines
        ),
        ship_by=can_be(order.ship_by),
    )


def _has_a_deadline(status: AmazonStatus) -> bool:
    """The goods of a pre-order are not out yet."""
    return status is not AmazonStatus.PENDING_AVAILABILITY


def _services(order: AmazonOrder) -> dict[str, str]:
    """Order item → what it is, for items that were sold with another one of this very order."""
    return {
        one.order_item_id: (one.association_type or "SERVICE")[:40]
        for item in order.order_items
        for one in item.associated_order_items
        if one.order_item_id and one.order_item_id != item.order_item_id and one.order_id in (order.order_id, None, "")
    }


def status_of(order: AmazonOrder) -> AmazonStatus:
    said = (order.fulfillment.fulfillment_status or "") if order.fulfillment else ""
    return STATUS.get(said.upper(), AmazonStatus.UNKNOWN)


def _currency(order: AmazonOrder, total: Money | None) -> str:
    if total is not None and total.currency_code:
        return total.currency_code
    for item in order.order_items:
        if item.proceeds is not None and item.proceeds.proceeds_total is not None:
            return item.proceeds.proceeds_total.currency_code
        if item.product.price is not None and item.product.price.unit_price is not None:
            return item.product.price.unit_price.currency_code
    return ""


def _amounts_stated(order: AmazonOrder) -> Iterator[Money]:
    """Every amount that becomes a fact of ours."""
    if order.proceeds is not None:
        tips = (b.subtotal for b in order.proceeds.breakdowns if b.type in ORDER_LEVEL_ONLY)
        yield from (money for money in tips if money is not None)
    for proceeds in (item.proceeds for item in order.order_items if item.proceeds is not None):
        stated = (proceeds.proceeds_total, *(breakdown.subtotal for breakdown in proceeds.breakdowns))
        yield from (money for money in stated if money is not None)


def _order_level_amounts(order: AmazonOrder, currency: str) -> Decimal:
    breakdowns = order.proceeds.breakdowns if order.proceeds else ()
    own = (in_currency(currency, b.subtotal) for b in breakdowns if b.type in ORDER_LEVEL_ONLY)
    return sum((amount for amount in own if amount is not None), Decimal(0))


def _buyer(order: AmazonOrder) -> IncomingBuyer:
    buyer = order.buyer or Buyer()
    return IncomingBuyer(
        name=buyer.buyer_name or "",
        email=buyer.buyer_email or "",
        company=buyer.buyer_company_name or "",
        purchase_order_number=buyer.buyer_purchase_order_number or "",
        vat_number=_vat_number(order),
    )


def _vat_number(order: AmazonOrder) -> str:
    """The buyer's own, a VAT registration before others; those of entity MARKETPLACE or MERCHANT are not his."""
    registrations = order.tax.tax_registrations if order.tax else ()
    own = [r for r in registrations if (r.entity_type or "").upper() == "BUYER" and r.tax_registration_number]
    own.sort(key=lambda registration: (registration.tax_registration_type or "").upper() != "VAT")
    return own[0].tax_registration_number or "" if own else ""


def _address(recipient: Recipient | None) -> IncomingAddress | None:
    """The address with what Amazon knows of the delivery there; None where Amazon tells neither."""
    if recipient is None or (recipient.delivery_address is None and recipient.delivery_preference is None):
        return None
    address = recipient.delivery_address or CustomerAddress()
    preference = recipient.delivery_preference or DeliveryPreference()
    instructions = (preference.drop_off_location, preference.address_instruction)
    lines = (address.address_line1, address.address_line2, address.address_line3)
    street = _filled(lines) or _brazilian_street(address.extended_fields)
    first, second, third, *_ = (*street, "", "", "")
    return tidy(
        IncomingAddress(
            name=address.name or "",
            company=address.company_name or "",
            line_1=first,
            line_2=second,
            line_3=third,
            town=address.city or address.municipality or "",
            county=address.state_or_region or address.district_or_county or "",
            postcode=address.postal_code or "",
            country=address.country_code or "",
            phone=address.phone or "",
            instructions=" · ".join(_filled(instructions)),
            hours=_business_hours(preference.delivery_time),
            capabilities=", ".join(CAPABILITIES.get(name, name) for name in preference.delivery_capabilities),
        )
    )


def _brazilian_street(parts: AddressExtendedFields | None) -> list[str]:
    """Brazil tells the street in its parts; they stand in where no line is filled."""
    if parts is None:
        return []
    street = ", ".join(_filled((parts.street_name, parts.street_number)))
    return _filled((street, parts.complement, parts.neighborhood))


def _business_hours(preferred: PreferredDeliveryTime | None) -> str:
    """`Mon to Fri 09:00-17:00; 2026-12-25 closed`: a business's hours in the address's own time."""
    if preferred is None:
        return ""
    days = {(d.day_of_week or "").upper(): _windows(d.time_windows) for d in preferred.business_hours}
    runs = [
        f"{_span([day for day, _ in run])} {text}"
        for text, group in groupby(((day, days.get(day, "")) for day in WEEK), key=itemgetter(1))
        if text and (run := list(group))
    ]
    exceptions = [_exception(one) for one in preferred.exception_dates if one.exception_date]
    return "; ".join([*runs, *exceptions])


def _span(days: list[str]) -> str:
    first, last = days[0].title(), days[-1].title()
    return first if len(days) == 1 else f"{first} to {last}"


def _windows(windows: Iterable[TimeWindow]) -> str:
    return ", ".join(f"{_clock(w.start_time, '00:00')}-{_clock(w.end_time, '24:00')}" for w in windows)


def _clock(at: HourMinute | None, otherwise: str) -> str:
    return otherwise if at is None or at.hour is None else f"{at.hour:02d}:{at.minute or 0:02d}"


def _exception(one: ExceptionDate) -> str:
    closed = (one.exception_date_type or "").upper() == "CLOSED"
    return f"{one.exception_date} {'closed' if closed else _windows(one.time_windows) or 'open'}"


def _filled(texts: Iterable[str | None]) -> list[str]:
    return [text for text in texts if text]


def _latest(window: TimeRange | None) -> datetime | None:
    """None too for a moment that cannot be: no date in 1970 or 1995 is anybody's deadline."""
    return can_be(window.latest_date_time) if window else None


def _order_type(order: AmazonOrder, kind: Fulfilment | None) -> OrderType:
    """The first that fits, most particular first."""
    first = _original(order)
    if first is not None:
        return _IN_PLACE_OF[first.association_type or ""]
    if "PRIME" in order.programs and kind is not Fulfilment.FBA:
        return OrderType.PRIME
    if "AMAZON_BUSINESS" in order.programs:
        return OrderType.BUSINESS
    if kind is Fulfilment.FBA:
        return OrderType.FBA
    level = (order.fulfillment.fulfillment_service_level or "") if order.fulfillment else ""
    return OrderType.EXPEDITED if level.upper() in EXPEDITED else OrderType.STANDARD


_IN_PLACE_OF = {"REPLACEMENT_ORIGINAL_ID": OrderType.REPLACEMENT, "EXCHANGE_ORIGINAL_ID": OrderType.EXCHANGE}


def _original(order: AmazonOrder) -> AssociatedOrder | None:
    """The order that this one replaces, or for which it is exchanged."""
    return next((one for one in order.associated_orders if one.order_id and one.association_type in _IN_PLACE_OF), None)


def packages_of(order: AmazonOrder) -> tuple[IncomingPackage, ...]:
    """The parcels that Amazon holds for the order."""
    return tuple(
        IncomingPackage(
            reference=package.package_reference_id,
            carrier=package.carrier or "",
            tracking_number=package.tracking_number or "",
            items=tuple((item.order_item_id, item.quantity) for item in package.package_items),
            delivered=package.package_status is not None and package.package_status.status == _DELIVERED,
        )
        for package in order.packages or ()
    )
