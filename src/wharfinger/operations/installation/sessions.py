"""A person's sessions, ended by that person: one by one, or all but the one at hand."""

from datetime import datetime

from django.contrib.sessions.models import Session

from wharfinger.db.models import User
from wharfinger.db.queries.installation.sessions import open_sessions, session_id
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.transaction import operation


@operation
def end_sessions(user: User, *, wanted: str = "", this: str, now: datetime, machine_now: datetime) -> int:
    """`wanted`: the id of one session; empty = every other than `this`, which stays whatever is wanted."""
    mine = [row.session_key for row, _ in open_sessions(user.pk, machine_now) if row.session_key != this]
    ending = [key for key in mine if not wanted or session_id(key) == wanted]
    ended: int = Session.objects.filter(pk__in=ending).delete()[0]
    if ended:
        after = {"name": user.username, "sessions": ended}
        record_audit("end sessions", "User", user.pk, before=None, after=after, now=now, user=user)
    return ended
