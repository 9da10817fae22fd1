"""An answer is of what was requested, or it is no answer: ids in it are compared with those of the request. Pure.

A cache between us and Amazon, or Amazon itself, may answer with another order or SKU; kept, it would be taken for
the one that was requested. What an answer does not say of itself is not compared: nearly every member is optional
(behaviour O16). Of a list, entries of something else are set apart and the others are good: an entry that Amazon sends
again and again would otherwise stop all of them for ever.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

from wharfinger.amazon.errors import NotAnsweredAsPromised
from wharfinger.amazon.messages.catalog import CatalogItem
from wharfinger.amazon.messages.fba import InventoryPage, InventorySummary
from wharfinger.amazon.messages.listings import ListingsItem
from wharfinger.amazon.messages.orders import order_key, order_marketplace
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.amazon.transport import Response

T = TypeVar("T")
ORDER, SKU, MARKETPLACE, REPORT, REPORT_TYPE = "order", "SKU", "marketplace", "report", "report type"
DOCUMENT, FEED, ASIN = "document", "feed", "ASIN"
SHIPMENT, PARCEL, TRACKING = "shipment", "parcel", "tracking number"

Identity = Iterable[tuple[str, str]]
"""What an answer says that it is of: kind of id and id, an empty one where a required id is missing."""


def compare(operation: str, response: Response, requested: Mapping[str, Collection[str]], found: Identity) -> None:
    """NotAnsweredAsPromised at the first id that was not requested; a kind that was not narrowed is not compared."""
    fault = _fault(requested, found)
    if fault:
        raise NotAnsweredAsPromised(
            operation,
            status=response.status,
            message=f"the answer is {fault}",
            request_id=response.request_id,
            outcome_unknown=True,
        )


def split_requested(
    entries: Iterable[T], requested: Mapping[str, Collection[str]], identity_of: Callable[[T], Identity]
) -> tuple[tuple[T, ...], tuple[tuple[T, str], ...]]:
    """A list's entries that were requested, and the others, each with what is wrong about it."""
    wanted: list[T] = []
    strange: list[tuple[T, str]] = []
    for entry in entries:
        fault = _fault(requested, identity_of(entry))
        if fault:
            strange.append((entry, fault))
        else:
            wanted.append(entry)
    return tuple(wanted), tuple(strange)


def _fault(requested: Mapping[str, Collection[str]], found: Identity) -> str:
    for kind, value in found:
        wanted = requested.get(kind)
        if not wanted or value in wanted or value.strip() in {one.strip() for one in wanted}:
            continue  # Amazon takes the spaces round a SKU away
        several = ", ".join(sorted(wanted)[:3])
        return f"of {kind} {value[:80] or 'without an id'}, requested was {several[:200]}"
    return ""


def of_order(raw: bytes) -> Identity:
    try:
        yield ORDER, order_key(raw).order_id
    except Unreadable:
        yield ORDER, ""


def of_searched_order(raw: bytes) -> Identity:
    """By marketplace. Orders of the seller's own shop (NON_AMAZON) name none of Amazon's."""
    marketplace_id = order_marketplace(raw)
    if marketplace_id:
        yield MARKETPLACE, marketplace_id


def of_listing(item: ListingsItem, marketplace_id: str) -> Identity:
    """SKU and marketplace: `marketplace_id` where the item shows it at all, else the one that it shows instead."""
    yield SKU, item.sku
    for parts in (item.summaries, item.product_types):
        shown = [part.marketplace_id for part in parts]
        if shown:
            yield MARKETPLACE, marketplace_id if marketplace_id in shown else shown[0]


def of_catalog_item(item: CatalogItem) -> Identity:
    yield ASIN, item.asin


def of_inventory(page: InventoryPage) -> Identity:
    """What the page says of itself as a whole."""
    if page.granularity_id:
        yield MARKETPLACE, page.granularity_id


def of_summary(summary: InventorySummary) -> Identity:
    yield SKU, summary.seller_sku or ""
