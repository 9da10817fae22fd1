"""Amazon for one seller account in one region: one method for each operation, typed both ways.

Every method makes one attempt, takes `now` (trade time, aware UTC) and gives an `Answer` or raises one leaf
of `errors.AmazonError`; an answer about something else than was requested is
NotAnsweredAsPromised. The rate budget is the caller's: see `operations.OPERATIONS`.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from wharfinger.amazon import identity, operations
from wharfinger.amazon.answers import Answer, rate_limit, understood
from wharfinger.amazon.caller import Query, answer_of, path_of, time_of, understood_by
from wharfinger.amazon.errors import InvalidRequest
from wharfinger.amazon.feeds import FeedCalls
from wharfinger.amazon.messages.catalog import CatalogPage, read_catalog_page
from wharfinger.amazon.messages.fba import InventoryPage, read_inventory_page
from wharfinger.amazon.messages.listings import (
    LeadTimeToSet,
    ListingsItem,
    ListingsPage,
    PatchOperation,
    Submission,
    SubmissionAnswer,
    quantity_patch,
    read_listings_page,
    submission,
    write_patch,
)
from wharfinger.amazon.messages.orders import SearchOrdersPage, read_search_page, read_single_order
from wharfinger.amazon.messages.sellers import MarketplaceParticipation, split_participations
from wharfinger.amazon.messages.shipments import ConfirmShipment, write_confirmation
from wharfinger.amazon.notifications import NotificationCalls
from wharfinger.amazon.operations import Operation
from wharfinger.amazon.regulated import RegulatedCalls
from wharfinger.amazon.reports import ReportCalls
from wharfinger.amazon.shipping import ShippingCalls

ALL_ORDER_DATA = (
    "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION", "FULFILLMENT",
    "PACKAGES", "TAX", "PAYMENT",
)  # fmt: skip
"""Everything but FULFILLMENT_ORDERS, which is Easy Ship's. The status comes with FULFILLMENT only."""
CATALOG_AT_MOST = 20
LISTING_DATA = ("summaries", "fulfillmentAvailability", "productTypes", "issues")


