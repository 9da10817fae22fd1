"""The dashboard: today's orders, what is late, what waits, how fresh each account is, what Amazon's rates allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Count, F
from django.db.models.functions import TruncDate

from wharfinger.db.models import (
    Channel,
    Confirmation,
    FlowSchedule,
    ImportedOrder,
    Problem,
    RateBudget,
    SalesOrder,
    SellerAccount,
    StockLevel,
    StockNotice,
)
from wharfinger.domain.budget import Bucket, tokens_at
from wharfinger.domain.marketplaces import flag
from wharfinger.domain.orders import SalesOrderState
from wharfinger.domain.shipments import ConfirmationState

DAYS_SHOWN = 14
PROBLEMS_SHOWN = 6
AT_RISK_SHOWN = 8
LOW = 5
"""Available units from which an item that sells is shown as at risk."""

TO_SHIP = [SalesOrderState.READY.value, SalesOrderState.PART_SHIPPED.value]
FLOW_TITLES = {
    "orders_in": "Orders in",
    "take_orders": "Orders taken",
    "listings_in": "Listings",
    "fba_stock_in": "FBA levels",
    "stock_out": "Stock out",
    "shipments_out": "Shipments out",
}


@dataclass(frozen=True, slots=True)
class ChannelToday:
    id: int
    name: str
    flag: str
    kind: str
    orders: int


@dataclass(frozen=True, slots=True)
class FlowRow:
    flow: str
    title: str
    finished_at: datetime | None
    outcome: str
    waiting_for: str
    error: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class BudgetRow:
    operation: str
    tokens: int
    burst: int
    rate: Decimal
    calls: int
    refused: int


@dataclass(frozen=True, slots=True)
class AccountRow:
    id: int
    name: str
    link: str
    flows: tuple[FlowRow, ...]
    budgets: tuple[BudgetRow, ...]
    quantities_waiting: int


@dataclass(frozen=True, slots=True)
class AtRisk:
    item_id: int
    code: str
    name: str
    site: str
    available: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart; `height` of 100."""

    day: date
    orders: int
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class OpenProblem:
    kind: str
    cause: str
    url: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    has_channels: bool
    orders_today: int
    to_ship: int
    late: int
    unconfirmed: int
    awaiting_stock: int
    problems: int
    newest_problems: tuple[OpenProblem, ...]
    channels: tuple[ChannelToday, ...]
    accounts: tuple[AccountRow, ...]
    at_risk: tuple[AtRisk, ...]
    chart: tuple[Bar, ...]
    chart_top: int


def dashboard(now: datetime, midnight: datetime) -> Dashboard:
    """Everything of the page; `midnight` is the beginning of the reader's day, in the reader's zone."""
    channels = _channels_today(midnight)
    waiting = dict(StockNotice.objects.values_list("account").annotate(n=Count("id")))
    counts = _order_counts(now)
    open_problems = Problem.objects.filter(solved_at=None)
    chart, top = _chart(midnight)
    return Dashboard(
        has_channels=bool(channels),
        orders_today=sum(row.orders for row in channels),
        to_ship=counts["to_ship"],
        late=counts["late"],
        unconfirmed=_unconfirmed(),
        awaiting_stock=counts["awaiting"],
        problems=open_problems.count(),
        newest_problems=tuple(
            OpenProblem(row.kind, row.cause, row.cure_page) for row in open_problems.order_by("-pk")[:PROBLEMS_SHOWN]
        ),
        channels=channels,
        accounts=_accounts(now, waiting),
        at_risk=_at_risk(),
        chart=chart,
        chart_top=top,
    )


def _channels_today(midnight: datetime) -> tuple[ChannelToday, ...]:
    today = dict(ImportedOrder.objects.filter(placed_at__gte=midnight).values_list("channel").annotate(n=Count("id")))
    rows = Channel.objects.filter(archived=False).select_related("marketplace").order_by("name")
    return tuple(
        ChannelToday(row.pk, row.name, flag(row.marketplace.country), row.kind, today.get(row.pk, 0)) for row in rows
    )


