"""Control by JSON under /_simulator: accounts, books, clock, orders, faults."""

import random
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from amazon_simulator.application import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET, ROLES
from amazon_simulator.catalogue import MARKETS
from amazon_simulator.clock import from_iso, iso
from amazon_simulator.entities import Change, Listing, Order
from amazon_simulator.http import Request, Response, answer_json
from amazon_simulator.seed import Mix, buyer_for, order_number, place_mix
from amazon_simulator.world import Line, NotPossible

if TYPE_CHECKING:
    from amazon_simulator.simulator import Simulator

SIGN_IN_PASSWORD = "harbour"


def json_of(value: Any, status: int = 200) -> Response:
    return answer_json(value, status)


def answer(simulator: "Simulator", request: Request, parts: Sequence[str]) -> Response:
    """One control call; errors are {"error": a sentence that names the field and the cure}."""
    try:
        told = request.json() if request.method == "POST" else {}
        if not isinstance(told, dict):
            raise NotPossible("the body must be a JSON object")
        return _answer(simulator, request, [request.method, *parts], told)
    except (NotPossible, ValueError, TypeError, InvalidOperation) as fault:
        return json_of({"error": str(fault) or "the body is not what it must be"}, 409 if "only" in str(fault) else 400)
    except KeyError as fault:
        return json_of({"error": f"{fault.args[0]}: unknown or missing; see /_simulator/accounts and the docs"}, 400)


def _answer(simulator: "Simulator", request: Request, call: list[str], told: dict[str, Any]) -> Response:
    world, now = simulator.world, simulator.clock.seconds()
    match call:
        case ["GET", "accounts"]:
            return json_of(accounts(simulator))
        case ["GET", "books"]:
            return json_of(books(simulator, request.params()))
        case ["GET", "clock"]:
            return json_of(_clock(simulator))
        case ["POST", "clock"]:
            return _set_clock(simulator, told)
        case ["POST", "orders"]:
            return _place(simulator, told, now)
        case ["POST", "orders", order_id, verb]:
            order = world.orders[order_id]
            _change(simulator, order, verb, told, now)
            return json_of(order_of_books(order))
        case ["POST", "fba", "restock"]:
            pools = [told["pool"]] if "pool" in told else [k[1] for k in world.fba if k[0] == told["sellerId"]][:1]
            stock = world.restock(told["sellerId"], pools[0], told["sku"], int(told["quantity"]))
            return json_of({"pool": stock.pool, "sku": stock.sku, "fulfillable": stock.fulfillable})
        case ["POST", "listings"]:
            return json_of(_add_listing(simulator, told, now), 201)
        case ["POST", "authorisations", "revoke"]:
            world.sellers[told["sellerId"]]
            return json_of({"revoked": simulator.application.revoke(told["sellerId"])})
        case ["POST", "accounts", seller_id, "suspend"]:
            seller = world.sellers[seller_id]
            markets = [told["marketplaceId"]] if "marketplaceId" in told else list(seller.marketplaces)
            kept = [market for market in seller.suspended if market not in markets]
            seller.suspended = kept + (markets if told.get("suspended", True) else [])
            world.touch(seller)
            return json_of({"sellerId": seller.id, "suspended": seller.suspended})
        case ["GET", "faults"]:
            return json_of({"faults": [_fault(fault) for fault in simulator.faults.faults]})
        case ["POST", "faults"]:
            if told.get("clear"):
                simulator.faults.clear()
                return json_of({"faults": []})
            return json_of(_fault(simulator.faults.add(told)), 201)
        case ["POST", "limits"]:
            key = (world.sellers[told["sellerId"]].id, str(told["operation"]))
            simulator.limits.overrides[key] = (float(told["rate"]), int(told["burst"]))
            return json_of({"sellerId": key[0], "operation": key[1], "rate": told["rate"], "burst": told["burst"]})
        case _:
            return json_of({"error": f"there is no {' '.join(call[:2])}…; see docs/simulator.md"}, 404)


def _fault(fault: Any) -> dict[str, Any]:
    return {
        "number": fault.number,
        "kind": fault.kind,
        "operation": fault.operation,
        "sellerId": fault.seller,
        "count": fault.count,
        "probability": fault.probability,
        "hits": fault.hits,
    }


