"""Calls to Amazon for one seller account, each paid from the shared budget just before it is made.

No transaction is open here. A call without a token is not made: `NotBefore` says when to come back.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from wharfinger.amazon.answers import Answer
from wharfinger.amazon.auth import AccessToken, Tokens
from wharfinger.amazon.client import LISTING_DATA, AmazonClient, SearchOrders
from wharfinger.amazon.errors import (
    AmazonError,
    ConnectionFailed,
    NotAnsweredAsPromised,
    PageTokenRefused,
    Throttled,
    Verdict,
)
from wharfinger.amazon.messages.buy_shipping import BoughtShipment, Offers, Parcel, Purchase, Tracking
from wharfinger.amazon.messages.catalog import CatalogPage
from wharfinger.amazon.messages.fba import InventoryPage
from wharfinger.amazon.messages.feeds import CreatedFeedDocument, Feed, FeedDocument
from wharfinger.amazon.messages.listings import LeadTimeToSet, ListingsItem, ListingsPage, Submission
from wharfinger.amazon.messages.notifications import Destination, Subscription
from wharfinger.amazon.messages.orders import SearchOrdersPage
from wharfinger.amazon.messages.regulated import RegulatedOrder
from wharfinger.amazon.messages.reports import Report, ReportDocument, ReportRequest
from wharfinger.amazon.messages.sellers import MarketplaceParticipation
from wharfinger.amazon.messages.shipments import ConfirmShipment
from wharfinger.amazon.operations import (
    CANCEL_FEED,
    CANCEL_SHIPMENT,
    CONFIRM_SHIPMENT,
    CREATE_DESTINATION,
    CREATE_FEED,
    CREATE_FEED_DOCUMENT,
    CREATE_REPORT,
    CREATE_RESTRICTED_DATA_TOKEN,
    CREATE_SUBSCRIPTION,
    DELETE_DESTINATION,
    DELETE_SUBSCRIPTION,
    GET_ADDITIONAL_INPUTS,
    GET_DESTINATIONS,
    GET_FEED,
    GET_FEED_DOCUMENT,
    GET_FEEDS,
    GET_INVENTORY_SUMMARIES,
    GET_LISTINGS_ITEM,
    GET_MARKETPLACE_PARTICIPATIONS,
    GET_ORDER,
    GET_RATES,
    GET_REGULATED_INFO,
    GET_REPORT,
    GET_REPORT_DOCUMENT,
    GET_REPORTS,
    GET_SHIPMENT_DOCUMENTS,
    GET_SUBSCRIPTION,
    GET_TRACKING,
    PATCH_LISTINGS_ITEM,
    PURCHASE_SHIPMENT,
    SEARCH_CATALOG_ITEMS,
    SEARCH_LISTINGS_ITEMS,
    SEARCH_ORDERS,
    UPDATE_VERIFICATION_STATUS,
    Operation,
)
from wharfinger.amazon.reports import Download
from wharfinger.db.advisory import advisory_lock
from wharfinger.operations.access.budget import NotUntil, note_rate, note_refusal, note_success, take_token

T = TypeVar("T")

log = logging.getLogger(__name__)

TURN_WAIT_MILLISECONDS = 2_000
"""Machine time to wait for the call of another flow to the same operation to come back."""


class Clock(Protocol):
    """Trade time, and the one wait that a flow may ask for."""

    def now(self) -> datetime: ...

    def machine_now(self) -> datetime: ...

    def pause(self, trade_seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class FlowResult:
    """How a run ended: counts in plain words, and when to come back if not by the timetable."""

    outcome: str
    next_due: datetime | None = None
    waiting_for: str = ""


class NoToken(Exception):
    """The seller account has no refresh token: it waits for authorisation."""


class OnlyACopy(Exception):
    """This is a restored copy of an installation: it makes no call that writes at Amazon."""


class NotBefore(Exception):
    """The budget has no token for this operation; come back at this trade time for a useful batch."""

    def __init__(self, at: datetime, operation: str) -> None:
        super().__init__(f"{operation} not before {at.isoformat()}")
        self.at = at
        self.operation = operation


def run_parts(parts: Sequence[Callable[[], None]]) -> NotBefore | None:
    """The parts of a flow's run, each with operations and limits of its own: what stops one, a limit or a fault of
    Amazon's there, does not hold the others up.

    Returns the wait that ends first. A fault is raised in the end, the first of them; what concerns all parts (access,
    the line, a bug of ours) is raised at once.
    """
    waits: list[NotBefore] = []
    faults: list[AmazonError] = []
    for part in parts:
        try:
            part()
        except NotBefore as wait:
            waits.append(wait)
        except AmazonError as error:
            if error.verdict is not Verdict.LATER or isinstance(error, ConnectionFailed):
                raise
            faults.append(error)
    if faults:
        raise faults[0]
    return min(waits, key=lambda one: one.at, default=None)


def is_tokens_fault(error: PageTokenRefused | NotAnsweredAsPromised, *, pages_read: int) -> bool:
    """Whether the page token may be what Amazon stumbled over: it refuses one in its own words, in a front end's HTML,
    or gives something that is no page at all (behaviour F02). The first page has no token."""
    return isinstance(error, PageTokenRefused) or pages_read > 0


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What a flow needs to know of its seller account."""

    id: int
    seller_id: str
    region: str
    name: str


