"""Channels and their options."""

from tests.factories.ground import NOW, START_DATE, UK

from wharfinger.db.models import Channel, ChannelOption, Marketplace
from wharfinger.domain.channels.channel import LinkState


def a_channel(account, site=None, marketplace=UK, kind="FBM", approved=True, **values):
    """Linked, selling from this site; `approved`: its stock upload is."""
    place = Marketplace.objects.get(pk=marketplace)
    defaults = {
        "name": f"{place.name} {kind}",
        "start_date": START_DATE,
        "import_fba_orders": "only_fba" if kind == "FBA" else "no_fba",
        "link_state": LinkState.LINKED.value,
        "stock_upload_approved_at": NOW if approved else None,
        "made_at": NOW,
    }
    channel = Channel.objects.create(kind=kind, account=account, marketplace=place, **{**defaults, **values})
    if site is not None:
        an_option(channel, site=site)
    return channel


def an_option(channel, order_type="", **cells):
    """The row of all types, or that of one."""
    return ChannelOption.objects.create(channel=channel, order_type=order_type, **cells)
