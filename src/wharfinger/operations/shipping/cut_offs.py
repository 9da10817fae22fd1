"""By when a courier service's parcels must be ready, at each site."""

from collections.abc import Mapping
from datetime import datetime

from wharfinger.db.models import CourierCutOff, CourierService, Site, User
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.cut_offs import CutOff, read_weekdays, write_weekdays
from wharfinger.domain.stock.ledger import SENDING_KINDS
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation


@operation
def set_cut_offs(
    service_id: int, cut_offs: Mapping[int, CutOff | None], *, now: datetime, user: User | None = None
) -> int:
    """By site; None = it has none there any more. Sites that are not named stay. Returns how many changed.

    Refused where a cut-off has no weekday, or for a site from which no parcel of ours leaves.
    """
    service = CourierService.objects.select_for_update(no_key=True).filter(pk=service_id).first()
    if service is None:
        raise Refused(N_("This courier service is not there any more. Open the list of courier services again."))
    sites = {site.pk: site for site in Site.objects.filter(pk__in=cut_offs, kind__in=SENDING_KINDS)}
    rows = {row.site_id: row for row in CourierCutOff.objects.filter(service=service)}
    changed = 0
    for site_id, wanted in cut_offs.items():
        if site_id not in sites:
            raise Refused(N_("No parcel of ours leaves from this site. Choose a warehouse, a shop or a 3PL."))
        if wanted is not None and not wanted.weekdays:
            raise Refused(
                N_("Choose the days on which %(service)s collects at %(site)s, or leave the time empty."),
                f"days_{site_id}",
                service=service,
                site=sites[site_id],
            )
        changed += _set(service, sites[site_id], rows.get(site_id), wanted, now=now, user=user)
    return changed


def _set(
    service: CourierService,
    site: Site,
    row: CourierCutOff | None,
    wanted: CutOff | None,
    *,
    now: datetime,
    user: User | None,
) -> bool:
    before = None if row is None else CutOff(row.at, read_weekdays(row.weekdays))
    if before == wanted:
        return False
    if wanted is None:
        CourierCutOff.objects.filter(service=service, site=site).delete()
    else:
        CourierCutOff.objects.update_or_create(
            service=service, site=site, defaults={"at": wanted.at, "weekdays": write_weekdays(wanted.weekdays)}
        )
    facts = (_facts(site, before), _facts(site, wanted))
    record_audit("cut-off", "CourierService", service.pk, before=facts[0], after=facts[1], now=now, user=user)
    return True


def _facts(site: Site, cut_off: CutOff | None) -> dict[str, object] | None:
    if cut_off is None:
        return None
    return {"site": site.name, "at": f"{cut_off.at:%H:%M}", "weekdays": sorted(cut_off.weekdays)}
