"""Labels bought from couriers: requested by a person, written before each call, settled after it, voided.

A purchase of unknown outcome is looked up by its reference before it is made again, or made again under its own key
where the courier sells one label for one key (`_offer_steps`): no label is bought twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, assert_never

from django.db.models import Q

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ConnectionService, CourierLabel, SalesOrderLine, Shipment, ShipmentLine, User
from wharfinger.db.queries.moments import is_due
from wharfinger.db.queries.orders.vat import NO_VAT, vat_of_orders
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutLabel, AboutOrder
from wharfinger.domain.moments import LONGEST_ROW_WAIT
from wharfinger.domain.orders.order import IncomingAddress
from wharfinger.domain.retry import growing_pause
from wharfinger.domain.shipping.connections import CAPABILITIES, ConnectionKind, PackageFormat
from wharfinger.domain.shipping.dispatching import Stays
from wharfinger.domain.shipping.labels import (
    OPEN_LABELS,
    GoodsLine,
    InParcel,
    LabelState,
    Money,
    Refusal,
    left_with,
    may_have_left_with,
    share_without_tax,
    why_no_label,
    worth_of,
)
from wharfinger.domain.shipping.offers import Offers
from wharfinger.domain.shipping.undoing import MINUTES
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.installation._problem_steps import open_problem, solve_problems
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping._label_request_steps import (
    LabelEntry as LabelEntry,
)
from wharfinger.operations.shipping._label_request_steps import (
    LabelRequests,
    goods_lines,
    parcel_to_label,
)
from wharfinger.operations.shipping._label_steps import (
    address_of,
    begin_void,
    end_label,
    in_parcel_of_label,
    labels_locked,
    open_units,
    why_label_is_overtaken,
)
from wharfinger.operations.shipping._offer_steps import (
    OFFER_FIELDS,
    LabelToDescribe,
    LabelToPurchase,
    LabelToQuote,
    drop_purchase,
    forget_offers,
    offer_step,
    protections,
    purchase_step,
    sells_by_offers,
    take_inputs_schema,
    take_offers,
)
from wharfinger.operations.transaction import operation

_TEXT_AT_MOST = 2000
_STEPPED = (
    *("order", "service", "label_service", "reference", "state", "units", "grams", "net_share", "package_format"),
    *("address_hash", "identifier", "tracking_number", "attempts", "attempted_at_machine", "look_ups", "again_at"),
    *("error", "void_why", "ready_at", "printed_at", "ended_at", "label_format", "by_hand"),
    *("length_cm", "width_cm", "height_cm", *OFFER_FIELDS),
    *("label_service__" + name for name in ("connection", "code", "name", "grams_at_most", "gives_tracking")),
    *("label_service__" + name for name in ("taken_at", "rule", "protection", "extras")),
    *("label_service__connection__" + name for name in ("kind", "name", "account", "carrier_name")),
    *("order__code", "order__channel", "order__deliver_by", "order__channel__marketplace", "order__channel__account"),
)
"""What the steps look at. Columns cost at each step of each label: to name, to read and, of personal data and keys, to
decrypt. The document is some 100 kB."""
_CLAIMED = (
    *_STEPPED,
    *("service__courier", "service__name", "order__site__name", "order__site__country"),
    *("order__" + name for name in ("state", "site", "imported", "programs", "placed_at", "currency", "total")),
    *("order__delivery", "order__own_delivery", "order__erased_at", "order__imported__amazon_order_id"),
    *("order__channel__marketplace__" + name for name in ("name", "country", "currency")),
)
_SETTLED = (*_STEPPED, "requested_by__username")
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_LABEL_PAUSE = timedelta(minutes=15)
LOOK_UPS_THAT_FIND_NOTHING = 2
"""Before the purchase is made again: the courier may still have been at work when the first look came."""
LOOK_UPS_BEFORE_A_PROBLEM = 4
"""That failed, the purchase among them: then a person sees that it is not known whether a label was bought."""
KEYED_AGAIN = timedelta(seconds=15)
"""Machine time until a purchase in doubt is sent again under its key: no need to wait until no attempt is under way,
and its offers still live."""


@operation
def request_label(order_id: int, entry: LabelEntry, *, now: datetime, user: User) -> CourierLabel:
    """Write down that a label is to be bought; the worker buys it. The parcel must be one that may leave now."""
    row = LabelRequests({order_id: entry}).decide(order_id, entry, now=now, user=user)
    row.save(force_insert=True)
    triggers.run_periodic_task(triggers.LABELS_OUT)
    return row


# --- claimed


@dataclass(frozen=True, slots=True)
class LabelToBuy:
    """A purchase whose attempt is written. `goods` only where the route needs them said."""

    id: int
    connection_id: int
    reference: str
    service_code: str
    carrier_name: str
    package_format: PackageFormat
    grams: int
    address: IncomingAddress = field(repr=False)
    ordered_at: datetime
    currency: str
    worth: Money
    business: bool | None
    goods: tuple[GoodsLine, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelToFind:
    """An attempt of unknown outcome."""

    id: int
    connection_id: int
    reference: str


@dataclass(frozen=True, slots=True)
class LabelToFetch:
    """The courier holds the order, and its label is not here."""

    id: int
    connection_id: int
    identifier: str
    reference: str = ""
    marketplace_id: str = ""


@dataclass(frozen=True, slots=True)
class LabelToVoid:
    id: int
    connection_id: int
    identifier: str
    marketplace_id: str = ""


Step = LabelToBuy | LabelToFind | LabelToFetch | LabelToVoid | LabelToQuote | LabelToDescribe | LabelToPurchase


@operation
def claim_label(
    *, now: datetime, machine_now: datetime, machine_before: datetime, resting: Collection[int] = ()
) -> Step | None:
    """The next step of the label that waits longest, written down before it is done.

    `machine_before`: attempts made before it cannot be under way any more. `resting`: connections that are left out.
    """
    over = Q(attempted_at_machine=None) | Q(attempted_at_machine__lte=machine_before)
    over |= Q(attempted_at_machine__lte=machine_now - KEYED_AGAIN) & ~Q(purchase_key="")
    moving = (LabelState.WAITING, LabelState.ATTEMPTED, LabelState.ORDERED, LabelState.VOIDING)
    rows = CourierLabel.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    rows = rows.filter(is_due("again_at", now, LONGEST_ROW_WAIT), state__in=moving)
    rows = rows.filter(~Q(state=LabelState.ATTEMPTED) | over).exclude(label_service__connection__in=resting)
    rows = rows.select_related(
        "order__channel__marketplace", "order__site", "order__imported", "service", "label_service__connection"
    ).only(*_CLAIMED)
    while (row := rows.order_by("again_at", "pk").first()) is not None:
        step = _step(row, now)
        row.attempts = min(row.attempts + 1, 30_000)
        row.attempted_at_machine, row.again_at = machine_now, now + _pause(row.attempts)
        fields = ["state", "attempts", "attempted_at_machine", "again_at", "ended_at", "error", "void_why"]
        row.save(update_fields=[*fields, *(OFFER_FIELDS if sells_by_offers(row.label_service) else ())])
        if step is not None:
            return step
    return None


def _step(row: CourierLabel, now: datetime) -> Step | None:
    """None: nothing is to be called; the row has ended."""
    connection_id = row.label_service.connection_id
    match row.state:
        case LabelState.WAITING if not sells_by_offers(row.label_service):
            return _purchase(row, now)
        case LabelState.WAITING:
            why = why_label_is_overtaken(row, row.order, open_units([row.order_id])[row.order_id])
            if why:
                row.void_why = why
                end_label(row, LabelState.VOIDED, now)
                return None
            return _offer(row, now)
        case LabelState.ATTEMPTED if row.purchase is not None:
            return purchase_step(row)
        case LabelState.ATTEMPTED:
            return LabelToFind(row.pk, connection_id, row.reference)
        case LabelState.VOIDING:
            return LabelToVoid(row.pk, connection_id, row.identifier, row.order.channel.marketplace_id)
        case _:
            marketplace = row.order.channel.marketplace_id
            return LabelToFetch(row.pk, connection_id, row.identifier, row.reference, marketplace)


def _offer(row: CourierLabel, now: datetime) -> Step | None:
    step = offer_step(row, now)
    if not isinstance(step, Stays):
        return step
    _refuse(row, step.sentence % step.values, now)
    return None


def _purchase(row: CourierLabel, now: datetime) -> LabelToBuy | None:
    """One statement: the lines say what is still to be sent, and what is in the parcel."""
    order, code = row.order, row.label_service
    units = {int(line): int(count) for line, count in row.units}
    found = list(SalesOrderLine.objects.filter(Q(order=order) | Q(pk__in=units)).select_related("item"))
    unsent = {line.pk: line.quantity_open for line in found if line.order_id == order.pk}
    why = why_label_is_overtaken(row, order, unsent)
    if why:
        row.void_why = why
        end_label(row, LabelState.VOIDED, now)
        return None
    every = {line.pk: line for line in found}
    lines = {pk: every[pk] for pk in units}
    address = address_of(order)
    share = row.net_share if row.net_share is not None else _net_share(order.pk)
    parcel = parcel_to_label(order, row.service, code, row.grams, address, goods_lines(lines, units, share))
    stays = why_no_label(parcel, CAPABILITIES[code.connection.kind])
    if stays is not None or address is None:
        _refuse(row, stays.sentence % stays.values if stays else "The delivery address is no longer there.", now)
        return None
    row.state = LabelState.ATTEMPTED
    shipping = sum((line.amount_shipping or Decimal(0) for line in found if line.order_id == order.pk), Decimal(0))
    north = parcel.to_northern_ireland
    return LabelToBuy(
        id=row.pk,
        connection_id=code.connection_id,
        reference=row.reference,
        service_code=code.code,
        carrier_name=code.connection.carrier_name,
        package_format=row.package_format,
        grams=row.grams,
        address=address,
        ordered_at=order.placed_at,
        currency=order.currency or "GBP",
        worth=worth_of(order.total, shipping, share),
        business=parcel.is_business if north else None,
        goods=parcel.goods if north else (),
    )


def _net_share(order_id: int) -> Decimal:
    """Of a label that was requested before its share was kept with it."""
    vat = vat_of_orders([order_id]).get(order_id, NO_VAT)
    return share_without_tax(vat.net, vat.vat)


def _pause(attempts: int) -> timedelta:
    return growing_pause(FIRST_PAUSE, LONGEST_LABEL_PAUSE, max(1, attempts))


# --- settled


@dataclass(frozen=True, slots=True)
class Held:
    """The courier holds the order; `document` None: its label is not there yet, for the reason in `error`."""

    identifier: str
    tracking_number: str = ""
    document: bytes | None = field(default=None, repr=False)
    error: str = ""
    deliver_by: datetime | None = None
    included: tuple[str, ...] | None = None
    """Protections that came with it; None where the courier says nothing of them."""
    excluded: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Quoted:
    """Offers are there; nothing was bought."""

    offers: Offers


@dataclass(frozen=True, slots=True)
class Described:
    """The JSON Schema of what the chosen offer wants to know."""

    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OffersGone:
    """What was offered is offered no more. At a first attempt nothing was bought; at a repeat it proves nothing."""

    error: str


@dataclass(frozen=True, slots=True)
class NotDone:
    """Nothing was done: tried again after a pause."""

    error: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been done: a purchase is looked up, the other steps are done again."""

    error: str


