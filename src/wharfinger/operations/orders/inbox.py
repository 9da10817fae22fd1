"""The inbox: what Amazon sent is kept, encrypted, before it is understood."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ImportedOrder, OrderCursor, RawMessage
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.orders.order import ImportState
from wharfinger.domain.orders.waits_for import ForDownload
from wharfinger.operations import triggers
from wharfinger.operations._rows import insert, new_row
from wharfinger.operations.installation._problem_steps import open_problem
from wharfinger.operations.orders._import_steps import about_message, note_not_taken
from wharfinger.operations.transaction import operation

NOT_UNDERSTOOD = (
    "Other orders are not affected. Amazon's next message about it is read automatically; press “Retry Download” to "
    "request one now. If the problem remains, dispatch the order in Seller Central and report the message."
)
NO_NUMBER = (
    "Other orders are not affected. The order's number could not be read, so it cannot be downloaded again: compare "
    "the newest "
    "orders in Seller Central with Imported Orders, dispatch the missing one there, report the message, then "
    "press “Mark as done”."
)
NOT_REQUESTED = (
    "Other orders are not affected, and its units are allocated. It is downloaded by its number and imported "
    "automatically; press “Retry Download” to request it now. If Amazon does not know the number, it is not an order "
    "of this account: press “Mark as done”."
)
ORDER = "order"


@dataclass(frozen=True, slots=True)
class RawOrder:
    """One order as Amazon's bytes; `key` its number, empty when not even that could be read.

    Not `requested`: it came in the answer to a search of other marketplaces.
    """

    key: str
    body: bytes
    requested: bool = True


@dataclass(frozen=True, slots=True)
class NextCursor:
    """Where the search goes on. With a page token the window is not read to its end yet."""

    after: datetime
    marketplace_ids: tuple[str, ...]
    page_token: str = ""
    token_at: datetime | None = None
    window_before: datetime | None = None


@operation
def start_cursor(account_id: int, *, after: datetime) -> None:
    """The first window of an account begins here; a cursor that is there stays."""
    OrderCursor.objects.get_or_create(account_id=account_id, defaults={"after": after})


@operation
def turn_back_cursor(account_id: int, *, after: datetime) -> None:
    """The window begins anew, from an earlier moment."""
    OrderCursor.objects.filter(account_id=account_id).update(
        after=after, page_token="", token_at=None, window_before=None
    )


@operation
def keep_page(account_id: int, orders: Sequence[RawOrder], cursor: NextCursor, *, now: datetime) -> int:
    """Keep a page's orders and move the cursor, in one transaction. Returns how many were new or changed."""
    kept = _keep(account_id, orders, RawMessage.Source.SEARCH, now)
    OrderCursor.objects.filter(account_id=account_id).update(
        after=cursor.after,
        marketplace_ids=list(cursor.marketplace_ids),
        page_token=cursor.page_token,
        token_at=cursor.token_at,
        window_before=cursor.window_before,
        pages_read=F("pages_read") + 1,
        orders_seen=F("orders_seen") + len(orders),
        **({} if cursor.page_token else {"caught_up_at": now}),
    )
    return kept


@operation
def restart_window(account_id: int) -> None:
    """The page token is worth nothing more: the window begins anew from its lower bound."""
    OrderCursor.objects.filter(account_id=account_id).update(page_token="", token_at=None, window_before=None)


@operation
def keep_order(account_id: int, order: RawOrder, *, now: datetime) -> int:
    """Keep one order that was fetched by its number. What is kept already is taken once more."""
    kept = _keep(account_id, [order], RawMessage.Source.BY_ID, now)
    if not kept:
        newest = RawMessage.objects.filter(account_id=account_id, kind=ORDER, key=order.key).order_by("-id").first()
        if newest is not None:
            newest.state, newest.again_at, newest.received_at = RawMessage.State.WAITING, None, now
            newest.source = RawMessage.Source.BY_ID
            newest.save(update_fields=["state", "again_at", "received_at", "source"])
        triggers.run_flow(account_id, "take_orders", soon=True)
    return kept


