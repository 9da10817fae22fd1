"""Steps for a channel whose seller account becomes another one, or goes; they need an open transaction."""

from wharfinger.db.models import Activity, Channel, ChannelOption, SellerAccount, Site
from wharfinger.db.queries.stock.fba_sites import shared_site


def join_account(channel: Channel, left: SellerAccount, joined: SellerAccount) -> None:
    """The channel belongs to the account that holds its seller; what was made for it alone goes along.

    Amazon keeps one FBA stock for a seller and pool: where the account has a site for it, the channel shares that one.
    """
    Channel.objects.filter(pk=channel.pk).update(account=joined)
    Activity.objects.filter(account=left, channel=channel).update(account=joined)
    if left.seller_id or left.channels.exists():
        return
    known = shared_site(joined.pk, channel.marketplace, but=channel.pk)
    if known is not None:
        ChannelOption.objects.filter(channel=channel, site__account=left).update(site=known)
    Site.objects.filter(account=left).update(account=None if known else joined)
    forget_account(left)


def forget_account(account: SellerAccount) -> None:
    """An account that stood for one channel and was never authorised: its FBA sites are free for another seller."""
    Site.objects.filter(account=account).update(account=None)
    Activity.objects.filter(account=account).update(account=None)
    account.delete()
