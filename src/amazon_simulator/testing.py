"""For other people's tests: this Amazon in their own process, behind whatever HTTP client they use.

class Wire(httpx2.BaseTransport):
    def handle_request(self, request):
        told = exchange(amazon, request.method, str(request.url), request.headers.multi_items(), request.read())
        return httpx2.Response(told.status, headers=told.headers, content=told.body)
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from amazon_simulator.clock import Clock
from amazon_simulator.http import Request, Response
from amazon_simulator.simulator import Simulator

BASE = "http://amazon.test"
CALLBACK = "http://127.0.0.1:8000/amazon/callback"


class ConnectionCut(ConnectionError):
    """A fault cut the connection: no answer came. Whether the write was done is for the books to say."""


def stepped(
    start: float, *, seed: int = 1, redirect_uris: Iterable[str] = (CALLBACK,), lifted: bool = False
) -> Simulator:
    """A fresh Amazon in memory; its trade time, from `start` in Unix seconds, moves only by `clock.advance`."""
    clock = Clock(start=start, stepped=True)
    return Simulator(clock, base=BASE, redirect_uris=list(redirect_uris), seed=seed, lifted=lifted)


def exchange(
    simulator: Simulator, method: str, url: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b""
) -> Response:
    """One request in process, as the server would answer it. Raises ConnectionCut; a slow answer comes at once."""
    address = urlsplit(url)
    told = {name.lower(): value for name, value in headers}
    response = simulator.answer(Request(method.upper(), address.path or "/", address.query, told, body))
    if response.cut:
        raise ConnectionCut(f"{method} {address.path}")
    return response
