"""A walk through Fulfilment Outbound: an order that is sent, one that is cancelled, one that is held."""

from tests.simulator.conftest import UK

ORDERS = "/fba/outbound/2020-07-01/fulfillmentOrders"
TRACKING = "/fba/outbound/2020-07-01/tracking"
HERE = {"name": "Ada", "addressLine1": "1 Quay Street", "city": "Hull", "postalCode": "HU1 1AA", "countryCode": "GB"}
LINES = [{"sellerSku": "FBA-0004", "sellerFulfillmentOrderItemId": "1", "quantity": 1}]


def walk_outbound(go):
    body = {
        "marketplaceId": UK,
        "displayableOrderId": "W",
        "displayableOrderDate": "2026-09-21T10:00:00Z",
        "displayableOrderComment": "Thank you",
        "shippingSpeedCategory": "Standard",
        "destinationAddress": HERE,
        "items": LINES,
    }
    for name, action in (("SENT", "Ship"), ("GIVEN-UP", "Ship"), ("HELD", "Hold")):
        go.call("POST", ORDERS, body={**body, "sellerFulfillmentOrderId": name, "fulfillmentAction": action})
    go.call("POST", ORDERS, body={**body, "sellerFulfillmentOrderId": "WRONG", "destinationAddress": [HERE]})
    go.call("PUT", f"{ORDERS}/GIVEN-UP/cancel")
    go.call("PUT", f"{ORDERS}/GIVEN-UP/cancel")
    go.call("PUT", f"{ORDERS}/HELD", body={"displayableOrderComment": "Soon"})
    go.call("PUT", f"{ORDERS}/HELD", body={"shippingSpeedCategory": "Light"})
    go.amazon.advance(700)
    for name in ("SENT", "GIVEN-UP", "HELD", "NOBODY"):
        go.call("GET", f"{ORDERS}/{name}")
    go.call("GET", ORDERS, query={"queryStartDate": "2026-09-01T00:00:00Z"})
    go.call("GET", ORDERS, query={"queryStartDate": "soon"})
    go.call("GET", TRACKING, query={"packageNumber": 20_000_000})
    go.call("GET", TRACKING, query={"packageNumber": 1})
    preview = {"marketplaceId": UK, "address": HERE, "items": LINES, "shippingSpeedCategories": ["Standard"]}
    go.call("POST", f"{ORDERS}/preview", body=preview)
    go.call("POST", f"{ORDERS}/preview", body={"address": HERE})
