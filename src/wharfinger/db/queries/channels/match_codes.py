"""By which codes a channel's order lines find their stock item."""

from dataclasses import dataclass

from wharfinger.db.models import Channel
from wharfinger.domain.orders.matching import MatchCode, read_codes


@dataclass(frozen=True, slots=True)
class MatchFacts:
    """`by_sku`: by the Amazon SKU first, else by the ASIN; then by `codes`, in their order."""

    by_sku: bool
    codes: tuple[MatchCode, ...]


def match_codes(channel_id: int) -> MatchFacts:
    channel = Channel.objects.only("use_amazon_sku", "match_codes").get(pk=channel_id)
    return MatchFacts(channel.use_amazon_sku, read_codes(channel.match_codes))
