"""Steps about handling times: taken over before they are sent, compared when they are seen. They need an open
transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from wharfinger.db.any_of import number_array
from wharfinger.db.models import Listing
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutHandling
from wharfinger.domain.moments import is_ahead
from wharfinger.domain.stock.handling import (
    MISSES_UNTIL_WITHOUT_EFFECT,
    LeadTime,
    OwnHandling,
    after_sending,
)
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.stock._stock_steps import notice_listings


def own_of(listing: Listing) -> OwnHandling:
    return OwnHandling(listing.handling_days, listing.handling_before, listing.handling_ends)


_TAKE_OVER = """
UPDATE wharfinger_listing AS listing SET
    handling_before = CASE WHEN listing.handling_days IS NULL THEN listing.lead_time_days
        ELSE listing.handling_before END,
    handling_misses = CASE WHEN listing.handling_days = sent.days AND NOT listing.handling_ends
        THEN listing.handling_misses ELSE 0 END,
    handling_days = sent.days, handling_ends = FALSE
FROM unnest(%s::bigint[], %s::bigint[]) AS sent(id, days)
WHERE listing.id = sent.id AND (listing.handling_days IS DISTINCT FROM sent.days OR listing.handling_ends)
"""
_GIVE_BACK = """
UPDATE wharfinger_listing SET handling_ends = TRUE, handling_misses = 0
WHERE id = ANY(%s::bigint[]) AND NOT handling_ends
"""


def keep_before_sending(sent: Sequence[tuple[int, LeadTime]]) -> None:
    """Written before the call: whatever dies afterwards, what the listing had is known. By listing; two statements for
    any number, and none where nothing is sent."""
    taken = [(listing, one.days) for listing, one in sent if not one.ends]
    ended = [listing for listing, one in sent if one.ends]
    with connection.cursor() as cursor:
        if taken:
            ids, days = [pk for pk, _ in taken], [each for _, each in taken]
            cursor.execute(_TAKE_OVER, [number_array(ids), number_array(days)])
        if ended:
            cursor.execute(_GIVE_BACK, [number_array(ended)])


def keep_one(listing: Listing, sent: LeadTime) -> None:
    """The same for one listing that is held already."""
    own = own_of(listing)
    after = after_sending(own, sent, listing.lead_time_days)
    if after == own:
        return
    listing.handling_days, listing.handling_before, listing.handling_ends = after.days, after.before, after.ends
    listing.handling_misses = 0
    listing.save(update_fields=["handling_days", "handling_before", "handling_ends", "handling_misses"])


def compare_handling(
    listing: Listing, shown: int | None, *, restock_date: str, waits: bool, requested_at: datetime, now: datetime
) -> bool:
    """Amazon's attributes show this handling time; fields of the row are set, and whoever calls writes it.

    Returns whether ours is to be sent again. What was fetched before we sent, or while a number `waits` for Amazon or
    is in a feed, is not judged.
    """
    listing.lead_time_days, listing.restock_date = shown, restock_date[:40]
    own = own_of(listing)
    if own.days is None or waits:
        return False
    sent_since = listing.sent_at is None or (listing.sent_at > requested_at and not is_ahead(listing.sent_at, now))
    if sent_since or listing.sent_quantity is None:
        return False
    if shown == own.target:
        listing.handling_misses = 0
        if own.ends:
            _release(listing)
        return False
    listing.handling_misses = min(listing.handling_misses + 1, MISSES_UNTIL_WITHOUT_EFFECT)
    if listing.handling_misses < MISSES_UNTIL_WITHOUT_EFFECT:
        return True
    if own.ends:  # it was given back again and again: Amazon, or somebody else, has set another one
        _release(listing)
    return False


def _release(listing: Listing) -> None:
    """What it had is still known, should a late feed write ours once more."""
    listing.handling_days, listing.handling_ends, listing.handling_misses = None, False, 0


_RETURNED = """
UPDATE wharfinger_listing AS listing SET handling_days = push.lead_time, handling_ends = TRUE, handling_misses = 0
FROM wharfinger_stockpush AS push
WHERE push.feed_id = %s AND push.lead_time IS NOT NULL AND push.listing_id = listing.id
  AND listing.handling_days IS NULL AND listing.gone_at IS NULL
"""


def note_written_late(feed_pk: int) -> None:
    """A late feed may have written handling times whose period is over: these listings get theirs back once more."""
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED, [feed_pk])


def send_handling_again(listings: Iterable[Listing], *, now: datetime) -> None:
    """Beside the quantity, which the write guard need not look at."""
    again = {row.pk: row.account_id for row in listings}
    notice_listings(again, cause="Amazon shows another handling time", now=now, guarded=False)


def judge_accounts(account_ids: Iterable[int], *, now: datetime) -> None:
    """A problem for each account whose handling times have no effect, closed when there is none any more."""
    for account_id in sorted(set(account_ids)):
        rows = Listing.objects.filter(
            account=account_id,
            handling_days__isnull=False,
            handling_ends=False,
            gone_at=None,
            handling_misses__gte=MISSES_UNTIL_WITHOUT_EFFECT,
        )
        subject = AboutHandling(account_id)
        count = rows.count()
        if not count:
            solve_problem(ProblemKind.HANDLING_WITHOUT_EFFECT, subject, now=now)
            continue
        one = rows.select_related("account").order_by("sku")[0]
        shown = "none" if one.lead_time_days is None else str(one.lead_time_days)
        open_problem(
            ProblemKind.HANDLING_WITHOUT_EFFECT,
            subject,
            cause=f"{one.account.name}: Amazon shows another handling time than the one sent for {count} of its SKUs, "
            f"such as {one.sku}: {shown} where {one.handling_days} was sent. Amazon's automated handling time "
            "overrides whatever handling time is sent.",
            remedy="In Seller Central, Settings, Shipping settings, Handling time, see whether automated handling time "
            "is on, and switch it off for as long as yours is to hold; then press “Send handling times again”. Until "
            "then buyers see Amazon's.",
            account_id=account_id,
            now=now,
        )
