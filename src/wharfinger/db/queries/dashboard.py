"""The dashboard: today's orders, what is late, what waits, how fresh each account is, what Amazon's rates allow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef

from wharfinger.db.models import (
    Channel,
    ChannelProduct,
    Confirmation,
    FlowSchedule,
    Problem,
    SalesOrder,
    SellerAccount,
    StockLevel,
    StockNotice,
)
from wharfinger.db.queries.access.budgets import BudgetRow, budget_row
from wharfinger.db.queries.installation.problems import ProblemRow, newest_problems
from wharfinger.db.queries.orders.late import count_unsent
from wharfinger.db.queries.orders.order_days import OrdersOfToday, orders_by_day
from wharfinger.db.queries.orders.sales_orders import Day, ShipBy, count_due
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.shipping.shipments import SETTLED
from wharfinger.domain.timetable import FLOW_TITLES, flow_title

DAYS_SHOWN = 14
PROBLEMS_SHOWN = 6
AT_RISK_SHOWN = 8
LOW = 5
"""Available units from which an item that sells is shown as at risk."""


@dataclass(frozen=True, slots=True)
class ChannelToday:
    id: int
    name: str
    country: str
    kind: str
    orders: int
    archived: bool


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
class AccountRow:
    id: int
    name: str
    link: LinkState
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
class Dashboard:
    """`to_ship`: what stands on the ship-by board, `late`: past their ship-by, the ones that
    are not imported among them; `channelless`: paid orders, still to be sent, of marketplaces where the account has
    no channel; `no_channel_today`: orders of today that no channel of ours takes."""

    has_channels: bool
    orders_today: int
    no_channel_today: int
    to_ship: int
    late: int
    channelless: int
    unconfirmed: int
    awaiting_stock: int
    problems: int
    newest_problems: tuple[ProblemRow, ...]
    channels: tuple[ChannelToday, ...]
    accounts: tuple[AccountRow, ...]
    at_risk: tuple[AtRisk, ...]
    chart: tuple[Bar, ...]
    chart_top: int


def dashboard(day: Day, today: date) -> Dashboard:
    """Everything of the page. `today`: the reader's, by which the chart's days are named."""
    now = day.now
    orders, days = orders_by_day(now, today, DAYS_SHOWN)
    channels = _channels_today(orders)
    waiting = dict(StockNotice.objects.values_list("account").annotate(n=Count("id")))
    due = count_due(day)
    unsent = count_unsent(day.now)
    open_problems = Problem.objects.filter(solved_at=None)
    chart, top = bars(days)
    return Dashboard(
        has_channels=any(not row.archived for row in channels),
        orders_today=orders.total,
        no_channel_today=orders.by_channel.get(None, 0),
        to_ship=sum(due.values()),
        late=due[ShipBy.LATE] + unsent.late,
        channelless=unsent.channelless,
        unconfirmed=_unconfirmed(),
        awaiting_stock=SalesOrder.objects.filter(state=SalesOrderState.AWAITING_STOCK).count(),
        problems=open_problems.count(),
        newest_problems=newest_problems(PROBLEMS_SHOWN),
        channels=channels,
        accounts=_accounts(now, waiting),
        at_risk=_at_risk(),
        chart=chart,
        chart_top=top,
    )


def _channels_today(today: OrdersOfToday) -> tuple[ChannelToday, ...]:
    """By name; an archived channel only when it had an order today, so that the rows add up to the whole."""
    rows = Channel.objects.select_related("marketplace").order_by("name")
    return tuple(
        ChannelToday(row.pk, row.name, row.marketplace.country, row.kind, today.by_channel.get(row.pk, 0), row.archived)
        for row in rows
        if not row.archived or row.pk in today.by_channel
    )


def _unconfirmed() -> int:
    return Confirmation.objects.exclude(state__in=SETTLED).count()


def _accounts(now: datetime, waiting: dict[int, int]) -> tuple[AccountRow, ...]:
    accounts = SellerAccount.objects.prefetch_related("flows", "budgets").order_by("name")
    return tuple(
        AccountRow(
            account.pk,
            account.name,
            account.link_state,
            tuple(_flow(row) for row in sorted(account.flows.all(), key=lambda row: list(FLOW_TITLES).index(row.flow))),
            tuple(budget_row(row, now) for row in sorted(account.budgets.all(), key=lambda row: row.operation)),
            waiting.get(account.pk, 0),
        )
        for account in accounts
    )


def _flow(row: FlowSchedule) -> FlowRow:
    title = flow_title(row.flow)
    return FlowRow(row.flow, title, row.finished_at, row.outcome, row.waiting_for, row.error, row.due_at)


def _at_risk() -> tuple[AtRisk, ...]:
    """Items that are sold somewhere and of which few are left, fewest first."""
    rows = (
        StockLevel.objects.filter(Exists(ChannelProduct.objects.filter(item=OuterRef("item"))))
        .exclude(counted_at=None)
        .annotate(left=F("on_hand") - F("allocated") - F("fba_ordered"))
        .filter(left__lte=LOW)
        .select_related("item", "site")
        .order_by("left", "item__code")
    )
    return tuple(
        AtRisk(row.item_id, row.item.code, row.item.name, row.site.name, row.left) for row in rows[:AT_RISK_SHOWN]
    )


def bars(days: Sequence[tuple[date, int]]) -> tuple[tuple[Bar, ...], int]:
    """Heights of 100 for the largest count; the top of the scale beside them."""
    top = max([*(count for _, count in days), 1])
    drawn = []
    for position, (day, count) in enumerate(days):
        height = round(100 * count / top)
        drawn.append(Bar(day, count, 30 + position * 60, 110 - height, height))
    return tuple(drawn), top
