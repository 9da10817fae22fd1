"""Quantities on their way to Amazon by feeds: collected, attempted, settled by message, given up when late.

A notice that is in a feed stays, with the version whose number the feed carries; only what must not wait for the feed
overtakes it by patch. Whatever dies, the number is worked out anew and sent again. Statements are a fixed number for
thousands of SKUs.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import connection

from wharfinger.db.any_of import any_of, number_array
from wharfinger.db.models import Listing, ListingFeed, Problem, StockNotice, StockPush
from wharfinger.db.queries.moments import is_due
from wharfinger.db.queries.stock.stock_out import listing_facts
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutListing
from wharfinger.domain.retry import LONGEST_PAUSE_OF_A_REFUSAL
from wharfinger.domain.stock.handling import LeadTime
from wharfinger.domain.stock.listing_quantity import Silent, Tell, decide
from wharfinger.domain.stock.plan import FEED_AT_MOST, FIRST_LOOK, ListingFeedState
from wharfinger.operations._rows import insert, load, new_row
from wharfinger.operations.stock._guard_steps import guard_changes
from wharfinger.operations.stock._handling_steps import keep_before_sending, note_written_late
from wharfinger.operations.stock._listing_steps import READ_BACK_AFTER
from wharfinger.operations.stock._push_steps import refuse_listing, try_later, why_of
from wharfinger.operations.stock._stock_steps import notice_listings
from wharfinger.operations.transaction import operation

BYTES_AT_MOST = 9 * 1024 * 1024
"""Of the 10 MiB that Amazon takes."""
_OF_A_MESSAGE = 310
"""Bytes of a message beside its SKU and product type."""
_ERROR_AT_MOST = 2000


class _Feeds:
    """The feeds that are being prepared, by marketplace; another one is begun where one is full."""

    def __init__(self, account_id: int, most: int, now: datetime) -> None:
        self._account_id, self._now = account_id, now
        rows = list(ListingFeed.objects.filter(account_id=account_id, state=ListingFeedState.PREPARING).order_by("pk"))
        self._left = most - len(rows)
        self._open = {row.marketplace_id: row for row in rows}
        self.used: dict[int, ListingFeed] = {}

    def place(self, marketplace_id: str, size: int) -> ListingFeed | None:
        """Where the next message goes, counted; None when every feed that may be begun is full."""
        feed = self._open.get(marketplace_id)
        if feed is None or feed.messages >= FEED_AT_MOST or feed.bytes + size > BYTES_AT_MOST:
            if self._left <= 0:
                return None
            self._left -= 1
            feed = ListingFeed.objects.create(
                account_id=self._account_id, marketplace_id=marketplace_id, made_at=self._now
            )
            self._open[marketplace_id] = feed
        feed.messages += 1
        feed.bytes += size
        self.used[feed.pk] = feed
        return feed

    def write(self) -> None:
        for feed in self.used.values():
            ListingFeed.objects.filter(pk=feed.pk).update(messages=feed.messages, bytes=feed.bytes)


@operation
def collect(
    account_id: int, listing_ids: Sequence[int], marketplaces: Collection[str], *, feeds: int, now: datetime
) -> int:
    """Work out the numbers of these listings and put them into feeds that are being prepared, at most so many.

    What is not to be sent loses its notice and keeps the reason. What is not for these marketplaces, has a conflict or
    waits for orders stays as it is: it goes one by one. Returns how many were put into a feed.
    """
    guard_changes(account_id, now=now)
    due = is_due("again_at", now, LONGEST_PAUSE_OF_A_REFUSAL)
    free = {"account_id": account_id, "feed": None, "passes": True, "held": False}
    rows = StockNotice.objects.filter(due, any_of("listing", listing_ids), **free)
    notices = load(rows.select_for_update(skip_locked=True, no_key=True).order_by("pk"))
    # Levels are read after the notices: a change that comes between them bumps a version we hold already.
    held = [notice.listing_id for notice in notices]
    facts = listing_facts(held)
    fell = set(Listing.objects.filter(any_of("pk", held), fell_at__isnull=False).values_list("pk", flat=True))
    made = _Feeds(account_id, feeds, now)
    pushes: list[StockPush] = []
    lead_times: list[tuple[int, LeadTime]] = []
    silent: list[tuple[int, str]] = []
    for notice in notices:
        decision = decide(facts[notice.listing_id])
        if isinstance(decision, Silent):
            silent.append((notice.listing_id, decision.reason))
        elif isinstance(decision, Tell) and decision.marketplace_id in marketplaces and notice.listing_id not in fell:
            push = _message(notice, decision, facts[notice.listing_id].sku, facts[notice.listing_id].product_type, made)
            if push is not None:
                push.attempted_at = now
                pushes.append(push)
                if decision.lead_time is not None:
                    lead_times.append((notice.listing_id, decision.lead_time))
    keep_before_sending(lead_times)
    insert(StockPush, pushes)
    _hold(pushes, {notice.listing_id: notice.pk for notice in notices})
    made.write()
    _keep_silent(silent, now)
    return len(pushes)


def _message(notice: StockNotice, decision: Tell, sku: str, product_type: str, feeds: _Feeds) -> StockPush | None:
    size = _OF_A_MESSAGE + 6 * (len(sku) + len(product_type))
    feed = feeds.place(decision.marketplace_id, size)
    if feed is None:
        return None
    return new_row(
        StockPush,
        listing_id=notice.listing_id,
        quantity=decision.explained.quantity,
        why=why_of(decision, notice),
        feed_id=feed.pk,
        number=feed.messages,
        lead_time=decision.lead_time.days if decision.lead_time else None,
        takes_lead_time=decision.lead_time is not None and decision.lead_time.days is None,
    )


def _hold(pushes: Sequence[StockPush], notices: Mapping[int, int]) -> None:
    if not pushes:
        return
    ids, feeds = [notices[push.listing_id] for push in pushes], [push.feed_id for push in pushes]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE wharfinger_stocknotice AS notice SET feed_id = held.feed, feed_version = notice.version, "
            "weighed_version = notice.version "
            "FROM unnest(%s::bigint[], %s::bigint[]) AS held(id, feed) WHERE notice.id = held.id",
            [number_array(ids), number_array(feeds)],
        )


def _keep_silent(silent: Sequence[tuple[int, str]], now: datetime) -> None:
    if not silent:
        return
    ids = [listing for listing, _ in silent]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE wharfinger_listing AS listing SET error = '', "
            "sent_why = COALESCE(listing.sent_why, '{}'::jsonb) || jsonb_build_object('not_sent', kept.reason) "
            "FROM unnest(%s::bigint[], %s::text[]) AS kept(id, reason) WHERE listing.id = kept.id",
            [number_array(ids), [reason for _, reason in silent]],
        )
    StockNotice.objects.filter(any_of("listing", ids)).delete()
    _solve(ProblemKind.LISTING_CONFLICT, ids, now)


def _solve(kind: ProblemKind, listing_ids: Collection[int], now: datetime) -> None:
    """Close the open problems of this kind about these listings."""
    known = Problem.objects.filter(any_of("listing", listing_ids), kind=kind, solved_at=None)
    found = {row.listing_id for row in known.only("listing_id")}
    for listing_id in sorted(one for one in found if one is not None):
        Problem.objects.filter(kind=kind, key=AboutListing(listing_id), solved_at=None).update(solved_at=now)


@operation
def note_attempt(feed_pk: int, *, now: datetime, machine_now: datetime) -> bool:
    """Written before createFeed. False when the feed is no longer one that is to be sent."""
    rows = ListingFeed.objects.filter(pk=feed_pk, state=ListingFeedState.PREPARING)
    return bool(
        rows.update(
            state=ListingFeedState.SUBMITTING,
            attempted_at=now,
            attempted_at_machine=machine_now,
            look_at=now + FIRST_LOOK,
        )
    )


@operation
def note_submitted(feed_pk: int, *, feed_id: str, look_at: datetime) -> None:
    """Amazon has it, under this id. One that was given up meanwhile stays late, and is watched by its id."""
    rows, found = ListingFeed.objects.filter(pk=feed_pk), {"feed_id": feed_id[:60], "look_at": look_at}
    if not rows.filter(state=ListingFeedState.SUBMITTING).update(state=ListingFeedState.PROCESSING, **found):
        rows.filter(state=ListingFeedState.LATE, feed_id="").update(**found)


@operation
def look_later(feed_pk: int, *, look_at: datetime) -> None:
    ListingFeed.objects.filter(pk=feed_pk).update(look_at=look_at)


@operation
def drop(feed_pk: int) -> None:
    """Amazon never had it, and that is nobody's fault: its numbers are worked out anew."""
    _release(feed_pk)
    StockPush.objects.filter(feed=feed_pk, outcome=StockPush.Outcome.ATTEMPTED).delete()
    ListingFeed.objects.filter(pk=feed_pk).delete()


