"""Shipping v2 for orders of Amazon's (Buy Shipping): offers, labels bought, documents.

Source: model shippingV2.json and developer-docs.amazon.com/sp-api/docs/shipping-api-v2-use-case-guide.

One parcel is one shipment. What is bought is paid for: a purchase goes out with an idempotency key and is repeated, if
at all, with the same key and the same body.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from wharfinger.amazon.messages.wire import (
    Message,
    PersonalMessage,
    Unreadable,
    as_iso,
    check_number,
    put_in_utc,
    read,
    read_each,
    split,
)

PNG, ZPL, PDF = "PNG", "ZPL", "PDF"
LABEL = "LABEL"
CLAIMS_PROTECTED, OTDR_PROTECTED = "CLAIMS_PROTECTED", "OTDR_PROTECTED"
CENTIMETRE, GRAM = "CENTIMETER", "GRAM"

# --- what is sent


class Cost(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """An amount in the currency's main unit; `unit` is the currency's code. Sent as a number, as the model wants it."""

    value: Decimal
    unit: str

    def __post_init__(self) -> None:
        check_number(self.value)
        msgspec.structs.force_setattr(self, "unit", self.unit.strip().upper())


class ShippingAddress(PersonalMessage, frozen=True, kw_only=True, rename="camel", omit_defaults=False):
    """Where the parcel comes from. All that has no default is required; a state or region may be empty.

    ValueError names the part that Amazon would refuse: names and lines have limits of 50 and 60 characters.
    """

    name: str
    address_line1: str
    city: str
    postal_code: str
    country_code: str
    state_or_region: str = ""
    address_line2: str | msgspec.UnsetType = msgspec.UNSET
    address_line3: str | msgspec.UnsetType = msgspec.UNSET
    company_name: str | msgspec.UnsetType = msgspec.UNSET
    email: str | msgspec.UnsetType = msgspec.UNSET
    phone_number: str | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        for part in ("name", "address_line1", "city", "postal_code", "country_code"):
            if not getattr(self, part).strip():
                raise ValueError(f"{part} is empty; Amazon sells no label without it")
        for part, most in _ADDRESS_AT_MOST.items():
            value = getattr(self, part)
            if value is not msgspec.UNSET and not 0 < len(value) <= most:
                raise ValueError(f"{part} has {len(value)} characters; Amazon takes 1 to {most}, or none at all")
        if len(self.country_code) != 2:
            raise ValueError("country_code must have two letters")


_ADDRESS_AT_MOST = {
    "name": 50, "address_line1": 60, "address_line2": 60, "address_line3": 60, "email": 64, "phone_number": 20,
}  # fmt: skip


class ParcelItem(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`quantity` units of one order item of Amazon's."""

    item_identifier: str
    quantity: int


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One parcel of one order. `reference`: ours. Sides in whole centimetres, weight in whole grams.

    `insured`: what its goods are worth. ValueError names what is missing or wrong before anything is sent.
    """

    order_id: str
    reference: str
    items: tuple[ParcelItem, ...]
    grams: int
    length: int
    width: int
    height: int
    insured: Cost
    ship_from: ShippingAddress
    ship_date: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("order_id", "reference"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name} is empty; Amazon sells no label without it")
        for name in ("grams", "length", "width", "height"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more")
        if not self.items:
            raise ValueError("items is empty; name what is in the parcel")
        if any(item.quantity < 1 or not item.item_identifier for item in self.items):
            raise ValueError("items: every item needs its order item id and a quantity of 1 or more")
        if self.insured.value < 0:
            raise ValueError("insured must not be below zero")


class DocumentSize(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    width: Decimal
    length: Decimal
    unit: str


class DocumentChoice(msgspec.Struct, frozen=True, kw_only=True):
    """How a label is to come: to the letter one of what the offer supports. `dpi` None where the offer names none."""

    format: str
    size: DocumentSize
    page_layout: str
    dpi: int | None = None
    file_joining: bool = False


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """One offer that is bought. `services`: the value-added services chosen, one of each required group.

    `inputs`: what the offer's schema asks for, by name. ValueError names what is missing.
    """

    request_token: str
    rate_id: str
    document: DocumentChoice
    services: tuple[str, ...] = ()
    inputs: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        for name in ("request_token", "rate_id"):
            if not getattr(self, name):
                raise ValueError(f"{name} is empty; get the offers again")
        if any(not one for one in self.services) or len(set(self.services)) != len(self.services):
            raise ValueError("services: each once, and none empty")


def write_rates_request(parcel: Parcel) -> bytes:
    """The body of getRates. `shipTo` is left out: for its own orders Amazon takes the order's, whatever is sent."""
    body: dict[str, Any] = {
        "shipFrom": parcel.ship_from,
        "packages": [
            {
                "dimensions": {
                    "length": parcel.length,
                    "width": parcel.width,
                    "height": parcel.height,
                    "unit": CENTIMETRE,
                },
                "weight": {"value": parcel.grams, "unit": GRAM},
                "insuredValue": _number_of(parcel.insured),
                "packageClientReferenceId": parcel.reference,
                "items": parcel.items,
            }
        ],
        "channelDetails": {"channelType": "AMAZON", "amazonOrderDetails": {"orderId": parcel.order_id}},
    }
    if parcel.ship_date is not None:
        body["shipDate"] = as_iso(parcel.ship_date)
    return msgspec.json.encode(body)


