"""The seam: what every courier that sells labels can do, and what it gives. Frozen values alone."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True, repr=False)
class Recipient:
    """Where a parcel goes. Its repr shows none of it."""

    name: str
    line_1: str
    town: str
    country: str
    """ISO 3166, two letters."""
    company: str = ""
    line_2: str = ""
    line_3: str = ""
    county: str = ""
    postcode: str = ""
    phone: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """What of it must not come back in a courier's words."""
        address = (self.line_1, self.line_2, self.line_3, self.town, self.county, self.postcode)
        return tuple(part for part in (self.name, self.company, *address, self.phone) if part)


@dataclass(frozen=True, slots=True)
class Content:
    """One kind of goods in the parcel. `value`: of a unit, net of tax. No SKU: couriers keep products under it."""

    name: str
    units: int
    value: Decimal
    grams: int
    origin: str = ""
    commodity_code: str = ""


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """One parcel for which a label is bought. `reference`: ours, unique for each purchase, at most 40 characters.

    `goods`, `shipping`, `total`: of the order, in `currency`; goods net of tax, total with it. `business`: whether the
    recipient is a business, where the route needs it said.
    """

    reference: str
    service_code: str
    package_format: str
    grams: int
    recipient: Recipient
    ordered_at: datetime
    currency: str
    goods: Decimal
    shipping: Decimal
    total: Decimal
    business: bool | None = None
    contents: tuple[Content, ...] = ()
    carrier_name: str = ""
    """Only where the account has several carriers."""
    with_label: bool = True
    """False: the order alone, which costs nothing, for a test."""


@dataclass(frozen=True, slots=True)
class BoughtLabel:
    """An order that the courier holds. `label` None: its label is not there yet; `label_error`: why, in its words."""

    identifier: str
    reference: str = ""
    tracking_number: str = ""
    label: bytes | None = field(default=None, repr=False)
    label_error: str = ""


class Courier(Protocol):
    """One connection to one courier's account. Each method is one attempt; they raise leaves of CourierError."""

    @property
    def whole_timeout(self) -> float:
        """Machine seconds after which no attempt can still be under way from here."""

    def check(self) -> str:
        """Whether the courier can be reached with this key; returns what it says of itself."""

    def buy(self, request: LabelRequest) -> BoughtLabel:
        """Make the order and its label in one call."""

    def find(self, reference: str) -> BoughtLabel | None:
        """The order with our reference, without its label; None when there is none."""

    def fetch(self, identifier: str) -> BoughtLabel:
        """The label, and the tracking number, of an order that is there already."""

    def void(self, identifier: str) -> None:
        """Delete the order: its label is no longer valid. NotThere when it was deleted before."""
