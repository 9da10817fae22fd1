"""Pages for people: the shop and the control page."""

from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import jinja2

from amazon_simulator import control
from amazon_simulator.catalogue import MARKETS
from amazon_simulator.clock import iso
from amazon_simulator.faults import HAPPENINGS, KINDS
from amazon_simulator.http import Request, Response, see_other
from amazon_simulator.limits import PLANS
from amazon_simulator.told import Told
from amazon_simulator.world import NotPossible

if TYPE_CHECKING:
    from amazon_simulator.simulator import Simulator

RATES = (1, 10, 60)
ORDERS_SHOWN = 30
_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("amazon_simulator", "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def page(name: str, status: int = 200, *, form_action: str = "'self'", **context: Any) -> Response:
    """A page with a strict policy; `form_action` lets the consent form lead back to the application."""
    policy = (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {form_action}"
    )
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
    return Response(status, _templates.get_template(name).render(**context).encode(), headers)


def moment(seconds: float) -> str:
    """As a person reads it."""
    return iso(seconds)[:19].replace("T", " ") + " UTC"


def answer(simulator: "Simulator", request: Request, parts: Sequence[str]) -> Response:
    """The index, the shop and the style sheet."""
    match [request.method, *parts]:
        case ["GET", ""]:
            return _index(simulator)
        case ["POST", "", *_]:
            return see_other("/")
        case ["GET", "static", "simulator.css"]:
            css = (resources.files("amazon_simulator") / "static" / "simulator.css").read_bytes()
            return Response(200, css, {"content-type": "text/css; charset=utf-8", "cache-control": "max-age=60"})
        case ["GET", "shop"]:
            return _shop(simulator, request, "")
        case ["POST", "shop", "clock"]:
            return _set_rate(simulator, request)
        case ["POST", "shop", "faults"]:
            return _set_fault(simulator, request)
        case ["POST", "shop", verb]:
            return _act(simulator, request, verb)
        case _:
            return page("message.html", 404, title="Not found", text="There is no such page.")


def _index(simulator: "Simulator", said: str = "", status: int = 200) -> Response:
    world = simulator.world
    return page(
        "index.html",
        status,
        said=said,
        kinds={**KINDS, **HAPPENINGS},
        operations=list(PLANS),
        faults=simulator.faults.faults,
        now=moment(simulator.clock.seconds()),
        rate=simulator.clock.rate,
        rates=RATES,
        sellers=list(world.sellers.values()),
        markets=MARKETS,
        orders=len(world.orders),
        counters=sorted(simulator.limits.counters.values(), key=lambda row: (row.seller, row.operation)),
        refused=simulator.limits.refused,
        confirmations=len(world.confirmations),
    )


def _set_rate(simulator: "Simulator", request: Request) -> Response:
    asked = request.form().get("rate", "")
    if asked in {str(rate) for rate in RATES}:
        simulator.clock.set_rate(float(asked))
    return see_other("/")


def _set_fault(simulator: "Simulator", request: Request) -> Response:
    form = request.form()
    if "clear" in form:
        simulator.faults.clear()
        return see_other("/")
    count = form.get("count", "1")
    told = {"kind": form.get("kind", ""), "operation": form.get("operation", "*")}
    try:
        simulator.faults.add({**told, "count": int(count) if count.isascii() and count.isdigit() else count})
    except ValueError as fault:
        return _index(simulator, str(fault), 422)
    return see_other("/")


def _shop(simulator: "Simulator", request: Request, said: str, status: int = 200) -> Response:
    query = request.params() if request.method == "GET" else request.form()
    sellers = list(simulator.world.sellers.values())
    seller = simulator.world.sellers.get(query.get("seller", ""), sellers[0])
    asked = query.get("marketplace", "")
    market = MARKETS[asked if asked in seller.marketplaces else seller.marketplaces[0]]
    goods = [row for row in simulator.world.by_seller[seller.id].values() if market.id in row.marketplaces]
    fba = {
        row.sku: row.fulfillable
        for row in simulator.world.fba.values()
        if row.seller == seller.id and row.pool == market.pool
    }
    orders = simulator.world.newest(seller.id, ORDERS_SHOWN)
    return page(
        "shop.html",
        status,
        sellers=sellers,
        seller=seller,
        market=market,
        markets=MARKETS,
        goods=goods,
        fba=fba,
        orders=orders,
        moment=moment,
        said=said,
        now=moment(simulator.clock.seconds()),
    )


def _act(simulator: "Simulator", request: Request, verb: str) -> Response:
    """What a person does in the shop: buy, cancel, ask to cancel, pay, restock FBA."""
    form, now = request.form(), simulator.clock.seconds()
    back = urlencode({"seller": form.get("seller", ""), "marketplace": form.get("marketplace", "")})
    try:
        match verb:
            case "buy":
                listing = simulator.world.listings[(form["seller"], form["sku"])]
                told = {
                    "sellerId": form["seller"],
                    "marketplaceId": form["marketplace"],
                    "fulfilledBy": "MERCHANT" if listing.channel == "DEFAULT" else "AMAZON",
                    "items": [{"sku": form["sku"], "quantity": int(form.get("quantity", "1"))}],
                    "pendingSeconds": 1200 if form.get("pending") else 0,
                    "giftWrap": bool(form.get("gift")),
                }
                control.place_one(simulator, Told(told), now)
            case "cancel":
                simulator.world.cancel(simulator.world.orders[form["order"]], "BUYER", now)
            case "ask":
                simulator.world.ask_to_cancel(simulator.world.orders[form["order"]], "Ordered by mistake", now)
            case "pay":
                simulator.world.pay(simulator.world.orders[form["order"]], now)
            case "restock":
                pool = MARKETS[form["marketplace"]].pool
                simulator.world.restock(form["seller"], pool, form["sku"], int(form.get("quantity", "10")), now)
            case _:
                return page("message.html", 404, title="Not found", text="There is no such button.")
    except (NotPossible, ValueError) as fault:
        return _shop(simulator, request, str(fault), 422)
    except KeyError as fault:
        return _shop(simulator, request, f"{fault.args[0]} is not known here.", 422)
    return see_other(f"/shop?{back}")
