"""Amazon's order report against what we hold: values in, gaps out. Pure.

Both sides are sums by order and SKU, never rows: a report says nothing that would tell two rows of one SKU apart. What
one side does not say (a pending order's price, the lines of a message that was erased) is compared with nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from wharfinger.domain.days import begins, day_of, ends
from wharfinger.domain.labels import Labelled
from wharfinger.domain.orders.order import AmazonStatus

UNKNOWN_ZONE = "UTC"
"""Of the days of an order whose marketplace is not known here."""


class Stage(Labelled):
    """How far an order is, as finely as both the report and the Orders API say it."""

    PENDING = "pending", "Pending"
    OPEN = "open", "To be dispatched"
    SHIPPING = "shipping", "Being dispatched"
    SHIPPED = "shipped", "Shipped"
    CANCELLED = "cancelled", "Cancelled"
    UNKNOWN = "unknown", "Not said"


STAGE_OF = {
    AmazonStatus.PENDING: Stage.PENDING,
    AmazonStatus.PENDING_AVAILABILITY: Stage.PENDING,
    AmazonStatus.UNSHIPPED: Stage.OPEN,
    AmazonStatus.PARTIALLY_SHIPPED: Stage.SHIPPING,
    AmazonStatus.SHIPPED: Stage.SHIPPED,
    AmazonStatus.CANCELLED: Stage.CANCELLED,
    AmazonStatus.UNFULFILLABLE: Stage.UNKNOWN,
    AmazonStatus.UNKNOWN: Stage.UNKNOWN,
}
_ALIKE = {frozenset((Stage.SHIPPING, other)) for other in (Stage.OPEN, Stage.SHIPPED)}
"""The report's “Shipping” is said of orders in part shipped and of those that Amazon prepares."""


class GapKind(Labelled):
    MISSING = "missing", "Missing here"
    NOT_IN_REPORT = "not_in_report", "Not in Amazon's report"
    UNITS = "units", "Units differ"
    STATE = "state", "State differs"
    MONEY = "money", "Money differs"


STAGES = {stage.value: stage for stage in Stage}
GAP_KINDS = {kind.value: kind for kind in GapKind}
"""By their codes, as they are stored."""


class Cause(Labelled):
    """Why a gap is none, or why it stands."""

    UNEXPLAINED = "unexplained", "Not explained"
    NOT_AMAZONS = "not_amazons", "Sold elsewhere: Amazon dispatched it for another shop of yours"
    NOT_TRADED = "not_traded", "The account does not take part in this marketplace"
    BEFORE_START = "before_start", "Placed before the Start Date of every channel"
    NOT_READ_YET = "not_read_yet", "Changed after the last search for orders; the next one reads it"
    KNOWN_BY_NUMBER = "known_by_number", "Amazon returns it by its number; only its report leaves it out"
    AMOUNTS_CONFIRMED = "amounts_confirmed", "Downloaded again: Amazon's own order says what we hold"
    UNKNOWN_TO_AMAZON = "unknown_to_amazon", "Amazon does not know the order by its number"
    REFUSED = "refused", "Amazon refuses to return the order by its number"
    BOOKS_DIFFER = "books_differ", "Downloaded again, and the order here still differs"


@dataclass(frozen=True, slots=True)
class SkuSum:
    """All of one SKU in one order; None = not said."""

    units: int | None = None
    money: Decimal | None = None

    def __add__(self, other: "SkuSum") -> "SkuSum":
        """What one of them does not say counts as nothing."""
        units = [one.units for one in (self, other) if one.units is not None]
        money = [one.money for one in (self, other) if one.money is not None]
        return SkuSum(sum(units) if units else None, sum(money, Decimal(0)) if money else None)


@dataclass(frozen=True, slots=True)
class StatedOrder:
    """What one side says of one order. `by_sku` None: it says nothing of lines. `not_amazons`: it was sold elsewhere,
    and Amazon only dispatched it."""

    number: str
    marketplace_id: str
    placed_at: datetime
    updated_at: datetime
    stage: Stage
    currency: str = ""
    by_sku: Mapping[str, SkuSum] | None = field(default_factory=dict)
    not_amazons: bool = False

    @property
    def units(self) -> int:
        """Units that are not cancelled."""
        if self.stage is Stage.CANCELLED:
            return 0
        return sum(one.units or 0 for one in (self.by_sku or {}).values())

    @property
    def money(self) -> Decimal | None:
        """None while nothing of it has a price, and of a cancelled order, which keeps its total (behaviour O39)."""
        said = [one.money for one in (self.by_sku or {}).values() if one.money is not None]
        return sum(said, Decimal(0)) if said and self.stage is not Stage.CANCELLED else None


