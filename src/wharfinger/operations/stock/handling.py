"""Handling times for some days, such as holidays: set by a person, begun and ended by the worker.

The listings concerned are worked out anew in the same transaction, so that the handling time travels with a quantity:
Amazon takes it no other way.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from wharfinger.db.models import Channel, HandlingPeriod, ItemStockRule, Listing, StockProfile, User
from wharfinger.db.queries.stock.handling import may_turn, span_of, zones_of
from wharfinger.db.queries.stock.stock_out import listings_of_items
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.handling import (
    MISSES_UNTIL_WITHOUT_EFFECT,
    PeriodState,
    Span,
    fault_in_period,
)
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._handling_steps import judge_accounts, send_handling_again
from wharfinger.operations.stock._rule_steps import sold_by_channels
from wharfinger.operations.stock._stock_steps import notice_listings
from wharfinger.operations.transaction import operation

_NOUN = "Handling time"
NAME_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class PeriodEntry:
    """What a person entered; for one channel, one stock profile, or (both None) all channels."""

    name: str
    span: Span
    days: int
    channel_id: int | None = None
    profile_id: int | None = None


@operation
def look(*, now: datetime) -> int:
    """Begin and end what is due; returns how many listings are worked out anew. One statement where nothing is."""
    concerned: dict[int, int] = {}
    for period in may_turn(now).select_for_update(no_key=True).order_by("pk"):
        state = span_of(period).state(zones_of(period), now)
        if state is period.state:
            continue
        period.state = state
        period.save(update_fields=["state"])
        verb = {PeriodState.IN_FORCE: "begins", PeriodState.OVER: "ends", PeriodState.COMING: "has not begun yet"}
        said = f"Handling time “{period.name}” ({period.days} days) {verb[state]}."
        record_activity(said, channel=period.channel, now=now)
        concerned |= _concerned(period)
    return _notice(concerned, "Handling time", now)


def _concerned(period: HandlingPeriod) -> dict[int, int]:
    """The listings that it may hold for: listing → seller account."""
    if period.channel_id is not None:
        return sold_by_channels(Q(pk=period.channel_id))
    if period.profile_id is None:
        return sold_by_channels(Q())
    items = ItemStockRule.objects.filter(profile=period.profile_id).values_list("item", flat=True)
    return listings_of_items(items) | sold_by_channels(Q(stock_rule__profile=period.profile_id))


def _notice(concerned: Mapping[int, int], cause: str, now: datetime) -> int:
    return notice_listings(concerned, cause=cause, now=now, guarded=False)


@operation
def add_period(entry: PeriodEntry, *, now: datetime, user: User) -> int:
    """In force at once where its days have begun. Returns its id."""
    period = HandlingPeriod(made_at=now)
    _write(period, entry, now)
    record_audit("create", _NOUN, period.pk, before=None, after=_facts(period), now=now, user=user)
    if period.state is PeriodState.IN_FORCE:
        _notice(_concerned(period), f"Handling time {period.name}", now)
    return period.pk


@operation
def edit_period(period_id: int, entry: PeriodEntry, *, version: int, now: datetime, user: User) -> int:
    """Returns how many listings are worked out anew. `version`: of the form that was filled in."""
    period = _locked(period_id)
    if period.version != version:
        raise Refused(
            "Somebody else changed “%(name)s” meanwhile. Open it again, and enter your changes there.",
            name=period.name,
        )
    before, concerned = _facts(period), _in_force(period)
    period.version += 1
    _write(period, entry, now)
    after = _facts(period)
    if before == after:
        return 0
    record_audit("edit", _NOUN, period.pk, before=before, after=after, now=now, user=user)
    return _notice(concerned | _in_force(period), f"Handling time {period.name} changed", now)


@operation
def delete_period(period_id: int, *, now: datetime, user: User) -> str:
    """Where it is in force it ends: the listings get back what they had. Returns its name."""
    period = _locked(period_id)
    name, before, concerned = period.name, _facts(period), _in_force(period)
    period.delete()
    record_audit("delete", _NOUN, period_id, before=before, after=None, now=now, user=user)
    _notice(concerned, f"Handling time {name} deleted", now)
    return name


@operation
def send_again(*, now: datetime, user: User) -> int:
    """Every handling time that Amazon does not show is sent once more; returns how many."""
    rows = Listing.objects.filter(handling_misses__gte=MISSES_UNTIL_WITHOUT_EFFECT, gone_at=None)
    rows = rows.filter(handling_days__isnull=False, fulfilment=Fulfilment.FBM)
    listings = list(rows.select_for_update(no_key=True).order_by("pk"))
    Listing.objects.filter(pk__in=[row.pk for row in listings]).update(handling_misses=0)
    send_handling_again(listings, now=now)
    judge_accounts({row.account_id for row in listings}, now=now)
    record_activity(f"Handling times of {len(listings)} SKUs are sent again.", now=now, user=user)
    return len(listings)


def _in_force(period: HandlingPeriod) -> dict[int, int]:
    return _concerned(period) if period.state is PeriodState.IN_FORCE else {}


def _locked(period_id: int) -> HandlingPeriod:
    rows = HandlingPeriod.objects.select_for_update(no_key=True, of=("self",)).select_related("channel", "profile")
    period = rows.filter(pk=period_id).first()
    if period is None:
        raise Refused("This handling time no longer exists. Open the list again.")
    return period


def _write(period: HandlingPeriod, entry: PeriodEntry, now: datetime) -> None:
    name = " ".join(entry.name.split())
    if not name:
        raise Refused("Give it a name, such as “Christmas”.", "name")
    if len(name) > NAME_AT_MOST or not name.isprintable():
        raise Refused(
            "A name has at most %(at_most)s characters, all of them printable. Shorten it.",
            "name",
            at_most=NAME_AT_MOST,
        )
    fault = fault_in_period(entry.span, entry.days)
    if fault is not None:
        raise Refused(fault.sentence, fault.field, **fault.values)
    _write_scope(period, entry)
    period.name, period.days = name, entry.days
    period.first_day, period.last_day = entry.span.first, entry.span.last
    period.state = entry.span.state(zones_of(period), now)
    period.save()


def _write_scope(period: HandlingPeriod, entry: PeriodEntry) -> None:
    channel = profile = None
    if entry.channel_id is not None:
        channel = Channel.objects.filter(pk=entry.channel_id, kind=Fulfilment.FBM).first()
        if channel is None:
            raise Refused("This channel no longer exists. Choose another one.", "holds_for")
    elif entry.profile_id is not None:
        profile = StockProfile.objects.filter(pk=entry.profile_id).first()
        if profile is None:
            raise Refused("This stock profile no longer exists. Choose another one.", "holds_for")
    period.channel, period.profile = channel, profile


def _facts(period: HandlingPeriod) -> dict[str, Any]:
    return {
        "name": period.name,
        "days": period.days,
        **{key: None if day is None else day.isoformat() for key, day in asdict(span_of(period)).items()},
        "channel": period.channel.name if period.channel else "",
        "profile": period.profile.name if period.profile else "",
    }
