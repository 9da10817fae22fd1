"""Steps about listings and channel products; they need an open transaction."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ChannelProduct, Listing, StockBarcode, StockItem, StockNotice
from wharfinger.db.queries.stock.stock_out import with_those_that_share
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutListing
from wharfinger.domain.moments import is_ahead
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.orders.waits_for import ForLink
from wharfinger.domain.stock.gtin import gtin14
from wharfinger.operations import triggers
from wharfinger.operations._rows import Rows
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.installation._problem_steps import Problems
from wharfinger.operations.orders._reconsider_steps import reconsider
from wharfinger.operations.stock._stock_steps import notice_listings

ITSELF = "itself"
LISTED_AT_MOST = 400
READ_BACK_AFTER = timedelta(minutes=3)
"""Trade time from ACCEPTED to the first look: it takes effect after minutes (behaviours S01, S08)."""
LOOK_AGAIN_AFTER = timedelta(minutes=6)
"""A buyer's order lowers Amazon's number before the order reaches us: longer than an order search takes."""
MISSES_BEFORE_A_PROBLEM = 4
"""Looks in a row that found another number: a first, a second that tells Amazon again, and so on."""


def _by_article(names: Collection[str]) -> list[tuple[str, StockItem]]:
    """SKUs that are a GTIN, with the item that has its article, in whichever form: EAN, UPC or GTIN-14."""
    articles = {name: gtin14(name) for name in names if gtin14(name)}
    rows = StockBarcode.objects.filter(gtin__in=set(articles.values()), item__archived=False).select_related("item")
    owners = {row.gtin: row.item for row in rows}
    return [(name, owners[gtin]) for name, gtin in articles.items() if gtin in owners]


def items_by_name(names: Collection[str]) -> dict[str, StockItem]:
    """The item that each of these SKUs names exactly: by stock code, else barcode, else other reference.

    A name that two items share names neither.
    """
    found: dict[str, StockItem] = {}
    wanted = set(names) - {""}
    references = StockItem.objects.filter(other_reference__in=wanted, archived=False)
    barcodes = StockBarcode.objects.filter(code__in=wanted, item__archived=False).select_related("item")
    codes = StockItem.objects.filter(code__in=wanted, archived=False)
    for pairs in (
        [(item.other_reference, item) for item in references],
        _by_article(wanted),
        [(row.code, row.item) for row in barcodes],
        [(item.code, item) for item in codes],
    ):
        found.update(_unshared(pairs))
    return found


def _unshared(pairs: Iterable[tuple[str, StockItem]]) -> dict[str, StockItem]:
    named: dict[str, set[int]] = {}
    items: dict[str, StockItem] = {}
    for name, item in pairs:
        named.setdefault(name, set()).add(item.pk)
        items[name] = item
    return {name: items[name] for name, ids in named.items() if len(ids) == 1}


def link_by_itself(products: Sequence[ChannelProduct], *, now: datetime) -> int:
    """Link the unlinked ones whose SKU names an item exactly; what waited for the link goes on. Those that a person
    ignores stay without one."""
    products = [product for product in products if product.item_id is None and product.listing.ignored_at is None]
    items = items_by_name({product.listing.sku for product in products})
    linked = [product for product in products if product.listing.sku in items]
    for product in linked:
        product.item = items[product.listing.sku]
        product.linked_by, product.linked_at = ITSELF, now
        product.save(update_fields=["item", "linked_by", "linked_at"])
    listings = {product.listing_id: product.listing for product in linked}
    for listing in listings.values():
        item = items[listing.sku]
        record_activity(f"SKU linked to {item.code} automatically.", item=item, listing=listing, now=now)
    for account_id, sku in sorted({(listing.account_id, listing.sku) for listing in listings.values()}):
        reconsider(ForLink(account_id, sku), now=now)
    _tell_others(listings.values(), now)
    return len(linked)


def _tell_others(listings: Iterable[Listing], now: datetime) -> None:
    """A new link decides a quantity out (FBM), or lets Amazon's level in (FBA)."""
    merchant = {row.pk: row.account_id for row in listings if row.fulfilment == Fulfilment.FBM}
    notice_listings(with_those_that_share(merchant), cause="Linked to a stock item", now=now)
    for account_id in sorted({row.account_id for row in listings if row.fulfilment == Fulfilment.FBA}):
        triggers.run_flow(account_id, "fba_stock_in", soon=True)


