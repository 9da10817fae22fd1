"""Verification of regulated goods at Amazon: looked at, answered by a person, settled by what Amazon shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from wharfinger.db.any_of import any_of
from wharfinger.db.models import SalesOrder, User, Verification
from wharfinger.db.queries.moments import is_due
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.moments import LONGEST_ROW_WAIT
from wharfinger.domain.orders.verifying import (
    VerificationAnswer,
    VerificationFound,
    VerificationState,
    answer_refusal,
    look_again_at,
)
from wharfinger.domain.retry import pause_after
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.orders._import_steps import BY_NUMBER
from wharfinger.operations.orders._verification_steps import approve_orders, want_of_items
from wharfinger.operations.orders.actions._sales_order_steps import lock_order, record_act
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

AT_ONCE = 50
SHOWN_AFTER = timedelta(minutes=2)
"""After an answer was sent, Amazon shows what it came to; one that is not shown by then is sent again."""


@dataclass(frozen=True, slots=True)
class ToVerify:
    """`answer` None: nothing is to be sent. `sent`: it may have been sent already."""

    id: int
    number: str
    answer: VerificationAnswer | None
    reason: str
    reviewer: str
    sent: bool


@operation
def find_wanted(account_id: int, *, now: datetime) -> int:
    """Open orders of regulated goods that nobody has looked for yet."""
    return want_of_items(account_id, now=now, limit=AT_ONCE * 10)


def due(account_id: int, *, now: datetime) -> list[ToVerify]:
    rows = Verification.objects.select_related("imported").filter(
        is_due("again_at", now, LONGEST_ROW_WAIT), account=account_id
    )
    return [
        ToVerify(
            row.pk, row.imported.amazon_order_id, row.answer or None, row.answer_reason, row.answer_reviewer,
            row.answer_sent_at is not None,
        )
        for row in rows.order_by("again_at", "pk")[:AT_ONCE]
    ]  # fmt: skip


def next_due(account_id: int) -> datetime | None:
    rows = Verification.objects.filter(account=account_id, again_at__isnull=False)
    return rows.order_by("again_at").values_list("again_at", flat=True).first()


@operation
def note_found(verification_id: int, found: VerificationFound, *, now: datetime) -> None:
    """Amazon's word. Approved goods may leave; what still waits for the seller is a problem of each order."""
    row = _lock(verification_id)
    before = row.state
    row.state, row.requires_action = found.state, found.requires_action
    row.reasons = [list(one) for one in found.reasons]
    row.rejection, row.reviewer = found.rejection, found.reviewer[:200]
    row.looked_at, row.attempts, row.error = now, 0, ""
    row.again_at = look_again_at(found.state, since=row.made_at, now=now)
    if found.state is not VerificationState.PENDING:
        _forget_answer(row)
    row.save()
    approved = approve_orders(row.imported_id, now=now) if found.state is VerificationState.APPROVED else []
    for order in approved:
        record_activity("Amazon shows the verification of its regulated goods as approved.", sales_order=order, now=now)
    if found.state is not before or found.state is VerificationState.PENDING:
        _show(row, before, now)


@operation
def note_failed(verification_ids: Sequence[int], error: str, *, now: datetime) -> None:
    """Amazon said nothing of these: looked at again with growing pauses; what is known of them stays."""
    rows = Verification.objects.select_for_update(no_key=True).filter(any_of("pk", verification_ids))
    for row in rows.order_by("pk"):
        row.attempts = min(row.attempts + 1, 30_000)
        row.error, row.again_at = error[:500], now + pause_after(row.attempts)
        row.save(update_fields=["attempts", "error", "again_at"])


@operation
def note_answering(verification_id: int, *, now: datetime) -> bool:
    """Before the call. False: it was taken back, or Amazon has settled it."""
    row = _lock(verification_id)
    if not row.answer or row.state is not VerificationState.PENDING:
        return False
    row.answer_sent_at, row.again_at = now, now + SHOWN_AFTER
    row.save(update_fields=["answer_sent_at", "again_at"])
    return True


