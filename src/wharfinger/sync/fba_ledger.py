"""Amazon's inventory ledger, once a day for each account with an FBA site: why its units came and went.

The levels themselves come by `fba_stock_in`; this gives each difference its reason. No row, and no report, says
nothing: absent is not zero.
"""

from datetime import datetime, timedelta

from wharfinger.amazon.errors import (
    AccessDenied,
    AuthorisationLost,
    NotAnsweredAsPromised,
    NotFound,
    OurBug,
    Refused,
    ServerFault,
    TokenExpired,
)
from wharfinger.amazon.messages.fba_ledger import (
    DAILY_BY_COUNTRY,
    LEDGER_SUMMARY,
    SELLABLE,
    LedgerFile,
    read_ledger_summary,
)
from wharfinger.amazon.messages.reports import Processing, Report, ReportRequest, decoded, decompressed
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.db.queries.stock.fba_ledger import (
    OpenLedgerReport,
    last_ledger_report,
    newest_day_read,
    open_ledger_report,
    sites_by_country,
)
from wharfinger.db.queries.stock.fba_pools import any_fba_listing, items_by_fba_sku
from wharfinger.domain.counts import counted
from wharfinger.domain.days import begins, ends
from wharfinger.domain.orders.completeness.order_report import (
    FIRST_LOOK,
    GIVEN_UP_AFTER,
    ReportState,
    look_again_after,
    next_night,
)
from wharfinger.domain.retry import roll_of
from wharfinger.domain.stock.fba_ledger import ItemRow, days_of, days_to_read
from wharfinger.operations.stock.warehouse import fba_ledger
from wharfinger.operations.stock.warehouse.fba_ledger import Taken
from wharfinger.sync.calls import Calls, Clock, FlowResult, NotBefore

CLOCKS_APART = timedelta(minutes=2)
"""By so much may Amazon's clock be behind ours."""
RETRY_AFTER = timedelta(hours=6)
"""CANCELLED may mean that reports were requested too often (behaviours R07, R08); Amazon makes one in four hours."""
ZONE = "UTC"
"""Of the ledger's days."""
AT_ONCE = 1_000
"""Days of items kept in one transaction."""


def run(account_id: int, calls: Calls, clock: Clock) -> FlowResult:
    """The account's report one step on; one is wanted each night."""
    countries, marketplaces = sites_by_country(account_id)
    if not countries or not any_fba_listing(account_id):
        return FlowResult("no FBA stock")
    due = _due_at(account_id, clock.now())
    report = open_ledger_report(account_id)
    if report is None and due <= clock.now():
        first, last = days_to_read(newest_day_read(account_id), clock.now().date())
        fba_ledger.want_report(account_id, first, last, now=clock.now())
        report = open_ledger_report(account_id)
    if report is None:
        return FlowResult("nothing is due", max(due, clock.now() + FIRST_LOOK))
    outcome, look_at = _go_on(account_id, report, marketplaces, calls, clock)
    return FlowResult(outcome, max(look_at or _due_at(account_id, clock.now()), clock.now() + FIRST_LOOK))


def _due_at(account_id: int, now: datetime) -> datetime:
    """At night; one that Amazon did not make is requested again some hours later."""
    ended = last_ledger_report(account_id)
    if ended is None:
        return now
    night = next_night(min(ended.ended_at, now), ZONE, roll_of("fba ledger", account_id))
    return night if ended.state is ReportState.COMPARED else min(night, ended.ended_at + RETRY_AFTER)


def _go_on(
    account_id: int, report: OpenLedgerReport, marketplaces: tuple[str, ...], calls: Calls, clock: Clock
) -> tuple[str, datetime | None]:
    """One step: what happened, and when to look again (None = it has ended)."""
    try:
        if not report.report_id or report.requested_at is None:
            return _request(report, marketplaces, calls, clock), clock.now() + FIRST_LOOK
        age = clock.now() - report.requested_at
        return _look(account_id, report, age, calls, clock)
    except NotFound:
        return _fail(report, "Amazon no longer knows the report.", clock), None
    except AccessDenied as error:
        return _fail(report, f"Amazon denies the FBA ledger: {error.summary()}", clock), None
    except (Refused, NotAnsweredAsPromised, ServerFault) as error:
        if report.requested_at is not None and clock.now() - report.requested_at <= GIVEN_UP_AFTER:
            raise
        return _fail(report, f"Amazon does not give the FBA ledger: {error.summary()}", clock), None


