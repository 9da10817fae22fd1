"""The write guard as operations: looking, a person's decision, and its limits."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Channel, StockGuard, StockNotice, User
from wharfinger.db.queries.stock.guard import held_totals, listings_of_channels
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutGuard
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.guard import GuardLimits, Tally, fault_in_limits, stops
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.installation._problem_steps import solve_problem
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._guard_steps import end_empty_holds, end_holds, guard_changes, limits_of
from wharfinger.operations.transaction import operation


@operation
def look(account_id: int, *, now: datetime) -> int:
    """Before anything is claimed: hold the changes that go too far. Returns how many listings are held anew."""
    held = guard_changes(account_id, now=now)
    end_empty_holds(account_id, now)
    return held


@operation
def send_held(channel_id: int, *, now: datetime, user: User) -> int:
    """A person means it: everything that is held goes, with its number of now. Returns how many listings."""
    channel = _channel(channel_id)
    held = _release(channel, now)
    if held:
        record_activity(
            f"{held} quantities that the write guard held were released.", channel=channel, now=now, user=user
        )
        record_audit(
            "send held quantities", "Channel", channel.pk, before=None, after={"listings": held}, now=now, user=user
        )
    return held


@operation
def keep_held(channel_id: int, *, now: datetime, user: User) -> bool:
    """A person says that Amazon keeps what it has until the figures change. False: nothing waits for a decision."""
    channel = _channel(channel_id)
    guard = StockGuard.objects.select_for_update(no_key=True, of=("self",)).filter(channel=channel).first()
    if guard is None or guard.held_at is None or guard.kept_at is not None:
        return False
    guard.kept_at, guard.kept_by = now, user
    guard.save(update_fields=["kept_at", "kept_by"])
    solve_problem(ProblemKind.STOCK_HELD, AboutGuard(channel.pk), now=now)
    record_activity("Amazon keeps the quantities that the write guard holds.", channel=channel, now=now, user=user)
    return True


@operation
def set_limits(channel_id: int, limits: GuardLimits, *, now: datetime, user: User) -> int:
    """What passes without a person. What is held and no longer goes too far is sent; returns how many listings."""
    channel = _channel(channel_id)
    if channel.kind is not Fulfilment.FBM:
        raise Refused("Amazon fulfils this channel's orders (FBA): no quantity is ever sent for it.")
    fault = fault_in_limits(limits)
    if fault is not None:
        raise Refused(fault.sentence, fault.field, **fault.values)
    row = StockGuard.objects.select_for_update(no_key=True, of=("self",)).filter(channel=channel).first()
    before = limits_of(row)
    if before == limits:
        return 0
    row = row or StockGuard(channel=channel)
    for name, value in asdict(limits).items():
        setattr(row, name, value)
    row.save()
    record_audit(
        "edit", "Write guard of a channel", channel.pk, before=asdict(before), after=asdict(limits), now=now, user=user
    )
    record_activity("The channel's write guard was changed.", channel=channel, now=now, user=user)
    totals = held_totals(channel.pk, limits.factor)
    listings = listings_of_channels([channel.pk]).get(channel.pk, 0)
    if totals.listings and not stops(Tally(totals.zeroed, totals.multiplied), limits, listings):
        return _release(channel, now)
    return 0


def _channel(channel_id: int) -> Channel:
    channel = Channel.objects.filter(pk=channel_id).first()
    if channel is None:
        raise Refused("This channel no longer exists.")
    return channel


def _release(channel: Channel, now: datetime) -> int:
    rows = StockNotice.objects.filter(sender=channel, held=True).select_for_update(no_key=True, of=("self",))
    held: Collection[int] = list(rows.order_by("listing_id").values_list("pk", flat=True))
    StockNotice.objects.filter(any_of("pk", held)).update(held=False)
    end_holds([channel.pk], now=now)
    if held:
        triggers.run_flow(channel.account_id, "stock_out", soon=True)
    return len(held)
