"""Orders 2026-01-01: searchOrders and getOrder. Source: model orders_2026-01-01.json, sp-api-details section 4."""

from bisect import bisect_right
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from amazon_simulator.catalogue import MARKETS
from amazon_simulator.clock import from_iso, iso
from amazon_simulator.entities import Item, Order, Package, Seller
from amazon_simulator.house import House
from amazon_simulator.http import Request, Response, answer_json
from amazon_simulator.routes import Route
from amazon_simulator.wire.answers import NOT_VALID, denied, invalid, refuse
from amazon_simulator.wire.paging import fingerprint, seal, unseal
from amazon_simulator.world import Shelf

VISIBLE_AFTER = 120.0
"""The two-minute rule: nothing younger is searched (behaviour O03)."""
TOKEN_LIVES = 24 * 3600.0
OPEN = ("UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED")
STATUSES = ("PENDING_AVAILABILITY", "PENDING", *OPEN, "CANCELLED", "UNFULFILLABLE")
DATA = (
    "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION",
    "FULFILLMENT", "PACKAGES", "TAX", "PAYMENT", "FULFILLMENT_ORDERS",
)  # fmt: skip
SHIPS_HOME, TAXES = "Direct-to-Consumer Shipping", {"Tax Invoicing", "Tax Remittance"}
"""Roles that open personal data. Source: access-orders-pii."""
NO_NAME_FOR_TAXES = ("US", "JP", "SG")
TOKEN_WORDS = (
    "The paginationToken you have submitted is not valid. "
    "All parameters must match the original request except maxResultsPerPage."
)


class Orders:
    def __init__(self, house: House) -> None:
        self._world = house.world
        self._application = house.application

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(
                "searchOrders",
                "GET",
                "/orders/2026-01-01/orders",
                lambda call: self.search(call.seller, call.request, call.now),
            ),
            Route(
                "getOrder",
                "GET",
                "/orders/2026-01-01/orders/{orderId}",
                lambda call: self.get(call.seller, call.names[0], call.request),
            ),
        )

    def search(self, seller: Seller, request: Request, now: float) -> Response:
        """A page of orders by last update or creation, oldest first; the token wants every parameter again."""
        query = request.params()
        try:
            key, after, before = _window(query, now)
            size = _size(query)
            data = _members(query, "includedData", DATA)
            statuses = _members(query, "fulfillmentStatuses", STATUSES)
            kinds = _members(query, "fulfilledBy", ("MERCHANT", "AMAZON"))
        except ValueError as fault:
            return invalid("This is an invalid input" if "Date-Time" in str(fault) else NOT_VALID, str(fault))
        marketplaces = {m for m in query.get("marketplaceIds", "").split(",") if m}
        if len(marketplaces) > 50 or not marketplaces <= set(MARKETS):
            return invalid(details="marketplaceIds")
        if not marketplaces <= set(seller.marketplaces):
            return denied()
        same = fingerprint(query, "paginationToken", "maxResultsPerPage")
        passed = (after, "")
        if query.get("paginationToken"):
            held = unseal("orders", query["paginationToken"])
            if held is None or held[0] < now or held[1:3] != [seller.id, same]:
                return invalid(TOKEN_WORDS)
            before, passed = held[3], (held[4], held[5])
        rows: list[tuple[float, Order]] = []
        for when, order in self._since(seller, key, passed):
            if when > before or len(rows) > size:
                break
            if (
                order.visible_from <= now
                and (not marketplaces or order.marketplace in marketplaces)
                and (not statuses or order.status in statuses)
                and (not kinds or order.fulfilled_by in kinds)
            ):
                rows.append((when, order))
        body: dict[str, Any] = {
            "orders": [order_json(order, data, self._application.roles) for _, order in rows[:size]],
            ("lastUpdatedBefore" if key == "updated" else "createdBefore"): iso(before),
        }
        if len(rows) > size:
            when, last = rows[size - 1]
            token = seal("orders", (now + TOKEN_LIVES, seller.id, same, before, when, last.id))
            body["pagination"] = {"nextToken": token}
        return answer_json(body)

    def _since(self, seller: Seller, key: str, passed: tuple[float, str]) -> Iterator[tuple[float, Order]]:
        shelf = self._world.shelves.get(seller.id, Shelf())
        times = shelf.updated if key == "updated" else shelf.created
        for place in range(bisect_right(times, passed), len(times)):
            when, order_id = times[place]
            yield when, self._world.orders[order_id]

    def get(self, seller: Seller, order_id: str, request: Request) -> Response:
        try:
            data = _members(request.params(), "includedData", DATA)
        except ValueError as fault:
            return invalid(details=str(fault))
        order = self._world.orders.get(order_id)
        if order is None or order.seller != seller.id:
            return refuse(404, "NotFound", "The requested order was not found.", kind="ResourceNotFoundException")
        return answer_json({"order": order_json(order, data, self._application.roles)})


