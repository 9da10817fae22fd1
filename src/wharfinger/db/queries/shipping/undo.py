"""Undo: how long a confirmation waits, and which parcels can still be taken back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Installation, Shipment
from wharfinger.domain.shipping.shipments import UNTOUCHED
from wharfinger.domain.shipping.undoing import MINUTES


def undo_minutes() -> int:
    return Installation.objects.values_list("undo_minutes", flat=True).filter(pk=1).first() or 0


@dataclass(frozen=True, slots=True)
class Undoable:
    shipment_id: int
    package_reference: str
    order_id: int
    order: str
    until: datetime


def undoable(shipment_ids: Collection[int], now: datetime) -> tuple[Undoable, ...]:
    """Of these parcels those whose confirmation still waits, in the order of their ids. One statement."""
    rows = Shipment.objects.filter(
        any_of("pk", shipment_ids),
        undo_until__gt=now,
        undo_until__lte=now + timedelta(minutes=MINUTES[-1]),
        confirmation__state__in=UNTOUCHED,
        confirmation__attempted_at=None,
    )
    columns = ("pk", "package_reference", "order_id", "order__code", "undo_until")
    return tuple(Undoable(*row) for row in rows.order_by("pk").values_list(*columns))


def orders_of_parcels(shipment_ids: Collection[int]) -> set[int]:
    """Also of those that were undone."""
    return set(Shipment.ever.filter(any_of("pk", shipment_ids)).values_list("order", flat=True))
