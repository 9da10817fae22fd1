"""One sales order for its page: Amazon's facts, what is allocated, what was dispatched, what was sent to Amazon."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from wharfinger.db.models import (
    Allocation,
    Confirmation,
    Invoice,
    SalesOrder,
    SalesOrderLine,
    Shipment,
    ShipmentLine,
)
from wharfinger.db.queries.installation.problems import ProblemRow, problems_of_order
from wharfinger.db.queries.installation.timelines import Happening, timeline
from wharfinger.db.queries.orders.actions.cancellations import CancellationFacts, cancellations_of
from wharfinger.db.queries.orders.actions.parts import PartRow, parts_of_import
from wharfinger.db.queries.orders.customisations import HeldCustomisation, customisations_of
from wharfinger.db.queries.orders.order_marks import OrderMarks, order_marks
from wharfinger.db.queries.orders.regulated import regulated_lines
from wharfinger.db.queries.orders.verifications import VERIFICATION_COLUMNS, VerificationFacts, read_verification
from wharfinger.domain.installation.problems import ADDRESS_HOLDS, ProblemKind
from wharfinger.domain.orders.addresses import read_address, read_buyer, written
from wharfinger.domain.orders.order import (
    Fulfilment,
    IncomingAddress,
    IncomingBuyer,
    LineAmounts,
    OrderType,
    Particulars,
    SalesOrderState,
)
from wharfinger.domain.orders.particulars import read_particulars
from wharfinger.domain.shipping.prime import PrimeLabels, in_force, is_prime, is_warned_about
from wharfinger.domain.shipping.ship_plus import is_ship_plus
from wharfinger.domain.shipping.shipments import UNTOUCHED, ConfirmationState
from wharfinger.domain.shipping.undoing import is_undo_open


@dataclass(frozen=True, slots=True)
class OrderLine:
    id: int
    order_item_id: str
    sku: str
    asin: str
    title: str
    item_id: int | None
    item_code: str
    item_name: str
    held_reason: str
    ordered: int
    cancelled: int
    shipped: int
    allocated: int
    allocations: tuple[tuple[str, str, int], ...]
    """(site, stock code, units)."""
    amounts: LineAmounts
    gift_wrap_level: str
    has_gift_message: bool
    gift_message: str
    """The buyer's words, for who may see personal data; empty for others."""
    customised: bool
    customisation_url: str
    """What the buyer wrote or drew, at Amazon; personal like the message."""
    tax_collected_by: str
    ioss_number: str
    serial_numbers_required: bool
    cancel_requested: bool
    customisation: HeldCustomisation | None
    """What of it is saved here; for who may see personal data."""
    regulated: bool
    """It may leave only once Amazon's verification is approved."""
    service: str
    """A warranty, an assembly: it takes no stock and is not dispatched."""
    particulars: Particulars

    @property
    def open(self) -> int:
        return 0 if self.service else max(0, self.ordered - self.cancelled - self.shipped)

    @property
    def short(self) -> int:
        """Open units without allocated stock. A kit's allocations are those of its components."""
        return max(0, self.open - self.ready)

    @property
    def ready(self) -> int:
        """Open units that may leave now."""
        of_components = any(code != self.item_code for _, code, _ in self.allocations)
        return self.open if of_components else min(self.open, self.allocated)


@dataclass(frozen=True, slots=True)
class ConfirmationFacts:
    """What became of telling Amazon about a shipment."""

    id: int
    state: ConfirmationState
    made_at: datetime
    attempts: int
    attempted_at: datetime | None
    accepted_at: datetime | None
    confirmed_at: datetime | None
    again_at: datetime
    error: str
    version: int
    first_accepted_at: datetime | None

    @property
    def untouched(self) -> bool:
        """Nothing was ever sent of it."""
        return self.state in UNTOUCHED and self.attempted_at is None

    @property
    def corrected(self) -> bool:
        """Amazon held an earlier version of the parcel, which this one replaces."""
        return self.version > 1 and self.first_accepted_at is not None

    @property
    def settled(self) -> bool:
        return self.state in (
            ConfirmationState.CONFIRMED,
            ConfirmationState.REFUSED,
            ConfirmationState.NOT_SHOWN,
            ConfirmationState.NOT_SENT,
            ConfirmationState.AMAZONS_OWN,
        )


