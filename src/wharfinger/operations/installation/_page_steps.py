"""Which page of ours a problem is fixed on; they only read."""

from urllib.parse import quote

from wharfinger.db.models import Channel, ChannelProduct, Listing

_QUERY_AT_MOST = 150
"""The page's address is kept in 200 characters; a longer SKU is searched by its beginning."""


def page_of_listing(listing: Listing) -> str:
    """The stock tab of a channel that sells the listing, with it alone; the list of channels where none does."""
    of_account = Channel.objects.filter(account=listing.account_id, archived=False)
    sold = ChannelProduct.objects.filter(listing=listing).values("marketplace")
    channel = of_account.filter(marketplace__in=sold).order_by("-enabled", "pk").first()
    if channel is None:
        return "/channels/"
    sku = listing.sku
    while len(quote(sku)) > _QUERY_AT_MOST:
        sku = sku[:-1]
    return f"/channels/{channel.pk}/stock/?q={quote(sku)}"


def channel_page_of(account_id: int) -> str:
    """The page of one of the account's channels, where Authorise stands; empty when it has none."""
    channel = Channel.objects.filter(account=account_id).order_by("archived", "pk").first()
    return f"/channels/{channel.pk}/" if channel else ""
