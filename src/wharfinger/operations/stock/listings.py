"""Listings: what an account sells at Amazon, read from Amazon and linked to stock items."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ChannelProduct, Listing, MarketplaceReading, User
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutBothWays, AboutListingsRead
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.listing_issues import ListingIssue
from wharfinger.operations._rows import Rows
from wharfinger.operations.installation._history_steps import draft_activity, record_activity, write_activities
from wharfinger.operations.installation._problem_steps import Problems, open_problem, solve_problem
from wharfinger.operations.stock._handling_steps import compare_handling, judge_accounts, send_handling_again
from wharfinger.operations.stock._issue_steps import keep_issues, tell_back, tell_gone
from wharfinger.operations.stock._listing_steps import Looks, compare_read_back, link_by_itself, listed_codes
from wharfinger.operations.stock._stock_steps import notice_listings
from wharfinger.operations.transaction import operation

MOST_PAGED_THROUGH = 1000


@dataclass(frozen=True, slots=True)
class FoundListing:
    """One SKU as one marketplace shows it. `fulfilment` None = Amazon named no fulfilment channel.

    `both_ways`: the SKU has a DEFAULT and an AMAZON_* channel at once; it counts as FBA and is locked.
    """

    sku: str
    marketplace_id: str
    asin: str
    title: str
    product_type: str
    fulfilment: Fulfilment | None
    quantity: int | None
    lead_time_days: int | None
    both_ways: bool = False
    submitted_quantity: int | None = None
    """In the listing's attributes, where it may differ from what the listing shows."""
    attributes_read: bool = False
    """The seller's own entry was among them: lead time and restock date are what they say."""
    restock_date: str = ""
    issues: tuple[ListingIssue, ...] = ()
    location_codes: tuple[str, ...] = ()
    """The seller's locations at Amazon that hold its units: it is locked for a number of ours."""
    shown: bool | None = None
    """Buyers find or buy it in the marketplace; None = Amazon did not say."""
    gtin: str = ""
    """As 14 digits."""
    picture: str = ""
    """Its address."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a page of listings came to."""

    new: int
    linked: int


@operation
def keep_listings(account_id: int, found: Sequence[FoundListing], *, read_at: datetime, now: datetime) -> Kept:
    """Keep what Amazon lists, link what names an item exactly, and compare Amazon's quantities with ours.

    `read_at`: trade time before the call; what was sent later is not judged by this page.
    """
    known = _lock_listings(account_id, found, now)
    listings = Rows(Listing)
    listings.read(known.values())
    changed = {known[one.sku].pk: account_id for one in found if _refresh(known[one.sku], one)}
    listings.write()
    products, new = _products(found, known, now)
    # Links first: they may fix held orders, and orders are locked before notices.
    linked = link_by_itself([product for product in products if product.item_id is None], now=now)
    notice_listings(changed, cause="Amazon's listing changed", now=now)
    looks = Looks(known.values(), products)
    before = {row.pk: (row.handling_days, row.handling_misses) for row in known.values()}
    again = [known[one.sku] for one in _each_once(found) if _compare_handling(known[one.sku], one, read_at, now, looks)]
    for one, product in zip(found, products, strict=True):
        _judge(known[one.sku], one, read_at, now, looks)
        tell_back(known[one.sku], problems=looks.problems)
        keep_issues(product, one.issues, shown=one.shown, problems=looks.problems)
    looks.write(now=now)
    send_handling_again(again, now=now)
    if any((row.handling_days, row.handling_misses) != before[row.pk] for row in known.values()):
        judge_accounts([account_id], now=now)
    return Kept(new, linked)


def _each_once(found: Sequence[FoundListing]) -> Sequence[FoundListing]:
    """A SKU may be there for several marketplaces: one look counts once."""
    return list({one.sku: one for one in found if one.attributes_read}.values())


