"""Label printers on the own network: what they take, which addresses may be one, and the life of a print. Pure."""

import ipaddress
import re
from datetime import timedelta

from wharfinger.domain.labels import Labelled
from wharfinger.domain.sentences import N_

PRINTERS_AT_MOST = 50
USUAL_PORT = 9100
PORTS = (*range(9100, 9110), 6101)
"""Ports at which printers take raw data, and nothing else usually listens: so no other service can be reached."""
NAME_AT_MOST, HOST_AT_MOST = 60, 253
KEPT = timedelta(days=30)
"""Trade time: what was printed is listed for so long."""
OVER_AFTER = timedelta(minutes=2)
"""Machine time after which no attempt to send can be under way any more."""
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*")


class PrinterLanguage(Labelled):
    PDF = "pdf", "PDF"
    ZPL = "zpl", "ZPL"


class PrintState(Labelled):
    """WANTED → SENDING (written before the line is opened) → SENT or FAILED. Nothing is sent twice
    automatically: a label that came out and was not settled would lie on two parcels."""

    WANTED = "wanted", "Queued"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent to the printer"
    FAILED = "failed", "Not printed"

    @property
    def moves(self) -> bool:
        return self in (PrintState.WANTED, PrintState.SENDING)


NOT_KNOWN = "The worker ended while it was sent: look whether it was printed, then press “Print label” again if not."


def language_of(document: bytes) -> PrinterLanguage | None:
    """What a label is written in; None: neither."""
    start = document[:1024].lstrip()
    if start.startswith(b"%PDF-"):
        return PrinterLanguage.PDF
    return PrinterLanguage.ZPL if start.startswith(b"^XA") else None


def is_host(text: str) -> bool:
    """A name or a number, without a scheme, a port or a path."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return len(text) <= HOST_AT_MOST and _HOST.fullmatch(text) is not None
    return True


def why_no_printer(number: str, *, own: bool) -> str:
    """Why no label goes to this number; empty = it may be a printer's. `own`: this machine too (a demo system).

    A printer stands on the own network. Beyond it a label would cross the Internet in clear, with its buyer's address;
    link-local numbers are also those at which clouds hand out credentials.
    """
    address = ipaddress.ip_address(number.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return "" if own else N_("It leads to this machine itself, where no printer is.")
    if address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved:
        return N_("No printer can be at that address. Give it a fixed number in your network.")
    if address.is_private and not address.is_global:
        return ""
    return N_("It leads out of your network: labels with buyers' addresses are not sent over the Internet.")
