"""Steps that let parcels leave, one or many: read in a fixed number of statements, decided one by one, written in bulk.

The decision is the domain's (`dispatching.decide_parcel`). Rows are locked in the one order of all batches: imported
orders (the parts of one share its numbers of parcels), orders, lines, levels, and the invoices' number last.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from wharfinger.db.any_of import any_of
from wharfinger.db.models import (
    Activity,
    Confirmation,
    ImportedOrder,
    SalesOrder,
    SalesOrderLine,
    Shipment,
    ShipmentLine,
    User,
)
from wharfinger.db.queries.orders.regulated import regulated_lines
from wharfinger.db.queries.shipping.undo import undo_minutes
from wharfinger.domain.installation.problems import ADDRESS_HOLDS, ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.order import Fulfilment, SalesOrderState
from wharfinger.domain.search_codes import squeeze
from wharfinger.domain.shipping.dispatching import (
    LineToSend,
    OrderToSend,
    ParcelLeaves,
    Stays,
    decide_number,
    decide_parcel,
)
from wharfinger.domain.shipping.prime import in_force, is_warned_about, why_prime_stays
from wharfinger.domain.shipping.ship_plus import LOOK_AFTER, why_not_sent_so
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.domain.shipping.tracking_numbers import TrackingNumber
from wharfinger.domain.shipping.undoing import undo_until
from wharfinger.domain.stock.allocation import Key
from wharfinger.operations import triggers
from wharfinger.operations._rows import Rows, draw, id_sequence, insert, new_row
from wharfinger.operations.after_sale._invoice_steps import Invoices
from wharfinger.operations.installation._history_steps import draft_activity
from wharfinger.operations.installation._problem_steps import Problems
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping._carrier_steps import Carriers, parcels_with, refusal
from wharfinger.operations.shipping._confirmation_steps import is_confirmed_by_amazon
from wharfinger.operations.shipping._label_steps import ReadyLabels, is_amazons, is_of_amazon
from wharfinger.operations.stock._allocation_steps import state_of
from wharfinger.operations.stock._group_steps import by_item, to_be_sent
from wharfinger.operations.stock._shelf import Shelf


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel that is to leave. `lines` None = everything that is open and not held; else units by line.

    `package`: the number that the page showed for this parcel; another one means that somebody dispatched meanwhile.
    `number_confirmed`: a person compared a tracking number that is in doubt with the label.
    """

    order_id: int
    service_id: int
    tracking_number: str = ""
    number_confirmed: bool = False
    lines: Mapping[int, int] | None = None
    package: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What a parcel takes with it, and under which number. `prime_without_amazon`: people see that its label is not
    Amazon's."""

    leaves: ParcelLeaves
    number: TrackingNumber
    prime_without_amazon: bool = False


