"""Stock from a CSV file: read whole and shown as a plan first, then written whole or not at all.

Columns, in any order: stock code, name, barcode, other reference, site, quantity, mode (receive | count).
"""

from datetime import datetime

from wharfinger.db.models import Site, StockItem, User
from wharfinger.db.queries.stock_csv import COLUMNS, SAMPLE, CsvPlan, PlannedRow, plan_csv
from wharfinger.domain.stock import MovementReason
from wharfinger.operations._history_steps import record_audit
from wharfinger.operations._item_steps import barcode_type, keep_barcode, link_waiting_listings
from wharfinger.operations._receipt_steps import lock_for_receipt, serve_waiting
from wharfinger.operations._stock_steps import write_movement
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import write_count
from wharfinger.operations.transaction import operation

__all__ = ["COLUMNS", "SAMPLE", "apply_csv", "plan_csv"]

_SHOWN = 5


@operation
def apply_csv(text: str, *, now: datetime, user: User | None = None) -> int:
    """Write every row of the file, or none: with one bad row nothing is changed. Answers how many rows change."""
    plan = plan_csv(text)
    if plan.errors:
        named = " ".join(str(error) for error in plan.errors[:_SHOWN])
        more = f" And {len(plan.errors) - _SHOWN} more." if len(plan.errors) > _SHOWN else ""
        raise Refused(f"Nothing was changed. {named}{more}", "file")
    items = {row.code: _write_item(row, now, user) for row in _last_of_each_item(plan)}
    sites = {site.name: site for site in Site.objects.all()}
    moved = _write_levels(plan, items, sites, now, user)
    for item in items.values():
        link_waiting_listings(item, now=now, user=user)
    if moved:
        serve_waiting(
            {item for item, _ in moved}, {site for _, site in moved}, cause="Stock from a CSV file", now=now
        )
    record_audit(
        "import stock from CSV",
        "StockItem",
        "csv",
        before=None,
        after={"rows": str(len(plan.rows)), "changes": str(plan.changes)},
        now=now,
        user=user,
    )
    return plan.changes


def _last_of_each_item(plan: CsvPlan) -> list[PlannedRow]:
    """Rows of one item agree with each other (the plan says so); they are written once, with all barcodes."""
    merged: dict[str, PlannedRow] = {}
    for row in plan.rows:
        known = merged.get(row.code)
        merged[row.code] = row if known is None else known.joined_with(row)
    return list(merged.values())


def _write_item(row: PlannedRow, now: datetime, user: User | None) -> StockItem:
    item, _made = StockItem.objects.get_or_create(code=row.code, defaults={"name": row.name, "made_at": now})
    changed = (row.name or item.name, row.other_reference or item.other_reference)
    if changed != (item.name, item.other_reference):
        item.name, item.other_reference = changed
        item.save(update_fields=["name", "other_reference"])
    for code in row.barcodes:
        if not item.barcodes.filter(code=code).exists():
            keep_barcode(item, barcode_type(code), code)
    return item


def _write_levels(
    plan: CsvPlan, items: dict[str, StockItem], sites: dict[str, Site], now: datetime, user: User | None
) -> set[tuple[int, int]]:
    rows = [row for row in plan.rows if row.quantity is not None]
    levels = lock_for_receipt([(items[row.code].pk, sites[row.site].pk) for row in rows])
    for row in rows:
        level = levels[(items[row.code].pk, sites[row.site].pk)]
        note = f"CSV row {row.number}"
        if row.mode == "count":
            write_count(level, row.quantity or 0, now=now, user=user, note=note)
        else:
            write_movement(level, row.quantity or 0, MovementReason.RECEIVED, now=now, user=user, note=note)
    return set(levels)
