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
    SellingChannel,
    Silent,
    Tell,
    decide,
    kit_quantity,
    listing_quantity,
    orders_awaited,
    urgency,
)
from wharfinger.domain.stock.rules import NO_RULE, Resolved, Rule

units = st.integers(-1_000, 1_000_000)
levels = st.builds(Level, on_hand=units, allocated=st.integers(0, 1_000_000))
rules = st.builds(Rule, percent=st.integers(0, 100), buffer=st.integers(0, 1_000))

UK = SellingChannel("UK", "A1F83G8C2ARO7P", 1, "MUG", ((1, "Main"),), "Main", "", listing_quantity(Level(9, 2)))
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


@pytest.mark.parametrize("other", [{"sites": ((2, "Shop"),), "site_name": "Shop"}, {"item_id": 2, "item_code": "CUP"}])
def test_two_channels_of_different_sources_are_a_conflict(other):
    decision = decide(replace(MUG, channels=(UK, replace(UK, name="DE", **other))))
    assert isinstance(decision, Conflict)
    assert "MUG" in decision.reason


HALF = Resolved(Rule(percent=50), NO_RULE.origins)
TWENTY = Resolved(Rule(cap=20), NO_RULE.origins)


def ruled(name, channel_id, rule, **changes):
    explained = listing_quantity(Level(114, 0), rule.rule)
    return replace(UK, name=name, channel_id=channel_id, rule=rule, explained=explained, **changes)


def test_two_channels_of_different_rules_are_a_conflict_that_names_both():
    decision = decide(replace(MUG, channels=(ruled("UK", 1, HALF), ruled("DE", 2, TWENTY))))
    assert decision == Conflict(
        "Amazon holds one quantity for SKU MUG, but the channels differ: UK: MUG at Main, 50 %, rounded down; "
        "DE: MUG at Main, 100 %, at most 20."
    )


def test_two_rules_that_differ_conflict_even_where_they_come_to_one_number():
    same = replace(MUG, channels=(ruled("UK", 1, NO_RULE), ruled("DE", 2, Resolved(Rule(cap=999), NO_RULE.origins))))
    assert isinstance(decide(same), Conflict)


@pytest.mark.parametrize(
    ("chosen", "leads", "quantity"), [(2, (), 20), (1, (), 57), (None, (2,), 20), (1, (2,), 57), (9, (), None)]
)
def test_the_channel_chosen_for_the_sku_decides_else_the_one_that_leads(chosen, leads, quantity):
    channels = tuple(
        ruled(name, n, rule, leads=n in leads) for n, (name, rule) in enumerate([("UK", HALF), ("DE", TWENTY)], 1)
    )
    decision = decide(replace(MUG, channels=channels, chosen_channel_id=chosen))
    assert quantity == (decision.explained.quantity if isinstance(decision, Tell) else None)


def test_a_choice_hides_no_sku_that_means_two_items():
    twice = (ruled("UK", 1, HALF), ruled("DE", 2, HALF, item_id=2, item_code="CUP"))
    assert isinstance(decide(replace(MUG, channels=twice, chosen_channel_id=1)), Conflict)


def test_a_chosen_channel_that_sends_nothing_decides_nothing():
    silent = ruled("UK", 1, HALF, silent="UK is not enabled.")
    decision = decide(replace(MUG, channels=(silent, ruled("DE", 2, TWENTY)), chosen_channel_id=1))
    assert (decision.channel.name, decision.explained.quantity) == ("DE", 20)


def test_a_channel_that_does_not_send_makes_no_conflict():
    silent = replace(UK, name="DE", sites=((2, "Shop"),), silent="DE is not enabled.")
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
        ({"channels": (replace(UK, sites=()),)}, "Site"),
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