def _window(query: dict[str, str], now: float) -> tuple[str, float, float]:
    """Which time is searched, from when, to when; ValueError says what is wrong."""
    given = [name for name in ("lastUpdatedAfter", "createdAfter") if name in query]
    if len(given) != 1:
        raise ValueError("give exactly one of createdAfter and lastUpdatedAfter")
    key = "updated" if given[0] == "lastUpdatedAfter" else "created"
    upper = "lastUpdatedBefore" if key == "updated" else "createdBefore"
    other = "createdBefore" if key == "updated" else "lastUpdatedBefore"
    if other in query:
        raise ValueError(f"{other} does not go with {given[0]}")
    after = _time(query, given[0])
    before = now - VISIBLE_AFTER
    if upper in query:
        asked = _time(query, upper)
        if asked > before or asked < after:
            raise ValueError("")  # Amazon does not say which field it is (O03)
        before = asked
    return key, after, before


def _size(query: dict[str, str]) -> int:
    text = query.get("maxResultsPerPage") or "100"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 100:
        raise ValueError("maxResultsPerPage must be 1 to 100")
    return int(text)


def _members(query: dict[str, str], name: str, known: Collection[str]) -> frozenset[str]:
    told = frozenset(filter(None, query.get(name, "").split(",")))
    if not told <= set(known):
        raise ValueError(name)
    return told


def _time(query: dict[str, str], name: str) -> float:
    try:
        return from_iso(query[name])
    except ValueError:
        raise ValueError(f"Invalid Date-Time field(s) [{name}].") from None


def order_json(order: Order, data: frozenset[str], roles: Collection[str]) -> dict[str, Any]:
    """An order as the model has it: personal data and money only where Amazon would give them."""
    market = MARKETS[order.marketplace]
    body: dict[str, Any] = {
        "orderId": order.id,
        "createdTime": iso(order.created),
        "lastUpdatedTime": iso(order.updated),
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": market.id,
            "marketplaceName": market.name,
        },
        "orderItems": [_item(order, item, market.currency, data) for item in order.items],
    }
    if order.programs:
        body["programs"] = list(order.programs)
    if "FULFILLMENT" in data:
        body["fulfillment"] = _fulfillment(order)
    if "BUYER" in data:
        body["buyer"] = _buyer(order, roles)
    if "RECIPIENT" in data and SHIPS_HOME in roles and order.fulfilled_by == "MERCHANT" and order.status in OPEN:
        body["recipient"] = {
            "deliveryAddress": {
                "name": order.buyer.name,
                "addressLine1": order.buyer.line_1,
                "city": order.buyer.town,
                "postalCode": order.buyer.postcode,
                "countryCode": order.buyer.country,
                "addressType": "RESIDENTIAL",
            }
        }
    if "PROCEEDS" in data and order.status != "PENDING":
        body["proceeds"] = _order_proceeds(order, market.currency)
    if "PAYMENT" in data and order.status != "PENDING":
        body["payment"] = _payment(order, market.currency)
    if "PACKAGES" in data and order.fulfilled_by == "MERCHANT" and order.packages:
        body["packages"] = [_package(package) for package in order.packages]
    return body


def _buyer(order: Order, roles: Collection[str]) -> dict[str, str]:
    """Name and e-mail as the roles allow, and only between payment and the end (access-orders-pii)."""
    if order.status not in OPEN:
        return {}
    taxes = bool(TAXES & set(roles)) and MARKETS[order.marketplace].country not in NO_NAME_FOR_TAXES
    own = order.fulfilled_by == "MERCHANT"
    told = {"buyerName": order.buyer.name} if taxes or (own and SHIPS_HOME in roles) else {}
    if own and SHIPS_HOME in roles:
        told["buyerEmail"] = order.buyer.email
    return told


