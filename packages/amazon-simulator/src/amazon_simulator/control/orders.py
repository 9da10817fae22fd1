"""Orders placed and changed by control."""

import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from amazon_simulator.control import bodies
from amazon_simulator.control.accounts import seller_of
from amazon_simulator.control.bodies import BuyerAddress, OrderLine, Placing, TransitTime, given
from amazon_simulator.control.request_parsing import amount
from amazon_simulator.control.state_report import order_json
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.representations.customization import DOCUMENT, customization_archive
from amazon_simulator.simulator import Simulator
from amazon_simulator.traffic.people import ADDRESS_KINDS, buyer_for
from amazon_simulator.traffic.seed import MIX, order_number, place_mix
from amazon_simulator.world import Line, NotPossible, Terms
from amazon_simulator.world.catalogue import DECIMALS, MARKETS, in_currency
from amazon_simulator.world.entities import Associated, Buyer, Order, Transit

CUSTOMIZATIONS = "amzn1.custom.1"
CUSTOMIZATION_KEPT = 90 * 24 * 3600.0
ADDRESS_FIELDS = {
    "name": "name", "email": "email", "recipient_name": "recipient", "address_line1": "line_1",
    "address_line2": "line_2", "address_line3": "line_3", "city": "town", "district_or_county": "county",
    "state_or_region": "state", "postal_code": "postcode", "country_code": "country", "phone": "phone",
    "company_name": "company", "purchase_order_number": "purchase_order", "tax_registration_number": "tax_number",
    "address_instruction": "instructions", "drop_off_location": "drop_off",
}  # fmt: skip
"""Member of `BuyerAddress` → member of `Buyer`."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a buyer or Amazon does to an order."""

    summary: str
    body: type[bodies.Body]


CHANGES = {
    "cancel": Happening("The order, or some units of it, is cancelled", bodies.Cancellation),
    "request-cancel": Happening("The buyer asks the seller to cancel", bodies.CancellationRequest),
    "address": Happening("The buyer gives another address", bodies.BuyerAddress),
    "release": Happening("The goods of a pre-order come out", bodies.Nothing),
    "pay": Happening("The order is paid", bodies.Nothing),
    "ship": Happening("Amazon sends an order of its warehouse", bodies.Nothing),
}


def place(simulator: Simulator, body: Placing, now: float) -> Response:
    if isinstance(body.mix, UnsetType):
        return answer_json(order_json(place_one(simulator, body, now)), 201)
    mix = body.mix
    given_shares = msgspec.to_builtins(mix)
    shares = {name: given_shares.get(name, default) for name, default in MIX.items()}
    known = {market for seller in simulator.world.sellers.values() for market in seller.marketplaces}
    if not set(mix.marketplace_ids) <= known:
        raise NotPossible("mix.marketplaceIds: somebody must sell there; see /_simulator/accounts")
    placed = place_mix(simulator.world, mix.count, given(mix.seed, simulator.seed), shares, now, mix.marketplace_ids)
    return answer_json({"orderIds": [order.id for order in placed]}, 201)


def place_one(simulator: Simulator, body: Placing, now: float) -> Order:
    """One order as a buyer places it; NotPossible names what is wrong."""
    world = simulator.world
    serial = len(world.orders)
    seller = seller_of(simulator, given(body.seller_id, ""))
    market = MARKETS.get(given(body.marketplace_id, ""))
    if market is None:
        raise NotPossible(
            f"marketplaceId: “{given(body.marketplace_id, '')[:60]}” is not known; see /_simulator/accounts"
        )
    if isinstance(body.items, UnsetType):
        raise NotPossible("items: give a list with at least one object")
    return world.ordering.place(
        order_number(random.Random(f"{simulator.seed}:{serial}"), serial),
        seller,
        market.id,
        body.fulfilled_by,
        [
            _line(_customised(simulator, line, seller.id, now), body, f"items[{number}].", market.currency)
            for number, line in enumerate(body.items)
        ],
        _buyer(body.buyer, _somebody(body, market.country, serial)),
        now=now,
        pending_for=given(body.pending_seconds, float(bodies.A_YEAR) if body.status == "PENDING" else 0.0),
        shipping=amount("shippingPrice", body.shipping_price),
        service_level=body.service_level,
        programs=tuple(body.programs),
        oversell=body.oversell,
        terms=Terms(
            alias=body.seller_order_id,
            replaces=body.replaces,
            exchange=body.exchange,
            payment=body.payment_method,
            regulated="Pending" if body.regulated else "",
            available_for=body.available_seconds,
            transit=_transit(body.transit_time),
            flex=body.seller_flex,
            total_off=_total_off(body.total_off, market.currency),
        ),
    )


