"""The small lists of Settings as pages show them, and what holds their entries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from django.db.models import Count, Exists, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from wharfinger.db.models import (
    BankAccount,
    ChannelOption,
    CompanyClass,
    CourierGroup,
    CourierGroupRule,
    CourierLevelMapping,
    Customer,
    OrderNumberPrefix,
    SalesOrder,
    SalesSource,
)
from wharfinger.domain.installation.lists import LISTS, ListName

_MODELS: Mapping[ListName, type[Model]] = {
    ListName.SALES_SOURCES: SalesSource,
    ListName.BANK_ACCOUNTS: BankAccount,
    ListName.COURIER_GROUPS: CourierGroup,
    ListName.COMPANY_CLASSES: CompanyClass,
    ListName.ORDER_NUMBER_PREFIXES: OrderNumberPrefix,
}


@dataclass(frozen=True, slots=True)
class EntryRow:
    id: int
    name: str
    archived: bool
    currency: str
    channels: int
    rules: int
    """Courier groups: lines that choose a service."""
    on_orders: bool
    """Orders, customers or codes hold it."""
    mapped: bool

    @property
    def used(self) -> bool:
        return bool(self.channels or self.on_orders or self.mapped)


def list_entries(which: ListName) -> tuple[EntryRow, ...]:
    """All of them, archived ones last. One query."""
    return tuple(_row(which, row) for row in _entries(which).order_by("archived", "name"))


def entry_row(which: ListName, entry_id: int) -> EntryRow | None:
    row = _entries(which).filter(pk=entry_id).first()
    return None if row is None else _row(which, row)


def used_by(which: ListName, entry_id: int) -> str:
    """What holds the entry, as a sentence; empty = nothing does, and it may be deleted."""
    row = entry_row(which, entry_id)
    if row is None or not row.used:
        return ""
    holders = []
    if row.channels:
        holders.append("the options of 1 channel" if row.channels == 1 else f"the options of {row.channels} channels")
    if row.mapped:
        holders.append("a courier mapping")
    if row.on_orders:
        holders.append("customers" if which is ListName.COMPANY_CLASSES else "sales orders")
    return f"It is used by {' and '.join(holders)}."


def _entries(which: ListName) -> QuerySet[Any]:
    option = LISTS[which].option
    channels = ChannelOption.objects.filter(**{option: OuterRef("pk")}).order_by().values(option)
    rows = _MODELS[which]._default_manager.annotate(
        in_channels=Coalesce(Subquery(channels.annotate(rows=Count("channel", distinct=True)).values("rows")), 0),
        on_orders=Exists(_holders(which)),
    )
    if which is ListName.COURIER_GROUPS:
        lines = CourierGroupRule.objects.filter(group=OuterRef("pk")).order_by().values("group")
        rows = rows.annotate(
            lines=Coalesce(Subquery(lines.annotate(rows=Count("pk")).values("rows")), 0),
            mapped=Exists(CourierLevelMapping.objects.filter(group=OuterRef("pk"))),
        )
    return rows


def _holders(which: ListName) -> QuerySet[Any]:
    """What holds an entry besides options of channels."""
    match which:
        case ListName.COMPANY_CLASSES:
            return Customer.objects.filter(company_class=OuterRef("pk"))
        case ListName.ORDER_NUMBER_PREFIXES:  # names hold letters, digits and - only: no pattern hides in one
            whole = Concat(Value("^"), OuterRef("name"), Value("[0-9]+$"))
            return SalesOrder.objects.filter(code__startswith=OuterRef("name"), code__regex=whole)
        case ListName.SALES_SOURCES | ListName.BANK_ACCOUNTS | ListName.COURIER_GROUPS:
            return SalesOrder.objects.filter(**{LISTS[which].option: OuterRef("pk")})
        case _:
            assert_never(which)


def _row(which: ListName, row: Any) -> EntryRow:
    return EntryRow(
        id=row.pk,
        name=row.name,
        archived=row.archived,
        currency=row.currency if which is ListName.BANK_ACCOUNTS else "",
        channels=row.in_channels,
        rules=getattr(row, "lines", 0),
        on_orders=row.on_orders,
        mapped=getattr(row, "mapped", False),
    )
