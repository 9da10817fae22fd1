"""Orders 2026-01-01: searchOrders and getOrder. Source: model orders_2026-01-01.json, sp-api-details section 4."""

import hashlib
import secrets
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from amazon_simulator.catalogue import MARKETS
from amazon_simulator.clock import from_iso, iso
from amazon_simulator.entities import Item, Order, Package, Seller
from amazon_simulator.http import Request, Response, answer_json
from amazon_simulator.wire.answers import denied, invalid, refuse
from amazon_simulator.world import World

VISIBLE_AFTER = 120.0
"""The two-minute rule: nothing younger is searched (behaviour O03)."""
TOKEN_LIVES = 24 * 3600.0
OPEN = ("UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED")
TOKEN_WORDS = (
    "The paginationToken you have submitted is not valid. "
    "All parameters must match the original request except maxResultsPerPage."
)


class Orders:
    def __init__(self, world: World) -> None:
        self._world = world
        self._tokens: dict[str, tuple[float, str, str, float, int]] = {}

    def search(self, seller: Seller, request: Request, now: float) -> Response:
        """A page of orders by last update or creation, oldest first; the token wants every parameter again."""
        query = request.params()
        try:
            key, after, before = _window(query, now)
            size = int(query.get("maxResultsPerPage") or 100)
        except ValueError as fault:
            return invalid("This is an invalid input" if "Date-Time" in str(fault) else _NOT_VALID, str(fault))
        if not 1 <= size <= 100:
            return invalid(details="maxResultsPerPage must be 1 to 100")
        marketplaces = [m for m in query.get("marketplaceIds", "").split(",") if m]
        if not set(marketplaces) <= set(MARKETS):
            return invalid(details="marketplaceIds")
        if not set(marketplaces) <= set(seller.marketplaces):
            return denied()
        same = _fingerprint(query)
        start = 0
        if query.get("paginationToken"):
            held = self._tokens.get(query["paginationToken"])
            if held is None or held[0] < now or held[1] != seller.id or held[2] != same:
                return invalid(TOKEN_WORDS)
            before, start = held[3], held[4]
        rows = self._rows(seller, query, key, after, before, marketplaces or seller.marketplaces)
        data = _included(query)
        body: dict[str, Any] = {
            "orders": [order_json(order, data) for order in rows[start : start + size]],
            ("lastUpdatedBefore" if key == "updated" else "createdBefore"): iso(before),
        }
        if start + size < len(rows):
            token = secrets.token_urlsafe(30) + "/+=="
            self._tokens[token] = (now + TOKEN_LIVES, seller.id, same, before, start + size)
            body["pagination"] = {"nextToken": token}
        return answer_json(body)

    def _rows(
        self, seller: Seller, query: dict[str, str], key: str, after: float, before: float, marketplaces: list[str]
    ) -> list[Order]:
        statuses = set(filter(None, query.get("fulfillmentStatuses", "").split(",")))
        kinds = set(filter(None, query.get("fulfilledBy", "").split(",")))
        when: Callable[[Order], float] = (lambda o: o.updated) if key == "updated" else (lambda o: o.created)
        rows = [
            order
            for order in self._world.orders_of.get(seller.id, [])
            if after <= when(order) <= before
            and order.marketplace in marketplaces
            and (not statuses or order.status in statuses)
            and (not kinds or order.fulfilled_by in kinds)
        ]
        return sorted(rows, key=lambda order: (when(order), order.id))

    def get(self, seller: Seller, order_id: str, request: Request) -> Response:
        order = self._world.orders.get(order_id)
        if order is None or order.seller != seller.id:
            return refuse(404, "NotFound", "The requested order was not found.", kind="ResourceNotFoundException")
        return answer_json({"order": order_json(order, _included(request.params()))})


_NOT_VALID = "The input you have submitted is not valid. Please check your input and try again."


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
        if asked > before:
            raise ValueError("")
        before = asked
    return key, after, before


def _time(query: dict[str, str], name: str) -> float:
    try:
        return from_iso(query[name])
    except ValueError:
        raise ValueError(f"Invalid Date-Time field(s) [{name}].") from None


def _fingerprint(query: dict[str, str]) -> str:
    kept = sorted(
        (name, value) for name, value in query.items() if name not in ("paginationToken", "maxResultsPerPage")
    )
    return hashlib.sha256(repr(kept).encode()).hexdigest()


def _included(query: dict[str, str]) -> frozenset[str]:
    return frozenset(filter(None, query.get("includedData", "").split(",")))


def order_json(order: Order, data: frozenset[str]) -> dict[str, Any]:
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
    personal = order.fulfilled_by == "MERCHANT" and order.status in OPEN
    if "BUYER" in data:
        body["buyer"] = {"buyerName": order.buyer.name, "buyerEmail": order.buyer.email} if personal else {}
    if "RECIPIENT" in data and personal:
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
    if "PACKAGES" in data and order.fulfilled_by == "MERCHANT" and order.packages:
        body["packages"] = [_package(package) for package in order.packages]
    return body


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
