"""A person's second factor: set up, used to sign in, and reset by who may. Codes go by machine time.

The secrets are kept by allauth in our encryption; used codes stand in the cache that all
processes share.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.contrib.sessions.models import Session

from wharfinger.db.models import User
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

_OF_THE_APP = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


class Proof(StrEnum):
    """What somebody showed."""

    APP = "app"
    RECOVERY_CODE = "recovery_code"


@dataclass(frozen=True, slots=True)
class SetUp:
    """Recovery codes are shown once, and can be made anew."""

    user: User
    codes: tuple[str, ...] = field(repr=False)


def new_secret() -> str:
    """For an authenticator app; nothing is kept before a code of it was shown."""
    return str(generate_totp_secret())


@operation
def set_up_app(user_id: int, *, secret: str, code: str, now: datetime) -> SetUp:
    """The app counts once it has shown a code. One that was there before is replaced, recovery codes with it; passkeys
    stay."""
    person = _locked(user_id)
    if not validate_totp_code(secret, _tidy(code)):
        raise Refused(
            "This is not the code of now. Type the six digits that the app shows; if they are refused again, set the "
            "telephone's clock to automatic.",
            "code",
        )
    verb = "replace second factor" if _forget(person, _OF_THE_APP) else "set up second factor"
    TOTP.activate(person, secret)
    codes = RecoveryCodes.activate(person).generate_codes()
    record_audit(verb, "User", person.pk, before=None, after={"name": person.username}, now=now, user=person)
    return SetUp(person, tuple(codes))


@operation
def make_codes_anew(user_id: int, *, now: datetime) -> SetUp:
    """Ten new recovery codes: those of before open nothing any more."""
    person = _locked(user_id)
    if not Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
        raise Refused("Set up an authenticator app first.")
    Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes = RecoveryCodes.activate(person).generate_codes()
    after = {"name": person.username}
    record_audit("new recovery codes", "User", person.pk, before=None, after=after, now=now, user=person)
    return SetUp(person, tuple(codes))


@operation
def prove(user_id: int, code: str, *, now: datetime) -> Proof | None:
    """Whether the code is the app's of now, or a recovery code that was not used; each works once. None = it is not."""
    person = _locked(user_id)
    wanted = _tidy(code)
    for row in Authenticator.objects.select_for_update().filter(user=person).order_by("pk"):
        if row.type == Authenticator.Type.TOTP and TOTP(row).validate_code(wanted):
            row.record_usage()
            return Proof.APP
        if row.type == Authenticator.Type.RECOVERY_CODES and RecoveryCodes(row).validate_code(wanted):
            after = {"name": person.username}
            record_audit("use recovery code", "User", person.pk, before=None, after=after, now=now, user=person)
            return Proof.RECOVERY_CODE
    return None


@operation
def reset(username: str, *, now: datetime, user: User | None = None) -> User:
    """For a lost telephone: the person sets up another one at the next sign-in; passkeys and sessions end.

    `user` None = the command line.
    """
    person = User.objects.select_for_update(no_key=True).filter(username__iexact=username.strip()).first()
    if person is None:
        raise Refused(
            "There is no user named %(username)s. All users are listed under Settings, Users.",
            "username",
            username=username.strip()[:60],
        )
    if not _forget(person, (*_OF_THE_APP, Authenticator.Type.WEBAUTHN)):
        raise Refused("%(person)s has no second factor.", person=str(person))
    _end_sessions(person)
    after = {"name": person.username}
    record_audit("reset second factor", "User", person.pk, before=None, after=after, now=now, user=user)
    return person


def _locked(user_id: int) -> User:
    person: User = User.objects.select_for_update(no_key=True).get(pk=user_id)
    return person


def _forget(person: User, kinds: tuple[str, ...]) -> bool:
    return bool(Authenticator.objects.filter(user=person, type__in=kinds).delete()[0])


def _end_sessions(person: User) -> None:
    """A session names its owner within: all are looked at."""
    mine = [row.pk for row in Session.objects.all() if row.get_decoded().get("_auth_user_id") == str(person.pk)]
    Session.objects.filter(pk__in=mine).delete()


def _tidy(code: str) -> str:
    return "".join(code.split()).replace("-", "")
