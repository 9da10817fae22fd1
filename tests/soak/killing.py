"""A run in a process of its own that SIGKILL ends at its n-th statement; what it sent before, Amazon did."""

import contextlib
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from typing import Any

import httpx2
from django.db import connection

from amazon_simulator.testing import Amazon, ConnectionCut, exchange

Request = tuple[str, str, list[tuple[str, str]], bytes]


class PipedWire(httpx2.BaseTransport):
    """The child's way to the parent's Amazon."""

    def __init__(self, line: Connection) -> None:
        self._line = line

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._line.send((request.method, str(request.url), request.headers.multi_items(), request.read()))
        answer = self._line.recv()
        if answer is None:
            raise httpx2.ReadError("the connection was cut")
        status, headers, body = answer
        return httpx2.Response(status, headers=headers, content=body)


def run_and_kill(amazon: Amazon, at: int, run: Callable[[PipedWire, Callable[[float], None]], None]) -> bool:
    """Fork, `run(wire, pause)` there, and kill at the n-th statement. Returns whether it was killed before its end."""
    ours, theirs = Pipe()
    child = os.fork()
    if not child:
        _be_killed(theirs, at, run)
    theirs.close()
    while True:
        try:
            wanted = ours.recv()
        except EOFError:
            break
        ours.send(_answer(amazon, wanted))
    ours.close()
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _answer(amazon: Amazon, wanted: Any) -> Any:
    if isinstance(wanted, float):
        amazon.advance(wanted)
        return None
    method, url, headers, body = wanted
    try:
        answer = exchange(amazon.simulator, method, url, headers, body)
    except ConnectionCut:
        return None
    return answer.status, dict(answer.headers), answer.body


def _be_killed(line: Connection, at: int, run: Callable[[PipedWire, Callable[[float], None]], None]) -> None:
    """Never returns."""
    connection.connection = None  # the parent's: not to be closed from here
    left = at

    def count(execute: Callable[..., Any], *rest: Any) -> Any:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*rest)

    def pause(seconds: float) -> None:
        line.send(float(seconds))
        line.recv()

    with contextlib.suppress(BaseException), connection.execute_wrapper(count):
        run(PipedWire(line), pause)
    os._exit(0)
