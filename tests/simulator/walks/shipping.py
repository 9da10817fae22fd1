"""A walk through Shipping v2: offers, purchases, documents, accounts, collection, deliveries."""

from tests.simulator.conftest import DE, NA

RATES, SHIPMENTS = "/shipping/v2/shipments/rates", "/shipping/v2/shipments"
ONE_CLICK, DIRECT = "/shipping/v2/oneClickShipment", "/shipping/v2/shipments/directPurchase"
ACCOUNTS, FORMS, HISTORY = (
    "/shipping/v2/carrierAccounts", "/shipping/v2/collectionForms", "/shipping/v2/collectionForms/history",
)  # fmt: skip
TRACKING, UNMANIFESTED = "/shipping/v2/tracking", "/shipping/v2/unmanifestedShipments"
HULL = {
    "name": "Harbour & Home",
    "addressLine1": "1 Quay Street",
    "stateOrRegion": "",
    "city": "Hull",
    "postalCode": "HU1 1AA",
    "countryCode": "GB",
    "email": "post@harbour.example",
    "phoneNumber": "01482 000000",
}
PNG = {
    "format": "PNG",
    "size": {"width": 4, "length": 6, "unit": "INCH"},
    "dpi": 203,
    "pageLayout": "DEFAULT",
    "needFileJoining": False,
    "requestedDocumentTypes": ["LABEL"],
}
INPUTS = {
    "harmonizedSystemCode": "441900",
    "countryOfOrigin": "GB",
    "contentDescription": "Chopping board",
    "nonDeliveryInstruction": "RETURN",
}
DAY = 24 * 3600


def parcel(order, quantity=1, **more):
    """One package with units of the order's first item."""
    return {
        "dimensions": {"length": 30, "width": 20, "height": 10, "unit": "CENTIMETER"},
        "weight": {"value": 900, "unit": "GRAM"},
        "insuredValue": {"value": 20, "unit": "GBP"},
        "packageClientReferenceId": f"{order['orderId']}-1",
        "items": [{"itemIdentifier": order["items"][0]["orderItemId"], "quantity": quantity}],
        **more,
    }


def rates_request(order, quantity=1, package=None, **more):
    return {
        "shipFrom": HULL,
        "packages": [parcel(order, quantity, **(package or {}))],
        "channelDetails": {"channelType": "AMAZON", "amazonOrderDetails": {"orderId": order["orderId"]}},
        **more,
    }


def purchase_request(offers, rate=None, *, specification=PNG, **more):
    """For the cheapest rate, with the first choice of each required group."""
    rate = rate or offers["rates"][0]
    groups = [one for one in rate["availableValueAddedServiceGroups"] if one["isRequired"]]
    return {
        "requestToken": offers["requestToken"],
        "rateId": rate["rateId"],
        "requestedDocumentSpecification": specification,
        "requestedValueAddedServices": [{"id": group["valueAddedServices"][0]["id"]} for group in groups],
        **more,
    }


def one_click_request(order, *services, **more):
    return {**rates_request(order), "labelSpecifications": PNG, "serviceSelection": {"serviceId": [*services]}, **more}


def bought(go, order=None):
    """The purchase of a label for an order, a new one where none is given, and its carrier."""
    offers = go.call("POST", RATES, body=rates_request(order or go.amazon.order()))["payload"]
    made = go.call("POST", SHIPMENTS, body=purchase_request(offers))["payload"]
    return made, offers["rates"][0]["carrierId"]


def walk_shipping(go):
    order = go.amazon.order(quantity=3)
    offers = go.call("POST", RATES, body=rates_request(order))["payload"]
    go.call("POST", RATES, body=rates_request(order, package={"weight": {"value": 18.5, "unit": "KILOGRAM"}}))
    go.call("POST", RATES, body={**rates_request(order), "packages": []})
    go.call("POST", RATES, body=rates_request(order), headers={"x-amzn-shipping-business-id": "AmazonShipping_FR"})
    go.call("POST", RATES, body=rates_request(order), headers={"x-amzn-shipping-business-id": "AmazonShipping_XX"})
    chosen = {"requestToken": offers["requestToken"], "rateId": offers["rates"][0]["rateId"]}
    inputs = "/shipping/v2/shipments/additionalInputs/schema"
    go.call("GET", inputs, query=chosen)
    go.call("GET", inputs, query={"rateId": chosen["rateId"]})
    body, key = purchase_request(offers), {"x-amzn-idempotencykey": "walk-1"}
    made = go.call("POST", SHIPMENTS, body=body, headers=key)["payload"]
    assert go.call("POST", SHIPMENTS, body=body, headers=key)["payload"] == made
    go.call("POST", SHIPMENTS, body={**body, "rateId": "another"}, headers=key)
    _walk_documents(go, made)
    _walk_abroad(go)
    go.call("POST", ONE_CLICK, body=one_click_request(order, "EVRI_STANDARD"))
    go.call("POST", ONE_CLICK, body=one_click_request(order, "TEA_TROLLEY"))
    go.call("POST", DIRECT, body={**rates_request(order), "labelSpecifications": PNG})
    go.call("POST", DIRECT, body=rates_request(order))


def _walk_documents(go, made):
    path = f"{SHIPMENTS}/{made['shipmentId']}"
    package = {"packageClientReferenceId": made["packageDocumentDetails"][0]["packageClientReferenceId"]}
    go.call("GET", f"{path}/documents", query={**package, "format": "ZPL", "dpi": 300})
    go.call("GET", f"{path}/documents", query={**package, "format": "GIF"})
    go.call("GET", f"{path}/documents", query=package, seller=NA)
    go.call("PUT", f"{path}/cancel", body={})
    go.call("PUT", f"{path}/cancel", body={}, seller=NA)


