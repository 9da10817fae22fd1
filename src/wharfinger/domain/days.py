"""A day is the marketplace's day: where it begins and ends, and which zone the ship-by times speak of.

Zones are names of the IANA database. A midnight that a change of clocks leaves out (Africa/Cairo, each April) is
the moment of the change: `zoneinfo` reads a time in the gap by the offset before it.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wharfinger.domain.marketplaces import MARKETPLACES

CHECKED_ORDERS = 20
"""So many orders must contradict a zone before another one is proposed."""
_FIT = 0.9
"""A zone fits when nine of ten ship-by times end a day in it: same-day promises end earlier."""

_MORE_ZONES = {
    "US": ("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix"),
    "CA": ("America/Toronto", "America/Halifax", "America/Winnipeg", "America/Edmonton", "America/Vancouver"),
    "MX": ("America/Mexico_City", "America/Tijuana"),
    "BR": ("America/Sao_Paulo", "America/Manaus"),
    "AU": ("Australia/Perth", "Australia/Brisbane", "Australia/Adelaide", "Australia/Darwin"),
}
"""Further zones of countries that have several."""


def day_of(moment: datetime, zone: str) -> date:
    """The day on which it is that moment in the zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def begins(day: date, zone: str) -> datetime:
    """The first moment of the day in the zone, in UTC."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def ends(day: date, zone: str) -> datetime:
    """The first moment after the day: 23, 24 or 25 hours later."""
    return begins(day + timedelta(days=1), zone)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or that month's last."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def ends_a_day(moment: datetime, zone: str) -> bool:
    """Whether the next second begins a day of the zone, as Amazon's ship-by times do: 23:59:59."""
    after = (moment + timedelta(seconds=1)).replace(microsecond=0)
    return after == begins(day_of(after, zone), zone)


def zone_that_fits(ship_by: Sequence[datetime], zone: str, country: str = "") -> str | None:
    """Another zone that the ship-by times speak of; None while they agree with `zone`, or agree with no zone.

    Of several that fit, one of the country comes first, then the marketplaces' in the order of the table.
    """
    against = sum(not ends_a_day(moment, zone) for moment in ship_by)
    if against < CHECKED_ORDERS:
        return None
    fitting = (other for other in _candidates(country) if other != zone and _fits(ship_by, other))
    return next(fitting, None)


def _fits(ship_by: Sequence[datetime], zone: str) -> bool:
    return sum(ends_a_day(moment, zone) for moment in ship_by) >= _FIT * len(ship_by)


def _candidates(country: str) -> Iterable[str]:
    home = [facts.zone for facts in MARKETPLACES if facts.country == country]
    return dict.fromkeys((*home, *_MORE_ZONES.get(country, ()), *(facts.zone for facts in MARKETPLACES), "UTC"))
