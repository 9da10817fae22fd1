"""How every operation is called: paid for elsewhere, sent once with a token, its refusal one leaf of the error tree."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import quote

from wharfinger.amazon.answers import Answer, check, not_as_promised, rate_limit
from wharfinger.amazon.auth import AccessToken, Tokens
from wharfinger.amazon.errors import AccessDenied, InvalidRequest, TokenExpired, TokenRefused
from wharfinger.amazon.messages.wire import Unreadable, as_iso
from wharfinger.amazon.operations import Operation
from wharfinger.amazon.regions import Region
from wharfinger.amazon.transport import Request, Response, Transport

T = TypeVar("T")
Query = Sequence[tuple[str, str | Sequence[str] | None]]
Headers = tuple[tuple[str, str], ...]


class Caller:
    """One seller account in one region; the operations are in the classes below it."""

    def __init__(self, transport: Transport, tokens: Tokens, region: Region) -> None:
        self._transport = transport
        self._tokens = tokens
        self._region = region

    @property
    def whole_timeout(self) -> float:
        """Machine seconds after which no attempt can still be under way from here."""
        return self._transport.whole_timeout

    def _call(
        self,
        operation: Operation,
        path: str,
        query: Query = (),
        *,
        now: datetime,
        body: bytes | None = None,
        with_page_token: bool = False,
        headers: Headers = (),
        tokens: Tokens | None = None,
    ) -> Response:
        """`headers`: what the operation wants beside those of every call; `tokens`: in place of the account's own."""
        url = f"{self._region.endpoint}{path}{_query_string(operation, query)}"
        source = tokens or self._tokens
        token = source.token(now)
        response = self._transport.send(
            Request(operation.name, operation.method, url, (*_headers(token, now, body), *headers), body)
        )
        try:
            check(operation.name, response, with_page_token=with_page_token)
        except (AccessDenied, TokenRefused, TokenExpired):
            source.drop(token)
            raise
        return response


def _headers(token: AccessToken, now: datetime, body: bytes | None) -> tuple[tuple[str, str], ...]:
    headers = (
        ("accept", "application/json"),
        ("x-amz-access-token", token.value),
        ("x-amz-date", now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")),
    )
    return headers if body is None else (*headers, ("content-type", "application/json"))


def _query_string(operation: Operation, query: Query) -> str:
    """Lists joined by commas; what is None or empty is left out (behaviour O05); `+` becomes %2B (O02)."""
    parts = []
    for name, value in query:
        if not value:
            continue
        entries = (value,) if isinstance(value, str) else value
        try:
            parts.append(f"{name}={','.join(quote(entry, safe='') for entry in entries)}")
        except UnicodeEncodeError:
            raise InvalidRequest(operation.name, message=f"{name} holds half a letter") from None
    return f"?{'&'.join(parts)}" if parts else ""


def time_of(moment: datetime | None) -> str | None:
    return None if moment is None else as_iso(moment)


def path_of(operation: Operation, **values: str) -> str:
    try:
        return operation.path_for(**values)
    except ValueError as error:
        raise InvalidRequest(operation.name, message=str(error)) from None


def understood_by(reader: Callable[[bytes], T], operation: Operation, response: Response) -> T:
    try:
        return reader(response.body)
    except Unreadable as error:
        raise not_as_promised(operation.name, response, error) from None


def answer_of(response: Response, value: T) -> Answer[T]:
    return Answer(value, rate_limit(response), response.request_id)
