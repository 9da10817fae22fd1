"""Steps that make, save and the life of channels share; they need an open transaction."""

from wharfinger.db.models import Channel, Marketplace, SellerAccount
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.operations.channels._option_steps import option_facts
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
        "region": account.region.title,
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
        Channel.objects.filter(account=account, marketplace=marketplace, kind=kind, archived=False)
        .exclude(pk=but or 0)
        .first()
    )
    if twin is not None:
        raise Refused(
            "“%(twin)s” is already this seller's %(kind)s channel for %(marketplace)s. Each marketplace and "
            "kind has one channel.",
            "marketplace_id",
            twin=twin.name,
            kind=kind,
            marketplace=marketplace.name,
        )
