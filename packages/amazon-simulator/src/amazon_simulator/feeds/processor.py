"""What takes feeds and works them through, one of a seller's type after the other, in trade time."""

import gzip
import heapq
from collections import deque
from collections.abc import Iterator
from typing import ClassVar

from amazon_simulator.core.store import Entity
from amazon_simulator.faults.faults import Faults
from amazon_simulator.feeds.feed import (
    CANCELLED,
    DONE,
    FATAL,
    QUEUED,
    WORKED,
    Feed,
    Ground,
    Invoice,
    Job,
    Outcome,
    Perform,
)
from amazon_simulator.feeds.kinds import KINDS
from amazon_simulator.finances.ledger import Ledger
from amazon_simulator.protocol.documents import FEEDS, GZIP, Documents
from amazon_simulator.world import World
from amazon_simulator.world.entities import Seller

DAY = 24 * 3600.0
QUEUED_FOR = 30.0
WORKED_FOR = 60.0
"""Trade seconds at least, of each; Amazon takes minutes to hours."""
BYTES_A_SECOND = 40_000
PACKED_FROM = 10_000
"""Bytes of a report from which it comes gzipped."""
DOCUMENTS_KEPT, FEEDS_KEPT = 28 * DAY, 90 * DAY
"""Source: feed-retention-policy; model feeds_2021-06-30.json."""
FIRST_ID = 50_000_020_000


