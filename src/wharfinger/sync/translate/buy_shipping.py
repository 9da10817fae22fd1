"""Amazon as a courier: parcels, offers and labels in both vocabularies, and its errors as those of the one tree."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from wharfinger.amazon import errors as amazon
from wharfinger.amazon.messages.buy_shipping import (
    Benefits,
    BoughtShipment,
    Cost,
    DocumentChoice,
    DocumentSize,
    IneligibleRate,
    Parcel,
    ParcelItem,
    Purchase,
    Rate,
    ShippingAddress,
)
from wharfinger.amazon.messages.buy_shipping import Offers as AmazonOffers
from wharfinger.couriers import errors as couriers
from wharfinger.domain.shipping.connections import LabelFormat
from wharfinger.domain.shipping.offers import Excluded, Extra, ExtraGroup, Ineligible, Offer, Offers
from wharfinger.operations.shipping._offer_steps import LabelToQuote, Sender
from wharfinger.operations.shipping.labels import Held

_FORMATS = {LabelFormat.PNG: "PNG", LabelFormat.PDF: "PDF", LabelFormat.ZPL: "ZPL"}
_DPI = 203
"""Of the usual label printers; another where an offer has not this one."""


# --- sent


def to_parcel(label: LabelToQuote) -> Parcel:
    """ValueError names the part of the sender's address that Amazon would refuse."""
    length, width, height = label.sides
    return Parcel(
        order_id=label.amazon_order_id,
        reference=label.reference,
        items=tuple(ParcelItem(item_identifier=item, quantity=units) for item, units in label.items),
        grams=label.grams,
        length=length,
        width=width,
        height=height,
        insured=Cost(value=label.worth, unit=label.currency),
        ship_from=_to_address(label.sender),
    )


def _to_address(sender: Sender) -> ShippingAddress:
    optional = {"address_line2": sender.line_2, "phone_number": sender.phone, "email": sender.email}
    return ShippingAddress(
        name=sender.name,
        address_line1=sender.line_1,
        city=sender.town,
        state_or_region=sender.county,
        postal_code=sender.postcode,
        country_code=sender.country,
        **{name: part for name, part in optional.items() if part},
    )


def to_purchase(stored: Mapping[str, Any]) -> Purchase:
    """From what `_offer_steps.write_purchase` stored: the same bytes each time."""
    document = stored["document"]
    size = document["size"]
    return Purchase(
        request_token=stored["token"],
        rate_id=stored["rate_id"],
        document=DocumentChoice(
            format=document["format"],
            size=DocumentSize(width=Decimal(size["width"]), length=Decimal(size["length"]), unit=size["unit"]),
            page_layout=document["page_layout"],
            dpi=document["dpi"],
            file_joining=document["file_joining"],
        ),
        services=tuple(stored["services"]),
        inputs=stored["inputs"],
    )


# --- offered


def to_offers(found: AmazonOffers, now: datetime) -> Offers:
    return Offers(
        token=found.request_token,
        fetched_at=now,
        offers=tuple(map(_to_offer, found.rates)),
        ineligible=tuple(map(_to_ineligible, found.ineligible_rates)),
    )


def _to_offer(rate: Rate) -> Offer:
    window = rate.promise.delivery_window
    documents = {ours: rate.choice(theirs, dpi=_DPI) for ours, theirs in _FORMATS.items()}
    return Offer(
        rate_id=rate.rate_id,
        carrier_id=rate.carrier_id,
        carrier=rate.carrier_name,
        service_id=rate.service_id,
        service=rate.service_name,
        price=rate.total_charge.value,
        currency=rate.total_charge.unit,
        deliver_from=window.start,
        deliver_by=window.end,
        included=rate.benefits.included_benefits,
        excluded=tuple(Excluded(one.benefit, one.reason_codes) for one in rate.benefits.excluded_benefits),
        groups=tuple(
            ExtraGroup(
                group.group_id,
                group.group_description,
                group.is_required,
                tuple(Extra(one.id, one.name, one.cost.value) for one in group.value_added_services),
            )
            for group in rate.available_value_added_service_groups
        ),
        documents={ours.value: _written(choice) for ours, choice in documents.items() if choice is not None},
        needs_inputs=rate.requires_additional_inputs,
    )


