"""The pretend Click & Drop as a transport of httpx2, in place of the network, with the faults that a test wants."""

from collections import deque
from dataclasses import dataclass, field

import httpx2

from wharfinger.cli.demo.click_and_drop.account import KEY, Account, Call
from wharfinger.cli.demo.click_and_drop.faults import Fault, LineCut, answer_with
from wharfinger.cli.demo.click_and_drop.order import label_of, tracking_number

__all__ = ["KEY", "LABEL", "Cut", "PretendClickAndDrop", "label_of", "tracking_number"]
LABEL = b"%PDF-1.4\n% a label of the tests\n%%EOF\n"
"""For a test that needs some label, whoever bought it."""


class Cut(Exception):
    """The worker's process ends here."""


@dataclass
class PretendClickAndDrop(Account, httpx2.BaseTransport):
    """`faults`: what happens to the next calls, first in first out; None = nothing."""

    faults: deque = field(default_factory=deque)

    def fail_next(self, *faults):
        """Each for one call: one of `Fault`, another status, `refused connection`, or an exception to end the process
        with, as (`before` or `after`, exception)."""
        self.faults.extend(faults)

    def handle_request(self, request):
        fault = self.faults.popleft() if self.faults else None
        path = request.url.raw_path.decode()
        self.calls.append(f"{request.method} {path}")
        call = Call(request.method, path, request.headers.get("authorization", ""), request.read())
        match fault:
            case "refused connection":
                raise httpx2.ConnectError("nobody listens", request=request)
            case ("before", error):
                raise error
            case ("after", error):
                self.answer(call)
                raise error
            case int():
                return httpx2.Response(fault, json={"code": str(fault), "message": "A fault of the tests."})
        try:
            answer = answer_with(self, call, None if fault is None else Fault(fault))
        except LineCut:
            error = httpx2.ReadError if fault == Fault.CUT_BEFORE else httpx2.RemoteProtocolError
            raise error("cut", request=request) from None
        return httpx2.Response(answer.status, content=answer.body, headers={"content-type": answer.content_type})
