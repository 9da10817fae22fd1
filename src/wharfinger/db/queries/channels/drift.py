"""Listings that show another quantity than was sent, or whose quantity Amazon refused, and whose change it is.

The cause is `domain.stock.drift.likely_cause`, written once more as an expression so that the list can be filtered by
it; a test holds the two together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThanOrEqual

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Channel, ChannelProduct, Listing, StockNotice
from wharfinger.db.models.listings import DIFFERENT_AT_AMAZON
from wharfinger.db.queries.paging import ROWS_A_PAGE, Page, Run, every_row, read_runs
from wharfinger.db.queries.sorting import UNSORTED, ByColumn, Sorting, Sorts, runs_of
from wharfinger.db.queries.totals import Totals, add_up
from wharfinger.db.search_expressions import begins, in_a_row
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.search_codes import read_code
from wharfinger.domain.stock.drift import OFTEN, TAKES_EFFECT_WITHIN, DriftCause


@dataclass(frozen=True, slots=True)
class DriftFilter:
    """Empty values filter nothing. `search`: SKUs by their beginning or by the beginning of a piece."""

    channel_id: int | None = None
    cause: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class DriftRow:
    """`sent`: ours; `submitted`: in the listing's attributes at Amazon; `shown`: what it offers. None = not known."""

    id: int
    sku: str
    account: str
    title: str
    item_id: int | None
    item_code: str
    sent: int | None
    sent_at: datetime | None
    submitted: int | None
    shown: int | None
    seen_at: datetime | None
    differs_at: datetime | None
    cause: DriftCause
    error: str


DRIFT_SORTS: Sorts = {
    "sku": ByColumn("sku"),
    "since": ByColumn("differs_at", nullable=True),
    "sent": ByColumn("sent_quantity", nullable=True),
    "shown": ByColumn("read_back_quantity", nullable=True),
}
"""Of listings that differ there are few, or something is very wrong: of some thousand, a sort without an index is
quick too."""
_IN_ORDER = (Run(("id",)),)
_COLUMNS = (
    "id", "sku", "account_id", "account__name", "sent_quantity", "sent_at", "submitted_quantity",
    "read_back_quantity", "seen_at", "differs_at", "error", "cause",
)  # fmt: skip


def list_drift(
    wanted: DriftFilter, *, now: datetime, cursor: str = "", sorting: Sorting = UNSORTED, size: int = ROWS_A_PAGE
) -> Page[DriftRow]:
    """Oldest listing first, unless they are sorted."""
    page = read_runs(_filtered(wanted, now).values(*_COLUMNS), runs_of(DRIFT_SORTS, sorting, _IN_ORDER), cursor, size)
    return Page(tuple(_made(page.rows)), page.earlier, page.later)


def every_drift(wanted: DriftFilter, *, now: datetime, sorting: Sorting = UNSORTED) -> Iterator[DriftRow]:
    """All that `list_drift` pages through, for files."""
    some: list[dict[str, Any]] = []
    for row in every_row(_filtered(wanted, now).values(*_COLUMNS), runs_of(DRIFT_SORTS, sorting, _IN_ORDER)):
        some.append(row)
        if len(some) == _MADE_AT_ONCE:
            yield from _made(some)
            some = []
    yield from _made(some)


_MADE_AT_ONCE = 1_000


def add_up_drift(wanted: DriftFilter, *, now: datetime, everything: bool = False) -> Totals:
    return add_up(_filtered(wanted, now), money=False, everything=everything)


def drift_of_channel(channel_id: int, *, now: datetime, at_most: int) -> int:
    """How many listings of a channel differ, counted up to `at_most`."""
    return _filtered(DriftFilter(channel_id), now)[:at_most].count()


def _filtered(wanted: DriftFilter, now: datetime) -> QuerySet[Listing]:
    rows = Listing.objects.filter(
        DIFFERENT_AT_AMAZON,
        ~Q(error="")
        | (Q(sent_quantity__isnull=False, read_back_quantity__isnull=False) & Q(sent_why__not_sent__isnull=True)),
        fulfilment=Fulfilment.FBM,
        gone_at=None,
    )
    if wanted.channel_id is not None:
        place = Channel.objects.filter(pk=wanted.channel_id).values_list("account", "marketplace").first()
        account, marketplace = place or (0, "")
        here = ChannelProduct.objects.filter(listing=OuterRef("pk"), marketplace=marketplace)
        rows = rows.filter(Exists(here), account=account)
    if wanted.search.strip():
        code = read_code(wanted.search)
        found = Q(begins("sku", code.squeezed)) if code.squeezed else Q(pk=None)
        rows = rows.filter(found | Q(in_a_row(("sku",), code.pieces)) if code.pieces else found)
    rows = rows.annotate(cause=cause_by(now))
    return rows.filter(cause=wanted.cause) if wanted.cause else rows


def cause_by(now: datetime) -> Case:
    """One `DriftCause` for each listing, as stored text."""
    looks = Coalesce(Cast(KT("sent_why__misses"), IntegerField()), Value(0))
    waits = StockNotice.objects.filter(listing=OuterRef("pk"))
    early = Q(sent_at__gt=now - TAKES_EFFECT_WITHIN)
    return Case(
        When(~Q(error=""), then=_value(DriftCause.REFUSED)),
        When(Exists(waits.filter(held=True)), then=_value(DriftCause.HELD)),
        When(Exists(waits), then=_value(DriftCause.WAITS)),
        When(fell_at__isnull=False, then=_value(DriftCause.ORDERS)),
        When(Q(sent_why__not_applied=True) | early, then=_value(DriftCause.NOT_APPLIED)),
        When(GreaterThanOrEqual(looks, OFTEN), then=_value(DriftCause.PROGRAM)),
        When(submitted_quantity=F("sent_quantity"), then=_value(DriftCause.AMAZON)),
        default=_value(DriftCause.PERSON),
        output_field=TextField(),
    )


def _value(cause: DriftCause) -> Value:
    return Value(cause.value)


def _made(rows: Sequence[dict[str, Any]]) -> Iterator[DriftRow]:
    """With title and item, by one more query."""
    products = ChannelProduct.objects.filter(any_of("listing", [row["id"] for row in rows])).order_by("marketplace")
    shown: dict[int, tuple[str, int | None, str]] = {}
    for listing, name, item_id, item_code in products.values_list("listing_id", "title", "item_id", "item__code"):
        known = shown.get(listing, ("", None, ""))
        shown[listing] = (known[0] or name, known[1] or item_id, known[2] or item_code or "")
    for row in rows:
        title, item, code = shown.get(row["id"], ("", None, ""))
        yield DriftRow(
            id=row["id"],
            sku=row["sku"],
            account=row["account__name"],
            title=title,
            item_id=item,
            item_code=code,
            sent=row["sent_quantity"],
            sent_at=row["sent_at"],
            submitted=row["submitted_quantity"],
            shown=row["read_back_quantity"],
            seen_at=row["seen_at"],
            differs_at=row["differs_at"],
            cause=DriftCause(row["cause"]),
            error=row["error"],
        )
