"""The plan of a first stock upload: requested, worked out by the worker, decided by a person."""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime

from wharfinger.db.models import Channel, ChannelProduct, UploadPlan, UploadPlanRow, User
from wharfinger.db.queries.channels.first_upload import planned_listings, waiting_channels
from wharfinger.db.queries.stock.feeds import pace_now
from wharfinger.db.queries.stock.stock_out import listing_facts
from wharfinger.domain.stock.first_upload import PlanTotals, UploadPlanState, planned_change, read_totals
from wharfinger.domain.stock.listing_quantity import Tell, decide
from wharfinger.domain.stock.plan import Limits, Waiting, plan
from wharfinger.operations import triggers
from wharfinger.operations._rows import insert, new_row
from wharfinger.operations.channels._upload_steps import approve_uploads
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

_NOUN = "First upload's plan"
A_STEP = 1000
"""Listings of one transaction: about a second."""


@operation
def request_plan(channel_id: int, *, now: datetime, user: User) -> int:
    """Of every channel of the seller account that waits for its first upload; the worker works it out. Returns its id;
    that of the one that is under way, where there is one."""
    channel = Channel.objects.select_for_update(no_key=True).get(pk=channel_id)
    channels = waiting_channels(channel.account_id)
    if channel_id not in channels:
        raise Refused("%(name)s does not wait for its first stock upload.", name=channel.name)
    under_way = UploadPlan.objects.filter(account=channel.account_id, state=UploadPlanState.WANTED).first()
    if under_way is not None:
        return under_way.pk
    total = planned_listings(channel.account_id, channels.values()).count()
    row = UploadPlan.objects.create(account_id=channel.account_id, wanted_at=now, wanted_by=user, total=total)
    row.channels.set(channels)
    triggers.run_periodic_task(triggers.UPLOAD_PLANS)
    return row.pk


@operation
def take_step(limits: Callable[[int], Limits], *, now: datetime) -> int:
    """The next listings of the oldest plan that is to be worked out; how many, -1 where there is none. `limits`: what
    a seller account's rate limits allow now."""
    rows = UploadPlan.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    row = rows.filter(state=UploadPlanState.WANTED).order_by("pk").first()
    if row is None:
        return -1
    channels = dict(row.channels.values_list("pk", "marketplace_id"))
    found = planned_listings(row.account_id, channels.values()).filter(pk__gt=row.after).order_by("pk")
    some = list(found.values_list("pk", "read_back_quantity")[:A_STEP])
    totals = read_totals(row.totals)
    if not some:
        _finish(row, totals, limits(row.account_id), now)
        return 0
    facts = listing_facts([pk for pk, _ in some], approved=channels)
    planned = []
    for pk, shown in some:
        decision = decide(facts[pk])
        would_be = decision.explained.quantity if isinstance(decision, Tell) else None
        change = planned_change(facts[pk], decision, shown)
        totals = totals.plus(change, shown, would_be)
        planned.append(
            new_row(
                UploadPlanRow,
                plan_id=row.pk,
                listing_id=pk,
                change=change,
                now=shown,
                would_be=would_be,
                by=0 if would_be is None else abs(would_be - (shown or 0)),
                why_not="" if isinstance(decision, Tell) else decision.reason,
            )
        )
    insert(UploadPlanRow, planned)
    row.after, row.done, row.totals = some[-1][0], row.done + len(some), asdict(totals)
    row.save(update_fields=["after", "done", "totals"])
    return len(some)


def _finish(row: UploadPlan, totals: PlanTotals, limits: Limits, now: datetime) -> None:
    """How long it takes is the planner's word, who sends it afterwards."""
    products = ChannelProduct.objects.filter(
        listing__in=row.rows.filter(would_be__isnull=False).values("listing"),
        marketplace__in=row.channels.values("marketplace"),
    )
    first: dict[int, str] = {}
    for listing, place in products.order_by("listing", "marketplace").values_list("listing", "marketplace"):
        first.setdefault(listing, place)
    waiting = Waiting(totals.urgent, Counter(first.values()))
    soonest = plan(waiting, limits, pace_now(row.account_id, now=now))
    by_calls = plan(waiting, replace(limits, feeds=0), pace_now(row.account_id, now=now))
    totals = replace(
        totals, seconds_by_calls=_stored(by_calls.seconds), seconds=_stored(soonest.seconds), feeds=soonest.feeds
    )
    row.state, row.worked_out_at, row.totals = UploadPlanState.READY, now, asdict(totals)
    row.save(update_fields=["state", "worked_out_at", "totals"])


def _stored(seconds: float) -> float | None:
    """A rate of nothing takes for ever, which JSON does not know."""
    return None if seconds == float("inf") else round(seconds, 1)


@operation
def start(plan_id: int, *, now: datetime, user: User) -> int:
    """Quantities go to Amazon from now on, each as it is when it is sent: of every channel of the plan that still
    waits. Returns how many channels."""
    row = _decidable(plan_id)
    waiting = Channel.objects.filter(pk__in=row.channels.values("pk"), stock_upload_approved_at=None, archived=False)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    approve_uploads(ids, now, user)
    return len(ids)


@operation
def put_off(plan_id: int, *, now: datetime, user: User) -> None:
    """Nothing is sent. The plan stays, and may be started later, or worked out anew."""
    row = _decidable(plan_id)
    row.state, row.decided_at, row.decided_by = UploadPlanState.NOT_YET, now, user
    row.save(update_fields=["state", "decided_at", "decided_by"])
    record_audit("not yet", _NOUN, row.pk, before=None, after={"listings": row.total}, now=now, user=user)


def _decidable(plan_id: int) -> UploadPlan:
    row = UploadPlan.objects.select_for_update(no_key=True).filter(pk=plan_id).first()
    if row is None:
        raise Refused("This plan no longer exists. Open the page again.")
    if row.state is UploadPlanState.WANTED:
        raise Refused("The plan is still being worked out. Wait for it.")
    if row.state is UploadPlanState.STARTED:
        raise Refused("The first upload was started already.")
    return row
