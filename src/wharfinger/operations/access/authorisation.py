"""One press of Authorise, from the consent page to the refresh token.

The callback only stores the code (encrypted) and triggers its exchange; the page polls the attempt.
An exchange cut off half-way is unknown: it is tried once more, and the old token stays until a new
one is held.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wharfinger.db.models import AuthorisationAttempt, Channel, SellerAccount, User
from wharfinger.domain.access.authorisation import STATE_LIVES, consent_code_in, expires_on
from wharfinger.domain.channels.channel import AuthorisationOutcome, AuthorisationState, LinkState
from wharfinger.domain.identity import NotAnIdentity, parse_seller_id
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutAccount, AboutToken
from wharfinger.operations import triggers
from wharfinger.operations.access._account_steps import application_for, restart_failures
from wharfinger.operations.access._seller_steps import join_account
from wharfinger.operations.installation._alert_steps import close_alerts
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.installation._problem_steps import solve_problem
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

EXCHANGES_AT_MOST = 2
EXCHANGE_AGAIN_AFTER = 3
"""Seconds of machine time."""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@operation
def open_attempt(channel_id: int, *, user: User, session_key: str, redirect_uri: str, machine_now: datetime) -> str:
    """Begin an authorisation; returns the `state` for the consent page. Refused without an application."""
    channel = Channel.objects.select_related("account").get(pk=channel_id)
    if not channel.activated:
        raise Refused(
            "%(channel)s is not activated in this demo system. An administrator must first activate it for "
            "the Amazon it may connect to.",
            channel=channel.name,
        )
    if channel.account.application_id is None:
        region = channel.account.region.title
        raise Refused(
            "No Amazon application is set up for %(region)s yet. Enter it under Settings, Amazon application.",
            region=region,
        )
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


class WhyNotOurs(StrEnum):
    UNKNOWN = "Unknown"
    OTHER_SESSION = "Other session"
    REPLAYED = "Replayed"


@dataclass(frozen=True, slots=True)
class NotOurs:
    """The return belongs to no press of Authorise of this session that still counts. Nothing was changed."""

    why: WhyNotOurs
    attempt_id: int | None = None
    """The one that was used already, for the one who pressed."""


@operation
def take_return(
    *, state: str, session_key: str, code: str, seller_id: str, error: str, machine_now: datetime
) -> Returned | NotOurs:
    """The browser came back from Seller Central: keep the code and have it exchanged at once."""
    attempt = (
        AuthorisationAttempt.objects.select_for_update(of=("self",))
        .select_related("channel__account")
        .filter(state_hash=_hash(state))
        .first()
    )
    if attempt is None:
        return NotOurs(WhyNotOurs.UNKNOWN)
    if attempt.session_hash != _hash(session_key):
        return NotOurs(WhyNotOurs.OTHER_SESSION)
    if attempt.state != AuthorisationState.OPEN:
        return NotOurs(WhyNotOurs.REPLAYED, attempt.pk)
    attempt.returned_at, attempt.seller_id = machine_now, seller_id.strip()[:30]
    ended = _end_of_return(attempt, code, error, machine_now)
    if ended is None:
        attempt.state, attempt.code = AuthorisationState.RETURNED, code
        triggers.exchange_code(attempt.pk)
        attempt.save()
    else:
        _end(attempt, *ended)
    return Returned(attempt.pk)


def _end_of_return(
    attempt: AuthorisationAttempt, code: str, error: str, machine_now: datetime
) -> tuple[AuthorisationOutcome, str] | None:
    """Why this return ends here and no code is exchanged; None = it goes on."""
    if machine_now - attempt.opened_at > STATE_LIVES:
        return (
            AuthorisationOutcome.EXPIRED,
            "More than ten minutes passed between pressing Authorise and returning from Amazon.",
        )
    shown = consent_code_in(error)
    if shown is not None and not code:
        outcome = AuthorisationOutcome.DRAFT if shown.code == "MD1000" else AuthorisationOutcome.REFUSED
        return outcome, f"Seller Central answered {shown.code}. {shown.meaning}"
    if not code:
        said = "".join(character if character.isprintable() else " " for character in error).strip()
        return AuthorisationOutcome.REFUSED, said[:500] or "Amazon sent no authorisation code."
    try:
        parse_seller_id(attempt.seller_id)
    except NotAnIdentity:
        return AuthorisationOutcome.REFUSED, "Amazon named no seller when it sent you back, so the code was not used."
    account = attempt.channel.account
    if account.seller_id and account.seller_id != attempt.seller_id:
        return AuthorisationOutcome.WRONG_SELLER, _two_sellers(attempt, account)
    return None


def _two_sellers(attempt: AuthorisationAttempt, account: SellerAccount) -> str:
    return (
        f"You signed in to Seller Central as seller {attempt.seller_id}, but this channel belongs to "
        f"seller {account.seller_id} ({account.name})."
    )


@dataclass(frozen=True, slots=True)
class CodeToExchange:
    attempt_id: int
    account_id: int
    region: str
    code: str = field(repr=False)
    redirect_uri: str


@operation
def start_exchange(attempt_id: int) -> CodeToExchange | None:
    """Write the attempt before the call; None when there is nothing (more) to exchange."""
    attempt = (
        AuthorisationAttempt.objects.select_for_update(of=("self",))
        .select_related("channel__account")
        .get(pk=attempt_id)
    )
    if attempt.state not in (AuthorisationState.RETURNED, AuthorisationState.EXCHANGING):
        return None
    if attempt.exchanges >= EXCHANGES_AT_MOST:
        _end(attempt, AuthorisationOutcome.NO_ANSWER, "Amazon did not answer, twice.")
        return None
    attempt.state = AuthorisationState.EXCHANGING
    attempt.exchanges += 1
    attempt.save()
    account = attempt.channel.account
    return CodeToExchange(attempt.pk, account.pk, account.region, attempt.code, attempt.redirect_uri)


@operation
def postpone_exchange(attempt_id: int) -> None:
    """Amazon gave no answer: the code, which lives five minutes, is tried once more in a few seconds."""
    triggers.exchange_code(attempt_id, after_seconds=EXCHANGE_AGAIN_AFTER)


@operation
def fail_exchange(attempt_id: int, outcome: AuthorisationOutcome, *, error: str) -> None:
    """The exchange ended without access: nothing is linked, the old token stays."""
    attempt = AuthorisationAttempt.objects.select_for_update().get(pk=attempt_id)
    _end(attempt, outcome, error)


def _end(attempt: AuthorisationAttempt, outcome: AuthorisationOutcome, error: str) -> None:
    refused = (AuthorisationOutcome.REFUSED, AuthorisationOutcome.DRAFT)
    state = AuthorisationState.REFUSED if outcome in refused else AuthorisationState.FAILED
    attempt.state, attempt.outcome = state, outcome
    attempt.code, attempt.error = "", error
    attempt.save()


@operation
def finish_exchange(attempt_id: int, *, refresh_token: str, now: datetime) -> int | None:
    """Keep the refresh token with the right seller account and answer its id; None when nothing was linked."""
    attempt = (
        AuthorisationAttempt.objects.select_for_update(of=("self",))
        .select_related("channel__account", "user")
        .get(pk=attempt_id)
    )
    # All accounts of the region, so that of two channels of a new seller the second finds the first one's account.
    region = attempt.channel.account.region
    locked = {row.pk: row for row in SellerAccount.objects.select_for_update().filter(region=region).order_by("pk")}
    channel = Channel.objects.select_related("marketplace").get(pk=attempt.channel_id)
    account = locked[channel.account_id]
    if account.seller_id and account.seller_id != attempt.seller_id:
        _end(attempt, AuthorisationOutcome.WRONG_SELLER, _two_sellers(attempt, account))
        return None
    if not account.seller_id:
        shared = next((row for row in locked.values() if row.seller_id == attempt.seller_id), None)
        twin = shared and _twin(channel, shared)
        if shared is not None and twin is not None:
            _end(
                attempt,
                AuthorisationOutcome.CHANNEL_TAKEN,
                f"Seller {attempt.seller_id} ({shared.name}) already has a channel for this marketplace and kind: "
                f"“{twin.name}”.",
            )
            return None
        if shared is not None:
            join_account(channel, account, shared)
        account = shared or account
    before = _credential_facts(account)
    _store_token(account, attempt.seller_id, refresh_token, now)
    attempt.state, attempt.outcome = AuthorisationState.DONE, AuthorisationOutcome.LINKED
    attempt.code = attempt.error = ""
    attempt.save()
    record_audit(
        "authorise",
        "SellerAccount",
        account.pk,
        before=before,
        after=_credential_facts(account) | {"token": "changed"},
        now=now,
        user=attempt.user,
    )
    record_activity(
        f"{account.name} authorised at Amazon.", account=account, channel=channel, now=now, user=attempt.user
    )
    for sibling in Channel.objects.filter(account=account, archived=False).values_list("pk", flat=True):
        triggers.verify_channel(sibling)
    triggers.run_periodic_task(triggers.REMIND)
    return account.pk


def _credential_facts(account: SellerAccount) -> dict[str, str]:
    """For the audit: of the token only that it is there."""
    return {
        "seller": account.seller_id,
        "token": "set" if account.refresh_token else "",
        "token expiry": str(account.token_expiry or ""),
    }


def _twin(channel: Channel, shared: SellerAccount) -> Channel | None:
    return Channel.objects.filter(
        account=shared, marketplace_id=channel.marketplace_id, kind=channel.kind, archived=False
    ).first()


def _store_token(account: SellerAccount, seller_id: str, refresh_token: str, now: datetime) -> None:
    account.seller_id = seller_id
    account.refresh_token, account.token_last_four = refresh_token, refresh_token[-4:]
    account.token_set_at, account.token_expiry = now, expires_on(now.date())
    account.participations_read_at = None  # read anew with the new token
    account.link_error = ""
    account.save()
    restart_failures(account.pk, now=now)


@operation
def revoke(account_id: int, *, user: User, now: datetime) -> None:
    """Forget the refresh token: the account's channels wait for authorisation until it is given anew.

    Queued quantities and confirmations stay. What Amazon holds of the consent is withdrawn in Seller Central only.
    """
    account = SellerAccount.objects.select_for_update().get(pk=account_id)
    if account.token_set_at is None and not account.refresh_token:
        raise Refused("%(account)s has no access to revoke.", account=account.name)
    before = _credential_facts(account)
    account.refresh_token, account.token_last_four = "", ""
    account.token_set_at, account.token_expiry = None, None
    account.link_state, account.link_error, account.lost_at = LinkState.WAITING, "", None
    account.participations_read_at = None
    account.application = application_for(account.region)
    account.save()
    Channel.objects.filter(account=account).update(link_state=LinkState.WAITING)
    solve_problem(ProblemKind.AUTHORISATION_LOST, AboutAccount(account.pk), now=now)
    close_alerts(AboutAccount(account.pk), now=now, kinds=(AlertKind.AUTHORISATION_LOST,))
    close_alerts(AboutToken(account.pk), now=now)
    after = _credential_facts(account) | {"token": "removed"}
    record_audit("revoke", "SellerAccount", account.pk, before=before, after=after, now=now, user=user)
    record_activity(f"{account.name}: access revoked here.", account=account, now=now, user=user)
    for channel_id in Channel.objects.filter(account=account, archived=False).values_list("pk", flat=True):
        triggers.verify_channel(channel_id)  # its lines then say that it waits
