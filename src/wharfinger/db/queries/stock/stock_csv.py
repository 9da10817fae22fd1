"""A CSV file of stock as a plan: every change and every fault, row by row. Reads only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from wharfinger.db.any_of import any_of
from wharfinger.db.models import CsvHeading, KitComponent, Site, StockBarcode, StockItem, StockLevel
from wharfinger.domain.csv_cells import read_cell, without_needless_zeros
from wharfinger.domain.csv_reading import (
    NoTable,
    folded_code,
    folded_heading,
    is_scientific,
    is_surely_scientific,
    read_table,
    unwrapped,
)
from wharfinger.domain.stock.bins import BinFault, read_bins, written
from wharfinger.domain.stock.gtin import gtin14, gtin_fault, looks_like_gtin, lost_zero
from wharfinger.domain.stock.ledger import SENDING_KINDS, SiteKind

COLUMNS = ("stock code", "name", "barcode", "other reference", "site", "quantity", "mode", "bin", "reorder level")
MODES = ("receive", "count")
IGNORED = "-"
"""A heading that is mapped to this is left out."""
KNOWN, AS_TYPED = "known", "typed"
"""What a person chooses: the code that is probably meant, or the one that the file holds."""
SAMPLE = (
    COLUMNS,
    ("MUG-BLUE", "Blue mug", "5012345678900", "", "Main warehouse", "24", "count", "A-01-03", "10"),
    ("MUG-RED", "Red mug", "", "RM-1", "Main warehouse", "12", "receive", "", ""),
)
ROWS_AT_MOST = 20_000
CHARACTERS_AT_MOST = 10_000_000
UNITS_AT_MOST = 10_000_000
_LONGEST = {"stock code": 400, "name": 300, "barcode": 400, "other reference": 120, "bin": 400}


@dataclass(frozen=True, slots=True)
class CsvError:
    """One fault: the row (1 = the heading), the field, and what to write instead."""

    row: int
    field: str
    remedy: str

    def __str__(self) -> str:
        return f"Row {self.row}, {self.field}: {self.remedy}"


@dataclass(frozen=True, slots=True)
class CsvQuestion:
    """A row in which a spreadsheet probably changed a code. A person chooses row by row: KNOWN or AS_TYPED."""

    row: int
    field: str
    typed: str
    probably: str
    why: str
    answer: str = ""

    @property
    def name(self) -> str:
        """By which its answer is given."""
        return f"{self.row}:{self.field}"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row that can be written, with what it would change in plain words; no words = nothing."""

    number: int
    code: str
    name: str = ""
    barcodes: tuple[str, ...] = ()
    other_reference: str = ""
    site: str = ""
    quantity: int | None = None
    mode: str = ""
    bins: tuple[str, ...] = ()
    """Of the item at the site, in place of those that it has; none = they stay."""
    reorder: int | None = None
    """The reorder level of the item at the site, or of all sites where the row names none."""
    changes: tuple[str, ...] = ()

    def joined_with(self, other: "PlannedRow") -> "PlannedRow":
        """This row and a later one of the same item, as far as the item itself goes."""
        return replace(
            self,
            name=other.name or self.name,
            other_reference=other.other_reference or self.other_reference,
            barcodes=tuple(dict.fromkeys((*self.barcodes, *other.barcodes))),
        )


@dataclass(frozen=True, slots=True)
class CsvPlan:
    """Everything that the file would do. With errors or open questions it can only be looked at."""

    rows: tuple[PlannedRow, ...]
    errors: tuple[CsvError, ...]
    questions: tuple[CsvQuestion, ...] = ()
    unknown_headings: tuple[str, ...] = ()

    @property
    def unanswered(self) -> tuple[CsvQuestion, ...]:
        return tuple(question for question in self.questions if not question.answer)

    @property
    def changes(self) -> int:
        return sum(1 for row in self.rows if row.changes)


def plan_csv(text: str, answers: Mapping[str, str] | None = None) -> CsvPlan:
    """Read the file against the stock as it is now. `answers`: by the names of earlier questions."""
    lines, errors, unknown = _read(text)
    rows: list[PlannedRow] = []
    for number, cells in lines:
        row, faults = _parse(number, cells)
        errors.extend(faults)
        if row is not None:
            rows.append(row)
    rows, questions, faults = ask_about_codes(rows, answers or {})
    errors.extend(faults)
    known = _Known(rows)
    planned = []
    for row in rows:
        faults = known.faults(row)
        errors.extend(faults)
        if not faults:
            planned.append(replace(row, changes=known.take(row)))
    in_order = tuple(sorted(errors, key=lambda error: error.row))
    return CsvPlan(tuple(planned), in_order, tuple(questions), tuple(unknown))


