"""One press of Authorise, from the consent page to the refresh token.

The callback only stores the code (encrypted) and triggers its exchange; the page polls the attempt.
An exchange cut off half-way is unknown: it is tried once more, and the old token stays until a new
one is held.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.models import AuthorisationAttempt, Channel, SellerAccount, User
from wharfinger.domain.authorisation import STATE_LIVES, expires_on
from wharfinger.domain.channels import AuthorisationState, LinkState
from wharfinger.operations import triggers
from wharfinger.operations._history_steps import record_activity, record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

EXCHANGES_AT_MOST = 2
EXCHANGE_AGAIN_AFTER = 3
"""Seconds of machine time."""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@operation
def open_attempt(channel_id: int, *, user: User, session_key: str, redirect_uri: str, machine_now: datetime) -> str:
    """Begin an authorisation; answers the `state` for the consent page. Refused without an application."""
    channel = Channel.objects.select_related("account").get(pk=channel_id)
    if channel.account.application_id is None:
        raise Refused("No Amazon application is set up yet. Enter it under Settings, Amazon application.")
    state = secrets.token_urlsafe(32)
    AuthorisationAttempt.objects.create(
        state_hash=_hash(state),
        session_hash=_hash(session_key),
        channel=channel,
        user=user,
        redirect_uri=redirect_uri,
        opened_at=machine_now,
    )
    return state


@dataclass(frozen=True, slots=True)
class Returned:
    """The browser came back for this attempt; its state says how."""

    attempt_id: int


@dataclass(frozen=True, slots=True)
class NotOurs:
    """The return belongs to no press of Authorise of this session that still counts."""

    why: str


@operation
def take_return(
    *, state: str, session_key: str, code: str, seller_id: str, error: str, machine_now: datetime
) -> Returned | NotOurs:
    """The browser came back from Seller Central: keep the code and have it exchanged at once."""
    attempt = AuthorisationAttempt.objects.select_for_update().filter(state_hash=_hash(state)).first()
    if attempt is None:
        return NotOurs("This address belongs to no authorisation that was begun here.")
    if attempt.session_hash != _hash(session_key):
        return NotOurs("This authorisation was begun in another browser session.")
    if attempt.state != AuthorisationState.OPEN.value:
        return NotOurs("This authorisation was used already; each press of Authorise works once.")
    attempt.returned_at, attempt.seller_id = machine_now, seller_id[:30]
    if machine_now - attempt.opened_at > STATE_LIVES:
        attempt.state = AuthorisationState.FAILED.value
        attempt.error = "More than ten minutes passed between Authorise and the return. Press Authorise again."
    elif not code:
        attempt.state = AuthorisationState.REFUSED.value
        attempt.error = error[:500] or "Amazon sent no authorisation code: the consent was not given."
    else:
        attempt.state, attempt.code = AuthorisationState.RETURNED.value, code
        triggers.exchange_code(attempt.pk)
    attempt.save()
    return Returned(attempt.pk)


@dataclass(frozen=True, slots=True)
class CodeToExchange:
    attempt_id: int
    account_id: int
    code: str
    redirect_uri: str


@operation
def start_exchange(attempt_id: int) -> CodeToExchange | None:
    """Write the attempt before the call; None when there is nothing (more) to exchange."""
    attempt = AuthorisationAttempt.objects.select_for_update().select_related("channel").get(pk=attempt_id)
    if attempt.state not in (AuthorisationState.RETURNED.value, AuthorisationState.EXCHANGING.value):
        return None
    if attempt.exchanges >= EXCHANGES_AT_MOST:
        _fail(attempt, "Amazon gave no answer, twice. The old access, if any, stays. Press Authorise again.")
        return None
    attempt.state = AuthorisationState.EXCHANGING.value
    attempt.exchanges += 1
    attempt.save()
    return CodeToExchange(attempt.pk, attempt.channel.account_id, attempt.code, attempt.redirect_uri)


@operation
def put_off_exchange(attempt_id: int) -> None:
    """Amazon gave no answer: the code, which lives five minutes, is tried once more in a few seconds."""
    triggers.exchange_code(attempt_id, after_seconds=EXCHANGE_AGAIN_AFTER)


@operation
def fail_exchange(attempt_id: int, *, error: str) -> None:
    attempt = AuthorisationAttempt.objects.select_for_update().get(pk=attempt_id)
    _fail(attempt, error)


def _fail(attempt: AuthorisationAttempt, error: str) -> None:
    attempt.state, attempt.code, attempt.error = AuthorisationState.FAILED.value, "", error
    attempt.save()


@operation
def finish_exchange(attempt_id: int, *, refresh_token: str, now: datetime) -> bool:
    """Keep the refresh token with the right seller account; False when the seller is another one."""
    attempt = (
        AuthorisationAttempt.objects.select_for_update(of=("self",))
        .select_related("channel__account", "user")
        .get(pk=attempt_id)
    )
    channel, account = attempt.channel, attempt.channel.account
    if account.seller_id and account.seller_id != attempt.seller_id:
        _fail(
            attempt,
            f"You signed in to Seller Central as seller {attempt.seller_id}, but this channel belongs to "
            f"seller {account.seller_id} ({account.name}). Nothing was linked. Sign in as {account.seller_id}, "
            "or make a channel for the other seller.",
        )
        return False
    if not account.seller_id:
        shared = _account_of_the_seller(account, attempt.seller_id)
        if shared is not None and not _move(channel, shared):
            _fail(attempt, f"{shared.name} has a channel for this marketplace and kind already.")
            return False
        account = shared or account
    _store_token(account, attempt.seller_id, refresh_token, now)
    attempt.state, attempt.code, attempt.error = AuthorisationState.DONE.value, "", ""
    attempt.save()
    record_audit(
        "authorise",
        "SellerAccount",
        account.pk,
        before=None,
        after={"token": "changed"},
        now=now,
        user=attempt.user,
    )
    record_activity(
        f"{account.name} authorised at Amazon.", account=account, channel=channel, now=now, user=attempt.user
    )
    for sibling in Channel.objects.filter(account=account, archived=False).values_list("pk", flat=True):
        triggers.verify_channel(sibling)
    return True


def _account_of_the_seller(account: SellerAccount, seller_id: str) -> SellerAccount | None:
    """The account that holds this seller already: its authorisation is shared, never kept twice."""
    return (
        SellerAccount.objects.select_for_update()
        .filter(region=account.region, seller_id=seller_id)
        .exclude(pk=account.pk)
        .first()
    )


def _move(channel: Channel, shared: SellerAccount) -> bool:
    left = channel.account
    taken = Channel.objects.filter(
        account=shared, marketplace_id=channel.marketplace_id, kind=channel.kind, archived=False
    ).exists()
    if taken:
        return False
    Channel.objects.filter(pk=channel.pk).update(account=shared)
    if not Channel.objects.filter(account=left).exists() and not left.seller_id:
        left.delete()
    return True


def _store_token(account: SellerAccount, seller_id: str, refresh_token: str, now: datetime) -> None:
    account.seller_id = seller_id
    account.refresh_token, account.token_last_four = refresh_token, refresh_token[-4:]
    account.token_set_at, account.token_expiry = now, expires_on(now.date())
    account.participations_read_at = None  # read anew with the new token
    account.link_error = ""
    account.save()


@operation
def revoke(account_id: int, *, user: User, now: datetime) -> None:
    """Forget the refresh token: the account's channels wait for authorisation until it is given anew."""
    account = SellerAccount.objects.select_for_update().get(pk=account_id)
    account.refresh_token, account.token_last_four, account.token_set_at = "", "", None
    account.link_state = LinkState.WAITING.value
    account.save()
    Channel.objects.filter(account=account).update(link_state=LinkState.WAITING.value)
    record_audit("revoke", "SellerAccount", account.pk, before=None, after={"token": "removed"}, now=now, user=user)
    record_activity(f"{account.name}: access revoked here.", account=account, now=now, user=user)
