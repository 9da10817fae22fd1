"""Sales orders that a list names by their code, Amazon's order number or the order ref."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import F

from wharfinger.db.models import ImportedOrder, SalesOrder
from wharfinger.db.search_expressions import squeezed
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.search_codes import squeeze


@dataclass(frozen=True, slots=True)
class NamedOrder:
    """A sales order as a row of the list calls it."""

    id: int
    code: str
    amazon_order_id: str
    channel: str
    state: SalesOrderState


@dataclass(frozen=True, slots=True)
class NamedOrders:
    """By the squeezed text. `not_imported`: numbers that Amazon has, for which there is no sales order."""

    found: dict[str, tuple[NamedOrder, ...]]
    not_imported: frozenset[str]


_COLUMNS = ("pk", "code", "imported__amazon_order_id", "channel__name", "state")


def orders_named(texts: Iterable[str]) -> NamedOrders:
    """Four statements, however many texts: each way of naming is one index."""
    exact = {text for text in texts if text}
    wanted = {bare for text in exact if (bare := squeeze(text))}
    if not wanted:
        return NamedOrders({}, frozenset())
    numbers = dict(
        ImportedOrder.objects.annotate(bare=squeezed("amazon_order_id"))
        .filter(bare__in=wanted)
        .values_list("pk", "bare")
    )
    found: dict[str, dict[int, NamedOrder]] = {}
    rows = SalesOrder.objects.order_by("pk")
    by_code = rows.annotate(bare=squeezed("code")).filter(bare__in=wanted)
    by_ref = rows.annotate(bare=F("order_ref")).filter(bare__in=exact)
    for ways in (by_code, by_ref):
        for bare, *columns in ways.values_list("bare", *_COLUMNS):
            found.setdefault(squeeze(bare), {})[columns[0]] = NamedOrder(*columns)
    imported = rows.filter(imported__in=list(numbers)).values_list("imported_id", *_COLUMNS)
    taken = set()
    for imported_id, *columns in imported:
        taken.add(imported_id)
        found.setdefault(numbers[imported_id], {})[columns[0]] = NamedOrder(*columns)
    missing = frozenset(bare for pk, bare in numbers.items() if pk not in taken)
    return NamedOrders({bare: tuple(each.values()) for bare, each in found.items()}, missing)


def ids_by_urgency(ids: Collection[int]) -> tuple[int, ...]:
    """Of these sales orders those that are there, the most urgent first."""
    rows = SalesOrder.objects.filter(pk__in=ids).order_by(F("ship_by").asc(nulls_last=True), "pk")
    return tuple(rows.values_list("pk", flat=True))


def codes_by_urgency(ids: Collection[int]) -> tuple[str, ...]:
    """The codes of these sales orders, the most urgent first."""
    rows = SalesOrder.objects.filter(pk__in=ids).order_by(F("ship_by").asc(nulls_last=True), "pk")
    return tuple(rows.values_list("code", flat=True))
