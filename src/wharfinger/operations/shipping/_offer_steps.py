"""Steps of labels that are chosen among offers: what is fetched, which offer is taken, and the purchase as it is sent.

A purchase is written with its key before the first call, and the same is sent again until its outcome is known: with
one key Amazon sells one label. Another key, with other offers, comes only after an answer that nothing was bought.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from wharfinger.db.models import ConnectionService, CourierLabel, SalesOrder, SalesOrderLine, SenderAddress
from wharfinger.db.stored_offers import SCHEMA, read_choice, read_offers, write_choice, write_offers
from wharfinger.domain.shipping.connections import CAPABILITIES
from wharfinger.domain.shipping.dispatching import Stays
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.offers import (
    Choice,
    Offer,
    OfferRule,
    Offers,
    ParcelToQuote,
    Wanted,
    chosen_again,
    pick,
    why_no_offers,
)

OFFER_FIELDS = (
    "offers",
    "choice",
    "purchase",
    "purchase_key",
    "purchase_calls",
    "bought_service",
    "price",
    "currency",
    "deliver_by",
    "protections",
)


def sells_by_offers(code: ConnectionService) -> bool:
    return CAPABILITIES[code.connection.kind].quotes


# --- claimed


@dataclass(frozen=True, slots=True)
class Sender:
    """`country`: ISO 3166, two letters."""

    name: str
    line_1: str
    line_2: str
    town: str
    county: str
    postcode: str
    country: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class LabelToQuote:
    """Offers are to be fetched; nothing is bought. `sides` in cm; `items`: (order item id, units); `worth`: of them."""

    id: int
    connection_id: int
    marketplace_id: str
    reference: str
    amazon_order_id: str
    items: tuple[tuple[str, int], ...]
    grams: int
    sides: tuple[int, int, int]
    worth: Decimal
    currency: str
    sender: Sender = field(repr=False)


@dataclass(frozen=True, slots=True)
class LabelToDescribe:
    """The offer that a person chose wants to know more."""

    id: int
    connection_id: int
    marketplace_id: str
    token: str
    rate_id: str


@dataclass(frozen=True, slots=True)
class LabelToPurchase:
    """A purchase whose attempt is written: the first, or the same once more. `purchase`: as `_purchase_of` writes
    it."""

    id: int
    connection_id: int
    marketplace_id: str
    reference: str
    key: str
    purchase: Mapping[str, Any] = field(repr=False)


# --- the next step


def offer_step(row: CourierLabel, now: datetime) -> LabelToQuote | LabelToDescribe | LabelToPurchase | Stays:
    """Of a label that waits. A purchase that comes out of here is written as attempted."""
    offers = read_offers(row.offers)
    live = offers is not None and offers.live(now)
    if row.purchase is not None and live:
        row.state = LabelState.ATTEMPTED
        return purchase_step(row)
    drop_purchase(row)
    marketplace = row.order.channel.marketplace_id
    choice = read_choice(row.choice)
    if offers is not None and live and choice is not None and choice.inputs is None:
        chosen = chosen_again(offers, choice, row.label_format)
        if isinstance(chosen, Offer) and chosen.needs_inputs:
            return LabelToDescribe(row.pk, row.label_service.connection_id, marketplace, offers.token, chosen.rate_id)
    return _quote(row)


def purchase_step(row: CourierLabel) -> LabelToPurchase:
    """The purchase as it is stored, under its key."""
    row.purchase_calls = min(row.purchase_calls + 1, 30_000)
    return LabelToPurchase(
        id=row.pk,
        connection_id=row.label_service.connection_id,
        marketplace_id=row.order.channel.marketplace_id,
        reference=row.reference,
        key=row.purchase_key,
        purchase=row.purchase,
    )


def drop_purchase(row: CourierLabel) -> None:
    """Surely nothing was bought with it."""
    row.purchase, row.purchase_key, row.purchase_calls = None, "", 0


def _quote(row: CourierLabel) -> LabelToQuote | Stays:
    order, code = row.order, row.label_service
    units = {int(line): int(count) for line, count in row.units}
    sender = SenderAddress.objects.filter(site=order.site_id).first()
    sides = (row.length_cm, row.width_cm, row.height_cm)
    stays = why_no_offers(parcel_to_quote(order, code, row.grams, sides, has_sender=sender is not None))
    if stays is not None or sender is None:
        return stays or Stays("")
    lines = SalesOrderLine.objects.filter(pk__in=units).order_by("pk")
    worth = Decimal(0)
    for line in lines:
        if line.amount_item is not None and line.quantity_ordered:
            worth += max(line.amount_item, Decimal(0)) * units[line.pk] / line.quantity_ordered
    return LabelToQuote(
        id=row.pk,
        connection_id=code.connection_id,
        marketplace_id=order.channel.marketplace_id,
        reference=row.reference,
        amazon_order_id=order.imported.amazon_order_id,
        items=tuple((line.order_item_id, units[line.pk]) for line in lines),
        grams=row.grams,
        sides=(row.length_cm or 1, row.width_cm or 1, row.height_cm or 1),
        worth=worth.quantize(Decimal("0.01")),
        currency=order.currency or order.channel.marketplace.currency,
        sender=_sender(sender, order.site.country or order.channel.marketplace.country),
    )


def _sender(row: SenderAddress, country: str) -> Sender:
    return Sender(row.name, row.line_1, row.line_2, row.town, row.county, row.postcode, country, row.phone, row.email)


def parcel_to_quote(
    order: SalesOrder,
    code: ConnectionService,
    grams: int | None,
    sides: Sequence[int | None],
    *,
    has_sender: bool,
) -> ParcelToQuote:
    """`order` with its channel, marketplace and site; `code` with its connection."""
    can = CAPABILITIES[code.connection.kind]
    marketplace = order.channel.marketplace
    length, width, height = sides
    return ParcelToQuote(
        order=order.code,
        marketplace=marketplace.name,
        sold_here=marketplace.country in can.countries,
        connection=code.connection.name,
        accounts_fit=order.channel.account_id == code.connection.account_id,
        own_address=bool(order.own_delivery),
        site=order.site.name,
        has_sender=has_sender,
        grams=grams,
        grams_at_most=min(code.grams_at_most or can.grams_at_most, can.grams_at_most),
        sides=(length, width, height),
    )


# --- which offer


def take_offers(row: CourierLabel, offers: Offers) -> Stays | None:
    """Offers came: one is to be bought, or a person chooses. Returns why none can be bought by the service's rule."""
    row.offers, row.error = write_offers(offers), ""
    choice = read_choice(row.choice)
    if choice is not None:
        _take_chosen(row, offers, choice)
        return None
    rule = row.label_service.rule or OfferRule.BY_HAND
    if row.by_hand or rule is OfferRule.BY_HAND:
        row.state = LabelState.CHOOSING
        row.error = "" if row.by_hand else "A person chooses its offer: press “Choose an offer” on the order’s page."
        return None
    picked = pick(offers, _wanted(row, rule), deliver_by=row.order.deliver_by)
    if isinstance(picked, Stays):
        return picked
    write_purchase(row, offers, picked.offer, picked.extras, None)
    return None


