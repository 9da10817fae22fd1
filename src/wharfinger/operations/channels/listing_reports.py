"""Amazon's listings report of a marketplace, from the wish for it to what it showed. Trade time."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef

from wharfinger.db.any_of import any_of, number_array
from wharfinger.db.models import ChannelProduct, Listing, ListingReport, StockNotice
from wharfinger.db.queries.channels.listing_reports import OPEN
from wharfinger.domain.orders.completeness.order_report import ReportState
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.operations.installation._flow_steps import bring_flow_forward
from wharfinger.operations.stock._listing_steps import Looks, compare_read_back
from wharfinger.operations.transaction import operation

KEPT_FOR = timedelta(days=30)


@operation
def want_report(account_id: int, marketplace_id: str, *, now: datetime) -> None:
    """One that is open already is enough. Old ones go."""
    rows = ListingReport.objects.filter(account_id=account_id, marketplace_id=marketplace_id)
    rows.filter(ended_at__lt=now - KEPT_FOR).delete()
    if not rows.filter(state__in=OPEN).exists():
        ListingReport.objects.create(account_id=account_id, marketplace_id=marketplace_id, wanted_at=now)


@operation
def note_attempt(report_pk: int, *, now: datetime) -> None:
    """The request leaves now: whatever becomes of its answer, it is looked for before it is made again."""
    ListingReport.objects.filter(pk=report_pk).update(attempted_at=now)


@operation
def forget_attempt(report_pk: int) -> None:
    """Amazon has surely not taken it."""
    ListingReport.objects.filter(pk=report_pk).update(attempted_at=None)


@operation
def note_requested(report_pk: int, *, report_id: str, now: datetime) -> None:
    ListingReport.objects.filter(pk=report_pk).update(
        state=ReportState.PREPARING, report_id=report_id[:60], requested_at=now
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """How many listings were compared, how many of them differ, and how many SKUs are not known here."""

    compared: int = 0
    differ: int = 0
    unknown: int = 0

    def __add__(self, other: "Compared") -> "Compared":
        return Compared(self.compared + other.compared, self.differ + other.differ, self.unknown + other.unknown)


NOTHING = Compared()


@operation
def end_report(
    report_pk: int, state: ReportState, *, error: str = "", result: Compared = NOTHING, now: datetime
) -> None:
    ListingReport.objects.filter(pk=report_pk, state__in=OPEN).update(
        state=state, error=error, ended_at=now, **asdict(result)
    )


_SHOWS_OURS = """
UPDATE wharfinger_listing AS listing SET read_back_quantity = shown.quantity, seen_at = %s
FROM unnest(%s::bigint[], %s::int[]) AS shown(id, quantity) WHERE listing.id = shown.id
"""


@operation
def compare(account_id: int, shown: Mapping[str, int], *, as_of: datetime, now: datetime) -> Compared:
    """What Amazon shows (SKU → quantity) of listings that the seller sends.

    `as_of`: when Amazon began with the report. What was looked at since is left alone. Those that show what was sent
    are written by one statement; each other one is judged like any look at a listing.
    """
    rows = Listing.objects.filter(any_of("sku", shown), account_id=account_id)
    found = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    listings = [one for one in found if _is_older(one, as_of)]
    noticed = set(
        StockNotice.objects.filter(any_of("listing", [one.pk for one in listings])).values_list("listing_id", flat=True)
    )
    same = [one for one in listings if _is_settled(one, shown[one.sku]) and one.pk not in noticed]
    columns = number_array([one.pk for one in same]), number_array([shown[one.sku] for one in same])
    with connection.cursor() as cursor:
        cursor.execute(_SHOWS_OURS, [as_of, *columns])
    settled = {one.pk for one in same}
    differ = 0
    looks = Looks([one for one in listings if one.pk not in settled])
    for one in listings:
        if one.pk not in settled:
            compare_read_back(one, shown[one.sku], requested_at=as_of, now=now, looked=False, looks=looks)
            differ += one.sent_quantity is not None and one.sent_quantity != shown[one.sku]
    looks.write(now=now)
    return Compared(len(listings), differ, len(shown) - len(found))


@operation
def look_at_missing(
    account_id: int, marketplace_id: str, listed: Collection[str], *, as_of: datetime, now: datetime
) -> int:
    """Listings of this marketplace alone that the report does not name are read back next: where Amazon does not know
    one any more, it is gone. Returns how many."""
    elsewhere = ChannelProduct.objects.filter(listing=OuterRef("pk")).exclude(marketplace=marketplace_id)
    rows = Listing.objects.filter(
        ~Exists(elsewhere),
        account_id=account_id,
        products__marketplace=marketplace_id,
        fulfilment=Fulfilment.FBM,
        gone_at=None,
        found_at__lt=as_of,
    )
    missing = [pk for pk, sku in rows.values_list("pk", "sku") if sku.strip() not in listed]
    if not missing:
        return 0
    bring_flow_forward(account_id, "stock_out", now=now)
    return Listing.objects.filter(any_of("pk", missing)).update(read_back_at=now)


def _is_older(listing: Listing, as_of: datetime) -> bool:
    """The seller sends it, and nobody looked at it since."""
    known = listing.fulfilment is Fulfilment.FBM and listing.gone_at is None
    return known and (listing.seen_at is None or listing.seen_at < as_of)


def _is_settled(listing: Listing, quantity: int) -> bool:
    """It shows what was sent, and nothing was doubted before."""
    doubted = listing.differs_at or listing.fell_at or (listing.sent_why or {}).get("misses")
    return quantity == listing.sent_quantity and not doubted
