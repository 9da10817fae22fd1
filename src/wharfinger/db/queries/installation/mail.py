"""E-mail for pages and for the worker: how it leaves, whom it reaches, what waits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db.models import Q

from wharfinger.db.models import Alert, MailSettings, TestMail, User
from wharfinger.db.queries.installation.alerts import with_channel
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.people import Role
from wharfinger.domain.installation.subjects import Subject

FILES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class MailServer:
    """The mail server that was entered here; the worker needs its password, pages do not show it."""

    host: str
    port: int
    security: str
    username: str
    password: str = field(repr=False)
    password_last_four: str
    sender: str
    recipients: tuple[str, ...]


def mail_server() -> MailServer | None:
    row = MailSettings.objects.filter(pk=1).first()
    if row is None:
        return None
    return MailServer(
        row.host,
        row.port,
        row.security,
        row.username,
        row.password,
        row.password_last_four,
        row.sender,
        tuple(row.recipients),
    )


def recipients() -> tuple[str, ...]:
    """Whom alerts go to: those who were entered, else every administrator who has an address."""
    row = MailSettings.objects.filter(pk=1).first()
    if row is not None and row.recipients:
        return tuple(row.recipients)
    people = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(email="")
    return tuple(people.order_by("pk").values_list("email", flat=True))


@dataclass(frozen=True, slots=True)
class WaitingEmail:
    """An alert that was not mailed yet."""

    id: int
    kind: AlertKind
    text: str
    remedy: str
    subject: Subject
    channel_id: int | None
    """A channel of its seller account, by which the page is found where the alert is fixed."""
    again_at: datetime | None


def waiting_emails() -> tuple[WaitingEmail, ...]:
    """Open alerts that nobody was mailed yet, the oldest first."""
    rows = with_channel(Alert.objects.filter(closed_at=None, mailed_at=None)).order_by("raised_at", "pk")
    columns = ("pk", "kind", "text", "remedy", "subject", "channel_id", "mail_again_at")
    return tuple(WaitingEmail(*row) for row in rows.values_list(*columns))


@dataclass(frozen=True, slots=True)
class TestEmail:
    id: int
    to: str
    requested_at: datetime
    sent_at: datetime | None
    error: str
    way: str

    @property
    def settled(self) -> bool:
        return self.sent_at is not None or bool(self.error)


def tests_to_send() -> tuple[TestEmail, ...]:
    return tuple(_test(row) for row in TestMail.objects.filter(sent_at=None, error="").order_by("pk"))


def last_test() -> TestEmail | None:
    row = TestMail.objects.order_by("-pk").first()
    return None if row is None else _test(row)


def _test(row: TestMail) -> TestEmail:
    return TestEmail(row.pk, row.to, row.requested_at, row.sent_at, row.error, row.way)


@dataclass(frozen=True, slots=True)
class MailFile:
    """A letter of a demo system."""

    name: str
    text: str


def mail_files(folder: Path) -> Sequence[MailFile]:
    """The newest letters first."""
    paths = sorted(folder.glob("[0-9][0-9][0-9][0-9][0-9]-*.eml"), reverse=True)[:FILES_SHOWN]
    return tuple(MailFile(path.name, path.read_text(encoding="utf-8", errors="replace")) for path in paths)


def unmailed() -> int:
    return Alert.objects.filter(Q(mailed_at=None), closed_at=None).count()
