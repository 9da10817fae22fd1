"""An answer is of what was requested, or it is no answer: ids in it are compared with those of the request. Pure.

A cache between us and Amazon, or Amazon itself, may answer with another order or SKU; kept, it would be taken for
the one that was requested. What an answer does not say of itself is not compared: nearly every member is optional
(behaviour O16).
"""

from collections.abc import Collection, Iterable, Mapping

from wharfinger.amazon.errors import NotAnsweredAsPromised
from wharfinger.amazon.messages.fba import InventoryPage
from wharfinger.amazon.messages.listings import ListingsItem
from wharfinger.amazon.messages.orders import order_key, order_marketplace
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.amazon.transport import Response

ORDER, SKU, MARKETPLACE = "order", "SKU", "marketplace"

Identity = Iterable[tuple[str, str]]
"""What an answer says that it is of: kind of id and id, an empty one where a required id is missing."""


def compare(operation: str, response: Response, requested: Mapping[str, Collection[str]], found: Identity) -> None:
    """NotAnsweredAsPromised at the first id that was not requested; a kind that was not narrowed is not compared."""
    for kind, value in found:
        wanted = requested.get(kind)
        if not wanted or value in wanted or value.strip() in {one.strip() for one in wanted}:
            continue  # Amazon takes the spaces round a SKU away
        asked_for = ", ".join(sorted(wanted)[:3])
        raise NotAnsweredAsPromised(
            operation,
            status=response.status,
            message=f"the answer is of {kind} {value[:80] or 'without an id'}, requested was {asked_for[:200]}",
            request_id=response.request_id,
            outcome_unknown=True,
        )


def of_order(raw: bytes) -> Identity:
    try:
        yield ORDER, order_key(raw).order_id
    except Unreadable:
        yield ORDER, ""


def of_orders(raws: Iterable[bytes]) -> Identity:
    """By marketplace. Orders of the seller's own shop (NON_AMAZON) name none of Amazon's."""
    for raw in raws:
        marketplace_id = order_marketplace(raw)
        if marketplace_id:
            yield MARKETPLACE, marketplace_id


def of_listings(items: Iterable[ListingsItem], marketplace_id: str) -> Identity:
    """SKU and marketplace: `marketplace_id` where the item shows it at all, else the one that it shows instead."""
    for item in items:
        yield SKU, item.sku
        for parts in (item.summaries, item.product_types):
            shown = [part.marketplace_id for part in parts]
            if shown:
                yield MARKETPLACE, marketplace_id if marketplace_id in shown else shown[0]


def of_inventory(page: InventoryPage) -> Identity:
    if page.granularity_id:
        yield MARKETPLACE, page.granularity_id
    for summary in page.summaries:
        yield SKU, summary.seller_sku or ""
