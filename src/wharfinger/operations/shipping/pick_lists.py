"""Pick lists: made of orders that may leave, closed when everything is fetched, discarded when nobody fetches it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from wharfinger.db.models import PickList, PickListOrder, PickListUnits, SalesOrder, Shipment, User
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.dispatching import ParcelLeaves, Stays
from wharfinger.domain.shipping.pick_lists import AT_MOST, PickListState, Standing, Units, code_of, standing_of
from wharfinger.operations._rows import draw, id_sequence, insert, new_row
from wharfinger.operations.installation._history_steps import draft_activity, record_audit, write_activities
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping._carrier_steps import refusal
from wharfinger.operations.shipping._parcel_steps import Departures
from wharfinger.operations.transaction import operation

NOUN = "pick list"


@dataclass(frozen=True, slots=True)
class Made:
    """`list_id` None: no order may leave, and no list was made. `left_out`: (code, reason) of those not on it."""

    list_id: int | None
    orders: int
    left_out: tuple[tuple[str, Refused], ...] = ()


@operation
def make_pick_list(order_ids: Sequence[int], *, chosen: str = "", now: datetime, user: User) -> Made:
    """A list of those that may leave whole, by the rules of dispatching, and are on no other open list; in their order.

    Refused where none is given, or more than 100. What stays is as it was.
    """
    ids = list(dict.fromkeys(order_ids))
    if not ids:
        raise Refused(N_("No order was chosen. Choose at least one for the pick list."))
    if len(ids) > AT_MOST:
        raise Refused(
            N_("%(count)s orders were chosen; a pick list has at most %(at_most)s. Choose fewer, and make another."),
            count=len(ids),
            at_most=AT_MOST,
        )
    departures = Departures([], orders=ids)
    elsewhere = dict(_open_entries(ids).values_list("order", "pick_list"))
    leaving: dict[int, ParcelLeaves] = {}
    left_out: list[tuple[str, Refused]] = []
    for order_id in ids:
        order = departures.orders.get(order_id)
        if order is None:
            left_out.append(("", Refused(N_("This sales order is no longer there."))))
        elif order_id in elsewhere:
            left_out.append((order.code, _is_elsewhere(order.code, elsewhere[order_id])))
        elif isinstance(leaves := departures.what_leaves(order_id), Stays):
            left_out.append((order.code, refusal(leaves)))
        else:
            leaving[order_id] = leaves
    if not leaving:
        return Made(None, 0, tuple(left_out))
    row = PickList.objects.create(chosen=chosen[:200], made_at=now, made_by=user)
    _write_orders(row, leaving)
    orders = [departures.orders[order_id] for order_id in leaving]
    write_activities(
        draft_activity(f"On pick list {row}.", sales_order=order, channel=order.channel, now=now, user=user)
        for order in orders
    )
    after = {"orders": [order.code for order in orders]}
    record_audit("made", NOUN, row.pk, before=None, after=after, now=now, user=user)
    return Made(row.pk, len(leaving), tuple(left_out))


def _open_entries(order_ids: Collection[int]) -> QuerySet[PickListOrder]:
    return PickListOrder.objects.filter(order__in=order_ids, open=True)


def _is_elsewhere(order: str, list_id: int) -> Refused:
    return Refused(
        N_("%(order)s is on pick list %(list)s already. Take it off that list first."),
        order=order,
        list=code_of(list_id),
    )


def _write_orders(row: PickList, leaving: Mapping[int, ParcelLeaves]) -> None:
    sequence = id_sequence(PickListOrder)
    keys = draw({sequence: len(leaving)})[sequence]
    entries = [
        new_row(PickListOrder, pk=key, pick_list=row, order_id=order_id, place=place)
        for place, (key, order_id) in enumerate(zip(keys, leaving, strict=True), start=1)
    ]
    insert(PickListOrder, entries)
    insert(
        PickListUnits,
        [
            new_row(
                PickListUnits,
                entry_id=entry.pk,
                line_id=units.line_id,
                item_id=units.item_id,
                site_id=units.site_id,
                quantity=units.units,
            )
            for entry in entries
            for units in _units_of(leaving[entry.order_id])
        ],
    )


def _units_of(leaves: ParcelLeaves) -> tuple[Units, ...]:
    return tuple(Units(line.line_id, item, site, units) for line in leaves.lines for (item, site), units in line.taken)


# --- how its orders stand now


@dataclass(frozen=True, slots=True)
class OrderNow:
    """`units`: what is to be fetched, of an order that changed the new ones; of one that stays what was listed.
    `reason`: why it stays."""

    order_id: int
    standing: Standing
    units: tuple[Units, ...]
    reason: Refused | None = None


def check_pick_list(list_id: int) -> tuple[OrderNow, ...]:
    """How each order of the list stands now; a fixed number of statements, nothing is written or locked."""
    entries = list(PickListOrder.objects.filter(pick_list=list_id).select_related("pick_list").order_by("place"))
    listed: dict[int, list[Units]] = {entry.pk: [] for entry in entries}
    columns = ("entry", "line", "item", "site", "quantity")
    for entry_id, *units in PickListUnits.objects.filter(entry__pick_list=list_id).values_list(*columns).order_by("pk"):
        listed[entry_id].append(Units(*units))
    ids = [entry.order_id for entry in entries]
    since = entries[0].pick_list.made_at if entries else None
    sent = set(Shipment.objects.filter(order__in=ids, shipped_at__gte=since).values_list("order", flat=True))
    departures = Departures([], orders=ids, locked=False)
    return tuple(
        _now(entry, tuple(listed[entry.pk]), departures.what_leaves(entry.order_id), gone=entry.order_id in sent)
        for entry in entries
    )


def _now(entry: PickListOrder, listed: tuple[Units, ...], leaves: ParcelLeaves | Stays, *, gone: bool) -> OrderNow:
    if entry.taken_off_at is not None:
        return OrderNow(entry.order_id, Standing.TAKEN_OFF, listed)
    current = _units_of(leaves) if isinstance(leaves, ParcelLeaves) else None
    standing = standing_of(listed, current, gone=gone)
    reason = refusal(leaves) if isinstance(leaves, Stays) and standing is Standing.STAYS else None
    return OrderNow(entry.order_id, standing, current if current is not None else listed, reason)


# --- its end


@operation
def close_pick_list(list_id: int, *, now: datetime, user: User) -> PickList:
    """Everything on it is fetched: its orders that may leave count as picked, and any may be on another list again."""
    row = _lock_open(list_id)
    entries = list(PickListOrder.objects.filter(pick_list=row, open=True))
    departures = Departures([], orders=[entry.order_id for entry in entries])
    picked = [pk for pk in departures.orders if isinstance(departures.what_leaves(pk), ParcelLeaves)]
    SalesOrder.objects.filter(pk__in=picked, picked_at=None).update(picked_at=now)
    _end(row, PickListState.PICKED, now=now, user=user)
    return row


@operation
def discard_pick_list(list_id: int, *, now: datetime, user: User) -> PickList:
    """Nobody fetches it: its orders may be on another list again, and none counts as picked."""
    row = _lock_open(list_id)
    _end(row, PickListState.DISCARDED, now=now, user=user)
    return row


def _end(row: PickList, state: PickListState, *, now: datetime, user: User) -> None:
    row.state, row.ended_at, row.ended_by = state, now, user
    row.save(update_fields=["state", "ended_at", "ended_by"])
    PickListOrder.objects.filter(pick_list=row, open=True).update(open=False)
    record_audit(state.value, NOUN, row.pk, before=None, after=None, now=now, user=user)


@operation
def take_off(list_id: int, *, order_id: int, now: datetime, user: User) -> str:
    """One order leaves the list and may be on another again; returns its code."""
    row = _lock_open(list_id)
    entry = PickListOrder.objects.filter(pick_list=row, order=order_id, open=True).select_related("order").first()
    if entry is None:
        raise Refused(N_("This order is not on %(list)s any more. Nothing is needed."), list=row)
    entry.open, entry.taken_off_at = False, now
    entry.save(update_fields=["open", "taken_off_at"])
    order = entry.order
    write_activities(
        [
            draft_activity(
                f"Taken off pick list {row}.", sales_order=order, channel_id=order.channel_id, now=now, user=user
            )
        ]
    )
    return order.code


def _lock_open(list_id: int) -> PickList:
    row = PickList.objects.select_for_update(no_key=True).filter(pk=list_id).first()
    if row is None:
        raise Refused(N_("This pick list is not there. Open the list of pick lists again."))
    if row.state is not PickListState.OPEN:
        state = {PickListState.PICKED: N_("closed"), PickListState.DISCARDED: N_("discarded")}[row.state]
        raise Refused(N_("%(list)s is %(state)s already. Nothing is needed."), list=row, state=state)
    return row