def _clock(simulator: "Simulator") -> dict[str, Any]:
    clock = simulator.clock
    return {"now": iso(clock.seconds()), "rate": clock.rate, "mode": clock.mode}


def _set_clock(simulator: "Simulator", told: dict[str, Any]) -> Response:
    clock = simulator.clock
    if "rate" in told:
        rate = float(told["rate"])
        if not 0 < rate <= 10_000:
            raise NotPossible("rate: give a number above 0, at most 10000")
        clock.set_rate(rate)
    if "now" in told:
        clock.advance(from_iso(told["now"]) - clock.seconds())
    if "advance" in told:
        clock.advance(float(told["advance"]))
    simulator.world.turn(clock.seconds())
    return json_of(_clock(simulator))


def _place(simulator: "Simulator", told: dict[str, Any], now: float) -> Response:
    world = simulator.world
    if "mix" in told:
        mix = told["mix"]
        count = int(mix.get("count", 1))
        if not 1 <= count <= 100_000:
            raise NotPossible("mix.count: give 1 to 100000")
        placed = place_mix(world, count, int(mix.get("seed", simulator.seed)), Mix(mix), now)
        return json_of({"orderIds": [order.id for order in placed]}, 201)
    order = place_one(simulator, told, now)
    return json_of(order_of_books(order), 201)


def place_one(simulator: "Simulator", told: dict[str, Any], now: float) -> Order:
    """One order as a buyer places it; NotPossible, KeyError or ValueError name what is wrong."""
    world = simulator.world
    serial = len(world.orders)
    market = MARKETS[told["marketplaceId"]]
    lines = [
        Line(
            str(line["sku"]),
            int(line.get("quantity", 1)),
            gift_wrap=bool(line.get("giftWrap", told.get("giftWrap", False))),
            gift_message=str(line.get("giftMessage", told.get("giftMessage", ""))),
        )
        for line in told["items"]
    ]
    pending = float(told.get("pendingSeconds", 3600 if told.get("status") == "PENDING" else 0))
    return world.place(
        order_number(random.Random(f"{simulator.seed}:{serial}"), serial),
        world.sellers[told["sellerId"]],
        market.id,
        str(told["fulfilledBy"]),
        lines,
        buyer_for(market.country, serial),
        now=now,
        pending_for=pending,
        shipping=Decimal(str(told.get("shippingPrice", "3.99"))),
        service_level=str(told.get("serviceLevel", "STANDARD")),
        programs=tuple(told.get("programs", ())),
        oversell=bool(told.get("oversell", False)),
    )


def _change(simulator: "Simulator", order: Order, verb: str, told: dict[str, Any], now: float) -> None:
    world = simulator.world
    match verb:
        case "cancel":
            world.cancel(order, str(told.get("by", "BUYER")), now)
        case "request-cancel":
            world.ask_to_cancel(order, str(told.get("reason", "")), now)
        case "pay":
            world.pay(order, now)
        case "ship":
            world.ship_fba(order, now)
        case _:
            raise NotPossible(f"{verb}: no such verb; use cancel, request-cancel, pay or ship")


def _add_listing(simulator: "Simulator", told: dict[str, Any], now: float) -> dict[str, Any]:
    seller = simulator.world.sellers[told["sellerId"]]
    quantity = int(told.get("quantity", 10))
    listing = Listing(
        seller=seller.id,
        sku=str(told["sku"]),
        asin=str(told.get("asin", "B0NEW00001")),
        title=str(told.get("title", told["sku"])),
        product_type=str(told.get("productType", "HOME")),
        channel="DEFAULT",
        price=int(told.get("pence", 1999)),
        marketplaces=list(told.get("marketplaceIds", seller.marketplaces)),
        quantity=quantity,
        lead_time=int(told.get("leadTimeDays", 2)),
        history=[Change(now, quantity, "first listed")],
    )
    if listing.key in simulator.world.listings:
        raise NotPossible(f"sku: {seller.name} lists “{listing.sku}” already")
    simulator.world.make(listing)
    return _listing_of_books(listing)


