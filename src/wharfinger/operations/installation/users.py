"""People: who may sign in and as what, the first administrator, their passwords and the links to them."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from wharfinger.db.models import SetupLink, SignInLimit, User
from wharfinger.domain.csv_cells import DecimalSign
from wharfinger.domain.installation.languages import Language
from wharfinger.domain.installation.people import Changes, Role, changes_beside
from wharfinger.domain.installation.sign_in import SETUP_LINK_LIVES
from wharfinger.domain.sentences import N_, Sentence
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

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
        raise Refused("The user name %(name)s is already taken. Choose another.", "username", name=name)
    made = User(username=name, role=role)
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
    """A person who may choose a password by a link that works once. Its code is shown once and kept nowhere."""

    user: User
    code: str = field(repr=False)


@operation
def invite_user(*, username: str, full_name: str, email: str, role: Role, now: datetime, user: User) -> Invited:
    """Let a person in who chooses the password: by a one-time link, which lives a day of machine time."""
    made = _new_person(username, full_name, email, role)
    made.set_unusable_password()
    made.save()
    record_audit("invite", "User", made.pk, before=None, after=_facts(made), now=now, user=user)
    return Invited(made, _new_code(made))


@operation
def reset_password(user_id: int, *, now: datetime, user: User) -> Invited:
    """The old password, every older link and every open session end; a new link leads to another password."""
    person = User.objects.select_for_update().get(pk=user_id)
    if not person.is_active:
        raise Refused("%(person)s is not active. Activate them first.", person=person)
    if person.pk == user.pk:
        raise Refused(
            "You would be signed out before you see your link. Another administrator can reset your password."
        )
    person.set_unusable_password()
    person.save()
    _forget_failures(person)
    after = {"name": person.username, "password": "reset"}
    record_audit("reset password", "User", person.pk, before={"name": person.username}, after=after, now=now, user=user)
    return Invited(person, _new_code(person))


def _new_code(person: User) -> str:
    """Its life is the setting PASSWORD_RESET_TIMEOUT."""
    return f"{person.pk}.{default_token_generator.make_token(person)}"


def _forget_failures(person: User) -> None:
    SignInLimit.objects.filter(name_hash=SignInLimit.hash_of_name(person.username)).delete()


def whose_link(code: str) -> User | None:
    """The person who may choose a password by this link's code; None = it was used, is too old, or is none of ours."""
    return _owner(code, User.objects.all())


def _owner(code: str, people: QuerySet[User]) -> User | None:
    number, _, token = code.strip().partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    person = people.filter(pk=int(number), is_active=True).first()
    return person if person is not None and default_token_generator.check_token(person, token) else None


@operation
def use_password_link(code: str, *, password: str, now: datetime) -> User:
    """The password is chosen; the link is worth nothing afterwards, because it was made of the old one."""
    person = _owner(code, User.objects.select_for_update())
    if person is None:
        raise Refused("This link has already been used or has expired. Ask an administrator for another.")
    _choose_password(person, password)
    person.save()
    _forget_failures(person)
    after = {"name": person.username, "password": "changed"}
    record_audit("choose password", "User", person.pk, before=None, after=after, now=now, user=person)
    return person


@operation
def change_own_password(user_id: int, *, old: str, new: str, now: datetime) -> User:
    """The owner chooses another password. Every other session ends, because sessions are bound to the old one."""
    person = User.objects.select_for_update().get(pk=user_id)
    if not person.check_password(old):
        raise Refused("This is not your current password. Passwords are case-sensitive.", "old")
    if old == new:
        raise Refused("Choose a password that differs from the current one.", "password")
    _choose_password(person, new)
    person.save()
    after = {"name": person.username, "password": "changed"}
    record_audit("change password", "User", person.pk, before=None, after=after, now=now, user=person)
    return person


@operation
def change_user(user_id: int, *, full_name: str, email: str, role: Role, now: datetime, user: User) -> User:
    """Name, e-mail and role; there is always an administrator left. Rights beside the role stay if they differ."""
    person = User.objects.select_for_update().get(pk=user_id)
    before = _facts(person)
    if role is not Role.ADMINISTRATOR:
        _refuse_last_administrator(person, N_("have another role"))
    _name(person, full_name, email)
    person.role = role
    person.changed_rights = changes_beside(role, person.changed_rights)
    person.save()
    record_audit("change", "User", person.pk, before=before, after=_facts(person), now=now, user=user)
    return person


