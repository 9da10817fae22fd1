"""Which values of a channel's (Global) options list hold for one order: read by every area that takes or moves one."""

from collections.abc import Iterable
from dataclasses import dataclass

from wharfinger.db.models import Channel, ChannelOption, Site
from wharfinger.db.queries.option_rows import row_of, sites_of, with_sites
from wharfinger.domain.channels.options import DEFAULT_PREFIX, OptionValues, defaults_for, resolve


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds for one order: every option's value, with the rows that taking an order needs at once."""

    values: OptionValues
    sites: tuple[Site, ...]
    prefix: str

    @property
    def site(self) -> Site | None:
        """The first of them by priority."""
        return next(iter(self.sites), None)


def options_for(channel: Channel, order_type: str) -> InForce:
    """The order type's own row, else (Global), else the defaults. One query."""
    stored = ChannelOption.objects.filter(channel=channel, order_type__in=["", order_type])
    rows = stored.select_related("site", "site_group", "order_number_prefix").prefetch_related(with_sites())
    return in_force(channel, rows, order_type)


def in_force(channel: Channel, stored: Iterable[ChannelOption], order_type: str) -> InForce:
    """As `options_for`, of the channel's rows with their sites and prefixes."""
    rows = {str(row.order_type): row for row in stored if row.order_type in ("", order_type)}
    everything = row_of(rows[""]).values if "" in rows else OptionValues()
    override = row_of(rows[order_type]).values if order_type in rows else None
    defaults = defaults_for(channel.kind, channel.marketplace.currency)
    values = resolve(everything, override, defaults).values
    named = (values.site, values.site_group)
    sites = next((sites_of(row) for row in rows.values() if (row.site_id, row.site_group_id) == named), ())
    prefix = next(
        (row.order_number_prefix for row in rows.values() if row.order_number_prefix_id == values.order_number_prefix),
        None,
    )
    return InForce(values, sites, prefix.name if prefix else DEFAULT_PREFIX)
