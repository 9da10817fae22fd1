"""What quantity should be sent to Amazon for one SKU, and why. Pure: facts in, a decision out.

`quantity = min(cap, round(percent × max(0, available − buffer)))`, less of it in safe mode, and 0 where that is at or
below the rule's send-zero level. A kit's available is that of its scarcest component. What was never counted is
unknown, which is not zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.handling import UNTOUCHED, LeadTime, OwnHandling, lead_time_to_send
from wharfinger.domain.stock.ledger import Level, kit_available
from wharfinger.domain.stock.rules import EVERYTHING, NO_RULE, ROUNDED, Resolved, Rule

LOW = 5
"""At this many available units or fewer a listing is sent before the others."""


_AVAILABLE = ("Available", "Kits that can be assembled")


@dataclass(frozen=True, slots=True)
class Explained:
    """A number with the whole sum that led to it; the last step is the number itself."""

    quantity: int
    steps: tuple[tuple[str, int], ...]

    @property
    def available(self) -> int:
        """What the rule was applied to: units, or kits that can be assembled."""
        return next(number for label, number in self.steps if label in _AVAILABLE)

    def as_why(self) -> dict[str, Any]:
        return {"quantity": self.quantity, "steps": [list(step) for step in self.steps]}


def listing_quantity(level: Level, rule: Rule = EVERYTHING) -> Explained:
    """The quantity for one item at one site."""
    steps = [("On hand", level.on_hand), ("Allocated", -level.allocated), ("Available", level.available)]
    return _shown(level.available, steps, rule)


Components = tuple[tuple[str, Level, int], ...]
"""Of a kit: (stock code, level, units in one kit) of each."""


def kit_quantity(components: Components, rule: Rule = EVERYTHING) -> Explained:
    """The quantity for a kit."""
    kits = _kits(components)
    return _shown(kits, [*_kit_steps(components), ("Kits that can be assembled", kits)], rule)


def _kits(components: Components) -> int:
    return kit_available(tuple((level.available, needed) for _, level, needed in components))


def _kit_steps(components: Components, at: str = "") -> list[tuple[str, int]]:
    return [
        (f"Kits from {code}{at} ({level.available} ÷ {needed})", level.available // needed)
        for code, level, needed in components
    ]


def group_quantity(levels: Sequence[tuple[str, Level]], rule: Rule = EVERYTHING) -> Explained:
    """The quantity for one item at several sites, by (site, level): what they have available adds up. What is lacking
    at one is no debt of another: its minus counts as 0."""
    steps: list[tuple[str, int]] = []
    for site, level in levels:
        steps += [(on_hand_at(site), level.on_hand), (allocated_at(site), -level.allocated)]
        steps.append((f"Available at {site}", max(0, level.available)))
    available = sum(max(0, level.available) for _, level in levels)
    return _shown(available, [*steps, ("Available", available)], rule)


def group_kit_quantity(sites: Sequence[tuple[str, Components]], rule: Rule = EVERYTHING) -> Explained:
    """As `group_quantity` for a kit: each is assembled of components of one site."""
    steps: list[tuple[str, int]] = []
    for site, components in sites:
        steps += _kit_steps(components, f" at {site}")
        steps.append((f"Kits at {site}", max(0, _kits(components))))
    kits = sum(max(0, _kits(components)) for _, components in sites)
    return _shown(kits, [*steps, ("Kits that can be assembled", kits)], rule)


def on_hand_at(site: str) -> str:
    """The step of a group's sum."""
    return f"On hand at {site}"


def allocated_at(site: str) -> str:
    return f"Allocated at {site}"


def _shown(available: int, steps: list[tuple[str, int]], rule: Rule) -> Explained:
    if rule.buffer:
        steps.append(("Buffer kept back", -rule.buffer))
    quantity = rule.share(available - rule.buffer)
    if rule.shares:
        steps += [("Percent shown", rule.percent)]
        steps += [("Percents of all its listings", rule.shares)] if rule.shares > 100 else []
        steps += [("Share, rounded down", quantity)]
    elif rule.percent != 100:
        steps += [("Percent shown", rule.percent), (ROUNDED[rule.rounding], quantity)]
    if rule.cap is not None and quantity > rule.cap:
        quantity = rule.cap
        steps.append(("Largest number shown", quantity))
    if rule.safe is not None:
        quantity = rule.safe.of(quantity)
        steps.append(("Percent shown while orders are not seen", rule.safe.percent))
        steps += [("Largest number meanwhile", rule.safe.cap)] if rule.safe.cap is not None else []
        steps.append(("Safe number", quantity))
    if 0 < quantity <= rule.send_zero_at:
        quantity = 0
        steps.append(("Sent as 0 at or below", rule.send_zero_at))
    return Explained(quantity, (*steps, ("Sent to Amazon", quantity)))


@dataclass(frozen=True, slots=True)
class OrdersAwaited:
    """A larger number is kept back: Amazon showed fewer at `fell_at`, and the orders up to then are not all read.

    Looked at again at `until`.
    """

    fell_at: datetime
    until: datetime


def orders_awaited(
    fell_at: datetime | None, raised_at: datetime | None, again_at: datetime | None, attempts: int
) -> OrdersAwaited | None:
    """By a listing's fall and its notice. One that was never attempted is postponed for unread orders only."""
    if fell_at is None or raised_at is None or again_at is None or attempts or again_at <= raised_at:
        return None
    return OrdersAwaited(fell_at, again_at)


