"""How e-mail leaves, as the worker is wired: what was entered beats the environment, a demo writes files."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings

from wharfinger.amazon.transport import Transport
from wharfinger.cli.installation_tasks import InstallationTasks
from wharfinger.config.clock import SteppedClock
from wharfinger.config.environment import Smtp
from wharfinger.db.models import Alert, MailSettings, PeriodicTaskSchedule, User
from wharfinger.domain.installation.subjects import AboutAccount, AlertKey
from wharfinger.operations import triggers
from wharfinger.worker.time import WorkerClock

pytestmark = pytest.mark.django_db
GIVEN = Smtp("mail.env.example", 465, "u", "p", "tls", "env@example.com")


def post_of(**changes):
    with Transport() as transport:
        installation = InstallationTasks(
            replace(settings.WHARFINGER, **changes), transport, WorkerClock(settings.CLOCK)
        )
        return installation._email_sender()


def test_what_was_entered_beats_the_environment():
    MailSettings.objects.create(host="smtp.example.com", port=587, security="starttls", sender="s@example.com")
    assert post_of(system="live", smtp=GIVEN).way == "smtp.example.com:587"


def test_the_environment_is_used_until_something_is_entered():
    post = post_of(system="live", smtp=GIVEN)
    assert (post.way, post._server.security) == ("mail.env.example:465", "tls")


def test_a_demo_that_was_reported_nothing_writes_files_and_a_live_system_nothing(tmp_path):
    assert post_of(system="demo", smtp=None, home=tmp_path).way == f"a file in {tmp_path / 'mail'}"
    assert post_of(system="live", smtp=None) is None


def without_nights(configuration):
    return replace(configuration, backups=replace(configuration.backups, nightly=False))


def test_the_periodic_tasks_run_as_they_are_wired(tmp_path):
    User.objects.create(username="olga", full_name="Olga", role="administrator", email="olga@example.com")
    Alert.objects.create(
        kind="authorisation_lost",
        key=AlertKey(AboutAccount(1), "lost"),
        subject=AboutAccount(1),
        text="Lost.",
        remedy="Fix.",
        raised_at=settings.CLOCK.now(),
    )
    with Transport() as transport:
        configuration = without_nights(replace(settings.WHARFINGER, home=tmp_path))
        periodic_tasks = InstallationTasks(configuration, transport, WorkerClock(settings.CLOCK)).periodic_tasks()
        outcomes = {name: task().outcome for name, task in periodic_tasks.items()}
    assert outcomes == {
        triggers.REMIND: "nothing more ends soon",
        triggers.MAIL_OUT: "1 sent",
        triggers.BACK_UP: "no backup is due",
        triggers.LABELS_OUT: "no label moves",
        triggers.ALERTS_OUT: "nothing to send",
        triggers.PRINTS_OUT: "nothing to print",
        triggers.UPLOAD_PLANS: "0 SKUs of first uploads planned",
        triggers.FILL_WORDS: "0 orders can be searched by buyer",
        triggers.BULK_ACTIONS: "0 orders of bulk actions",
        triggers.SECRET_IN: "no message",
        triggers.ERASE: "personal data of 0 orders, 0 raw messages, 0 customers erased",
        triggers.REMOVE_EXPIRED: "0 sessions, 0 heartbeats, 0 failed jobs, 0 old records removed",
    }
    assert len(list((tmp_path / "mail").iterdir())) == 1


def erase_now(now):
    with Transport() as transport:
        tasks = InstallationTasks(settings.WHARFINGER, transport, WorkerClock(SteppedClock(now))).periodic_tasks()
        return tasks[triggers.ERASE]()


def test_nothing_is_erased_for_a_day_after_the_clock_went_on_by_days_at_once():
    """It may be years ahead; a day later it has been noticed, or the computer had only stood still."""
    now = settings.CLOCK.now()
    line = PeriodicTaskSchedule.objects.create(task=triggers.ERASE, due_at=now, finished_at=now)
    assert erase_now(now + timedelta(hours=47)).outcome.startswith("personal data of 0 orders")
    ahead = now + timedelta(days=400)
    waits = erase_now(ahead)
    assert ("nothing is erased for a day" in waits.outcome, waits.next_due) == (True, ahead + timedelta(days=1))
    line.finished_at = ahead
    line.save()
    assert erase_now(ahead + timedelta(days=1)).outcome.startswith("personal data of 0 orders")
