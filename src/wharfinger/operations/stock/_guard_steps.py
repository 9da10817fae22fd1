"""Steps of the write guard; they need an open transaction.

Whoever changes what a listing would show writes the number that it would show by then into its notice. The guard
compares it with what Amazon has, before the notice may be claimed: no claim sees a change that the guard has not seen.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import connection

from wharfinger.db.any_of import any_of, number_array
from wharfinger.db.models import Channel, Listing, StockGuard, StockNotice, StockPush
from wharfinger.db.queries.stock.guard import listings_of_channels
from wharfinger.db.queries.stock.sold import sold_since
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutGuard
from wharfinger.domain.stock.guard import Change, GuardLimits, judge, kept_number, may_stop, tally
from wharfinger.domain.stock.listing_quantity import Explained
from wharfinger.operations.installation._problem_steps import Problems

ORDERS_OF_BEFORE = timedelta(minutes=1)
"""An order whose import began so long before a number was worked out may have been committed after it: it is counted
once more rather than never."""
REMEDY = (
    "See what would change, then press “Send these” if it is meant, or “Keep what Amazon has” and correct the stock, "
    "the site or the stock rule. Orders go on lowering these quantities meanwhile."
)


def guard_changes(account_id: int, *, now: datetime) -> int:
    """Look at every waiting change that the guard has not seen yet; returns how many listings are held anew.

    Nothing is decided while another transaction is still changing some of them: the next run sees them all.
    """
    waiting = StockNotice.objects.filter(account_id=account_id, unguarded=True)
    known = waiting.count()
    if not known:
        return 0
    locked = waiting.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("listing_id")
    rows = list(
        locked.values_list(
            "pk", "sender", "listing__sent_quantity", "listing__read_back_quantity", "wanted", "held", "cause"
        )
    )
    if len(rows) < known:
        return 0
    fresh: dict[int, list[Change]] = defaultdict(list)
    causes: dict[int, str] = {}
    free: list[int] = []
    for pk, sender, sent, shown, wanted, was_held, cause in rows:
        if sender is None or wanted is None:
            free.append(pk)
        else:
            fresh[sender].append(Change(pk, shown if sent is None else sent, wanted, was_held))
            causes[sender] = cause
    held = _judge(fresh, causes, free, now)
    _mark(held, free)
    return len(held)


def _judge(fresh: Mapping[int, list[Change]], causes: Mapping[int, str], free: list[int], now: datetime) -> list[int]:
    guards = {row.channel_id: row for row in _locked_guards(fresh)}
    limits = {channel: limits_of(guards.get(channel)) for channel in fresh}
    tallies = {channel: tally(changes, limits[channel]) for channel, changes in fresh.items()}
    doubtful = [channel for channel in fresh if may_stop(tallies[channel], limits[channel])]
    counts = listings_of_channels(doubtful)
    held: list[int] = []
    stopped = []
    for channel, changes in fresh.items():
        guard = guards.get(channel)
        undecided = guard is not None and guard.held_at is not None and guard.kept_at is None
        verdict = judge(changes, limits[channel], counts.get(channel, 0), undecided=undecided)
        held += verdict.hold
        free += verdict.free
        if verdict.stopped:
            stopped.append(channel)
    if stopped:
        _stop(stopped, guards, now)
        names = dict(Channel.objects.filter(pk__in=stopped).values_list("pk", "name"))
        accounts = dict(Channel.objects.filter(pk__in=stopped).values_list("pk", "account"))
        problems = Problems()
        for channel in stopped:
            found, factor = tallies[channel], limits[channel].factor
            problems.open(
                ProblemKind.STOCK_HELD,
                AboutGuard(channel),
                cause=f"{names[channel]}: of {counts[channel]} listings {found.zeroed} would fall to 0 and "
                f"{found.multiplied} would show more than {factor} times as much ({causes[channel]}). "
                "Nothing of this change was sent.",
                remedy=REMEDY,
                account_id=accounts[channel],
                channel_id=channel,
            )
        problems.write(now=now)
    return held


def limits_of(guard: StockGuard | None) -> GuardLimits:
    if guard is None:
        return GuardLimits()
    return GuardLimits(guard.on, guard.zero_percent, guard.more_percent, guard.factor, guard.at_least)


def _locked_guards(channel_ids: Collection[int]) -> list[StockGuard]:
    rows = StockGuard.objects.select_for_update(no_key=True, of=("self",)).filter(any_of("channel", channel_ids))
    return list(rows.order_by("channel"))


def _stop(channel_ids: Collection[int], guards: Mapping[int, StockGuard], now: datetime) -> None:
    """A change that goes too far is decided anew, whatever was decided of an earlier one."""
    new = [StockGuard(channel_id=channel, held_at=now) for channel in sorted(channel_ids) if channel not in guards]
    StockGuard.objects.bulk_create(new)
    old = [guards[channel].pk for channel in channel_ids if channel in guards]
    StockGuard.objects.filter(any_of("pk", old)).update(held_at=now, kept_at=None, kept_by=None)


def _mark(held: Collection[int], free: Collection[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE wharfinger_stocknotice AS notice SET unguarded = FALSE, held = found.held "
            "FROM unnest(%s::bigint[], %s::boolean[]) AS found(id, held) WHERE notice.id = found.id",
            [number_array([*held, *free]), [True] * len(held) + [False] * len(free)],
        )


def end_empty_holds(account_id: int, now: datetime) -> None:
    """Nothing is held any more: the figures have changed back."""
    holding = StockGuard.objects.filter(channel__account=account_id, held_at__isnull=False)
    channels = dict(holding.values_list("channel", "pk"))
    if not channels:
        return
    still = StockNotice.objects.filter(any_of("sender", channels), held=True)
    ended = set(channels) - set(still.values_list("sender", flat=True).distinct())
    end_holds(ended, now=now)


def end_holds(channel_ids: Collection[int], *, now: datetime) -> None:
    if not channel_ids:
        return
    StockGuard.objects.filter(any_of("channel", channel_ids)).update(held_at=None, kept_at=None, kept_by=None)
    problems = Problems()
    problems.read([AboutGuard(channel) for channel in channel_ids])
    for channel in channel_ids:
        problems.solve(ProblemKind.STOCK_HELD, AboutGuard(channel))
    problems.write(now=now)


def kept_numbers(listings: Mapping[int, Listing], items: Mapping[int, int]) -> dict[int, Explained]:
    """What held listings show meanwhile: the number that Amazon has, less what orders took since. `items`: the stock
    item of each. A listing whose number at Amazon is unknown has none."""
    pushes = StockPush.objects.filter(any_of("listing", items), outcome=StockPush.Outcome.ACCEPTED)
    latest = pushes.order_by("listing", "-id").distinct("listing").values_list("listing", "attempted_at")
    worked_out = dict(latest)
    was: dict[int, int] = {}
    moments: dict[int, tuple[int, datetime]] = {}
    for listing_id, item_id in items.items():
        listing = listings[listing_id]
        number = listing.read_back_quantity if listing.sent_quantity is None else listing.sent_quantity
        since = worked_out.get(listing_id) or listing.sent_at or listing.seen_at
        if number is not None and since is not None:
            was[listing_id], moments[listing_id] = number, (item_id, since - ORDERS_OF_BEFORE)
    return {key: kept_number(was[key], one.parts, one.sold) for key, one in sold_since(moments).items()}
