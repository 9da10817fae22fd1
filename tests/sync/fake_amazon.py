"""A whole pretend Amazon behind the seam of `sync.calls.Calls`, with books that tests look into.

A fault is queued by operation; each call takes the next one: an exception is raised, before the books
change, or after when it is wrapped in `After`.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from wharfinger.amazon.answers import Answer
from wharfinger.amazon.errors import NotFound, PageTokenRefused, Refused
from wharfinger.amazon.messages.fba import InventoryDetails, InventoryPage, InventorySummary, ReservedQuantity
from wharfinger.amazon.messages.listings import (
    Accepted,
    FulfillmentAvailability,
    FulfilmentAttribute,
    ItemAttributes,
    ListingsItem,
    ListingsPage,
    ListingSummary,
)
from wharfinger.sync.calls import AccountFacts, NotBefore


class SteppedClock:
    """Trade and machine time that move only when a test says so; pauses are taken at once."""

    def __init__(self, now):
        self._now = self._machine = now
        self.paused = 0.0

    def now(self):
        return self._now

    def machine_now(self):
        return self._machine

    def pause(self, trade_seconds):
        self.paused += trade_seconds
        self.advance(seconds=trade_seconds)

    def advance(self, **how):
        self._now += timedelta(**how)
        self._machine += timedelta(**how)


@dataclass
class After:
    """The fault comes after the call has done its work: the answer was lost."""

    error: Exception


@dataclass
class Entry:
    """One listing in Amazon's books."""

    quantity: int | None = 0
    channel: str = "DEFAULT"
    more_channels: tuple = ()
    asin: str = "B07XJ8C8F5"
    title: str = "A mug"
    product_type: str = "MUG"
    lead_time_days: int | None = 3
    status: tuple = ("BUYABLE", "DISCOVERABLE")
    issues: tuple = ()
    submitted: int | None = None  # in the attributes