@dataclass(frozen=True, slots=True)
class RefusedByCourier:
    """As it is, it will not be taken. `why`: what has to be corrected."""

    error: str
    why: Refusal = Refusal.OTHER


@dataclass(frozen=True, slots=True)
class Gone:
    """The courier knows no such order."""


@dataclass(frozen=True, slots=True)
class Done:
    """The order was deleted."""


Outcome = Held | Quoted | Described | OffersGone | NotDone | Unknown | RefusedByCourier | Gone | Done


@operation
def settle_label(label_id: int, outcome: Outcome, *, now: datetime) -> LabelState:
    """Write how the step that was claimed ended."""
    row = labels_locked().only(*_SETTLED).get(pk=label_id)
    match row.state:
        case LabelState.ATTEMPTED if row.purchase is not None:
            _settle_keyed(row, outcome, now)
        case LabelState.ATTEMPTED:
            _settle_purchase(row, outcome, now)
        case LabelState.WAITING if sells_by_offers(row.label_service):
            _settle_offers(row, outcome, now)
        case LabelState.WAITING if isinstance(outcome, Held):  # of a worker that was given up, and was only slow
            _hold(row, outcome, now)
        case LabelState.ORDERED:
            _settle_fetch(row, outcome, now)
        case LabelState.VOIDING:
            _settle_void(row, outcome, now)
        case _:
            return row.state
    row.error = row.error[:_TEXT_AT_MOST]
    fields = [
        "state",
        "identifier",
        "tracking_number",
        "attempts",
        "attempted_at_machine",
        "look_ups",
        "again_at",
        "error",
    ]
    fields += ["ready_at", "ended_at", *(OFFER_FIELDS if sells_by_offers(row.label_service) else ())]
    if isinstance(outcome, Held) and outcome.document is not None:
        row.document = outcome.document
        fields.append("document")
    row.save(update_fields=fields)
    return row.state


