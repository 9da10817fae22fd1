"""The columns of Sales Orders."""

from wharfinger.db.queries.orders.sales_orders import SalesOrderRow
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.web.list_views.columns import Cell, Column, ListSpec


def _states_at_amazon(row: SalesOrderRow) -> str:
    return ", ".join(str(state.value) for state in row.confirmations)


SALES_ORDERS: ListSpec[SalesOrderRow] = ListSpec(
    ListCode.SALES_ORDERS,
    (
        Column(
            "code",
            "Sales order",
            (Cell("sales order", lambda row: row.code), Cell("order ref", lambda row: row.order_ref)),
            sort="code",
            pinned=True,
        ),
        Column(
            "number",
            "Amazon order",
            (Cell("Amazon order", lambda row: row.amazon_order_id),),
            sort="order",
            usual=False,
        ),
        Column(
            "state",
            "State",
            (
                Cell("state", lambda row: row.state),
                Cell("confirmed", lambda row: row.confirmed),
                Cell("at Amazon", _states_at_amazon),
                Cell("cancellation requested", lambda row: row.cancel_requested),
            ),
            sort="state",
        ),
        Column("ship_by", "Ship-by", (Cell("ship-by", lambda row: row.ship_by),), sort="ship_by"),
        Column("placed", "Placed", (Cell("placed", lambda row: row.placed_at),), sort="placed", usual=False),
        Column("summary", "Summary", (Cell("summary", lambda row: row.summary),)),
        Column("units", "Units", (Cell("units", lambda row: row.units),), css="number", usual=False),
        Column("channel", "Channel", (Cell("channel", lambda row: row.channel),), sort="channel"),
        Column("site", "Site", (Cell("site", lambda row: row.site),), sort="site", usual=False),
        Column("type", "Order type", (Cell("order type", lambda row: row.order_type),), sort="type", usual=False),
        Column(
            "priority",
            "Priority",
            (Cell("invoice priority", lambda row: row.invoice_priority),),
            sort="priority",
            css="number",
            usual=False,
        ),
        Column("customer", "Customer", (Cell("customer", lambda row: row.customer),), personal=True),
        Column("shipped", "Dispatched", (Cell("dispatched", lambda row: row.shipped_at),), sort="shipped", usual=False),
        Column(
            "total",
            "Total",
            (Cell("total", lambda row: row.total), Cell("currency", lambda row: row.currency)),
            sort="total",
            css="number",
        ),
    ),
    filters=("state", "channel", "ship_by", "priority", "q"),
)
