"""Whether the installation stands: one finding for each thing that was looked at."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from wharfinger.domain.access.authorisation import REMIND_DAYS
from wharfinger.domain.counts import counted


class Verdict(StrEnum):
    WELL = "well"
    SOON = "soon"
    """Nothing is wrong yet, but somebody must act before long."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """`title` says what was looked at, `detail` what was seen; what is not well names its remedy."""

    verdict: Verdict
    title: str
    detail: str
    remedy: str = ""


def well(title: str, detail: str) -> Finding:
    return Finding(Verdict.WELL, title, detail)


def soon(title: str, detail: str, remedy: str) -> Finding:
    return Finding(Verdict.SOON, title, detail, remedy)


def wrong(title: str, detail: str, remedy: str) -> Finding:
    return Finding(Verdict.WRONG, title, detail, remedy)


def look_at_date(title: str, what: str, ends: date | None, today: date, remedy: str) -> Finding:
    """A date by which something must be renewed: over, near (the first reminder), or far."""
    if ends is None:
        return soon(title, f"the date on which {what} is not known", remedy)
    left = (ends - today).days
    if left < 0:
        return wrong(title, f"{what} on {ends:%d %b %Y}, {counted(-left, 'day')} ago", remedy)
    detail = f"{what} on {ends:%d %b %Y}, in {counted(left, 'day')}"
    return (
        soon(title, detail, remedy) if timedelta(days=left) <= timedelta(days=max(REMIND_DAYS)) else well(title, detail)
    )
