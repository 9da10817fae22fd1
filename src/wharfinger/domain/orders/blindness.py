"""Since when nothing of Amazon's orders is seen any more, and whose fault that is. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from wharfinger.domain.labels import Labelled
from wharfinger.domain.sentences import N_

BLIND_AFTER = timedelta(minutes=15)
"""Searching comes round every three minutes: what lasts longer is no single failed run."""
STARVED_AFTER = timedelta(minutes=45)
"""Waiting for Amazon's rate is usual, a search of each account being paid for every three minutes."""


class Whose(Labelled):
    """Whose fault a failed run is. Stored with the run, by who knows Amazon's errors."""

    AMAZON = "amazon", "Amazon's own fault"
    RATE = "rate", "Amazon's rate limit, which another program of this seller may use up"
    NETWORK = "network", "No answer: Amazon's side, or the network between"
    ACCESS = "access", "Access at Amazon was lost"
    REFUSAL = "refusal", "Amazon refuses the search"
    OURS = "ours", "A fault here"


REMEDIES = {
    Whose.AMAZON: N_(
        "Nothing is to be done here: it is tried again automatically, less often each time. Amazon's own state "
        "stands on the health page of the Selling Partner API; new orders can be seen in Seller Central meanwhile."
    ),
    Whose.RATE: N_(
        "Look under Seller Central, Manage Your Apps, for another program that reads orders, and slow it down or "
        "remove it. Searching continues automatically as soon as the limit allows it."
    ),
    Whose.NETWORK: N_(
        "Check that this computer reaches the internet, then press “Try now”. It is tried again automatically."
    ),
    Whose.ACCESS: N_("Press “Authorise again” on one of the account's channels."),
    Whose.REFUSAL: N_(
        "The message says what Amazon objects to. A missing role is added in the Solution Provider Portal, then "
        "authorise again; a wrong client secret is entered under Settings."
    ),
    Whose.OURS: N_(
        "See that the worker runs (“wharfinger doctor” says it), then press “Try now”. If it stays, report the message."
    ),
}
"""What a person does about it."""


@dataclass(frozen=True, slots=True)
class Search:
    """How the search for orders goes. `read_until`: everything up to then was read, None = nothing yet; `failed`: its
    last run did; `fault`: whose that was, None = not known; `lost_at`: when access was lost, while it is; `works`: a
    worker reports; `throttled`: its last runs read nothing, for want of Amazon's rate."""

    read_until: datetime | None
    failed: bool
    fault: Whose | None
    lost_at: datetime | None
    works: bool
    throttled: bool = False


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
    behind = now - search.read_until
    if behind < BLIND_AFTER:
        return None
    if search.works and not search.failed:
        return Blind(search.read_until, Whose.RATE) if search.throttled and behind >= STARVED_AFTER else None
    return Blind(search.read_until, (search.fault or Whose.OURS) if search.works else Whose.OURS)
