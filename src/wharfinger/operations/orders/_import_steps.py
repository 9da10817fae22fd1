"""Steps that write what became of an imported order; they need an open transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wharfinger.db.models import Customisation, ImportedOrder, RawMessage, SalesOrder
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutImport, AboutMessage
from wharfinger.domain.orders.order import AmazonStatus, ImportState
from wharfinger.operations import triggers
from wharfinger.operations.installation._problem_steps import Problems

ORDER_ID_AT_MOST = 30
BY_NUMBER = "orders_by_number"
"""The flow that fetches archives of customised lines too."""
TRIED_AT_MOST = 8
"""About four hours. Longer than any such address has lived; Retry Download brings another one."""


class MessageRow(Protocol):
    """A message of the inbox, or what is known of one."""

    @property
    def pk(self) -> int: ...
    @property
    def account_id(self) -> int: ...
    @property
    def key(self) -> str: ...


def about_message(raw: MessageRow) -> AboutMessage:
    """By its order's number, so that a newer message solves the problem; without one by its own."""
    return AboutMessage(raw.account_id, raw.key or str(raw.pk))


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


def solve_import_problems(imported: ImportedOrder, problems: Problems, *, but: ProblemKind | None = None) -> None:
    """The order is no longer what its problems said."""
    for kind in (ProblemKind.TOTALS_DIFFER, ProblemKind.NOT_UNDERSTOOD):
        if kind is not but:
            problems.solve(kind, AboutImport(imported.pk))


def want_archives(line_ids: Sequence[int], account_id: int, *, now: datetime) -> None:
    """Those that are not here yet, at once. Nothing for most batches: few lines are customised."""
    if not line_ids:
        return
    held = Customisation.objects.filter(line__in=line_ids)
    known = set(held.values_list("line_id", flat=True))
    held.filter(fetched_at=None, attempts__lt=TRIED_AT_MOST).update(again_at=now)
    new = [Customisation(line_id=line, again_at=now) for line in sorted(set(line_ids) - known)]
    Customisation.objects.bulk_create(new)
    triggers.run_flow(account_id, BY_NUMBER, soon=True)
