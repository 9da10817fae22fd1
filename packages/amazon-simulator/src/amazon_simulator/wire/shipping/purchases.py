"""Shipping v2: rates, purchases, documents, cancellation. Source: model shippingV2.json.

A purchase with an x-amzn-IdempotencyKey that has bought something already gets the same answer again, whatever became
of the offer; with other members under that key it is refused.
"""

from collections.abc import Callable
from typing import Any

from amazon_simulator.buy_shipping import declarations
from amazon_simulator.buy_shipping.carriers import BY_ID
from amazon_simulator.buy_shipping.journeys import was_collected
from amazon_simulator.buy_shipping.parcel_requests import (
    AMAZON,
    ParcelRequest,
    Specification,
    read_parcel,
    read_services,
    read_specification,
)
from amazon_simulator.buy_shipping.rates import (
    DPIS,
    Rate,
    carrier_id,
    choice_fault,
    ineligible_json,
    offered,
    rate_json,
    specification_fault,
)
from amazon_simulator.buy_shipping.request_parsing import RequestPart
from amazon_simulator.buy_shipping.shipping_labels import buyer_address, encoded, label_file
from amazon_simulator.buy_shipping.shipping_records import CONFIRMS_AFTER, OFFER_LIVES, Quote, Shipment, ShippingRecords
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.protocol.paging import seal, unseal
from amazon_simulator.protocol.routing import Call, Route
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.wire.shipping.refusals import (
    body_of,
    business_of,
    expired,
    fingerprint,
    guarded,
    key_of,
    missing,
    query_of,
    refused,
)
from amazon_simulator.world.entities import Order, Seller

SENT_BY_SELLER = ("UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED")
AMAZON_ACCOUNT = "AMAZON_ACCOUNT"
"""Kind of carrier account without which nothing is bought for orders of other channels."""


