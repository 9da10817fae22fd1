"""Site groups as orders use them: from which sites a line may take its units, and what of them can be sent."""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet

from wharfinger.db.models import ImportedLine, SalesOrder, SalesOrderLine, SiteGroup
from wharfinger.domain.stock.allocation import Key


class _Group(NamedTuple):
    sites: tuple[int, ...]
    may_split: bool


_NONE = _Group((), may_split=False)


class Groups:
    """All site groups, read by one statement when an order first names one."""

    @cached_property
    def _groups(self) -> dict[int, _Group]:
        found: dict[int, _Group] = {}
        rows = SiteGroup.objects.order_by("sites__priority", "sites__name")
        for pk, may_split, site in rows.values_list("pk", "may_split", "sites"):
            so_far = found.get(pk, _Group((), may_split))
            found[pk] = _Group((*so_far.sites, *([site] if site else [])), may_split)
        return found

    def sites(self, group_id: int | None, own: int) -> tuple[int, ...]:
        """A site, and behind it the others of the group by priority."""
        group = _NONE if group_id is None else self._groups.get(group_id, _NONE)
        return (own, *(site for site in group.sites if site != own))

    def by_priority(self, group_id: int) -> tuple[int, ...]:
        return self._groups.get(group_id, _NONE).sites

    def may_split(self, group_id: int | None) -> bool:
        """Whether lines of one order may leave from several sites."""
        return group_id is not None and self._groups.get(group_id, _NONE).may_split


def groups_with(site_ids: Collection[int]) -> QuerySet[SiteGroup, Any]:
    """Ids, for a subquery: whose orders may be served from one of these sites."""
    return SiteGroup.objects.filter(sites__in=site_ids).values("pk")


def sites_of_line(order: SalesOrder, line: SalesOrderLine, groups: Groups) -> tuple[int, ...]:
    """From which a line takes its units, the one that it leaves from first."""
    return groups.sites(order.site_group_id, line.site_id or order.site_id)


def sites_of_lines(order: SalesOrder, lines: Iterable[SalesOrderLine], groups: Groups) -> set[int]:
    """Those of all lines, and of lines that the order does not have yet."""
    of_lines = {site for line in lines for site in sites_of_line(order, line, groups)}
    return of_lines | set(groups.sites(order.site_group_id, order.site_id))


def sites_of_import(row: ImportedLine, groups: Groups) -> tuple[int, ...]:
    """As `sites_of_line`, of an order that is not imported; none = nobody sells it."""
    return () if row.site_id is None else groups.sites(row.site_group_id, row.site_id)


def to_be_sent(order: SalesOrder, line: SalesOrderLine, held: Mapping[Key, int], groups: Groups) -> dict[Key, int]:
    """What can leave of the units that a line holds: those at its site. What other sites of its group keep for it
    only where an order may leave from several."""
    if groups.may_split(order.site_group_id):
        return dict(held)
    site = line.site_id or order.site_id
    return {key: units for key, units in held.items() if key[1] == site}


def by_item(held: Mapping[Key, int]) -> dict[int, int]:
    units: dict[int, int] = {}
    for (item, _), count in held.items():
        units[item] = units.get(item, 0) + count
    return units
