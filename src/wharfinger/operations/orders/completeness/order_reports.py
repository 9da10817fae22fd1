"""Amazon's order report of a seller account, from the wish for it to what it showed. Trade time."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from wharfinger.db.models import CompletenessDay, CompletenessGap, OrderCursor, OrderReport, SellerAccount, User
from wharfinger.db.queries.orders.completeness.order_reports import write_stated
from wharfinger.domain.days import day_of
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutWork
from wharfinger.domain.orders.completeness.comparing import Cause, Comparison, DayResult, Gap
from wharfinger.domain.orders.completeness.order_report import ReportPurpose, ReportState, WantedBy
from wharfinger.operations._rows import Rows
from wharfinger.operations.installation._flow_steps import bring_flow_forward
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.orders.completeness._gap_steps import close_gap, money_as_text, want_orders
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

FLOW = "order_report"
KEPT_FOR = timedelta(days=400)
"""A year can be compared with the one before; Amazon's own reports reach back less far."""
ABOUT = "order report"
FAILURES_BEFORE_A_PROBLEM = 3
OPEN = (ReportState.WANTED, ReportState.PREPARING)


@dataclass(frozen=True, slots=True)
class ReportEnd:
    """A report that ended without a comparison."""

    state: ReportState
    error: str


@operation
def check_now(account_id: int, *, user: User, now: datetime) -> None:
    """Check now: a report is requested at once. Refused while one is under way, or while no channel of it is linked."""
    account = SellerAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    if not account.flows.filter(flow=FLOW).exists():
        raise Refused("The account is not linked yet: authorise one of its channels first.")
    if OrderReport.objects.filter(account=account, state__in=OPEN).exists():
        raise Refused("A report is under way already; what it shows appears here.")
    OrderReport.objects.create(account=account, wanted_at=now, wanted_by=user)
    record_audit("requested", ABOUT, account_id, before=None, after={"account": account.name}, now=now, user=user)
    bring_flow_forward(account_id, FLOW, now=now)


@operation
def want_report(account_id: int, *, now: datetime) -> None:
    """By the timetable; one that is open already is enough."""
    if not OrderReport.objects.filter(account_id=account_id, state__in=OPEN).exists():
        OrderReport.objects.create(account_id=account_id, wanted_at=now)


@operation
def want_catch_up(account_id: int, *, now: datetime) -> None:
    """A list of what changed, to catch up by, is requested at once; one report of an account is under way at a time."""
    if not OrderReport.objects.filter(account_id=account_id, state__in=OPEN).exists():
        OrderReport.objects.create(account_id=account_id, wanted_at=now, purpose=ReportPurpose.CATCH_UP)
        bring_flow_forward(account_id, FLOW, now=now)


@operation
def keep_backlog(
    report_pk: int,
    changed: Mapping[str, datetime | None],
    *,
    since: datetime,
    until: datetime,
    orders: int,
    now: datetime,
) -> None:
    """The orders of a report that are to be read, and its end."""
    report = OrderReport.objects.select_for_update().get(pk=report_pk)
    if report.state not in OPEN:
        return
    want_orders(report.account_id, changed, source=WantedBy.CATCH_UP, now=now)
    report.state, report.error, report.ended_at = ReportState.COMPARED, "", now
    report.since, report.until, report.orders = since, until, orders
    report.save(update_fields=["state", "error", "ended_at", "since", "until", "orders"])


@operation
def close_backlog(account_id: int, report_pk: int, *, after: datetime, now: datetime) -> None:
    """Everything up to the report's end was read: the search goes on from there, where it is not there yet."""
    OrderCursor.objects.filter(account_id=account_id, after__lt=after).update(
        after=after, page_token="", token_at=None, window_before=None
    )
    OrderReport.objects.filter(pk=report_pk).update(closed_at=now)
    bring_flow_forward(account_id, "orders_in", now=now)


