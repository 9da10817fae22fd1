"""A CSV file of items' stock rules as a plan: every change and every fault, row by row. Reads only.

An empty cell leaves what is held; `-` takes it away, so that the item inherits again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ItemStockRule, StockItem, StockProfile
from wharfinger.db.queries.stock.rules import Setting, values_of
from wharfinger.db.queries.stock.stock_csv import CHARACTERS_AT_MOST, ROWS_AT_MOST, CsvError, CsvPlan, PlannedRow
from wharfinger.domain.csv_cells import read_cell, without_needless_zeros
from wharfinger.domain.csv_reading import NoTable, folded_heading, read_table
from wharfinger.domain.stock.rules import UNITS_AT_MOST, Rounding, RuleValues, fault_in

COLUMNS = ("stock code", "profile", "percent", "rounding", "buffer", "send zero at", "largest number")
INHERITS = "-"
_UNITS = {"buffer": "buffer", "send zero at": "send_zero_at", "largest number": "cap"}
_COLUMN_OF = {field: column for column, field in _UNITS.items()} | {"percent": "percent"}


@dataclass(frozen=True, slots=True)
class RulePlan:
    """`settings`: what each item would set, by id; of a file with errors, none."""

    csv: CsvPlan
    settings: Mapping[int, Setting]


@dataclass(frozen=True, slots=True)
class _Held:
    item_id: int
    setting: Setting


def plan_rules(text: str) -> RulePlan:
    lines, errors = _read(text)
    held = _held({line["stock code"] for _, line in lines})
    profiles = {row.name.casefold(): row for row in StockProfile.objects.all()}
    names = {row.pk: row.name for row in profiles.values()}
    rows, settings, seen = [], {}, dict[str, int]()
    for number, line in lines:
        code = line["stock code"]
        found = _planned(number, line, held.get(code), profiles, seen)
        if isinstance(found, CsvError):
            errors.append(found)
            continue
        seen[code] = number
        before = held[code].setting
        rows.append(PlannedRow(number, code, changes=tuple(_changes(before, found, names))))
        if found != before:
            settings[held[code].item_id] = found
    plan = CsvPlan(tuple(rows), tuple(sorted(errors, key=lambda error: error.row)), (), ())
    return RulePlan(plan, {} if errors else settings)


def _read(text: str) -> tuple[list[tuple[int, dict[str, str]]], list[CsvError]]:
    if len(text) > CHARACTERS_AT_MOST:
        return [], [CsvError(1, "file", "The file is larger than 10 MB. Split it into several files.")]
    table = read_table(text)
    if isinstance(table, NoTable):
        return [], [CsvError(1, "file", table.reason)]
    ours = {folded_heading(column): column for column in COLUMNS}
    names = [ours.get(folded_heading(heading), "") for heading in table.headings]
    errors = list(_faults_of_headings(table.headings, names))
    if len(table.rows) > ROWS_AT_MOST:
        errors.append(CsvError(1, "file", f"There are more than {ROWS_AT_MOST:,} rows. Split the file."))
    if errors:
        return [], errors
    found = []
    for number, cells in table.rows:
        if len(cells) > len(names):
            remedy = f"There are {len(cells)} cells for {len(names)} columns. Put text with separators into quotes."
            errors.append(CsvError(number, "row", remedy))
        else:
            named = dict(zip(names, map(read_cell, cells), strict=False))
            found.append((number, {"stock code": "", **named}))
    return found, errors


def _faults_of_headings(headings: Sequence[str], names: Sequence[str]) -> Iterable[CsvError]:
    for heading, name in zip(headings, names, strict=True):
        if not name:
            yield CsvError(1, heading or "heading", f"This column is not known. The columns are: {', '.join(COLUMNS)}.")
    for name in COLUMNS:
        if names.count(name) > 1:
            yield CsvError(1, name, "This column is there twice. Remove one.")
    if "stock code" not in names:
        yield CsvError(1, "stock code", "This column is missing. The first row must name the columns.")


def _held(codes: set[str]) -> dict[str, _Held]:
    """By stock code, exactly as it is held."""
    items = dict(StockItem.objects.filter(any_of("code", codes)).values_list("code", "pk"))
    rules = {row.item_id: row for row in ItemStockRule.objects.filter(any_of("item", items.values()))}
    settings = {pk: Setting(row.profile_id, values_of(row)) for pk, row in rules.items()}
    return {code: _Held(pk, settings.get(pk, Setting())) for code, pk in items.items()}


def _planned(
    number: int,
    line: Mapping[str, str],
    held: _Held | None,
    profiles: Mapping[str, StockProfile],
    seen: Mapping[str, int],
) -> Setting | CsvError:
    code = line["stock code"]
    if not code:
        return CsvError(number, "stock code", "It is empty. Give the code of the item.")
    if held is None:
        return CsvError(number, "stock code", f"There is no stock item “{code[:60]}”. Codes are compared exactly.")
    if code in seen:
        return CsvError(number, "stock code", f"“{code[:60]}” is in row {seen[code]} already. Remove one of the rows.")
    profile = _profile(number, line.get("profile", ""), held.setting.profile_id, profiles)
    values = _values(number, line, held.setting.values)
    if isinstance(profile, CsvError):
        return profile
    return values if isinstance(values, CsvError) else Setting(profile, values)


def _profile(number: int, cell: str, held: int | None, profiles: Mapping[str, StockProfile]) -> int | CsvError | None:
    if cell in ("", INHERITS):
        return held if not cell else None
    found = profiles.get(" ".join(cell.split()).casefold())
    if found is None:
        return CsvError(number, "profile", f"There is no stock profile “{cell[:60]}”. Create it first.")
    if found.archived and found.pk != held:
        return CsvError(number, "profile", f"“{found.name}” is archived. Restore it, or name another one.")
    return found.pk


def _values(number: int, line: Mapping[str, str], held: RuleValues) -> RuleValues | CsvError:
    changes: dict[str, Any] = {}
    for column, field in {"percent": "percent", **_UNITS}.items():
        cell = line.get(column, "")
        if cell == INHERITS:
            changes[field] = None
        elif cell:
            bare = without_needless_zeros(cell.removesuffix("%").strip() if column == "percent" else cell)
            if not (bare.isascii() and bare.isdecimal()) or len(bare) > len(str(UNITS_AT_MOST)):
                return CsvError(number, column, f"“{cell[:40]}” must be a whole number, or - to inherit.")
            changes[field] = int(bare)
    rounding = line.get("rounding", "").casefold()
    if rounding == INHERITS:
        changes["rounding"] = None
    elif rounding:
        if rounding not in list(Rounding):
            return CsvError(number, "rounding", f"“{rounding[:40]}” must be down, up or nearest, or - to inherit.")
        changes["rounding"] = Rounding(rounding)
    values = replace(held, **changes)
    fault = fault_in(values)
    return values if fault is None else CsvError(number, _COLUMN_OF[fault.field], fault.sentence % fault.values)


def _changes(before: Setting, after: Setting, names: Mapping[int, str]) -> Iterable[str]:
    if before.profile_id != after.profile_id:
        yield f"profile {_said(names, before.profile_id)} → {_said(names, after.profile_id)}"
    old, new = before.values.as_stored(), after.values.as_stored()
    for field, value in new.items():
        if value != old[field]:
            yield f"{_COLUMN_OF.get(field, field)} {_shown(old[field])} → {_shown(value)}"


def _said(names: Mapping[int, str], profile_id: int | None) -> str:
    return "none" if profile_id is None else f"“{names[profile_id]}”"


def _shown(value: object) -> str:
    return "inherits" if value in (None, "") else str(value)


def rule_lines() -> Iterable[tuple[object, ...]]:
    """Every item that sets something, as the file has it: imported again unchanged it changes nothing."""
    rows = ItemStockRule.objects.order_by("item__code").values_list(
        "item__code", "profile__name", "percent", "rounding", "buffer", "send_zero_at", "cap"
    )
    for row in rows.iterator(chunk_size=2000):
        # A rounding by its code: its label is in the reader's language, and would not be read again.
        yield tuple("" if cell is None else cell.value if isinstance(cell, Rounding) else cell for cell in row)
