"""Steps that send the quantities of what a channel sells; they need an open transaction."""

from collections.abc import Iterable
from datetime import datetime

from wharfinger.db.models import Channel, ChannelProduct, Listing
from wharfinger.db.queries.stock.stock_out import listing_facts, with_those_that_share
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.listing_quantity import Tell, decide
from wharfinger.operations.stock._stock_steps import notice_listings


def notice_all(channel: Channel, why: str, now: datetime) -> None:
    """Something happened to the channel: every listing that it sells is worked out anew, and no other's, unless
    its percents are shares of one stock."""
    notice_listings(with_those_that_share(_sold_by(channel)), cause=f"{channel.name}: {why}", now=now)


def notice_first_uploads(channels: Iterable[Channel], now: datetime) -> None:
    """The channels' first uploads were approved. Amazon holds one number for a SKU in the whole region: what another
    channel has sent there already is not sent once more, and keeps the cause for which it was sent."""
    sold = with_those_that_share({key: of for channel in channels for key, of in _sold_by(channel).items()})
    facts = listing_facts(sold)
    sent = dict(Listing.objects.filter(pk__in=sold, error="").values_list("pk", "sent_quantity"))
    fresh = {}
    for listing_id, account_id in sold.items():
        decided = decide(facts[listing_id])
        if not (isinstance(decided, Tell) and decided.explained.quantity == sent.get(listing_id)):
            fresh[listing_id] = account_id
    notice_listings(fresh, cause="First stock upload approved", now=now, guarded=False)


def _sold_by(channel: Channel) -> dict[int, int]:
    """Its own linked FBM listings: listing → seller account."""
    products = ChannelProduct.objects.filter(
        listing__account_id=channel.account_id,
        listing__fulfilment=Fulfilment.FBM,
        listing__gone_at=None,
        marketplace_id=channel.marketplace_id,
        item__isnull=False,
    )
    return dict.fromkeys(products.order_by("listing_id").values_list("listing_id", flat=True), channel.account_id)
