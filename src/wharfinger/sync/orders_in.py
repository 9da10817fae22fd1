"""Orders in: one search for a seller account, all its marketplaces, both kinds; pages are kept raw.

The cursor is Amazon's own `lastUpdatedBefore` less an overlap, moved in the transaction that keeps the
page (lesson C18). Understanding the orders comes after, each by itself, in `take_orders`.
"""

from datetime import UTC, datetime, time, timedelta

from wharfinger.amazon.client import SearchOrders
from wharfinger.amazon.errors import NotAnsweredAsPromised, NotFound, PageTokenRefused
from wharfinger.amazon.messages.orders import SearchOrdersPage, order_key
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.db.models import Channel, OrderCursor, Participation
from wharfinger.operations import inbox
from wharfinger.operations.inbox import NextCursor, RawOrder
from wharfinger.sync.calls import Calls, Clock, FlowResult, NotBefore

OVERLAP = timedelta(minutes=5)
"""Orders appear up to minutes late (behaviour O27); what comes twice is dropped by its hash."""
TOKEN_LIVES = timedelta(hours=23)
OLDEST = timedelta(days=90)
POLL_EVERY = timedelta(seconds=185)
"""A search costs one token; at 0.0056 a second one comes back each 178.6 s."""


def run(account_id: int, calls: Calls, clock: Clock) -> FlowResult:
    """Read pages until Amazon has no more, or the budget ends."""
    _start(account_id, clock.now())
    pages = orders = 0
    waited: NotBefore | None = None
    while waited is None:
        try:
            page, more = _read_page(account_id, calls, clock)
        except NotBefore as no_token:
            waited = no_token
            continue
        pages += 1
        orders += len(page.raw_orders)
        if not more:
            break
    outcome = f"{orders} orders on {pages} {'page' if pages == 1 else 'pages'}"
    if waited is not None:
        return FlowResult(outcome, waited.at, f"budget of {waited.operation}")
    return FlowResult(outcome, clock.now() + POLL_EVERY)


def _start(account_id: int, now: datetime) -> None:
    """The first window begins at the earliest Start Date of the account's channels, at most 90 days back."""
    if OrderCursor.objects.filter(account_id=account_id).exists():
        return
    channels = Channel.objects.filter(account_id=account_id, archived=False)
    earliest = min(channels.values_list("start_date", flat=True), default=now.date())
    inbox.start_cursor(account_id, after=max(datetime.combine(earliest, time.min, UTC), now - OLDEST))


def _marketplaces(account_id: int) -> tuple[str, ...]:
    """Every marketplace that the account takes part in; its channels' until Amazon has told."""
    told = Participation.objects.filter(account_id=account_id, participating=True)
    known = told.values_list("marketplace_id", flat=True) or Channel.objects.filter(
        account_id=account_id, archived=False
    ).values_list("marketplace_id", flat=True)
    return tuple(sorted(set(known)))[:50]


def _read_page(account_id: int, calls: Calls, clock: Clock) -> tuple[SearchOrdersPage, bool]:
    """Read and keep the next page; answers it and whether there are more."""
    cursor = OrderCursor.objects.get(account_id=account_id)
    token = _usable_token(cursor, clock.now())
    search = SearchOrders(
        marketplace_ids=tuple(cursor.marketplace_ids) if token else _marketplaces(account_id),
        last_updated_after=cursor.after,
        pagination_token=token or None,
    )
    try:
        page = calls.search_orders(search).value
    except PageTokenRefused:
        inbox.restart_window(account_id)
        return SearchOrdersPage(raw_orders=(), next_token=None, last_updated_before=None), True
    if token and page.next_token == token:
        inbox.restart_window(account_id)
        raise NotAnsweredAsPromised("searchOrders", message="the same page token came again (behaviour O02)")
    inbox.keep_page(account_id, _raw_orders(page), _next(cursor, search, page, clock.now()), now=clock.now())
    return page, page.next_token is not None


def _usable_token(cursor: OrderCursor, now: datetime) -> str:
    if cursor.page_token and cursor.token_at is not None and now - cursor.token_at < TOKEN_LIVES:
        return cursor.page_token
    return ""


def _raw_orders(page: SearchOrdersPage) -> list[RawOrder]:
    return [RawOrder(_key(bytes(raw)), bytes(raw)) for raw in page.raw_orders]


def _key(raw: bytes) -> str:
    try:
        return order_key(raw).order_id
    except Unreadable:
        return ""


def _next(cursor: OrderCursor, search: SearchOrders, page: SearchOrdersPage, now: datetime) -> NextCursor:
    """With a further page the window stays; after its last page it begins at the window's own end, less the overlap."""
    first_before = cursor.window_before if search.pagination_token else page.last_updated_before
    before = first_before or page.last_updated_before
    if page.next_token is not None:
        return NextCursor(cursor.after, search.marketplace_ids, page.next_token, now, before)
    after = cursor.after if before is None else max(cursor.after, before - OVERLAP)
    return NextCursor(after, search.marketplace_ids)


def fetch_order(account_id: int, amazon_order_id: str, calls: Calls, clock: Clock) -> None:
    """Retry Download: one order by its number, kept like the others. An order Amazon does not know stays as it is."""
    try:
        body = calls.get_order(amazon_order_id).value
    except NotFound:
        return
    inbox.keep_order(account_id, RawOrder(amazon_order_id, bytes(body)), now=clock.now())
