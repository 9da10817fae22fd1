"""The narrow seam to printers: raw data to a port of the own network, and to no machine that cannot be a printer.

A name is looked up here, every answer of the look-up is judged, and the line goes to the very number that was judged: a
name that means another machine a moment later changes nothing. Nothing that comes back is read.
"""

import socket
from collections.abc import Callable

from wharfinger.domain.shipping.printers import why_no_printer
from wharfinger.sync.webhooks import Resolve, resolve

CONNECT, WHOLE = 5.0, 60.0
"""Machine seconds: until the line stands, and for each part of what is sent."""

SILENT = "It does not answer in time. Is it switched on, and is the address right?"


class NotPrinted(Exception):
    """Why; a sentence for people."""


Send = Callable[[str, int, bytes], None]


class RawPrinting:
    """`own`: this machine may be a printer (a demo system). `resolve` and `send` replace the network in tests."""

    def __init__(self, *, own: bool = False, resolve: Resolve = resolve, send: Send | None = None) -> None:
        self._own, self._resolve, self._send = own, resolve, send or _send

    def print(self, host: str, port: int, document: bytes) -> None:
        """All of it, or NotPrinted."""
        try:
            numbers = self._resolve(host, port)
        except OSError:
            numbers = []
        if not numbers:
            raise NotPrinted("Its address is not known on this network.")
        for number in numbers:
            if why := why_no_printer(number, own=self._own):
                raise NotPrinted(why)
        try:
            self._send(numbers[0], port, document)
        except TimeoutError as error:
            raise NotPrinted(SILENT) from error
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise NotPrinted(f"The line to it failed ({why}). Is it switched on, and is the address right?") from error


def _send(number: str, port: int, document: bytes) -> None:
    with socket.create_connection((number, port), timeout=CONNECT) as line:
        line.settimeout(WHOLE)
        line.sendall(document)
        line.shutdown(socket.SHUT_WR)
