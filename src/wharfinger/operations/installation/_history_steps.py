"""Steps that write timelines and the audit; they need an open transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from wharfinger.db.models import Activity, AuditEntry, User
from wharfinger.operations._rows import insert, new_row

_TEXT_AT_MOST = 400


def record_activity(text: str, *, now: datetime, user: User | None = None, **links: Any) -> None:
    """One sentence of a timeline, without personal data. `links`: the rows it belongs to, by field name."""
    draft_activity(text, now=now, user=user, **links).save(force_insert=True)


def draft_activity(text: str, *, now: datetime, user: User | None = None, **links: Any) -> Activity:
    """As `record_activity`, for a batch that writes its sentences together."""
    return new_row(Activity, text=text[:_TEXT_AT_MOST], happened_at=now, user=user, **links)


def write_activities(rows: Iterable[Activity]) -> None:
    """Drafted sentences, in one statement."""
    insert(Activity, list(rows))


def record_audits(
    verb: str, noun: str, after: Mapping[int, dict[str, Any]], *, now: datetime, user: User | None
) -> None:
    """As `record_audit` for many of a noun, by their ids: in one statement."""
    insert(
        AuditEntry,
        [
            new_row(AuditEntry, verb=verb, noun=noun, noun_id=str(pk), after=facts or None, at=now, user=user)
            for pk, facts in after.items()
        ],
    )


def record_audit(
    verb: str,
    noun: str,
    noun_id: int | str,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    now: datetime,
    user: User | None,
) -> None:
    """Who changed what. Secrets are given as the word “changed”, never as values."""
    AuditEntry.objects.create(verb=verb, noun=noun, noun_id=str(noun_id), before=before, after=after, at=now, user=user)
