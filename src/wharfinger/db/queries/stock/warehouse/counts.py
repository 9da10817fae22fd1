"""Counts for pages: the list, one count with what was entered last, and its lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from wharfinger.db.models import CountEntry, CountLine, KitComponent, Site, StockCount, StockItem, StockLevel
from wharfinger.db.queries.item_search import items_by_code
from wharfinger.db.queries.paging import ROWS_A_PAGE, Page, Run, batched, every_row, read_page, read_runs
from wharfinger.db.queries.sorting import UNSORTED, ByColumn, Sorting, Sorts, runs_of
from wharfinger.db.queries.totals import Totals, add_up
from wharfinger.domain.stock.bins import written
from wharfinger.domain.stock.counts import COUNTED_KINDS, CountScope, CountState


@dataclass(frozen=True, slots=True)
class CountRow:
    """`lines`: items to count, or found; `booked`: items whose level it changed."""

    id: int
    code: str
    site: str
    site_id: int
    scope: CountScope
    bin_from: str
    bin_to: str
    state: CountState
    made_at: datetime
    made_by: str
    ended_at: datetime | None
    ended_by: str
    booked: int
    lines: int
    counted: int

    @property
    def is_open(self) -> bool:
        return self.state is CountState.OPEN

    @property
    def rest(self) -> int:
        """Items that nobody has counted yet."""
        return self.lines - self.counted


_ROW = (
    "id",
    "site__name",
    "site_id",
    "scope",
    "bin_from",
    "bin_to",
    "state",
    "made_at",
    "made_by__username",
    "made_by__full_name",
    "ended_at",
    "ended_by__username",
    "ended_by__full_name",
    "booked",
    "items",
    "items_counted",
)


def list_counts(*, cursor: str = "") -> Page[CountRow]:
    """Newest first."""
    found = read_page(StockCount.objects.values(*_ROW), ("-id",), cursor)
    return Page(_rows(found.rows), found.earlier, found.later)


def count_row(count_id: int) -> CountRow | None:
    found = StockCount.objects.filter(pk=count_id).values(*_ROW).first()
    return _rows((dict(found),))[0] if found else None


def _rows(found: tuple[dict[str, Any], ...]) -> tuple[CountRow, ...]:
    return tuple(
        CountRow(
            row["id"],
            f"CNT{row['id']}",
            row["site__name"],
            row["site_id"],
            CountScope(row["scope"]),
            row["bin_from"],
            row["bin_to"],
            CountState(row["state"]),
            row["made_at"],
            row["made_by__full_name"] or row["made_by__username"] or "",
            row["ended_at"],
            row["ended_by__full_name"] or row["ended_by__username"] or "",
            row["booked"],
            row["items"],
            row["items_counted"],
        )
        for row in found
    )


@dataclass(frozen=True, slots=True)
class CountSums:
    """Lines with a variance, those that nobody has decided on, and those that are to be recounted."""

    variances: int
    undecided: int
    recounts: int


def count_sums(count_id: int) -> CountSums:
    """Each by an index that holds these lines alone, however many the count has."""
    lines = CountLine.objects.filter(count=count_id)
    return CountSums(
        lines.filter(Q(variance__lt=0) | Q(variance__gt=0)).count(),
        lines.filter(undecided=True).count(),
        lines.filter(Q(counted__isnull=True) | Q(recount=True), recount=True).count(),
    )


@dataclass(frozen=True, slots=True)
class EntryRow:
    item_id: int
    code: str
    name: str
    quantity: int
    replaces: bool
    who: str
    entered_at: datetime


def newest_entries(count_id: int, *, item_id: int | None = None, at_most: int = 12) -> tuple[EntryRow, ...]:
    """What was entered last, the newest first; of one item, or of all."""
    rows = CountEntry.objects.filter(count=count_id)
    if item_id is not None:
        rows = rows.filter(line__item=item_id)
    columns = ("line__item_id", "line__item__code", "line__item__name", "quantity", "replaces")
    person = ("user__full_name", "user__username", "entered_at")
    return tuple(
        EntryRow(item, code, name, quantity, replaces, full or user or "", at)
        for item, code, name, quantity, replaces, full, user, at in rows.order_by("-id").values_list(*columns, *person)[
            :at_most
        ]
    )


@dataclass(frozen=True, slots=True)
class CountedItem:
    """An item that stands before the person who counts: never with what is expected of it.

    `counted` None = nobody has counted it yet. `on_list` False: it was not to be counted, but may be.
    """

    id: int
    code: str
    name: str
    picture: str
    bins: str
    counted: int | None
    recount: bool
    on_list: bool
    is_kit: bool
    entries: tuple[EntryRow, ...]


def counted_item(count: CountRow, item_id: int) -> CountedItem | None:
    item = StockItem.objects.filter(pk=item_id, archived=False).first()
    if item is None:
        return None
    line = CountLine.objects.filter(count=count.id, item=item_id).first()
    level = StockLevel.objects.filter(item=item_id, site=count.site_id).first()
    return CountedItem(
        id=item.pk,
        code=item.code,
        name=item.name,
        picture=item.picture,
        bins=written(level.bin, level.other_bins) if level else "",
        counted=line.counted if line else None,
        recount=bool(line and line.recount),
        on_list=line is not None,
        is_kit=KitComponent.objects.filter(kit=item_id).exists(),
        entries=newest_entries(count.id, item_id=item_id),
    )


@dataclass(frozen=True, slots=True)
class NextItem:
    item_id: int
    code: str
    name: str
    bin: str
    recount: bool


def next_items(count_id: int, at_most: int = 10) -> tuple[NextItem, ...]:
    """What is still to be counted, in the order of the walk; those to be recounted too."""
    rows = CountLine.objects.filter(Q(counted__isnull=True) | Q(recount=True), count=count_id).order_by("bin", "id")
    columns = ("item_id", "item__code", "item__name", "bin", "recount")
    return tuple(NextItem(*row) for row in rows.values_list(*columns)[:at_most])


@dataclass(frozen=True, slots=True)
class CountLineRow:
    id: int
    item_id: int
    code: str
    name: str
    bin: str
    other_bins: str
    counted: int | None
    expected: int | None
    variance: int | None
    moved: bool
    entries: int
    counted_at: datetime | None
    recount: bool
    undecided: bool
    accepted_at: datetime | None
    accepted_by: str

    @property
    def differs(self) -> bool:
        return bool(self.variance) or self.moved


@dataclass(frozen=True, slots=True)
class LineFilter:
    """`show`: empty = all, or variances, undecided, recount, rest (not counted)."""

    show: str = ""
    search: str = ""


LINE_SORTS: Sorts = {"bin": ByColumn("bin"), "variance": ByColumn("variance", nullable=True)}
_BY_BIN = ByColumn("bin").runs(descending=False)
_LINE = (
    "id",
    "item_id",
    "item__code",
    "item__name",
    "bin",
    "counted",
    "expected",
    "variance",
    "moved",
    "entries",
    "counted_at",
    "recount",
    "undecided",
    "accepted_at",
    "accepted_by__username",
    "accepted_by__full_name",
)


def count_lines(
    count: CountRow, wanted: LineFilter, *, cursor: str = "", sorting: Sorting = UNSORTED, size: int = ROWS_A_PAGE
) -> Page[CountLineRow]:
    """In the order of the walk, unless they are sorted."""
    found = read_runs(_filtered(count.id, wanted).values(*_LINE), _runs(sorting), cursor, size)
    return Page(_line_rows(count, found.rows), found.earlier, found.later)


def every_count_line(count: CountRow, wanted: LineFilter, *, sorting: Sorting = UNSORTED) -> Iterator[CountLineRow]:
    """All that `count_lines` pages through, for files."""
    rows = _filtered(count.id, wanted).values(*_LINE)
    for some in batched(every_row(rows, _runs(sorting)), 1000):
        yield from _line_rows(count, some)


def add_up_count_lines(count_id: int, wanted: LineFilter, *, everything: bool = False) -> Totals:
    return add_up(_filtered(count_id, wanted), money=False, everything=everything)


def _runs(sorting: Sorting) -> tuple[Run, ...]:
    return tuple(runs_of(LINE_SORTS, sorting, _BY_BIN))


def _filtered(count_id: int, wanted: LineFilter) -> QuerySet[CountLine]:
    rows = CountLine.objects.filter(count=count_id)
    if wanted.search:
        rows = rows.filter(item__in=items_by_code(wanted.search))
    match wanted.show:
        case "variances":
            return rows.filter(Q(variance__lt=0) | Q(variance__gt=0))
        case "undecided":
            return rows.filter(undecided=True)
        case "recount":
            return rows.filter(Q(counted__isnull=True) | Q(recount=True), recount=True)
        case "rest":
            return rows.filter(Q(counted__isnull=True) | Q(recount=True), counted__isnull=True)
        case _:
            return rows


def _line_rows(count: CountRow, found: tuple[dict[str, Any], ...]) -> tuple[CountLineRow, ...]:
    others = dict(
        StockLevel.objects.filter(site=count.site_id, item__in=[row["item_id"] for row in found])
        .exclude(other_bins="")
        .values_list("item_id", "other_bins")
    )
    return tuple(
        CountLineRow(
            id=row["id"],
            item_id=row["item_id"],
            code=row["item__code"],
            name=row["item__name"],
            bin=row["bin"],
            other_bins=others.get(row["item_id"], ""),
            counted=row["counted"],
            expected=row["expected"],
            variance=row["variance"],
            moved=row["moved"],
            entries=row["entries"],
            counted_at=row["counted_at"],
            recount=row["recount"],
            undecided=row["undecided"],
            accepted_at=row["accepted_at"],
            accepted_by=row["accepted_by__full_name"] or row["accepted_by__username"] or "",
        )
        for row in found
    )


def sites_to_count() -> tuple[tuple[int, str], ...]:
    rows = Site.objects.filter(kind__in=COUNTED_KINDS).order_by("priority", "name")
    return tuple(rows.values_list("id", "name"))
