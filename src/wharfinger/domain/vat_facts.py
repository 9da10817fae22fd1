"""What VAT is worked out from, and what comes of it, as values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from wharfinger.domain.labels import Labelled


class Scheme(Labelled):
    DOMESTIC = "domestic", "Domestic sale"
    UNION_OSS = "union_oss", "Union OSS"
    DISTANCE_SALE = "distance_sale", "Distance sale, declared where it goes to"
    ORIGIN = "origin", "Distance sale below the threshold, declared at home"
    IOSS = "ioss", "IOSS of your own"
    REVERSE_CHARGE = "reverse_charge", "Reverse charge"
    EXPORT = "export", "Export"
    MARKETPLACE = "marketplace", "Amazon accounts for the VAT"
    OUTSIDE = "outside", "No VAT: sold outside the UK and the EU"
    UNKNOWN = "unknown", "Not known"


class RegistrationKind(Labelled):
    VAT = "vat", "VAT registration"
    UNION_OSS = "union_oss", "Union OSS"
    IOSS = "ioss", "IOSS"
    BELOW_THRESHOLD = "below_threshold", "Distance sales below 10,000 EUR a year are declared at home"


@dataclass(frozen=True, slots=True)
class Registration:
    """`until`: its last day. `established`: the seller has a place of business in that country."""

    kind: RegistrationKind
    country: str
    since: date
    until: date | None = None
    number: str = ""
    established: bool = False

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class ItemRate:
    """A rate that a stock item has in a country instead of the standard one. Per cent."""

    country: str
    rate: Decimal
    since: date


@dataclass(frozen=True, slots=True)
class VatLine:
    """A line of an order. `total`: what the buyer pays for it, in the order's currency; `goods`: of it without
    transport and gift wrap, discounts taken off. `by_amazon`: Amazon collects its tax, `tax` of it as it states.
    """

    key: str
    total: Decimal | None
    goods: Decimal | None = None
    tax: Decimal | None = None
    by_amazon: bool = False
    rates: tuple[ItemRate, ...] = ()
    service: bool = False
    """A warranty, an assembly."""


@dataclass(frozen=True, slots=True)
class Sale:
    """An order as VAT sees it. `day`: when it was placed and paid. Areas: `domain.vat_areas`; empty = not known.

    `buyer_country`: of the buyer's VAT number; empty = a private person, or a business without one; NO_COUNTRY = a
    number that names none.
    """

    day: date
    from_area: str
    to_area: str
    currency: str
    lines: tuple[VatLine, ...]
    buyer_country: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence with its values; the sentence is a key of the catalogues."""

    text: str
    values: Mapping[str, str] = field(default_factory=dict)

    def said(self, translate: Callable[[str], str] = str) -> str:
        return translate(self.text) % dict(self.values)

    def __str__(self) -> str:
        return self.said()


@dataclass(frozen=True, slots=True)
class LineVat:
    """`country`: whose VAT it is; `rate` per cent; None where it is not known. net + vat = gross."""

    key: str
    scheme: Scheme
    reason: Reason
    country: str = ""
    rate: Decimal | None = None
    gross: Decimal | None = None
    net: Decimal | None = None
    vat: Decimal | None = None


@dataclass(frozen=True, slots=True)
class VatSum:
    """All lines of one scheme, country and rate."""

    scheme: Scheme
    country: str
    rate: Decimal | None
    gross: Decimal
    net: Decimal
    vat: Decimal
