"""Steps on gaps and on orders that are wanted by number; they need an open transaction."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.db.models.functions import Greatest

from wharfinger.db.models import CompletenessDay, CompletenessGap, WantedOrder
from wharfinger.db.queries.orders.completeness.order_reports import read_stated
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutGap
from wharfinger.domain.orders.completeness.comparing import GAP_KINDS, Cause, Figures, StatedOrder, figures_of
from wharfinger.domain.orders.completeness.order_report import WantedBy
from wharfinger.operations import triggers
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem

FLOW = "orders_by_number"
NOT_HEALED = (
    "Look the order up in Seller Central by its number. Press “Download again” to request it once more; when it is "
    "dealt with there, press “Mark as done”."
)


def want_orders(
    account_id: int,
    changed: Mapping[str, datetime | None],
    *,
    source: WantedBy,
    now: datetime,
) -> int:
    """Have the orders downloaded by their numbers; one that is wanted already is wanted once, and by what is more
    urgent. `changed`: number → Amazon's moment of the change, where it said one. Returns how many are new."""
    numbers = [number[:60] for number in changed]
    known = WantedOrder.objects.filter(account_id=account_id, amazon_order_id__in=numbers)
    before = set(known.values_list("amazon_order_id", flat=True))
    order = list(WantedBy)
    known.update(times=F("times") + 1)
    for number, at in changed.items():
        if at is not None and number[:60] in before:
            known.filter(amazon_order_id=number[:60]).update(changed_at=Greatest(F("changed_at"), at))
    known.filter(source__in=order[order.index(source) + 1 :]).update(source=source, again_at=None)
    new = [
        WantedOrder(account_id=account_id, amazon_order_id=number, source=source, wanted_at=now, changed_at=at)
        for number, at in zip(numbers, changed.values(), strict=True)
        if number not in before
    ]
    WantedOrder.objects.bulk_create(new, ignore_conflicts=True)
    if numbers:
        triggers.run_flow(account_id, FLOW, soon=True)
    return len(new)


def close_gap(row: CompletenessGap, state: CompletenessGap.State, *, cause: Cause, now: datetime) -> None:
    """Healed or explained: its problem is solved, and no download of it waits."""
    row.state, row.cause, row.settled_at = state, cause, now
    row.save(update_fields=["state", "cause", "settled_at", "note", "ours"])
    solve_problem(ProblemKind.INCOMPLETE, AboutGap(row.account_id, row.amazon_order_id), now=now)
    WantedOrder.objects.filter(
        account_id=row.account_id, amazon_order_id=row.amazon_order_id, source=WantedBy.GAP
    ).delete()


def stick_gap(row: CompletenessGap, *, cause: Cause, now: datetime) -> None:
    """It does not heal: a problem is opened."""
    row.state, row.cause = CompletenessGap.State.STUCK, cause
    row.save(update_fields=["state", "cause", "note", "ours"])
    about = ", ".join(GAP_KINDS[kind].label.lower() for kind in row.kinds)
    open_problem(
        ProblemKind.INCOMPLETE,
        AboutGap(row.account_id, row.amazon_order_id),
        cause=f"{row.account.name}: Amazon's order report and the orders here differ on {row.amazon_order_id} "
        f"({about}). {row.note}".strip(),
        remedy=NOT_HEALED,
        account_id=row.account_id,
        now=now,
    )


def count_in(row: CompletenessGap, ours: StatedOrder | None) -> None:
    """The day's own figures follow the order: what it counts for now instead of what it counted for."""
    change = figures_of(ours) - figures_of(read_stated(row.ours))
    if change == Figures():
        return
    day = (
        CompletenessDay.objects.select_for_update()
        .filter(account_id=row.account_id, marketplace_id=row.marketplace_id, day=row.day)
        .first()
    )
    if day is None:
        return
    held = Figures(day.our_orders, day.our_units, _money(day.our_money)) + change
    day.our_orders, day.our_units = held.orders, held.units
    day.our_money = money_as_text(held.money)
    day.save(update_fields=["our_orders", "our_units", "our_money"])


def money_as_text(money: Mapping[str, Decimal]) -> dict[str, str]:
    """Currency → amount, without zeros beyond the hundredths."""
    return {currency: _written(amount) for currency, amount in sorted(money.items())}


def _written(amount: Decimal) -> str:
    whole, _, cents = f"{amount:f}".partition(".")
    kept = cents.rstrip("0").ljust(min(len(cents), 2), "0")
    return f"{whole}.{kept}" if kept else whole


def _money(kept: Mapping[str, str]) -> dict[str, Decimal]:
    return {currency: Decimal(amount) for currency, amount in kept.items()}
