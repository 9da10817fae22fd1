"""A new client secret for an application: requested by a button, sent by Amazon in a queue message.

One call for each press. The old secret is used until the new one has come, and works seven days more.
Source: rotating-your-apps-lwa-credentials.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from wharfinger.db.models import AmazonApplication, User
from wharfinger.domain.installation import occasions
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.reminders import SECRET_LIVES
from wharfinger.domain.installation.subjects import AboutRotation, AlertKey
from wharfinger.domain.moments import is_recent
from wharfinger.operations import triggers
from wharfinger.operations.access._account_steps import linked_accounts
from wharfinger.operations.installation._alert_steps import close_alerts, raise_alert
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

MESSAGE_COMES_WITHIN = timedelta(hours=1)
"""Amazon sends it at once; after this long an alert says that none came."""


@operation
def ask_rotation(application_pk: int, *, user: User, now: datetime) -> None:
    """The button: the worker requests a new secret from Amazon."""
    row = AmazonApplication.objects.select_for_update().get(pk=application_pk)
    if not row.queue_url:
        raise Refused(
            "Amazon sends the new secret in a message to your own queue (SQS), and none is entered. Enter it under "
            "Edit, or rotate the secret in the Solution Provider Portal and enter the new one."
        )
    waits = is_recent(row.rotation_requested_at, now, MESSAGE_COMES_WITHIN)
    if waits and not row.rotation_error:
        raise Refused("A new secret was already requested; waiting for its message.")
    row.rotation_requested_at, row.rotation_called_at, row.rotation_error = now, None, ""
    row.save(update_fields=["rotation_requested_at", "rotation_called_at", "rotation_error"])
    close_alerts(AboutRotation(row.pk), now=now)
    record_audit(
        "rotate secret", "AmazonApplication", row.pk, before=None, after={"secret": "asked for"}, now=now, user=user
    )
    triggers.rotate_secret(row.pk)


@dataclass(frozen=True, slots=True)
class RotationToAsk:
    application_pk: int
    client_id: str
    client_secret: str = field(repr=False)
    region: str


@operation
def start_rotation(application_pk: int, *, now: datetime) -> RotationToAsk | None:
    """Write the attempt before the call; None when there is nothing (more) to ask."""
    row = AmazonApplication.objects.select_for_update().filter(pk=application_pk).first()
    if row is None or row.rotation_requested_at is None or row.rotation_called_at is not None:
        return None
    row.rotation_called_at = now
    row.save(update_fields=["rotation_called_at"])
    return RotationToAsk(row.pk, row.client_id, row.client_secret, _region(row))


def _region(row: AmazonApplication) -> str:
    """Where the application is at home: any region that it serves will do."""
    account = linked_accounts().filter(application=row).order_by("pk").first()
    if account is not None:
        return account.region
    return str(row.regions[0]) if row.regions else "EU"


@operation
def postpone_rotation(application_pk: int) -> None:
    """Amazon's rate does not allow the call yet: it is made later, by the same press."""
    AmazonApplication.objects.filter(pk=application_pk).update(rotation_called_at=None)


@operation
def wait_for_secret(application_pk: int) -> None:
    """Amazon has taken the request (or perhaps has: no answer came): its message is looked for."""
    AmazonApplication.objects.filter(pk=application_pk).update(rotation_error="")
    triggers.run_periodic_task(triggers.SECRET_IN)


@operation
def refuse_rotation(application_pk: int, *, error: str, remedy: str, now: datetime) -> None:
    """Amazon makes no new secret: the old one stays in use."""
    row = AmazonApplication.objects.select_for_update().get(pk=application_pk)
    row.rotation_requested_at, row.rotation_error = None, f"{error} {remedy}"
    row.save(update_fields=["rotation_requested_at", "rotation_error"])
    _alert(row, error, remedy, now)


