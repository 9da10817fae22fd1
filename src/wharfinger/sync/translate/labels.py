"""Our words of a parcel and those of couriers, side by side."""

from wharfinger.couriers.seam import BoughtLabel, Content, LabelRequest, Recipient
from wharfinger.domain.orders.order import IncomingAddress
from wharfinger.domain.shipping.connections import PackageFormat
from wharfinger.operations.shipping.labels import Held, LabelToBuy

FORMATS = {
    PackageFormat.LETTER: "letter",
    PackageFormat.LARGE_LETTER: "largeLetter",
    PackageFormat.SMALL_PARCEL: "smallParcel",
    PackageFormat.MEDIUM_PARCEL: "mediumParcel",
    PackageFormat.LARGE_PARCEL: "largeParcel",
    PackageFormat.PARCEL: "parcel",
    PackageFormat.DOCUMENTS: "documents",
}


def to_label_request(label: LabelToBuy) -> LabelRequest:
    return LabelRequest(
        reference=label.reference,
        service_code=label.service_code,
        package_format=FORMATS[label.package_format],
        grams=label.grams,
        recipient=to_recipient(label.address),
        ordered_at=label.ordered_at,
        currency=label.currency,
        goods=label.worth.goods,
        shipping=label.worth.shipping,
        total=label.worth.total,
        business=label.business,
        contents=tuple(
            Content(line.name, line.units, line.value, line.grams, line.origin, line.commodity_code)
            for line in label.goods
            if line.value is not None and line.grams is not None
        ),
        carrier_name=label.carrier_name,
    )


def to_recipient(address: IncomingAddress) -> Recipient:
    """What is written on a label, and the telephone number; no e-mail address, no instructions."""
    return Recipient(
        name=address.name,
        company=address.company,
        line_1=address.line_1,
        line_2=address.line_2,
        line_3=address.line_3,
        town=address.town,
        county=address.county,
        postcode=address.postcode,
        country=address.country,
        phone=address.phone,
    )


def to_held(bought: BoughtLabel) -> Held:
    return Held(bought.identifier, bought.tracking_number, bought.label, bought.label_error)
