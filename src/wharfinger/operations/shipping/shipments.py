"""Parcels that leave: the order, its lines, the stock and the message to Amazon, in one transaction."""

from collections.abc import Mapping
from datetime import datetime

from wharfinger.db.models import (
    Allocation,
    Confirmation,
    CourierService,
    ImportedOrder,
    KitComponent,
    Problem,
    SalesOrder,
    SalesOrderLine,
    Shipment,
    ShipmentLine,
    User,
)
from wharfinger.db.queries.orders.regulated import regulated_lines
from wharfinger.domain.installation.problems import ADDRESS_HOLDS
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.order import Fulfilment, SalesOrderState
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.shipments import ConfirmationState, Tracking
from wharfinger.domain.shipping.tracking_numbers import TrackingNumber
from wharfinger.domain.stock.ledger import MovementReason
from wharfinger.operations import triggers
from wharfinger.operations.after_sale._invoice_steps import invoice_order
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping._carrier_steps import checked_number, service_in_use
from wharfinger.operations.stock._allocation_steps import recompute_state
from wharfinger.operations.stock._stock_steps import Move, lock_levels, write_movement
from wharfinger.operations.transaction import operation

AMAZON_CONFIRMS_ITSELF = "FBM_SHIP_PLUS"
"""Orders of this programme are confirmed by Amazon; a confirmation of ours would be refused."""


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
    """One parcel of the order leaves. `lines` None = everything that is open and not held; else units by line.

    Only units with allocated stock can be dispatched. `package`: the number that the page showed for this
    parcel; another one means that somebody dispatched meanwhile. `number_confirmed`: a person compared a
    tracking number that does not fit its carrier with the label.
    """
    # Parts of one Amazon order share its numbers of parcels, so its row is locked first: a batch locks it first, too.
    ImportedOrder.objects.select_for_update(of=("self",), no_key=True).get(sales_order=order_id)
    rows = SalesOrder.objects.select_for_update(of=("self",), no_key=True).select_related("channel", "imported", "site")
    order = rows.get(pk=order_id)
    _check_order(order)
    reference = Shipment.objects.filter(order__imported=order.imported_id).count() + 1
    if package is not None and package != reference:
        raise Refused(
            "%(order)s was dispatched in the meantime: this would be parcel %(reference)s. Check it again.",
            order=order.code,
            reference=reference,
        )
    service = service_in_use(order.channel, service_id)
    number = _tracking_number(order, service, tracking_number, reference, confirmed=number_confirmed)
    leaving = _leaving(order, lines)
    _check_approved(order, [line for line, _ in leaving])
    shipment = Shipment.objects.create(
        order=order,
        package_reference=str(reference),
        service=service,
        tracking_number=number.number,
        number_confirmed=bool(number.doubt),
        shipped_at=now,
        user=user,
    )
    for line, units in leaving:
        ShipmentLine.objects.create(shipment=shipment, line=line, quantity=units)
    _move_out(shipment, leaving, now=now, user=user)
    _bring_order_along(order, now)
    _tell_amazon(order, shipment, now)
    units = sum(quantity for _, quantity in leaving)
    words = "1 unit" if units == 1 else f"{units} units"
    record_activity(
        f"Parcel {reference} dispatched: {words} with {service}, {number.number or 'no tracking number yet'}.",
        sales_order=order,
        channel=order.channel,
        now=now,
        user=user,
    )
    return shipment


def _check_order(order: SalesOrder) -> None:
    state = order.state
    if order.channel.kind == Fulfilment.FBA:
        raise Refused("%(order)s is fulfilled by Amazon (FBA). There is nothing to dispatch.", order=order.code)
    if state is SalesOrderState.CANCELLED:
        raise Refused("%(order)s was cancelled. Do not dispatch it; its stock is available again.", order=order.code)
    if state is SalesOrderState.PENDING:
        raise Refused(
            "%(order)s is pending: Amazon has not released it for shipping yet. Wait until it is paid.",
            order=order.code,
        )
    if state is SalesOrderState.MERGED:
        raise Refused(
            "The lines of %(order)s were merged into another sales order. Its page names that one.", order=order.code
        )
    if state in (SalesOrderState.SHIPPED, SalesOrderState.ISSUED):
        raise Refused("%(order)s is already dispatched. There is nothing more to dispatch.", order=order.code)
    if order.cancelling_at is not None:
        raise Refused(
            "The cancellation of %(order)s at Amazon is under way. Do not dispatch it; wait for Amazon.",
            order=order.code,
        )
    if order.on_hold_at is not None:
        raise Refused("%(order)s is on hold. Press Release on the order first, then dispatch it.", order=order.code)
    if not order.confirmed:
        raise Refused(
            "%(order)s is not confirmed yet. Press Confirm on the order first, then dispatch it.", order=order.code
        )
    if order.cancel_unanswered:
        raise Refused(
            "The buyer of %(order)s requested cancellation. Press Dispatch anyway on the order first, or "
            "Cancel at Amazon.",
            order=order.code,
        )
    if Problem.objects.filter(kind__in=ADDRESS_HOLDS, key=AboutOrder(order.pk), solved_at=None).exists():
        raise Refused(
            "%(order)s has no complete delivery address. The order's page says what is missing and what to do.",
            order=order.code,
        )


