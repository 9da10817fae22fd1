"""Which listings a search finds, in which order. Source: model listingsItems_2021-08-01.json (searchListingsItems)."""

from collections.abc import Callable

from amazon_simulator.core.clock import from_iso
from amazon_simulator.core.http import Request
from amazon_simulator.representations.listing_items import Families, created, fn_sku, last_change, statuses
from amazon_simulator.world.entities import Listing

IDENTIFIERS_AT_MOST = 20
NUMBERED = ("EAN", "GTIN", "ISBN", "JAN", "MINSAN", "UPC")
IDENTIFIERS = ("ASIN", "FNSKU", "SKU", *NUMBERED)
STATUSES, SEVERITIES = {"BUYABLE", "DISCOVERABLE"}, {"WARNING", "ERROR"}
SORTS = ("sku", "createdDate", "lastUpdatedDate")

Fits = Callable[[Listing], bool]


def read_size(query: dict[str, str]) -> int:
    text = query.get("pageSize") or "10"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 20:
        raise ValueError("pageSize must be 1 to 20")
    return int(text)


def read_filters(request: Request, query: dict[str, str], families: Families) -> list[Fits]:
    """What the rows must fit; ValueError names the parameter."""
    named = [name for name in ("identifiers", "variationParentSku", "packageHierarchySku") if query.get(name)]
    if len(named) > 1:
        raise ValueError(f"{named[0]} does not go with {named[1]}")
    found: list[Fits] = []
    if query.get("identifiers") or query.get("identifiersType"):
        found.append(_identified(request, query))
    if query.get("variationParentSku"):
        parent = query["variationParentSku"]
        found.append(lambda row: row.particulars.parent == parent)
    if query.get("packageHierarchySku"):
        found.append(_packed(query["packageHierarchySku"], families))
    for name, having in (("withStatus", True), ("withoutStatus", False)):
        if query.get(name):
            found.append(_of_status(_some(query, name, STATUSES), having))
    for name in ("createdAfter", "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore"):
        if query.get(name):
            found.append(_within(name, from_iso(query[name])))
    if query.get("withIssueSeverity"):
        found.append(_with_issues(_some(query, "withIssueSeverity", SEVERITIES)))
    return found


def _some(query: dict[str, str], name: str, known: set[str]) -> set[str]:
    chosen = set(query[name].split(","))
    if not chosen <= known:
        raise ValueError(name)
    return chosen


def _identified(request: Request, query: dict[str, str]) -> Fits:
    kind, wanted = query.get("identifiersType"), request.listed("identifiers")
    if kind not in IDENTIFIERS or not wanted:
        raise ValueError(f"identifiersType: one of {', '.join(IDENTIFIERS)}, together with identifiers")
    raw = request.query.split("identifiers=")[1].split("&")[0]
    if len((raw if "," in raw else query["identifiers"]).split(",")) > IDENTIFIERS_AT_MOST:
        raise ValueError(f"identifiers: at most {IDENTIFIERS_AT_MOST}")
    return lambda row: _number(row, kind) in wanted


def _number(row: Listing, kind: str) -> str | None:
    """What a listing is called by that kind of number, if it has one; a GTIN is any of them."""
    match kind:
        case "SKU":
            return row.sku
        case "ASIN":
            return row.asin
        case "FNSKU":
            return fn_sku(row) if row.channel != "DEFAULT" or row.second else None
        case "GTIN":
            codes = row.particulars.barcodes
            return next((codes[name] for name in ("GTIN", "EAN", "UPC", "JAN", "ISBN") if name in codes), None)
        case _:
            return row.particulars.barcodes.get(kind)


def _packed(sku: str, families: Families) -> Fits:
    """What contains the SKU, and what it contains."""
    return lambda row: row.particulars.contains == sku or sku in families.containers.get(row.sku, [])


def _of_status(wanted: set[str], having: bool) -> Fits:
    return lambda row: wanted.isdisjoint(statuses(row)) != having


def _with_issues(severities: set[str]) -> Fits:
    return lambda row: any(issue["severity"] in severities for issue in row.particulars.issues)


def _within(name: str, moment: float) -> Fits:
    def fits(row: Listing) -> bool:
        when = created(row) if name.startswith("created") else last_change(row, float("inf"))
        return when >= moment if name.endswith("After") else when <= moment

    return fits


def sort_rows(rows: list[Listing], query: dict[str, str], as_of: float) -> None:
    """As the model says: by lastUpdatedDate, newest first, by default. ValueError names the parameter."""
    by, order = query.get("sortBy") or "lastUpdatedDate", query.get("sortOrder") or "DESC"
    if by not in SORTS or order not in ("ASC", "DESC"):
        raise ValueError("sortBy" if by not in SORTS else "sortOrder")
    rows.sort(key=lambda row: row.sku)
    newest_first = order == "DESC"
    match by:
        case "sku":
            rows.sort(key=lambda row: row.sku, reverse=newest_first)
        case "createdDate":
            rows.sort(key=created, reverse=newest_first)
        case _:
            rows.sort(key=lambda row: last_change(row, as_of), reverse=newest_first)
