"""Parcels that leave: the order, its lines, the stock and the message to Amazon, in one transaction."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DataError, IntegrityError

from wharfinger.db.models import Shipment, User
from wharfinger.domain.sentences import N_
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping._parcel_steps import Decided, Departures, Parcel
from wharfinger.operations.transaction import operation

__all__ = ["BATCH_AT_MOST", "Outcome", "Parcel", "dispatch", "dispatch_batch", "dispatch_many"]
_log = logging.getLogger(__name__)
BATCH_AT_MOST = 100
"""Parcels of one transaction: their orders are locked meanwhile."""


@operation
def dispatch(
    order_id: int,
    *,
    service_id: int,
    tracking_number: str = "",
    number_confirmed: bool = False,
    lines: Mapping[int, int] | None = None,
    package: int | None = None,
    now: datetime,
    user: User | None = None,
) -> Shipment:
    """One parcel of the order leaves; the arguments are those of `Parcel`.

    Only units with allocated stock can be dispatched.
    """
    parcel = Parcel(order_id, service_id, tracking_number, number_confirmed, lines, package)
    departures = Departures([parcel])
    return departures.send([(parcel, departures.decide(parcel))], now=now, user=user)[0]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a parcel: it left, or was refused and its order is as it was."""

    parcel: Parcel
    shipment: Shipment | None
    refused: Refused | None = None


@operation
def dispatch_batch(parcels: Sequence[Parcel], *, now: datetime, user: User | None = None) -> tuple[Outcome, ...]:
    """At most 100 parcels leave in one transaction, each as by `dispatch`; one that is refused holds up no other.

    The outcomes are in the order of the parcels. Of several for one order the first leaves, the others are refused:
    what they would take is decided only after it.
    """
    if len(parcels) > BATCH_AT_MOST:
        raise ValueError(f"{len(parcels)} parcels; at most {BATCH_AT_MOST} leave together.")
    departures = Departures(parcels)
    decided: dict[int, tuple[Parcel, Decided]] = {}
    refused: dict[int, Refused] = {}
    taken: set[int] = set()
    for place, parcel in enumerate(parcels):
        try:
            _check_alone(parcel, taken, departures)
            decided[place] = (parcel, departures.decide(parcel))
        except Refused as reason:
            refused[place] = reason
        else:
            taken.add(parcel.order_id)
    sent = dict(zip(decided, departures.send(list(decided.values()), now=now, user=user), strict=True))
    return tuple(Outcome(parcel, sent.get(place), refused.get(place)) for place, parcel in enumerate(parcels))


def dispatch_many(parcels: Sequence[Parcel], *, now: datetime, user: User | None = None) -> list[Outcome]:
    """As `dispatch_batch`, for any number: each batch is its own transaction, so that none waits long for another.

    A batch that the database refuses is halved until the parcel at fault stands alone.
    """
    outcomes: list[Outcome] = []
    for start in range(0, len(parcels), BATCH_AT_MOST):
        outcomes += _dispatch_some(parcels[start : start + BATCH_AT_MOST], now=now, user=user)
    return outcomes


def _dispatch_some(parcels: Sequence[Parcel], *, now: datetime, user: User | None) -> list[Outcome]:
    try:
        return list(dispatch_batch(parcels, now=now, user=user))
    except (DataError, IntegrityError):
        if len(parcels) == 1:
            _log.exception("A parcel of sales order %s could not be dispatched", parcels[0].order_id)
            return [Outcome(parcels[0], None, Refused(_AT_FAULT))]
    half = len(parcels) // 2
    return [
        outcome for some in (parcels[:half], parcels[half:]) for outcome in _dispatch_some(some, now=now, user=user)
    ]


_AT_FAULT = N_(
    "It could not be dispatched, and is as it was. Dispatch it on the order's page; the log has the details."
)


def _check_alone(parcel: Parcel, taken: set[int], departures: Departures) -> None:
    if parcel.order_id in taken:
        raise Refused(
            "Another parcel of %(order)s leaves at the same moment. Dispatch this one after it.",
            order=departures.orders[parcel.order_id].code,
        )
