"""Problems that a person closes: what only he can see is done."""

from datetime import datetime

from wharfinger.db.models import Problem, User
from wharfinger.domain.installation.remedies import closed_by_word
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation


@operation
def mark_as_done(problem_id: int, *, now: datetime, user: User) -> None:
    """Close it by this person's word. The same cause does not open it again; another one does."""
    problem = Problem.objects.select_for_update(of=("self",)).get(pk=problem_id)
    if problem.solved_at is not None:
        return
    if not closed_by_word(problem.kind):
        raise Refused(
            "“%(kind)s” closes automatically once its cause is fixed. %(remedy)s",
            kind=problem.kind.label,
            remedy=problem.remedy,
        )
    problem.solved_at, problem.closed_by = now, user
    problem.save(update_fields=["solved_at", "closed_by"])
    record_activity(
        f"{problem.kind.msgid}: marked as done.",
        account_id=problem.account_id,
        channel_id=problem.channel_id,
        sales_order_id=problem.sales_order_id,
        imported_order_id=problem.imported_order_id,
        now=now,
        user=user,
    )
    record_audit("mark as done", "Problem", problem.pk, before=None, after={"cause": problem.cause}, now=now, user=user)
