"""Problems for pages: what a person must fix, with its cause and its remedy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from wharfinger.db.models import Problem
from wharfinger.db.queries.paging import Page, read_page
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import Subject

SHOWN_ON_A_PAGE = 5


@dataclass(frozen=True, slots=True)
class ProblemFilter:
    """`solved` False = the open ones. Empty values filter nothing."""

    kind: str = ""
    channel_id: int | None = None
    solved: bool = False


@dataclass(frozen=True, slots=True)
class ProblemRow:
    id: int
    kind: ProblemKind
    key: Subject
    cause: str
    remedy: str
    remedy_page: str
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
    count: int
    opened_at: datetime
    seen_at: datetime
    solved_at: datetime | None


_COLUMNS = (
    "id", "kind", "key", "cause", "remedy", "remedy_page", "account_id", "account__name", "channel_id", "channel__name",
    "imported_order_id", "imported_order__amazon_order_id", "sales_order_id", "sales_order__code", "item_id",
    "item__code", "site_id", "site__name", "listing_id", "listing__sku", "count", "opened_at", "seen_at", "solved_at",
)  # fmt: skip


def list_problems(wanted: ProblemFilter, *, cursor: str = "") -> Page[ProblemRow]:
    """Newest first."""
    rows = Problem.objects.filter(solved_at__isnull=not wanted.solved)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.channel_id:
        rows = rows.filter(channel_id=wanted.channel_id)
    return read_page(rows.values(*_COLUMNS), ("-id",), cursor).made_of(_row)


def problem_row(problem_id: int) -> ProblemRow | None:
    row = Problem.objects.filter(pk=problem_id).values(*_COLUMNS).first()
    return _row(row) if row else None


def problems_fixed_at(path: str, full_path: str) -> tuple[ProblemRow, ...]:
    """The open problems whose remedy is on this page (`full_path`: with its query), newest first."""
    rows = Problem.objects.filter(solved_at=None, remedy_page__in={path, full_path}).order_by("-id")
    return tuple(_row(row) for row in rows.values(*_COLUMNS)[:SHOWN_ON_A_PAGE])


def open_problems_by_kind() -> tuple[tuple[ProblemKind, int], ...]:
    """How many are open of each kind that has any, in the order of the kinds."""
    counted = {
        row["kind"]: row["problems"]
        for row in Problem.objects.filter(solved_at=None).values("kind").annotate(problems=Count("id")).order_by()
    }
    return tuple((kind, counted[kind]) for kind in ProblemKind if kind in counted)


def _row(row: dict[str, Any]) -> ProblemRow:
    return ProblemRow(
        id=row["id"],
        kind=row["kind"],
        key=row["key"],
        cause=row["cause"],
        remedy=row["remedy"],
        remedy_page=row["remedy_page"],
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
        count=row["count"],
        opened_at=row["opened_at"],
        seen_at=row["seen_at"],
        solved_at=row["solved_at"],
    )
