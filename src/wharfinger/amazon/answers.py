"""What an answer means: a value with what came beside it, or one leaf of the error tree. Pure."""

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Generic, TypeVar

from wharfinger.amazon.errors import (
    AccessDenied,
    AmazonError,
    InvalidClient,
    InvalidGrant,
    InvalidRequest,
    Misaddressed,
    NotAnsweredAsPromised,
    NotFound,
    OffersExpired,
    PageTokenRefused,
    Refused,
    Said,
    ServerFault,
    Throttled,
    TokenExpired,
    TokenRefused,
    TokenRequestRefused,
)
from wharfinger.amazon.messages.refusals import ErrorBody, as_text
from wharfinger.amazon.messages.tokens import TokenRefusal
from wharfinger.amazon.messages.wire import Unreadable, read
from wharfinger.amazon.transport import Response

T = TypeVar("T")
OFFERS_EXPIRED = "TOKEN_EXPIRED"
"""Source: model shippingV2.json, purchaseShipment."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """`rate_limit` is the account's own rate in calls a second, where Amazon sent it (best effort);
    a sandbox says 5.0 for everything (behaviour T06), so no pace comes from there. `unreadable`: what is wrong with
    each entry that is not in `value`, for answers that are one list. repr shows no value."""

    value: T = field(repr=False)
    rate_limit: Decimal | None = None
    request_id: str = ""
    unreadable: tuple[str, ...] = ()


def rate_limit(response: Response) -> Decimal | None:
    """`x-amzn-RateLimit-Limit`; None where it is absent or no positive number."""
    try:
        rate = Decimal(response.headers.get("x-amzn-ratelimit-limit", ""))
    except InvalidOperation:
        return None
    return rate if rate.is_finite() and rate > 0 else None


def check(operation: str, response: Response, *, with_page_token: bool = False) -> None:
    """Raises the leaf that fits unless the status is 2xx."""
    if 200 <= response.status < 300:
        return
    raise _refusal(operation, response, with_page_token)


def _refusal(operation: str, response: Response, with_page_token: bool) -> AmazonError:
    errors = _errors(response)
    first = errors[0] if errors else None
    kind = _kind(response.status, first, with_page_token)
    error = first or Said(response.headers.get("x-amzn-errortype", ""), "the body is not Amazon's error JSON")
    return kind(
        operation,
        status=response.status,
        code=error.code,
        message=error.message,
        details=error.details,
        others=errors[1:],
        request_id=response.request_id,
        outcome_unknown=issubclass(kind, ServerFault | NotAnsweredAsPromised),
    )


def _errors(response: Response) -> tuple[Said, ...]:
    try:
        entries = read(response.body, ErrorBody).errors
    except Unreadable:
        return ()
    return tuple(Said(as_text(one.code), as_text(one.message), as_text(one.details)) for one in entries)


def _kind(status: int, said: Said | None, with_page_token: bool) -> type[AmazonError]:
    kind = _kind_by_status(status, said)
    blames_token = issubclass(kind, Refused | AccessDenied) or (kind is InvalidRequest and status == 400)
    return PageTokenRefused if with_page_token and blames_token else kind


def _kind_by_status(status: int, said: Said | None) -> type[AmazonError]:
    if status == 429:
        return Throttled
    if status >= 500 or status == 408:
        return ServerFault
    if said is None:
        # HTML: the front end's word. A 400 of its kind means that the request broke HTTP itself; any
        # other comes from something between us and Amazon and says nothing about the account.
        return InvalidRequest if status == 400 else NotAnsweredAsPromised
    words = f"{said.message} {said.details}".lower()
    match status:
        case 401:
            return TokenExpired if "expired" in words else TokenRefused
        case 403:
            return _denial(said, words)
        case 404:
            return NotFound
        case 400 if said.code == OFFERS_EXPIRED:
            return OffersExpired
        case 405 | 406 | 411 | 415:
            return InvalidRequest
        case _ if 400 <= status < 500:
            return Refused
        case _:
            return NotAnsweredAsPromised


def _denial(said: Said, words: str) -> type[AmazonError]:
    if said.code == "MissingAuthenticationToken":
        return Misaddressed
    if "access token" not in words:
        return AccessDenied
    return TokenExpired if "expired" in words else TokenRefused


def understood(operation: str, response: Response, kind: type[T]) -> T:
    """The body as a message; NotAnsweredAsPromised where it is none."""
    try:
        return read(response.body, kind)
    except Unreadable as error:
        raise not_as_promised(operation, response, error) from None


def not_as_promised(operation: str, response: Response, error: Unreadable) -> NotAnsweredAsPromised:
    return NotAnsweredAsPromised(
        operation,
        status=response.status,
        message=str(error),
        request_id=response.request_id,
        outcome_unknown=True,
    )


def check_token_answer(operation: str, response: Response, secrets: tuple[str, ...]) -> None:
    """As `check`, in the token endpoint's words; `secrets` are blanked wherever it repeats them."""
    if 200 <= response.status < 300:
        return
    try:
        refusal = read(response.body, TokenRefusal)
    except Unreadable:
        raise _refusal(operation, response, with_page_token=False) from None
    raise _token_kind(response.status, refusal.error)(
        operation,
        status=response.status,
        code=refusal.error,
        message=refusal.error_description or "",
        request_id=refusal.request_id or response.request_id,
        secrets=secrets,
    )


def _token_kind(status: int, error: str) -> type[AmazonError]:
    if status == 429 or error in ("slow_down", "temporarily_unavailable"):
        return Throttled
    if status >= 500 or error == "server_error":
        return ServerFault
    match error:
        case "invalid_grant":
            return InvalidGrant
        case "invalid_client" | "unauthorized_client":
            return InvalidClient
        case _:
            return TokenRequestRefused