def _settle_purchase(row: CourierLabel, outcome: Outcome, now: datetime) -> None:
    """A purchase, or the look-up of one whose outcome was unknown."""
    match outcome:
        case Held():
            _hold(row, outcome, now)
        case NotDone():
            row.state, row.error, row.attempted_at_machine = LabelState.WAITING, outcome.error, None
            _end_if_void(row, now)
        case Unknown():
            row.error = outcome.error
            if row.attempts >= LOOK_UPS_BEFORE_A_PROBLEM:
                _report_in_doubt(row, now)
        case RefusedByCourier():
            _refuse(row, outcome.error, now)
        case Gone():
            row.look_ups += 1
            if row.look_ups >= LOOK_UPS_THAT_FIND_NOTHING:
                row.state, row.look_ups, row.attempted_at_machine = LabelState.WAITING, 0, None
                row.again_at = now
                _end_if_void(row, now)
        case Done() | Quoted() | Described() | OffersGone():
            raise ValueError("A purchase by a code ends otherwise.")
        case _:
            assert_never(outcome)


def _settle_offers(row: CourierLabel, outcome: Outcome, now: datetime) -> None:
    """Before the purchase: nothing can have been bought."""
    match outcome:
        case Quoted():
            row.again_at, row.attempts, row.attempted_at_machine = now, 0, None
            stays = take_offers(row, outcome.offers)
            if stays is not None:
                _refuse(row, stays.sentence % stays.values, now)
        case Described():
            row.again_at, row.attempts, row.attempted_at_machine = now, 0, None
            take_inputs_schema(row, outcome.schema)
        case OffersGone():
            row.offers, row.again_at = None, now
        case NotDone() | Unknown():
            row.error = outcome.error
        case RefusedByCourier():
            _refuse(row, outcome.error, now, outcome.why)
        case Gone():
            _refuse(row, "Amazon does not know the order.", now)
        case Held():
            _hold(row, outcome, now)  # of a worker that was given up, and was only slow
        case Done():
            raise ValueError("Offers are not fetched by deleting.")
        case _:
            assert_never(outcome)