def _customised(simulator: Simulator, line: OrderLine, seller: str, now: float) -> OrderLine:
    """What the buyer wrote lies in an archive, as Amazon Custom has it."""
    if not line.customization:
        return line
    body = customization_archive(line.sku, line.customization)
    document = simulator.documents.kept(
        CUSTOMIZATIONS, seller, "application/zip", body, now=now, until=now + CUSTOMIZATION_KEPT
    )
    return msgspec.structs.replace(line, customized_url=f"{DOCUMENT}{document.id}")


def _line(line: OrderLine, body: Placing, within: str, currency: str) -> Line:
    return Line(
        line.sku,
        line.quantity,
        gift_wrap=given(line.gift_wrap, body.gift_wrap),
        gift_message=given(line.gift_message, body.gift_message),
        particulars=_particulars(line, within, currency),
    )


def _somebody(body: Placing, country: str, number: int) -> Buyer:
    """A buyer of the country, with an address of the kind that is wanted."""
    somebody = buyer_for(country, number)
    return somebody if isinstance(body.address_kind, UnsetType) else ADDRESS_KINDS[body.address_kind](somebody)


def _transit(time: TransitTime | UnsetType) -> Transit | None:
    return None if isinstance(time, UnsetType) else Transit(time.data_source, time.carrier, time.shipping_service)


def _associated(line: OrderLine, within: str, currency: str) -> tuple[Associated, ...]:
    return tuple(
        Associated(
            one.association_type,
            one.asin,
            None
            if isinstance(one.purchase_price, UnsetType)
            else in_currency(amount(f"{within}associatedItems.purchasePrice", one.purchase_price), currency),
        )
        for one in given(line.associated_items, [])
    )


def _total_off(coins: int, currency: str) -> Decimal:
    """By how many of the smallest coins the grand total differs from the lines."""
    return in_currency(Decimal(coins).scaleb(-DECIMALS.get(currency, 2)), currency)


def _particulars(line: OrderLine, within: str, currency: str) -> dict[str, Any]:
    """What only this line has, as `Item` names it."""
    found = {
        "customized_url": line.customized_url,
        "discount": in_currency(amount(f"{within}discount", line.discount), currency),
        "shipping_discount": in_currency(amount(f"{within}shippingDiscount", line.shipping_discount), currency),
        "cod_fee": in_currency(amount(f"{within}codFee", line.cod_fee), currency),
        "points": line.points,
        "promotions": tuple(line.promotion_ids),
        "programs": tuple(line.programs),
        "constraints": tuple(line.constraints),
        "scheme": line.tax_scheme,
        "associated": _associated(line, within, currency),
        "serials": tuple(line.serial_numbers),
        "serials_required": line.serial_numbers_required,
    }
    if not isinstance(line.service_of, UnsetType):
        found |= {"service_of": line.service_of, "service": line.service}
    return {name: value for name, value in found.items() if name == "service_of" or (value and value != Decimal(0))}


def _buyer(address: BuyerAddress | UnsetType, somebody: Buyer) -> Buyer:
    """A random buyer of the country, or the one of the call."""
    if isinstance(address, UnsetType):
        return somebody
    texts = {field: getattr(address, name) for name, field in ADDRESS_FIELDS.items()}
    hours = somebody.open_hours
    if not isinstance(address.open_hours, UnsetType):
        hours = (address.open_hours.from_, address.open_hours.to)
    return msgspec.structs.replace(
        somebody,
        **{field: text for field, text in texts.items() if text is not UNSET},
        address_type=given(address.address_type, somebody.address_type),
        capabilities=tuple(address.delivery_capabilities) or somebody.capabilities,
        open_hours=hours,
    )


def change(simulator: Simulator, order: Order, verb: str, body: bodies.Body, now: float) -> None:
    """`verb`: one of CHANGES, with a body of its shape."""
    ordering = simulator.world.ordering
    match verb, body:
        case "cancel", bodies.Cancellation(order_item_id=str(item), quantity=int(quantity)):
            ordering.cancel_units(order, item, quantity, body.by, now)
        case "cancel", bodies.Cancellation(order_item_id=str()):
            raise NotPossible("quantity: give a whole number from 1 to 1000000")
        case "cancel", bodies.Cancellation():
            ordering.cancel(order, body.by, now)
        case "request-cancel", bodies.CancellationRequest():
            ordering.request_cancellation(order, body.reason, now)
        case "address", bodies.BuyerAddress():
            ordering.change_address(order, _buyer(body, order.buyer), now)
        case "release", _:
            ordering.release(order, now)
        case "pay", _:
            ordering.pay(order, now)
        case _:
            ordering.ship_fba(order, now)
