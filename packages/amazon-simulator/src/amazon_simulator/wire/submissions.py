"""What a submission makes of a listing: read whole or refused with issues, and only then carried out.

Used by patchListingsItem, putListingsItem and deleteListingsItem; a feed's messages do the same. Source: model
listingsItems_2021-08-01.json; behaviours S03, S04, S12; models#4841.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from amazon_simulator.core.clock import from_iso
from amazon_simulator.representations.listing_attributes import (
    AVAILABILITY,
    OF_STATE,
    OFFER,
    Entries,
    attribute_of,
    availability,
    patched,
)
from amazon_simulator.world import World
from amazon_simulator.world.catalogue import DECIMALS, MARKETS, in_currency
from amazon_simulator.world.entities import Listing, ListingUpdate, Particulars
from amazon_simulator.world.quantities import last_submitted

QUANTITY_AT_MOST = 99_999_999
LEAD_TIME_AT_MOST = 30
GUARD = Decimal("9999.99")
"""The highest price that a seller may set unless the offer says another; in the currency, however cheap it is (S12)."""
CONDITIONS = (
    "new_new", "new_open_box", "new_oem", "refurbished_refurbished", "used_like_new", "used_very_good", "used_good",
    "used_acceptable", "collectible_like_new", "collectible_very_good", "collectible_good", "collectible_acceptable",
    "club_club",
)  # fmt: skip
REQUIRED = {
    "LISTING": ("item_name", "condition_type", OFFER),
    "LISTING_PRODUCT_ONLY": ("item_name",),
    "LISTING_OFFER_ONLY": ("condition_type", OFFER),
}
NEVER_WITHOUT = ("item_name", "condition_type", OFFER)
PATH = "/attributes/"


class Refused(Exception):
    """The submission is INVALID: one issue."""

    def __init__(self, code: str, message: str, attribute: str, category: str = "INVALID_ATTRIBUTE") -> None:
        super().__init__(message)
        self.issue = issue_json(code, message, attribute, category)


def issue_json(
    code: str, message: str, attribute: str, category: str = "INVALID_ATTRIBUTE", severity: str = "ERROR"
) -> dict[str, Any]:
    return {
        "code": code,
        "message": message,
        "severity": severity,
        "categories": [category],
        "attributeNames": [attribute],
    }


def plan_patch(
    listing: Listing, market: str, region: str, product_type: str, patches: Sequence[Mapping[str, Any]]
) -> ListingUpdate:
    """What the patches make of the listing, sent through a marketplace; raises Refused with the reason."""
    _least_same_type(listing, product_type)
    made: dict[str, Entries] = {}
    for patch in patches:
        name = _attribute(str(patch["path"]))
        value = patch.get("value") or []
        if name == AVAILABILITY:
            _read_channels(value, region, at_all=patch["op"] == "delete")
        if not value and patch["op"] != "delete":
            raise Refused("90000900", f"The attribute '{name}' needs at least one entry.", _shown(name))
        entries = made[name] if name in made else _held(listing, name, market)
        made[name] = patched(entries, patch["op"], _at(value, name, market))
        if name in NEVER_WITHOUT and not made[name]:
            raise _missing(name)
    return _plan(listing, market, made)


def plan_put(listing: Listing | None, market: str, region: str, body: Mapping[str, Any]) -> ListingUpdate:
    """What a whole submission makes of a listing, or of a SKU that is not there yet."""
    attributes = body["attributes"]
    for name in REQUIRED.get(body.get("requirements") or "LISTING", ()):
        if not attributes.get(name):
            raise _missing(name)
    for name, value in attributes.items():
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise Refused("90000900", "The attributes are invalid.", _shown(name))
    if AVAILABILITY in attributes:
        _read_channels(attributes[AVAILABILITY], region)
    made = {name: _at(value, name, market) for name, value in attributes.items()}
    if listing is not None:
        _least_same_type(listing, body["productType"])
        dropped = [*listing.particulars.attributes, *(name for name in OF_STATE if name not in NEVER_WITHOUT)]
        made = {**{name: [] for name in dropped if name != AVAILABILITY}, **made}
    base = listing or Listing("", "", "", "", "", "DEFAULT", 0, [market], quantity=0)
    plan = _plan(base, market, made)
    return msgspec.structs.replace(plan, more=plan.more or msgspec.structs.replace(base.particulars))


def carry_out(world: World, listing: Listing, plan: ListingUpdate, now: float, later: float = 0.0) -> None:
    """It takes effect a little later, as everything at Amazon."""
    plan.at = now
    world.quantities.submit(listing, plan, later=later)


def _least_same_type(listing: Listing, product_type: str) -> None:
    if product_type not in (listing.product_type, "PRODUCT"):
        raise Refused("4000003", "The product type is not that of the listing.", "product_type")


def _attribute(path: str) -> str:
    name = path.removeprefix(PATH)
    if not path.startswith(PATH) or not name or "/" in name:
        raise Refused(
            "90000900",
            f"The path '{path[:100]}' is not supported: only top-level attributes.",
            _shown(AVAILABILITY),
        )
    return name


def _shown(name: str) -> str:
    """Issues name this one attribute by its path in camel case (behaviour S04)."""
    return "fulfillmentAvailability" if name == AVAILABILITY else name


def _missing(name: str) -> Refused:
    return Refused("90220", f"'{name}' is required but not supplied.", name, "MISSING_ATTRIBUTE")


def _held(listing: Listing, name: str, market: str) -> Entries:
    """An attribute in this marketplace as it will be once all that was accepted has taken effect."""
    if name == AVAILABILITY:
        return availability(last_submitted(listing))
    return attribute_of(_to_come(listing), name, [market])


def _to_come(listing: Listing) -> Listing:
    waits = next((update for update in reversed(listing.waiting) if update.more is not None), None)
    if waits is None:
        return listing
    return msgspec.structs.replace(listing, more=waits.more, title=waits.title or listing.title)


def _at(value: Entries, name: str, market: str) -> Entries:
    """Offers and names without a marketplace are meant for the one that was called; a quantity is the region's."""
    if name == AVAILABILITY:
        return [{key: member for key, member in entry.items() if key != "marketplace_id"} for entry in value]
    if name not in ("item_name", "condition_type", OFFER):
        return value
    standing = {"audience": "ALL"} if name == OFFER else {}
    if name == "item_name":
        standing = {"language_tag": MARKETS[market].language}
    return [{"marketplace_id": market, **standing, **entry} for entry in value]


