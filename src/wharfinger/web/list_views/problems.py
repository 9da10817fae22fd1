"""The columns of Problems."""

from wharfinger.db.queries.installation.problems import ProblemRow
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.web.list_views.columns import Cell, Column, ListSpec

PROBLEMS: ListSpec[ProblemRow] = ListSpec(
    ListCode.PROBLEMS,
    (
        Column(
            "problem",
            "Problem",
            (Cell("problem", lambda row: row.cause), Cell("what to do", lambda row: row.remedy)),
            pinned=True,
        ),
        Column("kind", "Kind", (Cell("kind", lambda row: row.kind),), sort="kind"),
        Column("channel", "Channel", (Cell("channel", lambda row: row.channel or row.account),), sort="channel"),
        Column(
            "order",
            "Order",
            (
                Cell("sales order", lambda row: row.sales_order),
                Cell("Amazon order", lambda row: row.imported_order),
                Cell("total", lambda row: row.total),
                Cell("currency", lambda row: row.currency),
            ),
        ),
        Column("ship_by", "Ship-by", (Cell("ship-by", lambda row: row.ship_by),), sort="ship_by"),
        Column("item", "Item", (Cell("item", lambda row: row.item), Cell("SKU", lambda row: row.sku)), usual=False),
        Column(
            "opened",
            "Since",
            (Cell("since", lambda row: row.opened_at), Cell("solved", lambda row: row.solved_at)),
            sort="opened",
        ),
        Column("times", "Times", (Cell("times", lambda row: row.count),), sort="times", css="number", usual=False),
    ),
    filters=("kind", "channel", "show", "q"),
)
