"""Parcels that left: their number typed later, carrier or number corrected, and sent to Amazon again.

Each is a new version of what Amazon is to hold, under the same package reference. While an attempt is under way the
newest version waits behind it: whatever a person changes meanwhile, only the last is sent.
"""

from datetime import datetime

from wharfinger.db.models import Confirmation, CourierLabel, Shipment, User
from wharfinger.domain.shipping.carriers import are_one_carrier
from wharfinger.domain.shipping.shipments import ConfirmationState, Tracking
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping._carrier_steps import carrier_of, checked_number, service_in_use
from wharfinger.operations.shipping._confirmation_steps import (
    is_confirmed_by_amazon,
    may_leave_at,
    wait_for_sending,
)
from wharfinger.operations.shipping._label_steps import is_amazons
from wharfinger.operations.transaction import operation

_UNDER_WAY = ConfirmationState.ATTEMPTED
_NOT_SENT = ConfirmationState.NOT_SENT


@operation
def record_tracking(
    shipment_id: int,
    tracking_number: str,
    *,
    number_confirmed: bool = False,
    now: datetime,
    user: User | None = None,
) -> None:
    """The number of a parcel that left without one; it is sent to Amazon now."""
    row = _locked(shipment_id)
    shipment = row.shipment
    if shipment.tracking_number:
        raise Refused(
            "This parcel already has a tracking number: %(tracking_number)s.",
            "tracking_number",
            tracking_number=shipment.tracking_number,
        )
    found = checked_number(
        tracking_number,
        shipment.order.channel_id,
        shipment.service,
        confirmed=number_confirmed,
        parcel_id=shipment.pk,
    )
    shipment.tracking_number, shipment.number_confirmed = found.number, bool(found.doubt)
    shipment.amazons_label = _bears_amazons_label(shipment)
    shipment.save(update_fields=["tracking_number", "number_confirmed", "amazons_label"])
    if row.state == ConfirmationState.WAITING and shipment.amazons_label:
        wait_for_sending(row, now=now)
        row.save(update_fields=["state", "again_at"])
    elif row.state == ConfirmationState.WAITING:
        Confirmation.objects.filter(pk=row.pk).update(again_at=may_leave_at(row, now))
    _write_history(row, f"tracking number {found.number}", before={}, now=now, user=user)


@operation
def correct_parcel(
    shipment_id: int,
    *,
    service_id: int,
    tracking_number: str,
    number_confirmed: bool = False,
    seen_version: int | None = None,
    now: datetime,
    user: User | None = None,
) -> None:
    """Another carrier or tracking number for a parcel that left; Amazon is sent the newest under its reference.

    `seen_version`: the version that the page showed; another one means that somebody corrected it meanwhile.
    """
    row = _correctable(shipment_id, seen_version)
    shipment = row.shipment
    channel = shipment.order.channel
    service = shipment.service if service_id == shipment.service_id else service_in_use(channel, service_id)
    if service.tracking == Tracking.TYPED_LATER and not tracking_number.strip():
        raise Refused("Type the tracking number: it can be corrected, but not removed.", "tracking_number")
    found = checked_number(tracking_number, channel.pk, service, confirmed=number_confirmed, parcel_id=shipment.pk)
    if (found.number, service.pk) == (shipment.tracking_number, shipment.service_id):
        raise Refused("Nothing was changed. To send it as it is, press “Send again”.", "tracking_number")
    before, kept_number = _facts(shipment), found.number == shipment.tracking_number
    shipment.tracking_number, shipment.number_confirmed = found.number, bool(found.doubt)
    shipment.service = service
    shipment.amazons_label = _bears_amazons_label(shipment)
    shipment.save(update_fields=["tracking_number", "number_confirmed", "service", "amazons_label"])
    carrier = carrier_of(channel.pk, service)
    changed = row.sent_carrier and not are_one_carrier(carrier.shown, row.sent_carrier.removeprefix("Other "))
    row.stale_carrier = row.shown_carrier if kept_number and changed else ""
    _next_version(row, now)
    _write_history(row, f"corrected to {service}, {found.number}", before=before, now=now, user=user)


@operation
def send_again(shipment_id: int, *, seen_version: int | None = None, now: datetime, user: User | None = None) -> None:
    """The parcel as it is, to Amazon once more: with the carrier as it is mapped now. One that waits is hurried."""
    row = _correctable(shipment_id, seen_version)
    if row.state == _UNDER_WAY:
        raise Refused("It is being sent to Amazon now. Check the parcel again in a few minutes.")
    if row.state == _NOT_SENT:
        raise Refused("Nothing is sent to Amazon about this parcel: the channel does not upload order status.")
    if is_confirmed_by_amazon(row.shipment.order.programs, row.shipment):
        raise Refused(
            "Nothing is sent to Amazon about this parcel: Amazon shows it automatically, from the label that was "
            "bought from it. Compare its number with the label."
        )
    if row.state == ConfirmationState.WAITING:
        Confirmation.objects.filter(pk=row.pk).update(again_at=now)
        triggers.run_flow(row.account_id, "shipments_out", soon=True)
        return
    _next_version(row, now)
    _write_history(row, "sent again", before=_facts(row.shipment), now=now, user=user)


def _bears_amazons_label(shipment: Shipment) -> bool:
    """By its number as it is now: with another one it left without the label after all."""
    labels = (
        CourierLabel.objects.filter(shipment=shipment).defer("document").select_related("label_service__connection")
    )
    label = labels.first()
    return label is not None and is_amazons(label, shipment.tracking_number)


def _locked(shipment_id: int) -> Confirmation:
    rows = Confirmation.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("shipment__service", "shipment__order__channel").filter(shipment=shipment_id).first()
    if row is None:
        raise Refused("The dispatch of this parcel was undone. Open the order again.")
    return row


def _correctable(shipment_id: int, seen_version: int | None) -> Confirmation:
    row = _locked(shipment_id)
    if seen_version is not None and seen_version != row.version:
        raise Refused("Somebody has corrected this parcel in the meantime. Check it again.")
    if not row.shipment.tracking_number:
        raise Refused("This parcel has no tracking number yet. Press “Add tracking number”.", "tracking_number")
    if row.shipment.delivered_at is not None:
        raise Refused("Amazon shows this parcel as delivered: a change would count as invalid tracking there.")
    return row


def _next_version(row: Confirmation, now: datetime) -> None:
    """One version more. An attempt that is under way ends first; what is not sent at all stays so."""
    row.version = min(row.version + 1, 30_000)
    if row.state not in (_UNDER_WAY, _NOT_SENT):
        wait_for_sending(row, now=now)
    row.save(
        update_fields=[
            "version", "state", "again_at", "attempts", "read_backs", "resends", "accepted_at", "confirmed_at", "error",
            "stale_carrier",
        ]
    )  # fmt: skip


def _facts(shipment: Shipment) -> dict[str, str]:
    return {"service": str(shipment.service), "tracking number": shipment.tracking_number}


def _write_history(row: Confirmation, what: str, *, before: dict[str, str], now: datetime, user: User | None) -> None:
    shipment = row.shipment
    was = f" (was {before['service']}, {before['tracking number']})" if before and what != "sent again" else ""
    record_activity(
        f"Parcel {shipment.package_reference}: {what}{was}.",
        sales_order=shipment.order,
        channel=shipment.order.channel,
        now=now,
        user=user,
    )
    record_audit("correct parcel", "Shipment", shipment.pk, before=before, after=_facts(shipment), now=now, user=user)
    if row.state != _NOT_SENT:
        triggers.run_flow(row.account_id, "shipments_out", soon=True)