class Departures:
    """The orders of some parcels: first read, then each decided and put on its way, then written once."""

    def __init__(self, parcels: Sequence[Parcel], *, orders: Collection[int] = (), locked: bool = True) -> None:
        """`locked` False: only to look at what would leave; nothing may be sent then. `orders`: those of which it is
        looked at without a service."""
        self.orders = self._read_orders({parcel.order_id for parcel in parcels} | set(orders), locked=locked)
        self._lines = self._read_lines(locked=locked)
        every = [line for of_order in self._lines.values() for line in of_order]
        self._sent = self._count_parcels()
        self._problems = Problems()
        self._problems.read([AboutOrder(pk) for pk in self.orders])
        channels = {order.channel_id for order in self.orders.values()}
        self._carriers = Carriers({parcel.service_id for parcel in parcels}, channels)
        self._numbered = parcels_with(parcel.tracking_number for parcel in parcels)
        self._labels = ReadyLabels(self.orders, locked=locked)
        self._regulated = regulated_lines(every)
        self._shelf = Shelf()
        self._shelf.read_parts(line.item_id for line in every if line.item_id is not None)
        self._shelf.read_held("line", [line.pk for line in every])
        self._leaving: list[tuple[SalesOrder, Shipment, ParcelLeaves]] = []

    def _read_orders(self, ids: Collection[int], *, locked: bool) -> dict[int, SalesOrder]:
        if locked:
            of_ids = SalesOrder.objects.filter(any_of("pk", ids)).values("imported")
            imported = ImportedOrder.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=of_ids)
            list(imported.order_by("pk").values_list("pk"))
        rows = (
            SalesOrder.objects.filter(any_of("pk", ids))
            .select_related("channel__marketplace", "imported", "site")
            .order_by("pk")
        )
        self._order_rows = Rows(SalesOrder)
        found = rows.select_for_update(of=("self",), no_key=True) if locked else rows
        return {order.pk: order for order in self._order_rows.read(list(found))}

    def _read_lines(self, *, locked: bool) -> dict[int, list[SalesOrderLine]]:
        rows = SalesOrderLine.objects.filter(any_of("order", self.orders)).order_by("pk")
        self._line_rows = Rows(SalesOrderLine)
        lines: dict[int, list[SalesOrderLine]] = {pk: [] for pk in self.orders}
        for line in self._line_rows.read(rows.select_for_update(no_key=True) if locked else rows):
            lines[line.order_id].append(line)
        return lines

    def _count_parcels(self) -> Counter[int]:
        """By imported order, those that were undone too: no number is used twice."""
        imported = {order.imported_id for order in self.orders.values()}
        rows = Shipment.ever.filter(order__imported__in=imported).values_list("order__imported")
        return Counter(dict(rows.annotate(Count("pk"))))

    # --- decided

    def decide(self, parcel: Parcel) -> Decided:
        """Nothing is written; refused with the reason. What is decided next comes after it."""
        order = self.orders.get(parcel.order_id)
        if order is None:
            raise Refused("This sales order is no longer there.")
        leaves = self.what_leaves(order.pk, wanted=parcel.lines, package=parcel.package)
        if isinstance(leaves, Stays):
            raise refusal(leaves)
        service = self._carriers.to_use(order.channel, parcel.service_id)
        open_units = {line.pk: line.quantity_open for line in self._lines[order.pk]}
        label = self._labels.check(order, parcel.tracking_number, parcel.service_id, open_units)
        bought, amazons = label is not None, label is not None and is_of_amazon(label)
        other = why_not_sent_so(order.programs, parcel.tracking_number, from_courier=bought and not amazons)
        if other is not None:
            raise refusal(other)
        marketplace = order.channel.marketplace
        setting = in_force(marketplace.prime_labels, marketplace.country)
        other = why_prime_stays(
            order.programs,
            setting,
            parcel.tracking_number,
            marketplace=marketplace.name,
            from_amazon=amazons,
            from_courier=bought and not amazons,
            confirmed=parcel.number_confirmed,
        )
        if other is not None:
            raise refusal(other)
        number = decide_number(
            parcel.tracking_number,
            service,
            order_id=order.pk,
            reference=leaves.reference,
            elsewhere=self._numbered.get(squeeze(parcel.tracking_number), ""),
            confirmed=parcel.number_confirmed or bought,
        )
        if isinstance(number, Stays):
            raise refusal(number)
        self._sent[order.imported_id] += 1
        return Decided(leaves, number, is_warned_about(order.programs, setting, from_amazon=amazons))

    def what_leaves(
        self, order_id: int, *, wanted: Mapping[int, int] | None = None, package: int | None = None
    ) -> ParcelLeaves | Stays:
        """Of an order that was read, whichever service takes it; `wanted` None = all that is open and not held."""
        order = self.orders[order_id]
        lines = [self._line(line) for line in self._lines[order_id]]
        return decide_parcel(self._order(order), lines, wanted=wanted, package=package)

    def _order(self, order: SalesOrder) -> OrderToSend:
        return OrderToSend(
            id=order.pk,
            code=order.code,
            state=order.state,
            parcels=self._sent[order.imported_id],
            fulfilled_by_amazon=order.channel.kind == Fulfilment.FBA,
            confirmed=order.confirmed,
            on_hold=order.on_hold_at is not None,
            cancelling=order.cancelling_at is not None,
            cancel_unanswered=order.cancel_unanswered,
            address_missing=self._address_missing(order),
            approved=order.approved_at is not None,
        )

    def _address_missing(self, order: SalesOrder) -> bool:
        return any(self._problems.is_open(kind, AboutOrder(order.pk)) for kind in ADDRESS_HOLDS)

    def _line(self, line: SalesOrderLine) -> LineToSend:
        return LineToSend(
            id=line.pk,
            sku=line.sku,
            item_id=line.item_id,
            open=line.quantity_open,
            held_reason=line.held_reason,
            regulated=line.pk in self._regulated,
            parts=self._shelf.parts(line.item_id),
            held=self._can_leave(line),
        )

    # --- put on their way

    def send(self, decided: Sequence[tuple[Parcel, Decided]], *, now: datetime, user: User | None) -> list[Shipment]:
        """All of these leave, each of another order: stock, order, invoice, and the message to Amazon."""
        keys = {key for _, one in decided for line in one.leaves.lines for key, _ in line.taken}
        self._shelf.lock(keys)
        ids = draw({id_sequence(Shipment): len(decided)})[id_sequence(Shipment)]
        minutes = undo_minutes()
        for key, (parcel, one) in zip(ids, decided, strict=True):
            order = self.orders[parcel.order_id]
            shipment = new_row(
                Shipment,
                pk=key,
                order=order,
                package_reference=str(one.leaves.reference),
                service=self._carriers.services[parcel.service_id],
                tracking_number=one.number.number,
                number_confirmed=bool(one.number.doubt),
                shipped_at=now,
                user=user,
                undo_until=undo_until(minutes, order.ship_by, now),
            )
            self._move_out(shipment, one.leaves, now=now, user=user)
            self._bring_order_along(order, now)
            label = self._labels.use(shipment, {line.line_id: line.units for line in one.leaves.lines})
            shipment.amazons_label = label is not None and is_amazons(label, shipment.tracking_number)
            self._leaving.append((order, shipment, one.leaves))
        self._write(now=now, user=user)
        return [shipment for _, shipment, _ in self._leaving]

    def _move_out(self, shipment: Shipment, leaves: ParcelLeaves, *, now: datetime, user: User | None) -> None:
        rows = {line.pk: line for line in self._lines[shipment.order_id]}
        for leaving in leaves.lines:
            line = rows[leaving.line_id]
            for key, units in leaving.taken:
                self._shelf.send_allocated(line, key, units, shipment=shipment, user=user, now=now)
            line.quantity_shipped += leaving.units

    def _bring_order_along(self, order: SalesOrder, now: datetime) -> None:
        """Something of it was sent: it is shipped, whole or in part, and waits for no stock."""
        lines = self._lines[order.pk]
        parts = {line.item_id: self._shelf.parts(line.item_id) for line in lines if line.item_id is not None}
        held = {line.pk: by_item(self._can_leave(line)) for line in lines}
        missing = self._address_missing(order)
        order.state = state_of(order, lines, parts, held, address_missing=missing)
        if order.state is SalesOrderState.SHIPPED:
            order.shipped_at = now
        self._problems.solve(ProblemKind.AWAITING_STOCK, AboutOrder(order.pk))
        self._problems.solve(ProblemKind.LABEL_REFUSED, AboutOrder(order.pk))

    def _can_leave(self, line: SalesOrderLine) -> dict[Key, int]:
        """Units by (item, site)."""
        order = self.orders[line.order_id]
        return to_be_sent(order, line, self._shelf.held("line", line.pk), self._shelf.groups)

    # --- written once

    def _write(self, *, now: datetime, user: User | None) -> None:
        insert(Shipment, [shipment for _, shipment, _ in self._leaving])
        insert(
            ShipmentLine,
            [
                new_row(ShipmentLine, shipment=shipment, line_id=line.line_id, quantity=line.units)
                for _, shipment, leaves in self._leaving
                for line in leaves.lines
            ],
        )
        self._labels.write()
        self._shelf.write(self._problems)
        self._line_rows.write()
        self._order_rows.write()
        insert(Confirmation, [self._confirmation(order, shipment, now) for order, shipment, _ in self._leaving])
        insert(Activity, [_sentence(*each, now=now, user=user) for each in self._leaving])
        self._write_invoices(now)
        self._problems.write(now=now)
        for account_id in sorted({order.channel.account_id for order, *_ in self._leaving if not _is_quiet(order)}):
            triggers.run_flow(account_id, "shipments_out", soon=True)

    def _write_invoices(self, now: datetime) -> None:
        whole = [order for order, *_ in self._leaving if order.state is SalesOrderState.SHIPPED]
        invoices = Invoices()
        invoices.read([order.pk for order in whole])
        for order in whole:
            held_back = self._problems.is_open(ProblemKind.TOTALS_DIFFER, AboutOrder(order.pk))
            invoices.issue(order, held_back=held_back, now=now)
        invoices.write()

    def _confirmation(self, order: SalesOrder, shipment: Shipment, now: datetime) -> Confirmation:
        account = order.channel.account_id
        leaves_at = shipment.undo_until or now
        state = ConfirmationState.WAITING
        if _is_quiet(order):
            state = ConfirmationState.NOT_SENT
        elif is_confirmed_by_amazon(order.programs, shipment):
            state, leaves_at = ConfirmationState.AMAZONS_OWN, leaves_at + LOOK_AFTER
        return new_row(
            Confirmation, shipment=shipment, account_id=account, state=state, again_at=leaves_at, made_at=now
        )


def _is_quiet(order: SalesOrder) -> bool:
    """Nothing is sent to Amazon of its parcels."""
    return bool(order.channel.dont_upload_order_status or order.imported.record_only)


def _sentence(
    order: SalesOrder, shipment: Shipment, leaves: ParcelLeaves, *, now: datetime, user: User | None
) -> Activity:
    units = "1 unit" if leaves.units == 1 else f"{leaves.units} units"
    number = shipment.tracking_number or "no tracking number yet"
    return draft_activity(
        f"Parcel {leaves.reference} dispatched: {units} with {shipment.service}, {number}.",
        sales_order=order,
        channel=order.channel,
        now=now,
        user=user,
    )
