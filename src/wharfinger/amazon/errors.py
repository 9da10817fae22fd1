"""What can go wrong at Amazon, and what to do then: every leaf carries its verdict.

    AmazonError
    ├── Throttled              later        429: the budget was spent
    ├── ConnectionFailed       later        no answer came (`outcome_unknown`: it may have been done)
    │   ├── Unreachable                     nothing listened, or the line broke
    │   └── TimedOut                        no whole answer in time
    ├── ServerFault            later        5xx, 408
    ├── NotAnsweredAsPromised  later        HTML, broken JSON, an answer without what it must hold
    ├── TokenExpired           later        403: the access token's hour is over; the next one is fresh
    ├── Refused                never        4xx: this request, as it is, will not be taken
    │   ├── NotFound                        404
    │   └── PageTokenRefused                begin the listing again at its first page
    ├── AuthorisationLost      reauthorise
    │   ├── AccessDenied                    403: role, region or one SKU (see its docstring)
    │   ├── TokenRefused                    401, 403: the access token is revoked or malformed
    │   └── InvalidGrant                    the refresh token or code is revoked, spent or too old
    └── OurBug                 our_bug      the program or its configuration, not the seller
        ├── InvalidClient                   client id or secret is wrong, or the secret was rotated
        ├── TokenRequestRefused             another refusal by the token endpoint
        ├── Misaddressed                    wrong host or address
        └── WronglyAsked                    a request that HTTP or this library cannot send

Decided by HTTP status first: the spelling of codes differs by API (InvalidInput, Invalid Input,
BAD_REQUEST, "400"). `str()` and `repr()` hold the operation, status, code and request id only; what
Amazon wrote is in `message` and `details`, without tokens, and may name an order or a SKU.
Source: developer-docs.amazon.com/sp-api/docs/response-format and -/docs/resolving-400-errors.
"""

import re
from enum import StrEnum
from typing import ClassVar


class Verdict(StrEnum):
    """What the caller should do: try the same later, give it up, ask the seller to authorise again,
    or mend the program or its configuration."""

    LATER = "later"
    NEVER = "never"
    REAUTHORISE = "reauthorise"
    OUR_BUG = "our_bug"


_SECRET = re.compile(r"(?:Atza|Atzr|Atc|Atz\.sprdt)\|[^\s\"'&<>]+|amzn1\.oa2-cs\.[^\s\"'&<>]+")
_CODE = re.compile(r"[^A-Za-z0-9_ .\-]")
_LONGEST = 2000


