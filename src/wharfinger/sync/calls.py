"""Calls to Amazon for one seller account, each paid from the shared budget just before it is made.

No transaction is open here. A call without a token is not made: `NotBefore` says when to come back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from wharfinger.amazon.client import AmazonClient, Answer
from wharfinger.amazon.errors import Throttled
from wharfinger.amazon.operations import OPERATIONS
from wharfinger.db.advisory import advisory_lock
from wharfinger.operations.budget import NotUntil, note_rate, note_refusal, take_token

T = TypeVar("T")

TURN_WAIT_MILLISECONDS = 2_000
"""Machine time to wait for the call of another flow to the same operation to come back."""


class Clock(Protocol):
    """Trade time, and the one wait that a flow may ask for."""

    def now(self) -> datetime: ...

    def machine_now(self) -> datetime: ...

    def pause(self, trade_seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class FlowResult:
    """How a run ended: counts in plain words, and when to come back if not by the timetable."""

    outcome: str
    next_due: datetime | None = None
    waiting_for: str = ""


class NotBefore(Exception):
    """The budget has no token for this operation; come back at this trade time for a useful batch."""

    def __init__(self, at: datetime, operation: str) -> None:
        super().__init__(f"{operation} not before {at.isoformat()}")
        self.at = at
        self.operation = operation


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What a flow needs to know of its seller account."""

    id: int
    seller_id: str
    region: str
    name: str


class Calls:
    """Amazon's operations for one seller account, within its budget."""

    def __init__(self, account: AccountFacts, client: AmazonClient, clock: Clock) -> None:
        self.account = account
        self._client = client
        self._clock = clock

    def call(self, operation: str, ask: Callable[[AmazonClient, datetime], Answer[T]]) -> Answer[T]:
        """Take one token, make the call `ask(client, now)`, and learn from the answer's rate header.

        One call at a time for each (seller account, operation): late arrivals can never bunch into a 429.
        """
        plan = OPERATIONS[operation]
        with advisory_lock(operation, self.account.id, wait_milliseconds=TURN_WAIT_MILLISECONDS) as our_turn:
            now = self._clock.now()
            if not our_turn:
                raise NotBefore(now + timedelta(seconds=1), operation)
            taken = take_token(self.account.id, operation, rate=plan.rate, burst=plan.burst, now=now)
            if isinstance(taken, NotUntil):
                raise NotBefore(taken.at, operation)
            try:
                answer = ask(self._client, self._clock.now())
            except Throttled as refusal:
                at = note_refusal(self.account.id, operation, now=self._clock.now())
                raise NotBefore(at, operation) from refusal
        if answer.rate_limit is not None and answer.rate_limit != plan.rate:
            note_rate(self.account.id, operation, rate=answer.rate_limit)
        return answer