def _take_chosen(row: CourierLabel, offers: Offers, choice: Choice) -> None:
    chosen = chosen_again(offers, choice, row.label_format)
    if isinstance(chosen, Stays):
        row.state, row.choice, row.error = LabelState.CHOOSING, None, chosen.sentence % chosen.values
    elif not chosen.needs_inputs or choice.inputs is not None:
        write_purchase(row, offers, chosen, choice.extras, choice.inputs)


def take_inputs_schema(row: CourierLabel, schema: Mapping[str, Any]) -> None:
    """What a person must enter beside the offer that was chosen; nothing, where it is empty."""
    offers, choice = read_offers(row.offers), read_choice(row.choice)
    if offers is None or choice is None:
        return
    if not schema.get("properties"):
        choice = replace(choice, inputs={})
        row.choice = write_choice(choice)
        _take_chosen(row, offers, choice)
        return
    row.offers = {**(row.offers or {}), SCHEMA: dict(schema)}
    row.state = LabelState.CHOOSING


def _wanted(row: CourierLabel, rule: OfferRule) -> Wanted:
    code = row.label_service
    return Wanted(
        rule=rule,
        label_format=row.label_format,
        code=code.code,
        protection=code.protection,
        extras=tuple(code.extras.split()),
    )


def write_purchase(
    row: CourierLabel, offers: Offers, offer: Offer, extras: Sequence[str], inputs: Mapping[str, Any] | None
) -> None:
    """What is sent, with a key of its own; and what is known of the label before it is bought."""
    row.state = LabelState.WAITING
    row.purchase = {
        "token": offers.token,
        "rate_id": offer.rate_id,
        "document": dict(offer.documents[row.label_format]),
        "services": list(extras),
        "inputs": None if inputs is None else dict(inputs),
    }
    row.purchase_key, row.purchase_calls = f"wharfinger-{secrets.token_hex(20)}", 0
    row.bought_service = f"{offer.carrier}, {offer.service}"[:120]
    row.price, row.currency = offer.total(extras), offer.currency[:3]
    row.deliver_by = offer.deliver_by
    row.protections = protections(offer.included, [(one.benefit, one.reasons) for one in offer.excluded])


def protections(included: Sequence[str], excluded: Sequence[tuple[str, Sequence[str]]]) -> dict[str, Any]:
    return {"included": list(included), "excluded": [[benefit, list(reasons)] for benefit, reasons in excluded]}


def forget_offers(row: CourierLabel) -> None:
    """It is bought, or ended: what was offered and sent is of no use any more."""
    row.offers = row.choice = row.purchase = None
