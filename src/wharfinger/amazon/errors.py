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
    │   ├── OffersExpired                   400 TOKEN_EXPIRED: offers of labels live ten minutes
    │   └── PageTokenRefused                4xx with a page token: begin again at the first page, once
    ├── AuthorisationLost      reauthorise
    │   ├── AccessDenied                    403: role, region or one SKU (see its docstring)
    │   ├── TokenRefused                    401, 403: the access token is revoked or malformed
    │   └── InvalidGrant                    the refresh token or code is revoked, spent or too old
    └── OurBug                 our_bug      the program or its configuration, not the seller
        ├── InvalidClient                   client id or secret is wrong, or the secret was rotated
        ├── TokenRequestRefused             another refusal by the token endpoint
        ├── Misaddressed                    wrong host or address
        └── InvalidRequest                    a request that HTTP or this library cannot send

Decided by HTTP status first: the spelling of codes differs by API (InvalidInput, Invalid Input,
BAD_REQUEST, "400"). `str()` holds all that Amazon wrote, every error of its list, with the request id: so it
is in the log, on the flow's row and in the problem without anybody's doing. Tokens, secrets and e-mail
addresses are blanked and the length is bound; an order or a SKU may be named.
Source: developer-docs.amazon.com/sp-api/docs/response-format and -/docs/resolving-400-errors.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from urllib.parse import quote, quote_plus


class Verdict(StrEnum):
    """What the caller should do: try the same later, give it up, ask the seller to authorise again,
    or fix the program or its configuration."""

    LATER = "later"
    NEVER = "never"
    REAUTHORISE = "reauthorise"
    OUR_BUG = "our_bug"


_SECRET = re.compile(
    r"\bAt[a-z.]{1,10}(?:\||%7C)[^\s\"'&<>]+"  # access, refresh and restricted data tokens
    r"|amzn1\.oa2-cs\.[^\s\"'&<>]+"  # client secrets
    r"|amzn\.mws\.[^\s\"'&<>]+"
    r"|\bBearer\s+[^\s\"'&<>]+"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",  # keys of AWS
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^\s\"'<>(),:;@]{1,64}(?:@|%40)[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63})+")
_CODE = re.compile(r"[^A-Za-z0-9_ .\-]")
_LONGEST = 1000
_LONGEST_OF_ALL = 2000
"""Characters of one error's message, and of everything that Amazon wrote in one answer."""


def without_secrets(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Amazon's words on one line, tokens, secrets and e-mail addresses blanked, at most 1,000 characters of them.

    `secrets`: what the request itself held, blanked as it is and as an address or form would write it.
    """
    for secret in secrets:
        if secret:
            text = text.replace(secret, "…").replace(quote(secret, safe=""), "…").replace(quote_plus(secret), "…")
    text = _EMAIL.sub("…", _SECRET.sub("…", text))
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


@dataclass(frozen=True, slots=True)
class Said:
    """One error of Amazon's list, as it wrote it."""

    code: str = ""
    message: str = ""
    details: str = ""

    def cleaned(self, secrets: tuple[str, ...] = ()) -> "Said":
        return Said(
            _CODE.sub("", without_secrets(self.code, secrets))[:80],
            without_secrets(self.message, secrets),
            without_secrets(self.details, secrets),
        )

    def __str__(self) -> str:
        """`InvalidInput: The input is not valid. Invalid field [createdAfter].`"""
        words = " ".join(part for part in (self.message, self.details) if part)
        return ": ".join(part for part in (self.code, words) if part)


class AmazonError(Exception):
    """The root; only leaves are raised. `status` is None where no answer came.

    `outcome_unknown`: the request may have been carried out although it failed for us, so whoever
    wrote something must read it back before writing it again. `code`, `message` and `details` are of the
    first error, `others` the rest of Amazon's list; `secrets` are blanked in all of them.
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
        others: tuple[Said, ...] = (),
        request_id: str = "",
        outcome_unknown: bool = False,
        secrets: tuple[str, ...] = (),
    ) -> None:
        super().__init__(operation)
        first = Said(code, message, details).cleaned(secrets)
        self.operation = operation
        self.status = status
        self.code, self.message, self.details = first.code, first.message, first.details
        self.others = tuple(other.cleaned(secrets) for other in others)
        self.request_id = _CODE.sub("", request_id)[:80]
        self.outcome_unknown = outcome_unknown

    def summary(self) -> str:
        """What Amazon answered, in its own words: status, each error's code, message and details, and the request id.

        `400 InvalidInput: The input is not valid. (request 1f2e…)`; for people, without our advice.
        """
        found = (Said(self.code, self.message, self.details), *self.others)
        words = " | ".join(dict.fromkeys(text for text in map(str, found) if text))
        words = words if len(words) <= _LONGEST_OF_ALL else f"{words[:_LONGEST_OF_ALL]} …"
        said = " ".join(part for part in (str(self.status or "no answer"), words) if part)
        return f"{said} (request {self.request_id})" if self.request_id else said

    def __str__(self) -> str:
        said = self.summary()
        stop = "" if said.endswith((".", "!", "?", "…")) else "."
        return f"{self.operation}: {said}{stop} {self.advice}"

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
    advice = "Amazon refused the request."


class NotFound(Refused):
    """404 in Amazon's own words: no such order, SKU or resource for this seller and marketplace."""

    advice = "Amazon does not know it; check the id and the marketplace."


class OffersExpired(Refused):
    """Offers of labels live ten minutes. At the first attempt of a purchase nothing was bought; at a repeat of one of
    unknown outcome it proves nothing."""

    advice = "The offers have expired; get the offers again."


class PageTokenRefused(Refused):
    """A refusal of a request with a page token: too old, mangled or made for other parameters (behaviours F02, F03).

    Amazon's words do not tell it from another refusal; often there are none. If the first page is refused too, it
    was not the token.
    """

    advice = "Amazon refused the next page; the reading begins again at its first page."


class AuthorisationLost(AmazonError):
    """The seller's consent is missing, withdrawn or too narrow."""

    verdict = Verdict.REAUTHORISE
    advice = "The seller has to authorise again."


class AccessDenied(AuthorisationLost):
    """403 in Amazon's own words: a role is lacking, or the region is another, or the path names nothing.

    Amazon says the same for all of them. A 403 on one SKU or order, while others pass with the same
    token, is a bad SKU and not a lost permission (behaviours I02, A10); a 403 on one operation is a
    missing role (`Operation.roles`). Access is lost only when an operation that needs no role is denied too.
    """

    advice = "Amazon denies access to this: a role is missing, or the region or this one id is wrong."


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


class InvalidRequest(OurBug):
    """A request that cannot be sent as it is: an empty id, a SKU with a comma in a list, bad HTTP."""

    advice = "The request cannot be sent as it is."
