"""For tests of any project: this Amazon in their own process, behind whatever HTTP client they use, or on a port.

class Wire(httpx2.BaseTransport):
    def handle_request(self, request):
        answer = exchange(amazon, request.method, str(request.url), request.headers.multi_items(), request.read())
        return httpx2.Response(answer.status, headers=answer.headers, content=answer.body)

With pytest: `pytest_plugins = ["amazon_simulator.pytest_plugin"]`, see there.
"""

import contextlib
import json
import socket
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import uvicorn

from amazon_simulator.access.application import CLIENT_ID
from amazon_simulator.asgi import App, Lines
from amazon_simulator.core.clock import Clock
from amazon_simulator.core.http import ConnectionCut as ConnectionCut
from amazon_simulator.core.http import Request, Response
from amazon_simulator.router import answer
from amazon_simulator.simulator import Simulator
from amazon_simulator.snapshot import head_of, load

BASE = "http://amazon.test"
CALLBACK = "http://127.0.0.1:8000/amazon/callback"
START = 1_790_000_000.0
"""Trade time at which a test's Amazon begins by default: 2026-09-21T14:13:20Z."""
LISTENS_WITHIN = 10.0


def stepped(
    start: float = START,
    *,
    seed: int = 1,
    redirect_uris: Iterable[str] = (CALLBACK,),
    lifted: bool = False,
    base: str = BASE,
) -> Simulator:
    """A fresh Amazon in memory; its trade time, from `start` in Unix seconds, moves only by `clock.advance`."""
    clock = Clock(start=start, stepped=True)
    return Simulator(clock, base=base, redirect_uris=list(redirect_uris), seed=seed, lifted=lifted)


def loaded(file: Path, *, redirect_uris: Iterable[str] = (CALLBACK,)) -> Simulator:
    """The world of a file that `GET /_simulator/world` or `--save-to` gave, at its time. ValueError: it is none."""
    content = file.read_bytes()
    simulator = stepped(head_of(content).now, redirect_uris=redirect_uris)
    load(simulator, content)
    return simulator


def exchange(
    simulator: Simulator, method: str, url: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b""
) -> Response:
    """One request in process, as the server would answer it. Raises ConnectionCut; a slow answer comes at once."""
    address = urlsplit(url)
    lowered = {name.lower(): value for name, value in headers}
    response = answer(simulator, Request(method.upper(), address.path or "/", address.query, lowered, body))
    if response.cut:
        raise ConnectionCut(f"{method} {address.path}")
    return response


def app(simulator: Simulator) -> App:
    """The same for clients that speak ASGI: `httpx.AsyncClient(transport=httpx.ASGITransport(app(simulator)))`."""
    return App(simulator, served=False)


class Amazon:
    """A simulator and short ways to what a test needs of it."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.base = simulator.base

    def control(self, path: str, body: Any = None) -> Any:
        """GET of a control call, or POST when there is a body: the JSON. ValueError when it is refused."""
        method = "GET" if body is None else "POST"
        content = b"" if body is None else json.dumps(body).encode()
        answer = exchange(self.simulator, method, f"{self.base}/_simulator/{path}", body=content)
        found = json.loads(answer.body)
        if answer.status >= 400:
            raise ValueError(found["error"])
        return found

    def advance(self, seconds: float) -> None:
        """Trade time goes on, and all that is due happens."""
        self.control("clock", {"advance": seconds})

    @property
    def sellers(self) -> list[str]:
        """Their numbers; the first sells in Europe, the second in North America."""
        return list(self.simulator.world.sellers)

    def token(self, seller: str | None = None) -> str:
        """An access token of a seller (the first one), for the header x-amz-access-token; it lives an hour."""
        accounts = self.control("accounts")
        account = next(row for row in accounts["accounts"] if seller in (None, row["sellerId"]))
        form = {
            "grant_type": "refresh_token",
            "refresh_token": account["refreshToken"],
            "client_id": CLIENT_ID,
            "client_secret": accounts["application"]["clientSecret"],
        }
        answer = exchange(self.simulator, "POST", f"{self.base}/auth/o2/token", body=urlencode(form).encode())
        return str(json.loads(answer.body)["access_token"])

    def call(
        self,
        method: str,
        path: str,
        *,
        seller: str | None = None,
        query: dict[str, str] | None = None,
        body: Any = None,
    ) -> tuple[int, Any]:
        """(status, JSON) of one call to the selling API with a fresh token."""
        url = f"{self.base}{path}?{urlencode(query or {})}"
        content = b"" if body is None else json.dumps(body).encode()
        answer = exchange(self.simulator, method, url, [("x-amz-access-token", self.token(seller))], content)
        return answer.status, json.loads(answer.body) if answer.body else None


@contextlib.contextmanager
def served(**options: Any) -> Iterator[str]:
    """A stepped Amazon on a free port of this machine, in a thread: its address. `options`: those of `stepped`."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        ready = threading.Event()
        app = App(stepped(**options, base=base), ready.set)
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on", http=Lines)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        if not ready.wait(LISTENS_WITHIN):
            raise OSError(f"the simulator did not listen at {base} within {LISTENS_WITHIN:g} s")
        try:
            yield base
        finally:
            server.should_exit = True
            thread.join(LISTENS_WITHIN)
