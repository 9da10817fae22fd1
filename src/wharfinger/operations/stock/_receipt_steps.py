"""Steps around stock that comes in; they need an open transaction."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Coalesce

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ImportedLine, KitComponent, SalesOrderLine, StockLevel
from wharfinger.operations.stock._allocation_steps import MAY_WAIT_FOR_STOCK, allocate_waiting
from wharfinger.operations.stock._group_steps import Groups, groups_with, sites_of_import
from wharfinger.operations.stock._stock_steps import kits_of, lock_levels, raise_notices


def lock_for_receipt(keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], StockLevel]:
    """Lock these levels, and with them, in the one order, those of whatever the waiting orders need besides.

    New stock is allocated to waiting orders in the same transaction, and their other lines touch other
    levels: locked one after another, they could wait in a ring with an order that is being taken.
    """
    wanted = set(keys)
    items, sites = {item for item, _ in wanted}, {site for _, site in wanted}
    every = SalesOrderLine.objects.annotate(at=Coalesce("site", "order__site"))
    served, groups = kits_of(items), Groups()
    orders = every.filter(
        Q(at__in=sites) | Q(order__site_group__in=groups_with(sites)),
        any_of("item", served),
        order__state__in=MAY_WAIT_FOR_STOCK,
    ).values("order")
    lines = every.filter(order__in=orders, item__isnull=False)
    needed = {
        (item, site)
        for item, at, group in lines.values_list("item", "at", "order__site_group")
        if item is not None
        for site in groups.sites(group, at)
    }
    imports = ImportedLine.objects.filter(
        Q(site__in=sites) | Q(site_group__in=groups_with(sites)), any_of("item", served)
    )
    unimported = ImportedLine.objects.filter(
        imported__in=imports.values("imported"), item__isnull=False, site__isnull=False
    )
    needed |= {(row.item_id or 0, site) for row in unimported for site in sites_of_import(row, groups)}
    parts: dict[int, list[int]] = {}
    rows = KitComponent.objects.filter(any_of("kit", {item for item, _ in needed})).values_list("kit", "component")
    for kit, component in rows:
        parts.setdefault(kit, []).append(component)
    levels = lock_levels(wanted | {(part, site) for item, site in needed for part in parts.get(item, [item])})
    return {key: levels[key] for key in wanted}


def serve_waiting(item_ids: Collection[int], site_ids: Collection[int], *, cause: str, now: datetime) -> None:
    """Stock changed: it is queued for Amazon, and orders that wait for it are served by ship-by date."""
    raise_notices(item_ids, cause=cause, now=now)
    allocate_waiting(sorted(kits_of(item_ids)), sorted(site_ids), now=now)
