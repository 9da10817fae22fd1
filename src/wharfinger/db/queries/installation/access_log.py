"""The access log for pages: who read what, and who signed in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from wharfinger.db.models import AccessEntry, Customer, ImportedOrder, SalesOrder, User
from wharfinger.db.queries.paging import ROWS_A_PAGE, Page, Run, batched, every_row, read_runs
from wharfinger.db.queries.totals import Totals, add_up
from wharfinger.domain.installation.access_log import Access, Subject

_NEWEST_FIRST = (Run(("-id",)),)
_COLUMNS = (
    "id", "at", "user__full_name", "user__username", "what", "subject", "subject_id", "details", "rows", "address",
    "browser",
)  # fmt: skip
_NAMES: Mapping[Subject, tuple[Any, str]] = {
    Subject.SALES_ORDER: (SalesOrder, "code"),
    Subject.IMPORTED_ORDER: (ImportedOrder, "amazon_order_id"),
    Subject.CUSTOMER: (Customer, "code"),
}
_AT_ONCE = 1000
_READERS_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class AccessFilter:
    """`to` is exclusive. Empty values filter nothing; `number`: of an order (ours or Amazon's), or a customer's."""

    person: int | None = None
    kinds: Sequence[Access] = ()
    number: str = ""
    since: datetime | None = None
    to: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccessRow:
    """`about`: the number of the order or customer; empty = none, or it is not there any more."""

    id: int
    at: datetime
    who: str
    what: Access
    subject: Subject | None
    subject_id: int | None
    about: str
    details: str
    rows: int | None
    address: str
    browser: str


def list_accesses(wanted: AccessFilter, *, cursor: str = "", size: int = ROWS_A_PAGE) -> Page[AccessRow]:
    """Newest first."""
    page = read_runs(_filtered(wanted).values(*_COLUMNS), _NEWEST_FIRST, cursor, size)
    names = _names(page.rows)
    return page.made_of(lambda row: _row(row, names))


def every_access(wanted: AccessFilter) -> Iterator[AccessRow]:
    """All that `list_accesses` pages through, for files."""
    rows = every_row(_filtered(wanted).values(*_COLUMNS), _NEWEST_FIRST)
    for some in batched(rows, _AT_ONCE):
        names = _names(some)
        yield from (_row(row, names) for row in some)


def add_up_accesses(wanted: AccessFilter, *, everything: bool = False) -> Totals:
    return add_up(_filtered(wanted), money=False, everything=everything)


def _filtered(wanted: AccessFilter) -> QuerySet[AccessEntry]:
    rows = AccessEntry.objects.all()
    if wanted.person is not None:
        rows = rows.filter(user=wanted.person)
    if wanted.kinds:
        rows = rows.filter(what__in=wanted.kinds)
    if wanted.number:
        rows = rows.filter(_about(wanted.number.strip()))
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.to is not None:
        rows = rows.filter(at__lt=wanted.to)
    return rows


def _about(number: str) -> Q:
    """Every row that this number names, as subjects of entries."""
    sales = SalesOrder.objects.filter(Q(code__iexact=number) | Q(imported__amazon_order_id=number))
    made_of = SalesOrder.objects.filter(code__iexact=number, imported__isnull=False).values("imported")
    imported = ImportedOrder.objects.filter(Q(amazon_order_id=number) | Q(pk__in=made_of))
    customers = Customer.objects.filter(code__iexact=number)
    found = {Subject.SALES_ORDER: sales, Subject.IMPORTED_ORDER: imported, Subject.CUSTOMER: customers}
    wanted = Q(pk__in=[])
    for subject, rows in found.items():
        ids = list(rows.values_list("pk", flat=True)[:_AT_ONCE])
        if ids:
            wanted |= Q(subject=subject, subject_id__in=ids)
    return wanted


def _names(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int], str]:
    """By subject and id: its number. At most one statement for each kind of subject."""
    named: dict[tuple[str, int], str] = {}
    wanted = [(row["subject"], row["subject_id"]) for row in rows if row["subject"]]
    for subject, (model, column) in _NAMES.items():
        ids = {pk for each, pk in wanted if each == subject}
        if ids:
            named |= {(subject, pk): name for pk, name in model.objects.filter(pk__in=ids).values_list("pk", column)}
    return named


def _row(row: Mapping[str, Any], names: Mapping[tuple[str, int], str]) -> AccessRow:
    return AccessRow(
        id=row["id"],
        at=row["at"],
        who=row["user__full_name"] or row["user__username"] or "",
        what=row["what"],
        subject=row["subject"] or None,
        subject_id=row["subject_id"],
        about=names.get((row["subject"], row["subject_id"]), ""),
        details=row["details"],
        rows=row["rows"],
        address=row["address"],
        browser=row["browser"],
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who opened an order: how often, and when last."""

    name: str
    times: int
    last: datetime


def readers_of(subject: Subject, subject_id: int) -> tuple[Reader, ...]:
    """Who has read this, the latest reader first."""
    rows = AccessEntry.objects.filter(subject=subject, subject_id=subject_id, user__isnull=False).order_by()
    found = rows.values("user").annotate(times=Count("pk"), last=Max("at")).order_by("-last")[:_READERS_AT_MOST]
    counted = {row["user"]: row for row in found}
    people = {user.pk: str(user) for user in User.objects.filter(pk__in=counted)} if counted else {}
    return tuple(Reader(people[pk], row["times"], row["last"]) for pk, row in counted.items())
