"""A report, a schedule that makes some, and what a type of report is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from amazon_simulator.core.store import Entity
from amazon_simulator.finances.ledger import Ledger
from amazon_simulator.world import World
from amazon_simulator.world.catalogue import MARKETS, Market
from amazon_simulator.world.entities import Seller

QUEUED, WORKED, DONE, FATAL, CANCELLED = "IN_QUEUE", "IN_PROGRESS", "DONE", "FATAL", "CANCELLED"
DAY = 24 * 3600.0
NUL = "\x00\x00"
"""What stands where there is no quantity (behaviour R20)."""
EVERYWHERE = "UTF-8"


class Report(Entity, tag="report", kw_only=True):
    """`since`, `until`: what it covers. `document`: where it is read. `moves_at`: when its status changes next."""

    number: int
    id: str
    seller: str
    kind: str
    marketplaces: list[str]
    created: float
    moves_at: float
    since: float
    until: float
    options: dict[str, str] = {}
    schedule: str = ""
    status: str = QUEUED
    started: float = 0.0
    ended: float = 0.0
    document: str = ""
    gone: bool = False


class Schedule(Entity, tag="report schedule", kw_only=True):
    """Makes a report every `period` (ISO 8601), the next one at `next_at`."""

    number: int
    id: str
    seller: str
    kind: str
    marketplaces: list[str]
    period: str
    next_at: float
    options: dict[str, str] = {}
    gone: bool = False


class Closing(Entity, tag="closing"):
    """Everything that was posted before `until` is settled."""

    until: float


@dataclass(frozen=True, slots=True)
class ReportContext:
    """What a report is made of, at the time when it is made."""

    world: World
    ledger: Ledger
    roles: list[str]
    seller: Seller
    marketplaces: list[str]
    since: float
    until: float
    now: float
    options: Mapping[str, str]

    @property
    def markets(self) -> list[Market]:
        return [MARKETS[marketplace] for marketplace in self.marketplaces]

    @property
    def pools(self) -> list[str]:
        """Amazon's warehouses that serve these marketplaces, each once."""
        return list(dict.fromkeys(market.pool for market in self.markets))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A flat file: tabs, no quotes unless `quoted`."""

    header: tuple[str, ...]
    rows: Iterable[tuple[str, ...]]
    quoted: bool = False
    charset: str = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Kind:
    """A report type. `roles`: the application needs one of them.

    `every`: seconds that must lie between two of them for the same marketplaces; sooner they end as `sooner`.
    `empty`: how it ends when there are no rows. `longest`: seconds that it may cover, 0 = any; longer ones
    are FATAL, or DONE with `exceeded` as their document. `restricted`: its document is for restricted data tokens.
    `requested`: not False when Amazon alone makes it.
    """

    write: Callable[[ReportContext], Sheet]
    roles: tuple[str, ...]
    window: bool = True
    every: float = 0.0
    sooner: str = CANCELLED
    empty: str = CANCELLED
    longest: float = 0.0
    exceeded: str = ""
    kept: float = 90 * DAY
    restricted: bool = False
    requested: bool = True
