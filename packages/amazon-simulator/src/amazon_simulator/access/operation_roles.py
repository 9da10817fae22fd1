"""Which roles open which operation: the application needs one of them, else Amazon denies the call.

Source: roles-in-the-selling-partner-api, and the role that each API's guide names. What is not in the table needs no
role: sellers, tokens, notifications (by their destinations), the client secret's rotation.
"""

from amazon_simulator.access.application import ROLES

ORDERS, LISTINGS, SHIPS, AMAZON_SENDS, INVOICES, MONEY = ROLES
OF_ORDERS = (ORDERS, SHIPS, INVOICES)
OF_SHIPMENTS = (ORDERS, SHIPS)
OF_SUBMISSIONS = (LISTINGS, ORDERS, SHIPS, INVOICES)
"""Feeds: which of them a type wants is in `feeds.kinds`."""
ROLES_OF_OPERATION: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "searchOrders", "getOrder", "getOrders", "getOrderV0", "getOrderBuyerInfo", "getOrderAddress",
            "getOrderItems", "getOrderItemsBuyerInfo", "getOrderRegulatedInfo",
        ),
        OF_ORDERS,
    ),
    **dict.fromkeys(("updateVerificationStatus", "updateShipmentStatus", "confirmShipment"), OF_SHIPMENTS),
    **dict.fromkeys(
        (
            "searchListingsItems", "getListingsItem", "patchListingsItem", "putListingsItem", "deleteListingsItem",
            "searchCatalogItems", "getCatalogItem",
        ),
        (LISTINGS,),
    ),
    "getInventorySummaries": (AMAZON_SENDS, LISTINGS),
    **dict.fromkeys(
        (
            "getFulfillmentPreview", "createFulfillmentOrder", "listAllFulfillmentOrders", "getFulfillmentOrder",
            "updateFulfillmentOrder", "cancelFulfillmentOrder", "getPackageTrackingDetails",
        ),
        (AMAZON_SENDS,),
    ),
    **dict.fromkeys(
        (
            "getEligibleShipmentServices", "createShipment", "getShipment", "cancelShipment",
            "getAdditionalSellerInputs",
            "getRates", "directPurchaseShipment", "purchaseShipment", "oneClickShipment", "getTracking",
            "getShipmentDocuments", "cancelShipmentV2", "getAdditionalInputs", "getCarrierAccountFormInputs",
            "getCarrierAccounts", "linkCarrierAccount", "linkCarrierAccountByPost", "unlinkCarrierAccount",
            "generateCollectionForm", "getCollectionFormHistory", "getUnmanifestedShipments", "getCollectionForm",
            "getAccessPoints", "submitNdrFeedback", "createClaim",
        ),
        (SHIPS,),
    ),
    **dict.fromkeys(
        ("getFeeds", "createFeed", "cancelFeed", "getFeed", "createFeedDocument", "getFeedDocument"), OF_SUBMISSIONS
    ),
    **dict.fromkeys(
        (
            "getReports", "createReport", "cancelReport", "getReport", "getReportSchedules", "createReportSchedule",
            "cancelReportSchedule", "getReportSchedule", "getReportDocument",
        ),
        ROLES,
    ),
    "listTransactions": (MONEY,),
}  # fmt: skip
"""Operation → roles of which the application needs one."""


def opens(roles: list[str], operation: str) -> bool:
    """Whether an application with these roles may call the operation."""
    wanted = ROLES_OF_OPERATION.get(operation)
    return wanted is None or not set(wanted).isdisjoint(roles)
