"""Attempts to sign in: counted before the password is looked at, so that many at once are not more than one by one.

An unknown name is counted like a known one: nothing tells a stranger which names there are.
"""

from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.encryption import keyed_hash
from wharfinger.db.models import SignInLimit, User
from wharfinger.domain.installation.sign_in import (
    FORGOTTEN_AFTER,
    LONGEST_PAUSE,
    LimitKind,
    network_of,
    pause_after_failures,
)
from wharfinger.domain.moments import is_ahead
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries. `browser`: the id of a browser in which this person signed in before; empty = a strange one."""

    name: str
    address: str
    browser: str = ""


def _limits_of(attempt: Attempt) -> list[SignInLimit]:
    """A known browser has its own count alone: a stranger's attempts never stop it."""
    named = SignInLimit.hash_of_name(attempt.name)
    if attempt.browser:
        hashes = {LimitKind.BROWSER: keyed_hash("sign-in browser", f"{attempt.browser} {attempt.name}")}
    else:
        hashes = {
            LimitKind.ADDRESS: keyed_hash("sign-in address", network_of(attempt.address)),
            LimitKind.NAME: named,
        }
    return [
        SignInLimit(kind=kind, subject_hash=value, name_hash="" if kind is LimitKind.ADDRESS else named)
        for kind, value in hashes.items()
    ]


@operation
def begin_attempt(attempt: Attempt, *, now: datetime) -> datetime | None:
    """Count an attempt as failed until it has succeeded. Returns until when nothing may be tried; None = go on.

    An attempt during a pause counts nothing and lengthens nothing.
    """
    SignInLimit.objects.filter(tried_at__lt=now - FORGOTTEN_AFTER).delete()
    wanted = _limits_of(attempt)
    for limit in wanted:
        limit.tried_at = now
    SignInLimit.objects.bulk_create(wanted, ignore_conflicts=True)
    rows = _locked(wanted)
    paused = [row.paused_until for row in rows if row.paused_until is not None and row.paused_until > now]
    paused = [until for until in paused if not is_ahead(until, now, LONGEST_PAUSE)]
    if paused:
        return max(paused)
    for row in rows:
        row.failures += 1
        pause = pause_after_failures(row.kind, row.failures)
        row.tried_at, row.paused_until = now, None if pause is None else now + pause
        row.save(update_fields=["failures", "tried_at", "paused_until"])
    return None


def _locked(wanted: list[SignInLimit]) -> list[SignInLimit]:
    hashes = [limit.subject_hash for limit in wanted]
    return list(SignInLimit.objects.select_for_update().filter(subject_hash__in=hashes).order_by("pk"))


def paused_until(attempt: Attempt, *, now: datetime) -> datetime | None:
    """Until when this attempt's failure stops the next one; None = another may follow at once. Machine time."""
    hashes = [limit.subject_hash for limit in _limits_of(attempt)]
    rows = SignInLimit.objects.filter(subject_hash__in=hashes, paused_until__gt=now)
    return max((row.paused_until for row in rows if row.paused_until is not None), default=None)


@operation
def note_success(attempt: Attempt) -> None:
    """The name's and the browser's failures are forgotten; the address keeps those of its other names."""
    for row in _locked(_limits_of(attempt)):
        if row.kind == LimitKind.ADDRESS:
            row.failures, row.paused_until = max(0, row.failures - 1), None
            row.save(update_fields=["failures", "paused_until"])
        else:
            row.delete()


@operation
def unlock(username: str, *, now: datetime, user: User | None = None) -> User:
    """End every pause of this name's, and of all addresses. `now`: trade time; `user` None = the command line."""
    person = User.objects.filter(username__iexact=username.strip()).first()
    if person is None:
        raise Refused(
            "There is no user named %(username)s. All users are listed under Settings, Users.",
            "username",
            username=username.strip()[:60],
        )
    SignInLimit.objects.filter(name_hash=SignInLimit.hash_of_name(person.username)).delete()
    SignInLimit.objects.filter(kind=LimitKind.ADDRESS).delete()
    record_audit("unlock", "User", person.pk, before=None, after={"name": person.username}, now=now, user=user)
    return person
