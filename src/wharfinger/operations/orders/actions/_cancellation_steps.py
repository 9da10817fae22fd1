"""Steps that end a cancellation; they need an open transaction. The order is locked before its cancellation."""

from datetime import datetime

from wharfinger.db.models import Cancellation, SalesOrder
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.cancelling import CancellationState
from wharfinger.operations._options_in_force import options_for
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.stock._allocation_steps import pick_by_itself

_TEXT_AT_MOST = 2000
OF_A_CANCELLATION = (ProblemKind.CANCELLATION_REFUSED, ProblemKind.CANCELLATION_NOT_SHOWN)


def end_confirmed(row: Cancellation, now: datetime) -> None:
    """Amazon's own order is cancelled. Its units were given back when that order was read."""
    _end(row, CancellationState.CONFIRMED, "", now)
    for kind in OF_A_CANCELLATION:
        solve_problem(kind, AboutOrder(row.order_id), now=now)
    _record(row, "Amazon shows the order as cancelled, as we requested.", now)


def end_refused(row: Cancellation, error: str, now: datetime) -> None:
    """The order is still to be dispatched: it keeps its units and may leave again."""
    _end(row, CancellationState.REFUSED, error, now)
    open_problem(
        ProblemKind.CANCELLATION_REFUSED,
        AboutOrder(row.order_id),
        cause=f"Amazon refused to cancel {row.order.code}, as requested {row.made_at:%Y-%m-%d %H:%M} UTC: "
        f"{row.error[:600]}",
        remedy="The order keeps its stock and can be dispatched. Press “Cancel at Amazon” on it to try again, perhaps "
        "with another reason; or dispatch it and press “Mark as done”.",
        sales_order=row.order,
        channel_id=row.order.channel_id,
        account_id=row.account_id,
        now=now,
    )
    _record(row, "Amazon refused to cancel the order.", now)


def end_not_shown(row: Cancellation, now: datetime) -> None:
    """Amazon took the cancellation a day ago, and its order is not cancelled."""
    _end(row, CancellationState.NOT_SHOWN, "Amazon accepted it, but its order is not cancelled.", now)
    open_problem(
        ProblemKind.CANCELLATION_NOT_SHOWN,
        AboutOrder(row.order_id),
        cause=f"Amazon accepted the cancellation of {row.order.code} {row.accepted_at:%Y-%m-%d %H:%M} UTC, but still "
        "shows the order as open a day later.",
        remedy="Compare it with Seller Central. Press “Cancel at Amazon” on the order to send it again; or dispatch it "
        "and press “Mark as done”.",
        sales_order=row.order,
        channel_id=row.order.channel_id,
        account_id=row.account_id,
        now=now,
    )
    _record(row, "Amazon accepted the cancellation, but its order is not cancelled.", now)


def withdraw(row: Cancellation, now: datetime) -> None:
    """Nothing was sent."""
    _end(row, CancellationState.WITHDRAWN, "", now)


def _end(row: Cancellation, state: CancellationState, error: str, now: datetime) -> None:
    row.state, row.error, row.ended_at = state, error[:_TEXT_AT_MOST], now
    row.save(update_fields=["state", "error", "ended_at"])
    order = row.order
    order.cancelling_at = None
    order.save(update_fields=["cancelling_at"])
    if state is not CancellationState.CONFIRMED:
        pick_by_itself(order, options_for(order.channel, order.order_type), now=now)


def _record(row: Cancellation, text: str, now: datetime) -> None:
    record_activity(text, sales_order=row.order, channel_id=row.order.channel_id, account_id=row.account_id, now=now)


def lock_rows(account_id: int, ids: list[int]) -> list[Cancellation]:
    """These cancellations with their orders, orders first: a person's click and a batch lock them so too."""
    orders = Cancellation.objects.filter(account_id=account_id, pk__in=ids).values("order")
    held = SalesOrder.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=orders).order_by("pk")
    related = {row.pk: row for row in held.select_related("channel__marketplace", "imported", "site")}
    rows = list(
        Cancellation.objects.select_for_update(no_key=True).filter(account_id=account_id, pk__in=ids).order_by("pk")
    )
    for row in rows:
        row.order = related[row.order_id]
    return rows
