"""Steps that write what became of an imported order; they need an open transaction."""

from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.models import ImportedOrder, RawMessage, SalesOrder, Site
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutImport, AboutMessage, AboutSite
from wharfinger.domain.orders.order import AmazonStatus, ImportState, IncomingOrder
from wharfinger.domain.orders.waits_for import ForLevels, WaitsFor
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem

ORDER_ID_AT_MOST = 30


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of an order that is not (or not yet) a sales order; `problem` when a person is needed."""

    state: ImportState
    reason: str
    remedy: str = ""
    waits_for: WaitsFor | None = None
    problem: ProblemKind | None = None


def about_message(raw: RawMessage) -> AboutMessage:
    """By its order's number, so that a newer message solves the problem; without one by its own."""
    return AboutMessage(raw.account_id, raw.key or str(raw.pk))


def find_or_make_import(raw: RawMessage, incoming: IncomingOrder, *, now: datetime) -> tuple[ImportedOrder, bool]:
    """The one row of (seller account, Amazon order number), locked; and whether it was made now."""
    return ImportedOrder.objects.select_for_update(of=("self",), no_key=True).get_or_create(
        account_id=raw.account_id,
        amazon_order_id=incoming.amazon_order_id,
        defaults={
            "state": ImportState.NOT_ATTEMPTED,
            "amazon_status": AmazonStatus.UNKNOWN,
            "placed_at": incoming.placed_at,
            "amazon_updated_at": incoming.updated_at,
            "found_at": now,
        },
    )


def note_not_taken(raw: RawMessage, state: ImportState, *, reason: str, remedy: str, now: datetime) -> None:
    """The message could not be taken: its order is on the list all the same, so that none is lost from sight.

    What was understood of the order before stays; a sales order that was made of it is not touched.
    """
    if not raw.key or len(raw.key) > ORDER_ID_AT_MOST:
        return
    row, made = ImportedOrder.objects.select_for_update(of=("self",), no_key=True).get_or_create(
        account_id=raw.account_id,
        amazon_order_id=raw.key,
        defaults={
            "state": state,
            "reason": reason,
            "remedy": remedy,
            "amazon_status": AmazonStatus.UNKNOWN,
            "placed_at": raw.received_at,
            "amazon_updated_at": raw.received_at,
            "found_at": now,
            "raw_message": raw,
        },
    )
    if made or row.state == ImportState.IGNORED or SalesOrder.objects.filter(imported=row).exists():
        return
    row.state, row.reason, row.remedy = state, reason, remedy
    if row.amazon_status == AmazonStatus.UNKNOWN:
        row.raw_message = raw
    row.save(update_fields=["state", "reason", "remedy", "raw_message"])


def write_decision(imported: ImportedOrder, decided: Decided, *, now: datetime) -> None:
    """Set the state with its reason on the row (the caller saves it), and open or solve its problems."""
    imported.state, imported.reason = decided.state, decided.reason
    imported.remedy, imported.waits_for = decided.remedy, decided.waits_for
    solve_import_problems(imported, now=now, but=decided.problem)
    if decided.problem is not None:
        open_problem(
            decided.problem,
            AboutImport(imported.pk),
            cause=f"{imported.amazon_order_id}: {decided.reason}",
            remedy=decided.remedy,
            imported_order=imported,
            channel=imported.channel,
            now=now,
        )
    if isinstance(decided.waits_for, ForLevels):
        _tell_of_empty_site(decided.waits_for, now)


def solve_import_problems(imported: ImportedOrder, *, now: datetime, but: ProblemKind | None = None) -> None:
    """The order is no longer what its problems said."""
    for kind in (ProblemKind.TOTALS_DIFFER, ProblemKind.NOT_UNDERSTOOD):
        if kind is not but:
            solve_problem(kind, AboutImport(imported.pk), now=now)


def _tell_of_empty_site(waits_for: ForLevels, now: datetime) -> None:
    site = Site.objects.get(pk=waits_for.site_id)
    waiting = ImportedOrder.objects.filter(waits_for=waits_for).count() + 1
    open_problem(
        ProblemKind.FBA_SITE_EMPTY,
        AboutSite(site.pk),
        cause=f"{site.name} has no stock levels; {waiting} FBA {'order waits' if waiting == 1 else 'orders wait'}.",
        remedy="Press “Load levels from Amazon” on the site's page. The orders are then imported automatically.",
        site=site,
        now=now,
    )
