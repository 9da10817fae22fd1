"""Where a seller sells, as Amazon says → ours. Source: model sellers.json."""

from collections.abc import Iterable

from wharfinger.amazon.messages.sellers import MarketplaceParticipation
from wharfinger.operations.access.accounts import FoundParticipation


def found_participations(lines: Iterable[MarketplaceParticipation]) -> tuple[FoundParticipation, ...]:
    return tuple(
        FoundParticipation(
            marketplace_id=line.marketplace.id,
            marketplace_name=line.marketplace.name,
            country=line.marketplace.country_code,
            currency=line.marketplace.default_currency_code,
            store_name=line.store_name,
            participating=line.participation.is_participating,
            suspended_listings=line.participation.has_suspended_listings,
        )
        for line in lines
    )
