"""The columns of a site's levels. An FBA site shows Amazon's parts instead, in a table of its own."""

from wharfinger.db.queries.stock.sites import SiteLevelRow
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.web.list_views.columns import Cell, Column, ListSpec

SITE_LEVELS: ListSpec[SiteLevelRow] = ListSpec(
    ListCode.SITE_LEVELS,
    (
        Column(
            "item",
            "Stock item",
            (Cell("stock code", lambda row: row.code), Cell("name", lambda row: row.name)),
            pinned=True,
        ),
        Column("bin", "Bin", (Cell("bin", lambda row: row.bin), Cell("other bins", lambda row: row.other_bins)), "bin"),
        Column("on_hand", "On hand", (Cell("on hand", lambda row: row.on_hand),), css="number"),
        Column("allocated", "Allocated", (Cell("allocated", lambda row: row.allocated),), css="number"),
        Column("available", "Available", (Cell("available", lambda row: row.available),), css="number"),
        Column("counted", "Counted", (Cell("counted", lambda row: row.counted_at),)),
    ),
    filters=("q",),
)
