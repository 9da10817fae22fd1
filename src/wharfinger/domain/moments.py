"""Stored moments against a clock that was ahead for a while, as a computer's clock or its battery may be. Pure.

What was postponed until then would wait for the clock's time, which may be years; what happened then would count as the
newest for as long. A moment that lies further ahead than the rules would ever set it was written by such a clock: it
counts as come, and the next writing puts it right.
"""

from datetime import UTC, datetime, timedelta

CLOCKS_DIFFER = timedelta(minutes=2)
"""What the clocks of several computers may differ by."""
LONGEST_ROW_WAIT = timedelta(hours=1)
"""Of an order, a quantity, a parcel or an e-mail that is tried again: half an hour is the longest pause after failures,
with its jitter, and a spent rate limit adds some minutes."""

AMAZON_BEGAN = datetime(1996, 1, 1, tzinfo=UTC)
"""It sold its first book to the public in July 1995; dates of 1970 and 1995 come all the same, and mean that there is
none."""


def can_be(moment: datetime | None) -> datetime | None:
    """The moment, where an order of Amazon's can have it; None for one that no shop has ever seen."""
    return moment if moment is not None and moment >= AMAZON_BEGAN and moment.year < 2200 else None


def is_ahead(moment: datetime | None, now: datetime, longest: timedelta = timedelta(0)) -> bool:
    """Whether only a clock that was ahead can have set it; `longest`: how far ahead the rules may set it."""
    return moment is not None and moment > now + longest + CLOCKS_DIFFER


def is_recent(moment: datetime | None, now: datetime, within: timedelta) -> bool:
    """Whether it happened less than `within` ago. What has not happened yet did not."""
    return moment is not None and now - moment < within and not is_ahead(moment, now)
