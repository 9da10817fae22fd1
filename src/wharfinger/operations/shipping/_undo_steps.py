"""Steps that take parcels back before Amazon hears of them: read in a fixed number of statements, decided one by one,
written in bulk.

Whoever claims a confirmation for sending and whoever undoes its parcel lock its row first: exactly one of them wins.
Rows are locked in the order of `_parcel_steps`, with the confirmations between lines and levels.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from wharfinger.db.any_of import any_of
from wharfinger.db.models import (
    Activity,
    AuditEntry,
    Confirmation,
    CourierLabel,
    ImportedOrder,
    Invoice,
    Movement,
    SalesOrder,
    SalesOrderLine,
    Shipment,
    ShipmentLine,
    User,
)
from wharfinger.domain.installation.problems import ADDRESS_HOLDS, ProblemKind
from wharfinger.domain.installation.subjects import AboutConfirmation, AboutLevel, AboutOrder
from wharfinger.domain.orders.order import AmazonStatus, SalesOrderState
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.shipments import UNTOUCHED
from wharfinger.domain.shipping.undoing import ParcelToUndo, why_not_undone
from wharfinger.domain.stock.allocation import Key
from wharfinger.operations._rows import Rows, insert, new_row
from wharfinger.operations.installation._history_steps import draft_activity
from wharfinger.operations.installation._problem_steps import Problems
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping._carrier_steps import refusal
from wharfinger.operations.shipping._confirmation_steps import OF_A_CONFIRMATION
from wharfinger.operations.shipping._label_steps import begin_void_of_many
from wharfinger.operations.stock._allocation_steps import claims_of_lines, short_of_stock, state_of
from wharfinger.operations.stock._group_steps import by_item, sites_of_line, to_be_sent
from wharfinger.operations.stock._shelf import Shelf

UNDONE = "The dispatch was undone."


class Returns:
    """The parcels of some shipments: first read and locked, then each decided and taken back, then written once."""

    def __init__(self, shipment_ids: Collection[int]) -> None:
        rows = Shipment.ever.filter(any_of("pk", shipment_ids)).select_related("service")
        self._shipments = {row.pk: row for row in rows.order_by("pk")}
        self._orders, self._lines = self._read_orders({row.order_id for row in self._shipments.values()})
        self._confirmations = self._lock_confirmations()
        again = Shipment.ever.filter(any_of("pk", self._shipments)).values_list("pk", "undone_at")
        self._undone = {pk for pk, undone_at in again if undone_at is not None}  # read again: the orders are ours now
        self._units = self._read_units()
        self._labels = self._lock_labels()
        self._problems = Problems()
        self._problems.read([AboutOrder(pk) for pk in self._orders])
        self._problems.read([AboutConfirmation(row.pk) for row in self._confirmations.values()])
        every = [line for of_order in self._lines.values() for line in of_order]
        self._shelf = Shelf()
        self._shelf.read_parts(line.item_id for line in every if line.item_id is not None)
        self._shelf.read_held("line", [line.pk for line in every])

    def _read_orders(self, ids: Collection[int]) -> tuple[dict[int, SalesOrder], dict[int, list[SalesOrderLine]]]:
        of_ids = SalesOrder.objects.filter(any_of("pk", ids)).values("imported")
        imported = ImportedOrder.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=of_ids)
        list(imported.order_by("pk").values_list("pk"))
        rows = SalesOrder.objects.select_for_update(of=("self",), no_key=True).filter(any_of("pk", ids))
        self._order_rows, self._line_rows = Rows(SalesOrder), Rows(SalesOrderLine)
        related = rows.select_related("channel", "imported", "site").order_by("pk")
        orders = {order.pk: order for order in self._order_rows.read(list(related))}
        lines: dict[int, list[SalesOrderLine]] = {pk: [] for pk in orders}
        found = SalesOrderLine.objects.select_for_update(no_key=True).filter(any_of("order", orders)).order_by("pk")
        for line in self._line_rows.read(found):
            lines[line.order_id].append(line)
            line.order = orders[line.order_id]
        return orders, lines

    def _lock_confirmations(self) -> dict[int, Confirmation]:
        rows = Confirmation.objects.select_for_update(of=("self",), no_key=True)
        return {row.shipment_id: row for row in rows.filter(any_of("shipment", self._shipments)).order_by("pk")}

    def _read_units(self) -> dict[int, list[tuple[int, Key, int]]]:
        """By shipment what left with it: (line, (item, site), units), for a kit those of its components."""
        found: dict[int, list[tuple[int, Key, int]]] = {pk: [] for pk in self._shipments}
        rows = Movement.objects.filter(any_of("shipment", self._shipments), quantity__lt=0).order_by("pk")
        for shipment, line, item, site, units in rows.values_list("shipment", "order_line", "item", "site", "quantity"):
            found[shipment].append((line, (item, site), -units))
        return found

    def _lock_labels(self) -> dict[int, CourierLabel]:
        rows = CourierLabel.objects.select_for_update(of=("self",), no_key=True).defer("document")
        found = rows.filter(any_of("shipment", self._shipments)).order_by("pk")
        return {row.shipment_id: row for row in found if row.shipment_id is not None}

    # --- decided

    def check(self, shipment_id: int, *, now: datetime) -> None:
        """Nothing is written; refused with the reason."""
        row = self._shipments.get(shipment_id)
        if row is None:
            raise Refused(N_("This parcel is no longer there."))
        order, confirmation = self._orders[row.order_id], self._confirmations.get(shipment_id)
        parcel = ParcelToUndo(
            reference=row.package_reference,
            order=order.code,
            until=row.undo_until,
            waits=confirmation is not None and _is_untouched(confirmation),
            undone=shipment_id in self._undone,
            shipped_at_amazon=order.imported.amazon_status == AmazonStatus.SHIPPED and not row.amazons_label,
        )
        stays = why_not_undone(parcel, now)
        if stays is not None:
            raise refusal(stays)

    # --- taken back

    def take_back(self, shipment_ids: Sequence[int], *, now: datetime, user: User | None) -> None:
        """All of these, each of which was checked: stock, allocations, order, invoice and label."""
        parcels = [self._shipments[pk] for pk in shipment_ids]
        orders = sorted({row.order_id for row in parcels})
        self._lock_levels(parcels, orders)
        sent = {
            (shipment, line): units
            for shipment, line, units in ShipmentLine.objects.filter(any_of("shipment", shipment_ids)).values_list(
                "shipment", "line", "quantity"
            )
        }
        was_whole = {pk: self._orders[pk].state is SalesOrderState.SHIPPED for pk in orders}
        for row in parcels:
            self._return_units(row, sent, now=now, user=user)
            row.undone_at = now
            for kind in OF_A_CONFIRMATION:
                self._problems.solve(kind, AboutConfirmation(self._confirmations[row.pk].pk))
        for pk in orders:
            self._bring_order_back(self._orders[pk], now)
        self._write(parcels, sent, now=now, user=user)
        self._withdraw_invoices([pk for pk in orders if was_whole[pk]], parcels)
        self._problems.write(now=now)
        self._shelf.raise_notices(now=now)

    def _lock_levels(self, parcels: Sequence[Shipment], orders: Sequence[int]) -> None:
        keys = {key for row in parcels for _, key, _ in self._units[row.pk]}
        for pk in orders:
            for line in self._lines[pk]:
                keys |= self._shelf.keys([line.item_id], sites_of_line(self._orders[pk], line, self._shelf.groups))
                keys |= set(self._shelf.held("line", line.pk))
        self._problems.read([AboutLevel(*key) for key in sorted(keys)])
        self._shelf.lock(keys)

    def _return_units(
        self, row: Shipment, sent: dict[tuple[int, int], int], *, now: datetime, user: User | None
    ) -> None:
        lines = {line.pk: line for line in self._lines[row.order_id]}
        for line_id, key, units in self._units[row.pk]:
            note = f"Undone: parcel {row.package_reference}"
            self._shelf.take_back(
                lines[line_id], key, units, shipment=row, note=note, problems=self._problems, user=user, now=now
            )
        for line in lines.values():
            line.quantity_shipped -= sent.get((row.pk, line.pk), 0)

    def _bring_order_back(self, order: SalesOrder, now: datetime) -> None:
        """As if the parcel had never left; what Amazon cancelled meanwhile is free again."""
        lines = self._lines[order.pk]
        if order.imported.amazon_status.called_off:
            for line in lines:
                line.quantity_cancelled = max(0, line.quantity_ordered - line.quantity_shipped)
        self._shelf.allocate("line", claims_of_lines(order, lines, self._shelf.groups), now=now)
        parts = {line.item_id: self._shelf.parts(line.item_id) for line in lines if line.item_id is not None}
        held = {line.pk: by_item(self._can_leave(order, line)) for line in lines}
        about = AboutOrder(order.pk)
        missing = any(self._problems.is_open(kind, about) for kind in ADDRESS_HOLDS)
        order.state = state_of(order, lines, parts, held, address_missing=missing)
        if order.state is not SalesOrderState.SHIPPED:
            order.shipped_at = None
        if not any(line.quantity_shipped for line in lines):
            self._problems.solve_all(ProblemKind.CANCELLED_AFTER_SHIPPING, sales_order_id=order.pk)
        if order.state is SalesOrderState.AWAITING_STOCK:
            cause, remedy = short_of_stock(order)
            links = {"sales_order_id": order.pk, "channel_id": order.channel_id}
            self._problems.open(ProblemKind.AWAITING_STOCK, about, cause=cause, remedy=remedy, **links)

    def _can_leave(self, order: SalesOrder, line: SalesOrderLine) -> dict[Key, int]:
        return to_be_sent(order, line, self._shelf.held("line", line.pk), self._shelf.groups)

    # --- written once

    def _write(
        self, parcels: Sequence[Shipment], sent: dict[tuple[int, int], int], *, now: datetime, user: User | None
    ) -> None:
        ids = [row.pk for row in parcels]
        Confirmation.objects.filter(any_of("shipment", ids)).delete()
        ShipmentLine.objects.filter(any_of("shipment", ids)).delete()
        Shipment.ever.filter(any_of("pk", ids)).update(undone_at=now)
        self._shelf.write(self._problems)
        self._line_rows.write()
        self._order_rows.write()
        labels = [self._labels[pk] for pk in ids if pk in self._labels]
        begin_void_of_many(labels, UNDONE, self._orders, now=now, user=user)
        units = {row.pk: sum(count for (pk, _), count in sent.items() if pk == row.pk) for row in parcels}
        insert(Activity, [self._sentence(row, units[row.pk], now=now, user=user) for row in parcels])
        insert(AuditEntry, [_audit(row, units[row.pk], now=now, user=user) for row in parcels])

    def _sentence(self, row: Shipment, units: int, *, now: datetime, user: User | None) -> Activity:
        order = self._orders[row.order_id]
        counted = "1 unit is" if units == 1 else f"{units} units are"
        return draft_activity(
            f"Dispatch of parcel {row.package_reference} undone ({row.service}, "
            f"{row.tracking_number or 'no tracking number'}): {counted} back in stock; Amazon was sent nothing.",
            sales_order=order,
            channel=order.channel,
            now=now,
            user=user,
        )

    def _withdraw_invoices(self, order_ids: Sequence[int], parcels: Sequence[Shipment]) -> None:
        """What was issued with the parcel keeps its code, which has no gaps, and is issued when the goods leave."""
        since = {row.order_id: row.shipped_at for row in parcels}
        rows = Rows(Invoice)
        for row in rows.read(Invoice.objects.filter(any_of("order", order_ids), issued_at__isnull=False)):
            order = self._orders[row.order_id]
            if row.issued_at is not None and row.issued_at >= since[row.order_id]:
                row.issued_at = None if order.state is not SalesOrderState.SHIPPED else row.issued_at
        rows.write()


def _is_untouched(row: Confirmation) -> bool:
    return row.state in UNTOUCHED and row.attempted_at is None


def _audit(row: Shipment, units: int, *, now: datetime, user: User | None) -> AuditEntry:
    before = {
        "service": str(row.service),
        "tracking number": row.tracking_number,
        "units": str(units),
        "dispatched": row.shipped_at.isoformat(),
    }
    return new_row(
        AuditEntry,
        verb="undo dispatch",
        noun="Shipment",
        noun_id=str(row.pk),
        before=before,
        after=None,
        at=now,
        user=user,
    )
