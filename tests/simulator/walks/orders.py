"""Walks through Orders 2026-01-01, what is left of v0, and the confirmation of shipments."""

from tests.simulator.conftest import DE, EU, NA, UK, US

ALL = "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT"
NOWHERE = "026-0000000-0000000"
SINCE = "2026-09-01T00:00:00Z"
UNKNOWN = "an unknown id is answered 200 with an empty payload (docs#2460)"


def walk_orders(go):
    """Every kind of order there is, over pages, in three marketplaces."""
    shipped, requested = _place(go.amazon)
    query = {"lastUpdatedAfter": SINCE, "includedData": ALL, "maxResultsPerPage": 20}
    for seller, market in ((EU, UK), (EU, DE), (NA, US)):
        asking = {**query, "marketplaceIds": market}
        page = go.call("GET", "/orders/2026-01-01/orders", seller=seller, query=asking)
        while "pagination" in page:
            more = {**asking, "paginationToken": page["pagination"]["nextToken"]}
            page = go.call("GET", "/orders/2026-01-01/orders", seller=seller, query=more)
    go.call("GET", "/orders/2026-01-01/orders", query={"marketplaceIds": UK})
    path = "/orders/2026-01-01/orders"
    go.call("GET", f"{path}/{shipped['orderId']}", query={"includedData": ALL})
    go.call("GET", f"{path}/{requested['orderId']}")
    go.call("GET", f"{path}/{NOWHERE}")
    go.call("GET", f"{path}/{requested['orderId']}", query={"includedData": "EVERYTHING"})


def _place(amazon):
    """Orders of every kind; returns one shipped in two parcels and one that the buyer wants to cancel."""
    amazon.control("POST", "orders", {"mix": {"count": 120}})
    shipped = amazon.order(quantity=2, giftWrap=True, giftMessage="Hello", sellerOrderId="OURS-1")
    amazon.confirm(shipped)
    amazon.confirm(shipped, reference="2", tracking="T2")
    requested = amazon.order()
    amazon.control("POST", f"orders/{requested['orderId']}/request-cancel", {"reason": "Changed my mind"})
    amazon.order(replaces=shipped["orderId"], serviceLevel="SAME_DAY")
    business = {"companyName": "Pier Ltd", "purchaseOrderNumber": "PO 7", "taxRegistrationNumber": "GB1"}
    where = {"addressType": "COMMERCIAL", "dropOffLocation": "Porch", "deliveryCapabilities": ["PALLET_ENABLED"]}
    amazon.order(programs=["AMAZON_BUSINESS"], buyer={**business, **where, "openHours": {"from": 8, "to": 18}})
    amazon.order(programs=["PRIME"], paymentMethod="CashOnDelivery", availableSeconds=86400)
    line = {"sku": "HH-0010", "quantity": 2, "discount": "1.00", "shippingDiscount": "0.50", "promotionIds": ["P1"]}
    line |= {"codFee": "1.00", "points": 9, "constraints": ["signatureConfirmation"], "taxScheme": "IOSS"}
    amazon.order(items=[{**line, "customizedUrl": "https://example.com/1.zip"}])
    amazon.order(by="AMAZON", sku="FBA-0001", seller=NA, marketplace=US)
    amazon.order(seller=NA, marketplace=US)
    part = amazon.order(quantity=3)
    item = part["items"][0]["orderItemId"]
    amazon.control("POST", f"orders/{part['orderId']}/cancel", {"orderItemId": item, "quantity": 1, "by": "MERCHANT"})
    amazon.advance(600)
    return shipped, requested


def walk_old_orders(go):
    """The reads that end in March 2027, without and with a restricted data token."""
    placed = go.amazon.order(quantity=2, giftWrap=True, giftMessage="Hello")
    fba = go.amazon.order(by="AMAZON", sku="FBA-0001")
    go.amazon.advance(200)
    query = {"MarketplaceIds": UK, "LastUpdatedAfter": SINCE, "MaxResultsPerPage": 1}
    page = go.call("GET", "/orders/v0/orders", query=query)
    go.call("GET", "/orders/v0/orders", query={"MarketplaceIds": UK, "NextToken": page["payload"]["NextToken"]})
    open_to_all = go.restricted("GET", "/orders/v0/orders", "buyerInfo", "shippingAddress")
    go.call("GET", "/orders/v0/orders", token=open_to_all, query=query)
    go.call("GET", "/orders/v0/orders", query={"MarketplaceIds": UK})
    for part in ("", "/buyerInfo", "/address", "/orderItems", "/orderItems/buyerInfo"):
        path = f"/orders/v0/orders/{placed['orderId']}{part}"
        elements = ("buyerInfo", "shippingAddress") if part in ("", "/orderItems") else ()
        go.call("GET", path)
        go.call("GET", path, token=go.restricted("GET", path, *elements))
        go.call("GET", path, token=open_to_all)
        go.call("GET", f"/orders/v0/orders/{fba['orderId']}{part}")
        go.call("GET", f"/orders/v0/orders/{NOWHERE}{part}", excused=UNKNOWN)


def walk_regulated(go):
    """Orders that need a prescription: one approved, one rejected."""
    for status, reason in (("Approved", None), ("Rejected", "shield_pom_vps_reject_age")):
        placed = go.amazon.order(regulated=True)
        path = f"/orders/v0/orders/{placed['orderId']}/regulatedInfo"
        go.call("GET", path)
        body = {"status": status, "externalReviewerId": "R1", **({"rejectionReasonId": reason} if reason else {})}
        go.call("PATCH", path, body={"regulatedOrderVerificationStatus": {**body, "status": "Doubted"}})
        go.call("PATCH", path, body={"regulatedOrderVerificationStatus": body})
        go.call("GET", path, token=go.restricted("GET", path))
    go.call("GET", path, token=go.restricted("GET", "/orders/v0/orders", "buyerInfo"))
    go.call("GET", f"/orders/v0/orders/{NOWHERE}/regulatedInfo", excused=UNKNOWN)


def walk_shipments(go):
    placed, fetched = go.amazon.order(quantity=2), go.amazon.order(programs=["IN_STORE_PICK_UP"])
    detail = {
        "packageReferenceId": "1",
        "carrierCode": "DPD",
        "trackingNumber": "T1",
        "shipDate": "2026-10-01T10:00:00Z",
        "orderItems": [{"orderItemId": placed["items"][0]["orderItemId"], "quantity": 1}],
    }
    path = f"/orders/v0/orders/{placed['orderId']}/shipmentConfirmation"
    go.call("POST", path, body={"marketplaceId": UK, "packageDetail": detail})
    go.call("POST", path, body={"marketplaceId": UK})
    path = f"/orders/v0/orders/{fetched['orderId']}/shipment"
    go.call("POST", path, body={"marketplaceId": UK, "shipmentStatus": "Flown"})
    for status in ("ReadyForPickup", "PickedUp"):
        go.call("POST", path, body={"marketplaceId": UK, "shipmentStatus": status})
