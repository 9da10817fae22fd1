"""What people are told without asking."""

from enum import StrEnum


class AlertKind(StrEnum):
    TOKEN_EXPIRES = "Authorisation expires"
    SECRET_EXPIRES = "Client secret expires"
    AUTHORISATION_LOST = "Authorisation lost"
    ROTATION_FAILED = "Secret rotation failed"


class MailSecurity(StrEnum):
    STARTTLS = "STARTTLS"
    TLS = "TLS"
    NONE = "None"
