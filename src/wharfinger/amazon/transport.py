"""One attempt over HTTP, behind one method. It knows nothing of Amazon's words.

Nothing is tried again, no redirect followed, no answer judged: a `Response` of any status is a value, and only
what brought no whole answer is an error. Every call is bound by time-outs and by a size.
"""

import time
from dataclasses import dataclass, field
from types import TracebackType

import httpx2

from wharfinger.amazon.errors import InvalidRequest, Misaddressed, NotAnsweredAsPromised, TimedOut, Unreachable

USER_AGENT = "Wharfinger/0.1 (Language=Python)"


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
    """`url` is complete and percent-encoded. Headers and body may hold tokens: repr shows neither."""

    operation: str
    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """Any status. Header names are lower case. The body may hold personal data: repr does not show it."""

    status: int
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def request_id(self) -> str:
        return self.headers.get("x-amzn-requestid", "")


class Transport:
    """A pool of connections, safe to share between threads. `http` replaces the network in tests."""

    def __init__(
        self,
        *,
        timeouts: Timeouts | None = None,
        http: httpx2.BaseTransport | None = None,
        user_agent: str = USER_AGENT,
        largest_body: int = 64 * 1024 * 1024,
        trust_env: bool = True,
    ) -> None:
        self._timeouts = timeouts or Timeouts()
        self._largest_body = largest_body
        self._client = httpx2.Client(
            transport=http,
            timeout=httpx2.Timeout(
                connect=self._timeouts.connect,
                read=self._timeouts.read,
                write=self._timeouts.write,
                pool=self._timeouts.pool,
            ),
            headers={"user-agent": user_agent},
            follow_redirects=False,
            trust_env=trust_env,
        )

    @property
    def whole_timeout(self) -> float:
        """No attempt lasts longer, in machine seconds: until its first byte, or one read past `whole`."""
        limits = self._timeouts
        return max(limits.pool + limits.connect + limits.write + limits.read, limits.whole + limits.read)

    def send(self, request: Request) -> Response:
        """The answer, whatever its status.

        TimedOut and Unreachable (later, perhaps with `outcome_unknown`), NotAnsweredAsPromised for
        an answer that breaks HTTP or is too large, Misaddressed and InvalidRequest for what cannot be sent.
        """
        try:
            return self._attempt(request)
        except (httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise TimedOut(request.operation, message=type(error).__name__) from error
        except httpx2.TimeoutException as error:
            raise TimedOut(request.operation, message=type(error).__name__, outcome_unknown=True) from error
        except (httpx2.UnsupportedProtocol, httpx2.InvalidURL):
            raise Misaddressed(request.operation, message="the endpoint is no http(s) address") from None
        except (httpx2.LocalProtocolError, UnicodeEncodeError):
            # Their words quote the header, which may be a token: no cause is kept.
            raise InvalidRequest(request.operation, message="a header holds what HTTP cannot carry") from None
        except (httpx2.ConnectError, httpx2.ProxyError) as error:
            raise Unreachable(request.operation, message=type(error).__name__) from error
        except httpx2.DecodingError as error:
            raise NotAnsweredAsPromised(
                request.operation, message="the body's encoding is broken", outcome_unknown=True
            ) from error
        except httpx2.RequestError as error:
            raise Unreachable(request.operation, message=type(error).__name__, outcome_unknown=True) from error

    def _attempt(self, request: Request) -> Response:
        ends = time.monotonic() + self._timeouts.whole
        with self._client.stream(
            request.method, request.url, headers=list(request.headers), content=request.body
        ) as answer:
            body = bytearray()
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > self._largest_body:
                    raise NotAnsweredAsPromised(
                        request.operation,
                        status=answer.status_code,
                        message=f"the body is larger than {self._largest_body} bytes",
                        outcome_unknown=True,
                    )
                if time.monotonic() > ends:
                    raise TimedOut(request.operation, message="whole", outcome_unknown=True)
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
