"""The packing bench: an order is claimed by its packer, its items are scanned, and it is dispatched from there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wharfinger.db.encryption import keyed_hash
from wharfinger.db.models import BenchClaim, SalesOrder, SalesOrderLine, Shipment, StockBarcode, StockItem, User
from wharfinger.db.queries.barcodes import barcodes_of
from wharfinger.domain.orders.addresses import LABEL, read_address
from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.dispatching import ParcelLeaves, Stays
from wharfinger.domain.shipping.packing import (
    Article,
    ScanResult,
    article_of,
    count_scan,
    is_claimed,
    is_complete,
    lines_packed,
    units_by_item,
)
from wharfinger.operations.installation._history_steps import draft_activity, write_activities
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping._carrier_steps import refusal
from wharfinger.operations.shipping._parcel_steps import Departures, Parcel
from wharfinger.operations.transaction import operation


def _hash(order: SalesOrder) -> str:
    """Of what is written on the label."""
    address = read_address(order.own_delivery or order.delivery)
    return keyed_hash("packed address", "|".join(getattr(address, name) for name in LABEL)) if address else ""


# --- whose order it is


@operation
def claim_order(
    order_id: int,
    *,
    pick_list_id: int | None = None,
    take_over: bool = False,
    now: datetime,
    machine_now: datetime,
    user: User,
) -> SalesOrder:
    """The order is on this person's bench. Refused where it may not leave, or is on another's (field `take_over`), or
    where this person has scanned items of another order."""
    departures = Departures([], orders=[order_id])
    order = departures.orders.get(order_id)
    if order is None:
        raise Refused(N_("This sales order is no longer there."))
    held = BenchClaim.objects.select_for_update(of=("self",), no_key=True).select_related("user", "order")
    mine = held.filter(user=user).first()
    if mine is not None and mine.order_id == order_id:
        _touch(mine, machine_now)
        return order
    if isinstance(leaves := departures.what_leaves(order_id), Stays):
        raise refusal(leaves)
    if mine is not None and mine.scanned:
        raise Refused(
            N_("You are packing %(mine)s. Dispatch it, or press Put back, before you begin %(order)s."),
            mine=mine.order.code,
            order=order.code,
        )
    theirs = held.filter(order=order_id).first()
    if theirs is not None and is_claimed(theirs.active_at_machine, machine_now) and not take_over:
        raise Refused(
            N_("%(order)s is on the bench of %(person)s. Press Take over to pack it yourself."),
            "take_over",
            order=order.code,
            person=theirs.user,
        )
    if theirs is not None:
        said = f"Taken over on the packing bench from {theirs.user}."
        write_activities([draft_activity(said, sales_order=order, channel=order.channel, now=now, user=user)])
    BenchClaim.objects.filter(pk__in=[row.pk for row in (mine, theirs) if row is not None]).delete()
    BenchClaim.objects.create(
        order=order,
        user=user,
        pick_list_id=pick_list_id,
        address_hash=_hash(order),
        since=now,
        active_at_machine=machine_now,
    )
    return order


def _touch(row: BenchClaim, machine_now: datetime) -> None:
    row.active_at_machine = machine_now
    row.save(update_fields=["active_at_machine"])


def _mine(order_id: int, user: User) -> BenchClaim:
    row = BenchClaim.objects.select_for_update(no_key=True).filter(order=order_id, user=user).first()
    if row is None:
        raise Refused(N_("This order is not on your bench any more. Scan its number again."))
    return row


@operation
def put_back(order_id: int, *, user: User) -> None:
    """The order leaves this person's bench as it came; nothing is needed where it is not on it."""
    BenchClaim.objects.filter(order=order_id, user=user).delete()


@operation
def accept_address(order_id: int, *, machine_now: datetime, user: User) -> None:
    """The packer has seen the address as it is now, and goes on."""
    order = SalesOrder.objects.select_for_update(of=("self",), no_key=True).filter(pk=order_id).first()
    row = _mine(order_id, user)
    row.address_hash = _hash(order) if order else ""
    row.active_at_machine = machine_now
    row.save(update_fields=["address_hash", "active_at_machine"])


# --- what is on it


