"""The listings report as the nightly comparison: what Amazon shows for every listing, however many there are.

Paging through a marketplace's listings ends after a thousand of them, and reading back covers what was sent. The report
covers all: what differs from what was sent is judged like any look at a listing, so that it is sent again and listed;
SKUs that are not here are read, and those that are no longer listed are looked at alone.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from wharfinger.amazon.answers import Answer
from wharfinger.amazon.errors import (
    AccessDenied,
    AuthorisationLost,
    InvalidRequest,
    NotAnsweredAsPromised,
    NotFound,
    OurBug,
    Refused,
    ServerFault,
    TokenExpired,
)
from wharfinger.amazon.messages.listing_report import read_listing_report
from wharfinger.amazon.messages.listings import ListingsItem
from wharfinger.amazon.messages.reports import (
    ALL_LISTINGS,
    Processing,
    Report,
    ReportRequest,
    decoded,
    decompressed,
)
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.db.queries.channels.listing_reports import (
    EndedListingReport,
    OpenListingReport,
    last_listing_reports,
    open_listing_reports,
    skus_not_here,
)
from wharfinger.db.queries.orders.completeness.order_reports import zones_of
from wharfinger.db.queries.orders.order_search import any_channel_on
from wharfinger.db.queries.stock.listing_readings import marketplaces_to_read
from wharfinger.domain.counts import counted
from wharfinger.domain.orders.completeness.order_report import (
    FIRST_LOOK,
    GIVEN_UP_AFTER,
    ReportState,
    look_again_after,
    next_night,
)
from wharfinger.domain.retry import roll_of
from wharfinger.operations.channels import listing_reports
from wharfinger.operations.stock import listings
from wharfinger.sync.calls import Calls, Clock, FlowResult, NotBefore
from wharfinger.sync.listings_in import INCLUDED, PATIENCE
from wharfinger.sync.translate.listings import found_listing

T = TypeVar("T")

AT_ONCE = 1_000
"""Listings compared in one transaction."""
CLOCKS_APART = timedelta(minutes=2)
"""By so much may Amazon's clock be behind ours."""
RETRY_AFTER = timedelta(hours=6)
"""CANCELLED may mean that reports were requested too often (behaviours R07, R08)."""
SELLER_SENDS = "DEFAULT"
SKUS_IN_A_CALL = 20


def run(account_id: int, calls: Calls, clock: Clock) -> FlowResult:
    """Every marketplace's report one step on; one is wanted each night."""
    if not any_channel_on(account_id):
        return FlowResult("no channel is enabled")
    now = clock.now()
    due = _due(account_id, now)
    for marketplace, at in due.items():
        if at <= now:
            listing_reports.want_report(account_id, marketplace, now=now)
    said: list[str] = []
    looks: list[datetime] = []
    for report in open_listing_reports(account_id):
        outcome, look_at = _go_on(account_id, report, calls, clock)
        said.append(outcome)
        looks += [look_at] if look_at else []
    next_due = min([*looks, *_due(account_id, clock.now()).values()], default=None)
    return FlowResult("; ".join(said) or "nothing is due", next_due and max(next_due, clock.now() + FIRST_LOOK))


def _due(account_id: int, now: datetime) -> dict[str, datetime]:
    """When the next report of each marketplace is wanted; of one that is under way none is."""
    ended = last_listing_reports(account_id)
    under_way = {report.marketplace_id for report in open_listing_reports(account_id)}
    places = [place.id for place in marketplaces_to_read(account_id) if place.id not in under_way]
    zones = zones_of(frozenset(places))
    return {place: _due_at(account_id, ended.get(place), zones.get(place, "UTC"), now) for place in places}


def _due_at(account_id: int, ended: EndedListingReport | None, zone: str, now: datetime) -> datetime:
    """At night; one that Amazon did not make is requested again some hours later."""
    if ended is None:
        return now
    night = next_night(min(ended.ended_at, now), zone, roll_of("listing report", account_id))
    return night if ended.state is ReportState.COMPARED else min(night, ended.ended_at + RETRY_AFTER)


