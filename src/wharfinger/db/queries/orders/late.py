"""Late: the one definition, for every page and alert that counts or lists it.

An order is late when Amazon's ship-by has passed and something of it is still to be sent by the merchant,
whatever keeps it. Sales orders: `orders_due` (ready, held by a line, short of stock). Orders at Amazon that are
no sales orders: `late_imports` (no channel, import paused, failed). Pending orders are not late, for nothing may
be sent before they are paid; nor are ignored ones.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.db.models.query import QuerySet

from wharfinger.db.models import ImportedOrder
from wharfinger.db.queries.orders.unimported import unsent_imports, without_channel
from wharfinger.domain.orders.order import ImportState


def late_imports(now: datetime) -> QuerySet[ImportedOrder]:
    """Orders at Amazon that are late and no sales orders, most urgent first."""
    return unsent_imports().filter(ship_by__lt=now).order_by("ship_by", "pk")


@dataclass(frozen=True, slots=True)
class LateImport:
    """A late order at Amazon that is no sales order, for the ship-by board."""

    id: int
    amazon_order_id: str
    marketplace: str
    state: ImportState
    ship_by: datetime | None
    zone: str
    """The marketplace's."""


def late_import_rows(now: datetime, at_most: int = 20) -> tuple[LateImport, ...]:
    columns = ("id", "amazon_order_id", "marketplace__name", "state", "ship_by", "marketplace__time_zone")
    rows = late_imports(now).values_list(*columns)[:at_most]
    return tuple(
        LateImport(pk, number, place or "", state, due, zone or "UTC") for pk, number, place, state, due, zone in rows
    )


@dataclass(frozen=True, slots=True)
class Unsent:
    """Orders at Amazon that are paid, still to be sent, and no sales orders."""

    late: int
    channelless: int


def count_unsent(now: datetime) -> Unsent:
    """One query, for the dashboard."""
    counts = unsent_imports().aggregate(
        late=Count("pk", filter=Q(ship_by__lt=now)), channelless=Count("pk", filter=without_channel())
    )
    return Unsent(counts["late"], counts["channelless"])
