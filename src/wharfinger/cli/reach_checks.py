"""What doctor sees by calling the installation's own public address: its name, its certificate, the proxy before it."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx2

from wharfinger.config.environment import Configuration
from wharfinger.config.reach import ANSWER_HEADER, QUESTION_HEADER, Arrival, question, read_arrival
from wharfinger.domain.installation.health import Finding, soon, well, wrong

_PATH = "/health/live"
_PROXY = "Reverse proxy"
_FORGED = "192.0.2.77"
"""An address that nobody has (RFC 5737): a proxy that lets visitors say who they are passes it on."""

LookUp = Callable[[str], frozenset[str]]


def look_at_reach(
    configuration: Configuration, http: httpx2.Client, look_up: LookUp | None = None
) -> Iterator[Finding]:
    """Nothing where this machine alone is served. `look_up`: this machine's addresses on the way to a name; OSError
    for one that nobody knows."""
    url = configuration.public_url
    host = urlsplit(url).hostname or ""
    if _is_this_machine(host):
        return
    try:
        own = (look_up or _addresses_towards)(host)
    except OSError:
        yield wrong("Host name", f"{host} is not known here", "add it to your DNS, or correct WHARFINGER_URL")
        return
    yield well("Host name", f"{host} is known")
    try:
        answer = http.get(url + _PATH, headers={QUESTION_HEADER: question(), "X-Forwarded-For": _FORGED})
    except httpx2.HTTPError as error:
        yield _no_answer(url, error)
        return
    arrival = read_arrival(answer.headers.get(ANSWER_HEADER, ""))
    if answer.status_code != httpx2.codes.OK or arrival is None:
        detail = f"at {url} somebody else answers ({answer.status_code}), or pages with another session key"
        yield wrong("Public address", detail, "let the proxy pass every path on to WHARFINGER_LISTEN, headers included")
        return
    yield well("Public address", f"{url} leads to these pages")
    faults = list(_proxy_faults(configuration, arrival, own))
    yield from faults or [well(_PROXY, f"host, scheme and visitor's address come through ({arrival.address})")]


def _proxy_faults(configuration: Configuration, arrival: Arrival, own: frozenset[str]) -> Iterator[Finding]:
    public_host = urlsplit(configuration.public_url).netloc.rpartition("@")[2].lower()
    if arrival.host.lower() not in (public_host, f"{public_host}:443"):
        yield wrong(_PROXY, f"it calls the pages as {arrival.host}", f"let it pass on the Host header, {public_host}")
    if arrival.scheme == "http" and configuration.is_https:
        yield wrong(_PROXY, "the pages take an https call for plain http", "let it set X-Forwarded-Proto to https")
    if arrival.address == _FORGED:
        detail = "a visitor may name any address as his own: it passes a foreign X-Forwarded-For on"
        yield wrong(_PROXY, detail, "let it replace that header by the address that called it, or append that address")
    elif arrival.address not in own or (configuration.is_https and not configuration.trusted_proxy):
        trusted = configuration.trusted_proxy or "nobody"
        detail = f"a call from this machine comes from {arrival.address} to the pages, which trust {trusted}"
        remedy = f"set WHARFINGER_TRUSTED_PROXY={arrival.address} if that is your proxy: limits and logs go by address"
        yield soon(_PROXY, detail, remedy)


def _no_answer(public_url: str, error: httpx2.HTTPError) -> Finding:
    if isinstance(error.__cause__, ssl.SSLError) or "CERTIFICATE" in str(error).upper():
        return wrong("Public address", f"the certificate of {public_url} is refused: {error}", "renew or complete it")
    remedy = "start the pages, look at the proxy; some networks do not lead back: then look from another one"
    return soon("Public address", f"{public_url} does not answer from here: {error}", remedy)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _addresses_towards(host: str) -> frozenset[str]:
    """Those that this machine calls the host from, of both families as far as there is a way."""
    found = set()
    for family, _, _, _, address in socket.getaddrinfo(host, 443, type=socket.SOCK_DGRAM):
        with socket.socket(family, socket.SOCK_DGRAM) as probe, suppress(OSError):
            probe.connect(address)  # nothing is sent: it only chooses the way
            found.add(str(probe.getsockname()[0]))
    return frozenset(found)
