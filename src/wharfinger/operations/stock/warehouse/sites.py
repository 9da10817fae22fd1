"""Stock control sites: make and edit."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction

from wharfinger.db.models import Site, User
from wharfinger.domain.marketplaces import Pool
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

NAME_AT_MOST = 60
_PRIORITY_AT_MOST = 32_767


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """What a person entered. `pool` for FBA sites only: the marketplaces that Amazon serves from it."""

    name: str
    kind: SiteKind
    pool: Pool | None = None
    priority: int = 10
    address: str = ""
    time_zone: str = ""
    """Of its wall clock; empty = that of its country."""


@operation
def create_site(entry: SiteEntry, *, now: datetime, user: User | None = None) -> Site:
    checked = _checked(entry)
    site = Site(made_at=now)
    _write(site, checked)
    record_audit("create", "Site", site.pk, before=None, after=_facts(site), now=now, user=user)
    return site


@operation
def edit_site(site_id: int, entry: SiteEntry, *, now: datetime, user: User | None = None) -> Site:
    """Kind and pool stay as they were made: levels and orders hang on them."""
    site = Site.objects.select_for_update(no_key=True).get(pk=site_id)
    if (entry.kind, entry.pool if entry.pool else "") != (site.kind, site.pool):
        raise Refused(
            "The kind and the pool of %(site)s cannot be changed: create a new site and move the stock there.",
            "kind",
            site=site.name,
        )
    before = _facts(site)
    _write(site, _checked(entry))
    record_audit("edit", "Site", site.pk, before=before, after=_facts(site), now=now, user=user)
    return site


def _checked(entry: SiteEntry) -> SiteEntry:
    name = " ".join(entry.name.split())
    if not name:
        raise Refused("Give the site a name, such as “Main warehouse”.", "name")
    if len(name) > NAME_AT_MOST:
        raise Refused(
            "The name has %(count)s characters; at most %(at_most)s fit. Shorten it.",
            "name",
            count=len(name),
            at_most=NAME_AT_MOST,
        )
    if not all(character.isprintable() for character in name):
        raise Refused("The name contains a control character. Remove it.", "name")
    if entry.kind is SiteKind.FBA and entry.pool is None:
        raise Refused("Choose the FBA pool: UK, Europe or North America. Amazon keeps one stock for each.", "pool")
    if entry.kind is not SiteKind.FBA and entry.pool is not None:
        raise Refused("Only an FBA site has a pool. Leave it empty, or choose the kind FBA.", "pool")
    if not 0 <= entry.priority <= _PRIORITY_AT_MOST:
        raise Refused(
            "Priority is a number from 0 to %(priority_at_most)s; the smallest is used first.",
            "priority",
            priority_at_most=_PRIORITY_AT_MOST,
        )
    if entry.time_zone and entry.time_zone not in available_timezones():
        raise Refused("Choose one of the time zones, or leave it to the site's country.", "time_zone")
    return SiteEntry(name, entry.kind, entry.pool, entry.priority, entry.address.strip(), entry.time_zone)


def _write(site: Site, entry: SiteEntry) -> None:
    site.name, site.kind, site.pool = entry.name, entry.kind, entry.pool if entry.pool else ""
    site.priority, site.address, site.time_zone = entry.priority, entry.address, entry.time_zone
    try:
        with transaction.atomic():
            site.save()
    except IntegrityError as error:
        if not Site.objects.filter(name=entry.name).exclude(pk=site.pk).exists():
            raise
        raise Refused(
            "Another site is already called “%(entry)s”. Give this one a different name.", "name", entry=entry.name
        ) from error


def _facts(site: Site) -> dict[str, str]:
    return {
        "name": site.name,
        "kind": site.kind,
        "pool": site.pool,
        "priority": str(site.priority),
        "address": site.address,
        "time zone": site.time_zone,
    }
