"""Links from Amazon SKUs to stock items: one link fixes every order that waited for it."""

from datetime import datetime

from wharfinger.db.models import (
    Channel,
    ChannelProduct,
    Listing,
    Marketplace,
    SellerAccount,
    StockItem,
    User,
)
from wharfinger.domain.identity import NotAnIdentity, parse_sku
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.orders._link_steps import Place, Tried, fix_held_lines, fix_linked_lines
from wharfinger.operations.orders._reserve_steps import reserve_sku
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._stock_steps import notice_listings
from wharfinger.operations.transaction import operation


@operation
def link_product(product_id: int, item_id: int, *, user: User, now: datetime) -> int:
    """Link a channel product to a stock item. Returns how many held lines go on."""
    product = (
        ChannelProduct.objects.select_for_update(of=("self",), no_key=True).select_related("listing").get(pk=product_id)
    )
    return _link(product, _item(item_id), user, now)


@operation
def link_sku(
    account_id: int, marketplace_id: str, sku: str, item_id: int, *, user: User, now: datetime, asin: str = ""
) -> int:
    """As `link_product`, for a SKU that orders brought before its listing was read."""
    item = _item(item_id)
    product = _product(account_id, marketplace_id, sku, asin, now)
    triggers.run_flow(account_id, "listings_in", soon=True)
    return _link(product, item, user, now)


def _product(account_id: int, marketplace_id: str, sku: str, asin: str, now: datetime) -> ChannelProduct:
    """Its channel product, made where orders brought the SKU before its listing was read."""
    try:
        parse_sku(sku)
    except NotAnIdentity as fault:
        raise Refused(str(fault), "sku") from fault
    known = SellerAccount.objects.filter(pk=account_id).exists()
    if not known or not Marketplace.objects.filter(pk=marketplace_id).exists():
        raise Refused("This page is out of date. Open it again, then link the SKUs.")
    listing, _made = Listing.objects.get_or_create(
        account_id=account_id,
        sku=sku,
        defaults={"fulfilment": _kind(account_id, marketplace_id), "found_at": now},
    )
    product, _made = ChannelProduct.objects.get_or_create(
        listing=listing,
        marketplace_id=marketplace_id,
        defaults={"asin": asin[:20], "found_at": now},
    )
    return product


def fix_more_lines(*, now: datetime, steps: int) -> tuple[int, bool]:
    """Held lines whose SKU has a link by now, of the orders that were too many for the press of a button: how many
    lines continue, and whether orders are left to try. At most `steps` that bring something, each some orders and its
    own transaction; what matches nothing all the same holds up nobody behind it."""
    lines, tried = 0, _fix_some(None, now=now)
    while tried.last is not None:
        lines += tried.lines
        steps -= bool(tried.lines)
        if steps <= 0:
            return lines, True
        tried = _fix_some(tried.last, now=now)
    return lines, False


@operation
def _fix_some(after: Place | None, *, now: datetime) -> Tried:
    return fix_linked_lines(after=after, now=now)


def _kind(account_id: int, marketplace_id: str) -> Fulfilment:
    """Until the listing itself says: FBA wherever the account has an FBA channel there, so that nothing is written."""
    fba = Channel.objects.filter(account_id=account_id, marketplace_id=marketplace_id, kind=Fulfilment.FBA)
    return Fulfilment.FBA if fba.exists() else Fulfilment.FBM


def _item(item_id: int) -> StockItem:
    item = StockItem.objects.filter(pk=item_id).first()
    if item is None:
        raise Refused("This stock item no longer exists. Choose another.", "item")
    return item


def _link(product: ChannelProduct, item: StockItem, user: User, now: datetime) -> int:
    _write_link(product, item, user, now)
    listing = product.listing
    fixed = fix_held_lines(listing.account_id, listing.sku, now=now)
    reserve_sku(listing.account_id, listing.sku, now=now)
    return fixed


def _write_link(product: ChannelProduct, item: StockItem, user: User, now: datetime) -> None:
    listing = product.listing
    before = {"item": str(product.item_id or "")}
    product.item, product.linked_by, product.linked_at = item, str(user)[:20], now
    product.save()
    if listing.ignored_at is not None:
        Listing.objects.filter(pk=listing.pk).update(ignored_at=None)
    twins = ChannelProduct.objects.filter(listing=listing, item__isnull=True)
    twins.update(item=item, linked_by=str(user)[:20], linked_at=now)  # one SKU of an account is one thing
    record_audit("link", "ChannelProduct", product.pk, before=before, after={"item": str(item.pk)}, now=now, user=user)
    record_activity(f"SKU {listing.sku[:60]} linked to {item.code}.", item=item, listing=listing, user=user, now=now)
    if listing.fulfilment == Fulfilment.FBM:
        notice_listings({listing.pk: listing.account_id}, cause="Linked to a stock item", now=now)
    else:
        triggers.run_flow(listing.account_id, "fba_stock_in", soon=True)


@operation
def unlink_product(product_id: int, *, user: User, now: datetime) -> None:
    """The SKU means no stock item any more; orders that were taken keep what they were matched to.

    What orders without an import had reserved of it is free again.
    """
    product = (
        ChannelProduct.objects.select_for_update(of=("self",), no_key=True).select_related("listing").get(pk=product_id)
    )
    before = {"item": str(product.item_id or "")}
    product.item, product.linked_by, product.linked_at = None, "", None
    product.save()
    record_audit("unlink", "ChannelProduct", product.pk, before=before, after=None, now=now, user=user)
    record_activity(f"SKU {product.listing.sku[:60]} unlinked.", listing=product.listing, user=user, now=now)
    reserve_sku(product.listing.account_id, product.listing.sku, now=now)
