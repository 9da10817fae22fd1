"""Verification of regulated goods at Amazon: what it says, what a person answers, and when it is looked at again. Pure.

Amazon wants the seller to check what the buyer stated (a prescription, an age) before the goods leave. Source: model
ordersV0.json, regulatedInfo; no field of Orders 2026-01-01 says that an order is regulated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wharfinger.domain.labels import Labelled
from wharfinger.domain.sentences import N_

REVIEWER_AT_MOST = 60
"""Characters of a reviewer's id; Amazon names no limit."""
PENDING_AGAIN = timedelta(minutes=15)
UNKNOWN_AGAIN = timedelta(minutes=45)
UNKNOWN_FOR = timedelta(days=2)
"""Amazon may open a verification some time after the order is placed; later than this it does not."""


class VerificationState(Labelled):
    UNREAD = "unread", "Not read yet"
    NONE = "none", "No verification at Amazon"
    PENDING = "pending", "Pending"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    EXPIRED = "expired", "Expired"
    CANCELLED = "cancelled", "Cancelled"

    @property
    def blocks(self) -> bool:
        """The goods must not leave, whatever the shop itself says of its items."""
        return self in BLOCKS


BLOCKS = (
    VerificationState.PENDING,
    VerificationState.REJECTED,
    VerificationState.EXPIRED,
    VerificationState.CANCELLED,
)
UNSETTLED = (VerificationState.UNREAD, VerificationState.NONE, VerificationState.PENDING)
"""Amazon's last word is still to come."""


class VerificationAnswer(Labelled):
    """What a person answers; Amazon cancels an order that is rejected."""

    APPROVE = "approve", "Approve"
    REJECT = "reject", "Reject"


@dataclass(frozen=True, slots=True)
class VerificationFound:
    """Amazon's word of one order. `reasons`: those for a rejection, id and text; `rejection`: the one given."""

    state: VerificationState
    requires_action: bool = False
    reasons: tuple[tuple[str, str], ...] = ()
    rejection: str = ""
    reviewer: str = ""


def look_again_at(state: VerificationState, *, since: datetime, now: datetime) -> datetime | None:
    """`since`: when the order was first looked for. None: nothing more is to come."""
    match state:
        case VerificationState.PENDING:
            return now + PENDING_AGAIN
        case VerificationState.UNREAD | VerificationState.NONE:
            return now + UNKNOWN_AGAIN if now - since < UNKNOWN_FOR else None
        case (
            VerificationState.APPROVED
            | VerificationState.REJECTED
            | VerificationState.EXPIRED
            | VerificationState.CANCELLED
        ):
            return None


def answer_refusal(
    state: VerificationState,
    *,
    answering: bool,
    reviewer: str,
    answer: VerificationAnswer,
    reason: str,
    reasons: Sequence[str],
) -> tuple[str, str] | None:
    """The sentence (with %(order)s) and the field that stand against a person's answer, if any."""
    if state is not VerificationState.PENDING:
        return N_("%(order)s has no verification that waits at Amazon. Its page shows what Amazon says."), ""
    if answering:
        return N_("The answer for %(order)s is on its way to Amazon already. Its page shows what becomes of it."), ""
    if not reviewer.strip():
        return N_("%(order)s: give the id of who reviewed it; Amazon keeps it with the order."), "reviewer"
    if not reviewer.isascii() or len(reviewer) > REVIEWER_AT_MOST:
        return N_("%(order)s: the reviewer's id has at most 60 letters and digits."), "reviewer"
    if answer is VerificationAnswer.REJECT and reason not in reasons:
        return N_("%(order)s: Amazon does not take this reason for it. Choose one of those on its page."), "reason"
    return None
