"""What orders took of an item since some moment, whatever is thought to be there."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ImportedLine, KitComponent, SalesOrderLine
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.guard import Sold


@dataclass(frozen=True, slots=True)
class SoldSince:
    """Of one item: (item, units of it in one) of what it is made of, and what was sold of these."""

    parts: tuple[tuple[int, int], ...]
    sold: tuple[Sold, ...]


def sold_since(moments: Mapping[int, tuple[int, datetime]]) -> dict[int, SoldSince]:
    """By some key → (item, since when), in four statements: units of FBM orders found since then, those of kits
    counted by their components. Cancelled units are not sold; what is recorded only takes no stock."""
    if not moments:
        return {}
    items = {item for item, _ in moments.values()}
    parts = _parts(items)
    needed = {part for item in items for part, _ in parts[item]}
    within = _kits_with(needed)
    since = min(moment for _, moment in moments.values())
    lines = _lines({*needed, *within}, since)
    return {
        key: SoldSince(parts[item], tuple(_sold(lines, moment, {part for part, _ in parts[item]}, within)))
        for key, (item, moment) in moments.items()
    }


def _parts(item_ids: Collection[int]) -> dict[int, tuple[tuple[int, int], ...]]:
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = KitComponent.objects.filter(any_of("kit", item_ids)).order_by("component")
    for kit, part, quantity in rows.values_list("kit", "component", "quantity"):
        found[kit].append((part, quantity))
    return {item: tuple(found.get(item, [(item, 1)])) for item in item_ids}


def _kits_with(part_ids: Collection[int]) -> dict[int, list[tuple[int, int]]]:
    kits: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = KitComponent.objects.filter(any_of("component", part_ids))
    for kit, part, quantity in rows.values_list("kit", "component", "quantity"):
        kits[kit].append((part, quantity))
    return kits


_Line = tuple[int, datetime, int]
"""Item, when its order was found, units."""


def _lines(item_ids: Collection[int], since: datetime) -> list[_Line]:
    imported = SalesOrderLine.objects.filter(
        any_of("item", item_ids),
        order__imported__found_at__gte=since,
        order__imported__fulfilment=Fulfilment.FBM,
        order__imported__record_only=False,
    ).values_list("item", "order__imported__found_at", "quantity_ordered", "quantity_cancelled")
    waiting = ImportedLine.objects.filter(
        any_of("item", item_ids), imported__found_at__gte=since, imported__fulfilment=Fulfilment.FBM
    ).values_list("item", "imported__found_at", "quantity_ordered", "quantity_cancelled")
    return [
        (item, found_at, max(0, ordered - cancelled))
        for item, found_at, ordered, cancelled in [*imported, *waiting]
        if item is not None
    ]


def _sold(
    lines: Sequence[_Line], since: datetime, parts: Collection[int], kits: Mapping[int, Sequence[tuple[int, int]]]
) -> list[Sold]:
    sold = []
    for item, found_at, units in lines:
        if found_at < since:
            continue
        for part, quantity in kits.get(item, [(item, 1)]):
            if part in parts:
                sold.append(Sold(part, units * quantity))
    return sold
