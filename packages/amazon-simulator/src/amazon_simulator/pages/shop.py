"""The shop: what buyers do, and what Amazon's warehouses do, by hand."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from amazon_simulator.control import bodies
from amazon_simulator.control.orders import place_one
from amazon_simulator.control.request_parsing import read
from amazon_simulator.control.warehouse import move_stock, take_back
from amazon_simulator.core.http import Request, Response, see_other
from amazon_simulator.pages.rendering import moment, not_found, page
from amazon_simulator.simulator import Simulator
from amazon_simulator.world import NotPossible
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Order

ORDERS_SHOWN = 30
GOODS_SHOWN = 200
KINDS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "usual": ("usual", {}, {}),
    "prime": ("Prime", {"programs": ["PRIME"], "serviceLevel": "NEXT_DAY"}, {}),
    "premium": ("Premium", {"programs": ["PREMIUM"], "serviceLevel": "EXPEDITED"}, {}),
    "business": ("business buyer", {"programs": ["AMAZON_BUSINESS"], "addressKind": "business"}, {}),
    "preorder": ("pre-order", {"programs": ["PREORDER"], "availableSeconds": 3600, "pendingSeconds": 1200}, {}),
    "collected": ("collected in store", {"programs": ["IN_STORE_PICK_UP"]}, {}),
    "warranty": ("with a warranty", {}, {"associatedItems": [{"asin": "B0WARRANTY", "purchasePrice": "4.99"}]}),
    "serials": ("serial numbers wanted", {}, {"serialNumbersRequired": True}),
    "age": ("age checked", {"regulated": True}, {"constraints": ["recipientAgeVerification"]}),
    "customised": ("customised", {}, {"customization": "For the harbour master"}),
    "transparency": ("Transparency", {}, {"programs": ["TRANSPARENCY"]}),
    "ioss": ("IOSS", {}, {"taxScheme": "IOSS"}),
    "deemed": ("deemed reseller", {}, {"taxScheme": "UOSS"}),
    "facilitator": ("tax by Amazon", {}, {"taxScheme": "FACILITATOR"}),
    "coin": ("a coin off", {"totalOff": 1}, {}),
}
"""What kinds of orders a buyer can place: name, members of the order, members of its line."""
WAREHOUSE = ("restock", "send-in", "receive", "lose", "find", "damage")


def answer(simulator: Simulator, request: Request, parts: Sequence[str]) -> Response:
    match [request.method, *parts]:
        case ["GET"]:
            return _show(simulator, request.params(), "")
        case ["POST", verb]:
            return _act(simulator, request, verb)
        case _:
            return not_found()


def _show(simulator: Simulator, query: dict[str, str], error: str, status: int = 200) -> Response:
    world = simulator.world
    sellers = list(world.sellers.values())
    seller = world.sellers.get(query.get("seller", ""), sellers[0])
    own = [*seller.marketplaces, *seller.absent]
    chosen = query.get("marketplace", "")
    market = MARKETS[chosen if chosen in own else own[0]]
    wanted = query.get("find", "").strip().lower()
    goods = [
        row
        for row in world.by_seller[seller.id].values()
        if market.id in row.marketplaces and (wanted in row.sku.lower() or wanted in row.title.lower())
    ]
    return page(
        "shop.html",
        status,
        sellers=sellers,
        seller=seller,
        own=own,
        market=market,
        markets=MARKETS,
        goods=goods[:GOODS_SHOWN],
        more=max(0, len(goods) - GOODS_SHOWN),
        find=query.get("find", ""),
        left=lambda row: world.warehouses.left(row, market.id),
        stock=lambda row: world.fba.get((seller.id, market.pool, row.sku)),
        twins=_twins(simulator, seller.id),
        kinds=KINDS,
        returned=lambda order: sum(world.returned.get((order.id, item.id), 0) for item in order.items),
        orders=_orders(simulator, seller.id, query.get("order", "")),
        moment=moment,
        error=error,
        now=moment(simulator.clock.seconds()),
    )


def _orders(simulator: Simulator, seller: str, first: str) -> list[Order]:
    """The newest, behind the one that was opened in Seller Central."""
    named = simulator.world.orders.get(first)
    newest = [order for order in simulator.world.records.newest(seller, ORDERS_SHOWN) if order.id != first]
    return [named, *newest] if named is not None and named.seller == seller else newest


def _twins(simulator: Simulator, seller: str) -> set[str]:
    """ASINs that this seller sells under more than one SKU."""
    counted = Counter(row.asin for row in simulator.world.by_seller[seller].values())
    return {asin for asin, count in counted.items() if count > 1}


def _act(simulator: Simulator, request: Request, verb: str) -> Response:
    """What a person does in the shop; what is not possible is an error on the page."""
    form, now, world = request.form(), simulator.clock.seconds(), simulator.world
    back = urlencode({name: form[name] for name in ("seller", "marketplace", "find") if form.get(name)})
    try:
        match verb:
            case "buy":
                _buy(simulator, form, now)
            case "cancel":
                world.ordering.cancel(world.orders[form["order"]], "BUYER", now)
            case "ask":
                world.ordering.request_cancellation(world.orders[form["order"]], "Ordered by mistake", now)
            case "pay":
                world.ordering.pay(world.orders[form["order"]], now)
            case "return":
                item = _left_to_return(simulator, form["order"])
                take_back(simulator, read(bodies.Returning, {"orderId": form["order"], "orderItemId": item}), now)
            case _ if verb in WAREHOUSE:
                move = {"sellerId": form["seller"], "sku": form["sku"], "pool": MARKETS[form["marketplace"]].pool}
                quantity = int(form.get("quantity", "10"))
                move_stock(simulator, verb, read(bodies.StockMove, {**move, "quantity": quantity}), now)
            case _:
                return not_found("There is no such button.")
    except (NotPossible, ValueError) as fault:
        return _show(simulator, form, str(fault), 422)
    except KeyError as fault:
        return _show(simulator, form, f"{fault.args[0]} is not known here.", 422)
    return see_other(f"/shop?{back}")


def _buy(simulator: Simulator, form: dict[str, str], now: float) -> None:
    listing = simulator.world.listings[(form["seller"], form["sku"])]
    _, of_order, of_line = KINDS.get(form.get("kind", ""), KINDS["usual"])
    order = {
        "sellerId": form["seller"],
        "marketplaceId": form["marketplace"],
        "fulfilledBy": "MERCHANT" if listing.channel == "DEFAULT" else "AMAZON",
        "items": [{"sku": form["sku"], "quantity": int(form.get("quantity", "1")), **of_line}],
        "pendingSeconds": 1200 if form.get("pending") else 0,
        "giftWrap": bool(form.get("gift")),
        **of_order,
    }
    place_one(simulator, read(bodies.Placing, order), now)


def _left_to_return(simulator: Simulator, order_id: str) -> str:
    """The first item of which something can still come back, or the first."""
    order, returned = simulator.world.orders[order_id], simulator.world.returned
    left = [item.id for item in order.items if item.shipped > returned.get((order.id, item.id), 0)]
    return [*left, order.items[0].id][0]
