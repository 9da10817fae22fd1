"""Quantities on their way to Amazon: claimed, attempted, settled, read back.

A notice carries no number: the number is worked out when it is claimed, and the notice is removed only
when no newer change came meanwhile. An attempt that died between call and settling needs no rescue: its
notice is still there, and telling Amazon the newest number twice does no harm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from django.db.models import F, Q, QuerySet

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ChannelProduct, Listing, StockNotice, StockPush
from wharfinger.db.queries.moments import is_due
from wharfinger.db.queries.orders.inbox import orders_read_past
from wharfinger.db.queries.stock.stock_out import listing_facts
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutListing, AboutReadBack
from wharfinger.domain.moments import is_ahead
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.retry import LONGEST_PAUSE_OF_A_REFUSAL, pause_after
from wharfinger.domain.stock.handling import LeadTime
from wharfinger.domain.stock.listing_issues import ListingIssue
from wharfinger.domain.stock.listing_quantity import Conflict, Silent, Tell, decide
from wharfinger.domain.stock.plan import overtakes
from wharfinger.operations.installation._flow_steps import bring_flow_forward
from wharfinger.operations.installation._problem_steps import Problems, open_problem, solve_problem
from wharfinger.operations.stock._guard_steps import guard_changes, kept_numbers
from wharfinger.operations.stock._handling_steps import compare_handling, judge_accounts, keep_one, send_handling_again
from wharfinger.operations.stock._issue_steps import keep_issues, tell_gone
from wharfinger.operations.stock._listing_steps import READ_BACK_AFTER, Looks, compare_read_back, listed_codes
from wharfinger.operations.stock._push_steps import refuse_listing, try_later, why_of
from wharfinger.operations.transaction import operation

LOOK_AGAIN_AFTER_REFUSAL = timedelta(hours=6)
"""A SKU that Amazon does not show alone is odd in itself; each look costs a call."""
READ_BACK_AT_MOST = 400
"""In one run: after a feed tens of thousands are due, and new zeros must not wait behind them."""
_ERROR_AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class QuantityToSend:
    """One claimed message: this number, worked out now, through this marketplace."""

    push_id: int
    listing_id: int
    sku: str
    marketplace_id: str
    product_type: str
    quantity: int
    why: dict[str, Any]
    notice_version: int
    past_feed: bool = False
    """An older number of this SKU is in a feed under way, which may still write it afterwards."""
    lead_time: LeadTime | None = None
    restock_date: str = ""
    held: bool = False
    """The write guard holds the listing: this is what it has at Amazon, less what was sold since."""


@operation
def claim_quantities(account_id: int, limit: int, *, now: datetime, urgent: bool = False) -> tuple[QuantityToSend, ...]:
    """Work out the most urgent waiting quantities and write their attempts; `urgent`: of zeros, of low numbers, and of
    those that must not wait for the feed that carries an older number.

    What is not to be sent (FBA, shadow, never counted …) loses its notice and keeps the reason. The
    answer may therefore be empty while notices are left: see `any_waiting`.
    """
    guard_changes(account_id, now=now)
    notices = list(
        StockNotice.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .filter(_claimable(account_id, now, urgent=urgent))
        .order_by("-urgency", "raised_at", "pk")[:limit]
    )
    # Levels are read after the notices: a change that comes between them bumps a version we hold already.
    facts = listing_facts([notice.listing_id for notice in notices])
    listings = Listing.objects.in_bulk([notice.listing_id for notice in notices])
    decisions = _as_kept({notice.listing_id: decide(facts[notice.listing_id]) for notice in notices}, notices, listings)
    claimed = []
    problems = Problems()
    for notice in notices:
        message = _claim(notice, listings[notice.listing_id], decisions[notice.listing_id], now, problems)
        if message is not None:
            claimed.append(message)
    problems.write(now=now)
    return tuple(claimed)


Decision = Tell | Silent | Conflict


def _as_kept(
    decisions: Mapping[int, Decision], notices: Sequence[StockNotice], listings: Mapping[int, Listing]
) -> dict[int, Decision]:
    """Of those that the write guard holds, what they show meanwhile instead."""
    held = {notice.listing_id for notice in notices if notice.held}
    tells = {key: one for key, one in decisions.items() if key in held and isinstance(one, Tell)}
    kept = kept_numbers(listings, {key: one.channel.item_id for key, one in tells.items()}) if tells else {}
    found = dict(decisions)
    for key, tell in tells.items():
        found[key] = replace(tell, explained=kept[key]) if key in kept else tell
    return found


def _claim(
    notice: StockNotice, listing: Listing, decision: Decision, now: datetime, problems: Problems
) -> QuantityToSend | None:
    subject = AboutListing(listing.pk)
    match decision:
        case Tell():
            problems.solve_unread(ProblemKind.LISTING_CONFLICT, subject)
            if _waits_for_its_feed(notice, decision.explained.quantity):
                return None
            if _waits_for_orders(notice, listing, decision.explained.quantity, now):
                return None
            return _attempt(notice, listing, decision, now)
        case Silent():
            problems.solve_unread(ProblemKind.LISTING_CONFLICT, subject)
            _keep_silent(notice, listing, decision.reason, error="")
        case Conflict():
            problems.open(
                ProblemKind.LISTING_CONFLICT,
                subject,
                cause=decision.reason,
                remedy="Press “Choose” and say which channel's site and stock rule hold; or give the channels the same "
                "ones, link the SKU to the same item, or switch one channel's stock upload off. Until then its "
                "quantity is not sent.",
                account_id=listing.account_id,
                listing_id=listing.pk,
            )
            _keep_silent(notice, listing, decision.reason, error=decision.reason)
        case _:
            assert_never(decision)
    return None


def _waits_for_its_feed(notice: StockNotice, quantity: int) -> bool:
    """Of a notice that is in a feed: it changed since, and what it is now may wait until the feed has ended."""
    if notice.feed_id is None:
        return False
    rows = StockPush.objects.filter(listing=notice.listing_id, feed=notice.feed_id)
    in_feed = rows.values_list("quantity", flat=True).first()
    if in_feed is None or overtakes(quantity, in_feed):
        return False
    StockNotice.objects.filter(pk=notice.pk).update(weighed_version=notice.version)
    return True


ORDERS_READ_AFTER = timedelta(minutes=7)
"""Trade time from a fall at Amazon until a search of orders can have read past it: Amazon answers nothing younger
than two minutes (behaviour O03), and the cursor keeps five minutes behind for orders that appear late (O27)."""
_LOOK_AGAIN_AFTER = timedelta(minutes=1)


def _waits_for_orders(notice: StockNotice, listing: Listing, quantity: int, now: datetime) -> bool:
    """A fall at Amazon is somebody's order until the orders were looked at: sent over it, the units are sold twice.

    True = not yet: the notice waits, and the orders are read. What stays unexplained then opens a problem.
    """
    shown = listing.read_back_quantity
    if listing.fell_at is None or shown is None:
        return False
    if is_ahead(listing.fell_at, now):
        listing.fell_at = now
        listing.save(update_fields=["fell_at"])
    if quantity > shown and not orders_read_past(listing.account_id, listing.fell_at):
        notice.again_at = max(listing.fell_at + ORDERS_READ_AFTER, now + _LOOK_AGAIN_AFTER)
        notice.save(update_fields=["again_at"])
        if now >= listing.fell_at + ORDERS_READ_AFTER:
            bring_flow_forward(listing.account_id, "orders_in", now=now)
        return True
    if quantity > shown and "not_applied" not in (listing.sent_why or {}):
        open_problem(
            ProblemKind.LISTING_DRIFT,
            AboutListing(listing.pk),
            cause=f"SKU {listing.sku}: Amazon shows {shown} where {listing.sent_quantity} were sent, and no order up "
            f"to then explains it. {quantity} is sent now.",
            remedy="Check the listing in Seller Central: another program may be changing its quantity. The "
            "problem closes automatically when Amazon shows what was sent; press “Send quantity again” to send it now.",
            account_id=listing.account_id,
            listing=listing,
            now=now,
        )
    listing.fell_at = None
    listing.save(update_fields=["fell_at"])
    return False


def _attempt(notice: StockNotice, listing: Listing, decision: Tell, now: datetime) -> QuantityToSend:
    why = why_of(decision, notice)
    lead_time = decision.lead_time
    if lead_time is not None:
        keep_one(listing, lead_time)
    push = StockPush.objects.create(
        listing=listing,
        quantity=decision.explained.quantity,
        why=why,
        attempted_at=now,
        lead_time=lead_time.days if lead_time else None,
        takes_lead_time=lead_time is not None and lead_time.days is None,
    )
    return QuantityToSend(
        push_id=push.pk,
        listing_id=listing.pk,
        sku=listing.sku,
        marketplace_id=decision.marketplace_id,
        product_type=listing.product_type,
        quantity=decision.explained.quantity,
        why=why,
        notice_version=notice.version,
        past_feed=notice.feed_id is not None,
        lead_time=lead_time,
        restock_date=listing.restock_date,
        held=notice.held,
    )


def _keep_silent(notice: StockNotice, listing: Listing, reason: str, *, error: str) -> None:
    why = {**(listing.sent_why or {}), "not_sent": reason}
    Listing.objects.filter(pk=listing.pk).update(sent_why=why, error=error)
    notice.delete()


_CHANGED_IN_FEED = Q(feed__isnull=False, version__gt=F("weighed_version"))


def any_waiting(account_id: int, *, now: datetime, urgent: bool = False) -> bool:
    """Whether a notice may be claimed now; none that the write guard has not looked at (`guard.look`) or holds."""
    return StockNotice.objects.filter(_claimable(account_id, now, urgent=urgent)).exists()


def _claimable(account_id: int, now: datetime, *, urgent: bool) -> Q:
    found = is_due("again_at", now, LONGEST_PAUSE_OF_A_REFUSAL) & Q(account_id=account_id, passes=True)
    return found & (Q(feed=None, urgency__gt=0) | _CHANGED_IN_FEED) if urgent else found & Q(feed=None)


@dataclass(frozen=True, slots=True)
class Accepted:
    """Amazon took it for processing, which is not yet applied (behaviour S01)."""

    submission_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Amazon will not take it; `gone`: it does not know the SKU (any more)."""

    error: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """No answer, or Amazon's own fault: sent again after a pause."""

    error: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """The budget had no token: no call was made."""


