"""Steps about labels: those that wait for a parcel, the address they were bought for, and how they end."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet

from wharfinger.db.any_of import any_of
from wharfinger.db.encryption import keyed_hash
from wharfinger.db.models import CourierLabel, SalesOrder, SalesOrderLine, Shipment, User
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutLabel
from wharfinger.domain.orders.addresses import LABEL, read_address, tidy
from wharfinger.domain.orders.order import IncomingAddress
from wharfinger.domain.search_codes import squeeze
from wharfinger.domain.shipping.connections import ConnectionKind
from wharfinger.domain.shipping.labels import InParcel, LabelState, left_with, why_overtaken
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import draft_activity, record_activity, write_activities
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.refusals import Refused


def address_of(order: SalesOrder) -> IncomingAddress | None:
    """Where the order goes: as a person corrected it, else as Amazon sent it; tidy."""
    found = read_address(order.own_delivery or order.delivery)
    return None if found is None else tidy(found)


def label_address_hash(address: IncomingAddress | None) -> str:
    """Of what is written on the label."""
    return keyed_hash("label address", "|".join(getattr(address, name) for name in LABEL)) if address else ""


def open_units(order_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """By order and line the units that are still to be sent. One statement."""
    found: dict[int, dict[int, int]] = {pk: {} for pk in order_ids}
    counts = ("quantity_ordered", "quantity_cancelled", "quantity_shipped", "service")
    for line in SalesOrderLine.objects.filter(any_of("order", order_ids)).only("order", *counts):
        found[line.order_id][line.pk] = line.quantity_open
    return found


def why_label_is_overtaken(label: CourierLabel, order: SalesOrder, open_of_order: Mapping[int, int]) -> str:
    """Empty = it holds. `open_of_order`: by line the units that are still to be sent. Where the order's personal data
    was erased, nothing is known of its address."""
    address = address_of(order)
    changed = order.erased_at is None and label_address_hash(address) != label.address_hash
    gone = not any(open_of_order.get(int(line)) for line, _ in label.units)
    return why_overtaken(order.state, address_changed=changed, units_gone=gone)


def in_parcel_of_label(label: CourierLabel) -> InParcel:
    return InParcel(label.tracking_number, label.service_id, {int(line): units for line, units in label.units})


class ReadyLabels:
    """Of some orders the labels that no parcel has taken yet: read, taken, and written in one statement each."""

    def __init__(self, order_ids: Collection[int], *, locked: bool) -> None:
        rows = CourierLabel.objects.filter(any_of("order", order_ids), state=LabelState.READY, shipment=None)
        rows = rows.defer("document", "offers", "choice", "purchase", "label_service__connection__api_key")
        rows = rows.select_related("label_service__connection").order_by("pk")
        self._labels: dict[int, list[CourierLabel]] = {}
        for row in rows.select_for_update(of=("self",), no_key=True) if locked else rows:
            self._labels.setdefault(row.order_id, []).append(row)
        self._used: list[CourierLabel] = []

    def check(
        self, order: SalesOrder, number: str, service_id: int, open_of_order: Mapping[int, int]
    ) -> CourierLabel | None:
        """The label of ours whose number it is; refused where the label may not be used."""
        typed = squeeze(number)
        of_order = self._labels.get(order.pk, ())
        label = next((row for row in of_order if typed and squeeze(row.tracking_number) == typed), None)
        if label is None:
            return None
        why = why_label_is_overtaken(label, order, open_of_order)
        if why:
            raise Refused(
                "The label %(reference)s holds no longer: %(why)s It is voided; destroy it and buy another.",
                "tracking_number",
                reference=label.reference,
                why=why,
            )
        if label.service_id != service_id:
            raise Refused(
                "The number is that of the label %(reference)s, which was bought with another courier service. Choose "
                "that service.",
                "service_id",
                reference=label.reference,
            )
        return label

    def use(self, shipment: Shipment, units: Mapping[int, int]) -> CourierLabel | None:
        """The parcel leaves with its label, where it has one: that of its number, else one that has no number, or
        whose number is typed later, for the same service and units."""
        of_order = self._labels.get(shipment.order_id, [])
        parcel = InParcel(shipment.tracking_number, shipment.service_id, units)
        found = [row for row in of_order if left_with(parcel, in_parcel_of_label(row))]
        number = squeeze(shipment.tracking_number)
        label = next((row for row in found if number and squeeze(row.tracking_number) == number), None)
        label = label or next(iter(found), None)
        if label is not None:
            of_order.remove(label)
            label.shipment = shipment
            self._used.append(label)
        return label

    def write(self) -> None:
        if self._used:
            CourierLabel.objects.bulk_update(self._used, ["shipment"])
            self._used.clear()


def is_of_amazon(label: CourierLabel) -> bool:
    """Bought from Amazon, which confirms its parcel itself."""
    return label.label_service.connection.kind is ConnectionKind.AMAZON


def is_amazons(label: CourierLabel, number: str) -> bool:
    """Whether a parcel with this number bears a label of Amazon's: then Amazon is sent nothing of it."""
    return is_of_amazon(label) and squeeze(label.tracking_number) == squeeze(number)


