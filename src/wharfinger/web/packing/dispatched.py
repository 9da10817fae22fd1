"""What became of a person's last dispatch of many orders, kept in the session: for its result, and for Undo."""

from collections.abc import Sequence

from django.http import HttpRequest

from wharfinger.db.queries.shipping.undo import Undoable, orders_of_parcels, undoable
from wharfinger.operations.shipping.shipments import Outcome
from wharfinger.operations.shipping.undo import Undone
from wharfinger.web.request_context import message_of, trade_now

_KEPT = "dispatched_list"
"""Ids of orders and of their parcels, and (row, what it says) of those that stayed."""


def keep_result(request: HttpRequest, by_row: Sequence[tuple[int, Outcome]]) -> None:
    request.session[_KEPT] = {
        "gone": [one.parcel.order_id for _, one in by_row if one.shipment is not None],
        "shipments": [one.shipment.pk for _, one in by_row if one.shipment is not None],
        "stayed": [[row, message_of(one.refused)] for row, one in by_row if one.refused is not None],
    }


def kept_result(request: HttpRequest) -> tuple[list[int], list[tuple[int, str]]] | None:
    """Orders that left, and (row, why) of those that stayed."""
    kept = request.session.get(_KEPT)
    return None if kept is None else (kept["gone"], [(row, said) for row, said in kept["stayed"]])


def kept_parcels(request: HttpRequest) -> list[int]:
    return list(request.session.get(_KEPT, {}).get("shipments", []))


def parcels_to_undo(request: HttpRequest) -> tuple[Undoable, ...]:
    kept = kept_parcels(request)
    return undoable(kept, trade_now()) if kept else ()


def forget_undone(request: HttpRequest, done: Sequence[Undone]) -> None:
    """Undo was pressed: of those that are taken back nothing is kept, and of the others only that they left."""
    back = orders_of_parcels([one.shipment_id for one in done if one.refused is None])
    kept = request.session[_KEPT]
    request.session[_KEPT] = {**kept, "gone": [pk for pk in kept["gone"] if pk not in back], "shipments": []}
