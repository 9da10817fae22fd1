"""Walks through the seller's account, its listings, FBA stock, the application and its notifications."""

from tests.simulator.conftest import DE, EU, NA, UK
from tests.simulator.grantless import NOTIFICATIONS, ROTATION
from tests.simulator.queues import queue_for_amazon, sqs_of
from tests.simulator.walks.walker import RESTRICTED


def walk_sellers(go):
    go.call("GET", "/sellers/v1/marketplaceParticipations")
    go.call("GET", "/sellers/v1/account")
    go.call("GET", "/sellers/v1/account", seller=NA)


def walk_listings(go):
    data = "summaries,attributes,issues,offers,fulfillmentAvailability,procurement,relationships,productTypes"
    query = {"marketplaceIds": UK, "includedData": data, "pageSize": 20}
    page = go.call("GET", f"/listings/2021-08-01/items/{EU}", query=query)
    more = {**query, "pageToken": page["pagination"]["nextToken"]}
    go.call("GET", f"/listings/2021-08-01/items/{EU}", query=more)
    go.call("GET", f"/listings/2021-08-01/items/{EU}", query={**query, "pageSize": 21})
    path = f"/listings/2021-08-01/items/{EU}/HH-0010"
    go.call("GET", path, query=query)
    go.call("GET", f"/listings/2021-08-01/items/{EU}/FBA-0001", query=query)
    go.call("GET", f"/listings/2021-08-01/items/{EU}/NOBODY", query=query)
    for quantity in (3, -3, "many"):
        value = [{"fulfillment_channel_code": "DEFAULT", "quantity": quantity}]
        patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}
        go.call("PATCH", path, query={"marketplaceIds": UK}, body={"productType": "HOME", "patches": [patch]})
    go.call("PATCH", path, query={"marketplaceIds": UK}, body={"productType": "HOME"})
    _walk_whole_submissions(go)


def _walk_whole_submissions(go):
    path, query = f"/listings/2021-08-01/items/{EU}/WALKED", {"marketplaceIds": UK}
    price = {"currency": "GBP", "our_price": [{"schedule": [{"value_with_tax": 9.99}]}]}
    attributes = {
        "item_name": [{"value": "Walking Stick"}],
        "condition_type": [{"value": "new_new"}],
        "purchasable_offer": [price],
        "fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": 3}],
    }
    body = {"productType": "HOME", "requirements": "LISTING", "attributes": attributes}
    go.call("PUT", path, query={**query, "mode": "VALIDATION_PREVIEW", "includedData": "identifiers"}, body=body)
    go.call("PUT", path, query={**query, "includedData": "issues,identifiers"}, body=body)
    go.call("PUT", path, query=query, body={**body, "attributes": {}})
    go.call("PUT", path, query=query, body={"productType": "HOME"})
    go.amazon.advance(10)
    go.call("GET", path, query={**query, "includedData": "summaries,attributes,offers"})
    go.call("DELETE", path, query=query)
    go.call("DELETE", path, query={"marketplaceIds": f"{UK},{DE}"})


def walk_catalog(go):
    path = "/catalog/2022-04-01/items"
    every = (
        "attributes,classifications,dimensions,identifiers,images,productTypes,relationships,salesRanks,summaries,"
        "vendorDetails"
    )
    query = {"marketplaceIds": UK, "identifiersType": "ASIN", "identifiers": "B0FBM00001,B0FBM00002"}
    go.call("GET", path, query={**query, "includedData": every})
    token = go.call("GET", path, query={**query, "pageSize": 1})["pagination"]["nextToken"]
    go.call("GET", path, query={**query, "pageSize": 1, "pageToken": token})
    go.call("GET", path, query={"marketplaceIds": UK, "keywords": "board"})
    go.call("GET", path, query={"marketplaceIds": UK})
    go.call("GET", path, query={**query, "marketplaceIds": f"{UK},{DE}"})
    go.call("GET", f"{path}/B0FBM00001", query={"marketplaceIds": f"{UK},{DE}", "includedData": every})
    go.call("GET", f"{path}/B0NOWHERE", query={"marketplaceIds": UK})
    go.call("GET", f"{path}/B0FBM00001", query={"marketplaceIds": UK, "includedData": "prices"})


def walk_inventory(go):
    query = {"granularityType": "Marketplace", "granularityId": UK, "marketplaceIds": UK, "details": "true"}
    go.call("GET", "/fba/inventory/v1/summaries", query=query)
    go.call("GET", "/fba/inventory/v1/summaries", query={**query, "details": "false", "sellerSkus": "FBA-0001"})
    go.call("GET", "/fba/inventory/v1/summaries", query={"marketplaceIds": UK})


def walk_notifications(go):
    destinations, subscriptions = "/notifications/v1/destinations", "/notifications/v1/subscriptions"
    _, arn = queue_for_amazon(sqs_of(go.amazon), "walked")
    body = {"name": "Queue", "resourceSpecification": {"sqs": {"arn": arn}}}
    made = go.call("POST", destinations, scope=NOTIFICATIONS, body=body)["payload"]["destinationId"]
    go.call("POST", destinations, scope=NOTIFICATIONS, body=body)
    go.call("POST", destinations, scope=NOTIFICATIONS, body={"name": "Queue"})
    go.call("GET", destinations, scope=NOTIFICATIONS)
    go.call("GET", f"{destinations}/{made}", scope=NOTIFICATIONS)
    go.call("GET", f"{destinations}/nowhere", scope=NOTIFICATIONS)
    directive = {"eventFilter": {"eventFilterType": "ORDER_CHANGE", "orderChangeTypes": ["OrderStatusChange"]}}
    body = {"payloadVersion": "1.0", "destinationId": made, "processingDirective": directive}
    kind = f"{subscriptions}/ORDER_CHANGE"
    held = go.call("POST", kind, body=body)["payload"]["subscriptionId"]
    go.call("POST", kind, body=body)
    go.call("POST", f"{subscriptions}/REPORT_PROCESSING_FINISHED", body={"payloadVersion": "2020-09-04"})
    go.call("GET", kind)
    go.call("GET", f"{subscriptions}/FEED_PROCESSING_FINISHED")
    go.call("GET", subscriptions, query={"notificationTypes": "ORDER_CHANGE"})
    go.call("GET", subscriptions, query={"notificationTypes": "NONSENSE"})
    test = {"destinationId": made, "testNotification": {"payloadVersion": "1.0"}}
    go.call("POST", f"{kind}/testNotification", scope=NOTIFICATIONS, body=test)
    go.call("POST", f"{kind}/testNotification", scope=NOTIFICATIONS, body={})
    for method in ("GET", "DELETE", "GET", "DELETE"):
        go.call(method, f"{kind}/{held}", scope=NOTIFICATIONS)
    go.call("DELETE", f"{destinations}/{made}", scope=NOTIFICATIONS)
    go.call("DELETE", f"{destinations}/{made}", scope=NOTIFICATIONS)


def walk_tokens(go):
    go.restricted("POST", "/mfn/v0/shipments")
    go.call("POST", RESTRICTED, body={"restrictedResources": []})


def walk_application(go):
    go.call("POST", "/applications/2023-11-30/clientSecret", scope=ROTATION)
    _, arn = queue_for_amazon(sqs_of(go.amazon), "secrets")
    go.amazon.control("POST", "application", {"notificationQueue": arn})
    go.call("POST", "/applications/2023-11-30/clientSecret", scope=ROTATION)
