"""What we hold of Amazon's orders, to be compared with its report."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ImportedOrder, RawMessage, SalesOrder, SalesOrderLine
from wharfinger.domain.orders.completeness.comparing import STAGE_OF, SkuSum, StatedOrder, StatedRow
from wharfinger.domain.orders.order import ImportState, SkipReason

AT_ONCE = 500
"""Orders in one statement: their messages stand in memory together."""


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """One order without its lines, which are `rows` where it became a sales order; else its message has them, as far as
    it is kept still. The message holds personal data: repr does not show it."""

    stated: StatedOrder
    rows: tuple[StatedRow, ...] | None
    message: bytes | None = field(default=None, repr=False)


def held_within(account_id: int, since: datetime, until: datetime) -> Iterator[HeldOrder]:
    """Every order that was placed within this time, however it was imported."""
    orders = _orders(account_id).filter(placed_at__gte=since, placed_at__lte=until).order_by("placed_at", "pk")
    last: tuple[datetime, int] | None = None
    while True:
        page = (
            orders
            if last is None
            else orders.filter(placed_at__gte=last[0]).exclude(placed_at=last[0], pk__lte=last[1])
        )
        found = list(page[:AT_ONCE])
        if not found:
            return
        last = (found[-1].placed_at, found[-1].pk)
        yield from _held(found)


def held_by_number(account_id: int, numbers: Collection[str]) -> Iterator[HeldOrder]:
    wanted = sorted(numbers)
    for begin in range(0, len(wanted), AT_ONCE):
        found = _orders(account_id).filter(amazon_order_id__in=wanted[begin : begin + AT_ONCE])
        yield from _held(list(found))


def newest_messages(account_id: int, numbers: Collection[str]) -> dict[str, bytes]:
    """The newest message of each order that is kept still."""
    rows = RawMessage.objects.filter(account_id=account_id, kind="order", key__in=list(numbers), body__isnull=False)
    return {row.key: row.body for row in rows.order_by("pk") if row.body is not None}


def _orders(account_id: int) -> "QuerySet[ImportedOrder]":
    return ImportedOrder.objects.filter(account_id=account_id)


def _held(orders: Sequence[ImportedOrder]) -> Iterator[HeldOrder]:
    sold = dict(
        SalesOrder.objects.filter(any_of("imported", [row.pk for row in orders])).values_list("pk", "imported_id")
    )
    lines: dict[int, list[SalesOrderLine]] = {imported: [] for imported in sold.values()}
    for line in SalesOrderLine.objects.filter(any_of("order", sold)):
        lines[sold[line.order_id]].append(line)
    unsold = [order.raw_message_id for order in orders if order.pk not in lines and order.raw_message_id]
    messages = {row.pk: row.body for row in RawMessage.objects.filter(pk__in=unsold)}
    for order in orders:
        stated = _stated(order)
        if order.pk in lines:
            of_order = lines[order.pk]
            yield HeldOrder(stated, tuple(StatedRow(stated, line.sku.strip(), _amounts(line)) for line in of_order))
        else:
            yield HeldOrder(stated, None, messages.get(order.raw_message_id or 0))


def _stated(order: ImportedOrder) -> StatedOrder:
    return StatedOrder(
        number=order.amazon_order_id,
        marketplace_id=order.marketplace_id or "",
        placed_at=order.placed_at,
        updated_at=order.amazon_updated_at,
        stage=STAGE_OF[order.amazon_status],
        currency=order.currency,
        by_sku=None,
        not_amazons=order.state is ImportState.SKIPPED and order.reason == SkipReason.NOT_AMAZONS.value,
    )


def _amounts(line: SalesOrderLine) -> SkuSum:
    """Units that are not cancelled; goods, shipping and gift wrap less the discount, without the separate tax."""
    units = max(0, line.quantity_ordered - line.quantity_cancelled)
    if line.amount_item is None:
        return SkuSum(units)
    added = [line.amount_item, line.amount_shipping, line.amount_gift_wrap]
    money = sum((amount for amount in added if amount is not None), Decimal(0)) - (line.amount_discount or Decimal(0))
    return SkuSum(units, money)
