"""Amazon's ledger of a pool: added up by item and day, and booked once however often it is read."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.marketplaces import Pool
from wharfinger.domain.stock.fba_ledger import (
    REASONS,
    ItemRow,
    LedgerDay,
    countries_of,
    days_of,
    days_to_read,
    newly_explained,
    reason_of,
)
from wharfinger.domain.stock.ledger import MovementReason

DAY = date(2026, 11, 27)
sums = st.dictionaries(st.sampled_from(sorted(REASONS.values())), st.integers(-50, 50).filter(bool))


def test_skus_and_countries_of_an_item_add_up_and_what_buyers_were_sent_stands_apart():
    rows = [
        ItemRow(1, DAY, 10, 12, {"receipts": 5, "customer shipments": -3}),
        ItemRow(1, DAY, 4, None, {"receipts": 1, "lost": -2, "a new column": 1}),
        ItemRow(1, DAY, 0, 0, {"lost": 2}),
        ItemRow(2, DAY, 3, 3, {}),
    ]
    events = {MovementReason.FBA_OTHER: 1, MovementReason.FBA_RECEIPTS: 6}
    assert days_of(rows) == (LedgerDay(1, DAY, events, -3, 14, None), LedgerDay(2, DAY, {}, 0, 3, 3))


@given(st.lists(sums, min_size=1, max_size=5))
def test_however_often_it_is_read_and_corrected_what_is_booked_is_what_it_said_last(readings):
    booked, added = {}, {}
    for reading in readings:
        for reason, units in newly_explained(reading, booked).items():
            added[reason] = added.get(reason, 0) + units
        booked = reading
        assert newly_explained(reading, booked) == {}
    assert {reason: units for reason, units in added.items() if units} == readings[-1]


def test_a_column_that_is_not_known_is_an_other_event():
    assert (reason_of("lost"), reason_of("burned")) == (MovementReason.FBA_LOST, MovementReason.FBA_OTHER)


def test_warehouses_of_a_pool_stand_where_its_marketplaces_are_and_in_some_countries_more():
    assert {"DE", "FR", "CZ"} <= countries_of(Pool.EU)
    assert (countries_of(Pool.UK), countries_of(Pool.OTHER, "JP")) == ({"GB"}, {"JP"})
    assert countries_of(Pool.OTHER) == frozenset()


@pytest.mark.parametrize(("newest", "first"), [(None, 30), (1, 3), (3, 3), (9, 8), (200, 30)])
def test_the_last_days_are_read_again_and_those_that_are_missing(newest, first):
    read = None if newest is None else DAY - timedelta(days=newest)
    assert days_to_read(read, DAY) == (DAY - timedelta(days=first), DAY - timedelta(days=1))