class Purchases:
    def __init__(self, context: ApiContext, records: ShippingRecords) -> None:
        self._world = context.world
        self._faults = context.faults
        self._numbering = context.numbering
        self._records = records

    def routes(self) -> tuple[Route, ...]:
        """`cancelShipment` is the name of an operation of Merchant Fulfillment's, too."""
        one = "/shipping/v2/shipments/{shipmentId}"
        operations: tuple[tuple[str, str, str, Callable[[Call], Response]], ...] = (
            ("getRates", "POST", "/shipping/v2/shipments/rates", self.get_rates),
            ("directPurchaseShipment", "POST", "/shipping/v2/shipments/directPurchase", self.purchase_directly),
            ("purchaseShipment", "POST", "/shipping/v2/shipments", self.purchase),
            ("oneClickShipment", "POST", "/shipping/v2/oneClickShipment", self.purchase_with_one_click),
            ("getAdditionalInputs", "GET", "/shipping/v2/shipments/additionalInputs/schema", self.get_inputs),
            ("getShipmentDocuments", "GET", f"{one}/documents", self.get_documents),
            ("cancelShipmentV2", "PUT", f"{one}/cancel", self.cancel),
        )
        return tuple(Route(name, method, path, guarded(act)) for name, method, path, act in operations)

    # --- offers

    def get_rates(self, call: Call) -> Response:
        body, business = body_of(call), business_of(call)
        wanted = read_parcel(body, call.now)
        order = self._order(call.seller, wanted)
        name = self._numbering.hexadecimal("request token", call.now, 24).upper()
        token = seal("request token", (name, call.now + OFFER_LIVES))
        rates, ineligible = offered(wanted, order, business, token)
        self._records.make(Quote(token, call.seller.id, business, call.now, body.members))
        payload: dict[str, Any] = {
            "requestToken": token,
            "rates": [rate_json(rate, wanted.weight) for rate in rates],
        }
        if ineligible:
            payload["ineligibleRates"] = [ineligible_json(one) for one in ineligible]
        return answer_json({"payload": payload})

    def get_inputs(self, call: Call) -> Response:
        rate, _, _ = self._chosen(call, query_of(call, "requestToken"), query_of(call, "rateId"))
        return answer_json({"payload": declarations.schema() if rate.needs_inputs else {}})

    def _chosen(self, call: Call, token: str, rate_id: str) -> tuple[Rate, ParcelRequest, Order | None]:
        """The offer as it was made, while it lives."""
        held = unseal("request token", token)
        if held is None:
            raise refused("RequestToken is not valid")
        if held[1] < call.now:
            raise expired()
        quote = self._records.quotes.get(token)
        if quote is None or quote.seller != call.seller.id:
            raise refused("RequestToken is not valid")
        if quote.business != business_of(call):
            raise refused("RequestToken is one of another shipping business")
        wanted = read_parcel(RequestPart(quote.body, ""), quote.created)
        order = self._order(call.seller, wanted)
        rates, _ = offered(wanted, order, quote.business, token)
        rate = next((one for one in rates if one.id == rate_id), None)
        if rate is None:
            raise refused("RateId is not one of the request token's rates")
        return rate, wanted, order

    # --- purchases

    def purchase(self, call: Call) -> Response:
        body = body_of(call)
        held = self._bought_before(call, "purchaseShipment", body.members)
        if held is not None:
            return answer_json({"payload": _purchase_json(held)})
        rate, wanted, order = self._chosen(call, body.text("requestToken"), body.text("rateId"))
        specification = read_specification(body.part("requestedDocumentSpecification"))
        chosen = read_services(body, "requestedValueAddedServices")
        if rate.needs_inputs and (fault := declarations.fault_of(body.members.get("additionalInputs"))):
            raise refused(fault)
        inputs = body.members.get("additionalInputs")
        shipment = self._buy(
            call, rate, wanted, order, specification, chosen,
            operation="purchaseShipment", body=body.members, inputs=inputs if isinstance(inputs, dict) else {},
        )  # fmt: skip
        return answer_json({"payload": _purchase_json(shipment)})

    def purchase_directly(self, call: Call) -> Response:
        """The cheapest service that needs no more than what was sent."""
        body = body_of(call)
        held = self._bought_before(call, "directPurchaseShipment", body.members)
        shipment = held or self._buy_of_all(call, body, "directPurchaseShipment", None, ())
        documents = [_documents_json(shipment)]
        return answer_json({"payload": {"shipmentId": shipment.id, "packageDocumentDetailList": documents}})

    def purchase_with_one_click(self, call: Call) -> Response:
        """The first service of the selection that carries it. There is no idempotency key here."""
        body = body_of(call)
        selected = body.part("serviceSelection").members.get("serviceId")
        if not isinstance(selected, list) or not selected or not all(isinstance(one, str) for one in selected):
            raise body.part("serviceSelection").wrong("serviceId", "Member must not be empty")
        chosen = read_services(body, "valueAddedServicesDetails")
        shipment = self._buy_of_all(call, body, "oneClickShipment", selected, chosen)
        service, carrier = _service_json(shipment.service)
        payload = {
            "shipmentId": shipment.id,
            "packageDocumentDetails": [_documents_json(shipment)],
            "promise": shipment.promise,
            "carrier": carrier,
            "service": service,
            "totalCharge": shipment.charge,
        }
        return answer_json({"payload": payload})

    def _buy_of_all(
        self, call: Call, body: RequestPart, operation: str, selected: list[str] | None, chosen: tuple[str, ...]
    ) -> Shipment:
        """Without an offer before. `selected`: services in the order of preference, None for the cheapest."""
        wanted = read_parcel(body, call.now)
        specification = read_specification(body.part("labelSpecifications"))
        order = self._order(call.seller, wanted)
        rates, _ = offered(wanted, order, business_of(call), operation)
        by_service = {rate.service.id: rate for rate in rates if not rate.needs_inputs}
        names = list(by_service) if selected is None else selected
        rate = next((by_service[one] for one in names if one in by_service), None)
        if rate is None:
            raise refused("No service is eligible for this shipment")
        if not set(chosen) & set(rate.required):
            chosen = (*chosen, *rate.required[:1])
        return self._buy(call, rate, wanted, order, specification, chosen, operation=operation, body=body.members)

    def _bought_before(self, call: Call, operation: str, body: dict[str, Any]) -> Shipment | None:
        held = self._records.bought_with(call.seller.id, operation, key_of(call))
        if held is not None and held.fingerprint != fingerprint(body):
            raise refused("x-amzn-IdempotencyKey was used before with other parameters")
        return held if isinstance(held, Shipment) else None

    def _buy(
        self,
        call: Call,
        rate: Rate,
        wanted: ParcelRequest,
        order: Order | None,
        specification: Specification,
        chosen: tuple[str, ...],
        *,
        operation: str,
        body: dict[str, Any],
        inputs: dict[str, Any] | None = None,
    ) -> Shipment:
        if fault := specification_fault(specification) or choice_fault(rate, chosen):
            raise refused(fault)
        if order is not None:
            self._check_units(order, wanted)
        shipment_id = str(int(self._numbering.hexadecimal("shipping shipment", call.now, 12), 16)).zfill(14)
        shipment = Shipment(
            id=shipment_id,
            seller=call.seller.id,
            business=business_of(call),
            channel=wanted.channel,
            order=wanted.order,
            items=_added_up(wanted.units),
            reference=wanted.reference,
            service=rate.service.id,
            carrier_id=carrier_id(rate.service),
            charge=rate.money(rate.total(chosen)),
            extras=list(chosen),
            promise=rate.promise,
            benefits=rate.benefits,
            specification={"format": specification.format, "dpi": specification.dpi},
            tracking=rate.service.tracking_number(shipment_id),
            ship_from=wanted.ship_from,
            ship_to=buyer_address(order.buyer) if order is not None else wanted.ship_to or {},
            weight=wanted.weight,
            created=call.now,
            ship_date=wanted.ship_date,
            collected=rate.collected[1],
            delivered=rate.delivered[1],
            operation=operation,
            key=key_of(call) if operation != "oneClickShipment" else "",
            fingerprint=fingerprint(body),
            confirms_at=None if order is None else self._confirms_at(call),
            marks=_marks(specification, wanted),
            inputs=inputs or {},
        )
        self._records.make(shipment)
        return shipment

    def _confirms_at(self, call: Call) -> float | None:
        """When the order will show it: later, or never, where a fault says so."""
        if self._faults.happens("label_never_confirmed", call.seller.id, call.now) is not None:
            return None
        late = self._faults.happens("label_confirmed_late", call.seller.id, call.now)
        return call.now + CONFIRMS_AFTER + (0.0 if late is None else late.seconds)

    def _check_units(self, order: Order, wanted: ParcelRequest) -> None:
        left = self._records.units_left(order)
        for item_id, quantity in _added_up(wanted.units):
            if quantity > left[item_id]:
                raise refused(f"Order {order.id} has no {quantity} of item {item_id} left to ship")

    # --- shipments

    def get_documents(self, call: Call) -> Response:
        shipment = self._shipment(call)
        if query_of(call, "packageClientReferenceId") != shipment.reference:
            raise missing("PackageClientReferenceId is not one of the shipment's")
        if shipment.cancelled is not None:
            raise refused("The shipment is cancelled: it has no documents")
        params = call.request.params()
        form = params.get("format") or shipment.specification["format"]
        dpi = params.get("dpi", "")
        if form not in DPIS or (dpi and (not dpi.isascii() or not dpi.isdigit() or int(dpi) not in DPIS[form])):
            raise refused("Format or dpi is not one that getRates returned for the rate")
        chosen = int(dpi) if dpi else shipment.specification["dpi"] if "format" not in params else 0
        payload = {
            "shipmentId": shipment.id,
            "packageDocumentDetail": _documents_json(shipment, form, chosen),
            "benefits": shipment.benefits,
        }
        return answer_json({"payload": payload})

    def cancel(self, call: Call) -> Response:
        shipment = self._shipment(call)
        if was_collected(shipment, call.now):
            raise refused("The shipment cannot be cancelled: the carrier has collected it")
        if shipment.cancelled is None:
            self._records.cancel(shipment, call.now)
        return answer_json({"payload": {}})

    def _shipment(self, call: Call) -> Shipment:
        shipment = self._records.shipments.get(call.names[0])
        if shipment is None or shipment.seller != call.seller.id:
            raise missing("ShipmentId is not one of the seller's")
        return shipment

    # --- orders

    def _order(self, seller: Seller, wanted: ParcelRequest) -> Order | None:
        """The order, when it is the seller's to send and has these items; None for another channel's."""
        if wanted.channel != AMAZON:
            if not any(one.kind == AMAZON_ACCOUNT for one in self._records.accounts_of(seller.id)):
                raise refused("ChannelType EXTERNAL needs an Amazon Shipping account")
            return None
        order = self._world.orders.get(wanted.order)
        if order is None or order.seller != seller.id:
            raise refused(f"Order {wanted.order} is not found for this seller")
        if order.fulfilled_by != "MERCHANT":
            raise refused(f"Order {order.id} is fulfilled by Amazon")
        if order.status not in SENT_BY_SELLER:
            raise refused(f"Order {order.id} cannot be shipped: it is {order.status}")
        known = {item.id: item.quantity - item.cancelled for item in order.items}
        for item_id, quantity in _added_up(wanted.units):
            if quantity > known.get(item_id, 0):
                raise refused(f"Item {item_id[:60]} is not one of order {order.id}, or is fewer than {quantity}")
        return order


