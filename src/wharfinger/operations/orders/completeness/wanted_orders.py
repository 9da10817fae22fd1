"""Orders that are downloaded by their numbers, and what that says of the gaps that wanted them. Trade time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from wharfinger.db.models import CompletenessGap, User, WantedOrder
from wharfinger.db.queries.orders.completeness.order_reports import STANDING, read_stated, write_stated
from wharfinger.domain.orders.completeness.comparing import Cause, StatedOrder
from wharfinger.domain.orders.completeness.gap_review import Verdict
from wharfinger.domain.orders.completeness.order_report import WantedBy
from wharfinger.operations.installation._flow_steps import bring_flow_forward
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.orders.completeness._gap_steps import FLOW, close_gap, count_in, stick_gap, want_orders
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation


@dataclass(frozen=True, slots=True)
class GapVerdict:
    gap_id: int
    verdict: Verdict
    cause: Cause
    ours: StatedOrder | None


@operation
def want_by_number(account_id: int, changed: Mapping[str, datetime | None], *, source: WantedBy, now: datetime) -> int:
    """Returns how many were not wanted yet. `changed`: number → Amazon's moment of the change, where it said one."""
    return want_orders(account_id, changed, source=source, now=now)


@operation
def note_downloaded(account_id: int, number: str, *, times: int, now: datetime) -> None:
    """Amazon returned the order, and its message is kept. A wish that came during the call stays."""
    WantedOrder.objects.filter(account_id=account_id, amazon_order_id=number, times=times).delete()
    gaps = CompletenessGap.objects.filter(account_id=account_id, amazon_order_id=number, state__in=STANDING)
    gaps.update(downloaded_at=now, downloads=F("downloads") + 1, cause=Cause.UNEXPLAINED, note="")


@operation
def note_held(account_id: int, number: str, *, times: int) -> None:
    """What a notification spoke of is here already: no call is spent on it."""
    WantedOrder.objects.filter(account_id=account_id, amazon_order_id=number, times=times).delete()


@operation
def note_refused(account_id: int, number: str, *, reason: str, unknown: bool, times: int, now: datetime) -> None:
    """Amazon does not return it: asking again would bring the same answer. Its gap keeps what Amazon said."""
    WantedOrder.objects.filter(account_id=account_id, amazon_order_id=number, times=times).delete()
    cause = Cause.UNKNOWN_TO_AMAZON if unknown else Cause.REFUSED
    gaps = CompletenessGap.objects.filter(account_id=account_id, amazon_order_id=number, state__in=STANDING)
    gaps.update(cause=cause, note=reason, downloaded_at=None)


@operation
def postpone_download(account_id: int, number: str, *, error: str, again_at: datetime) -> None:
    """Amazon has a fault of its own with this order; the others go on."""
    rows = WantedOrder.objects.filter(account_id=account_id, amazon_order_id=number)
    rows.update(error=error, again_at=again_at, attempts=F("attempts") + 1)


@operation
def settle_gaps(account_id: int, verdicts: Sequence[GapVerdict], *, now: datetime) -> int:
    """Write what became of gaps; the figures of their days follow. Returns how many were healed."""
    rows = CompletenessGap.objects.select_for_update(of=("self",)).select_related("account").order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[one.gap_id for one in verdicts])}
    wanted: dict[str, datetime | None] = {}
    healed = 0
    for one in verdicts:
        row = found.get(one.gap_id)
        if row is None or row.state == CompletenessGap.State.HEALED:
            continue
        ours = write_stated(one.ours)
        if ours == row.ours and _stands_already(row, one):
            continue
        count_in(row, read_stated(row.amazon) if one.verdict is Verdict.HEALED else one.ours)
        row.ours = ours
        match one.verdict:
            case Verdict.HEALED:
                close_gap(row, CompletenessGap.State.HEALED, cause=row.cause, now=now)
                healed += 1
            case Verdict.EXPLAINED:
                close_gap(row, CompletenessGap.State.EXPLAINED, cause=one.cause, now=now)
            case Verdict.STUCK:
                if row.state is not CompletenessGap.State.STUCK or row.cause is not one.cause:
                    stick_gap(row, cause=one.cause, now=now)
            case Verdict.DOWNLOAD:
                row.state = CompletenessGap.State.OPEN
                row.cause, row.settled_at = Cause.UNEXPLAINED, None
                row.save(update_fields=["state", "cause", "settled_at", "ours"])
                wanted[row.amazon_order_id] = None
            case Verdict.WAITS:
                row.save(update_fields=["ours"])
    want_orders(account_id, wanted, source=WantedBy.GAP, now=now)
    return healed


def _stands_already(row: CompletenessGap, one: GapVerdict) -> bool:
    """Thousands wait while a long outage is caught up, and are looked at each minute: nothing is written for these."""
    match one.verdict:
        case Verdict.WAITS:
            return True
        case Verdict.EXPLAINED:
            return row.state is CompletenessGap.State.EXPLAINED and row.cause is one.cause
        case Verdict.STUCK:
            return row.state is CompletenessGap.State.STUCK and row.cause is one.cause
        case Verdict.HEALED | Verdict.DOWNLOAD:
            return False


@operation
def download_again(account_id: int, gap_id: int, *, user: User, now: datetime) -> str:
    """Download again: the order is requested by its number once more; returns it. Refused once it is settled."""
    row = CompletenessGap.objects.select_for_update(of=("self",)).filter(account_id=account_id, pk=gap_id).first()
    if row is None or row.state not in STANDING:
        raise Refused("The gap is settled already; nothing is left to download.")
    row.downloaded_at, row.cause, row.note = None, Cause.UNEXPLAINED, ""
    row.save(update_fields=["downloaded_at", "cause", "note"])
    want_orders(row.account_id, {row.amazon_order_id: None}, source=WantedBy.GAP, now=now)
    bring_flow_forward(row.account_id, FLOW, now=now)
    record_audit("requested", "order at Amazon", row.amazon_order_id, before=None, after=None, now=now, user=user)
    return row.amazon_order_id
