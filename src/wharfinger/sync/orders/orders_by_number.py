"""Orders by their numbers: what a notification, a gap or a backlog wants is downloaded, within the budget."""

from datetime import datetime

from wharfinger.amazon.errors import AccessDenied, NotAnsweredAsPromised, NotFound, Refused, ServerFault
from wharfinger.db.queries.orders.completeness.order_reports import WantedByNumber, next_wanted_at, wanted_orders
from wharfinger.db.queries.orders.customisations import next_customisation_at
from wharfinger.db.queries.orders.order_search import any_channel_on
from wharfinger.domain.counts import counted
from wharfinger.domain.retry import pause_after
from wharfinger.operations.orders import imported_orders, inbox
from wharfinger.operations.orders import verifications as regulated
from wharfinger.operations.orders.completeness import wanted_orders as wishes
from wharfinger.operations.orders.inbox import RawOrder
from wharfinger.sync.calls import Calls, Clock, FlowResult, NotBefore
from wharfinger.sync.orders import customisations, verifications

AT_ONCE = 50


def run(account_id: int, calls: Calls, clock: Clock) -> FlowResult:
    """Download until nothing is wanted, or the budget ends. One order that Amazon cannot give keeps none of the others
    from being fetched."""
    if not any_channel_on(account_id):
        return FlowResult("no channel is enabled")
    saved = customisations.fetch_waiting(account_id, calls, clock)
    verified, verified_later = verifications.look(account_id, calls, clock)
    fetched = 0
    tried: set[str] = set()
    waits: NotBefore | None = None
    while waits is None:
        batch = [one for one in wanted_orders(account_id, now=clock.now(), limit=AT_ONCE) if one.number not in tried]
        if not batch:
            break
        for one in batch:
            tried.add(one.number)
            try:
                fetched += _fetch(account_id, one, calls, clock)
            except NotBefore as no_token:
                waits = no_token
                break
    outcome = f"{counted(fetched, 'order')} downloaded by number" if fetched or waits is None else ""
    if saved:
        outcome = ", ".join(filter(None, (outcome, f"{counted(saved, 'customisation')} saved")))
    if verified:
        outcome = ", ".join(filter(None, (outcome, f"{counted(verified, 'verification')} looked at")))
    if waits is not None:
        return FlowResult(outcome, waits.at, f"the rate limit of {waits.operation}")
    return FlowResult(outcome, _next(account_id, clock.now(), None if verified_later is None else verified_later.at))


def _next(account_id: int, now: datetime, verified_later_at: datetime | None) -> datetime | None:
    """`verified_later_at`: when the limit of verifications has room again; those that are due wait for it."""
    verified_at = verified_later_at or regulated.next_due(account_id)
    found = (next_wanted_at(account_id), next_customisation_at(account_id), verified_at)
    moments = [at for at in found if at is not None]
    return max(min(moments), now) if moments else None


def _fetch(account_id: int, wanted: WantedByNumber, calls: Calls, clock: Clock) -> int:
    """1 when Amazon returned it."""
    number, times = wanted.number, wanted.times
    if wanted.is_held:
        wishes.note_held(account_id, number, times=times)
        return 0
    try:
        body = calls.get_order(number).value
    except (Refused, AccessDenied) as refusal:  # a 403 of one order, searched with the same roles, is its own
        unknown = isinstance(refusal, NotFound)
        said = "does not know this number" if unknown else "refuses to return this order"
        reason = f"Amazon {said}: {refusal.summary()}."
        wishes.note_refused(account_id, number, reason=reason, unknown=unknown, times=times, now=clock.now())
        imported_orders.note_download_failed(account_id, number, reason=reason, unknown=unknown, now=clock.now())
        return 0
    except (NotAnsweredAsPromised, ServerFault) as error:  # of this one order (behaviours O10, O24)
        again_at = clock.now() + pause_after(wanted.attempts + 1)
        wishes.postpone_download(account_id, number, error=str(error), again_at=again_at)
        reason = f"Amazon did not return this order; it is requested again automatically. {error.summary()}"
        imported_orders.note_download_delayed(account_id, number, reason=reason, now=clock.now())
        return 0
    inbox.keep_order(account_id, RawOrder(number, body), now=clock.now())
    wishes.note_downloaded(account_id, number, times=times, now=clock.now())
    return 1
