"""Since when an account's orders are not seen, for pages and for the alert."""

from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.models import FlowSchedule, OrderCursor, SellerAccount, WorkerHeartbeat
from wharfinger.db.queries.installation.shell import SILENT_FOR
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.orders.blindness import Blind, Search, blind

SEARCH = "orders_in"


@dataclass(frozen=True, slots=True)
class Connection:
    """How a seller account stands with Amazon. `read_until`: everything up to then was read; `said`: what the last run
    of the search ended with; `next_at`: when it is tried again; `channel_id`: one of its channels, where Authorise
    stands."""

    account_id: int
    account: str
    state: LinkState
    blind: Blind | None
    read_until: datetime | None
    said: str
    waits_for: str
    failures: int
    next_at: datetime | None
    channel_id: int | None

    @property
    def sees(self) -> bool:
        return self.blind is None and self.state is LinkState.LINKED


def blind_since(account: SellerAccount, line: FlowSchedule | None, now: datetime, *, works: bool) -> Blind | None:
    """None while orders are seen. `account` with its cursor, `line`: of its search; `works`: a worker of the
    installation reports."""
    return blind(_search(account, line, getattr(account, "cursor", None), works=works), now)


def blind_of(account: SellerAccount, now: datetime, *, works: bool) -> Blind | None:
    """As `blind_since`, of one account alone."""
    line = FlowSchedule.objects.filter(account=account, flow=SEARCH).first()
    return blind_since(account, line, now, works=works)


def connections(*, now: datetime, machine_now: datetime) -> tuple[Connection, ...]:
    """Every seller account by name."""
    works = WorkerHeartbeat.objects.filter(seen_at__gt=machine_now - SILENT_FOR).exists()
    lines = {line.account_id: line for line in FlowSchedule.objects.filter(flow=SEARCH)}
    accounts = SellerAccount.objects.select_related("cursor").prefetch_related("channels").order_by("name", "pk")
    return tuple(_connection(account, lines.get(account.pk), now, works=works) for account in accounts)


def _connection(account: SellerAccount, line: FlowSchedule | None, now: datetime, *, works: bool) -> Connection:
    cursor = getattr(account, "cursor", None)
    channels = sorted((channel.archived, channel.pk) for channel in account.channels.all())
    search = _search(account, line, cursor, works=works)
    return Connection(
        account_id=account.pk,
        account=account.name,
        state=account.link_state,
        blind=blind(search, now),
        read_until=search.read_until,
        said=(account.link_error if search.lost_at else "") or (line.error if line else ""),
        waits_for=line.waiting_for if line else "",
        failures=line.failures if line else 0,
        next_at=line.due_at if line and not search.lost_at else None,
        channel_id=channels[0][1] if channels else None,
    )


def _search(account: SellerAccount, line: FlowSchedule | None, cursor: OrderCursor | None, *, works: bool) -> Search:
    read_until = cursor.after if cursor and cursor.caught_up_at else None
    starved = line is not None and bool(line.waiting_for) and not line.outcome
    return Search(
        read_until=read_until,
        failed=bool(line and line.error),
        fault=line.fault or None if line else None,
        lost_at=account.lost_at if account.link_state is LinkState.LOST else None,
        works=works,
        throttled=starved and cursor is not None and not cursor.page_token,
    )
