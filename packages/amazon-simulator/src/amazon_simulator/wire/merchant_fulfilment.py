"""Merchant fulfilment v0 (Buy Shipping): a label and its tracking number at once; the order is confirmed by it.

Source: model merchantFulfillmentV0.json.
"""

import base64
import gzip
import hashlib
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from amazon_simulator.buy_shipping import customs
from amazon_simulator.buy_shipping.bought import PURCHASED, REJECTED, BoughtLabel, BoughtLabels
from amazon_simulator.buy_shipping.carriers import BY_ID, Service
from amazon_simulator.buy_shipping.labels import Label
from amazon_simulator.buy_shipping.offers import (
    DEFAULT,
    EXPERIENCES,
    PICK_UPS,
    ShipmentRequest,
    check_offer,
    eligible,
    given,
    needs_inputs,
    offer,
    read_request,
)
from amazon_simulator.buy_shipping.pdf import pdf
from amazon_simulator.buy_shipping.png import png
from amazon_simulator.buy_shipping.request_parsing import NotValid, RequestPart, address
from amazon_simulator.buy_shipping.shipping_records import next_reference
from amazon_simulator.buy_shipping.zpl import zpl
from amazon_simulator.core.clock import iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.protocol.errors import denied, refuse
from amazon_simulator.protocol.routing import Call, Route
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.world import NotPossible
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Order, Package, Seller

ROLE = "Direct-to-Consumer Shipping"
SHIPMENT_ID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
SENT_BY_SELLER = ("UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED")
FILES: dict[str, tuple[str, Callable[[Label], bytes]]] = {
    "PDF": ("application/pdf", pdf),
    "PNG": ("image/png", png),
    "ZPL203": ("application/zpl", lambda label: zpl(label, 203)),
    "ZPL300": ("application/zpl", lambda label: zpl(label, 300)),
}


