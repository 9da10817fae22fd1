"""The order report against the whole simulator: proof that nothing is missing, or gaps, named and healed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.sync.whole_amazon import EU, UK, Whole

from wharfinger.amazon.messages.reports import ALL_ORDERS_BY_DATE, ReportRequest
from wharfinger.db.models import (
    CompletenessDay,
    CompletenessGap,
    FlowSchedule,
    ImportedOrder,
    OrderCursor,
    OrderReport,
    Problem,
    RateBudget,
    SalesOrder,
    SalesOrderLine,
    WantedOrder,
)
from wharfinger.operations.orders.completeness import order_reports, wanted_orders
from wharfinger.operations.refusals import Refused
from wharfinger.sync.calls import NotBefore
from wharfinger.sync.orders import order_report

pytestmark = pytest.mark.django_db
SKU = "HH-0010"
BY_DATE = ALL_ORDERS_BY_DATE


@pytest.fixture
def linked():
    """A linked account whose orders were searched once."""
    whole = Whole()
    whole.authorise()
    whole.run("orders_in", "take_orders")
    whole.only("orders_in", "take_orders", "orders_by_number", "order_report")
    return whole


@pytest.fixture
def whole(linked):
    """The same; its reports come when the test says so."""
    FlowSchedule.objects.filter(flow="order_report").update(due_at=linked.clock.now() + timedelta(days=9))
    return linked


def check(whole, minutes=4):
    """A report is requested by a person and compared."""
    order_reports.check_now(whole.account.pk, user=whole.olga, now=whole.clock.now())
    go_on(whole, minutes)


def go_on(whole, minutes=4):
    for _ in range(minutes):
        whole.run("order_report", "orders_by_number", "take_orders")
        whole.amazon.advance(61)
    whole.run("order_report")


def last(whole):
    return OrderReport.objects.filter(account=whole.account).latest("pk")


def day_of(whole):
    """(orders, units, money) of Amazon and ours, of the days with orders in the UK."""
    days = CompletenessDay.objects.filter(account=whole.account, marketplace="A1F83G8C2ARO7P", amazon_orders__gt=0)
    return [
        ((day.amazon_orders, day.amazon_units, day.amazon_money), (day.our_orders, day.our_units, day.our_money))
        for day in days
    ]


def fault(whole, kind, **more):
    whole.amazon.control("faults", {"kind": kind, **more})


def hidden_order(whole):
    """An order that no search ever shows."""
    fault(whole, "late_orders", seconds=9_000_000)
    return whole.place(SKU, 2)


def test_amazon_says_three_and_we_hold_the_same(whole):
    for quantity in (1, 2, 3):
        whole.place(SKU, quantity)
    whole.trade(9)
    check(whole)
    ((said, held),) = day_of(whole)
    assert said == held
    assert said[:2] == (3, 6)
    assert list(said[2]) == ["GBP"]
    assert last(whole).state == "compared"
    assert not CompletenessGap.objects.exists()


def test_an_order_that_no_search_shows_is_found_downloaded_and_counted(whole):
    number = hidden_order(whole)
    whole.trade(9)
    assert not ImportedOrder.objects.filter(amazon_order_id=number).exists()
    check(whole)
    gap = CompletenessGap.objects.get()
    assert (gap.amazon_order_id, gap.kinds) == (number, ["missing"])
    assert (gap.state, gap.downloads) == ("healed", 1)
    assert SalesOrder.objects.filter(imported__amazon_order_id=number).exists()
    ((said, held),) = day_of(whole)
    assert said == held
    assert not WantedOrder.objects.exists()


def test_a_second_report_of_the_same_time_changes_nothing(whole):
    hidden_order(whole)
    whole.trade(9)
    check(whole, 6)
    before = day_of(whole), list(CompletenessGap.objects.values("pk", "state", "downloads"))
    check(whole, 6)
    assert (day_of(whole), list(CompletenessGap.objects.values("pk", "state", "downloads"))) == before


def test_units_that_were_lost_here_are_named_and_come_back_with_the_orders_download(whole):
    number = whole.place(SKU, 3)
    whole.trade(9)
    SalesOrderLine.objects.filter(order__imported__amazon_order_id=number).update(quantity_ordered=2)
    check(whole)
    gap = CompletenessGap.objects.get()
    assert (gap.kinds, gap.state) == (["units"], "healed")
    assert SalesOrderLine.objects.get().quantity_ordered == 3
    ((said, held),) = day_of(whole)
    assert said == held


def test_an_order_of_ours_that_the_report_leaves_out_is_looked_up_by_its_number(whole):
    numbers = [whole.place(SKU) for _ in range(2)]
    whole.trade(9)
    fault(whole, "report_rows_missing")
    check(whole, 5)
    gap = CompletenessGap.objects.get()
    assert (gap.kinds, gap.state, gap.cause) == (["not_in_report"], "explained", "known_by_number")
    assert gap.amazon_order_id in numbers
    assert not Problem.objects.filter(kind="incomplete").exists()


def test_a_number_that_amazon_does_not_know_opens_a_problem(whole):
    whole.place(SKU)
    whole.trade(9)
    known = ImportedOrder.objects.get()
    ImportedOrder.objects.filter(pk=known.pk).update(amazon_order_id="026-0000000-0000000")
    check(whole, 5)
    gap = CompletenessGap.objects.get(amazon_order_id="026-0000000-0000000")
    assert (gap.state, gap.cause) == ("stuck", "unknown_to_amazon")
    assert Problem.objects.filter(kind="incomplete", solved_at=None).count() == 1
    wanted_orders.download_again(whole.account.pk, gap.pk, user=whole.olga, now=whole.clock.now())
    assert WantedOrder.objects.filter(amazon_order_id="026-0000000-0000000").exists()


@pytest.mark.parametrize(
    ("kind", "says"),
    [("report_fatal", "FATAL"), ("report_cancelled", "cancelled"), ("report_odd", "The report is not available")],
)
def test_a_report_that_failed_is_not_no_orders_and_is_requested_again_in_an_hour(whole, kind, says):
    whole.place(SKU)
    whole.trade(9)
    fault(whole, kind)
    check(whole)
    failed = last(whole)
    assert (failed.state, says in failed.error) == ("failed", True)
    assert not CompletenessDay.objects.exists()
    due = FlowSchedule.objects.get(account=whole.account, flow="order_report").due_at
    assert due == failed.ended_at + timedelta(hours=1)
    whole.amazon.advance(3700)
    go_on(whole)
    assert last(whole).state == "compared"


def test_after_three_failures_in_a_row_a_problem_says_that_nothing_is_proven_until_one_is_compared(whole):
    whole.place(SKU)
    whole.trade(9)
    fault(whole, "report_fatal", count=3)
    for _ in range(3):
        check(whole)
    problem = Problem.objects.get(kind="report_failed", solved_at=None)
    assert "FATAL" in problem.cause
    check(whole)
    problem.refresh_from_db()
    assert problem.solved_at is not None


def test_an_account_without_an_order_gets_no_report_and_no_problem(whole):
    for _ in range(3):
        check(whole)
    assert last(whole).state == "none"
    assert not Problem.objects.filter(kind="report_failed").exists()


def test_automatically_it_comes_each_night_and_proves_the_day_that_is_over(linked):
    linked.place(SKU)
    linked.trade(20)
    linked.trade(20 * 60, every=30)
    days = CompletenessDay.objects.filter(account=linked.account, whole=True, amazon_orders=1, our_orders=1)
    assert days.count() == 1
    assert OrderReport.objects.filter(state="compared").count() == 2  # at first, and in the night


class Ticking:
    """Each look at it is a moment later, as with any real clock."""

    def __init__(self, clock):
        self._clock, self._looks = clock, 0

    def now(self):
        self._looks += 1
        return self._clock.now() + timedelta(microseconds=self._looks)


def test_the_first_report_is_requested_by_a_clock_that_goes_on(whole):
    OrderReport.objects.all().delete()
    clock = Ticking(whole.clock)
    result = order_report.run(whole.account.pk, whole.calls_for(whole.account.pk), clock)
    assert OrderReport.objects.filter(state="preparing").count() == 1
    assert result.next_due - clock.now() > timedelta(seconds=30)


def test_a_report_is_under_way_once(whole):
    order_reports.check_now(whole.account.pk, user=whole.olga, now=whole.clock.now())
    with pytest.raises(Refused, match="under way"):
        order_reports.check_now(whole.account.pk, user=whole.olga, now=whole.clock.now())


def test_a_throttled_request_waits_and_a_cut_one_is_made_again(whole):
    whole.place(SKU)
    whole.trade(9)
    order_reports.check_now(whole.account.pk, user=whole.olga, now=whole.clock.now())
    fault(whole, "throttle", operation="createReport")
    with pytest.raises(NotBefore):
        order_report.run(whole.account.pk, whole.calls_for(whole.account.pk), whole.clock)
    whole.amazon.advance(300)
    fault(whole, "cut_after", operation="createReport")
    whole.run("order_report")
    assert last(whole).state == "wanted"
    whole.amazon.advance(300)
    go_on(whole)
    assert last(whole).state == "compared"
    assert made_at_amazon(whole) == 1


def made_at_amazon(whole):
    """How many reports Amazon has made, by its own list."""
    since = whole.clock.now() - timedelta(days=1)
    return len(whole.calls_for(whole.account.pk).get_reports(BY_DATE, created_since=since).value)


def test_a_request_that_amazon_never_got_is_made_again_once(whole):
    whole.place(SKU)
    whole.trade(9)
    order_reports.check_now(whole.account.pk, user=whole.olga, now=whole.clock.now())
    fault(whole, "cut_before", operation="createReport")
    whole.run("order_report")
    assert (last(whole).state, made_at_amazon(whole)) == ("wanted", 0)
    whole.amazon.advance(300)
    go_on(whole)
    assert (last(whole).state, made_at_amazon(whole)) == ("compared", 1)


def test_another_report_of_the_type_is_not_taken_for_the_one_that_was_requested(whole):
    whole.place(SKU)
    whole.trade(9)
    order_reports.check_now(whole.account.pk, user=whole.olga, now=whole.clock.now())
    fault(whole, "cut_before", operation="createReport")
    whole.run("order_report")
    since = whole.clock.now() - timedelta(days=12)
    whole.calls_for(whole.account.pk).create_report(
        ReportRequest(report_type=BY_DATE, marketplace_ids=(UK,), since=since)
    )
    whole.amazon.advance(300)
    go_on(whole)
    assert (last(whole).state, made_at_amazon(whole)) == ("compared", 2)


def test_a_document_that_amazon_does_not_give_is_no_proof_and_given_up(whole):
    whole.place(SKU)
    whole.trade(9)
    whole.amazon.control("faults", {"kind": "500", "operation": "getReportDocument", "count": 1000})
    check(whole)
    assert last(whole).state.value == "preparing"
    whole.amazon.advance(13 * 3600)
    order_report.run(whole.account.pk, whole.calls_for(whole.account.pk), whole.clock)
    assert (last(whole).state.value, "does not give" in last(whole).error) == ("failed", True)


def test_an_address_that_has_expired_is_requested_anew(whole):
    whole.place(SKU)
    whole.trade(9)
    calls = whole.calls_for(whole.account.pk)
    order_reports.check_now(whole.account.pk, user=whole.olga, now=whole.clock.now())
    whole.run("order_report")
    whole.amazon.advance(70)
    report = calls.get_report(last(whole).report_id, "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL").value
    document = calls.get_report_document(report.report_document_id).value
    whole.amazon.advance(400)
    with pytest.raises(Exception, match="five minutes"):
        calls.download_report(document)
    go_on(whole, 2)
    assert last(whole).state == "compared"


def test_half_a_run_that_was_cut_off_is_ended_by_the_next(whole, monkeypatch):
    """The comparison is one transaction: killed before its end, nothing of it is there."""
    hidden_order(whole)
    whole.trade(9)
    order_reports.check_now(whole.account.pk, user=whole.olga, now=whole.clock.now())
    whole.run("order_report")
    whole.amazon.advance(70)

    class Killed(BaseException):
        pass

    looks = 0
    real = whole.clock.now

    def dying():
        nonlocal looks
        looks += 1
        if looks == 4:
            raise Killed
        return real()

    monkeypatch.setattr(whole.clock, "now", dying)
    with pytest.raises(Killed):
        order_report.run(whole.account.pk, whole.calls_for(whole.account.pk), whole.clock)
    monkeypatch.undo()
    go_on(whole, 5)
    assert last(whole).state == "compared"
    assert CompletenessGap.objects.get().state == "healed"


def test_far_behind_the_search_is_joined_by_number_and_goes_on_from_the_reports_end(whole):
    """One page of the search, then its budget is spent: the rest comes by number, each order once, none refused."""
    account = whole.account
    whole.amazon.control("orders", {"mix": {"count": 180}, "sellerId": EU, "marketplaceId": UK})
    total = len(whole.state_report()["orders"])
    whole.amazon.advance(180)
    RateBudget.objects.filter(account=account, operation="searchOrders").update(tokens=2, counted_at=whole.clock.now())
    whole.run("orders_in")
    assert OrderCursor.objects.get(account=account).page_token
    assert OrderReport.objects.get(purpose="catch_up").state == "wanted"  # at once, not when the night comes
    assert FlowSchedule.objects.get(account=account, flow="order_report").due_at <= whole.clock.now()
    for _ in range(30):
        whole.run("order_report", "orders_by_number", "take_orders")
        whole.amazon.advance(15)
    report = OrderReport.objects.get(purpose="catch_up")
    assert (report.state, report.closed_at is not None) == ("compared", True)
    assert OrderCursor.objects.get(account=account).after == report.until - timedelta(minutes=5)
    assert ImportedOrder.objects.filter(account=account).count() >= min(total, report.orders)
    assert not WantedOrder.objects.exists()
    assert RateBudget.objects.get(account=account, operation="getOrder").refused == 0


def waiting_gaps(whole, count):
    """Orders that a report has, that nobody has read yet, and whose download waits."""
    now, account = whole.clock.now(), whole.account
    for number in range(count):
        key = f"026-{CompletenessGap.objects.count():07d}-{number:07d}"
        CompletenessGap.objects.create(
            account=account, marketplace_id=UK, day=now.date(), amazon_order_id=key, placed_at=now, kinds=["missing"],
            covered_until=now, seen_at=now, last_seen_at=now,
        )  # fmt: skip
        WantedOrder.objects.create(account=account, amazon_order_id=key, source="gap", wanted_at=now)


def statements_of_a_review(whole):
    with CaptureQueriesContext(connection) as seen:
        whole.run("order_report")
    return len(seen)


def test_gaps_that_wait_cost_no_statement_each(whole):
    """Thousands do after an outage, and are looked at each minute."""
    check(whole)
    waiting_gaps(whole, 1)
    whole.run("order_report")
    few = statements_of_a_review(whole)
    waiting_gaps(whole, 30)
    whole.run("order_report")
    assert statements_of_a_review(whole) == few
    assert set(CompletenessGap.objects.values_list("state", flat=True)) == {"open"}
