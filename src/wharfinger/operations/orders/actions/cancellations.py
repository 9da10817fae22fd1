"""Cancellations on their way to Amazon: one request of a person's, sent once, read back until Amazon's order says so.

A feed is written down before it is created; whatever ends in between leaves it Submitting, and its orders are read
before anything is sent again. Units are given back by Amazon's own cancelled order alone: until then the order may
still have to be dispatched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from wharfinger.db.models import Cancellation, OrderFeed, SalesOrder, User
from wharfinger.db.queries.moments import is_due
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.moments import LONGEST_ROW_WAIT
from wharfinger.domain.orders.cancelling import (
    DOUBT,
    FIRST_READ_BACK,
    LAST_READ_BACK,
    OPEN,
    SENT_AT_MOST,
    UNDER_WAY,
    CancellationState,
    CancelReason,
    FeedState,
    ToCancel,
    cancel_refusal,
    reason_refusal,
)
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, SalesOrderState
from wharfinger.domain.retry import growing_pause
from wharfinger.operations import triggers
from wharfinger.operations.installation._problem_steps import solve_problem
from wharfinger.operations.orders.actions._cancellation_steps import (
    OF_A_CANCELLATION,
    end_confirmed,
    end_not_shown,
    end_refused,
    lock_rows,
    withdraw,
)
from wharfinger.operations.orders.actions._sales_order_steps import lock_order, record_act
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

FLOW = "cancellations"
FEED_AT_MOST = 500
"""Orders in one feed; Amazon takes more, but works longer on them, and one feed waits for the other."""
AT_ONCE = 100
_RUNNING = Q(order__channel__enabled=True, order__channel__activated=True, order__channel__archived=False)
"""A channel that is switched off sends nothing; its cancellations wait for it."""


@operation
def cancel_order(order_id: int, *, reason: CancelReason, now: datetime, user: User) -> SalesOrder:
    """Request the cancellation of the whole order at Amazon. Until Amazon answers nobody dispatches it."""
    order = lock_order(order_id)
    if order.cancelling_at is not None:
        raise Refused(
            "The cancellation of %(order)s is under way already. Its page shows how far it is.",
            order=order.code,
        )
    facts = _facts(order)
    if refusal := cancel_refusal(facts):
        raise Refused(refusal, order=order.code)
    if refusal := reason_refusal(facts, reason):
        raise Refused(refusal, "reason", order=order.code)
    account_id = order.imported.account_id
    Cancellation.objects.create(order=order, account_id=account_id, reason=reason, made_at=now, again_at=now, user=user)
    order.cancelling_at = now
    order.save(update_fields=["cancelling_at"])
    for kind in OF_A_CANCELLATION:
        solve_problem(kind, AboutOrder(order.pk), now=now)
    text = f"Cancellation at Amazon requested: {reason.msgid.lower()}."
    record_act(order, "cancel at Amazon", text, after={"reason": reason.value}, now=now, user=user)
    triggers.run_flow(account_id, FLOW, soon=True)
    return order


def _facts(order: SalesOrder) -> ToCancel:
    return ToCancel(
        state=order.state,
        amazon=AmazonStatus(order.imported.amazon_status),
        fulfilment=Fulfilment(order.channel.kind),
        any_dispatched=order.shipments.exists() or order.lines.filter(quantity_shipped__gt=0).exists(),
        record_only=order.imported.record_only,
        buyer_requested=order.cancel_requested,
        split=order.divided,
    )


@operation
def take_back(order_id: int, *, now: datetime, user: User) -> SalesOrder:
    """While nothing was sent, the request can be taken back; a feed that is at Amazon cannot."""
    order = lock_order(order_id)
    open_rows = Cancellation.objects.filter(order=order, state__in=OPEN)
    row = open_rows.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise Refused(
            "No cancellation of %(order)s is under way. Nothing is needed.",
            order=order.code,
        )
    if row.state is not CancellationState.WAITING or row.feed_id is not None:
        raise Refused(
            "The cancellation of %(order)s was sent to Amazon. Wait for Amazon's answer.",
            order=order.code,
        )
    row.order = order
    withdraw(row, now)
    text = "The cancellation was taken back before it was sent to Amazon."
    record_act(order, "take back cancellation", text, before={"reason": row.reason.value}, now=now, user=user)
    return order


# --- the feed


@dataclass(frozen=True, slots=True)
class CancellationToSend:
    """One message of a feed, in our words."""

    number: int
    amazon_order_id: str
    items: tuple[str, ...]
    reason: CancelReason


@dataclass(frozen=True, slots=True)
class FeedUnderWay:
    id: int
    state: FeedState
    feed_id: str
    attempted_at: datetime | None
    attempted_at_machine: datetime | None
    marketplaces: tuple[str, ...]
    messages: tuple[CancellationToSend, ...]


def feed_under_way(account_id: int) -> FeedUnderWay | None:
    feed = OrderFeed.objects.filter(account_id=account_id, state__in=UNDER_WAY).first()
    if feed is None:
        return None
    rows = feed.cancellations.filter(state__in=OPEN).select_related("order__imported", "order__channel")
    found = list(rows.order_by("number").prefetch_related("order__lines"))
    return FeedUnderWay(
        feed.pk,
        feed.state,
        feed.feed_id,
        feed.attempted_at,
        feed.attempted_at_machine,
        tuple(sorted({row.order.channel.marketplace_id for row in found})),
        tuple(
            CancellationToSend(
                row.number,
                row.order.imported.amazon_order_id,
                tuple(sorted(line.order_item_id for line in row.order.lines.all())),
                row.reason,
            )
            for row in found
        ),
    )


@operation
def begin_feed(account_id: int, *, now: datetime) -> bool:
    """Put what waits into one feed, oldest first; False when nothing does, or a feed is under way."""
    if OrderFeed.objects.filter(account_id=account_id, state__in=UNDER_WAY).exists():
        return False
    waiting = Cancellation.objects.filter(
        _RUNNING, is_due("again_at", now, LONGEST_ROW_WAIT), account_id=account_id, state=CancellationState.WAITING
    )
    rows = list(waiting.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk")[:FEED_AT_MOST])
    if not rows:
        return False
    feed = OrderFeed.objects.create(account_id=account_id, made_at=now)
    for number, row in enumerate(rows, start=1):
        row.feed, row.number = feed, number
    Cancellation.objects.bulk_update(rows, ["feed", "number"])
    return True


@operation
def note_attempt(feed_pk: int, *, now: datetime, machine_now: datetime) -> bool:
    """Written before createFeed. False when nothing is left to be sent."""
    feed = OrderFeed.objects.select_for_update().get(pk=feed_pk)
    rows = feed.cancellations.filter(state=CancellationState.WAITING)
    if feed.state is not FeedState.PREPARING or not rows.exists():
        OrderFeed.objects.filter(pk=feed_pk, state=FeedState.PREPARING).update(state=FeedState.FAILED, ended_at=now)
        return False
    rows.update(state=CancellationState.ATTEMPTED)
    OrderFeed.objects.filter(pk=feed_pk).update(
        state=FeedState.SUBMITTING, attempted_at=now, attempted_at_machine=machine_now
    )
    return True


@operation
def note_submitted(feed_pk: int, *, feed_id: str, now: datetime) -> None:
    OrderFeed.objects.filter(pk=feed_pk).update(state=FeedState.PROCESSING, feed_id=feed_id[:60])
    Cancellation.objects.filter(feed=feed_pk, state=CancellationState.ATTEMPTED).update(
        state=CancellationState.SUBMITTED, again_at=now
    )


@operation
def note_not_created(feed_pk: int, *, error: str) -> None:
    """Amazon surely has no feed: it is created again, from a document of its own."""
    OrderFeed.objects.filter(pk=feed_pk).update(state=FeedState.PREPARING, error=error[:2000])
    Cancellation.objects.filter(feed=feed_pk, state=CancellationState.ATTEMPTED).update(
        state=CancellationState.WAITING, error=error[:2000]
    )


@operation
def note_unknown(feed_pk: int, *, error: str, now: datetime) -> None:
    """Whether Amazon has the feed is not known: its orders say, before anything is sent again."""
    OrderFeed.objects.filter(pk=feed_pk).update(state=FeedState.FAILED, error=error[:2000], ended_at=now)
    rows = Cancellation.objects.filter(
        feed=feed_pk, state__in=[CancellationState.ATTEMPTED, CancellationState.SUBMITTED]
    )
    rows.update(state=CancellationState.ATTEMPTED, error=error[:2000], again_at=now + FIRST_READ_BACK)


@operation
def note_not_processed(account_id: int, feed_pk: int, *, error: str, now: datetime) -> int:
    """Amazon ended the feed without looking at its messages (behaviour FD01): they go again with a new document; after
    some times a person must know. Returns how many are refused."""
    OrderFeed.objects.filter(pk=feed_pk).update(state=FeedState.FAILED, error=error[:2000], ended_at=now)
    return _send_again(account_id, _open_of(feed_pk), error, now)


def _send_again(account_id: int, ids: list[int], error: str, now: datetime) -> int:
    refused = 0
    for row in lock_rows(account_id, ids):
        row.sent += 1
        if row.sent >= SENT_AT_MOST:
            end_refused(row, error, now)
            refused += 1
        else:
            row.state, row.feed, row.error = CancellationState.WAITING, None, error[:2000]
            row.again_at = now + growing_pause(timedelta(minutes=5), timedelta(hours=1), row.sent)
        row.save(update_fields=["state", "feed", "error", "again_at", "sent"])
    return refused


def _open_of(feed_pk: int) -> list[int]:
    return list(Cancellation.objects.filter(feed=feed_pk, state__in=OPEN).order_by("pk").values_list("pk", flat=True))


@operation
def refuse_feed(account_id: int, feed_pk: int, *, error: str, now: datetime) -> int:
    """Amazon refused to take the feed at all; returns how many cancellations that ends."""
    OrderFeed.objects.filter(pk=feed_pk).update(state=FeedState.FAILED, error=error[:2000], ended_at=now)
    rows = lock_rows(account_id, _open_of(feed_pk))
    for row in rows:
        end_refused(row, error, now)
    return len(rows)


@operation
def keep_result(
    account_id: int, feed_pk: int, *, refused: Mapping[int, str], processed: int, now: datetime
) -> tuple[int, int]:
    """The report of a feed, message by message; (accepted, refused). `refused` at 0 is about the whole feed.

    Accepted is not applied: Amazon's own order is read until it is cancelled. Messages that Amazon does not count
    (behaviour SH10) are in doubt like those of a lost call. The same report a second time changes nothing.
    """
    OrderFeed.objects.filter(pk=feed_pk).update(state=FeedState.DONE, ended_at=now)
    rows = lock_rows(account_id, _open_of(feed_pk))
    accepted = 0
    for row in rows:
        error = refused.get(row.number) or refused.get(0, "")
        if row.state is CancellationState.ACCEPTED:
            continue
        if error:
            end_refused(row, error, now)
        else:
            counted = processed >= len(rows)
            row.state = CancellationState.ACCEPTED if counted else CancellationState.ATTEMPTED
            row.accepted_at = now if counted else None
            row.again_at, row.error = now + FIRST_READ_BACK, ""
            row.save(update_fields=["state", "accepted_at", "again_at", "error"])
            accepted += counted
    return accepted, sum(row.state is CancellationState.REFUSED for row in rows)


# --- reading back


@dataclass(frozen=True, slots=True)
class ToReadBack:
    id: int
    amazon_order_id: str


@operation
def settle_seen(account_id: int, *, now: datetime) -> int:
    """Cancellations whose orders have come in as cancelled, whichever way; returns how many."""
    rows = Cancellation.objects.filter(account_id=account_id, state__in=OPEN, order__state=SalesOrderState.CANCELLED)
    found = lock_rows(account_id, list(rows.order_by("pk").values_list("pk", flat=True)[:FEED_AT_MOST]))
    done = [row for row in found if row.state.open and row.order.state is SalesOrderState.CANCELLED]
    for row in done:
        end_confirmed(row, now)
    return len(done)


def due_to_read_back(account_id: int, *, now: datetime, machine_before: datetime) -> tuple[ToReadBack, ...]:
    """Accepted ones that no search has shown, and those in doubt; longest waiting first."""
    rows = Cancellation.objects.filter(is_due("again_at", now, LONGEST_ROW_WAIT), account_id=account_id)
    lost = rows.filter(
        is_due("feed__attempted_at_machine", machine_before, LONGEST_ROW_WAIT),
        state=CancellationState.ATTEMPTED,
        feed__state__in=[FeedState.FAILED, FeedState.DONE],
    )
    found = (lost | rows.filter(state=CancellationState.ACCEPTED)).order_by("again_at", "pk")[:AT_ONCE]
    return tuple(ToReadBack(*row) for row in found.values_list("pk", "order__imported__amazon_order_id"))


@operation
def note_read_back(account_id: int, cancellation_id: int, *, now: datetime, shipped: bool = False) -> CancellationState:
    """Amazon's order was read and is not cancelled (a cancelled one is `settle_seen`'s). `shipped`: too late for it."""
    row = lock_rows(account_id, [cancellation_id])[0]
    if not row.state.open or row.order.state is SalesOrderState.CANCELLED:
        return row.state
    since = row.accepted_at or (row.feed.attempted_at if row.feed and row.feed.attempted_at else row.made_at)
    if shipped:
        end_refused(row, "Amazon shows the order as shipped.", now)
    elif row.state is CancellationState.ACCEPTED and now - since >= LAST_READ_BACK:
        end_not_shown(row, now)
    elif row.state is CancellationState.ATTEMPTED and now - since >= DOUBT:
        _send_again(account_id, [row.pk], "Amazon did not take the cancellation.", now)
        row.refresh_from_db(fields=["state"])
    else:
        pause = max(FIRST_READ_BACK, min((now - since) / 2, timedelta(hours=1)))
        Cancellation.objects.filter(pk=row.pk).update(again_at=now + pause)
    return row.state


@operation
def postpone_read_back(cancellation_ids: Sequence[int], *, error: str, now: datetime) -> None:
    """The look itself failed; it is done again after a pause."""
    rows = Cancellation.objects.filter(pk__in=cancellation_ids, state__in=OPEN)
    rows.update(error=error[:2000], again_at=now + FIRST_READ_BACK)


def next_due(account_id: int) -> datetime | None:
    """When the next cancellation is to be sent or read back; None when none is open, or all are in the feed under way,
    for which the others wait."""
    rows = Cancellation.objects.filter(_RUNNING, account_id=account_id, state__in=OPEN)
    rows = rows.exclude(feed__state__in=UNDER_WAY)
    if OrderFeed.objects.filter(account_id=account_id, state__in=UNDER_WAY).exists():
        rows = rows.exclude(state=CancellationState.WAITING)
    return rows.order_by("again_at").values_list("again_at", flat=True).first()