@dataclass
class FakeAmazon:
    clock: SteppedClock
    account: AccountFacts
    listings: dict = field(default_factory=dict)  # sku -> Entry
    fba: dict = field(default_factory=dict)  # sku -> units, or None for a summary without numbers
    fba_ordered: dict = field(default_factory=dict)  # sku -> units of them that wait for buyers' orders
    packages: dict = field(default_factory=lambda: defaultdict(dict))  # order -> reference -> ConfirmShipment
    statuses: dict = field(default_factory=dict)  # order -> fulfilment status
    parcel_statuses: dict = field(default_factory=dict)  # (order, reference) -> status of the parcel
    faults: dict = field(default_factory=lambda: defaultdict(list))
    calls: list = field(default_factory=list)
    tokens: dict = field(default_factory=dict)  # operation -> calls left before NotBefore
    page_size: int = 50
    whole_timeout: float = 30.0
    apply: bool = True
    keeps_confirmations: bool = True  # False: 204, and nothing of it is kept

    @classmethod
    def of(cls, account, clock):
        return cls(clock, AccountFacts(account.pk, account.seller_id, account.region, account.name))

    def _begin(self, operation, *what):
        left = self.tokens.get(operation)
        if left is not None:
            if left == 0:
                raise NotBefore(self.clock.now() + timedelta(seconds=2), operation)
            self.tokens[operation] = left - 1
        self.calls.append((operation, *what))
        fault = self.faults[operation].pop(0) if self.faults[operation] else None
        if isinstance(fault, Exception):
            raise fault
        return fault

    def _end(self, fault, value):
        if isinstance(fault, After):
            raise fault.error
        return Answer(fault if fault is not None else value)

    def named(self, operation):
        return [call[1:] for call in self.calls if call[0] == operation]

    def set_quantity(self, sku, marketplace_id, *, product_type, quantity):
        fault = self._begin("patchListingsItem", sku, quantity)
        if sku not in self.listings:
            raise NotFound("patchListingsItem", status=404, code="NOT_FOUND", message="SKU not found")
        if self.apply and (fault is None or isinstance(fault, After)):
            self.listings[sku].quantity = quantity
        return self._end(fault, Accepted(sku, f"submission-{len(self.calls)}"))

    def search_listings_items(self, marketplace_id, *, skus=(), page_token=None, included_data=(), page_size=20):
        fault = self._begin("searchListingsItems", marketplace_id, tuple(skus), page_token)
        wanted = [sku for sku in self.listings if not skus or sku in skus]
        first = int(page_token or 0)
        shown = wanted[first : first + page_size]
        more = str(first + page_size) if first + page_size < len(wanted) else None
        items = tuple(self._item(sku, marketplace_id) for sku in shown)
        return self._end(fault, ListingsPage(items=items, number_of_results=len(wanted), next_token=more))

    def get_listings_item(self, sku, marketplace_id, *, included_data=()):
        fault = self._begin("getListingsItem", sku)
        if sku not in self.listings:
            raise NotFound("getListingsItem", status=404, code="NOT_FOUND", message="SKU not found")
        return self._end(fault, self._item(sku, marketplace_id))

    def _item(self, sku, marketplace_id):
        entry = self.listings[sku]
        codes = (entry.channel, *entry.more_channels)
        return ListingsItem(
            sku=sku,
            summaries=(
                ListingSummary(
                    marketplace_id=marketplace_id,
                    asin=entry.asin,
                    item_name=entry.title,
                    product_type=entry.product_type,
                    status=entry.status,
                ),
            ),
            issues=entry.issues,
            attributes=ItemAttributes(
                fulfillment_availability=(
                    FulfilmentAttribute(
                        fulfillment_channel_code="DEFAULT",
                        quantity=entry.submitted,
                        lead_time_to_ship_max_days=entry.lead_time_days,
                    ),
                )
            ),
            fulfillment_availability=tuple(
                FulfillmentAvailability(
                    fulfillment_channel_code=code, quantity=entry.quantity if code == "DEFAULT" else None
                )
                for code in codes
            ),
        )

    def get_inventory_summaries(self, marketplace_id, *, next_token=None, details=True):
        fault = self._begin("getInventorySummaries", marketplace_id, next_token)
        first = 0
        if next_token:
            first, given = next_token.split("@")
            first = int(first)
            if self.clock.now().timestamp() - float(given) > 30:
                raise PageTokenRefused("getInventorySummaries", status=400, message="Next token is invalid or expired")
        skus = list(self.fba)[first : first + self.page_size]
        more = first + self.page_size < len(self.fba)
        token = f"{first + self.page_size}@{self.clock.now().timestamp()}" if more else None
        return self._end(fault, InventoryPage(summaries=tuple(self._summary(sku) for sku in skus), next_token=token))

    def _summary(self, sku):
        units = self.fba[sku]
        ordered = self.fba_ordered.get(sku, 0)
        reserved = ReservedQuantity(total_reserved_quantity=ordered, pending_customer_order_quantity=ordered)
        details = (
            InventoryDetails()
            if units is None
            else InventoryDetails(fulfillable_quantity=units - ordered, reserved_quantity=reserved)
        )
        return InventorySummary(seller_sku=sku, inventory_details=details)

    def confirm_shipment(self, order_id, confirmation):
        fault = self._begin("confirmShipment", order_id, confirmation.package_reference_id)
        if self.statuses.get(order_id) == "SHIPPED":
            raise Refused(
                "confirmShipment",
                status=400,
                code="InvalidInput",
                message="Failed to create package due to not finding a matching package or order already fulfilled.",
            )
        if self.keeps_confirmations:
            self.packages[order_id][str(confirmation.package_reference_id)] = confirmation
        return self._end(fault, None)

    def get_order(self, order_id):
        fault = self._begin("getOrder", order_id)
        order = {
            "orderId": order_id,
            "createdTime": "2026-11-24T11:00:00Z",
            "lastUpdatedTime": "2026-11-24T11:00:00Z",
            "orderItems": [],
            "fulfillment": {"fulfillmentStatus": self.statuses.get(order_id, "UNSHIPPED")},
            "packages": [
                {
                    "packageReferenceId": reference,
                    "trackingNumber": package.tracking_number,
                    "carrier": package.carrier_name or package.carrier_code,
                    "packageStatus": {"status": self.parcel_statuses.get((order_id, reference), "SHIPPED")},
                }
                for reference, package in self.packages[order_id].items()
            ],
        }
        return self._end(fault, msgspec.json.encode(order))