def _settle_keyed(row: CourierLabel, outcome: Outcome, now: datetime) -> None:
    """A purchase under a key. Only the first call can say that nothing was bought: a refusal of a later one may be
    about the repeat, and then a person looks."""
    first = row.purchase_calls <= 1
    match outcome:
        case Held():
            _hold(row, outcome, now)
        case NotDone(error) if first:
            row.state, row.error, row.attempted_at_machine, row.purchase_calls = LabelState.WAITING, error, None, 0
            _end_if_void(row, now)
        case OffersGone() if first:
            drop_purchase(row)
            row.state, row.offers, row.attempted_at_machine, row.again_at = LabelState.WAITING, None, None, now
            _end_if_void(row, now)
        case RefusedByCourier(error, why) if first:
            _refuse(row, error, now, why)
        case NotDone(error) | Unknown(error):
            row.error = error
            if row.purchase_calls >= LOOK_UPS_BEFORE_A_PROBLEM:
                _report_in_doubt(row, now)
        case OffersGone(error) | RefusedByCourier(error):
            row.error = error
            _report_in_doubt(row, now)
        case Gone() | Done() | Quoted() | Described():
            raise ValueError("A purchase under a key ends otherwise.")
        case _:
            assert_never(outcome)


def _end_if_void(row: CourierLabel, now: datetime) -> None:
    """Nothing was bought, and it is not wanted any more."""
    if row.void_why:
        end_label(row, LabelState.VOIDED, now)


