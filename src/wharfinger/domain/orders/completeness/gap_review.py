"""What became of a gap: whether the order's download, or the search, has closed it. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from wharfinger.domain.orders.completeness.comparing import Cause, Ground, StatedOrder, differences, find_gap

TAKEN_WITHIN = timedelta(hours=1)
"""After its download an order is imported within minutes; longer, and something holds it."""
REFUSALS = frozenset((Cause.UNKNOWN_TO_AMAZON, Cause.REFUSED))


class Verdict(Enum):
    HEALED = auto()
    EXPLAINED = auto()
    STUCK = auto()
    WAITS = auto()
    DOWNLOAD = auto()


@dataclass(frozen=True, slots=True)
class GapNow:
    """A gap and everything that has happened about it. `amazon`: what the report said; `ours`: what we hold now;
    `message`: what Amazon's newest message of the order says, None where there is none that can be read.
    `downloaded_ago`: since Amazon returned the order by its number, None = it has not. `cause`: the last one known."""

    cause: Cause
    amazon: StatedOrder | None
    ours: StatedOrder | None
    message: StatedOrder | None
    downloaded_ago: timedelta | None
    wanted: bool


def review(gap: GapNow, ground: Ground) -> tuple[Verdict, Cause]:
    """What is to be done, and why."""
    if gap.amazon is not None:
        found = find_gap(gap.amazon, gap.ours, ground)
        if found is None:
            return Verdict.HEALED, Cause.UNEXPLAINED
        if found.cause is not Cause.UNEXPLAINED:
            return Verdict.EXPLAINED, found.cause
    if gap.downloaded_ago is not None:
        return _after_download(gap, gap.downloaded_ago)
    if gap.wanted:
        return Verdict.WAITS, gap.cause
    return (Verdict.STUCK, gap.cause) if gap.cause in REFUSALS else (Verdict.DOWNLOAD, Cause.UNEXPLAINED)


def _after_download(gap: GapNow, ago: timedelta) -> tuple[Verdict, Cause]:
    if gap.amazon is None:
        return Verdict.EXPLAINED, Cause.KNOWN_BY_NUMBER
    ours, message = gap.ours, gap.message
    if ours is not None and message is not None and message.updated_at <= ours.updated_at:
        agree = not differences(message, ours)
        return (Verdict.EXPLAINED, Cause.AMOUNTS_CONFIRMED) if agree else (Verdict.STUCK, Cause.BOOKS_DIFFER)
    return (Verdict.WAITS, gap.cause) if ago < TAKEN_WITHIN else (Verdict.STUCK, Cause.BOOKS_DIFFER)
