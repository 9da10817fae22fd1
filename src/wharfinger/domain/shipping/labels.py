"""Labels that are bought: their life, whether a parcel can have one, and when one holds no longer. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wharfinger.domain.labels import Labelled
from wharfinger.domain.orders.addresses import LABEL
from wharfinger.domain.orders.order import IncomingAddress, SalesOrderState
from wharfinger.domain.search_codes import squeeze
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.connections import Capabilities
from wharfinger.domain.shipping.dispatching import Stays

REFERENCE_AT_MOST = 40


class LabelState(Labelled):
    """The life of one purchase.

    WAITING → ATTEMPTED (written before the call; unknown until settled) → READY; ORDERED where the courier holds the
    order and its label failed. REFUSED: nothing was bought. VOIDING → VOIDED, or NOT_VOIDED, which needs a person.
    Where labels are chosen among offers: WAITING → CHOOSING, when a person chooses, → WAITING.
    """

    WAITING = "waiting", "Queued"
    CHOOSING = "choosing", "Offers to choose from"
    ATTEMPTED = "attempted", "Being bought"
    ORDERED = "ordered", "Waiting for the label"
    READY = "ready", "Label ready"
    REFUSED = "refused", "Refused"
    VOIDING = "voiding", "Being voided"
    VOIDED = "voided", "Voided"
    NOT_VOIDED = "not_voided", "Not voided"

    @property
    def open(self) -> bool:
        """It is, or may become, a label for units of the order."""
        return self in OPEN_LABELS

    @property
    def moves(self) -> bool:
        """It changes without a person."""
        return self in (LabelState.WAITING, LabelState.ATTEMPTED, LabelState.ORDERED, LabelState.VOIDING)


OPEN_LABELS = (
    LabelState.WAITING,
    LabelState.CHOOSING,
    LabelState.ATTEMPTED,
    LabelState.ORDERED,
    LabelState.READY,
)


class Refusal(Labelled):
    """What a courier refused, where its words say so."""

    ADDRESS = "address", "The address"
    SERVICE = "service", "The service"
    MONEY = "money", "The payment"
    OTHER = "other", "Something else"


def reference_of(order_code: str, number: int, mark: str) -> str:
    """By which the courier's order is found again: order, parcel, and a mark that makes each purchase its own.

    A second purchase for a parcel must not find the first, which was voided; nor another installation's order.
    """
    ending = f"-{number}-{mark}"
    return f"{order_code[: REFERENCE_AT_MOST - len(ending)]}{ending}"


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """Units of one line in the parcel. `value`: of a unit, net; None = not known."""

    sku: str
    name: str
    units: int
    grams: int | None = None
    value: Decimal | None = None
    origin: str = ""
    commodity_code: str = ""


@dataclass(frozen=True, slots=True)
class ParcelToLabel:
    """`grams_at_most`: of the courier's service, None = the connection's own limit."""

    service: str
    connection: str
    grams: int | None
    grams_at_most: int | None
    from_country: str
    address: IncomingAddress | None
    is_business: bool = False
    goods: tuple[GoodsLine, ...] = ()

    @property
    def to_northern_ireland(self) -> bool:
        """Parcels from Great Britain to Northern Ireland need to say what is in them."""
        to = self.address
        return to is not None and to.country == "GB" and to.postcode.strip().upper().startswith("BT")


def why_no_label(parcel: ParcelToLabel, can: Capabilities) -> Stays | None:
    """Why no label can be bought for it; None = one can. The sentence names the field and the way on."""
    address = parcel.address
    if address is None or not (address.line_1 and address.town and address.country):
        return Stays(N_("The delivery address is not complete. The order's page says what is missing."))
    faults = (
        _fault_of_route(parcel, address, can),
        _fault_of_address(parcel, address, can),
        _fault_of_weight(parcel, can),
    )
    found = next((fault for fault in faults if fault is not None), None)
    if found is None and parcel.to_northern_ireland:
        found = _fault_of_goods(parcel)
    return found


def _fault_of_route(parcel: ParcelToLabel, to: IncomingAddress, can: Capabilities) -> Stays | None:
    values = {"connection": parcel.connection, "country": to.country}
    if to.country not in can.countries:
        return Stays(
            N_(
                "%(connection)s sends to addresses in the United Kingdom only so far, and this one is in %(country)s. "
                "Buy the label elsewhere, choose another service and type its number."
            ),
            "service_id",
            values,
        )
    if parcel.from_country and parcel.from_country not in can.countries:
        return Stays(
            N_("%(connection)s sends from the United Kingdom; the order's site is elsewhere. Choose another service."),
            "service_id",
            values,
        )
    if parcel.to_northern_ireland and parcel.is_business:
        return Stays(
            N_(
                "A business in Northern Ireland: Royal Mail needs its UKIMS number, which is not sent from here. Buy "
                "the label in Click & Drop and type its number."
            ),
            "service_id",
        )
    return None


def _fault_of_address(parcel: ParcelToLabel, to: IncomingAddress, can: Capabilities) -> Stays | None:
    if not to.postcode.strip():
        return Stays(N_("The delivery address has no postcode. Press More, then Edit address."))
    parts = ((name, getattr(to, name)) for name in LABEL if name not in ("postcode", "country"))
    long = next(((name, part) for name, part in parts if len(part) > can.address_part_at_most), None)
    if long is None:
        return None
    return Stays(
        N_(
            "The part “%(part)s” of the delivery address has %(count)s characters; %(connection)s takes %(at_most)s. "
            "Press More, then Edit address, and shorten it."
        ),
        values={
            "part": long[0].replace("_", " "),
            "count": len(long[1]),
            "connection": parcel.connection,
            "at_most": can.address_part_at_most,
        },
    )


def _fault_of_weight(parcel: ParcelToLabel, can: Capabilities) -> Stays | None:
    if parcel.grams is None:
        return Stays(N_("Give the weight of the parcel in grams: that of its items is not known."), "grams")
    at_most = min(parcel.grams_at_most or can.grams_at_most, can.grams_at_most)
    if not 1 <= parcel.grams <= at_most:
        return Stays(
            N_(
                "The parcel weighs %(grams)s g; %(service)s takes 1 to %(at_most)s g. Correct the weight, send fewer "
                "units, or choose another service."
            ),
            "grams",
            {"grams": parcel.grams, "service": parcel.service, "at_most": at_most},
        )
    return None


def _fault_of_goods(parcel: ParcelToLabel) -> Stays | None:
    """What customs needs of each item."""
    unknown = next((line for line in parcel.goods if line.grams is None or line.value is None), None)
    if unknown is None:
        return None
    return Stays(
        N_(
            "A parcel to Northern Ireland must say the weight and value of each item; those of %(sku)s are not known. "
            "Enter the item's weight, or buy the label in Click & Drop and type its number."
        ),
        "grams",
        {"sku": unknown.sku[:60]},
    )


@dataclass(frozen=True, slots=True)
class Money:
    """What an order is worth, as a courier wants it: goods without tax, shipping as charged, the total with tax."""

    goods: Decimal
    shipping: Decimal
    total: Decimal


def share_without_tax(net: Decimal | None, vat: Decimal | None) -> Decimal:
    """Which part of an amount with tax is not tax; 1 where VAT is not known. `net`, `vat`: of the whole order."""
    with_tax = (net or Decimal(0)) + (vat or Decimal(0))
    return net / with_tax if net is not None and with_tax > 0 else Decimal(1)


def worth_of(total: Decimal | None, shipping: Decimal | None, share: Decimal) -> Money:
    """`share`: of an amount, without its tax. What Amazon did not say is nothing."""
    whole = max(total or Decimal(0), Decimal(0))
    charged = min(max(shipping or Decimal(0), Decimal(0)), whole)
    return Money((whole - charged) * share, charged, whole)


@dataclass(frozen=True, slots=True)
class InParcel:
    """What a label was bought for, or what a parcel left with. `number`: empty = none is known. `units`: by line."""

    number: str
    service_id: int
    units: Mapping[int, int]


def left_with(parcel: InParcel, label: InParcel) -> bool:
    """Whether the parcel bears the label: by their numbers; where one of them has none, by service and units."""
    number, bought = squeeze(parcel.number), squeeze(label.number)
    if number and bought:
        return number == bought
    return (parcel.service_id, dict(parcel.units)) == (label.service_id, dict(label.units))


def may_have_left_with(parcels: Sequence[InParcel], label: InParcel) -> bool:
    """Whether one of an order's parcels may bear it, although `left_with` says of none that it does: a number is
    missing that would say."""
    return any(not (squeeze(parcel.number) and squeeze(label.number)) for parcel in parcels)


def why_overtaken(state: SalesOrderState, *, address_changed: bool, units_gone: bool) -> str:
    """Why a label that no parcel has taken yet holds no longer; empty = it holds. `units_gone`: none of the units that
    it was bought for is still to be sent."""
    if state is SalesOrderState.CANCELLED:
        return "The order was cancelled."
    if state is SalesOrderState.MERGED:
        return "The order was merged into another."
    if address_changed:
        return "The delivery address was changed."
    if units_gone:
        return "Its units left without it, or are not to be sent any more."
    return ""


def free_units(ready: int, in_labels: Sequence[int]) -> int:
    """Units of a line that no open label has yet."""
    return max(0, ready - sum(in_labels))
