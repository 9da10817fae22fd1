"""A small shop for the tests: rows as they would be, made short."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from wharfinger.db.models import (
    Channel,
    ChannelOption,
    ChannelProduct,
    CourierService,
    ImportedOrder,
    Installation,
    Listing,
    Marketplace,
    SalesOrder,
    SalesOrderLine,
    SellerAccount,
    Site,
    StockItem,
    StockLevel,
)
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.orders.order import ImportState, OrderType, SalesOrderState
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.domain.stock.ledger import SiteKind

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
UK, DE = "A1F83G8C2ARO7P", "A1PA6795UKMFR9"

_number = count(1)


def an_account(name="Harbour & Home", seller_id="A2HARBOUR", region="EU"):
    return SellerAccount.objects.create(
        name=name, seller_id=seller_id, region=region, link_state=LinkState.LINKED.value, made_at=NOW
    )


def a_site(name="Main warehouse", kind=SiteKind.OWN, pool="", account=None, loaded=False):
    return Site.objects.create(
        name=name, kind=kind.value, pool=pool, account=account, made_at=NOW, levels_loaded_at=NOW if loaded else None
    )


def a_channel(account, site, marketplace=UK, kind="FBM", approved=True, **values):
    channel = Channel.objects.create(
        name=values.pop("name", f"{marketplace} {kind}"),
        kind=kind,
        account=account,
        marketplace=Marketplace.objects.get(pk=marketplace),
        start_date=date(2026, 10, 1),
        import_fba_orders="Only FBA Import" if kind == "FBA" else "No FBA import",
        link_state=LinkState.LINKED.value,
        stock_upload_approved_at=NOW if approved else None,
        made_at=NOW,
        **values,
    )
    ChannelOption.objects.create(channel=channel, site=site)
    return channel


def an_item(code="MUG", name="Mug"):
    return StockItem.objects.create(code=code, name=name, made_at=NOW)


def a_listing(account, sku="MUG", item=None, marketplaces=(UK,), fulfilment="FBM", product_type="MUG"):
    listing = Listing.objects.create(
        account=account, sku=sku, fulfilment=fulfilment, product_type=product_type, found_at=NOW - timedelta(days=1)
    )
    for marketplace in marketplaces:
        ChannelProduct.objects.create(listing=listing, marketplace_id=marketplace, item=item, found_at=NOW)
    return listing


def a_service(**values):
    given = {
        "courier": "Demo Courier",
        "name": "Tracked 24",
        "tracking": Tracking.AT_ONCE.value,
        "gives_number": True,
        "number_prefix": "DC",
        "amazon_carrier_code": "Other",
        "amazon_carrier_name": "Demo Courier",
    }
    return CourierService.objects.create(**{**given, **values})


def an_order(channel, site, lines, state=SalesOrderState.READY, amazon_status="UNSHIPPED", **values):
    """`lines`: (item or None, units). Nothing is promised yet: see `operations._allocation_steps`."""
    Installation.objects.get_or_create(pk=1, defaults={"system": "demo", "made_at": NOW})
    number = next(_number)
    amazon_order_id = f"026-{number:07d}-0000001"
    imported = ImportedOrder.objects.create(
        account=channel.account,
        amazon_order_id=amazon_order_id,
        channel=channel,
        marketplace=channel.marketplace,
        fulfilment=channel.kind,
        state=ImportState.OK.value,
        amazon_status=amazon_status,
        placed_at=NOW,
        amazon_updated_at=NOW,
        found_at=NOW,
        record_only=values.pop("record_only", False),
    )
    order = SalesOrder.objects.create(
        code=f"SO{number:06d}",
        imported=imported,
        channel=channel,
        site=site,
        order_ref=amazon_order_id,
        order_type=OrderType.STANDARD.value,
        state=state.value,
        currency="GBP",
        made_at=NOW,
        **{"placed_at": NOW, "ship_by": NOW + timedelta(days=1), **values},
    )
    for place, (item, units) in enumerate(lines, start=1):
        SalesOrderLine.objects.create(
            order=order,
            order_item_id=f"{number}{place:04d}",
            sku=item.code if item else "UNKNOWN",
            item=item,
            held_reason="" if item else "No stock item is linked.",
            quantity_ordered=units,
        )
    return order


def level_of(item, site):
    level = StockLevel.objects.get(item=item, site=site)
    return level.on_hand, level.allocated
