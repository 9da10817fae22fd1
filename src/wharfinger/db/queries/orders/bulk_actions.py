"""Bulk actions for pages: how far each is, and what became of its orders."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from wharfinger.db.models import BulkAction, BulkActionOrder
from wharfinger.db.queries.paging import Page, read_page
from wharfinger.domain.orders.bulk_actions import BulkState, OrderAction
from wharfinger.domain.orders.order import ImportState

SETTLED = (ImportState.OK, ImportState.IGNORED)


@dataclass(frozen=True, slots=True)
class BulkRow:
    """`done` and `left`: orders that were tried; `total`: when the button was pressed."""

    id: int
    action: OrderAction
    state: BulkState
    description: str
    user: str
    pressed_at: datetime
    finished_at: datetime | None
    total: int
    done: int
    left: int

    @property
    def tried(self) -> int:
        return self.done + self.left


@dataclass(frozen=True, slots=True)
class BulkPage:
    """`waiting`: orders that Amazon or the import has still to deal with; `settled`: imported, or ignored;
    `not_settled`: those that were tried and are not imported all the same."""

    row: BulkRow
    waiting: int
    settled: int
    not_settled: int

    @property
    def over(self) -> bool:
        return not self.row.state.open and not self.waiting

    @property
    def passed(self) -> int:
        """Of the whole, for the bar: what nothing more happens to."""
        return self.settled + self.not_settled + self.row.left


@dataclass(frozen=True, slots=True)
class TriedOrder:
    id: int
    order_ref: str
    state: ImportState
    reason: str
    remedy: str
    left: str


_COLUMNS = ("id", "action", "state", "description", "user__username", "pressed_at", "finished_at", "total", "done",
            "left")  # fmt: skip


def list_bulk_actions(cursor: str = "") -> Page[BulkRow]:
    """The newest first."""
    return read_page(BulkAction.objects.values(*_COLUMNS), ("-id",), cursor).made_of(_row)


def open_bulk_actions() -> int:
    return BulkAction.objects.filter(state__in=[BulkState.QUEUED, BulkState.RUNNING]).count()


def bulk_page(bulk_id: int) -> BulkPage | None:
    row = BulkAction.objects.filter(pk=bulk_id).values(*_COLUMNS).first()
    if row is None:
        return None
    counts = (
        _orders(bulk_id)
        .filter(left="")
        .aggregate(
            waiting=Count("pk", filter=Q(imported__state=ImportState.RETRYING)),
            settled=Count("pk", filter=Q(imported__state__in=SETTLED)),
            tried=Count("pk"),
        )
    )
    waiting, settled = counts["waiting"], counts["settled"]
    return BulkPage(_row(row), waiting, settled, counts["tried"] - waiting - settled)


def not_settled(bulk_id: int, cursor: str = "") -> Page[TriedOrder]:
    """What was left as it was, and what is not imported all the same: each with its reason."""
    failed = ~Q(imported__state__in=(*SETTLED, ImportState.RETRYING))
    columns = ("id", "left", "imported", "imported__order_ref", "imported__amazon_order_id", "imported__state",
               "imported__reason", "imported__remedy")  # fmt: skip
    rows = _orders(bulk_id).filter(failed | ~Q(left="")).values(*columns)
    return read_page(rows, ("id",), cursor).made_of(_tried)


def _orders(bulk_id: int) -> QuerySet[BulkActionOrder]:
    return BulkActionOrder.objects.filter(bulk=bulk_id)


def _row(row: dict[str, Any]) -> BulkRow:
    user = row.pop("user__username")
    return BulkRow(**row, user=user)


def _tried(row: dict[str, Any]) -> TriedOrder:
    return TriedOrder(
        id=row["imported"],
        order_ref=row["imported__order_ref"] or row["imported__amazon_order_id"],
        state=row["imported__state"],
        reason=row["imported__reason"],
        remedy=row["imported__remedy"],
        left=row["left"],
    )
