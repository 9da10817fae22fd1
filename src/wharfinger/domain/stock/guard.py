"""The write guard: a change that would empty a channel, or offer far too much, waits for a person. Pure.

A listing counts for the channel whose number is sent for it. What orders bring about is never held:
`docs/stock-guard.md`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wharfinger.domain.sentences import N_
from wharfinger.domain.stock.listing_quantity import Explained
from wharfinger.domain.stock.rules import Fault

LISTINGS_AT_MOST = 1_000_000
FACTOR_AT_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """What passes without a person: `zero_percent` and `more_percent` of a channel's listings may fall to 0, or be
    multiplied by more than `factor`; and of whatever share, fewer than `at_least` listings."""

    on: bool = True
    zero_percent: int = 30
    more_percent: int = 50
    factor: int = 10
    at_least: int = 20


def fault_in_limits(limits: GuardLimits) -> Fault | None:
    for name in ("zero_percent", "more_percent"):
        percent = getattr(limits, name)
        if not 0 <= percent <= 100:
            return Fault(name, N_("Percent is a whole number from 0 to 100; not %(given)s."), {"given": percent})
    if not 2 <= limits.factor <= FACTOR_AT_MOST:
        return Fault(
            "factor",
            N_("Give a factor from 2 to %(at_most)s; not %(given)s."),
            {"at_most": FACTOR_AT_MOST, "given": limits.factor},
        )
    if not 1 <= limits.at_least <= LISTINGS_AT_MOST:
        return Fault(
            "at_least",
            N_("Give a number of listings from 1 to %(at_most)s; not %(given)s."),
            {"at_most": LISTINGS_AT_MOST, "given": limits.at_least},
        )
    return None


@dataclass(frozen=True, slots=True)
class Change:
    """What waits for one listing. `was`: sent to Amazon last, else what Amazon showed; `wanted`: the number by now.

    Either is None where it is not known, or where nothing is to be sent. `held`: the guard held it before.
    """

    notice_id: int
    was: int | None
    wanted: int | None
    held: bool = False

    @property
    def zeroed(self) -> bool:
        return self.wanted == 0 and self.was is not None and self.was > 0

    def multiplied(self, factor: int) -> bool:
        """Nothing at all counts as one: from 0 to 500 units is as far as from 1."""
        return self.was is not None and self.wanted is not None and self.wanted > max(self.was, 1) * factor

    @property
    def changes(self) -> bool:
        return self.was is not None and self.wanted is not None and self.wanted != self.was


@dataclass(frozen=True, slots=True)
class Tally:
    """How many listings fall to 0, and how many are multiplied."""

    zeroed: int = 0
    multiplied: int = 0


def tally(changes: Iterable[Change], limits: GuardLimits) -> Tally:
    zeroed = multiplied = 0
    for change in changes:
        zeroed += change.zeroed
        multiplied += change.multiplied(limits.factor)
    return Tally(zeroed, multiplied)


def may_stop(found: Tally, limits: GuardLimits) -> bool:
    """Whether it depends on how many listings the channel has: they are counted only then."""
    return limits.on and max(found.zeroed, found.multiplied) >= limits.at_least


def stops(found: Tally, limits: GuardLimits, listings: int) -> bool:
    """Whether so much of a channel of so many listings waits for a person."""
    return may_stop(found, limits) and (
        _too_many(found.zeroed, limits.zero_percent, limits.at_least, listings)
        or _too_many(found.multiplied, limits.more_percent, limits.at_least, listings)
    )


def _too_many(count: int, percent: int, at_least: int, listings: int) -> bool:
    return count >= at_least and count * 100 > percent * listings


@dataclass(frozen=True, slots=True)
class Verdict:
    """The notices that are held, and those that pass. `stopped`: this change as a whole waits for a person."""

    hold: tuple[int, ...]
    free: tuple[int, ...]
    stopped: bool


def judge(fresh: Sequence[Change], limits: GuardLimits, listings: int, *, undecided: bool) -> Verdict:
    """What becomes of changes that the guard has not looked at yet, all of one channel.

    A change that goes too far is held whole. While one waits for a decision (`undecided`), what goes as far joins it;
    and what was held stays so, unless its number is no longer one to doubt. Everything else passes.
    """
    if not limits.on:
        return Verdict((), tuple(change.notice_id for change in fresh), stopped=False)
    stopped = stops(tally(fresh, limits), limits, listings)
    held: list[int] = []
    free: list[int] = []
    for change in fresh:
        doubted = change.zeroed or change.multiplied(limits.factor)
        holds = change.changes if stopped else doubted and (undecided or change.held)
        (held if holds else free).append(change.notice_id)
    return Verdict(tuple(held), tuple(free), stopped)


@dataclass(frozen=True, slots=True)
class Sold:
    """Units of an item that orders took."""

    item_id: int
    units: int


def kept_number(was: int, parts: Sequence[tuple[int, int]], sold: Iterable[Sold]) -> Explained:
    """What a held listing shows meanwhile: its number less what was sold since.

    `parts`: (item, units of it in one) of what the listing sells; `sold`: of these items, each in its own units. A kit
    is as scarce as its scarcest component.
    """
    units: dict[int, int] = {}
    for one in sold:
        units[one.item_id] = units.get(one.item_id, 0) + one.units
    taken = max((-(-units.get(item, 0) // needed) for item, needed in parts), default=0)
    number = max(0, was - taken)
    return Explained(number, (("Kept by the write guard", was), ("Sold since", -taken), ("Sent to Amazon", number)))
