"""Several sales orders of one Amazon order: what of Amazon's message is each one's, and what each one's money is. Pure.

A message is divided before it is followed: each part then follows its own share as a whole order follows its message.
What Amazon changes reaches a part that can still change: cancelled units are taken from parts whose cancellation is
under way, then from parts that nobody has picked, the latest first; added units go to the first part that is open.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from wharfinger.domain.orders.order import IncomingLine, IncomingOrder, LineAmounts, Particulars
from wharfinger.domain.orders.sales_orders import rounding_of

AMOUNTS = ("item", "shipping", "gift_wrap", "discount", "tax", "other", "total")


@dataclass(frozen=True, slots=True)
class PartLine:
    """A line of a part as it stands: units, and its share of Amazon's amounts."""

    order_item_id: str
    ordered: int
    cancelled: int = 0
    shipped: int = 0
    amounts: LineAmounts = LineAmounts()

    @property
    def open(self) -> int:
        return max(0, self.ordered - self.cancelled - self.shipped)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the sales orders of an Amazon order, first made first."""

    lines: tuple[PartLine, ...]
    total: Decimal | None = None
    cancelling: bool = False
    """Its cancellation at Amazon is under way: what Amazon cancels is most probably this."""
    picked: bool = False

    @property
    def open(self) -> bool:
        return any(line.open for line in self.lines)


def shares(parts: Sequence[Part], incoming: IncomingOrder) -> tuple[IncomingOrder, ...]:
    """The message of each part. Units and money of all shares together are the message's own."""
    lines: list[list[IncomingLine]] = [[] for _ in parts]
    for line in incoming.lines:
        for place, share in _shares_of(parts, line, incoming.currency):
            lines[place].append(share)
    totals = _totals(parts, lines, incoming)
    return tuple(
        replace(
            incoming,
            lines=tuple(of_part),
            total=total,
            order_amounts=incoming.order_amounts if place == 0 else Decimal(0),
            states_other_lines=bool(incoming.lines),
        )
        for place, (of_part, total) in enumerate(zip(lines, totals, strict=True))
    )


def portion(amount: Decimal, begin: int, end: int, whole: int, currency: str) -> Decimal:
    """What units `begin` to `end` of `whole` have of an amount: neighbouring portions add up to it exactly."""
    tidy = amount.normalize()
    coin = min(rounding_of(currency), Decimal(1).scaleb(int(tidy.as_tuple().exponent)))
    until = [(tidy * units / whole).quantize(coin, ROUND_HALF_UP) for units in (begin, end)]
    return until[1] - until[0]


def amounts_of(amounts: LineAmounts, begin: int, end: int, whole: int, currency: str) -> LineAmounts:
    """A line's amounts for some of its units."""
    return _each(lambda name: _portion_of(getattr(amounts, name), begin, end, whole, currency))


def added(one: LineAmounts, other: LineAmounts) -> LineAmounts:
    """Of two shares; what Amazon says of neither stays unsaid."""
    return _each(lambda name: sum_of(getattr(one, name), getattr(other, name)))