class MerchantFulfilment:
    def __init__(self, context: ApiContext, labels: BoughtLabels) -> None:
        self._world = context.world
        self._application = context.application
        self._numbering = context.numbering
        self._labels = labels

    def routes(self) -> tuple[Route, ...]:
        one = "/mfn/v0/shipments/{shipmentId}"
        operations: tuple[tuple[str, str, str, Callable[[Call], Response]], ...] = (
            ("getEligibleShipmentServices", "POST", "/mfn/v0/eligibleShippingServices", self.get_eligible),
            ("createShipment", "POST", "/mfn/v0/shipments", self.create),
            ("getShipment", "GET", one, self.get),
            ("cancelShipment", "DELETE", one, self.cancel),
            ("getAdditionalSellerInputs", "POST", "/mfn/v0/additionalSellerInputs", self.get_inputs),
        )
        return tuple(Route(name, method, path, self._guarded(act)) for name, method, path, act in operations)

    def _guarded(self, act: Callable[[Call], Response]) -> Callable[[Call], Response]:
        """For the role alone; what does not fit is 400 with Amazon's message."""

        def answer(call: Call) -> Response:
            if ROLE not in self._application.roles:
                return denied()
            try:
                return act(call)
            except (NotValid, NotPossible) as fault:
                return _invalid(str(fault))

        return answer

    # --- offers

    def get_eligible(self, call: Call) -> Response:
        body = _body(call)
        wanted = read_request(body.part("ShipmentRequestDetails"), call.now)
        order = self._order(call.seller, wanted)
        fitting, rejected = eligible(wanted, order)
        offering_filter = RequestPart(body.members.get("ShippingOfferingFilter") or {}, "shippingOfferingFilter")
        pick_up = offering_filter.one_of("CarrierWillPickUp", PICK_UPS, "NoPreference")
        experience = offering_filter.one_of("DeliveryExperience", (*EXPERIENCES, "NoPreference"), "NoPreference")
        slip = offering_filter.truth("IncludePackingSlipWithLabel", False)
        offers = [
            offer(service, wanted, order, call.now)
            for service in fitting
            if not slip  # no service here prints packing slips
            and (pick_up != "CarrierWillPickUp" or service.picks_up)
            and (experience == "NoPreference" or experience in service.experiences)
        ]
        payload: dict[str, Any] = {"ShippingServiceList": offers}
        if rejected:
            payload["RejectedShippingServiceList"] = [
                {
                    "CarrierName": one.service.carrier,
                    "ShippingServiceName": one.service.name,
                    "ShippingServiceId": one.service.id,
                    "RejectionReasonCode": one.code,
                    "RejectionReasonMessage": one.message,
                }
                for one in rejected
            ]
        return answer_json({"payload": payload})

    def get_inputs(self, call: Call) -> Response:
        body = _body(call)
        service_id, order_id = body.text("ShippingServiceId"), body.text("OrderId")
        try:
            ship_from = address(body.part("ShipFromAddress"))
        except NotValid:
            return _invalid("Invalid Ship From Address when calling GetAdditionalSellerInputs")
        order = self._own(call.seller, order_id)
        if service_id not in BY_ID:
            raise body.wrong("ShippingServiceId", "Member must be a known shipping service")
        needed = needs_inputs(ship_from["CountryCode"], order)
        return answer_json(
            {
                "payload": {
                    "ShipmentLevelFields": customs.definitions(customs.OF_SHIPMENT, "SHIPMENT_LEVEL") if needed else [],
                    "ItemLevelFieldsList": [
                        {"Asin": item.asin, "AdditionalInputs": customs.definitions(customs.OF_ITEM, "ITEM_LEVEL")}
                        for item in order.items
                    ]
                    if needed
                    else [],
                }
            }
        )

    # --- shipments

    def create(self, call: Call) -> Response:
        """Buy a label: the parcel is confirmed with its tracking number, as Buy Shipping does."""
        body = _body(call)
        wanted = read_request(body.part("ShipmentRequestDetails"), call.now)
        order = self._order(call.seller, wanted)
        service = next((one for one in eligible(wanted, order)[0] if one.id == body.text("ShippingServiceId")), None)
        if service is None:
            raise body.wrong("ShippingServiceId", "Member must be a service that is eligible for this shipment")
        if body.members.get("ShippingServiceOfferId"):
            check_offer(body.text("ShippingServiceOfferId"), service, order, call.now)
        body.one_of("HazmatType", ("None", "LQHazmat"), "None")
        slip = RequestPart(body.members.get("LabelFormatOption") or {}, "labelFormatOption")
        if slip.truth("IncludePackingSlipWithLabel", False):
            raise slip.wrong("IncludePackingSlipWithLabel", "Member must be an available format option")
        _check_inputs(body, wanted, order)
        return answer_json({"payload": _shipment_json(self._buy(wanted, order, service, call.now), order)})

    def _buy(self, wanted: ShipmentRequest, order: Order, service: Service, now: float) -> BoughtLabel:
        replaced = self._replaceable(wanted, order)
        shipment_id = self._numbering.uuid("shipment", now)
        reference = next_reference(order) if replaced is None else replaced.reference
        tracking = service.tracking_number(shipment_id)
        package = Package(
            reference=reference,
            carrier_code=service.carrier,
            carrier_name=service.carrier,
            tracking_number=tracking,
            shipping_method=service.name,
            ship_date=iso(wanted.ship_date),
            items=list(wanted.units),
            created=now,
        )
        try:
            self._world.shipments.confirm(order, package, now)
        except NotPossible:
            raise NotPossible(f"The items of order {order.id} are shipped already, or have a label") from None
        if replaced is not None:
            replaced.replaced = True
            self._labels.make(replaced)
        market = MARKETS[order.marketplace]
        value = sum((item.price for item in order.items if item.id in dict(wanted.units)), Decimal(0))
        label = BoughtLabel(
            id=shipment_id,
            seller=order.seller,
            order=order.id,
            reference=reference,
            items=list(wanted.items),
            ship_from=wanted.ship_from,
            dimensions=wanted.dimensions,
            weight=wanted.weight,
            service=offer(service, wanted, order, now),
            insurance=wanted.declared or {"CurrencyCode": market.currency, "Amount": float(value)},
            format=service.label if wanted.format in ("", DEFAULT) else wanted.format,
            tracking=tracking,
            created=now,
            updated=now,
            mark=order.id if wanted.standard_id else "",
            custom_text=wanted.custom_text,
            standard_id=wanted.standard_id,
            seller_order=wanted.seller_order,
        )
        self._labels.make(label)
        return label

    def _replaceable(self, wanted: ShipmentRequest, order: Order) -> BoughtLabel | None:
        """A cancelled label whose parcel these units can be in: the order stays shipped meanwhile (model)."""
        for label in self._labels.of_order(order.id):
            if label.status in (PURCHASED, REJECTED) or label.replaced:
                continue
            held = next((one for one in order.packages if one.reference == label.reference), None)
            units = {} if held is None else dict(held.items)
            if held is not None and held.tracking_number == label.tracking and set(dict(wanted.units)) & set(units):
                return label
        return None

    def get(self, call: Call) -> Response:
        label = self._label(call)
        return _missing() if label is None else answer_json({"payload": self._payload(label)})

    def cancel(self, call: Call) -> Response:
        label = self._label(call)
        if label is None:
            return _missing()
        self._labels.cancel(label, call.now)
        return answer_json({"payload": self._payload(label)})

    def _payload(self, label: BoughtLabel) -> dict[str, Any]:
        return _shipment_json(label, self._world.orders[label.order])

    def _label(self, call: Call) -> BoughtLabel | None:
        shipment_id = call.names[0]
        if not SHIPMENT_ID.fullmatch(shipment_id):
            constraint = f"Member must satisfy regular expression pattern: {SHIPMENT_ID.pattern}"
            raise NotValid(shipment_id, "shipmentId", constraint)
        label = self._labels.held.get(shipment_id.lower())
        return label if label is not None and label.seller == call.seller.id else None

    # --- orders

    def _own(self, seller: Seller, order_id: str) -> Order:
        order = self._world.orders.get(order_id)
        if order is None or order.seller != seller.id:
            raise NotPossible(f"Order {order_id[:60]} is not found for this seller")
        return order

    def _order(self, seller: Seller, wanted: ShipmentRequest) -> Order:
        """The order, when it is the seller's to send and has these items."""
        order = self._own(seller, wanted.order)
        if order.fulfilled_by != "MERCHANT":
            raise NotPossible(f"Order {order.id} is fulfilled by Amazon")
        if order.status not in SENT_BY_SELLER:
            raise NotPossible(f"Order {order.id} cannot be shipped: it is {order.status}")
        known = {item.id: item for item in order.items}
        for item_id, quantity in wanted.units:
            if item_id not in known:
                raise NotPossible(f"OrderItemId {item_id[:60]} is not an item of order {order.id}")
            if quantity > known[item_id].quantity - known[item_id].cancelled:
                raise NotPossible(f"Quantity {quantity} of OrderItemId {item_id} is more than was ordered")
        return order