def without_secrets(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Amazon's words with tokens blanked and at most 2,000 characters of them."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "…")
    return _SECRET.sub("…", text)[:_LONGEST]


class AmazonError(Exception):
    """The root; only leaves are raised. `status` is None where no answer came.

    `outcome_unknown`: the request may have been carried out although it failed for us, so whoever
    wrote something must read it back before writing it again.
    """

    verdict: ClassVar[Verdict]
    advice: ClassVar[str]

    def __init__(
        self,
        operation: str,
        *,
        status: int | None = None,
        code: str = "",
        message: str = "",
        details: str = "",
        request_id: str = "",
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(operation)
        self.operation = operation
        self.status = status
        self.code = _CODE.sub("", code)[:80]
        self.message = without_secrets(message)
        self.details = without_secrets(details)
        self.request_id = _CODE.sub("", request_id)[:80]
        self.outcome_unknown = outcome_unknown

    def __str__(self) -> str:
        said = " ".join(part for part in (str(self.status or "no answer"), self.code) if part)
        request = f" (request {self.request_id})" if self.request_id else ""
        return f"{self.operation}: {said}{request}. {self.advice}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class Throttled(AmazonError):
    """429. Carries neither rate nor Retry-After (behaviour T05); the wait is the caller's budget's."""

    verdict = Verdict.LATER
    advice = "Amazon's quota for this operation is spent; wait, then ask again."


class ConnectionFailed(AmazonError):
    """No answer."""

    verdict = Verdict.LATER
    advice = "No answer from Amazon; try again later."


class Unreachable(ConnectionFailed):
    """Nothing listened at the address, or the line broke; with `outcome_unknown` after sending began."""

    advice = "Amazon cannot be reached; check the network, then try again."


class TimedOut(ConnectionFailed):
    """Not connected or not answered within the time-outs; with `outcome_unknown` once it was connected."""

    advice = "Amazon did not answer in time; try again later."


class ServerFault(AmazonError):
    """5xx or 408: Amazon's own fault. A write may have been done all the same."""

    verdict = Verdict.LATER
    advice = "Amazon has a fault of its own; try again later."


class NotAnsweredAsPromised(AmazonError):
    """HTML, JSON that does not parse, or an answer without what it must hold (behaviours O10, O24)."""

    verdict = Verdict.LATER
    advice = "Amazon's answer could not be understood; try again later."


class TokenExpired(AmazonError):
    """403 because the access token's hour is over. The cache has dropped it; the next call gets another."""

    verdict = Verdict.LATER
    advice = "The access token has expired; the next call fetches another."


class Refused(AmazonError):
    """400 and its kin: sent again unchanged it will be refused again.

    Yet Amazon has refused good searches for hours (behaviour O15): a refusal that comes without a
    change of ours says nothing about the account, and the same window is worth asking for later.
    """

    verdict = Verdict.NEVER
    advice = "Amazon refused the request; what it objects to is in its message."


class NotFound(Refused):
    """404 in Amazon's own words: no such order, SKU or resource for this seller and marketplace."""

    advice = "Amazon does not know it; check the id and the marketplace."


class PageTokenRefused(Refused):
    """The page token is too old, mangled or made for other parameters (behaviours F02, F03)."""

    advice = "The page token is no longer valid; begin the listing again at its first page."


class AuthorisationLost(AmazonError):
    """The seller's consent is missing, withdrawn or too narrow."""

    verdict = Verdict.REAUTHORISE
    advice = "The seller has to authorise again."


class AccessDenied(AuthorisationLost):
    """403 in Amazon's own words: a role is lacking, or the region is another, or the path names nothing.

    Amazon says the same for all of them. A 403 on one SKU or order, while others pass with the same
    token, is a bad SKU and not a lost permission (behaviours I02, A10).
    """

    advice = "Amazon denies access: a role, the region or this one id is wrong; authorise again if all calls fail."


class TokenRefused(AuthorisationLost):
    """401, or 403 that speaks of the access token: revoked or malformed."""

    advice = "Amazon refuses the access token; if the next one is refused too, authorise again."


class InvalidGrant(AuthorisationLost):
    """The token endpoint's invalid_grant: a code that is spent or older than five minutes (behaviour A02),
    or a refresh token that was revoked or belongs to another application."""

    advice = "The authorisation is spent, too old or withdrawn; press Authorise again."


class OurBug(AmazonError):
    """The seller can do nothing about it."""

    verdict = Verdict.OUR_BUG
    advice = "The program or its configuration is wrong."


class InvalidClient(OurBug):
    """Client id or secret is wrong, or the secret was rotated and the old one's week is over (behaviour A03).
    A matter of the application: the sellers' authorisations stay good."""

    advice = "Amazon does not accept the application's client id and secret; correct them in the configuration."


class TokenRequestRefused(OurBug):
    """The token endpoint refused the request itself: grant type, scope, redirect URI."""

    advice = "Amazon's token endpoint refused the request; check the application's registration."


class Misaddressed(OurBug):
    """The host does not serve this (behaviour A04), or the address is no address."""

    advice = "The address is not the one that serves this; check the endpoints in the configuration."


class WronglyAsked(OurBug):
    """A request that cannot be sent as it is: an empty id, a SKU with a comma in a list, bad HTTP."""

    advice = "The request cannot be sent as it is."
