"""What a seller wants sent, read and checked. Source: model fulfillmentOutbound_2020-07-01.json; behaviour F13."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amazon_simulator.core.clock import from_iso
from amazon_simulator.world.entities import Buyer

LINES_AT_MOST, UNITS_AT_MOST = 100, 250
SPEEDS = ("Standard", "Expedited", "Priority")
"""ScheduledDelivery is of Japan only, and not here."""
ACTIONS, POLICIES = ("Ship", "Hold"), ("FillOrKill", "FillAll", "FillAllAvailable")
LONGEST = {
    "sellerFulfillmentOrderId": 40,
    "displayableOrderId": 40,
    "displayableOrderComment": 750,
    "sellerSku": 50,
    "sellerFulfillmentOrderItemId": 50,
    "giftMessage": 512,
    "displayableComment": 250,
}
ADDRESS = {"name": "Name", "addressLine1": "AddressLine1", "postalCode": "PostalCode", "countryCode": "CountryCode"}
ADDRESS_LINES = (
    *ADDRESS, "addressLine2", "addressLine3", "city", "districtOrCounty", "stateOrRegion", "phone",
)  # fmt: skip
KEPT = (
    "marketplaceId", "sellerFulfillmentOrderId", "displayableOrderId", "displayableOrderDate",
    "displayableOrderComment", "shippingSpeedCategory", "fulfillmentAction", "fulfillmentPolicy",
)  # fmt: skip
LINE_KEPT = (
    "sellerSku", "sellerFulfillmentOrderItemId", "quantity", "giftMessage", "displayableComment",
    "perUnitDeclaredValue",
)  # fmt: skip


class Wrong(Exception):
    """The request is refused: the message, in Amazon's manner where it is known."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line."""

    id: str
    sku: str
    quantity: int


def read_order(value: Any) -> dict[str, Any]:
    """The members of createFulfillmentOrder that count, checked."""
    body = _object(value, "The request body")
    for name in ("sellerFulfillmentOrderId", "displayableOrderId", "displayableOrderComment"):
        read_text(body, name)
    read_moment(body, "displayableOrderDate")
    read_choice(body, "shippingSpeedCategory", SPEEDS)
    read_choice(body, "fulfillmentAction", ACTIONS, "Ship")
    read_choice(body, "fulfillmentPolicy", POLICIES, "FillOrKill")
    read_address(body.get("destinationAddress"))
    read_lines(body.get("items"))
    return {
        **{name: body[name] for name in KEPT if body.get(name) is not None},
        "destinationAddress": known_lines(body["destinationAddress"]),
        "notificationEmails": read_emails(body),
        "items": [{name: line[name] for name in LINE_KEPT if line.get(name) is not None} for line in body["items"]],
    }


def known_lines(address: Mapping[str, Any]) -> dict[str, str]:
    """The lines of an address that was read."""
    return {name: address[name] for name in ADDRESS_LINES if address.get(name)}


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Wrong(f"{name} must be an object")
    return value


def read_text(members: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    value = members.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST.get(name, 200):
        raise Wrong(f"{name} must be a text of 1 to {LONGEST.get(name, 200)} characters")
    return value


def read_moment(members: Mapping[str, Any], name: str) -> float:
    try:
        return from_iso(read_text(members, name))
    except ValueError:
        raise Wrong(f"{name} must be a date-time in ISO 8601") from None


def read_choice(members: Mapping[str, Any], name: str, choices: tuple[str, ...], standing: str = "") -> str:
    value = members.get(name) or standing
    if value not in choices:
        raise Wrong(f"{name} must be one of {', '.join(choices)}")
    return str(value)


def read_emails(members: Mapping[str, Any]) -> list[str]:
    emails = members.get("notificationEmails") or []
    if not isinstance(emails, list) or not all(isinstance(one, str) and len(one) <= 64 for one in emails):
        raise Wrong("notificationEmails must be a list of addresses of at most 64 characters")
    return emails


def read_address(given: Any) -> Buyer:
    """Who gets it. A list instead of an object is refused with Amazon's message."""
    if isinstance(given, list):
        raise Wrong("The following required parameters are missing: [PostalCode, City]")
    address = _object(given, "destinationAddress")
    missing = [shown for name, shown in ADDRESS.items() if not address.get(name)]
    if not address.get("city") and address.get("countryCode") != "JP":
        missing.append("City")
    if missing:
        raise Wrong(f"The following required parameters are missing: [{', '.join(missing)}]")
    texts = {name: address.get(name) or "" for name in ADDRESS_LINES}
    if not all(isinstance(value, str) and len(value) <= 200 for value in texts.values()):
        raise Wrong("destinationAddress: every line must be a text of at most 200 characters")
    return Buyer(
        name=texts["name"],
        email="",
        line_1=texts["addressLine1"],
        line_2=texts["addressLine2"],
        line_3=texts["addressLine3"],
        town=texts["city"],
        county=texts["districtOrCounty"],
        state=texts["stateOrRegion"],
        postcode=texts["postalCode"],
        country=texts["countryCode"],
        phone=texts["phone"],
    )


def read_lines(rows: Any) -> list[Wanted]:
    if not isinstance(rows, list) or not 1 <= len(rows) <= LINES_AT_MOST:
        raise Wrong(f"items must be a list of 1 to {LINES_AT_MOST} lines")
    lines = [_read_line(one) for one in rows]
    twice = [name for name, count in Counter(line.id for line in lines).items() if count > 1]
    if twice:
        raise Wrong(f"sellerFulfillmentOrderItemId {twice[0]} is used twice")
    if sum(line.quantity for line in lines) > UNITS_AT_MOST:
        raise Wrong(f"items: at most {UNITS_AT_MOST} units")
    return lines


def _read_line(value: Any) -> Wanted:
    line = _object(value, "items")
    quantity = line.get("quantity")
    if type(quantity) is not int or quantity < 1:
        raise Wrong("quantity must be a whole number from 1")
    read_text(line, "giftMessage", needed=False)
    read_text(line, "displayableComment", needed=False)
    _read_value(line.get("perUnitDeclaredValue"))
    return Wanted(read_text(line, "sellerFulfillmentOrderItemId"), read_text(line, "sellerSku"), quantity)


def _read_value(given: Any) -> None:
    if given is None:
        return
    value = _object(given, "perUnitDeclaredValue")
    if set(value) != {"currencyCode", "value"} or not all(isinstance(one, str) for one in value.values()):
        raise Wrong("perUnitDeclaredValue must have a currencyCode and a value")