def _hold(row: CourierLabel, held: Held, now: datetime) -> None:
    row.identifier, row.error = held.identifier, held.error
    row.tracking_number = held.tracking_number or row.tracking_number
    row.attempts, row.attempted_at_machine = 0, None
    forget_offers(row)
    row.deliver_by = held.deliver_by or row.deliver_by
    if held.included is not None:
        row.protections = protections(held.included, held.excluded)
    if row.label_service.taken_at is None:
        ConnectionService.objects.filter(pk=row.label_service_id, taken_at=None).update(taken_at=now)
    if row.void_why:
        row.state, row.again_at = LabelState.VOIDING, now
    elif held.document is None:
        row.state, row.again_at = LabelState.ORDERED, now
        if held.error:
            row.again_at = now + FIRST_PAUSE
            _report_missing(row, now)
    else:
        _note_ready(row, now)


def _note_ready(row: CourierLabel, now: datetime) -> None:
    row.state, row.ready_at, row.error = LabelState.READY, now, ""
    if not row.tracking_number and row.label_service.gives_tracking:
        row.error = "The courier gave a label without a tracking number. Type it from the label when you dispatch."
    bought = (
        f"{row.label_service}, {row.bought_service}, {row.price} {row.currency}" if row.price else row.label_service
    )
    record_activity(
        f"Label {row.reference} bought with {bought}: {row.tracking_number or 'no tracking number'}.",
        sales_order=row.order,
        channel=row.order.channel,
        now=now,
        user=row.requested_by,
    )
    solve_problems(
        [(ProblemKind.LABEL_MISSING, AboutLabel(row.pk)), (ProblemKind.LABEL_REFUSED, AboutOrder(row.order_id))],
        now=now,
    )


def _report_missing(row: CourierLabel, now: datetime) -> None:
    _report(
        row,
        f"{row.label_service.connection} holds the parcel of {row.order.code}, but gives no label for it: {row.error}",
        "It is tried again automatically; press “Fetch label again” to try now. If it stays so, press “Void label” and "
        "buy another.",
        now,
    )


def _report_in_doubt(row: CourierLabel, now: datetime) -> None:
    _report(
        row,
        f"It is not known whether a label was bought for {row.order.code} with {row.label_service}, reference "
        f"{row.reference}, and it cannot be looked up: {row.error}",
        _REMEDY_IN_DOUBT[row.label_service.connection.kind],
        now,
    )


