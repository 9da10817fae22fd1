"""Orders placed and changed by control."""

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from amazon_simulator.control.accounts import seller_of
from amazon_simulator.control.request_parsing import Body
from amazon_simulator.control.state_report import order_json
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.simulator import Simulator
from amazon_simulator.traffic.people import ADDRESS_KINDS, buyer_for
from amazon_simulator.traffic.seed import MIX, order_number, place_mix
from amazon_simulator.world import Line, NotPossible, Terms
from amazon_simulator.world.catalogue import DECIMALS, MARKETS, in_currency
from amazon_simulator.world.entities import Associated, Buyer, Order, Transit

A_YEAR = 366 * 24 * 3600.0
LEVELS = (
    "STANDARD", "EXPEDITED", "FREE_ECONOMY", "NEXT_DAY", "PRIORITY", "SAME_DAY", "SECOND_DAY", "SCHEDULED",
)  # fmt: skip
PAYMENTS = ("CreditCard", "CashOnDelivery", "ConvenienceStore", "Invoice", "Other")
SOURCES = ("AMAZON_AUTOMATED", "SELLER_SET", "THIRD_PARTY_INTEGRATOR")
ASSOCIATIONS = ("WARRANTY", "VALUE_ADD_SERVICE")
SCHEMES = ("", "IOSS", "UOSS", "FACILITATOR")
CONSTRAINTS = (
    "palletDelivery", "signatureConfirmation", "recipientIdentityVerification", "recipientAgeVerification",
)  # fmt: skip
ADDRESS_TYPES = ("RESIDENTIAL", "COMMERCIAL", "PICKUP_POINT")
CAPABILITIES = ("HAS_ACCESS_POINT", "PALLET_ENABLED", "PALLET_DISABLED")
BUYERS_TEXTS = {
    "name": "name", "email": "email", "recipientName": "recipient", "addressLine1": "line_1",
    "addressLine2": "line_2", "addressLine3": "line_3", "city": "town", "districtOrCounty": "county",
    "stateOrRegion": "state", "postalCode": "postcode", "countryCode": "country", "phone": "phone",
    "companyName": "company", "purchaseOrderNumber": "purchase_order", "taxRegistrationNumber": "tax_number",
    "addressInstruction": "instructions", "dropOffLocation": "drop_off",
}  # fmt: skip
"""Member of `buyer` → member of `Buyer`."""


def place(simulator: Simulator, told: Body, now: float) -> Response:
    if "mix" in told:
        asked = told.part("mix")
        count = asked.whole("count", 1, least=1, most=100_000)
        shares = {name: asked.number(name, default, most=1) for name, default in MIX.items()}
        seed = asked.whole("seed", simulator.seed, most=2**62)
        markets = asked.texts("marketplaceIds", [])
        known = {market for seller in simulator.world.sellers.values() for market in seller.marketplaces}
        if not set(markets) <= known:
            raise NotPossible("mix.marketplaceIds: somebody must sell there; see /_simulator/accounts")
        placed = place_mix(simulator.world, count, seed, shares, now, markets)
        return answer_json({"orderIds": [order.id for order in placed]}, 201)
    return answer_json(order_json(place_one(simulator, told, now)), 201)


def place_one(simulator: Simulator, told: Body, now: float) -> Order:
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
            particulars=_particulars(line, market.currency),
        )
        for line in told.parts("items")
    ]
    waits = _one(told, "status", ("UNSHIPPED", "PENDING")) == "PENDING"
    return world.ordering.place(
        order_number(random.Random(f"{simulator.seed}:{serial}"), serial),
        seller,
        market.id,
        _one(told, "fulfilledBy", ("MERCHANT", "AMAZON")),
        lines,
        _buyer(told, _somebody(told, market.country, serial)),
        now=now,
        pending_for=told.number("pendingSeconds", A_YEAR if waits else 0, most=A_YEAR),
        shipping=told.money("shippingPrice", "3.99"),
        service_level=_one(told, "serviceLevel", LEVELS),
        programs=tuple(told.texts("programs", [])),
        oversell=told.truth("oversell"),
        terms=Terms(
            alias=told.text("sellerOrderId", ""),
            replaces=told.text("replaces", ""),
            payment=_one(told, "paymentMethod", PAYMENTS),
            regulated="Pending" if told.truth("regulated") else "",
            available_for=told.number("availableSeconds", 0, most=A_YEAR),
            transit=_transit(told.part("transitTime")) if "transitTime" in told else None,
            flex=told.truth("sellerFlex"),
            total_off=_total_off(told, market.currency),
        ),
    )


