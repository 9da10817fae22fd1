"""Parts of one Amazon order become one sales order again."""

from datetime import datetime

from wharfinger.db.models import (
    Allocation,
    OrderAttachment,
    OrderNote,
    OrderTag,
    Problem,
    SalesOrder,
    SalesOrderLine,
    User,
)
from wharfinger.domain.counts import counted
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.orders.particulars import read_particulars, write_particulars
from wharfinger.domain.orders.parts import added, particulars_added, sum_of
from wharfinger.domain.sentences import N_
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.orders._order_steps import amounts_on
from wharfinger.operations.orders.actions._part_steps import (
    check_open,
    lock_lines,
    lock_parts,
    mark_divided,
    settle,
    total_units,
    write_amounts,
)
from wharfinger.operations.orders.actions._sales_order_steps import record_act
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._allocation_steps import allocate_lines
from wharfinger.operations.transaction import operation


@operation
def merge_parts(order_id: int, *, other_id: int, now: datetime, user: User) -> SalesOrder:
    """The later of the two goes into the earlier, which is returned. The later is kept, without lines, as Merged."""
    if order_id == other_id:
        raise Refused("Choose another part of the same Amazon order.", "other")
    kept, gone = lock_parts([order_id, other_id])
    _check(kept, gone)
    moving = lock_lines(gone)
    units = counted(total_units(moving), "unit")
    own = {line.order_item_id: line for line in lock_lines(kept)}
    for line in moving:
        if line.order_item_id in own:
            _join(own[line.order_item_id], line)
        else:
            line.order = kept
            line.save(update_fields=["order"])
    kept.total = sum_of(kept.total, gone.total)
    _hold_back(kept, gone)
    kept.save()
    _bring_marks(kept, gone, now)
    gone.state, gone.merged_into, gone.total = SalesOrderState.MERGED, kept, None
    gone.picked_at, gone.on_hold_at = None, None
    gone.save(update_fields=["state", "merged_into", "total", "picked_at", "on_hold_at"])
    mark_divided(kept.imported_id)
    allocate_lines(kept, lock_lines(kept), now=now)
    settle(kept, now=now)
    after = {"order": kept.code, "merged": gone.code}
    record_act(kept, "merge", f"{gone.code} was merged into it: {units}.", after=after, now=now, user=user)
    text = f"Merged into {kept.code}."
    record_activity(text, sales_order=gone, channel_id=gone.channel_id, now=now, user=user)
    return kept


def _check(kept: SalesOrder, gone: SalesOrder) -> None:
    if kept.imported_id != gone.imported_id:
        raise Refused(
            "%(order)s and %(other)s are two Amazon orders, which Amazon wants confirmed one by one. Only parts of one "
            "Amazon order are merged.",
            "other",
            order=kept.code,
            other=gone.code,
        )
    for order in (kept, gone):
        check_open(order, N_("There is nothing left to merge."))
    if gone.shipments.exists() or gone.lines.filter(quantity_shipped__gt=0).exists():
        raise Refused(
            "A parcel of %(order)s was dispatched: it stays a sales order of its own. Merge what is open of "
            "%(other)s into it by splitting, or dispatch both.",
            "other",
            order=gone.code,
            other=kept.code,
        )
    for order in (kept, gone):
        if order.on_hold_at is not None and kept.on_hold_at != gone.on_hold_at:
            raise Refused("%(order)s is on hold. Release it first, then merge.", "other", order=order.code)
    if (kept.own_delivery or kept.delivery) != (gone.own_delivery or gone.delivery):
        raise Refused(
            "%(order)s and %(other)s go to different addresses. Edit or restore one of them first.",
            "other",
            order=kept.code,
            other=gone.code,
        )


def _hold_back(kept: SalesOrder, gone: SalesOrder) -> None:
    """What still stands in the way of either stands in the way of both."""
    if gone.picked_at is None:
        kept.picked_at = None
    if gone.approved_at is None:
        kept.approved_at = None
    if gone.cancel_unanswered:
        kept.cancel_requested, kept.cancel_answered_at = True, None
    kept.confirmed = kept.confirmed and gone.confirmed


def _join(line: SalesOrderLine, gone: SalesOrderLine) -> None:
    """Two rows of one order item become one again, with the units that are allocated to either."""
    if line.item_id != gone.item_id:
        raise Refused(
            "%(sku)s is linked to different stock items in the two orders. Dispatch them one by one.",
            "other",
            sku=line.sku[:60],
        )
    line.quantity_ordered += gone.quantity_ordered
    line.quantity_cancelled += gone.quantity_cancelled
    write_amounts(line, added(amounts_on(line), amounts_on(gone)))
    both = particulars_added(read_particulars(line.particulars), read_particulars(gone.particulars))
    line.particulars = write_particulars(both)
    line.cancel_requested = line.cancel_requested or gone.cancel_requested
    line.save()
    held = Allocation.objects.select_for_update(no_key=True)
    own = {(row.item_id, row.site_id): row for row in held.filter(line=line).order_by("pk")}
    for row in held.filter(line=gone).order_by("pk"):
        same = own.get((row.item_id, row.site_id))
        if same is None:
            row.line = line
            row.save(update_fields=["line"])
        else:
            same.quantity += row.quantity
            same.save(update_fields=["quantity"])
            row.delete()
    gone.delete()


def _bring_marks(kept: SalesOrder, gone: SalesOrder, now: datetime) -> None:
    """What people wrote and attached goes along; what is a problem of a line is one of the order that has it now."""
    OrderNote.objects.filter(order=gone).update(order=kept)
    OrderAttachment.objects.filter(order=gone).update(order=kept)
    tags = set(gone.tags.values_list("tag", flat=True)) - set(kept.tags.values_list("tag", flat=True))
    OrderTag.objects.bulk_create([OrderTag(order=kept, tag_id=tag) for tag in sorted(tags)])
    gone.holds.filter(released_at=None).update(released_at=now)
    open_problems = Problem.objects.filter(sales_order=gone, solved_at=None)
    open_problems.filter(kind=ProblemKind.UNKNOWN_SKU).update(sales_order=kept)
    open_problems.update(solved_at=now)
