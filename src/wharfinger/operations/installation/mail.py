"""E-mail: how it leaves the installation, test messages, and what became of each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F, Q

from wharfinger.db.models import Alert, MailSettings, TestMail, User
from wharfinger.db.queries.moments import is_due
from wharfinger.domain.installation.alerts import MailSecurity
from wharfinger.domain.moments import LONGEST_ROW_WAIT
from wharfinger.domain.retry import pause_after
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

RECIPIENTS_AT_MOST = 20
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,198}[A-Za-z0-9])?|[0-9a-fA-F:]+")


@dataclass(frozen=True, slots=True)
class MailEntry:
    """What a person entered. Empty `password` = keep the one that is stored for this server.

    No recipients = the administrators.
    """

    host: str
    port: int
    security: str
    username: str
    password: str = field(repr=False)
    sender: str
    recipients: tuple[str, ...] = ()


@operation
def save_mail_settings(entry: MailEntry, *, now: datetime, user: User) -> None:
    checked = _checked(entry)
    known = MailSettings.objects.select_for_update().filter(pk=1).first()
    before, row = None if known is None else _facts(known), known or MailSettings(pk=1)
    if row.password and checked.username and not checked.password and _goes_elsewhere(row, checked):
        raise Refused(
            "The server, its port or the user name was changed: type the password again. "
            "The stored one is used for no other server.",
            "password",
        )
    row.host, row.port, row.username = checked.host, checked.port, checked.username
    row.security = MailSecurity(checked.security)
    row.sender, row.recipients = checked.sender, list(checked.recipients)
    if not checked.username:
        row.password = row.password_last_four = ""
    elif checked.password:
        row.password, row.password_last_four = (
            checked.password,
            checked.password[-4:] if len(checked.password) > 8 else "",
        )
    elif not row.password:
        raise Refused("Give the password of this user name too.", "password")
    row.save()
    after = _facts(row) | ({"password": "changed"} if checked.username and checked.password else {})
    record_audit("save", "MailSettings", 1, before=before, after=after, now=now, user=user)
    _try_again()


def _goes_elsewhere(row: MailSettings, entry: MailEntry) -> bool:
    known = (row.host.lower(), row.port, row.username)
    return known != (entry.host.lower(), entry.port, entry.username)


def _facts(row: MailSettings) -> dict[str, str]:
    """For the audit: of the password only that it is there."""
    return {
        "server": f"{row.host}:{row.port}",
        "security": row.security,
        "user name": row.username,
        "password": "set" if row.password else "",
        "sender": row.sender,
        "recipients": ", ".join(row.recipients) or "administrators",
    }


def _try_again() -> None:
    """What failed by the old way is tried at once by the new one."""
    Alert.objects.filter(closed_at=None, mailed_at=None).update(mail_again_at=None, mail_failures=0)
    triggers.run_periodic_task(triggers.MAIL_OUT)


@operation
def remove_mail_settings(*, now: datetime, user: User) -> None:
    """Forget the mail server that was entered: the environment's is used, if it names one."""
    known = MailSettings.objects.select_for_update().filter(pk=1).first()
    if known is None:
        return
    record_audit("remove", "MailSettings", 1, before=_facts(known), after=None, now=now, user=user)
    known.delete()
    _try_again()


def _checked(entry: MailEntry) -> MailEntry:
    host = entry.host.strip()
    if not _HOST.fullmatch(host):
        raise Refused("Write only the mail server's name, such as smtp.example.com, without http:// or a port.", "host")
    if not 1 <= entry.port <= 65535:
        raise Refused("A port is a number from 1 to 65535; 587 goes with STARTTLS, 465 with TLS.", "port")
    if entry.security not in list(MailSecurity):
        raise Refused("Choose STARTTLS, TLS or None.", "security")
    username, password = entry.username.strip(), entry.password
    if entry.security == MailSecurity.NONE and username:
        raise Refused(
            "Without STARTTLS or TLS the password would be sent unencrypted. Choose one of them, or leave the user "
            "name empty.",
            "security",
        )
    if len(username) > 200 or not username.isprintable():
        raise Refused("The user name has at most 200 printable characters.", "username")
    if len(password) > 400 or not password.isprintable():
        raise Refused("The password contains a control character. Type it again.", "password")
    if password and not username:
        raise Refused("Give the user name that belongs to the password.", "username")
    sender = _address(entry.sender, "sender")
    recipients = tuple(dict.fromkeys(_address(one, "recipients") for one in entry.recipients if one.strip()))
    if len(recipients) > RECIPIENTS_AT_MOST:
        raise Refused(
            "At most %(at_most)s recipients; write to a list instead.",
            "recipients",
            at_most=RECIPIENTS_AT_MOST,
        )
    return MailEntry(host, entry.port, entry.security, username, password, sender, recipients)


def _address(text: str, field_name: str) -> str:
    address = text.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(
            "“%(address)s” is not an e-mail address. Write it as name@example.com.", field_name, address=address[:80]
        ) from error
    return address


@operation
def ask_test(to: str, *, user: User, now: datetime) -> int:
    """Have a test message sent by the worker; the page shows what becomes of it."""
    row = TestMail.objects.create(to=_address(to, "to"), requested_by=user, requested_at=now)
    triggers.run_periodic_task(triggers.MAIL_OUT)
    return row.pk


@operation
def settle_test(test_id: int, *, way: str, error: str, now: datetime) -> None:
    TestMail.objects.filter(pk=test_id).update(sent_at=None if error else now, way=way[:200], error=error)


@operation
def claim_email(alert_id: int, *, now: datetime) -> bool:
    """Write the attempt before the sending; False when the alert was closed, mailed or claimed meanwhile."""
    rows = Alert.objects.filter(pk=alert_id, closed_at=None, mailed_at=None)
    rows = rows.filter(Q(mail_again_at=None) | is_due("mail_again_at", now, LONGEST_ROW_WAIT))
    return bool(rows.update(mail_again_at=now + pause_after(4)))


@operation
def settle_mailed(alert_id: int, *, now: datetime) -> None:
    Alert.objects.filter(pk=alert_id).update(mailed_at=now, mail_error="", mail_again_at=None)


@operation
def fail_email(alert_id: int, *, error: str, now: datetime) -> datetime:
    """It is tried again, less often each time; returns when."""
    alert = Alert.objects.select_for_update().get(pk=alert_id)
    again_at = now + pause_after(alert.mail_failures + 1)
    Alert.objects.filter(pk=alert_id).update(
        mail_error=error, mail_failures=F("mail_failures") + 1, mail_again_at=again_at
    )
    return again_at


@operation
def hold_emails(alert_ids: Sequence[int], *, why: str) -> None:
    """There is no way for e-mail, or nobody to send it to: the alerts say so and wait."""
    Alert.objects.filter(pk__in=alert_ids).update(mail_error=why)
