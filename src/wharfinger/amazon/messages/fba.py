"""FBA Inventory v1: what Amazon holds for the seller. Source: model fbaInventory.json.

A quantity that is None was not sent, which is not zero (behaviour F09). Pan-EU stock repeats the
same sum in every marketplace of its pool. Quantities that the model does not name (`futureSupplyQuantity`, F10) are
kept by their names and added to nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from wharfinger.amazon.messages.wire import Count, Message, put_in_utc, read_each, split


class ReservedQuantity(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    total_reserved_quantity: Count | None = None
    pending_customer_order_quantity: Count | None = None
    pending_transshipment_quantity: Count | None = None
    fc_processing_quantity: Count | None = None


class ResearchingEntry(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    name: str
    quantity: Count


class ResearchingQuantity(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    total_researching_quantity: Count | None = None
    researching_quantity_breakdown: tuple[ResearchingEntry, ...] = ()


class UnfulfillableQuantity(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    total_unfulfillable_quantity: Count | None = None
    customer_damaged_quantity: Count | None = None
    warehouse_damaged_quantity: Count | None = None
    distributor_damaged_quantity: Count | None = None
    carrier_damaged_quantity: Count | None = None
    defective_quantity: Count | None = None
    expired_quantity: Count | None = None


class InventoryDetails(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Units by state. Sellable now is `fulfillable_quantity` alone."""

    fulfillable_quantity: Count | None = None
    inbound_working_quantity: Count | None = None
    inbound_shipped_quantity: Count | None = None
    inbound_receiving_quantity: Count | None = None
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
    total_quantity: Count | None = None
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
    inventory_summaries: tuple[msgspec.Raw, ...]
    granularity: _Granularity | None = None


class _SummariesAnswer(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    payload: _Payload
    pagination: _Pagination | None = None


class InventoryPage(Message, frozen=True, kw_only=True):
    """One page; `next_token` lives 30 seconds and is None on the last page.

    `unreadable` says of each summary that could not be read, or that was not requested, what is wrong; the others are
    here.
    `granularity_id`: the marketplace that Amazon says it is of; empty where it says none.
    """

    summaries: tuple[InventorySummary, ...]
    next_token: str | None = None
    unreadable: tuple[str, ...] = ()
    unpublished: Mapping[str, Mapping[str, int]] = {}
    """Seller SKU → quantities by names that the model does not know, such as `fooQuantity.bar`."""
    granularity_id: str = ""


def read_inventory_page(body: bytes) -> InventoryPage:
    """A getInventorySummaries answer as a page; Unreadable where it is none."""
    answer = split(body, _SummariesAnswer)
    summaries, unreadable = read_each(answer.payload.inventory_summaries, InventorySummary)
    token = answer.pagination.next_token if answer.pagination else None
    granularity = answer.payload.granularity
    return InventoryPage(
        summaries=summaries,
        next_token=token or None,
        unreadable=unreadable,
        unpublished=_unpublished(answer.payload.inventory_summaries),
        granularity_id=(granularity.granularity_id or "") if granularity else "",
    )


class _LooseSummary(Message, frozen=True, kw_only=True, rename="camel"):
    seller_sku: str = ""
    inventory_details: Any = None


def _unpublished(raws: Iterable[msgspec.Raw]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    loose, _ = read_each(raws, _LooseSummary)
    for summary in loose:
        details = summary.inventory_details
        for name, units in _unknown_quantities(details if isinstance(details, dict) else {}, InventoryDetails):
            of_sku = found.setdefault(summary.seller_sku, {})
            of_sku[name] = of_sku.get(name, 0) + units
    return found


def _unknown_quantities(values: Mapping[str, Any], kind: type[Message] | None) -> Iterable[tuple[str, int]]:
    """The whole numbers that stand under names which `kind` (None = nobody) does not know, however deep."""
    known = {} if kind is None else {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    for name, value in values.items():
        if isinstance(value, dict):
            for inner, units in _unknown_quantities(value, _PARTS.get(name)):
                yield f"{name}.{inner}", units
        elif name not in known and isinstance(value, int) and not isinstance(value, bool):
            yield name, value


_PARTS: Mapping[str, type[Message]] = {
    "reservedQuantity": ReservedQuantity,
    "researchingQuantity": ResearchingQuantity,
    "unfulfillableQuantity": UnfulfillableQuantity,
}