Outcome = Accepted | Refused | Later | NotSent


@operation
def settle_quantity(sent: QuantityToSend, outcome: Outcome, *, now: datetime) -> None:
    """Write how the attempt ended; the notice goes only when nothing changed since it was claimed."""
    listing = Listing.objects.select_for_update(no_key=True).get(pk=sent.listing_id)
    push = StockPush.objects.filter(pk=sent.push_id)
    match outcome:
        case Accepted():
            push.update(outcome=StockPush.Outcome.ACCEPTED, submission_id=outcome.submission_id[:60], settled_at=now)
            _note_accepted(listing, sent, now)
            _end_notice(sent)
        case Refused():
            error = outcome.error[:_ERROR_AT_MOST]
            push.update(outcome=StockPush.Outcome.REFUSED, error=error, settled_at=now)
            refuse_listing(listing, error, gone=outcome.gone, now=now)
            if outcome.gone:
                _end_notice(sent)
            else:
                try_later(sent.listing_id, sent.notice_version, now=now)
        case Later():
            error = outcome.error[:_ERROR_AT_MOST]
            push.update(outcome=StockPush.Outcome.LATER, error=error, settled_at=now)
            _postpone(sent, now)
        case NotSent():
            push.delete()
        case _:
            assert_never(outcome)