def sum_of(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one if other is None else one + other


def particulars_of(said: Particulars, begin: int, end: int, whole: int, currency: str) -> Particulars:
    """Tax and discount, part by part, for some of the line's units."""

    def share(parts: Iterable[tuple[str, Decimal]]) -> tuple[tuple[str, Decimal], ...]:
        return tuple((kind, portion(amount, begin, end, whole, currency)) for kind, amount in parts)

    return replace(said, tax_parts=share(said.tax_parts), discount_parts=share(said.discount_parts))


def particulars_added(one: Particulars, other: Particulars) -> Particulars:
    """Of two shares of a line."""
    return replace(
        one,
        tax_parts=_sums(one.tax_parts, other.tax_parts),
        discount_parts=_sums(one.discount_parts, other.discount_parts),
        serial_numbers=(*one.serial_numbers, *other.serial_numbers),
    )


def _sums(one: Iterable[tuple[str, Decimal]], other: Iterable[tuple[str, Decimal]]) -> tuple[tuple[str, Decimal], ...]:
    sums: dict[str, Decimal] = {}
    for kind, amount in (*one, *other):
        sums[kind] = sums.get(kind, Decimal(0)) + amount
    return tuple(sums.items())


def _each(share: Callable[[str], Decimal | None]) -> LineAmounts:
    return LineAmounts(**{name: share(name) for name in AMOUNTS})


def _portion_of(amount: Decimal | None, begin: int, end: int, whole: int, currency: str) -> Decimal | None:
    return None if amount is None else portion(amount, begin, end, whole, currency)


# --- one order item


@dataclass(slots=True)
class _Units:
    """Of the item in one part, on its way to what Amazon states now."""

    place: int
    ordered: int
    cancelled: int
    shipped: int
    gives_first: tuple[bool, bool, int]

    @property
    def open(self) -> int:
        return max(0, self.ordered - self.cancelled - self.shipped)


def _shares_of(parts: Sequence[Part], line: IncomingLine, currency: str) -> Iterator[tuple[int, IncomingLine]]:
    held = [(place, one) for place, part in enumerate(parts) for one in part.lines if _is(one, line)]
    if not held:  # a new line
        yield next((place for place, part in enumerate(parts) if part.open), 0), line
    elif len(held) == 1:
        yield held[0][0], line
    else:
        units = [
            _Units(place, one.ordered, one.cancelled, one.shipped, _gives_first(parts[place], place))
            for place, one in held
        ]
        _bring(units, line)
        sent = _sent(units, line.quantity_fulfilled)
        money = _money([one for _, one in held], units, line, currency)
        for of_part, fulfilled, (amounts, particulars) in zip(units, sent, money, strict=True):
            yield (
                of_part.place,
                replace(
                    line,
                    quantity_ordered=of_part.ordered,
                    quantity_cancelled=of_part.cancelled,
                    quantity_fulfilled=fulfilled,
                    amounts=amounts,
                    particulars=particulars,
                    cancel_requested=line.cancel_requested and of_part.open > 0,
                ),
            )


def _gives_first(part: Part, place: int) -> tuple[bool, bool, int]:
    return not part.cancelling, part.picked, -place


def _is(held: PartLine, line: IncomingLine) -> bool:
    return held.order_item_id == line.order_item_id


def _bring(units: list[_Units], line: IncomingLine) -> None:
    """Units ordered and cancelled, part by part, until they add up to the message's."""
    ordered = line.quantity_ordered - sum(one.ordered for one in units)
    cancelled = min(line.quantity_cancelled, line.quantity_ordered) - sum(one.cancelled for one in units)
    losing = sorted(units, key=lambda one: one.gives_first)
    for one in losing:  # cancelled units that Amazon counts no more
        gone = max(0, min(-ordered, -cancelled, one.cancelled))
        one.ordered, one.cancelled = one.ordered - gone, one.cancelled - gone
        ordered, cancelled = ordered + gone, cancelled + gone
    for one in losing:  # not cancelled after all
        back = max(0, min(-cancelled, one.cancelled))
        one.cancelled, cancelled = one.cancelled - back, cancelled + back
    for one in losing:
        gone = max(0, min(-ordered, one.open))
        one.ordered, ordered = one.ordered - gone, ordered + gone
    for one in losing:  # nothing is open any more
        gone = max(0, min(-ordered, one.ordered - one.shipped))
        one.ordered, ordered = one.ordered - gone, ordered + gone
        surplus = max(0, one.cancelled - one.ordered)
        one.cancelled, cancelled = one.cancelled - surplus, cancelled + surplus
    gaining = next((one for one in units if one.open), units[-1])
    gaining.ordered += max(0, ordered)
    _cancel(losing, cancelled)


def _cancel(losing: Sequence[_Units], cancelled: int) -> None:
    """What is open first; then what was sent already, which a person must know of."""
    left = max(0, cancelled)
    for one in losing:
        by = min(left, one.open)
        one.cancelled, left = one.cancelled + by, left - by
    for one in losing:
        by = min(left, one.ordered - one.cancelled)
        one.cancelled, left = one.cancelled + by, left - by


def _sent(units: Sequence[_Units], fulfilled: int) -> list[int]:
    """What Amazon counts as sent: what we sent of each part, then what is open, the first part first."""
    left = fulfilled
    sent = []
    for one in units:
        sent.append(min(one.shipped, left))
        left -= sent[-1]
    for place, one in enumerate(units):
        more = min(one.open, left)
        sent[place] += more
        left -= more
    return sent


def _money(
    held: Sequence[PartLine], units: Sequence[_Units], line: IncomingLine, currency: str
) -> list[tuple[LineAmounts, Particulars]]:
    """The shares that are held, as long as they add up to Amazon's amount; else by units."""
    weights = [one.ordered for one in units]
    if not sum(weights):
        weights = [1, *[0] * (len(units) - 1)]
    ends = [sum(weights[: place + 1]) for place in range(len(weights))]
    spans = list(zip([0, *ends[:-1]], ends, strict=True))
    by_name = {name: _shares_of_amount([getattr(one.amounts, name) for one in held], getattr(line.amounts, name), spans,
                                       currency) for name in AMOUNTS}  # fmt: skip
    return [
        (
            LineAmounts(**{name: by_name[name][place] for name in AMOUNTS}),
            particulars_of(line.particulars, begin, end, ends[-1], currency),
        )
        for place, (begin, end) in enumerate(spans)
    ]


def _shares_of_amount(
    held: Sequence[Decimal | None], stated: Decimal | None, spans: Sequence[tuple[int, int]], currency: str
) -> list[Decimal | None]:
    if stated is None:
        return [None] * len(held)
    known = [amount for amount in held if amount is not None]
    if len(known) == len(held) and sum(known) == stated:
        return list(held)
    return [portion(stated, begin, end, spans[-1][1], currency) for begin, end in spans]


def _totals(
    parts: Sequence[Part], lines: Sequence[Sequence[IncomingLine]], incoming: IncomingOrder
) -> list[Decimal | None]:
    """Each part's lines; what belongs to no line, and what does not add up, is the first part's."""
    if incoming.total is None:
        return [None] * len(parts)
    others = [_total_of(part, of_part) for part, of_part in zip(parts[1:], lines[1:], strict=True)]
    return [incoming.total - sum((total for total in others if total is not None), Decimal(0)), *others]


def _total_of(part: Part, lines: Sequence[IncomingLine]) -> Decimal | None:
    known = [line.amounts.total for line in lines if line.amounts.total is not None]
    return sum(known, Decimal(0)) if len(known) == len(lines) else part.total
