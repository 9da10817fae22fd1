"""Which service of a courier group an order is offered first."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.shipping.couriers import Consignment, GroupRule, fits, is_hidden_by, service_for, weight_of

TO_BRISTOL = Consignment(channel=1, service_level="EXPEDITED", country="GB", grams=900)
rules = st.builds(
    GroupRule,
    service=st.integers(1, 5),
    channel=st.none() | st.integers(1, 3),
    service_level=st.sampled_from(["", "STANDARD", "EXPEDITED"]),
    country=st.sampled_from(["", "GB", "DE"]),
    grams_at_most=st.none() | st.integers(1, 2000),
)
sent = st.builds(
    Consignment,
    channel=st.integers(1, 3),
    service_level=st.sampled_from(["", "STANDARD", "EXPEDITED", "NEXT_DAY"]),
    country=st.sampled_from(["", "GB", "DE", "US"]),
    grams=st.none() | st.integers(0, 3000),
)


@pytest.mark.parametrize(
    ("rule", "fitting"),
    [
        (GroupRule(1), True),
        (GroupRule(1, channel=1, service_level="EXPEDITED", country="GB", grams_at_most=1000), True),
        (GroupRule(1, service_level="Expedited", country="gb"), True),
        (GroupRule(1, channel=2), False),
        (GroupRule(1, service_level="STANDARD"), False),
        (GroupRule(1, country="DE"), False),
        (GroupRule(1, grams_at_most=900), True),
        (GroupRule(1, grams_at_most=899), False),
    ],
)
def test_every_condition_must_hold(rule, fitting):
    assert fits(rule, TO_BRISTOL) is fitting


def test_an_unknown_weight_is_never_light_enough():
    assert not fits(GroupRule(1, grams_at_most=10_000), replace(TO_BRISTOL, grams=None))


@given(st.lists(rules, max_size=6), sent)
def test_the_first_that_fits_counts(group, consignment):
    fitting = [rule.service for rule in group if fits(rule, consignment)]
    assert service_for(group, consignment) == (fitting[0] if fitting else None)


@given(st.lists(rules, max_size=6), sent, st.integers(1, 5))
def test_with_a_last_line_without_conditions_there_is_always_a_service(group, consignment, service):
    assert service_for([*group, GroupRule(service)], consignment) is not None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 500))))
def test_weights_add_up(lines):
    assert weight_of(lines) == sum(units * each for units, each in lines)


def test_the_weight_is_unknown_when_one_item_that_is_sent_has_none():
    assert (weight_of([(1, 200), (2, None)]), weight_of([(1, 200), (0, None)])) == (None, 200)


@given(rules, rules, sent)
def test_a_hidden_line_fits_nothing_that_the_earlier_one_leaves(rule, earlier, consignment):
    if is_hidden_by(rule, earlier) and fits(rule, consignment):
        assert fits(earlier, consignment)


def test_a_line_without_conditions_hides_what_follows():
    narrow = GroupRule(2, channel=1, country="GB", grams_at_most=500)
    assert (is_hidden_by(narrow, GroupRule(1)), is_hidden_by(GroupRule(1), narrow)) == (True, False)
