"""What the check of a channel's access goes by."""

from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.models import AuthorisationAttempt, Channel, Listing, Participation, SellerAccount
from wharfinger.domain.channels.channel import AuthorisationOutcome, LinkState
from wharfinger.domain.marketplaces import Region


@dataclass(frozen=True, slots=True)
class ChannelToVerify:
    """The channel with its seller account, as they are when its check begins."""

    id: int
    link_state: LinkState
    marketplace_id: str
    marketplace: str
    account_id: int
    account_link_state: LinkState
    seller_id: str
    region: Region
    participations_read_at: datetime | None


def channel_to_verify(channel_id: int) -> ChannelToVerify:
    row = Channel.objects.select_related("account", "marketplace").get(pk=channel_id)
    return ChannelToVerify(
        id=row.pk,
        link_state=row.link_state,
        marketplace_id=row.marketplace_id,
        marketplace=row.marketplace.name,
        account_id=row.account_id,
        account_link_state=row.account.link_state,
        seller_id=row.account.seller_id,
        region=row.account.region,
        participations_read_at=row.account.participations_read_at,
    )


def account_link_state(channel_id: int) -> LinkState:
    """Of the seller account of a channel."""
    return SellerAccount.objects.values_list("link_state", flat=True).get(channels=channel_id)


@dataclass(frozen=True, slots=True)
class TakesPart:
    """What Amazon said last of a seller account in one marketplace."""

    participating: bool
    suspended_listings: bool


def participation(account_id: int, marketplace_id: str) -> TakesPart | None:
    """None: Amazon has named no such marketplace."""
    row = Participation.objects.filter(account_id=account_id, marketplace_id=marketplace_id).first()
    return None if row is None else TakesPart(row.participating, row.suspended_listings)


def has_consented(account_id: int, seller_id: str) -> bool:
    """Whether this seller has given the account's consent at Amazon."""
    attempts = AuthorisationAttempt.objects.filter(
        channel__account=account_id, outcome=AuthorisationOutcome.LINKED, seller_id=seller_id
    )
    return attempts.exists()


def any_listing(account_id: int) -> bool:
    """Whether listings were ever read with the account's seller ID."""
    return Listing.objects.filter(account=account_id).exists()
