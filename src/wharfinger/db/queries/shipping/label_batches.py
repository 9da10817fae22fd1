"""Labels that were bought together: how far they are, and what became of each."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, Q

from wharfinger.db.models import LabelBatch, LabelBatchOrder
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.pick_lists import code_of


@dataclass(frozen=True, slots=True)
class BatchRow:
    """An order of the batch. `label_id` None: no label was requested, for `error`."""

    order_id: int
    order: str
    place: int
    label_id: int | None
    state: LabelState | None
    service_id: int | None
    tracking_number: str
    units: tuple[tuple[int, int], ...]
    error: str
    used: bool
    voided: bool
    has_document: bool

    @property
    def moves(self) -> bool:
        return self.state is not None and self.state.moves and not self.voided

    @property
    def ready(self) -> bool:
        return self.state is LabelState.READY and self.has_document and not self.voided

    @property
    def failed(self) -> bool:
        """It needs a person: nothing was bought, or its label does not come."""
        stuck = self.state is LabelState.ORDERED and bool(self.error)
        waits = self.state is LabelState.CHOOSING
        return self.label_id is None or self.state is LabelState.REFUSED or self.voided or stuck or waits

    @property
    def may_dispatch(self) -> bool:
        return self.ready and not self.used and bool(self.tracking_number)


@dataclass(frozen=True, slots=True)
class Batch:
    id: int
    pick_list: str
    pick_list_id: int | None
    made_at: datetime
    made_by: str
    rows: tuple[BatchRow, ...]

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def counts(self) -> dict[str, int]:
        found = Counter[str]()
        for row in self.rows:
            found["ready"] += row.ready
            found["moves"] += row.moves and not row.failed
            found["failed"] += row.failed
            found["used"] += row.used
            found["to_dispatch"] += row.may_dispatch
            found["unnumbered"] += row.ready and not row.used and not row.tracking_number
        return dict(found)

    @property
    def ended(self) -> int:
        """Those of which it is known what became of them."""
        return self.total - self.counts.get("moves", 0)

    @property
    def settled(self) -> bool:
        return not any(row.moves for row in self.rows)


def label_batch(batch_id: int) -> Batch | None:
    """Two statements, without the documents."""
    row = LabelBatch.objects.filter(pk=batch_id).select_related("made_by").first()
    if row is None:
        return None
    return Batch(
        id=row.pk,
        pick_list=code_of(row.pick_list_id) if row.pick_list_id else "",
        pick_list_id=row.pick_list_id,
        made_at=row.made_at,
        made_by=str(row.made_by),
        rows=tuple(_rows(batch_id)),
    )


_COLUMNS = (
    "order_id", "order__code", "place", "label_id", "label__state", "label__service_id", "label__tracking_number",
    "label__units", "label__error", "label__shipment_id", "label__void_why", "refused",
)  # fmt: skip


def _rows(batch_id: int) -> list[BatchRow]:
    rows = LabelBatchOrder.objects.filter(batch=batch_id).order_by("place")
    rows = rows.annotate(held=ExpressionWrapper(Q(label__document__isnull=False), output_field=BooleanField()))
    return [
        BatchRow(
            order_id=row["order_id"],
            order=row["order__code"],
            place=row["place"],
            label_id=row["label_id"],
            state=row["label__state"],
            service_id=row["label__service_id"],
            tracking_number=row["label__tracking_number"] or "",
            units=tuple((line, units) for line, units in row["label__units"] or ()),
            error=row["refused"] or row["label__void_why"] or row["label__error"] or "",
            used=row["label__shipment_id"] is not None,
            voided=bool(row["label__void_why"]),
            has_document=bool(row["held"]) and row["label_id"] is not None,
        )
        for row in rows.values(*_COLUMNS, "held")
    ]


def batches_of_list(list_id: int) -> tuple[tuple[int, datetime], ...]:
    """(id, made at) of those that were bought for a pick list, the newest first."""
    rows = LabelBatch.objects.filter(pick_list=list_id).order_by("-pk")
    return tuple(rows.values_list("pk", "made_at")[:10])
