"""The narrow seam to webhooks: one POST to an address that a person entered, and to no machine that it must not reach.

An address is looked up here, every answer of the look-up is judged, and the call goes to the very number that was
judged, under the address's own name: a name that means another machine a moment later changes nothing. Redirects are
not followed. What is answered is not read beyond its status, and no sentence quotes an address, which is a secret.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx2

from wharfinger.domain.installation.destinations import Outgoing
from wharfinger.sync.mailer import NotSent

TIMEOUT = 15.0
"""Machine seconds for each step of a call."""
_USER_AGENT = "Wharfinger/0.1"

Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Reach:
    """Which machines may be called. `private`: of the own network; `own`: this machine itself, in a demo system."""

    private: bool = False
    own: bool = False

    def refusal(self, number: str) -> str:
        """Why this number must not be called; empty = it may be."""
        address = ipaddress.ip_address(number.split("%")[0])
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if address.is_loopback:
            return "" if self.own else "It leads to this machine itself, where no alert is sent."
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            return "It leads to an address at which no alert is sent."
        if address.is_global:
            return ""
        if address.is_private and self.private:
            return ""
        return (
            "It leads into a private network. If that is meant, set WHARFINGER_ALERTS_TO_PRIVATE_NETWORK=yes and start "
            "again."
        )


def resolve(host: str, port: int) -> list[str]:
    """Every number of the host; OSError where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Webhooks:
    """`http` and `resolve` replace the network in tests."""

    def __init__(self, reach: Reach, *, http: httpx2.BaseTransport | None = None, resolve: Resolve = resolve) -> None:
        self._reach, self._resolve = reach, resolve
        self._client = httpx2.Client(
            transport=http, timeout=TIMEOUT, follow_redirects=False, headers={"user-agent": _USER_AGENT}
        )

    def post(self, address: str, message: Outgoing) -> None:
        """NotSent says why it was not taken, without the address."""
        try:
            number = self._judged_number(address)
            status = self._status(address, number, message)
        except httpx2.TimeoutException:
            raise NotSent("It did not answer in time. It is tried again automatically.") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, UnicodeError, ValueError) as error:
            raise NotSent(_why(error)) from None  # its words may quote the address
        if 200 <= status < 300:
            return
        raise NotSent(_refusal(status))

    def _judged_number(self, address: str) -> str:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        numbers = self._resolve(parts.hostname or "", port)
        for number in numbers:
            if refusal := self._reach.refusal(number):
                raise NotSent(refusal)
        if not numbers:
            raise NotSent("The address's host is not known. Check the address.")
        return numbers[0]

    def _status(self, address: str, number: str, message: Outgoing) -> int:
        parts = urlsplit(address)
        host = parts.hostname or ""
        there = f"[{number}]" if ":" in number else number
        port = f":{parts.port}" if parts.port else ""
        url = urlunsplit((parts.scheme, f"{there}{port}", parts.path or "/", parts.query, ""))
        headers = [("Host", f"{host}{port}"), *message.headers]
        extensions: dict[str, Any] = {"sni_hostname": host}
        with self._client.stream("POST", url, content=message.body, headers=headers, extensions=extensions) as answer:
            return answer.status_code

    def close(self) -> None:
        self._client.close()


def _refusal(status: int) -> str:
    match status:
        case 401 | 403 | 404 | 410:
            return f"The address is not accepted there ({status}): it was withdrawn, or is wrong. Paste a new one."
        case 429:
            return "Too many messages there (429). It is tried again automatically."
        case _ if 300 <= status < 400:
            return f"The address leads on to another one ({status}), which is not followed. Paste that one."
        case _ if status < 500:
            return f"The message was refused there ({status}). Check kind and address."
        case _:
            return f"The server there failed ({status}). It is tried again automatically."


def _why(error: Exception) -> str:
    cause = error.__cause__ or error.__context__ or error
    if isinstance(error, socket.gaierror):
        return "The address's host is not known. Check the address."
    if isinstance(cause, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "The certificate there is not valid for the address's host."
    return f"It cannot be reached ({type(error).__name__}). Check the address; it is tried again automatically."
