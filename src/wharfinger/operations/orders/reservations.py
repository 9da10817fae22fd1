"""Units that Amazon orders take without being sales orders: held, served, ended; and paid orders without a channel."""

from datetime import datetime

from wharfinger.db.models import Alert, ImportedOrder, Installation, Problem, RawMessage, SalesOrder, User
from wharfinger.db.queries.orders.unimported import Channelless, channelless_orders
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutMissingChannel, AlertKey
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, IncomingOrder
from wharfinger.operations.after_sale._invoice_steps import INSTALLATION_ID
from wharfinger.operations.installation._alert_steps import close_alert, raise_alert
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.orders._book import open_book
from wharfinger.operations.orders._import_steps import ORDER_ID_AT_MOST, about_message
from wharfinger.operations.orders._reserve_steps import plan_reservation, reservation_keys, reserve, reserved_items
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._allocation_steps import allocate_import, allocate_lines, recompute_state
from wharfinger.operations.transaction import operation

PENDING_DAYS = range(1, 61)
"""For how many days a pending order may keep its units."""


@operation
def hold_units(raw_id: int, incoming: IncomingOrder, *, now: datetime) -> None:
    """The message could not be taken; its lines reserve their units all the same.

    Nothing else of it is believed: an order that is understood, or a sales order, stays as it is.
    """
    raw = RawMessage.objects.select_for_update(no_key=True).get(pk=raw_id)
    if len(incoming.amazon_order_id) > ORDER_ID_AT_MOST:
        return
    if not raw.key:  # read member by member it has a number after all: its problem is its order's
        solve_problem(ProblemKind.NOT_UNDERSTOOD, about_message(raw), now=now)
        raw.key = incoming.amazon_order_id
        raw.save(update_fields=["key"])
    book = open_book(raw.account_id, [incoming], [], now)
    imported = book.find_or_make_import(incoming)
    understood = imported.amazon_status != AmazonStatus.UNKNOWN
    if imported.pk in book.parts_of or (understood and incoming.updated_at < imported.amazon_updated_at):
        return
    if incoming.status is not AmazonStatus.UNKNOWN:
        imported.amazon_status, imported.amazon_updated_at = incoming.status, incoming.updated_at
    imported.fulfilment = incoming.fulfilment if incoming.fulfilment else imported.fulfilment
    marketplace = book.channels.marketplace(incoming.marketplace_id)
    imported.marketplace_id = marketplace.pk if marketplace else imported.marketplace_id
    imported.ship_by = incoming.ship_by or imported.ship_by
    imported.raw_message = imported.raw_message or raw
    plan = plan_reservation(book, imported, incoming)
    book.shelf.read_parts(reserved_items(plan.rows))
    book.shelf.lock(reservation_keys(book.shelf, plan.rows))
    reserve(book, plan)
    book.write()


@operation
def serve_import(imported_id: int, *, now: datetime) -> bool:
    """Give an order without an import what has become free meanwhile; False when somebody else holds it now."""
    rows = ImportedOrder.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    imported = rows.filter(pk=imported_id).first()
    if imported is None:
        return False
    allocate_import(imported, now=now)
    return True


@operation
def end_reservation(imported_id: int, *, now: datetime) -> None:
    """The order is pending for too long: its units are free, until it is paid."""
    imported = ImportedOrder.objects.select_for_update(of=("self",), no_key=True).get(pk=imported_id)
    if not imported.amazon_status.pending or imported.reservation_ended_at is not None:
        return
    imported.reservation_ended_at = now
    imported.save(update_fields=["reservation_ended_at"])
    rows = SalesOrder.objects.select_for_update(of=("self",), no_key=True).select_related(
        "site", "channel__marketplace"
    )
    orders = list(rows.filter(imported=imported).order_by("pk"))
    if not orders:
        allocate_import(imported, now=now)
    for order in orders:
        order.imported = imported
        lines = list(order.lines.order_by("pk"))
        allocate_lines(order, lines, now=now)
        recompute_state(order, lines, now=now)
    days = (now - (imported.pending_since or imported.placed_at)).days
    record_activity(
        f"Pending for {days} {'day' if days == 1 else 'days'}: its units are released. They are allocated again "
        "as soon as the order is paid.",
        imported_order=imported,
        sales_order=orders[0] if orders else None,
        channel_id=imported.channel_id,
        now=now,
    )


@operation
def set_pending_days(days: int, *, preorders_reserve: bool = False, now: datetime, user: User) -> None:
    """For orders that are pending now and those to come; what is released already stays released.

    `preorders_reserve`: whether a pre-order takes units before its goods are out; it counts from its next message on.
    """
    if days not in PENDING_DAYS:
        raise Refused(
            "Give a number of days from %(least)s to %(most)s.",
            "days",
            least=PENDING_DAYS[0],
            most=PENDING_DAYS[-1],
        )
    row = Installation.objects.select_for_update(no_key=True).get(pk=INSTALLATION_ID)
    held, wanted = (row.pending_reservation_days, row.preorders_reserve), (days, preorders_reserve)
    if held == wanted:
        return
    row.pending_reservation_days, row.preorders_reserve = wanted
    row.save(update_fields=["pending_reservation_days", "preorders_reserve"])
    before, after = _kept_for(*held), _kept_for(*wanted)
    if held[1] == wanted[1]:
        before, after = before[:1], after[:1]
    record_audit("change", "Installation", row.pk, before=dict(before), after=dict(after), now=now, user=user)


def _kept_for(days: int, preorders_reserve: bool) -> list[tuple[str, str]]:
    return [
        ("pending orders keep their units", f"{days} {'day' if days == 1 else 'days'}"),
        ("pre-orders take units", "yes" if preorders_reserve else "no"),
    ]


@operation
def judge_channelless(account_id: int, *, now: datetime) -> int:
    """One problem, and one alert, for each marketplace whose paid orders have no channel. Returns how many."""
    found = channelless_orders(account_id)
    for row in found:
        _report(row, now)
    still = {_about(row) for row in found}
    gone = Problem.objects.filter(kind=ProblemKind.NO_CHANNEL, account=account_id, solved_at=None)
    for problem in gone.exclude(key__in=still).order_by("pk"):
        solve_problem(ProblemKind.NO_CHANNEL, problem.key, now=now)
        if isinstance(problem.key, AboutMissingChannel):
            close_alert(_opening(problem.key, problem), now=now)
    return len(found)


def _about(row: Channelless) -> AboutMissingChannel:
    return AboutMissingChannel(row.account_id, row.marketplace_id, Fulfilment.FBM)


def _opening(subject: AboutMissingChannel, problem: Problem) -> AlertKey:
    """Each opening of the problem has an alert of its own."""
    return AlertKey(subject, str(problem.pk))


def _report(row: Channelless, now: datetime) -> None:
    subject = _about(row)
    held = Problem.objects.filter(kind=ProblemKind.NO_CHANNEL, key=subject, solved_at=None).first()
    if held is not None and held.cause == row.sentence:
        return
    problem = open_problem(
        ProblemKind.NO_CHANNEL,
        subject,
        cause=row.sentence,
        remedy=row.remedy,
        account_id=row.account_id,
        now=now,
    )
    opening = _opening(subject, problem)
    if not Alert.objects.filter(key=opening, closed_at=None, text=row.sentence).exists():
        raise_alert(
            AlertKind.NO_CHANNEL,
            opening,
            text=row.sentence,
            remedy=row.remedy,
            account=problem.account,
            now=now,
        )
