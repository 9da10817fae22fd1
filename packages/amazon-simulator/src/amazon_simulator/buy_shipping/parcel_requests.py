"""Reading a request of Shipping v2 to send a parcel. Refusals name the member. Source: model shippingV2.json."""

from dataclasses import dataclass
from typing import Any

from amazon_simulator.buy_shipping.request_parsing import NotValid, RequestPart

DAY = 24 * 3600.0
GRAMS = {"GRAM": 1.0, "KILOGRAM": 1000.0, "OUNCE": 28.349523125, "POUND": 453.59237}
CENTIMETRES = {"CENTIMETER": 1.0, "INCH": 2.54}
HEAVIEST, LONGEST, MOST = 1e6, 1e4, 1e9
AMAZON, EXTERNAL = "AMAZON", "EXTERNAL"
OPTIONAL_LINES = {"addressLine2": 60, "addressLine3": 60, "companyName": 100, "email": 64, "phoneNumber": 20}


@dataclass(frozen=True, slots=True)
class ParcelRequest:
    """One parcel whose members are valid on their own. `order` is empty for one that was not sold at Amazon.

    `units`: (itemIdentifier, quantity). `ship_date` is trade time; `sides` in centimetres, the longest first.
    `accounts`: carriers' own accounts that pay.
    """

    channel: str
    order: str
    units: tuple[tuple[str, int], ...]
    reference: str
    ship_from: dict[str, str]
    ship_to: dict[str, str] | None
    weight: dict[str, Any]
    grams: float
    sides: tuple[float, ...]
    ship_date: float
    seller_name: str
    hazardous: bool
    accounts: frozenset[str] = frozenset()


def read_parcel(body: RequestPart, now: float) -> ParcelRequest:
    """NotValid names the member that does not fit."""
    channel = body.part("channelDetails")
    kind = channel.one_of("channelType", (AMAZON, EXTERNAL))
    order = channel.part("amazonOrderDetails").text("orderId", 40) if kind == AMAZON else ""
    packages = body.parts("packages", least=1)
    if len(packages) > 1:
        raise body.wrong("packages", "Member must have length less than or equal to 1")
    package = packages[0]
    ship_date = body.time("shipDate")
    if ship_date is not None and ship_date < now - DAY:
        raise body.wrong("shipDate", "Member must not lie in the past")
    weight, grams = _weight(package.part("weight"))
    ship_to = body.members.get("shipTo")
    if kind == EXTERNAL and ship_to is None:
        raise body.wrong("shipTo", "Member must not be null")
    money(package, "insuredValue")
    accounts = body.parts("carrierAccounts")
    return ParcelRequest(
        channel=kind,
        order=order,
        units=tuple(_units(item, kind) for item in package.parts("items", least=1)),
        reference=package.text("packageClientReferenceId", 200),
        ship_from=address(body.part("shipFrom")),
        ship_to=None if ship_to is None else address(body.part("shipTo")),
        weight=weight,
        grams=grams,
        sides=_sides(package.part("dimensions")),
        ship_date=max(now, ship_date or now),
        seller_name=package.text("sellerDisplayName", 200, ""),
        hazardous=package.truth("isHazmat", False)
        or any(one.truth("isHazmat", False) for one in package.parts("items")),
        accounts=frozenset(one.text("carrierId", 60) for one in accounts if one.text("carrierAccountId", 60)),
    )


def address(part: RequestPart) -> dict[str, str]:
    """An address with all that the model wants; a state or region may be empty."""
    fields = {
        "name": part.text("name", 50),
        "addressLine1": part.text("addressLine1", 60),
        "city": part.text("city", 60),
        "postalCode": part.text("postalCode", 20),
        "countryCode": part.text("countryCode", 2),
    }
    if "stateOrRegion" not in part.members:
        raise part.wrong("stateOrRegion", "Member must not be null")
    fields["stateOrRegion"] = part.text("stateOrRegion", 60, "")
    for name, longest in OPTIONAL_LINES.items():
        if part.members.get(name) is not None:
            fields[name] = part.text(name, longest, "")
    return fields


def money(part: RequestPart, name: str) -> dict[str, Any]:
    """An amount with its currency, not below zero."""
    amount = part.part(name)
    value = amount.members.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
        raise amount.wrong("value", "Member must be greater than or equal to 0")
    unit = amount.text("unit", 3)
    if len(unit) != 3:
        raise amount.wrong("unit", "Member must have length equal to 3")
    return {"value": value, "unit": unit}


def _units(item: RequestPart, channel: str) -> tuple[str, int]:
    quantity = item.members.get("quantity")
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 1 <= quantity <= 10_000:
        raise item.wrong("quantity", "Member must be greater than or equal to 1")
    return item.text("itemIdentifier", 100, None if channel == AMAZON else ""), quantity


def _weight(part: RequestPart) -> tuple[dict[str, Any], float]:
    value, unit = part.number("value", HEAVIEST), part.one_of("unit", tuple(GRAMS))
    return {"value": value, "unit": unit}, value * GRAMS[unit]


def _sides(part: RequestPart) -> tuple[float, ...]:
    factor = CENTIMETRES[part.one_of("unit", tuple(CENTIMETRES))]
    return tuple(sorted((part.number(name, LONGEST) * factor for name in ("length", "width", "height")), reverse=True))


@dataclass(frozen=True, slots=True)
class Specification:
    """The file that was chosen for the label: `dpi` 0 where none was named; `marks`: what is printed beside."""

    format: str
    size: dict[str, Any]
    dpi: int
    layout: str
    joined: bool
    types: tuple[str, ...]
    marks: tuple[str, ...]


def read_specification(part: RequestPart) -> Specification:
    size = part.part("size")
    dpi = part.members.get("dpi")
    if dpi is not None and (isinstance(dpi, bool) or not isinstance(dpi, int)):
        raise part.wrong("dpi", "Member must be an integer")
    types = part.members.get("requestedDocumentTypes")
    if not isinstance(types, list) or not types or not all(isinstance(one, str) for one in types):
        raise part.wrong("requestedDocumentTypes", "Member must not be empty")
    custom = RequestPart(part.members.get("requestedLabelCustomization") or {}, "requestedLabelCustomization")
    marks = custom.members.get("requestAttributes") or []
    known = ("PACKAGE_CLIENT_REFERENCE_ID", "SELLER_DISPLAY_NAME", "COLLECT_ON_DELIVERY_AMOUNT")
    if not isinstance(marks, list) or not all(isinstance(one, str) and one in known for one in marks):
        raise custom.wrong("requestAttributes", f"Member must satisfy enum value set: [{', '.join(known)}]")
    return Specification(
        format=part.one_of("format", ("PDF", "PNG", "ZPL")),
        size={
            "width": size.number("width", LONGEST),
            "length": size.number("length", LONGEST),
            "unit": size.one_of("unit", tuple(CENTIMETRES)),
        },
        dpi=dpi or 0,
        layout=part.text("pageLayout", 60, ""),
        joined=part.truth("needFileJoining"),
        types=tuple(types),
        marks=tuple(marks),
    )


def read_services(body: RequestPart, name: str) -> tuple[str, ...]:
    """The identifiers of value-added services that were chosen, each once."""
    chosen = tuple(one.text("id", 100) for one in body.parts(name))
    if len(set(chosen)) != len(chosen):
        raise body.wrong(name, "Member must have unique items")
    return chosen


def unknown(value: str, place: str, what: str) -> NotValid:
    return NotValid(value, place, f"Member must be {what}")
