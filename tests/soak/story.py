"""A story: what buyers, Amazon, the network, the warehouse and a power cut do, in order. The same seed, the same story.

Steps are values, so that a story that fails can be told shorter: any part of it can be left out.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from wharfinger.domain.stock.rules import Rounding, RuleValues

SKUS = 8
"""Linked FBM SKUs that buyers order."""
POOLED = 2
"""SKUs that Amazon sends."""
MARKETPLACES = 3
"""With an FBM channel; the third has none until it is made."""
MINUTE = 60.0
FLOWS = (
    "orders_in", "take_orders", "stock_out", "shipments_out", "listings_in", "fba_stock_in", "notifications_in",
    "orders_by_number", "order_report",
)  # fmt: skip
REFUSALS = ("throttle", "500", "503", "html", "cut_before", "cut_after", "broken_json", "wrong_content_type", "empty")
READS = ("searchOrders", "getOrder", "searchListingsItems", "getInventorySummaries", "*")
WRITES = ("patchListingsItem", "confirmShipment")
REPORTS = ("createReport", "getReport", "getReportDocument")
PAGES = ("page_repeated", "bad_next_token", "page_token_refused", "orders_missing", "rows_missing")
OF_ORDERS = ("no_address", "no_money", "total_off", "late_orders")
OF_NOTIFICATIONS = ("notification_lost", "notification_doubled", "notification_old", "notification_late")
OF_FEEDS = ("feed_stuck", "feed_partly_refused", "feed_fatal", "feed_cancelled")
OF_QUANTITIES = ("stale_read", "accepted_not_applied", "applied_late", "invalid")


@dataclass(frozen=True, slots=True)
class Wait:
    minutes: int


@dataclass(frozen=True, slots=True)
class Order:
    """Somebody buys: (SKU by place, units) of each line; `pending_minutes` until the payment, 0 = paid."""

    lines: tuple[tuple[int, int], ...]
    marketplace: int = 0
    pending_minutes: int = 0
    address: str = ""
    oversell: bool = False


@dataclass(frozen=True, slots=True)
class PooledOrder:
    """Somebody buys what Amazon sends."""

    sku: int
    units: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """The order at this place, newest first: whole, by its buyer or by Amazon; or one unit of its first line."""

    place: int
    by: str = "BUYER"
    unit: bool = False


@dataclass(frozen=True, slots=True)
class RequestCancel:
    place: int


@dataclass(frozen=True, slots=True)
class MoveHouse:
    """The buyer of the order at this place changes the address."""

    place: int


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The packer sends up to so many orders that are ready; `part`: one unit of the first only."""

    orders: int
    part: bool = False


@dataclass(frozen=True, slots=True)
class Undo:
    """The packer takes back the newest parcels, as far as Amazon was sent nothing of them."""

    parcels: int


@dataclass(frozen=True, slots=True)
class Split:
    """A person splits the order at this place: one unit of each line leaves, or the whole first line."""

    place: int
    line: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    """A person merges the newest two open parts of an Amazon order."""


@dataclass(frozen=True, slots=True)
class Receive:
    sku: int
    units: int


@dataclass(frozen=True, slots=True)
class Break:
    """Units that break in the warehouse."""

    sku: int
    units: int


@dataclass(frozen=True, slots=True)
class Fault:
    """One of the simulator's; `seconds` 0 = its own."""

    kind: str
    operation: str = "*"
    count: int = 1
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue of the notifications stops answering, or answers again."""

    answers: bool


@dataclass(frozen=True, slots=True)
class OtherApplication:
    """Another program of the seller's takes from the same limit."""

    operation: str
    rate: float
    minutes: int


@dataclass(frozen=True, slots=True)
class Kill:
    """The next run of the flow ends by SIGKILL at its n-th statement."""

    flow: str
    statement: int


@dataclass(frozen=True, slots=True)
class Switch:
    """A person switches the channel off or on again."""

    channel: int
    enabled: bool


@dataclass(frozen=True, slots=True)
class MakeChannel:
    """The channel of the marketplace that had none."""


@dataclass(frozen=True, slots=True)
class Unlink:
    """A person takes the link of a SKU away, or links it again."""

    sku: int
    linked: bool


@dataclass(frozen=True, slots=True)
class SetRule:
    """A person sets the stock rule of the item at this place, else of the channel: how much of it a channel shows."""

    values: RuleValues
    sku: int | None = None
    channel: int = 0


@dataclass(frozen=True, slots=True)
class Holiday:
    """A handling time begins for all channels, or one, until somebody ends it; `days` None: whichever there are end."""

    days: int | None
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class ByFeeds:
    """Quantities go by feeds though only a few wait, as they do with thousands."""


Step = (
    Wait | Order | PooledOrder | Cancel | RequestCancel | MoveHouse | Dispatch | Receive | Break | Fault
    | Queue | OtherApplication | Kill | Switch | MakeChannel | Unlink | Split | Merge | SetRule | ByFeeds | Undo
    | Holiday
)  # fmt: skip
Story = tuple[Step, ...]