def _go_on(account_id: int, report: OpenListingReport, calls: Calls, clock: Clock) -> tuple[str, datetime | None]:
    """One step: what happened, and when to look again (None = it has ended)."""
    if not report.report_id or report.requested_at is None:
        return _request(report, calls, clock), clock.now() + FIRST_LOOK
    age = clock.now() - report.requested_at
    try:
        return _look(account_id, report, age, calls, clock)
    except NotFound:
        return _fail(report, "Amazon no longer knows the report.", clock), None
    except (Refused, NotAnsweredAsPromised, ServerFault) as error:
        if age <= GIVEN_UP_AFTER:
            raise
        return _fail(report, f"Amazon does not give the listings report: {error.summary()}", clock), None


def _look(
    account_id: int, report: OpenListingReport, age: timedelta, calls: Calls, clock: Clock
) -> tuple[str, datetime | None]:
    """`age`: of its request."""
    found = calls.get_report(report.report_id, ALL_LISTINGS).value
    match found.status:
        case Processing.DONE:
            return _take(account_id, report, found, calls, clock), None
        case Processing.FATAL | Processing.CANCELLED:  # no reason to think that nothing is listed (behaviour R07)
            return _fail(report, f"Amazon made no listings report ({found.status.value}).", clock), None
        case _ if age > GIVEN_UP_AFTER:
            return _fail(report, "Amazon has not finished the listings report.", clock), None
        case _:
            return "Amazon is preparing the report", clock.now() + look_again_after(age)


def _request(report: OpenListingReport, calls: Calls, clock: Clock) -> str:
    """A request whose answer was lost may have been taken: a second report would use up the limit for nothing."""
    taken = _find_taken(report, calls)
    if taken is not None:
        at = taken.created_time or clock.now()
        listing_reports.note_requested(report.id, report_id=taken.report_id, now=at)
        return "the report that was requested is there"
    listing_reports.note_attempt(report.id, now=clock.now())
    try:
        report_id = calls.create_report(
            ReportRequest(report_type=ALL_LISTINGS, marketplace_ids=(report.marketplace_id,))
        ).value
    except (NotBefore, Refused, AuthorisationLost, TokenExpired, OurBug):
        listing_reports.forget_attempt(report.id)
        raise
    listing_reports.note_requested(report.id, report_id=report_id, now=clock.now())
    return "a report was requested"


def _find_taken(report: OpenListingReport, calls: Calls) -> Report | None:
    """The oldest report of this marketplace that Amazon has had since the attempt, unless it failed there."""
    if report.attempted_at is None:
        return None
    since = report.attempted_at - CLOCKS_APART
    found = [
        one
        for one in calls.get_reports(ALL_LISTINGS, created_since=since).value
        if one.marketplace_ids == (report.marketplace_id,)
        if one.status not in (Processing.CANCELLED, Processing.FATAL)
    ]
    return min(found, key=lambda one: one.created_time or since, default=None)


def _fail(report: OpenListingReport, error: str, clock: Clock) -> str:
    listing_reports.end_report(report.id, ReportState.FAILED, error=error, now=clock.now())
    return error