@operation
def end_unprocessed(feed_pk: int, *, error: str, now: datetime) -> None:
    """Amazon refused it, or did not work on it: its SKUs go one by one."""
    said = error[:_ERROR_AT_MOST]
    _release(feed_pk)
    pushes = StockPush.objects.filter(feed=feed_pk, outcome=StockPush.Outcome.ATTEMPTED)
    pushes.update(outcome=StockPush.Outcome.LATER, error=said, settled_at=now)
    ListingFeed.objects.filter(pk=feed_pk).update(state=ListingFeedState.FAILED, error=said, ended_at=now, look_at=None)


@operation
def give_up(feed_pk: int, *, error: str, look_at: datetime, now: datetime) -> None:
    """It is late: its SKUs go one by one, and it is watched, for it may yet write numbers that are old by then."""
    said = error[:_ERROR_AT_MOST]
    _release(feed_pk)
    pushes = StockPush.objects.filter(feed=feed_pk, outcome=StockPush.Outcome.ATTEMPTED)
    pushes.update(outcome=StockPush.Outcome.LATER, error=said, settled_at=now)
    ListingFeed.objects.filter(pk=feed_pk).update(
        state=ListingFeedState.LATE, error=said, ended_at=now, look_at=look_at
    )


def _release(feed_pk: int) -> None:
    StockNotice.objects.filter(feed=feed_pk).update(feed=None)


