"""One action for many imported orders: started by a person, carried out by the worker some orders at a time."""

from collections.abc import Sequence
from datetime import datetime

from wharfinger.db.models import BulkAction, BulkActionOrder, User
from wharfinger.db.queries.orders.imported_orders import (
    ImportedOrderFilter,
    choose_orders,
    count_chosen,
    newest_import,
    read_filter,
    write_filter,
)
from wharfinger.domain.orders.bulk_actions import A_STEP, LEFT, BulkState, OrderAction
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.orders._action_steps import act_on
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

NOUN = "bulk action"


@operation
def start(action: OrderAction, chosen: ImportedOrderFilter, *, description: str = "", user: User, now: datetime) -> int:
    """Have the action done to every order that the filter shows now; returns the id of the bulk action.

    Refused where it shows none. An order that no longer fits the filter when its turn comes is passed over.
    """
    total = count_chosen(chosen)
    if not total:
        raise Refused("No order fits this selection any more; nothing is left to do.")
    row = BulkAction.objects.create(
        action=action,
        chosen=write_filter(chosen),
        description=description[:200],
        user=user,
        pressed_at=now,
        until=newest_import(),
        total=total,
    )
    after = {"action": action.msgid, "orders": total}
    record_audit("started", NOUN, row.pk, before=None, after=after, now=now, user=user)
    triggers.run_periodic_task(triggers.BULK_ACTIONS)
    return row.pk


def start_for(action: OrderAction, ids: Sequence[int], *, user: User, now: datetime) -> int:
    """As `start`, for orders that were ticked one by one."""
    return start(action, ImportedOrderFilter(ids=tuple(sorted(set(ids)))), user=user, now=now)


@operation
def take_step(*, now: datetime) -> int:
    """The next orders of the oldest bulk action that is open; returns how many were tried and finishes what has none
    left. -1: no bulk action is open."""
    rows = BulkAction.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related("user")
    row = rows.filter(state__in=[BulkState.QUEUED, BulkState.RUNNING]).order_by("pk").first()
    if row is None:
        return -1
    ids = choose_orders(read_filter(row.chosen or {}), after=row.after, until=row.until, limit=A_STEP)
    if not ids:
        row.state, row.finished_at = BulkState.FINISHED, now
        row.save(update_fields=["state", "finished_at"])
        return 0
    done = act_on(row.action, ids, user=row.user, now=now)
    left = LEFT[row.action]
    tried = [BulkActionOrder(bulk=row, imported_id=pk, left="" if pk in done else left) for pk in ids]
    BulkActionOrder.objects.bulk_create(tried)
    row.state, row.after = BulkState.RUNNING, ids[-1]
    row.done, row.left = row.done + len(done), row.left + len(ids) - len(done)
    row.save(update_fields=["state", "after", "done", "left"])
    return len(ids)


@operation
def stop(bulk_id: int, *, user: User, now: datetime) -> None:
    """No further order is tried; what was done stays done. Refused once it has ended."""
    row = BulkAction.objects.select_for_update(no_key=True).filter(pk=bulk_id).first()
    if row is None or not row.state.open:
        raise Refused("It has ended already; there is nothing to stop.")
    row.state, row.finished_at = BulkState.STOPPED, now
    row.save(update_fields=["state", "finished_at"])
    record_audit("stopped", NOUN, bulk_id, before=None, after={"done": row.done}, now=now, user=user)
