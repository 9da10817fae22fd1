"""Sellers v1: where an account sells. Source: model sellers.json."""

import msgspec

from wharfinger.amazon.messages.wire import Message, Unreadable, read_each, split


class Marketplace(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A marketplace as Amazon describes it; new ones appear, so no table decides (behaviour A11)."""

    id: str
    name: str = ""
    country_code: str = ""
    default_currency_code: str = ""
    default_language_code: str = ""
    domain_name: str = ""


class Participation(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    is_participating: bool
    has_suspended_listings: bool = False


class MarketplaceParticipation(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    marketplace: Marketplace
    participation: Participation
    store_name: str = ""


class _ParticipationsAnswer(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    payload: tuple[msgspec.Raw, ...]


def split_participations(body: bytes) -> tuple[tuple[MarketplaceParticipation, ...], tuple[str, ...]]:
    """A getMarketplaceParticipations answer, in its `payload` or, as Amazon's own example has it, bare.

    Beside what can be read, where each other entry is wrong: one of them keeps none of the others out. Unreadable
    where there are entries and none can be read.
    """
    bare = body.lstrip().startswith(b"[")
    raws = split(body, tuple[msgspec.Raw, ...]) if bare else split(body, _ParticipationsAnswer).payload
    found, unreadable = read_each(raws, MarketplaceParticipation)
    if unreadable and not found:
        raise Unreadable(unreadable[0])
    return found, unreadable
