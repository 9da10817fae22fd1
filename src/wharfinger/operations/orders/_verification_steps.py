"""Steps of verifications; they need an open transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ImportedOrder, KitComponent, SalesOrder, SalesOrderLine, StockItem, Verification
from wharfinger.domain.orders.order import TO_SHIP

AGE_CHECKED = "recipientAgeVerification"
"""A constraint of a line: Amazon may have a verification for its order (Orders 2026-01-01 does not say so itself)."""


def want_verifications(imported: Iterable[tuple[int, int]], *, now: datetime) -> int:
    """`imported`: order and account of each that is to be looked for; those that are known stay as they are."""
    rows = [
        Verification(imported_id=order, account_id=account, made_at=now, again_at=now)
        for order, account in sorted(imported)
    ]
    return len(Verification.objects.bulk_create(rows, ignore_conflicts=True)) if rows else 0


def want_of_orders(order_ids: Iterable[int], *, now: datetime) -> None:
    """Of sales orders whose lines want it. Nothing for most batches."""
    ids = sorted(set(order_ids))
    if ids:
        of_orders = ImportedOrder.objects.filter(sales_order__in=ids).distinct()
        want_verifications(of_orders.values_list("pk", "account_id"), now=now)


def want_of_items(account_id: int, *, now: datetime, limit: int) -> int:
    """Of open orders with goods that are marked as regulated, alone or in a kit: marked before the order or after. One
    statement in a shop that has none."""
    marked = set(StockItem.objects.filter(regulated=True).values_list("pk", flat=True))
    if not marked:
        return 0
    marked |= set(KitComponent.objects.filter(any_of("component", marked)).values_list("kit", flat=True))
    lines = SalesOrderLine.objects.filter(any_of("item", marked)).values("order")
    known = Verification.objects.filter(imported=OuterRef("imported"))
    rows = SalesOrder.objects.filter(
        ~Exists(known), pk__in=lines, state__in=TO_SHIP, approved_at=None, imported__account=account_id
    )
    return want_verifications(rows.values_list("imported", "imported__account").distinct()[:limit], now=now)


def approve_orders(imported_id: int, *, now: datetime) -> list[SalesOrder]:
    """Amazon has approved: the open sales orders of its order may leave. Returns those that were not approved yet."""
    rows = SalesOrder.objects.select_for_update(of=("self",), no_key=True).filter(imported=imported_id)
    orders = [order for order in rows.order_by("pk") if order.state.open and order.approved_at is None]
    SalesOrder.objects.filter(any_of("pk", [order.pk for order in orders])).update(approved_at=now)
    return orders
