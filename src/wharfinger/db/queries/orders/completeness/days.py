"""Completeness for pages: what Amazon's report said of each day, what we held, and the gaps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from wharfinger.db.any_of import any_of
from wharfinger.db.models import (
    CompletenessDay,
    CompletenessGap,
    FlowSchedule,
    ImportedOrder,
    OrderReport,
    RateBudget,
    SellerAccount,
    WantedOrder,
    WorkerHeartbeat,
)
from wharfinger.db.queries.orders.blindness import SEARCH, blind_since
from wharfinger.db.queries.orders.completeness.order_reports import STANDING, accounts_behind, backlog, read_stated
from wharfinger.db.queries.paging import Page, read_page
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.orders.blindness import Blind
from wharfinger.domain.orders.catch_up import Bucket, plan
from wharfinger.domain.orders.completeness.comparing import GAP_KINDS, Cause, GapKind, StatedOrder, figures_of
from wharfinger.domain.orders.completeness.order_report import ReportPurpose, ReportState

Money = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Side:
    orders: int
    units: int
    money: Money


@dataclass(frozen=True, slots=True)
class DayRow:
    """`gaps`: those that stand, `explained`: those with a cause."""

    day: date
    marketplace: str
    whole: bool
    amazon: Side
    ours: Side
    gaps: int
    explained: int
    checked_at: datetime
    covered_until: datetime

    @property
    def equal(self) -> bool:
        return self.amazon == self.ours


@dataclass(frozen=True, slots=True)
class GapRow:
    id: int
    number: str
    import_id: int | None
    marketplace: str
    day: date
    kinds: tuple[GapKind, ...]
    state: CompletenessGap.State
    cause: Cause
    note: str
    amazon: str
    ours: str
    seen_at: datetime
    downloaded_at: datetime | None
    settled_at: datetime | None
    wanted: bool

    @property
    def stands(self) -> bool:
        return self.state in STANDING

    @property
    def how(self) -> str:
        """What became of it, in a sentence's part."""
        if self.state is CompletenessGap.State.HEALED:
            return "downloaded by its number" if self.downloaded_at else "read by the search for orders"
        return "" if self.cause is Cause.UNEXPLAINED else self.cause.label


@dataclass(frozen=True, slots=True)
class CatchingUp:
    """`left`: orders still to be read; `by`: when all will be here, None while nobody can say; `binds`: the operations
    of Amazon's whose rate limits it waits for."""

    left: int
    by: datetime | None
    binds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountCompleteness:
    """How far the proof of one account is. `last`: the newest report that ended, `open`: one under way."""

    id: int
    name: str
    linked: bool
    last_compared_at: datetime | None
    last_failed: str
    under_way: ReportState | None
    next_at: datetime | None
    gaps: int
    wanted: int
    newest: DayRow | None
    catching_up: CatchingUp | None
    blind: Blind | None


def account_completeness(account_id: int, *, now: datetime) -> AccountCompleteness | None:
    return next(iter(_accounts(SellerAccount.objects.filter(pk=account_id), now)), None)


def all_completeness(*, now: datetime) -> tuple[AccountCompleteness, ...]:
    """Every seller account by name. As many statements as for one, but for accounts that are far behind."""
    return _accounts(SellerAccount.objects.order_by("name", "pk"), now)


def catching_up(account_id: int, now: datetime) -> CatchingUp | None:
    """None where nothing is behind by much."""
    behind = backlog(account_id)
    if behind is None or not behind.left:
        return None
    buckets = {row.operation: _bucket(row, now) for row in RateBudget.objects.filter(account_id=account_id)}
    search, get = buckets.get("searchOrders"), buckets.get("getOrder")
    if search is None or get is None:
        return CatchingUp(behind.left, None, ())
    found = plan(behind.left, search, get)
    by = None if found.seconds is None else now + timedelta(seconds=found.seconds)
    return CatchingUp(behind.left, by, found.binds)


