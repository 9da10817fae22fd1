"""How often somebody may try to sign in: by the name typed, by the address, by the browser. Machine time."""

import ipaddress
from datetime import timedelta
from enum import StrEnum


class LimitKind(StrEnum):
    """What failed attempts are counted for. A browser in which the person signed in before counts for itself."""

    ADDRESS = "address"
    NAME = "name"
    BROWSER = "browser"


FREE_ATTEMPTS = {LimitKind.ADDRESS: 20, LimitKind.NAME: 4, LimitKind.BROWSER: 4}
"""An address may be a whole office's."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
"""Reached with the tenth failure: Amazon's Data Protection Policy wants a lock-out after at most ten."""
FORGOTTEN_AFTER = timedelta(hours=24)
SETUP_LINK_LIVES = timedelta(hours=1)
PASSWORD_LINK_LIVES = timedelta(hours=24)


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
            ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip


def browser_of(user_agent: str) -> str:
    """“Firefox, Windows”: what a browser says of itself, as far as a person can tell his own by it; empty = nothing."""
    found = [next((name for mark, name in kinds if mark in user_agent), "") for kinds in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name)


def pause_after_failures(kind: LimitKind, failures: int) -> timedelta | None:
    """How long nothing is tried after so many failures in a row; None = no pause yet. Each is twice the last."""
    beyond = failures - FREE_ATTEMPTS[kind]
    if beyond <= 0:
        return None
    doubled: int = 1 << min(beyond - 1, 10)
    return min(LONGEST_PAUSE, FIRST_PAUSE * doubled)


def network_of(address: str) -> str:
    """Whose attempts count together: an IPv4 address, or the /64 of an IPv6 one, which one machine has to itself."""
    try:
        parsed = ipaddress.ip_address(address.strip().split("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
