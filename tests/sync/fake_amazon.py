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
from wharfinger.amazon.messages.catalog import CatalogPage
from wharfinger.amazon.messages.fba import InventoryDetails, InventoryPage, InventorySummary, ReservedQuantity
from wharfinger.amazon.messages.feeds import CreatedFeedDocument, Feed, FeedDocument
from wharfinger.amazon.messages.listings import (
    Accepted,
    FulfillmentAvailability,
    FulfilmentAttribute,
    ItemAttributes,
    ListingsItem,
    ListingsPage,
    ListingSummary,
    PatchOperation,
    quantity_patch,
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
    restock_date: str | None = None


@dataclass
class FeedThere:
    """A feed in Amazon's books: worked on when its time is over and somebody looks."""

    marketplace_ids: tuple
    document: int
    created: object
    status: str = "IN_QUEUE"
    report: bytes = b""


@dataclass
class FakeAmazon:
    clock: SteppedClock
    account: AccountFacts
    listings: dict = field(default_factory=dict)  # sku -> Entry
    catalog: dict = field(default_factory=dict)  # ASIN -> CatalogItem
    fba: dict = field(default_factory=dict)  # sku -> units, or None for a summary without numbers
    fba_ordered: dict = field(default_factory=dict)  # sku -> units of them that wait for buyers' orders
    packages: dict = field(default_factory=lambda: defaultdict(dict))  # order -> reference -> ConfirmShipment
    statuses: dict = field(default_factory=dict)  # order -> fulfilment status
    parcel_statuses: dict = field(default_factory=dict)  # (order, reference) -> status of the parcel
    faults: dict = field(default_factory=lambda: defaultdict(list))
    calls: list = field(default_factory=list)
    tokens: dict = field(default_factory=dict)  # operation -> calls left before NotBefore
    page_size: int = 50
    feeds: dict = field(default_factory=dict)  # id -> FeedThere
    documents: list = field(default_factory=list)  # what was uploaded
    feed_takes: float = 90.0  # seconds until one is done; None: it is never done
    whole_timeout: float = 30.0
    refuses: set = field(default_factory=set)  # SKUs whose messages a feed's report refuses
    loses: set = field(default_factory=set)  # SKUs whose messages get lost in a feed
    apply: bool = True
    automated_days: int | None = None  # Amazon's automated handling time
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

    def set_quantity(self, sku, marketplace_id, *, product_type, quantity, lead_time=None):
        fault = self._begin("patchListingsItem", sku, quantity)
        if sku not in self.listings:
            raise NotFound("patchListingsItem", status=404, code="NOT_FOUND", message="SKU not found")
        if self.apply and (fault is None or isinstance(fault, After)):
            self._patch(sku, quantity_patch(quantity, lead_time))
        return self._end(fault, Accepted(sku, f"submission-{len(self.calls)}"))

    def _patch(self, sku, patch):
        """`replace` drops what is not named, `merge` keeps it."""
        entry, (value,) = self.listings[sku], patch.value
        entry.quantity = value["quantity"]
        if patch.op == "replace":
            entry.lead_time_days = entry.restock_date = None
        entry.lead_time_days = value.get("lead_time_to_ship_max_days", entry.lead_time_days)
        entry.restock_date = value.get("restock_date", entry.restock_date)

    def search_listings_items(self, marketplace_id, *, skus=(), page_token=None, included_data=(), page_size=20):
        fault = self._begin("searchListingsItems", marketplace_id, tuple(skus), page_token)
        wanted = [sku for sku in self.listings if not skus or sku in skus]
        first = int(page_token or 0)
        shown = wanted[first : first + page_size]
        more = str(first + page_size) if first + page_size < len(wanted) else None
        items = tuple(self._item(sku, marketplace_id) for sku in shown)
        return self._end(fault, ListingsPage(items=items, number_of_results=len(wanted), next_token=more))

    def search_catalog_items(self, marketplace_id, asins):
        fault = self._begin("searchCatalogItems", marketplace_id, tuple(asins))
        items = tuple(self.catalog[asin] for asin in asins if asin in self.catalog)
        return self._end(fault, CatalogPage(items=items))

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
                        lead_time_to_ship_max_days=entry.lead_time_days
                        if self.automated_days is None
                        else self.automated_days,
                        restock_date=entry.restock_date,
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

    # --- feeds of quantities

    def create_feed_document(self, content_type):
        fault = self._begin("createFeedDocument")
        self.documents.append(b"")
        return self._end(fault, CreatedFeedDocument(feed_document_id=str(len(self.documents) - 1), url="https://s3/up"))

    def upload_feed(self, document, content, content_type):
        self._begin("uploadFeed", len(content))
        self.documents[int(document.feed_document_id)] = content

    def create_feed(self, feed_type, marketplace_ids, document_id):
        fault = self._begin("createFeed", feed_type, tuple(marketplace_ids))
        if fault is None or isinstance(fault, After):
            number = str(50001 + len(self.feeds))
            self.feeds[number] = FeedThere(tuple(marketplace_ids), int(document_id), self.clock.now())
        return self._end(fault, str(50000 + len(self.feeds)))

    def get_feeds(self, feed_type, *, created_since):
        fault = self._begin("getFeeds")
        found = [number for number, there in self.feeds.items() if there.created >= created_since]
        return self._end(fault, tuple(self._feed(number) for number in found))

    def get_feed(self, feed_id):
        fault = self._begin("getFeed", feed_id)
        there = self.feeds[feed_id]
        over = self.feed_takes is not None and self.clock.now() - there.created >= timedelta(seconds=self.feed_takes)
        if over and there.status in ("IN_QUEUE", "IN_PROGRESS"):
            self._work(there)
        return self._end(fault, self._feed(feed_id))

    def cancel_feed(self, feed_id):
        fault = self._begin("cancelFeed", feed_id)
        if self.feeds[feed_id].status != "IN_QUEUE":
            raise Refused("cancelFeed", status=400, code="InvalidInput", message="only feeds that are IN_QUEUE")
        self.feeds[feed_id].status = "CANCELLED"
        return self._end(fault, None)

    def get_feed_document(self, document_id):
        fault = self._begin("getFeedDocument", document_id)
        return self._end(fault, FeedDocument(feed_document_id=document_id, url="https://s3/down"))

    def download_feed_report(self, document):
        self._begin("downloadFeedReport")
        return self.feeds[document.feed_document_id.removeprefix("report-")].report

    def _feed(self, number):
        there = self.feeds[number]
        return Feed(
            feed_id=number,
            feed_type="JSON_LISTINGS_FEED",
            processing_status=there.status,
            created_time=there.created,
            result_feed_document_id=f"report-{number}" if there.status == "DONE" else None,
            marketplace_ids=there.marketplace_ids,
        )

    def _work(self, there):
        there.status = "DONE"
        issues, messages = [], msgspec.json.decode(self.documents[there.document])["messages"]
        for message in messages:
            if message["sku"] in self.refuses:
                issues.append(
                    {"messageId": message["messageId"], "severity": "ERROR", "code": "90000900", "message": "No."}
                )
            elif message["sku"] in self.listings and message["sku"] not in self.loses and self.apply:
                (patch,) = message["patches"]
                self._patch(message["sku"], PatchOperation(**{**patch, "value": tuple(patch["value"])}))
        processed = len(messages) - sum(message["sku"] in self.loses for message in messages)
        there.report = msgspec.json.encode(
            {"header": {}, "issues": issues, "summary": {"messagesProcessed": processed}}
        )