def _check_approved(order: SalesOrder, leaving: list[SalesOrderLine]) -> None:
    if order.approved_at is None and regulated_lines(leaving):
        raise Refused(
            "%(order)s has regulated goods. Approve its verification in Seller Central first, then press Approved "
            "at Amazon on the order.",
            order=order.code,
        )


def _tracking_number(
    order: SalesOrder, service: CourierService, typed: str, reference: int, *, confirmed: bool
) -> TrackingNumber:
    if typed.strip():
        return checked_number(typed, order.channel_id, service, confirmed=confirmed)
    if service.gives_number:
        return TrackingNumber(f"{service.number_prefix or 'WF'}{order.pk:08d}{reference:03d}")
    if service.tracking == Tracking.TYPED_LATER:
        return TrackingNumber("")
    raise Refused(
        "%(service)s needs its tracking number before the parcel is dispatched. Type it from the label.",
        "tracking_number",
        service=service,
    )


def _leaving(order: SalesOrder, wanted: Mapping[int, int] | None) -> list[tuple[SalesOrderLine, int]]:
    """The lines of the parcel with their units, all checked."""
    open_lines = {line.pk: line for line in order.lines.select_for_update(no_key=True).order_by("pk")}
    if wanted is None:
        waiting = [line for line in open_lines.values() if line.quantity_open]
        known = [line for line in waiting if not line.held_reason and line.item_id is not None]
        wanted = {line.pk: line.quantity_open for line in known or waiting}
    leaving = []
    for line_id, units in sorted(wanted.items()):
        line = open_lines.get(line_id)
        if line is None:
            raise Refused("%(order)s no longer has this line. Open the order again.", "lines", order=order.code)
        if units < 0:
            raise Refused(
                "%(sku)s: units cannot be negative. Give 0 to leave the line for later.", "lines", sku=line.sku
            )
        if units:
            _check_line(order, line, units)
            leaving.append((line, units))
    if not leaving:
        raise Refused(
            "%(order)s: no units to dispatch were given. Give the units of at least one line.",
            "lines",
            order=order.code,
        )
    return leaving


def _check_line(order: SalesOrder, line: SalesOrderLine, units: int) -> None:
    if line.held_reason or line.item_id is None:
        reason = line.held_reason or N_("not linked to a stock item")
        raise Refused("%(sku)s is held: %(reason)s", "lines", sku=line.sku[:60], reason=reason)
    if units > line.quantity_open:
        raise Refused(
            "%(sku)s: %(units)s units, but only %(quantity_open)s are still to be dispatched. Correct the units.",
            "lines",
            sku=line.sku[:60],
            units=units,
            quantity_open=line.quantity_open,
        )


def _move_out(
    shipment: Shipment, leaving: list[tuple[SalesOrderLine, int]], *, now: datetime, user: User | None
) -> None:
    """The allocated units leave: allocation and stock fall together, so what is available stays."""
    taken = [(line, allocation, units) for line, wanted in leaving for allocation, units in _take(line, wanted)]
    levels = lock_levels([(allocation.item_id, allocation.site_id) for _, allocation, _ in taken])
    for line, allocation, units in taken:
        allocation.quantity -= units
        if allocation.quantity:
            allocation.save(update_fields=["quantity"])
        else:
            allocation.delete()
        write_movement(
            levels[(allocation.item_id, allocation.site_id)],
            Move(
                -units,
                MovementReason.SOLD,
                order_line=line,
                shipment=shipment,
                user=user,
                allocated=units,
            ),
            now=now,
        )
    for line, units in leaving:
        line.quantity_shipped += units
        line.save(update_fields=["quantity_shipped"])


def _take(line: SalesOrderLine, wanted: int) -> list[tuple[Allocation, int]]:
    """The allocations that give the line's units, with the units from each; refused when stock is short."""
    rows = list(Allocation.objects.select_for_update(no_key=True).filter(line=line).order_by("item_id", "site_id"))
    parts = dict(KitComponent.objects.filter(kit=line.item_id).values_list("component", "quantity"))
    needs = {part: wanted * each for part, each in parts.items()} if parts else {line.item_id: wanted}
    taken = []
    for item_id, need in needs.items():
        left = need
        for row in (row for row in rows if row.item_id == item_id):
            units = min(row.quantity, left)
            if units:
                taken.append((row, units))
                left -= units
        if left:
            allocated = (need - left) * wanted // need
            raise Refused(
                "%(sku)s: stock is allocated to %(allocated)s of %(wanted)s units. Receive stock, or dispatch fewer.",
                "lines",
                sku=line.sku[:60],
                allocated=allocated,
                wanted=wanted,
            )
    return taken


def _bring_order_along(order: SalesOrder, now: datetime) -> None:
    recompute_state(order, list(order.lines.order_by("pk")), now=now)
    if order.state == SalesOrderState.SHIPPED:
        SalesOrder.objects.filter(pk=order.pk).update(shipped_at=now)
        invoice_order(order, now=now)


def _tell_amazon(order: SalesOrder, shipment: Shipment, now: datetime) -> None:
    quiet = (
        order.channel.dont_upload_order_status
        or order.imported.record_only
        or AMAZON_CONFIRMS_ITSELF in (order.programs or [])
    )
    state = ConfirmationState.NOT_SENT if quiet else ConfirmationState.WAITING
    Confirmation.objects.create(
        shipment=shipment, account_id=order.channel.account_id, state=state, again_at=now, made_at=now
    )
    if not quiet:
        triggers.run_flow(order.channel.account_id, "shipments_out", soon=True)
