"""What an FBA site is short of, with proposed quantities."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Sum

from wharfinger.db.any_of import any_of
from wharfinger.db.models import KitComponent, Movement, Site, StockLevel
from wharfinger.db.queries.stock.warehouse.transfers import units_in_transit
from wharfinger.domain.stock.cover import SOLD_OVER
from wharfinger.domain.stock.ledger import MovementReason, SiteKind
from wharfinger.domain.stock.replenish import Proposal, Stand, propose
from wharfinger.domain.stock.transfers import LINES_AT_MOST


@dataclass(frozen=True, slots=True)
class ProposedItem:
    item_id: int
    code: str
    name: str
    stand: Stand
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Replenishment:
    """The shortest cover first, at most as many as a transfer takes; `more`: how many there are besides."""

    items: tuple[ProposedItem, ...]
    more: int


def sites_to_replenish() -> tuple[tuple[int, str], ...]:
    """FBA sites of a seller account: (id, name)."""
    rows = Site.objects.filter(kind=SiteKind.FBA, account__isnull=False).order_by("name")
    return tuple(rows.values_list("pk", "name"))


def replenishment(site_id: int, source_id: int, *, below: int, up_to: int, now: datetime) -> Replenishment:
    """Of what sold at the FBA site over four weeks. A kit is no proposal: its components are sent. Five statements."""
    rows = Movement.objects.filter(site=site_id, reason=MovementReason.SOLD, moved_at__gt=now - SOLD_OVER)
    sums = rows.values("item_id").annotate(units=Sum("quantity")).order_by()
    sold = {row["item_id"]: -row["units"] for row in sums if row["units"] < 0}
    kits = set(KitComponent.objects.filter(any_of("kit", sold)).values_list("kit", flat=True))
    free = dict(
        StockLevel.objects.filter(any_of("item", sold), site=source_id).values_list(
            "item_id", F("on_hand") - F("allocated")
        )
    )
    coming = units_in_transit(list(sold))
    levels = StockLevel.objects.filter(any_of("item", sold), site=site_id, item__archived=False)
    found = []
    columns = (
        "item_id",
        "item__code",
        "item__name",
        "on_hand",
        "allocated",
        "fba_ordered",
        "fba_inbound",
        "item__case_size",
    )
    for item, code, name, on_hand, allocated, ordered, inbound, case in levels.values_list(*columns):
        stand = Stand(
            available=on_hand - allocated - ordered,
            inbound=inbound,
            coming=coming.get((item, site_id), 0),
            sold=sold[item],
            free=free.get(item, 0),
            case=case or 1,
        )
        proposal = None if item in kits else propose(stand, below=below, up_to=up_to)
        if proposal is not None:
            found.append(ProposedItem(item, code, name, stand, proposal))
    found.sort(key=lambda one: (one.stand.cover or 0, one.code))
    return Replenishment(tuple(found[:LINES_AT_MOST]), max(0, len(found) - LINES_AT_MOST))
