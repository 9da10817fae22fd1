"""The list of channels, searched and sorted: a shop may have two hundred."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from wharfinger.db.models import Problem
from wharfinger.db.queries.channels.channel_facts import ChannelHead, list_channels
from wharfinger.db.queries.orders.order_days import OrdersOfToday
from wharfinger.domain.channels.channel import LinkState


@dataclass(frozen=True, slots=True)
class ChannelFilter:
    """`runs`: yes, no, or empty; `sort` as in an address: `-orders`."""

    search: str = ""
    kind: str = ""
    runs: str = ""
    archived: bool = False
    sort: str = ""


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """`orders`: those of today, the day of the channel's marketplace."""

    head: ChannelHead
    orders: int
    problems: int


_SORTS: Mapping[str, Callable[[ChannelRow], Any]] = {
    "name": lambda row: row.head.name.casefold(),
    "type": lambda row: row.head.kind,
    "marketplace": lambda row: row.head.marketplace.casefold(),
    "account": lambda row: row.head.account.casefold(),
    "linked": lambda row: row.head.link == LinkState.LINKED,
    "runs": lambda row: row.head.runs,
    "orders": lambda row: row.orders,
    "problems": lambda row: row.problems,
}


def find_channels(wanted: ChannelFilter, *, today: OrdersOfToday) -> tuple[ChannelRow, ...]:
    """Three queries, however many channels there are."""
    problems = _counted(Problem.objects.filter(solved_at=None, channel__isnull=False))
    heads = list_channels(archived=wanted.archived)
    rows = [ChannelRow(head, today.by_channel.get(head.id, 0), problems.get(head.id, 0)) for head in heads]
    rows = [row for row in rows if _fits(row.head, wanted)]
    by = _SORTS.get(wanted.sort.lstrip("-"))
    if by is not None:
        rows.sort(key=by, reverse=wanted.sort.startswith("-"))
    return tuple(rows)


def _counted(rows: Any) -> dict[int, int]:
    return dict(rows.order_by().values_list("channel").annotate(rows=Count("pk")))


def _fits(head: ChannelHead, wanted: ChannelFilter) -> bool:
    if wanted.kind and head.kind != wanted.kind:
        return False
    if wanted.runs and head.runs != (wanted.runs == "yes"):
        return False
    text = f"{head.name} {head.marketplace} {head.account} {head.seller_id}".casefold()
    return all(word in text for word in wanted.search.casefold().split())
