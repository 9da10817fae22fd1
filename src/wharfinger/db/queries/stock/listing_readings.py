"""What a reading of an account's listings goes by: where it sells, and what a reading that was cut off had read."""

from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.models import Channel, Marketplace, MarketplaceReading


@dataclass(frozen=True, slots=True)
class MarketplaceToRead:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """A marketplace that was read whole: its SKUs, and how many entries could not be read."""

    marketplace_id: str
    began_at: datetime
    skus: frozenset[str]
    unreadable: int


def marketplaces_to_read(account_id: int) -> tuple[MarketplaceToRead, ...]:
    """The marketplaces that the account's channels sell in."""
    channels = Channel.objects.filter(account_id=account_id, archived=False)
    rows = Marketplace.objects.filter(channels__in=channels).distinct().order_by("id")
    return tuple(MarketplaceToRead(pk, name) for pk, name in rows.values_list("pk", "name"))


def marketplaces_read(account_id: int, *, after: datetime, until: datetime) -> tuple[ReadBefore, ...]:
    """What the reading that is under way read whole after the one moment and until the other."""
    rows = MarketplaceReading.objects.filter(account_id=account_id, finished_at__gt=after, finished_at__lte=until)
    return tuple(ReadBefore(row.marketplace_id, row.began_at, frozenset(row.skus), row.unreadable) for row in rows)
