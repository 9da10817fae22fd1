"""Transfers between sites: drafted, sent, received in full or in part, closed with a difference, or cancelled.

Whoever changes a transfer locks it first, then its lines, then all levels at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.any_of import any_of
from wharfinger.db.models import KitComponent, Site, StockItem, StockLevel, StockTransfer, TransferLine, User
from wharfinger.domain.stock.ledger import MovementReason, SiteKind
from wharfinger.domain.stock.transfers import (
    LINES_AT_MOST,
    UNITS_AT_MOST,
    Remainder,
    SentLine,
    Steps,
    TransferState,
    arrival,
    closing,
    first_short,
    may_send_from,
)
from wharfinger.operations._rows import Rows
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._receipt_steps import lock_for_receipt, serve_waiting
from wharfinger.operations.stock._stock_steps import StockLine, lock_levels, raise_notices, write_list
from wharfinger.operations.transaction import operation

NOTE_AT_MOST = 200
_TRANSIT = "In transit"


@dataclass(frozen=True, slots=True)
class TransferEntry:
    """What a person entered."""

    source_id: int
    target_id: int
    note: str = ""


@operation
def draft_transfer(entry: TransferEntry, *, now: datetime, user: User | None = None) -> StockTransfer:
    """A new transfer without lines: nothing moves until it is sent."""
    return _draft(entry, now, user)


@operation
def draft_with_units(
    entry: TransferEntry, units: Mapping[int, int], *, now: datetime, user: User | None = None
) -> StockTransfer:
    """A new transfer with units of items, all or none of it. Refused as `draft_transfer` and `set_units`."""
    if not any(units.values()):
        raise Refused("Tick at least one item that has units to send.", "")
    transfer = _draft(entry, now, user)
    _set_units(transfer, units)
    return transfer


def _draft(entry: TransferEntry, now: datetime, user: User | None) -> StockTransfer:
    sites = Site.objects.in_bulk([entry.source_id, entry.target_id])
    source, target = sites.get(entry.source_id), sites.get(entry.target_id)
    if source is None or not may_send_from(source.kind):
        raise Refused("Choose a site of your own from which units are sent.", "source")
    if target is None or target.for_transfers:
        raise Refused("Choose the site where the units arrive.", "target")
    if source == target:
        raise Refused("Choose another site: the units are there already.", "target")
    note = " ".join(entry.note.split())
    if len(note) > NOTE_AT_MOST:
        raise Refused("The note has more than %(at_most)s characters. Shorten it.", "note", at_most=NOTE_AT_MOST)
    transfer = StockTransfer.objects.create(source=source, target=target, note=note, made_at=now, made_by=user)
    _record("create transfer", transfer, {"from": source.name, "to": target.name}, now, user)
    return transfer


@operation
def set_units(transfer_id: int, units: Mapping[int, int], *, now: datetime, user: User | None = None) -> int:
    """Units of items in a draft, by item; 0 takes the item out, and items that are not named stay.

    Returns how many changed. Refused with the field `item-<id>`.
    """
    return _set_units(_locked(transfer_id, TransferState.DRAFT), units)


def _set_units(transfer: StockTransfer, units: Mapping[int, int]) -> int:
    items = {item.pk: item for item in StockItem.objects.filter(any_of("id", units))}
    kits = set(KitComponent.objects.filter(any_of("kit", units)).values_list("kit", flat=True))
    for item_id, quantity in units.items():
        if item_id not in items:
            raise Refused("This item no longer exists. Choose another.", f"item-{item_id}")
        if item_id in kits:
            raise Refused(
                "%(item)s is a kit: its stock is that of its components. Send the components.",
                f"item-{item_id}",
                item=items[item_id].code,
            )
        if not 0 <= quantity <= UNITS_AT_MOST:
            raise Refused(
                "%(item)s: give a whole number of units from 0 to %(at_most)s.",
                f"item-{item_id}",
                item=items[item_id].code,
                at_most=f"{UNITS_AT_MOST:,}",
            )
    rows = Rows(TransferLine)
    lines = {line.item_id: line for line in rows.read(TransferLine.objects.filter(transfer=transfer).order_by("pk"))}
    if len(set(lines) | {item for item, quantity in units.items() if quantity}) > LINES_AT_MOST:
        raise Refused("A transfer has at most %(at_most)s items. Create another one.", "", at_most=LINES_AT_MOST)
    changed = 0
    for item_id, quantity in units.items():
        line = lines.get(item_id)
        if (line.quantity if line else 0) == quantity:
            continue
        changed += 1
        if line is None:
            rows.add(TransferLine(transfer=transfer, item_id=item_id, quantity=quantity))
        elif quantity:
            line.quantity = quantity
        else:
            rows.remove(line)
    rows.write()
    return changed


@operation
def send_transfer(transfer_id: int, *, now: datetime, user: User | None = None) -> StockTransfer:
    """The units leave the source and are in transit; units that are allocated to orders cannot. Sent twice, it is sent
    once."""
    transfer = (
        StockTransfer.objects.select_for_update(no_key=True, of=("self",)).select_related("source").get(pk=transfer_id)
    )
    if transfer.state is TransferState.SENT:
        return transfer
    _check_state(transfer, TransferState.DRAFT)
    lines = list(TransferLine.objects.select_for_update(no_key=True).filter(transfer=transfer).order_by("pk"))
    if not lines:
        raise Refused("The transfer has no items yet. Scan them, or load a list.", "")
    transit = _transit_site(now)
    items = [line.item_id for line in lines]
    levels = lock_levels((item, site) for item in items for site in (transfer.source_id, transit.pk))
    _check_free(transfer, _sent(lines), levels)
    moves = []
    for line in lines:
        for site_id, by in ((transfer.source_id, -line.quantity), (transit.pk, line.quantity)):
            level = levels[(line.item_id, site_id)]
            moves.append(StockLine(level, by, MovementReason.TRANSFERRED, transfer.code))
    write_list(moves, now=now, user=user)
    raise_notices(items, cause=f"Transfer {transfer.code} sent", now=now)
    transfer.state, transfer.sent_at, transfer.sent_by = TransferState.SENT, now, user
    transfer.save(update_fields=["state", "sent_at", "sent_by"])
    _record("send transfer", transfer, {"units": str(sum(line.quantity for line in lines))}, now, user)
    return transfer


def _check_free(
    transfer: StockTransfer, lines: Sequence[SentLine], levels: Mapping[tuple[int, int], StockLevel]
) -> None:
    """With the levels locked: an order that comes at this moment waits for us, or we see what it took."""
    here = {line.item_id: levels[(line.item_id, transfer.source_id)] for line in lines}
    short = first_short(lines, {item: level.on_hand - level.allocated for item, level in here.items()})
    if short is not None:
        item, level = StockItem.objects.get(pk=short.item_id), here[short.item_id]
        raise Refused(
            "%(item)s: %(free)s of %(wanted)s units are free at %(site)s (%(on_hand)s on hand, %(allocated)s allocated "
            "to orders). Send fewer, or receive stock there first.",
            f"item-{item.pk}",
            item=item.code,
            free=short.free,
            wanted=short.wanted,
            site=transfer.source.name,
            on_hand=level.on_hand,
            allocated=level.allocated,
        )


def _transit_site(now: datetime) -> Site:
    """Where units are between two sites: made with the first transfer. Nothing is sold from it, nobody counts it."""
    site = Site.objects.filter(for_transfers=True).first()
    if site is not None:
        return site
    taken = set(Site.objects.filter(name__startswith=_TRANSIT).values_list("name", flat=True))
    names = (_TRANSIT, *(f"{_TRANSIT} ({number})" for number in range(2, 100)))
    name = next(name for name in names if name not in taken)
    made = Site(name=name, kind=SiteKind.IN_TRANSIT, for_transfers=True, priority=999, made_at=now)
    Site.objects.bulk_create([made], ignore_conflicts=True)  # another transfer may be the first at this very moment
    return Site.objects.get(for_transfers=True)


@operation
def receive_transfer(
    transfer_id: int, arrived: Mapping[int, int], *, now: datetime, user: User | None = None
) -> StockTransfer:
    """Units arrived at the target: in all, by item, so that pressing twice receives once. Other items stay.

    At an FBA site nothing is added: Amazon's own reading brings the units. When nothing is missing any more the
    transfer is received. Refused with the field `item-<id>`.
    """
    transfer = _locked(transfer_id, TransferState.SENT, TransferState.RECEIVED)
    rows = Rows(TransferLine)
    lines = rows.read(TransferLine.objects.filter(transfer=transfer).order_by("pk"))
    _check_arrived(transfer, lines, arrived)
    mirrored = transfer.target.kind is SiteKind.FBA
    came = _take(transfer, arrival(_sent(lines), arrived, mirrored=mirrored), transfer.target_id, now, user)
    for line in lines:
        line.received = arrived.get(line.item_id, line.received)
    rows.write()
    if came:
        _record("receive transfer", transfer, {"units": str(came)}, now, user)
    if transfer.state is TransferState.SENT and all(line.received == line.quantity for line in lines):
        _end(transfer, TransferState.RECEIVED, now, user)
    return transfer


def _check_arrived(transfer: StockTransfer, lines: Sequence[TransferLine], arrived: Mapping[int, int]) -> None:
    sent = {line.item_id: line for line in lines}
    codes = dict(StockItem.objects.filter(any_of("id", arrived)).values_list("pk", "code"))
    for item_id, units in arrived.items():
        line = sent.get(item_id)
        if line is None:
            raise Refused("This item is not in the transfer. Receive it on its own page.", f"item-{item_id}")
        if units < line.received:
            raise Refused(
                "%(item)s: %(received)s units are received already, and a receipt is not taken back here. Adjust the "
                "level at %(site)s instead.",
                f"item-{item_id}",
                item=codes[item_id],
                received=line.received,
                site=transfer.target.name,
            )
        if units > line.quantity:
            raise Refused(
                "%(item)s: only %(sent)s units were sent. Receive these, and count the item at %(source)s and at "
                "%(site)s.",
                f"item-{item_id}",
                item=codes[item_id],
                sent=line.quantity,
                source=transfer.source.name,
                site=transfer.target.name,
            )


@operation
def close_transfer(
    transfer_id: int, remainder: Remainder, reason: str, *, now: datetime, user: User | None = None
) -> StockTransfer:
    """What did not arrive is written off, or is back at the source; with the reason in the ledger."""
    transfer = _locked(transfer_id, TransferState.SENT)
    said = " ".join(reason.split())
    if not said:
        raise Refused("Give the reason of the difference, such as “pallet damaged” or “never loaded”.", "reason")
    if len(said) > NOTE_AT_MOST:
        raise Refused("The reason has more than %(at_most)s characters. Shorten it.", "reason", at_most=NOTE_AT_MOST)
    rows = Rows(TransferLine)
    lines = rows.read(TransferLine.objects.filter(transfer=transfer).order_by("pk"))
    missing = _take(transfer, closing(_sent(lines), remainder), transfer.source_id, now, user, said=said)
    for line in lines:
        if remainder is Remainder.BACK:
            line.back = line.quantity - line.received
        else:
            line.lost = line.quantity - line.received
    rows.write()
    transfer.end_reason = said
    _record("close transfer", transfer, {"units": str(missing), "became": str(remainder), "reason": said}, now, user)
    _end(transfer, TransferState.CLOSED, now, user)
    return transfer


def _take(
    transfer: StockTransfer, steps: Steps, there_id: int, now: datetime, user: User | None, *, said: str = ""
) -> int:
    """Units leave the way, and come to a site where that is not Amazon's. Returns how many left the way."""
    transit = _transit_site(now)
    here = {(item, transit.pk) for item in steps.in_transit}
    levels = lock_for_receipt({*here, *((item, there_id) for item in steps.there)})
    note = f"{transfer.code}: {said}" if said else transfer.code
    moves = []
    for item, by in steps.in_transit.items():
        lost = item not in steps.there and bool(said)
        reason = MovementReason.ADJUSTED if lost else MovementReason.TRANSFERRED
        moves.append(StockLine(levels[(item, transit.pk)], by, reason, note))
    for item, by in steps.there.items():
        moves.append(StockLine(levels[(item, there_id)], by, MovementReason.TRANSFERRED, note))
    if moves:
        write_list(moves, now=now, user=user)
    if steps.there:
        serve_waiting(list(steps.there), [there_id], cause=f"Transfer {transfer.code} received", now=now)
    return -sum(steps.in_transit.values())


