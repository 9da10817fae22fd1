"""Steps about telling Amazon of parcels; they need an open transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from wharfinger.db.models import Activity, Confirmation, SalesOrder, Shipment
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutConfirmation
from wharfinger.domain.orders.order import IncomingPackage
from wharfinger.domain.shipping.carriers import are_one_carrier
from wharfinger.domain.shipping.ship_plus import is_ship_plus
from wharfinger.domain.shipping.shipments import ConfirmationState, SentParcel, is_same_parcel
from wharfinger.domain.shipping.undoing import is_undo_open
from wharfinger.operations._rows import Rows
from wharfinger.operations.installation._history_steps import draft_activity
from wharfinger.operations.installation._problem_steps import Problems, solve_problem

_MAY_BE_SEEN = [
    ConfirmationState.WAITING,
    ConfirmationState.ATTEMPTED,
    ConfirmationState.ACCEPTED,
    ConfirmationState.REFUSED,
    ConfirmationState.NOT_SHOWN,
    ConfirmationState.AMAZONS_OWN,
]
OF_A_CONFIRMATION = (
    ProblemKind.CONFIRMATION_REFUSED,
    ProblemKind.CONFIRMATION_NOT_SHOWN,
    ProblemKind.CONFIRMATION_LATE,
)


def confirm_seen(
    shown: Sequence[tuple[SalesOrder, Sequence[IncomingPackage]]], problems: Problems, *, now: datetime
) -> list[Activity]:
    """Amazon's own orders hold these parcels: the confirmations of ours among them are done.

    Ours is the parcel with our tracking number, or with our reference where Amazon names no number;
    another parcel under our reference (a person's in Seller Central) is not ours. Returns what happened, to be written.
    """
    packages = {order.pk: of_order for order, of_order in shown if of_order}
    if not packages:
        return []
    _note_delivered(packages, now)
    rows = Rows(Confirmation)
    waiting = Confirmation.objects.select_for_update(of=("self",), no_key=True).select_related("shipment__order")
    found = rows.read(waiting.filter(shipment__order__in=packages, state__in=_MAY_BE_SEEN).order_by("pk"))
    done = []
    for row in found:
        seen = next((package for package in packages[row.shipment.order_id] if _shows(package, row)), None)
        if seen is not None:
            row.shown_carrier = seen.carrier[:120]
            _confirm(row, now)
            done.append(row)
    rows.write()
    problems.read([AboutConfirmation(row.pk) for row in done])
    for row in done:
        for kind in OF_A_CONFIRMATION:
            problems.solve(kind, AboutConfirmation(row.pk))
    return [_shown(row, row.shipment.order, now) for row in done]


def wait_again(orders: Collection[int], problems: Problems, *, now: datetime) -> None:
    """What Amazon refused of these orders is sent once more."""
    if not orders:
        return
    rows = Rows(Confirmation)
    refused = Confirmation.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    for row in rows.read(refused.filter(shipment__order__in=orders, state=ConfirmationState.REFUSED)):
        wait_for_sending(row, now=now)
    rows.write()
    for order in sorted(orders):
        problems.solve_all(ProblemKind.CONFIRMATION_REFUSED, sales_order_id=order)


def confirm_seen_packages(sales_order: SalesOrder, packages: Sequence[IncomingPackage], *, now: datetime) -> int:
    """As `confirm_seen`, of one order. Returns how many confirmations are done."""
    problems = Problems()
    happened = confirm_seen([(sales_order, packages)], problems, now=now)
    problems.write(now=now)
    Activity.objects.bulk_create(happened)
    return len(happened)


def _note_delivered(packages: Mapping[int, Sequence[IncomingPackage]], now: datetime) -> None:
    """What is delivered is not corrected any more, whatever became of its confirmation."""
    delivered = {order: [each for each in of_order if each.delivered] for order, of_order in packages.items()}
    orders = [order for order, of_order in delivered.items() if of_order]
    if not orders:
        return
    gone = []
    for shipment in Shipment.objects.filter(order__in=orders, delivered_at=None):
        sent = SentParcel(shipment.package_reference, shipment.tracking_number)
        if any(_is_ours(package, sent) for package in delivered[shipment.order_id]):
            gone.append(shipment.pk)
    if gone:
        Shipment.objects.filter(pk__in=gone).update(delivered_at=now)


def _shows(package: IncomingPackage, row: Confirmation) -> bool:
    """Whether Amazon shows the newest version of the parcel, and not one that a correction has replaced."""
    if row.attempted_version and is_overtaken(row):
        return False  # what Amazon shows was sent before the correction
    if not _is_ours(package, _sent(row)):
        return False
    return not row.stale_carrier or not are_one_carrier(package.carrier, row.stale_carrier)


def _sent(row: Confirmation) -> SentParcel:
    shipment = row.shipment
    carrier = row.sent_carrier.removeprefix("Other ")
    return SentParcel(shipment.package_reference, shipment.tracking_number, carrier)


def _is_ours(package: IncomingPackage, sent: SentParcel) -> bool:
    return is_same_parcel(
        sent, reference=package.reference, tracking_number=package.tracking_number, carrier=package.carrier
    )


def parcels_of_others(row: Confirmation, packages: Sequence[IncomingPackage]) -> list[IncomingPackage]:
    """The parcels that Amazon's order holds and none of ours is: set by somebody in Seller Central, or by Amazon.

    Under a corrected parcel's own reference it may be what we sent before the correction.
    """
    ours = [
        _sent(one)
        for one in Confirmation.objects.filter(shipment__order__imported=row.shipment.order.imported_id).select_related(
            "shipment"
        )
    ]
    own = row.shipment.package_reference if row.version > 1 else ""
    return [
        package
        for package in packages
        if not any(_is_ours(package, sent) for sent in ours) and not (own and package.reference == own)
    ]


def mark_confirmed(row: Confirmation, sales_order: SalesOrder, *, now: datetime) -> None:
    """Amazon shows the parcel."""
    _confirm(row, now)
    row.save(
        update_fields=[
            "state", "confirmed_at", "accepted_at", "first_accepted_at", "error", "shown_carrier", "stale_carrier"
        ]
    )  # fmt: skip
    for kind in OF_A_CONFIRMATION:
        solve_problem(kind, AboutConfirmation(row.pk), now=now)
    _shown(row, sales_order, now).save(force_insert=True)


def _confirm(row: Confirmation, now: datetime) -> None:
    row.state, row.confirmed_at, row.error = ConfirmationState.CONFIRMED, now, ""
    row.accepted_at = row.accepted_at or now
    row.first_accepted_at = row.first_accepted_at or row.accepted_at
    row.stale_carrier = ""


def _shown(row: Confirmation, sales_order: SalesOrder, now: datetime) -> Activity:
    return draft_activity(
        f"Amazon shows parcel {row.shipment.package_reference} ({row.shipment.tracking_number}).",
        sales_order=sales_order,
        channel_id=sales_order.channel_id,
        account_id=row.account_id,
        now=now,
    )


def is_overtaken(row: Confirmation) -> bool:
    """A person corrected the parcel after its last attempt was written: a newer version waits behind it."""
    return row.version > row.attempted_version


def is_confirmed_by_amazon(programs: Collection[str] | None, shipment: Shipment) -> bool:
    """Amazon shows the parcel without a message of ours, and a second one would be about another parcel."""
    return shipment.amazons_label or is_ship_plus(programs)


def may_leave_at(row: Confirmation, now: datetime) -> datetime:
    """Now, or once its dispatch cannot be undone any more."""
    until = row.shipment.undo_until
    return until if row.attempted_at is None and until is not None and is_undo_open(until, now) else now


def wait_for_sending(row: Confirmation, *, now: datetime) -> None:
    """The newest version is sent from now on, or when the time for Undo is over; the caller saves the row.

    Of an order that only Amazon's own labels ship, and of a parcel with a label bought from Amazon, nothing is ever
    sent: what Amazon shows without us is waited for.
    """
    of_amazon = is_confirmed_by_amazon(row.shipment.order.programs, row.shipment)
    row.state = ConfirmationState.AMAZONS_OWN if of_amazon else ConfirmationState.WAITING
    row.again_at = may_leave_at(row, now)
    row.attempts = row.read_backs = row.resends = 0
    row.accepted_at, row.confirmed_at, row.error = None, None, ""
