"""One attempt over HTTP, behind one method: nothing is tried again, no redirect followed, no answer judged.

Proxies and certificates come from the environment as everywhere. Every attempt is bound by time-outs and by a size.
"""

import time
from dataclasses import dataclass, field
from types import TracebackType

import httpx2

from wharfinger.couriers.errors import NotReached, NotUnderstood, OurBug, Said

USER_AGENT = "Wharfinger/0.1"
LARGEST_BODY = 16 * 1024 * 1024
"""Bytes: a label with its customs form has some 100 kB."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Machine seconds. `whole` bounds a whole attempt, however slowly its bytes trickle."""

    connect: float = 10.0
    read: float = 30.0
    write: float = 30.0
    pool: float = 10.0
    whole: float = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """`url` is complete and percent-encoded. Headers and body hold the key and an address: repr shows neither."""

    call: str
    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """Any status. Header names are lower case."""

    status: int
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


class Transport:
    """A pool of connections, safe to share between threads. `http` replaces the network in tests."""

    def __init__(self, *, timeouts: Timeouts | None = None, http: httpx2.BaseTransport | None = None) -> None:
        self._timeouts = limits = timeouts or Timeouts()
        self._client = httpx2.Client(
            transport=http,
            timeout=httpx2.Timeout(connect=limits.connect, read=limits.read, write=limits.write, pool=limits.pool),
            headers={"user-agent": USER_AGENT},
            follow_redirects=False,
        )

    @property
    def whole_timeout(self) -> float:
        """No attempt lasts longer, in machine seconds: until its first byte, or one read past `whole`."""
        limits = self._timeouts
        return max(limits.pool + limits.connect + limits.write + limits.read, limits.whole + limits.read)

    def send(self, request: Request) -> Response:
        """The answer, whatever its status; NotReached, NotUnderstood or OurBug where there is none."""
        try:
            return self._attempt(request)
        except (httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ConnectError, httpx2.ProxyError) as error:
            raise NotReached(request.call, said=[Said(type(error).__name__)]) from error
        except (httpx2.UnsupportedProtocol, httpx2.InvalidURL):
            raise OurBug(request.call, said=[Said("the address is no http(s) address")]) from None
        except (httpx2.LocalProtocolError, UnicodeEncodeError):
            # Their words quote the header, which holds the key: no cause is kept.
            raise OurBug(request.call, said=[Said("a header holds what HTTP cannot carry")]) from None
        except httpx2.DecodingError as error:
            said = [Said("the body's encoding is broken")]
            raise NotUnderstood(request.call, said=said, outcome_unknown=True) from error
        except httpx2.RequestError as error:
            raise NotReached(request.call, said=[Said(type(error).__name__)], outcome_unknown=True) from error

    def _attempt(self, request: Request) -> Response:
        ends = time.monotonic() + self._timeouts.whole
        with self._client.stream(
            request.method, request.url, headers=list(request.headers), content=request.body
        ) as answer:
            body = bytearray()
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > LARGEST_BODY:
                    said = [Said(f"the body is larger than {LARGEST_BODY} bytes")]
                    raise NotUnderstood(request.call, status=answer.status_code, said=said, outcome_unknown=True)
                if time.monotonic() > ends:
                    raise NotReached(request.call, said=[Said("the answer took too long")], outcome_unknown=True)
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Response(answer.status_code, headers, bytes(body))

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> "Transport":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