def _look(
    account_id: int, report: OpenLedgerReport, age: timedelta, calls: Calls, clock: Clock
) -> tuple[str, datetime | None]:
    """`age`: of its request."""
    found = calls.get_report(report.report_id, LEDGER_SUMMARY).value
    match found.status:
        case Processing.DONE:
            return _take(account_id, report, found, calls, clock), None
        case Processing.FATAL | Processing.CANCELLED:  # no reason to think that nothing is there (behaviour R07)
            return _fail(report, f"Amazon made no FBA ledger ({found.status.value}).", clock), None
        case _ if age > GIVEN_UP_AFTER:
            return _fail(report, "Amazon has not finished the FBA ledger.", clock), None
        case _:
            return "Amazon is preparing the ledger", clock.now() + look_again_after(age)


def _request(report: OpenLedgerReport, marketplaces: tuple[str, ...], calls: Calls, clock: Clock) -> str:
    """A request whose answer was lost may have been taken."""
    taken = _find_taken(report, calls)
    if taken is not None:
        at = taken.created_time or clock.now()
        fba_ledger.note_requested(report.id, report_id=taken.report_id, now=at)
        return "the ledger that was requested is there"
    fba_ledger.note_attempt(report.id, now=clock.now())
    request = ReportRequest(
        report_type=LEDGER_SUMMARY,
        marketplace_ids=marketplaces,
        since=begins(report.first_day, ZONE),
        until=ends(report.last_day, ZONE) - timedelta(seconds=1),
        options=dict(DAILY_BY_COUNTRY),
    )
    try:
        report_id = calls.create_report(request).value
    except (NotBefore, Refused, AccessDenied, AuthorisationLost, TokenExpired, OurBug):
        fba_ledger.forget_attempt(report.id)
        raise
    fba_ledger.note_requested(report.id, report_id=report_id, now=clock.now())
    return "the ledger was requested"


def _find_taken(report: OpenLedgerReport, calls: Calls) -> Report | None:
    """The oldest one that Amazon has had since the attempt, unless it failed there."""
    if report.attempted_at is None:
        return None
    since = report.attempted_at - CLOCKS_APART
    listed = calls.get_reports(LEDGER_SUMMARY, created_since=since).value
    failed = (Processing.CANCELLED, Processing.FATAL)
    found = [one for one in listed if one.status not in failed and _covers(one, report)]
    return min(found, key=lambda one: one.created_time or since, default=None)


def _covers(found: Report, report: OpenLedgerReport) -> bool:
    """Amazon may round what was requested (behaviour R09)."""
    starts, until = found.data_start_time, found.data_end_time
    if starts is None or until is None:
        return False
    return starts.date() <= report.first_day and until.date() >= report.last_day


def _fail(report: OpenLedgerReport, error: str, clock: Clock) -> str:
    fba_ledger.end_report(report.id, ReportState.FAILED, error=error, now=clock.now())
    return error


def _take(account_id: int, report: OpenLedgerReport, found: Report, calls: Calls, clock: Clock) -> str:
    if not found.report_document_id:
        return _fail(report, "Amazon says that the ledger is done, and names no document.", clock)
    document = calls.get_report_document(found.report_document_id).value
    download = calls.download_report(document)
    try:
        file = read_ledger_summary(decoded(decompressed(download.body), download.content_type))
    except Unreadable as fault:
        return _fail(report, f"Amazon's document is no FBA ledger: {fault}.", clock)
    result = _keep(account_id, report, file, clock)
    fba_ledger.end_report(report.id, ReportState.COMPARED, result=result, now=clock.now())
    said = [
        f"{counted(result.items, 'item')}, {counted(result.explained, 'difference')} explained",
        f"{counted(result.unlinked, 'SKU')} not linked" if result.unlinked else "",
        f"{counted(file.unreadable, 'row')} could not be read" if file.unreadable else "",
    ]
    return ", ".join(filter(None, said))


def _keep(account_id: int, report: OpenLedgerReport, file: LedgerFile, clock: Clock) -> Taken:
    """By site; what is not sellable, lies in a country of none of our sites, or is no whole day of the report, is left
    out."""
    countries, _ = sites_by_country(account_id)
    items = items_by_fba_sku(account_id)
    rows: dict[int, list[ItemRow]] = {}
    unlinked: set[str] = set()
    for row in file.rows:
        site = countries.get(row.country)
        if row.disposition != SELLABLE or site is None or not report.first_day <= row.day <= report.last_day:
            continue
        if row.sku not in items:
            unlinked.add(row.sku)
            continue
        rows.setdefault(site, []).append(ItemRow(items[row.sku], row.day, row.starting, row.ending, row.events))
    explained = 0
    for site, own in sorted(rows.items()):
        days = days_of(own)
        for start in range(0, len(days), AT_ONCE):
            explained += fba_ledger.keep_days(site, days[start : start + AT_ONCE], now=clock.now())
    return Taken(len({row.item_id for own in rows.values() for row in own}), explained, len(unlinked))
