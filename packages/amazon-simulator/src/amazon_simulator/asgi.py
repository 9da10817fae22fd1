"""The thin ASGI adapter round `router.answer`."""

import asyncio
import contextlib
import math
import socket
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from amazon_simulator.core.http import ConnectionCut, Request
from amazon_simulator.core.journal import NotWritten
from amazon_simulator.router import answer
from amazon_simulator.simulator import Simulator

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SEEN_EVERY = 1.0


class Gathered:
    """A transport that sends at once what is written in one go: the head of an answer with its body.

    Two sends cost 70 µs more than one, a fifth of a short answer.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._written: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._written:
            asyncio.get_running_loop().call_soon(self._flush)
        self._written.append(data)

    def _flush(self) -> None:
        if self._written and not self._transport.is_closing():
            self._transport.write(b"".join(self._written))
        self._written.clear()

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Lines(HttpToolsProtocol):
    """The server's side of each connection, kept by the client's address so that a fault can cut it."""

    open: ClassVar[dict[tuple[str, int], asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it so
        super().connection_made(cast(asyncio.Transport, Gathered(transport)))
        # An answer in pieces would wait 40 ms for the client's acknowledgement on a kept line (Nagle's algorithm).
        # asyncio turns that off automatically only for sockets whose protocol is spelled out.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.client is not None:
            self.open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client is not None:
            self.open.pop(self.client, None)
        super().connection_lost(exc)


class FaultLog:
    """The same fault once a minute, with how often it was met since."""

    def __init__(self) -> None:
        self._met: dict[str, tuple[float, int]] = {}

    def log(self, text: str) -> None:
        now = time.monotonic()
        logged, more = self._met.get(text, (-math.inf, 0))
        if now - logged < 60.0:
            self._met[text] = (logged, more + 1)
            return
        self._met[text] = (now, 0)
        sys.stderr.write(f"amazon_simulator: {text}" + (f" ({more} times more in between)" if more else "") + "\n")


class App:
    """Serves one simulator; every second it writes the clock file and lets happen what is due.

    Not `served`, by a client in this process, it has no line to cut: it raises ConnectionCut.
    """

    def __init__(self, simulator: Simulator, ready: Callable[[], None] = lambda: None, *, served: bool = True) -> None:
        self._simulator = simulator
        self._served = served
        self._ready = ready
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._task = asyncio.create_task(self._publish_time())
                await send({"type": "lifespan.startup.complete"})
                asyncio.get_running_loop().call_soon(self._ready)
            else:
                if self._task is not None:
                    self._task.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await self._task
                with contextlib.suppress(NotWritten):
                    self._simulator.clock.publish()
                self._simulator.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _publish_time(self) -> None:
        """For ever, whatever happens: without it trade time would stand still for every other process."""
        fault_log = FaultLog()
        while True:
            for step in (self._simulator.clock.publish, self._simulator.tick):
                try:
                    step()
                except Exception as fault:  # noqa: BLE001 -- it would not start again
                    fault_log.log(f"{type(fault).__name__}: {fault}")
            await asyncio.sleep(SEEN_EVERY)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        path = scope.get("raw_path") or scope["path"].encode()
        query = scope["query_string"].decode("latin-1")
        request = Request(scope["method"], path.decode("latin-1").split("?")[0], query, headers, bytes(body))
        response = answer(self._simulator, request)
        if response.slow:
            await asyncio.sleep(response.slow)
        if response.cut and not self._served:
            raise ConnectionCut(f"{request.method} {request.path}")
        if response.cut:
            line = Lines.open.get(tuple(scope["client"]))
            if line is not None:
                line.abort()
            await receive()  # until the server has seen the end: it grumbles otherwise
            return
        out = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
        if response.status != 204:
            out.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": out})
        await send({"type": "http.response.body", "body": b"" if response.status == 204 else response.body})
