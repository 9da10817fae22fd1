"""Control by JSON under /_simulator: accounts, books, clock, orders, faults."""

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from amazon_simulator.application import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET, ROLES
from amazon_simulator.catalogue import MARKETS
from amazon_simulator.clock import FASTEST, from_iso, iso
from amazon_simulator.entities import Buyer, Change, Listing, Order, Seller
from amazon_simulator.faults import HAPPENINGS, KINDS, Fault
from amazon_simulator.http import Request, Response, answer_json
from amazon_simulator.limits import PLANS
from amazon_simulator.seed import MIX, buyer_for, order_number, place_mix
from amazon_simulator.told import Told
from amazon_simulator.world import Line, NotPossible, SoldOut

if TYPE_CHECKING:
    from amazon_simulator.simulator import Simulator

SIGN_IN_PASSWORD = "harbour"
A_YEAR = 366 * 24 * 3600.0
A_DECADE = 10 * A_YEAR


def json_of(value: Any, status: int = 200) -> Response:
    return answer_json(value, status)


def answer(simulator: "Simulator", request: Request, parts: Sequence[str]) -> Response:
    """One control call; errors are {"error": a sentence that names the field and the cure}."""
    try:
        told = Told(request.json() if request.method == "POST" else {})
        return _answer(simulator, request, [request.method, *parts], told)
    except SoldOut as fault:
        return json_of({"error": str(fault)}, 409)
    except (NotPossible, ValueError) as fault:
        return json_of({"error": str(fault)}, 400)


def _answer(simulator: "Simulator", request: Request, call: list[str], told: Told) -> Response:
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
            if order_id not in world.orders:
                return json_of({"error": f"order {order_id}: not in the books; see GET /_simulator/books"}, 404)
            order = world.orders[order_id]
            _change(simulator, order, verb, told, now)
            return json_of(order_of_books(order))
        case ["POST", "fba", "restock"]:
            return _restock(simulator, told)
        case ["POST", "listings"]:
            return json_of(_add_listing(simulator, told, now), 201)
        case ["POST", "authorisations", "revoke"]:
            return json_of({"revoked": simulator.application.revoke(_seller(simulator, told).id)})
        case ["POST", "application"]:
            return _register(simulator, told)
        case ["POST", "accounts", seller_id, "suspend"]:
            return _suspend(simulator, Told({**told.members, "sellerId": seller_id}))
        case ["POST", "accounts", seller_id, "participate"]:
            return _participate(simulator, Told({**told.members, "sellerId": seller_id}))
        case ["GET", "faults"]:
            return json_of(
                {"faults": [_fault(fault) for fault in simulator.faults.faults], "kinds": {**KINDS, **HAPPENINGS}}
            )
        case ["POST", "faults"]:
            return _set_fault(simulator, told)
        case ["POST", "limits"]:
            return _set_limit(simulator, told)
        case _:
            return json_of({"error": f"there is no {' '.join(call[:2])}…; see docs/simulator.md"}, 404)


def _seller(simulator: "Simulator", told: Told) -> Seller:
    return simulator.world.sellers[told.one_of("sellerId", simulator.world.sellers, "/_simulator/accounts")]


def _restock(simulator: "Simulator", told: Told) -> Response:
    seller, sku = _seller(simulator, told), told.text("sku")
    pools = [pool for owner, pool, held in simulator.world.fba if (owner, held) == (seller.id, sku)]
    if not pools:
        raise NotPossible(f"sku: {seller.name} has no FBA stock of “{sku[:60]}”")
    pool = told.text("pool", pools[0])
    stock = simulator.world.restock(seller.id, pool, sku, told.whole("quantity", least=1))
    return json_of({"pool": stock.pool, "sku": stock.sku, "fulfillable": stock.fulfillable})


def _register(simulator: "Simulator", told: Told) -> Response:
    """What the developer sets in the portal: draft or published, the roles, the redirect URIs."""
    application = simulator.application
    roles = told.texts("roles", application.roles)
    if not set(roles) <= set(ROLES):
        raise NotPossible(f"roles: choose from {', '.join(ROLES)}")
    application.redirect_uris = told.texts("redirectUris", application.redirect_uris)
    application.register(draft=told.truth("draft", application.draft), roles=roles)
    return json_of({"draft": application.draft, "roles": roles, "redirectUris": application.redirect_uris})


