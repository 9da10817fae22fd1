"""FBA stock in: Amazon's levels of each pool, read whole, mirrored at the pool's site."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wharfinger.amazon.errors import AccessDenied, AmazonError, NotAnsweredAsPromised, PageTokenRefused, Refused
from wharfinger.amazon.messages.fba import InventoryPage, InventorySummary
from wharfinger.db.queries.stock.fba_pools import (
    FbaPool,
    any_fba_listing,
    fba_pools,
    items_by_fba_sku,
    listings_were_read,
)
from wharfinger.domain.counts import counted
from wharfinger.domain.stock.fba_stock import CHECKED_WITHOUT_STOCK_EVERY, FbaLevel, add_up
from wharfinger.operations.stock import fba_stock
from wharfinger.operations.stock.fba_stock import READINGS_APART, FbaLoaded
from wharfinger.sync.calls import Calls, Clock, FlowResult, NotBefore, is_tokens_fault
from wharfinger.sync.translate.fba import fba_level

NO_FBA_STOCK = "Amazon holds no FBA stock for this account"
TOKEN_LIVES = timedelta(seconds=30)
RESTARTS = 1
"""A page that is refused twice is refused for another reason than its token."""
PATIENCE = 5.0
"""Seconds of trade time to wait between two pages; a page token dies after 30."""


def run(account_id: int, amazon: Calls, clock: Clock) -> FlowResult:
    """Read each pool of the account's FBA channels once; all pages in one go.

    A pool that Amazon refuses, or answers with another marketplace's levels, keeps none of the others from being
    mirrored; its error is raised when they are. An account that has no FBA stock in any of its pools is read once a
    day; Sync now reads at once.
    """
    read: list[tuple[str, _Mirrored | None]] = []
    refused: list[AmazonError] = []
    for pool in fba_pools(account_id):
        try:
            read.append((pool.site, _mirror_pool(account_id, pool, amazon, clock)))
        except (AccessDenied, NotAnsweredAsPromised, Refused) as error:
            refused.append(error)
    if refused:
        raise refused[0]
    if read and all(mirrored is None for _, mirrored in read):
        return FlowResult(NO_FBA_STOCK, clock.now() + CHECKED_WITHOUT_STOCK_EVERY)
    doubted = any(mirrored is not None and mirrored.loaded.doubted > 0 for _, mirrored in read)
    again = clock.now() + READINGS_APART if doubted else None
    return FlowResult("; ".join(f"{site}: {_summary(mirrored)}" for site, mirrored in read) or "no FBA site", again)


def _summary(mirrored: "_Mirrored | None") -> str:
    if mirrored is None:
        return "Amazon holds no FBA stock there"
    loaded, gathered = mirrored.loaded, mirrored.gathered
    waits = "waits" if loaded.doubted == 1 else "wait"
    doubted = f"{loaded.doubted:,d} fell sharply and {waits} for a second reading, " if loaded.doubted else ""
    unreadable = f", {gathered.unreadable:,d} could not be used" if gathered.unreadable else ""
    differ = "differs" if loaded.differences == 1 else "differ"
    return (
        f"{counted(loaded.items, 'item')}, {loaded.differences:,d} {differ}, {doubted}"
        f"{counted(gathered.unlinked, 'SKU')} not linked, {gathered.unknown:,d} without quantities{unreadable}"
    )


def _mirror_pool(account_id: int, pool: FbaPool, amazon: Calls, clock: Clock) -> "_Mirrored | None":
    """None: Amazon holds no FBA stock there."""
    try:
        read_at, reading = _read_anew(pool.marketplace_id, amazon, clock)
    except (AccessDenied, Refused) as refusal:
        if not _means_no_fba(account_id, pool, refusal):
            raise
        return None
    if not reading.summaries and not pool.loaded and not any_fba_listing(account_id):
        return None
    gathered = _gather(reading, items_by_fba_sku(account_id))
    loaded = fba_stock.load_fba_levels(
        pool.site_id, gathered.levels, read_at=read_at, now=clock.now(), unlinked=gathered.unlinked
    )
    return _Mirrored(loaded, gathered)


def _means_no_fba(account_id: int, pool: FbaPool, refusal: AccessDenied | Refused) -> bool:
    """Whether a refusal says that the account does not sell by FBA.

    Where levels were read before, it does. A 403 is a missing role, unless listings are read: the role that opens
    them opens FBA levels too. A refused page token says nothing.
    """
    if pool.loaded or isinstance(refusal, PageTokenRefused):
        return False
    if isinstance(refusal, Refused):
        return True
    return listings_were_read(account_id)


@dataclass
class _Reading:
    """All pages; a summary that came on two pages counts once."""

    summaries: dict[tuple[str | None, str | None, str | None], InventorySummary] = field(default_factory=dict)
    pages: int = 0
    unreadable: int = 0
    unpublished: dict[str, Mapping[str, int]] = field(default_factory=dict)

    def add(self, page: InventoryPage) -> None:
        self.pages += 1
        self.unreadable += len(page.unreadable)
        for summary in page.summaries:
            self.summaries[(summary.seller_sku, summary.fn_sku, summary.condition)] = summary
        self.unpublished.update(page.unpublished)


def _read_anew(marketplace_id: str, amazon: Calls, clock: Clock) -> tuple[datetime, _Reading]:
    """Every page, and when their reading began: again from the first one after a refused page token."""
    restarts = 0
    while True:
        read_at, reading = clock.now(), _Reading()
        try:
            _read_all(marketplace_id, amazon, clock, reading)
        except (PageTokenRefused, NotAnsweredAsPromised) as error:
            if restarts == RESTARTS or not is_tokens_fault(error, pages_read=reading.pages):
                raise
            restarts += 1
        else:
            return read_at, reading


def _read_all(marketplace_id: str, amazon: Calls, clock: Clock, reading: _Reading) -> None:
    """Every page. Where it raises, what was read so far is worth nothing."""
    token: str | None = None
    while True:
        try:
            page = amazon.get_inventory_summaries(marketplace_id, next_token=token).value
        except NotBefore as wait:
            seconds = (wait.at - clock.now()).total_seconds()
            if seconds > PATIENCE:
                raise
            clock.pause(max(0.2, seconds))
            continue
        reading.add(page)
        token = page.next_token
        if token is None:
            return


@dataclass(frozen=True, slots=True)
class _Gathered:
    levels: tuple[FbaLevel, ...]
    unlinked: int
    unknown: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class _Mirrored:
    loaded: FbaLoaded
    gathered: _Gathered


def _gather(reading: _Reading, items: Mapping[str, int]) -> _Gathered:
    """Levels by item: an item with several SKUs is their sum, and only when every one of them was read.

    Absent is not zero (behaviour F01), and a summary without its quantities tells nothing (F09).
    """
    found: dict[str, list[FbaLevel]] = defaultdict(list)
    unlinked: set[str] = set()
    unknown: set[str] = set()
    for summary in reading.summaries.values():
        sku = summary.seller_sku or ""
        item_id = items.get(sku)
        level = None if item_id is None else fba_level(summary, item_id, reading.unpublished.get(sku, {}))
        if item_id is None:
            unlinked.add(sku)
        elif level is None:
            unknown.add(sku)
        else:
            found[sku].append(level)
    for sku in unknown:
        found.pop(sku, None)
    skus_of: dict[int, list[str]] = defaultdict(list)
    for sku, item_id in items.items():
        skus_of[item_id].append(sku)
    levels = tuple(
        add_up(item_id, [level for sku in skus for level in found[sku]])
        for item_id, skus in sorted(skus_of.items())
        if all(sku in found for sku in skus)
    )
    return _Gathered(levels, len(unlinked), len(unknown), reading.unreadable)
