"""How often the flows of an account run. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from wharfinger.domain.stock.fba_stock import CHECKED_WITHOUT_STOCK_EVERY

OWN_PAUSES: Mapping[str, timedelta] = MappingProxyType({"fba_stock_in": CHECKED_WITHOUT_STOCK_EVERY})
"""How long a flow may put itself off, where that is longer than its interval."""


def longest_interval(flow: str, interval: timedelta) -> timedelta:
    """From the end of a run that ended well to the next: by the timetable, or by the flow's own pause."""
    return max(interval, OWN_PAUSES.get(flow, interval))
