"""Page tokens: sealed, so that they outlive a restart, and with the letters that careless clients mangle (O02).

A token holds the place of the last row, not a count of rows: rows that leave a window between two pages never push
others out of sight.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

SEAL = b"the simulator's own; hides nothing, only shows what was not issued here"
TAIL = "/+=="
DIGEST = 12


def seal(kind: str, parts: Sequence[Any]) -> str:
    body = json.dumps([kind, *parts], separators=(",", ":")).encode()
    return base64.b64encode(_digest(body) + body).decode() + TAIL


def unseal(kind: str, token: str) -> list[Any] | None:
    """What was sealed, or None when the token was not issued here for this kind of page."""
    if not token.endswith(TAIL):
        return None
    try:
        raw = base64.b64decode(token[: -len(TAIL)], validate=True)
    except (binascii.Error, ValueError):
        return None
    if not hmac.compare_digest(raw[:DIGEST], _digest(raw[DIGEST:])):
        return None
    held = json.loads(raw[DIGEST:])
    return list(held[1:]) if held[0] == kind else None


def _digest(body: bytes) -> bytes:
    return hmac.new(SEAL, body, hashlib.sha256).digest()[:DIGEST]


def fingerprint(query: dict[str, str], *free: str) -> str:
    """All parameters but the `free` ones: a follow-up call must repeat them."""
    kept = sorted((name, value) for name, value in query.items() if name not in free)
    return hashlib.sha256(repr(kept).encode()).hexdigest()[:24]