@dataclass(frozen=True, slots=True)
class ShipmentFacts:
    id: int
    package_reference: str
    courier: str
    service: str
    tracking_number: str
    shipped_at: datetime
    who: str
    lines: tuple[tuple[str, int], ...]
    """(SKU, units)."""
    confirmation: ConfirmationFacts | None
    service_id: int
    delivered_at: datetime | None
    number_confirmed: bool
    undo_until: datetime | None

    def may_undo(self, now: datetime) -> bool:
        """Nothing was sent to Amazon yet, and its time for that has not come."""
        return self.confirmation is not None and self.confirmation.untouched and is_undo_open(self.undo_until, now)

    @property
    def waits_for_number(self) -> bool:
        return not self.tracking_number

    @property
    def settled(self) -> bool:
        """Nothing of it changes without a person: it was sent to Amazon, or there is no number yet to send."""
        return self.confirmation is None or self.confirmation.settled or self.waits_for_number

    @property
    def may_correct(self) -> bool:
        """Until Amazon shows it delivered: what is changed after that counts as invalid tracking there."""
        return self.confirmation is not None and not self.waits_for_number and self.delivered_at is None

    @property
    def may_send_again(self) -> bool:
        never = (ConfirmationState.NOT_SENT, ConfirmationState.AMAZONS_OWN)
        return self.may_correct and self.confirmation is not None and self.confirmation.state not in never


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """`issued_at` None: the code was assigned on import, the goods have not left."""

    code: str
    issued_at: datetime | None
    currency: str
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Personal data: read only for those who may see it. Who packs needs neither e-mail address nor tax number."""

    address: IncomingAddress | None
    buyer: IncomingBuyer
    customer: str
    customer_code: str
    customer_id: int | None
    cancel_reason: str
    """The buyer's own words."""
    amazons: IncomingAddress | None
    """Amazon's address, where a person corrected it."""

    @property
    def amazons_lines(self) -> tuple[str, ...]:
        return written(self.amazons) if self.amazons else ()

    @property
    def address_lines(self) -> tuple[str, ...]:
        """The address as it is written on a parcel."""
        return written(self.address) if self.address else ()