class SearchOrders(msgspec.Struct, frozen=True, kw_only=True):
    """A search. With a page token every other value must be what it was for the first page.

    Exactly one of `last_updated_after` and `created_after`; the *before* of the same kind, if any, at least two
    minutes old (behaviour O03); at most 50 marketplaces; `max_results` 1 to 100. All times aware, inclusive.
    ValueError names what breaks these rules; the two minutes are the caller's, who has the clock.
    """

    marketplace_ids: tuple[str, ...]
    last_updated_after: datetime | None = None
    created_after: datetime | None = None
    last_updated_before: datetime | None = None
    created_before: datetime | None = None
    fulfillment_statuses: tuple[str, ...] = ()
    fulfilled_by: tuple[str, ...] = ()
    included_data: tuple[str, ...] = ALL_ORDER_DATA
    max_results: int = 100
    pagination_token: str | None = None

    def __post_init__(self) -> None:
        if (self.last_updated_after is None) == (self.created_after is None):
            raise ValueError("give exactly one of last_updated_after and created_after")
        if self.created_after is not None and self.last_updated_before is not None:
            raise ValueError("last_updated_before does not go with created_after; give created_before")
        if self.last_updated_after is not None and self.created_before is not None:
            raise ValueError("created_before does not go with last_updated_after; give last_updated_before")
        if len(self.marketplace_ids) > 50:
            raise ValueError("marketplace_ids holds more than 50; search in parts")
        if not 1 <= self.max_results <= 100:
            raise ValueError("max_results must be 1 to 100")
        for name in ("last_updated_after", "created_after", "last_updated_before", "created_before"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{name} has no time zone; give it aware, in UTC")

    def next_page(self, token: str) -> "SearchOrders":
        """The same search at its next page."""
        return msgspec.structs.replace(self, pagination_token=token)


class AmazonClient(ReportCalls, FeedCalls, NotificationCalls, ShippingCalls, RegulatedCalls):
    """One seller account in one region. Holds no state of a call, so threads may share it."""

    def get_marketplace_participations(self, *, now: datetime) -> Answer[tuple[MarketplaceParticipation, ...]]:
        """Where the account sells in this region; what cannot be read of it is in the answer's `unreadable`. Source:
        model sellers.json."""
        operation = operations.GET_MARKETPLACE_PARTICIPATIONS
        response = self._call(operation, operation.path, now=now)
        found, unreadable = understood_by(split_participations, operation, response)
        return Answer(found, rate_limit(response), response.request_id, unreadable)

    def search_orders(self, search: SearchOrders, *, now: datetime) -> Answer[SearchOrdersPage]:
        """A page of raw orders; those of marketplaces that were not requested stand apart, as `strange_orders`.
        PageTokenRefused: begin at the first page. Source: model orders_2026-01-01.json."""
        operation = operations.SEARCH_ORDERS
        query: Query = (
            ("marketplaceIds", search.marketplace_ids),
            ("lastUpdatedAfter", time_of(search.last_updated_after)),
            ("lastUpdatedBefore", time_of(search.last_updated_before)),
            ("createdAfter", time_of(search.created_after)),
            ("createdBefore", time_of(search.created_before)),
            ("fulfillmentStatuses", search.fulfillment_statuses),
            ("fulfilledBy", search.fulfilled_by),
            ("includedData", search.included_data),
            ("maxResultsPerPage", str(search.max_results)),
            ("paginationToken", search.pagination_token),
        )
        with_token = bool(search.pagination_token)
        response = self._call(operation, operation.path, query, now=now, with_page_token=with_token)
        page = understood_by(read_search_page, operation, response)
        wanted = {identity.MARKETPLACE: search.marketplace_ids}
        orders, strange = identity.split_requested(page.raw_orders, wanted, identity.of_searched_order)
        raws = tuple(raw for raw, _ in strange)
        return answer_of(response, msgspec.structs.replace(page, raw_orders=orders, strange_orders=raws))

    def get_order(
        self, order_id: str, *, now: datetime, included_data: Sequence[str] = ALL_ORDER_DATA
    ) -> Answer[bytes]:
        """One order as the bytes Amazon sent (read by `decode_order`), to be kept before it is understood.
        NotFound where this account has no such order."""
        operation = operations.GET_ORDER
        path = path_of(operation, order_id=order_id)
        response = self._call(operation, path, (("includedData", included_data),), now=now)
        raw = understood_by(read_single_order, operation, response)
        identity.compare(operation.name, response, {identity.ORDER: (order_id,)}, identity.of_order(raw))
        return answer_of(response, raw)

    def confirm_shipment(self, order_id: str, confirmation: ConfirmShipment, *, now: datetime) -> Answer[None]:
        """Tells Amazon of one package; 204 without a body is success. The same reference again edits it.

        Refused may mean that it was confirmed before (behaviour SH03): read the order back. With
        `outcome_unknown` read it back too, no sooner than `whole_timeout` after the attempt.
        """
        operation = operations.CONFIRM_SHIPMENT
        path = path_of(operation, order_id=order_id)
        return answer_of(self._call(operation, path, body=write_confirmation(confirmation), now=now), None)

    def search_listings_items(
        self,
        seller_id: str,
        marketplace_id: str,
        *,
        now: datetime,
        skus: Sequence[str] = (),
        page_token: str | None = None,
        included_data: Sequence[str] = LISTING_DATA,
        page_size: int = 20,
    ) -> Answer[ListingsPage]:
        """A page of the listings, at most 20, and no more than 1,000 over all pages; or up to 20 named SKUs. Items of
        another SKU or marketplace are left out, and named in `unreadable`."""
        operation = operations.SEARCH_LISTINGS_ITEMS
        _fit_for_list(operation, skus, 20)
        query: Query = (
            ("marketplaceIds", (marketplace_id,)),
            ("identifiers", tuple(skus)),
            ("identifiersType", "SKU" if skus else None),
            ("includedData", included_data),
            ("pageSize", str(page_size)),
            ("pageToken", page_token),
        )
        path = path_of(operation, seller_id=seller_id)
        response = self._call(operation, path, query, now=now, with_page_token=bool(page_token))
        page = understood_by(read_listings_page, operation, response)
        wanted = {identity.SKU: skus, identity.MARKETPLACE: (marketplace_id,)}
        items, strange = identity.split_requested(
            page.items, wanted, lambda item: identity.of_listing(item, marketplace_id)
        )
        unreadable = (*page.unreadable, *(f"item {fault}" for _, fault in strange))
        return answer_of(response, msgspec.structs.replace(page, items=items, unreadable=unreadable))

    def get_listings_item(
        self,
        seller_id: str,
        sku: str,
        marketplace_id: str,
        *,
        now: datetime,
        included_data: Sequence[str] = LISTING_DATA,
    ) -> Answer[ListingsItem]:
        """One SKU; NotFound where the marketplace has none of it."""
        operation = operations.GET_LISTINGS_ITEM
        path = path_of(operation, seller_id=seller_id, sku=sku)
        query: Query = (("marketplaceIds", (marketplace_id,)), ("includedData", included_data))
        response = self._call(operation, path, query, now=now)
        item = understood(operation.name, response, ListingsItem)
        wanted = {identity.SKU: (sku,), identity.MARKETPLACE: (marketplace_id,)}
        identity.compare(operation.name, response, wanted, identity.of_listing(item, marketplace_id))
        return answer_of(response, item)

    def patch_listings_item(
        self,
        seller_id: str,
        sku: str,
        marketplace_id: str,
        *,
        product_type: str,
        patches: Sequence[PatchOperation],
        now: datetime,
    ) -> Answer[Submission]:
        """Changes attributes of one SKU. Accepted is not yet applied; Invalid is a value, not an error."""
        operation = operations.PATCH_LISTINGS_ITEM
        path = path_of(operation, seller_id=seller_id, sku=sku)
        try:
            body = write_patch(product_type, tuple(patches))
        except ValueError as error:
            raise InvalidRequest(operation.name, message=str(error)) from None
        query: Query = (("marketplaceIds", (marketplace_id,)),)
        response = self._call(operation, path, query, body=body, now=now)
        answer = understood(operation.name, response, SubmissionAnswer)
        identity.compare(operation.name, response, {identity.SKU: (sku,)}, ((identity.SKU, answer.sku),))
        return answer_of(response, submission(answer))

    def set_quantity(
        self,
        seller_id: str,
        sku: str,
        marketplace_id: str,
        *,
        product_type: str,
        quantity: int,
        now: datetime,
        lead_time: LeadTimeToSet | None = None,
    ) -> Answer[Submission]:
        """The seller's own quantity of a SKU, for all marketplaces of the account at once; lead time and restock
        date stay, where none is given. Never for an FBA SKU: it would turn FBM (behaviour S03)."""
        if quantity < 0:
            raise InvalidRequest(operations.PATCH_LISTINGS_ITEM.name, message=f"the quantity is {quantity}")
        patches = (quantity_patch(quantity, lead_time),)
        return self.patch_listings_item(
            seller_id, sku, marketplace_id, product_type=product_type, patches=patches, now=now
        )

    def get_inventory_summaries(
        self,
        marketplace_id: str,
        *,
        now: datetime,
        next_token: str | None = None,
        details: bool = True,
        skus: Sequence[str] = (),
    ) -> Answer[InventoryPage]:
        """A page of FBA levels as that marketplace sees them. A page token lives 30 seconds; PageTokenRefused:
        begin again. A SKU absent from one reading has not therefore none (behaviour F01)."""
        operation = operations.GET_INVENTORY_SUMMARIES
        _fit_for_list(operation, skus, 50)
        query: Query = (
            ("granularityType", "Marketplace"),
            ("granularityId", marketplace_id),
            ("marketplaceIds", (marketplace_id,)),
            ("details", "true" if details else "false"),
            ("sellerSkus", tuple(skus)),
            ("nextToken", next_token),
        )
        response = self._call(operation, operation.path, query, now=now, with_page_token=bool(next_token))
        page = understood_by(read_inventory_page, operation, response)
        wanted = {identity.SKU: skus, identity.MARKETPLACE: (marketplace_id,)}
        identity.compare(operation.name, response, wanted, identity.of_inventory(page))
        summaries, strange = identity.split_requested(page.summaries, wanted, identity.of_summary)
        unreadable = (*page.unreadable, *(f"summary {fault}" for _, fault in strange))
        return answer_of(response, msgspec.structs.replace(page, summaries=summaries, unreadable=unreadable))

    def search_catalog_items(self, marketplace_id: str, asins: Sequence[str], *, now: datetime) -> Answer[CatalogPage]:
        """Pictures, numbers and names of up to 20 ASINs, as the catalogue of that marketplace has them. An ASIN that it
        does not have is simply missing."""
        operation = operations.SEARCH_CATALOG_ITEMS
        if not 1 <= len(asins) <= CATALOG_AT_MOST:
            raise InvalidRequest(operation.name, message=f"1 to {CATALOG_AT_MOST} ASINs, not {len(asins)}")
        query: Query = (
            ("marketplaceIds", (marketplace_id,)),
            ("identifiers", tuple(asins)),
            ("identifiersType", "ASIN"),
            ("includedData", ("identifiers", "images", "summaries")),
            ("pageSize", str(CATALOG_AT_MOST)),
        )
        response = self._call(operation, operation.path, query, now=now)
        page = understood_by(read_catalog_page, operation, response)
        items, strange = identity.split_requested(page.items, {identity.ASIN: asins}, identity.of_catalog_item)
        unreadable = (*page.unreadable, *(f"item {fault}" for _, fault in strange))
        return answer_of(response, msgspec.structs.replace(page, items=items, unreadable=unreadable))

    def rotate_client_secret(self, *, now: datetime) -> Answer[None]:
        """Has Amazon make another client secret; 204, and the secret comes by the application's own queue.

        Grantless: with a token of `auth.ROTATION_SCOPE`, whatever the seller. Refused where no queue is registered
        in the portal. Source: model application_2023-11-30.json.
        """
        operation = operations.ROTATE_CLIENT_SECRET
        return answer_of(self._call(operation, operation.path, now=now), None)


def _fit_for_list(operation: Operation, skus: Sequence[str], most: int) -> None:
    """Amazon takes %2C for a comma of the list (behaviour F04): such a SKU is fetched alone, another way."""
    if len(skus) > most:
        raise InvalidRequest(operation.name, message=f"{len(skus)} SKUs in one call; Amazon takes {most}")
    if any("," in sku or not sku for sku in skus):
        raise InvalidRequest(
            operation.name, message="a SKU is empty or holds a comma, which Amazon would split; list without SKUs"
        )