def story_of(seed: int) -> Story:
    """Between 15 and 40 steps, and waits between them. In a third of the stories polling is all there is, and in
    another third (by the seed) quantities go by feeds, and some of these go wrong."""
    chance = random.Random(seed)
    makers, weights = zip(*_MAKERS, strict=True)
    steps: list[Step] = [Queue(answers=False)] if chance.random() < 0.33 else []
    for maker in chance.choices(makers, weights, k=chance.randint(15, 40)):
        steps.append(maker(chance))
        if chance.random() < 0.45:
            steps.append(Wait(chance.choice((1, 1, 2, 3, 5, 8, 15))))
    return _by_feeds(steps, chance) if seed % 3 == 0 else tuple(steps)


def _by_feeds(steps: list[Step], chance: random.Random) -> Story:
    for _ in range(chance.choice((0, 1, 2, 4))):
        kind = chance.choice(OF_FEEDS)
        fault = Fault(kind, seconds=chance.choice((300.0, 3000.0)) if kind == "feed_stuck" else 0.0)
        steps.insert(chance.randrange(len(steps)), fault)
    return (ByFeeds(), *steps)


def _order(chance: random.Random) -> Step:
    lines = tuple(
        (chance.randrange(SKUS), chance.choice((1, 1, 1, 2, 3))) for _ in range(chance.choice((1, 1, 1, 2, 3)))
    )
    return Order(
        lines,
        marketplace=chance.choice((0, 0, 0, 1, 1, 2)),
        pending_minutes=chance.choice((0, 0, 0, 0, 4, 40)),
        address=chance.choice(("", "", "", "", "street_in_line_2", "no_name", "business", "masked_postcode")),
        oversell=chance.random() < 0.05,
    )


def _cancel(chance: random.Random) -> Step:
    return Cancel(chance.randrange(8), chance.choice(("BUYER", "AMAZON")), unit=chance.random() < 0.3)


def _fault(chance: random.Random) -> Step:
    match chance.randrange(6):
        case 0 | 1:
            kind, operation = chance.choice(REFUSALS), chance.choice((*READS, *WRITES, *REPORTS))
            return Fault(kind, operation, count=chance.choice((1, 1, 2, 4)))
        case 2:
            return Fault(chance.choice(PAGES), count=1)
        case 3:
            kind = chance.choice(OF_ORDERS)
            return Fault(kind, count=chance.choice((1, 2)), seconds=240.0 if kind == "late_orders" else 0.0)
        case 4:
            kind = chance.choice(OF_NOTIFICATIONS)
            return Fault(kind, count=chance.choice((1, 2, 5)), seconds=600.0 if kind == "notification_late" else 0.0)
        case _:
            kind = chance.choice(OF_QUANTITIES)
            return Fault(kind, count=chance.choice((1, 2)), seconds=90.0 if kind == "applied_late" else 0.0)


def _rule(chance: random.Random) -> Step:
    values = RuleValues(
        percent=chance.choice((None, 100, 50, 33)),
        rounding=chance.choice((None, *Rounding)),
        buffer=chance.choice((None, 0, 1, 3)),
        send_zero_at=chance.choice((None, 0, 2)),
        cap=chance.choice((None, 3, 8)),
    )
    sku = chance.randrange(SKUS) if chance.random() < 0.6 else None
    return SetRule(values, sku, channel=chance.randrange(2))


def _holiday(chance: random.Random) -> Step:
    return Holiday(chance.choice((None, None, 7, 9, 14)), chance.choice((None, 0, 1)))


_MAKERS: tuple[tuple[Callable[[random.Random], Step], int], ...] = (
    (_order, 40),
    (lambda chance: PooledOrder(chance.randrange(POOLED), chance.choice((1, 1, 2))), 4),
    (_cancel, 8),
    (lambda chance: RequestCancel(chance.randrange(6)), 3),
    (lambda chance: MoveHouse(chance.randrange(6)), 3),
    (lambda chance: Dispatch(chance.choice((1, 2, 3, 6)), part=chance.random() < 0.3), 14),
    (lambda chance: Receive(chance.randrange(SKUS), chance.choice((1, 3, 10))), 6),
    (lambda chance: Break(chance.randrange(SKUS), 1), 2),
    (_fault, 16),
    (lambda chance: Queue(answers=chance.random() < 0.7), 2),
    (lambda chance: OtherApplication(chance.choice(("searchOrders", "patchListingsItem")), 0.05, 20), 2),
    (lambda chance: Kill(chance.choice(FLOWS[:4] * 2 + FLOWS), chance.randint(1, 60)), 14),
    (lambda chance: Switch(chance.randrange(2), chance.random() < 0.5), 3),
    (lambda _: MakeChannel(), 1),
    (lambda chance: Unlink(chance.randrange(SKUS), chance.random() < 0.6), 3),
    (lambda chance: Undo(chance.choice((1, 1, 3))), 5),
    (lambda chance: Split(chance.randrange(6), line=chance.random() < 0.4), 5),
    (lambda _: Merge(), 2),
    (_rule, 5),
    (_holiday, 5),
)
