"""A walk through Buy Shipping: offers, labels at home and abroad, a refund."""

from tests.simulator.conftest import DE, NA

SHIP_FROM = {
    "Name": "Harbour & Home",
    "AddressLine1": "1 Quay Street",
    "Email": "post@harbour.example",
    "City": "Hull",
    "PostalCode": "HU1 1AA",
    "CountryCode": "GB",
    "Phone": "01482 000000",
}
OFFERS, SHIPMENTS, INPUTS = "/mfn/v0/eligibleShippingServices", "/mfn/v0/shipments", "/mfn/v0/additionalSellerInputs"


def shipment_details(order, **more):
    """The details of a shipment of one unit."""
    return {
        "AmazonOrderId": order["orderId"],
        "ItemList": [{"OrderItemId": order["items"][0]["orderItemId"], "Quantity": 1}],
        "ShipFromAddress": SHIP_FROM,
        "PackageDimensions": {"Length": 30, "Width": 20, "Height": 10, "Unit": "centimeters"},
        "Weight": {"Value": 900, "Unit": "g"},
        "ShippingServiceOptions": {
            "DeliveryExperience": "DeliveryConfirmationWithSignature",
            "CarrierWillPickUp": False,
            "DeclaredValue": {"CurrencyCode": "GBP", "Amount": 20},
            "LabelFormat": "ZPL203",
        },
        "LabelCustomization": {"CustomTextForLabel": "Shelf 7", "StandardIdForLabel": "AmazonOrderId"},
        **more,
    }


def walk_buy_shipping(go):
    order = go.amazon.order(quantity=3)
    details = shipment_details(order)
    payload = {"ShipmentRequestDetails": details, "ShippingOfferingFilter": {"CarrierWillPickUp": "NoPreference"}}
    offers = go.call("POST", OFFERS, body=payload)["payload"]["ShippingServiceList"]
    go.call(
        "POST", OFFERS, body={"ShipmentRequestDetails": shipment_details(order, Weight={"Value": 18_500, "Unit": "g"})}
    )
    go.call("POST", OFFERS, body={"ShipmentRequestDetails": {**details, "ItemList": []}})
    chosen = {name: offers[0][name] for name in ("ShippingServiceId", "ShippingServiceOfferId")}
    body = {"ShipmentRequestDetails": details, "HazmatType": "None", **chosen}
    made = go.call("POST", SHIPMENTS, body=body)["payload"]["ShipmentId"]
    go.call("POST", SHIPMENTS, body={**body, "ShippingServiceId": "TEA_TROLLEY"})
    path = f"{SHIPMENTS}/{made}"
    go.call("GET", path)
    go.call("GET", path, seller=NA)
    go.call("GET", f"{SHIPMENTS}/TEST_CASE_400")
    go.call("DELETE", path)
    go.call("DELETE", path, seller=NA)
    go.amazon.advance(25 * 3600)
    go.amazon._tokens.clear()
    go.call("GET", path)
    _walk_abroad(go)


def _walk_abroad(go):
    order, service = go.amazon.order(marketplace=DE), "DHL_EXPRESS_WORLDWIDE"
    body = {"ShippingServiceId": service, "ShipFromAddress": SHIP_FROM, "OrderId": order["orderId"]}
    payload = go.call("POST", INPUTS, body=body)["payload"]
    go.call("POST", INPUTS, body={**body, "ShipFromAddress": {**SHIP_FROM, "CountryCode": "XXX"}})
    of_item = _filled(payload["ItemLevelFieldsList"][0]["AdditionalInputs"])
    items = [{**shipment_details(order)["ItemList"][0], "ItemLevelSellerInputsList": of_item}]
    body = {"ShipmentRequestDetails": shipment_details(order, ItemList=items), "ShippingServiceId": service}
    go.call("POST", SHIPMENTS, body=body)
    go.call("POST", SHIPMENTS, body={**body, "ShipmentLevelSellerInputsList": _filled(payload["ShipmentLevelFields"])})


def _filled(fields):
    return [
        {
            "AdditionalInputFieldName": field["AdditionalInputFieldName"],
            "AdditionalSellerInput": {"DataType": "String", "ValueAsString": "RETURN"},
        }
        for field in fields
    ]
