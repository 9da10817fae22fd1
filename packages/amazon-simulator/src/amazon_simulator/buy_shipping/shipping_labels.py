"""The file of a label that Shipping v2 sold: the same bytes each time it is fetched."""

import base64

from amazon_simulator.buy_shipping.carriers import BY_ID
from amazon_simulator.buy_shipping.labels import Label
from amazon_simulator.buy_shipping.pdf import pdf
from amazon_simulator.buy_shipping.png import png
from amazon_simulator.buy_shipping.shipping_records import Shipment
from amazon_simulator.buy_shipping.zpl import zpl
from amazon_simulator.core.clock import iso
from amazon_simulator.world.entities import Buyer

COARSE = 203


def buyer_address(buyer: Buyer) -> dict[str, str]:
    """Where an order of Amazon's goes, whatever the seller sent as shipTo."""
    fields = {
        "name": buyer.recipient or buyer.name,
        "addressLine1": buyer.line_1,
        "addressLine2": buyer.line_2,
        "addressLine3": buyer.line_3,
        "city": buyer.town,
        "stateOrRegion": buyer.state,
        "postalCode": buyer.postcode,
        "countryCode": buyer.country,
    }
    return {name: value for name, value in fields.items() if value or name == "stateOrRegion"}


def label_file(shipment: Shipment, form: str, dpi: int) -> bytes:
    """`form`: PDF, PNG or ZPL; `dpi` counts for ZPL alone."""
    service = BY_ID[shipment.service]
    label = Label(
        carrier=service.carrier,
        service=service.name,
        tracking=shipment.tracking,
        sender=_lines(shipment.ship_from),
        recipient=_lines(shipment.ship_to),
        weight=f"{shipment.weight['value']:g} {shipment.weight['unit']}",
        shipped=iso(shipment.ship_date)[:10],
        mark="   ".join(shipment.marks),
    )
    match form:
        case "PDF":
            return pdf(label)
        case "PNG":
            return png(label)
        case _:
            return zpl(label, dpi or COARSE)


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _lines(place: dict[str, str]) -> tuple[str, ...]:
    town = " ".join(filter(None, (place["city"], place["stateOrRegion"], place["postalCode"])))
    lines = (place["name"], place["addressLine1"], place.get("addressLine2"), place.get("addressLine3"), town)
    return tuple(line for line in (*lines, place["countryCode"]) if line)
