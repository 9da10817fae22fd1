"""The flows of an account: what they are called, and how often they run. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from wharfinger.domain.stock.fba_stock import CHECKED_WITHOUT_STOCK_EVERY

FLOW_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "orders_in": "Orders downloaded",
        "take_orders": "Orders imported",
        "orders_by_number": "Orders by number",
        "notifications_in": "Notifications",
        "order_report": "Order report",
        "listings_in": "Listings",
        "listing_report": "Listings report",
        "fba_stock_in": "FBA stock levels",
        "fba_ledger": "FBA ledger",
        "stock_out": "Stock updates",
        "shipments_out": "Dispatch confirmations",
        "cancellations": "Cancellations",
    }
)
"""Every flow, in the order of a page, as people read it."""

OWN_PAUSES: Mapping[str, timedelta] = MappingProxyType({"fba_stock_in": CHECKED_WITHOUT_STOCK_EVERY})
"""How long a flow may put itself off, where that is longer than its interval."""


def flow_title(flow: str) -> str:
    """A row of a flow that a later version has or an earlier one had keeps its own name."""
    return FLOW_TITLES.get(flow, flow)


def longest_interval(flow: str, interval: timedelta) -> timedelta:
    """From the end of a run that ended well to the next: by the timetable, or by the flow's own pause."""
    return max(interval, OWN_PAUSES.get(flow, interval))