_Lines = list[tuple[int, dict[str, str]]]


def _read(text: str) -> tuple[_Lines, list[CsvError], list[str]]:
    """Rows by column, faults, and the headings that name no column of ours."""
    if len(text) > CHARACTERS_AT_MOST:
        return [], [CsvError(1, "file", "The file is larger than 10 MB. Split it into several files.")], []
    table = read_table(text)
    if isinstance(table, NoTable):
        return [], [CsvError(1, "file", table.reason)], []
    names, unknown = _columns(table.headings)
    errors = [
        CsvError(1, heading, f"This column is not known. The columns are: {', '.join(COLUMNS)}.") for heading in unknown
    ]
    errors += [
        CsvError(1, name, "This column is there twice. Remove one.") for name in COLUMNS if names.count(name) > 1
    ]
    if "stock code" not in names:
        errors.append(CsvError(1, "stock code", "This column is missing. The first row must name the columns."))
    if len(table.rows) > ROWS_AT_MOST:
        errors.append(CsvError(1, "file", f"There are more than {ROWS_AT_MOST:,} rows. Split the file."))
    if errors:
        return [], errors, unknown
    found = []
    for number, cells in table.rows:
        if len(cells) > len(names):
            remedy = f"There are {len(cells)} cells for {len(names)} columns. Put text with separators into quotes."
            errors.append(CsvError(number, "row", remedy))
        elif stray := next((cell for cell, name in zip(cells, names, strict=False) if cell and not name), ""):
            errors.append(CsvError(number, "row", f"“{stray[:40]}” is in a column without a heading. Name the column."))
        else:
            named = zip(names, map(read_cell, cells), strict=False)
            found.append((number, {name: cell for name, cell in named if name != IGNORED}))
    return found, errors, []


def _columns(headings: Sequence[str]) -> tuple[list[str], list[str]]:
    """Our column of each heading (empty where it has none), and the headings that nobody mapped yet."""
    ours = {folded_heading(column): column for column in COLUMNS}
    mapped = dict(CsvHeading.objects.filter(kind=CsvHeading.STOCK).values_list("heading", "column"))
    names, unknown = [], []
    for heading in headings:
        folded = folded_heading(heading)
        name = ours.get(folded) or mapped.get(folded, "")
        names.append(name)
        if heading and not name:
            unknown.append(heading)
    return names, unknown


def ask_about_codes(
    rows: Sequence[PlannedRow], answers: Mapping[str, str]
) -> tuple[list[PlannedRow], list[CsvQuestion], list[CsvError]]:
    """The rows with the codes that are meant, what a person is to choose, and codes that a spreadsheet destroyed."""
    known = set(StockItem.objects.filter(code__in={row.code for row in rows}).values_list("code", flat=True))
    likely = _codes_by_fold() if any(row.code not in known for row in rows) else {}
    held = set(StockBarcode.objects.filter(code__in={c for row in rows for c in row.barcodes}).values_list("code"))
    meant, questions, errors = [], [], []
    for row in rows:
        row_questions = list(_questions(row, known, likely, {code for (code,) in held}))
        faults = [] if row_questions else list(_destroyed(row, known, {code for (code,) in held}))
        errors.extend(faults)
        answered = [replace(one, answer=_answer(answers.get(one.name, ""))) for one in row_questions]
        questions.extend(answered)
        if faults:
            continue
        for question in answered:
            row = _as_answered(row, question)
        if row.code not in known:
            known.add(row.code)
            likely.setdefault(folded_code(row.code), row.code)
        meant.append(row)
    return meant, questions, errors


def _answer(text: str) -> str:
    return text if text in (KNOWN, AS_TYPED) else ""


def _codes_by_fold() -> dict[str, str]:
    return {folded_code(code): code for code in StockItem.objects.order_by("-code").values_list("code", flat=True)}


def _questions(row: PlannedRow, known: set[str], likely: Mapping[str, str], held: set[str]) -> Iterable[CsvQuestion]:
    near = "" if row.code in known else likely.get(folded_code(row.code), unwrapped(row.code))
    if near and near != row.code:
        why = "It differs only in case, leading zeros, spaces or signs added by a spreadsheet."
        yield CsvQuestion(row.number, "stock code", row.code, near, why)
    for code in row.barcodes:
        zero = "" if code in held else lost_zero(code)
        if zero:
            why = f"It has {len(code)} digits: a spreadsheet probably removed its leading zero."
            yield CsvQuestion(row.number, "barcode", code, zero, why)
            continue
        bare = "" if code in held else unwrapped(code)
        bare = lost_zero(bare) or bare
        if bare != code and gtin14(bare) and not gtin14(code):
            why = "It is a GTIN with signs added by a spreadsheet."
            yield CsvQuestion(row.number, "barcode", code, bare, why)


