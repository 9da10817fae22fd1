"""Alerts: their kinds, their e-mails, and the way that e-mail goes."""

from dataclasses import dataclass
from enum import StrEnum

from wharfinger.domain.labels import Labelled


class AlertKind(Labelled):
    TOKEN_EXPIRES = "token_expires", "Authorisation expires"
    SECRET_EXPIRES = "secret_expires", "Client secret expires"
    AUTHORISATION_LOST = "authorisation_lost", "Authorisation lost"
    APPLICATION_REFUSED = "application_refused", "Application refused"
    ROTATION_FAILED = "rotation_failed", "Secret rotation failed"
    NO_CHANNEL = "no_channel", "Paid orders without a channel"
    ORDERS_NOT_SEEN = "orders_not_seen", "Orders are not seen"
    ACCOUNT_STATUS = "account_status", "Account status at Amazon"


class MailSecurity(Labelled):
    STARTTLS = "starttls", "STARTTLS"
    TLS = "tls", "TLS"
    NONE = "none", "None"


class MailWay(StrEnum):
    """How e-mail leaves the installation."""

    ENTERED = "By the mail server entered here"
    ENVIRONMENT = "By the mail server that the environment names"
    FILES = "Into files, as this is a demo system"
    NONE = "Not at all"


def mail_way(*, entered: bool, environment: bool, demo: bool) -> MailWay:
    """What was entered on the page beats the environment; a demo without either writes files."""
    if entered:
        return MailWay.ENTERED
    if environment:
        return MailWay.ENVIRONMENT
    return MailWay.FILES if demo else MailWay.NONE


@dataclass(frozen=True, slots=True)
class EmailMessage:
    """An e-mail. It holds no personal data and no secret."""

    subject: str
    body: str


def email_of_alert(kind: str, text: str, remedy: str, page: str, installation: str) -> EmailMessage:
    """`installation`: our own address. `page`: where it is fixed, a path of ours or empty."""
    lines = [text, "", f"What to do: {remedy}"]
    if page:
        lines += ["", f"{installation}{page}"]
    lines += ["", "--", f"Wharfinger at {installation}", f"All alerts: {installation}/alerts/"]
    return EmailMessage(f"Wharfinger: {kind}", "\n".join(lines) + "\n")


def email_of_test(installation: str) -> EmailMessage:
    return EmailMessage(
        "Wharfinger: test message",
        f"This is the test message you requested. Alerts from Wharfinger at {installation} will reach you here.\n",
    )