@operation
def cancel_transfer(transfer_id: int, *, now: datetime, user: User | None = None) -> StockTransfer:
    """Before it is sent: nothing has moved."""
    transfer = _locked(transfer_id, TransferState.DRAFT)
    _record("cancel transfer", transfer, {}, now, user)
    _end(transfer, TransferState.CANCELLED, now, user)
    return transfer


def _locked(transfer_id: int, *states: TransferState) -> StockTransfer:
    rows = StockTransfer.objects.select_for_update(no_key=True, of=("self",)).select_related("source", "target")
    transfer = rows.get(pk=transfer_id)
    _check_state(transfer, *states)
    return transfer


def _check_state(transfer: StockTransfer, *states: TransferState) -> None:
    if transfer.state in states:
        return
    match transfer.state:
        case TransferState.DRAFT:
            raise Refused("%(transfer)s is not sent yet. Send it first.", "", transfer=transfer.code)
        case TransferState.SENT:
            raise Refused(
                "%(transfer)s is sent: receive it, or close it with the reason why units are missing.",
                "",
                transfer=transfer.code,
            )
        case TransferState.CANCELLED:
            raise Refused("%(transfer)s was cancelled. Create a new transfer.", "", transfer=transfer.code)
        case TransferState.RECEIVED | TransferState.CLOSED:
            raise Refused("%(transfer)s has ended. Create a new transfer.", "", transfer=transfer.code)


def _sent(lines: Sequence[TransferLine]) -> list[SentLine]:
    return [SentLine(line.item_id, line.quantity, line.received) for line in lines]


def _end(transfer: StockTransfer, state: TransferState, now: datetime, user: User | None) -> None:
    transfer.state, transfer.ended_at, transfer.ended_by = state, now, user
    transfer.save(update_fields=["state", "ended_at", "ended_by", "end_reason"])


def _record(verb: str, transfer: StockTransfer, facts: dict[str, str], now: datetime, user: User | None) -> None:
    record_audit(verb, "StockTransfer", transfer.pk, before=None, after=facts or None, now=now, user=user)