def _read_channels(entries: Entries, region: str, *, at_all: bool = False) -> None:
    """`at_all`: only the codes matter, for they are taken away."""
    for entry in entries:
        code = entry.get("fulfillment_channel_code")
        if code not in ("DEFAULT", f"AMAZON_{region}"):
            message = f"The fulfillment channel code '{str(code)[:100]}' is not valid for this listing."
            raise Refused("90000900", message, _shown(AVAILABILITY))
        if code == "DEFAULT" and not at_all:
            _read_quantity(entry)


def _read_quantity(entry: dict[str, Any]) -> None:
    """A lead time without a quantity is not taken (models#4841)."""
    quantity, lead_time = entry.get("quantity"), entry.get("lead_time_to_ship_max_days")
    if type(quantity) is not int or not 0 <= quantity <= QUANTITY_AT_MOST:
        message = f"'Quantity' is required and must be a whole number from 0 to {QUANTITY_AT_MOST}."
        raise Refused("90000900", message, _shown(AVAILABILITY))
    if lead_time is not None and (type(lead_time) is not int or not 0 <= lead_time <= LEAD_TIME_AT_MOST):
        message = f"'Lead time' must be a whole number of days from 0 to {LEAD_TIME_AT_MOST}."
        raise Refused("90000900", message, _shown(AVAILABILITY))
    restock = entry.get("restock_date")
    if restock is not None and not _is_day(restock):
        raise Refused("90000900", "'Restock date' must be a date like 2026-12-24.", _shown(AVAILABILITY))


def _is_day(text: object) -> bool:
    try:
        from_iso(str(text))
    except ValueError:
        return False
    return isinstance(text, str)


@dataclass
class _Rest:
    """What becomes of everything but the quantity."""

    more: Particulars
    title: str = ""
    touched: bool = False
    kept: dict[str, Entries] = field(default_factory=dict)


def _plan(listing: Listing, market: str, made: dict[str, Entries]) -> ListingUpdate:
    """One update for all that was made of the attributes."""
    base = _to_come(listing)
    more = msgspec.structs.replace(
        base.particulars,
        prices=dict(base.particulars.prices),
        business_prices=dict(base.particulars.business_prices),
        attributes=dict(base.particulars.attributes),
    )
    rest = _Rest(more)
    for name, entries in made.items():
        if name != AVAILABILITY:
            _read_attribute(rest, name, entries, market)
    plan = ListingUpdate(0.0, offers=False, market=market)
    if AVAILABILITY in made:
        plan = _offer(made[AVAILABILITY], market)
    if rest.touched:
        plan.more, plan.title = rest.more, rest.title
    return plan