_REMEDY_IN_DOUBT = {
    ConnectionKind.CLICK_AND_DROP: "It is looked up again automatically, and bought only if it is not there; press "
    "“Fetch label again” to look now. If it is urgent, look for the reference in Click & Drop.",
    ConnectionKind.AMAZON: "The same purchase is sent again automatically, which never buys a second label; press "
    "“Fetch label again” to send it now. If it is urgent, open the order in Seller Central: if it has no label there, "
    "press “Not bought” and buy another; if it has one, print it there, type its number, press Dispatch, then “Not "
    "bought”.",
}
_REMEDY_NOT_VOIDED = {
    ConnectionKind.CLICK_AND_DROP: "Press “Void label” to try again, or delete the order in Click & Drop and press "
    "“Mark as done”. Destroy the label if it was printed.",
    ConnectionKind.AMAZON: "Press “Void label” to try again, or cancel the label in Seller Central on the order’s page "
    "and press “Mark as done”. Destroy the label if it was printed.",
}
_REMEDY_OF_REFUSAL = {
    Refusal.ADDRESS: "Have an administrator correct the sender address under Settings, Courier connections; the "
    "buyer’s is corrected at Amazon. Then press “Buy label” again, or type the number of another label and press "
    "Dispatch.",
    Refusal.SERVICE: "Correct weight and size beside “Buy label” and press it again, or press “Compare offers” and "
    "choose another. If the label was bought elsewhere, type its number and press Dispatch.",
    Refusal.MONEY: "Amazon could not charge it: in Seller Central look at Settings, Account Info, Charge methods. Then "
    "press “Buy label” again.",
    Refusal.OTHER: "Compare the order with Seller Central, correct what is named, and press “Buy label” again, or "
    "press “Compare offers” and choose another. If the label was bought elsewhere, type its number and press Dispatch.",
}
"""At Amazon; other couriers have one for all."""


def _report(row: CourierLabel, cause: str, remedy: str, now: datetime) -> None:
    open_problem(
        ProblemKind.LABEL_MISSING,
        AboutLabel(row.pk),
        cause=cause[:_TEXT_AT_MOST],
        remedy=remedy,
        sales_order=row.order,
        channel=row.order.channel,
        now=now,
    )


def _refuse(row: CourierLabel, error: str, now: datetime, why: Refusal = Refusal.OTHER) -> None:
    row.error = error
    forget_offers(row)
    if row.void_why:
        end_label(row, LabelState.VOIDED, now)
        return
    end_label(row, LabelState.REFUSED, now)
    open_problem(
        ProblemKind.LABEL_REFUSED,
        AboutOrder(row.order_id),
        cause=f"No label was bought for {row.order.code} with {row.label_service}: {error}"[:_TEXT_AT_MOST],
        remedy=_REMEDY_OF_REFUSAL[why]
        if sells_by_offers(row.label_service)
        else "Correct what is named: the address under More, Edit address; the weight, the package format or the "
        "courier service beside “Buy label”. Then press it again. If the label was bought elsewhere, type its number "
        "and press Dispatch.",
        sales_order=row.order,
        channel=row.order.channel,
        now=now,
    )


def _settle_fetch(row: CourierLabel, outcome: Outcome, now: datetime) -> None:
    match outcome:
        case Held():
            _hold(row, outcome, now)
        case NotDone() | Unknown():
            row.error = outcome.error
            if row.attempts >= LOOK_UPS_BEFORE_A_PROBLEM:
                _report_missing(row, now)
        case RefusedByCourier():
            row.error = outcome.error
            _report_missing(row, now)
        case Gone():
            row.void_why = row.void_why or "The courier does not hold the order any more: it was deleted there."
            end_label(row, LabelState.VOIDED, now)
        case Done() | Quoted() | Described() | OffersGone():
            raise ValueError("A label is fetched otherwise.")
        case _:
            assert_never(outcome)