@operation
def end_late(account_id: int, feed_pk: int, *, processed: bool, now: datetime) -> int:
    """A late feed has ended. Where it was processed, each SKU that was sent another number since is sent once more;
    returns how many."""
    feed = ListingFeed.objects.select_for_update().get(pk=feed_pk)
    if feed.state is not ListingFeedState.LATE:
        return 0
    state = ListingFeedState.DONE if processed else ListingFeedState.FAILED
    ListingFeed.objects.filter(pk=feed_pk).update(state=state, look_at=None)
    if not processed:
        return 0
    note_written_late(feed_pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT listing.id FROM wharfinger_stockpush AS push JOIN wharfinger_listing AS listing "
            "ON listing.id = push.listing_id WHERE push.feed_id = %s AND listing.gone_at IS NULL "
            "AND (listing.sent_quantity IS DISTINCT FROM push.quantity OR listing.handling_ends OR "
            "((push.lead_time IS NOT NULL OR push.takes_lead_time) "
            "AND listing.handling_days IS DISTINCT FROM push.lead_time)) ORDER BY listing.id",
            [feed_pk],
        )
        ids = [row[0] for row in cursor.fetchall()]
    cause = "A late feed may have written an old number"
    return notice_listings(dict.fromkeys(ids, account_id), cause=cause, now=now, guarded=False)


