"""Stock from a CSV file: read whole and shown as a plan first, then written whole or not at all.

Columns, in any order: stock code, name, barcode, other reference, site, quantity, mode
(receive | count), bin, reorder level.
"""

from collections.abc import Mapping
from datetime import datetime

from wharfinger.db.any_of import any_of
from wharfinger.db.models import CsvHeading, Site, StockBarcode, StockItem, StockLevel, User
from wharfinger.db.queries.stock.stock_csv import COLUMNS, IGNORED, SAMPLE, CsvPlan, PlannedRow, plan_csv
from wharfinger.domain.csv_reading import folded_heading
from wharfinger.domain.stock.bins import stored
from wharfinger.domain.stock.gtin import gtin14, gtin_type
from wharfinger.domain.stock.ledger import MovementReason
from wharfinger.operations._rows import load, update
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._item_steps import keep_barcode, link_waiting_listings
from wharfinger.operations.stock._receipt_steps import lock_for_receipt, serve_waiting
from wharfinger.operations.stock._stock_steps import StockLine, write_list
from wharfinger.operations.transaction import operation

__all__ = ["COLUMNS", "SAMPLE", "apply_csv", "plan_csv", "remember_headings"]

_SHOWN = 5
_REASONS = {"count": MovementReason.COUNTED, "receive": MovementReason.RECEIVED}


@operation
def apply_csv(text: str, answers: Mapping[str, str] | None = None, *, now: datetime, user: User | None = None) -> int:
    """Write every row of the file, or none: with one row with errors nothing is changed. Returns how many change.

    `answers`: to the plan's questions, by their names; with one unanswered nothing is changed either.
    """
    plan = plan_csv(text, answers)
    if plan.errors:
        named = " ".join(str(error) for error in plan.errors[:_SHOWN])
        if len(plan.errors) <= _SHOWN:
            raise Refused("Nothing was changed. %(errors)s", "file", errors=named)
        more = len(plan.errors) - _SHOWN
        raise Refused("Nothing was changed. %(errors)s And %(more)s more.", "file", errors=named, more=more)
    if plan.unanswered:
        first = plan.unanswered[0]
        raise Refused(
            "Nothing was changed. Row %(row)s: is %(typed)s probably %(probably)s? "
            "Answer each question of the dry run.",
            "file",
            row=first.row,
            typed=first.typed,
            probably=first.probably,
        )
    items = _write_items(_one_row_for_each_item(plan), now)
    moved = _write_levels(plan, items, now, user)
    link_waiting_listings(list(items.values()), now=now)
    if moved:
        serve_waiting({item for item, _ in moved}, {site for _, site in moved}, cause="Stock from a CSV file", now=now)
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


def _one_row_for_each_item(plan: CsvPlan) -> list[PlannedRow]:
    """Rows of one item agree with each other (the plan says so); it is written once, with all its barcodes."""
    merged: dict[str, PlannedRow] = {}
    for row in plan.rows:
        known = merged.get(row.code)
        merged[row.code] = row if known is None else known.joined_with(row)
    return list(merged.values())


def _write_items(rows: list[PlannedRow], now: datetime) -> dict[str, StockItem]:
    """Items by code: new ones made, known ones changed where the file says otherwise, barcodes added."""
    codes = [row.code for row in rows]
    known = set(StockItem.objects.filter(any_of("code", codes)).values_list("code", flat=True))
    StockItem.objects.bulk_create(
        [
            StockItem(code=row.code, name=row.name, other_reference=row.other_reference, made_at=now)
            for row in rows
            if row.code not in known
        ],
        batch_size=1000,
    )
    items = {item.code: item for item in load(StockItem.objects.filter(any_of("code", codes)))}
    changed = [items[row.code] for row in rows if _is_changed(items[row.code], row)]
    update(StockItem, changed, ["name", "other_reference"])
    of_items = StockBarcode.objects.filter(any_of("item", [item.pk for item in items.values()]))
    barcodes = list(of_items.values_list("item", "code", "gtin"))
    held = {(item, gtin or code) for item, code, gtin in barcodes} | {(item, code) for item, code, _ in barcodes}
    for row in rows:
        for code in row.barcodes:
            if not {(items[row.code].pk, code), (items[row.code].pk, gtin14(code))} & held:
                keep_barcode(items[row.code], gtin_type(code), code)
    return items


def _is_changed(item: StockItem, row: PlannedRow) -> bool:
    """Bring the item to what the row says; returns whether that is another thing."""
    changed = (row.name or item.name, row.other_reference or item.other_reference)
    if changed == (item.name, item.other_reference):
        return False
    item.name, item.other_reference = changed
    return True


def _write_levels(plan: CsvPlan, items: dict[str, StockItem], now: datetime, user: User | None) -> set[tuple[int, int]]:
    """The (item, site) whose units the file gives. All levels are locked at once, those that get a bin alone too."""
    sites = dict(Site.objects.values_list("name", "pk"))
    # A count below zero is the oversold level itself, as it was exported: nothing to write.
    rows = [row for row in plan.rows if row.quantity is not None and row.quantity >= 0]
    moved = {(items[row.code].pk, sites[row.site]) for row in rows}
    bins = {(items[row.code].pk, sites[row.site]): row.bins for row in plan.rows if row.bins}
    watched = {
        (items[row.code].pk, sites[row.site]): row.reorder for row in plan.rows if row.site and row.reorder is not None
    }
    levels = lock_for_receipt({*moved, *bins, *watched})
    lines = [
        StockLine(
            level=levels[(items[row.code].pk, sites[row.site])],
            quantity=row.quantity or 0,
            reason=_REASONS[row.mode],
            note=f"CSV row {row.number}",
        )
        for row in rows
    ]
    write_list(lines, now=now, user=user)
    _write_places(levels, bins, watched)
    _write_item_levels(plan, items)
    return moved


def _write_places(
    levels: Mapping[tuple[int, int], StockLevel],
    bins: Mapping[tuple[int, int], tuple[str, ...]],
    watched: Mapping[tuple[int, int], int | None],
) -> None:
    """Where items lie, and at which number of units they are reordered there."""
    changed = []
    for key in {*bins, *watched}:
        level = levels[key]
        before = (level.bin, level.other_bins, level.reorder_level)
        if key in bins:
            level.bin, level.other_bins = stored(bins[key])
        level.reorder_level = watched.get(key, level.reorder_level)
        if (level.bin, level.other_bins, level.reorder_level) != before:
            changed.append(level)
    update(StockLevel, changed, ["bin", "other_bins", "reorder_level"])


def _write_item_levels(plan: CsvPlan, items: Mapping[str, StockItem]) -> None:
    changed = []
    for row in plan.rows:
        if row.reorder is not None and not row.site and items[row.code].reorder_level != row.reorder:
            items[row.code].reorder_level = row.reorder
            changed.append(items[row.code])
    update(StockItem, changed, ["reorder_level"])


@operation
def remember_headings(columns: Mapping[str, str], *, now: datetime, user: User | None = None) -> None:
    """What headings of files mean from now on: heading → our column, or `-` to leave it out."""
    for heading, column in columns.items():
        if column not in (*COLUMNS, IGNORED):
            raise Refused("Say which column “%(heading)s” is, or leave it out.", "file", heading=heading[:60])
        CsvHeading.objects.update_or_create(
            kind=CsvHeading.STOCK, heading=folded_heading(heading)[:120], defaults={"column": column}
        )
    record_audit("map CSV headings", "CsvHeading", "stock", before=None, after=dict(columns), now=now, user=user)