def _settle_void(row: CourierLabel, outcome: Outcome, now: datetime) -> None:
    match outcome:
        case Done() | Gone():
            end_label(row, LabelState.VOIDED, now)
            row.error = ""
            record_activity(
                f"Label {row.reference} is void at the courier.",
                sales_order=row.order,
                channel=row.order.channel,
                now=now,
            )
        case NotDone() | Unknown():
            row.error = outcome.error
        case RefusedByCourier():
            row.state, row.error = LabelState.NOT_VOIDED, outcome.error
            open_problem(
                ProblemKind.LABEL_NOT_VOIDED,
                AboutLabel(row.pk),
                cause=f"The label {row.reference} of {row.order.code} holds no longer, but could not be voided: "
                f"{outcome.error}"[:_TEXT_AT_MOST],
                remedy=_REMEDY_NOT_VOIDED[row.label_service.connection.kind],
                sales_order=row.order,
                channel=row.order.channel,
                now=now,
            )
        case Held() | Quoted() | Described() | OffersGone():
            raise ValueError("A label is voided otherwise.")
        case _:
            assert_never(outcome)


# --- what people do with it


@operation
def void_label(label_id: int, *, now: datetime, user: User) -> CourierLabel:
    """Its printed label must be destroyed: the courier charges one that is used all the same."""
    row = labels_locked().get(pk=label_id)
    if row.shipment_id is not None:
        raise Refused("The parcel of this label was dispatched, so its label is not voided from here.")
    if not row.state.open and row.state is not LabelState.NOT_VOIDED:
        raise Refused("This label is not valid any more; there is nothing to void.")
    begin_void(row, "A person voided it.", now=now, user=user)
    return row


@operation
def fetch_again(label_id: int, *, now: datetime) -> None:
    """Try now what waits for its next try."""
    row = labels_locked().get(pk=label_id)
    if row.state is LabelState.CHOOSING:
        row.state, row.offers, row.choice, row.error = LabelState.WAITING, None, None, ""
        row.save(update_fields=["state", "offers", "choice", "error"])
    if row.state.moves:
        row.again_at = now
        row.save(update_fields=["again_at"])
        triggers.run_periodic_task(triggers.LABELS_OUT)


@operation
def note_not_bought(label_id: int, *, now: datetime, user: User) -> None:
    """A person looked at Amazon: what is in doubt was not bought, or is used without this row."""
    row = labels_locked().get(pk=label_id)
    if row.state is not LabelState.ATTEMPTED or row.purchase is None or row.purchase_calls < 2:
        raise Refused("This label is not in doubt any more. See its state under Labels.")
    forget_offers(row)
    row.error = "A person looked at Amazon: it was not bought, or is used without this line."
    end_label(row, LabelState.VOIDED if row.void_why else LabelState.REFUSED, now)
    row.save(update_fields=["state", "ended_at", "error", *OFFER_FIELDS])
    record_activity(
        f"Label {row.reference}: not bought, as a person found at Amazon.",
        sales_order=row.order,
        channel=row.order.channel,
        now=now,
        user=user,
    )


@operation
def print_label(label_id: int, *, now: datetime, user: User) -> bytes:
    """The file; that it was printed is kept. Refused where the label may not be used."""
    row = (
        CourierLabel.objects.select_for_update(of=("self",), no_key=True)
        .select_related("order__channel")
        .get(pk=label_id)
    )
    if row.state is not LabelState.READY or row.document is None:
        raise Refused("There is no valid label to print. See its state under Labels.")
    unsent = open_units([row.order_id])[row.order_id]
    why = "" if row.shipment_id else why_label_is_overtaken(row, row.order, unsent)
    if why:
        raise Refused("This label holds no longer: %(why)s Buy another.", why=why)
    if row.printed_at is None:
        row.printed_at = now
        row.save(update_fields=["printed_at"])
        record_activity(
            f"Label {row.reference} printed.", sales_order=row.order, channel=row.order.channel, now=now, user=user
        )
    return bytes(row.document)


# --- by the clock