def _bucket(row: RateBudget, now: datetime) -> Bucket:
    rate = row.rate * row.share
    seconds = Decimal(max(0, int((now - row.counted_at).total_seconds())))
    return Bucket(min(row.burst, row.tokens + rate * seconds), rate)


def _accounts(rows: "QuerySet[SellerAccount]", now: datetime) -> tuple[AccountCompleteness, ...]:
    accounts = list(rows.select_related("cursor"))
    ids = [account.pk for account in accounts]
    reports = OrderReport.objects.filter(any_of("account", ids), purpose=ReportPurpose.PROOF)
    newest = reports.order_by("account", "-pk").distinct("account")
    compared = {row.account_id: row for row in newest.filter(state=ReportState.COMPARED)}
    under_way = {row.account_id: row for row in newest.filter(ended_at__isnull=True)}
    last = reports.filter(ended_at__isnull=False).order_by("account", "-ended_at", "-pk").distinct("account")
    ended = {row.account_id: row for row in last}
    lines = FlowSchedule.objects.filter(any_of("account", ids), flow__in=("order_report", SEARCH))
    line_of = {(line.account_id, line.flow): line for line in lines}
    standing = CompletenessGap.objects.filter(any_of("account", ids), state__in=STANDING).values_list("account")
    gaps = dict(standing.annotate(n=Count("pk")).order_by())
    wanted_of = WantedOrder.objects.filter(any_of("account", ids)).values_list("account")
    wanted = dict(wanted_of.annotate(n=Count("pk")).order_by())
    whole = CompletenessDay.objects.filter(any_of("account", ids), whole=True, amazon_orders__gt=0)
    days = whole.order_by("account", "-day", "-pk").distinct("account").values(*_DAY)
    newest_day = {row["account_id"]: _day_row(row) for row in days}
    behind, works = accounts_behind(), WorkerHeartbeat.objects.exists()
    return tuple(
        AccountCompleteness(
            id=account.pk,
            name=account.name,
            linked=account.link_state is LinkState.LINKED,
            last_compared_at=compared[account.pk].ended_at if account.pk in compared else None,
            last_failed=_failure(ended.get(account.pk)),
            under_way=under_way[account.pk].state if account.pk in under_way else None,
            next_at=line.due_at if (line := line_of.get((account.pk, "order_report"))) else None,
            gaps=gaps.get(account.pk, 0),
            wanted=wanted.get(account.pk, 0),
            newest=newest_day.get(account.pk),
            catching_up=catching_up(account.pk, now) if account.pk in behind else None,
            blind=blind_since(account, line_of.get((account.pk, SEARCH)), now, works=works),
        )
        for account in accounts
    )


def _failure(ended: OrderReport | None) -> str:
    return "" if ended is None or ended.state is ReportState.COMPARED else ended.error


_DAY = (
    "id", "day", "marketplace_id", "marketplace__name", "whole", "amazon_orders", "amazon_units", "amazon_money",
    "our_orders", "our_units", "our_money", "checked_at", "covered_until", "account_id",
)  # fmt: skip


def _days(account_id: int) -> "QuerySet[CompletenessDay]":
    """Days with an order on either side."""
    return CompletenessDay.objects.filter(Q(amazon_orders__gt=0) | Q(our_orders__gt=0), account_id=account_id)


def completeness_days(account_id: int, *, cursor: str = "") -> Page[DayRow]:
    """Newest first."""
    page = read_page(_days(account_id).values(*_DAY), ("-day", "-id"), cursor)
    counts = _gaps_of_days(account_id, [row["day"] for row in page.rows])
    return page.made_of(lambda row: _day_row(row, counts))


def every_day(account_id: int) -> Iterator[DayRow]:
    """For a file."""
    rows = list(_days(account_id).order_by("-day", "marketplace__name", "-pk").values(*_DAY))
    counts = _gaps_of_days(account_id, [row["day"] for row in rows])
    yield from (_day_row(row, counts) for row in rows)


