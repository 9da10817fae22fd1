"""A listing in one marketplace, as pages show it: what Amazon was sent, what it showed, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wharfinger.domain.stock.listing_issues import ListingIssue, read_issues
from wharfinger.domain.stock.listing_quantity import OrdersAwaited, orders_awaited


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingFacts:
    listing_id: int
    marketplace: str
    sku: str
    asin: str
    title: str
    fulfilment: str
    sent_quantity: int | None
    sent_at: datetime | None
    sent_why: dict[str, Any] | None
    read_back_quantity: int | None
    seen_at: datetime | None
    submitted_quantity: int | None
    lead_time_days: int | None
    issues: tuple[ListingIssue, ...]
    shown: bool | None
    waiting_since: datetime | None
    orders_awaited: OrdersAwaited | None
    error: str


LISTING_COLUMNS = (
    "listing_id", "marketplace__name", "listing__sku", "asin", "title", "listing__fulfilment",
    "listing__sent_quantity", "listing__sent_at", "listing__sent_why", "listing__read_back_quantity",
    "listing__seen_at", "listing__submitted_quantity", "listing__lead_time_days", "issues", "shown",
    "listing__notice__raised_at", "listing__notice__again_at", "listing__notice__attempts", "listing__fell_at",
    "listing__error",
)  # fmt: skip
"""Of a channel product."""


def listing_facts(row: dict[str, Any]) -> dict[str, Any]:
    """The members of `ListingFacts`, from a row of `LISTING_COLUMNS`."""
    return {
        "listing_id": row["listing_id"],
        "marketplace": row["marketplace__name"],
        "sku": row["listing__sku"],
        "asin": row["asin"],
        "title": row["title"],
        "fulfilment": row["listing__fulfilment"],
        "sent_quantity": row["listing__sent_quantity"],
        "sent_at": row["listing__sent_at"],
        "sent_why": row["listing__sent_why"],
        "read_back_quantity": row["listing__read_back_quantity"],
        "seen_at": row["listing__seen_at"],
        "submitted_quantity": row["listing__submitted_quantity"],
        "lead_time_days": row["listing__lead_time_days"],
        "issues": read_issues(row["issues"]),
        "shown": row["shown"],
        "waiting_since": row["listing__notice__raised_at"],
        "orders_awaited": orders_awaited(
            row["listing__fell_at"],
            row["listing__notice__raised_at"],
            row["listing__notice__again_at"],
            row["listing__notice__attempts"] or 0,
        ),
        "error": row["listing__error"],
    }
