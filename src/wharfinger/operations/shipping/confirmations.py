"""Confirmations on their way to Amazon: one fact, one message, sent once, read back when in doubt.

The attempt is written before the call. Whatever ends between call and settling leaves it Attempted, and
an attempt of unknown outcome is looked up in Amazon's own order before anything is sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from django.db.models import F, Q, QuerySet

from wharfinger.db.models import Confirmation, SellerAccount, Shipment
from wharfinger.db.queries.moments import is_due, is_past
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutConfirmation
from wharfinger.domain.moments import LONGEST_ROW_WAIT
from wharfinger.domain.orders.order import AmazonStatus, IncomingPackage
from wharfinger.domain.retry import growing_pause, pause_after
from wharfinger.domain.shipping.ship_plus import ALARM_BEFORE, LOOK_AFTER
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.installation._problem_steps import open_problem
from wharfinger.operations.shipping._carrier_steps import carrier_of, carrier_sent
from wharfinger.operations.shipping._confirmation_steps import (
    confirm_seen_packages,
    is_overtaken,
    parcels_of_others,
    wait_for_sending,
)
from wharfinger.operations.shipping._not_shown_steps import (
    LOOK_AFTER_ACCEPTED,
    LOOK_AFTER_DOUBT,
    look_again_or_send,
    note_not_shown,
)
from wharfinger.operations.transaction import operation

_TEXT_AT_MOST = 2000
FIRST_PAUSE_OF_A_REFUSAL = timedelta(minutes=15)
_RUNNING = Q(
    shipment__order__channel__enabled=True,
    shipment__order__channel__activated=True,
    shipment__order__channel__archived=False,
)
"""A channel that is switched off sends and asks nothing; its confirmations wait for it."""


def _tried_again(now: datetime) -> Q:
    """What Amazon refused goes again until ship-by: some refusals pass. A person may fix it meanwhile;
    the order's problem stands until Amazon shows the parcel."""
    refused = Q(state=ConfirmationState.REFUSED, shipment__order__cancelled_at=None)
    return refused & Q(shipment__order__ship_by__gt=now)


@dataclass(frozen=True, slots=True)
class ConfirmationToSend:
    """One claimed message, in our words."""

    id: int
    amazon_order_id: str
    marketplace_id: str
    package_reference: int
    carrier_code: str
    carrier_name: str
    shipping_method: str
    tracking_number: str
    shipped_at: datetime
    items: tuple[tuple[str, int], ...]
    """(order item id, units)."""


def any_accepted(account_id: int) -> bool:
    """Whether Amazon accepted a confirmation since the account's token was set."""
    rows = Confirmation.objects.filter(account_id=account_id, accepted_at__isnull=False)
    since = SellerAccount.objects.values_list("token_set_at", flat=True).get(pk=account_id)
    return rows.filter(accepted_at__gte=since).exists() if since else rows.exists()


@operation
def claim_confirmation(account_id: int, *, now: datetime, machine_now: datetime) -> ConfirmationToSend | None:
    """Take the waiting confirmation with the earliest ship-by and write its attempt."""
    rows = Confirmation.objects.select_for_update(skip_locked=True, of=("self",), no_key=True).filter(
        Q(state=ConfirmationState.WAITING) | _tried_again(now),
        is_due("again_at", now, LONGEST_ROW_WAIT),
        account_id=account_id,
    )
    rows = rows.filter(_RUNNING).exclude(shipment__tracking_number="")
    rows = rows.select_related("shipment__order__channel", "shipment__service")
    row = rows.order_by(F("shipment__order__ship_by").asc(nulls_last=True), "pk").first()
    if row is None:
        return None
    row.state, row.attempts = ConfirmationState.ATTEMPTED, min(row.attempts + 1, 30_000)
    row.attempted_at, row.attempted_at_machine = now, machine_now
    row.again_at, row.read_backs = now + LOOK_AFTER_DOUBT, 0
    message = _message(row)
    row.attempted_version, row.sent_carrier = row.version, carrier_sent(message.carrier_code, message.carrier_name)
    row.save(
        update_fields=[
            "state", "attempts", "attempted_at", "attempted_at_machine", "again_at", "read_backs", "attempted_version",
            "sent_carrier",
        ]
    )  # fmt: skip
    return message


