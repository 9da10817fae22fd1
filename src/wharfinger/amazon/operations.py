"""Every operation of Amazon's that is used, as one table: where, how often, until when.

`rate` is in calls a second and `burst` in calls, for each application and seller account together
(the models' usage plans). They are what Amazon publishes; an account's own rate comes in the answer's
`x-amzn-RateLimit-Limit` (`Answer.rate_limit`), its burst never does.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Operation:
    """One row. `rate` and `burst` are None where Amazon publishes no plan; `restricted` operations
    need a Restricted Data Token; `only_reads`: a POST that changes nothing at Amazon; `ends` is the first day on which
    the operation may be gone. `roles`: any of these opens it, by the names of
    developer-docs.amazon.com/sp-api/docs/roles-in-the-selling-partner-api; none = no role."""

    name: str
    method: str
    path: str
    rate: Decimal | None
    burst: Decimal | None
    api: str
    version: str
    restricted: bool = False
    only_reads: bool = False
    ends: date | None = None
    roles: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """It changes something at Amazon, or makes something there."""
        return self.method != "GET" and not self.only_reads

    def path_for(self, **values: str) -> str:
        """The path with its parameters percent-encoded, slashes and dots included.

        ValueError for an empty value: it would name another resource.
        """
        for name, value in values.items():
            if not value:
                raise ValueError(f"{self.name}: {name} is empty; Amazon's address needs it")
        return self.path.format(**{name: encode_segment(value) for name, value in values.items()})


def encode_segment(value: str) -> str:
    """One path segment: UTF-8, nothing left as it is but the unreserved letters (behaviours I02, I03).

    A segment of dots alone would be taken as a step up by every HTTP client, so its dots are encoded too.
    """
    encoded = quote(value, safe="")
    return encoded.replace(".", "%2E") if set(encoded) == {"."} else encoded


def _rate(text: str) -> Decimal:
    return Decimal(text)


TRACKING, SHIPPING = "Inventory and Order Tracking", "Direct-to-Consumer Shipping"
LISTING, FULFILMENT = "Product Listing", "Amazon Fulfillment"

EXCHANGE_TOKEN = Operation("exchangeToken", "POST", "", None, None, "lwa", "o2")
GET_MARKETPLACE_PARTICIPATIONS = Operation(
    "getMarketplaceParticipations", "GET", "/sellers/v1/marketplaceParticipations",
    _rate("0.016"), Decimal(15), "sellers", "v1",
)  # fmt: skip
SEARCH_ORDERS = Operation(
    "searchOrders", "GET", "/orders/2026-01-01/orders",
    _rate("0.0056"), Decimal(20), "orders", "2026-01-01", roles=(TRACKING, SHIPPING),
)  # fmt: skip
GET_ORDER = Operation(
    "getOrder", "GET", "/orders/2026-01-01/orders/{order_id}",
    _rate("0.5"), Decimal(30), "orders", "2026-01-01", roles=(TRACKING, SHIPPING),
)  # fmt: skip
# The reads of Orders v0 end after 27 March 2027. confirmShipment stays in v0 and has no announced end.
CONFIRM_SHIPMENT = Operation(
    "confirmShipment", "POST", "/orders/v0/orders/{order_id}/shipmentConfirmation",
    _rate("2"), Decimal(10), "orders", "v0", roles=(SHIPPING, TRACKING),
)  # fmt: skip
GET_REGULATED_INFO = Operation(
    "getOrderRegulatedInfo", "GET", "/orders/v0/orders/{order_id}/regulatedInfo",
    _rate("0.5"), Decimal(30), "orders", "v0", restricted=True, roles=(SHIPPING,),
)  # fmt: skip
UPDATE_VERIFICATION_STATUS = Operation(
    "updateVerificationStatus", "PATCH", "/orders/v0/orders/{order_id}/regulatedInfo",
    _rate("0.5"), Decimal(30), "orders", "v0", roles=(SHIPPING,),
)  # fmt: skip
CREATE_RESTRICTED_DATA_TOKEN = Operation(
    "createRestrictedDataToken", "POST", "/tokens/2021-03-01/restrictedDataToken",
    _rate("1"), Decimal(10), "tokens", "2021-03-01", only_reads=True,
)  # fmt: skip
SEARCH_LISTINGS_ITEMS = Operation(
    "searchListingsItems", "GET", "/listings/2021-08-01/items/{seller_id}",
    _rate("5"), Decimal(5), "listings", "2021-08-01", roles=(LISTING,),
)  # fmt: skip
GET_LISTINGS_ITEM = Operation(
    "getListingsItem", "GET", "/listings/2021-08-01/items/{seller_id}/{sku}",
    _rate("5"), Decimal(10), "listings", "2021-08-01", roles=(LISTING,),
)  # fmt: skip
PATCH_LISTINGS_ITEM = Operation(
    "patchListingsItem", "PATCH", "/listings/2021-08-01/items/{seller_id}/{sku}",
    _rate("5"), Decimal(5), "listings", "2021-08-01", roles=(LISTING,),
)  # fmt: skip
SEARCH_CATALOG_ITEMS = Operation(
    "searchCatalogItems", "GET", "/catalog/2022-04-01/items",
    _rate("2"), Decimal(2), "catalog", "2022-04-01", roles=(LISTING,),
)  # fmt: skip
GET_INVENTORY_SUMMARIES = Operation(
    "getInventorySummaries", "GET", "/fba/inventory/v1/summaries",
    _rate("2"), Decimal(2), "fbaInventory", "v1", roles=(FULFILMENT, LISTING),
)  # fmt: skip
CREATE_REPORT = Operation(
    "createReport", "POST", "/reports/2021-06-30/reports",
    _rate("0.0167"), Decimal(15), "reports", "2021-06-30", roles=(TRACKING,),
)  # fmt: skip
GET_REPORT = Operation(
    "getReport", "GET", "/reports/2021-06-30/reports/{report_id}",
    _rate("2"), Decimal(15), "reports", "2021-06-30", roles=(TRACKING,),
)  # fmt: skip
GET_REPORTS = Operation(
    "getReports", "GET", "/reports/2021-06-30/reports",
    _rate("0.0222"), Decimal(10), "reports", "2021-06-30", roles=(TRACKING,),
)  # fmt: skip
GET_REPORT_DOCUMENT = Operation(
    "getReportDocument", "GET", "/reports/2021-06-30/documents/{document_id}",
    _rate("0.0167"), Decimal(15), "reports", "2021-06-30", roles=(TRACKING,),
)  # fmt: skip
CREATE_FEED_DOCUMENT = Operation(
    "createFeedDocument", "POST", "/feeds/2021-06-30/documents",
    _rate("0.5"), Decimal(15), "feeds", "2021-06-30", roles=(TRACKING, SHIPPING),
)  # fmt: skip
CREATE_FEED = Operation(
    "createFeed", "POST", "/feeds/2021-06-30/feeds",
    _rate("0.0083"), Decimal(15), "feeds", "2021-06-30", roles=(TRACKING, SHIPPING),
)  # fmt: skip
GET_FEED = Operation(
    "getFeed", "GET", "/feeds/2021-06-30/feeds/{feed_id}",
    _rate("2"), Decimal(15), "feeds", "2021-06-30", roles=(TRACKING, SHIPPING),
)  # fmt: skip
GET_FEEDS = Operation(
    "getFeeds", "GET", "/feeds/2021-06-30/feeds",
    _rate("0.0222"), Decimal(10), "feeds", "2021-06-30", roles=(TRACKING, SHIPPING),
)  # fmt: skip
CANCEL_FEED = Operation(
    "cancelFeed", "DELETE", "/feeds/2021-06-30/feeds/{feed_id}",
    _rate("2"), Decimal(15), "feeds", "2021-06-30", roles=(TRACKING, SHIPPING),
)  # fmt: skip
GET_FEED_DOCUMENT = Operation(
    "getFeedDocument", "GET", "/feeds/2021-06-30/documents/{document_id}",
    _rate("0.0222"), Decimal(10), "feeds", "2021-06-30", roles=(TRACKING, SHIPPING),
)  # fmt: skip
# Grantless those of destinations, and by the model the deletion of a subscription.
CREATE_DESTINATION = Operation(
    "createDestination", "POST", "/notifications/v1/destinations",
    _rate("1"), Decimal(5), "notifications", "v1",
)  # fmt: skip
GET_DESTINATIONS = Operation(
    "getDestinations", "GET", "/notifications/v1/destinations",
    _rate("1"), Decimal(5), "notifications", "v1",
)  # fmt: skip
DELETE_DESTINATION = Operation(
    "deleteDestination", "DELETE", "/notifications/v1/destinations/{destination_id}",
    _rate("1"), Decimal(5), "notifications", "v1",
)  # fmt: skip
CREATE_SUBSCRIPTION = Operation(
    "createSubscription", "POST", "/notifications/v1/subscriptions/{kind}",
    _rate("1"), Decimal(5), "notifications", "v1", roles=(TRACKING, SHIPPING),
)  # fmt: skip
GET_SUBSCRIPTION = Operation(
    "getSubscription", "GET", "/notifications/v1/subscriptions/{kind}",
    _rate("1"), Decimal(5), "notifications", "v1", roles=(TRACKING, SHIPPING),
)  # fmt: skip
DELETE_SUBSCRIPTION = Operation(
    "deleteSubscriptionById", "DELETE", "/notifications/v1/subscriptions/{kind}/{subscription_id}",
    _rate("1"), Decimal(5), "notifications", "v1",
)  # fmt: skip
# Grantless: its token is the application's own, and so is its rate.
ROTATE_CLIENT_SECRET = Operation(
    "rotateApplicationClientSecret", "POST", "/applications/2023-11-30/clientSecret",
    _rate("0.0167"), Decimal(1), "applications", "2023-11-30",
)  # fmt: skip
# Labels that Amazon sells for its own orders. No DE: the model names no shipping business for it.
GET_RATES = Operation(
    "getRates", "POST", "/shipping/v2/shipments/rates",
    _rate("80"), Decimal(100), "shipping", "v2", roles=(SHIPPING,),
)  # fmt: skip
GET_ADDITIONAL_INPUTS = Operation(
    "getAdditionalInputs", "GET", "/shipping/v2/shipments/additionalInputs/schema",
    _rate("80"), Decimal(100), "shipping", "v2", roles=(SHIPPING,),
)  # fmt: skip
PURCHASE_SHIPMENT = Operation(
    "purchaseShipment", "POST", "/shipping/v2/shipments",
    _rate("80"), Decimal(100), "shipping", "v2", roles=(SHIPPING,),
)  # fmt: skip
GET_SHIPMENT_DOCUMENTS = Operation(
    "getShipmentDocuments", "GET", "/shipping/v2/shipments/{shipment_id}/documents",
    _rate("80"), Decimal(100), "shipping", "v2", roles=(SHIPPING,),
)  # fmt: skip
CANCEL_SHIPMENT = Operation(
    "cancelShipment", "PUT", "/shipping/v2/shipments/{shipment_id}/cancel",
    _rate("80"), Decimal(100), "shipping", "v2", roles=(SHIPPING,),
)  # fmt: skip
GET_TRACKING = Operation(
    "getTracking", "GET", "/shipping/v2/tracking",
    _rate("80"), Decimal(100), "shipping", "v2", roles=(SHIPPING,),
)  # fmt: skip

OPERATIONS = MappingProxyType(
    {
        operation.name: operation
        for operation in (
            EXCHANGE_TOKEN,
            GET_MARKETPLACE_PARTICIPATIONS,
            SEARCH_ORDERS,
            GET_ORDER,
            CONFIRM_SHIPMENT,
            GET_REGULATED_INFO,
            UPDATE_VERIFICATION_STATUS,
            CREATE_RESTRICTED_DATA_TOKEN,
            SEARCH_LISTINGS_ITEMS,
            GET_LISTINGS_ITEM,
            PATCH_LISTINGS_ITEM,
            SEARCH_CATALOG_ITEMS,
            GET_INVENTORY_SUMMARIES,
            CREATE_REPORT,
            GET_REPORT,
            GET_REPORTS,
            GET_REPORT_DOCUMENT,
            CREATE_FEED_DOCUMENT,
            CREATE_FEED,
            GET_FEED,
            GET_FEEDS,
            CANCEL_FEED,
            GET_FEED_DOCUMENT,
            CREATE_DESTINATION,
            GET_DESTINATIONS,
            DELETE_DESTINATION,
            CREATE_SUBSCRIPTION,
            GET_SUBSCRIPTION,
            DELETE_SUBSCRIPTION,
            ROTATE_CLIENT_SECRET,
            GET_RATES,
            GET_ADDITIONAL_INPUTS,
            PURCHASE_SHIPMENT,
            GET_SHIPMENT_DOCUMENTS,
            CANCEL_SHIPMENT,
            GET_TRACKING,
        )
    }
)
