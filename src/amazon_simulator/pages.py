"""Pages for people: Seller Central (sign-in, consent, Manage Your Apps), the shop, the control page."""

import secrets
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import jinja2

from amazon_simulator import control
from amazon_simulator.application import APPLICATION_ID, APPLICATION_NAME
from amazon_simulator.catalogue import MARKETS
from amazon_simulator.clock import iso
from amazon_simulator.entities import Seller
from amazon_simulator.faults import HAPPENINGS, KINDS
from amazon_simulator.http import Request, Response, see_other
from amazon_simulator.limits import PLANS
from amazon_simulator.told import Told
from amazon_simulator.world import NotPossible

if TYPE_CHECKING:
    from amazon_simulator.simulator import Simulator

COOKIE = "simulator_session"
RATES = (1, 10, 60)
ORDERS_SHOWN = 30
FAULT_WORDS = {
    "MD1000": "The application is in draft status. A draft is authorised with version=beta in the address.",
    "MD5100": "The address is not valid: the application is unknown, or version=beta does not fit its status.",
    "MD5101": "The redirect URI is not one of those that are registered with the application.",
    "SPDC8143": "Only the primary user of the seller account can authorise an application.",
}
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


def seller_central(simulator: "Simulator", request: Request, parts: Sequence[str]) -> Response:
    """{host}/apps/authorize/consent, {host}/apps/manage, {host}/sign-out."""
    host, *rest = parts or [""]
    seller_id, primary = simulator.sessions.get(request.cookie(COOKIE), ("", False))
    seller = simulator.world.sellers.get(seller_id)
    match [request.method, *rest]:
        case ["GET" | "POST", "apps", "authorize", "consent"]:
            fault = _consent_fault(simulator, request.params())
            if fault:
                return page("fault.html", 400, code=fault, text=FAULT_WORDS[fault], host=host)
            if request.method == "POST" and "email" in request.form():
                return _sign_in(simulator, request, host)
            if seller is None:
                return _sign_in_page(simulator, request, host)
            if not primary:
                return page("fault.html", 403, code="SPDC8143", text=FAULT_WORDS["SPDC8143"], host=host)
            return _consent(simulator, request, host, seller)
        case ["POST", "sign-in"]:
            return _sign_in(simulator, request, host)
        case ["GET", "sign-out"]:
            simulator.sessions.pop(request.cookie(COOKIE), None)
            return see_other(f"/sellercentral/{host}/apps/manage")
        case ["GET", "apps", "manage"] | ["GET"]:
            return _sign_in_page(simulator, request, host) if seller is None else _manage(simulator, host, seller)
        case ["POST", "apps", "manage"]:
            if "email" in request.form():
                return _sign_in(simulator, request, host)
            if seller is not None:
                simulator.application.revoke(seller.id)
            return see_other(f"/sellercentral/{host}/apps/manage")
        case _:
            return page("message.html", 404, title="Not found", text="Seller Central has no such page here.")


def _consent_fault(simulator: "Simulator", query: dict[str, str]) -> str:
    application = simulator.application
    if query.get("application_id") != APPLICATION_ID:
        return "MD5100"
    beta = query.get("version") == "beta"
    if application.draft and not beta:
        return "MD1000"
    if beta and not application.draft:
        return "MD5100"
    redirect_uri = query.get("redirect_uri", "")
    if not application.redirect_uris or "#" in redirect_uri:
        return "MD5100"
    if redirect_uri and redirect_uri not in application.redirect_uris:
        return "MD5101"
    return ""


def _sign_in_page(simulator: "Simulator", request: Request, host: str, said: str = "", status: int = 200) -> Response:
    people = [
        (f"{seller.name}{'' if primary else ', secondary user'}", control.email_of(seller.id, primary=primary))
        for primary in (True, False)
        for seller in simulator.world.sellers.values()
    ]
    return page(
        "sign_in.html",
        status,
        host=host,
        people=people,
        password=control.SIGN_IN_PASSWORD,
        action=f"{request.path}?{request.query}",
        said=said,
    )


def _sign_in(simulator: "Simulator", request: Request, host: str) -> Response:
    form = request.form()
    email = form.get("email", "").strip().lower()
    known = {
        control.email_of(seller, primary=primary): (seller, primary)
        for seller in simulator.world.sellers
        for primary in (True, False)
    }
    if email not in known or form.get("password") != control.SIGN_IN_PASSWORD:
        return _sign_in_page(simulator, request, host, "E-mail and password do not fit together.", 401)
    key = secrets.token_urlsafe(24)
    simulator.sessions[key] = known[email]
    response = see_other(f"{request.path}?{request.query}" if request.query else request.path)
    response.headers["set-cookie"] = f"{COOKIE}={key}; Path=/; HttpOnly; SameSite=Lax"
    return response


def _consent(simulator: "Simulator", request: Request, host: str, seller: Seller) -> Response:
    query = request.params()
    redirect_uri = query.get("redirect_uri") or simulator.application.redirect_uris[0]
    said = ""
    if request.method == "POST":
        form = request.form()
        if form.get("answer") == "cancel":
            refused = {
                "error": "access_denied",
                "error_description": "The seller pressed Cancel on the consent page.",
                "state": query.get("state", ""),
            }
            return see_other(_with(redirect_uri, refused))
        if form.get("accept"):
            code = simulator.application.grant_code(seller.id, redirect_uri, simulator.clock.seconds())
            given = {
                "state": query.get("state", ""),
                "selling_partner_id": seller.id,
                "spapi_oauth_code": code.code,
            }
            return see_other(_with(redirect_uri, given))
        said = "Tick Accept to go on, or press Cancel."
    target = urlsplit(redirect_uri)
    return page(
        "consent.html",
        422 if said else 200,
        form_action=f"'self' {target.scheme}://{target.netloc}",
        host=host,
        seller=seller,
        application=APPLICATION_NAME,
        roles=simulator.application.roles,
        action=f"{request.path}?{request.query}",
        said=said,
    )


def _with(address: str, given: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(given)}"


def _manage(simulator: "Simulator", host: str, seller: Seller) -> Response:
    return page(
        "manage.html",
        host=host,
        seller=seller,
        application=APPLICATION_NAME,
        authorised=simulator.application.authorised(seller.id),
    )
