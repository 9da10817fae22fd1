"""Where alerts go beside the pages and the mail of all: which of them, when, and as what. Pure.

Quiet hours and digests go by trade time in the destination's own zone. An urgent alert is in no digest.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.labels import Labelled


class DestinationKind(Labelled):
    WEBHOOK = "webhook", "Webhook (JSON)"
    SLACK = "slack", "Slack"
    TEAMS = "teams", "Microsoft Teams"
    NTFY = "ntfy", "Push by ntfy"
    EMAIL = "email", "E-mail"


class DeliveryState(Labelled):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    CLOSED = "closed", "Closed before it was sent"


URGENT = frozenset(
    {
        AlertKind.AUTHORISATION_LOST,
        AlertKind.APPLICATION_REFUSED,
        AlertKind.NO_CHANNEL,
        AlertKind.ORDERS_NOT_SEEN,
        AlertKind.ACCOUNT_STATUS,
    }
)
"""Trade stands still or is lost meanwhile; the others are reminders."""
ATTEMPTS_AT_MOST = 20
"""With pauses of up to half an hour: most of a working day."""
ALERTS_IN_A_MESSAGE = 20
DIGESTS = (0, 60, 240, 1440)
"""Minutes: each alert at once, or collected so long, counted from midnight."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """From one hour of the day to another, over midnight where the end is not later. Both in `zone`."""

    since: time
    until: time
    zone: str

    def end_after(self, at: datetime) -> datetime:
        """The end of the quiet hours that `at` falls in; `at` itself outside them."""
        local = at.astimezone(ZoneInfo(self.zone))
        over_midnight = self.until <= self.since
        now = local.time()
        quiet = (now >= self.since or now < self.until) if over_midnight else self.since <= now < self.until
        if not quiet:
            return at
        day = local.date() + timedelta(days=1) if over_midnight and now >= self.since else local.date()
        return max(at, datetime.combine(day, self.until, local.tzinfo).astimezone(at.tzinfo))


@dataclass(frozen=True, slots=True)
class Route:
    """What a destination gets, and when. No `kinds` = all. `digest`: minutes, 0 = none."""

    kinds: frozenset[str] = frozenset()
    urgent_only: bool = False
    quiet: Quiet | None = None
    urgent_breaks_quiet: bool = True
    digest: int = 0
    zone: str = "UTC"

    def takes(self, kind: AlertKind) -> bool:
        return (not self.kinds or kind.value in self.kinds) and (not self.urgent_only or kind in URGENT)

    def due_at(self, kind: AlertKind, now: datetime) -> datetime:
        """When an alert that is known now goes out; never earlier than now."""
        urgent = kind in URGENT
        at = now if urgent or not self.digest else _end_of_digest(now, self.digest, self.zone)
        if self.quiet is None or (urgent and self.urgent_breaks_quiet):
            return at
        return self.quiet.end_after(at)


def _end_of_digest(now: datetime, minutes: int, zone: str) -> datetime:
    local = now.astimezone(ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (local - midnight) // timedelta(minutes=minutes)
    return max(now, (midnight + timedelta(minutes=minutes) * (passed + 1)).astimezone(now.tzinfo))


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """An alert as it is sent. `kind`: its code, or “test”. `page`: a whole address, or empty."""

    kind: str
    title: str
    urgent: bool
    text: str
    remedy: str
    page: str
    raised_at: datetime


def alert_message(kind: AlertKind, *, text: str, remedy: str, page: str, raised_at: datetime) -> AlertMessage:
    return AlertMessage(kind.value, kind.msgid, kind in URGENT, text, remedy, page, raised_at)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One HTTP POST. It holds no personal data and no secret."""

    body: bytes
    headers: tuple[tuple[str, str], ...]


def message_for(kind: DestinationKind, alerts: Sequence[AlertMessage], installation: str) -> Outgoing:
    """For everything but e-mail. `installation`: our own address."""
    match kind:
        case DestinationKind.SLACK:
            return _json({"text": "\n\n".join(map(_slack, alerts))})
        case DestinationKind.TEAMS:
            return _json(_teams(alerts))
        case DestinationKind.NTFY:
            return _ntfy(alerts)
        case _:
            return _json({"installation": installation, "alerts": [_as_json(alert) for alert in alerts]})


def test_message(now: datetime, installation: str) -> AlertMessage:
    text = f"This is the test message you requested. Alerts from Wharfinger at {installation} will reach you here."
    return AlertMessage("test", "Test message", False, text, "Nothing is to be done.", f"{installation}/alerts/", now)


def title_of(alerts: Sequence[AlertMessage]) -> str:
    return f"Wharfinger: {alerts[0].title}" if len(alerts) == 1 else f"Wharfinger: {len(alerts)} alerts"


def text_of(alert: AlertMessage) -> str:
    lines = [alert.text, f"What to do: {alert.remedy}"]
    return "\n".join([*lines, alert.page] if alert.page else lines)


def _json(value: object) -> Outgoing:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Outgoing(body, (("Content-Type", "application/json; charset=utf-8"),))


def _as_json(alert: AlertMessage) -> dict[str, object]:
    return {
        "kind": alert.kind,
        "title": alert.title,
        "text": alert.text,
        "remedy": alert.remedy,
        "page": alert.page,
        "raised_at": alert.raised_at.isoformat(),
        "urgent": alert.urgent,
    }


def _slack(alert: AlertMessage) -> str:
    """Slack takes <…> and & for its own signs."""
    text = f"*{alert.title}*\n{text_of(alert)}"
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(alerts: Sequence[AlertMessage]) -> dict[str, object]:
    """An adaptive card, as the Teams workflow “When a webhook request is received” posts it."""
    blocks: list[dict[str, object]] = []
    for alert in alerts:
        blocks.append({"type": "TextBlock", "text": alert.title, "weight": "Bolder", "wrap": True})
        blocks.append({"type": "TextBlock", "text": text_of(alert).replace("\n", "\n\n"), "wrap": True})
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _ntfy(alerts: Sequence[AlertMessage]) -> Outgoing:
    """The address names the topic; titles of kinds are plain ASCII, as a header must be."""
    body = "\n\n".join(map(text_of, alerts)).encode()
    priority = "urgent" if any(alert.urgent for alert in alerts) else "default"
    headers = [("Title", title_of(alerts)), ("Priority", priority), ("Content-Type", "text/plain; charset=utf-8")]
    if len(alerts) == 1 and alerts[0].page.isascii() and alerts[0].page:
        headers.append(("Click", alerts[0].page))
    return Outgoing(body, tuple(headers))


def shown_address(kind: DestinationKind, address: str) -> str:
    """What a page may show of an address: the rest of it is the secret."""
    if kind is DestinationKind.EMAIL:
        return address
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}/…"
