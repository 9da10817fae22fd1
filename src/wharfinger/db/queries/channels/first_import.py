"""The orders that were found for a channel while Don't import orders is on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet

from wharfinger.db.models import ImportedOrder
from wharfinger.db.queries.paging import Page, read_page
from wharfinger.domain.channels.first_import import FirstImport, Proposal, choices, propose
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, ImportState
from wharfinger.domain.orders.waits_for import ForChannel


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person chose so far: for groups of orders (by `group_of`), and for single orders, which come first."""

    groups: Mapping[str, FirstImport] = field(default_factory=dict)
    orders: Mapping[int, FirstImport] = field(default_factory=dict)

    def choice(self, order_id: int, amazon_status: str, fulfilment: str) -> FirstImport:
        """What becomes of the order, where Amazon's status still allows it; else what is proposed."""
        facts = _facts(amazon_status, fulfilment)
        chosen = self.orders.get(order_id) or self.groups.get(group_of(amazon_status, fulfilment))
        return chosen if chosen in choices(*facts) else propose(*facts).choice


def group_of(amazon_status: str, fulfilment: str) -> str:
    return f"{amazon_status}:{fulfilment}"


def _facts(status: str, fulfilment: str) -> tuple[AmazonStatus, Fulfilment | None]:
    return AmazonStatus(status), Fulfilment(fulfilment) if fulfilment else None


@dataclass(frozen=True, slots=True)
class FoundOrder:
    id: int
    order_ref: str
    placed_at: datetime
    summary: str
    total: Decimal | None
    currency: str
    amazon_status: str
    proposal: Proposal
    choices: tuple[FirstImport, ...]
    choice: FirstImport


@dataclass(frozen=True, slots=True)
class Group:
    """All found orders of one status: what is proposed for them, and what was chosen for all."""

    key: str
    amazon_status: str
    fulfilment: str
    orders: int
    proposal: Proposal
    choices: tuple[FirstImport, ...]
    choice: FirstImport


@dataclass(frozen=True, slots=True)
class Found:
    """`page`: newest first; `groups` and `counts`: of all, by what was chosen for each group (single ones aside)."""

    page: Page[FoundOrder]
    total: int
    groups: tuple[Group, ...]
    counts: tuple[tuple[str, int], ...]
    exceptions: int

    @property
    def rows(self) -> tuple[FoundOrder, ...]:
        return self.page.rows


def found_orders(channel_id: int) -> QuerySet[ImportedOrder]:
    """They wait for nothing but the import, which is paused."""
    return ImportedOrder.objects.filter(
        channel_id=channel_id,
        sales_order=None,
        waits_for=ForChannel(channel_id),
        state=ImportState.NOT_ATTEMPTED,
    )


_COLUMNS = (
    "id", "order_ref", "amazon_order_id", "placed_at", "summary", "total", "currency", "amazon_status", "fulfilment",
)  # fmt: skip


def first_import(channel_id: int, decisions: Decisions | None = None, *, cursor: str = "") -> Found:
    """Two queries and one for the orders that were decided singly, however many were found."""
    decided = decisions or Decisions()
    found = found_orders(channel_id)
    page = read_page(found.values(*_COLUMNS), ("-placed_at", "-id"), cursor)
    kinds = found.order_by().values_list("amazon_status", "fulfilment").annotate(orders=Count("pk"))
    groups = tuple(
        sorted(
            (_group(status, by, orders, decided) for status, by, orders in kinds),
            key=lambda group: (-group.orders, group.key),
        )
    )
    counts = dict.fromkeys(FirstImport, 0)
    for group in groups:
        counts[group.choice] += group.orders
    exceptions = _count_single_ones(found, decided, counts)
    return Found(
        page=page.made_of(lambda row: _row(row, decided)),
        total=sum(group.orders for group in groups),
        groups=groups,
        counts=tuple((choice, number) for choice, number in counts.items()),
        exceptions=exceptions,
    )


def every_found(channel_id: int, decisions: Decisions) -> Iterator[FoundOrder]:
    rows = found_orders(channel_id).values(*_COLUMNS).order_by("-placed_at", "-id")
    return (_row(row, decisions) for row in rows.iterator(chunk_size=2000))


def _count_single_ones(found: QuerySet[ImportedOrder], decided: Decisions, counts: dict[FirstImport, int]) -> int:
    """Corrects the groups' counts by what was decided for single orders; returns how many differ."""
    if not decided.orders:
        return 0
    differing = 0
    whole = Decisions(decided.groups)
    rows = found.filter(pk__in=list(decided.orders)).order_by()
    for pk, status, fulfilment in rows.values_list("pk", "amazon_status", "fulfilment"):
        usual, own = whole.choice(pk, status, fulfilment), decided.choice(pk, status, fulfilment)
        counts[usual] -= 1
        counts[own] += 1
        differing += usual is not own
    return differing


def _group(status: str, fulfilment: str, orders: int, decided: Decisions) -> Group:
    facts = _facts(status, fulfilment)
    return Group(
        key=group_of(status, fulfilment),
        amazon_status=status,
        fulfilment=fulfilment,
        orders=orders,
        proposal=propose(*facts),
        choices=choices(*facts),
        choice=decided.choice(0, status, fulfilment),
    )


def _row(row: dict[str, Any], decided: Decisions) -> FoundOrder:
    facts = _facts(row["amazon_status"], row["fulfilment"])
    return FoundOrder(
        id=row["id"],
        order_ref=row["order_ref"] or row["amazon_order_id"],
        placed_at=row["placed_at"],
        summary=row["summary"],
        total=row["total"],
        currency=row["currency"],
        amazon_status=row["amazon_status"],
        proposal=propose(*facts),
        choices=choices(*facts),
        choice=decided.choice(row["id"], row["amazon_status"], row["fulfilment"]),
    )
