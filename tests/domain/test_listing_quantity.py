from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.stock.ledger import Level
from wharfinger.domain.stock.listing_quantity import (
    Conflict,
    Explained,
    ListingFacts,
    OrdersAwaited,
    Rule,
    SellingChannel,
    Silent,
    Tell,
    decide,
    kit_quantity,
    listing_quantity,
    orders_awaited,
    urgency,
)

units = st.integers(-1_000, 1_000_000)
levels = st.builds(Level, on_hand=units, allocated=st.integers(0, 1_000_000))
rules = st.builds(Rule, percent=st.integers(0, 100), buffer=st.integers(0, 1_000))

UK = SellingChannel("UK", "A1F83G8C2ARO7P", 1, "MUG", 1, "Main", "", listing_quantity(Level(9, 2)))
MUG = ListingFacts(1, "MUG", "FBM", gone=False, product_type="MUG", linked=True, channels=(UK,))


@given(levels, rules)
def test_never_below_zero_and_never_more_than_available(level, rule):
    quantity = listing_quantity(level, rule).quantity
    assert 0 <= quantity <= max(0, level.available)


@given(levels)
def test_without_a_rule_it_is_what_is_available(level):
    assert listing_quantity(level).quantity == max(0, level.available)


@given(levels, rules, st.integers(0, 1_000))
def test_a_larger_buffer_never_shows_more(level, rule, more):
    larger = replace(rule, buffer=rule.buffer + more)
    assert listing_quantity(level, larger).quantity <= listing_quantity(level, rule).quantity


@given(st.lists(st.tuples(levels, st.integers(1, 20)), min_size=1, max_size=5))
def test_a_kit_is_bounded_by_each_component(parts):
    kits = kit_quantity(tuple((f"P{n}", level, each) for n, (level, each) in enumerate(parts))).quantity
    assert all(kits * each <= max(0, level.available) for level, each in parts)
    assert kits == 0 or any((kits + 1) * each > level.available for level, each in parts)


def test_the_whole_sum_is_kept():
    assert listing_quantity(Level(12, 3)) == Explained(
        9, (("On hand", 12), ("Allocated", -3), ("Available", 9), ("Sent to Amazon", 9))
    )


def test_percent_and_buffer_round_down():
    assert listing_quantity(Level(10, 0), Rule(percent=50, buffer=3)).quantity == 3


def test_the_number_is_reported_through_one_marketplace():
    assert decide(MUG) == Tell("A1F83G8C2ARO7P", UK, listing_quantity(Level(9, 2)), senders=("UK",))


def test_two_channels_of_one_source_tell_once():
    germany = replace(UK, name="DE", marketplace_id="A1PA6795UKMFR9")
    assert isinstance(decide(replace(MUG, channels=(UK, germany))), Tell)


@pytest.mark.parametrize("other", [{"site_id": 2, "site_name": "Shop"}, {"item_id": 2, "item_code": "CUP"}])
def test_two_channels_of_different_sources_are_a_conflict(other):
    decision = decide(replace(MUG, channels=(UK, replace(UK, name="DE", **other))))
    assert isinstance(decision, Conflict)
    assert "MUG" in decision.reason


def test_a_channel_that_does_not_send_makes_no_conflict():
    silent = replace(UK, name="DE", site_id=2, silent="DE is not enabled.")
    assert isinstance(decide(replace(MUG, channels=(silent, UK))), Tell)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"fulfilment": "FBA"}, "FBA"),
        ({"fulfilment": ""}, "who fulfils"),
        ({"gone": True}, "no longer exists"),
        ({"linked": False}, "Not linked"),
        ({"channels": ()}, "None of your FBM channels"),
        ({"product_type": ""}, "product type"),
        ({"channels": (replace(UK, silent="UK: waits for approval."),)}, "approval"),
        ({"channels": (replace(UK, site_id=None),)}, "Site"),
        ({"channels": (replace(UK, explained=None),)}, "never counted"),
    ],
)
def test_what_is_not_reported_says_why(change, word):
    decision = decide(replace(MUG, **change))
    assert isinstance(decision, Silent)
    assert word in decision.reason


@pytest.mark.parametrize(("on_hand", "rank"), [(0, 2), (-4, 2), (1, 1), (5, 1), (6, 0)])
def test_low_and_zero_stock_is_urgent(on_hand, rank):
    channel = replace(UK, explained=listing_quantity(Level(on_hand, 0)))
    assert urgency(decide(replace(MUG, channels=(channel,)))) == rank


NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
SOON = NOON + timedelta(minutes=7)


@pytest.mark.parametrize(
    ("facts", "awaited"),
    [
        ((NOON, NOON, SOON, 0), OrdersAwaited(NOON, SOON)),
        ((None, NOON, SOON, 0), None),
        ((NOON, None, None, 0), None),
        ((NOON, NOON, NOON, 0), None),
        ((NOON, NOON, SOON, 2), None),
    ],
)
def test_a_notice_put_off_after_a_fall_waits_for_orders(facts, awaited):
    assert orders_awaited(*facts) == awaited
