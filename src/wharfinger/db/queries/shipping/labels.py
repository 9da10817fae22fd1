"""Labels of a sales order as its page shows them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import BooleanField, ExpressionWrapper, Q

from wharfinger.db.models import CourierLabel
from wharfinger.domain.shipping.connections import LabelFormat, PackageFormat
from wharfinger.domain.shipping.labels import LabelState


@dataclass(frozen=True, slots=True)
class LabelRow:
    id: int
    order_id: int
    number: int
    reference: str
    state: LabelState
    service_id: int
    service: str
    package_format: PackageFormat
    grams: int
    units_of: tuple[tuple[int, int], ...]
    """(line, units)."""
    tracking_number: str
    error: str
    void_why: str
    requested_at: datetime
    who: str
    printed_at: datetime | None
    again_at: datetime
    used: bool
    """A parcel left with it."""
    has_document: bool
    label_format: LabelFormat = LabelFormat.PDF
    bought_service: str = ""
    """The carrier and its service, where they were chosen among offers."""
    price: Decimal | None = None
    currency: str = ""
    deliver_by: datetime | None = None
    included: tuple[str, ...] = ()
    """Protections that came with it."""
    excluded: tuple[tuple[str, tuple[str, ...]], ...] = ()
    in_doubt: bool = False
    """The same purchase was sent again, and it is still not known whether it was made."""

    @property
    def units(self) -> int:
        return sum(units for _, units in self.units_of)

    @property
    def takes_units(self) -> bool:
        """It is, or may become, a label of a parcel that has not left."""
        return self.state.open and not self.used

    @property
    def may_print(self) -> bool:
        return self.state is LabelState.READY and self.has_document and not self.void_why

    @property
    def may_void(self) -> bool:
        if self.used or (self.void_why and self.state is not LabelState.NOT_VOIDED):
            return False
        return self.state.open or self.state is LabelState.NOT_VOIDED

    @property
    def may_dispatch(self) -> bool:
        """Its number is there, and nothing has left with it yet."""
        return self.state is LabelState.READY and not self.used and bool(self.tracking_number) and not self.void_why

    @property
    def may_fetch(self) -> bool:
        return self.state in (LabelState.ORDERED, LabelState.WAITING, LabelState.ATTEMPTED) and bool(self.error)

    @property
    def may_choose(self) -> bool:
        """Offers are there, or the page of them says what is awaited."""
        return self.state is LabelState.CHOOSING


def labels_of_order(order_id: int) -> tuple[LabelRow, ...]:
    """First requested first; without their documents."""
    rows = CourierLabel.objects.filter(order=order_id).select_related("service", "requested_by")
    rows = rows.annotate(held=ExpressionWrapper(Q(document__isnull=False), output_field=BooleanField()))
    return tuple(_row(row, row.held) for row in rows.defer("document", "offers", "choice", "purchase").order_by("pk"))


def _row(row: CourierLabel, has_document: bool) -> LabelRow:
    return LabelRow(
        id=row.pk,
        order_id=row.order_id,
        number=row.number,
        reference=row.reference,
        state=row.state,
        service_id=row.service_id,
        service=str(row.service),
        package_format=row.package_format,
        grams=row.grams,
        units_of=tuple((line, units) for line, units in row.units),
        tracking_number=row.tracking_number,
        error=row.error,
        void_why=row.void_why,
        requested_at=row.requested_at,
        who=str(row.requested_by) if row.requested_by else "",
        printed_at=row.printed_at,
        again_at=row.again_at,
        used=row.shipment_id is not None,
        has_document=has_document,
        label_format=row.label_format,
        bought_service=row.bought_service,
        price=row.price,
        currency=row.currency,
        deliver_by=row.deliver_by,
        included=tuple((row.protections or {}).get("included", ())),
        excluded=tuple((name, tuple(reasons)) for name, reasons in (row.protections or {}).get("excluded", ())),
        in_doubt=row.state is LabelState.ATTEMPTED and row.purchase_calls > 1 and bool(row.error),
    )


def label_for(order_id: int, units: Mapping[int, int]) -> LabelRow | None:
    """The newest label for just these units by line that no parcel has: one that holds, or may come to, else one that
    was refused."""
    rows = [row for row in labels_of_order(order_id) if dict(row.units_of) == dict(units) and not row.used]
    newest = rows[-1] if rows else None
    if newest is None or newest.void_why:
        return None
    return newest if newest.takes_units or newest.state is LabelState.REFUSED else None


def labelled_units(labels: Iterable[LabelRow]) -> dict[int, int]:
    """Units by line that have a label, or may have one, and no parcel yet."""
    found: Counter[int] = Counter()
    for label in labels:
        if label.takes_units:
            found.update(dict(label.units_of))
    return dict(found)


@dataclass(frozen=True, slots=True)
class LabelParcel:
    """What leaves with a label."""

    order_id: int
    service_id: int
    tracking_number: str
    units: dict[int, int]


def parcel_of_label(order_id: int, label_id: int) -> LabelParcel | None:
    row = CourierLabel.objects.filter(pk=label_id, order=order_id).defer("document").first()
    return None if row is None else LabelParcel(row.order_id, row.service_id, row.tracking_number, dict(row.units))
