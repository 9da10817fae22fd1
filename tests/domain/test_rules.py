from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.stock.ledger import Level
from wharfinger.domain.stock.listing_quantity import listing_quantity
from wharfinger.domain.stock.rules import (
    EVERYTHING,
    NO_RULE,
    RULE_FIELDS,
    Fault,
    Origin,
    Resolved,
    Rounding,
    Rule,
    RuleSource,
    RuleValues,
    fault_in,
    resolve,
)

units = st.integers(0, 10_000)
rules = st.builds(
    Rule,
    percent=st.integers(0, 100),
    rounding=st.sampled_from(Rounding),
    buffer=units,
    send_zero_at=units,
    cap=st.none() | units,
)
values = st.builds(
    RuleValues,
    percent=st.none() | st.integers(0, 100),
    rounding=st.none() | st.sampled_from(Rounding),
    buffer=st.none() | units,
    send_zero_at=st.none() | units,
    cap=st.none() | units,
)
amounts = st.integers(-100, 20_000)
NAMES = ("", "Half", "", "Most", "", "")
FROM = [Origin(source, name) for source, name in zip(RuleSource, NAMES, strict=True)][:5]


def shown(available, rule):
    return listing_quantity(Level(available, 0), rule).quantity


@given(amounts, rules)
def test_never_below_zero_nor_more_than_is_available_nor_than_the_cap(available, rule):
    quantity = shown(available, rule)
    assert 0 <= quantity <= max(0, available - rule.buffer)
    assert rule.cap is None or quantity <= rule.cap
    assert quantity == 0 or quantity > rule.send_zero_at


@given(amounts, st.lists(rules, min_size=1, max_size=6))
def test_shares_of_one_stock_never_come_to_more_than_there_is(available, of_listings):
    together = sum(rule.percent for rule in of_listings)
    numbers = [shown(available, replace(rule, shares=together)) for rule in of_listings]
    assert sum(numbers) <= max(0, available)
    assert min(numbers) >= 0


@pytest.mark.parametrize(
    ("percents", "numbers"),
    [((50, 50), (57, 57)), ((33, 33, 33), (37, 37, 37)), ((100, 100), (57, 57)), ((30,), (34,))],
)
def test_shares_are_rounded_down_and_made_smaller_above_a_hundred(percents, numbers):
    several = [Rule(percent, Rounding.UP, shares=sum(percents)) for percent in percents]
    assert tuple(shown(115, rule) for rule in several) == numbers


@given(amounts, st.integers(0, 500), rules)
def test_more_stock_never_shows_less(available, more, rule):
    assert shown(available, rule) <= shown(available + more, rule)


@given(amounts, rules)
def test_down_is_never_above_nearest_nor_nearest_above_up(available, rule):
    down, nearest, up = (shown(available, replace(rule, rounding=way)) for way in ("down", "nearest", "up"))
    assert down <= nearest <= up


@given(amounts, rules)
def test_the_last_step_is_the_number_and_each_label_stands_once(available, rule):
    explained = listing_quantity(Level(available, 0), rule)
    labels = [label for label, _ in explained.steps]
    assert explained.steps[-1] == ("Sent to Amazon", explained.quantity)
    assert len(labels) == len(set(labels))
    assert explained.available == available


@pytest.mark.parametrize(("rounding", "quantity"), [("down", 5), ("up", 6), ("nearest", 6)])
def test_ten_units_at_fifty_six_percent(rounding, quantity):
    assert shown(10, Rule(56, Rounding(rounding))) == quantity


@pytest.mark.parametrize(("percent", "quantity"), [(54, 5), (55, 6), (0, 0), (100, 10)])
def test_nearest_takes_the_half_up(percent, quantity):
    assert shown(10, Rule(percent, Rounding.NEAREST)) == quantity


def test_the_whole_sum_is_kept_step_by_step():
    explained = listing_quantity(Level(120, 6), Rule(50, Rounding.DOWN, 1, 3, 20))
    assert explained.steps == (
        ("On hand", 120), ("Allocated", -6), ("Available", 114), ("Buffer kept back", -1), ("Percent shown", 50),
        ("Rounded down", 56), ("Largest number shown", 20), ("Sent to Amazon", 20),
    )  # fmt: skip
    few = listing_quantity(Level(4, 0), Rule(send_zero_at=4))
    assert few.steps[-2:] == (("Sent as 0 at or below", 4), ("Sent to Amazon", 0))


@given(st.lists(values, min_size=5, max_size=5))
def test_each_field_comes_from_the_first_that_sets_it(layers):
    resolved = resolve(zip(FROM, layers, strict=True))
    for name, origin in zip(RULE_FIELDS, resolved.origins, strict=True):
        setting = [(where, getattr(layer, name)) for where, layer in zip(FROM, layers, strict=True)]
        expected = next((pair for pair in setting if pair[1] is not None), None)
        if expected is None:
            assert (getattr(resolved.rule, name), origin.source) == (getattr(EVERYTHING, name), RuleSource.DEFAULT)
        else:
            assert (origin, getattr(resolved.rule, name)) == expected


def test_without_any_setting_everything_is_shown():
    assert resolve([]) == NO_RULE == Resolved(EVERYTHING, NO_RULE.origins)
    assert NO_RULE.as_why() == []


def test_what_is_kept_with_a_number_names_where_each_part_is_from():
    resolved = resolve([(FROM[0], RuleValues(buffer=2)), (FROM[3], RuleValues(percent=50, buffer=9))])
    assert resolved.as_why() == [["percent", 50, "channel_profile", "Most"], ["buffer", 2, "item", ""]]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (RuleValues(percent=101), "percent"),
        (RuleValues(percent=-1), "percent"),
        (RuleValues(buffer=-1), "buffer"),
        (RuleValues(send_zero_at=2_000_000_000), "send_zero_at"),
        (RuleValues(cap=-5), "cap"),
        (RuleValues(cap=5, send_zero_at=5), "cap"),
    ],
)
def test_values_that_cannot_be_name_their_field(wrong, field):
    fault = fault_in(wrong)
    assert isinstance(fault, Fault)
    assert (fault.field, "%" in fault.sentence % fault.values) == (field, False)


@given(values)
def test_a_cap_of_zero_and_no_value_at_all_are_right(some):
    assert fault_in(RuleValues(cap=0)) is None
    assert fault_in(RuleValues()) is None
    fault = fault_in(some)
    assert (fault is not None) == (some.cap is not None and bool(some.send_zero_at) and some.cap <= some.send_zero_at)
