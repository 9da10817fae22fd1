"""How Amazon's newest message differs from the order that is held, as values. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from wharfinger.domain.orders.addresses import changed, differs_in_part, merge
from wharfinger.domain.orders.order import AmazonStatus, IncomingAddress, IncomingLine, IncomingOrder

TO_SEND = (AmazonStatus.UNSHIPPED, AmazonStatus.PARTIALLY_SHIPPED)
STILL_OPEN = (*TO_SEND, AmazonStatus.PENDING, AmazonStatus.PENDING_AVAILABILITY)


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A line of the sales order as it stands: units."""

    order_item_id: str
    ordered: int
    cancelled: int = 0
    shipped: int = 0
    cancel_requested: bool = False

    @property
    def open(self) -> int:
        return max(0, self.ordered - self.cancelled - self.shipped)


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """The sales order as it stands, as far as Amazon can change it."""

    lines: tuple[HeldLine, ...]
    address: IncomingAddress | None = None
    cancel_requested: bool = False


@dataclass(frozen=True, slots=True)
class PartAddressShown:
    """Amazon shows another address than the held one, but too little of it to take it."""


@dataclass(frozen=True, slots=True)
class AddressChanged:
    before: IncomingAddress
    after: IncomingAddress


@dataclass(frozen=True, slots=True)
class QuantityChanged:
    order_item_id: str
    ordered: int
    cancelled: int


@dataclass(frozen=True, slots=True)
class LineGone:
    """Amazon states an order with all of its lines: one that it states no more is not to be sent."""

    order_item_id: str


@dataclass(frozen=True, slots=True)
class LineAdded:
    order_item_id: str


@dataclass(frozen=True, slots=True)
class CancelledAtAmazon:
    """What was not sent is free again."""


@dataclass(frozen=True, slots=True)
class SentElsewhere:
    """Amazon counts more units as sent than we sent: somebody confirmed in Seller Central; the goods are gone."""

    units: tuple[tuple[str, int], ...]
    """(order item id, units)."""


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """By the buyer, whose words are personal. `further`: for a line that it was not requested for before."""

    further: bool


@dataclass(frozen=True, slots=True)
class CancelRequestEnded:
    """`withdrawn`: Amazon shows the request no more; else it is too late, or done."""

    withdrawn: bool


Change = (
    PartAddressShown
    | AddressChanged
    | QuantityChanged
    | LineGone
    | LineAdded
    | CancelledAtAmazon
    | SentElsewhere
    | CancelRequested
    | CancelRequestEnded
)


def changes(before: HeldOrder, incoming: IncomingOrder) -> tuple[Change, ...]:
    """What the message changes, in the order in which it is written down."""
    found, lines = _lines(before.lines, incoming.lines, known=incoming.states_other_lines)
    return (*_address(before.address, incoming), *found, *_goods(lines, incoming), *_request(before, incoming))


def _address(held: IncomingAddress | None, incoming: IncomingOrder) -> Iterator[Change]:
    if held is not None and differs_in_part(held, incoming.address) and incoming.status in TO_SEND:
        yield PartAddressShown()
    after = merge(held, incoming.address)
    if held is not None and after is not None and changed(held, after):
        yield AddressChanged(held, after)


def _lines(
    held: tuple[HeldLine, ...], incoming: tuple[IncomingLine, ...], *, known: bool
) -> tuple[list[Change], list[HeldLine]]:
    """The changes of the lines, and the lines as they stand after them. `known`: none is stated, and that is meant."""
    found: list[Change] = []
    lines: list[HeldLine] = []
    stated = {line.order_item_id: line for line in incoming}
    for line in held:
        now_stated = stated.get(line.order_item_id)
        if now_stated is not None:
            after = _as_stated(line, now_stated)
            if (after.ordered, after.cancelled) != (line.ordered, line.cancelled):
                found.append(QuantityChanged(line.order_item_id, after.ordered, after.cancelled))
            lines.append(after)
        elif (stated or known) and line.open:
            found.append(LineGone(line.order_item_id))
            lines.append(replace(line, cancelled=line.ordered - line.shipped))
        else:
            lines.append(line)
    had = {line.order_item_id for line in held}
    for new in incoming:
        if new.order_item_id not in had:
            found.append(LineAdded(new.order_item_id))
            lines.append(_as_stated(HeldLine(new.order_item_id, 0), new))
    return found, lines


def _as_stated(line: HeldLine, stated: IncomingLine) -> HeldLine:
    ordered = max(stated.quantity_ordered, line.shipped)
    cancelled = min(stated.quantity_cancelled, ordered)
    if (ordered, cancelled) == (line.ordered, line.cancelled):
        return line
    return replace(line, ordered=ordered, cancelled=cancelled)


def _goods(lines: Iterable[HeldLine], incoming: IncomingOrder) -> Iterator[Change]:
    if incoming.status.called_off:
        yield CancelledAtAmazon()
        return
    fulfilled = {line.order_item_id: line.quantity_fulfilled for line in incoming.goods}
    gone = [(line, fulfilled.get(line.order_item_id, 0) - line.shipped) for line in lines]
    units = tuple((line.order_item_id, min(more, line.open)) for line, more in gone if more > 0 and line.open)
    if units:
        yield SentElsewhere(units)


def _request(before: HeldOrder, incoming: IncomingOrder) -> Iterator[Change]:
    requested = {line.order_item_id for line in incoming.lines if line.cancel_requested}
    if requested and incoming.status in STILL_OPEN:
        known = {line.order_item_id for line in before.lines if line.cancel_requested}
        yield CancelRequested(further=bool(requested - known) or not before.cancel_requested)
    elif before.cancel_requested:
        yield CancelRequestEnded(withdrawn=not requested)
