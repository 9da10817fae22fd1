"""The attributes of a listing as sellers send them and read them again. Source: JSON listings schemas; issue 4356.

Entries of an attribute differ by their selectors; `replace` replaces the entries with the same ones only
(behaviour S03).
"""

from collections.abc import Sequence
from typing import Any

from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Listing, ListingUpdate
from amazon_simulator.world.prices import price_in
from amazon_simulator.world.quantities import last_submitted

Entries = list[dict[str, Any]]
AVAILABILITY = "fulfillment_availability"
OFFER = "purchasable_offer"
SELECTORS = ("marketplace_id", "language_tag", "audience", "fulfillment_channel_code", "type")
OF_STATE = (
    "item_name", "condition_type", OFFER, AVAILABILITY, "externally_assigned_product_identifier",
    "child_parent_sku_relationship", "variation_theme", "package_contains_sku",
)  # fmt: skip
"""What the world itself knows; everything else is kept as it was sent."""


def attributes_of(listing: Listing, markets: Sequence[str]) -> dict[str, Entries]:
    """All attributes in these marketplaces. The number is that of the first one's copy (models#4356)."""
    found = {name: attribute_of(listing, name, markets) for name in OF_STATE}
    for name, entries in listing.particulars.attributes.items():
        found[name] = [entry for entry in entries if entry.get("marketplace_id") in (None, *markets)]
    return {name: entries for name, entries in found.items() if entries}


def attribute_of(listing: Listing, name: str, markets: Sequence[str]) -> Entries:
    """The entries of one attribute."""
    more = listing.particulars
    match name:
        case "item_name":
            return [_entry(listing.title, market, has_language=True) for market in markets]
        case "condition_type":
            return [_entry(more.condition, market) for market in markets]
        case "purchasable_offer":
            return [offer for market in markets for offer in _offers(listing, market)]
        case "fulfillment_availability":
            market = markets[0] if markets else ""
            return [{**entry, "marketplace_id": market} for entry in _availability(listing, market)]
        case "externally_assigned_product_identifier":
            return [{"type": kind.lower(), "value": number} for kind, number in sorted(more.barcodes.items())]
        case "child_parent_sku_relationship":
            return [{"child_relationship_type": "variation", "parent_sku": more.parent}] if more.parent else []
        case "variation_theme":
            return [{"name": more.theme}] if more.theme else []
        case "package_contains_sku":
            return [{"sku": more.contains, "quantity": 1}] if more.contains else []
        case _:
            return list(more.attributes.get(name, []))


def _entry(value: str, market: str, *, has_language: bool = False) -> dict[str, str]:
    entry = {"value": value, "marketplace_id": market}
    return {**entry, "language_tag": MARKETS[market].language} if has_language else entry


def _offers(listing: Listing, marketplace: str) -> Entries:
    market = MARKETS[marketplace]
    prices = [("ALL", price_in(listing, market))]
    business = listing.particulars.business_prices.get(marketplace)
    if business is not None:
        prices.append(("B2B", business))
    return [
        {
            "marketplace_id": marketplace,
            "currency": market.currency,
            "audience": audience,
            "our_price": [{"schedule": [{"value_with_tax": float(price)}]}],
        }
        for audience, price in prices
    ]


def _as_it_is(listing: Listing) -> ListingUpdate:
    return ListingUpdate(
        0.0, listing.quantity, listing.lead_time, listing.restock_date, listing.channel, listing.second
    )


def _availability(listing: Listing, market: str) -> Entries:
    """What was submitted there last, taken effect or not (behaviours S01, S08), else what is offered."""
    newest = last_submitted(listing)
    if market and newest.market == market:
        return _automated(listing, availability(newest))
    return _automated(listing, availability(_as_it_is(listing), listing.particulars.copies.get(market)))


def _automated(listing: Listing, entries: Entries) -> Entries:
    """Automated handling time holds whatever lead time was sent; that attributes then show it is an assumption."""
    if listing.automated_days is None:
        return entries
    days = {"lead_time_to_ship_max_days": listing.automated_days}
    return [{**entry, **days} if entry["fulfillment_channel_code"] == "DEFAULT" else entry for entry in entries]


def availability(update: ListingUpdate, shown: int | None = None) -> Entries:
    """The channels of an offer; `shown` instead of the number where an old copy is read."""
    entries: Entries = []
    for code in filter(None, (update.channel, update.second)):
        entry: dict[str, Any] = {"fulfillment_channel_code": code}
        if code == "DEFAULT":
            entry["quantity"] = (update.quantity or 0) if shown is None else shown
            if update.lead_time is not None:
                entry["lead_time_to_ship_max_days"] = update.lead_time
            if update.restock_date:
                entry["restock_date"] = update.restock_date
        entries.append(entry)
    return entries


def patched(entries: Entries, op: str, value: Entries | None) -> Entries:
    """What an operation makes of an attribute's entries."""
    if op == "delete":
        return [] if not value else [entry for entry in entries if not any(_holds(entry, one) for one in value)]
    made = {_selected(entry): entry for entry in entries}
    for entry in value or []:
        key = _selected(entry)
        made[key] = {**made.get(key, {}), **entry} if op == "merge" else entry
    return list(made.values())


def _selected(entry: dict[str, Any]) -> str:
    return repr([(name, entry[name]) for name in SELECTORS if name in entry])


def _holds(entry: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """A selector that is sent must be the same; values beside it do not matter."""
    selectors = [name for name in SELECTORS if name in wanted]
    return bool(selectors) and all(entry.get(name) == wanted[name] for name in selectors)
