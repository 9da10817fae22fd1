"""Steps that make, save and the life of channels share; they need an open transaction."""

from datetime import datetime

from wharfinger.db.models import Channel, ChannelProduct, Listing, Marketplace, SellerAccount
from wharfinger.db.queries.stock_out import listing_facts
from wharfinger.domain.listing_quantity import Tell, decide
from wharfinger.domain.marketplaces import Region
from wharfinger.domain.orders import Fulfilment
from wharfinger.operations._option_steps import option_facts
from wharfinger.operations._stock_steps import notice_listings
from wharfinger.operations.refusals import Refused


def channel_facts(channel: Channel) -> dict[str, str]:
    """Every field of a channel for the audit, its (Global) options list among them; no secrets."""
    account = channel.account
    return {
        "name": channel.name,
        "type": f"Amazon {channel.kind}",
        "enabled": str(channel.enabled),
        "activated": str(channel.activated),
        "activated for": channel.activated_for,
        "archived": str(channel.archived),
        "seller account": account.name,
        "region": Region(account.region).title,
        "seller": account.seller_id,
        "token expiry": str(account.token_expiry or ""),
        "marketplace": channel.marketplace_id,
        "start date": str(channel.start_date),
        "order ref format": channel.order_ref_format,
        "don't import orders": str(channel.dont_import_orders),
        "don't upload order status": str(channel.dont_upload_order_status),
        "don't upload stock levels": str(channel.dont_upload_stock_levels),
        "use Amazon SKU": str(channel.use_amazon_sku),
        "import FBA orders": channel.import_fba_orders,
        "first stock upload approved": str(channel.stock_upload_approved_at or ""),
        **option_facts(channel),
    }


def refuse_twice(account: SellerAccount, marketplace: Marketplace, kind: Fulfilment, but: int | None) -> None:
    """Each marketplace and kind has one channel of a seller; `but`: the channel itself."""
    twin = (
        Channel.objects.filter(account=account, marketplace=marketplace, kind=kind.value, archived=False)
        .exclude(pk=but or 0)
        .first()
    )
    if twin is not None:
        raise Refused(
            f"“{twin.name}” is the {kind.value} channel of this seller for {marketplace.name} already. "
            "Each marketplace and kind has one channel.",
            "marketplace_id",
        )


def notice_all(channel: Channel, why: str, now: datetime) -> None:
    """Something happened to the channel: every listing that it sells is worked out anew, and no other's."""
    notice_listings(_sold_by(channel), cause=f"{channel.name}: {why}", now=now)


def notice_first_upload(channel: Channel, now: datetime) -> None:
    """The channel's first upload was approved. Amazon holds one number for a SKU in the whole region: what another
    channel has sent there already is not sent once more, and keeps the cause for which it was sent."""
    sold = _sold_by(channel)
    facts = listing_facts(sold)
    sent = dict(Listing.objects.filter(pk__in=sold, error="").values_list("pk", "told_quantity"))
    fresh = {}
    for listing_id, account_id in sold.items():
        decided = decide(facts[listing_id])
        if not (isinstance(decided, Tell) and decided.explained.quantity == sent.get(listing_id)):
            fresh[listing_id] = account_id
    notice_listings(fresh, cause="First stock upload approved", now=now)


def _sold_by(channel: Channel) -> dict[int, int]:
    """Its own linked FBM listings: listing → seller account."""
    products = ChannelProduct.objects.filter(
        listing__account_id=channel.account_id,
        listing__fulfilment=Fulfilment.FBM.value,
        listing__gone_at=None,
        marketplace_id=channel.marketplace_id,
        item__isnull=False,
    )
    return dict.fromkeys(products.order_by("listing_id").values_list("listing_id", flat=True), channel.account_id)