@dataclass(frozen=True, slots=True)
class SellingChannel:
    """A channel that sells the SKU, with the item it is linked to there and the sites it sells from: (id, name), one,
    or those of a group by priority.

    `site_name`: of the site or the group.

    `explained` None = the level was never counted. `silent` = why this channel sends nothing; empty = it sends.
    `rule`: what holds for the item there; `applied`: the same with what the item's listings share; `leads`: its rule
    holds wherever channels of the account differ.
    """

    name: str
    marketplace_id: str
    item_id: int
    item_code: str
    sites: tuple[tuple[int, str], ...]
    site_name: str
    silent: str
    explained: Explained | None
    channel_id: int = 0
    rule: Resolved = NO_RULE
    applied: Rule = EVERYTHING
    leads: bool = False
    handling: int | None = None
    """The handling time of a period in force; None = Amazon's own stays."""

    @property
    def summary(self) -> str:
        return f"{self.name}: {self.item_code} at {self.site_name or 'no site'}, {self.rule.rule.summary()}"


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """One Amazon SKU of a seller account, with everything that decides its quantity.

    `chosen_channel_id`: the channel whose rule a person chose for this SKU, where channels differ. `location_codes`:
    the seller's locations at Amazon that hold its units.
    """

    listing_id: int
    sku: str
    fulfilment: str
    gone: bool
    product_type: str
    linked: bool
    channels: tuple[SellingChannel, ...]
    chosen_channel_id: int | None = None
    location_codes: str = ""
    handling: OwnHandling = UNTOUCHED


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell Amazon this number, through this marketplace (one is enough: the number is the region's).

    `senders`: the names of all channels that it is the number of. `lead_time`: sent beside it, the longest of theirs.
    """

    marketplace_id: str
    channel: SellingChannel
    explained: Explained
    senders: tuple[str, ...] = ()
    lead_time: LeadTime | None = None


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing is sent, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two channels would tell different numbers for the one quantity that Amazon holds."""

    reason: str


def decide(listing: ListingFacts) -> Tell | Silent | Conflict:
    """What to tell Amazon about this SKU now."""
    hindrance = _hindrance(listing)
    if hindrance:
        return Silent(hindrance)
    senders = [channel for channel in listing.channels if not channel.silent]
    if not senders:
        return Silent(listing.channels[0].silent)
    sender = _sender(listing, senders)
    if sender is None:
        differences = "; ".join(channel.summary for channel in _different(senders))
        return Conflict(f"Amazon holds one quantity for SKU {listing.sku}, but the channels differ: {differences}.")
    if not sender.sites:
        return Silent(f"{sender.name} has no Site. Set Site in its (Global) options list.")
    if sender.explained is None:
        return Silent(f"{sender.item_code} was never counted at {sender.site_name}, so its stock is unknown. Count it.")
    wanted = max((each.handling for each in senders if each.handling is not None), default=None)
    lead_time = lead_time_to_send(wanted, listing.handling)
    return Tell(sender.marketplace_id, sender, sender.explained, tuple(each.name for each in senders), lead_time)


def _different(senders: Sequence[SellingChannel]) -> list[SellingChannel]:
    """One channel for each source of a number."""
    return list({(each.sites, each.item_id, each.rule.rule): each for each in reversed(senders)}.values())[::-1]


def _sender(listing: ListingFacts, senders: Sequence[SellingChannel]) -> SellingChannel | None:
    """The channel whose number is sent. Where sites or rules differ, the one that a person chose for the SKU, else for
    the account; a SKU that means two stock items is a mistake that no choice of a rule may hide. None = a conflict."""
    if len(_different(senders)) == 1:
        return senders[0]
    if len({each.item_id for each in senders}) > 1:
        return None
    chosen = [each for each in senders if each.channel_id == listing.chosen_channel_id]
    return next(iter([*chosen, *(each for each in senders if each.leads)]), None)


def _hindrance(listing: ListingFacts) -> str:
    if listing.fulfilment == Fulfilment.FBA:
        return "Amazon fulfils this SKU (FBA): its quantity is never sent."
    if listing.location_codes:
        return (
            f"Locked: locations at Amazon hold this SKU's units ({listing.location_codes}). A quantity of ours would "
            "add to theirs and oversell. Remove the SKU from Multi-Location Inventory in Seller Central to send it "
            "from here."
        )
    if listing.gone:
        return "The listing no longer exists at Amazon."
    if listing.fulfilment != Fulfilment.FBM:
        return "Amazon has not yet said who fulfils this SKU, you or Amazon."
    if not listing.linked:
        return "Not linked to a stock item."
    if not listing.channels:
        return "None of your FBM channels sells it."
    if not listing.product_type:
        return "Amazon has not yet sent the listing's product type; it comes with the next download of the listings."
    return ""


def urgency(decision: Tell | Silent | Conflict) -> int:
    """2 = nothing left to sell, 1 = low, 0 = the rest. The larger goes to Amazon first."""
    if not isinstance(decision, Tell):
        return 0
    if decision.explained.quantity == 0:
        return 2
    return 1 if decision.explained.quantity <= LOW else 0
