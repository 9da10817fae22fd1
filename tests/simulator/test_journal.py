"""The journal is rewritten while it grows; a kill at any moment leaves one with the same content."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.simulator.conftest import START, Amazon

from amazon_simulator.core.clock import Clock

SOURCES = Path(__file__).resolve().parents[2] / "packages/amazon-simulator/src"
TRAFFIC = {"ordersPerHour": 240, "odd": 0.2}
CHURN = """
import sys
from pathlib import Path

from amazon_simulator.core import journal
from amazon_simulator.core.clock import Clock
from amazon_simulator.simulator import Simulator

journal.SMALL, journal.TIMES = 50, 0
home = Path(sys.argv[1])
clock = Clock(start=float(sys.argv[2]), stepped=True, file=home / "clock.json")
simulator = Simulator(clock, base="http://sim", redirect_uris=[], home=home)
while True:
    clock.advance(1200)
    simulator.tick()
"""
"""A simulator that does little but write its journal anew."""


def lines(home):
    return (home / "journal.jsonl").read_bytes().count(b"\n")


def state(amazon):
    return [amazon.control("GET", part)[1] for part in ("books", "traffic", "limits", "faults", "accounts")]


def test_it_is_rewritten_while_it_runs_with_the_same_content(tmp_path, monkeypatch):
    monkeypatch.setattr("amazon_simulator.core.journal.SMALL", 100)
    amazon, file = Amazon(tmp_path), tmp_path / "journal.jsonl"
    amazon.control("POST", "traffic", TRAFFIC)
    numbers, longest = [], 0
    for _ in range(30):
        amazon.advance(600)
        longest = max(longest, lines(tmp_path))
        amazon.simulator.tick()
        numbers.append(file.stat().st_ino)
    anew = sum(one != other for one, other in zip(numbers, numbers[1:], strict=False))
    whole = len(list(amazon.simulator.everything()))
    expected, now = state(amazon), amazon.simulator.clock.seconds()
    amazon.simulator.close()
    assert (1 <= anew <= 10, longest < 6 * whole) == (True, True)
    after = Amazon(tmp_path)
    after.advance(now - START)
    try:
        assert state(after) == expected
    finally:
        after.simulator.close()


def test_one_that_is_small_for_its_state_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr("amazon_simulator.core.journal.SMALL", 10)
    amazon = Amazon(tmp_path)
    amazon.control("POST", "orders", {"mix": {"count": 40}})
    amazon.simulator.tick()
    written = (tmp_path / "journal.jsonl").stat().st_ino
    for number in range(20):
        amazon.set_quantity("HH-0010", number)
        amazon.simulator.tick()
    assert (tmp_path / "journal.jsonl").stat().st_ino == written
    amazon.simulator.close()


def begun(part):
    """Whether something of the new journal is written; it may be gone a moment later."""
    try:
        return part.stat().st_size > 0
    except FileNotFoundError:
        return False


@pytest.mark.system
def test_killed_while_it_is_rewritten_it_has_the_same_content(tmp_path):
    seeded = Amazon(tmp_path)
    seeded.control("POST", "traffic", TRAFFIC)
    seeded.simulator.close()
    part, inside = tmp_path / "journal.part", 0
    for _ in range(6):
        command = [sys.executable, "-c", CHURN, str(tmp_path), str(START)]
        part.unlink(missing_ok=True)
        with subprocess.Popen(command, cwd=SOURCES) as churning:
            try:
                ends = time.monotonic() + 10
                while not begun(part) and time.monotonic() < ends:
                    pass  # the kill is to come within a few milliseconds
            finally:
                churning.send_signal(signal.SIGKILL)
        inside += part.exists()
    killed, unbroken = Amazon(tmp_path), Amazon()
    unbroken.control("POST", "traffic", TRAFFIC)
    ahead = Clock(file=tmp_path / "clock.json", stepped=True).seconds() - START
    for amazon in (killed, unbroken):
        amazon.advance(ahead + 6 * 3600)
    try:
        assert state(killed) == state(unbroken)
        assert (inside > 0, unbroken.simulator.traffic.plan.placed > 20) == (True, True)
    finally:
        killed.simulator.close()