def _written(choice: DocumentChoice) -> dict[str, Any]:
    return {
        "format": choice.format,
        "size": {"width": str(choice.size.width), "length": str(choice.size.length), "unit": choice.size.unit},
        "page_layout": choice.page_layout,
        "dpi": choice.dpi,
        "file_joining": choice.file_joining,
    }


def _to_ineligible(rate: IneligibleRate) -> Ineligible:
    reasons = tuple((one.code, one.message) for one in rate.ineligibility_reasons)
    return Ineligible(rate.carrier_name, rate.service_name or rate.service_id, reasons)


# --- bought


def to_held(bought: BoughtShipment) -> Held:
    """The label may be missing although the shipment was bought; it is fetched then."""
    said = bought.benefits != Benefits()
    return Held(
        identifier=bought.shipment_id,
        tracking_number=bought.tracking_number,
        document=bought.label or None,
        error="" if bought.label else "Amazon's answer held no label.",
        deliver_by=bought.promise.delivery_window.end,
        included=bought.benefits.included_benefits if said else None,
        excluded=tuple((one.benefit, one.reason_codes) for one in bought.benefits.excluded_benefits),
    )


# --- went wrong

_KINDS: tuple[tuple[type[amazon.AmazonError], type[couriers.CourierError]], ...] = (
    (amazon.Throttled, couriers.Throttled),
    (amazon.ConnectionFailed, couriers.NotReached),
    (amazon.ServerFault, couriers.ServerFault),
    (amazon.NotAnsweredAsPromised, couriers.NotUnderstood),
    (amazon.TokenExpired, couriers.ServerFault),
    (amazon.OffersExpired, couriers.OffersExpired),
    (amazon.NotFound, couriers.NotThere),
    (amazon.Refused, couriers.RequestRefused),
    (amazon.AccessDenied, couriers.NotAllowed),
    (amazon.AuthorisationLost, couriers.KeyRefused),
    (amazon.InvalidClient, couriers.KeyRefused),
    (amazon.OurBug, couriers.OurBug),
)
"""The first that fits; a leaf stands before its parent. An expired token is fetched again at the next call: later."""
_SIGNS: tuple[tuple[tuple[str, ...], type[couriers.CourierError]], ...] = (
    (("shipfrom", "shipto", "address", "postalcode", "stateorregion", "phonenumber"), couriers.AddressRefused),
    (("chargemethod", "paymentmethod", "insufficientfunds", "insufficientbalance", "creditcard"), couriers.NoMoney),
    (
        (
            "rateid",
            "noserviceiseligible",
            "ineligible",
            "weight",
            "dimensions",
            "valueaddedservice",
            "hasno",
            "notsupported",
        ),
        couriers.ServiceNotAvailable,
    ),
)
"""Amazon has one code for every refusal: its words say what about."""


def to_courier_error(error: amazon.AmazonError) -> couriers.CourierError:
    """The same in the words of couriers, with Amazon's own in its text; whether the outcome is known is kept."""
    kind = next(ours for theirs, ours in _KINDS if isinstance(error, theirs))
    first = amazon.Said(error.code, error.message, error.details)
    said = [
        couriers.Said(message=" ".join(part for part in (one.message, one.details) if part), code=one.code)
        for one in (first, *error.others)
    ]
    if kind is couriers.RequestRefused:
        words = "".join(letter for letter in " ".join(map(str, said)).casefold() if letter.isalnum())
        kind = next((leaf for signs, leaf in _SIGNS if any(sign in words for sign in signs)), kind)
    return kind(f"Amazon {error.operation}", status=error.status, said=said, outcome_unknown=error.outcome_unknown)
