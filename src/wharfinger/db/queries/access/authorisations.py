"""Authorisations for pages: presses of Authorise, and the access that a seller account holds."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from wharfinger.db.models import AuthorisationAttempt, Channel, SellerAccount
from wharfinger.domain.channels.channel import AuthorisationOutcome, AuthorisationState, LinkState

ATTEMPTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """One press of Authorise, as its page shows it."""

    id: int
    state: AuthorisationState
    outcome: AuthorisationOutcome | Literal[""]
    error: str
    channel_id: int
    channel: str
    account: str
    account_seller_id: str
    seller_id: str
    application_pk: int | None
    redirect_uri: str


def attempt_facts(attempt_id: int, user_id: int) -> AttemptFacts | None:
    """For the one who pressed."""
    row = AuthorisationAttempt.objects.select_related("channel__account").filter(pk=attempt_id, user=user_id).first()
    if row is None:
        return None
    channel, account = row.channel, row.channel.account
    return AttemptFacts(
        row.pk,
        row.state,
        row.outcome,
        row.error,
        channel.pk,
        channel.name,
        account.name,
        account.seller_id,
        row.seller_id,
        account.application_id,
        row.redirect_uri,
    )


@dataclass(frozen=True, slots=True)
class PastAttempt:
    opened_at: datetime
    who: str
    channel: str
    outcome: AuthorisationOutcome | AuthorisationState


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """What a seller account holds of its seller's consent; no secret."""

    channel: str
    seller_central: str
    account_id: int
    account: str
    seller_id: str
    region: str
    link: LinkState
    link_error: str
    lost_at: datetime | None
    token_last_four: str
    token_set_at: datetime | None
    token_expiry: date | None
    application_pk: int | None
    application: str
    channels: tuple[tuple[int, str], ...]
    attempts: tuple[PastAttempt, ...]


def access_facts(channel_id: int) -> AccessFacts | None:
    """The access of the account that this channel belongs to."""
    channel = Channel.objects.select_related("account__application", "marketplace").filter(pk=channel_id).first()
    if channel is None:
        return None
    account = channel.account
    attempts = AuthorisationAttempt.objects.filter(channel__account=account).select_related("channel", "user")
    return AccessFacts(
        channel=channel.name,
        seller_central=channel.marketplace.seller_central,
        account_id=account.pk,
        account=account.name,
        seller_id=account.seller_id,
        region=account.region.title,
        link=account.link_state,
        link_error=account.link_error,
        lost_at=account.lost_at,
        token_last_four=account.token_last_four,
        token_set_at=account.token_set_at,
        token_expiry=account.token_expiry,
        application_pk=account.application_id,
        application=account.application.name if account.application else "",
        channels=tuple(
            Channel.objects.filter(account=account, archived=False).order_by("name").values_list("pk", "name")
        ),
        attempts=tuple(
            PastAttempt(row.opened_at, str(row.user), row.channel.name, row.outcome or row.state)
            for row in attempts.order_by("-pk")[:ATTEMPTS_SHOWN]
        ),
    )


@dataclass(frozen=True, slots=True)
class Authorisable:
    """A channel that a seller who comes from Seller Central may mean."""

    id: int
    name: str
    account: str
    marketplace: str
    country: str


def channels_for_seller(seller_id: str) -> tuple[Authorisable, ...]:
    """One channel of each account of this seller; else the channels that wait for their first seller."""
    rows = Channel.objects.filter(archived=False).select_related("account", "marketplace").order_by("name")
    known = rows.filter(account__seller_id=seller_id) if seller_id else rows.none()
    first: dict[int, Channel] = {}
    for row in known:
        first.setdefault(row.account_id, row)
    found = list(first.values()) or list(rows.filter(account__seller_id=""))
    return tuple(
        Authorisable(row.pk, row.name, row.account.name, row.marketplace.name, row.marketplace.country) for row in found
    )


def is_known_seller(seller_id: str) -> bool:
    return bool(seller_id) and SellerAccount.objects.filter(seller_id=seller_id, channels__archived=False).exists()
