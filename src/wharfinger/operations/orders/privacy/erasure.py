"""Personal data erased: by the clock, some at a time, and on a person's request; and what keeps it longer.

A run that is killed loses nothing: what is due is found by looking. Nothing here can be undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from wharfinger.db.models import Customer, Installation, LegalHold, SalesOrder, User
from wharfinger.db.queries.orders.privacy.erasing import DUE_CUSTOMERS, DUE_MESSAGES, DUE_ORDERS, times
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.domain.orders.privacy.erasing import KEPT_DAYS, REASON_AT_MOST
from wharfinger.operations.after_sale._invoice_steps import INSTALLATION_ID
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.orders.actions._sales_order_steps import lock_order, record_act
from wharfinger.operations.orders.privacy._erasure_steps import erase_customers, erase_orders, may_wait_for_rows
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

ORDERS_AT_ONCE = 200
ROWS_AT_ONCE = 1000
BY_THE_CLOCK = "Personal data was erased: its time after delivery is over."
ON_REQUEST = "Personal data was erased on request."
_LISTS_OF_PEOPLE = (ListCode.SALES_ORDERS, ListCode.IMPORTED_ORDERS, ListCode.CUSTOMERS)
_TRACES = (
    "DELETE FROM wharfinger_unreadnotification WHERE received_at < %(before)s",
    "UPDATE wharfinger_auditentry SET before = NULL, after = NULL WHERE noun IN ('List', 'SavedView') "
    "AND at < %(before)s AND (before IS NOT NULL OR after IS NOT NULL)",
    "UPDATE wharfinger_savedview SET filters = filters - 'q' WHERE made_at < %(before)s "
    "AND filters ? 'q' AND list = ANY(%(lists)s)",
    "UPDATE wharfinger_bulkaction SET chosen = NULL WHERE finished_at < %(before)s AND chosen IS NOT NULL",
)
"""What people searched for may be a buyer's name: in exports, saved views and actions on many orders."""


@operation
def erase_due_orders(*, now: datetime) -> int:
    """The next orders whose time is over, oldest first; returns how many. One that somebody changes now comes later."""
    may_wait_for_rows()
    ids = _found("o.id", DUE_ORDERS, "ORDER BY o.placed_at LIMIT %(limit)s FOR NO KEY UPDATE OF o SKIP LOCKED",
                 times(now) | {"limit": ORDERS_AT_ONCE})  # fmt: skip
    if ids:
        erase_orders(ids, BY_THE_CLOCK, now=now)
    return len(ids)


@operation
def erase_due_messages(*, now: datetime) -> int:
    """Raw messages about no sales order, or about one whose data is erased already; returns how many."""
    may_wait_for_rows()
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE wharfinger_rawmessage SET body = NULL WHERE id IN (SELECT m.id {DUE_MESSAGES} "
            "ORDER BY m.id LIMIT %(limit)s FOR NO KEY UPDATE OF m SKIP LOCKED)",
            times(now) | {"limit": ROWS_AT_ONCE},
        )
        return int(cursor.rowcount)


@operation
def erase_due_customers(*, now: datetime) -> int:
    """Buyers of whom no order holds personal data any more; returns how many."""
    may_wait_for_rows()
    ids = _found("c.id", DUE_CUSTOMERS, "ORDER BY c.id LIMIT %(limit)s FOR NO KEY UPDATE OF c SKIP LOCKED",
                 times(now) | {"limit": ROWS_AT_ONCE})  # fmt: skip
    if ids:
        erase_customers(ids, now=now)
    return len(ids)


@operation
def erase_traces(*, now: datetime) -> int:
    """What names a buyer without belonging to an order, by its own age; returns how many rows."""
    may_wait_for_rows()
    params = times(now) | {"lists": [each.value for each in _LISTS_OF_PEOPLE]}
    with connection.cursor() as cursor:
        found = 0
        for statement in _TRACES:
            cursor.execute(statement, params)
            found += cursor.rowcount
    return found


