"""The plan of a first stock upload as its page shows it, and what was sent against it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from wharfinger.db.any_of import any_of
from wharfinger.db.models import Channel, ChannelProduct, Listing, UploadPlan, UploadPlanRow
from wharfinger.db.queries.paging import Page, read_page
from wharfinger.db.search_expressions import begins
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.search_codes import read_code
from wharfinger.domain.stock.first_upload import PlannedChange, PlanTotals, UploadPlanState, read_totals

_AT_ONCE = 2000


def waiting_channels(account_id: int) -> dict[int, str]:
    """The account's FBM channels whose first upload nobody has started: channel → marketplace."""
    rows = Channel.objects.filter(
        account=account_id, kind=Fulfilment.FBM, archived=False, stock_upload_approved_at=None
    )
    return dict(rows.values_list("pk", "marketplace_id"))


def planned_listings(account_id: int, marketplaces: Collection[str]) -> QuerySet[Listing]:
    """FBM listings there; Amazon holds one number for a SKU in all of them."""
    here = ChannelProduct.objects.filter(listing=OuterRef("pk"), marketplace__in=list(marketplaces))
    return Listing.objects.filter(Exists(here), account=account_id, fulfilment=Fulfilment.FBM, gone_at=None)


@dataclass(frozen=True, slots=True)
class Against:
    """What was sent of a plan that was started: as planned, another number (stock has changed since), and not yet."""

    as_planned: int
    otherwise: int
    not_yet: int


@dataclass(frozen=True, slots=True)
class UploadPlanFacts:
    id: int
    state: UploadPlanState
    channels: tuple[str, ...]
    wanted_at: datetime
    wanted_by: str
    worked_out_at: datetime | None
    decided_at: datetime | None
    decided_by: str
    done: int
    total: int
    totals: PlanTotals
    against: Against | None

    @property
    def decidable(self) -> bool:
        return self.state in (UploadPlanState.READY, UploadPlanState.NOT_YET)


def newest_plan(channel_id: int) -> UploadPlanFacts | None:
    row = (
        UploadPlan.objects.filter(channels=channel_id)
        .select_related("wanted_by", "decided_by")
        .prefetch_related("channels")
        .order_by("-pk")
        .first()
    )
    if row is None:
        return None
    return UploadPlanFacts(
        id=row.pk,
        state=row.state,
        channels=tuple(sorted(channel.name for channel in row.channels.all())),
        wanted_at=row.wanted_at,
        wanted_by=str(row.wanted_by),
        worked_out_at=row.worked_out_at,
        decided_at=row.decided_at,
        decided_by=str(row.decided_by) if row.decided_by else "",
        done=row.done,
        total=row.total,
        totals=read_totals(row.totals),
        against=_against(row) if row.state is UploadPlanState.STARTED else None,
    )


def _against(row: UploadPlan) -> Against:
    since = Q(listing__sent_at__gte=row.decided_at)
    same = Q(listing__sent_quantity=F("would_be"))
    counts = row.rows.filter(would_be__isnull=False).aggregate(
        every=Count("pk"), same=Count("pk", filter=same), sent=Count("pk", filter=since & ~same)
    )
    return Against(counts["same"], counts["sent"], counts["every"] - counts["same"] - counts["sent"])


@dataclass(frozen=True, slots=True)
class PlannedSku:
    """`sent`: the number that Amazon has been sent last."""

    id: int
    listing_id: int
    sku: str
    title: str
    item_code: str
    change: PlannedChange
    now: int | None
    would_be: int | None
    why_not: str
    sent: int | None


_COLUMNS = (
    "id", "listing_id", "listing__sku", "change", "now", "would_be", "why_not", "listing__sent_quantity", "by",
)  # fmt: skip


def largest_changes(plan_id: int, at_most: int = 10) -> tuple[PlannedSku, ...]:
    rows = UploadPlanRow.objects.filter(plan=plan_id, by__gt=0).order_by("-by", "id")
    return _made(list(rows.values(*_COLUMNS)[:at_most]))


def planned_skus(plan_id: int, *, change: str = "", search: str = "", cursor: str = "") -> Page[PlannedSku]:
    """By SKU's beginning, and what becomes of it; the largest changes first."""
    page = read_page(_filtered(plan_id, change, search).values(*_COLUMNS), ("-by", "-id"), cursor)
    return Page(_made(list(page.rows)), page.earlier, page.later)


def every_planned_sku(plan_id: int, *, change: str = "", search: str = "") -> Iterator[PlannedSku]:
    """All that `planned_skus` pages through, by listing, for a file."""
    after, rows = 0, _filtered(plan_id, change, search).order_by("id")
    while some := list(rows.filter(pk__gt=after).values(*_COLUMNS)[:_AT_ONCE]):
        yield from _made(some)
        after = some[-1]["id"]


def _filtered(plan_id: int, change: str, search: str) -> QuerySet[UploadPlanRow]:
    rows = UploadPlanRow.objects.filter(plan=plan_id)
    known = PlannedChange.named(change)
    if known is not None:
        rows = rows.filter(change=known)
    code = read_code(search).squeezed
    return rows.filter(begins("listing__sku", code)) if code else rows


def _made(rows: list[dict[str, Any]]) -> tuple[PlannedSku, ...]:
    products = ChannelProduct.objects.filter(any_of("listing", [row["listing_id"] for row in rows]))
    shown = {
        listing: (title, code or "")
        for listing, title, code in products.order_by("-marketplace").values_list("listing", "title", "item__code")
    }
    return tuple(
        PlannedSku(
            row["id"],
            row["listing_id"],
            row["listing__sku"],
            *shown.get(row["listing_id"], ("", "")),
            row["change"],
            row["now"],
            row["would_be"],
            row["why_not"],
            row["listing__sent_quantity"],
        )
        for row in rows
    )