@operation
def change_rights(user_id: int, wanted: Changes, *, now: datetime, user: User) -> User:
    """What the person may beside the role, and what of the role's not; the whole of it, by the rights' codes."""
    person = User.objects.select_for_update().get(pk=user_id)
    if person.role == Role.ADMINISTRATOR:
        raise Refused(
            "%(person)s is an administrator, who may do everything. Choose another role first.", person=person
        )
    before = _facts(person)
    person.changed_rights = changes_beside(person.role, wanted)
    if _facts(person) != before:
        person.save()
        record_audit("change rights", "User", person.pk, before=before, after=_facts(person), now=now, user=user)
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
        _refuse_last_administrator(person, N_("be deactivated"))
    before = _facts(person)
    person.is_active = active
    person.save()
    verb = "activate" if active else "deactivate"
    record_audit(verb, "User", person.pk, before=before, after=_facts(person), now=now, user=user)
    return person


def _refuse_last_administrator(person: User, what: Sentence) -> None:
    others = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True)
    if person.role == Role.ADMINISTRATOR and person.is_active and not others.exclude(pk=person.pk).exists():
        raise Refused(
            "%(person)s is the last administrator and cannot %(what)s. Make another user an administrator first.",
            "role",
            person=person,
            what=what,
        )


def _facts(person: User) -> dict[str, str]:
    own = _written(person.changed_rights)
    return {
        "name": person.username,
        "full name": person.full_name,
        "e-mail": person.email,
        "role": person.role,
        "active": str(person.is_active),
        **({"rights": own} if own else {}),
    }


def _written(changes: Changes) -> str:
    return ", ".join(f"{code}: {'given' if given else 'taken'}" for code, given in changes.items())


@operation
def first_administrator_link(public_url: str, *, now: datetime) -> str | None:
    """A one-time link for the first administrator, while there is nobody; only its hash is kept. Machine time.

    Its code stands behind the #, which browsers send to no server: it is in no log of ours or of a proxy's.
    """
    if not no_administrator():
        return None
    SetupLink.objects.filter(used_at=None).delete()
    token = secrets.token_urlsafe(32)
    SetupLink.objects.create(token_hash=_hash(token), made_at=now)
    return f"{public_url}/setup/#{token}"


def no_administrator() -> bool:
    return not User.objects.filter(role=Role.ADMINISTRATOR).exists()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def is_setup_link(token: str, *, now: datetime) -> bool:
    """Whether this link still creates an administrator. Machine time."""
    return _usable_links(token, now).exists()


def _usable_links(token: str, now: datetime) -> QuerySet[SetupLink]:
    wanted = {"token_hash": _hash(token.strip()), "used_at": None, "made_at__gt": now - SETUP_LINK_LIVES}
    return SetupLink.objects.filter(**wanted)


@operation
def use_setup_link(token: str, *, username: str, full_name: str, password: str, now: datetime) -> User:
    """Make the first administrator; the link works once. `now`: machine time."""
    link = _usable_links(token, now).select_for_update().first()
    if link is None:
        raise Refused("This link has already been used or has expired. Run “wharfinger set-up-link” for another.")
    made = _make(username, full_name, "", Role.ADMINISTRATOR, password)
    link.used_at = now
    link.save(update_fields=["used_at"])
    return made


@operation
def set_time_zone(user_id: int, zone: str) -> None:
    if zone not in available_timezones():
        raise Refused("Choose a time zone from the list.", "time_zone")
    User.objects.filter(pk=user_id).update(time_zone=zone)


@operation
def set_decimal_sign(user_id: int, sign: str) -> None:
    """Of the files that this person exports."""
    if sign not in set(DecimalSign):
        raise Refused("Choose a decimal sign from the list.", "decimal_sign")
    User.objects.filter(pk=user_id).update(decimal_sign=sign)


@operation
def set_language(user_id: int, language: str) -> None:
    """Of the pages that this person reads."""
    if language not in set(Language):
        raise Refused("Choose a language from the list.", "language")
    User.objects.filter(pk=user_id).update(language=language)
