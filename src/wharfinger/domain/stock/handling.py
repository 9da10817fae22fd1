"""Handling times: in how many days a listing promises that the seller hands a parcel over, set for some days. Pure.

Amazon holds one handling time (its *lead time*) for a SKU in the whole region. While a period of ours is in force it is
sent with each quantity; afterwards the listing gets back what it had.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wharfinger.domain.days import begins, ends
from wharfinger.domain.labels import Labelled
from wharfinger.domain.sentences import N_

DAYS_AT_MOST = 30
MISSES_UNTIL_WITHOUT_EFFECT = 3
"""Looks in a row at which Amazon showed another handling time than the one sent: sent again until then."""


class PeriodState(Labelled):
    COMING = "coming", "Coming"
    IN_FORCE = "in_force", "In force"
    OVER = "over", "Over"


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days of the marketplaces; without a last one it goes on until somebody ends it."""

    first: date
    last: date | None = None

    def state(self, zones: Iterable[str], now: datetime) -> PeriodState:
        """It begins with the earliest midnight of these zones and ends with the latest: nobody is promised too soon."""
        known = tuple(zones) or ("UTC",)
        if now < min(begins(self.first, zone) for zone in known):
            return PeriodState.COMING
        if self.last is not None and now >= max(ends(self.last, zone) for zone in known):
            return PeriodState.OVER
        return PeriodState.IN_FORCE


@dataclass(frozen=True, slots=True)
class PeriodInForce:
    """For the listings of a channel, for those whose item or channel has a stock profile, or (both None) for all."""

    days: int
    channel_id: int | None = None
    profile_id: int | None = None

    def holds_for(self, channel_id: int, profile_id: int | None) -> bool:
        if self.channel_id is not None:
            return self.channel_id == channel_id
        return self.profile_id is None or self.profile_id == profile_id


def days_in_force(periods: Iterable[PeriodInForce], channel_id: int, profile_id: int | None) -> int | None:
    """The longest of those that hold; None = Amazon's own stays. `profile_id`: of the item, else of the channel."""
    return max((one.days for one in periods if one.holds_for(channel_id, profile_id)), default=None)


@dataclass(frozen=True, slots=True)
class OwnHandling:
    """What we did to a listing's handling time. `days` None = nothing, or it has its own back.

    `before`: the listing's own, None = it had none; `ends`: it is being given back.
    """

    days: int | None = None
    before: int | None = None
    ends: bool = False

    @property
    def target(self) -> int | None:
        """What Amazon should show."""
        return self.before if self.ends else self.days


UNTOUCHED = OwnHandling()


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Sent beside a quantity. `days` None: the listing had none of its own, so it is taken away."""

    days: int | None
    ends: bool = False


def lead_time_to_send(wanted: int | None, own: OwnHandling) -> LeadTime | None:
    """None = nothing is said of it, and Amazon keeps what it has."""
    if wanted is not None:
        return LeadTime(wanted)
    return None if own.days is None else LeadTime(own.before, ends=True)


def after_sending(own: OwnHandling, sent: LeadTime, shown: int | None) -> OwnHandling:
    """What is kept before the call. `shown`: what the listing has at Amazon, which is its own until we first send."""
    if sent.ends:
        return OwnHandling(own.days, own.before, ends=True)
    before = shown if own.days is None else own.before
    return OwnHandling(sent.days, before)


@dataclass(frozen=True, slots=True)
class Fault:
    """As of stock rules: a sentence for the catalogues with its values, and the field it is about."""

    field: str
    sentence: str
    values: Mapping[str, Any]


def fault_in_period(span: Span, days: int) -> Fault | None:
    if not 0 <= days <= DAYS_AT_MOST:
        return Fault("days", N_("Amazon takes 0 to %(at_most)s days. Correct it."), {"at_most": DAYS_AT_MOST})
    if span.last is not None and span.last < span.first:
        return Fault("last_day", N_("The last day is before the first one. Correct one of them."), {})
    return None
