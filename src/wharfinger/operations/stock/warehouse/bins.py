"""Where items lie: the bins of an item at each site."""

from collections.abc import Mapping
from datetime import datetime

from wharfinger.db.models import Site, StockItem, User
from wharfinger.db.queries.stock.warehouse.bins import bins_by_site
from wharfinger.domain.stock.bins import BinFault, read_bins, stored
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._stock_steps import lock_levels
from wharfinger.operations.transaction import operation


@operation
def set_bins(item_id: int, bins: Mapping[int, str], *, now: datetime, user: User | None = None) -> int:
    """The item's bins by site, as a person writes them; an empty text has none. Returns at how many sites they changed.

    Sites that are not named keep theirs. Refused with the field `site-<id>`.
    """
    item = StockItem.objects.filter(pk=item_id).first()
    if item is None:
        raise Refused("This item no longer exists. Choose another.", "item")
    before = {row.site_id: row.bins for row in bins_by_site(item_id)}
    read: dict[int, tuple[str, ...]] = {}
    for site_id, text in bins.items():
        if site_id not in before:
            raise Refused("This site has no bins: choose a site where people pick.", f"site-{site_id}")
        found = read_bins(text)
        if isinstance(found, BinFault):
            raise Refused(found.sentence, f"site-{site_id}", bin=found.bin[:60], at_most=found.at_most)
        if ", ".join(found) != before[site_id]:
            read[site_id] = found
    levels = lock_levels((item_id, site_id) for site_id in read)
    for (_, site_id), level in levels.items():
        level.bin, level.other_bins = stored(read[site_id])
        level.save(update_fields=["bin", "other_bins"])
    if read:
        names = dict(Site.objects.filter(pk__in=read).values_list("pk", "name"))
        record_audit(
            "edit bins",
            "StockItem",
            item_id,
            before={names[site]: before[site] for site in sorted(read)},
            after={names[site]: ", ".join(found) for site, found in sorted(read.items())},
            now=now,
            user=user,
        )
    return len(read)