def _offer(entries: Entries, market: str) -> ListingUpdate:
    """The channels that stand at the end; none is none of the seller's, with nothing left."""
    codes = [entry["fulfillment_channel_code"] for entry in entries]
    own = next((entry for entry in entries if entry["fulfillment_channel_code"] == "DEFAULT"), None)
    others = [code for code in codes if code != "DEFAULT"]
    if own is None and others:
        return ListingUpdate(0.0, None, None, channel=others[0], market=market)
    if own is None:
        return ListingUpdate(0.0, 0, None, market=market)
    return ListingUpdate(
        0.0,
        own["quantity"],
        own.get("lead_time_to_ship_max_days"),
        own.get("restock_date") or "",
        second=others[0] if others else "",
        market=market,
    )


def _read_attribute(rest: _Rest, name: str, entries: Entries, market: str) -> None:
    rest.touched = True
    match name:
        case "item_name":
            rest.title = _text(entries, name, "value", market)
        case "condition_type":
            rest.more.condition = _text(entries, name, "value", market)
            if rest.more.condition not in CONDITIONS:
                raise Refused("90000900", f"The condition '{rest.more.condition[:60]}' is not valid.", name)
        case "purchasable_offer":
            prices, business = _read_prices(entries)
            rest.more.prices |= prices
            rest.more.business_prices.pop(market, None)
            rest.more.business_prices |= business
        case "externally_assigned_product_identifier":
            rest.more.barcodes = {
                _text([entry], name, "type").upper(): _text([entry], name, "value") for entry in entries
            }
        case "child_parent_sku_relationship":
            rest.more.parent = _text(entries, name, "parent_sku") if entries else ""
        case "variation_theme":
            rest.more.theme = _text(entries, name, "name") if entries else ""
        case "package_contains_sku":
            rest.more.contains = _text(entries, name, "sku") if entries else ""
        case _ if entries:
            rest.more.attributes[name] = entries
        case _:
            rest.more.attributes.pop(name, None)


def _text(entries: Entries, name: str, member: str, market: str = "") -> str:
    """A member of the marketplace's entry, or of the first."""
    if not entries:
        raise _missing(name)
    entry = next((one for one in entries if market and one.get("marketplace_id") == market), entries[0])
    value = entry.get(member)
    if not isinstance(value, str) or not 1 <= len(value) <= 500:
        raise Refused("90000900", f"'{name}' needs a '{member}' of 1 to 500 characters.", name)
    return value


def _read_prices(entries: Entries) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """By marketplace, for everybody and for businesses."""
    prices: dict[str, Decimal] = {}
    business: dict[str, Decimal] = {}
    for entry in entries:
        market = MARKETS.get(str(entry.get("marketplace_id")))
        if market is None or entry.get("currency", market.currency) != market.currency:
            raise Refused("90000900", "The currency is not that of the marketplace.", OFFER, "INVALID_PRICE")
        price = _amount(entry, "our_price")
        if price is None:
            raise _missing("our_price")
        guard = _amount(entry, "maximum_seller_allowed_price") or GUARD.scaleb(2 - DECIMALS.get(market.currency, 2))
        if price >= guard:
            message = f"The maximum-seller-allowed-price ({guard}) must be greater than the price ({price})."
            raise Refused("95021", message, OFFER, "INVALID_PRICE")
        (business if entry.get("audience") == "B2B" else prices)[market.id] = in_currency(price, market.currency)
    return prices, business


def _amount(entry: dict[str, Any], name: str) -> Decimal | None:
    """`[{"schedule": [{"value_with_tax": 9.99}]}]`, None where the entry has none."""
    price = entry.get(name)
    if price is None:
        return None
    try:
        value = price[0]["schedule"][0]["value_with_tax"]
    except (KeyError, IndexError, TypeError):
        value = None
    if type(value) not in (int, float) or not 0 < value < 10**9:
        raise Refused("90000900", f"'{name}' needs a schedule with a value_with_tax.", OFFER, "INVALID_PRICE")
    return Decimal(str(value))
