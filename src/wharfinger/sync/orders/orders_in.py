"""Orders in: one search for a seller account, all its marketplaces, both kinds; pages are kept raw.

The cursor is Amazon's own `lastUpdatedBefore` less an overlap, moved in the transaction that keeps the
page. Understanding the orders comes after, each by itself, in `take_orders`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wharfinger.amazon.client import SearchOrders
from wharfinger.amazon.errors import (
    AccessDenied,
    AmazonError,
    NotAnsweredAsPromised,
    NotFound,
    PageTokenRefused,
    Refused,
    ServerFault,
)
from wharfinger.amazon.messages.orders import SearchOrdersPage, order_key
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.amazon.operations import SEARCH_ORDERS
from wharfinger.db.queries.orders.completeness.order_reports import backlog, is_within_a_window, last_catch_up
from wharfinger.db.queries.orders.inbox import newest_update, orders_to_fetch
from wharfinger.db.queries.orders.order_search import (
    Cursor,
    any_channel_on,
    marketplaces_traded_in,
    order_cursor,
    start_dates,
)
from wharfinger.domain.counts import counted
from wharfinger.domain.days import begins
from wharfinger.domain.moments import is_recent
from wharfinger.domain.orders.completeness.order_report import RETRY_AFTER
from wharfinger.operations.installation import flows
from wharfinger.operations.orders import imported_orders, inbox
from wharfinger.operations.orders.completeness import order_reports
from wharfinger.operations.orders.inbox import NextCursor, RawOrder
from wharfinger.sync.calls import Calls, Clock, FlowResult, NotBefore, is_tokens_fault

OVERLAP = timedelta(minutes=5)
"""Orders appear up to minutes late (behaviour O27); what comes twice is dropped by its hash."""
VISIBLE_AFTER = timedelta(minutes=2)
"""Amazon answers nothing younger (behaviour O03): the end of a window whose end Amazon did not tell."""
TOKEN_LIVES = timedelta(hours=23)
FLOW = "orders_in"
FAILURES_OF_A_TOKEN = 3
"""Runs in a row that failed, whatever with: a token may be what Amazon stumbles over (behaviour F02)."""
OLDEST = timedelta(days=90)
MARKETPLACES_AT_MOST = 50
POLL_EVERY = timedelta(seconds=185)
"""A search costs one token; at 0.0056 a second one comes back each 178.6 s."""


@dataclass
class _Reading:
    """What this run has read of the window; orders that come again and again end it (behaviour O02)."""

    pages: int = 0
    restarted: bool = False
    orders: int = 0
    strange: int = 0
    seen: set[str] = field(default_factory=set)


def run(account_id: int, calls: Calls, clock: Clock) -> FlowResult:
    """Read pages until Amazon has no more, or the budget ends; then the orders that are wanted by number."""
    if not any_channel_on(account_id):
        return FlowResult("no channel is enabled")
    _start(account_id, clock.now())
    reading = _Reading()
    waited: NotBefore | None = None
    more = True
    while more:
        try:
            more = _read_page(account_id, calls, clock, reading)
        except NotBefore as no_token:
            waited, more = no_token, False
    outcome = f"{counted(reading.orders, 'order')} on {counted(reading.pages, 'page')}"
    if reading.strange:
        outcome += f", {reading.strange} set aside (marketplace not requested)"
    fetched = _fetch_wanted(account_id, calls, clock)
    if fetched:
        outcome += f", {fetched} fetched by number"
    if waited is not None and not reading.pages and not fetched:
        outcome = ""
    if waited is not None:
        read_beside(account_id, clock.now())
        return FlowResult(outcome, waited.at, f"the rate limit of {waited.operation}")
    return FlowResult(outcome, clock.now() + POLL_EVERY)


def read_beside(account_id: int, now: datetime) -> None:
    """Far behind, when the budget ended in the middle of a window. A report lists the numbers of what changed; those
    are downloaded within the budget of another operation while the search goes on."""
    last = last_catch_up(account_id)
    rests = last is not None and is_recent(last, now, RETRY_AFTER)
    if not rests and is_within_a_window(account_id) and backlog(account_id) is None:
        order_reports.want_catch_up(account_id, now=now)


def _start(account_id: int, now: datetime) -> None:
    """The first window begins where the earliest Start Date of the account's channels begins in its marketplace's
    zone, at most 90 days back.

    A cursor in time to come was set by a clock that was ahead: what Amazon changed since the newest order that we know
    was never read, and is read now.
    """
    cursor = order_cursor(account_id)
    if cursor is None:
        inbox.start_cursor(account_id, after=_earliest(account_id, now))
    elif cursor.after > now:
        newest = newest_update(account_id, until=now - VISIBLE_AFTER)
        inbox.turn_back_cursor(account_id, after=_earliest(account_id, now) if newest is None else newest - OVERLAP)


def _earliest(account_id: int, now: datetime) -> datetime:
    earliest = min((begins(day, zone) for day, zone in start_dates(account_id)), default=now)
    return max(min(earliest, now - VISIBLE_AFTER), now - OLDEST)


def _marketplaces(account_id: int) -> tuple[str, ...]:
    return tuple(sorted(marketplaces_traded_in(account_id)))[:MARKETPLACES_AT_MOST]


def _read_page(account_id: int, calls: Calls, clock: Clock, reading: _Reading) -> bool:
    """Read and keep the next page; returns whether there are more."""
    cursor = order_cursor(account_id)
    if cursor is None:
        raise RuntimeError(f"account {account_id}: the search for orders has no cursor")
    token = "" if flows.failures_of(account_id, FLOW) >= FAILURES_OF_A_TOKEN else _usable_token(cursor, clock.now())
    search = SearchOrders(
        marketplace_ids=cursor.marketplace_ids if token else _marketplaces(account_id),
        last_updated_after=cursor.after,
        pagination_token=token or None,
    )
    requested_at = clock.now()
    try:
        page = calls.search_orders(search).value
    except (PageTokenRefused, NotAnsweredAsPromised) as error:
        if not is_tokens_fault(error, pages_read=1 if token else 0):
            raise
        _restart(account_id, reading, error)
        return True
    raws = [RawOrder(_key(raw), raw) for raw in page.raw_orders]
    strange = [RawOrder(_key(raw), raw, requested=False) for raw in page.strange_orders]
    if strange and not raws and not reading.restarted:
        _restart(account_id, reading)  # of nothing but other marketplaces: perhaps the answer to another search
        return True
    _check_progress(account_id, token, page, [*raws, *strange], reading)
    inbox.keep_page(account_id, [*raws, *strange], _next(cursor, search, page, requested_at), now=clock.now())
    reading.pages += 1
    reading.orders += len(raws)
    reading.strange += len(strange)
    return page.next_token is not None


def _restart(account_id: int, reading: _Reading, error: AmazonError | None = None) -> None:
    """The window begins anew, once in a run: a token dies in many ways, and not all of Amazon's answers say so."""
    inbox.restart_window(account_id)
    if reading.restarted and error is not None:
        raise error
    reading.restarted = True
    reading.seen.clear()


