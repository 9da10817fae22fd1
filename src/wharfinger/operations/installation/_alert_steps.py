"""Steps that raise and close alerts; they need an open transaction."""

from collections.abc import Sequence
from datetime import datetime

from wharfinger.db.models import Alert, SellerAccount
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.subjects import AlertKey, AlertSubject
from wharfinger.operations import triggers


def raise_alert(
    kind: AlertKind,
    key: AlertKey,
    *,
    text: str,
    remedy: str,
    now: datetime,
    account: SellerAccount | None = None,
) -> None:
    """Tell people once for each key, on the pages and by e-mail; one that was closed is opened again unmailed."""
    alert, made = Alert.objects.select_for_update(of=("self",)).get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "subject": key.subject,
            "text": text,
            "remedy": remedy,
            "account": account,
            "raised_at": now,
        },
    )
    if not made:
        Alert.objects.filter(pk=alert.pk).update(closed_at=None, text=text, remedy=remedy)
    triggers.run_periodic_task(triggers.MAIL_OUT)
    triggers.run_periodic_task(triggers.ALERTS_OUT)


def close_alerts(subject: AlertSubject, *, now: datetime, kinds: Sequence[AlertKind] = ()) -> int:
    """The cause is gone (of these kinds only, if any are named)."""
    rows = Alert.objects.filter(subject=subject, closed_at=None)
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    return rows.update(closed_at=now)


def close_alert(key: AlertKey, *, now: datetime) -> None:
    Alert.objects.filter(key=key, closed_at=None).update(closed_at=now)
