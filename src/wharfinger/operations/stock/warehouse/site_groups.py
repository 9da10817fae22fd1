"""Site groups: sites that a channel sells from together. Add, edit, delete."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, Q, QuerySet

from wharfinger.db.models import ImportedLine, SalesOrder, SalesOrderLine, Site, SiteGroup, User
from wharfinger.domain.stock.ledger import SENDING_KINDS
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._allocation_steps import MAY_WAIT_FOR_STOCK, allocate_waiting
from wharfinger.operations.stock._receipt_steps import lock_for_receipt
from wharfinger.operations.stock._rule_steps import notice_channels
from wharfinger.operations.transaction import operation

_NOUN = "Site group"
NAME_AT_MOST = 60
_LEAST = 2


@dataclass(frozen=True, slots=True)
class SiteGroupEntry:
    """What a person entered. `may_split`: lines of one order may leave from several of the sites."""

    name: str
    sites: frozenset[int]
    may_split: bool = False


@operation
def add_site_group(entry: SiteGroupEntry, *, now: datetime, user: User) -> int:
    """Returns the new group's id."""
    group = SiteGroup(made_at=now)
    _write(group, entry)
    record_audit("create", _NOUN, group.pk, before=None, after=_facts(group), now=now, user=user)
    return group.pk


@operation
def edit_site_group(group_id: int, entry: SiteGroupEntry, *, version: int, now: datetime, user: User) -> int:
    """Every listing of a channel that sells from it is worked out anew, and orders that wait are served from what it
    has now; returns how many listings. `version`: of the form that was filled in."""
    group = _locked(group_id)
    if group.version != version:
        raise Refused(
            "Somebody else changed “%(name)s” meanwhile. Open it again, and enter your changes there.",
            name=group.name,
        )
    before, sites = _facts(group), _site_ids(group)
    group.version += 1
    _write(group, entry)
    after = _facts(group)
    if before == after:
        return 0
    record_audit("edit", _NOUN, group.pk, before=before, after=after, now=now, user=user)
    if sites == entry.sites and before["may split"] == after["may split"]:
        return 0
    noticed = notice_channels(
        Q(options__site_group=group, options__order_type=""), cause=f"Site group {group.name} changed", now=now
    )
    _serve(group_id, sites | entry.sites, now)
    return noticed


@operation
def delete_site_group(group_id: int, *, now: datetime, user: User) -> str:
    """Only one that no channel sells from. Orders that wait for its sites wait at their own from now on. Returns its
    name."""
    group = _locked(group_id)
    name, facts, sites = group.name, _facts(group), _site_ids(group)
    items = _waiting_items(group_id)
    try:
        with transaction.atomic():
            group.delete()
    except ProtectedError as error:
        raise Refused(
            "“%(name)s” cannot be deleted: a channel sells from it. Give that channel another Site first.", name=name
        ) from error
    record_audit("delete", _NOUN, group_id, before=facts, after=None, now=now, user=user)
    _allocate(items, sites, now)
    return name


def _locked(group_id: int) -> SiteGroup:
    group = SiteGroup.objects.select_for_update(no_key=True).filter(pk=group_id).first()
    if group is None:
        raise Refused("This site group no longer exists. Open the list again.")
    return group


def _write(group: SiteGroup, entry: SiteGroupEntry) -> None:
    group.name, group.may_split = " ".join(entry.name.split()), entry.may_split
    if not group.name:
        raise Refused("Give the site group a name, such as “Shops and warehouse”.", "name")
    if len(group.name) > NAME_AT_MOST or not group.name.isprintable():
        raise Refused(
            "A name has at most %(at_most)s characters, all of them printable. Shorten it.",
            "name",
            at_most=NAME_AT_MOST,
        )
    sites = list(Site.objects.filter(pk__in=entry.sites))
    if len(sites) != len(entry.sites):
        raise Refused("One of these sites no longer exists. Choose again.", "sites")
    if len(sites) < _LEAST:
        raise Refused("Tick at least two sites. A channel sells from one site without a group.", "sites")
    for site in sites:
        if site.kind not in SENDING_KINDS:
            raise Refused(
                "%(site)s sends no parcels. A site group has warehouses, shops and 3PLs.", "sites", site=site.name
            )
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError as error:
        if "site_group_name_once" not in str(error):
            raise
        raise Refused(
            "There is a site group “%(name)s” already. Choose another name.", "name", name=group.name
        ) from error
    group.sites.set(sites)


def _site_ids(group: SiteGroup) -> frozenset[int]:
    return frozenset(group.sites.values_list("pk", flat=True))


def _facts(group: SiteGroup) -> dict[str, str]:
    sites = group.sites.order_by("priority", "name").values_list("name", flat=True)
    return {"name": group.name, "sites": ", ".join(sites), "may split": "yes" if group.may_split else "no"}


def _serve(group_id: int, site_ids: Collection[int], now: datetime) -> None:
    _allocate(_waiting_items(group_id), site_ids, now)


def _waiting_items(group_id: int) -> list[int]:
    """What open orders that may be served from the group's sites are of."""
    lines = SalesOrderLine.objects.filter(order__in=_waiting(group_id), item__isnull=False)
    kept = ImportedLine.objects.filter(site_group=group_id, item__isnull=False)
    return sorted({item or 0 for rows in (lines, kept) for item in rows.values_list("item", flat=True)})


def _waiting(group_id: int) -> QuerySet[SalesOrder]:
    return SalesOrder.objects.filter(site_group=group_id, state__in=MAY_WAIT_FOR_STOCK)


def _allocate(items: Collection[int], site_ids: Collection[int], now: datetime) -> None:
    if items:
        lock_for_receipt({(item, site) for item in items for site in site_ids})
        allocate_waiting(items, site_ids, now=now)
