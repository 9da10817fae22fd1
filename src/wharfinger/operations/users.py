"""People: who may sign in, the first administrator, the lock-out after failed sign-ins."""

import hashlib
import secrets
from datetime import datetime, timedelta
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F

from wharfinger.db.models import SetupLink, User
from wharfinger.domain.people import Role
from wharfinger.operations._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

FAILURES_BEFORE_LOCK_OUT = 10
"""Amazon's Data Protection Policy: lock-out after at most ten failed sign-ins."""
LOCKED_FOR = timedelta(minutes=15)
NAME_AT_MOST = 150


@operation
def add_user(
    *, username: str, full_name: str, email: str, role: Role, password: str, now: datetime, user: User | None = None
) -> User:
    """Let a person in; the password must be strong (twelve characters of mixed kinds)."""
    made = _make(username, full_name, email, role, password)
    record_audit(
        "add", "User", made.pk, before=None, after={"name": made.username, "role": role.value}, now=now, user=user
    )
    return made


def _make(username: str, full_name: str, email: str, role: Role, password: str) -> User:
    name = username.strip().lower()
    if not name or len(name) > NAME_AT_MOST or not name.isprintable() or " " in name:
        raise Refused("Give a user name of one word, such as olga.", "username")
    if User.objects.filter(username__iexact=name).exists():
        raise Refused(f"Somebody is called {name} already. Choose another user name.", "username")
    if not full_name.strip():
        raise Refused("Give the person's name.", "full_name")
    made = User(username=name, full_name=full_name.strip()[:NAME_AT_MOST], email=email.strip(), role=role.value)
    try:
        validate_password(password, made)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), "password") from error
    made.set_password(password)
    made.save()
    return made


@operation
def first_administrator_link(public_url: str, *, now: datetime) -> str | None:
    """A one-time link for the first administrator, while there is nobody; only its hash is kept. Machine time."""
    if User.objects.filter(role=Role.ADMINISTRATOR.value).exists():
        return None
    SetupLink.objects.filter(used_at=None).delete()
    token = secrets.token_urlsafe(32)
    SetupLink.objects.create(token_hash=_hash(token), made_at=now)
    return f"{public_url}/setup/{token}/"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def is_setup_link(token: str) -> bool:
    """Whether this link still makes an administrator."""
    return SetupLink.objects.filter(token_hash=_hash(token), used_at=None).exists()


@operation
def use_setup_link(token: str, *, username: str, full_name: str, password: str, now: datetime) -> User:
    """Make the first administrator; the link works once. `now`: machine time."""
    link = SetupLink.objects.select_for_update().filter(token_hash=_hash(token), used_at=None).first()
    if link is None:
        raise Refused("This link was used already. Restart “wharfinger serve” for another.")
    made = _make(username, full_name, "", Role.ADMINISTRATOR, password)
    link.used_at = now
    link.save(update_fields=["used_at"])
    return made


@operation
def note_failed_sign_in(username: str, *, now: datetime) -> None:
    """Count a failed sign-in; the tenth locks the name for a while. Machine time."""
    known = User.objects.filter(username__iexact=username.strip())
    known.update(failed_sign_ins=F("failed_sign_ins") + 1)
    known.filter(failed_sign_ins__gte=FAILURES_BEFORE_LOCK_OUT).update(failed_sign_ins=0, locked_until=now + LOCKED_FOR)


def locked_until(username: str, *, now: datetime) -> datetime | None:
    """Until when this name may not sign in; None = it may."""
    row = User.objects.filter(username__iexact=username.strip(), locked_until__gt=now).first()
    return row.locked_until if row else None


@operation
def note_sign_in(user_id: int) -> None:
    User.objects.filter(pk=user_id).update(failed_sign_ins=0, locked_until=None)


@operation
def set_time_zone(user_id: int, zone: str) -> None:
    if zone not in available_timezones():
        raise Refused("Choose a time zone from the list.", "time_zone")
    User.objects.filter(pk=user_id).update(time_zone=zone)
