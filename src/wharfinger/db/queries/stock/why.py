"""Why a listing's number is what it is: the sums of all its channels now, and what was sent for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wharfinger.db.models import Listing, StockPush
from wharfinger.db.queries.stock.rule_preview import Part, parts_kept, parts_of
from wharfinger.db.queries.stock.stock_out import listing_facts
from wharfinger.domain.stock.listing_quantity import Conflict, ListingFacts, SellingChannel, Tell, decide

_SENT_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ChannelSum:
    """One channel that sells the SKU: its whole sum. `steps` empty = its stock is unknown. `holds`: it is the one sent.

    `chosen`: a person chose it for this SKU.
    """

    channel_id: int
    name: str
    item_id: int
    item: str
    site: str
    steps: tuple[tuple[str, int], ...]
    parts: tuple[Part, ...]
    silent: str
    holds: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """A number that was sent, or was to be sent, to Amazon."""

    quantity: int
    why: dict[str, Any]
    outcome: StockPush.Outcome
    error: str
    attempted_at: datetime
    settled_at: datetime | None

    @property
    def parts(self) -> tuple[Part, ...]:
        """The rule that it was worked out by, as kept with it. One sent before there were rules has none."""
        return parts_kept(self.why.get("rule", []))


@dataclass(frozen=True, slots=True)
class ListingWhy:
    """`would_be` None = nothing is sent, for `reason`. `choosable`: the channels differ in what a person may decide."""

    id: int
    sku: str
    account_id: int
    account: str
    title: str
    would_be: int | None
    reason: str
    in_conflict: bool
    choosable: bool
    sums: tuple[ChannelSum, ...]
    sent: tuple[Sent, ...]
    read_back_quantity: int | None
    seen_at: datetime | None
    waiting_since: datetime | None
    held_by: int | None
    """The channel whose write guard holds the number back."""


def listing_why(listing_id: int) -> ListingWhy | None:
    listing = Listing.objects.filter(pk=listing_id).select_related("account", "notice").first()
    if listing is None:
        return None
    facts = listing_facts([listing_id])[listing_id]
    decision = decide(facts)
    notice = getattr(listing, "notice", None)
    titles = listing.products.exclude(title="").order_by("marketplace").values_list("title", flat=True)
    return ListingWhy(
        id=listing.pk,
        sku=listing.sku,
        account_id=listing.account_id,
        account=listing.account.name,
        title=titles.first() or "",
        would_be=decision.explained.quantity if isinstance(decision, Tell) else None,
        reason="" if isinstance(decision, Tell) else decision.reason,
        in_conflict=isinstance(decision, Conflict),
        choosable=_choosable(facts),
        sums=tuple(_sum(channel, facts, decision) for channel in facts.channels),
        sent=sent_numbers(listing_id),
        read_back_quantity=listing.read_back_quantity,
        seen_at=listing.seen_at,
        waiting_since=notice.raised_at if notice else None,
        held_by=notice.sender_id if notice and notice.held else None,
    )


def _choosable(facts: ListingFacts) -> bool:
    senders = [channel for channel in facts.channels if not channel.silent]
    items = {channel.item_id for channel in senders}
    ways = {(channel.sites, channel.rule.rule) for channel in senders}
    return len(items) == 1 and (len(ways) > 1 or facts.chosen_channel_id is not None)


def _sum(channel: SellingChannel, facts: ListingFacts, decision: object) -> ChannelSum:
    return ChannelSum(
        channel_id=channel.channel_id,
        name=channel.name,
        item_id=channel.item_id,
        item=channel.item_code,
        site=channel.site_name,
        steps=channel.explained.steps if channel.explained else (),
        parts=parts_of(channel.rule),
        silent=channel.silent,
        holds=isinstance(decision, Tell) and decision.channel.channel_id == channel.channel_id,
        chosen=facts.chosen_channel_id == channel.channel_id,
    )


def sent_numbers(listing_id: int, *, until: datetime | None = None) -> tuple[Sent, ...]:
    """The newest first; up to a moment."""
    rows = StockPush.objects.filter(listing=listing_id).order_by("-id")
    if until is not None:
        rows = rows.filter(attempted_at__lte=until)
    columns = ("quantity", "why", "outcome", "error", "attempted_at", "settled_at")
    return tuple(Sent(*row) for row in rows.values_list(*columns)[:_SENT_SHOWN])