def _payment(order: Order, currency: str) -> dict[str, Any]:
    total = sum((item.total for item in order.items), Decimal(0))
    return {"paymentExecutions": [{"paymentMethod": "CreditCard", "paymentAmount": _money(total, currency)}]}


def _fulfillment(order: Order) -> dict[str, Any]:
    day = 24 * 3600.0
    quick = order.service_level != "STANDARD"
    return {
        "fulfillmentStatus": order.status,
        "fulfilledBy": order.fulfilled_by,
        "fulfillmentServiceLevel": order.service_level,
        "shipByWindow": {
            "earliestDateTime": iso(order.created),
            "latestDateTime": iso(order.created + (day if quick else 2 * day)),
        },
        "deliverByWindow": {
            "earliestDateTime": iso(order.created + day),
            "latestDateTime": iso(order.created + (2 * day if quick else 5 * day)),
        },
    }


def _money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "currencyCode": currency}


def _breakdowns(items: list[Item], currency: str) -> list[dict[str, Any]]:
    sums = {
        "ITEM": sum((item.price for item in items), Decimal(0)),
        "SHIPPING": sum((item.shipping for item in items), Decimal(0)),
        "GIFT_WRAP": sum((item.gift_wrap for item in items), Decimal(0)),
        "TAX": sum((item.tax for item in items), Decimal(0)),
        "DISCOUNT": -sum((item.discount for item in items), Decimal(0)),
    }
    return [
        {"type": kind, "subtotal": _money(amount, currency)}
        for kind, amount in sums.items()
        if amount or kind == "ITEM"
    ]


def _order_proceeds(order: Order, currency: str) -> dict[str, Any]:
    total = sum((item.total for item in order.items), Decimal(0))
    return {"grandTotal": _money(total, currency), "breakdowns": _breakdowns(order.items, currency)}


def _item(order: Order, item: Item, currency: str, data: frozenset[str]) -> dict[str, Any]:
    product: dict[str, Any] = {
        "asin": item.asin,
        "title": item.title,
        "sellerSku": item.sku,
        "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
    }
    row: dict[str, Any] = {"orderItemId": item.id, "quantityOrdered": item.quantity, "product": product}
    if "PROCEEDS" in data and order.status != "PENDING":
        if item.quantity:
            product["price"] = {"unitPrice": _money(item.price / item.quantity, currency)}
        row["proceeds"] = {
            "proceedsTotal": _money(item.total, currency),
            "breakdowns": _breakdowns([item], currency),
        }
    if "PROMOTION" in data and item.discount:
        row["promotion"] = {"breakdowns": [{"promotionId": "HARBOUR10"}]}
    if "FULFILLMENT" in data:
        row["fulfillment"] = {
            "quantityFulfilled": item.shipped,
            "quantityUnfulfilled": item.quantity - item.shipped - item.cancelled,
        }
        if item.gift_message or item.gift_wrap:
            gift = {"giftWrapLevel": "STANDARD"} if item.gift_wrap else {}
            if item.gift_message and order.status in OPEN:
                gift["giftMessage"] = item.gift_message
            row["fulfillment"]["packing"] = {"giftOption": gift}
    if "CANCELLATION" in data:
        cancellation: dict[str, Any] = {}
        if item.cancel_reason:
            cancellation["cancellationRequest"] = {"requester": "BUYER", "cancelReason": item.cancel_reason}
        if item.cancelled:
            cancellation["cancellationExecution"] = {
                "cancelledBy": order.cancelled_by or "BUYER",
                "cancelReason": item.cancel_reason or "Cancelled",
            }
        if cancellation:
            row["cancellation"] = cancellation
    if "TAX" in data and item.tax:
        row["tax"] = {
            "taxCollections": [{"model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon Services, Inc."}]
        }
    return row


def _package(package: Package) -> dict[str, Any]:
    return {
        "packageReferenceId": package.reference,
        "createdTime": iso(package.created),
        "packageStatus": {"status": "SHIPPED"},
        "carrier": package.carrier_name or package.carrier_code,
        "shipTime": iso(from_iso(package.ship_date)),
        "shippingService": package.shipping_method or "Standard",
        "trackingNumber": package.tracking_number,
        "packageItems": [{"orderItemId": item, "quantity": quantity} for item, quantity in package.items],
    }
