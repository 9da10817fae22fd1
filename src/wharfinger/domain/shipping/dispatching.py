"""May a parcel leave, and with what: one decision, for a parcel of an order's page and for each row of a list. Pure.

What is refused is a sentence with its values, as `operations.refusals.Refused` takes them; the first reason is said.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as of_class

from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.domain.shipping.tracking_numbers import NotATrackingNumber, TrackingNumber, read_tracking_number
from wharfinger.domain.stock.allocation import Part

Key = tuple[int, int]
"""(item, site)."""
_SKU_SHOWN = 60


@dataclass(frozen=True, slots=True)
class OrderToSend:
    """What decides about a sales order. `parcels`: how many of its Amazon order have left."""

    id: int
    code: str
    state: SalesOrderState
    parcels: int = 0
    fulfilled_by_amazon: bool = False
    confirmed: bool = True
    on_hold: bool = False
    cancelling: bool = False
    cancel_unanswered: bool = False
    address_missing: bool = False
    approved: bool = False


@dataclass(frozen=True, slots=True)
class LineToSend:
    """`parts`: what one unit is made of; `held`: units allocated to the line, by (item, site)."""

    id: int
    sku: str
    item_id: int | None
    open: int
    held_reason: str = ""
    regulated: bool = False
    parts: tuple[Part, ...] = ()
    held: Mapping[Key, int] = of_class(default_factory=dict)

    @property
    def waits(self) -> bool:
        return bool(self.held_reason) or self.item_id is None


@dataclass(frozen=True, slots=True)
class ServiceToUse:
    """A courier service as the order's channel has it. `carrier`: what Amazon is sent, empty = none is known."""

    title: str
    active: bool
    tracking: Tracking
    carrier: str = ""
    gives_number: bool = False
    number_prefix: str = ""


@dataclass(frozen=True, slots=True)
class Stays:
    """Nothing of it leaves: the sentence names the remedy, `field` the field."""

    sentence: str
    field: str = ""
    values: Mapping[str, object] = of_class(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineLeaves:
    """`taken`: from which levels, for a kit those of its components."""

    line_id: int
    units: int
    taken: tuple[tuple[Key, int], ...]


@dataclass(frozen=True, slots=True)
class ParcelLeaves:
    """`reference`: the number of the parcel within its Amazon order, by which Amazon knows it."""

    reference: int
    lines: tuple[LineLeaves, ...]

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)


def decide_parcel(
    order: OrderToSend, lines: Sequence[LineToSend], *, wanted: Mapping[int, int] | None, package: int | None = None
) -> ParcelLeaves | Stays:
    """`wanted` None = everything that is open and not held, else units by line. `package`: the number of the parcel
    that the person saw; another one means that somebody dispatched meanwhile."""
    stays = _why_order_stays(order)
    if stays is not None:
        return stays
    reference = order.parcels + 1
    if package is not None and package != reference:
        return Stays(
            N_("%(order)s was dispatched in the meantime: this would be parcel %(reference)s. Check it again."),
            values={"order": order.code, "reference": reference},
        )
    known = {line.id: line for line in lines}
    leaving = []
    for line_id, units in sorted((_everything(lines) if wanted is None else wanted).items()):
        found = _line_leaves(order, known.get(line_id), units)
        if isinstance(found, Stays):
            return found
        if found is not None:
            leaving.append(found)
    if not leaving:
        return Stays(
            N_("%(order)s: no units to dispatch were given. Give the units of at least one line."),
            "lines",
            {"order": order.code},
        )
    if not order.approved and any(known[line.line_id].regulated for line in leaving):
        return Stays(
            N_(
                "%(order)s has regulated goods, and Amazon's verification of them is not approved. The order's page "
                "shows how far it is, and what to press."
            ),
            values={"order": order.code},
        )
    return ParcelLeaves(reference, tuple(leaving))


_REASONS: tuple[tuple[Callable[[OrderToSend], bool], str], ...] = (
    (
        lambda order: order.fulfilled_by_amazon,
        N_("%(order)s is fulfilled by Amazon (FBA). There is nothing to dispatch."),
    ),
    (
        lambda order: order.state is SalesOrderState.CANCELLED,
        N_("%(order)s was cancelled. Do not dispatch it; its stock is available again."),
    ),
    (
        lambda order: order.state is SalesOrderState.PENDING,
        N_("%(order)s is pending: Amazon has not released it for shipping yet. Wait until it is paid."),
    ),
    (
        lambda order: order.state is SalesOrderState.MERGED,
        N_("The lines of %(order)s were merged into another sales order. Its page names that one."),
    ),
    (
        lambda order: order.state in (SalesOrderState.SHIPPED, SalesOrderState.ISSUED),
        N_("%(order)s is already dispatched. There is nothing more to dispatch."),
    ),
    (
        lambda order: order.cancelling,
        N_("The cancellation of %(order)s at Amazon is under way. Do not dispatch it; wait for Amazon."),
    ),
    (
        lambda order: order.on_hold,
        N_("%(order)s is on hold. Press Release on the order first, then dispatch it."),
    ),
    (
        lambda order: not order.confirmed,
        N_("%(order)s is not confirmed yet. Press Confirm on the order first, then dispatch it."),
    ),
    (
        lambda order: order.cancel_unanswered,
        N_(
            "The buyer of %(order)s requested cancellation. Press Dispatch anyway on the order first, or "
            "Cancel at Amazon."
        ),
    ),
    (
        lambda order: order.address_missing,
        N_("%(order)s has no complete delivery address. The order's page says what is missing and what to do."),
    ),
)


