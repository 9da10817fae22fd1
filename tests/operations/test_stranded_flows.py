"""A clock that was ahead once strands no flow."""

from datetime import timedelta

import pytest
from tests.factories.accounts import an_account
from tests.factories.ground import NOW

from wharfinger.db.models import FlowSchedule
from wharfinger.operations.installation import flows

pytestmark = pytest.mark.django_db
EVERY = {"orders_in": timedelta(minutes=3)}
MINUTE = timedelta(minutes=1)


def woken(**line):
    FlowSchedule.objects.create(account=an_account(), flow="orders_in", **line)
    return flows.wake_due_flows(now=NOW, not_again_before=NOW + 5 * MINUTE, every=EVERY)


@pytest.mark.parametrize(
    "line",
    [
        {"due_at": NOW},
        {"due_at": NOW + 400 * 24 * 60 * MINUTE},
        {"due_at": NOW + 10 * MINUTE, "finished_at": NOW - MINUTE},
        {"due_at": NOW + 60 * MINUTE, "finished_at": NOW + 57 * MINUTE},
        {"due_at": NOW + 60 * MINUTE, "started_at": NOW + 57 * MINUTE, "failures": 2},
        {"due_at": NOW + 24 * 60 * MINUTE, "waiting_for": "the rate limit of searchOrders"},
    ],
)
def test_what_is_due_or_lies_where_no_run_would_put_it_is_run_now_and_once(line):
    assert woken(**line) == 1
    assert flows.wake_due_flows(now=NOW, not_again_before=NOW + 5 * MINUTE, every=EVERY) == 0
    assert FlowSchedule.objects.get().due_at == NOW + 5 * MINUTE


@pytest.mark.parametrize(
    "line",
    [
        {"due_at": NOW + 3 * MINUTE, "finished_at": NOW},
        {"due_at": NOW + 5 * MINUTE},  # woken, and at work
        {"due_at": NOW + 30 * MINUTE, "failures": 7, "finished_at": NOW},
        {"due_at": NOW + 20 * MINUTE, "waiting_for": "the rate limit of searchOrders", "finished_at": NOW},
        {"due_at": NOW + 3 * MINUTE, "finished_at": NOW + MINUTE},  # two computers' clocks differ a little
    ],
)
def test_what_a_run_put_off_waits(line):
    assert woken(**line) == 0