def _compare_handling(listing: Listing, one: FoundListing, read_at: datetime, now: datetime, looks: Looks) -> bool:
    """While a quantity's read-back is due, that is what looks; Amazon may not have applied it yet."""
    if listing.fulfilment != Fulfilment.FBM:
        return False
    if listing.read_back_at is not None and listing.handling_days is not None:
        return False
    waits, shown = listing.pk in looks.notices, one.lead_time_days
    return compare_handling(listing, shown, restock_date=one.restock_date, waits=waits, requested_at=read_at, now=now)


def _lock_listings(account_id: int, found: Sequence[FoundListing], now: datetime) -> dict[str, Listing]:
    skus = {one.sku for one in found}
    Listing.objects.bulk_create(
        [Listing(account_id=account_id, sku=sku, fulfilment="", found_at=now) for sku in sorted(skus)],
        ignore_conflicts=True,
    )
    rows = Listing.objects.select_for_update(no_key=True).filter(account_id=account_id, sku__in=skus).order_by("pk")
    return {row.sku: row for row in rows}


def _refresh(listing: Listing, one: FoundListing) -> bool:
    """Bring the row to what Amazon says; returns whether it bears on what is sent to Amazon."""
    before = (listing.fulfilment, listing.product_type, listing.gone_at, listing.location_codes)
    if one.fulfilment is not None:
        listing.fulfilment = one.fulfilment
    listing.product_type = one.product_type[:80] or listing.product_type
    listing.submitted_quantity = one.submitted_quantity
    listing.gone_at = None
    listing.location_codes = listed_codes(one.location_codes)
    changed = before != (listing.fulfilment, listing.product_type, listing.gone_at, listing.location_codes)
    return changed and listing.fulfilment == Fulfilment.FBM


def _products(
    found: Sequence[FoundListing], known: Mapping[str, Listing], now: datetime
) -> tuple[list[ChannelProduct], int]:
    """The channel products of the page, in its order, as Amazon describes them; and how many are new."""
    places = [(known[one.sku].pk, one.marketplace_id) for one in found]
    here = _products_at(places)
    missing = sorted(set(places) - here.keys())
    if missing:
        drafts = [ChannelProduct(listing_id=key, marketplace_id=place, found_at=now) for key, place in missing]
        ChannelProduct.objects.bulk_create(drafts, ignore_conflicts=True)
        here = _products_at(places)
    rows = Rows(ChannelProduct)
    products = rows.read([here[place] for place in places])
    for one, product in zip(found, products, strict=True):
        _describe(product, one)
        product.listing = known[one.sku]
    rows.write()
    return products, len(missing)


def _products_at(places: Sequence[tuple[int, str]]) -> dict[tuple[int, str], ChannelProduct]:
    rows = ChannelProduct.objects.filter(any_of("listing", {listing for listing, _ in places}))
    rows = rows.filter(marketplace__in={marketplace for _, marketplace in places}).select_related("marketplace")
    return {(row.listing_id, row.marketplace_id): row for row in rows}


def _describe(product: ChannelProduct, one: FoundListing) -> None:
    """GTIN and picture stay when a listing comes without: Amazon's catalogue may have given them."""
    product.asin, product.title = one.asin[:20], one.title[:500]
    product.gtin, product.picture = one.gtin or product.gtin, one.picture or product.picture


def _judge(listing: Listing, one: FoundListing, read_at: datetime, now: datetime, looks: Looks) -> None:
    _judge_both_ways(listing, one.both_ways, looks.problems)
    if one.quantity is not None and listing.fulfilment == Fulfilment.FBM:
        compare_read_back(listing, one.quantity, requested_at=read_at, now=now, looked=False, looks=looks)


def _judge_both_ways(listing: Listing, both_ways: bool, problems: Problems) -> None:
    subject = AboutBothWays(listing.pk)
    if not both_ways:
        problems.solve_unread(ProblemKind.LISTING_CONFLICT, subject)
        return
    problems.open(
        ProblemKind.LISTING_CONFLICT,
        subject,
        cause=f"SKU {listing.sku} is fulfilled both by you and by Amazon. Its quantity is not sent.",
        remedy="In Seller Central, change the listing to one fulfilment channel, or use a separate SKU for each; "
        "then press “Read the listings again”.",
        account_id=listing.account_id,
        listing_id=listing.pk,
    )


