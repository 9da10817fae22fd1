"""Old reads of Orders v0, which end on 27 March 2027. Source: model ordersV0.json; behaviours O14, O20, A08, A09."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.protocol.errors import NOT_VALID, denied, invalid, without_message
from amazon_simulator.protocol.paging import seal, unseal
from amazon_simulator.protocol.routing import Call, Route
from amazon_simulator.representations.personal_data import OPEN
from amazon_simulator.representations.windows import windows
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.wire.orders.order_search import (
    TOKEN_LIVES,
    Fits,
    Window,
    find_rows,
    read_size,
    read_time,
    read_window,
)
from amazon_simulator.wire.orders.orders_v0_json import (
    CHANNELS,
    METHODS,
    STATUSES,
    address_json,
    buyer_json,
    item_buyer_json,
    item_json,
    order_json,
    preferences_json,
)
from amazon_simulator.wire.restricted import opened
from amazon_simulator.world import World
from amazon_simulator.world.entities import Order, Seller

PATH = "/orders/v0/orders/{orderId}"
UNDECODED = (
    "We could not decode your NextToken. Possible reasons include: a transmission error, improper quoting or a "
    "truncation problem."
)
IDS_AT_MOST = MARKETPLACES_AT_MOST = 50
ALWAYS = ("MarketplaceIds", "MaxResultsPerPage", "NextToken", "CreatedAfter", "CreatedBefore", "SellerOrderId")
"""What goes with a SellerOrderId."""
Represent = Callable[[Order, frozenset[str], float], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """One search, as its first page requested it."""

    window: Window
    size: int
    fits: Fits


class OldOrders:
    """Personal data come by restricted data token, not by role; an unknown id returns an empty payload."""

    def __init__(self, context: ApiContext) -> None:
        self._world = context.world

    def routes(self) -> tuple[Route, ...]:
        return (
            Route("getOrders", "GET", "/orders/v0/orders", self.search),
            Route("getOrderV0", "GET", PATH, lambda call: self._one(call, _whole(call.seller))),
            Route("getOrderBuyerInfo", "GET", f"{PATH}/buyerInfo", lambda call: self._one(call, _buyer)),
            Route("getOrderAddress", "GET", f"{PATH}/address", lambda call: self._one(call, _address)),
            Route("getOrderItems", "GET", f"{PATH}/orderItems", lambda call: self._one(call, _items)),
            Route(
                "getOrderItemsBuyerInfo",
                "GET",
                f"{PATH}/orderItems/buyerInfo",
                lambda call: self._one(call, _items_buyer),
            ),
        )

    def search(self, call: Call) -> Response:
        """getOrders: the NextToken brings the first page's parameters with it, whatever is sent beside.

        MarketplaceIds must be sent all the same; without them Amazon sends no message (models#1269, models#2576).
        """
        elements = opened(call)
        if elements is None:
            return denied()
        query, passed, until = call.request.params(), None, None
        if query.get("NextToken"):
            if "MarketplaceIds" not in query:
                return without_message()
            held = unseal("orders v0", query["NextToken"])
            if held is None or held[0] < call.now or held[1] != call.seller.id:
                return invalid(UNDECODED)
            query, until, passed = dict(held[2]), held[3], (held[4], held[5])
        markets = _listed(query, "MarketplaceIds")
        if not markets or len(markets) > MARKETPLACES_AT_MOST:
            return invalid(details="MarketplaceIds")
        if not markets <= set(call.seller.marketplaces):
            return denied()
        try:
            filters = _read(query, call.now)
        except ValueError as fault:
            return invalid(*_message_and_details(str(fault)))
        window = filters.window if until is None else replace(filters.window, before=until)
        rows = find_rows(
            self._world, call.seller.id, window, passed or (window.after, ""), filters.size + 1, call.now, filters.fits
        )
        payload: dict[str, Any] = {
            "Orders": [order_json(order, call.seller, elements, call.now) for _, order in rows[: filters.size]],
            ("LastUpdatedBefore" if window.key == "updated" else "CreatedBefore"): iso(window.before),
        }
        if len(rows) > filters.size:
            when, last = rows[filters.size - 1]
            first = (call.now + TOKEN_LIVES, call.seller.id, sorted(query.items()))
            payload["NextToken"] = seal("orders v0", (*first, window.before, when, last.id))
        return answer_json({"payload": payload})

    def _one(self, call: Call, represent: Represent) -> Response:
        elements = opened(call)
        if elements is None:
            return denied()
        order = known_order(self._world, call.seller, call.names[0])
        return answer_json({"payload": {} if order is None else represent(order, elements, call.now)})


def known_order(world: World, seller: Seller, order_id: str) -> Order | None:
    order = world.orders.get(order_id)
    return None if order is None or order.seller != seller.id else order


def _message_and_details(fault: str) -> tuple[str, str]:
    """Message and details: a wrong date and a wrong channel have their own."""
    if "Date-Time" in fault:
        return "This is an invalid input", fault
    return (fault, "") if "validation error" in fault else (NOT_VALID, fault)


def _listed(query: dict[str, str], name: str) -> set[str]:
    return {one for one in query.get(name, "").split(",") if one}


def _read(query: dict[str, str], now: float) -> SearchFilters:
    """What is searched; Raises ValueError with what is wrong. Order ids and a seller's order id need no dates."""
    ids, alias = _listed(query, "AmazonOrderIds"), query.get("SellerOrderId", "")
    if len(ids) > IDS_AT_MOST:
        raise ValueError("AmazonOrderIds")
    if alias and not set(query) <= set(ALWAYS):
        raise ValueError("SellerOrderId")
    dated = any(name in query for name in ("CreatedAfter", "LastUpdatedAfter"))
    window = read_window(query, now, capital=True) if dated or not (ids or alias) else Window("created", 0.0, now)
    return SearchFilters(window, read_size(query, "MaxResultsPerPage"), _all(_filters(query, ids, alias)))


def _all(parts: list[Fits]) -> Fits:
    return lambda order: all(part(order) for part in parts)


def _filters(query: dict[str, str], ids: set[str], alias: str) -> list[Fits]:
    markets = _listed(query, "MarketplaceIds")
    parts: list[Fits] = [lambda order: order.marketplace in markets]
    if ids:
        parts.append(lambda order: order.id in ids)
    if alias:
        parts.append(lambda order: alias in (order.alias, order.id))
    if query.get("OrderStatuses"):
        parts.append(_of_status(_listed(query, "OrderStatuses")))
    if query.get("FulfillmentChannels"):
        parts.append(_of_channel(_listed(query, "FulfillmentChannels")))
    if query.get("PaymentMethods"):
        methods = _listed(query, "PaymentMethods")
        parts.append(lambda order: METHODS.get(order.payment, "Other") in methods)
    if query.get("BuyerEmail"):
        email = query["BuyerEmail"]
        parts.append(lambda order: order.status in OPEN and order.buyer.email == email)
    if query.get("IsISPU"):
        fetched = query["IsISPU"].lower() == "true"
        parts.append(lambda order: ("IN_STORE_PICK_UP" in order.programs) == fetched)
    if any(query.get(name) for name in ("EasyShipShipmentStatuses", "ElectronicInvoiceStatuses", "StoreChainStoreId")):
        parts.append(lambda order: False)  # no Easy Ship, no electronic invoices, no chain stores here
    return parts + _delivered(query)


def _of_status(wanted: set[str]) -> Fits:
    """Unshipped and PartiallyShipped are one group (behaviour O20)."""
    unknown = wanted - {*STATUSES.values(), "InvoiceUnconfirmed"}
    if unknown:
        raise ValueError("OrderStatuses")
    if wanted & {"Unshipped", "PartiallyShipped"}:
        wanted = wanted | {"Unshipped", "PartiallyShipped"}
    return lambda order: STATUSES[order.status] in wanted


def _of_channel(wanted: set[str]) -> Fits:
    """Amazon's message (behaviour O14)."""
    unknown = sorted(wanted - set(CHANNELS.values()))
    if unknown:
        raise ValueError(
            f"1 validation error detected: Value '[{', '.join(unknown)[:200]}]' at 'fulfillmentChannel' failed to "
            "satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [AFN, MFN]]"
        )
    return lambda order: CHANNELS[order.fulfilled_by] in wanted


def _delivered(query: dict[str, str]) -> list[Fits]:
    """By the promised times of delivery."""
    parts: list[Fits] = []
    for name in ("EarliestDeliveryDate", "LatestDeliveryDate"):
        earliest = name.startswith("Earliest")
        for end in ("Before", "After"):
            if query.get(f"{name}{end}"):
                parts.append(_delivered_by(read_time(query, f"{name}{end}"), earliest=earliest, before=end == "Before"))
    return parts


def _delivered_by(when: float, *, earliest: bool, before: bool) -> Fits:
    def fits(order: Order) -> bool:
        times = windows(order)
        promised = times.deliver_from if earliest else times.deliver_by
        return promised <= when if before else promised >= when

    return fits


def _whole(seller: Seller) -> Represent:
    return lambda order, elements, now: order_json(order, seller, elements, now)


def _buyer(order: Order, elements: frozenset[str], now: float) -> dict[str, Any]:
    return {"AmazonOrderId": order.id, **buyer_json(order, elements)}


def _address(order: Order, elements: frozenset[str], now: float) -> dict[str, Any]:
    payload: dict[str, Any] = {"AmazonOrderId": order.id}
    if order.status in OPEN:
        payload["ShippingAddress"] = address_json(order, elements, now)
        if "shippingAddress" in elements and order.fulfilled_by == "MERCHANT":
            if order.buyer.company:
                payload["BuyerCompanyName"] = order.buyer.company
            preferences = preferences_json(order)
            if preferences:
                payload["DeliveryPreferences"] = preferences
    return payload


def _items(order: Order, elements: frozenset[str], now: float) -> dict[str, Any]:
    return {"AmazonOrderId": order.id, "OrderItems": [item_json(order, item, elements) for item in order.items]}


def _items_buyer(order: Order, elements: frozenset[str], now: float) -> dict[str, Any]:
    rows = [{"OrderItemId": item.id, **item_buyer_json(order, item, elements)} for item in order.items]
    return {"AmazonOrderId": order.id, "OrderItems": rows}
