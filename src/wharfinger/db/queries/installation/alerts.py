"""Alerts for pages: what people must know in time, with its remedy and what became of its e-mail."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, QuerySet, Subquery

from wharfinger.db.models import Alert, Channel
from wharfinger.db.queries.paging import Page, read_page
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.subjects import (
    AboutAccount,
    AboutApplication,
    AboutRotation,
    AboutSecret,
    AboutToken,
    AlertSubject,
    Subject,
)


@dataclass(frozen=True, slots=True)
class AlertRow:
    id: int
    kind: AlertKind
    text: str
    remedy: str
    subject: Subject
    account: str
    raised_at: datetime
    closed_at: datetime | None
    mailed_at: datetime | None
    mail_error: str
    mail_again_at: datetime | None
    channel_id: int | None
    """A channel of its seller account, one in use before an archived one."""


_COLUMNS = (
    "id", "kind", "text", "remedy", "subject", "account__name", "raised_at", "closed_at", "mailed_at", "mail_error",
    "mail_again_at", "channel_id",
)  # fmt: skip


def list_alerts(*, closed: bool = False, cursor: str = "") -> Page[AlertRow]:
    """Newest first."""
    rows = with_channel(Alert.objects.filter(closed_at__isnull=not closed))
    return read_page(rows.values(*_COLUMNS), ("-id",), cursor).made_of(lambda row: _row(tuple(row.values())))


def open_alerts(at_most: int) -> tuple[AlertRow, ...]:
    return _rows(Alert.objects.filter(closed_at=None), at_most)


def alerts_of_channel(channel_id: int) -> tuple[AlertRow, ...]:
    """Open alerts of the channel's account, and of the application that speaks for it."""
    account = Channel.objects.filter(pk=channel_id).values("account", application=F("account__application")).first()
    if account is None:
        return ()
    number, application = account["account"], account["application"]
    subjects: list[AlertSubject] = [AboutToken(number), AboutAccount(number)]
    if application is not None:
        subjects += _of_application(application)
    return _rows(Alert.objects.filter(closed_at=None, subject__in=subjects), 20)


def alerts_of_application(application_pk: int) -> tuple[AlertRow, ...]:
    return _rows(Alert.objects.filter(closed_at=None, subject__in=_of_application(application_pk)), 20)


def _of_application(application_pk: int) -> list[AlertSubject]:
    return [AboutSecret(application_pk), AboutApplication(application_pk), AboutRotation(application_pk)]


def with_channel(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """`channel_id`: by which the page is found where the alert is fixed."""
    channels = Channel.objects.filter(account=OuterRef("account")).order_by("archived", "pk").values("pk")
    return alerts.annotate(channel_id=Subquery(channels[:1]))


def _rows(alerts: QuerySet[Alert], at_most: int) -> tuple[AlertRow, ...]:
    return tuple(_row(row) for row in with_channel(alerts).order_by("-id").values_list(*_COLUMNS)[:at_most])


def _row(values: tuple[object, ...]) -> AlertRow:
    number, kind, text, remedy, subject, account, *times = values
    return AlertRow(number, kind, text, remedy, subject, account or "", *times)  # type: ignore[arg-type]  # as selected