def _walk_abroad(go):
    go.call("POST", RATES, body=rates_request(go.amazon.order(marketplace=DE)))
    order = go.amazon.order(buyer={"countryCode": "FR", "postalCode": "59000", "city": "Lille"})
    offers = go.call("POST", RATES, body=rates_request(order))["payload"]
    rate = offers["rates"][0]
    chosen = {"requestToken": offers["requestToken"], "rateId": rate["rateId"]}
    assert (
        "harmonizedSystemCode"
        in go.call("GET", "/shipping/v2/shipments/additionalInputs/schema", query=chosen)["payload"]["properties"]
    )
    go.call("POST", SHIPMENTS, body=purchase_request(offers))
    go.call("POST", SHIPMENTS, body=purchase_request(offers, additionalInputs=INPUTS))


def walk_accounts(go):
    go.call("GET", "/shipping/v2/carrierAccountFormInputs")
    body = {
        "carrierAccountType": "AMAZON_ACCOUNT",
        "carrierAccountAttributes": [{"attributeName": "accountNumber", "value": "123"}],
    }
    path = f"{ACCOUNTS}/AMAZON_SHIPPING"
    for method in ("PUT", "POST"):
        go.call(method, path, body=body)
        go.call(method, path, body={**body, "carrierAccountType": "PIGEON"})
    account = go.call("PUT", ACCOUNTS, body={})["activeAccounts"][0]["accountId"]
    go.call("PUT", ACCOUNTS, body={"clientReferenceDetails": [{"clientReferenceType": "Me"}]})
    order = go.amazon.order()
    external = {**rates_request(order), "channelDetails": {"channelType": "EXTERNAL"}, "shipTo": HULL}
    offers = go.call("POST", RATES, body=external)["payload"]
    go.call("POST", SHIPMENTS, body=purchase_request(offers))
    go.call("PUT", f"{path}/unlink", body={"accountId": account})
    go.call("PUT", f"{path}/unlink", body={"accountId": account})
    go.call("POST", RATES, body=external)


def walk_collections(go):
    _, carrier = bought(go)
    go.call("PUT", UNMANIFESTED, body={})
    go.call("PUT", UNMANIFESTED, body={"clientReferenceDetails": 3})
    key = {"x-amzn-idempotencykey": "forms-1"}
    made = go.call("POST", FORMS, body={"carrierId": carrier, "shipFromAddress": HULL}, headers=key)
    assert go.call("POST", FORMS, body={"carrierId": carrier, "shipFromAddress": HULL}, headers=key) == made
    go.call("POST", FORMS, body={"carrierId": carrier})
    bought(go)
    go.call("PUT", UNMANIFESTED, body={})
    rows = go.call("PUT", HISTORY, body={"carrierId": carrier, "maxResults": 5, "dateRange": {}})
    go.call("PUT", HISTORY, body={"maxResults": 0})
    form = rows["collectionFormsHistoryRecordList"][0]["collectionFormId"]
    assert go.call("GET", f"{FORMS}/{form}") == made
    go.call("GET", f"{FORMS}/{form}", seller=NA)


def walk_deliveries(go):
    made, carrier = bought(go)
    tracking = made["packageDocumentDetails"][0]["trackingId"]
    go.call("GET", TRACKING, query={"trackingId": tracking, "carrierId": carrier})
    go.call("GET", TRACKING, query={"trackingId": "nowhere", "carrierId": carrier})
    claim = {"trackingId": tracking, "claimReason": "LOST_IN_TRANSIT", "settlementType": "REFUND"}
    go.call("POST", "/shipping/v2/claims", body=claim)
    missed = _until_one_is_missed(go)
    go.amazon._tokens.clear()
    go.call("POST", "/shipping/v2/claims", body={**claim, "declaredValue": {"value": 20, "unit": "GBP"}, "proofs": []})
    go.call("POST", "/shipping/v2/claims", body=claim)
    feedback = {"trackingId": missed, "ndrAction": "RTO", "ndrRequestData": {"additionalAddressNotes": "Back door"}}
    go.call("POST", "/shipping/v2/ndrFeedback", body={**feedback, "ndrAction": "RESCHEDULE"})
    go.call("POST", "/shipping/v2/ndrFeedback", body=feedback)
    go.call("GET", TRACKING, query={"trackingId": missed, "carrierId": carrier})
    go.call("POST", "/shipping/v2/ndrFeedback", body=feedback)
    points = {"accessPointTypes": "HELIX,CORE_LOCKER", "countryCode": "GB", "postalCode": "HU1 1AA"}
    go.call("GET", "/shipping/v2/accessPoints", query=points)
    go.call("GET", "/shipping/v2/accessPoints", query={**points, "accessPointTypes": "SHED"})


def _until_one_is_missed(go):
    """The tracking number of a parcel whose first delivery has failed; an order may have many labels at first."""
    order, carrier = go.amazon.order(), "EVRI"
    numbers = [bought(go, order)[0]["packageDocumentDetails"][0]["trackingId"] for _ in range(30)]
    for _ in range(12):
        go.amazon.advance(12 * 3600)
        go.amazon._tokens.clear()
        for number in numbers:
            found = go.call("GET", TRACKING, query={"trackingId": number, "carrierId": carrier})
            if found["payload"]["summary"]["status"] == "DeliveryAttempted":
                return number
    raise AssertionError("no delivery has failed")
