"""Transfers for pages: the list, and one with its lines and what is free at its source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Sum

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Site, StockBarcode, StockItem, StockLevel, StockTransfer, TransferLine
from wharfinger.db.queries.paging import Page, read_page
from wharfinger.domain.stock.gtin import gtin14
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.domain.stock.transfers import TransferState


@dataclass(frozen=True, slots=True)
class TransferRow:
    """Units by what became of them; `in_transit`: sent, and neither received nor lost nor back."""

    id: int
    code: str
    source: str
    source_id: int
    target: str
    target_id: int
    to_fba: bool
    state: TransferState
    note: str
    made_at: datetime
    made_by: str
    sent_at: datetime | None
    sent_by: str
    ended_at: datetime | None
    ended_by: str
    end_reason: str
    items: int
    units: int
    received: int
    lost: int
    back: int

    @property
    def is_draft(self) -> bool:
        return self.state is TransferState.DRAFT

    @property
    def is_sent(self) -> bool:
        return self.state is TransferState.SENT

    @property
    def in_transit(self) -> int:
        return self.units - self.received - self.lost - self.back if self.is_sent else 0


_PEOPLE = ("made_by", "sent_by", "ended_by")
_ROW = (
    "id",
    "source__name",
    "source_id",
    "target__name",
    "target_id",
    "target__kind",
    "state",
    "note",
    "made_at",
    "sent_at",
    "ended_at",
    "end_reason",
    *(f"{person}__{column}" for person in _PEOPLE for column in ("username", "full_name")),
)


def list_transfers(*, state: TransferState | None = None, cursor: str = "") -> Page[TransferRow]:
    """Newest first."""
    rows = StockTransfer.objects.all()
    if state is not None:
        rows = rows.filter(state=state)
    found = read_page(rows.values(*_ROW), ("-id",), cursor)
    return Page(_rows(found.rows), found.earlier, found.later)


def transfer_row(transfer_id: int) -> TransferRow | None:
    found = StockTransfer.objects.filter(pk=transfer_id).values(*_ROW).first()
    return _rows((dict(found),))[0] if found else None


def _rows(found: Sequence[dict[str, Any]]) -> tuple[TransferRow, ...]:
    sums = {
        row["transfer_id"]: row
        for row in TransferLine.objects.filter(any_of("transfer", [row["id"] for row in found]))
        .values("transfer_id")
        .annotate(items=Count("id"), units=Sum("quantity"), came=Sum("received"), gone=Sum("lost"), again=Sum("back"))
        .order_by()
    }
    none = {"items": 0, "units": 0, "came": 0, "gone": 0, "again": 0}
    return tuple(
        TransferRow(
            id=row["id"],
            code=f"TRF{row['id']}",
            source=row["source__name"],
            source_id=row["source_id"],
            target=row["target__name"],
            target_id=row["target_id"],
            to_fba=row["target__kind"] == SiteKind.FBA,
            state=TransferState(row["state"]),
            note=row["note"],
            made_at=row["made_at"],
            sent_at=row["sent_at"],
            ended_at=row["ended_at"],
            end_reason=row["end_reason"],
            **{person: row[f"{person}__full_name"] or row[f"{person}__username"] or "" for person in _PEOPLE},
            items=total["items"],
            units=total["units"],
            received=total["came"],
            lost=total["gone"],
            back=total["again"],
        )
        for row in found
        for total in (sums.get(row["id"], none),)
    )


@dataclass(frozen=True, slots=True)
class TransferLineRow:
    """`free`: units at the source that no order holds; None = never counted there. `inbound`: of an FBA target, units
    that Amazon says are on their way to it or arriving there."""

    item_id: int
    code: str
    name: str
    bin: str
    quantity: int
    received: int
    lost: int
    back: int
    free: int | None
    inbound: int

    @property
    def short(self) -> bool:
        return self.quantity > (self.free or 0)

    @property
    def missing(self) -> int:
        return self.quantity - self.received - self.lost - self.back


def transfer_lines(transfer: TransferRow) -> tuple[TransferLineRow, ...]:
    """By bin at the source, in which order they are fetched."""
    columns = ("item_id", "item__code", "item__name", "quantity", "received", "lost", "back")
    rows = list(TransferLine.objects.filter(transfer=transfer.id).values_list(*columns))
    levels = {
        (level.item_id, level.site_id): level
        for level in StockLevel.objects.filter(
            any_of("item", [row[0] for row in rows]), site__in=[transfer.source_id, transfer.target_id]
        )
    }
    found = []
    for item, code, name, quantity, received, lost, back in rows:
        here, there = levels.get((item, transfer.source_id)), levels.get((item, transfer.target_id))
        free = here.on_hand - here.allocated if here and here.counted_at else None
        found.append(
            TransferLineRow(
                item_id=item,
                code=code,
                name=name,
                bin=here.bin if here else "",
                quantity=quantity,
                received=received,
                lost=lost,
                back=back,
                free=free,
                inbound=there.fba_inbound if there else 0,
            )
        )
    return tuple(sorted(found, key=lambda row: (row.bin == "", row.bin, row.code)))


@dataclass(frozen=True, slots=True)
class TransferItem:
    """An item that was scanned for a draft. `quantity`: units of it in the draft already."""

    id: int
    code: str
    name: str
    picture: str
    bin: str
    quantity: int
    free: int | None


def transfer_item(transfer: TransferRow, item_id: int) -> TransferItem | None:
    item = StockItem.objects.filter(pk=item_id, archived=False).first()
    if item is None:
        return None
    level = StockLevel.objects.filter(item=item_id, site=transfer.source_id).first()
    line = TransferLine.objects.filter(transfer=transfer.id, item=item_id).first()
    return TransferItem(
        id=item.pk,
        code=item.code,
        name=item.name,
        picture=item.picture,
        bin=level.bin if level else "",
        quantity=line.quantity if line else 0,
        free=level.on_hand - level.allocated if level and level.counted_at else None,
    )


def items_written(codes: Sequence[str]) -> dict[str, int]:
    """Code → item: by stock code, else by a barcode, as it stands in a list. Three statements for any number."""
    wanted = set(codes)
    articles = {article: code for code in wanted if (article := gtin14(code))}
    found: dict[str, int] = {}
    barcodes = StockBarcode.objects.filter(item__archived=False)
    for gtin, item in barcodes.filter(any_of("gtin", articles)).values_list("gtin", "item_id"):
        found[articles[gtin]] = item
    found |= dict(barcodes.filter(any_of("code", wanted)).values_list("code", "item_id"))
    return found | dict(StockItem.objects.filter(any_of("code", wanted), archived=False).values_list("code", "id"))


def units_in_transit(item_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """(item, target site) → units that were sent there and have not arrived."""
    rows = TransferLine.objects.filter(any_of("item", item_ids), transfer__state=TransferState.SENT)
    sums = rows.values("item_id", "transfer__target_id").annotate(units=Sum(F("quantity") - F("received"))).order_by()
    return {(row["item_id"], row["transfer__target_id"]): row["units"] for row in sums if row["units"]}


def sources_and_targets() -> tuple[tuple[tuple[int, str], ...], tuple[tuple[int, str], ...]]:
    """Sites for the two pickers."""
    sites = list(Site.objects.filter(for_transfers=False).order_by("priority", "name"))
    own = tuple((site.pk, site.name) for site in sites if site.kind not in (SiteKind.FBA, SiteKind.IN_TRANSIT))
    return own, tuple((site.pk, f"{site.name} (FBA)" if site.kind is SiteKind.FBA else site.name) for site in sites)
