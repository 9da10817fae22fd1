"""The orders that were found for a channel while Don't import orders is on."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet

from wharfinger.db.models import ImportedOrder
from wharfinger.domain.first_import import FirstImport, Proposal, choices, propose
from wharfinger.domain.orders import AmazonStatus, Fulfilment, ImportState

SHOWN = 200
"""Rows of the page; those beyond take their proposal."""


@dataclass(frozen=True, slots=True)
class FoundOrder:
    id: int
    order_ref: str
    placed_at: datetime
    summary: str
    total: Decimal | None
    currency: str
    country: str
    amazon_status: str
    proposal: Proposal
    choices: tuple[FirstImport, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """`rows`: the newest; `counts`: of all, by what is proposed."""

    rows: tuple[FoundOrder, ...]
    total: int
    counts: tuple[tuple[str, int], ...]

    @property
    def beyond(self) -> int:
        return self.total - len(self.rows)


def found_orders(channel_id: int) -> QuerySet[ImportedOrder]:
    """They wait for nothing but the brake."""
    return ImportedOrder.objects.filter(
        channel_id=channel_id,
        sales_order=None,
        waits_for=f"channel:{channel_id}",
        state=ImportState.NOT_ATTEMPTED.value,
    )


def first_import(channel_id: int) -> Found:
    found = found_orders(channel_id)
    columns = (
        "id", "order_ref", "amazon_order_id", "placed_at", "summary", "total", "currency", "amazon_status",
        "fulfilment", "marketplace__country",
    )  # fmt: skip
    rows = tuple(_row(row) for row in found.order_by("-placed_at", "-id").values(*columns)[:SHOWN])
    kinds = found.order_by().values_list("amazon_status", "fulfilment").annotate(orders=Count("pk"))
    counts = dict.fromkeys(FirstImport, 0)
    for status, fulfilment, orders in kinds:
        counts[propose(*_facts(status, fulfilment)).choice] += orders
    return Found(rows, sum(counts.values()), tuple((choice.value, number) for choice, number in counts.items()))


def _facts(status: str, fulfilment: str) -> tuple[AmazonStatus, Fulfilment | None]:
    return AmazonStatus(status), Fulfilment(fulfilment) if fulfilment else None


def _row(row: dict[str, Any]) -> FoundOrder:
    facts = _facts(row["amazon_status"], row["fulfilment"])
    return FoundOrder(
        id=row["id"],
        order_ref=row["order_ref"] or row["amazon_order_id"],
        placed_at=row["placed_at"],
        summary=row["summary"],
        total=row["total"],
        currency=row["currency"],
        country=row["marketplace__country"] or "",
        amazon_status=row["amazon_status"],
        proposal=propose(*facts),
        choices=choices(*facts),
    )
