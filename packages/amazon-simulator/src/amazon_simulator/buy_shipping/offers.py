"""What a seller wants shipped, and what carriers offer for it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from amazon_simulator.buy_shipping import request_parsing as reading
from amazon_simulator.buy_shipping.carriers import ADULT, PLAIN, SERVICES, SIGNED, UNTRACKED, Service, crosses_customs
from amazon_simulator.buy_shipping.request_parsing import NotValid, RequestPart
from amazon_simulator.core.clock import iso
from amazon_simulator.protocol.paging import seal, unseal
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Order

DAY = 24 * 3600.0
OFFER_LIVES = DAY
EXPERIENCES = (ADULT, SIGNED, PLAIN, UNTRACKED)
FORMATS = ("PDF", "PNG", "ZPL203", "ZPL300")
DEFAULT = "ShippingServiceDefault"
PICK_UPS = ("CarrierWillPickUp", "ShipperWillDropOff", "NoPreference")


@dataclass(frozen=True, slots=True)
class ShipmentRequest:
    """A shipment request whose members are valid on their own. Times are trade time; `grams` is the weight."""

    order: str
    units: tuple[tuple[str, int], ...]
    items: tuple[dict[str, Any], ...]
    ship_from: dict[str, str]
    dimensions: dict[str, Any]
    weight: dict[str, Any]
    grams: float
    experience: str
    picks_up: bool
    format: str
    declared: dict[str, Any] | None
    ship_date: float
    arrive_by: float | None
    custom_text: str
    standard_id: str
    seller_order: str
    inputs: tuple[frozenset[str], ...] = field(default=())  # of each item: the names of what was sent for customs


def read_request(request: RequestPart, now: float) -> ShipmentRequest:
    """NotValid names the field that does not fit."""
    options, items = request.part("ShippingServiceOptions"), request.parts("ItemList", least=1)
    weight, grams = reading.weight(request.part("Weight"))
    ship_date, arrive_by = request.time("ShipDate"), request.time("MustArriveByDate")
    if ship_date is not None and ship_date < now - DAY:
        raise request.wrong("ShipDate", "Member must not lie in the past")
    marks = RequestPart(request.members.get("LabelCustomization") or {}, "shipmentRequestDetails.labelCustomization")
    pick_up = options.one_of("CarrierWillPickUpOption", PICK_UPS, "NoPreference")
    return ShipmentRequest(
        order=request.text("AmazonOrderId"),
        units=tuple((item.text("OrderItemId"), _quantity(item)) for item in items),
        items=tuple(_item(item) for item in items),
        ship_from=reading.address(request.part("ShipFromAddress")),
        dimensions=reading.dimensions(request.part("PackageDimensions")),
        weight=weight,
        grams=grams,
        experience=options.one_of("DeliveryExperience", EXPERIENCES),
        picks_up=options.truth("CarrierWillPickUp") or pick_up == "CarrierWillPickUp",
        format=options.one_of("LabelFormat", (*FORMATS, DEFAULT), ""),
        declared=options.amount("DeclaredValue"),
        ship_date=max(now, ship_date or now),
        arrive_by=arrive_by,
        custom_text=marks.text("CustomTextForLabel", 14, ""),
        standard_id=marks.one_of("StandardIdForLabel", ("AmazonOrderId",), ""),
        seller_order=request.text("SellerOrderId", 64, ""),
        inputs=tuple(given(item, "ItemLevelSellerInputsList") for item in items),
    )


def _quantity(item: RequestPart) -> int:
    value = item.members.get("Quantity")
    if type(value) is not int or not 0 < value <= 1_000_000:
        raise item.wrong("Quantity", "Member must be greater than 0")
    return value


def _item(item: RequestPart) -> dict[str, Any]:
    members: dict[str, Any] = {"OrderItemId": item.text("OrderItemId"), "Quantity": _quantity(item)}
    if item.members.get("ItemWeight") is not None:
        members["ItemWeight"] = reading.weight(item.part("ItemWeight"))[0]
    if item.members.get("ItemDescription") is not None:
        members["ItemDescription"] = item.text("ItemDescription", 500, "")
    return members


def given(part: RequestPart, name: str) -> frozenset[str]:
    """The names of the additional inputs that were sent."""
    found = set()
    for one in part.parts(name):
        one.part("AdditionalSellerInput")
        found.add(one.text("AdditionalInputFieldName"))
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Rejected:
    service: Service
    code: str
    message: str


def eligible(wanted: ShipmentRequest, order: Order) -> tuple[list[Service], list[Rejected]]:
    """Services that can carry it, and those that go there but cannot."""
    fitting, rejected = [], []
    for service in _going(wanted, order):
        why = _rejection(service, wanted)
        if why is None:
            fitting.append(service)
        else:
            rejected.append(Rejected(service, *why))
    return fitting, rejected


def _going(wanted: ShipmentRequest, order: Order) -> Iterator[Service]:
    for service in SERVICES:
        if service.goes(wanted.ship_from["CountryCode"].upper(), order.buyer.country):
            yield service


def _rejection(service: Service, wanted: ShipmentRequest) -> tuple[str, str] | None:
    if wanted.grams > service.grams:
        return "PACKAGE_WEIGHT_EXCEEDS_LIMIT", f"{service.name} carries at most {service.grams} g."
    if wanted.experience not in service.experiences:
        return "DELIVERY_EXPERIENCE_NOT_SUPPORTED", f"{service.name} does not offer {wanted.experience}."
    if wanted.picks_up and not service.picks_up:
        return "CARRIER_PICKUP_NOT_AVAILABLE", f"{service.name} does not pick parcels up."
    if wanted.arrive_by is not None and wanted.ship_date + service.days[1] * DAY > wanted.arrive_by:
        return "LATE_DELIVERY_RISK", f"{service.name} may arrive after {iso(wanted.arrive_by)}."
    return None


def offer(service: Service, wanted: ShipmentRequest, order: Order, now: float) -> dict[str, Any]:
    """A ShippingService as the model has it."""
    market = MARKETS[order.marketplace]
    price = service.price(wanted.grams, wanted.experience, wanted.picks_up, market.price_factor)
    rate = {"CurrencyCode": market.currency, "Amount": float(price)}
    late = wanted.ship_date + service.days[1] * DAY > order.created + 5 * DAY
    options: dict[str, Any] = {
        "DeliveryExperience": wanted.experience,
        "CarrierWillPickUp": wanted.picks_up,
        "CarrierWillPickUpOption": "CarrierWillPickUp" if wanted.picks_up else "ShipperWillDropOff",
        "LabelFormat": wanted.format or DEFAULT,
    }
    if wanted.declared is not None:
        options["DeclaredValue"] = wanted.declared
    return {
        "ShippingServiceName": service.name,
        "CarrierName": service.carrier,
        "ShippingServiceId": service.id,
        "ShippingServiceOfferId": seal("offer", (now + OFFER_LIVES, service.id, order.id, str(price))),
        "ShipDate": iso(wanted.ship_date),
        "EarliestEstimatedDeliveryDate": iso(wanted.ship_date + service.days[0] * DAY),
        "LatestEstimatedDeliveryDate": iso(wanted.ship_date + service.days[1] * DAY),
        "Rate": rate,
        "RateWithAdjustments": rate,
        "ShippingServiceOptions": options,
        "AvailableShippingServiceOptions": _available(service, wanted, market.price_factor, market.currency),
        "AvailableLabelFormats": [*FORMATS, DEFAULT],
        "AvailableFormatOptionsForLabel": [
            {"IncludePackingSlipWithLabel": False, "LabelFormat": one} for one in (*FORMATS, DEFAULT)
        ],
        "RequiresAdditionalSellerInputs": needs_inputs(wanted.ship_from["CountryCode"], order),
        "Benefits": {
            "IncludedBenefits": [] if late else ["CLAIMS_PROTECTED"],
            "ExcludedBenefits": [{"Benefit": "CLAIMS_PROTECTED", "ReasonCodes": ["LATE_DELIVERY_RISK"]}]
            if late
            else [],
        },
    }


def _available(service: Service, wanted: ShipmentRequest, factor: int, currency: str) -> dict[str, Any]:
    """What each option costs more than the plain one."""
    bare = service.price(wanted.grams, PLAIN, False, factor)

    def more(experience: str, picks_up: bool) -> dict[str, Any]:
        return {
            "CurrencyCode": currency,
            "Amount": float(service.price(wanted.grams, experience, picks_up, factor) - bare),
        }

    pick_ups = ["ShipperWillDropOff", *(["CarrierWillPickUp"] if service.picks_up else [])]
    return {
        "AvailableCarrierWillPickUpOptions": [
            {"CarrierWillPickUpOption": one, "Charge": more(PLAIN, one == "CarrierWillPickUp")} for one in pick_ups
        ],
        "AvailableDeliveryExperienceOptions": [
            {"DeliveryExperienceOption": one, "Charge": more(one, False)} for one in service.experiences
        ],
    }


def check_offer(offer_id: str, service: Service, order: Order, now: float) -> None:
    """An offer is for one service and one order, and for a day."""
    held = unseal("offer", offer_id)
    if held is None or held[1:3] != [service.id, order.id]:
        raise NotValid(offer_id, "shippingServiceOfferId", "Member must be an offer for this order and service")
    if held[0] < now:
        raise NotValid(offer_id, "shippingServiceOfferId", "Member must be an offer that has not expired")


def needs_inputs(ship_from: str, order: Order) -> bool:
    return crosses_customs(ship_from.upper(), order.buyer.country)
