"""Tokens: which request asks for one, what its answer means, how long it is good. No IO but through `Transport`.

Source: developer-docs.amazon.com/sp-api/docs/connect-to-the-selling-partner-api and
website-authorization-workflow. A token's life is counted in trade time from the `now` that is passed.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

from wharfinger.amazon.answers import check_token_answer, understood
from wharfinger.amazon.errors import InvalidRequest, NotAnsweredAsPromised
from wharfinger.amazon.messages.tokens import TokenAnswer
from wharfinger.amazon.operations import EXCHANGE_TOKEN
from wharfinger.amazon.transport import Request, Response, Transport

FRESH_FOR = timedelta(seconds=60)
"""A token with less life left is not used for another call."""
ROTATION_SCOPE = "sellingpartnerapi::client_credential:rotation"
"""Of the grantless token with which an application asks for another client secret."""
NOTIFICATION_SCOPE = "sellingpartnerapi::notifications"
"""Of the grantless token for destinations."""
_FORM = "application/x-www-form-urlencoded;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """Good until `expires_at` (trade time); repr does not show it."""

    value: str = field(repr=False)
    expires_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Whether at least 60 seconds of trade time are left."""
        return self.expires_at - now >= FRESH_FOR


@dataclass(frozen=True, slots=True)
class Grant:
    """What an exchange gives. `refresh_token` is good until revoked; None where none was given."""

    access_token: AccessToken
    refresh_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Credentials:
    """An application's client id and secret of Login with Amazon; repr does not show the secret."""

    client_id: str
    client_secret: str = field(repr=False)


def token_request(endpoint: str, credentials: Credentials, grant: dict[str, str]) -> Request:
    """The form that asks for a token. Pure."""
    form = {**grant, "client_id": credentials.client_id, "client_secret": credentials.client_secret}
    return Request(
        operation=EXCHANGE_TOKEN.name,
        method="POST",
        url=endpoint,
        headers=(("content-type", _FORM), ("accept", "application/json")),
        body=urlencode(form).encode(),
    )


def read_grant(response: Response, now: datetime, secrets: tuple[str, ...] = ()) -> Grant:
    """What the token endpoint's answer means. Pure.

    InvalidGrant (reauthorise), InvalidClient and TokenRequestRefused (our bug), Throttled, ServerFault and
    NotAnsweredAsPromised (later).
    """
    name = EXCHANGE_TOKEN.name
    check_token_answer(name, response, secrets)
    answer = understood(name, response, TokenAnswer)
    if not _can_be_sent(answer.access_token) or answer.expires_in < 0:
        raise NotAnsweredAsPromised(name, status=response.status, message="the token is no token", outcome_unknown=True)
    token = AccessToken(answer.access_token, now + timedelta(seconds=answer.expires_in))
    return Grant(token, answer.refresh_token or None)


def _can_be_sent(token: str) -> bool:
    return bool(token) and all("!" <= letter <= "~" for letter in token)


class Lwa:
    """Login with Amazon for one application. One attempt a call."""

    def __init__(self, transport: Transport, token_endpoint: str, credentials: Credentials) -> None:
        self._transport = transport
        self._endpoint = token_endpoint
        self._credentials = credentials

    def exchange_code(self, code: str, redirect_uri: str, *, now: datetime) -> Grant:
        """A consent's code for its tokens. The code lives five minutes and works once: an exchange cut off
        half-way (`outcome_unknown`) is worth one more try, and InvalidGrant then means press Authorise again."""
        grant = {"grant_type": "authorization_code", "code": code}
        if redirect_uri:
            grant["redirect_uri"] = redirect_uri
        return self._ask(grant, code, now)

    def refresh(self, refresh_token: str, *, now: datetime) -> Grant:
        """An access token for a refresh token. Should the answer bring another refresh token, keep that one."""
        return self._ask({"grant_type": "refresh_token", "refresh_token": refresh_token}, refresh_token, now)

    def client_credentials(self, scope: str, *, now: datetime) -> AccessToken:
        """A token of the application itself, for grantless operations."""
        return self._ask({"grant_type": "client_credentials", "scope": scope}, scope, now).access_token

    def _ask(self, grant: dict[str, str], proof: str, now: datetime) -> Grant:
        if not proof:
            raise InvalidRequest(EXCHANGE_TOKEN.name, message=f"{grant['grant_type']}: the value is empty")
        response = self._transport.send(token_request(self._endpoint, self._credentials, grant))
        secrets = (self._credentials.client_secret, grant.get("code", ""), grant.get("refresh_token", ""))
        return read_grant(response, now, secrets)


class Tokens(Protocol):
    """Where a client takes its access token from."""

    def token(self, now: datetime) -> AccessToken:
        """A token fresh at `now`."""

    def drop(self, token: AccessToken) -> None:
        """Amazon has refused it: it is not given out again."""


class TokenCache:
    """Access tokens by refresh token, for all threads of a process. It holds them in memory only."""

    def __init__(self, lwa: Lwa) -> None:
        self._lwa = lwa
        self._sources: dict[str, TokenSource] = {}
        self._lock = threading.Lock()

    def source(self, refresh_token: str) -> "TokenSource":
        """The one source of this refresh token."""
        with self._lock:
            return self._sources.setdefault(refresh_token, TokenSource(self._lwa, refresh_token))

    def forget(self, refresh_token: str) -> None:
        """After a new authorisation or its end."""
        with self._lock:
            self._sources.pop(refresh_token, None)


class TokenSource:
    """The access token of one refresh token; threads that need it at once wait for one exchange."""

    def __init__(self, lwa: Lwa, refresh_token: str) -> None:
        self._lwa = lwa
        self._refresh_token = refresh_token
        self._held: AccessToken | None = None
        self._lock = threading.Lock()

    def token(self, now: datetime) -> AccessToken:
        """The held token, or another when fewer than 60 s of trade time are left. Errors as `Lwa.refresh`."""
        with self._lock:
            if self._held is None or not self._held.is_fresh(now):
                self._held = None
                self._held = self._lwa.refresh(self._refresh_token, now=now).access_token
            return self._held

    def drop(self, token: AccessToken) -> None:
        """Forgets this token, and no newer one that another thread has fetched meanwhile."""
        with self._lock:
            if self._held is token:
                self._held = None


class TokenOnce:
    """A token from elsewhere (grantless, restricted) as a source."""

    def __init__(self, token: AccessToken) -> None:
        self._token = token

    def token(self, now: datetime) -> AccessToken:
        return self._token

    def drop(self, token: AccessToken) -> None:
        """Nothing else could be given."""