def _added_up(units: tuple[tuple[str, int], ...]) -> list[tuple[str, int]]:
    """Each item once."""
    found: dict[str, int] = {}
    for item_id, quantity in units:
        found[item_id] = found.get(item_id, 0) + quantity
    return list(found.items())


def _marks(specification: Specification, wanted: ParcelRequest) -> list[str]:
    printed = {"PACKAGE_CLIENT_REFERENCE_ID": wanted.reference, "SELLER_DISPLAY_NAME": wanted.seller_name}
    return [printed[one] for one in specification.marks if printed.get(one)]


def _purchase_json(shipment: Shipment) -> dict[str, Any]:
    return {
        "shipmentId": shipment.id,
        "packageDocumentDetails": [_documents_json(shipment)],
        "promise": shipment.promise,
        "benefits": shipment.benefits,
    }


def _documents_json(shipment: Shipment, form: str = "", dpi: int = 0) -> dict[str, Any]:
    """In the format that was bought, or in another."""
    dpi = dpi if form else shipment.specification["dpi"]
    form = form or shipment.specification["format"]
    document = {"type": "LABEL", "format": form, "contents": encoded(label_file(shipment, form, dpi))}
    return {
        "packageClientReferenceId": shipment.reference,
        "packageDocuments": [document],
        "trackingId": shipment.tracking,
    }


def _service_json(service_id: str) -> tuple[dict[str, str], dict[str, str]]:
    service = BY_ID[service_id]
    return {"id": service.id, "name": service.name}, {"id": carrier_id(service), "name": service.carrier}