def _suspend(simulator: "Simulator", told: Told) -> Response:
    seller = _seller(simulator, told)
    own = dict.fromkeys(seller.marketplaces)
    markets = [told.one_of("marketplaceId", own, "/_simulator/accounts")] if "marketplaceId" in told else list(own)
    kept = [market for market in seller.suspended if market not in markets]
    seller.suspended = kept + (markets if told.truth("suspended", True) else [])
    simulator.world.touch(seller)
    return json_of({"sellerId": seller.id, "suspended": seller.suspended})


def _participate(simulator: "Simulator", told: Told) -> Response:
    """The seller joins or leaves a marketplace; its listings there stay, for when it comes back."""
    seller = _seller(simulator, told)
    own = dict.fromkeys((*seller.marketplaces, *seller.absent))
    market = told.one_of("marketplaceId", own, "/_simulator/accounts")
    joins = told.truth("participating")
    seller.marketplaces = [one for one in own if (joins if one == market else one in seller.marketplaces)]
    seller.absent = [one for one in own if one not in seller.marketplaces]
    simulator.world.touch(seller)
    return json_of({"sellerId": seller.id, "marketplaces": seller.marketplaces, "absent": seller.absent})


def _set_fault(simulator: "Simulator", told: Told) -> Response:
    if told.truth("clear"):
        simulator.faults.clear(told.whole("number") if "number" in told else None)
        return json_of({"faults": [_fault(fault) for fault in simulator.faults.faults]})
    return json_of(_fault(simulator.faults.add(told.members)), 201)


def _set_limit(simulator: "Simulator", told: Told) -> Response:
    seller, operation = _seller(simulator, told), told.one_of("operation", PLANS, "docs/simulator.md")
    plan = (told.number("rate", most=10_000), told.whole("burst", least=1))
    simulator.limits.overrides[(seller.id, operation)] = plan
    return json_of({"sellerId": seller.id, "operation": operation, "rate": plan[0], "burst": plan[1]})


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "number": fault.number,
        "kind": fault.kind,
        "operation": fault.operation,
        "sellerId": fault.seller,
        "count": fault.count,
        "probability": fault.probability,
        "since": iso(fault.since) if fault.since else None,
        "until": iso(fault.until) if fault.until < float("inf") else None,
        "hits": fault.hits,
    }


def _clock(simulator: "Simulator") -> dict[str, Any]:
    clock = simulator.clock
    return {"now": iso(clock.seconds()), "rate": clock.rate, "mode": clock.mode}


def _set_clock(simulator: "Simulator", told: Told) -> Response:
    clock = simulator.clock
    ahead = told.number("advance", 0, most=A_DECADE)
    if "now" in told:
        ahead += from_iso(told.text("now")) - clock.seconds()
    if "rate" in told:
        clock.set_rate(told.number("rate", least=0.001, most=FASTEST))
    if ahead:
        clock.advance(ahead)
    simulator.turn()
    return json_of(_clock(simulator))


def _place(simulator: "Simulator", told: Told, now: float) -> Response:
    if "mix" in told:
        asked = told.part("mix")
        count = asked.whole("count", 1, least=1, most=100_000)
        shares = {name: asked.number(name, default, most=1) for name, default in MIX.items()}
        seed = asked.whole("seed", simulator.seed, most=2**62)
        placed = place_mix(simulator.world, count, seed, shares, now)
        return json_of({"orderIds": [order.id for order in placed]}, 201)
    return json_of(order_of_books(place_one(simulator, told, now)), 201)