@operation
def note_marketplace_read(
    account_id: int,
    marketplace_id: str,
    skus: Collection[str],
    *,
    unreadable: int,
    began_at: datetime,
    now: datetime,
) -> None:
    """One marketplace was read whole: the reading, cut off later, goes on with the next one."""
    MarketplaceReading.objects.update_or_create(
        account_id=account_id,
        marketplace_id=marketplace_id,
        defaults={"began_at": began_at, "finished_at": now, "skus": sorted(skus), "unreadable": unreadable},
    )


@operation
def note_gone(account_id: int, seen: Mapping[str, Collection[str]], *, began_at: datetime, now: datetime) -> int:
    """The reading's end: what none of the marketplaces that were read whole (marketplace → its SKUs) lists is gone."""
    here = set().union(*seen.values()) if seen else set()
    rows = Listing.objects.filter(account_id=account_id, gone_at=None, found_at__lt=began_at)
    rows = rows.filter(products__marketplace__in=list(seen)).exclude(sku__in=here)
    elsewhere = rows.exclude(products__marketplace__in=list(seen)).values("pk")
    gone = [row.pk for row in rows.exclude(pk__in=elsewhere).distinct()]
    unread = ChannelProduct.objects.filter(listing__in=gone).exclude(marketplace__in=list(seen))
    gone = sorted(set(gone) - set(unread.values_list("listing_id", flat=True)))
    problems = Problems()
    for listing in Listing.objects.filter(pk__in=gone).order_by("pk"):
        tell_gone(listing, problems=problems)
    problems.write(now=now)
    MarketplaceReading.objects.filter(account_id=account_id).delete()
    return Listing.objects.filter(pk__in=gone).update(gone_at=now)


@operation
def report_too_many(account_id: int, marketplace_name: str, total: int, *, now: datetime) -> None:
    """More listings than can be paged through, and no report that names the others: a problem says so."""
    open_problem(
        ProblemKind.FLOW_FAILED,
        AboutListingsRead(account_id, marketplace_name),
        cause=f"{marketplace_name} has {total} listings; Amazon lets only the first {MOST_PAGED_THROUGH} be read at "
        "any time. The others come with the nightly listings report, and there was none for two days: SKUs that are "
        "new among them are not known here, and their quantities are not sent.",
        remedy="It is requested again automatically, and the problem closes when it came; the row Listings report on "
        "the dashboard says what stands in its way. If you closed the listings, press “Mark as done”.",
        account_id=account_id,
        now=now,
    )


@operation
def report_all_read(account_id: int, marketplace_name: str, *, now: datetime) -> None:
    """Every listing of the marketplace was read, or named by the report."""
    solve_problem(ProblemKind.FLOW_FAILED, AboutListingsRead(account_id, marketplace_name), now=now)


@operation
def send_quantities_again(listing_ids: Collection[int], *, now: datetime, user: User) -> int:
    """As `send_quantity_again`, for many; those that are gone are left out. Returns how many."""
    rows = Listing.objects.filter(any_of("pk", listing_ids), fulfilment=Fulfilment.FBM, gone_at=None)
    found = dict(rows.values_list("pk", "account_id"))
    notice_listings(found, cause="Sent again by hand", now=now, guarded=False)
    write_activities(
        draft_activity("The quantity is sent again.", listing_id=listing, account_id=account, now=now, user=user)
        for listing, account in sorted(found.items())
    )
    return len(found)


@operation
def send_quantity_again(listing_id: int, *, now: datetime, user: User) -> str | None:
    """A person fixed the listing, or doubts what Amazon shows: its quantity goes once more. Returns its SKU."""
    listing = Listing.objects.filter(pk=listing_id).first()
    if listing is None:
        return None
    notice_listings({listing.pk: listing.account_id}, cause="Sent again by hand", now=now, guarded=False)
    record_activity("The quantity is sent again.", listing=listing, account_id=listing.account_id, now=now, user=user)
    return listing.sku
