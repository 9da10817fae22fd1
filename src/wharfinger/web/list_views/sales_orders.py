"""The columns of Sales Orders."""

from wharfinger.db.queries.orders.sales_orders import SalesOrderRow
from wharfinger.db.queries.orders.vat import NO_VAT, OrderVat
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.domain.sentences import N_
from wharfinger.web.list_views.columns import Cell, Column, ListSpec


def _states_at_amazon(row: SalesOrderRow) -> str:
    return ", ".join(state.label for state in row.confirmations)


def _vat(row: SalesOrderRow) -> OrderVat:
    return row.vat or NO_VAT


SALES_ORDERS: ListSpec[SalesOrderRow] = ListSpec(
    ListCode.SALES_ORDERS,
    (
        Column(
            "code",
            N_("Sales order"),
            (Cell("sales order", lambda row: row.code), Cell("order ref", lambda row: row.order_ref)),
            sort="code",
            pinned=True,
        ),
        Column(
            "number",
            N_("Amazon order"),
            (Cell("Amazon order", lambda row: row.amazon_order_id),),
            sort="order",
            usual=False,
        ),
        Column(
            "state",
            N_("State"),
            (
                Cell("state", lambda row: row.state),
                Cell("confirmed", lambda row: row.confirmed),
                Cell("at Amazon", _states_at_amazon),
                Cell("cancellation requested", lambda row: row.cancel_requested),
                Cell("on hold", lambda row: row.on_hold),
            ),
            sort="state",
        ),
        Column("ship_by", N_("Ship-by"), (Cell("ship-by", lambda row: row.ship_by),), sort="ship_by"),
        Column("placed", N_("Placed"), (Cell("placed", lambda row: row.placed_at),), sort="placed", usual=False),
        Column("summary", N_("Summary"), (Cell("summary", lambda row: row.summary),)),
        Column("units", N_("Units"), (Cell("units", lambda row: row.units),), css="number", usual=False),
        Column("channel", N_("Channel"), (Cell("channel", lambda row: row.channel),), sort="channel"),
        Column("site", N_("Site"), (Cell("site", lambda row: row.site),), sort="site", usual=False),
        Column("type", N_("Order type"), (Cell("order type", lambda row: row.order_type),), sort="type", usual=False),
        Column(
            "priority",
            N_("Priority"),
            (Cell("invoice priority", lambda row: row.invoice_priority),),
            sort="priority",
            css="number",
            usual=False,
        ),
        Column("customer", N_("Customer"), (Cell("customer", lambda row: row.customer),), personal=True),
        Column("tags", N_("Tags"), (Cell("tags", lambda row: ", ".join(row.tags)),), usual=False),
        Column(
            "shipped", N_("Dispatched"), (Cell("dispatched", lambda row: row.shipped_at),), sort="shipped", usual=False
        ),
        Column(
            "total",
            N_("Total"),
            (Cell("total", lambda row: row.total), Cell("currency", lambda row: row.currency)),
            sort="total",
            css="number",
        ),
        Column(
            "vat",
            N_("VAT for our books"),
            (
                Cell("VAT scheme", lambda row: ", ".join(one.label for one in _vat(row).schemes)),
                Cell("VAT country", lambda row: ", ".join(_vat(row).countries)),
                Cell("VAT rate", lambda row: ", ".join(f"{rate.normalize():f}" for rate in _vat(row).rates)),
                Cell("net for our books", lambda row: _vat(row).net),
                Cell("VAT for our books", lambda row: _vat(row).vat),
                Cell("VAT not known because", lambda row: " ".join(_vat(row).reasons)),
            ),
            css="number",
            usual=False,
        ),
    ),
    filters=("state", "channel", "ship_by", "priority", "tag", "q"),
)
