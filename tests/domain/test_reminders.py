from datetime import date, timedelta

import pytest

from wharfinger.domain.installation.reminders import STEPS, Due, Plan, plan_reminders
from wharfinger.domain.installation.subjects import AboutToken, AlertKey

ENDS = date(2027, 1, 31)
SUBJECT = AboutToken(3)


def key(step, ends=ENDS):
    return AlertKey(SUBJECT, f"{ends.isoformat()}:{step}")


def plan(days_before, *open_keys, ends=ENDS):
    return plan_reminders(SUBJECT, ends, ENDS - timedelta(days=days_before), set(open_keys))


@pytest.mark.parametrize(
    ("days_before", "step"),
    [(30, 30), (29, 30), (15, 30), (14, 14), (8, 14), (7, 7), (2, 7), (1, 1), (0, 0), (-1, 0), (-400, 0)],
)
def test_the_latest_step_that_has_come_is_due(days_before, step):
    assert plan(days_before) == Plan(Due(key(step), step, days_before), ())


@pytest.mark.parametrize("days_before", [31, 60, 365])
def test_nothing_is_due_long_before(days_before):
    assert plan(days_before) == Plan(None, ())


def test_each_step_is_reported_once():
    assert plan(30, key(30)) == Plan(None, ())
    assert plan(29, key(30)) == Plan(None, ())


def test_a_later_step_takes_the_place_of_the_one_before():
    assert plan(14, key(30)) == Plan(Due(key(14), 14, 14), (key(30),))


def test_several_that_passed_at_once_are_reported_as_the_latest_only():
    assert plan(1, key(30)) == Plan(Due(key(1), 1, 1), (key(30),))


def test_a_renewed_date_closes_what_is_open_and_begins_anew():
    renewed = ENDS + timedelta(days=365)
    assert plan(7, key(7), key(1), ends=renewed) == Plan(None, (key(1), key(7)))
    assert plan_reminders(SUBJECT, renewed, renewed - timedelta(days=30), set()).due.key == key(30, renewed)


def test_a_date_that_is_taken_away_closes_everything():
    assert plan(7, key(7), ends=None) == Plan(None, (key(7),))


def test_a_year_day_by_day_tells_every_step_exactly_once():
    reminded, open_keys = [], set()
    for days_before in range(365, -30, -1):
        found = plan(days_before, *open_keys)
        open_keys -= set(found.close)
        if found.due:
            reminded.append((days_before, found.due.step))
            open_keys.add(found.due.key)
        assert len(open_keys) <= 1
    assert reminded == [(step, step) for step in STEPS]