def _check_progress(
    account_id: int, token: str, page: SearchOrdersPage, raws: list[RawOrder], reading: _Reading
) -> None:
    """The same page for ever is an error, and the window begins anew; nothing was lost by it."""
    keys = {raw.key for raw in raws if raw.key}
    same_token = bool(token) and page.next_token == token
    nothing_new = page.next_token is not None and bool(keys) and keys <= reading.seen
    reading.seen |= keys
    if same_token or nothing_new:
        inbox.restart_window(account_id)
        what = "the same page token" if same_token else "a page without one new order"
        raise NotAnsweredAsPromised(SEARCH_ORDERS.name, message=f"{what} came again (behaviour O02)")


def _usable_token(cursor: Cursor, now: datetime) -> str:
    if cursor.page_token and is_recent(cursor.token_at, now, TOKEN_LIVES):
        return cursor.page_token
    return ""


def _key(raw: bytes) -> str:
    try:
        return order_key(raw).order_id
    except Unreadable:
        return ""


def _next(cursor: Cursor, search: SearchOrders, page: SearchOrdersPage, requested_at: datetime) -> NextCursor:
    """With a further page the window stays; after its last page it begins at the window's own end, less the overlap.

    The end is what Amazon sent on the window's first page: what changed while its pages were read comes again.
    """
    before = cursor.window_before if search.pagination_token else None
    before = min(before or page.last_updated_before or requested_at - VISIBLE_AFTER, requested_at)
    if page.next_token is not None:
        return NextCursor(cursor.after, search.marketplace_ids, page.next_token, requested_at, before)
    return NextCursor(max(cursor.after, before - OVERLAP), search.marketplace_ids)


def _fetch_wanted(account_id: int, calls: Calls, clock: Clock) -> int:
    """Orders that are wanted by number: a Retry Download that had to wait, and addresses that are still missing."""
    fetched = 0
    for number in orders_to_fetch(account_id, now=clock.now()):
        try:
            _fetch(account_id, number, calls, clock)
        except NotBefore:
            break
        except (NotAnsweredAsPromised, ServerFault) as error:  # of this one order (behaviours O10, O24)
            _note_unanswered(account_id, number, error, clock)
            continue
        fetched += 1
    return fetched


def fetch_order(account_id: int, amazon_order_id: str, calls: Calls, clock: Clock) -> None:
    """Retry Download: one order by its number. What stands in the way now does not when the next search runs."""
    try:
        _fetch(account_id, amazon_order_id, calls, clock)
    except NotBefore:
        return
    except AmazonError as error:
        _note_unanswered(account_id, amazon_order_id, error, clock)


def _note_unanswered(account_id: int, amazon_order_id: str, error: AmazonError, clock: Clock) -> None:
    reason = f"Amazon did not return this order; it is requested again automatically. {error.summary()}"
    imported_orders.note_download_delayed(account_id, amazon_order_id, reason=reason, now=clock.now())


def _fetch(account_id: int, amazon_order_id: str, calls: Calls, clock: Clock) -> None:
    """Keep the order like the others; one that Amazon does not know stays as it is, with the reason."""
    try:
        body = calls.get_order(amazon_order_id).value
    except (Refused, AccessDenied) as refusal:  # a 403 of one order, searched with the same roles, is its own
        verb = "no longer knows this order" if isinstance(refusal, NotFound) else "refuses to return this order"
        reason = f"Amazon {verb}; the saved data is unchanged. Amazon answered {refusal.summary()}."
        unknown = isinstance(refusal, NotFound)
        now = clock.now()
        imported_orders.note_download_failed(account_id, amazon_order_id, reason=reason, now=now, unknown=unknown)
        return
    inbox.keep_order(account_id, RawOrder(amazon_order_id, body), now=clock.now())
