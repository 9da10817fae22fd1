"""Letters out: test messages that somebody waits for, and open alerts, each once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from wharfinger.db.queries.installation import mail as waiting
from wharfinger.db.queries.installation.mail import WaitingLetter
from wharfinger.domain.installation.alerts import email_of_alert, email_of_test
from wharfinger.operations.installation import mail
from wharfinger.sync.calls import Clock, FlowResult
from wharfinger.sync.mailer import EmailSender, NotSent

NO_WAY = "No e-mail goes out: no mail server is set up. Enter it under Settings, E-mail."
NOBODY = "No e-mail goes out: no recipient is entered under Settings, E-mail, and no administrator has an address."


def run(
    post: EmailSender | None, installation: str, clock: Clock, page_of: Callable[[WaitingLetter], str]
) -> FlowResult:
    """Send what waits; what cannot leave waits, with the reason, and nothing is lost.

    `installation`: our own address; `page_of`: the path of the page where an alert is fixed.
    """
    _send_tests(post, installation, clock)
    letters = waiting.waiting_letters()
    to = waiting.recipients()
    if post is None or not to:
        mail.hold_letters([letter.id for letter in letters], why=NO_WAY if post is None else NOBODY)
        return FlowResult(f"{_wait(len(letters))} for a mail server" if letters else "nothing to send")
    sent, again = 0, [letter.again_at for letter in letters if letter.again_at and letter.again_at > clock.now()]
    for letter in letters:
        if not mail.claim_letter(letter.id, now=clock.now()):
            continue
        try:
            post.send(email_of_alert(letter.kind, letter.text, letter.remedy, page_of(letter), installation), to)
        except NotSent as trouble:
            again.append(mail.fail_letter(letter.id, error=str(trouble), now=clock.now()))
        else:
            mail.settle_mailed(letter.id, now=clock.now())
            sent += 1
    return FlowResult(f"{sent} sent" + (f", {_wait(len(again))}" if again else ""), _soonest(again, clock.now()))


def _wait(letters: int) -> str:
    return f"{letters} {'waits' if letters == 1 else 'wait'}"


def _soonest(times: list[datetime], now: datetime) -> datetime | None:
    """When the first of them is tried again, within the hour that the timetable gives anyway."""
    return min([*times, now + timedelta(hours=1)]) if times else None


def _send_tests(post: EmailSender | None, installation: str, clock: Clock) -> None:
    for test in waiting.tests_to_send():
        error = ""
        if post is None:
            error = NO_WAY
        else:
            try:
                post.send(email_of_test(installation), [test.to])
            except NotSent as trouble:
                error = str(trouble)
        mail.settle_test(test.id, way=post.way if post else "", error=error, now=clock.now())
