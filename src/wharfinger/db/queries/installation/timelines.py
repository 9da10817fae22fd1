"""Timelines: what happened to an order, an item, a listing, in sentences."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from wharfinger.db.models import Activity


@dataclass(frozen=True, slots=True)
class Happening:
    """One sentence of a timeline. `who` empty = the system.

    `before` and `after`: the lines of a value that changed, for who may see personal data.
    """

    at: datetime
    text: str
    who: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def timeline(wanted: Q, newest: int = 100, *, with_personal_data: bool = False) -> tuple[Happening, ...]:
    """The sentences about the rows that `wanted` names, newest first."""
    columns = ("happened_at", "text", "user__full_name", "user__username")
    rows = Activity.objects.filter(wanted).values(*columns, *(("personal",) if with_personal_data else ()))
    return tuple(_happening(row) for row in rows.order_by("-happened_at", "-id")[:newest])


def _happening(row: dict[str, Any]) -> Happening:
    personal = row.get("personal") or {}
    return Happening(
        row["happened_at"],
        row["text"],
        row["user__full_name"] or row["user__username"] or "",
        tuple(personal.get("before", ())),
        tuple(personal.get("after", ())),
    )