def _destroyed(row: PlannedRow, known: set[str], held: set[str]) -> Iterable[CsvError]:
    lost = "was changed by a spreadsheet and has lost digits. Format the column as text and enter it again."
    if row.code not in known and is_surely_scientific(row.code):
        yield CsvError(row.number, "stock code", f"“{row.code}” {lost}")
    for code in row.barcodes:
        if code in held:
            continue
        if is_scientific(code):
            yield CsvError(row.number, "barcode", f"“{code}” {lost}")
        elif looks_like_gtin(code) and not gtin14(code):
            own = "Add a code of your own on the item's page, with the type Other."
            yield CsvError(row.number, "barcode", f"{gtin_fault(code)} {own}")


def _as_answered(row: PlannedRow, question: CsvQuestion) -> PlannedRow:
    """Until it is answered, the plan shows what is probably meant."""
    if question.answer == AS_TYPED:
        return row
    if question.field == "stock code":
        return replace(row, code=question.probably)
    return replace(row, barcodes=tuple(question.probably if c == question.typed else c for c in row.barcodes))


def _parse(number: int, cells: dict[str, str]) -> tuple[PlannedRow | None, list[CsvError]]:
    """What is wrong by the row alone."""
    values = {name: cells.get(name, "").strip() for name in COLUMNS}
    errors = [
        CsvError(number, name, fault)
        for name, text in values.items()
        if (fault := _text_fault(text, _LONGEST.get(name, 100)))
    ]
    if not values["stock code"]:
        errors.append(CsvError(number, "stock code", "Give the stock code of the item."))
    quantity, faults = _quantity(number, values)
    errors.extend(faults)
    bins = read_bins(values["bin"])
    if isinstance(bins, BinFault):
        errors.append(CsvError(number, "bin", bins.sentence % {"bin": bins.bin[:60], "at_most": bins.at_most}))
        return None, errors
    reorder = _reorder(number, without_needless_zeros(values["reorder level"]), errors)
    if bins and not values["site"]:
        errors.append(CsvError(number, "site", "Name the site of the bin."))
    if errors:
        return None, errors
    row = PlannedRow(
        number=number,
        code=values["stock code"],
        name=" ".join(values["name"].split()),
        barcodes=(values["barcode"],) if values["barcode"] else (),
        other_reference=values["other reference"],
        site=values["site"],
        quantity=quantity,
        mode=values["mode"].lower() if quantity is not None else "",
        bins=bins,
        reorder=reorder,
    )
    return row, []


def _reorder(number: int, text: str, errors: list[CsvError]) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 12 and int(text) <= UNITS_AT_MOST:
        return int(text)
    remedy = f"“{text[:40]}” must be a whole number from 0 to {UNITS_AT_MOST:,}."
    errors.append(CsvError(number, "reorder level", remedy))
    return None


def _text_fault(text: str, at_most: int) -> str:
    if len(text) > at_most:
        return f"This has {len(text)} characters; at most {at_most} fit. Shorten it."
    if not all(character.isprintable() for character in text):
        return "This contains a control character (a tab or line break). Remove it."
    return ""


def _quantity(number: int, values: dict[str, str]) -> tuple[int | None, list[CsvError]]:
    text, mode = without_needless_zeros(values["quantity"]), values["mode"].lower()
    if not text:
        if mode or (values["site"] and not values["bin"] and not values["reorder level"]):
            return None, [CsvError(number, "quantity", "Give the units, or leave site and mode empty too.")]
        return None, []
    errors = []
    if mode == "count" and _is_negative(text):
        return -int(text[1:]), []  # an oversold level of our own export: good where it is still the level
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) <= UNITS_AT_MOST):
        errors.append(
            CsvError(number, "quantity", f"“{text[:40]}” must be a whole number from 0 to {UNITS_AT_MOST:,}.")
        )
    if mode not in MODES:
        errors.append(CsvError(number, "mode", "Write receive (units that came in) or count (units that are there)."))
    if not values["site"]:
        errors.append(CsvError(number, "site", "Name the site where the units are."))
    if errors:
        return None, errors
    if mode == "receive" and int(text) == 0:
        return None, [CsvError(number, "quantity", "Receiving 0 units changes nothing. Give 1 or more, or remove it.")]
    return int(text), []


