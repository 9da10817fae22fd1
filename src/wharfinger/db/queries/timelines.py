"""Timelines: what happened to an order, an item, a listing, in sentences."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from wharfinger.db.models import Activity


@dataclass(frozen=True, slots=True)
class Happening:
    """One sentence of a timeline. `who` empty = the system."""

    at: datetime
    text: str
    who: str


def timeline(wanted: Q, newest: int = 100) -> tuple[Happening, ...]:
    """The sentences about the rows that `wanted` names, newest first."""
    rows = Activity.objects.filter(wanted).values("happened_at", "text", "user__full_name", "user__username")
    return tuple(
        Happening(row["happened_at"], row["text"], row["user__full_name"] or row["user__username"] or "")
        for row in rows.order_by("-happened_at", "-id")[:newest]
    )
