"""Handling times: when a period holds, whose is sent, and what a listing gets back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.stock.handling import (
    UNTOUCHED,
    LeadTime,
    OwnHandling,
    PeriodInForce,
    PeriodState,
    Span,
    after_sending,
    days_in_force,
    fault_in_period,
    lead_time_to_send,
)

LONDON, BERLIN, LOS_ANGELES = "Europe/London", "Europe/Berlin", "America/Los_Angeles"
CHRISTMAS = Span(date(2026, 12, 24), date(2027, 1, 1))
maybe_days = st.none() | st.integers(0, 30)


@pytest.mark.parametrize(
    ("zones", "moment", "state"),
    [
        ((LONDON,), datetime(2026, 12, 23, 23, 59, tzinfo=UTC), PeriodState.COMING),
        ((LONDON,), datetime(2026, 12, 24, tzinfo=UTC), PeriodState.IN_FORCE),
        ((LONDON,), datetime(2027, 1, 1, 23, 59, tzinfo=UTC), PeriodState.IN_FORCE),
        ((LONDON,), datetime(2027, 1, 2, tzinfo=UTC), PeriodState.OVER),
        ((LONDON, BERLIN), datetime(2026, 12, 23, 23, tzinfo=UTC), PeriodState.IN_FORCE),
        ((BERLIN, LOS_ANGELES), datetime(2027, 1, 2, 7, 59, tzinfo=UTC), PeriodState.IN_FORCE),
        ((BERLIN, LOS_ANGELES), datetime(2027, 1, 2, 8, tzinfo=UTC), PeriodState.OVER),
        ((), datetime(2026, 12, 24, tzinfo=UTC), PeriodState.IN_FORCE),
    ],
)
def test_a_period_begins_with_the_first_midnight_and_ends_with_the_last(zones, moment, state):
    assert CHRISTMAS.state(zones, moment) is state


def test_without_a_last_day_it_goes_on():
    assert Span(date(2026, 1, 1)).state((LONDON,), datetime(2099, 1, 1, tzinfo=UTC)) is PeriodState.IN_FORCE


def test_the_longest_of_those_that_hold_is_sent():
    periods = (PeriodInForce(3), PeriodInForce(9, channel_id=1), PeriodInForce(5, profile_id=7))
    assert [days_in_force(periods, *whose) for whose in ((1, None), (1, 7), (2, 7), (2, None))] == [9, 9, 5, 3]
    assert days_in_force(periods[1:], 2, None) is None


@given(st.integers(0, 30), maybe_days)
def test_what_the_listing_had_comes_back_whatever_was_sent_in_between(days, before):
    """Through a period that is changed, ended, and begun again before it was given back."""
    own = after_sending(UNTOUCHED, lead_time_to_send(days, UNTOUCHED), before)
    own = after_sending(own, lead_time_to_send((days + 1) % 31, own), days)
    ended = lead_time_to_send(None, own)
    own = after_sending(own, ended, days)
    assert (ended, own.target) == (LeadTime(before, ends=True), before)
    own = after_sending(own, lead_time_to_send(days, own), days)
    assert (own.target, lead_time_to_send(None, own)) == (days, LeadTime(before, ends=True))


@given(maybe_days, st.builds(OwnHandling, maybe_days, maybe_days, st.booleans()))
def test_a_lead_time_is_sent_only_for_a_period_or_to_end_one(wanted, own):
    sent = lead_time_to_send(wanted, own)
    assert (sent is None) == (wanted is None and own.days is None)
    assert sent is None or sent.ends == (wanted is None)


@pytest.mark.parametrize(
    ("span", "days", "field"),
    [(CHRISTMAS, 31, "days"), (CHRISTMAS, -1, "days"), (Span(date(2026, 2, 2), date(2026, 2, 1)), 3, "last_day")],
)
def test_what_amazon_or_the_calendar_does_not_take(span, days, field):
    assert fault_in_period(span, days).field == field


def test_one_day_is_a_period():
    day = date(2026, 12, 24)
    assert fault_in_period(Span(day, day), 0) is None
    begin = datetime(2026, 12, 24, tzinfo=UTC)
    found = [Span(day, day).state((LONDON,), begin + timedelta(hours=hours)) for hours in (-1, 0, 23, 24)]
    assert found == [PeriodState.COMING, PeriodState.IN_FORCE, PeriodState.IN_FORCE, PeriodState.OVER]