def accounts(simulator: "Simulator") -> dict[str, Any]:
    """Everything that a program needs to run against this Amazon."""
    base, application = simulator.base, simulator.application
    own = {token.seller: token.token for token in application.refresh.values() if token.token.startswith("Atzr|self")}
    return {
        "tokenEndpoint": f"{base}/auth/o2/token",
        "sellerCentral": f"{base}/sellercentral",
        "endpoints": {"EU": f"{base}/eu", "NA": f"{base}/na"},
        "application": {
            "applicationId": APPLICATION_ID,
            "clientId": CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
            "redirectUris": application.redirect_uris,
            "draft": application.draft,
            "roles": list(ROLES),
        },
        "accounts": [
            {
                "sellerId": seller.id,
                "name": seller.name,
                "region": seller.region,
                "marketplaces": [
                    {
                        "id": market,
                        "country": MARKETS[market].country,
                        "currency": MARKETS[market].currency,
                        "participating": True,
                    }
                    for market in seller.marketplaces
                ],
                "refreshToken": own.get(seller.id, ""),
                "signIn": {"email": email_of(seller.id), "password": SIGN_IN_PASSWORD},
            }
            for seller in simulator.world.sellers.values()
        ],
    }


def email_of(seller_id: str) -> str:
    return f"{seller_id.lower()}@sellers.example"


def books(simulator: "Simulator", query: dict[str, str]) -> dict[str, Any]:
    """The simulator's own books: the judge of what a program did."""
    world, wanted = simulator.world, query.get("sellerId", "")

    def told(part: str) -> bool:
        return query.get(part) != "0"

    def ours(seller: str) -> bool:
        return not wanted or seller == wanted

    return {
        "now": iso(simulator.clock.seconds()),
        "orders": [order_of_books(o) for o in world.orders.values() if ours(o.seller)] if told("orders") else [],
        "listings": [_listing_of_books(row) for row in world.listings.values() if ours(row.seller)]
        if told("listings")
        else [],
        "fba": [
            {
                "sellerId": row.seller,
                "pool": row.pool,
                "sku": row.sku,
                "fulfillable": row.fulfillable,
                "reserved": row.reserved,
                "inbound": row.inbound,
                "unfulfillable": row.unfulfillable,
                "researching": row.researching,
            }
            for row in world.fba.values()
            if ours(row.seller)
        ],
        "confirmations": [
            {
                "at": iso(row.at),
                "sellerId": row.seller,
                "orderId": row.order,
                "packageReferenceId": row.reference,
                "trackingNumber": row.tracking_number,
                "carrierCode": row.carrier_code,
                "effect": row.effect,
                "requestId": row.request_id,
            }
            for row in world.confirmations
            if ours(row.seller)
        ],
        "calls": [
            {"sellerId": row.seller, "operation": row.operation, "calls": row.calls, "refused": row.refused}
            for row in simulator.limits.counters.values()
            if ours(row.seller)
        ],
        "throttled": simulator.limits.refused,
    }


def _listing_of_books(row: Listing) -> dict[str, Any]:
    return {
        "sellerId": row.seller,
        "sku": row.sku,
        "asin": row.asin,
        "title": row.title,
        "productType": row.product_type,
        "marketplaceIds": row.marketplaces,
        "channelCode": row.channel,
        "quantity": row.quantity,
        "leadTimeDays": row.lead_time,
        "listed": row.listed,
        "history": [
            {"at": iso(change.at), "quantity": change.quantity, "cause": change.cause} for change in row.history
        ],
    }


def order_of_books(order: Order) -> dict[str, Any]:
    total = sum((item.total for item in order.items), Decimal(0))
    return {
        "orderId": order.id,
        "sellerId": order.seller,
        "marketplaceId": order.marketplace,
        "fulfilledBy": order.fulfilled_by,
        "status": order.status,
        "createdTime": iso(order.created),
        "lastUpdatedTime": iso(order.updated),
        "currency": MARKETS[order.marketplace].currency,
        "grandTotal": f"{total:.2f}",
        "items": [
            {
                "orderItemId": item.id,
                "sku": item.sku,
                "asin": item.asin,
                "quantityOrdered": item.quantity,
                "quantityFulfilled": item.shipped,
                "quantityCancelled": item.cancelled,
            }
            for item in order.items
        ],
        "packages": [
            {
                "packageReferenceId": package.reference,
                "carrierCode": package.carrier_code,
                "carrierName": package.carrier_name,
                "trackingNumber": package.tracking_number,
                "shippingMethod": package.shipping_method,
                "shipDate": package.ship_date,
                "items": [{"orderItemId": item, "quantity": units} for item, units in package.items],
            }
            for package in order.packages
        ],
    }
