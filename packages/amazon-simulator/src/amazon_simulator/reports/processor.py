"""What makes reports: those requested, those of schedules, and Amazon's own settlements, in trade time."""

import gzip
import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import ClassVar

from amazon_simulator.access.application import Application
from amazon_simulator.core.store import Entity
from amazon_simulator.faults.faults import Faults
from amazon_simulator.finances.ledger import FORTNIGHT, Ledger
from amazon_simulator.protocol.documents import GZIP, REPORTS, Documents
from amazon_simulator.reports.kinds import KINDS, SETTLEMENT
from amazon_simulator.reports.periods import following
from amazon_simulator.reports.report import (
    CANCELLED,
    DAY,
    DONE,
    FATAL,
    QUEUED,
    WORKED,
    Closing,
    Report,
    ReportContext,
    Schedule,
)
from amazon_simulator.reports.settlements import settled, total_of
from amazon_simulator.reports.sheet import written
from amazon_simulator.world import World
from amazon_simulator.world.entities import Seller

QUEUED_FOR, WORKED_FOR = 20.0, 40.0
"""Trade seconds of each; Amazon takes minutes, at times hours."""
ODD = b"The report is not available at the moment."
PLAIN = "text/plain; charset=UTF-8"
FIRST_ID = 50_000_018_000
FIRST_SETTLEMENT = 18_000_000_000


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What a report is to be: requested, or by a schedule."""

    kind: str
    marketplaces: list[str]
    options: dict[str, str]
    since: float
    until: float
    schedule: str = ""


class Reports:
    """A store."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Report, Schedule, Closing)

    def __init__(
        self, world: World, ledger: Ledger, application: Application, documents: Documents, faults: Faults
    ) -> None:
        self._world = world
        self._ledger = ledger
        self._application = application
        self._documents = documents
        self._faults = faults
        self.changed: list[Entity] = []
        self.of_seller: dict[str, dict[str, Report]] = {}
        self.schedules: dict[str, Schedule] = {}
        self.of_document: dict[str, Report] = {}
        self._number = 0
        self._last: Report | Schedule | None = None
        self._due: list[tuple[float, int, str, str]] = []
        self._closed: Closing | None = None

    def put(self, entity: Entity) -> None:
        match entity:
            case Report():
                self._put_report(entity)
            case Schedule():
                self._put_schedule(entity)
            case Closing():
                self._closed = entity
            case _:
                pass

    def _put_report(self, report: Report) -> None:
        self._count(report)
        if report.gone:
            self.of_seller.get(report.seller, {}).pop(report.id, None)
            self.of_document.pop(report.document, None)
            return
        self.of_seller.setdefault(report.seller, {})[report.id] = report
        if report.document:
            self.of_document[report.document] = report
        heapq.heappush(self._due, (report.moves_at, report.number, report.seller, report.id))

    def _put_schedule(self, schedule: Schedule) -> None:
        self._count(schedule)
        if schedule.gone:
            self.schedules.pop(schedule.id, None)
            return
        self.schedules[schedule.id] = schedule
        heapq.heappush(self._due, (schedule.next_at, schedule.number, "", schedule.id))

    def _count(self, entity: Report | Schedule) -> None:
        """No number is given twice."""
        if entity.number >= self._number:
            self._number, self._last = entity.number, entity

    def everything(self) -> Iterator[Entity]:
        for reports in self.of_seller.values():
            yield from reports.values()
        yield from self.schedules.values()
        if self._last is not None and self._last.gone:
            yield self._last
        if self._closed is not None:
            yield self._closed

    def _make(self, entity: Entity) -> None:
        self.put(entity)
        self.changed.append(entity)

    # --- from outside

    def take(self, seller: Seller, request: ReportRequest, now: float) -> Report:
        """A report into the queue."""
        number = self._number + 1
        report = Report(
            number=number,
            id=str(FIRST_ID + number),
            seller=seller.id,
            kind=request.kind,
            marketplaces=request.marketplaces,
            created=now,
            moves_at=now + QUEUED_FOR,
            since=request.since,
            until=request.until,
            options=request.options,
            schedule=request.schedule,
        )
        self._make(report)
        return report

    def cancel(self, report: Report) -> bool:
        """False when it is too late: only what is IN_QUEUE can be cancelled."""
        if report.status != QUEUED:
            return False
        report.status, report.moves_at = CANCELLED, report.created + KINDS[report.kind].kept
        self._make(report)
        return True

    def schedule(
        self, seller: Seller, kind: str, marketplaces: list[str], period: str, options: dict[str, str], first: float
    ) -> Schedule:
        """A new schedule; one of the same type and marketplaces is replaced."""
        for held in list(self.schedules.values()):
            same = (held.seller, held.kind, set(held.marketplaces)) == (seller.id, kind, set(marketplaces))
            if same:
                self.unschedule(held)
        number = self._number + 1
        schedule = Schedule(
            number=number,
            id=str(FIRST_ID + number),
            seller=seller.id,
            kind=kind,
            marketplaces=marketplaces,
            period=period,
            next_at=first,
            options=options,
        )
        self._make(schedule)
        return schedule

    def unschedule(self, schedule: Schedule) -> None:
        schedule.gone = True
        self._make(schedule)

    # --- time

    def due(self) -> float | None:
        while self._due and self._is_past(self._due[0]):
            heapq.heappop(self._due)
        moments = [self._due[0][0]] if self._due else []
        if self._closed is not None:
            moments.append(self._closed.until + FORTNIGHT)
        return min(moments, default=None)

    def _is_past(self, entry: tuple[float, int, str, str]) -> bool:
        at, _, seller, name = entry
        if not seller:
            schedule = self.schedules.get(name)
            return schedule is None or schedule.next_at != at
        report = self.of_seller.get(seller, {}).get(name)
        return report is None or report.moves_at != at

    def turn(self, now: float) -> None:
        if self._closed is None:
            self._make(Closing(until=now // FORTNIGHT * FORTNIGHT))
        while self._closed is not None and self._closed.until + FORTNIGHT <= now:
            self._settle(self._closed.until, self._closed.until + FORTNIGHT)
        while self._due and self._due[0][0] <= now:
            entry = heapq.heappop(self._due)
            if self._is_past(entry):
                continue
            at, _, seller, name = entry
            if seller:
                self._move(self.of_seller[seller][name], at)
            else:
                self._run(self.schedules[name], at)

    def _run(self, schedule: Schedule, at: float) -> None:
        """A report of what has been since the schedule's last one."""
        since = 2 * at - following(at, schedule.period)
        request = ReportRequest(schedule.kind, schedule.marketplaces, schedule.options, since, at, schedule.id)
        schedule.next_at = following(at, schedule.period)
        self._make(schedule)
        self.take(self._world.sellers[schedule.seller], request, at)

    def _move(self, report: Report, at: float) -> None:
        match report.status:
            case "IN_QUEUE":
                report.status, report.started, report.moves_at = WORKED, at, at + WORKED_FOR
                self._make(report)
            case "IN_PROGRESS":
                self._end(report, at)
            case _:
                self._make(_forgotten(report))

    def _end(self, report: Report, at: float) -> None:
        kind, content = KINDS[report.kind], b""
        report.status, content_type = self._status(report, at), ""
        if report.status == DONE and self._is_too_long(report):
            content, content_type = kind.exceeded.encode(), PLAIN
        elif report.status == DONE and self._faults.happens("report_odd", report.seller, at) is not None:
            content, content_type = ODD, PLAIN
        elif report.status == DONE:
            sheet = kind.write(self._context_of(report, at))
            if self._faults.happens("report_rows_missing", report.seller, at) is not None:
                sheet = replace(sheet, rows=islice(sheet.rows, 0, None, 2))
            content, content_type, rows = written(sheet)
            if not rows:
                report.status = kind.empty
        report.ended, report.moves_at = at, report.created + kind.kept
        if report.status == DONE:
            self._file(report, content, content_type, at)
        self._make(report)

    def _status(self, report: Report, at: float) -> str:
        """How a report ends, but for what it holds (behaviours R05, R07, R08)."""
        kind = KINDS[report.kind]
        if self._faults.happens("report_cancelled", report.seller, at) is not None:
            return CANCELLED
        if self._faults.happens("report_fatal", report.seller, at) is not None:
            return FATAL
        if self._is_too_long(report) and not kind.exceeded:
            return FATAL
        return kind.sooner if kind.every and self._is_too_soon(report, kind.every) else DONE

    @staticmethod
    def _is_too_long(report: Report) -> bool:
        longest = KINDS[report.kind].longest
        return bool(longest) and report.until - report.since > longest

    def _is_too_soon(self, report: Report, every: float) -> bool:
        wanted = set(report.marketplaces)
        for last in reversed(self.of_seller[report.seller].values()):
            if last.created <= report.created - every:
                return False
            same = last.kind == report.kind and set(last.marketplaces) == wanted and last.status in (DONE, WORKED)
            if same and last.number < report.number:
                return True
        return False

    def _context_of(self, report: Report, at: float) -> ReportContext:
        return ReportContext(
            world=self._world,
            ledger=self._ledger,
            roles=self._application.roles,
            seller=self._world.sellers[report.seller],
            marketplaces=report.marketplaces,
            since=report.since,
            until=report.until,
            now=at,
            options=report.options,
        )

    def _file(self, report: Report, content: bytes, content_type: str, at: float) -> None:
        document = self._documents.kept(
            f"{REPORTS}.{self._world.sellers[report.seller].region.lower()}",
            report.seller,
            content_type,
            gzip.compress(content, mtime=0),
            now=at,
            until=report.created + KINDS[report.kind].kept,
            compression=GZIP,
        )
        report.document = document.id

    # --- settlements

    def _settle(self, since: float, until: float) -> None:
        """Amazon closes a fortnight: a report for each seller and currency, and the money leaves.

        Those of one seller overlap, and begin seconds apart (behaviour M03).
        """
        for seller in list(self._world.sellers.values()):
            found = settled(self._ledger, seller.id, since, until)
            for place, (currency, postings) in enumerate(sorted(found.items())):
                self._close(seller, currency, total_of(postings), since, until, place)
        self._make(Closing(until=until))

    def _close(self, seller: Seller, currency: str, total: Decimal, since: float, until: float, place: int) -> None:
        number = self._number + 1
        options = {"currency": currency, "settlement": str(FIRST_SETTLEMENT + number), "since": f"{since:.0f}"}
        report = Report(
            number=number,
            id=str(FIRST_ID + number),
            seller=seller.id,
            kind=SETTLEMENT,
            marketplaces=list(seller.marketplaces),
            created=until,
            moves_at=until + 90 * DAY,
            since=since + place,
            until=until,
            options=options,
            status=DONE,
            started=until,
            ended=until,
        )
        content, content_type, _ = written(KINDS[SETTLEMENT].write(self._context_of(report, until)))
        self._file(report, content, content_type, until)
        self._make(report)
        if total > 0:
            self._ledger.pay_out(seller.id, currency, total, until, options["settlement"])

    def owned(self, seller: str) -> Sequence[Report]:
        """A seller's reports, newest first."""
        return list(reversed(self.of_seller.get(seller, {}).values()))


def _forgotten(report: Report) -> Report:
    return Report(
        number=report.number,
        id=report.id,
        seller=report.seller,
        kind=report.kind,
        marketplaces=[],
        created=report.created,
        moves_at=report.moves_at,
        since=report.since,
        until=report.until,
        status=report.status,
        document=report.document,
        gone=True,
    )
