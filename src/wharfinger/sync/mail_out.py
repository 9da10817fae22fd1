"""E-mail out: test messages that somebody waits for, and open alerts, each once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from wharfinger.db.queries.installation import mail as waiting
from wharfinger.db.queries.installation.mail import WaitingEmail
from wharfinger.domain.installation.alerts import email_of_alert, email_of_test
from wharfinger.operations.installation import mail
from wharfinger.sync.calls import Clock, FlowResult
from wharfinger.sync.mailer import EmailSender, NotSent

NO_WAY = "No e-mail is sent: no mail server is set up. Enter it under Settings, E-mail."
NOBODY = "No e-mail is sent: no recipient is entered under Settings, E-mail, and no administrator has an address."


def run(
    sender: EmailSender | None, installation: str, clock: Clock, page_of: Callable[[WaitingEmail], str]
) -> FlowResult:
    """Send what waits; what cannot leave waits, with the reason, and nothing is lost.

    `installation`: our own address; `page_of`: the path of the page where an alert is fixed.
    """
    _send_tests(sender, installation, clock)
    alerts = waiting.waiting_emails()
    to = waiting.recipients()
    if sender is None or not to:
        mail.hold_emails([alert.id for alert in alerts], why=NO_WAY if sender is None else NOBODY)
        return FlowResult(f"{_wait(len(alerts))} for a mail server" if alerts else "nothing to send")
    sent, again = 0, [alert.again_at for alert in alerts if alert.again_at and alert.again_at > clock.now()]
    for alert in alerts:
        if not mail.claim_email(alert.id, now=clock.now()):
            continue
        try:
            sender.send(email_of_alert(alert.kind.msgid, alert.text, alert.remedy, page_of(alert), installation), to)
        except NotSent as trouble:
            again.append(mail.fail_email(alert.id, error=str(trouble), now=clock.now()))
        else:
            mail.settle_mailed(alert.id, now=clock.now())
            sent += 1
    return FlowResult(f"{sent} sent" + (f", {_wait(len(again))}" if again else ""), _soonest(again, clock.now()))


def _wait(alerts: int) -> str:
    return f"{alerts} {'waits' if alerts == 1 else 'wait'}"


def _soonest(times: list[datetime], now: datetime) -> datetime | None:
    """When the first of them is tried again, within the hour that the timetable gives anyway."""
    return min([*times, now + timedelta(hours=1)]) if times else None


def _send_tests(sender: EmailSender | None, installation: str, clock: Clock) -> None:
    for test in waiting.tests_to_send():
        error = ""
        if sender is None:
            error = NO_WAY
        else:
            try:
                sender.send(email_of_test(installation), [test.to])
            except NotSent as trouble:
                error = str(trouble)
        mail.settle_test(test.id, way=sender.way if sender else "", error=error, now=clock.now())
