"""The site that an order's lines are dispatched from, chosen by a person: the reserved units move exactly."""

from collections.abc import Mapping
from datetime import datetime

from wharfinger.db.models import Allocation, SalesOrder, SalesOrderLine, Site, User
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.sentences import N_
from wharfinger.domain.stock.allocation import Part
from wharfinger.domain.stock.ledger import SENDING_KINDS
from wharfinger.operations.orders.actions._sales_order_steps import lock_order, record_act, refuse_closed
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._allocation_steps import allocate_lines, allocate_waiting, parts_of, recompute_state
from wharfinger.operations.stock._receipt_steps import lock_for_receipt
from wharfinger.operations.transaction import operation


@operation
def choose_sites(order_id: int, *, sites: Mapping[int, int], now: datetime, user: User) -> SalesOrder:
    """`sites`: site by line, of the lines that change; each must have all units that the line still needs."""
    return _choose(order_id, sites, now, user)


@operation
def assign_site(order_id: int, *, site_id: int, now: datetime, user: User) -> SalesOrder:
    """Every line that is open is dispatched from this site."""
    lines = SalesOrderLine.objects.filter(order=order_id, item__isnull=False)
    return _choose(order_id, {line.pk: site_id for line in lines if line.quantity_open}, now, user)


def _choose(order_id: int, sites: Mapping[int, int], now: datetime, user: User) -> SalesOrder:
    order = lock_order(order_id)
    refuse_closed(order, N_("There is nothing left to dispatch."))
    if order.channel.kind == Fulfilment.FBA:
        raise Refused(
            "%(order)s is fulfilled by Amazon (FBA): Amazon chooses the warehouse.",
            order=order.code,
        )
    lines = list(order.lines.select_for_update(of=("self",), no_key=True).order_by("pk"))
    for line in lines:
        line.order = order
    moving = [line for line in lines if sites.get(line.pk, _site_of(line)) != _site_of(line)]
    if not moving:
        raise Refused(
            "%(order)s is dispatched from there already. Nothing was changed.",
            "site",
            order=order.code,
        )
    names = _names(set(sites.values()))
    _check_stock(moving, sites, names)
    before = {line.sku[:60]: names[_site_of(line)] for line in moving}
    left = {_site_of(line) for line in moving}
    order.site_group = None  # a person's choice holds: it is placed nowhere else
    order.save(update_fields=["site_group"])
    for line in moving:
        line.site_id = sites[line.pk] if sites[line.pk] != order.site_id else None
        line.save(update_fields=["site"])
    allocate_lines(order, lines, now=now)
    recompute_state(order, lines, now=now)
    items = {part.item_id for parts in _parts(moving).values() for part in parts}
    allocate_waiting(items, left, now=now)
    after = {line.sku[:60]: names[_site_of(line)] for line in moving}
    said = ", ".join(f"{sku} from {site}" for sku, site in after.items())
    record_act(order, "choose site", f"To be dispatched: {said}.", before=before, after=after, now=now, user=user)
    return order


def _site_of(line: SalesOrderLine) -> int:
    return line.site_id or line.order.site_id


def _names(wanted: set[int]) -> dict[int, str]:
    """Of the sites that may dispatch; refused where one of those that are wanted may not."""
    known = {site.pk: site for site in Site.objects.all()}
    for site_id in wanted:
        site = known.get(site_id)
        if site is None or site.kind not in SENDING_KINDS:
            name = site.name if site else "This site"
            raise Refused(
                "%(name)s sends no parcels. Choose a warehouse, a shop or a 3PL.",
                "site",
                name=name,
            )
    return {site.pk: site.name for site in known.values()}


def _parts(lines: list[SalesOrderLine]) -> dict[int, tuple[Part, ...]]:
    found = parts_of(line.item_id for line in lines if line.item_id is not None)
    return {line.pk: found[line.item_id] for line in lines if line.item_id is not None}


def _check_stock(moving: list[SalesOrderLine], sites: Mapping[int, int], names: Mapping[int, str]) -> None:
    """With the levels locked: what two people choose at once is counted once."""
    parts = _parts(moving)
    held = list(Allocation.objects.filter(line__in=moving).values_list("item_id", "site_id", "quantity"))
    wanted = {(part.item_id, sites[line.pk]) for line in moving for part in parts.get(line.pk, ())}
    levels = lock_for_receipt({*wanted, *((item, site) for item, site, _ in held)})
    free = {key: levels[key].on_hand - levels[key].allocated for key in wanted}
    for item, site, units in held:  # kept for it there already, as a site of its group
        if (item, site) in free:
            free[item, site] += units
    for line in moving:
        if line.item_id is None or line.held_reason:
            raise Refused(
                "%(sku)s is held: link it to a stock item first.",
                "site",
                sku=line.sku[:60],
            )
        for part in parts[line.pk]:
            key, need = (part.item_id, sites[line.pk]), line.quantity_open * part.each
            if free[key] < need:
                raise Refused(
                    "%(site)s has %(available)s of the %(need)s units of %(sku)s available. Choose another site, "
                    "or receive stock there first.",
                    "site",
                    site=names[sites[line.pk]],
                    available=max(0, free[key]),
                    need=need,
                    sku=line.sku[:60],
                )
            free[key] -= need