def listed_codes(codes: Sequence[str]) -> str:
    """As a column holds them."""
    return ", ".join(codes)[:LISTED_AT_MOST]


class Looks:
    """What Amazon shows of many listings, judged one by one: their waiting notices are read once, and rows and
    problems written together."""

    def __init__(self, listings: Collection[Listing], products: Collection[ChannelProduct] = ()) -> None:
        notices = StockNotice.objects.filter(any_of("listing", [row.pk for row in listings]))
        self.notices = {row.listing_id: row for row in notices}
        self.problems = Problems()
        self._listings, self._products = Rows(Listing), Rows(ChannelProduct)
        self._listings.read(listings)
        self._products.read(products)

    def write(self, *, now: datetime) -> None:
        self._listings.write()
        self._products.write()
        self.problems.write(now=now)


def compare_read_back(
    listing: Listing, quantity: int, *, requested_at: datetime, now: datetime, looked: bool, looks: Looks
) -> None:
    """Amazon showed this quantity; `looked`: it was fetched because a read-back was due.

    Another number than sent is no drift yet while a newer number waits, while the last one may still
    take effect, or when it was fetched before we sent. The second look in a row sends it again.
    """
    why = dict(listing.sent_why or {})
    before, before_at = listing.read_back_quantity, listing.seen_at
    listing.read_back_quantity, listing.seen_at = quantity, requested_at
    if quantity == listing.sent_quantity:
        listing.differs_at = None
    elif listing.differs_at is None:
        listing.differs_at = requested_at
    notice = looks.notices.get(listing.pk)
    waits, in_feed = notice is not None, notice is not None and notice.feed_id is not None
    too_early = not looked and listing.read_back_at is not None
    not_ours = listing.sent_at is None or "not_sent" in why
    sent_since = listing.sent_at is not None and listing.sent_at > requested_at and not is_ahead(listing.sent_at, now)
    if not (not_ours or sent_since or too_early or in_feed):  # the feed under way may have written its number already
        _note_fall(listing, quantity, before, requested_at)
    if not_ours or sent_since or waits or too_early:
        if looked and (waits or not_ours):
            listing.read_back_at = None
    elif quantity == listing.sent_quantity:
        why.pop("misses", None)
        listing.read_back_at = None
        looks.problems.solve_unread(ProblemKind.LISTING_DRIFT, AboutListing(listing.pk))
    else:
        if before == quantity and before_at is not None and listing.sent_at and before_at <= listing.sent_at:
            why["not_applied"] = True  # the number of before: what we sent has not taken effect
        _note_miss(listing, why, quantity, now, looks.problems)
    listing.sent_why = why or listing.sent_why


def _note_fall(listing: Listing, quantity: int, before: int | None, requested_at: datetime) -> None:
    """Amazon showed fewer than we sent: a buyer's order that we have not read may be the reason.

    Kept until an order explains it or all orders up to that moment were read; a further fall begins anew.
    """
    if listing.sent_quantity is None or quantity >= listing.sent_quantity:
        listing.fell_at = None
    elif listing.fell_at is None or (before is not None and quantity < before):
        listing.fell_at = requested_at


def _note_miss(listing: Listing, why: dict[str, object], quantity: int, now: datetime, problems: Problems) -> None:
    known = why.get("misses")
    misses = (known if isinstance(known, int) else 0) + 1
    why["misses"] = misses
    if misses % 2:
        listing.read_back_at = now + LOOK_AGAIN_AFTER
        return
    listing.read_back_at = None
    cause = f"Amazon shows {quantity}, {listing.sent_quantity} were sent"
    notice_listings({listing.pk: listing.account_id}, cause=cause, now=now, guarded=False)
    if misses >= MISSES_BEFORE_A_PROBLEM:
        problems.open(
            ProblemKind.LISTING_DRIFT,
            AboutListing(listing.pk),
            cause=f"SKU {listing.sku}: {cause.lower()}, at {misses} checks in a row.",
            remedy="Check the listing in Seller Central: another program may be changing its quantity. The quantity "
            "is sent again automatically; press “Send quantity again” to send it now.",
            account_id=listing.account_id,
            listing_id=listing.pk,
        )
