"""Why orders of Amazon's are not imported, by cause: groups with their counts, each with what is done about it.

A cause in an address is what the orders wait for (`waits:channel:3`), else the fingerprint of the reason that they
share (`failed:0cc175b9…`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q, Sum, TextField
from django.db.models.functions import MD5, Cast

from wharfinger.db.models import ImportedOrder, SalesOrderLine
from wharfinger.db.models.orders.inbox import TO_SEND
from wharfinger.domain.orders.order import ImportState
from wharfinger.domain.orders.waits_for import WaitsFor, read_waits_for

UNFINISHED = (ImportState.NOT_ATTEMPTED, ImportState.FAILED, ImportState.SYSTEM_ERROR, ImportState.RETRYING)
_WAITS = "waits:"
_GROUPS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """Orders that are not imported for one cause. `reason` and `remedy` are those of the newest;
    `to_send`: paid and not sent yet; `value`: of those, by currency."""

    cause: str
    waits_for: WaitsFor | None
    states: tuple[ImportState, ...]
    reason: str
    remedy: str
    channel_id: int | None
    channel: str
    orders: int
    to_send: int
    value: tuple[tuple[str, Decimal], ...]
    oldest_ship_by: datetime | None


@dataclass(frozen=True, slots=True)
class HeldSkus:
    """Lines of imported orders that no stock item is linked to."""

    skus: int
    lines: int
    orders: int


def of_cause(cause: str) -> Q:
    """The orders of a group; none for a text that names no cause."""
    if cause.startswith(_WAITS):
        waits_for = read_waits_for(cause.removeprefix(_WAITS))
        return Q(waits_for=waits_for, state__in=(*UNFINISHED, ImportState.SKIPPED)) if waits_for else _NONE
    state, _, fingerprint = cause.partition(":")
    if state not in UNFINISHED:
        return _NONE
    rows = ImportedOrder.objects.filter(state=ImportState(state)).annotate(waits=_WAITS_FOR, fingerprint=_FINGERPRINT)
    return Q(state=ImportState(state), pk__in=rows.filter(waits="", fingerprint=fingerprint).values("pk"))


_NONE = Q(pk__in=())


_WAITS_FOR, _FINGERPRINT = Cast("waits_for", TextField()), MD5("reason")


def cause_groups() -> tuple[CauseGroup, ...]:
    """Those with paid orders first. What waits for nothing and is never imported (cancelled, before Start Date) is in
    none."""
    unfinished = Q(state__in=UNFINISHED) | Q(state=ImportState.SKIPPED) & ~Q(waits="")
    rows = (
        ImportedOrder.objects.annotate(waits=_WAITS_FOR, fingerprint=_FINGERPRINT)
        .filter(unfinished)
        .values("waits", "fingerprint", "state", "currency")
        .annotate(
            orders=Count("pk"),
            to_send=Count("pk", filter=_TO_SEND),
            value=Sum("total", filter=_TO_SEND),
            oldest=Min("ship_by", filter=_TO_SEND),
            newest=Max("pk"),
        )
        .order_by()
    )
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        waits = f"{_WAITS}{row['waits']}" if row["waits"] else f"{row['state']}:{row['fingerprint']}"
        found.setdefault(waits, []).append(row)
    newest = {cause: max(row["newest"] for row in some) for cause, some in found.items()}
    samples = ImportedOrder.objects.select_related("channel").in_bulk(list(newest.values()))
    groups = [_group(cause, some, samples[newest[cause]]) for cause, some in found.items() if newest[cause] in samples]
    return tuple(sorted(groups, key=lambda group: (-group.to_send, -group.orders, group.cause))[:_GROUPS_AT_MOST])


_TO_SEND = Q(amazon_status__in=TO_SEND)


def _group(cause: str, rows: Sequence[Mapping[str, Any]], sample: ImportedOrder) -> CauseGroup:
    value: dict[str, Decimal] = {}
    for row in rows:
        if row["value"]:
            value[row["currency"]] = value.get(row["currency"], Decimal(0)) + row["value"]
    return CauseGroup(
        cause=cause,
        waits_for=sample.waits_for,
        states=tuple(sorted({row["state"] for row in rows}, key=list(ImportState).index)),
        reason=sample.reason,
        remedy=sample.remedy,
        channel_id=sample.channel_id,
        channel=sample.channel.name if sample.channel else "",
        orders=sum(row["orders"] for row in rows),
        to_send=sum(row["to_send"] for row in rows),
        value=tuple(sorted(value.items(), key=lambda one: -one[1])),
        oldest_ship_by=min((row["oldest"] for row in rows if row["oldest"]), default=None),
    )


def held_skus() -> HeldSkus:
    """Lines that wait for a link; their orders are imported, and their other lines can be dispatched."""
    lines = SalesOrderLine.objects.filter(item=None).exclude(held_reason="")
    found = lines.aggregate(skus=Count("sku", distinct=True), lines=Count("pk"), orders=Count("order", distinct=True))
    return HeldSkus(**found)
