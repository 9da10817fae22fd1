"""The real process: it starts, cuts connections, is killed, comes back and ends cleanly."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

pytestmark = pytest.mark.system
SOURCES = Path(__file__).resolve().parents[2] / "packages/amazon-simulator/src"
STARTS_WITHIN, ANSWERS_WITHIN, ENDS_WITHIN = 60.0, 240.0, 30.0
"""Seconds after which something hangs: a busy machine is a dozen times slower than an idle one."""
LEAP = 50_000
"""Seconds of trade: most of a day."""


class Process:
    def __init__(self, home, *more):
        self._port = home / "port"
        self._port.unlink(missing_ok=True)
        command = [sys.executable, "-m", "amazon_simulator", "--port", "0", "--port-file", str(self._port)]
        command += ["--home", str(home / "state"), "--rate", "60", *more]
        self.errors = (home / "errors").open("ab")
        self.process = subprocess.Popen(command, cwd=SOURCES, stderr=self.errors)
        ends = time.monotonic() + STARTS_WITHIN
        while not self._port.exists() and time.monotonic() < ends and self.process.poll() is None:
            time.sleep(0.02)  # noqa: TID251 -- waiting for another process to listen
        self.base = f"http://127.0.0.1:{self._port.read_text().strip()}"

    def ask(self, path, body=None):
        url = f"{self.base}/_simulator/{path}"
        if body is None:
            return httpx2.get(url, timeout=ANSWERS_WITHIN).json()
        return httpx2.post(url, json=body, timeout=ANSWERS_WITHIN).json()

    def headers(self):
        accounts = self.ask("accounts")
        form = {
            "grant_type": "refresh_token",
            "refresh_token": accounts["accounts"][0]["refreshToken"],
            "client_id": accounts["application"]["clientId"],
            "client_secret": accounts["application"]["clientSecret"],
        }
        return {"x-amz-access-token": httpx2.post(accounts["tokenEndpoint"], data=form).json()["access_token"]}

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(ENDS_WITHIN)
        self.errors.close()
        return code


@pytest.fixture
def amazon(tmp_path):
    running = Process(tmp_path, "--fresh")
    yield running
    if running.process.poll() is None:
        running.end()


@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
def test_a_cut_connection_gives_no_byte_of_an_answer(amazon, kind):
    headers, url = amazon.headers(), f"{amazon.base}/eu/sellers/v1/marketplaceParticipations"
    amazon.ask("faults", {"kind": kind})
    with pytest.raises(httpx2.RemoteProtocolError):
        httpx2.get(url, headers=headers)
    assert httpx2.get(url, headers=headers).status_code == 200


def test_it_ends_cleanly_on_a_signal(amazon, tmp_path):
    assert amazon.ask("clock")["mode"] == "scaled"
    assert amazon.end() == 0
    assert (tmp_path / "errors").read_text() == ""


def test_killed_it_comes_back_with_the_same_state_tokens_and_trade_time(amazon, tmp_path):
    headers = amazon.headers()
    placed = amazon.ask("orders", {"mix": {"count": 30, "pendingShare": 0, "fbaShare": 0}})["orderIds"]
    before, books = amazon.ask("clock")["now"], amazon.ask("books")
    amazon.end(signal.SIGKILL)
    again = Process(tmp_path)
    try:
        after = again.ask("books")
        assert [order["orderId"] for order in after["orders"]] == placed
        assert (after["orders"], after["listings"]) == (books["orders"], books["listings"])
        assert again.ask("clock")["now"] > before
        url = f"{again.base}/eu/sellers/v1/marketplaceParticipations"
        assert httpx2.get(url, headers=headers).status_code == 200
    finally:
        again.end()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--rate", "0"], "--rate"),
        (["--start", "soon"], "soon"),
        (["--port", "70000"], "port"),
        (["--traffic", "-1"], "--traffic"),
        (["--odd", "2"], "--odd"),
        (["--models", "/nowhere"], "--models"),
        (["--load", "/nowhere"], "/nowhere"),
        (["--load", __file__], "no saved world"),
    ],
)
def test_a_wrong_option_is_a_sentence(arguments, words):
    command = [sys.executable, "-m", "amazon_simulator", "--port", "0", *arguments]
    ended = subprocess.run(command, cwd=SOURCES, capture_output=True, text=True, timeout=STARTS_WITHIN, check=False)
    assert (ended.returncode, words in ended.stderr, "Traceback" in ended.stderr) == (2, True, False)


def test_a_world_is_saved_at_the_end_and_loaded_at_its_time(tmp_path):
    file = tmp_path / "world.jsonl"
    first = Process(tmp_path, "--save-to", str(file), "--traffic", "600", "--odd", "0.2", "--stepped")
    now = first.ask("clock", {"advance": 3600})["now"]
    books = first.ask("books")
    assert (first.end(), len(books["orders"]) > 100) == (0, True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    second = Process(elsewhere, "--load", str(file), "--stepped")
    try:
        assert second.ask("clock")["now"] == now
        assert second.ask("books") == books
        assert second.ask("traffic")["odd"] == 0.2
    finally:
        second.end()


def test_the_same_traffic_option_at_a_restart_changes_nothing(tmp_path):
    options = ("--traffic", "600", "--stepped", "--start", "2026-12-01T00:00:00Z")
    first = Process(tmp_path, *options)
    first.ask("clock", {"advance": 10_000})
    before = first.ask("traffic")
    first.end(signal.SIGKILL)
    again = Process(tmp_path, *options)
    try:
        assert (again.ask("traffic"), before["placed"] > 100) == (before, True)
    finally:
        again.end()


def test_killed_in_the_middle_of_a_leap_it_makes_the_same_state(tmp_path):
    """Leaps of days, killed at several moments: what was not written down is done again, the same."""
    options = ("--traffic", "60", "--odd", "0.2", "--stepped", "--start", "2026-12-01T00:00:00Z", "--seed", "7")
    whole = tmp_path / "whole"
    whole.mkdir()
    unbroken = Process(whole, *options)
    try:
        unbroken.ask("clock", {"advance": 4 * LEAP})
        books, traffic = unbroken.ask("books"), unbroken.ask("traffic")
    finally:
        unbroken.end()
    killed = 0
    running = Process(tmp_path, *options)
    try:
        for wait in (0.05, 0.2, 0.02, 0.1):
            before = running.ask("clock")["now"]
            with ThreadPoolExecutor(1) as thread:
                leap = thread.submit(running.ask, "clock", {"advance": LEAP})
                time.sleep(wait)  # noqa: TID251 -- the kill is to come while it leaps
                running.end(signal.SIGKILL)
                killed += leap.exception() is not None
            running = Process(tmp_path, *options)
            if running.ask("clock")["now"] == before:  # killed before the clock was moved
                running.ask("clock", {"advance": LEAP})
        assert (running.ask("books"), running.ask("traffic")) == (books, traffic)
        assert (killed > 0, len(books["orders"]) > 2_000) == (True, True)
    finally:
        running.end()


def test_it_goes_on_without_any_call(tmp_path):
    running = Process(tmp_path, "--traffic", "3600", "--rate", "600")
    journal = tmp_path / "state" / "journal.jsonl"
    try:
        begun, ends = journal.stat().st_size, time.monotonic() + STARTS_WITHIN
        while journal.stat().st_size < begun + 50_000 and time.monotonic() < ends:
            time.sleep(0.1)  # noqa: TID251 -- another process lives
        assert journal.stat().st_size >= begun + 50_000
    finally:
        running.end()


def test_help_describes_everything_with_examples():
    command = [sys.executable, "-m", "amazon_simulator", "--help"]
    completed = subprocess.run(
        command, cwd=SOURCES, capture_output=True, text=True, timeout=STARTS_WITHIN, check=True
    ).stdout
    for option in ("--traffic", "--odd", "--models", "--load", "--save-to", "/_simulator/scenarios", "/sandbox/eu"):
        assert option in completed
