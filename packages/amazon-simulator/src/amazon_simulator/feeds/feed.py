"""A feed, what works it through, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from amazon_simulator.core.http import Response
from amazon_simulator.core.store import Entity
from amazon_simulator.finances.ledger import Ledger
from amazon_simulator.protocol.documents import Document
from amazon_simulator.world import World
from amazon_simulator.world.entities import Seller

QUEUED, WORKED, DONE, FATAL, CANCELLED = "IN_QUEUE", "IN_PROGRESS", "DONE", "FATAL", "CANCELLED"
OPEN = (QUEUED, WORKED)


class Feed(Entity, tag="feed", kw_only=True):
    """`document`: what was uploaded; `result`: the processing report; `moves_at`: when its status changes next."""

    number: int
    id: str
    seller: str
    kind: str
    marketplaces: list[str]
    document: str
    created: float
    moves_at: float
    options: dict[str, str] = {}
    status: str = QUEUED
    started: float = 0.0
    ended: float = 0.0
    result: str = ""
    gone: bool = False


class Invoice(Entity, tag="invoice", kw_only=True):
    """A VAT invoice or credit note that the seller gave Amazon for an order; amounts as they were sent."""

    seller: str
    order: str
    number: str
    kind: str  # Invoice | CreditNote
    total: str
    vat: str
    at: float
    feed: str


@dataclass(frozen=True, slots=True)
class Submission:
    """The call of the Listings Items API that a message stands for; `body` is JSON, or None.

    `received`: when the feed was created, for the state report.
    """

    operation: str
    seller: Seller
    sku: str
    query: dict[str, str]
    body: Any
    now: float
    feed: str = ""
    received: float = 0.0


Perform = Callable[[Submission], Response]
"""What that operation returns to the same request."""
Strict = Callable[[str, float], bool]
"""(seller, time) → whether a tracking number that is none of its carrier's is an error and not a warning."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a feed works on. `keep` takes a new entity."""

    world: World
    ledger: Ledger
    perform: Perform
    keep: Callable[[Entity], None]
    strict: Strict


@dataclass(frozen=True, slots=True)
class Job:
    """One feed at the moment when it is worked through. `partly_refused`: every second message is refused."""

    feed: Feed
    seller: Seller
    document: Document
    previous: bytes
    partly_refused: bool
    now: float

    @property
    def content(self) -> bytes:
        return self.document.body or b""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a feed ended; without a report there is no document."""

    status: str
    report: bytes = b""
    content_type: str = "text/xml; charset=UTF-8"


Work = Callable[[Ground, Job], Outcome]


@dataclass(frozen=True, slots=True)
class Kind:
    """A feed type. `roles`: the application needs one of them. `most`: marketplaces at most."""

    work: Work
    roles: tuple[str, ...]
    most: int = 25
