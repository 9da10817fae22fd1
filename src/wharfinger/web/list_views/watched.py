"""The columns of Levels to watch."""

from wharfinger.db.queries.stock.watched import WatchedRow
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.web.list_views.columns import Cell, Column, ListSpec

WATCHED: ListSpec[WatchedRow] = ListSpec(
    ListCode.WATCHED,
    (
        Column(
            "item",
            "Stock item",
            (Cell("stock code", lambda row: row.code), Cell("name", lambda row: row.name)),
            pinned=True,
        ),
        Column("site", "Site", (Cell("site", lambda row: row.site),)),
        Column("available", "Available", (Cell("available", lambda row: row.available),), css="number"),
        Column("level", "Reorder level", (Cell("reorder level", lambda row: row.reorder_level),), css="number"),
        Column("coming", "In transit", (Cell("in transit", lambda row: row.coming),), css="number"),
        Column("sold", "Sold in 28 days", (Cell("sold in 28 days", lambda row: row.sold),), css="number"),
        Column("cover", "Days of cover", (Cell("days of cover", lambda row: row.cover),), css="number"),
    ),
    filters=("show", "days", "q"),
)