@dataclass(frozen=True, slots=True)
class SalesOrderPage:
    id: int
    code: str
    order_ref: str
    amazon_order_id: str
    imported_id: int
    record_only: bool
    account_id: int
    marketplace_id: str
    marketplace: str
    zone: str
    """Of the marketplace: what ship-by and deliver-by are shown in."""
    seller_central: str
    channel_id: int
    channel: str
    fulfilment: Fulfilment
    site_id: int
    site: str
    state: SalesOrderState
    order_type: OrderType
    amazon_status: str
    currency: str
    total: Decimal | None
    service_level: str
    programs: tuple[str, ...]
    prime_labels: PrimeLabels | None
    """None where Amazon sells no labels for the orders of the marketplace."""
    replaces: str
    placed_at: datetime
    made_at: datetime
    ship_by: datetime | None
    deliver_by: datetime | None
    shipped_at: datetime | None
    cancelled_at: datetime | None
    cancel_requested: bool
    cancel_answered_at: datetime | None
    lines: tuple[OrderLine, ...]
    shipments: tuple[ShipmentFacts, ...]
    invoices: tuple[InvoiceFacts, ...]
    problems: tuple[ProblemRow, ...]
    timeline: tuple[Happening, ...]
    delivery: Delivery | None
    confirmed: bool
    picked_at: datetime | None
    invoice_priority: int | None
    sales_source: str
    bank_account: str
    courier_group: str
    company_class: str
    marks: OrderMarks
    cancellations: tuple[CancellationFacts, ...]
    approved_at: datetime | None
    parts: tuple[PartRow, ...]
    """All sales orders of its Amazon order, where there is more than this one."""
    parcels_of_parts: int
    """Parcels of its Amazon order, this sales order's among them, and those that were undone."""
    merged_into: str
    verification: VerificationFacts | None
    """What Amazon says of its regulated goods, where it was looked for."""

    @property
    def may_split(self) -> bool:
        """What else may stand in the way is said when it is tried."""
        may = self.fulfilment is Fulfilment.FBM and self.state.open and self.state is not SalesOrderState.PENDING
        unsent = sum(max(0, line.ordered - line.cancelled - line.shipped) for line in self.lines)
        return may and not self.cancelling and (unsent > 1 or (unsent > 0 and bool(self.shipments)))

    @property
    def needs_approval(self) -> bool:
        """Goods of it are regulated, and nobody has said yet that they are approved at Amazon."""
        return self.approved_at is None and self.state.open and any(line.regulated and line.open for line in self.lines)

    @property
    def may_note_approved(self) -> bool:
        """A person may say so himself while Amazon shows nothing against it."""
        return self.verification is None or not self.verification.state.blocks

    @property
    def may_edit_address(self) -> bool:
        return self.fulfilment is Fulfilment.FBM and self.state.open

    @property
    def on_hold(self) -> bool:
        """A person holds it; of a closed order nothing is held."""
        return self.marks.hold is not None and self.state.open

    @property
    def cancelling(self) -> bool:
        """Its cancellation at Amazon is under way."""
        return any(row.state.open for row in self.cancellations)

    @property
    def may_cancel(self) -> bool:
        """Whole and not dispatched: what else may stand in the way is said when it is tried."""
        may = self.fulfilment is Fulfilment.FBM and self.state.open and not self.shipments and not self.parts
        return may and not self.cancelling and self.state is not SalesOrderState.PENDING

    @property
    def waits_for_word(self) -> bool:
        """Nobody has confirmed the order: it holds its stock, but neither leaves nor is invoiced."""
        return not self.confirmed and self.state not in (SalesOrderState.CANCELLED, SalesOrderState.MERGED)

    @property
    def cancel_unanswered(self) -> bool:
        """The buyer requested cancellation, and nobody has said yet what becomes of it."""
        return self.cancel_requested and self.cancel_answered_at is None and self.state.open

    @property
    def address_odd(self) -> bool:
        """Held for its address, which a person may confirm as it is: there is a street at least."""
        has_street = bool(self.delivery and self.delivery.address and self.delivery.address.line_1)
        return has_street and any(problem.kind in ADDRESS_HOLDS for problem in self.problems)

    @property
    def address_changed(self) -> bool:
        return any(problem.kind == ProblemKind.ADDRESS_CHANGED for problem in self.problems)

    @property
    def may_dispatch(self) -> bool:
        """Some units are allocated and may be dispatched now; the others may follow in a later parcel."""
        ready = (
            SalesOrderState.READY,
            SalesOrderState.READY_IN_PART,
            SalesOrderState.PART_SHIPPED,
            SalesOrderState.AWAITING_STOCK,
        )
        allocated = any(line.open and line.allocations for line in self.lines)
        held_back = self.cancel_unanswered or self.on_hold or self.cancelling or self.needs_approval
        free = self.confirmed and not held_back
        return self.fulfilment is Fulfilment.FBM and self.state in ready and allocated and free

    @property
    def settled(self) -> bool:
        """Nothing of the shipments is on its way to Amazon: the page need not ask again."""
        return all(parcel.settled for parcel in self.shipments) and not self.cancelling

    @property
    def is_gift(self) -> bool:
        """Nobody finds the prices of it in its parcel."""
        return any(line.gift_wrap_level or line.has_gift_message for line in self.lines)

    @property
    def ship_plus(self) -> bool:
        """Only a label bought from Amazon ships it."""
        return is_ship_plus(self.programs)

    @property
    def prime_without_amazon(self) -> bool:
        """A Prime order, of whose label people are to think: nothing is held up."""
        return is_warned_about(self.programs, self.prime_labels, from_amazon=False)

    @property
    def prime_requires_amazon(self) -> bool:
        return is_prime(self.programs) and self.prime_labels is PrimeLabels.REQUIRE

    @property
    def next_package(self) -> int:
        """A second press of Dispatch on the same page names the same package, and is refused."""
        return self.parcels_of_parts + 1


_COLUMNS = (
    "id", "code", "order_ref", "channel_id", "channel__name", "channel__kind", "channel__account_id",
    "channel__marketplace_id", "channel__marketplace__name", "channel__marketplace__prime_labels",
    "channel__marketplace__country",
    "channel__marketplace__time_zone", "channel__marketplace__seller_central", "site_id",
    "site__name", "state", "order_type",
    "currency", "total", "service_level", "programs", "replaces", "placed_at", "made_at", "ship_by", "deliver_by",
    "shipped_at", "cancelled_at", "cancel_requested", "cancel_answered_at", "imported_id", "imported__amazon_order_id",
    "imported__amazon_status", "imported__record_only", "confirmed", "picked_at", "invoice_priority",
    "sales_source__name", "bank_account__name", "courier_group__name",
    "customer__company_class__name", "approved_at", "part", "divided", "merged_into__code",
    *VERIFICATION_COLUMNS,
)  # fmt: skip
_PERSONAL = ("delivery", "own_delivery", "buyer", "cancel_reason", "customer_id", "customer__name", "customer__code")


