"""Save Channel's verification, line by line: token, participation, seller, listings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wharfinger.amazon.errors import (
    AccessDenied,
    AmazonError,
    InvalidClient,
    InvalidGrant,
    InvalidRequest,
    Refused,
    TokenRefused,
    Verdict,
)
from wharfinger.amazon.operations import SEARCH_LISTINGS_ITEMS
from wharfinger.db.queries.access.verification import (
    ChannelToVerify,
    TakesPart,
    any_listing,
    channel_to_verify,
    has_consented,
    participation,
)
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.moments import is_recent
from wharfinger.operations.access import accounts
from wharfinger.operations.access.accounts import CheckLine
from wharfinger.sync.calls import Calls, Clock, NotBefore
from wharfinger.sync.translate.sellers import found_participations

PARTICIPATIONS_KEPT = timedelta(minutes=10)
"""Trade time: getMarketplaceParticipations allows one call a minute; the page shows how old the answer is."""

TOKEN = "Token exchange"
PARTICIPATION = "Marketplace participation"
SELLER = "Seller ID"
LISTINGS = "Listings not suspended"
LISTING_ROLES = " or ".join(f"“{role}”" for role in SEARCH_LISTINGS_ITEMS.roles)
NOT_CHECKED = "Not checked: the check above failed."


@dataclass
class _Lines:
    """The verification's lines as they fill in, shown after each step."""

    channel_id: int
    clock: Clock
    found: dict[str, CheckLine]

    def tell(self, title: str, ok: bool | None, message: str = "", remedy: str = "") -> None:
        self.found[title] = CheckLine(title, ok, message, remedy)
        self.write(None)

    def open_title(self) -> str:
        """The line that is being checked."""
        return next((title for title, line in self.found.items() if line.ok is None), TOKEN)

    def leave_the_rest(self) -> None:
        """A line failed so that those after it cannot be checked: they say so, and nothing waits for them."""
        for title, line in self.found.items():
            if line.ok is None:
                self.found[title] = CheckLine(title, None, NOT_CHECKED, left_out=True)

    def write(self, linked: LinkState | None) -> None:
        accounts.record_checks(self.channel_id, list(self.found.values()), linked=linked, now=self.clock.now())


def verify_channel(channel_id: int, calls: Calls | None, clock: Clock) -> datetime | None:
    """Check the channel with Amazon and write the result. `calls` None = there is no token yet.

    Answers when to check again (trade time) where Amazon's rate did not let the checks go to their end.
    """
    channel = channel_to_verify(channel_id)
    titles = (TOKEN, PARTICIPATION, SELLER, LISTINGS)
    lines = _Lines(channel_id, clock, {title: CheckLine(title, None) for title in titles})
    if calls is None:
        lines.found = {TOKEN: CheckLine(TOKEN, None, "No token yet: waiting for authorisation.", "Press Authorise.")}
        lines.write(LinkState.WAITING)
        return None
    began = clock.now()
    lines.write(None)
    again_at = None
    try:
        linked = _check(channel, calls, lines, clock)
    except NotBefore as wait:
        linked, again_at = None, wait.at
        lines.tell(
            lines.open_title(),
            None,
            f"Waiting for Amazon's rate limit of {wait.operation} until {wait.at:%H:%M:%S} UTC.",
        )
    except AmazonError as error:
        linked = _unanswered(channel, error, lines, began, clock)
        lines.leave_the_rest()
    lines.write(linked)
    return again_at


def _check(channel: ChannelToVerify, calls: Calls, lines: _Lines, clock: Clock) -> LinkState:
    calls.prove_token()
    accounts.accept_application(channel.account_id, now=clock.now())
    lines.tell(TOKEN, True, "Amazon issues access tokens.")
    _read_participations(channel, calls, clock)
    part = participation(channel.account_id, channel.marketplace_id)
    taking_part = part is not None and part.participating
    lines.tell(PARTICIPATION, taking_part, *_participation_words(channel, part))
    refusal = _refusal_of_seller(channel, calls)
    seller = refusal is None or _is_seller_known(channel)
    lines.tell(SELLER, seller, *_seller_words(channel, seller, refusal))
    suspended = part is not None and part.suspended_listings
    if refusal is not None and seller:
        lines.tell(LISTINGS, False, *_denied_words(refusal))
    else:
        lines.tell(LISTINGS, not suspended, *_listing_words(channel, suspended))
    return LinkState.LINKED if taking_part and seller else LinkState.NOT_LINKED


def _participation_words(channel: ChannelToVerify, part: TakesPart | None) -> Sequence[str]:
    if part is not None and part.participating:
        return (f"The seller sells on {channel.marketplace}.",)
    return (
        f"This seller does not take part in {channel.marketplace}.",
        "Register for the marketplace in Seller Central, or choose another marketplace for this channel.",
    )


