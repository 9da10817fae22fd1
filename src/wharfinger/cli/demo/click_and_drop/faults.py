"""What can be made to happen to a call, whatever it asks for."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from wharfinger.cli.demo.click_and_drop.account import Account, Answer, Call, json_answer

CALLS_A_SECOND = 5


class Fault(StrEnum):
    TOO_MANY = "429"
    DOWN = "503"
    FAILS_AFTERWARDS = "500 after"
    """Carried out, and the answer says that it failed."""
    HTML = "html"
    """Carried out; the answer is a page of some machine in between."""
    CUT_BEFORE = "cut before"
    CUT_AFTER = "cut after"
    """Carried out, and the line breaks before the answer."""


class LineCut(Exception):
    """There is no answer: the line breaks."""


@dataclass
class Pace:
    """The last second's calls; what comes beyond `CALLS_A_SECOND` is refused."""

    at: deque[float] = field(default_factory=deque)

    def allows(self, now: float) -> bool:
        """`now`: machine seconds."""
        while self.at and now - self.at[0] >= 1:
            self.at.popleft()
        if len(self.at) >= CALLS_A_SECOND:
            return False
        self.at.append(now)
        return True


def answer_with(account: Account, call: Call, fault: Fault | None) -> Answer:
    """The answer with the fault in it; LineCut where none is given."""
    match fault:
        case None:
            return account.answer(call)
        case Fault.TOO_MANY:
            return Answer(429)
        case Fault.DOWN:
            return json_answer(503, {"code": "503", "message": "A fault that was wished for."})
        case Fault.FAILS_AFTERWARDS:
            account.answer(call)
            return json_answer(500, {"code": "Internal", "message": "Something went wrong."})
        case Fault.HTML:
            account.answer(call)
            return Answer(200, b"<html>Bad gateway</html>", "text/html")
        case Fault.CUT_BEFORE:
            raise LineCut
        case Fault.CUT_AFTER:
            account.answer(call)
            raise LineCut
