"""Facts of Royal Mail's published description of Click & Drop, version 1.0.0, as a table of ours, no sentence of it.

It judges every request to the pretend Click & Drop.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, assert_never

PATHS = {
    "/version": {"GET"},
    "/orders": {"GET", "POST"},
    "/orders/{ids}": {"GET", "DELETE"},
    "/orders/{ids}/label": {"GET"},
    "/orders/{ids}/full": {"GET"},
    "/orders/full": {"GET"},
    "/orders/status": {"PUT"},
    "/manifests": {"POST"},
    "/manifests/{number}": {"GET"},
    "/manifests/retry/{number}": {"POST"},
}
WITHOUT_KEY = {"/version"}
DOCUMENT_TYPES = {"postageLabel", "despatchNote", "CN22", "CN23"}
IDS_AT_MOST = 100


@dataclass(frozen=True)
class Text:
    at_most: int | None = None
    one_of: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Whole:
    least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True)
class Money:
    """Two decimals at most."""

    at_most: Decimal = Decimal(999_999)


@dataclass(frozen=True)
class Yes:
    """True or false."""


@dataclass(frozen=True)
class Moment:
    """ISO 8601 with a zone."""


@dataclass(frozen=True)
class Thing:
    members: "dict[str, Kind]"
    required: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Many:
    of: Thing


Kind = Text | Whole | Money | Yes | Moment | Thing | Many


ADDRESS = Thing(
    {
        "fullName": Text(210),
        "companyName": Text(100),
        "addressLine1": Text(100),
        "addressLine2": Text(100),
        "addressLine3": Text(100),
        "city": Text(100),
        "county": Text(100),
        "postcode": Text(20),
        "countryCode": Text(3),
    },
    frozenset({"addressLine1", "city", "countryCode"}),
)
CONTENT = Thing(
    {
        "name": Text(800),
        "SKU": Text(100),
        "quantity": Whole(1, 999_999),
        "unitValue": Money(),
        "unitWeightInGrams": Whole(0, 999_999),
        "customsDescription": Text(50),
        "customsCode": Text(10),
        "originCountryCode": Text(3),
        "customsDeclarationCategory": Text(
            None,
            frozenset(
                {
                    "none", "gift", "commercialSample", "documents", "other", "returnedGoods", "saleOfGoods",
                    "mixedContent",
                }
            ),
        ),
    },
    frozenset({"quantity"}),
)  # fmt: skip
PACKAGE = Thing(
    {
        "weightInGrams": Whole(1, 30_000),
        "packageFormatIdentifier": Text(
            None,
            frozenset(
                {
                    "undefined", "letter", "largeLetter", "smallParcel", "mediumParcel", "largeParcel", "parcel",
                    "documents",
                }
            ),
        ),
        "contents": Many(CONTENT),
    },
    frozenset({"weightInGrams", "packageFormatIdentifier"}),
)  # fmt: skip
POSTAGE = Thing(
    {
        "serviceCode": Text(10),
        "carrierName": Text(50),
        "receiveEmailNotification": Yes(),
        "receiveSmsNotification": Yes(),
    }
)
ORDER = Thing(
    {
        "orderReference": Text(40),
        "isRecipientABusiness": Yes(),
        "recipient": Thing(
            {"address": ADDRESS, "phoneNumber": Text(25), "emailAddress": Text(254), "addressBookReference": Text(100)}
        ),
        "packages": Many(PACKAGE),
        "orderDate": Moment(),
        "subtotal": Money(),
        "shippingCostCharged": Money(),
        "total": Money(),
        "currencyCode": Text(3),
        "postageDetails": POSTAGE,
        "label": Thing(
            {"includeLabelInResponse": Yes(), "includeCN": Yes(), "includeReturnsLabel": Yes()},
            frozenset({"includeLabelInResponse"}),
        ),
    },
    frozenset({"recipient", "orderDate", "subtotal", "shippingCostCharged", "total"}),
)
NEVER_SENT = {"SKU", "addressBookReference", "guaranteedSaturdayDelivery", "customPackageFormatIdentifier"}
"""With the first two Click & Drop overwrites what the account holds; the others are deprecated."""


def faults_of(value: Any, kind: Kind, path: str = "") -> list[str]:
    """Where a body breaks the table; a member that is not in it is one too."""
    match kind:
        case Thing():
            if not isinstance(value, dict):
                return [f"{path}: no object"]
            found = [f"{path}.{name}: missing" for name in sorted(kind.required - set(value))]
            for name, part in value.items():
                known = kind.members.get(name)
                found += faults_of(part, known, f"{path}.{name}") if known else [f"{path}.{name}: not in the table"]
            return found
        case Many():
            if not isinstance(value, list):
                return [f"{path}: no list"]
            return [fault for place, part in enumerate(value) for fault in faults_of(part, kind.of, f"{path}[{place}]")]
        case Text():
            short = isinstance(value, str) and (kind.at_most is None or len(value) <= kind.at_most)
            fits = short and (not kind.one_of or value in kind.one_of)
        case Whole():
            whole = isinstance(value, int) and not isinstance(value, bool)
            fits = whole and (kind.least or 0) <= value <= (kind.at_most or value)
        case Money():
            amount = isinstance(value, int | Decimal) and not isinstance(value, bool)
            fits = amount and 0 <= value <= kind.at_most and value == round(Decimal(value), 2)
        case Yes():
            fits = isinstance(value, bool)
        case Moment():
            fits = isinstance(value, str) and value.endswith("Z")
        case _:
            assert_never(kind)
    return [] if fits else [f"{path}: {kind} does not take it"]