def _note_accepted(listing: Listing, sent: QuantityToSend, now: datetime) -> None:
    why = dict(sent.why)
    misses = (listing.sent_why or {}).get("misses")
    if misses and listing.sent_quantity == sent.quantity:
        why["misses"] = misses
    if listing.sent_quantity != sent.quantity:
        listing.differs_at = None
    listing.sent_quantity, listing.sent_at, listing.sent_why = sent.quantity, now, why
    listing.read_back_at, listing.error = now + READ_BACK_AFTER, ""
    listing.save(update_fields=["sent_quantity", "sent_at", "sent_why", "read_back_at", "error", "differs_at"])
    solve_problem(ProblemKind.LISTING_REFUSED, AboutListing(listing.pk), now=now)


def _end_notice(sent: QuantityToSend) -> None:
    """A number that was sent past a feed is sent once more when that has ended: its notice stays. So does that of a
    listing that the write guard holds, for the number that waits."""
    mine = StockNotice.objects.filter(listing_id=sent.listing_id)
    if sent.past_feed:
        held = mine.filter(feed__isnull=False, weighed_version__lt=sent.notice_version)
        held.update(weighed_version=sent.notice_version, attempts=0)
    elif sent.held:
        mine.update(attempts=0)
        mine.filter(version=sent.notice_version).update(past_guard=False)
    elif not mine.filter(version=sent.notice_version).delete()[0]:
        mine.update(attempts=0)