def write_purchase(purchase: Purchase) -> bytes:
    """The body of purchaseShipment, the same bytes for the same purchase: an idempotency key holds for one body."""
    document = purchase.document
    specification: dict[str, Any] = {
        "format": document.format,
        "size": {
            "width": float(document.size.width),
            "length": float(document.size.length),
            "unit": document.size.unit,
        },
        "needFileJoining": document.file_joining,
        "requestedDocumentTypes": [LABEL],
    }
    if document.page_layout:
        specification["pageLayout"] = document.page_layout
    if document.dpi is not None:
        specification["dpi"] = document.dpi
    body: dict[str, Any] = {
        "requestToken": purchase.request_token,
        "rateId": purchase.rate_id,
        "requestedDocumentSpecification": specification,
    }
    if purchase.services:
        body["requestedValueAddedServices"] = [{"id": one} for one in purchase.services]
    if purchase.inputs:
        body["additionalInputs"] = dict(purchase.inputs)
    return msgspec.json.encode(body, order="sorted")


def _number_of(cost: Cost) -> dict[str, Any]:
    return {"value": float(cost.value), "unit": cost.unit}


# --- what comes


class TimeWindow(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        put_in_utc(self, "start", "end")


class Promise(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    delivery_window: TimeWindow = TimeWindow()
    pickup_window: TimeWindow = TimeWindow()


class ExcludedBenefit(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    benefit: str
    reason_codes: tuple[str, ...] = ()


class Benefits(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Protections that come with a label, and those that do not, with Amazon's reasons (`LATE_DELIVERY_RISK` …)."""

    included_benefits: tuple[str, ...] = ()
    excluded_benefits: tuple[ExcludedBenefit, ...] = ()


class ValueAddedService(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    id: str
    name: str
    cost: Cost


class ValueAddedServiceGroup(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Of a required group one service must be bought."""

    group_id: str
    group_description: str = ""
    is_required: bool = False
    value_added_services: tuple[ValueAddedService, ...] = ()


class SupportedDocumentDetail(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    name: str
    is_mandatory: bool = False


class PrintOption(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    supported_dpis: tuple[int, ...] = msgspec.field(default=(), name="supportedDPIs")
    supported_page_layouts: tuple[str, ...] = ()
    supported_file_joining_options: tuple[bool, ...] = ()
    supported_document_details: tuple[SupportedDocumentDetail, ...] = ()


class SupportedDocument(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    format: str
    size: DocumentSize
    print_options: tuple[PrintOption, ...] = ()


class Weight(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    unit: str
    value: Decimal


class RateItem(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One part of the price. `rate_item_type`: MANDATORY, OPTIONAL, INCLUDED."""

    rate_item_id: str = msgspec.field(default="", name="rateItemID")
    rate_item_type: str = ""
    rate_item_charge: Cost | None = None
    rate_item_name_localization: str = ""


class Rate(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One offer. `total_charge` is without the value-added services."""

    rate_id: str
    carrier_id: str
    carrier_name: str
    service_id: str
    service_name: str
    total_charge: Cost
    promise: Promise
    supported_document_specifications: tuple[SupportedDocument, ...] = ()
    available_value_added_service_groups: tuple[ValueAddedServiceGroup, ...] = ()
    requires_additional_inputs: bool = False
    benefits: Benefits = Benefits()
    billed_weight: Weight | None = None
    payment_type: str = ""
    rate_item_list: tuple[RateItem, ...] = ()

    def choice(self, wanted: str, *, dpi: int | None = None) -> DocumentChoice | None:
        """The label in that format as this offer gives it, at that resolution where it can; None = not in this one."""
        for document in self.supported_document_specifications:
            if document.format != wanted:
                continue
            for option in document.print_options:
                if all(one.name == LABEL or not one.is_mandatory for one in option.supported_document_details):
                    return _choice(document, option, dpi)
        return None


def _choice(document: SupportedDocument, option: PrintOption, dpi: int | None) -> DocumentChoice:
    found = dpi if dpi in option.supported_dpis else next(iter(option.supported_dpis), None)
    joins = option.supported_file_joining_options
    return DocumentChoice(
        format=document.format,
        size=document.size,
        page_layout=next(iter(option.supported_page_layouts), ""),
        dpi=found,
        file_joining=bool(joins) and False not in joins,
    )


class IneligibilityReason(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    code: str
    message: str = ""


class IneligibleRate(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A service that does not carry this parcel, with the reasons (`NO_COVERAGE`, `LATE_DELIVERY` …)."""

    service_id: str
    service_name: str = ""
    carrier_name: str = ""
    carrier_id: str = ""
    ineligibility_reasons: tuple[IneligibilityReason, ...] = ()


class Offers(Message, frozen=True, kw_only=True):
    """Good for ten minutes. `unreadable` says of each rate that could not be read what is wrong."""

    request_token: str
    rates: tuple[Rate, ...]
    ineligible_rates: tuple[IneligibleRate, ...] = ()
    unreadable: tuple[str, ...] = ()


class _Offers(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    request_token: str
    rates: tuple[msgspec.Raw, ...] = ()
    ineligible_rates: tuple[msgspec.Raw, ...] | None = None


class _OffersAnswer(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    payload: _Offers


class PackageDocument(PersonalMessage, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A file with an address on it. `contents` in Base64."""

    type: str
    format: str
    contents: str


class PackageDocuments(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`tracking_id` may be missing, and has come as a number (the model's own example)."""

    package_client_reference_id: str
    package_documents: tuple[PackageDocument, ...] = ()
    tracking_id: str | int | None = None


class BoughtShipment(Message, frozen=True, kw_only=True):
    """What a purchase gives. `label` is the file as a printer wants it, in `format`; empty where none came yet."""

    shipment_id: str
    reference: str
    tracking_number: str
    format: str
    promise: Promise
    benefits: Benefits
    label: bytes

    def __repr__(self) -> str:
        return f"<BoughtShipment {self.shipment_id}>"


class _Bought(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    shipment_id: str
    package_document_details: tuple[PackageDocuments, ...]
    promise: Promise = Promise()
    benefits: Benefits = Benefits()


class _BoughtAnswer(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    payload: _Bought


class _Documents(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    shipment_id: str
    package_document_detail: PackageDocuments
    benefits: Benefits = Benefits()


class _DocumentsAnswer(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    payload: _Documents


class TrackingEvent(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    event_code: str
    event_time: datetime

    def __post_init__(self) -> None:
        put_in_utc(self, "event_time")


class TrackingSummary(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`status`: PreTransit, InTransit, OutForDelivery, Delivered, Lost …"""

    status: str = ""


class Tracking(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    tracking_id: str | int
    event_history: tuple[TrackingEvent, ...] = ()
    summary: TrackingSummary = TrackingSummary()
    promised_delivery_date: datetime | None = None

    def __post_init__(self) -> None:
        put_in_utc(self, "promised_delivery_date")


class _TrackingAnswer(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    payload: Tracking


class _InputsAnswer(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    payload: dict[str, Any]


def read_offers(body: bytes) -> Offers:
    """A getRates answer; raises Unreadable if the body is none. A rate that cannot be read is left out and named."""
    payload = split(body, _OffersAnswer).payload
    rates, unreadable = read_each(payload.rates, Rate)
    ineligible, _ = read_each(payload.ineligible_rates or (), IneligibleRate)
    return Offers(request_token=payload.request_token, rates=rates, ineligible_rates=ineligible, unreadable=unreadable)


def read_bought(body: bytes) -> BoughtShipment:
    """A purchaseShipment answer; raises Unreadable for one without exactly one package."""
    payload = read(body, _BoughtAnswer).payload
    if len(payload.package_document_details) != 1:
        raise Unreadable(f"packageDocumentDetails: {len(payload.package_document_details)} packages instead of one")
    return _bought(payload.shipment_id, payload.package_document_details[0], payload.promise, payload.benefits)


def read_documents(body: bytes) -> BoughtShipment:
    """A getShipmentDocuments answer; it says nothing of the promise."""
    payload = read(body, _DocumentsAnswer).payload
    return _bought(payload.shipment_id, payload.package_document_detail, Promise(), payload.benefits)


def read_tracking(body: bytes) -> Tracking:
    return read(body, _TrackingAnswer).payload


def read_inputs_schema(body: bytes) -> dict[str, Any]:
    """The JSON Schema of what an offer wants to know; empty where it wants nothing."""
    return read(body, _InputsAnswer).payload


def _bought(shipment_id: str, package: PackageDocuments, promise: Promise, benefits: Benefits) -> BoughtShipment:
    label = next((one for one in package.package_documents if one.type == LABEL), None)
    return BoughtShipment(
        shipment_id=shipment_id,
        reference=package.package_client_reference_id,
        tracking_number="" if package.tracking_id is None else str(package.tracking_id).strip(),
        format="" if label is None else label.format,
        promise=promise,
        benefits=benefits,
        label=b"" if label is None else _decoded(label.contents),
    )


def _decoded(contents: str) -> bytes:
    try:
        return base64.b64decode(contents, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("packageDocuments: the contents are no Base64") from None
