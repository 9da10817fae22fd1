"""From which sites the lines of an order could be dispatched, with what each has available."""

from dataclasses import dataclass

from wharfinger.db.models import SalesOrderLine, Site, StockLevel
from wharfinger.domain.stock.ledger import SENDING_KINDS


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """`available`: units of the line's own item that no order has; None = no level there, or a kit's components."""

    id: int
    name: str
    available: int | None


@dataclass(frozen=True, slots=True)
class LineSites:
    line_id: int
    sku: str
    title: str
    open: int
    site_id: int
    choices: tuple[SiteChoice, ...]


def sending_sites() -> tuple[tuple[int, str], ...]:
    """Sites from which parcels are sent, by name."""
    return tuple(Site.objects.filter(kind__in=SENDING_KINDS).order_by("name").values_list("pk", "name"))


def line_sites(order_id: int) -> tuple[LineSites, ...]:
    """Of the lines that are open and linked."""
    rows = SalesOrderLine.objects.filter(order=order_id, item__isnull=False, held_reason="").select_related("order")
    lines = [line for line in rows.order_by("pk") if line.quantity_open]
    levels = {
        (level.item_id, level.site_id): level.on_hand - level.allocated
        for level in StockLevel.objects.filter(item__in={line.item_id for line in lines})
    }
    sites = sending_sites()
    return tuple(
        LineSites(
            line.pk,
            line.sku,
            line.title,
            line.quantity_open,
            line.site_id or line.order.site_id,
            tuple(SiteChoice(pk, name, levels.get((line.item_id or 0, pk))) for pk, name in sites),
        )
        for line in lines
    )
