"""Where a person is signed in. A session names its owner within, so all that are open are looked at: some dozens."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

SIGNED_IN = "signed_in"
"""In the session: {"at": machine time, "address": …, "browser": …} of the sign-in."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """`id`: names the session and opens nothing; `at` None = of an earlier version. Machine time."""

    id: str
    at: datetime | None
    address: str
    browser: str
    ends_at: datetime
    is_this: bool


def open_sessions(user_id: int, now: datetime) -> Iterator[tuple[Session, dict[str, Any]]]:
    """Every one with what it holds."""
    for row in Session.objects.filter(expire_date__gt=now):
        held = row.get_decoded()
        if held.get(SESSION_KEY) == str(user_id):
            yield row, held


def sessions_of(user_id: int, *, this: str, now: datetime) -> tuple[SessionRow, ...]:
    """Newest first. `this`: the key of the session that looks."""
    rows = [_row(row, held.get(SIGNED_IN, {}), this) for row, held in open_sessions(user_id, now)]
    return tuple(sorted(rows, key=lambda row: row.ends_at, reverse=True))


def session_id(key: str) -> str:
    return hashlib.sha256(f"session {key}".encode()).hexdigest()[:20]


def _row(row: Session, facts: dict[str, str], this: str) -> SessionRow:
    at = datetime.fromisoformat(facts["at"]) if "at" in facts else None
    return SessionRow(
        session_id(row.session_key),
        at,
        facts.get("address", ""),
        facts.get("browser", ""),
        row.expire_date,
        row.session_key == this,
    )
