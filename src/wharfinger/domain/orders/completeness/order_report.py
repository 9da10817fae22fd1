"""When an order report is requested, and what of. Pure; days are the marketplace's."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wharfinger.domain.days import begins, day_of
from wharfinger.domain.labels import Labelled


class ReportState(Labelled):
    WANTED = "wanted", "To be requested"
    PREPARING = "preparing", "Amazon is preparing it"
    COMPARED = "compared", "Compared"
    NONE = "none", "Amazon made none"
    FAILED = "failed", "Failed"


class ReportPurpose(Labelled):
    PROOF = "proof", "Proof that nothing is missing"
    CATCH_UP = "catch_up", "Numbers to catch up by"


class WantedBy(Labelled):
    """What has an order downloaded by its number, the most urgent first."""

    PERSON = "person", "Retry Download"
    NOTIFICATION = "notification", "A notification of Amazon's"
    GAP = "gap", "A gap that the order report showed"
    CATCH_UP = "catch_up", "Catching up"
    CUSTOMISED = "customised", "An address of a customisation that has expired"


LONGEST_REPORT = timedelta(days=30)
"""Amazon makes no longer one."""
DAYS_CHECKED_AGAIN = 3
"""Complete days in each report: orders appear up to half a day late (behaviour O27), and are cancelled within days."""
EVERY_NIGHT_AT = time(3, 0)
"""In the zone of the account: the day before is over, and what appeared late has come."""
SPREAD = timedelta(hours=1)
"""Over which accounts are spread, so that one night's reports are not all requested at once."""
RETRY_AFTER = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(hours=12)
"""Of a report that Amazon does not finish."""
FIRST_LOOK, RARELY = timedelta(minutes=1), timedelta(minutes=10)
TRIES_A_NIGHT = 3
"""Reports that Amazon does not make: more would only use up the limit that all programs share."""


def next_night(after: datetime, zone: str, roll: float = 0.0) -> datetime:
    """The next time for a report; `roll` (0 to 1) is the account's place in the spread."""
    day = day_of(after, zone)
    while True:
        at = datetime.combine(day, EVERY_NIGHT_AT, ZoneInfo(zone)) + SPREAD * roll
        if at > after:
            return at.astimezone(after.tzinfo)
        day += timedelta(days=1)


def look_again_after(age: timedelta) -> timedelta:
    """How long to wait until the next look at a report that was requested so long ago."""
    return min(max(FIRST_LOOK, age / 4), RARELY)


def first_day_to_check(checked: Collection[date], today: date, starts: date) -> date:
    """Where the next report begins, in a marketplace's days: the last complete days again, and whatever before them no
    report has covered, as far as Amazon's reports and our own beginning reach."""
    earliest = max(today - LONGEST_REPORT + timedelta(days=1), starts)
    known = frozenset(checked)
    first = today - timedelta(days=DAYS_CHECKED_AGAIN)
    unproven = earliest
    while unproven < first and unproven in known:
        unproven += timedelta(days=1)
    return max(earliest, min(first, unproven))


def report_begins(
    now: datetime, zones: Mapping[str, str], checked: Mapping[str, Collection[date]], starts_at: datetime
) -> datetime:
    """Where a report that is requested now begins, so that each marketplace has what it needs. `checked`: marketplace →
    days that were covered; `starts_at`: the earliest Start Date. Never longer ago than Amazon takes."""
    moments = [
        begins(first_day_to_check(checked.get(marketplace, ()), day_of(now, zone), day_of(starts_at, zone)), zone)
        for marketplace, zone in zones.items()
    ]
    return max(min(moments, default=starts_at), now - LONGEST_REPORT)