def _alert(row: AmazonApplication, error: str, remedy: str, now: datetime) -> None:
    raise_alert(
        AlertKind.ROTATION_FAILED,
        AlertKey(AboutRotation(row.pk), occasions.rotated(now)),
        text=f"The client secret of the Amazon application {row.name} was not rotated; the old one remains in use. "
        f"{error}",
        remedy=remedy,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """Where an application's messages come."""

    application_pk: int
    url: str
    region: str
    key_id: str
    secret: str = field(repr=False)
    awaited: bool


def queues_to_read() -> tuple[QueueFacts, ...]:
    rows = AmazonApplication.objects.exclude(queue_url="").order_by("pk")
    return tuple(
        QueueFacts(
            row.pk,
            row.queue_url,
            row.queue_region,
            row.queue_key_id,
            row.queue_secret,
            row.rotation_requested_at is not None,
        )
        for row in rows
    )


class Took(StrEnum):
    NEW = "New"
    KNOWN = "Known"
    OLDER = "Older"
    STRANGER = "Stranger"


@dataclass(frozen=True, slots=True)
class NewSecret:
    """What Amazon's message tells. `made_at`: when the rotation was."""

    client_id: str
    secret: str = field(repr=False)
    made_at: datetime
    expires_at: datetime | None
    old_works_until: datetime | None


@operation
def take_new_secret(new_secret: NewSecret, *, now: datetime) -> Took:
    """A message brought a new secret: it is used from now on. Safe to run twice; an older one changes nothing."""
    row = AmazonApplication.objects.select_for_update().filter(client_id=new_secret.client_id).order_by("-pk").first()
    if row is None:
        return Took.STRANGER
    if row.client_secret == new_secret.secret and row.rotation_requested_at is None:
        return Took.KNOWN
    if row.client_secret != new_secret.secret and new_secret.made_at <= row.secret_set_at:
        return Took.OLDER
    row.client_secret, row.secret_last_four, row.secret_set_at = (
        new_secret.secret,
        new_secret.secret[-4:],
        new_secret.made_at,
    )
    row.secret_expires_on = (new_secret.expires_at or new_secret.made_at + SECRET_LIVES).date()
    row.old_secret_works_until, row.rotated_at = new_secret.old_works_until, now
    row.rotation_requested_at, row.rotation_error = None, ""
    row.save()
    close_alerts(AboutRotation(row.pk), now=now)
    record_audit(
        "rotate secret", "AmazonApplication", row.pk, before=None, after={"secret": "changed"}, now=now, user=None
    )
    for account in linked_accounts().filter(application=row):
        channel = account.channels.filter(archived=False).order_by("pk").first()
        if channel is not None:
            triggers.verify_channel(channel.pk)
    triggers.run_periodic_task(triggers.REMIND)
    return Took.NEW


@operation
def take_secret_expiry(client_id: str, *, expires_at: datetime) -> bool:
    """Amazon names the day on which the present secret ends; False for another application's."""
    rows = AmazonApplication.objects.filter(client_id=client_id)
    if not rows.update(secret_expires_on=expires_at.date()):
        return False
    triggers.run_periodic_task(triggers.REMIND)
    return True


@operation
def note_queue_trouble(application_pk: int, *, error: str, now: datetime) -> None:
    """The queue cannot be read: shown; an alert when a new secret is waited for."""
    row = AmazonApplication.objects.select_for_update().get(pk=application_pk)
    if row.rotation_error == error:
        return
    row.rotation_error = error
    row.save(update_fields=["rotation_error"])
    if row.rotation_requested_at is not None:
        _alert(row, error, "Check the queue's address and key under Edit.", now)


@operation
def clear_queue_trouble(application_pk: int, *, error_begins: str) -> None:
    """The queue answers again."""
    rows = AmazonApplication.objects.filter(pk=application_pk, rotation_error__startswith=error_begins)
    rows.update(rotation_error="")


@operation
def note_overdue(application_pk: int, *, now: datetime) -> bool:
    """A new secret was requested and no message came in an hour: one alert."""
    row = AmazonApplication.objects.select_for_update().get(pk=application_pk)
    if row.rotation_requested_at is None or is_recent(row.rotation_requested_at, now, MESSAGE_COMES_WITHIN):
        return False
    if row.rotation_error:
        return False
    error = "No message with the new secret arrived within an hour."
    remedy = (
        "Check in the Solution Provider Portal which queue is registered for the application and whether Amazon may "
        "write to it; you can also copy a new secret from there. Then press Rotate the secret again."
    )
    row.rotation_error = f"{error} {remedy}"
    row.save(update_fields=["rotation_error"])
    _alert(row, error, remedy, now)
    return True
