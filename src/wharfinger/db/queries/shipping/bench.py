"""What a text that is scanned at a packing bench names, and which order comes next."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from wharfinger.db.models import BenchClaim, KitComponent, PickList, PickListOrder, SalesOrder, SalesOrderLine
from wharfinger.db.queries.barcodes import barcodes_of
from wharfinger.db.queries.shipping.named_orders import orders_named
from wharfinger.domain.orders.order import Fulfilment, SalesOrderState
from wharfinger.domain.search_codes import squeeze
from wharfinger.domain.shipping.packing import CLAIM_LASTS
from wharfinger.domain.shipping.pick_lists import PickListState

_TRIED = 10


@dataclass(frozen=True, slots=True)
class BenchRow:
    """An order on somebody's bench."""

    order_id: int
    code: str
    person: str
    since: datetime


def orders_by_number(code: str) -> tuple[tuple[int, str], ...]:
    """(id, code) of the sales orders that a number names; of several parts the open ones."""
    found = orders_named([code]).found.get(squeeze(code), ())
    open_ones = tuple(order for order in found if order.state.open) or found
    return tuple((order.id, order.code) for order in open_ones)


def is_open_list(list_id: int) -> bool:
    return PickList.objects.filter(pk=list_id, state=PickListState.OPEN).exists()


def orders_on_list(list_id: int, *, user_id: int, machine_now: datetime) -> tuple[int, ...]:
    """Its orders that nothing left of since and that are on nobody else's bench, in its order."""
    entries = PickListOrder.objects.filter(pick_list=list_id, open=True).order_by("place")
    rows = entries.exclude(order__in=_on_other_benches(user_id, machine_now))
    closed = [state for state in SalesOrderState if not state.open]
    return tuple(rows.exclude(order__state__in=closed).values_list("order", flat=True))


def orders_wanting(
    item_ids: Collection[int], *, list_id: int | None, user_id: int, machine_now: datetime
) -> tuple[int, ...]:
    """The most urgent orders that seem ready and want one of the items, those of the pick list only if there is one."""
    kits = KitComponent.objects.filter(component__in=item_ids).values("kit")
    lines = SalesOrderLine.objects.filter(Q(item__in=item_ids) | Q(item__in=kits), order=OuterRef("pk"))
    rows = SalesOrder.objects.filter(
        Exists(lines),
        state__in=(SalesOrderState.READY, SalesOrderState.PART_SHIPPED),
        channel__kind=Fulfilment.FBM,
        on_hold_at=None,
        confirmed=True,
        cancelling_at=None,
    ).exclude(pk__in=_on_other_benches(user_id, machine_now))
    if list_id is not None:
        rows = rows.filter(pk__in=PickListOrder.objects.filter(pick_list=list_id, open=True).values("order"))
    else:
        others = PickListOrder.objects.filter(open=True).exclude(pick_list__made_by=user_id)
        rows = rows.exclude(pk__in=others.values("order"))
    return tuple(rows.order_by("ship_by", "pk").values_list("pk", flat=True)[:_TRIED])


def _on_other_benches(user_id: int, machine_now: datetime) -> QuerySet[BenchClaim, int]:
    return _claims(machine_now).exclude(user=user_id).values_list("order", flat=True)


def _claims(machine_now: datetime) -> QuerySet[BenchClaim]:
    return BenchClaim.objects.filter(
        active_at_machine__gt=machine_now - CLAIM_LASTS, active_at_machine__lte=machine_now + CLAIM_LASTS
    )


def benches(machine_now: datetime) -> tuple[BenchRow, ...]:
    """Who packs what now."""
    rows = _claims(machine_now).select_related("order", "user").order_by("since")
    return tuple(BenchRow(row.order_id, row.order.code, str(row.user), row.since) for row in rows)


def is_item(code: str) -> bool:
    """Whether it is a barcode of one of our items: what is on a product is no tracking number."""
    return barcodes_of(code.strip()).exists()