@operation
def note_answer_refused(verification_id: int, error: str, *, now: datetime) -> None:
    """Amazon takes the answer not: a person sees why, and can answer again."""
    row = _lock(verification_id)
    _forget_answer(row)
    row.error, row.again_at = error[:500], now + SHOWN_AFTER
    row.save()
    for order in _open_orders(row):
        record_activity(f"Amazon refused the answer on its regulated goods: {error}", sales_order=order, now=now)
    _show(row, row.state, now)


@operation
def approve_goods(order_id: int, *, reviewer: str, now: datetime, user: User) -> SalesOrder:
    """A person has checked what the buyer stated; the goods may leave once Amazon shows the approval."""
    return _answer(order_id, VerificationAnswer.APPROVE, reviewer, "", now, user)


@operation
def reject_goods(order_id: int, *, reviewer: str, reason: str, now: datetime, user: User) -> SalesOrder:
    """`reason`: the id of one that Amazon takes for this order. Amazon cancels the order."""
    return _answer(order_id, VerificationAnswer.REJECT, reviewer, reason, now, user)


def _answer(
    order_id: int, answer: VerificationAnswer, reviewer: str, reason: str, now: datetime, user: User
) -> SalesOrder:
    order = lock_order(order_id)
    if not order.state.open:
        raise Refused(
            "%(order)s is %(state)s. There is no request left to answer.",
            order=order.code,
            state=order.state.label.lower(),
        )
    row = Verification.objects.select_for_update(no_key=True).filter(imported=order.imported_id).first()
    refusal = answer_refusal(
        VerificationState.NONE if row is None else row.state,
        answering=row is not None and row.answer != "",
        reviewer=reviewer,
        answer=answer,
        reason=reason,
        reasons=[] if row is None else [one for one, _ in row.reasons],
    )
    if refusal is not None or row is None:
        sentence, field = refusal or ("", "")
        raise Refused(sentence, field, order=order.code)
    row.answer, row.answer_reviewer, row.answer_reason = answer, reviewer.strip(), reason
    row.answer_by, row.answer_sent_at, row.again_at = user, None, now
    row.save()
    said = "approved" if answer is VerificationAnswer.APPROVE else f"rejected ({dict(row.reasons)[reason]})"
    text = f"Its regulated goods are {said}; the answer is on its way to Amazon."
    values = {"answer": answer.value, "reviewer": row.answer_reviewer, "reason": reason}
    record_act(order, "answer verification", text, after=values, now=now, user=user)
    solve_problem(ProblemKind.VERIFICATION_WAITS, AboutOrder(order.pk), now=now)
    triggers.run_flow(row.account_id, BY_NUMBER, soon=True)
    return order


def _lock(verification_id: int) -> Verification:
    return Verification.objects.select_for_update(no_key=True).get(pk=verification_id)


def _forget_answer(row: Verification) -> None:
    row.answer, row.answer_reason, row.answer_reviewer, row.answer_sent_at = "", "", "", None


def _open_orders(row: Verification) -> list[SalesOrder]:
    rows = SalesOrder.objects.filter(~Q(merged_into__isnull=False), imported=row.imported_id)
    return [order for order in rows.order_by("pk") if order.state.open]


def _show(row: Verification, before: VerificationState, now: datetime) -> None:
    """Each order's problem while Amazon waits for the seller, and a line of its timeline when the state changed."""
    waits = row.state is VerificationState.PENDING and row.requires_action and not row.answer
    for order in _open_orders(row):
        if row.state is not before and row.state is not VerificationState.APPROVED and row.state.blocks:
            text = f"Amazon shows the verification of its regulated goods as {row.state.msgid.lower()}."
            record_activity(text, sales_order=order, channel_id=order.channel_id, now=now)
        if not waits:
            solve_problem(ProblemKind.VERIFICATION_WAITS, AboutOrder(order.pk), now=now)
            continue
        refused = f" Amazon refused the last answer: {row.error}" if row.error else ""
        open_problem(
            ProblemKind.VERIFICATION_WAITS,
            AboutOrder(order.pk),
            cause=f"{order.code} has regulated goods, and Amazon waits for your verdict on them.{refused}",
            remedy="Check in Seller Central what the buyer stated, then press “Approve the goods” or “Reject the "
            "goods”. Until then the order is not dispatched.",
            now=now,
            sales_order=order,
            channel_id=order.channel_id,
            imported_order_id=row.imported_id,
        )
