"""What people are told without asking."""

from dataclasses import dataclass
from enum import StrEnum


class AlertKind(StrEnum):
    TOKEN_EXPIRES = "Authorisation expires"
    SECRET_EXPIRES = "Client secret expires"
    AUTHORISATION_LOST = "Authorisation lost"
    APPLICATION_REFUSED = "Application refused"
    ROTATION_FAILED = "Secret rotation failed"
    NO_CHANNEL = "Paid orders without a channel"


class MailSecurity(StrEnum):
    STARTTLS = "STARTTLS"
    TLS = "TLS"
    NONE = "None"


class MailWay(StrEnum):
    """How e-mail leaves the house."""

    ENTERED = "By the mail server entered here"
    ENVIRONMENT = "By the mail server that the environment names"
    FILES = "Into files, as this is a demo system"
    NONE = "Not at all"


def mail_way(*, entered: bool, environment: bool, demo: bool) -> MailWay:
    """What was entered on the page beats the environment; a demo that was told nothing writes files."""
    if entered:
        return MailWay.ENTERED
    if environment:
        return MailWay.ENVIRONMENT
    return MailWay.FILES if demo else MailWay.NONE


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail. It holds no personal data and no secret."""

    subject: str
    body: str


def letter_of_alert(kind: str, text: str, remedy: str, page: str, house: str) -> Letter:
    """`house`: our own address. `page`: where it is fixed, a path of ours or empty."""
    lines = [text, "", f"What to do: {remedy}"]
    if page:
        lines += ["", f"{house}{page}"]
    lines += ["", "--", f"Wharfinger at {house}", f"All alerts: {house}/alerts/"]
    return Letter(f"Wharfinger: {kind}", "\n".join(lines) + "\n")


def letter_of_test(house: str) -> Letter:
    return Letter(
        "Wharfinger: test message",
        f"This is the test message that was asked for. Alerts of Wharfinger at {house} will reach you here.\n",
    )