class Calls:
    """Amazon's operations for one seller account, within its budget.

    Each method takes one token, makes one attempt, and raises `NotBefore` or a leaf of AmazonError.
    """

    def __init__(
        self,
        account: AccountFacts,
        client: AmazonClient,
        tokens: Tokens,
        clock: Clock,
        *,
        is_copy: Callable[[], bool] = lambda: False,
    ) -> None:
        """`is_copy`: looked at before each call that writes; while it holds, that call raises OnlyACopy."""
        self.account = account
        self._is_copy = is_copy
        self._client = client
        self._tokens = tokens
        self._clock = clock

    @property
    def whole_timeout(self) -> float:
        """Machine seconds after which no attempt of ours can still be under way."""
        return self._client.whole_timeout

    def prove_token(self) -> None:
        """Have the refresh token exchanged for an access token; InvalidGrant when it is worth nothing more."""
        held = self._tokens.token(self._clock.now())
        self._tokens.drop(held)
        self._tokens.token(self._clock.now())

    def get_marketplace_participations(self) -> Answer[tuple[MarketplaceParticipation, ...]]:
        return self._call(
            GET_MARKETPLACE_PARTICIPATIONS, lambda now: self._client.get_marketplace_participations(now=now)
        )

    def search_orders(self, search: SearchOrders) -> Answer[SearchOrdersPage]:
        return self._call(SEARCH_ORDERS, lambda now: self._client.search_orders(search, now=now))

    def get_order(self, order_id: str) -> Answer[bytes]:
        return self._call(GET_ORDER, lambda now: self._client.get_order(order_id, now=now))

    def confirm_shipment(self, order_id: str, confirmation: ConfirmShipment) -> Answer[None]:
        return self._call(CONFIRM_SHIPMENT, lambda now: self._client.confirm_shipment(order_id, confirmation, now=now))

    def create_restricted_token(self) -> Answer[AccessToken]:
        return self._call(CREATE_RESTRICTED_DATA_TOKEN, lambda now: self._client.create_restricted_token(now=now))

    def get_regulated_info(self, order_id: str, token: AccessToken) -> Answer[RegulatedOrder | None]:
        return self._call(GET_REGULATED_INFO, lambda now: self._client.get_regulated_info(order_id, token, now=now))

    def update_verification_status(
        self, order_id: str, *, approved: bool, reviewer: str, rejection_reason_id: str = ""
    ) -> Answer[None]:
        return self._call(
            UPDATE_VERIFICATION_STATUS,
            lambda now: self._client.update_verification_status(
                order_id, approved=approved, reviewer=reviewer, rejection_reason_id=rejection_reason_id, now=now
            ),
        )

    def create_report(self, request: ReportRequest) -> Answer[str]:
        return self._call(CREATE_REPORT, lambda now: self._client.create_report(request, now=now))

    def get_report(self, report_id: str, report_type: str) -> Answer[Report]:
        return self._call(GET_REPORT, lambda now: self._client.get_report(report_id, report_type, now=now))

    def get_reports(self, report_type: str, *, created_since: datetime) -> Answer[tuple[Report, ...]]:
        return self._call(
            GET_REPORTS, lambda now: self._client.get_reports(report_type, created_since=created_since, now=now)
        )

    def get_report_document(self, document_id: str) -> Answer[ReportDocument]:
        return self._call(GET_REPORT_DOCUMENT, lambda now: self._client.get_report_document(document_id, now=now))

    def download_report(self, document: ReportDocument) -> Download:
        """From S3: no operation of the API, and no limit counts it."""
        return self._client.download_report(document)

    def create_feed_document(self, content_type: str) -> Answer[CreatedFeedDocument]:
        return self._call(CREATE_FEED_DOCUMENT, lambda now: self._client.create_feed_document(content_type, now=now))

    def upload_feed(self, document: CreatedFeedDocument, content: bytes, content_type: str) -> None:
        """To S3: no operation of the API, and no limit counts it."""
        self._client.upload_feed(document, content, content_type)

    def create_feed(self, feed_type: str, marketplace_ids: Sequence[str], document_id: str) -> Answer[str]:
        return self._call(
            CREATE_FEED, lambda now: self._client.create_feed(feed_type, marketplace_ids, document_id, now=now)
        )

    def get_feed(self, feed_id: str) -> Answer[Feed]:
        return self._call(GET_FEED, lambda now: self._client.get_feed(feed_id, now=now))

    def get_feeds(self, feed_type: str, *, created_since: datetime) -> Answer[tuple[Feed, ...]]:
        return self._call(
            GET_FEEDS, lambda now: self._client.get_feeds(feed_type, created_since=created_since, now=now)
        )

    def cancel_feed(self, feed_id: str) -> Answer[None]:
        return self._call(CANCEL_FEED, lambda now: self._client.cancel_feed(feed_id, now=now))

    def get_feed_document(self, document_id: str) -> Answer[FeedDocument]:
        return self._call(GET_FEED_DOCUMENT, lambda now: self._client.get_feed_document(document_id, now=now))

    def download_feed_report(self, document: FeedDocument) -> bytes:
        """From S3, as `upload_feed`."""
        return self._client.download_feed_report(document)

    def download_customisation(self, address: str) -> bytes:
        """From where an order's own address leads: no operation of the API, and no limit counts it."""
        return self._client.download_customisation(address)

    def create_destination(self, name: str, arn: str) -> Answer[Destination]:
        return self._call(CREATE_DESTINATION, lambda now: self._client.create_destination(name, arn, now=now))

    def get_destinations(self) -> Answer[tuple[Destination, ...]]:
        return self._call(GET_DESTINATIONS, lambda now: self._client.get_destinations(now=now))

    def delete_destination(self, destination_id: str) -> Answer[None]:
        return self._call(DELETE_DESTINATION, lambda now: self._client.delete_destination(destination_id, now=now))

    def create_subscription(self, kind: str, destination_id: str) -> Answer[Subscription]:
        return self._call(
            CREATE_SUBSCRIPTION, lambda now: self._client.create_subscription(kind, destination_id, now=now)
        )

    def get_subscription(self, kind: str) -> Answer[Subscription]:
        return self._call(GET_SUBSCRIPTION, lambda now: self._client.get_subscription(kind, now=now))

    def delete_subscription(self, kind: str, subscription_id: str) -> Answer[None]:
        return self._call(
            DELETE_SUBSCRIPTION, lambda now: self._client.delete_subscription(kind, subscription_id, now=now)
        )

    def search_listings_items(
        self,
        marketplace_id: str,
        *,
        skus: Sequence[str] = (),
        page_token: str | None = None,
        included_data: Sequence[str] = LISTING_DATA,
        page_size: int = 20,
    ) -> Answer[ListingsPage]:
        return self._call(
            SEARCH_LISTINGS_ITEMS,
            lambda now: self._client.search_listings_items(
                self.account.seller_id,
                marketplace_id,
                now=now,
                skus=skus,
                page_token=page_token,
                included_data=included_data,
                page_size=page_size,
            ),
        )

    def get_listings_item(
        self, sku: str, marketplace_id: str, *, included_data: Sequence[str] = LISTING_DATA
    ) -> Answer[ListingsItem]:
        return self._call(
            GET_LISTINGS_ITEM,
            lambda now: self._client.get_listings_item(
                self.account.seller_id, sku, marketplace_id, now=now, included_data=included_data
            ),
        )

    def set_quantity(
        self,
        sku: str,
        marketplace_id: str,
        *,
        product_type: str,
        quantity: int,
        lead_time: LeadTimeToSet | None = None,
    ) -> Answer[Submission]:
        return self._call(
            PATCH_LISTINGS_ITEM,
            lambda now: self._client.set_quantity(
                self.account.seller_id,
                sku,
                marketplace_id,
                product_type=product_type,
                quantity=quantity,
                lead_time=lead_time,
                now=now,
            ),
        )

    def search_catalog_items(self, marketplace_id: str, asins: Sequence[str]) -> Answer[CatalogPage]:
        return self._call(
            SEARCH_CATALOG_ITEMS, lambda now: self._client.search_catalog_items(marketplace_id, asins, now=now)
        )

    def get_inventory_summaries(
        self, marketplace_id: str, *, next_token: str | None = None, details: bool = True
    ) -> Answer[InventoryPage]:
        return self._call(
            GET_INVENTORY_SUMMARIES,
            lambda now: self._client.get_inventory_summaries(
                marketplace_id, now=now, next_token=next_token, details=details
            ),
        )

    def get_rates(self, marketplace_id: str, parcel: Parcel) -> Answer[Offers]:
        return self._call(GET_RATES, lambda now: self._client.get_rates(marketplace_id, parcel, now=now))

    def get_additional_inputs(self, marketplace_id: str, request_token: str, rate_id: str) -> Answer[dict[str, Any]]:
        return self._call(
            GET_ADDITIONAL_INPUTS,
            lambda now: self._client.get_additional_inputs(marketplace_id, request_token, rate_id, now=now),
        )

    def purchase_shipment(
        self, marketplace_id: str, reference: str, purchase: Purchase, *, key: str
    ) -> Answer[BoughtShipment]:
        """One attempt. In doubt it is made again with the same key and purchase, never with another key."""
        return self._call(
            PURCHASE_SHIPMENT,
            lambda now: self._client.purchase_shipment(marketplace_id, reference, purchase, key=key, now=now),
        )

    def get_shipment_documents(
        self, marketplace_id: str, shipment_id: str, reference: str, *, label_format: str = ""
    ) -> Answer[BoughtShipment]:
        return self._call(
            GET_SHIPMENT_DOCUMENTS,
            lambda now: self._client.get_shipment_documents(
                marketplace_id, shipment_id, reference, label_format=label_format, now=now
            ),
        )

    def cancel_shipment(self, marketplace_id: str, shipment_id: str) -> Answer[None]:
        return self._call(
            CANCEL_SHIPMENT, lambda now: self._client.cancel_shipment(marketplace_id, shipment_id, now=now)
        )

    def get_tracking(self, marketplace_id: str, tracking_number: str, carrier_id: str) -> Answer[Tracking]:
        return self._call(
            GET_TRACKING, lambda now: self._client.get_tracking(marketplace_id, tracking_number, carrier_id, now=now)
        )

    def _call(self, operation: Operation, ask: Callable[[datetime], Answer[T]]) -> Answer[T]:
        """The answer; an error is logged here with all that Amazon wrote, whatever its flow makes of it."""
        try:
            return self._within_budget(operation, ask)
        except AmazonError as error:
            log.warning("Amazon, account %s: %s", self.account.id, error)
            raise

    def _within_budget(self, operation: Operation, ask: Callable[[datetime], Answer[T]]) -> Answer[T]:
        """Pay one token, ask, and learn from the answer's rate header.

        One call at a time for each (seller account, operation): late arrivals can never bunch into a 429.
        The access token is fetched before the turn begins, so that the turn holds one request only.
        """
        if operation.rate is None or operation.burst is None:
            raise ValueError(f"{operation.name} has no usage plan")
        if operation.writes and self._is_copy():
            raise OnlyACopy(operation.name)
        self._tokens.token(self._clock.now())
        with advisory_lock(operation.name, self.account.id, wait_milliseconds=TURN_WAIT_MILLISECONDS) as our_turn:
            now = self._clock.now()
            if not our_turn:
                raise NotBefore(now + timedelta(seconds=1), operation.name)
            taken = take_token(self.account.id, operation.name, rate=operation.rate, burst=operation.burst, now=now)
            if isinstance(taken, NotUntil):
                raise NotBefore(taken.at, operation.name)
            try:
                answer = ask(now)
            except Throttled as refusal:
                log.info("Amazon, account %s: %s", self.account.id, refusal)
                at = note_refusal(self.account.id, operation.name, now=self._clock.now())
                raise NotBefore(at, operation.name) from refusal
        if taken.recovering:
            note_success(self.account.id, operation.name, now=self._clock.now())
        if answer.rate_limit is not None and answer.rate_limit != operation.rate:
            note_rate(self.account.id, operation.name, rate=answer.rate_limit, published=operation.rate)
        return answer