@operation
def note_attempt(report_pk: int, *, since: datetime, now: datetime) -> None:
    """The request leaves now: whatever becomes of its answer, it is looked for before it is made again."""
    OrderReport.objects.filter(pk=report_pk).update(since=since, attempted_at=now)


@operation
def forget_attempt(report_pk: int) -> None:
    """Amazon has surely not taken it."""
    OrderReport.objects.filter(pk=report_pk).update(attempted_at=None)


@operation
def note_requested(report_pk: int, *, report_id: str, since: datetime, now: datetime) -> None:
    """Amazon has taken the request."""
    OrderReport.objects.filter(pk=report_pk).update(
        state=ReportState.PREPARING, report_id=report_id[:60], since=since, requested_at=now
    )


@operation
def end_report(report_pk: int, end: ReportEnd, *, now: datetime) -> None:
    """Nothing was compared. When several in a row failed, a problem says so: nothing is proven meanwhile."""
    report = OrderReport.objects.select_for_update(of=("self",)).select_related("account").get(pk=report_pk)
    if report.state not in OPEN:
        return
    report.state, report.error, report.ended_at = end.state, end.error, now
    report.save(update_fields=["state", "error", "ended_at"])
    ended = OrderReport.objects.filter(account_id=report.account_id, ended_at__isnull=False).order_by(
        "-ended_at", "-pk"
    )
    ended = ended.filter(purpose=ReportPurpose.PROOF)
    newest = list(ended.values_list("state", flat=True)[:FAILURES_BEFORE_A_PROBLEM])
    if newest != [ReportState.FAILED] * FAILURES_BEFORE_A_PROBLEM:
        return
    open_problem(
        ProblemKind.REPORT_FAILED,
        AboutWork(report.account_id, FLOW),
        cause=f"{report.account.name}: the last {len(newest)} order reports could not be compared. {end.error}",
        remedy="Orders come in as before, but nothing proves that none is missing. It is tried again automatically; "
        "press “Check now” to request a report at once.",
        account_id=report.account_id,
        now=now,
    )


@operation
def keep_comparison(
    report_pk: int,
    comparison: Comparison,
    *,
    since: datetime,
    until: datetime,
    orders: int,
    unreadable: int,
    zones: Mapping[str, str],
    now: datetime,
) -> None:
    """Days, gaps, the orders wanted because of them and the report's end, in one transaction: a second run of the same
    comparison changes nothing."""
    report = OrderReport.objects.select_for_update().get(pk=report_pk)
    if report.state not in OPEN:
        return
    _keep_days(report.account_id, comparison.days, set(zones), until=until, now=now)
    _keep_gaps(report.account_id, comparison.gaps, zones, until=until, now=now)
    report.state, report.error, report.ended_at = ReportState.COMPARED, "", now
    report.since, report.until, report.orders, report.unreadable = since, until, orders, unreadable
    report.save(update_fields=["state", "error", "ended_at", "since", "until", "orders", "unreadable"])
    solve_problem(ProblemKind.REPORT_FAILED, AboutWork(report.account_id, FLOW), now=now)


def _keep_days(
    account_id: int, results: Sequence[DayResult], known: Set[str], *, until: datetime, now: datetime
) -> None:
    """A part of a day never replaces what is known of the whole. Two statements, however many days."""
    days = {result.at.day for result in results}
    kept = Rows(CompletenessDay)
    standing = {
        (row.marketplace_id, row.day): row
        for row in kept.read(CompletenessDay.objects.filter(account_id=account_id, day__in=days))
    }
    for result in results:
        at = (result.at.marketplace_id if result.at.marketplace_id in known else None, result.at.day)
        row = standing.get(at)
        if row is None:
            row = CompletenessDay(account_id=account_id, marketplace_id=at[0], day=at[1], whole=result.whole)
            standing[at] = kept.add(row)
        elif row.whole and not result.whole:
            continue
        row.whole = result.whole
        row.amazon_orders, row.amazon_units = result.amazon.orders, result.amazon.units
        row.amazon_money = money_as_text(result.amazon.money)
        row.our_orders, row.our_units = result.ours.orders, result.ours.units
        row.our_money = money_as_text(result.ours.money)
        row.checked_at, row.covered_until = now, until
    kept.write()


