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


def _stocks(context: ReportContext) -> Iterator[tuple[FbaStock, Listing]]:
    for pool in context.pools:
        rows = (row for row in context.world.fba.values() if row.seller == context.seller.id and row.pool == pool)
        for row in sorted(rows, key=lambda row: row.sku):
            listing = context.world.listings.get((row.seller, row.sku))
            if listing is not None:
                yield row, listing


def inventory(context: ReportContext) -> Sheet:
    """All FBA inventory, as getInventorySummaries counts it; NUL bytes where there is no quantity (R20)."""
    european = context.seller.region == "EU"
    header = (*INVENTORY, *(IN_EUROPE if european else ()), *STORE)
    rows = (_inventory_row(context, row, listing, european) for row, listing in _stocks(context))
    return Sheet(header, rows, charset="Cp1252")


def _inventory_row(context: ReportContext, row: FbaStock, listing: Listing, european: bool) -> tuple[str, ...]:
    ordered = min(row.fulfillable, context.world.records.reserved.get(row.key, 0))
    ours = "DEFAULT" in (listing.channel, listing.second)
    market = next(market for market in context.markets if market.pool == row.pool)
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


def available(context: ReportContext) -> Sheet:
    rows = (
        (row.sku, fn_sku(listing), listing.asin, "NewItem", condition, str(quantity))
        for row, listing in _stocks(context)
        for condition, quantity in (("SELLABLE", row.fulfillable), ("UNSELLABLE", row.unfulfillable))
        if quantity or condition == "SELLABLE"
    )
    return Sheet(AFN, rows, charset="Cp1252")


# --- the ledger


def summary(context: ReportContext) -> Sheet:
    """By day, week or month (aggregatedByTimePeriod) and by country or warehouse (aggregateByLocation).

    Only the report's own dates count: dates in its options are ignored (R13).
    """
    return Sheet(SUMMARY, _summary_rows(context), quoted=True)


def _summary_rows(context: ReportContext) -> Iterator[tuple[str, ...]]:
    spans, events = list(_spans(context)), _by_stock(context)
    for row, listing in _stocks(context) if spans else ():
        for disposition in DISPOSITIONS:
            own = [event for event in events.get(row.key, ()) if event.disposition == disposition]
            balance = _now(row, disposition, context) - sum(event.quantity for event in own if event.at >= spans[-1][1])
            lines = []
            for begins, ends in reversed(spans):
                within = [event for event in own if begins <= event.at < ends]
                start = balance - sum(event.quantity for event in within)
                if start or balance or within:
                    lines.append(_summary_row(context, listing, disposition, ends, start, balance, within, row.pool))
                balance = start
            yield from reversed(lines)


def _by_stock(context: ReportContext) -> dict[Key, list[FbaEvent]]:
    found: dict[Key, list[FbaEvent]] = {}
    for event in context.world.fba_events:
        if event.seller == context.seller.id:
            found.setdefault((event.seller, event.pool, event.sku), []).append(event)
    return found


def _spans(context: ReportContext) -> Iterator[tuple[float, float]]:
    """The periods of a report, the last one up to its end."""
    begins = max(context.since, context.now - LOOKED_BACK)
    while begins < context.until:
        ends = min(context.until, _next_period(begins, context.options.get("aggregatedByTimePeriod", "MONTHLY")))
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


def _now(row: FbaStock, disposition: str, context: ReportContext) -> int:
    """What is there of a condition at this moment."""
    return row.fulfillable if disposition == "SELLABLE" else context.world.records.tally(row.key).broken[disposition]


def _summary_row(
    context: ReportContext,
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
    place = CENTRES if context.options.get("aggregateByLocation") == "FC" else COUNTRIES
    cells = {
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
    return tuple(cells.get(name) or str(sums.get(name, 0)) for name in SUMMARY)


def detail(context: ReportContext) -> Sheet:
    """Every event of the ledger within the report's dates."""
    return Sheet(DETAIL, _detail_rows(context), quoted=True)


def _detail_rows(context: ReportContext) -> Iterator[tuple[str, ...]]:
    for event in context.world.fba_events:
        listing = context.world.listings.get((event.seller, event.sku))
        if event.seller != context.seller.id or event.pool not in context.pools or listing is None:
            continue
        if context.since <= event.at <= context.until:
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
