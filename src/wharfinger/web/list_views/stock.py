"""The columns of Stock."""

from collections.abc import Callable

from wharfinger.db.queries.stock.stock_items import StockRow
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.web.list_views.columns import Cell, Column, ListSpec


def _counted(value: Callable[[StockRow], int]) -> Callable[[StockRow], int | None]:
    """Nothing for an item whose level nobody knows: unknown is not zero."""
    return lambda row: value(row) if row.counted else None


STOCK: ListSpec[StockRow] = ListSpec(
    ListCode.STOCK,
    (
        Column(
            "item",
            "Stock item",
            (Cell("stock code", lambda row: row.code), Cell("name", lambda row: row.name)),
            sort="code",
            pinned=True,
        ),
        Column("on_hand", "On hand", (Cell("on hand", _counted(lambda row: row.on_hand)),), css="number"),
        Column("allocated", "Allocated", (Cell("allocated", lambda row: row.allocated),), css="number"),
        Column("available", "Available", (Cell("available", _counted(lambda row: row.available)),), css="number"),
        Column("by_site", "By site", (Cell("by site", lambda row: row.by_site),)),
        Column("bins", "Bins", (Cell("bins", lambda row: row.bins),), usual=False),
        Column(
            "reorder",
            "Reorder level",
            (Cell("reorder level", lambda row: row.reorder_level),),
            css="number",
            usual=False,
        ),
        Column("listings", "Listings", (Cell("listings", lambda row: row.linked),), css="number"),
    ),
    filters=("site", "show", "q"),
)
