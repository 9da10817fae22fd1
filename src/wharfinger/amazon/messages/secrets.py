"""Messages about the client secret in the developer's own queue, as JSON.

Source: rotating-your-apps-lwa-credentials; samples auth-lifecycle-management. The envelope of these two is in
camelCase; those of sellers' notifications are in PascalCase (behaviour N08) and are none of these.
"""

from datetime import datetime

from wharfinger.amazon.messages.wire import Message, Unreadable, put_in_utc, read

NEW_SECRET = "APPLICATION_OAUTH_CLIENT_NEW_SECRET"
SECRET_EXPIRY = "APPLICATION_OAUTH_CLIENT_SECRET_EXPIRY"


class _Secret(Message, frozen=True, kw_only=True, rename="camel"):
    client_id: str
    new_client_secret: str
    new_client_secret_expiry_time: datetime | None = None
    old_client_secret_expiry_time: datetime | None = None

    def __post_init__(self) -> None:
        put_in_utc(self, "new_client_secret_expiry_time", "old_client_secret_expiry_time")

    def __repr__(self) -> str:
        return "<NewClientSecret: secret>"


class _Expiry(Message, frozen=True, kw_only=True, rename="camel"):
    client_id: str
    client_secret_expiry_time: datetime
    client_secret_expiry_reason: str | None = None

    def __post_init__(self) -> None:
        put_in_utc(self, "client_secret_expiry_time")


class _Payload(Message, frozen=True, kw_only=True, rename="camel"):
    application_o_auth_client_new_secret: _Secret | None = None
    application_o_auth_client_secret_expiry: _Expiry | None = None


class _Envelope(Message, frozen=True, kw_only=True, rename="camel"):
    notification_type: str | None = None
    event_time: datetime | None = None
    payload: _Payload | None = None

    def __post_init__(self) -> None:
        put_in_utc(self, "event_time")


class NewClientSecret(Message, frozen=True, kw_only=True):
    """A rotation's new secret; repr does not show it. Times are None where Amazon sent none."""

    client_id: str
    secret: str
    made_at: datetime | None
    expires_at: datetime | None
    old_works_until: datetime | None

    def __repr__(self) -> str:
        return "<NewClientSecret: secret>"


class ClientSecretExpiry(Message, frozen=True, kw_only=True):
    """When the present secret ends."""

    client_id: str
    expires_at: datetime


def read_secret_notice(body: bytes) -> NewClientSecret | ClientSecretExpiry | None:
    """None for a notification of another kind; Unreadable for what is no notification of these two kinds."""
    envelope = read(body, _Envelope)
    match envelope.notification_type:
        case str(kind) if kind == NEW_SECRET:
            secret = envelope.payload and envelope.payload.application_o_auth_client_new_secret
            if not secret or not secret.new_client_secret.strip():
                raise Unreadable("payload.applicationOAuthClientNewSecret is missing")
            return NewClientSecret(
                client_id=secret.client_id,
                secret=secret.new_client_secret.strip(),
                made_at=envelope.event_time,
                expires_at=secret.new_client_secret_expiry_time,
                old_works_until=secret.old_client_secret_expiry_time,
            )
        case str(kind) if kind == SECRET_EXPIRY:
            expiry = envelope.payload and envelope.payload.application_o_auth_client_secret_expiry
            if not expiry:
                raise Unreadable("payload.applicationOAuthClientSecretExpiry is missing")
            return ClientSecretExpiry(client_id=expiry.client_id, expires_at=expiry.client_secret_expiry_time)
        case _:
            return None