def sales_order_page(order_id: int, *, with_personal_data: bool, with_contact: bool = False) -> SalesOrderPage | None:
    columns = (*_COLUMNS, *_PERSONAL) if with_personal_data else _COLUMNS
    row = SalesOrder.objects.filter(pk=order_id).values(*columns).first()
    if row is None:
        return None
    parts = parts_of_import(row["imported_id"]) if row["divided"] or row["merged_into__code"] else ()
    shipments = shipments_of(order_id)
    return SalesOrderPage(
        id=row["id"],
        code=row["code"],
        order_ref=row["order_ref"],
        amazon_order_id=row["imported__amazon_order_id"],
        imported_id=row["imported_id"],
        record_only=row["imported__record_only"],
        account_id=row["channel__account_id"],
        marketplace_id=row["channel__marketplace_id"],
        marketplace=row["channel__marketplace__name"],
        zone=row["channel__marketplace__time_zone"],
        seller_central=row["channel__marketplace__seller_central"],
        channel_id=row["channel_id"],
        channel=row["channel__name"],
        fulfilment=row["channel__kind"],
        site_id=row["site_id"],
        site=row["site__name"],
        state=row["state"],
        order_type=row["order_type"],
        amazon_status=row["imported__amazon_status"],
        currency=row["currency"],
        total=row["total"],
        service_level=row["service_level"],
        programs=tuple(row["programs"]),
        prime_labels=in_force(row["channel__marketplace__prime_labels"], row["channel__marketplace__country"]),
        replaces=row["replaces"],
        placed_at=row["placed_at"],
        made_at=row["made_at"],
        ship_by=row["ship_by"],
        deliver_by=row["deliver_by"],
        shipped_at=row["shipped_at"],
        cancelled_at=row["cancelled_at"],
        cancel_requested=row["cancel_requested"],
        cancel_answered_at=row["cancel_answered_at"],
        lines=_lines(order_id, with_personal_data=with_personal_data),
        shipments=shipments,
        invoices=_invoices(order_id),
        problems=problems_of_order(order_id, row["imported_id"]),
        timeline=timeline(
            Q(sales_order=order_id) | Q(imported_order=row["imported_id"]), with_personal_data=with_personal_data
        ),
        delivery=_delivery(row, with_contact=with_contact) if with_personal_data else None,
        confirmed=row["confirmed"],
        picked_at=row["picked_at"],
        invoice_priority=row["invoice_priority"],
        sales_source=row["sales_source__name"] or "",
        bank_account=row["bank_account__name"] or "",
        courier_group=row["courier_group__name"] or "",
        company_class=row["customer__company_class__name"] or "",
        approved_at=row["approved_at"],
        marks=order_marks(order_id, with_personal_data=with_personal_data),
        cancellations=cancellations_of(order_id),
        parts=parts,
        parcels_of_parts=_parcels(row["imported_id"]),
        merged_into=row["merged_into__code"] or "",
        verification=read_verification(row),
    )


def _parcels(imported_id: int) -> int:
    return Shipment.ever.filter(order__imported=imported_id).count()


def _delivery(row: dict[str, Any], *, with_contact: bool) -> Delivery:
    buyer = read_buyer(row["buyer"])
    return Delivery(
        address=read_address(row["own_delivery"] or row["delivery"]),
        amazons=read_address(row["delivery"]) if row["own_delivery"] else None,
        buyer=buyer if with_contact else replace(buyer, email="", vat_number=""),
        customer=row["customer__name"] or "",
        customer_code=row["customer__code"] or "",
        customer_id=row["customer_id"],
        cancel_reason=row["cancel_reason"],
    )