def _postpone(sent: QuantityToSend, now: datetime) -> None:
    notice = StockNotice.objects.select_for_update(no_key=True).filter(listing_id=sent.listing_id).first()
    if notice is not None:
        notice.attempts = min(notice.attempts + 1, 1000)
        notice.again_at = now + pause_after(notice.attempts)
        notice.save(update_fields=["attempts", "again_at"])


@dataclass(frozen=True, slots=True)
class ToReadBack:
    listing_id: int
    sku: str
    marketplace_id: str


def due_to_read_back(account_id: int, *, now: datetime) -> tuple[ToReadBack, ...]:
    """The listings whose sent number should show by now, longest waiting first; no change of theirs waits."""
    due = is_due("read_back_at", now, LOOK_AGAIN_AFTER_REFUSAL)
    rows = Listing.objects.filter(due, account_id=account_id, gone_at=None)
    rows = rows.filter(fulfilment=Fulfilment.FBM, notice__isnull=True).order_by("read_back_at", "pk")
    found: dict[int, ToReadBack] = {}
    some = rows.values("pk")[:READ_BACK_AT_MOST]
    products = Listing.objects.filter(pk__in=some).values_list("pk", "sku", "products__marketplace_id")
    products = products.order_by("read_back_at", "pk")
    for listing_id, sku, marketplace in products:
        if marketplace:
            found.setdefault(listing_id, ToReadBack(listing_id, sku, marketplace))
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What Amazon shows for a SKU; `quantity` None = no number was shown."""

    listing_id: int
    quantity: int | None
    fulfilled_by_amazon: bool = False
    gone: bool = False
    location_codes: tuple[str, ...] = ()
    marketplace_id: str = ""
    """Where it was looked at: the issues are of this marketplace."""
    submitted_quantity: int | None = None
    issues: tuple[ListingIssue, ...] = ()
    shown: bool | None = None
    attributes_read: bool = False
    """The seller's own entry was among its attributes: what follows is what they say."""
    lead_time_days: int | None = None
    restock_date: str = ""


