"""What Amazon's warehouses hold, and how that came about. Source: report-type-values-fba; behaviours R13, R20.

Balances are worked out backwards from what is there now, so that they agree with it whatever the first world held.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from amazon_simulator.reports.report import DAY, NUL, ReportContext, Sheet
from amazon_simulator.representations.listing_items import fn_sku
from amazon_simulator.world.catalogue import MARKETS, written
from amazon_simulator.world.entities import FbaEvent, FbaStock, Listing
from amazon_simulator.world.prices import price_in
from amazon_simulator.world.warehouses import DISPOSITIONS

INVENTORY = (
    "sku", "fnsku", "asin", "product-name", "condition", "your-price", "mfn-listing-exists",
    "mfn-fulfillable-quantity", "afn-listing-exists", "afn-warehouse-quantity", "afn-fulfillable-quantity",
    "afn-unsellable-quantity", "afn-reserved-quantity", "afn-total-quantity", "per-unit-volume",
    "afn-inbound-working-quantity", "afn-inbound-shipped-quantity", "afn-inbound-receiving-quantity",
    "afn-researching-quantity", "afn-reserved-future-supply", "afn-future-supply-buyable",
)  # fmt: skip
IN_EUROPE = ("afn-fulfillable-quantity-local", "afn-fulfillable-quantity-remote")
STORE = ("store",)
AFN = (
    "seller-sku", "fulfillment-channel-sku", "asin", "condition-type", "Warehouse-Condition-code",
    "Quantity Available",
)  # fmt: skip
SUMMARY = (
    "Date", "FNSKU", "ASIN", "MSKU", "Title", "Disposition", "Starting Warehouse Balance",
    "In Transit Between Warehouses", "Receipts", "Customer Shipments", "Customer Returns", "Vendor Returns",
    "Warehouse Transfer In/Out", "Found", "Lost", "Damaged", "Disposed", "Other Events", "Ending Warehouse Balance",
    "Unknown Events", "Location",
)  # fmt: skip
DETAIL = (
    "Date", "FNSKU", "ASIN", "MSKU", "Title", "Event Type", "Reference ID", "Quantity", "Fulfillment Center",
    "Disposition", "Reason", "Country", "Reconciled Quantity", "Unreconciled Quantity", "Date and Time",
)  # fmt: skip
COLUMNS = {
    "Receipts": "Receipts", "Shipments": "Customer Shipments", "CustomerReturns": "Customer Returns",
    "VendorReturns": "Vendor Returns", "M": "Lost", "F": "Found", "E": "Damaged",
}  # fmt: skip
"""Kind of an event, or the reason of an adjustment → where the summary counts it."""
COUNTRIES = {"UK": "GB", "EU": "DE", "NA": "US", "JP": "JP", "AU": "AU", "SG": "SG", "KW": "KW"}
CENTRES = {"UK": "LTN4", "EU": "LEJ1", "NA": "PHX3", "JP": "NRT5", "AU": "BWU1", "SG": "SIN1", "KW": "KWI1"}
LOOKED_BACK = 550 * DAY
"""How far the ledger goes back: eighteen months."""

Key = tuple[str, str, str]


def _stocks(asked: ReportContext) -> Iterator[tuple[FbaStock, Listing]]:
    for pool in asked.pools:
        rows = (row for row in asked.world.fba.values() if row.seller == asked.seller.id and row.pool == pool)
        for row in sorted(rows, key=lambda row: row.sku):
            listing = asked.world.listings.get((row.seller, row.sku))
            if listing is not None:
                yield row, listing


def inventory(asked: ReportContext) -> Sheet:
    """All FBA inventory, as getInventorySummaries counts it; NUL bytes where there is no quantity (R20)."""
    european = asked.seller.region == "EU"
    header = (*INVENTORY, *(IN_EUROPE if european else ()), *STORE)
    rows = (_inventory_row(asked, row, listing, european) for row, listing in _stocks(asked))
    return Sheet(header, rows, charset="Cp1252")


def _inventory_row(asked: ReportContext, row: FbaStock, listing: Listing, european: bool) -> tuple[str, ...]:
    ordered = min(row.fulfillable, asked.world.records.reserved.get(row.key, 0))
    ours = "DEFAULT" in (listing.channel, listing.second)
    market = next(market for market in asked.markets if market.pool == row.pool)
    fulfillable, held = row.fulfillable - ordered, row.fulfillable + row.reserved + row.unfulfillable
    return (
        row.sku,
        fn_sku(listing),
        listing.asin,
        listing.title,
        "New",
        written(price_in(listing, market), market.currency),
        "Yes" if ours else "",
        str(listing.quantity or 0) if ours else NUL,
        "Yes",
        str(held),
        str(fulfillable),
        str(row.unfulfillable),
        str(ordered + row.reserved),
        str(held + row.inbound + row.researching),
        "0.02",
        "0",
        str(row.inbound),
        "0",
        str(row.researching),
        "0",
        str(row.future),
        *((str(fulfillable), "0") if european else ()),
        NUL,
    )


def available(asked: ReportContext) -> Sheet:
    rows = (
        (row.sku, fn_sku(listing), listing.asin, "NewItem", condition, str(quantity))
        for row, listing in _stocks(asked)
        for condition, quantity in (("SELLABLE", row.fulfillable), ("UNSELLABLE", row.unfulfillable))
        if quantity or condition == "SELLABLE"
    )
    return Sheet(AFN, rows, charset="Cp1252")


# --- the ledger


def summary(asked: ReportContext) -> Sheet:
    """By day, week or month (aggregatedByTimePeriod) and by country or warehouse (aggregateByLocation).

    Only the report's own dates count: dates in its options are ignored (R13).
    """
    return Sheet(SUMMARY, _summary_rows(asked), quoted=True)


def _summary_rows(asked: ReportContext) -> Iterator[tuple[str, ...]]:
    spans, told = list(_spans(asked)), _by_stock(asked)
    for row, listing in _stocks(asked) if spans else ():
        for disposition in DISPOSITIONS:
            own = [event for event in told.get(row.key, ()) if event.disposition == disposition]
            balance = _now(row, disposition, asked) - sum(event.quantity for event in own if event.at >= spans[-1][1])
            lines = []
            for begins, ends in reversed(spans):
                within = [event for event in own if begins <= event.at < ends]
                start = balance - sum(event.quantity for event in within)
                if start or balance or within:
                    lines.append(_summary_row(asked, listing, disposition, ends, start, balance, within, row.pool))
                balance = start
            yield from reversed(lines)


def _by_stock(asked: ReportContext) -> dict[Key, list[FbaEvent]]:
    found: dict[Key, list[FbaEvent]] = {}
    for event in asked.world.fba_events:
        if event.seller == asked.seller.id:
            found.setdefault((event.seller, event.pool, event.sku), []).append(event)
    return found


def _spans(asked: ReportContext) -> Iterator[tuple[float, float]]:
    """The periods of a report, the last one up to its end."""
    begins = max(asked.since, asked.now - LOOKED_BACK)
    while begins < asked.until:
        ends = min(asked.until, _next_period(begins, asked.options.get("aggregatedByTimePeriod", "MONTHLY")))
        yield begins, ends
        begins = ends


def _next_period(at: float, period: str) -> float:
    day = datetime.fromtimestamp(at, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case "DAILY":
            following = day + timedelta(days=1)
        case "WEEKLY":
            following = day + timedelta(days=7 - day.weekday())
        case _:
            following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following.timestamp()


def _now(row: FbaStock, disposition: str, asked: ReportContext) -> int:
    """What is there of a condition at this moment."""
    return row.fulfillable if disposition == "SELLABLE" else asked.world.records.tally(row.key).broken[disposition]


def _summary_row(
    asked: ReportContext,
    listing: Listing,
    disposition: str,
    ends: float,
    start: int,
    balance: int,
    within: Iterable[FbaEvent],
    pool: str,
) -> tuple[str, ...]:
    sums: dict[str, int] = {}
    for event in within:
        column = COLUMNS.get(event.reason) or COLUMNS.get(event.kind, "Other Events")
        sums[column] = sums.get(column, 0) + event.quantity
    place = CENTRES if asked.options.get("aggregateByLocation") == "FC" else COUNTRIES
    told = {
        "Date": datetime.fromtimestamp(ends - 1, UTC).strftime("%m/%d/%Y"),
        "FNSKU": fn_sku(listing),
        "ASIN": listing.asin,
        "MSKU": listing.sku,
        "Title": listing.title,
        "Disposition": disposition,
        "Starting Warehouse Balance": str(start),
        "Ending Warehouse Balance": str(balance),
        "Location": place.get(pool, pool),
    }
    return tuple(told.get(name) or str(sums.get(name, 0)) for name in SUMMARY)


def detail(asked: ReportContext) -> Sheet:
    """Every event of the ledger within the report's dates."""
    return Sheet(DETAIL, _detail_rows(asked), quoted=True)


def _detail_rows(asked: ReportContext) -> Iterator[tuple[str, ...]]:
    for event in asked.world.fba_events:
        listing = asked.world.listings.get((event.seller, event.sku))
        if event.seller != asked.seller.id or event.pool not in asked.pools or listing is None:
            continue
        if asked.since <= event.at <= asked.until:
            at = datetime.fromtimestamp(event.at, UTC)
            yield (
                at.strftime("%m/%d/%Y"),
                fn_sku(listing),
                event.asin,
                event.sku,
                listing.title,
                event.kind,
                event.reference,
                str(event.quantity),
                CENTRES.get(event.pool, event.pool),
                event.disposition,
                event.reason,
                COUNTRIES.get(event.pool, event.pool),
                "0",
                "0",
                at.isoformat(timespec="seconds"),
            )


def centre_of(marketplace: str) -> str:
    """The warehouse that serves a marketplace."""
    pool = MARKETS[marketplace].pool
    return CENTRES.get(pool, pool)
