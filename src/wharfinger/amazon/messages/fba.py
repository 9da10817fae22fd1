"""FBA Inventory v1: what Amazon holds for the seller. Source: model fbaInventory.json.

A quantity that is None was not told, which is not zero (behaviour F09). Pan-EU stock repeats the
same sum in every marketplace of its pool. `futureSupplyQuantity` is ignored: it is not stock (F10).
"""

from datetime import datetime

from wharfinger.amazon.messages.wire import Message, put_in_utc


class ReservedQuantity(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    total_reserved_quantity: int | None = None
    pending_customer_order_quantity: int | None = None
    pending_transshipment_quantity: int | None = None
    fc_processing_quantity: int | None = None


class ResearchingEntry(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    name: str
    quantity: int


class ResearchingQuantity(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    total_researching_quantity: int | None = None
    researching_quantity_breakdown: tuple[ResearchingEntry, ...] = ()


class UnfulfillableQuantity(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    total_unfulfillable_quantity: int | None = None
    customer_damaged_quantity: int | None = None
    warehouse_damaged_quantity: int | None = None
    distributor_damaged_quantity: int | None = None
    carrier_damaged_quantity: int | None = None
    defective_quantity: int | None = None
    expired_quantity: int | None = None


class InventoryDetails(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Units by state. Sellable now is `fulfillable_quantity` alone."""

    fulfillable_quantity: int | None = None
    inbound_working_quantity: int | None = None
    inbound_shipped_quantity: int | None = None
    inbound_receiving_quantity: int | None = None
    reserved_quantity: ReservedQuantity | None = None
    researching_quantity: ResearchingQuantity | None = None
    unfulfillable_quantity: UnfulfillableQuantity | None = None


class InventorySummary(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One SKU in one condition. `total_quantity` includes what is inbound."""

    seller_sku: str | None = None
    asin: str | None = None
    fn_sku: str | None = None
    condition: str | None = None
    product_name: str | None = None
    total_quantity: int | None = None
    last_updated_time: datetime | None = None
    inventory_details: InventoryDetails | None = None
    stores: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        put_in_utc(self, "last_updated_time")


class _Granularity(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    granularity_type: str | None = None
    granularity_id: str | None = None


class _Pagination(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    next_token: str | None = None


class _Payload(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    inventory_summaries: tuple[InventorySummary, ...]
    granularity: _Granularity | None = None


class SummariesAnswer(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    payload: _Payload
    pagination: _Pagination | None = None


class InventoryPage(Message, frozen=True, kw_only=True):
    """One page; `next_token` lives 30 seconds and is None on the last page."""

    summaries: tuple[InventorySummary, ...]
    next_token: str | None = None


def inventory_page(answer: SummariesAnswer) -> InventoryPage:
    token = answer.pagination.next_token if answer.pagination else None
    return InventoryPage(summaries=answer.payload.inventory_summaries, next_token=token or None)