@operation
def note_read_back(seen: Sequence[ReadBack], *, requested_at: datetime, now: datetime) -> int:
    """Keep what Amazon showed when looked at, and compare; returns how many numbers differ from those sent."""
    rows = Listing.objects.select_for_update(no_key=True).filter(pk__in=[one.listing_id for one in seen]).order_by("pk")
    listings = {row.pk: row for row in rows}
    products = {(row.listing_id, row.marketplace_id): row for row in _products_of(listings)}
    looks = Looks(listings.values(), products.values())
    differ = 0
    again: list[Listing] = []
    odd: set[int] = set()
    for one in sorted(seen, key=lambda one: one.listing_id):
        listing = listings[one.listing_id]
        looks.problems.solve_unread(ProblemKind.LISTING_REFUSED, AboutReadBack(listing.pk))
        if not one.gone:
            _keep_shown(listing, products.get((listing.pk, one.marketplace_id)), one, looks)
        if one.gone or one.fulfilled_by_amazon or one.quantity is None:
            _lose(listing, one, now, looks)
            continue
        before = (listing.handling_days, listing.handling_misses)
        if one.attributes_read and _compare_handling(listing, one, requested_at, now, looks):
            again.append(listing)
        if (listing.handling_days, listing.handling_misses) != before:
            odd.add(listing.account_id)
        compare_read_back(listing, one.quantity, requested_at=requested_at, now=now, looked=True, looks=looks)
        differ += one.quantity != listing.sent_quantity
    looks.write(now=now)
    send_handling_again(again, now=now)
    judge_accounts(odd, now=now)
    return differ


def _compare_handling(listing: Listing, one: ReadBack, requested_at: datetime, now: datetime, looks: Looks) -> bool:
    waits, shown = listing.pk in looks.notices, one.lead_time_days
    return compare_handling(
        listing, shown, restock_date=one.restock_date, waits=waits, requested_at=requested_at, now=now
    )


def _products_of(listings: Mapping[int, Listing]) -> QuerySet[ChannelProduct]:
    return ChannelProduct.objects.filter(any_of("listing", listings)).select_related("listing", "marketplace")


def _keep_shown(listing: Listing, product: ChannelProduct | None, one: ReadBack, looks: Looks) -> None:
    """What Amazon shows beside the quantity, and what its attributes say of it."""
    listing.submitted_quantity, listing.location_codes = one.submitted_quantity, listed_codes(one.location_codes)
    if product is not None:
        keep_issues(product, one.issues, shown=one.shown, problems=looks.problems)


@operation
def note_not_shown(listing_id: int, *, error: str, now: datetime) -> None:
    """Amazon refuses to show this one SKU, or its answer cannot be used: it is looked at again later."""
    listing = Listing.objects.select_for_update(no_key=True).get(pk=listing_id)
    listing.read_back_at = now + LOOK_AGAIN_AFTER_REFUSAL
    listing.save(update_fields=["read_back_at"])
    open_problem(
        ProblemKind.LISTING_REFUSED,
        AboutReadBack(listing.pk),
        cause=f"Amazon does not show SKU {listing.sku}, so it is unknown whether its quantity took effect. "
        f"Amazon answered {error}.",
        remedy="Check the SKU in Seller Central. Other SKUs are not affected; this one is checked again automatically.",
        account_id=listing.account_id,
        listing=listing,
        now=now,
    )


def _lose(listing: Listing, one: ReadBack, now: datetime, looks: Looks) -> None:
    """The listing cannot be compared any more: it is gone, Amazon sends it now, or it shows no number."""
    listing.read_back_at = None
    if one.gone:
        listing.gone_at = now
        tell_gone(listing, problems=looks.problems)
    if one.fulfilled_by_amazon:
        listing.fulfilment = Fulfilment.FBA


def next_due(account_id: int) -> datetime | None:
    """When the next notice or read-back of the account falls due; None when nothing waits."""
    waiting = StockNotice.objects.filter(Q(feed=None) | _CHANGED_IN_FEED, account_id=account_id, passes=True)
    notice = waiting.order_by("again_at").values_list("again_at", flat=True)
    unseen = StockNotice.objects.filter(account_id=account_id, unguarded=True).values_list("again_at", flat=True)
    listing = Listing.objects.filter(account_id=account_id, read_back_at__isnull=False, notice__isnull=True)
    listing = listing.filter(gone_at=None, fulfilment=Fulfilment.FBM, products__isnull=False)
    back = listing.order_by("read_back_at").values_list("read_back_at", flat=True)
    times = [time for time in (notice.first(), unseen.first(), back.first()) if time is not None]
    return min(times, default=None)