def _check_inputs(body: RequestPart, wanted: ShipmentRequest, order: Order) -> None:
    """Beyond a customs border nothing goes without its customs documents."""
    if not needs_inputs(wanted.ship_from["CountryCode"], order):
        return
    missing = [name for name in customs.OF_SHIPMENT if name not in given(body, "ShipmentLevelSellerInputsList")]
    missing += [name for name in customs.OF_ITEM if any(name not in names for names in wanted.inputs)]
    if missing:
        raise NotPossible(f"Additional seller inputs are required for this shipping service: {', '.join(missing)}")


def _shipment_json(label: BoughtLabel, order: Order) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "ShipmentId": label.id,
        "AmazonOrderId": label.order,
        "SellerOrderId": label.seller_order or label.order,
        "Insurance": label.insurance,
        "ItemList": label.items,
        "ShipFromAddress": label.ship_from,
        "ShipToAddress": _ship_to(order),
        "PackageDimensions": label.dimensions,
        "Weight": label.weight,
        "ShippingService": label.service,
        "Label": _label_json(label, order),
        "Status": label.status,
        "TrackingId": label.tracking,
        "CreatedDate": iso(label.created),
        "LastUpdatedDate": iso(label.updated),
    }
    return payload


def _ship_to(order: Order) -> dict[str, str]:
    buyer = order.buyer
    members = {
        "Name": buyer.recipient or buyer.name,
        "AddressLine1": buyer.line_1,
        "AddressLine2": buyer.line_2,
        "AddressLine3": buyer.line_3,
        "Email": "",
        "City": buyer.town,
        "StateOrProvinceCode": buyer.state,
        "PostalCode": buyer.postcode,
        "CountryCode": buyer.country,
        "Phone": "",
    }
    wanted = ("Name", "AddressLine1", "Email", "City", "PostalCode", "CountryCode", "Phone")
    return {name: value for name, value in members.items() if value or name in wanted}


def _label_json(label: BoughtLabel, order: Order) -> dict[str, Any]:
    """The file is packed and in letters, its checksum that of the file itself; empty once it was cancelled."""
    kind, draw = FILES[label.format]
    content = draw(_printed(label, order)) if label.status in (PURCHASED, REJECTED) else b""
    checksum = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode() if content else ""
    payload: dict[str, Any] = {
        "Dimensions": {"Length": 6.0, "Width": 4.0, "Unit": "inches"},
        "FileContents": {
            "Contents": base64.b64encode(gzip.compress(content, mtime=0)).decode() if content else "",
            "FileType": kind,
            "Checksum": checksum,
        },
        "LabelFormat": label.format,
    }
    if label.custom_text:
        payload["CustomTextForLabel"] = label.custom_text
    if label.standard_id:
        payload["StandardIdForLabel"] = label.standard_id
    return payload


def _printed(label: BoughtLabel, order: Order) -> Label:
    """Custom text stands only on ZPL203, as the model says."""
    own = label.custom_text if label.format == "ZPL203" else ""
    weight = f"{label.weight['Value']:g} {label.weight['Unit']}"
    return Label(
        carrier=label.service["CarrierName"],
        service=label.service["ShippingServiceName"],
        tracking=label.tracking,
        sender=_lines(label.ship_from),
        recipient=_lines(_ship_to(order)),
        weight=weight,
        shipped=label.service["ShipDate"][:10],
        mark="   ".join(filter(None, (own, label.mark))),
    )


def _lines(place: dict[str, str]) -> tuple[str, ...]:
    town = " ".join(filter(None, (place["City"], place.get("StateOrProvinceCode", ""), place["PostalCode"])))
    lines = (place["Name"], place["AddressLine1"], place.get("AddressLine2"), place.get("AddressLine3"), town)
    return tuple(line for line in (*lines, place["CountryCode"]) if line)


def _body(call: Call) -> RequestPart:
    try:
        return RequestPart(call.request.json(), "")
    except ValueError:
        raise NotPossible("Request has missing or invalid parameters and cannot be parsed.") from None


def _invalid(message: str) -> Response:
    return refuse(400, "InvalidInput", message, kind="InvalidInputException")


def _missing() -> Response:
    return refuse(404, "ResourceNotFound", "The requested shipment was not found.", kind="ResourceNotFoundException")
