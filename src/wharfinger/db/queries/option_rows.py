"""A stored row of a channel's (Global) options list, as values."""

from typing import Any

from django.db.models import Prefetch

from wharfinger.db.models import ChannelOption, Site
from wharfinger.domain.channels.channel import CustomerPolicy
from wharfinger.domain.channels.options import OPTIONS, OptionRow, OptionValues
from wharfinger.domain.orders.order import OrderType

LIST_OPTIONS = (
    "site", "site_group", "sales_source", "courier_group", "courier_service", "company_class", "bank_account",
    "order_number_prefix",
)  # fmt: skip
"""Options that name a row of a list."""


def with_sites(prefix: str = "") -> "Prefetch[str]":
    """Prefetches the sites of options' groups, in their order; no statement where there is no group. The site and the
    group themselves are to be selected (`select_related`)."""
    return Prefetch(f"{prefix}site_group__sites", Site.objects.order_by("priority", "name"))


def sites_of(row: ChannelOption | None) -> tuple[Site, ...]:
    """Where a row's channel sells from, the first by priority first: a site, or those of a group."""
    if row is None:
        return ()
    if row.site_group is not None:
        return tuple(row.site_group.sites.all())
    return () if row.site is None else (row.site,)


def place_name(row: ChannelOption | None) -> str:
    """Of the site or the group; empty = the row names neither."""
    return "" if row is None else str(row.site_group or row.site or "")


def row_of(row: ChannelOption) -> OptionRow:
    """A stored row as values."""
    values: dict[str, Any] = {name: getattr(row, f"{name}_id" if name in LIST_OPTIONS else name) for name in OPTIONS}
    values["currency"] = row.currency or None
    values["customer_policy"] = CustomerPolicy(row.customer_policy) if row.customer_policy else None
    order_type = OrderType(row.order_type) if row.order_type else None
    return OptionRow(order_type, OptionValues(**values), row.late_courier_acknowledged)
