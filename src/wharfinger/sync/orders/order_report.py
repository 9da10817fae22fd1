"""The order report as proof: requested each night, compared with what we hold; gaps are downloaded and looked at again.

By order date, not by last update: a day's set of orders is then the same however they move on while Amazon makes the
report, so that “Amazon says N, we hold N” can be said of a day that is over. What is requested ends now, so that it
also lists what no search has shown yet.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from wharfinger.amazon.errors import (
    AuthorisationLost,
    NotAnsweredAsPromised,
    NotFound,
    OurBug,
    Refused,
    ServerFault,
    TokenExpired,
)
from wharfinger.amazon.messages.order_report import OrderReportFile, read_order_report
from wharfinger.amazon.messages.reports import (
    ALL_ORDERS_BY_DATE,
    ALL_ORDERS_BY_UPDATE,
    Processing,
    Report,
    ReportRequest,
    decoded,
    decompressed,
)
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.db.queries.orders.completeness.order_reports import (
    OpenReport,
    StandingGap,
    backlog,
    days_checked,
    is_caught_up,
    last_reports,
    marketplaces_by_name,
    open_report,
    standing_gaps,
    updates_held,
    waits_for_its_rate,
    zones_of,
)
from wharfinger.db.queries.orders.held_orders import held_by_number, held_within, newest_messages
from wharfinger.db.queries.orders.order_search import any_channel_on, marketplaces_traded_in, order_cursor, start_dates
from wharfinger.domain.counts import counted
from wharfinger.domain.days import begins
from wharfinger.domain.orders.completeness.comparing import Ground, StatedOrder, add_up, compare
from wharfinger.domain.orders.completeness.gap_review import GapNow, review
from wharfinger.domain.orders.completeness.order_report import (
    FIRST_LOOK,
    GIVEN_UP_AFTER,
    LONGEST_REPORT,
    RETRY_AFTER,
    TRIES_A_NIGHT,
    ReportPurpose,
    ReportState,
    look_again_after,
    next_night,
    report_begins,
)
from wharfinger.domain.retry import roll_of
from wharfinger.operations.orders.completeness import order_reports
from wharfinger.operations.orders.completeness.order_reports import ReportEnd
from wharfinger.operations.orders.completeness.wanted_orders import GapVerdict, settle_gaps
from wharfinger.sync.calls import Calls, Clock, FlowResult, NotBefore
from wharfinger.sync.orders.orders_in import OVERLAP, read_beside
from wharfinger.sync.translate.order_report import held_sums, message_sums, report_rows

MARKETPLACES_AT_MOST = 25
GAPS_AT_ONCE = 200
CLOCKS_APART = timedelta(minutes=2)
"""By so much may Amazon's clock be behind ours."""
ROUNDED_BY = timedelta(hours=1)
"""Amazon rounds what a report covers (behaviour R09)."""
FAILED, NONE = ReportState.FAILED, ReportState.NONE


def run(account_id: int, calls: Calls, clock: Clock) -> FlowResult:
    """Look at the gaps that stand; then the report one step on: request it, see how far it is, compare it."""
    if not any_channel_on(account_id):
        return FlowResult("no channel is enabled")
    _catch_up(account_id, clock)
    report = open_report(account_id)
    if not is_caught_up(account_id) and (report is None or report.purpose is ReportPurpose.PROOF):
        return FlowResult("waits for the first search for orders to end", clock.now() + look_again_after(FIRST_LOOK))
    healed = _review_gaps(account_id, clock)
    now = clock.now()  # once: the clock goes on, and what is due now would always be due a moment later
    if report is None and now >= _due_at(account_id, now):
        order_reports.want_report(account_id, now=now)
        report = open_report(account_id)
    outcome, next_due = ("", None) if report is None else _go_on(account_id, report, calls, clock)
    said = [outcome, f"{counted(healed, 'gap')} healed" if healed else ""]
    return FlowResult(
        "; ".join(text for text in said if text) or "nothing is due", next_due or _next(account_id, clock)
    )


def _next(account_id: int, clock: Clock) -> datetime:
    """Sooner while gaps are being healed."""
    due = _due_at(account_id, clock.now())
    behind = backlog(account_id) is not None or waits_for_its_rate(account_id)
    heals = behind or any(gap.wanted or gap.downloaded_at for gap in standing_gaps(account_id))
    return min(due, clock.now() + FIRST_LOOK) if heals else due


def _due_at(account_id: int, now: datetime) -> datetime:
    """At night; a report that failed is requested again in an hour, a few times."""
    ended = last_reports(account_id)
    if not ended:
        return now
    failed = 0
    while failed < len(ended) and ended[failed].state in (FAILED, NONE):
        failed += 1
    night = next_night(min(ended[0].ended_at, now), _zone(account_id), roll_of("order report", account_id))
    return night if failed % TRIES_A_NIGHT == 0 else min(ended[0].ended_at, now) + RETRY_AFTER


def _zone(account_id: int) -> str:
    return next((zone for _, zone in sorted(start_dates(account_id))), "UTC")


# --- catching up


