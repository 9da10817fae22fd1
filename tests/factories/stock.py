"""Sites, items, listings, and what a level holds."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Sum
from tests.factories.ground import NOW, UK

from wharfinger.db.models import Allocation, ChannelProduct, Listing, Movement, Site, StockItem, StockLevel
from wharfinger.domain.stock.ledger import MovementReason, SiteKind
from wharfinger.operations.installation._problem_steps import Problems
from wharfinger.operations.stock._shelf import Shelf


def a_site(name="Main warehouse", kind=SiteKind.OWN, pool="", account=None, loaded=False):
    return Site.objects.create(
        name=name, kind=kind.value, pool=pool, account=account, made_at=NOW, levels_loaded_at=NOW if loaded else None
    )


def an_fba_site(account=None, pool="UK", name="", loaded=False):
    return a_site(name or f"FBA {pool}", SiteKind.FBA, pool, account, loaded)


def an_item(code="MUG", name="Mug"):
    return StockItem.objects.create(code=code, name=name, made_at=NOW)


def a_listing(account, sku="MUG", item=None, marketplaces=(UK,), fulfilment="FBM", product_type="MUG", asin=""):
    """With its product in each marketplace, linked to the item or to none."""
    listing = Listing.objects.create(
        account=account, sku=sku, fulfilment=fulfilment, product_type=product_type, found_at=NOW - timedelta(days=1)
    )
    for marketplace in marketplaces:
        a_product(listing, item, marketplace, asin=asin)
    return listing


def a_product(listing, item=None, marketplace=UK, **values):
    return ChannelProduct.objects.create(listing=listing, marketplace_id=marketplace, item=item, found_at=NOW, **values)


def a_level(item, site, on_hand, **values):
    """Counted, with the movement that explains it."""
    level = StockLevel.objects.create(item=item, site=site, on_hand=on_hand, **{"counted_at": NOW, **values})
    if on_hand:
        reason = MovementReason.OPENING if site.kind == SiteKind.FBA else MovementReason.COUNTED
        Movement.objects.create(
            item=item, site=site, quantity=on_hand, on_hand_after=on_hand, reason=reason, moved_at=NOW
        )
    return level


def level_of(item, site):
    """On hand, allocated; zeros where there is no level yet."""
    found = StockLevel.objects.filter(item=item, site=site).values_list("on_hand", "allocated").first()
    return found or (0, 0)


def check_the_ledger():
    """On hand is the sum of movements, promises are the sum of allocations, never negative."""
    moved, allocated = _sums(Movement), _sums(Allocation)
    for level in StockLevel.objects.all():
        key = (level.item_id, level.site_id)
        assert level.on_hand == moved.get(key, 0)
        assert level.allocated == allocated.get(key, 0) >= 0
    assert set(allocated) <= set(StockLevel.objects.values_list("item_id", "site_id"))


def _sums(rows):
    found = rows.objects.values("item_id", "site_id").annotate(units=Sum("quantity")).order_by()
    return {(row["item_id"], row["site_id"]): row["units"] for row in found}


def sold_from_fba(line, units, *, shipped_at, now):
    """Amazon has sent the line from its own stock: the movement that it made; None where it made none."""
    with transaction.atomic():
        shelf, problems = Shelf(), Problems()
        shelf.lock({(line.item_id, line.order.site_id)})
        shelf.move_fba_sale(line, units, shipped_at=shipped_at, now=now)
        shelf.write(problems)
        problems.write(now=now)
    return Movement.objects.filter(order_line=line).first()
