"""What carriers offer for a parcel by Shipping v2: prices, promises, protections, and why some offer nothing."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from amazon_simulator.buy_shipping.businesses import COUNTRY_OF
from amazon_simulator.buy_shipping.carriers import (
    ADULT,
    PENCE_FOR,
    PENCE_FOR_PICK_UP,
    PLAIN,
    SERVICES,
    SIGNED,
    Service,
    crosses_customs,
)
from amazon_simulator.buy_shipping.parcel_requests import ParcelRequest, Specification
from amazon_simulator.core.clock import iso
from amazon_simulator.representations.windows import windows
from amazon_simulator.world.catalogue import BY_REGION, MARKETS, Market, in_currency
from amazon_simulator.world.entities import Order

DAY, HOUR = 24 * 3600.0, 3600.0
LONGEST_SIDE = 150.0
"""Centimetres; carriers take no parcel that is longer."""
AT_RISK = DAY
"""By how much a promise may miss the order's own and is still offered, without protection; beyond it is left out.
Our choice: Amazon does not say where it draws the line."""
CONFIRMATIONS = {
    PLAIN: ("DELIVERY_CONFIRMATION", "Delivery confirmation"),
    SIGNED: ("SIGNATURE_CONFIRMATION", "Signature confirmation"),
    ADULT: ("ADULT_SIGNATURE_CONFIRMATION", "Adult signature confirmation"),
}
CONFIRMATION, COLLECTION = "CONFIRMATION", "COLLECTION"
CARRIER_COLLECTS = "CARRIER_COLLECTS"
SIZE = {"width": 4.0, "length": 6.0, "unit": "INCH"}
DPIS: dict[str, tuple[int, ...]] = {"PNG": (203,), "ZPL": (203, 300), "PDF": ()}
LAYOUT, LABEL = "DEFAULT", "LABEL"
CLAIMS, ON_TIME, SHIP_PLUS = "CLAIMS_PROTECTED", "OTDR_PROTECTED", "FBM_SHIP_PLUS"
BY_COUNTRY: dict[str, Market] = {market.country: market for markets in BY_REGION.values() for market in markets}


@dataclass(frozen=True, slots=True)
class Rate:
    """One offer. Times are trade time. `extras`: identifier → what a value-added service costs more."""

    id: str
    service: Service
    charge: Decimal
    currency: str
    collected: tuple[float, float]
    delivered: tuple[float, float]
    benefits: dict[str, Any]
    required: tuple[str, ...]
    extras: dict[str, Decimal]
    needs_inputs: bool
    own_account: bool

    @property
    def promise(self) -> dict[str, Any]:
        return {"pickupWindow": _window(self.collected), "deliveryWindow": _window(self.delivered)}

    def money(self, amount: Decimal) -> dict[str, Any]:
        return {"value": float(amount), "unit": self.currency}

    def total(self, chosen: tuple[str, ...]) -> Decimal:
        return self.charge + sum((self.extras[one] for one in chosen), Decimal(0))


@dataclass(frozen=True, slots=True)
class Ineligible:
    service: Service
    code: str
    message: str


def carrier_id(service: Service) -> str:
    return service.carrier.upper().replace(" ", "_")


def offered(
    wanted: ParcelRequest, order: Order | None, business: str, quote: str
) -> tuple[list[Rate], list[Ineligible]]:
    """The offers to `quote`, the cheapest first, and the services that cannot carry this parcel."""
    rates, ineligible = [], []
    for service in _of_business(business):
        why = _ineligibility(service, wanted, order, business)
        if why is None:
            rates.append(_rate(service, wanted, order, business, quote))
        else:
            ineligible.append(Ineligible(service, *why))
    return sorted(rates, key=lambda rate: (rate.charge, rate.service.id)), ineligible


def _of_business(business: str) -> Iterator[Service]:
    return (service for service in SERVICES if COUNTRY_OF[business] in service.leaves)


def _destination(wanted: ParcelRequest, order: Order | None) -> str:
    if order is not None:
        return order.buyer.country
    return (wanted.ship_to or {}).get("countryCode", "").upper()


def _ineligibility(
    service: Service, wanted: ParcelRequest, order: Order | None, business: str
) -> tuple[str, str] | None:
    goes_to = _destination(wanted, order)
    if order is not None and MARKETS[order.marketplace].country != COUNTRY_OF[business]:
        return "PROGRAM_CONSTRAINTS", f"{business} does not send orders of {MARKETS[order.marketplace].name}."
    if not service.goes(wanted.ship_from["countryCode"].upper(), goes_to):
        return "NO_COVERAGE", f"{service.name} does not go from {wanted.ship_from['countryCode']} to {goes_to}."
    if wanted.grams > service.grams:
        return "WEIGHT_RESTRICTIONS", f"{service.name} carries at most {service.grams} g."
    if wanted.sides[0] > LONGEST_SIDE:
        return "SIZE_RESTRICTIONS", f"{service.name} carries nothing longer than {LONGEST_SIDE:g} cm."
    if wanted.hazardous:
        return "PROGRAM_CONSTRAINTS", f"{service.name} carries no dangerous goods."
    if order is not None and _late(service, wanted, order) > AT_RISK:
        return "LATE_DELIVERY", f"{service.name} would arrive after the order's latest delivery date."
    return None


def _late(service: Service, wanted: ParcelRequest, order: Order) -> float:
    """Seconds by which the parcel may arrive after what the buyer was promised; below 0: in time."""
    return wanted.ship_date + service.days[1] * DAY - windows(order).deliver_by


def _rate(service: Service, wanted: ParcelRequest, order: Order | None, business: str, quote: str) -> Rate:
    market = MARKETS[order.marketplace] if order is not None else BY_COUNTRY[COUNTRY_OF[business]]
    confirmations = [one for one in service.experiences if one in CONFIRMATIONS]
    own_account = carrier_id(service) in wanted.accounts

    def costs(pence: int) -> Decimal:
        return in_currency(Decimal(pence) * market.price_factor / 10_000, market.currency)

    extras = {CONFIRMATIONS[one][0]: costs(PENCE_FOR.get(one, 0)) for one in confirmations}
    if service.picks_up:
        extras[CARRIER_COLLECTS] = costs(PENCE_FOR_PICK_UP)
    begin = wanted.ship_date
    return Rate(
        id=hashlib.sha256(f"{quote}:{service.id}".encode()).hexdigest()[:32].upper(),
        service=service,
        charge=in_currency(service.price(wanted.grams, PLAIN, False, market.price_factor), market.currency),
        currency=market.currency,
        collected=(begin, begin + 8 * HOUR),
        delivered=(begin + service.days[0] * DAY, begin + service.days[1] * DAY),
        benefits={"includedBenefits": [], "excludedBenefits": []}
        if order is None
        else _benefits(order, late=_late(service, wanted, order) > 0),
        required=tuple(CONFIRMATIONS[one][0] for one in confirmations),
        extras=extras,
        needs_inputs=crosses_customs(wanted.ship_from["countryCode"].upper(), _destination(wanted, order)),
        own_account=own_account,
    )


def _benefits(order: Order, *, late: bool) -> dict[str, Any]:
    """Claims: unless it may be late. On-time rate: only where Amazon itself made the promise, on both its switches."""
    against: dict[str, list[str]] = {CLAIMS: ["LATE_DELIVERY_RISK"] if late else []}
    source = "" if order.transit is None else order.transit.source
    own = ["NON_SSA_ORDER"] if source != "AMAZON_AUTOMATED" else []
    own += ["NON_AHT_ORDER"] if source in ("", "SELLER_SET") else []
    against[ON_TIME] = [*against[CLAIMS], *own]
    included = [name for name, reasons in against.items() if not reasons]
    included += [SHIP_PLUS] if SHIP_PLUS in order.programs else []
    excluded = [{"benefit": name, "reasonCodes": reasons} for name, reasons in against.items() if reasons]
    return {"includedBenefits": included, "excludedBenefits": excluded}


# --- as they are sent


def rate_json(rate: Rate, weight: dict[str, Any]) -> dict[str, Any]:
    service = rate.service
    return {
        "rateId": rate.id,
        "carrierId": carrier_id(service),
        "carrierName": service.carrier,
        "serviceId": service.id,
        "serviceName": service.name,
        "billedWeight": weight,
        "totalCharge": rate.money(rate.charge),
        "promise": rate.promise,
        "supportedDocumentSpecifications": [_supported(form) for form in ("PNG", "ZPL", "PDF")],
        "availableValueAddedServiceGroups": list(_groups(rate)),
        "requiresAdditionalInputs": rate.needs_inputs,
        "rateItemList": [
            {"rateItemID": "BASE_RATE", "rateItemType": "MANDATORY", "rateItemCharge": rate.money(rate.charge)}
        ],
        "paymentType": "PAY_DIRECT_TO_CARRIER" if rate.own_account else "PAY_THROUGH_AMAZON",
        "benefits": rate.benefits,
    }


def ineligible_json(one: Ineligible) -> dict[str, Any]:
    return {
        "serviceId": one.service.id,
        "serviceName": one.service.name,
        "carrierName": one.service.carrier,
        "carrierId": carrier_id(one.service),
        "ineligibilityReasons": [{"code": one.code, "message": one.message}],
    }


def _groups(rate: Rate) -> Iterator[dict[str, Any]]:
    names = dict(CONFIRMATIONS.values())
    if rate.required:
        yield {
            "groupId": CONFIRMATION,
            "groupDescription": "How the delivery is confirmed",
            "isRequired": True,
            "valueAddedServices": [_extra(rate, one, names[one]) for one in rate.required],
        }
    if CARRIER_COLLECTS in rate.extras:
        yield {
            "groupId": COLLECTION,
            "groupDescription": "Who brings the parcel to the carrier",
            "isRequired": False,
            "valueAddedServices": [_extra(rate, CARRIER_COLLECTS, "The carrier collects it")],
        }


def _extra(rate: Rate, extra: str, name: str) -> dict[str, Any]:
    return {"id": extra, "name": name, "cost": rate.money(rate.extras[extra])}


def _supported(form: str) -> dict[str, Any]:
    option: dict[str, Any] = {"supportedDPIs": list(DPIS[form])} if DPIS[form] else {}
    option |= {
        "supportedPageLayouts": [LAYOUT],
        "supportedFileJoiningOptions": [False, True],
        "supportedDocumentDetails": [{"name": LABEL, "isMandatory": True}],
    }
    return {"format": form, "size": SIZE, "printOptions": [option]}


def specification_fault(wanted: Specification) -> str:
    """What no offer supports; "" where all fits. A specification must be one of the offer's to the letter."""
    if wanted.size != SIZE:
        return "Requested document size is not supported by the rate"
    if wanted.dpi and wanted.dpi not in DPIS[wanted.format]:
        return "Requested dpi is not supported by the rate"
    if wanted.layout not in ("", LAYOUT):
        return "Requested pageLayout is not supported by the rate"
    if wanted.types != (LABEL,):
        return "Requested document types are not supported by the rate: LABEL is mandatory, and there is no other"
    return ""


def choice_fault(rate: Rate, chosen: tuple[str, ...]) -> str:
    """What is wrong with the value-added services that were chosen; "" where nothing is."""
    for one in chosen:
        if one not in rate.extras:
            return f"Value added service {one[:60]} is not available for the rate"
    if rate.required and len(set(chosen) & set(rate.required)) != 1:
        return f"One value added service of the required group {CONFIRMATION} must be requested"
    return ""


def _window(times: tuple[float, float]) -> dict[str, str]:
    return {"start": iso(times[0]), "end": iso(times[1])}
