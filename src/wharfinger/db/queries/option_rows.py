"""A stored row of a channel's (Global) options list, as values."""

from typing import Any

from wharfinger.db.models import ChannelOption
from wharfinger.domain.channels.channel import CustomerPolicy
from wharfinger.domain.channels.options import OPTIONS, OptionRow, OptionValues
from wharfinger.domain.orders.order import OrderType

LIST_OPTIONS = (
    "site", "sales_source", "courier_group", "courier_service", "company_class", "bank_account", "order_number_prefix",
)  # fmt: skip
"""Options that name a row of a list."""


def row_of(row: ChannelOption) -> OptionRow:
    """A stored row as values."""
    values: dict[str, Any] = {name: getattr(row, f"{name}_id" if name in LIST_OPTIONS else name) for name in OPTIONS}
    values["currency"] = row.currency or None
    values["customer_policy"] = CustomerPolicy(row.customer_policy) if row.customer_policy else None
    order_type = OrderType(row.order_type) if row.order_type else None
    return OptionRow(order_type, OptionValues(**values), row.late_courier_acknowledged)
