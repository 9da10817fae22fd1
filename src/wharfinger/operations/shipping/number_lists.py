"""A list of tracking numbers, checked row by row before anything is written, by the rules of `shipments.dispatch`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wharfinger.db.queries.shipping.dispatch_services import chosen_services, named_services
from wharfinger.db.queries.shipping.named_orders import NamedOrder, NamedOrders, orders_named
from wharfinger.domain.search_codes import squeeze
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.number_lists import NamedService, NumberRow, service_named
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping._parcel_steps import Departures, Parcel


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """What the row will do, or why not. `doubt`: its number needs a person's word; then it leaves by that alone."""

    row: int
    written: NumberRow
    order: NamedOrder | None = None
    service: str = ""
    parcel: Parcel | None = None
    units: int = 0
    doubt: str = ""
    prime_without_amazon: bool = False
    """A Prime order whose label is not Amazon's: said, and held up by nothing."""
    refused: Refused | None = None

    @property
    def ready(self) -> bool:
        return self.parcel is not None and not self.doubt


@dataclass(frozen=True, slots=True)
class _Meant:
    """A row whose order and service are known."""

    written: NumberRow
    order: NamedOrder
    service_id: int

    @property
    def parcel(self) -> Parcel:
        return Parcel(self.order.id, self.service_id, self.written.number)


def check_list(rows: Sequence[NumberRow], *, service_id: int | None = None) -> tuple[CheckedRow, ...]:
    """Row by row, in a fixed number of statements; nothing is written or locked.

    `service_id`: of rows that name no courier service; None = the one that the courier rules choose for the order.
    """
    orders, services = orders_named(row.order for row in rows), named_services()
    ids = [each.id for found in orders.found.values() for each in found]
    chosen = {pk: own for pk, (own, _) in chosen_services(ids).items()} if ids else {}
    meant: dict[int, _Meant] = {}
    checked: dict[int, CheckedRow] = {}
    first_rows: dict[int, int] = {}
    for place, row in enumerate(rows):
        order: NamedOrder | None = None
        try:
            order = _order_of(row, orders)
            _check_once(row, order, first_rows)
            service = _service_of(row, order, services, service_id or chosen.get(order.id))
            meant[place] = _Meant(row, order, service)
        except Refused as refused:
            checked[place] = CheckedRow(row.row, row, order, refused=refused)
    titles = {each.id: each.title for each in services}
    checked |= _decided(meant, titles)
    return tuple(checked[place] for place in range(len(rows)))


def _order_of(row: NumberRow, orders: NamedOrders) -> NamedOrder:
    if not row.order:
        raise Refused(N_("The order is missing. Write its code or Amazon's order number in the first column."), "order")
    if row.surplus:
        raise Refused(
            N_("%(cell)s stands in a fourth column. Put a heading row first, or keep to three columns."),
            "order",
            cell=f"“{row.surplus[0][:40]}”",
        )
    bare = squeeze(row.order)
    found = orders.found.get(bare, ())
    if len(found) > 1:
        found = tuple(each for each in found if each.state.open) or found
    if len(found) == 1:
        return found[0]
    shown = f"“{row.order[:40]}”"
    if found:
        codes = ", ".join(each.code for each in found[:5])
        raise Refused(
            N_("%(order)s names several sales orders: write one of %(codes)s."), "order", order=shown, codes=codes
        )
    if bare in orders.not_imported:
        raise Refused(
            N_("%(order)s is not imported yet. Find it under Imported Orders, which says why."), "order", order=shown
        )
    raise Refused(N_("No order has the number %(order)s. Compare it with the order's page."), "order", order=shown)


def _check_once(row: NumberRow, order: NamedOrder, first_rows: dict[int, int]) -> None:
    first = first_rows.setdefault(order.id, row.row)
    if first != row.row:
        raise Refused(
            N_(
                "%(order)s is in row %(first)s already, which dispatches all of it. Dispatch several parcels on the "
                "order's page."
            ),
            "order",
            order=order.code,
            first=first,
        )


def _service_of(row: NumberRow, order: NamedOrder, services: Sequence[NamedService], otherwise: int | None) -> int:
    if not row.service:
        if otherwise is None:
            raise Refused(
                N_("%(order)s has no courier service. Name one in the third column, or choose one above the list."),
                "service",
                order=order.code,
            )
        return otherwise
    found = service_named(row.service, services)
    if isinstance(found, NamedService):
        return found.id
    raise Refused(
        N_("No courier service is called %(service)s. Write one of: %(near)s."),
        "service",
        service=f"“{row.service[:40]}”",
        near=", ".join(found) or "–",
    )


def _decided(meant: Mapping[int, _Meant], titles: Mapping[int, str]) -> dict[int, CheckedRow]:
    departures = Departures([each.parcel for each in meant.values()], locked=False)
    checked: dict[int, CheckedRow] = {}
    numbered: dict[str, int] = {}
    for place, each in meant.items():
        row = CheckedRow(each.written.row, each.written, each.order, titles.get(each.service_id, ""))
        try:
            checked[place] = _decide(row, each.parcel, departures, numbered)
        except Refused as refused:
            checked[place] = replace(row, refused=refused)
    return checked


def _decide(row: CheckedRow, parcel: Parcel, departures: Departures, numbered: dict[str, int]) -> CheckedRow:
    doubt = ""
    try:
        decided = departures.decide(parcel)
    except Refused as refused:
        if refused.field != "number_confirmed":
            raise
        doubt = str(refused.values.get("doubt", ""))
        decided = departures.decide(replace(parcel, number_confirmed=True))
    bare = squeeze(parcel.tracking_number)
    first = numbered.setdefault(bare, row.row) if bare else row.row
    if first != row.row and not doubt:
        doubt = f"Row {first} has the same number. Each parcel has its own: compare the label."
    number = decided.number.number
    left = replace(parcel, tracking_number=number if bare else "", package=decided.leaves.reference)
    shown = replace(row.written, number=number)
    prime = decided.prime_without_amazon
    return replace(row, written=shown, parcel=left, units=decided.leaves.units, doubt=doubt, prime_without_amazon=prime)