def _order_counts(now: datetime) -> dict[str, int]:
    open_orders = SalesOrder.objects.filter(state__in=TO_SHIP)
    return {
        "to_ship": open_orders.count(),
        "late": open_orders.filter(ship_by__lt=now).count(),
        "awaiting": SalesOrder.objects.filter(state=SalesOrderState.AWAITING_STOCK.value).count(),
    }


def _unconfirmed() -> int:
    done = [ConfirmationState.CONFIRMED.value, ConfirmationState.NOT_SENT.value]
    return Confirmation.objects.exclude(state__in=done).count()


def _accounts(now: datetime, waiting: dict[int, int]) -> tuple[AccountRow, ...]:
    accounts = SellerAccount.objects.prefetch_related("flows", "budgets").order_by("name")
    return tuple(
        AccountRow(
            account.pk,
            account.name,
            account.link_state,
            tuple(_flow(row) for row in sorted(account.flows.all(), key=lambda row: list(FLOW_TITLES).index(row.flow))),
            tuple(_budget(row, now) for row in sorted(account.budgets.all(), key=lambda row: row.operation)),
            waiting.get(account.pk, 0),
        )
        for account in accounts
    )


def _flow(row: FlowSchedule) -> FlowRow:
    title = FLOW_TITLES.get(row.flow, row.flow)
    return FlowRow(row.flow, title, row.finished_at, row.outcome, row.waiting_for, row.error, row.due_at)


def _budget(row: RateBudget, now: datetime) -> BudgetRow:
    held = tokens_at(Bucket(row.rate, row.burst, row.tokens, row.counted_at), now)
    return BudgetRow(row.operation, max(0, int(held)), int(row.burst), _plain(row.rate), row.calls, row.refused)


def _plain(rate: Decimal) -> Decimal:
    """Without trailing zeros, and never as 1E+1."""
    return rate.quantize(Decimal(1)) if rate == rate.to_integral_value() else rate.normalize()


def _at_risk() -> tuple[AtRisk, ...]:
    """Items that are sold somewhere and of which few are left, fewest first."""
    rows = (
        StockLevel.objects.filter(item__channel_products__isnull=False)
        .exclude(counted_at=None)
        .annotate(left=F("on_hand") - F("allocated") - F("fba_ordered"))
        .filter(left__lte=LOW)
        .select_related("item", "site")
        .order_by("left", "item__code")
        .distinct()
    )
    return tuple(
        AtRisk(row.item_id, row.item.code, row.item.name, row.site.name, row.left) for row in rows[:AT_RISK_SHOWN]
    )


def _chart(midnight: datetime) -> tuple[tuple[Bar, ...], int]:
    """Orders of the last days; a day begins and ends in the reader's zone."""
    today = midnight.date()
    days = [today - timedelta(days=back) for back in range(DAYS_SHOWN - 1, -1, -1)]
    since = datetime.combine(days[0], time.min, tzinfo=midnight.tzinfo)
    counted = dict(
        ImportedOrder.objects.filter(placed_at__gte=since)
        .annotate(day=TruncDate("placed_at", tzinfo=midnight.tzinfo))
        .values_list("day")
        .annotate(n=Count("id"))
    )
    return bars(days, [counted.get(day, 0) for day in days])


def bars(days: Sequence[date], counts: Sequence[int]) -> tuple[tuple[Bar, ...], int]:
    """Heights of 100 for the largest count; the top of the scale beside them."""
    top = max([*counts, 1])
    drawn = []
    for position, (day, count) in enumerate(zip(days, counts, strict=True)):
        height = round(100 * count / top)
        drawn.append(Bar(day, count, 30 + position * 60, 110 - height, height))
    return tuple(drawn), top
