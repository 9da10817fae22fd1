"""Amazon's count of a SKU in its warehouses → a level of ours. Source: model fbaInventory.json."""

from collections.abc import Mapping

from wharfinger.amazon.messages.fba import InventorySummary
from wharfinger.domain.stock.fba_stock import FbaLevel


def fba_level(summary: InventorySummary, item_id: int, other: Mapping[str, int]) -> FbaLevel | None:
    """None: a summary without its quantities, which tells nothing (F09). `other`: members that the model lacks."""
    details = summary.inventory_details
    if details is None or details.fulfillable_quantity is None:
        return None
    inbound = (
        details.inbound_working_quantity,
        details.inbound_shipped_quantity,
        details.inbound_receiving_quantity,
    )
    reserved, broken, lost = details.reserved_quantity, details.unfulfillable_quantity, details.researching_quantity
    return FbaLevel(
        item_id=item_id,
        fulfillable=details.fulfillable_quantity,
        ordered=(reserved.pending_customer_order_quantity or 0) if reserved else 0,
        reserved=(reserved.total_reserved_quantity or 0) if reserved else 0,
        inbound=sum(units or 0 for units in inbound),
        unfulfillable=(broken.total_unfulfillable_quantity or 0) if broken else 0,
        researching=(lost.total_researching_quantity or 0) if lost else 0,
        total=summary.total_quantity,
        other=other,
    )