@dataclass(frozen=True, slots=True)
class StatedRow:
    """One row of either side, before it is added up."""

    order: StatedOrder
    sku: str
    amounts: SkuSum


def add_up(rows: Iterable[StatedRow]) -> dict[str, StatedOrder]:
    """Orders by number. Of the rows of one order the newest says how far it is."""
    found: dict[str, StatedOrder] = {}
    sums: dict[str, dict[str, SkuSum]] = defaultdict(dict)
    for row in rows:
        known = found.get(row.order.number)
        if known is None or _newness(row.order) > _newness(known):
            found[row.order.number] = row.order
        of_order = sums[row.order.number]
        of_order[row.sku] = of_order.get(row.sku, SkuSum()) + row.amounts
    return {number: replace(order, by_sku=sums[number]) for number, order in found.items()}


def _newness(order: StatedOrder) -> tuple[object, ...]:
    """Whatever order the rows come in, the same one is the newest."""
    return (order.updated_at, order.stage.value, order.placed_at, order.marketplace_id, order.currency)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a day has, on one side."""

    orders: int = 0
    units: int = 0
    money: Mapping[str, Decimal] = field(default_factory=dict)

    def __add__(self, other: "Figures") -> "Figures":
        money = dict(self.money)
        for currency, amount in other.money.items():
            money[currency] = money.get(currency, Decimal(0)) + amount
        return Figures(self.orders + other.orders, self.units + other.units, _without_zeros(money))

    def __neg__(self) -> "Figures":
        return Figures(-self.orders, -self.units, {currency: -amount for currency, amount in self.money.items()})

    def __sub__(self, other: "Figures") -> "Figures":
        return self + -other


def _without_zeros(money: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {currency: amount for currency, amount in money.items() if amount}


def figures_of(order: StatedOrder | None) -> Figures:
    if order is None:
        return Figures()
    money = order.money
    return Figures(1, order.units, {order.currency: money} if money else {})


@dataclass(frozen=True, slots=True)
class Gap:
    """One order on which the two sides differ. `cause` UNEXPLAINED: it is to be healed."""

    number: str
    marketplace_id: str
    placed_at: datetime
    kinds: tuple[GapKind, ...]
    cause: Cause
    amazon: StatedOrder | None
    ours: StatedOrder | None

    @property
    def difference(self) -> Figures:
        """What we hold more than Amazon says; less is negative."""
        return figures_of(self.ours) - figures_of(self.amazon)


@dataclass(frozen=True, slots=True)
class Ground:
    """What decides which gaps are explained.

    `until`: where the report ends. `read_until`: up to which change the search has read everything, None = nothing.
    `traded`: the marketplaces that are searched. `starts_at`: the earliest Start Date, None without a channel.
    """

    until: datetime
    read_until: datetime | None
    traded: frozenset[str]
    starts_at: datetime | None


@dataclass(frozen=True, slots=True)
class MarketDay:
    marketplace_id: str
    day: date


@dataclass(frozen=True, slots=True)
class DayResult:
    """One day of a marketplace that the report covers. Both sides count only what both can know: an order that moved on
    here since Amazon made the report counts as Amazon's report has it."""

    at: MarketDay
    whole: bool
    amazon: Figures
    ours: Figures


@dataclass(frozen=True, slots=True)
class Comparison:
    days: tuple[DayResult, ...]
    gaps: tuple[Gap, ...]


def compare(
    amazon: Mapping[str, StatedOrder],
    ours: Mapping[str, StatedOrder],
    ground: Ground,
    zones: Mapping[str, str],
    since: datetime,
) -> Comparison:
    """Every order of either side once.

    `zones`: of the marketplaces whose days are counted, days without an order too. `since`: where the report begins; a
    day of which it lacks the beginning is left out. `ours`: the orders placed within the report, and those it names.
    """
    gaps: list[Gap] = []
    nothing = (Figures(), Figures())
    figures = {
        MarketDay(marketplace, day): nothing
        for marketplace, zone in zones.items()
        for day in days_within(since, ground.until, zone)
        if since <= begins(day, zone)
    }
    for number in sorted({*amazon, *ours}):
        theirs, held = amazon.get(number), ours.get(number)
        order = theirs or held
        assert order is not None
        at = _market_day(order, held, zones)
        if begins(at.day, zones.get(at.marketplace_id, UNKNOWN_ZONE)) < since:
            continue
        gap = find_gap(theirs, held, ground)
        if gap is not None:
            gaps.append(gap)
            counted = figures_of(held)
        elif theirs is not None:
            counted = figures_of(theirs)
        else:
            continue
        said, here = figures.get(at, nothing)
        figures[at] = (said + figures_of(theirs), here + counted)
    days = tuple(
        DayResult(at, is_whole(at.day, zones.get(at.marketplace_id, UNKNOWN_ZONE), since, ground.until), *figures[at])
        for at in sorted(figures, key=lambda at: (at.day, at.marketplace_id))
    )
    return Comparison(days, tuple(gaps))


