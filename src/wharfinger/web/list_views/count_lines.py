"""The columns of a count's lines."""

from wharfinger.db.queries.stock.warehouse.counts import CountLineRow
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.web.list_views.columns import Cell, Column, ListSpec

COUNT_LINES: ListSpec[CountLineRow] = ListSpec(
    ListCode.COUNT_LINES,
    (
        Column(
            "item",
            "Stock item",
            (Cell("stock code", lambda row: row.code), Cell("name", lambda row: row.name)),
            pinned=True,
        ),
        Column("bin", "Bin", (Cell("bin", lambda row: row.bin), Cell("other bins", lambda row: row.other_bins)), "bin"),
        Column("expected", "Expected", (Cell("expected", lambda row: row.expected),), css="number"),
        Column("counted", "Counted", (Cell("counted", lambda row: row.counted),), css="number"),
        Column("variance", "Variance", (Cell("variance", lambda row: row.variance),), "variance", css="number"),
        Column(
            "decision",
            "Decision",
            (
                Cell("moved while counted", lambda row: row.moved),
                Cell("to be recounted", lambda row: row.recount),
                Cell("accepted", lambda row: row.accepted_at),
                Cell("accepted by", lambda row: row.accepted_by),
            ),
        ),
        Column("counted_at", "Counted at", (Cell("counted at", lambda row: row.counted_at),), usual=False),
        Column("entries", "Entries", (Cell("entries", lambda row: row.entries),), css="number", usual=False),
    ),
    filters=("show", "q"),
)