@dataclass(frozen=True, slots=True)
class OnBench:
    """`wanted`, `scanned`: units by item, of what may leave now; `lines`: by line. `stop`: why the order may not leave
    any more.

    `address_changed`: it is another than the packer was shown.
    """

    order_id: int
    pick_list_id: int | None
    since: datetime
    wanted: Mapping[int, int]
    scanned: Mapping[int, int]
    address_changed: bool
    stop: Refused | None = None
    lines: Mapping[int, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return bool(self.wanted) and is_complete(self.wanted, self.scanned)

    @property
    def stopped(self) -> bool:
        return self.stop is not None or self.address_changed


def look_at_bench(user: User) -> OnBench | None:
    """What this person packs now, by the rules of dispatching; nothing is written or locked."""
    row = BenchClaim.objects.filter(user=user).first()
    if row is None:
        return None
    departures = Departures([], orders=[row.order_id], locked=False)
    leaves = departures.what_leaves(row.order_id)
    return OnBench(
        order_id=row.order_id,
        pick_list_id=row.pick_list_id,
        since=row.since,
        wanted=units_by_item(leaves.lines) if isinstance(leaves, ParcelLeaves) else {},
        scanned=_scanned(row),
        address_changed=row.address_hash != _hash(departures.orders[row.order_id]),
        stop=refusal(leaves) if isinstance(leaves, Stays) else None,
        lines={line.line_id: line.units for line in leaves.lines} if isinstance(leaves, ParcelLeaves) else {},
    )


def _scanned(row: BenchClaim) -> dict[int, int]:
    return {int(item): units for item, units in row.scanned.items()}


# --- scanning


@dataclass(frozen=True, slots=True)
class Scan:
    """`item_id`: the item that was meant; None where the text means no item at all. `name`: how it is called."""

    result: ScanResult
    item_id: int | None
    name: str = ""


@operation
def scan_item(order_id: int, *, code: str = "", item_id: int | None = None, machine_now: datetime, user: User) -> Scan:
    """One unit goes into the parcel, if the order wants it: by a scanned or typed code, or by the item itself."""
    departures = Departures([], orders=[order_id], locked=False)
    if order_id not in departures.orders:
        raise Refused(N_("This sales order is no longer there."))
    row = _mine(order_id, user)
    leaves = departures.what_leaves(order_id)
    if isinstance(leaves, Stays):
        raise refusal(leaves)
    wanted, scanned = units_by_item(leaves.lines), _scanned(row)
    meant = item_id
    if item_id is None:
        meant = article_of(code, _articles(order_id, wanted), bearers=items_meant(code))
    result = count_scan(wanted, scanned, meant)
    if meant is not None and result.right:
        row.scanned = {**row.scanned, str(meant): scanned.get(meant, 0) + 1}
    row.active_at_machine = machine_now
    row.save(update_fields=["scanned", "active_at_machine"])
    known = meant if meant is not None else _another_item(code)
    return Scan(result, known, _name(known) if known is not None else "")


def _articles(order_id: int, item_ids: Collection[int]) -> list[Article]:
    """The order's items with their own codes and barcodes; where a line is the item itself, its SKU and ASIN too."""
    codes: dict[int, list[str]] = {pk: [] for pk in item_ids}
    for pk, code in StockItem.objects.filter(pk__in=item_ids).values_list("pk", "code"):
        codes[pk].append(code)
    for pk, code in StockBarcode.objects.filter(item__in=item_ids).values_list("item", "code"):
        codes[pk].append(code)
    lines = SalesOrderLine.objects.filter(order=order_id, item__in=item_ids)
    for pk, sku, asin in lines.values_list("item", "sku", "asin"):
        codes[pk] += [text for text in (sku, asin) if text]
    return [Article(pk, tuple(of_item)) for pk, of_item in codes.items()]


def _another_item(code: str) -> int | None:
    """An item that the order does not want, so that the packer reads which one it is."""
    return next(iter(items_meant(code)), None)


def items_meant(code: str) -> tuple[int, ...]:
    """Stock items with exactly this code or barcode."""
    found = [*barcodes_of(code.strip()).values_list("item", flat=True)[:5]]
    found += StockItem.objects.filter(code=code.strip()).values_list("pk", flat=True)[:1]
    return tuple(dict.fromkeys(found))


def _name(item_id: int) -> str:
    return StockItem.objects.values_list("code", flat=True).get(pk=item_id)


# --- off it goes


@operation
def dispatch_packed(
    order_id: int,
    *,
    service_id: int,
    tracking_number: str = "",
    number_confirmed: bool = False,
    only_scanned: bool = False,
    now: datetime,
    machine_now: datetime,
    user: User,
) -> Shipment:
    """One parcel of what was scanned. `only_scanned`: the rest of the order leaves in another parcel.

    Refused while items are to be scanned still, or where the address is not the one that the packer was shown.
    """
    departures = Departures([Parcel(order_id, service_id, tracking_number)])
    order = departures.orders.get(order_id)
    if order is None:
        raise Refused(N_("This sales order is no longer there."))
    row = _mine(order_id, user)
    leaves = departures.what_leaves(order_id)
    if isinstance(leaves, Stays):
        raise refusal(leaves)
    if row.address_hash != _hash(order):
        raise Refused(
            N_("The address of %(order)s changed while it was packed. Compare the label, then press Go on."),
            order=order.code,
        )
    scanned = _scanned(row)
    whole = is_complete(units_by_item(leaves.lines), scanned)
    packed = lines_packed(leaves.lines, scanned)
    if not packed or not (whole or only_scanned):
        raise Refused(N_("Scan the items of %(order)s first: not all of them are in the parcel."), order=order.code)
    parcel = Parcel(order_id, service_id, tracking_number, number_confirmed, packed)
    sent = departures.send([(parcel, departures.decide(parcel))], now=now, user=user)[0]
    if whole:
        row.delete()
    else:
        row.scanned, row.active_at_machine = {}, machine_now
        row.save(update_fields=["scanned", "active_at_machine"])
    return sent
