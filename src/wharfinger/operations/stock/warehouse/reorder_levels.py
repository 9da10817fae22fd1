"""Reorder levels: at or below which number of available units an item is to be watched."""

from collections.abc import Mapping
from datetime import datetime

from wharfinger.db.models import Site, StockItem, User
from wharfinger.db.queries.stock.watched import reorder_levels
from wharfinger.domain.stock.cover import LEVEL_AT_MOST
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._stock_steps import lock_levels
from wharfinger.operations.transaction import operation


@operation
def set_reorder_levels(
    item_id: int,
    everywhere: int | None,
    by_site: Mapping[int, int | None],
    *,
    now: datetime,
    user: User | None = None,
) -> None:
    """`everywhere`: of all sites that send parcels together; None = not watched. Sites that are not named keep theirs.

    Refused with the field `everywhere` or `site-<id>`.
    """
    item = StockItem.objects.select_for_update(no_key=True).filter(pk=item_id).first()
    if item is None:
        raise Refused("This item no longer exists. Choose another.", "")
    if item.components.exists():
        raise Refused("%(item)s is a kit: set the reorder levels of its components.", "", item=item.code)
    _, sites = reorder_levels(item_id)
    before = {row.site_id: row.reorder_level for row in sites}
    _check(everywhere, "everywhere")
    for site_id, least in by_site.items():
        if site_id not in before:
            raise Refused("No parcels are sent from this site: choose another.", f"site-{site_id}")
        _check(least, f"site-{site_id}")
    changed = {site: least for site, least in by_site.items() if before[site] != least}
    if not changed and item.reorder_level == everywhere:
        return
    facts = _facts(item.reorder_level, {site: before[site] for site in changed})
    item.reorder_level = everywhere
    item.save(update_fields=["reorder_level"])
    for (_, site_id), level in lock_levels((item_id, site_id) for site_id in changed).items():
        level.reorder_level = changed[site_id]
        level.save(update_fields=["reorder_level"])
    record_audit(
        "edit reorder levels",
        "StockItem",
        item_id,
        before=facts,
        after=_facts(everywhere, changed),
        now=now,
        user=user,
    )


def _check(least: int | None, field: str) -> None:
    if least is not None and not 0 <= least <= LEVEL_AT_MOST:
        raise Refused(
            "Give a whole number of units from 0 to %(at_most)s, or leave it empty.",
            field,
            at_most=f"{LEVEL_AT_MOST:,}",
        )


def _facts(everywhere: int | None, by_site: Mapping[int, int | None]) -> dict[str, str]:
    names = dict(Site.objects.filter(pk__in=by_site).values_list("pk", "name"))
    levels = {"all sites": everywhere, **{names[site]: least for site, least in by_site.items()}}
    return {name: "" if least is None else str(least) for name, least in levels.items()}