def _take(account_id: int, report: OpenListingReport, found: Report, calls: Calls, clock: Clock) -> str:
    if not found.report_document_id:
        return _fail(report, "Amazon says that the report is done, and names no document.", clock)
    document = calls.get_report_document(found.report_document_id).value
    download = calls.download_report(document)
    try:
        file = read_listing_report(decoded(decompressed(download.body), download.content_type))
    except Unreadable as fault:
        return _fail(report, f"Amazon's document is no listings report: {fault}.", clock)
    as_of = found.created_time or report.requested_at or clock.now()
    listed = {row.sku for row in file.rows}
    new = _read_new(account_id, report.marketplace_id, listed, calls, clock)
    shown = [
        (row.sku, row.quantity)
        for row in file.rows
        if row.fulfilment_channel == SELLER_SENDS and row.quantity is not None
    ]
    total = listing_reports.Compared()
    for start in range(0, len(shown), AT_ONCE):
        total += listing_reports.compare(account_id, dict(shown[start : start + AT_ONCE]), as_of=as_of, now=clock.now())
    missing = 0
    if not file.unreadable:  # what could not be read may be what seems to be missing
        missing = listing_reports.look_at_missing(
            account_id, report.marketplace_id, listed, as_of=as_of, now=clock.now()
        )
    listing_reports.end_report(report.id, ReportState.COMPARED, result=total, now=clock.now())
    listings.report_all_read(account_id, _name_of(account_id, report.marketplace_id), now=clock.now())
    said = [
        f"{counted(total.compared, 'listing')} compared, {total.differ} differ",
        f"{counted(new, 'new SKU')}" if new else "",
        f"{counted(total.unknown, 'SKU')} not known here" if total.unknown else "",
        f"{counted(missing, 'SKU')} looked at because not listed" if missing else "",
        f"{counted(file.unreadable, 'row')} could not be read" if file.unreadable else "",
    ]
    return ", ".join(filter(None, said))


def _name_of(account_id: int, marketplace_id: str) -> str:
    return next((place.name for place in marketplaces_to_read(account_id) if place.id == marketplace_id), "")


# --- SKUs that are not here


def _read_new(account_id: int, marketplace_id: str, listed: set[str], calls: Calls, clock: Clock) -> int:
    """Read and keep the listings that only the report names, 20 a call; returns how many. Cut off by the budget, the
    report stays open, and the next run goes on with those that are not here then."""
    wanted = skus_not_here(account_id, marketplace_id, listed)
    kept = 0
    for start in range(0, len(wanted), SKUS_IN_A_CALL):
        some = wanted[start : start + SKUS_IN_A_CALL]
        read_at = clock.now()
        items = _read_some(some, marketplace_id, calls, clock)
        if not items and len(some) == SKUS_IN_A_CALL:
            break  # Amazon shows none of them: no reason to make thousands of calls
        found = [found_listing(item, marketplace_id) for item in items]
        listings.keep_listings(account_id, found, read_at=read_at, now=clock.now())
        kept += len(found)
    return kept


def _read_some(skus: Sequence[str], marketplace_id: str, calls: Calls, clock: Clock) -> list[ListingsItem]:
    """Together, and alone those that do not come so: one odd SKU is enough for a refusal of all."""
    together = [sku for sku in skus if "," not in sku]
    found: dict[str, ListingsItem] = {}
    if together:
        try:
            page = _patiently(
                lambda: calls.search_listings_items(
                    marketplace_id, skus=together, included_data=INCLUDED, page_size=SKUS_IN_A_CALL
                ),
                clock,
            ).value
        except (Refused, NotAnsweredAsPromised, InvalidRequest):
            pass
        else:
            found = {item.sku: item for item in page.items if item.sku}
    for sku in skus:
        if sku not in found:
            alone = _read_alone(sku, marketplace_id, calls, clock)
            found |= {} if alone is None else {sku: alone}
    return list(found.values())


def _read_alone(sku: str, marketplace_id: str, calls: Calls, clock: Clock) -> ListingsItem | None:
    try:
        return _patiently(lambda: calls.get_listings_item(sku, marketplace_id, included_data=INCLUDED), clock).value
    except (Refused, NotAnsweredAsPromised, InvalidRequest, AccessDenied):  # a 403 of one SKU (behaviour I02)
        return None


def _patiently(call: Callable[[], Answer[T]], clock: Clock) -> Answer[T]:
    """Wait for the next call's token where that is soon."""
    while True:
        try:
            return call()
        except NotBefore as wait:
            seconds = (wait.at - clock.now()).total_seconds()
            if seconds > PATIENCE:
                raise
            clock.pause(max(0.2, seconds))
