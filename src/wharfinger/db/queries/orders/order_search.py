"""What a search for a seller account's orders goes by: its cursor, its marketplaces, since when its channels trade."""

from dataclasses import dataclass
from datetime import date, datetime

from wharfinger.db.models import Channel, OrderCursor, Participation


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the account's orders were read. `marketplace_ids`, `page_token`, `token_at`, `window_before`: of the
    window that is being read, whose next page wants the same parameters again."""

    after: datetime
    marketplace_ids: tuple[str, ...]
    page_token: str
    token_at: datetime | None
    window_before: datetime | None


def order_cursor(account_id: int) -> Cursor | None:
    """None until the first search."""
    row = OrderCursor.objects.filter(account_id=account_id).first()
    if row is None:
        return None
    return Cursor(row.after, tuple(row.marketplace_ids), row.page_token, row.token_at, row.window_before)


def any_channel_on(account_id: int) -> bool:
    """Whether a channel of the account may read from Amazon at all."""
    return Channel.objects.filter(account_id=account_id, archived=False, enabled=True, activated=True).exists()


def start_dates(account_id: int) -> tuple[tuple[date, str], ...]:
    """The Start Date of each channel of the account, with the zone of its marketplace."""
    channels = Channel.objects.filter(account_id=account_id, archived=False)
    return tuple(channels.values_list("start_date", "marketplace__time_zone"))


def marketplaces_traded_in(account_id: int) -> frozenset[str]:
    """Every marketplace that the account takes part in; its channels' until Amazon has said."""
    known = Participation.objects.filter(account_id=account_id, participating=True)
    channels = Channel.objects.filter(account_id=account_id, archived=False)
    return frozenset(
        known.values_list("marketplace_id", flat=True) or channels.values_list("marketplace_id", flat=True)
    )
