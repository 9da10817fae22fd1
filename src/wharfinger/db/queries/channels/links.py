"""What may be linked to a stock item, and the items that it probably is."""

from dataclasses import dataclass

from wharfinger.db.models import ChannelProduct, Problem, SalesOrderLine
from wharfinger.db.queries.channels.near_items import LikelyItem, Wanted, near_items
from wharfinger.db.queries.stock.stock_items import find_items
from wharfinger.domain.installation.subjects import AboutSku


@dataclass(frozen=True, slots=True)
class Unlinked:
    """An Amazon SKU of a marketplace that has (or had) no stock item; `product_id` None = no listing is known."""

    account_id: int
    marketplace_id: str
    marketplace: str
    sku: str
    asin: str
    title: str
    product_id: int | None
    item_id: int | None
    item_code: str
    held_lines: int


def unlinked_product(product_id: int) -> Unlinked | None:
    row = ChannelProduct.objects.filter(pk=product_id).select_related("listing", "marketplace", "item").first()
    if row is None:
        return None
    return Unlinked(
        account_id=row.listing.account_id,
        marketplace_id=row.marketplace_id,
        marketplace=row.marketplace.name,
        sku=row.listing.sku,
        asin=row.asin,
        title=row.title,
        product_id=row.pk,
        item_id=row.item_id,
        item_code=row.item.code if row.item else "",
        held_lines=_held(row.listing.account_id, row.marketplace_id, row.listing.sku),
    )


def unlinked_line(line_id: int) -> Unlinked | None:
    row = SalesOrderLine.objects.filter(pk=line_id).select_related("order__channel__marketplace", "item").first()
    if row is None:
        return None
    channel = row.order.channel
    product = ChannelProduct.objects.filter(
        listing__account=channel.account_id, listing__sku=row.sku, marketplace=channel.marketplace_id
    ).first()
    return Unlinked(
        account_id=channel.account_id,
        marketplace_id=channel.marketplace_id,
        marketplace=channel.marketplace.name,
        sku=row.sku,
        asin=row.asin,
        title=row.title,
        product_id=product.pk if product else None,
        item_id=row.item_id,
        item_code=row.item.code if row.item else "",
        held_lines=_held(channel.account_id, channel.marketplace_id, row.sku),
    )


def unlinked_of_problem(problem_id: int) -> Unlinked | None:
    """The SKU that an “Unknown SKU” problem is about: that of a line that it holds, or of its listing."""
    problem = Problem.objects.filter(pk=problem_id).first()
    if problem is None or not isinstance(problem.key, AboutSku):
        return None
    held = SalesOrderLine.objects.filter(item=None, sku__startswith=problem.key.sku).exclude(held_reason="")
    line = held.filter(order__channel__account=problem.account_id).order_by("id").first()
    if line is not None:
        return unlinked_line(line.pk)
    product = ChannelProduct.objects.filter(listing=problem.listing_id, item=None).first()
    return unlinked_product(product.pk) if product else None


def _held(account_id: int, marketplace_id: str, sku: str) -> int:
    lines = SalesOrderLine.objects.filter(sku=sku, item=None).exclude(held_reason="")
    return lines.filter(order__channel__account=account_id, order__channel__marketplace=marketplace_id).count()


def likely_items(unlinked: Unlinked, search: str = "") -> tuple[LikelyItem, ...]:
    """Near misses of the SKU, its ASIN and its title first, then what the search finds."""
    near = near_items([Wanted(unlinked.sku, unlinked.asin, unlinked.title)])[0]
    found = {item.id: item for item in near}
    for item in find_items(search):
        found.setdefault(item.id, LikelyItem(item.id, item.code, item.name, "found by your search"))
    return tuple(found.values())
