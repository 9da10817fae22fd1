"""Problems for pages: what a person must fix, with its cause and its remedy."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.query import QuerySet

from wharfinger.db.models import Channel, ChannelProduct, Problem
from wharfinger.db.queries.list_groups import channels_by_name
from wharfinger.db.queries.paging import ROWS_A_PAGE, Page, Run, every_row, read_runs
from wharfinger.db.queries.sorting import UNSORTED, ByColumn, ByGroup, Sorting, Sorts, runs_of
from wharfinger.db.queries.totals import Totals, add_up
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import Subject

_OF_ACCOUNT = Channel.objects.filter(account=OuterRef("account")).order_by("archived", "pk").values("pk")
_SOLD_THERE = ChannelProduct.objects.filter(listing=OuterRef(OuterRef("listing")), marketplace=OuterRef("marketplace"))
_SELLS = Channel.objects.filter(Exists(_SOLD_THERE), account=OuterRef("listing__account"), archived=False)


@dataclass(frozen=True, slots=True)
class AboutRows:
    """Rows that a search named, by their ids: problems about any of them are found."""

    sales_orders: Set[int]
    imported_orders: Set[int]
    items: Set[int]
    listings: Set[int]


@dataclass(frozen=True, slots=True)
class ProblemFilter:
    """`solved` False = the open ones. Empty values filter nothing."""

    kind: str = ""
    channel_id: int | None = None
    solved: bool = False
    about: AboutRows | None = None


@dataclass(frozen=True, slots=True)
class ProblemRow:
    id: int
    kind: ProblemKind
    key: Subject
    cause: str
    remedy: str
    account_id: int | None
    account: str
    channel_id: int | None
    channel: str
    imported_order_id: int | None
    imported_order: str
    sales_order_id: int | None
    sales_order: str
    item_id: int | None
    item: str
    site_id: int | None
    site: str
    listing_id: int | None
    sku: str
    order_import_id: int | None
    """The imported order that its sales order was made from."""
    account_channel_id: int | None
    """A channel of its seller account, one in use before an archived one."""
    listing_channel_id: int | None
    """A channel in use that sells its listing, an enabled one before others."""
    count: int
    opened_at: datetime
    seen_at: datetime
    solved_at: datetime | None
    ship_by: datetime | None = None
    """Of its sales order, as are the amount and its currency."""
    total: Decimal | None = None
    currency: str = ""


_COLUMNS = (
    "id", "kind", "key", "cause", "remedy", "account_id", "account__name", "channel_id", "channel__name",
    "imported_order_id", "imported_order__amazon_order_id", "sales_order_id", "sales_order__code", "item_id",
    "item__code", "site_id", "site__name", "listing_id", "listing__sku", "sales_order__imported_id",
    "account_channel_id", "listing_channel_id", "count", "opened_at", "seen_at", "solved_at",
    "sales_order__ship_by", "sales_order__total", "sales_order__currency",
)  # fmt: skip


PROBLEM_SORTS: Sorts = {
    "kind": ByGroup("kind", lambda: tuple(ProblemKind), then=("-id",)),
    "channel": ByGroup("channel", channels_by_name, then=("-id",)),
    "ship_by": ByColumn("sales_order__ship_by", nullable=True),
    "opened": ByColumn("opened_at"),
    "times": ByColumn("count"),
}
"""Open problems are few, or something is very wrong: of some thousand, a sort without an index is quick too."""
_NEWEST_FIRST = (Run(("-id",)),)


def list_problems(
    wanted: ProblemFilter, *, cursor: str = "", sorting: Sorting = UNSORTED, size: int = ROWS_A_PAGE
) -> Page[ProblemRow]:
    """Newest first, unless they are sorted."""
    runs = runs_of(PROBLEM_SORTS, sorting, _NEWEST_FIRST)
    rows = _filtered(wanted)
    return read_runs(_facts(rows), runs, cursor, size, light=rows).made_of(_row)


def every_problem(wanted: ProblemFilter, *, sorting: Sorting = UNSORTED) -> Iterator[ProblemRow]:
    """All that `list_problems` pages through, for files."""
    rows = _filtered(wanted)
    runs = runs_of(PROBLEM_SORTS, sorting, _NEWEST_FIRST)
    return (_row(row) for row in every_row(_facts(rows), runs, light=rows))


def add_up_problems(wanted: ProblemFilter, *, everything: bool = False) -> Totals:
    return add_up(_filtered(wanted), money=False, everything=everything)


def _filtered(wanted: ProblemFilter) -> QuerySet[Problem]:
    rows = Problem.objects.filter(solved_at__isnull=not wanted.solved)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.channel_id:
        rows = rows.filter(channel_id=wanted.channel_id)
    if wanted.about is not None:
        about = wanted.about
        rows = rows.filter(
            Q(sales_order__in=about.sales_orders)
            | Q(imported_order__in=about.imported_orders)
            | Q(item__in=about.items)
            | Q(listing__in=about.listings)
        )
    return rows


def problem_row(problem_id: int) -> ProblemRow | None:
    row = _facts(Problem.objects.filter(pk=problem_id)).first()
    return _row(row) if row else None


def newest_problems(at_most: int) -> tuple[ProblemRow, ...]:
    """The open ones, newest first."""
    return tuple(_row(row) for row in _facts(Problem.objects.filter(solved_at=None)).order_by("-id")[:at_most])


def problems_of_order(order_id: int, imported_id: int) -> tuple[ProblemRow, ...]:
    """The open ones of a sales order and of the imported order that it was made from, oldest first."""
    rows = Problem.objects.filter(Q(sales_order=order_id) | Q(imported_order=imported_id), solved_at=None)
    return tuple(_row(row) for row in _facts(rows).order_by("id"))


@dataclass(frozen=True, slots=True)
class LinkedTo:
    """What open problems are to be linked to, all that is given. `channel_id`: or its seller account.

    `listing_channel_id` and `sku_begins`: listings that this channel sells; `sold_nowhere`: those that none does.
    """

    kind: ProblemKind | None = None
    sales_order_id: int | None = None
    imported_order_id: int | None = None
    item_id: int | None = None
    site_id: int | None = None
    account_id: int | None = None
    channel_id: int | None = None
    listing_channel_id: int | None = None
    sku_begins: str = ""
    sold_nowhere: bool = False


def problems_linked_to(links: LinkedTo) -> tuple[ProblemRow, ...]:
    """Newest first."""
    rows = Problem.objects.filter(solved_at=None)
    if links.kind:
        rows = rows.filter(kind=links.kind)
    if links.imported_order_id:
        rows = rows.filter(Q(imported_order=links.imported_order_id) | Q(sales_order__imported=links.imported_order_id))
    if links.channel_id:
        its_account = Channel.objects.filter(pk=links.channel_id).values("account")
        rows = rows.filter(Q(channel=links.channel_id) | Q(account__in=its_account))
    same = {
        "sales_order": links.sales_order_id,
        "item": links.item_id,
        "site": links.site_id,
        "account": links.account_id,
        "listing__sku__startswith": links.sku_begins,
    }
    rows = rows.filter(**{name: value for name, value in same.items() if value})
    sold: dict[str, Any] = {"listing_channel_id": links.listing_channel_id} if links.listing_channel_id else {}
    if links.sold_nowhere:
        sold = {"listing__isnull": False, "listing_channel_id": None}
    return tuple(_row(row) for row in _facts(rows, sold).order_by("-id"))


def open_problems_by_kind() -> tuple[tuple[ProblemKind, int], ...]:
    """How many are open of each kind that has any, in the order of the kinds."""
    counted = {
        row["kind"]: row["problems"]
        for row in Problem.objects.filter(solved_at=None).values("kind").annotate(problems=Count("id")).order_by()
    }
    return tuple((kind, counted[kind]) for kind in ProblemKind if kind in counted)


def _facts(rows: QuerySet[Problem], sold: Mapping[str, Any] | None = None) -> QuerySet[Problem, dict[str, Any]]:
    """With the channels by which the page is found; `sold`: which of these it is to be."""
    placed: Any = rows.annotate(
        account_channel_id=Subquery(_OF_ACCOUNT[:1]),
        listing_channel_id=Subquery(_SELLS.order_by("-enabled", "pk").values("pk")[:1]),
    )
    found: QuerySet[Problem, dict[str, Any]] = placed.filter(**(sold or {})).values(*_COLUMNS)
    return found


def _row(row: dict[str, Any]) -> ProblemRow:
    return ProblemRow(
        id=row["id"],
        kind=row["kind"],
        key=row["key"],
        cause=row["cause"],
        remedy=row["remedy"],
        account_id=row["account_id"],
        account=row["account__name"] or "",
        channel_id=row["channel_id"],
        channel=row["channel__name"] or "",
        imported_order_id=row["imported_order_id"],
        imported_order=row["imported_order__amazon_order_id"] or "",
        sales_order_id=row["sales_order_id"],
        sales_order=row["sales_order__code"] or "",
        item_id=row["item_id"],
        item=row["item__code"] or "",
        site_id=row["site_id"],
        site=row["site__name"] or "",
        listing_id=row["listing_id"],
        sku=row["listing__sku"] or "",
        order_import_id=row["sales_order__imported_id"],
        account_channel_id=row["account_channel_id"],
        listing_channel_id=row["listing_channel_id"],
        count=row["count"],
        opened_at=row["opened_at"],
        seen_at=row["seen_at"],
        solved_at=row["solved_at"],
        ship_by=row["sales_order__ship_by"],
        total=row["sales_order__total"],
        currency=row["sales_order__currency"] or "",
    )