def place_one(simulator: "Simulator", told: Told, now: float) -> Order:
    """One order as a buyer places it; NotPossible names what is wrong."""
    world = simulator.world
    serial = len(world.orders)
    seller = _seller(simulator, told)
    market = MARKETS[told.one_of("marketplaceId", MARKETS, "/_simulator/accounts")]
    wrap, message = told.truth("giftWrap"), told.text("giftMessage", "")
    lines = [
        Line(
            line.text("sku"),
            line.whole("quantity", 1),
            gift_wrap=line.truth("giftWrap", wrap),
            gift_message=line.text("giftMessage", message),
        )
        for line in told.parts("items")
    ]
    waits = told.one_of("status", {"PENDING": 1, "UNSHIPPED": 0}, "PENDING or UNSHIPPED", "UNSHIPPED") == "PENDING"
    return world.place(
        order_number(random.Random(f"{simulator.seed}:{serial}"), serial),
        seller,
        market.id,
        told.one_of("fulfilledBy", {"MERCHANT": 1, "AMAZON": 1}, "MERCHANT or AMAZON", "MERCHANT"),
        lines,
        _buyer(told, buyer_for(market.country, serial)),
        now=now,
        pending_for=told.number("pendingSeconds", A_YEAR if waits else 0, most=A_YEAR),
        shipping=told.money("shippingPrice", "3.99"),
        service_level=told.text("serviceLevel", "STANDARD"),
        programs=tuple(told.texts("programs", [])),
        oversell=told.truth("oversell"),
    )


def _buyer(told: Told, somebody: Buyer) -> Buyer:
    """Somebody of the country, or as told: any of name, email, addressLine1, city, postalCode, countryCode."""
    if "buyer" not in told:
        return somebody
    asked = told.part("buyer")
    return Buyer(
        asked.text("name", somebody.name),
        asked.text("email", somebody.email),
        asked.text("addressLine1", somebody.line_1),
        asked.text("city", somebody.town),
        asked.text("postalCode", somebody.postcode),
        asked.text("countryCode", somebody.country),
    )


def _change(simulator: "Simulator", order: Order, verb: str, told: Told, now: float) -> None:
    world = simulator.world
    match verb:
        case "cancel":
            world.cancel(order, told.text("by", "BUYER"), now)
        case "request-cancel":
            world.ask_to_cancel(order, told.text("reason", ""), now)
        case "pay":
            world.pay(order, now)
        case "ship":
            world.ship_fba(order, now)
        case _:
            raise NotPossible(f"{verb}: no such verb; use cancel, request-cancel, pay or ship")


def _add_listing(simulator: "Simulator", told: Told, now: float) -> dict[str, Any]:
    seller = _seller(simulator, told)
    quantity = told.whole("quantity", 10)
    sku = told.text("sku")
    markets = told.texts("marketplaceIds", seller.marketplaces)
    if not sku or (seller.id, sku) in simulator.world.listings:
        raise NotPossible(f"sku: {seller.name} lists “{sku[:60]}” already" if sku else "sku: must not be empty")
    if not markets or not set(markets) <= set(seller.marketplaces):
        raise NotPossible(f"marketplaceIds: {seller.name} sells in {', '.join(seller.marketplaces)}")
    listing = Listing(
        seller=seller.id,
        sku=sku,
        asin=told.text("asin", "B0NEW00001"),
        title=told.text("title", sku),
        product_type=told.text("productType", "HOME"),
        channel="DEFAULT",
        price=told.whole("pence", 1999),
        marketplaces=markets,
        quantity=quantity,
        lead_time=told.whole("leadTimeDays", 2, most=30),
        listed=told.truth("listed", True),
        history=[Change(now, quantity, "first listed")],
    )
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
            "roles": application.roles,
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
                        "participating": market not in seller.absent,
                    }
                    for market in (*seller.marketplaces, *seller.absent)
                ],
                "refreshToken": own.get(seller.id, ""),
                "signIn": {"email": email_of(seller.id), "password": SIGN_IN_PASSWORD},
                "secondarySignIn": {"email": email_of(seller.id, primary=False), "password": SIGN_IN_PASSWORD},
            }
            for seller in simulator.world.sellers.values()
        ],
    }


def email_of(seller_id: str, *, primary: bool = True) -> str:
    """The secondary user of an account may sign in but not authorise applications (SPDC8143)."""
    return f"{'' if primary else 'staff.'}{seller_id.lower()}@sellers.example"


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
