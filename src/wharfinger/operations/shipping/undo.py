"""Undo: a dispatched parcel is taken back whole while its confirmation waits; and how long it waits."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DataError, IntegrityError

from wharfinger.db.models import Installation, User
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.undoing import MINUTES
from wharfinger.operations.after_sale._invoice_steps import INSTALLATION_ID
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping._undo_steps import Returns
from wharfinger.operations.shipping.shipments import BATCH_AT_MOST
from wharfinger.operations.transaction import operation

_log = logging.getLogger(__name__)


@operation
def undo_dispatch(shipment_id: int, *, now: datetime, user: User | None = None) -> None:
    """Units, allocations, the order's state and its invoice are as before; the label is voided, nothing is sent.

    Refused once something of it was sent to Amazon, its time is over, or it was undone already.
    """
    returns = Returns([shipment_id])
    returns.check(shipment_id, now=now)
    returns.take_back([shipment_id], now=now, user=user)


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of one: `refused` None = it was taken back."""

    shipment_id: int
    refused: Refused | None = None


@operation
def undo_batch(shipment_ids: Sequence[int], *, now: datetime, user: User | None = None) -> tuple[Undone, ...]:
    """At most 100 in one transaction; one that is refused holds up no other."""
    if len(shipment_ids) > BATCH_AT_MOST:
        raise ValueError(f"{len(shipment_ids)} parcels; at most {BATCH_AT_MOST} are undone together.")
    returns = Returns(shipment_ids)
    refused: dict[int, Refused] = {}
    for pk in shipment_ids:
        try:
            returns.check(pk, now=now)
        except Refused as reason:
            refused[pk] = reason
    free = [pk for pk in shipment_ids if pk not in refused]
    if free:
        returns.take_back(free, now=now, user=user)
    return tuple(Undone(pk, refused.get(pk)) for pk in shipment_ids)


def undo_many(shipment_ids: Sequence[int], *, now: datetime, user: User | None = None) -> list[Undone]:
    """As `undo_batch`, for any number: each batch is its own transaction. One that the database refuses is halved
    until the parcel at fault stands alone."""
    ids = list(dict.fromkeys(shipment_ids))
    return [
        one
        for start in range(0, len(ids), BATCH_AT_MOST)
        for one in _undo_some(ids[start : start + BATCH_AT_MOST], now=now, user=user)
    ]


def _undo_some(ids: Sequence[int], *, now: datetime, user: User | None) -> list[Undone]:
    try:
        return list(undo_batch(ids, now=now, user=user))
    except (DataError, IntegrityError):
        if len(ids) == 1:
            _log.exception("Shipment %s could not be undone", ids[0])
            return [Undone(ids[0], Refused(_AT_FAULT))]
    half = len(ids) // 2
    return [one for some in (ids[:half], ids[half:]) for one in _undo_some(some, now=now, user=user)]


_AT_FAULT = N_("It could not be undone, and is as it was. Correct it on the order's page; the log has the details.")


# --- how long a confirmation waits


@operation
def set_undo_minutes(minutes: int, *, now: datetime, user: User) -> None:
    """For parcels that leave from now on, in trade time; those that wait already keep their time."""
    if minutes not in MINUTES:
        raise Refused(
            "Give a number of minutes from %(least)s to %(most)s.", "minutes", least=MINUTES[0], most=MINUTES[-1]
        )
    row = Installation.objects.select_for_update(no_key=True).get(pk=INSTALLATION_ID)
    before = row.undo_minutes
    if before == minutes:
        return
    row.undo_minutes = minutes
    row.save(update_fields=["undo_minutes"])
    facts = [{"a dispatch can be undone for": f"{count} min"} for count in (before, minutes)]
    record_audit("change", "Installation", row.pk, before=facts[0], after=facts[1], now=now, user=user)