def labels_locked() -> QuerySet[CourierLabel]:
    """Without their documents, which are some 100 kB each."""
    rows = CourierLabel.objects.select_for_update(of=("self",), no_key=True).defer("document")
    return rows.select_related("order__channel", "label_service__connection", "requested_by")


def begin_void(row: CourierLabel, why: str, *, now: datetime, user: User | None = None) -> None:
    """It is to hold no longer. What was not bought yet ends here; what may be bought is voided once that is known."""
    row.void_why = why[:200]
    match row.state:
        case LabelState.WAITING | LabelState.CHOOSING:
            end_label(row, LabelState.VOIDED, now)
        case LabelState.ORDERED | LabelState.READY | LabelState.NOT_VOIDED:
            row.state, row.again_at, row.attempts, row.attempted_at_machine = LabelState.VOIDING, now, 0, None
        case _:
            pass
    row.save(update_fields=["void_why", "state", "again_at", "attempts", "attempted_at_machine", "ended_at"])
    record_activity(
        f"Label {row.reference} is voided: {row.void_why}",
        sales_order=row.order,
        channel=row.order.channel,
        now=now,
        user=user,
    )
    solve_problem(ProblemKind.LABEL_NOT_VOIDED, AboutLabel(row.pk), now=now)
    triggers.run_periodic_task(triggers.LABELS_OUT)


def begin_void_of_many(
    rows: Sequence[CourierLabel], why: str, orders: Mapping[int, SalesOrder], *, now: datetime, user: User | None
) -> None:
    """As `begin_void`, of labels whose parcels are taken back: ready ones, which no parcel has any more."""
    if not rows:
        return
    for row in rows:
        row.shipment, row.void_why = None, why[:200]
        row.state, row.again_at, row.attempts, row.attempted_at_machine = LabelState.VOIDING, now, 0, None
    CourierLabel.objects.bulk_update(
        rows, ["shipment", "void_why", "state", "again_at", "attempts", "attempted_at_machine"]
    )
    write_activities(
        draft_activity(
            f"Label {row.reference} is voided: {row.void_why}",
            sales_order=orders[row.order_id],
            channel=orders[row.order_id].channel,
            now=now,
            user=user,
        )
        for row in rows
    )
    triggers.run_periodic_task(triggers.LABELS_OUT)


def end_label(row: CourierLabel, state: LabelState, now: datetime) -> None:
    """Refused or voided: nothing of it holds. One that was printed must not be used any more."""
    row.state, row.ended_at = state, now
    solve_problem(ProblemKind.LABEL_MISSING, AboutLabel(row.pk), now=now)
    if state is LabelState.VOIDED and row.printed_at is not None:
        open_problem(
            ProblemKind.LABEL_TO_DESTROY,
            AboutLabel(row.pk),
            cause=f"The label {row.reference} ({row.tracking_number or 'without a number'}) of {row.order.code} was "
            f"printed and is voided now. {row.void_why}",
            remedy="Take it off the parcel and destroy it: the courier charges a voided label that is used. Then press "
            "“Mark as done”.",
            sales_order=row.order,
            channel=row.order.channel,
            now=now,
        )
