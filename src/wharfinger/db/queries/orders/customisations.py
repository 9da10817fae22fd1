"""Archives of customised lines: what waits to be fetched, and what is held of an order."""

from dataclasses import dataclass, field
from datetime import datetime

from wharfinger.db.models import Customisation


@dataclass(frozen=True, slots=True)
class WaitingCustomisation:
    """The address may hold a signature: repr does not show it."""

    line_id: int
    order_number: str
    attempts: int
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HeldCustomisation:
    """`size` 0: not fetched. `waits`: it is tried again; `error`: why it is not there."""

    size: int
    fetched_at: datetime | None
    waits: bool
    error: str


def waiting_customisations(account_id: int, *, now: datetime, limit: int) -> list[WaitingCustomisation]:
    """Those that are due, oldest first."""
    rows = Customisation.objects.filter(again_at__lte=now, line__order__channel__account=account_id)
    columns = ("line_id", "line__order__imported__amazon_order_id", "attempts", "line__customisation_url")
    return [WaitingCustomisation(*row) for row in rows.order_by("again_at", "pk").values_list(*columns)[:limit]]


def next_customisation_at(account_id: int) -> datetime | None:
    rows = Customisation.objects.filter(again_at__isnull=False, line__order__channel__account=account_id)
    return rows.order_by("again_at").values_list("again_at", flat=True).first()


def customisations_of(order_id: int) -> dict[int, HeldCustomisation]:
    """By line."""
    rows = Customisation.objects.filter(line__order=order_id)
    columns = ("line_id", "size", "fetched_at", "again_at", "error")
    return {
        line: HeldCustomisation(size, fetched_at, again_at is not None, error)
        for line, size, fetched_at, again_at, error in rows.values_list(*columns)
    }


def archive_of(order_id: int, line_id: int) -> bytes | None:
    row = Customisation.objects.filter(line=line_id, line__order=order_id).only("body").first()
    body: bytes | None = None if row is None else row.body
    return body
