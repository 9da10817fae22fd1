"""Steps of a quantity that is sent, by whichever way; they need an open transaction."""

from datetime import datetime
from typing import Any

from wharfinger.db.models import Listing, StockNotice
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutListing
from wharfinger.domain.retry import FIRST_PAUSE_OF_A_REFUSAL, LONGEST_PAUSE_OF_A_REFUSAL, growing_pause
from wharfinger.domain.stock.listing_quantity import Tell
from wharfinger.operations.installation._problem_steps import Problems, open_problem
from wharfinger.operations.stock._issue_steps import tell_gone


def why_of(decision: Tell, notice: StockNotice) -> dict[str, Any]:
    """The sum that led to the number, with the change that caused it."""
    return {
        **decision.explained.as_why(),
        "item": decision.channel.item_code,
        "site": decision.channel.site_name,
        "channel": decision.channel.name,
        "channels": list(decision.senders),
        "rule": decision.channel.rule.as_why(),
        **({"handling": decision.lead_time.days} if decision.lead_time else {}),
        "cause": notice.cause,
        "caused_at": (notice.caused_at or notice.raised_at).isoformat(),
    }


def refuse_listing(listing: Listing, error: str, *, gone: bool, now: datetime) -> None:
    """Amazon will not take the quantity; `gone`: it does not know the SKU (any more)."""
    listing.error = "Amazon does not know this SKU." if gone else error
    if gone:
        listing.gone_at = now
    listing.read_back_at = None
    listing.save(update_fields=["error", "gone_at", "read_back_at"])
    if gone:
        problems = Problems()
        tell_gone(listing, problems=problems)
        problems.write(now=now)
        return
    open_problem(
        ProblemKind.LISTING_REFUSED,
        AboutListing(listing.pk),
        cause=f"Amazon does not accept the quantity of SKU {listing.sku}: {listing.error}",
        remedy="Fix the listing in Seller Central, then press “Send quantity again”. Until Amazon accepts it, it is "
        "also sent again automatically after growing pauses, of up to six hours, and with the next stock change.",
        account_id=listing.account_id,
        listing=listing,
        now=now,
    )


def try_later(listing_id: int, version: int, *, now: datetime) -> None:
    """A refused number goes again after a pause; one that changed since this version goes at once: it may be taken."""
    notice = StockNotice.objects.select_for_update(no_key=True).filter(listing_id=listing_id).first()
    if notice is None:
        return
    if notice.version != version:
        notice.attempts = 0
    else:
        notice.attempts = min(notice.attempts + 1, 1000)
        notice.again_at = now + growing_pause(FIRST_PAUSE_OF_A_REFUSAL, LONGEST_PAUSE_OF_A_REFUSAL, notice.attempts)
    notice.save(update_fields=["attempts", "again_at"])