_ACCEPT = """
UPDATE wharfinger_listing AS listing SET
    differs_at = CASE WHEN listing.sent_quantity = push.quantity THEN listing.differs_at END,
    sent_quantity = push.quantity, sent_at = %(now)s, read_back_at = %(look)s, error = '',
    sent_why = push.why || CASE
        WHEN %(doubt)s THEN '{"misses": 1}'::jsonb
        WHEN listing.sent_why ? 'misses' AND listing.sent_quantity = push.quantity
            THEN jsonb_build_object('misses', listing.sent_why -> 'misses')
        ELSE '{}'::jsonb END
FROM wharfinger_stockpush AS push
WHERE push.feed_id = %(feed)s AND push.outcome = 'attempted' AND push.listing_id = listing.id
  AND NOT EXISTS (
    SELECT 1 FROM wharfinger_stockpush AS later
    WHERE later.listing_id = listing.id AND later.id > push.id AND later.outcome = 'accepted'
  )
"""
"""What overtook the feed by patch stays the number sent; it goes once more."""


@operation
def keep_result(
    account_id: int, feed_pk: int, *, refused: Mapping[int, str], doubt: str = "", now: datetime
) -> tuple[int, int]:
    """The report of a feed, message by message; (accepted, refused).

    Accepted is not applied: each is read back. `doubt`: why Amazon may have left messages out; the first read-back that
    shows another number sends it again then. The same report a second time changes nothing.
    """
    feed = ListingFeed.objects.select_for_update().get(pk=feed_pk)
    if feed.state is not ListingFeedState.PROCESSING:
        return feed.accepted, feed.refused
    rows = StockPush.objects.filter(feed=feed_pk, number__in=list(refused), outcome=StockPush.Outcome.ATTEMPTED)
    wrong = {push.listing_id: push for push in rows}
    _refuse(wrong, refused, now)
    with connection.cursor() as cursor:
        cursor.execute(_ACCEPT, {"now": now, "look": now + READ_BACK_AFTER, "doubt": bool(doubt), "feed": feed_pk})
    taken = StockPush.objects.filter(feed=feed_pk, outcome=StockPush.Outcome.ATTEMPTED)
    accepted = taken.update(outcome=StockPush.Outcome.ACCEPTED, submission_id=feed.feed_id, settled_at=now)
    _solve_refused(feed_pk, now)
    _end_notices(feed_pk)
    ListingFeed.objects.filter(pk=feed_pk).update(
        state=ListingFeedState.DONE, ended_at=now, look_at=None, accepted=accepted, refused=len(wrong), error=doubt
    )
    return accepted, len(wrong)


def _refuse(wrong: Mapping[int, StockPush], refused: Mapping[int, str], now: datetime) -> None:
    listings = Listing.objects.select_for_update(no_key=True).filter(any_of("pk", wrong)).order_by("pk")
    for listing in listings:
        push = wrong[listing.pk]
        error = refused[push.number][:_ERROR_AT_MOST]
        StockPush.objects.filter(pk=push.pk).update(outcome=StockPush.Outcome.REFUSED, error=error, settled_at=now)
        refuse_listing(listing, error, gone=False, now=now)
        notice = StockNotice.objects.filter(listing=listing.pk, feed=push.feed_id)
        for version in notice.values_list("feed_version", flat=True):
            try_later(listing.pk, version, now=now)
        notice.update(feed=None)


def _solve_refused(feed_pk: int, now: datetime) -> None:
    """Their earlier refusals are over."""
    accepted = StockPush.objects.filter(feed=feed_pk, outcome=StockPush.Outcome.ACCEPTED)
    known = Problem.objects.filter(kind=ProblemKind.LISTING_REFUSED, solved_at=None, listing__isnull=False)
    ids = known.filter(listing__in=accepted.values("listing")).values_list("listing_id", flat=True)
    _solve(ProblemKind.LISTING_REFUSED, list(ids), now)


def _end_notices(feed_pk: int) -> None:
    """A notice goes only when nothing changed since its number was worked out."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM wharfinger_stocknotice WHERE feed_id = %s AND version = feed_version", [feed_pk])
        cursor.execute("UPDATE wharfinger_stocknotice SET feed_id = NULL, attempts = 0 WHERE feed_id = %s", [feed_pk])