def _keep_gaps(
    account_id: int, gaps: Sequence[Gap], zones: Mapping[str, str], *, until: datetime, now: datetime
) -> None:
    """A gap that stood before goes on. Those that the report shows no more are left to the review, which looks at each
    of them anew."""
    numbers = [gap.number for gap in gaps]
    rows = CompletenessGap.objects.select_for_update(of=("self",)).filter(account_id=account_id)
    rows = rows.filter(amazon_order_id__in=numbers).exclude(state=CompletenessGap.State.HEALED).order_by("pk")
    standing = {row.amazon_order_id: row for row in rows}
    new: list[CompletenessGap] = []
    for gap in gaps:
        row = standing.get(gap.number)
        if row is not None:
            _go_on(row, gap, zones, until=until, now=now)
        else:
            row = CompletenessGap(account_id=account_id, amazon_order_id=gap.number, seen_at=now)
            _write_sides(row, gap, zones, until=until, now=now)
            row.cause = gap.cause
            if gap.cause is not Cause.UNEXPLAINED:
                row.state, row.settled_at = CompletenessGap.State.EXPLAINED, now
            new.append(row)
    CompletenessGap.objects.bulk_create(new)
    wanted: dict[str, datetime | None] = {gap.number: None for gap in gaps if gap.cause is Cause.UNEXPLAINED}
    answered = {row.amazon_order_id for row in standing.values() if row.state == CompletenessGap.State.EXPLAINED}
    wanted = {number: at for number, at in wanted.items() if number not in answered}
    want_orders(account_id, wanted, source=WantedBy.GAP, now=now)


def _write_sides(row: CompletenessGap, gap: Gap, zones: Mapping[str, str], *, until: datetime, now: datetime) -> None:
    row.marketplace_id = gap.marketplace_id if gap.marketplace_id in zones else None
    row.day, row.placed_at = day_of(gap.placed_at, zones.get(gap.marketplace_id, "UTC")), gap.placed_at
    row.amazon, row.ours = write_stated(gap.amazon), write_stated(gap.ours)
    row.kinds = [kind.value for kind in gap.kinds]
    row.covered_until, row.last_seen_at = until, now


def _go_on(row: CompletenessGap, gap: Gap, zones: Mapping[str, str], *, until: datetime, now: datetime) -> None:
    """What was found about a gap when its order was downloaded holds, while it is the same gap."""
    same = row.kinds == [kind.value for kind in gap.kinds] and row.amazon == write_stated(gap.amazon)
    answered = row.state == CompletenessGap.State.EXPLAINED and row.cause is not Cause.NOT_READ_YET
    _write_sides(row, gap, zones, until=until, now=now)
    if gap.cause is not Cause.UNEXPLAINED:
        row.save()
        close_gap(row, CompletenessGap.State.EXPLAINED, cause=gap.cause, now=now)
    elif not (same and answered):
        if row.state not in _STANDING:
            row.state, row.settled_at, row.downloaded_at = CompletenessGap.State.OPEN, None, None
        row.cause = Cause.UNEXPLAINED if row.state == CompletenessGap.State.OPEN else row.cause
        row.save()
    else:
        row.save()


_STANDING = (CompletenessGap.State.OPEN, CompletenessGap.State.STUCK)


@operation
def remove_old_completeness(*, now: datetime) -> int:
    """What is older than anybody compares with; gaps that stand stay."""
    before = now - KEPT_FOR
    gaps = CompletenessGap.objects.filter(last_seen_at__lt=before).exclude(state__in=_STANDING).delete()[0]
    days = CompletenessDay.objects.filter(day__lt=before.date()).delete()[0]
    return gaps + days + OrderReport.objects.filter(ended_at__lt=before).delete()[0]
