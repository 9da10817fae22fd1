"""Safe mode: while the orders of a seller account are not seen, what it sells is offered less of. Pure.

Orders that nobody has read may have taken units already: on another account's listings, in another region, these would
be sold twice. Each account has its own setting; it holds for every listing of whatever it sells: `docs/stock-guard.md`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from wharfinger.domain.orders.blindness import BLIND_AFTER, Blind
from wharfinger.domain.sentences import N_
from wharfinger.domain.stock.rules import UNITS_AT_MOST, Fault, SafeLevel

USUAL_HOURS = 6
HOURS_AT_MOST = 240


@dataclass(frozen=True, slots=True)
class SafeSetting:
    """`after_hours`: for so long orders were not seen before quantities fall; None = they never do."""

    after_hours: int | None = None
    level: SafeLevel = SafeLevel()


def fault_in_setting(setting: SafeSetting) -> Fault | None:
    if setting.after_hours is not None and not 1 <= setting.after_hours <= HOURS_AT_MOST:
        return Fault(
            "after_hours",
            N_("Give a number of hours from 1 to %(at_most)s; not %(given)s."),
            {"at_most": HOURS_AT_MOST, "given": setting.after_hours},
        )
    if not 0 <= setting.level.percent <= 100:
        given = {"given": setting.level.percent}
        return Fault("percent", N_("Percent is a whole number from 0 to 100; not %(given)s."), given)
    if setting.level.cap is not None and not 0 <= setting.level.cap <= UNITS_AT_MOST:
        return Fault(
            "cap",
            N_("Give a number of units from 0 to %(at_most)s; not %(given)s."),
            {"at_most": UNITS_AT_MOST, "given": setting.level.cap},
        )
    return None


def begins(blind: Blind | None, after_hours: int | None, now: datetime) -> bool:
    """Whether orders were not seen for so long that quantities fall now."""
    return blind is not None and after_hours is not None and now - blind.since >= timedelta(hours=after_hours)


def ends(blind: Blind | None, read_until: datetime | None, *, untaken: bool, now: datetime) -> bool:
    """Whether orders are seen again, and caught up with. `untaken`: some that were read are not taken yet."""
    return blind is None and read_until is not None and now - read_until < BLIND_AFTER and not untaken


def lowest(levels: Iterable[SafeLevel]) -> SafeLevel:
    """Of several accounts' that sell one item."""
    every = tuple(levels)
    caps = [level.cap for level in every if level.cap is not None]
    return SafeLevel(min((level.percent for level in every), default=100), min(caps, default=None))