def _keep(account_id: int, orders: Sequence[RawOrder], source: RawMessage.Source, now: datetime) -> int:
    """The same bytes for the same order are not kept twice in a row: the overlap brings most orders again.

    What has no readable number is known by its bytes alone, else each overlap would set it aside once more.
    """
    hashes = [hashlib.sha256(order.body).hexdigest() for order in orders]
    nameless = {body_hash for order, body_hash in zip(orders, hashes, strict=True) if not order.key}
    known = RawMessage.objects.filter(account_id=account_id, kind=ORDER, key="", body_hash__in=nameless)
    nameless_known = set(known.values_list("body_hash", flat=True)) if nameless else set()
    newest = dict(
        RawMessage.objects.filter(
            any_of("key", [o.key[:60] for o in orders if o.key]), account_id=account_id, kind=ORDER
        )
        .order_by("id")
        .values_list("key", "body_hash")
    )
    rows = [
        new_row(
            RawMessage,
            account_id=account_id,
            kind=ORDER,
            key=order.key[:60],
            body=order.body,
            body_hash=body_hash,
            source=source if order.requested else RawMessage.Source.NOT_REQUESTED,
            received_at=now,
        )
        for order, body_hash in zip(orders, hashes, strict=True)
        if (newest.get(order.key[:60]) != body_hash if order.key else body_hash not in nameless_known)
    ]
    insert(RawMessage, rows)
    if rows:
        triggers.run_flow(account_id, "take_orders", soon=True)
    return len(rows)


@operation
def quarantine(raw_id: int, *, error: str, now: datetime) -> None:
    """The message cannot be understood: it is set aside alone, with a problem."""
    raw = RawMessage.objects.select_for_update(no_key=True).get(pk=raw_id)
    reason = f"Amazon's message could not be understood: {error}"
    cause = f"Amazon's message about {raw.key or f'message {raw.pk}'} could not be understood: {error}"
    _set_aside(raw, error=error, reason=reason, cause=cause, remedy=NOT_UNDERSTOOD, now=now)


@operation
def set_aside_strange(raw_id: int, *, marketplace_id: str, now: datetime) -> None:
    """The order came in the answer to a search of other marketplaces. It is fetched by its number at once: what comes
    then is this account's order."""
    raw = RawMessage.objects.select_for_update(no_key=True).get(pk=raw_id)
    reason = f"Amazon sent it with orders of other marketplaces; {marketplace_id} was not requested."
    cause = f"{raw.key or f'Message {raw.pk}'}: {reason}"
    imported = _set_aside(raw, error=reason, reason=reason, cause=cause, remedy=NOT_REQUESTED, now=now)
    if imported is not None and imported.state != ImportState.IGNORED:
        ImportedOrder.objects.filter(pk=imported.pk).update(waits_for=ForDownload())
        triggers.fetch_order(raw.account_id, raw.key)


def _set_aside(
    raw: RawMessage, *, error: str, reason: str, cause: str, remedy: str, now: datetime
) -> ImportedOrder | None:
    """Its order, where its number could be read."""
    raw.state, raw.error = RawMessage.State.QUARANTINED, error
    raw.save(update_fields=["state", "error"])
    note_not_taken(raw, ImportState.FAILED, reason=reason, remedy=remedy, now=now)
    imported = (
        ImportedOrder.objects.filter(account=raw.account_id, amazon_order_id=raw.key).first() if raw.key else None
    )
    open_problem(
        ProblemKind.NOT_UNDERSTOOD,
        about_message(raw),
        cause=cause,
        remedy=remedy if imported else NO_NUMBER,
        imported_order=imported,
        account_id=raw.account_id,
        now=now,
    )
    return imported


@operation
def postpone(raw_id: int, *, error: str, again_at: datetime, now: datetime) -> int:
    """Our own fault while taking the message: it is tried again later. Returns how often it was tried."""
    raw = RawMessage.objects.select_for_update(no_key=True).get(pk=raw_id)
    raw.attempts = min(raw.attempts + 1, 30_000)
    raw.error, raw.again_at = error, again_at
    raw.save(update_fields=["attempts", "error", "again_at"])
    remedy = f"Tried again automatically at {again_at:%H:%M} UTC. Other orders are not affected."
    note_not_taken(raw, ImportState.SYSTEM_ERROR, reason=error, remedy=remedy, now=now)
    return raw.attempts
