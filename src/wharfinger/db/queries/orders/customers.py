"""Customers for pages: who bought, and their orders. Names and addresses only for those who may see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum

from wharfinger.db.models import Customer, SalesOrder
from wharfinger.db.queries.found_ids import Way, found_ids
from wharfinger.db.queries.orders.code_search import orders_by_code
from wharfinger.db.queries.orders.word_search import orders_by_buyer
from wharfinger.db.queries.paging import ROWS_A_PAGE, Page, Run, batched, every_row, read_page, read_runs
from wharfinger.db.queries.sorting import UNSORTED, ByColumn, Sorting, Sorts, runs_of
from wharfinger.db.queries.totals import Totals, add_up
from wharfinger.db.search_expressions import begins, digits_are
from wharfinger.domain.orders.addresses import read_address, written
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.search_codes import read_code


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """`search_people`: the search is for names, addresses and e-mail too. Empty values filter nothing."""

    search: str = ""
    search_people: bool = False
    generic: bool | None = None


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """`orders`: sales orders; `last_at`: when the newest was placed. Without the right, name and place are empty."""

    id: int
    code: str
    generic: bool
    name: str
    town: str
    postcode: str
    country: str
    company_class: str
    made_at: datetime
    erased: bool
    orders: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class CustomerOrder:
    id: int
    code: str
    order_ref: str
    channel: str
    state: SalesOrderState
    placed_at: datetime
    currency: str
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """Of orders that are not cancelled."""

    currency: str
    total: Decimal
    orders: int


@dataclass(frozen=True, slots=True)
class DeliveryAddress:
    lines: tuple[str, ...]
    orders: tuple[tuple[int, str], ...]
    """(id, code), newest first."""


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """`email`: only for those who may see buyers' contacts."""

    row: CustomerRow
    email: str
    address: tuple[str, ...]
    orders: Page[CustomerOrder]
    totals: tuple[CurrencyTotal, ...]
    deliveries: tuple[DeliveryAddress, ...]
    """Where the newest orders went, the latest first; none of a generic customer, and none without the right."""
    merged_into: tuple[int, str] | None
    """(id, code) of the record that has its orders now."""
    merged: tuple[str, ...]
    """Codes of the records that were merged into this one."""


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge will do, said before it is done."""

    id: int
    code: str
    name: str
    address: tuple[str, ...]
    orders: int


CUSTOMER_SORTS: Sorts = {"code": ByColumn("code"), "made": ByColumn("made_at")}
_NEWEST_FIRST = (Run(("-id",)),)
_COLUMNS = ("id", "code", "generic", "company_class__name", "made_at", "erased_at")
_PERSONAL = ("name", "address")
_DELIVERIES_OF = 200
"""Orders whose addresses are read: each is decrypted."""


def list_customers(
    wanted: CustomerFilter,
    *,
    cursor: str = "",
    with_people: bool,
    sorting: Sorting = UNSORTED,
    size: int = ROWS_A_PAGE,
) -> Page[CustomerRow]:
    """Newest first, unless they are sorted."""
    found = read_runs(_listed(wanted, with_people), runs_of(CUSTOMER_SORTS, sorting, _NEWEST_FIRST), cursor, size)
    return Page(_rows(found.rows), found.earlier, found.later)


def every_customer(wanted: CustomerFilter, *, with_people: bool, sorting: Sorting = UNSORTED) -> Iterator[CustomerRow]:
    """All that `list_customers` pages through, for files."""
    rows = every_row(_listed(wanted, with_people), runs_of(CUSTOMER_SORTS, sorting, _NEWEST_FIRST))
    for some in batched(rows, 1000):
        yield from _rows(some)


def add_up_customers(wanted: CustomerFilter, *, everything: bool = False) -> Totals:
    return add_up(_filtered(wanted), money=False, everything=everything)


def customer_page(customer_id: int, *, cursor: str = "", with_people: bool, with_contact: bool) -> CustomerPage | None:
    rows = Customer.objects.filter(pk=customer_id)
    columns = (*_COLUMNS, *(_PERSONAL if with_people else ()), *(("email",) if with_contact else ()))
    found = rows.values(*columns).first()
    if found is None:
        return None
    address = read_address(found.get("address"))
    row = _rows((found,))[0]
    return CustomerPage(
        row,
        found.get("email") or "",
        written(address) if address else (),
        _orders(customer_id, cursor),
        _totals(customer_id),
        _deliveries(customer_id) if with_people and not row.generic else (),
        Customer.objects.filter(merged=customer_id).values_list("pk", "code").first(),
        tuple(Customer.objects.filter(merged_into=customer_id).order_by("pk").values_list("code", flat=True)[:50]),
    )


def _totals(customer_id: int) -> tuple[CurrencyTotal, ...]:
    rows = SalesOrder.objects.filter(customer=customer_id, total__isnull=False).exclude(currency="")
    sums = rows.exclude(state=SalesOrderState.CANCELLED).values("currency").annotate(money=Sum("total"), n=Count("id"))
    return tuple(CurrencyTotal(row["currency"], row["money"], row["n"]) for row in sums.order_by("currency"))


def _deliveries(customer_id: int) -> tuple[DeliveryAddress, ...]:
    """Of the newest orders, each address once, as it is written on a parcel."""
    rows = SalesOrder.objects.filter(customer=customer_id).order_by("-placed_at", "-id")
    found: dict[tuple[str, ...], list[tuple[int, str]]] = {}
    for pk, code, own, delivery in rows.values_list("id", "code", "own_delivery", "delivery")[:_DELIVERIES_OF]:
        address = read_address(own or delivery)
        if address is not None:
            found.setdefault(written(address), []).append((pk, code))
    return tuple(DeliveryAddress(lines, tuple(orders)) for lines, orders in found.items())


def merge_preview(customer_id: int) -> MergePreview | None:
    """For who may see people."""
    row = Customer.objects.filter(pk=customer_id).first()
    if row is None:
        return None
    address = read_address(row.address)
    orders = SalesOrder.objects.filter(customer=row).count()
    return MergePreview(row.pk, row.code, row.name, written(address) if address else (), orders)


def customer_by_code(code: str) -> int | None:
    """By its whole code, whatever its capitals."""
    return Customer.objects.filter(code__iexact=code.strip()).values_list("pk", flat=True).first()


def _orders(customer_id: int, cursor: str) -> Page[CustomerOrder]:
    rows = SalesOrder.objects.filter(customer=customer_id)
    columns = ("id", "code", "order_ref", "channel__name", "state", "placed_at", "currency", "total")
    return read_page(rows.values(*columns), ("-placed_at", "-id"), cursor).made_of(
        lambda row: CustomerOrder(*(row[column] for column in columns))
    )


def _listed(wanted: CustomerFilter, with_people: bool) -> QuerySet[Customer, dict[str, Any]]:
    rows: QuerySet[Customer, dict[str, Any]] = _filtered(wanted).values(*_COLUMNS, *(_PERSONAL if with_people else ()))
    return rows


def _filtered(wanted: CustomerFilter) -> QuerySet[Customer]:
    rows = Customer.objects.filter(merged_into=None)
    if wanted.generic is not None:
        rows = rows.filter(generic=wanted.generic)
    if wanted.search:
        rows = rows.filter(pk__in=_found_by(wanted))
    return rows


def _found_by(wanted: CustomerFilter) -> frozenset[int]:
    """By the customer's code, and by what their orders are found by."""
    code = read_code(wanted.search)
    ways: list[Way] = [(Customer.objects.filter(begins("code", code.squeezed)), "id")] if code.squeezed else []
    if code.digits:
        ways.append((Customer.objects.filter(digits_are("code", code.digits)), "id"))
    if code.squeezed:
        merged = Customer.objects.filter(begins("code", code.squeezed), merged_into__isnull=False)
        ways.append((merged, "merged_into_id"))
    orders = orders_by_code(wanted.search)
    bought = orders.sales | (orders_by_buyer(wanted.search) if wanted.search_people else frozenset())
    ways.append((SalesOrder.objects.filter(pk__in=bought, customer__isnull=False), "customer_id"))
    ways.append((SalesOrder.objects.filter(imported__in=orders.imported, customer__isnull=False), "customer_id"))
    return found_ids(ways)[0]


def _rows(found: tuple[dict[str, Any], ...]) -> tuple[CustomerRow, ...]:
    orders: dict[int, dict[str, Any]] = {
        row["customer"]: dict(row)
        for row in SalesOrder.objects.filter(customer__in=[row["id"] for row in found])
        .values("customer")
        .annotate(orders=Count("id"), last_at=Max("placed_at"))
        .order_by()
    }
    return tuple(_row(row, orders.get(row["id"], {"orders": 0, "last_at": None})) for row in found)


def _row(row: dict[str, Any], orders: dict[str, Any]) -> CustomerRow:
    address = read_address(row.get("address"))
    return CustomerRow(
        id=row["id"],
        code=row["code"],
        generic=row["generic"],
        name=row.get("name") or "",
        town=address.town if address else "",
        postcode=address.postcode if address else "",
        country=address.country if address else "",
        company_class=row["company_class__name"] or "",
        made_at=row["made_at"],
        erased=row["erased_at"] is not None,
        orders=orders["orders"],
        last_at=orders["last_at"],
    )
