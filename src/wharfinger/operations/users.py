"""People: who may sign in and as what, the first administrator, links to a password, the lock-out."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
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
    record_audit("add", "User", made.pk, before=None, after=_facts(made), now=now, user=user)
    return made


def _make(username: str, full_name: str, email: str, role: Role, password: str) -> User:
    made = _new_person(username, full_name, email, role)
    _choose_password(made, password)
    made.save()
    return made


def _new_person(username: str, full_name: str, email: str, role: Role) -> User:
    name = username.strip().lower()
    if not name or len(name) > NAME_AT_MOST or not name.isprintable() or " " in name:
        raise Refused("Give a user name of one word, such as olga.", "username")
    if User.objects.filter(username__iexact=name).exists():
        raise Refused(f"Somebody is called {name} already. Choose another user name.", "username")
    made = User(username=name, role=role.value)
    _name(made, full_name, email)
    return made


def _name(person: User, full_name: str, email: str) -> None:
    name = " ".join(full_name.split())
    if not name or not name.isprintable():
        raise Refused("Give the person's name, without control characters.", "full_name")
    person.full_name, person.email = name[:NAME_AT_MOST], email.strip()


def _choose_password(person: User, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), "password") from error
    person.set_password(password)


@dataclass(frozen=True, slots=True)
class Invited:
    """A person who may choose a password by a link that works once. The link is shown once and kept nowhere."""

    user: User
    token: str


@operation
def invite_user(*, username: str, full_name: str, email: str, role: Role, now: datetime, user: User) -> Invited:
    """Let a person in who chooses the password: by a one-time link, which lives three days of machine time."""
    made = _new_person(username, full_name, email, role)
    made.set_unusable_password()
    made.save()
    record_audit("invite", "User", made.pk, before=None, after=_facts(made), now=now, user=user)
    return Invited(made, default_token_generator.make_token(made))


@operation
def reset_password(user_id: int, *, now: datetime, user: User) -> Invited:
    """The old password, every older link and every open session end; a new link leads to another password."""
    person = User.objects.select_for_update().get(pk=user_id)
    if not person.is_active:
        raise Refused(f"{person} is not active. Activate them first.")
    if person.pk == user.pk:
        raise Refused(
            "You would be signed out before you saw your link. Another administrator can reset your password."
        )
    person.set_unusable_password()
    person.failed_sign_ins, person.locked_until = 0, None
    person.save()
    after = {"name": person.username, "password": "reset"}
    record_audit("reset password", "User", person.pk, before={"name": person.username}, after=after, now=now, user=user)
    return Invited(person, default_token_generator.make_token(person))


def whose_link(user_id: int, token: str) -> User | None:
    """The person who may choose a password by this link; None = it was used, is too old, or is none of ours."""
    person = User.objects.filter(pk=user_id, is_active=True).first()
    return person if person is not None and default_token_generator.check_token(person, token) else None


@operation
def use_password_link(user_id: int, token: str, *, password: str, now: datetime) -> User:
    """The password is chosen; the link is worth nothing afterwards, because it was made of the old one."""
    person = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
    if person is None or not default_token_generator.check_token(person, token):
        raise Refused("This link was used already, or is too old. Ask an administrator for another.")
    _choose_password(person, password)
    person.failed_sign_ins, person.locked_until = 0, None
    person.save()
    after = {"name": person.username, "password": "changed"}
    record_audit("choose password", "User", person.pk, before=None, after=after, now=now, user=person)
    return person


@operation
def change_user(user_id: int, *, full_name: str, email: str, role: Role, now: datetime, user: User) -> User:
    """Name, e-mail and role; there is always an administrator left."""
    person = User.objects.select_for_update().get(pk=user_id)
    before = _facts(person)
    if role is not Role.ADMINISTRATOR:
        _refuse_last_administrator(person, "have another role")
    _name(person, full_name, email)
    person.role = role.value
    person.save()
    record_audit("change", "User", person.pk, before=before, after=_facts(person), now=now, user=user)
    return person


@operation
def set_active(user_id: int, active: bool, *, now: datetime, user: User) -> User:
    """Off: the person cannot sign in and every open session ends; what they did stays theirs."""
    person = User.objects.select_for_update().get(pk=user_id)
    if person.is_active == active:
        return person
    if not active and person.pk == user.pk:
        raise Refused("You cannot deactivate yourself. Another administrator can.")
    if not active:
        _refuse_last_administrator(person, "be deactivated")
    before = _facts(person)
    person.is_active = active
    person.save()
    verb = "activate" if active else "deactivate"
    record_audit(verb, "User", person.pk, before=before, after=_facts(person), now=now, user=user)
    return person


def _refuse_last_administrator(person: User, what: str) -> None:
    others = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR.value, is_active=True)
    if person.role == Role.ADMINISTRATOR.value and person.is_active and not others.exclude(pk=person.pk).exists():
        raise Refused(
            f"{person} is the last administrator and cannot {what}. Make another administrator first.", "role"
        )


def _facts(person: User) -> dict[str, str]:
    return {
        "name": person.username,
        "full name": person.full_name,
        "e-mail": person.email,
        "role": person.role,
        "active": str(person.is_active),
    }


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
