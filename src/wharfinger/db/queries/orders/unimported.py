"""Orders that Amazon has and that are no sales orders: what they reserve, and those that no channel takes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Sum
from django.db.models.query import QuerySet

from wharfinger.db.models import Allocation, Channel, ImportedLine, ImportedOrder
from wharfinger.db.models.orders.inbox import TO_SEND
from wharfinger.domain.orders.order import Fulfilment, ImportState
from wharfinger.domain.orders.unimported import channelless_remedy, channelless_sentence


@dataclass(frozen=True, slots=True)
class Channelless:
    """Paid FBM orders of one seller account in a marketplace where it has no channel, still to be sent.

    `amounts`: (currency, sum), each currency by itself; `unpriced`: orders whose total Amazon has not stated.
    """

    account_id: int
    account: str
    marketplace_id: str
    marketplace: str
    orders: int
    amounts: tuple[tuple[str, Decimal], ...]
    unpriced: int
    oldest_ship_by: datetime | None
    zone: str

    @property
    def sentence(self) -> str:
        return channelless_sentence(
            self.orders, self.marketplace, self.account, self.amounts, self.unpriced, self.oldest_ship_by, self.zone
        )

    @property
    def remedy(self) -> str:
        return channelless_remedy(known=bool(self.marketplace))


def unsent_imports() -> QuerySet[ImportedOrder]:
    """FBM orders that are paid, still to be sent, and no sales orders. An ignored one is somebody's decision."""
    rows = ImportedOrder.objects.filter(fulfilment=Fulfilment.FBM, amazon_status__in=TO_SEND, sales_order__isnull=True)
    return rows.exclude(state__in=[ImportState.OK, ImportState.IGNORED])


def without_channel() -> Q:
    """Of imported orders: the seller account has no channel for their marketplace and kind."""
    channels = Channel.objects.filter(
        account=OuterRef("account"),
        marketplace=OuterRef("marketplace"),
        kind=Fulfilment.FBM,
        archived=False,
    )
    return ~Q(Exists(channels)) & ~Q(amazon_order_id__startswith="S")


def channelless_orders(account_id: int | None = None) -> tuple[Channelless, ...]:
    """By seller account and marketplace, most orders first; one query."""
    rows = unsent_imports().filter(without_channel())
    if account_id is not None:
        rows = rows.filter(account=account_id)
    groups: dict[tuple[int, str], list[Any]] = defaultdict(list)
    summed = (
        rows.values(
            "account_id", "account__name", "marketplace_id", "marketplace__name", "marketplace__time_zone", "currency"
        )
        .annotate(orders=Count("id"), priced=Count("total"), value=Sum("total"), oldest=Min("ship_by"))
        .order_by()
    )
    for row in summed:
        groups[(row["account_id"], row["marketplace_id"] or "")].append(row)
    found = [_channelless(account, marketplace, sums) for (account, marketplace), sums in groups.items()]
    return tuple(sorted(found, key=lambda row: (-row.orders, row.account_id, row.marketplace_id)))


def _channelless(account_id: int, marketplace_id: str, sums: list[Any]) -> Channelless:
    amounts = [(row["currency"], row["value"]) for row in sums if row["value"] is not None]
    oldest = [row["oldest"] for row in sums if row["oldest"] is not None]
    orders = sum(row["orders"] for row in sums)
    return Channelless(
        account_id=account_id,
        account=sums[0]["account__name"],
        marketplace_id=marketplace_id,
        marketplace=sums[0]["marketplace__name"] or "",
        orders=orders,
        amounts=tuple(sorted(amounts)),
        unpriced=orders - sum(row["priced"] for row in sums),
        oldest_ship_by=min(oldest, default=None),
        zone=sums[0]["marketplace__time_zone"] or "UTC",
    )


@dataclass(frozen=True, slots=True)
class ReservedLine:
    """A line of an order without a sales order. `allocated`: (site, stock code, units)."""

    sku: str
    title: str
    item_id: int | None
    item_code: str
    ordered: int
    open: int
    moved: int
    allocated: tuple[tuple[str, str, int], ...]


def reserved_lines(imported_id: int) -> tuple[ReservedLine, ...]:
    held: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    allocations = Allocation.objects.filter(imported_line__imported=imported_id).order_by("site__name", "item__code")
    for line, site, code, units in allocations.values_list("imported_line_id", "site__name", "item__code", "quantity"):
        held[line or 0].append((site, code, units))
    lines = ImportedLine.objects.filter(imported=imported_id).select_related("item").order_by("pk")
    return tuple(
        ReservedLine(
            sku=row.sku,
            title=row.title,
            item_id=row.item_id,
            item_code=row.item.code if row.item else "",
            ordered=row.quantity_ordered,
            open=row.quantity_open,
            moved=row.quantity_moved,
            allocated=tuple(held.get(row.pk, ())),
        )
        for row in lines
    )


@dataclass(frozen=True, slots=True)
class UnimportedOrder:
    """An order that takes units of an item without being a sales order."""

    id: int
    number: str
    state: ImportState
    ship_by: datetime | None
    units: int
    zone: str
    """The marketplace's, in which its ship-by is meant."""


def unimported_orders_of(item_id: int, at_most: int = 20) -> tuple[UnimportedOrder, ...]:
    """Orders without a sales order that are still to be sent units of the item, most urgent first."""
    rows = (
        ImportedLine.objects.filter(item=item_id)
        .filter(quantity_ordered__gt=F("quantity_cancelled") + F("quantity_shipped"))
        .select_related("imported__marketplace")
        .order_by(F("imported__ship_by").asc(nulls_last=True), "pk")[:at_most]
    )
    return tuple(
        UnimportedOrder(
            row.imported_id,
            row.imported.amazon_order_id,
            row.imported.state,
            row.imported.ship_by,
            row.quantity_open,
            row.imported.marketplace.time_zone if row.imported.marketplace else "UTC",
        )
        for row in rows
    )