def _lines(order_id: int, *, with_personal_data: bool) -> tuple[OrderLine, ...]:
    allocated: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    allocations = Allocation.objects.filter(line__order=order_id).order_by("site__name", "item__code")
    for line_id, site, code, quantity in allocations.values_list("line", "site__name", "item__code", "quantity"):
        allocated[line_id].append((site, code, quantity))
    rows = list(SalesOrderLine.objects.filter(order=order_id).select_related("item").order_by("id"))
    saved = customisations_of(order_id) if with_personal_data and any(row.customisation_url for row in rows) else {}
    regulated = regulated_lines(rows)
    return tuple(
        _line(row, tuple(allocated.get(row.pk, ())), with_personal_data, saved.get(row.pk), row.pk in regulated)
        for row in rows
    )


def _line(
    row: SalesOrderLine,
    allocated: tuple[tuple[str, str, int], ...],
    with_personal_data: bool,
    customisation: HeldCustomisation | None,
    regulated: bool,
) -> OrderLine:
    own = sum(units for _, code, units in allocated if row.item and code == row.item.code)
    return OrderLine(
        id=row.pk,
        order_item_id=row.order_item_id,
        sku=row.sku,
        asin=row.asin,
        title=row.title,
        item_id=row.item_id,
        item_code=row.item.code if row.item else "",
        item_name=row.item.name if row.item else "",
        held_reason=row.held_reason,
        ordered=row.quantity_ordered,
        cancelled=row.quantity_cancelled,
        shipped=row.quantity_shipped,
        allocated=own,
        allocations=allocated,
        amounts=LineAmounts(
            item=row.amount_item,
            shipping=row.amount_shipping,
            gift_wrap=row.amount_gift_wrap,
            discount=row.amount_discount,
            tax=row.amount_tax,
            other=row.amount_other,
            total=row.amount_total,
        ),
        gift_wrap_level=row.gift_wrap_level,
        has_gift_message=bool(row.gift_message),
        gift_message=row.gift_message if with_personal_data else "",
        customised=bool(row.customisation_url),
        customisation_url=row.customisation_url if with_personal_data and _is_web(row.customisation_url) else "",
        tax_collected_by=row.tax_collected_by,
        ioss_number=row.ioss_number,
        serial_numbers_required=row.serial_numbers_required,
        cancel_requested=row.cancel_requested,
        customisation=customisation,
        regulated=regulated,
        service=row.service,
        particulars=read_particulars(row.particulars),
    )


def _is_web(address: str) -> bool:
    """Only such an address becomes a link: the text came from outside."""
    return address.startswith("https://")


def shipments_of(order_id: int) -> tuple[ShipmentFacts, ...]:
    """The order's parcels with the state of their confirmations, first parcel first."""
    parts: dict[int, list[tuple[str, int]]] = defaultdict(list)
    lines = ShipmentLine.objects.filter(shipment__order=order_id).order_by("id")
    for shipment_id, sku, quantity in lines.values_list("shipment", "line__sku", "quantity"):
        parts[shipment_id].append((sku, quantity))
    confirmations = {
        row.shipment_id: ConfirmationFacts(
            id=row.pk,
            state=row.state,
            made_at=row.made_at,
            attempts=row.attempts,
            attempted_at=row.attempted_at,
            accepted_at=row.accepted_at,
            confirmed_at=row.confirmed_at,
            again_at=row.again_at,
            error=row.error,
            version=row.version,
            first_accepted_at=row.first_accepted_at,
        )
        for row in Confirmation.objects.filter(shipment__order=order_id)
    }
    rows = Shipment.objects.filter(order=order_id).select_related("service", "user").order_by("id")
    return tuple(
        ShipmentFacts(
            id=row.pk,
            package_reference=row.package_reference,
            courier=row.service.courier,
            service=row.service.name,
            tracking_number=row.tracking_number,
            shipped_at=row.shipped_at,
            who=str(row.user) if row.user else "",
            lines=tuple(parts.get(row.pk, ())),
            confirmation=confirmations.get(row.pk),
            service_id=row.service_id,
            delivered_at=row.delivered_at,
            number_confirmed=row.number_confirmed,
            undo_until=row.undo_until,
        )
        for row in rows
    )


def _invoices(order_id: int) -> tuple[InvoiceFacts, ...]:
    rows = Invoice.objects.filter(order=order_id).order_by("id")
    return tuple(InvoiceFacts(row.code, row.issued_at, row.currency, row.total) for row in rows)
