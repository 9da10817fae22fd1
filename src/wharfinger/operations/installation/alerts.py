"""Reminders of the days on which an authorisation or a client secret ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from wharfinger.db.models import Alert, AmazonApplication, SellerAccount
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.reminders import Due, plan_reminders
from wharfinger.domain.installation.subjects import AboutSecret, AboutToken, AlertSubject
from wharfinger.operations.installation._alert_steps import close_alert, raise_alert
from wharfinger.operations.transaction import operation

REMINDERS = (AlertKind.TOKEN_EXPIRES, AlertKind.SECRET_EXPIRES)


@dataclass(frozen=True, slots=True)
class _Clock:
    """One day that ends something."""

    kind: AlertKind
    subject: AlertSubject
    ends: date | None
    what: str
    after: str
    remedy: str
    account: SellerAccount | None = None


@operation
def remind(*, now: datetime) -> int:
    """Raise what is due, close what was renewed or is over; returns how many were raised. Safe to run twice."""
    raised = 0
    left = set(Alert.objects.filter(kind__in=REMINDERS, closed_at=None).values_list("key", flat=True))
    for clock in (*_tokens(), *_secrets()):
        open_keys = {key for key in left if key.subject == clock.subject}
        left -= open_keys
        plan = plan_reminders(clock.subject, clock.ends, now.date(), open_keys)
        for key in plan.close:
            close_alert(key, now=now)
        if plan.due is not None:
            _raise(clock, plan.due, now)
            raised += 1
    for key in left:  # its account or application is gone
        close_alert(key, now=now)
    return raised


def _raise(clock: _Clock, due: Due, now: datetime) -> None:
    day = f"{clock.ends:%d %B %Y}".lstrip("0") if clock.ends else ""
    before = f" (reminder of {due.step} day{'s' if due.step > 1 else ''} before)" if due.step else ""
    raise_alert(
        clock.kind,
        due.key,
        text=f"{clock.what} {'ended' if due.days_left < 0 else 'ends'} on {day}{before}. {clock.after}",
        remedy=clock.remedy,
        account=clock.account,
        now=now,
    )


def _tokens() -> Iterator[_Clock]:
    for account in SellerAccount.objects.exclude(token_set_at=None).order_by("pk"):
        yield _Clock(
            AlertKind.TOKEN_EXPIRES,
            AboutToken(account.pk),
            account.token_expiry,
            f"The authorisation of {account.name}",
            "After that Amazon no longer accepts our access: no orders are imported and nothing is sent.",
            "Press Authorise again on one of its channels. This renews it for all of them.",
            account,
        )


def _secrets() -> Iterator[_Clock]:
    for application in AmazonApplication.objects.order_by("pk"):
        yield _Clock(
            AlertKind.SECRET_EXPIRES,
            AboutSecret(application.pk),
            application.secret_expires_on,
            f"The client secret of the Amazon application {application.name} (…{application.secret_last_four})",
            "After that every call to Amazon fails, for every seller account.",
            "Press Rotate the secret, or create a new one in the Solution Provider Portal and enter it.",
        )
