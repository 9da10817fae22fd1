"""Labels: each is bought once. What is in doubt is looked up by its reference, or bought again under its own key; what
holds no longer is voided."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol, assert_never

from wharfinger.couriers.errors import (
    AddressRefused,
    CourierError,
    NoMoney,
    NotThere,
    OffersExpired,
    ServiceNotAvailable,
    Throttled,
    Verdict,
)
from wharfinger.couriers.seam import Courier, LabelRequest, Recipient
from wharfinger.domain.shipping.connections import CheckKind
from wharfinger.domain.shipping.labels import Refusal
from wharfinger.operations.shipping import connections, labels
from wharfinger.operations.shipping._offer_steps import LabelToDescribe, LabelToPurchase, LabelToQuote
from wharfinger.operations.shipping.connections import CheckToMake
from wharfinger.operations.shipping.labels import LabelToBuy, LabelToFetch, LabelToFind, LabelToVoid, Step
from wharfinger.sync.buy_shipping import BuyShipping
from wharfinger.sync.calls import FlowResult
from wharfinger.sync.translate.labels import FORMATS, to_held, to_label_request

SOONEST = timedelta(seconds=5)
ATTEMPT_OVER = timedelta(seconds=100)
"""Machine time after which no attempt can be under way any more: the transport gives up after 90 seconds."""
STEPS_IN_A_RUN = 200
TEST_RECIPIENT = Recipient(
    name="Wharfinger test", line_1="185 Farringdon Road", town="London", postcode="EC1A 1AA", country="GB"
)
"""Royal Mail's own house: nothing is sent there, the order is deleted again."""


class Clock(Protocol):
    def now(self) -> datetime: ...

    def machine_now(self) -> datetime: ...


class NoCourier(Exception):
    """There is no courier that this may speak to; says why."""


Connect = Callable[[int], Courier | BuyShipping]
"""By a connection's id; raises NoCourier."""


def run(connect: Connect, clock: Clock) -> FlowResult:
    """Checks that somebody waits for, then labels that hold no longer, then the next step of each that moves."""
    _make_checks(connect, clock)
    for label_id in labels.overtaken_labels(now=clock.now()):
        labels.void_overtaken(label_id, now=clock.now())
    done: Counter[str] = Counter()
    resting: set[int] = set()
    accepted: set[int] = set()
    for _ in range(STEPS_IN_A_RUN):
        step = labels.claim_label(
            now=clock.now(),
            machine_now=clock.machine_now(),
            machine_before=clock.machine_now() - ATTEMPT_OVER,
            resting=resting,
        )
        if step is None:
            break
        done[_take(step, connect, clock, resting, accepted)] += 1
    due = labels.next_label_due()
    said = ", ".join(f"{count} {state}" for state, count in sorted(done.items())) or "no label moves"
    return FlowResult(said, max(due, clock.now() + SOONEST) if due else None)


def _take(step: Step, connect: Connect, clock: Clock, resting: set[int], accepted: set[int]) -> str:
    """One step, with its outcome written; returns how the label stands then. `accepted`: connections of which it is
    written that their key is taken."""
    try:
        courier = connect(step.connection_id)
        outcome = _call_amazon(step, courier) if isinstance(courier, BuyShipping) else _call(step, courier)
    except NoCourier as none:
        resting.add(step.connection_id)
        outcome = _failed(step, str(none), unknown=False)
    except CourierError as error:
        outcome = _judge(step, error)
        if isinstance(error, Throttled):
            resting.add(step.connection_id)
        if error.verdict is Verdict.ADMINISTRATOR:
            resting.add(step.connection_id)
            connections.note_refused(step.connection_id, error=str(error), now=clock.now())
    else:
        if step.connection_id not in accepted:
            connections.note_accepted(step.connection_id, now=clock.now())
            accepted.add(step.connection_id)
    return labels.settle_label(step.id, outcome, now=clock.now()).msgid.lower()


def _call(step: Step, courier: Courier) -> labels.Outcome:
    match step:
        case LabelToBuy():
            return to_held(courier.buy(to_label_request(step)))
        case LabelToFind():
            found = courier.find(step.reference)
            return labels.Gone() if found is None else to_held(found)
        case LabelToFetch():
            return to_held(courier.fetch(step.identifier))
        case LabelToVoid():
            courier.void(step.identifier)
            return labels.Done()
        case LabelToQuote() | LabelToDescribe() | LabelToPurchase():
            raise ValueError(f"{step.id}: this courier has no offers.")
        case _:
            assert_never(step)


