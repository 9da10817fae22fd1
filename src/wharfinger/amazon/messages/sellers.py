"""Sellers v1: where an account sells. Source: model sellers.json."""

from wharfinger.amazon.messages.wire import Message, read


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
    payload: tuple[MarketplaceParticipation, ...]


def read_participations(body: bytes) -> tuple[MarketplaceParticipation, ...]:
    """A getMarketplaceParticipations answer, in its `payload` or, as Amazon's own example has it, bare."""
    if body.lstrip().startswith(b"["):
        return read(body, tuple[MarketplaceParticipation, ...])
    return read(body, _ParticipationsAnswer).payload