def _is_negative(text: str) -> bool:
    digits = text[1:]
    return text[:1] in ("-", "−") and digits.isascii() and digits.isdigit() and 0 < int(digits[:12]) <= UNITS_AT_MOST


def _article(code: str) -> str:
    """EAN and UPC of one article are one barcode."""
    return gtin14(code) or code


class _Known:
    """The stock as it is, and as the rows taken so far would leave it."""

    def __init__(self, rows: Sequence[PlannedRow]) -> None:
        codes = {row.code for row in rows}
        items = list(StockItem.objects.filter(any_of("code", codes)).defer("picture", "made_at"))
        self._items = {item.code: item for item in items}
        by_id = {item.pk: item.code for item in items}
        self._names = {item.code: item.name for item in items}
        self._references = {item.code: item.other_reference for item in items}
        self._kits = set(KitComponent.objects.filter(any_of("kit", by_id)).values_list("kit", flat=True))
        self._barcodes = self._read_barcodes([code for row in rows for code in row.barcodes])
        self._sites = {site.name: site for site in Site.objects.all()}
        names = {site.pk: site.name for site in self._sites.values()}
        rows_of_levels = StockLevel.objects.filter(any_of("item", by_id)).values_list(
            "item_id", "site_id", "on_hand", "bin", "other_bins", "reorder_level"
        )
        self._levels: dict[tuple[str, str], int] = {}
        self._bins: dict[tuple[str, str], str] = {}
        self._reorder: dict[tuple[str, str], int | None] = {}
        for item, site, on_hand, bin_, other_bins, reorder in rows_of_levels:
            key = (by_id[item], names[site])
            self._levels[key], self._reorder[key] = on_hand, reorder
            if bin_:
                self._bins[key] = written(bin_, other_bins)
        self._reorder |= {(item.code, ""): item.reorder_level for item in items}
        self._given_reorder: dict[tuple[str, str], tuple[int, int]] = {}
        self._given_bins: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = {}
        self._counted: dict[tuple[str, str], int] = {}
        self._given_texts: dict[tuple[str, str], tuple[int, str]] = {}

    @staticmethod
    def _read_barcodes(codes: Sequence[str]) -> dict[str, str]:
        wanted = {_article(code) for code in codes}
        owners = StockBarcode.objects.filter(any_of("code", set(codes)) | any_of("gtin", wanted - {""}))
        return {gtin or _article(code): item for code, gtin, item in owners.values_list("code", "gtin", "item__code")}

    def faults(self, row: PlannedRow) -> list[CsvError]:
        """What is wrong with the row against the stock and the rows before it."""
        found = []
        if not row.name and row.code not in self._names:
            found.append(CsvError(row.number, "name", f"{row.code} is a new item: give its name."))
        for field, text in (("name", row.name), ("other reference", row.other_reference)):
            earlier = self._given_texts.get((row.code, field))
            if text and earlier and earlier[1] != text:
                remedy = f"Row {earlier[0]} gives {row.code} a different {field}. Use the same, or leave it empty."
                found.append(CsvError(row.number, field, remedy))
        for code in row.barcodes:
            owner = self._barcodes.get(_article(code), row.code)
            if owner != row.code:
                found.append(
                    CsvError(row.number, "barcode", f"{code} belongs to {owner}. A barcode belongs to one item only.")
                )
        if row.site and (row.quantity is not None or row.bins or row.reorder is not None):
            found.extend(self._level_faults(row))
        if row.bins and not found:
            found.extend(self._bin_faults(row))
        if row.reorder is not None and not found:
            found.extend(self._reorder_faults(row))
        return found

    def _reorder_faults(self, row: PlannedRow) -> Iterable[CsvError]:
        item = self._items.get(row.code)
        if item is not None and item.pk in self._kits:
            yield CsvError(row.number, "reorder level", f"{row.code} is a kit: give those of its components.")
        if row.site and self._sites[row.site].kind not in SENDING_KINDS:
            yield CsvError(row.number, "reorder level", f"No parcels are sent from {row.site}. Leave it empty.")
        earlier = self._given_reorder.get((row.code, row.site))
        if earlier is not None and earlier[1] != row.reorder:
            remedy = f"Row {earlier[0]} gives {row.code} another reorder level. Use the same, or leave it empty."
            yield CsvError(row.number, "reorder level", remedy)

    def _bin_faults(self, row: PlannedRow) -> Iterable[CsvError]:
        if self._sites[row.site].kind == SiteKind.IN_TRANSIT:
            yield CsvError(row.number, "bin", f"{row.site} has no bins: nobody walks there. Leave the bin empty.")
        earlier = self._given_bins.get((row.code, row.site))
        if earlier is not None and earlier[1] != row.bins:
            remedy = f"Row {earlier[0]} gives {row.code} different bins at {row.site}. Use the same, or leave it empty."
            yield CsvError(row.number, "bin", remedy)

    def _level_faults(self, row: PlannedRow) -> list[CsvError]:
        site = self._sites.get(row.site)
        if site is None:
            names = ", ".join(name for name, one in self._sites.items() if one.kind != SiteKind.FBA)
            return [
                CsvError(row.number, "site", f"There is no site “{row.site}”. The sites are: {names or 'none yet'}.")
            ]
        if site.kind == SiteKind.FBA:
            return [CsvError(row.number, "site", f"{row.site} mirrors Amazon's stock. Name a site of your own.")]
        if site.for_transfers:
            remedy = f"Units at {row.site} are moved by transfers. Name another site."
            return [CsvError(row.number, "site", remedy)]
        item = self._items.get(row.code)
        if item is not None and item.pk in self._kits:
            return [CsvError(row.number, "quantity", f"{row.code} is a kit: its stock is that of its components.")]
        if row.quantity is not None and row.quantity < 0 and self._levels.get((row.code, row.site)) != row.quantity:
            remedy = f"“{row.quantity}” must be a whole number from 0 to {UNITS_AT_MOST:,}."
            return [CsvError(row.number, "quantity", remedy)]
        earlier = self._counted.get((row.code, row.site))
        if row.mode == "count" and earlier is not None:
            return [CsvError(row.number, "mode", f"Row {earlier} counts {row.code} at {row.site} too. Keep one count.")]
        return []

    def take(self, row: PlannedRow) -> tuple[str, ...]:
        """The row's changes in words; the rows after it are judged against them."""
        changes = list(self._item_changes(row))
        for code in row.barcodes:
            if _article(code) not in self._barcodes:
                changes.append(f"barcode {code}")
            self._barcodes[_article(code)] = row.code
        if row.quantity is not None:
            changes.extend(self._level_changes(row, row.quantity))
        changes.extend(self._bin_changes(row))
        changes.extend(self._reorder_changes(row))
        for field, text in (("name", row.name), ("other reference", row.other_reference)):
            if text:
                self._given_texts.setdefault((row.code, field), (row.number, text))
        return tuple(changes)

    def _reorder_changes(self, row: PlannedRow) -> Iterable[str]:
        if row.reorder is None:
            return
        key = (row.code, row.site)
        before = self._reorder.get(key)
        if row.reorder != before:
            where = f"{row.site}: " if row.site else ""
            yield f"{where}reorder level {'none' if before is None else before} → {row.reorder}"
        self._reorder[key] = row.reorder
        self._given_reorder.setdefault(key, (row.number, row.reorder))

    def _bin_changes(self, row: PlannedRow) -> Iterable[str]:
        if not row.bins:
            return
        key, after = (row.code, row.site), ", ".join(row.bins)
        before = self._bins.get(key, "")
        if after != before:
            yield f"{row.site}: bin “{before}” → “{after}”"
        self._bins[key] = after
        self._given_bins.setdefault(key, (row.number, row.bins))

    def _item_changes(self, row: PlannedRow) -> Iterable[str]:
        if row.code not in self._names:
            yield f"new item {row.code} “{row.name}”"
        elif row.name and row.name != self._names[row.code]:
            yield f"name “{self._names[row.code]}” → “{row.name}”"
        before = self._references.get(row.code, "")
        if row.other_reference and row.other_reference != before:
            yield f"other reference “{before}” → “{row.other_reference}”"
        self._names[row.code] = row.name or self._names[row.code]
        self._references[row.code] = row.other_reference or before

    def _level_changes(self, row: PlannedRow, quantity: int) -> Iterable[str]:
        key = (row.code, row.site)
        before = self._levels.get(key)
        held = before or 0
        after = quantity if row.mode == "count" else held + quantity
        self._levels[key] = after
        if row.mode == "count":
            self._counted[key] = row.number
        if before is None:
            yield f"{row.site}: first level {after}"
        elif after != held:
            yield f"{row.site}: {held} → {after} ({after - held:+d})"