def _call_amazon(step: Step, courier: BuyShipping) -> labels.Outcome:
    match step:
        case LabelToQuote():
            return labels.Quoted(courier.quote(step))
        case LabelToDescribe():
            return labels.Described(courier.describe(step))
        case LabelToPurchase():
            return courier.purchase(step)
        case LabelToFetch():
            return courier.fetch(step)
        case LabelToVoid():
            courier.void(step)
            return labels.Done()
        case LabelToBuy() | LabelToFind():
            raise ValueError(f"{step.id}: Amazon sells labels by offers alone.")
        case _:
            assert_never(step)


def _judge(step: Step, error: CourierError) -> labels.Outcome:
    """What an error says of this step. A look-up that failed says nothing: the purchase stays in doubt."""
    if isinstance(step, LabelToFind):
        return labels.Unknown(str(error))
    if isinstance(error, OffersExpired):
        return labels.OffersGone(error.summary())
    if isinstance(error, NotThere) and not isinstance(step, LabelToBuy | LabelToPurchase):
        return labels.Gone()
    if error.verdict in (Verdict.NEVER, Verdict.OUR_BUG):
        return labels.RefusedByCourier(error.summary(), _why(error))
    return _failed(step, str(error), unknown=error.outcome_unknown)


def _why(error: CourierError) -> Refusal:
    match error:
        case AddressRefused():
            return Refusal.ADDRESS
        case ServiceNotAvailable():
            return Refusal.SERVICE
        case NoMoney():
            return Refusal.MONEY
        case _:
            return Refusal.OTHER


def _failed(step: Step, error: str, *, unknown: bool) -> labels.Outcome:
    unknown = unknown or isinstance(step, LabelToFind)
    return labels.Unknown(error) if unknown else labels.NotDone(error)


# --- checks


def _make_checks(connect: Connect, clock: Clock) -> None:
    while True:
        machine_now = clock.machine_now()
        check = connections.claim_check(machine_now=machine_now, machine_before=machine_now - 5 * ATTEMPT_OVER)
        if check is None:
            return
        taken: list[int] = []
        try:
            courier = connect(check.connection_id)
            if isinstance(courier, BuyShipping):
                passed, answer = True, f"Amazon takes the authorisation of {courier.check(check.marketplace_id)}."
            elif check.kind is CheckKind.CONNECTION:
                passed, answer = True, f"Click & Drop answers, release {courier.check()}, and takes the key."
            else:
                passed, answer = _test_orders(check, courier, taken, clock.now())
        except NoCourier as none:
            passed, answer = False, str(none)
        except CourierError as error:
            passed, answer = False, str(error)
            if error.verdict is Verdict.ADMINISTRATOR:
                connections.note_refused(check.connection_id, error=str(error), now=clock.now())
        connections.settle_check(check.id, passed=passed, answer=answer, taken=taken, now=clock.now())


def _test_orders(check: CheckToMake, courier: Courier, taken: list[int], now: datetime) -> tuple[bool, str]:
    """An order without a label for each code, deleted again: nothing is charged, and the code is known to be good."""
    said, passed = [], True
    for place, (service_id, code, package_format) in enumerate(check.codes, start=1):
        reference = f"{check.reference}-{place}"
        request = LabelRequest(
            reference=reference,
            service_code=code,
            package_format=FORMATS[package_format],
            grams=100,
            recipient=TEST_RECIPIENT,
            ordered_at=now,
            currency="GBP",
            goods=Decimal(1),
            shipping=Decimal(0),
            total=Decimal(1),
            carrier_name=check.carrier_name,
            with_label=False,
        )
        _delete(reference, courier)  # of a worker that died in between
        try:
            courier.buy(request)
        except CourierError as error:
            if error.verdict is not Verdict.NEVER and not error.outcome_unknown:
                raise
            passed = False
            said.append(f"{code}: {error.summary()}")
        else:
            taken.append(service_id)
            said.append(f"{code}: taken")
        try:
            _delete(reference, courier)
        except CourierError as error:
            passed = False
            said.append(
                f"the test order {reference} could not be deleted ({error.summary()}): delete it in Click & Drop"
            )
    return passed, "; ".join(said) + "."


def _delete(reference: str, courier: Courier) -> None:
    found = courier.find(reference)
    if found is not None:
        courier.void(found.identifier)
