"""Listings in: every marketplace that a channel sells in is paged through, and each page kept."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wharfinger.amazon.client import CATALOG_AT_MOST
from wharfinger.amazon.errors import InvalidRequest, NotAnsweredAsPromised, PageTokenRefused, Refused
from wharfinger.amazon.messages.catalog import CatalogPage
from wharfinger.db.queries.channels.listing_reports import lacks_listing_report
from wharfinger.db.queries.stock.listing_readings import MarketplaceToRead, marketplaces_read, marketplaces_to_read
from wharfinger.db.queries.stock.undescribed import undescribed_asins
from wharfinger.domain.counts import counted
from wharfinger.operations.stock import listings
from wharfinger.operations.stock.descriptions import keep_descriptions
from wharfinger.operations.stock.listings import MOST_PAGED_THROUGH
from wharfinger.sync.calls import Calls, Clock, FlowResult, NotBefore, is_tokens_fault
from wharfinger.sync.translate.catalog import description_of
from wharfinger.sync.translate.listings import found_listing

log = logging.getLogger(__name__)

INCLUDED = ("summaries", "attributes", "fulfillmentAvailability", "productTypes", "issues")
PATIENCE = 30.0
"""Seconds of trade time that a reading waits for the next page's token before it gives its turn to others."""
WAITS_AT_MOST = 200
CATALOG_CALLS_AT_MOST = 500
"""Of one reading, waits among them: some thousands of ASINs, 20 a call."""
ODD_ASINS_AT_MOST = 3
"""Refused one by one in a run: more of them are no odd ASINs."""
RESTARTS = 1
"""A page that is refused twice is refused for another reason than its token."""

RESUMED_WITHIN = timedelta(minutes=15)
"""Trade time: what a reading that was cut off had read whole is not read again so soon."""


@dataclass
class _Reading:
    """What was read so far, by marketplace; `began_at`: the start of the first of the runs that it took."""

    began_at: datetime
    seen: dict[str, set[str]] = field(default_factory=dict)
    new: int = 0
    linked: int = 0
    waits: int = 0
    unreadable: dict[str, int] = field(default_factory=dict)
    """Entries that could not be read, or are of another marketplace: one of them may be what seems to be gone."""

    def summary(self) -> str:
        skus = set().union(*self.seen.values()) if self.seen else set()
        odd = f", {sum(self.unreadable.values())} could not be used" if self.unreadable else ""
        where = counted(len(self.seen), "marketplace")
        return f"{counted(len(skus), 'SKU')} in {where}, {self.new} new, {self.linked} linked automatically{odd}"


def run(account_id: int, amazon: Calls, clock: Clock) -> FlowResult:
    """Read the listings of the marketplaces that the account's channels sell in.

    Cut off, by the budget or with its process, it comes back and goes on with the marketplace that it was in: pages
    are kept as they come, and keeping one twice changes nothing.
    """
    reading = _go_on(account_id, clock.now())
    for marketplace in marketplaces_to_read(account_id):
        if marketplace.id not in reading.seen:
            _read_marketplace(account_id, marketplace, amazon, clock, reading)
    whole = {marketplace: skus for marketplace, skus in reading.seen.items() if marketplace not in reading.unreadable}
    gone = listings.note_gone(account_id, whole, began_at=reading.began_at, now=clock.now())
    described = _describe(account_id, amazon, clock)
    return FlowResult(f"{reading.summary()}, {gone} gone{described}")


