"""Alerts out to the destinations that people entered: each once, when it is due there."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from wharfinger.db.queries.installation.destinations import (
    AlertToSend,
    Destination,
    alerts_to_send,
    destinations_to_serve,
    next_delivery_at,
)
from wharfinger.domain.installation.alerts import EmailMessage
from wharfinger.domain.installation.destinations import (
    AlertMessage,
    DestinationKind,
    alert_message,
    message_for,
    test_message,
    text_of,
    title_of,
)
from wharfinger.operations.installation import destinations
from wharfinger.sync.calls import Clock, FlowResult
from wharfinger.sync.mail_out import NO_WAY
from wharfinger.sync.mailer import EmailSender, NotSent
from wharfinger.sync.webhooks import Webhooks

MESSAGES_AT_ONCE = 5
"""To one destination in a run: one that is slow holds up no other for long."""


def run(
    webhooks: Webhooks,
    email: EmailSender | None,
    installation: str,
    clock: Clock,
    page_of: Callable[[AlertToSend], str],
) -> FlowResult:
    """Send what is due; what is not taken waits, with the reason. `installation`: our own address."""

    def send(destination: Destination, alerts: Sequence[AlertMessage]) -> str:
        """Why not; empty = it was taken."""
        try:
            if destination.kind is not DestinationKind.EMAIL:
                webhooks.post(destination.address, message_for(destination.kind, alerts, installation))
            elif email is None:
                return NO_WAY
            else:
                body = "\n\n".join(map(text_of, alerts)) + "\n"
                email.send(EmailMessage(title_of(alerts), body), [destination.address])
        except NotSent as error:
            return str(error)
        return ""

    destinations.plan_deliveries(now=clock.now())
    sent = failed = 0
    for destination in destinations_to_serve():
        if destination.test_wanted:
            error = send(destination, [test_message(clock.now(), installation)])
            destinations.settle_test(destination.id, error=error, now=clock.now())
        for _ in range(MESSAGES_AT_ONCE):
            ids = destinations.claim_deliveries(destination.id, now=clock.now())
            if not ids:
                break
            error = send(destination, [_message(alert, installation, page_of) for alert in alerts_to_send(ids)])
            destinations.settle_deliveries(destination.id, ids, error=error, now=clock.now())
            sent, failed = (sent, failed + len(ids)) if error else (sent + len(ids), failed)
            if error:
                break
    due_at, latest = next_delivery_at(), clock.now() + timedelta(hours=1)
    outcome = f"{sent} sent" + (f", {failed} not" if failed else "") if sent or failed else "nothing to send"
    return FlowResult(outcome, None if due_at is None else min(due_at, latest))


def _message(alert: AlertToSend, installation: str, page_of: Callable[[AlertToSend], str]) -> AlertMessage:
    page = page_of(alert)
    return alert_message(
        alert.kind,
        text=alert.text,
        remedy=alert.remedy,
        page=f"{installation}{page}" if page else "",
        raised_at=alert.raised_at,
    )
