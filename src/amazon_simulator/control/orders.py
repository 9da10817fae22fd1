"""Orders placed and changed by control."""

import random
from typing import TYPE_CHECKING

from amazon_simulator.catalogue import MARKETS
from amazon_simulator.control.accounts import seller_of
from amazon_simulator.control.books import order_of_books
from amazon_simulator.entities import Buyer, Order
from amazon_simulator.http import Response, answer_json
from amazon_simulator.seed import MIX, buyer_for, order_number, place_mix
from amazon_simulator.told import Told
from amazon_simulator.world import Line, NotPossible

if TYPE_CHECKING:
    from amazon_simulator.simulator import Simulator

A_YEAR = 366 * 24 * 3600.0


def place(simulator: "Simulator", told: Told, now: float) -> Response:
    if "mix" in told:
        asked = told.part("mix")
        count = asked.whole("count", 1, least=1, most=100_000)
        shares = {name: asked.number(name, default, most=1) for name, default in MIX.items()}
        seed = asked.whole("seed", simulator.seed, most=2**62)
        placed = place_mix(simulator.world, count, seed, shares, now)
        return answer_json({"orderIds": [order.id for order in placed]}, 201)
    return answer_json(order_of_books(place_one(simulator, told, now)), 201)


def place_one(simulator: "Simulator", told: Told, now: float) -> Order:
    """One order as a buyer places it; NotPossible names what is wrong."""
    world = simulator.world
    serial = len(world.orders)
    seller = seller_of(simulator, told)
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


def change(simulator: "Simulator", order: Order, verb: str, told: Told, now: float) -> None:
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