def _catch_up(account_id: int, clock: Clock) -> None:
    """The search was far behind, and a report gave the numbers that are downloaded beside it (`orders_in`): once each
    of them was read one way or the other, the search goes on from the report's end."""
    behind = backlog(account_id)
    cursor = order_cursor(account_id)
    if behind is None and waits_for_its_rate(account_id):  # while a report was under way, no other was requested
        read_beside(account_id, clock.now())
    if behind is None or behind.left or cursor is None:
        return
    after = behind.until - OVERLAP if behind.since <= cursor.after else cursor.after  # never over what no list covers
    order_reports.close_backlog(account_id, behind.report_pk, after=after, now=clock.now())


def _keep_backlog(account_id: int, report: OpenReport, found: Report, file: OrderReportFile, clock: Clock) -> str:
    since, until = _covered(report, found, clock)
    listed = {row.order_id: row.updated_at for row in sorted(file.rows, key=lambda row: row.updated_at)}
    held = updates_held(account_id, listed.keys())
    unread = {number: at for number, at in listed.items() if number not in held or held[number] < at}
    order_reports.keep_backlog(report.id, dict(unread), since=since, until=until, orders=len(listed), now=clock.now())
    return f"{counted(len(unread), 'order')} to catch up by number"


# --- the report


def _go_on(account_id: int, report: OpenReport, calls: Calls, clock: Clock) -> tuple[str, datetime | None]:
    """One step of an open report: what happened, and when to go on (None = by the timetable)."""
    if not report.report_id or report.requested_at is None:
        return _request(account_id, report, calls, clock), clock.now() + FIRST_LOOK
    age = clock.now() - report.requested_at
    try:
        return _look(account_id, report, age, calls, clock)
    except NotFound:
        return _fail(report, FAILED, "Amazon no longer knows the report.", clock), None
    except (Refused, NotAnsweredAsPromised, ServerFault) as error:
        if age <= GIVEN_UP_AFTER:
            raise
        return _fail(report, FAILED, f"Amazon does not give the report: {error.summary()}", clock), None


def _look(
    account_id: int, report: OpenReport, age: timedelta, calls: Calls, clock: Clock
) -> tuple[str, datetime | None]:
    """`age`: of its request."""
    found = calls.get_report(report.report_id, _type_of(report)).value
    match found.status:
        case Processing.DONE:
            return _take(account_id, report, found, calls, clock), None
        case Processing.FATAL:
            return _fail(report, FAILED, "Amazon could not make the report (FATAL).", clock), None
        case Processing.CANCELLED:
            return _cancelled(account_id, report, found, clock), None
        case _ if age > GIVEN_UP_AFTER:
            return _fail(
                report, FAILED, f"Amazon has not finished the report after {age // FIRST_LOOK // 60} hours.", clock
            ), None
        case _:
            return "Amazon is preparing the report", clock.now() + look_again_after(age)


def _type_of(report: OpenReport) -> str:
    return ALL_ORDERS_BY_DATE if report.purpose is ReportPurpose.PROOF else ALL_ORDERS_BY_UPDATE


def _since(account_id: int, report: OpenReport, now: datetime) -> datetime:
    cursor = order_cursor(account_id)
    if report.purpose is ReportPurpose.CATCH_UP and cursor is not None:
        return max(cursor.after, now - LONGEST_REPORT)
    zones = zones_of(marketplaces_traded_in(account_id))
    checked = {marketplace: days_checked(account_id, marketplace) for marketplace in zones}
    return report_begins(now, zones, checked, _starts_at(account_id) or now)


def _request(account_id: int, report: OpenReport, calls: Calls, clock: Clock) -> str:
    """A request whose answer was lost may have been taken: a second report would use up the limit for nothing."""
    taken = _find_taken(report, calls)
    if taken is not None:
        since, at = report.since or taken.data_start_time or clock.now(), taken.created_time or clock.now()
        order_reports.note_requested(report.id, report_id=taken.report_id, since=since, now=at)
        return "the report that was requested is there"
    traded = marketplaces_traded_in(account_id)
    since = _since(account_id, report, clock.now())
    request = ReportRequest(
        report_type=_type_of(report), marketplace_ids=tuple(sorted(traded))[:MARKETPLACES_AT_MOST], since=since
    )
    order_reports.note_attempt(report.id, since=since, now=clock.now())
    try:
        report_id = calls.create_report(request).value
    except (NotBefore, Refused, AuthorisationLost, TokenExpired, OurBug):
        order_reports.forget_attempt(report.id)
        raise
    order_reports.note_requested(report.id, report_id=report_id, since=since, now=clock.now())
    return "a report was requested"


def _find_taken(report: OpenReport, calls: Calls) -> Report | None:
    """The oldest report of this type and beginning that Amazon has had since the attempt, unless it failed there."""
    if report.attempted_at is None or report.since is None:
        return None
    since = report.attempted_at - CLOCKS_APART
    wanted = report.since
    found = [
        one
        for one in calls.get_reports(_type_of(report), created_since=since).value
        if one.data_start_time is not None and abs(one.data_start_time - wanted) <= ROUNDED_BY
        if one.status not in (Processing.CANCELLED, Processing.FATAL)
    ]
    return min(found, key=lambda one: one.created_time or since, default=None)


