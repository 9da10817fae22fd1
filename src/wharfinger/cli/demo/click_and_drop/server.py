"""The pretend Click & Drop behind HTTP: its API below `/api/v1`, a page for people, its books as JSON."""

import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from wharfinger.cli.demo.click_and_drop.account import PREFIX, Account, Answer, Call, json_answer
from wharfinger.cli.demo.click_and_drop.faults import Fault, LineCut, Pace, answer_with
from wharfinger.cli.demo.click_and_drop.journal import Journal
from wharfinger.cli.demo.click_and_drop.page import page

SLOWEST = 120.0
LONGEST_BODY = 1024 * 1024


class Server:
    """One account, answered one call at a time. `journal` None: nothing is kept."""

    def __init__(self, journal: Journal | None = None, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self.account = Account(clock=_now)
        self.faults: deque[Fault] = deque()
        self.slow = 0.0
        self._pace, self._seconds = Pace(), seconds
        self._one_at_a_time = threading.Lock()
        if journal is not None:
            journal.drop_cut_line()
            self.account.orders = journal.orders()
            self.account.kept = journal.keep

    def answer(self, call: Call) -> Answer:
        """LineCut where the line breaks."""
        if call.path.startswith(f"{PREFIX}/"):
            threading.Event().wait(self.slow)
            with self._one_at_a_time:
                if not self._pace.allows(self._seconds()):
                    return Answer(429)
                fault = self.faults.popleft() if self.faults else None
                return answer_with(self.account, call, fault)
        with self._one_at_a_time:
            return self._for_people(call)

    def _for_people(self, call: Call) -> Answer:
        match call.method, call.path:
            case "GET", "/":
                return Answer(200, page(self.account, self.faults, self.slow).encode(), "text/html; charset=utf-8")
            case "GET", "/books":
                return json_answer(200, self._state_report())
            case "POST", "/settings":
                return self._set(_fields(call.body))
            case "POST", "/faults":
                return self._add_faults(_fields(call.body))
            case _:
                return Answer(404, b"There is nothing here.", "text/plain")

    def _state_report(self) -> dict[str, Any]:
        orders = [
            {
                "identifier": order.identifier,
                "reference": order.reference,
                "trackingNumber": order.tracking_number,
                "labels": order.labels,
                "deleted": order.deleted,
            }
            for order in self.account.orders
        ]
        return {"orders": orders, "brokenRules": self.account.broken_rules}

    def _set(self, fields: dict[str, str]) -> Answer:
        try:
            slow = float(fields.get("slow", "0") or "0")
        except ValueError:
            slow = -1.0
        if not 0 <= slow <= SLOWEST:
            return Answer(400, b"Seconds for each answer: give a number from 0 to 120.", "text/plain")
        self.account.labels_fail = "labels_fail" in fields
        self.account.oba = "card" not in fields
        self.account.money = "broke" not in fields
        self.slow = slow
        return Answer(303)

    def _add_faults(self, fields: dict[str, str]) -> Answer:
        count, fault = fields.get("count", "1"), fields.get("fault", "")
        if fault not in set(Fault) or not count.isdecimal() or not 1 <= int(count) <= 100:
            return Answer(400, b"Give a fault and how many calls it meets, 1 to 100.", "text/plain")
        self.faults.extend([Fault(fault)] * int(count))
        return Answer(303)


def _fields(body: bytes) -> dict[str, str]:
    read = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in read.items()}


def _now() -> str:
    return datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def listen(server: Server, port: int) -> ThreadingHTTPServer:
    """Listens on this machine alone; `serve_forever` of what comes back answers."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 180

        def do_GET(self) -> None:
            self._answer()

        do_POST = do_PUT = do_DELETE = do_GET

        def _answer(self) -> None:
            length = self.headers.get("content-length", "0")
            if not length.isdecimal() or int(length) > LONGEST_BODY or not self._from_here():
                self.close_connection = True
                self._send(Answer(400, b"Refused.", "text/plain"))
                return
            body = self.rfile.read(int(length))
            call = Call(self.command, self.path, self.headers.get("authorization", ""), body)
            try:
                self._send(server.answer(call))
            except LineCut:
                self.close_connection = True

        def _from_here(self) -> bool:
            """No page of another site presses the buttons of this one, by whatever name it finds this machine."""
            host, origin = self.headers.get("host", ""), self.headers.get("origin", "")
            named = host.rpartition(":")[0] in ("127.0.0.1", "localhost")
            return named and origin in ("", f"http://{host}")

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            if answer.status == 303:
                self.send_header("location", "/")
            self.send_header("content-type", answer.content_type)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: Any) -> None:
            """The product's own log says what was called; a request's line would hold references."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)