def _somebody(told: Body, country: str, number: int) -> Buyer:
    """One of the country's people, with an address of the kind that was told."""
    somebody = buyer_for(country, number)
    if "addressKind" not in told:
        return somebody
    return ADDRESS_KINDS[told.one_of("addressKind", ADDRESS_KINDS, ", ".join(ADDRESS_KINDS))](somebody)


def _transit(told: Body) -> Transit:
    """{"dataSource", "carrier"?, "shippingService"?}"""
    return Transit(_one(told, "dataSource", SOURCES), told.text("carrier", ""), told.text("shippingService", ""))


def _associated(line: Body, currency: str) -> tuple[Associated, ...]:
    """[{"associationType"?, "asin"?, "purchasePrice"?}], WARRANTY unless told."""
    return tuple(
        Associated(
            _one(one, "associationType", ASSOCIATIONS),
            one.text("asin", ""),
            in_currency(one.money("purchasePrice", "0"), currency) if "purchasePrice" in one else None,
        )
        for one in line.parts("associatedItems")
    )


def _total_off(told: Body, currency: str) -> Decimal:
    """By how many of the smallest coins the grand total differs from the lines."""
    return in_currency(
        Decimal(told.whole("totalOff", 0, least=-100, most=100)).scaleb(-DECIMALS.get(currency, 2)), currency
    )


def _one(told: Body, name: str, choices: Sequence[str]) -> str:
    """One of the choices, the first unless told."""
    return told.one_of(name, dict.fromkeys(choices), ", ".join(filter(None, choices)), choices[0])


def _some(told: Body, name: str, choices: Sequence[str]) -> tuple[str, ...]:
    given = told.texts(name, [])
    if not set(given) <= set(choices):
        raise NotPossible(f"{name}: choose from {', '.join(choices)}")
    return tuple(given)


def _particulars(line: Body, currency: str) -> dict[str, Any]:
    """What only this line has, as `Item` names it."""
    given = {
        "customized_url": line.text("customizedUrl", ""),
        "discount": in_currency(line.money("discount", "0"), currency),
        "shipping_discount": in_currency(line.money("shippingDiscount", "0"), currency),
        "cod_fee": in_currency(line.money("codFee", "0"), currency),
        "points": line.whole("points", 0),
        "promotions": tuple(line.texts("promotionIds", [])),
        "programs": tuple(line.texts("programs", [])),
        "constraints": _some(line, "constraints", CONSTRAINTS),
        "scheme": _one(line, "taxScheme", SCHEMES) if "taxScheme" in line else "",
        "associated": _associated(line, currency) if "associatedItems" in line else (),
    }
    return {name: value for name, value in given.items() if value and value != Decimal(0)}


def _buyer(told: Body, somebody: Buyer) -> Buyer:
    """Somebody of the country, or as told."""
    if "buyer" not in told:
        return somebody
    asked = told.part("buyer")
    texts = {field: asked.text(name, getattr(somebody, field)) for name, field in BUYERS_TEXTS.items() if name in asked}
    hours = somebody.open_hours
    if "openHours" in asked:
        shown = asked.part("openHours")
        hours = (shown.whole("from", 9, most=23), shown.whole("to", 17, most=23))
    return msgspec.structs.replace(
        somebody,
        **texts,
        address_type=_one(asked, "addressType", (somebody.address_type, *ADDRESS_TYPES)),
        capabilities=_some(asked, "deliveryCapabilities", CAPABILITIES) or somebody.capabilities,
        open_hours=hours,
    )


def change(simulator: Simulator, order: Order, verb: str, told: Body, now: float) -> None:
    world = simulator.world
    match verb:
        case "cancel" if "orderItemId" in told:
            by = _one(told, "by", ("BUYER", "AMAZON", "MERCHANT"))
            world.ordering.cancel_units(order, told.text("orderItemId"), told.whole("quantity", least=1), by, now)
        case "cancel":
            world.ordering.cancel(order, told.text("by", "BUYER"), now)
        case "request-cancel":
            world.ordering.request_cancellation(order, told.text("reason", ""), now)
        case "address":
            world.ordering.change_address(order, _buyer(Body({"buyer": told.members}), order.buyer), now)
        case "release":
            world.ordering.release(order, now)
        case "pay":
            world.ordering.pay(order, now)
        case "ship":
            world.ordering.ship_fba(order, now)
        case _:
            raise NotPossible(f"{verb}: no such verb; use cancel, request-cancel, address, release, pay or ship")