def _starts_at(account_id: int) -> datetime | None:
    return min((begins(day, zone) for day, zone in start_dates(account_id)), default=None)


def _fail(report: OpenReport, state: ReportState, error: str, clock: Clock) -> str:
    order_reports.end_report(report.id, ReportEnd(state, error), now=clock.now())
    return error


def _cancelled(account_id: int, report: OpenReport, found: Report, clock: Clock) -> str:
    """No document, and no reason: nothing to report, requested too often, or superseded (behaviour R07). Where we hold
    orders of that time it is no answer."""
    since, until = _covered(report, found, clock)
    if report.purpose is ReportPurpose.CATCH_UP:
        return _fail(report, NONE, "Amazon made no list of orders to catch up by.", clock)
    if any(True for _ in held_within(account_id, since, until)):
        return _fail(report, FAILED, "Amazon cancelled the report, although it has orders of that time.", clock)
    return _fail(report, NONE, "Amazon made no report: it says CANCELLED, as it does where there is no order.", clock)


def _covered(report: OpenReport, found: Report, clock: Clock) -> tuple[datetime, datetime]:
    """What Amazon says that it covers, and no more than was requested (behaviour R09)."""
    requested = report.requested_at or clock.now()
    since = found.data_start_time or report.since or requested - LONGEST_REPORT
    return since, min(found.data_end_time or requested, requested)


def _take(account_id: int, report: OpenReport, found: Report, calls: Calls, clock: Clock) -> str:
    if not found.report_document_id:
        return _fail(report, FAILED, "Amazon says that the report is done, and names no document.", clock)
    document = calls.get_report_document(found.report_document_id).value
    download = calls.download_report(document)
    try:
        file = read_order_report(decoded(decompressed(download.body), download.content_type))
    except Unreadable as fault:
        return _fail(report, FAILED, f"Amazon's document is no order report: {fault}.", clock)
    if report.purpose is ReportPurpose.CATCH_UP:
        return _keep_backlog(account_id, report, found, file, clock)
    return _compare(account_id, report, found, file, clock)


def _compare(account_id: int, report: OpenReport, found: Report, file: OrderReportFile, clock: Clock) -> str:
    since, until = _covered(report, found, clock)
    amazon = add_up(report_rows(file.rows, marketplaces_by_name()))
    ours = held_sums(held_within(account_id, since, until))
    if not amazon and ours:
        return _fail(
            report, FAILED, f"Amazon's report is empty; {counted(len(ours), 'order')} of that time are here.", clock
        )
    ours |= held_sums(held_by_number(account_id, amazon.keys() - ours.keys()))
    zones = zones_of(marketplaces_traded_in(account_id) | {order.marketplace_id for order in amazon.values()})
    comparison = compare(amazon, ours, _ground(account_id, until), zones, since)
    order_reports.keep_comparison(
        report.id,
        comparison,
        since=since,
        until=until,
        orders=len(amazon),
        unreadable=len(file.unreadable),
        zones=zones,
        now=clock.now(),
    )
    unexplained = sum(gap.cause.value == "unexplained" for gap in comparison.gaps)
    outcome = f"{counted(len(amazon), 'order')} compared, {counted(unexplained, 'gap')}"
    return outcome + (f", {counted(len(file.unreadable), 'row')} could not be read" if file.unreadable else "")


def _ground(account_id: int, until: datetime) -> Ground:
    cursor = order_cursor(account_id)
    return Ground(
        until=until,
        read_until=None if cursor is None else cursor.after,
        traded=marketplaces_traded_in(account_id),
        starts_at=_starts_at(account_id),
    )


# --- the gaps


def _review_gaps(account_id: int, clock: Clock) -> int:
    """What became of each gap that stands. Returns how many were healed."""
    healed = 0
    gaps = standing_gaps(account_id)
    ground = _ground(account_id, clock.now())
    for begin in range(0, len(gaps), GAPS_AT_ONCE):
        some = gaps[begin : begin + GAPS_AT_ONCE]
        numbers = [gap.number for gap in some]
        ours = held_sums(held_by_number(account_id, numbers))
        messages = newest_messages(account_id, [gap.number for gap in some if gap.downloaded_at])
        verdicts = [_judge(gap, ours, messages, replace(ground, until=gap.covered_until), clock.now()) for gap in some]
        healed += settle_gaps(account_id, verdicts, now=clock.now())
    return healed


def _judge(
    gap: StandingGap,
    ours: Mapping[str, StatedOrder],
    messages: Mapping[str, bytes],
    ground: Ground,
    now: datetime,
) -> GapVerdict:
    held = ours.get(gap.number)
    message = message_sums(messages[gap.number]) if gap.number in messages else None
    ago = None if gap.downloaded_at is None else now - gap.downloaded_at
    verdict, cause = review(GapNow(gap.cause, gap.amazon, held, message, ago, gap.wanted), ground)
    return GapVerdict(gap.id, verdict, cause, held)
