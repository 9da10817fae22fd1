"""Amazon's report against what we hold: the same is no gap, every difference is one, and the sums add up."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.ground import DE, NOW, UK

from wharfinger.domain.orders.completeness.comparing import (
    Cause,
    Figures,
    GapKind,
    Ground,
    MarketDay,
    SkuSum,
    Stage,
    StatedOrder,
    StatedRow,
    add_up,
    compare,
    days_within,
    find_gap,
    is_whole,
)
from wharfinger.domain.orders.completeness.gap_review import GapNow, Verdict, review
from wharfinger.domain.orders.completeness.order_report import (
    LONGEST_REPORT,
    first_day_to_check,
    look_again_after,
    next_night,
    report_begins,
)

SINCE = NOW - timedelta(days=3)
ZONES = {UK: "Europe/London", DE: "Europe/Berlin"}
GROUND = Ground(until=NOW, read_until=NOW, traded=frozenset(ZONES), starts_at=NOW - timedelta(days=90))
HOUR = timedelta(hours=1)


def stated(number="026-1", *, units=2, money="20.00", stage=Stage.OPEN, **more):
    amounts = SkuSum(units, None if money is None else Decimal(money))
    defaults = {
        "marketplace_id": UK,
        "placed_at": NOW - 20 * HOUR,
        "updated_at": NOW - 19 * HOUR,
        "currency": "GBP",
        "by_sku": {"MUG": amounts},
    }
    return StatedOrder(number=number, stage=stage, **{**defaults, **more})


SUMS = st.builds(
    SkuSum,
    st.none() | st.integers(0, 9),
    st.none() | st.decimals(0, 999, places=2),
)
ORDERS = st.dictionaries(
    st.sampled_from([f"026-{number}" for number in range(6)]),
    st.builds(
        stated,
        stage=st.sampled_from(Stage),
        marketplace_id=st.sampled_from([UK, DE, "", "OTHER"]),
        placed_at=st.integers(0, 72).map(lambda hours: NOW - hours * HOUR),
        updated_at=st.integers(0, 72).map(lambda hours: NOW - hours * HOUR),
        currency=st.sampled_from(["GBP", "EUR", ""]),
        by_sku=st.none() | st.dictionaries(st.sampled_from(["MUG", "CUP", "POT"]), SUMS),
        not_amazons=st.booleans(),
    ),
).map(lambda found: {number: replace(order, number=number) for number, order in found.items()})


def total(sides):
    return sum(sides, Figures())


@given(ORDERS)
def test_who_holds_what_amazon_says_has_no_gap(orders):
    found = compare(orders, orders, GROUND, ZONES, SINCE)
    assert found.gaps == ()
    assert all(day.amazon == day.ours for day in found.days)


@given(ORDERS, ORDERS)
def test_what_we_hold_is_what_amazon_says_and_the_differences_of_the_gaps(amazon, ours):
    found = compare(amazon, ours, GROUND, ZONES, SINCE)
    said, held = total(day.amazon for day in found.days), total(day.ours for day in found.days)
    assert held == said + total(gap.difference for gap in found.gaps)


@given(ORDERS, ORDERS)
def test_every_order_that_one_side_lacks_is_a_gap_of_its_own(amazon, ours):
    found = {gap.number: gap for gap in compare(amazon, ours, GROUND, ZONES, SINCE).gaps}
    assert len(found) == len(compare(amazon, ours, GROUND, ZONES, SINCE).gaps)
    for number, order in amazon.items():
        if number not in ours and order.placed_at > SINCE + timedelta(days=1, hours=1):
            assert found[number].kinds == (GapKind.MISSING,)


@given(st.lists(st.tuples(st.sampled_from(["026-1", "026-2"]), st.sampled_from(["MUG", "CUP"]), SUMS)), st.randoms())
def test_sums_are_the_same_whatever_order_the_rows_come_in(rows, chance):
    built = [StatedRow(stated(number), sku, amounts) for number, sku, amounts in rows]
    shuffled = list(built)
    chance.shuffle(shuffled)
    assert add_up(built) == add_up(shuffled)


def test_two_rows_of_one_sku_are_one_sum():
    order = stated(by_sku={})
    rows = [StatedRow(order, "MUG", SkuSum(1, Decimal("9.99"))), StatedRow(order, "MUG", SkuSum(2, Decimal("8.00")))]
    assert add_up(rows)["026-1"].by_sku == {"MUG": SkuSum(3, Decimal("17.99"))}


@pytest.mark.parametrize(
    ("ours", "kinds"),
    [
        (stated(units=1), (GapKind.UNITS,)),
        (stated(money="19.99"), (GapKind.MONEY,)),
        (stated(stage=Stage.SHIPPED), (GapKind.STATE,)),
        (stated(stage=Stage.CANCELLED), (GapKind.STATE,)),
        (stated(currency="EUR"), (GapKind.MONEY,)),
        (stated(by_sku={"CUP": SkuSum(2, Decimal("20.00"))}), (GapKind.UNITS, GapKind.MONEY)),
        (stated(units=1, money="1.00", stage=Stage.SHIPPED), (GapKind.STATE, GapKind.UNITS, GapKind.MONEY)),
    ],
)
def test_each_difference_is_named(ours, kinds):
    gap = find_gap(stated(), ours, GROUND)
    assert gap is not None
    assert (gap.kinds, gap.cause) == (kinds, Cause.UNEXPLAINED)


@pytest.mark.parametrize(
    "ours",
    [
        stated(money=None),  # a pending order's price is not there yet
        stated(units=None),
        stated(by_sku=None),  # its message was erased
        stated(stage=Stage.SHIPPING),
        stated(stage=Stage.UNKNOWN),
        stated(currency=""),
        stated(stage=Stage.SHIPPED, units=9, updated_at=NOW),  # newer here than the report
    ],
)
def test_what_one_side_does_not_say_and_what_is_newer_here_is_no_gap(ours):
    assert find_gap(stated(), ours, GROUND) is None


def test_a_cancelled_order_keeps_its_total_and_counts_nothing():
    assert find_gap(stated(stage=Stage.CANCELLED, units=0, money=None), stated(stage=Stage.CANCELLED), GROUND) is None
    assert stated(stage=Stage.CANCELLED).money is None


@pytest.mark.parametrize(
    ("amazon", "cause"),
    [
        (stated(), Cause.UNEXPLAINED),
        (stated(not_amazons=True), Cause.NOT_AMAZONS),
        (stated(marketplace_id="ANOTHER"), Cause.NOT_TRADED),
        (stated(placed_at=NOW - timedelta(days=91)), Cause.BEFORE_START),
        (stated(updated_at=NOW + HOUR), Cause.NOT_READ_YET),
        (stated(marketplace_id=""), Cause.UNEXPLAINED),
    ],
)
def test_an_order_that_is_missing_here_has_its_cause(amazon, cause):
    gap = find_gap(amazon, None, GROUND)
    assert gap is not None
    assert (gap.kinds, gap.cause) == ((GapKind.MISSING,), cause)


def test_an_order_of_ours_that_was_placed_after_the_report_is_no_gap_and_one_before_is():
    assert find_gap(None, stated(placed_at=NOW + HOUR), GROUND) is None
    gap = find_gap(None, stated(), GROUND)
    assert gap is not None
    assert gap.kinds == (GapKind.NOT_IN_REPORT,)


def test_a_day_is_whole_when_the_report_covers_it_from_its_beginning_to_its_end():
    begins = datetime(2026, 11, 22, 0, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert is_whole(date(2026, 11, 22), "Europe/Berlin", begins, begins + timedelta(days=1))
    assert not is_whole(date(2026, 11, 22), "Europe/Berlin", begins + HOUR, begins + timedelta(days=1))
    assert not is_whole(date(2026, 11, 22), "Europe/Berlin", begins, begins + 23 * HOUR)


def test_days_are_counted_although_nothing_was_sold_and_a_day_without_its_beginning_is_left_out():
    found = compare({}, {}, GROUND, {UK: "Europe/London"}, SINCE)
    assert [(day.at, day.whole) for day in found.days] == [
        (MarketDay(UK, date(2026, 11, 22)), True),
        (MarketDay(UK, date(2026, 11, 23)), True),
        (MarketDay(UK, date(2026, 11, 24)), False),
    ]
    assert days_within(SINCE, NOW, "Europe/London")[0] == date(2026, 11, 21)


# --- when a report is requested


TODAY = date(2026, 11, 24)


def test_the_last_three_days_are_checked_again():
    checked = [TODAY - timedelta(days=number) for number in range(1, 40)]
    assert first_day_to_check(checked, TODAY, date(2026, 1, 1)) == TODAY - timedelta(days=3)


def test_a_day_that_no_report_has_covered_is_caught_up_as_far_as_reports_reach():
    assert first_day_to_check([], TODAY, date(2026, 11, 10)) == date(2026, 11, 10)
    assert first_day_to_check([], TODAY, date(2026, 1, 1)) == TODAY - timedelta(days=29)
    checked = [TODAY - timedelta(days=number) for number in range(1, 30) if number != 8]
    assert first_day_to_check(checked, TODAY, date(2026, 1, 1)) == TODAY - timedelta(days=8)


@given(st.sets(st.integers(1, 60)), st.integers(0, 100))
def test_a_report_never_covers_more_than_thirty_days(ago, started):
    checked = {UK: [TODAY - timedelta(days=number) for number in ago]}
    begins = report_begins(NOW, ZONES, checked, NOW - timedelta(days=started))
    assert NOW - LONGEST_REPORT <= begins <= NOW


def test_the_next_night_is_at_three_in_the_accounts_zone():
    assert next_night(NOW, "Europe/Berlin") == datetime(2026, 11, 25, 2, 0, tzinfo=NOW.tzinfo)
    assert next_night(NOW - 11 * HOUR, "Europe/Berlin") == datetime(2026, 11, 24, 2, 0, tzinfo=NOW.tzinfo)


def test_the_longer_a_report_takes_the_less_often_it_is_looked_at():
    looks = [look_again_after(timedelta(minutes=age)) for age in (0, 4, 20, 60, 600)]
    assert looks == [timedelta(minutes=minutes) for minutes in (1, 1, 5, 10, 10)]


# --- what becomes of a gap


def gap_now(**more):
    defaults = {
        "cause": Cause.UNEXPLAINED, "amazon": stated(), "ours": None, "message": None, "downloaded_ago": None,
        "wanted": False,
    }  # fmt: skip
    return GapNow(**{**defaults, **more})


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("gap", "verdict"),
    [
        (gap_now(), (Verdict.DOWNLOAD, Cause.UNEXPLAINED)),
        (gap_now(wanted=True), (Verdict.WAITS, Cause.UNEXPLAINED)),
        (gap_now(ours=stated()), (Verdict.HEALED, Cause.UNEXPLAINED)),
        (gap_now(cause=Cause.UNKNOWN_TO_AMAZON), (Verdict.STUCK, Cause.UNKNOWN_TO_AMAZON)),
        (gap_now(cause=Cause.REFUSED), (Verdict.STUCK, Cause.REFUSED)),
        (gap_now(downloaded_ago=MINUTE), (Verdict.WAITS, Cause.UNEXPLAINED)),
        (gap_now(downloaded_ago=2 * HOUR), (Verdict.STUCK, Cause.BOOKS_DIFFER)),
        (
            gap_now(ours=stated(units=1), message=stated(units=1), downloaded_ago=MINUTE),
            (Verdict.EXPLAINED, Cause.AMOUNTS_CONFIRMED),
        ),
        (
            gap_now(ours=stated(units=1), message=stated(), downloaded_ago=MINUTE),
            (Verdict.STUCK, Cause.BOOKS_DIFFER),
        ),
        (gap_now(amazon=stated(updated_at=NOW + HOUR)), (Verdict.EXPLAINED, Cause.NOT_READ_YET)),
        (gap_now(amazon=None, ours=stated()), (Verdict.DOWNLOAD, Cause.UNEXPLAINED)),
        (
            gap_now(amazon=None, ours=stated(), downloaded_ago=MINUTE),
            (Verdict.EXPLAINED, Cause.KNOWN_BY_NUMBER),
        ),
        (
            gap_now(amazon=None, ours=stated(), cause=Cause.UNKNOWN_TO_AMAZON),
            (Verdict.STUCK, Cause.UNKNOWN_TO_AMAZON),
        ),
    ],
)
def test_what_becomes_of_a_gap(gap, verdict):
    assert review(gap, GROUND) == verdict