_WHETHER_OVERTAKEN = tuple("order__" + name for name in ("state", "delivery", "own_delivery", "erased_at"))
"""Of every open label at each run: nothing else of its order is read, or decrypted."""


def overtaken_labels(*, now: datetime) -> tuple[int, ...]:
    """Of the labels that no parcel has taken, those that hold no longer (`domain.shipping.labels.why_overtaken`). While
    a parcel of the order can be undone, its label waits: undone, the units are there for it again."""
    rows = CourierLabel.objects.filter(state__in=OPEN_LABELS, shipment=None, void_why="")
    rows = rows.select_related("order").only("order", "units", "address_hash", *_WHETHER_OVERTAKEN)
    every = list(rows.order_by("pk"))
    unsent = open_units({row.order_id for row in every})
    found = [row for row in every if why_label_is_overtaken(row, row.order, unsent[row.order_id])]
    parcels = Shipment.objects.filter(
        any_of("order", {row.order_id for row in found}),
        undo_until__gt=now,
        undo_until__lte=now + timedelta(minutes=MINUTES[-1]),
    )
    undoable = set(parcels.values_list("order", flat=True)) if found else set()
    return tuple(row.pk for row in found if row.order_id not in undoable)


@operation
def void_overtaken(label_id: int, *, now: datetime) -> None:
    """Voided; but it is a parcel's that left with it after all, and where no number says so, a person decides."""
    row = labels_locked().get(pk=label_id)
    why = why_label_is_overtaken(row, row.order, open_units([row.order_id])[row.order_id])
    if not why or not row.state.open or row.shipment_id is not None or row.void_why:
        return
    label, parcels = in_parcel_of_label(row), _parcels_since(row)
    borne = [shipment for shipment, parcel in parcels if left_with(parcel, label)]
    if row.state is LabelState.READY and borne:
        row.shipment = borne[0]
        row.save(update_fields=["shipment"])
    elif row.printed_at is not None and may_have_left_with([parcel for _, parcel in parcels], label):
        _report_left_over(row, why, now)
    else:
        begin_void(row, why, now=now)


def _parcels_since(label: CourierLabel) -> Sequence[tuple[Shipment, InParcel]]:
    """Of its order those that left since it was ready, without a label of ours."""
    if label.ready_at is None:
        return ()
    since = Shipment.objects.filter(order=label.order_id, label=None, shipped_at__gte=label.ready_at)
    rows = list(since.order_by("pk"))
    units: dict[int, dict[int, int]] = {row.pk: {} for row in rows}
    lines = ShipmentLine.objects.filter(any_of("shipment", units)).values_list("shipment", "line", "quantity")
    for shipment, line, count in lines:
        units[shipment][line] = count
    return [(row, InParcel(row.tracking_number, row.service_id, units[row.pk])) for row in rows]


def _report_left_over(row: CourierLabel, why: str, now: datetime) -> None:
    """Printed, and no number says whether one of the order's parcels left with it: voided, it would be charged."""
    row.state = LabelState.NOT_VOIDED
    row.error = f"{why} It was printed, and no number says whether a parcel left with it."
    row.save(update_fields=["state", "error"])
    open_problem(
        ProblemKind.LABEL_NOT_VOIDED,
        AboutLabel(row.pk),
        cause=f"The label {row.reference} of {row.order.code} was printed, and it is not known whether a parcel left "
        "with it: the parcel or the label has no number that would say so.",
        remedy="If a parcel left with it, press “Mark as done”. If none did, press “Void label” and destroy it: the "
        "courier charges it otherwise.",
        sales_order=row.order,
        channel=row.order.channel,
        now=now,
    )


def next_label_due() -> datetime | None:
    """When the next step is to be done; None when nothing moves."""
    moving = (LabelState.WAITING, LabelState.ATTEMPTED, LabelState.ORDERED, LabelState.VOIDING)
    rows = CourierLabel.objects.filter(state__in=moving).order_by("again_at")
    return rows.values_list("again_at", flat=True).first()