def _why_order_stays(order: OrderToSend) -> Stays | None:
    found = next((sentence for holds, sentence in _REASONS if holds(order)), None)
    return None if found is None else Stays(found, values={"order": order.code})


def _everything(lines: Sequence[LineToSend]) -> dict[int, int]:
    waiting = [line for line in lines if line.open]
    known = [line for line in waiting if not line.waits]
    return {line.id: line.open for line in known or waiting}


def _line_leaves(order: OrderToSend, line: LineToSend | None, units: int) -> LineLeaves | Stays | None:
    """None: nothing of the line is wanted."""
    if line is None:
        return Stays(N_("%(order)s no longer has this line. Open the order again."), "lines", {"order": order.code})
    sku = line.sku[:_SKU_SHOWN]
    if units < 0:
        sentence = N_("%(sku)s: units cannot be negative. Give 0 to leave the line for later.")
        return Stays(sentence, "lines", {"sku": sku})
    if not units:
        return None
    if line.waits:
        reason = line.held_reason or N_("not linked to a stock item")
        return Stays(N_("%(sku)s is held: %(reason)s"), "lines", {"sku": sku, "reason": reason})
    if units > line.open:
        return Stays(
            N_("%(sku)s: %(units)s units, but only %(quantity_open)s are still to be dispatched. Correct the units."),
            "lines",
            {"sku": sku, "units": units, "quantity_open": line.open},
        )
    return _take(line, units)


def _take(line: LineToSend, wanted: int) -> LineLeaves | Stays:
    """From the levels where the line has its units; what is short is said in whole units of the line."""
    taken: list[tuple[Key, int]] = []
    for part in line.parts:
        need = left = wanted * part.each
        for key, units in sorted(line.held.items()):
            if key[0] == part.item_id and min(units, left):
                taken.append((key, min(units, left)))
                left -= min(units, left)
        if left:
            return Stays(
                N_(
                    "%(sku)s: stock is allocated to %(allocated)s of %(wanted)s units. Receive stock, or dispatch "
                    "fewer."
                ),
                "lines",
                {"sku": line.sku[:_SKU_SHOWN], "allocated": (need - left) * wanted // need, "wanted": wanted},
            )
    return LineLeaves(line.id, wanted, tuple(taken))


# --- with which service, under which number


def why_service_is_refused(service: ServiceToUse | None, channel: str) -> Stays | None:
    """A parcel of the channel cannot leave with it; None when it can."""
    if service is None or not service.active:
        return Stays(N_("This courier service is no longer in use. Choose another."), "service_id")
    if service.tracking is Tracking.LATER:
        return Stays(
            N_("%(service)s exchanges files, which is not available yet. Choose another service."),
            "service_id",
            {"service": service.title},
        )
    if not service.carrier:
        return Stays(
            N_("%(channel)s has no carrier code for %(service)s. Map it on the channel's tab Courier mapping."),
            "service_id",
            {"channel": channel, "service": service.title},
        )
    return None


def decide_number(
    typed: str, service: ServiceToUse, *, order_id: int, reference: int, elsewhere: str = "", confirmed: bool = False
) -> TrackingNumber | Stays:
    """The number of a parcel. One in doubt needs a person's word. `elsewhere`: the parcel that bears it already."""
    if typed.strip():
        return judge_number(typed, service.carrier, elsewhere=elsewhere, confirmed=confirmed)
    if service.gives_number:
        return TrackingNumber(f"{service.number_prefix or 'WF'}{order_id:08d}{reference:03d}")
    if service.tracking is Tracking.TYPED_LATER:
        return TrackingNumber("")
    return Stays(
        N_("%(service)s needs its tracking number before the parcel is dispatched. Type it from the label."),
        "tracking_number",
        {"service": service.title},
    )


def judge_number(typed: str, carrier: str, *, elsewhere: str = "", confirmed: bool = False) -> TrackingNumber | Stays:
    """A number that was typed for a carrier."""
    found = read_tracking_number(typed, carrier)
    if isinstance(found, NotATrackingNumber):
        return Stays(found.reason, "tracking_number")
    doubt = found.doubt
    if elsewhere and not doubt:
        doubt = f"{found.number} is the number of {elsewhere} already. Each parcel has its own: compare the label."
    if doubt and not confirmed:
        return Stays(N_("%(doubt)s If it is right, tick “The number is right”."), "number_confirmed", {"doubt": doubt})
    return TrackingNumber(found.number, doubt)
