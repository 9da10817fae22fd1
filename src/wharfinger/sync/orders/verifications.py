"""Verification of regulated goods: what Amazon says of each order that wants one, and a person's answer to it."""

from wharfinger.amazon.auth import AccessToken
from wharfinger.amazon.errors import (
    AccessDenied,
    AmazonError,
    InvalidRequest,
    NotAnsweredAsPromised,
    Refused,
    ServerFault,
)
from wharfinger.domain.orders.verifying import VerificationAnswer, VerificationState
from wharfinger.operations.orders import verifications
from wharfinger.operations.orders.verifications import ToVerify
from wharfinger.sync.calls import Calls, Clock, NotBefore, OnlyACopy
from wharfinger.sync.translate.verifications import to_verification


def look(account_id: int, calls: Calls, clock: Clock) -> tuple[int, NotBefore | None]:
    """Everything that is due; one of which Amazon says nothing holds up no other. How many were looked at, and the
    limit for which the others wait: it is of operations of their own, and holds up nothing else.

    One restricted token opens all of them; where Amazon gives none, all are looked at later.
    """
    verifications.find_wanted(account_id, now=clock.now())
    waiting = verifications.due(account_id, now=clock.now())
    if not waiting:
        return 0, None
    looked_at = 0
    try:
        token = calls.create_restricted_token().value
        for one in waiting:
            looked_at += _look_at(one, token, calls, clock)
    except NotBefore as no_token:
        return looked_at, no_token
    except (Refused, AccessDenied, InvalidRequest) as refusal:  # of the token: those of one order do not come here
        reason = f"Amazon gives no access to regulated information: {refusal.summary()}"
        verifications.note_failed([one.id for one in waiting], reason, now=clock.now())
    return looked_at, None


def _look_at(one: ToVerify, token: AccessToken, calls: Calls, clock: Clock) -> bool:
    try:
        found = to_verification(calls.get_regulated_info(one.number, token).value)
    except (Refused, AccessDenied, NotAnsweredAsPromised, ServerFault) as fault:  # of this one order
        verifications.note_failed([one.id], fault.summary(), now=clock.now())
        return False
    verifications.note_found(one.id, found, now=clock.now())
    if one.answer is not None and found.state is VerificationState.PENDING:
        _answer(one, one.answer, calls, clock)
    return True


def _answer(one: ToVerify, answer: VerificationAnswer, calls: Calls, clock: Clock) -> None:
    """Amazon still waits for it, so whatever became of an earlier attempt it did not arrive: it can be sent again."""
    if not verifications.note_answering(one.id, now=clock.now()):
        return
    approved = answer is VerificationAnswer.APPROVE
    try:
        calls.update_verification_status(
            one.number, approved=approved, reviewer=one.reviewer, rejection_reason_id=one.reason
        )
    except OnlyACopy:
        return
    except (Refused, InvalidRequest) as refusal:
        verifications.note_answer_refused(one.id, refusal.summary(), now=clock.now())
    except AmazonError as error:
        if not error.outcome_unknown and not isinstance(error, ServerFault):
            raise
