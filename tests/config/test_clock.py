import json
from datetime import UTC, datetime, timedelta

import pytest

from wharfinger.config.clock import FileClock, RealClock, SteppedClock
from wharfinger.config.errors import ConfigurationError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Machine:
    def __init__(self, now=1000.0):
        self.now = now

    def __call__(self):
        return self.now


def write(path, *, trade=NOON, machine=1000.0, rate=60.0, seen=None):
    draft = path.with_suffix(".draft")
    anchor = {
        "anchor_machine": machine,
        "anchor_trade": trade.timestamp(),
        "rate": rate,
        "seen_machine": machine if seen is None else seen,
    }
    draft.write_text(json.dumps(anchor))
    draft.replace(path)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "clock.json"


def test_trade_time_goes_at_the_rate_of_the_file(file):
    machine = Machine()
    write(file)
    clock = FileClock(file, machine)
    machine.now += 2
    assert clock.now() == NOON + timedelta(minutes=2)


def test_a_new_rate_counts_from_the_new_anchor(file):
    machine = Machine()
    write(file)
    clock = FileClock(file, machine)
    clock.now()
    write(file, trade=NOON + timedelta(hours=1), machine=1010.0, rate=1.0)
    machine.now = 1015.0
    assert clock.now() == NOON + timedelta(hours=1, seconds=5)


def test_trade_time_never_goes_back(file):
    machine = Machine()
    write(file)
    clock = FileClock(file, machine)
    machine.now += 10
    later = clock.now()
    write(file, trade=NOON, machine=1010.0)
    assert clock.now() == later


def test_trade_time_stands_still_when_the_simulator_is_gone_for_a_minute(file):
    machine = Machine()
    write(file)
    clock = FileClock(file, machine)
    machine.now += 3600
    assert clock.now() == NOON + timedelta(hours=1)
    machine.now += 3600
    assert clock.now() == NOON + timedelta(hours=1)


def test_the_last_anchors_stay_when_the_file_goes_away_or_breaks(file):
    machine = Machine()
    write(file)
    clock = FileClock(file, machine)
    clock.now()
    file.unlink()
    machine.now += 1
    assert clock.now() == NOON + timedelta(minutes=1)
    file.write_text("{")
    machine.now += 1
    assert clock.now() == NOON + timedelta(minutes=2)


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"rate": "x"}'])
def test_no_trade_time_at_the_start_is_reported_with_its_remedy(file, text):
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"WHARFINGER_CLOCK.*--clock-file"):
        FileClock(file).now()


def test_a_wait_in_trade_time_becomes_machine_time_in_one_place(file):
    write(file, rate=60)
    assert FileClock(file).to_machine_seconds(timedelta(minutes=1)) == 1.0
    assert FileClock(file).to_machine_seconds(timedelta(minutes=-1)) == 0.0
    assert RealClock().to_machine_seconds(timedelta(minutes=1)) == 60.0
    write(file, rate=0)
    assert 0 < FileClock(file).to_machine_seconds(timedelta(days=9)) < 1


def test_a_stepped_clock_moves_only_forward_and_only_when_reported():
    clock = SteppedClock(NOON)
    assert (clock.now(), clock.now()) == (NOON, NOON)
    assert clock.advance(timedelta(days=1)) == NOON + timedelta(days=1) == clock.now()
    with pytest.raises(ValueError):
        clock.advance(timedelta(seconds=-1))