def _message(row: Confirmation) -> ConfirmationToSend:
    shipment = row.shipment
    channel = shipment.order.channel
    carrier = carrier_of(channel.pk, shipment.service)
    return ConfirmationToSend(
        id=row.pk,
        amazon_order_id=shipment.order.imported.amazon_order_id,
        marketplace_id=channel.marketplace_id,
        package_reference=int(shipment.package_reference),
        carrier_code=carrier.code,
        carrier_name=carrier.name,
        shipping_method=carrier.method,
        tracking_number=shipment.tracking_number,
        shipped_at=shipment.shipped_at,
        items=_items(shipment),
    )


def _items(shipment: Shipment) -> tuple[tuple[str, int], ...]:
    """Of each line the units in the parcel, less those that were cancelled at Amazon after they left: it takes no
    parcel with more units than it still wants. Where none is wanted any more, the parcel as it is."""
    rows = [(row.line, row.quantity) for row in shipment.lines.select_related("line").order_by("pk")]
    wanted = []
    for line, units in rows:
        too_many = max(0, line.quantity_shipped - (line.quantity_ordered - line.quantity_cancelled))
        wanted.append((line.order_item_id, units - too_many))
    left = tuple((item, units) for item, units in wanted if units > 0)
    return left or tuple((line.order_item_id, units) for line, units in rows)


@dataclass(frozen=True, slots=True)
class Accepted:
    """Amazon answered 204."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """No call was made, or Amazon surely did nothing: sent again at `again_at` (None = after a pause)."""

    error: str
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The call may have been carried out: it stays Attempted and is looked up."""

    error: str


@dataclass(frozen=True, slots=True)
class RefusedByAmazon:
    """Amazon will not take it as it is; `final` False = look into the order first, it may be there already."""

    error: str
    final: bool


Outcome = Accepted | NotSent | Unknown | RefusedByAmazon


@operation
def settle_confirmation(confirmation_id: int, outcome: Outcome, *, now: datetime) -> None:
    """Write how the attempt ended, unless Amazon's own order has answered meanwhile."""
    row = _locked().get(pk=confirmation_id)
    if row.state != ConfirmationState.ATTEMPTED:
        return
    match outcome:
        case Accepted():
            row.state, row.accepted_at, row.error = ConfirmationState.ACCEPTED, now, ""
            row.first_accepted_at, row.again_at = row.first_accepted_at or now, now + LOOK_AFTER_ACCEPTED
            _tell_history(row, "Amazon accepted the confirmation of", now)
            if is_overtaken(row):
                wait_for_sending(row, now=now)
        case NotSent():
            row.state, row.error = ConfirmationState.WAITING, outcome.error[:_TEXT_AT_MOST]
            row.attempted_version = max(0, row.attempted_version - 1)  # what Amazon shows is still the one before
            if outcome.again_at is None:
                row.again_at = now + pause_after(max(1, row.attempts))
            else:
                row.again_at, row.attempts = outcome.again_at, max(0, row.attempts - 1)
        case Unknown():
            row.error, row.again_at = outcome.error[:_TEXT_AT_MOST], now + LOOK_AFTER_DOUBT
        case RefusedByAmazon():
            row.error = outcome.error[:_TEXT_AT_MOST]
            if is_overtaken(row):
                wait_for_sending(row, now=now)
            elif outcome.final:
                _refuse(row, now)
        case _:
            assert_never(outcome)
    row.save(
        update_fields=[
            "state", "accepted_at", "first_accepted_at", "confirmed_at", "error", "again_at", "attempts", "read_backs",
            "attempted_version", "resends",
        ]
    )  # fmt: skip


def _locked() -> QuerySet[Confirmation]:
    rows = Confirmation.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("shipment__order__channel", "shipment__order__imported")


def _tell_history(row: Confirmation, words: str, now: datetime) -> None:
    order = row.shipment.order
    record_activity(
        f"{words} parcel {row.shipment.package_reference}.",
        sales_order=order,
        channel_id=order.channel_id,
        account_id=row.account_id,
        now=now,
    )


