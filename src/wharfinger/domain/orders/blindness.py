"""Since when nothing of Amazon's orders is seen any more, and whose fault that is. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from wharfinger.domain.labels import Labelled

BLIND_AFTER = timedelta(minutes=15)
"""Searching comes round every three minutes: what lasts longer is no single failed run."""
_SAID = re.compile(r"^\w+: (?P<said>\d{3}|no answer)\b")


class Whose(Labelled):
    AMAZON = "amazon", "Amazon's own fault"
    NETWORK = "network", "No answer: Amazon's side, or the network between"
    ACCESS = "access", "Access at Amazon was lost"
    REFUSAL = "refusal", "Amazon refuses the search"
    OURS = "ours", "A fault here"


@dataclass(frozen=True, slots=True)
class Search:
    """How the search for orders goes. `read_until`: everything up to then was read, None = nothing yet; `error`: of its
    last run, empty where that ended well; `lost_at`: when access was lost, while it is; `works`: a worker reports."""

    read_until: datetime | None
    error: str
    lost_at: datetime | None
    works: bool


@dataclass(frozen=True, slots=True)
class Blind:
    since: datetime
    whose: Whose


def blind(search: Search, now: datetime) -> Blind | None:
    """None while orders are seen, or while nothing was ever read (the account is just being set up)."""
    if search.read_until is None:
        return None
    if search.lost_at is not None:
        return Blind(min(search.lost_at, search.read_until), Whose.ACCESS)
    if now - search.read_until < BLIND_AFTER or (search.works and not search.error):
        return None
    return Blind(search.read_until, _whose(search))


def _whose(search: Search) -> Whose:
    if not search.works:
        return Whose.OURS
    match = _SAID.match(search.error)
    if match is None:
        return Whose.OURS
    said = match["said"]
    if said == "no answer":
        return Whose.NETWORK
    if said.startswith("5") or said in ("408", "429"):
        return Whose.AMAZON
    return Whose.NETWORK if said == "200" else Whose.REFUSAL
