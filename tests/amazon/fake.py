"""A whole Amazon of one answer: a transport that keeps what it was sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from wharfinger.amazon.auth import AccessToken
from wharfinger.amazon.client import AmazonClient
from wharfinger.amazon.regions import LIVE
from wharfinger.amazon.transport import Transport

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


@dataclass
class Tokens:
    """Gives one token and keeps what was dropped."""

    held: AccessToken = field(default_factory=lambda: AccessToken("Atza|held", NOW + timedelta(hours=1)))
    dropped: list[AccessToken] = field(default_factory=list)

    def token(self, now: datetime) -> AccessToken:
        return self.held

    def drop(self, token: AccessToken) -> None:
        self.dropped.append(token)


class Amazon:
    """Gives every request the same answer and keeps the requests."""

    def __init__(self, status: int = 200, body: Any = b"", headers: Mapping[str, str] | None = None) -> None:
        self.requests: list[httpx2.Request] = []
        self._status, self._body, self._headers = status, body, dict(headers or {})
        self.transport = Transport(http=httpx2.MockTransport(self._answer))
        self.tokens = Tokens()
        self.client = AmazonClient(self.transport, self.tokens, LIVE.region("EU"))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if isinstance(self._body, bytes):
            return httpx2.Response(self._status, content=self._body, headers=self._headers)
        return httpx2.Response(self._status, json=self._body, headers=self._headers)

    @property
    def request(self) -> httpx2.Request:
        """The only one."""
        (only,) = self.requests
        return only

    @property
    def target(self) -> str:
        return self.request.url.raw_path.decode()


def failing(error: Callable[[httpx2.Request], Exception]) -> AmazonClient:
    """A client whose network fails so."""

    def fail(request: httpx2.Request) -> httpx2.Response:
        raise error(request)

    return AmazonClient(Transport(http=httpx2.MockTransport(fail)), Tokens(), LIVE.region("EU"))