class Feeds:
    """A store. A feed of which another one of its type is IN_PROGRESS waits in the queue until that one has ended."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Feed, Invoice)

    def __init__(self, world: World, ledger: Ledger, documents: Documents, faults: Faults, perform: Perform) -> None:
        self._ground = Ground(
            world,
            ledger,
            perform,
            self._make,
            strict=lambda seller, at: faults.happens("feed_tracking_refused", seller, at) is not None,
        )
        self._documents = documents
        self._faults = faults
        self.changed: list[Entity] = []
        self.feeds: dict[str, Feed] = {}
        self.invoices: list[Invoice] = []
        self.of_seller: dict[str, dict[str, Feed]] = {}
        self._results: dict[str, str] = {}
        self._last: Feed | None = None
        self._due: list[tuple[float, int, str]] = []
        self._busy: dict[tuple[str, str], str] = {}
        self._waiting: dict[tuple[str, str], deque[str]] = {}

    def put(self, entity: Entity) -> None:
        match entity:
            case Feed():
                self._put_feed(entity)
            case Invoice():
                self.invoices.append(entity)
            case _:
                pass

    def _put_feed(self, feed: Feed) -> None:
        if self._last is None or feed.number >= self._last.number:
            self._last = feed
        if feed.gone:
            self.feeds.pop(feed.id, None)
            self.of_seller.get(feed.seller, {}).pop(feed.id, None)
            self._results.pop(feed.result, None)
            return
        self.feeds[feed.id] = feed
        self.of_seller.setdefault(feed.seller, {})[feed.id] = feed
        if feed.result:
            self._results[feed.result] = feed.seller
        line = (feed.seller, feed.kind)
        if feed.status == WORKED:
            self._busy[line] = feed.id
        elif self._busy.get(line) == feed.id:
            del self._busy[line]
        heapq.heappush(self._due, (feed.moves_at, feed.number, feed.id))

    def everything(self) -> Iterator[Entity]:
        """Those that are there, and the last one that was: no number is given twice."""
        yield from self.feeds.values()
        if self._last is not None and self._last.gone:
            yield self._last
        yield from self.invoices

    def _make(self, entity: Entity) -> None:
        self.put(entity)
        self.changed.append(entity)

    # --- from outside

    def take(
        self, seller: Seller, kind: str, marketplaces: list[str], document: str, options: dict[str, str], now: float
    ) -> Feed:
        """A feed into the queue, or CANCELLED at once where a fault has it so."""
        number = 1 if self._last is None else self._last.number + 1
        cancelled = self._faults.happens("feed_cancelled", seller.id, now) is not None
        feed = Feed(
            number=number,
            id=str(FIRST_ID + number),
            seller=seller.id,
            kind=kind,
            marketplaces=marketplaces,
            document=document,
            created=now,
            moves_at=now + (FEEDS_KEPT if cancelled else QUEUED_FOR),
            options=options,
            status=CANCELLED if cancelled else QUEUED,
        )
        self._make(feed)
        return feed

    def cancel(self, feed: Feed, now: float) -> bool:
        """False when it is too late: only what is IN_QUEUE can be cancelled."""
        if feed.status != QUEUED:
            return False
        feed.status, feed.moves_at = CANCELLED, feed.created + FEEDS_KEPT
        self._make(feed)
        return True

    def recent(self, seller: str, kind: str, since: float) -> int:
        """How many feeds of a type were taken since then."""
        count = 0
        for feed in reversed(self.of_seller.get(seller, {}).values()):
            if feed.created <= since:
                break
            count += feed.kind == kind
        return count

    def result_of(self, seller: str, document: str) -> bool:
        """Whether the document is a processing report of the seller's."""
        return self._results.get(document) == seller

    # --- time

    def due(self) -> float | None:
        """When a feed moves on, or is dropped."""
        while self._due and self._is_past(self._due[0]):
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None

    def _is_past(self, entry: tuple[float, int, str]) -> bool:
        feed = self.feeds.get(entry[2])
        return feed is None or feed.moves_at != entry[0]

    def turn(self, now: float) -> None:
        while self._due and self._due[0][0] <= now:
            entry = heapq.heappop(self._due)
            if not self._is_past(entry):
                self._move(self.feeds[entry[2]], entry[0])

    def _move(self, feed: Feed, at: float) -> None:
        match feed.status:
            case "IN_QUEUE":
                self._start(feed, at)
            case "IN_PROGRESS":
                self._end(feed, at)
            case _:
                self._make(_forgotten(feed))

    def _start(self, feed: Feed, at: float) -> None:
        line = (feed.seller, feed.kind)
        if line in self._busy:
            self._waiting.setdefault(line, deque()).append(feed.id)
            return
        document = self._documents.held.get(feed.document)
        size = 0 if document is None or document.body is None else len(document.body)
        stuck = self._faults.happens("feed_stuck", feed.seller, at)
        feed.status, feed.started = WORKED, at
        feed.moves_at = at + WORKED_FOR + size / BYTES_A_SECOND + (0.0 if stuck is None else stuck.seconds)
        self._make(feed)

    def _end(self, feed: Feed, at: float) -> None:
        outcome = self._worked(feed, at)
        feed.status, feed.ended, feed.moves_at = outcome.status, at, feed.created + FEEDS_KEPT
        if outcome.report:
            feed.result = self._filed(feed, outcome, at)
        self._make(feed)
        waiting = self._waiting.get((feed.seller, feed.kind))
        while waiting:
            following = self.feeds.get(waiting.popleft())
            if following is not None and following.status == QUEUED:
                following.moves_at = at
                self._make(following)
                return

    def _worked(self, feed: Feed, at: float) -> Outcome:
        seller, document = self._ground.world.sellers[feed.seller], self._documents.held.get(feed.document)
        if document is None or not document.body:  # behaviour FD06
            return Outcome(FATAL)
        if self._faults.happens("feed_fatal", feed.seller, at) is not None:
            return Outcome(FATAL)
        partly_refused = self._faults.happens("feed_partly_refused", feed.seller, at) is not None
        job = Job(feed, seller, document, self._before(feed), partly_refused, at)
        return KINDS[feed.kind].work(self._ground, job)

    def _before(self, feed: Feed) -> bytes:
        """The content of the seller's last feed of this type and marketplaces."""
        for last in reversed(self.of_seller[feed.seller].values()):
            same = (last.kind, last.marketplaces, last.status) == (feed.kind, feed.marketplaces, DONE)
            if same and last.number < feed.number:
                document = self._documents.held.get(last.document)
                return b"" if document is None else document.body or b""
        return b""

    def _filed(self, feed: Feed, outcome: Outcome, at: float) -> str:
        packed = len(outcome.report) >= PACKED_FROM
        document = self._documents.kept(
            f"{FEEDS}.{self._ground.world.sellers[feed.seller].region.lower()}",
            feed.seller,
            outcome.content_type,
            gzip.compress(outcome.report, mtime=0) if packed else outcome.report,
            now=at,
            until=at + DOCUMENTS_KEPT,
            compression=GZIP if packed else "",
        )
        return document.id


def _forgotten(feed: Feed) -> Feed:
    return Feed(
        number=feed.number,
        id=feed.id,
        seller=feed.seller,
        kind=feed.kind,
        marketplaces=[],
        document="",
        created=feed.created,
        moves_at=feed.moves_at,
        status=feed.status,
        result=feed.result,
        gone=True,
    )
