"""The server's side of connections."""

import time

import httpx2
import pytest
from tests.simulator.test_process import Process

pytestmark = pytest.mark.system
DELAYED = 0.04
"""Seconds for which a client's kernel holds its acknowledgement back."""


def test_no_answer_on_a_kept_line_waits_for_an_acknowledgement(tmp_path):
    running = Process(tmp_path, "--fresh")
    try:
        with httpx2.Client(base_url=running.base) as client:
            taken = [seconds_of(client) for _ in range(60)]
            assert min(taken[40:]) < DELAYED / 2  # a connection's first responses are acknowledged at once in any case
    finally:
        running.end()


def seconds_of(client):
    begun = time.perf_counter()
    assert client.get("/_simulator/clock").status_code == 200
    return time.perf_counter() - begun