def _describe(account_id: int, amazon: Calls, clock: Clock) -> str:
    """Ask Amazon's catalogue for the GTINs and pictures that unlinked listings came without, each once. What the budget
    does not allow now is fetched after the next reading. An ASIN that Amazon refuses alone is left without."""
    filled = requested = odd = 0
    some = CATALOG_AT_MOST
    for _ in range(CATALOG_CALLS_AT_MOST):
        wanted = undescribed_asins(account_id, some)
        if wanted is None:
            break
        marketplace_id, asins = wanted
        try:
            page = amazon.search_catalog_items(marketplace_id, asins).value
        except NotBefore as wait:
            seconds = (wait.at - clock.now()).total_seconds()
            if seconds > PATIENCE:
                break
            clock.pause(max(0.2, seconds))
            continue
        except (Refused, NotAnsweredAsPromised, InvalidRequest) as error:
            if len(asins) > 1:
                some = 1  # one odd ASIN is enough for a refusal: each alone
                continue
            odd += 1
            if odd > ODD_ASINS_AT_MOST:
                raise  # none of them is odd: Amazon refuses them all, and the flow's row says so
            some = CATALOG_AT_MOST
            log.warning("ASIN %s in %s, account %s: %s", asins[0], marketplace_id, account_id, error)
            page = CatalogPage(items=())
        found = {item.asin: description_of(item, marketplace_id) for item in page.items}
        filled += keep_descriptions(account_id, marketplace_id, asins, found, now=clock.now())
        requested += len(asins)
    return f", {filled} of {counted(requested, 'ASIN')} described by the catalogue" if requested else ""


def _go_on(account_id: int, now: datetime) -> _Reading:
    """The reading that was cut off a short while ago, or a new one."""
    reading = _Reading(began_at=now)
    for before in marketplaces_read(account_id, after=now - RESUMED_WITHIN, until=now):
        reading.began_at = min(reading.began_at, before.began_at)
        reading.seen[before.marketplace_id] = set(before.skus)
        if before.unreadable:
            reading.unreadable[before.marketplace_id] = before.unreadable
    return reading


def _read_marketplace(
    account_id: int, marketplace: MarketplaceToRead, amazon: Calls, clock: Clock, reading: _Reading
) -> None:
    began_at = clock.now()
    for restart in range(RESTARTS + 1):
        read = _Read()
        try:
            _read_pages(account_id, marketplace.id, amazon, clock, reading, read)
        except (PageTokenRefused, NotAnsweredAsPromised) as error:
            if restart == RESTARTS or not is_tokens_fault(error, pages_read=read.pages):
                raise
            continue
        if read.total > MOST_PAGED_THROUGH:  # the listings report names the others
            if lacks_listing_report(account_id, marketplace.id, now=clock.now()):
                listings.report_too_many(account_id, marketplace.name, read.total, now=clock.now())
            return
        listings.report_all_read(account_id, marketplace.name, now=clock.now())
        reading.seen[marketplace.id] = read.skus
        if read.unreadable:
            reading.unreadable[marketplace.id] = read.unreadable
        listings.note_marketplace_read(
            account_id, marketplace.id, read.skus, unreadable=read.unreadable, began_at=began_at, now=clock.now()
        )
        return


@dataclass
class _Read:
    """One marketplace: its SKUs, how many Amazon says there are, and how many entries could not be read."""

    skus: set[str] = field(default_factory=set)
    pages: int = 0
    total: int = 0
    unreadable: int = 0


def _read_pages(
    account_id: int, marketplace_id: str, amazon: Calls, clock: Clock, reading: _Reading, read: _Read
) -> None:
    """Keep every page."""
    token: str | None = None
    while True:
        requested_at = clock.now()
        try:
            page = amazon.search_listings_items(marketplace_id, page_token=token, included_data=INCLUDED).value
        except NotBefore as wait:
            _wait(wait, clock, reading)
            continue
        found = [found_listing(item, marketplace_id) for item in page.items if item.sku]
        kept = listings.keep_listings(account_id, found, read_at=requested_at, now=clock.now())
        reading.new += kept.new
        reading.linked += kept.linked
        read.skus.update(one.sku for one in found)
        read.total = max(read.total, page.number_of_results)
        read.unreadable += len(page.unreadable)
        read.pages += 1
        if page.unreadable:
            log.warning("Listings in %s, account %s: %s", marketplace_id, account_id, "; ".join(page.unreadable[:5]))
        token = page.next_token
        if token is None:
            return


def _wait(wait: NotBefore, clock: Clock, reading: _Reading) -> None:
    """Wait for the next page's token where that is soon; the reading would begin again otherwise."""
    seconds = (wait.at - clock.now()).total_seconds()
    reading.waits += 1
    if seconds > PATIENCE or reading.waits > WAITS_AT_MOST:
        raise wait
    clock.pause(max(0.2, seconds))
