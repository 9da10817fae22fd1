"""A courier service's cut-offs, as its page shows them."""

from dataclasses import dataclass

from wharfinger.db.models import CourierCutOff, Site
from wharfinger.db.queries.shipping.board import site_zones
from wharfinger.domain.shipping.cut_offs import CutOff, read_weekdays
from wharfinger.domain.stock.ledger import SENDING_KINDS


@dataclass(frozen=True, slots=True)
class SiteCutOff:
    """`zone`: whose wall clock the time is on."""

    site_id: int
    site: str
    zone: str
    cut_off: CutOff | None


def cut_offs_of(service_id: int) -> tuple[SiteCutOff, ...]:
    """Of every site from which parcels leave."""
    sites = list(Site.objects.filter(kind__in=SENDING_KINDS).order_by("priority", "name"))
    zones = site_zones(sites)
    rows = {
        row.site_id: CutOff(row.at, read_weekdays(row.weekdays))
        for row in CourierCutOff.objects.filter(service=service_id)
    }
    return tuple(SiteCutOff(site.pk, site.name, zones[site.pk], rows.get(site.pk)) for site in sites)