def _gaps_of_days(account_id: int, days: list[date]) -> Mapping[tuple[date, str | None], tuple[int, int]]:
    rows = CompletenessGap.objects.filter(account_id=account_id, day__in=days).values("day", "marketplace_id")
    counted = rows.annotate(
        stands=Count("id", filter=Q(state__in=STANDING)),
        explained=Count("id", filter=Q(state=CompletenessGap.State.EXPLAINED)),
    ).order_by()
    return {(row["day"], row["marketplace_id"]): (row["stands"], row["explained"]) for row in counted}


def _day_row(row: dict[str, Any], counts: Mapping[tuple[date, str | None], tuple[int, int]] | None = None) -> DayRow:
    stands, explained = (counts or {}).get((row["day"], row["marketplace_id"]), (0, 0))
    return DayRow(
        day=row["day"],
        marketplace=row["marketplace__name"] or "",
        whole=row["whole"],
        amazon=Side(row["amazon_orders"], row["amazon_units"], _money(row["amazon_money"])),
        ours=Side(row["our_orders"], row["our_units"], _money(row["our_money"])),
        gaps=stands,
        explained=explained,
        checked_at=row["checked_at"],
        covered_until=row["covered_until"],
    )


def _money(kept: Mapping[str, str]) -> Money:
    return tuple((currency, Decimal(amount)) for currency, amount in sorted(kept.items()))


def completeness_gaps(account_id: int, *, standing: bool = False, cursor: str = "") -> Page[GapRow]:
    """Newest day first; `standing`: those alone that are not settled."""
    rows = _gaps(account_id)
    if standing:
        rows = rows.filter(state__in=STANDING)
    page = read_page(rows.values(*_GAP), ("-day", "-id"), cursor)
    return _with_orders(account_id, page)


def every_gap(account_id: int) -> Iterator[GapRow]:
    """For a file."""
    for row in _gaps(account_id).order_by("-day", "-pk").values(*_GAP).iterator(chunk_size=500):
        yield _gap_row(row, {}, frozenset())


_GAP = (
    "id", "amazon_order_id", "marketplace__name", "day", "kinds", "state", "cause", "note", "amazon", "ours", "seen_at",
    "downloaded_at", "settled_at",
)  # fmt: skip


def _gaps(account_id: int) -> "QuerySet[CompletenessGap]":
    return CompletenessGap.objects.filter(account_id=account_id)


def _with_orders(account_id: int, page: "Page[dict[str, Any]]") -> Page[GapRow]:
    numbers = [row["amazon_order_id"] for row in page.rows]
    held = ImportedOrder.objects.filter(account_id=account_id, amazon_order_id__in=numbers)
    imports = dict(held.values_list("amazon_order_id", "pk"))
    waiting = WantedOrder.objects.filter(account_id=account_id, amazon_order_id__in=numbers)
    wanted = frozenset(waiting.values_list("amazon_order_id", flat=True))
    return page.made_of(lambda row: _gap_row(row, imports, wanted))


def _gap_row(row: dict[str, Any], imports: Mapping[str, int], wanted: frozenset[str]) -> GapRow:
    number = row["amazon_order_id"]
    return GapRow(
        id=row["id"],
        number=number,
        import_id=imports.get(number),
        marketplace=row["marketplace__name"] or "",
        day=row["day"],
        kinds=tuple(GAP_KINDS[kind] for kind in row["kinds"]),
        state=row["state"],
        cause=row["cause"],
        note=row["note"],
        amazon=_in_words(read_stated(row["amazon"])),
        ours=_in_words(read_stated(row["ours"])),
        seen_at=row["seen_at"],
        downloaded_at=row["downloaded_at"],
        settled_at=row["settled_at"],
        wanted=number in wanted,
    )


def _in_words(order: StatedOrder | None) -> str:
    """`Shipped, 2 units, 23.98 GBP`; empty where the order was not there."""
    if order is None:
        return ""
    figures = figures_of(order)
    units = "1 unit" if figures.units == 1 else f"{figures.units} units"
    money = [f"{amount:.2f} {currency}" for currency, amount in figures.money.items()]
    return ", ".join([order.stage.label, *([] if order.by_sku is None else [units]), *money])
