"""Labels of many orders bought together: looked at first, then requested by one press, printed as one file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.any_of import any_of
from wharfinger.db.models import CourierLabel, CourierService, LabelBatch, LabelBatchOrder, SalesOrder, User
from wharfinger.db.queries.shipping.dispatch_services import chosen_services
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.connections import LabelFormat
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.prime import in_force, is_warned_about
from wharfinger.operations import triggers
from wharfinger.operations._rows import draw, id_sequence, insert, new_row
from wharfinger.operations.installation._history_steps import draft_activity, write_activities
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping._label_request_steps import LabelEntry, LabelRequests
from wharfinger.operations.shipping._label_steps import open_units, why_label_is_overtaken
from wharfinger.operations.shipping._offer_steps import sells_by_offers
from wharfinger.operations.shipping.shipments import BATCH_AT_MOST
from wharfinger.operations.transaction import operation

LABELS_AT_MOST = 1000
"""Of one batch: its file is made of as many."""


@dataclass(frozen=True, slots=True)
class CheckedLabel:
    """What would become of an order: its label with a service, or why it can have none. `service` empty = none is
    chosen for it."""

    order_id: int
    order: str
    service: str = ""
    grams: int = 0
    refused: Refused | None = None
    prime_without_amazon: bool = False
    """A Prime order whose label is not Amazon's: said, and held up by nothing."""


def check_labels(order_ids: Sequence[int], *, now: datetime, user: User) -> tuple[CheckedLabel, ...]:
    """Order by order, each with the service that the courier rules choose; nothing is written or locked. A fixed number
    of statements."""
    ids = list(dict.fromkeys(order_ids))[:LABELS_AT_MOST]
    checked = []
    for start in range(0, len(ids), BATCH_AT_MOST):
        some = ids[start : start + BATCH_AT_MOST]
        requests, entries = _read(some, locked=False)
        titles = _titles(entries)
        for pk in some:
            service = titles.get(entries[pk].service_id, "") if pk in entries else ""
            order = requests.orders[pk].code if pk in requests.orders else ""
            row = _decide(requests, entries, pk, now=now, user=user)
            if isinstance(row, Refused):
                checked.append(CheckedLabel(pk, order, service, refused=row))
            else:
                marketplace = row.order.channel.marketplace
                prime = is_warned_about(
                    row.order.programs,
                    in_force(marketplace.prime_labels, marketplace.country),
                    from_amazon=sells_by_offers(row.label_service),
                )
                checked.append(CheckedLabel(pk, order, service, row.grams, prime_without_amazon=prime))
    return tuple(checked)


def _titles(entries: Mapping[int, LabelEntry]) -> dict[int, str]:
    rows = CourierService.objects.filter(pk__in={entry.service_id for entry in entries.values()})
    return {row.pk: str(row) for row in rows}


def _read(order_ids: Sequence[int], *, locked: bool) -> tuple[LabelRequests, dict[int, LabelEntry]]:
    known = SalesOrder.objects.filter(any_of("pk", order_ids)).values_list("pk", flat=True)
    chosen = chosen_services(list(known))
    entries = {pk: LabelEntry(service) for pk, (service, _) in chosen.items() if service is not None}
    return LabelRequests({pk: entries.get(pk, LabelEntry(0)) for pk in chosen}, locked=locked), entries


def _decide(
    requests: LabelRequests, entries: Mapping[int, LabelEntry], order_id: int, *, now: datetime, user: User
) -> CourierLabel | Refused:
    order = requests.orders.get(order_id)
    if order is None:
        return Refused(N_("This sales order is no longer there."))
    if order_id not in entries:
        return Refused(
            N_("%(order)s has no courier service. Choose one on its page, or set the channel's courier rules."),
            "service_id",
            order=order.code,
        )
    try:
        return requests.decide(order_id, entries[order_id], now=now, user=user)
    except Refused as refused:
        return refused


@operation
def begin_batch(*, pick_list_id: int | None = None, now: datetime, user: User) -> int:
    """A batch to which orders are added; its id."""
    return LabelBatch.objects.create(pick_list_id=pick_list_id, made_at=now, made_by=user).pk


