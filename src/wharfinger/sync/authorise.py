"""A consent code becomes a refresh token, once it is known that the seller sells where the channel does."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from wharfinger.amazon.answers import Answer
from wharfinger.amazon.auth import AccessToken, Grant
from wharfinger.amazon.errors import AmazonError, AuthorisationLost, InvalidClient, InvalidGrant, Verdict
from wharfinger.amazon.messages.sellers import MarketplaceParticipation
from wharfinger.domain.channels.channel import AuthorisationOutcome
from wharfinger.domain.marketplaces import Region
from wharfinger.operations.access import accounts, authorisation
from wharfinger.operations.access.authorisation import CodeToExchange
from wharfinger.sync.calls import Calls, Clock, NotBefore
from wharfinger.sync.translate.sellers import found_participations

log = logging.getLogger(__name__)

CallsWith = Callable[[int, str, AccessToken], Calls]
"""The calls that an access token allows: account (whose budget pays), region, token."""


class Login(Protocol):
    """Of Login with Amazon, what an exchange needs."""

    def exchange_code(self, code: str, redirect_uri: str, *, now: datetime) -> Grant: ...


def exchange_code(attempt_id: int, login: Login, calls_with: CallsWith, clock: Clock) -> None:
    """Exchange the attempt's code at once; safe to run twice.

    The attempt is written before the call. Cut off half-way it is tried once more; `invalid_grant` on
    the second try then means that the first may have spent the code: Authorise again, the old token stays.
    """
    start = authorisation.start_exchange(attempt_id)
    if start is None:
        return
    try:
        grant = login.exchange_code(start.code, start.redirect_uri, now=clock.now())
    except AmazonError as error:
        _settle(start, error, clock)
        return
    if grant.refresh_token is None:
        authorisation.fail_exchange(
            attempt_id, AuthorisationOutcome.CODE_REFUSED, error="Amazon gave no refresh token for the code."
        )
        return
    _link(start, grant.access_token, grant.refresh_token, calls_with, clock)


def _settle(start: CodeToExchange, error: AmazonError, clock: Clock) -> None:
    """The exchange failed: each cause has its own end, and none touches the access that is held."""
    log.warning("Authorisation %s of account %s: %s", start.attempt_id, start.account_id, error)
    match error:
        case InvalidGrant():
            authorisation.fail_exchange(
                start.attempt_id,
                AuthorisationOutcome.CODE_REFUSED,
                error="Amazon no longer accepts this authorisation code: a code is valid for five minutes and works "
                "once. "
                f"Amazon answered {error.summary()}.",
            )
        case InvalidClient():
            accounts.report_application_refused(start.account_id, error=str(error), now=clock.now())
            authorisation.fail_exchange(start.attempt_id, AuthorisationOutcome.APPLICATION_REFUSED, error=str(error))
        case AmazonError() if error.verdict is Verdict.LATER:
            authorisation.postpone_exchange(start.attempt_id)
        case _:
            authorisation.fail_exchange(start.attempt_id, AuthorisationOutcome.APPLICATION_REFUSED, error=str(error))


def _link(start: CodeToExchange, access: AccessToken, refresh_token: str, calls_with: CallsWith, clock: Clock) -> None:
    found = _sells(calls_with(start.account_id, start.region, access))
    if found is not None and not found.value:
        elsewhere = _sells_elsewhere(start, access, calls_with)
        if elsewhere is not None:
            authorisation.fail_exchange(
                start.attempt_id, AuthorisationOutcome.WRONG_REGION, error=_two_regions(start.region, elsewhere)
            )
            return
    account_id = authorisation.finish_exchange(start.attempt_id, refresh_token=refresh_token, now=clock.now())
    if account_id is not None and found is not None and found.value:
        lines = found_participations(found.value)
        accounts.keep_participations(account_id, lines, now=clock.now(), whole=not found.unreadable)


def _sells(calls: Calls) -> Answer[tuple[MarketplaceParticipation, ...]] | None:
    """Where the seller sells in this region: empty = nowhere (behaviour A10: 403), None = unknown."""
    try:
        return calls.get_marketplace_participations()
    except AuthorisationLost:
        return Answer(())
    except (AmazonError, NotBefore):
        return None


def _sells_elsewhere(start: CodeToExchange, access: AccessToken, calls_with: CallsWith) -> str | None:
    """Another region's endpoint that knows the seller."""
    for region in Region:
        if region == start.region:
            continue
        found = _sells(calls_with(start.account_id, region, access))
        if found is not None and found.value:
            return region
    return None


def _two_regions(ours: str, theirs: str) -> str:
    return (
        f"This seller sells in the region {Region(theirs).title}, but the channel belongs to {Region(ours).title}: "
        "each region has its own access at Amazon."
    )