def _market_day(order: StatedOrder, held: StatedOrder | None, zones: Mapping[str, str]) -> MarketDay:
    marketplace = order.marketplace_id or (held.marketplace_id if held else "")
    return MarketDay(marketplace, day_of(order.placed_at, zones.get(marketplace, UNKNOWN_ZONE)))


def days_within(since: datetime, until: datetime, zone: str) -> tuple[date, ...]:
    """Every day of the zone that the time touches."""
    first, last = day_of(since, zone), day_of(until, zone)
    return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))


def is_whole(day: date, zone: str, since: datetime, until: datetime) -> bool:
    """Whether the report covers the day from its beginning to its end."""
    return since <= begins(day, zone) and ends(day, zone) <= until


def find_gap(amazon: StatedOrder | None, ours: StatedOrder | None, ground: Ground) -> Gap | None:
    """What differs about one order; None where nothing does, or what is here is newer than the report."""
    if amazon is None and ours is not None:
        if ours.not_amazons:
            return None
        return _gap((GapKind.NOT_IN_REPORT,), Cause.UNEXPLAINED, None, ours) if ours.placed_at <= ground.until else None
    if amazon is None:
        return None
    if ours is None:
        return _gap((GapKind.MISSING,), _cause_of_missing(amazon, ground), amazon, None)
    if ours.updated_at > amazon.updated_at:
        return None
    kinds = differences(amazon, ours)
    if not kinds:
        return None
    unread = ours.updated_at < amazon.updated_at and _is_unread(amazon, ground)
    return _gap(kinds, Cause.NOT_READ_YET if unread else Cause.UNEXPLAINED, amazon, ours)


def _gap(kinds: tuple[GapKind, ...], cause: Cause, amazon: StatedOrder | None, ours: StatedOrder | None) -> Gap:
    order = amazon or ours
    assert order is not None
    marketplace = order.marketplace_id or (ours.marketplace_id if ours else "")
    return Gap(order.number, marketplace, order.placed_at, kinds, cause, amazon, ours)


def _cause_of_missing(amazon: StatedOrder, ground: Ground) -> Cause:
    if amazon.not_amazons:
        return Cause.NOT_AMAZONS
    if amazon.marketplace_id and amazon.marketplace_id not in ground.traded:
        return Cause.NOT_TRADED
    if ground.starts_at is None or amazon.placed_at < ground.starts_at:
        return Cause.BEFORE_START
    return Cause.NOT_READ_YET if _is_unread(amazon, ground) else Cause.UNEXPLAINED


def _is_unread(amazon: StatedOrder, ground: Ground) -> bool:
    return ground.read_until is None or amazon.updated_at > ground.read_until


def differences(amazon: StatedOrder, ours: StatedOrder) -> tuple[GapKind, ...]:
    """In what the two sides contradict each other."""
    return tuple(kind for kind, differs in _compared(amazon, ours) if differs)


def _compared(amazon: StatedOrder, ours: StatedOrder) -> Iterable[tuple[GapKind, bool]]:
    yield GapKind.STATE, not _same_stage(amazon.stage, ours.stage)
    cancelled = Stage.CANCELLED in (amazon.stage, ours.stage)
    if amazon.by_sku is None or ours.by_sku is None or cancelled:
        return
    pairs = [(amazon.by_sku.get(sku), ours.by_sku.get(sku)) for sku in {*amazon.by_sku, *ours.by_sku}]
    yield GapKind.UNITS, any(_units_differ(one, other) for one, other in pairs)
    other_currency = bool(amazon.currency and ours.currency) and amazon.currency != ours.currency
    yield GapKind.MONEY, other_currency or any(_money_differs(one, other) for one, other in pairs)


def _units_differ(one: SkuSum | None, other: SkuSum | None) -> bool:
    """A SKU that one side does not name at all has no units there."""
    if one is not None and other is not None and None in (one.units, other.units):
        return False
    return ((one and one.units) or 0) != ((other and other.units) or 0)


def _money_differs(one: SkuSum | None, other: SkuSum | None) -> bool:
    if one is not None and other is not None and None in (one.money, other.money):
        return False
    return ((one and one.money) or Decimal(0)) != ((other and other.money) or Decimal(0))


def _same_stage(one: Stage, other: Stage) -> bool:
    return one is other or Stage.UNKNOWN in (one, other) or frozenset((one, other)) in _ALIKE
