"""The columns of Imported Orders."""

from wharfinger.db.queries.orders.imported_orders import ImportedOrderRow
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.domain.sentences import N_
from wharfinger.web.list_views.columns import Cell, Column, ListSpec

IMPORTED_ORDERS: ListSpec[ImportedOrderRow] = ListSpec(
    ListCode.IMPORTED_ORDERS,
    (
        Column(
            "order",
            N_("Order Ref."),
            (Cell("order ref", lambda row: row.order_ref), Cell("Amazon order", lambda row: row.amazon_order_id)),
            sort="order",
            pinned=True,
        ),
        Column(
            "number",
            N_("Amazon order"),
            (Cell("Amazon order number", lambda row: row.amazon_order_id),),
            sort="number",
            usual=False,
        ),
        Column("placed", N_("Date"), (Cell("placed", lambda row: row.placed_at),), sort="placed"),
        Column("channel", N_("Channel"), (Cell("channel", lambda row: row.channel),), sort="channel"),
        Column(
            "marketplace",
            N_("Marketplace"),
            (Cell("marketplace", lambda row: row.marketplace),),
            sort="marketplace",
            usual=False,
        ),
        Column(
            "fulfilment",
            N_("Fulfilled by"),
            (Cell("fulfilled by", lambda row: row.fulfilment),),
            sort="fulfilment",
            usual=False,
        ),
        Column("summary", N_("Summary"), (Cell("summary", lambda row: row.summary),)),
        Column(
            "total",
            N_("Total"),
            (Cell("total", lambda row: row.total), Cell("currency", lambda row: row.currency)),
            sort="total",
            css="number",
        ),
        Column(
            "state",
            N_("State"),
            (
                Cell("state", lambda row: row.state),
                Cell("why", lambda row: row.reason),
                Cell("what to do", lambda row: row.remedy),
            ),
            sort="state",
        ),
        Column(
            "at_amazon",
            N_("At Amazon"),
            (Cell("at Amazon", lambda row: row.amazon_status),),
            sort="at_amazon",
            usual=False,
        ),
        Column("ship_by", N_("Ship-by"), (Cell("ship-by", lambda row: row.ship_by),), sort="ship_by", usual=False),
        Column("sales_order", N_("Sales order"), (Cell("sales order", lambda row: row.sales_order),)),
        Column("customer", N_("Customer"), (Cell("customer", lambda row: row.customer),), personal=True),
    ),
    filters=("date_from", "date_to", "channel", "state", "q", "cause"),
)
