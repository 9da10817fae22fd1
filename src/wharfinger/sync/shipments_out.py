"""Shipments out: each waiting confirmation is sent once; what is in doubt is looked up in Amazon's own order."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from wharfinger.amazon.errors import (
    AccessDenied,
    AmazonError,
    NotAnsweredAsPromised,
    NotFound,
    Refused,
    ServerFault,
    Verdict,
)
from wharfinger.amazon.messages.orders import AmazonOrder, decode_order
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.domain.orders.order import AmazonStatus
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.operations.shipping import confirmations
from wharfinger.operations.shipping.confirmations import ConfirmationToSend
from wharfinger.sync.calls import Calls, Clock, FlowResult, NotBefore, run_parts
from wharfinger.sync.translate.orders import packages_of, status_of
from wharfinger.sync.translate.shipments import to_confirm_shipment

SOONEST = timedelta(seconds=10)
FAULTS_IN_A_ROW = 3
DENIED_IN_A_ROW = 3
"""So many orders denied one after the other are no odd orders."""


@dataclass
class _Run:
    """What one run came to."""

    accepted: int = 0
    refused: int = 0
    doubtful: int = 0
    seen: int = 0
    faults: int = 0
    denials: list[tuple[int, AmazonOrder, AccessDenied]] = field(default_factory=list)
    """Confirmations that were denied though their orders could be read."""

    def summary(self) -> str:
        return f"{self.accepted} sent, {self.refused} refused, {self.doubtful} unconfirmed, {self.seen} shown at Amazon"


def run(account_id: int, amazon: Calls, clock: Clock) -> FlowResult:
    """Tell Amazon of the parcels that left, then look up those in doubt."""
    done = _Run()
    try:
        wait = run_parts([partial(part, account_id, amazon, clock, done) for part in (_tell_waiting, _look_up)])
    finally:  # above all where Amazon takes none
        confirmations.alarm_late(account_id, now=clock.now())
        confirmations.alarm_not_shown_by_amazon(account_id, now=clock.now())
    if wait is not None:
        return FlowResult(done.summary(), wait.at, f"the rate limit of {wait.operation}")
    due = confirmations.next_due(account_id, now=clock.now())
    return FlowResult(done.summary(), max(due, clock.now() + SOONEST) if due else None)


def _tell_waiting(account_id: int, amazon: Calls, clock: Clock, done: _Run) -> None:
    while len(done.denials) < DENIED_IN_A_ROW:
        message = confirmations.claim_confirmation(account_id, now=clock.now(), machine_now=clock.machine_now())
        if message is None:
            break
        try:
            _tell(message, amazon, clock, done)
        except (NotBefore, AmazonError):
            _judge_denials(account_id, clock, done)
            raise
    _judge_denials(account_id, clock, done)


def _judge_denials(account_id: int, clock: Clock, done: _Run) -> None:
    """A 403 whose order can be read is about this one order (behaviour A10), if confirmations are allowed at all.

    Where none passed in this run, and none with this token before, or several were denied in a row, a role is
    missing: the parcels wait, and the last 403 ends the run.
    """
    denials, done.denials = done.denials, []
    if not denials:
        return
    allowed = done.accepted > 0 or (len(denials) < DENIED_IN_A_ROW and confirmations.any_accepted(account_id))
    for confirmation_id, order, error in denials:
        if allowed:
            state = _note(confirmation_id, order, clock, refused=error.summary())
            done.seen += state is ConfirmationState.CONFIRMED
            done.refused += state is ConfirmationState.REFUSED
        else:
            confirmations.settle_confirmation(confirmation_id, confirmations.NotSent(str(error)), now=clock.now())
    if not allowed:
        raise denials[-1][2]


def _tell(message: ConfirmationToSend, amazon: Calls, clock: Clock, done: _Run) -> None:
    """One confirmation, with its outcome written; raises what ends the whole run."""
    try:
        amazon.confirm_shipment(message.amazon_order_id, to_confirm_shipment(message))
    except NotBefore as wait:
        confirmations.settle_confirmation(
            message.id,
            confirmations.NotSent(f"Waiting for Amazon's rate limit of {wait.operation}.", wait.at),
            now=clock.now(),
        )
        raise
    except ValueError as error:
        # Amazon's words cannot even be written from what was entered.
        refusal = confirmations.RefusedByAmazon(str(error), final=True)
        confirmations.settle_confirmation(message.id, refusal, now=clock.now())
        done.refused += 1
    except (Refused, AccessDenied) as error:
        _look_into_refusal(message, error, amazon, clock, done)
    except AmazonError as error:
        _settle_error(message, error, clock, done)
    else:
        confirmations.settle_confirmation(message.id, confirmations.Accepted(), now=clock.now())
        done.accepted += 1
        done.faults = 0


def _settle_error(message: ConfirmationToSend, error: AmazonError, clock: Clock, done: _Run) -> None:
    """Unknown outcomes are looked up later; what Amazon surely did not do is sent again."""
    if error.outcome_unknown:
        outcome: confirmations.Outcome = confirmations.Unknown(str(error))
        done.doubtful += 1
    else:
        outcome = confirmations.NotSent(str(error))
    confirmations.settle_confirmation(message.id, outcome, now=clock.now())
    done.faults += 1
    if error.verdict is not Verdict.LATER or done.faults >= FAULTS_IN_A_ROW:
        raise error


def _look_into_refusal(
    message: ConfirmationToSend, error: Refused | AccessDenied, amazon: Calls, clock: Clock, done: _Run
) -> None:
    """A refusal may mean that it was sent before (behaviour SH03): Amazon's own order says.

    A 403 whose order can be read too is judged when the others were sent.
    """
    said = error.summary()
    confirmations.settle_confirmation(message.id, confirmations.RefusedByAmazon(said, final=False), now=clock.now())
    try:
        order = decode_order(amazon.get_order(message.amazon_order_id).value)
    except AccessDenied:
        confirmations.settle_confirmation(message.id, confirmations.NotSent(str(error)), now=clock.now())
        raise
    except (NotBefore, AmazonError, Unreadable):
        # It stays Attempted and is looked up in some minutes; a refusal comes again then.
        done.doubtful += 1
        return
    if isinstance(error, AccessDenied):
        done.denials.append((message.id, order, error))
        return
    state = _note(message.id, order, clock, refused=said)
    done.seen += state is ConfirmationState.CONFIRMED
    done.refused += state in (ConfirmationState.REFUSED, ConfirmationState.NOT_SHOWN)


def _look_up(account_id: int, amazon: Calls, clock: Clock, done: _Run) -> None:
    """Doubtful attempts, no sooner than their request can have died; accepted ones that no search has shown. An order
    that Amazon does not return keeps none of the others in doubt (behaviours O10, O24)."""
    machine_before = clock.machine_now() - timedelta(seconds=amazon.whole_timeout)
    done.faults = 0
    for doubt in confirmations.due_to_look_up(account_id, now=clock.now(), machine_before=machine_before):
        try:
            order = decode_order(amazon.get_order(doubt.amazon_order_id).value)
        except (NotFound, AccessDenied, Refused, Unreadable) as error:
            confirmations.postpone_look(doubt.id, error=str(error), now=clock.now())
            continue
        except (NotAnsweredAsPromised, ServerFault) as error:
            confirmations.postpone_look(doubt.id, error=str(error), now=clock.now())
            done.faults += 1
            if done.faults >= FAULTS_IN_A_ROW:
                raise
            continue
        done.faults = 0
        done.seen += _note(doubt.id, order, clock) is ConfirmationState.CONFIRMED


def _note(confirmation_id: int, order: AmazonOrder, clock: Clock, *, refused: str = "") -> ConfirmationState:
    return confirmations.note_looked_up(
        confirmation_id,
        packages_of(order),
        all_shipped=status_of(order) is AmazonStatus.SHIPPED,
        now=clock.now(),
        refused=refused,
    )
