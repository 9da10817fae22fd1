"""The audit log for pages: who, when, what, before and after. It is append-only: a trigger refuses everything else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from wharfinger.db.models import AuditEntry, Channel
from wharfinger.db.queries.paging import Page, read_page
from wharfinger.domain.channels.channel import ActivatedFor, CustomerPolicy, ImportFba
from wharfinger.domain.channels.first_import import FirstImport
from wharfinger.domain.installation.alerts import MailSecurity
from wharfinger.domain.installation.people import Role
from wharfinger.domain.labels import Labelled
from wharfinger.domain.orders.order import OrderType
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.domain.stock.ledger import SiteKind

CHUNK = 2000
_TOGGLES = {"True": "Yes", "False": "No"}
_KINDS: Mapping[tuple[str, str], type[Labelled]] = {
    ("Channel", "activated for"): ActivatedFor,
    ("Channel", "customer policy"): CustomerPolicy,
    ("Channel", "import FBA orders"): ImportFba,
    ("CourierService", "tracking"): Tracking,
    ("MailSettings", "security"): MailSecurity,
    ("Site", "kind"): SiteKind,
    ("User", "role"): Role,
}
"""By noun and field: what is kept as a code and shown by its label. An option's field begins with its row."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """`to` is exclusive. Empty values filter nothing."""

    person: int | None = None
    noun: str = ""
    noun_id: str = ""
    verb: str = ""
    since: datetime | None = None
    to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field; None = it was not there, or is not there any more."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """`changes`: the fields that differ; for what was made or deleted all of them. `there`: it is not deleted."""

    id: int
    at: datetime
    who: str
    verb: str
    noun: str
    noun_id: str
    name: str
    changes: tuple[Change, ...]
    there: bool = True


_COLUMNS = ("id", "at", "user__full_name", "user__username", "verb", "noun", "noun_id", "before", "after")


def audit_page(wanted: AuditFilter, *, cursor: str = "") -> Page[AuditRow]:
    """Newest first."""
    page = read_page(_filtered(wanted), ("-id",), cursor).made_of(_row)
    named = [int(row.noun_id) for row in page.rows if row.noun == "Channel" and row.noun_id.isdigit()]
    there = {str(pk) for pk in Channel.objects.filter(pk__in=named).values_list("pk", flat=True)}
    return page.made_of(lambda row: replace(row, there=row.noun != "Channel" or row.noun_id in there))


def every_entry(wanted: AuditFilter) -> Iterator[AuditRow]:
    return (_row(row) for row in _filtered(wanted).order_by("-id").iterator(chunk_size=CHUNK))


def audited_nouns() -> list[str]:
    """What has been changed so far, for the filter: an index walk, not a count of all entries."""
    found: list[str] = []
    noun = ""
    while True:
        row = AuditEntry.objects.filter(noun__gt=noun).order_by("noun").values_list("noun", flat=True).first()
        if row is None:
            return found
        found.append(row)
        noun = row


def last_change(noun: str, noun_id: int) -> AuditRow | None:
    row = AuditEntry.objects.filter(noun=noun, noun_id=str(noun_id)).order_by("-id").values(*_COLUMNS).first()
    return None if row is None else _row(row)


def _filtered(wanted: AuditFilter) -> QuerySet[Any, Any]:
    rows = AuditEntry.objects.all()
    if wanted.person is not None:
        rows = rows.filter(user=wanted.person)
    for name in ("noun", "noun_id", "verb"):
        if getattr(wanted, name):
            rows = rows.filter(**{name: getattr(wanted, name)})
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.to is not None:
        rows = rows.filter(at__lt=wanted.to)
    found: QuerySet[Any, Any] = rows.values(*_COLUMNS)
    return found


def _row(row: dict[str, Any]) -> AuditRow:
    before, after = (_as_displayed(row["noun"], row[when]) for when in ("before", "after"))
    names = [*before, *(name for name in after if name not in before)]
    return AuditRow(
        id=row["id"],
        at=row["at"],
        who=row["user__full_name"] or row["user__username"] or "",
        verb=row["verb"],
        noun=row["noun"],
        noun_id=row["noun_id"],
        name=str(after.get("name") or before.get("name") or ""),
        changes=tuple(
            Change(name, before.get(name), after.get(name))
            for name in names
            if (before.get(name) or "") != (after.get(name) or "")
        ),
    )


def _as_displayed(noun: str, values: Any) -> dict[str, str]:
    """Toggles and kinds are shown in the words of their page."""
    if not isinstance(values, dict):
        return {}
    return {_field(noun, name): _value(noun, name, str(value)) for name, value in values.items()}


def _field(noun: str, name: str) -> str:
    """A row of the options is kept by its order type's code, a count of the first import by its choice's."""
    row, colon, option = name.partition(": ")
    kinds: type[Labelled] = OrderType if colon else FirstImport
    label = _label(kinds, row) if noun == "Channel" else row
    return f"{label}{colon}{option}"


def _value(noun: str, name: str, value: str) -> str:
    kinds = _KINDS.get((noun, name.rpartition(": ")[2]))
    return _label(kinds, value) if kinds else _TOGGLES.get(value, value)


def _label(kinds: type[Labelled], code: str) -> str:
    return next((each.label for each in kinds if each == code), code)