def _found(what: str, due: str, ending: str, params: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {what} {due} {ending}", params)
        return [int(row[0]) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Erased:
    """Codes of what was erased on request."""

    orders: tuple[str, ...]
    customers: tuple[str, ...] = ()


@operation
def erase_order_now(number: str, *, now: datetime, user: User | None) -> Erased:
    """Every sales order of this number: our code, or Amazon's order number. Refused while it is open or held."""
    may_wait_for_rows()
    wanted = number.strip()
    rows = SalesOrder.objects.filter(code__iexact=wanted) | SalesOrder.objects.filter(imported__amazon_order_id=wanted)
    orders = _locked(list(rows.values_list("pk", flat=True)))
    if not orders:
        raise Refused("There is no sales order “%(number)s”.", "order", number=wanted[:60])
    return Erased(_erase_now(orders, now, user))


@operation
def erase_customer_now(code: str, *, now: datetime, user: User | None) -> Erased:
    """The customer with every order of theirs. Refused while one of the orders is open or held."""
    may_wait_for_rows()
    row = Customer.objects.select_for_update(no_key=True).filter(code__iexact=code.strip(), generic=False).first()
    if row is None:
        raise Refused("There is no customer “%(code)s” with a record of their own.", "customer", code=code.strip()[:60])
    kept = row.merged_into_id or row.pk
    of_one = Customer.objects.filter(pk=kept) | Customer.objects.filter(merged_into=kept)
    orders = _locked(list(SalesOrder.objects.filter(customer=kept).values_list("pk", flat=True)))
    codes = _erase_now(orders, now, user)
    found = {one.pk: one.code for one in of_one.select_for_update(no_key=True).order_by("pk")}
    erase_customers(list(found), now=now)
    for pk, name in found.items():
        record_audit("erase", "Customer", pk, before=None, after={"customer": name}, now=now, user=user)
    return Erased(codes, tuple(found.values()))


def _locked(ids: Sequence[int]) -> list[SalesOrder]:
    return list(SalesOrder.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk"))


def _erase_now(orders: Sequence[SalesOrder], now: datetime, user: User | None) -> tuple[str, ...]:
    held = set(LegalHold.objects.filter(order__in=orders, lifted_at=None).values_list("order_id", flat=True))
    for order in orders:
        if order.pk in held:
            raise Refused("%(order)s is under legal hold. Lift it on the order's page first.", order=order.code)
        if order.state.open:
            raise Refused(
                "%(order)s is %(state)s: dispatch it or cancel it first.",
                order=order.code,
                state=order.state.label.lower(),
            )
    left = [order for order in orders if order.erased_at is None]
    if left:
        erase_orders([order.pk for order in left], ON_REQUEST, now=now)
    for order in left:
        record_audit("erase", "SalesOrder", order.pk, before=None, after={"order": order.code}, now=now, user=user)
    return tuple(order.code for order in orders)


@operation
def place_legal_hold(order_id: int, *, reason: str, now: datetime, user: User) -> SalesOrder:
    """The order's personal data is kept beyond its time until the hold is lifted."""
    order = lock_order(order_id)
    words = reason.strip()
    if not words:
        raise Refused("Say in a few words why the data must be kept.", "reason")
    if len(words) > REASON_AT_MOST:
        raise Refused("At most %(at_most)s characters. Shorten the text.", "reason", at_most=REASON_AT_MOST)
    if order.erased_at is not None:
        raise Refused("The personal data of %(order)s is erased already.", order=order.code)
    if LegalHold.objects.filter(order=order, lifted_at=None).exists():
        raise Refused("%(order)s is under legal hold already.", order=order.code)
    LegalHold.objects.create(order=order, reason=words, placed_at=now, placed_by=user)
    text = "Placed under legal hold: its personal data is kept."
    record_act(order, "legal hold", text, after={"reason": words}, now=now, user=user)
    return order


@operation
def lift_legal_hold(order_id: int, *, now: datetime, user: User) -> SalesOrder:
    """The clock counts again, from where it started: what is over is erased by its next run."""
    order = lock_order(order_id)
    if not LegalHold.objects.filter(order=order, lifted_at=None).update(lifted_at=now, lifted_by=user):
        raise Refused("%(order)s is not under legal hold. Nothing is needed.", order=order.code)
    record_act(order, "lift legal hold", "The legal hold is lifted.", now=now, user=user)
    return order


@operation
def note_subject_export(customer_id: int, *, now: datetime, user: User) -> str:
    """Who took away what is held about a customer; returns the customer's code. Refused for a month's buyers."""
    row = Customer.objects.filter(pk=customer_id).first()
    if row is None or row.generic:
        raise Refused("This customer has no record of their own: look for the order instead.")
    record_audit(
        "export what is held", "Customer", row.pk, before=None, after={"customer": row.code}, now=now, user=user
    )
    return row.code


@operation
def set_kept_days(days: int, *, now: datetime, user: User) -> None:
    """How long after delivery personal data is kept; what is due by it is erased by the clock's next run."""
    if days not in KEPT_DAYS:
        raise Refused(
            "Give a number of days from %(least)s to %(most)s: Amazon allows no more.",
            "days",
            least=KEPT_DAYS[0],
            most=KEPT_DAYS[-1],
        )
    row = Installation.objects.select_for_update(no_key=True).get(pk=INSTALLATION_ID)
    if row.personal_data_days == days:
        return
    before, row.personal_data_days = row.personal_data_days, days
    row.save(update_fields=["personal_data_days"])
    record_audit(
        "change",
        "Installation",
        row.pk,
        before={"personal data is kept": f"{before} days"},
        after={"personal data is kept": f"{days} days"},
        now=now,
        user=user,
    )