def _seller_words(channel: ChannelToVerify, seller: bool, refusal: AmazonError | None) -> Sequence[str]:
    if seller:
        return (f"The token belongs to {channel.seller_id}.",)
    said = f" Amazon answered {refusal.summary()}." if refusal and channel.seller_id else ""
    return (
        f"Amazon does not know {channel.seller_id or 'the seller'} with this token, or the application lacks "
        f"the role {LISTING_ROLES}.{said}",
        "Copy the Seller ID (Merchant Token) from Account info in Seller Central, and see the application's roles in "
        "the Solution Provider Portal.",
    )


def _denied_words(refusal: AmazonError) -> Sequence[str]:
    """The seller is known, so the refusal is of this one operation: the channel stays linked, and trade goes on."""
    if not isinstance(refusal, AccessDenied):
        return (
            f"Amazon refused to show the listings. Amazon answered {refusal.summary()}.",
            "Press Check again later.",
        )
    return (
        f"Amazon denies the listings: the application lacks the role {LISTING_ROLES}. "
        f"Amazon answered {refusal.summary()}.",
        "Give the application the role in the Solution Provider Portal, then press “Authorise”: a new role counts only "
        "after that.",
    )


def _listing_words(channel: ChannelToVerify, suspended: bool) -> Sequence[str]:
    if not suspended:
        return ("No suspended listings.",)
    return (
        f"Listings on {channel.marketplace} are suspended: buyers cannot order.",
        "See Account health in Seller Central. Existing orders are still imported.",
    )


def _read_participations(channel: ChannelToVerify, calls: Calls, clock: Clock) -> None:
    read_at = channel.participations_read_at
    if is_recent(read_at, clock.now(), PARTICIPATIONS_KEPT):
        return
    answer = calls.get_marketplace_participations()
    found = found_participations(answer.value)
    accounts.keep_participations(channel.account_id, found, now=clock.now(), whole=not answer.unreadable)


def _refusal_of_seller(channel: ChannelToVerify, calls: Calls) -> AmazonError | None:
    """The seller id is proven by a listings call that names it; None = it was answered."""
    if not channel.seller_id:
        return InvalidRequest(SEARCH_LISTINGS_ITEMS.name, message="no Seller ID is known")
    try:
        calls.search_listings_items(channel.marketplace_id, page_size=1)
    except (AccessDenied, Refused) as refusal:
        return refusal
    return None


def _is_seller_known(channel: ChannelToVerify) -> bool:
    """Whether the seller id was proven before: by the seller's consent, or by listings that were read with it.

    Amazon answers a wrong seller id and a missing role alike.
    """
    if not channel.seller_id:
        return False
    was_linked = channel.account_link_state is channel.link_state is LinkState.LINKED
    return has_consented(channel.account_id, channel.seller_id) or (was_linked and any_listing(channel.account_id))


def _was_linked(channel: ChannelToVerify) -> bool:
    return channel.account_link_state in (LinkState.LINKED, LinkState.LOST)


def _unanswered(
    channel: ChannelToVerify, error: AmazonError, lines: _Lines, began: datetime, clock: Clock
) -> LinkState | None:
    """Amazon did not let the checks go on: the open line says why; only lost access changes the state."""
    title = lines.open_title()
    match error:
        case InvalidGrant() if channel.account_link_state is LinkState.WAITING:
            lines.tell(
                title,
                False,
                "Amazon does not accept this token: it is not valid here, or was created for another application. "
                f"Amazon answered {error.summary()}.",
                "Copy the whole Auth Token of the application entered here, or press Authorise.",
            )
            return LinkState.NOT_LINKED
        case InvalidGrant():
            said = f"Amazon no longer accepts our token: the access was revoked. Amazon answered {error.summary()}."
            lines.tell(title, False, said, "Press Authorise.")
            lost = accounts.lose_authorisation(channel.account_id, error=str(error), now=clock.now(), since=began)
            return LinkState.LOST if lost or channel.account_link_state is LinkState.LOST else None
        case InvalidClient():
            accounts.report_application_refused(channel.account_id, error=str(error), now=clock.now())
            lines.tell(
                title,
                False,
                f"Amazon refuses the application's client id or secret. Amazon answered {error.summary()}.",
                "Correct them under Settings, Amazon application.",
            )
            return None  # the application's fault, not the seller's (behaviour A03): the channel stays as it is
        case AccessDenied() | TokenRefused() if title == PARTICIPATION and _was_linked(channel):
            said = f"Amazon denies all access with our token. Amazon answered {error.summary()}."
            lines.tell(title, False, said, "Press Authorise.")
            accounts.lose_authorisation(channel.account_id, error=str(error), now=clock.now(), since=began)
            return LinkState.LOST
        case AccessDenied() | TokenRefused() if title == PARTICIPATION:
            lines.tell(
                title,
                False,
                f"Amazon denies access with this token in the region {channel.region.title}. "
                f"Amazon answered {error.summary()}.",
                "Check that the token was created in this channel's region, and that the application has its roles.",
            )
            return LinkState.NOT_LINKED
        case AmazonError() if error.verdict is Verdict.LATER:
            lines.tell(title, False, f"Amazon gave no answer: {error}", "Press Check again.")
            return None
        case _:
            lines.tell(title, False, str(error), "See the message, then press Check again.")
            return LinkState.NOT_LINKED