@operation
def request_labels(batch_id: int, order_ids: Sequence[int], *, first_place: int, now: datetime, user: User) -> None:
    """At most 100 orders in one transaction: each label is requested, or why not is written; what is decided stays in
    the batch. An order that is in the batch already is left out: a second press buys nothing twice."""
    if len(order_ids) > BATCH_AT_MOST:
        raise ValueError(f"{len(order_ids)} orders; at most {BATCH_AT_MOST} are taken together.")
    held = set(LabelBatchOrder.objects.filter(batch=batch_id).values_list("order", flat=True))
    ids = [pk for pk in dict.fromkeys(order_ids) if pk not in held]
    requests, entries = _read(ids, locked=True)
    found = [(pk, _decide(requests, entries, pk, now=now, user=user)) for pk in ids if pk in requests.orders]
    rows = [row for _, row in found if isinstance(row, CourierLabel)]
    sequence = id_sequence(CourierLabel)
    for row, key in zip(rows, draw({sequence: len(rows)})[sequence], strict=True):
        row.pk = key
    insert(CourierLabel, rows)
    insert(
        LabelBatchOrder,
        [
            new_row(
                LabelBatchOrder,
                batch_id=batch_id,
                order_id=pk,
                place=first_place + place,
                label_id=row.pk if isinstance(row, CourierLabel) else None,
                refused=row.message if isinstance(row, Refused) else "",
            )
            for place, (pk, row) in enumerate(found)
        ],
    )
    if rows:
        triggers.run_periodic_task(triggers.LABELS_OUT)


def buy_labels(order_ids: Sequence[int], *, pick_list_id: int | None = None, now: datetime, user: User) -> int:
    """Have labels bought for these orders, in their order; the worker buys them. Returns the batch's id.

    Refused where no order is given, or more than 1,000. Each 100 are a transaction: none is locked for long.
    """
    ids = list(dict.fromkeys(order_ids))
    if not ids:
        raise Refused(N_("No order was chosen. Tick the orders first, then press Buy labels."))
    if len(ids) > LABELS_AT_MOST:
        raise Refused(
            N_("%(count)s orders were chosen; labels are bought for %(at_most)s at most. Choose fewer."),
            count=len(ids),
            at_most=LABELS_AT_MOST,
        )
    batch_id = begin_batch(pick_list_id=pick_list_id, now=now, user=user)
    for start in range(0, len(ids), BATCH_AT_MOST):
        some = ids[start : start + BATCH_AT_MOST]
        request_labels(batch_id, some, first_place=start + 1, now=now, user=user)
    return batch_id


# --- printed


@dataclass(frozen=True, slots=True)
class Printed:
    """`document` None: the label holds no longer, and is not printed."""

    order: str
    reference: str
    document: bytes | None


@operation
def print_labels(batch_id: int, *, now: datetime, user: User) -> tuple[Printed, ...]:
    """The labels of the batch that are there, in its order; that they were printed is kept. Any number of times."""
    entries = LabelBatchOrder.objects.filter(batch=batch_id, label__state=LabelState.READY).order_by("place")
    places = list(entries.values_list("label", flat=True))
    rows = CourierLabel.objects.select_for_update(of=("self",), no_key=True).select_related("order__channel")
    found = {row.pk: row for row in rows.filter(any_of("pk", places), state=LabelState.READY).order_by("pk")}
    unsent = open_units({row.order_id for row in found.values() if row.shipment_id is None})
    printed, fresh = [], []
    for pk in places:
        row = found.get(pk)
        if row is None or row.document is None:
            continue
        overtaken = row.shipment_id is None and bool(why_label_is_overtaken(row, row.order, unsent[row.order_id]))
        for_printer = row.label_format is LabelFormat.ZPL  # no page of a PDF: it is printed by itself
        if not overtaken and not for_printer and row.printed_at is None:
            fresh.append(row)
        document = None if overtaken else bytes(row.document)
        printed.append(Printed(row.order.code, row.reference, document))
    CourierLabel.objects.filter(any_of("pk", [row.pk for row in fresh])).update(printed_at=now)
    write_activities(
        draft_activity(
            f"Label {row.reference} printed.", sales_order=row.order, channel=row.order.channel, now=now, user=user
        )
        for row in fresh
    )
    return tuple(printed)