def _refuse(row: Confirmation, now: datetime) -> None:
    order = row.shipment.order
    row.state = ConfirmationState.REFUSED
    row.again_at = now + growing_pause(FIRST_PAUSE_OF_A_REFUSAL, LONGEST_ROW_WAIT, max(1, row.attempts))
    if row.attempts <= 1:
        _tell_history(row, "Amazon refused the confirmation of", now)
    if order.cancelled_at is not None:
        return  # “Cancelled after shipping” says what to do; no confirmation of it is taken any more
    open_problem(
        ProblemKind.CONFIRMATION_REFUSED,
        AboutConfirmation(row.pk),
        cause=f"Amazon refused the confirmation of {order.code}, parcel {row.shipment.package_reference}: {row.error}",
        remedy="Press “Correct carrier / tracking number” if one of them is wrong, otherwise “Send again”. Until "
        "ship-by it is also sent again automatically, at pauses of up to an hour. If the order shows the parcel in "
        "Seller Central, nothing more is needed.",
        sales_order=order,
        channel=order.channel,
        account_id=row.account_id,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A confirmation that Amazon's own order must answer."""

    id: int
    amazon_order_id: str


def due_to_look_up(account_id: int, *, now: datetime, machine_before: datetime) -> tuple[InDoubt, ...]:
    """Attempts of unknown outcome made before `machine_before` (no request of theirs is under way any more), and
    accepted ones that the ordinary search has not shown, and those that Amazon is to show without us; longest waiting
    first."""
    rows = Confirmation.objects.filter(_RUNNING, is_due("again_at", now, LONGEST_ROW_WAIT), account_id=account_id)
    over = is_due("attempted_at_machine", machine_before, LONGEST_ROW_WAIT)
    attempted = rows.filter(over, state=ConfirmationState.ATTEMPTED)
    others = rows.filter(state__in=[ConfirmationState.ACCEPTED, ConfirmationState.AMAZONS_OWN])
    found = (attempted | others).order_by("again_at", "pk")
    return tuple(InDoubt(*row) for row in found.values_list("pk", "shipment__order__imported__amazon_order_id"))


@operation
def note_looked_up(
    confirmation_id: int, packages: Sequence[IncomingPackage], *, all_shipped: bool, now: datetime, refused: str = ""
) -> ConfirmationState:
    """Amazon's order as it is now. `all_shipped`: every unit of the parcel's lines counts as shipped there.

    `refused`: Amazon's words when a refusal led to this look: when the parcel is not there, they are final.
    """
    row = _locked().get(pk=confirmation_id)
    confirm_seen_packages(row.shipment.order, packages, now=now)
    row = _locked().get(pk=confirmation_id)
    if row.state is ConfirmationState.AMAZONS_OWN:
        row.read_backs = min(row.read_backs + 1, 30_000)
        row.again_at, row.error = now + growing_pause(LOOK_AFTER, LONGEST_ROW_WAIT, row.read_backs), ""
        row.save(update_fields=["read_backs", "again_at", "error"])
        return row.state
    if row.state not in (ConfirmationState.ATTEMPTED, ConfirmationState.ACCEPTED):
        return row.state
    if is_overtaken(row):
        wait_for_sending(row, now=now)
        row.save(
            update_fields=[
                "state", "again_at", "attempts", "read_backs", "resends", "accepted_at", "confirmed_at", "error"
            ]
        )  # fmt: skip
        return ConfirmationState.WAITING
    if refused:
        _judge_refusal(row, refused, packages, all_shipped, now)
    else:
        look_again_or_send(row, packages, all_shipped=all_shipped, now=now)
    row.save(update_fields=["state", "error", "again_at", "read_backs", "resends"])
    return row.state


def _judge_refusal(
    row: Confirmation, refused: str, packages: Sequence[IncomingPackage], all_shipped: bool, now: datetime
) -> None:
    """A refusal is final, but of an order that counts as shipped (behaviour SH03): what it shows decides.

    Another parcel there opens a problem at once; without a word of any parcel, ours may only show later.
    """
    row.error = refused[:_TEXT_AT_MOST]
    others = parcels_of_others(row, packages) if all_shipped else []
    if others:
        note_not_shown(row, packages, others, shipped=True, now=now)
    elif all_shipped and not packages:
        look_again_or_send(row, packages, all_shipped=True, now=now)
    else:
        _refuse(row, now)


@operation
def postpone_look(confirmation_id: int, *, error: str, now: datetime) -> None:
    """The look itself failed; it is done again after a pause."""
    Confirmation.objects.filter(pk=confirmation_id).update(error=error[:_TEXT_AT_MOST], again_at=now + LOOK_AFTER_DOUBT)


_NOT_SHOWN_YET = [
    ConfirmationState.WAITING,
    ConfirmationState.ATTEMPTED,
    ConfirmationState.ACCEPTED,
    ConfirmationState.NOT_SHOWN,
]
_SHIP_PLUS = "Only a label bought from Amazon ships this order; nothing is sent from here."
_BOUGHT_HERE = "Its label was bought from Amazon, which confirms such a parcel itself; nothing is sent from here."
_REMEDY_BOUGHT_HERE = (
    "Open the order in Seller Central. If it is not shown as shipped there, press Confirm shipment there with this "
    "number. If the parcel left with another label, press “Correct carrier / tracking number”. If Seller Central shows "
    "the order as shipped, press “Mark as done”."
)
_REMEDY_OF_LATE = (
    "It is sent again automatically; press “Send again” to send it now. If it cannot wait, confirm the order in "
    "Seller Central with the same tracking number."
)
_REMEDY_WITHOUT_NUMBER = "Press “Add tracking number” and type it from the label: it is then sent to Amazon."


@operation
def alarm_late(account_id: int, *, now: datetime) -> int:
    """Tell a person of parcels that left but that Amazon has not taken, or took and does not show, by ship-by."""
    not_taken = Q(first_accepted_at=None, state__in=[ConfirmationState.WAITING, ConfirmationState.ATTEMPTED])
    shipped = Q(shipment__order__imported__amazon_status=AmazonStatus.SHIPPED)
    dropped = Q(resends__gt=0, version=1, state__in=_NOT_SHOWN_YET) & ~shipped
    late = _locked().filter(
        not_taken | dropped,
        is_past("made_at", now - LOOK_AFTER_DOUBT, now),
        account_id=account_id,
        shipment__order__ship_by__lt=now,
    )
    rows = list(late.filter(shipment__order__cancelled_at=None).order_by("pk")[:200])
    for row in rows:
        order = row.shipment.order
        numbered = bool(row.shipment.tracking_number)
        waits = row.error or ("" if numbered else "The parcel has no tracking number yet.")
        open_problem(
            ProblemKind.CONFIRMATION_LATE,
            AboutConfirmation(row.pk),
            cause=f"{order.code} was due to be confirmed by {order.ship_by:%Y-%m-%d %H:%M} UTC. {waits}".strip(),
            remedy=_REMEDY_OF_LATE if numbered else _REMEDY_WITHOUT_NUMBER,
            sales_order=order,
            channel=order.channel,
            account_id=row.account_id,
            now=now,
        )
    return len(rows)


@operation
def alarm_not_shown_by_amazon(account_id: int, *, now: datetime) -> int:
    """Show a person, some time before ship-by, the parcels that Amazon was to show without us and does not. The looks
    go on: what it shows later closes the problem."""
    rows = _locked().filter(
        state=ConfirmationState.AMAZONS_OWN,
        account_id=account_id,
        shipment__order__ship_by__lte=now + ALARM_BEFORE,
        shipment__order__cancelled_at=None,
    )
    late = list(rows.filter(is_past("made_at", now - LOOK_AFTER, now)).order_by("pk")[:200])
    for row in late:
        order, shipment = row.shipment.order, row.shipment
        open_problem(
            ProblemKind.CONFIRMATION_NOT_SHOWN,
            AboutConfirmation(row.pk),
            cause=f"{order.code}, parcel {shipment.package_reference} ({shipment.tracking_number}): Amazon does not "
            f"show it, and ship-by is {order.ship_by:%Y-%m-%d %H:%M} UTC. "
            + (_BOUGHT_HERE if shipment.amazons_label else _SHIP_PLUS),
            remedy=_REMEDY_BOUGHT_HERE
            if shipment.amazons_label
            else "Compare the number with the order in Seller Central; press “Correct carrier / tracking number” if "
            "ours is wrong. If the label was not bought from Amazon, buy one there and correct the number. If Seller "
            "Central shows the order as shipped, press “Mark as done”.",
            sales_order=order,
            channel=order.channel,
            account_id=row.account_id,
            now=now,
        )
    return len(late)


def next_due(account_id: int, *, now: datetime) -> datetime | None:
    """When the next confirmation of the account is to be sent or looked up; None when none is open."""
    opened = [
        ConfirmationState.WAITING,
        ConfirmationState.ATTEMPTED,
        ConfirmationState.ACCEPTED,
        ConfirmationState.AMAZONS_OWN,
    ]
    rows = Confirmation.objects.filter(
        _RUNNING, Q(state__in=opened) | _tried_again(now), account_id=account_id
    ).exclude(shipment__tracking_number="")
    return rows.order_by("again_at").values_list("again_at", flat=True).first()
