"""What is over is removed, and nothing else."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from tests.factories.ground import NOW

from wharfinger.db.models import WorkerHeartbeat
from wharfinger.operations import triggers
from wharfinger.operations.installation import expired

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def test_sessions_that_expired_are_removed():
    for key, expires in (("over", NOW - SECOND), ("good", NOW + SECOND)):
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    assert expired.remove_expired_sessions(machine_now=NOW) == 1
    assert list(Session.objects.values_list("pk", flat=True)) == ["good"]


def test_heartbeats_of_workers_that_were_killed_are_removed_after_an_hour():
    for name, seen in (("dead", NOW - timedelta(hours=1) - SECOND), ("silent", NOW - timedelta(minutes=59))):
        WorkerHeartbeat.objects.create(name=name, seen_at=seen, started_at=seen)
    assert expired.remove_silent_heartbeats(machine_now=NOW) == 1
    assert list(WorkerHeartbeat.objects.values_list("pk", flat=True)) == ["silent"]


def test_jobs_that_failed_a_week_ago_are_removed_and_waiting_ones_never():
    for task in ("remind", "mail_out", "secret_in"):
        triggers.run_periodic_task(task)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE args->>'task' <> 'secret_in'")
        cursor.execute("UPDATE procrastinate_events SET at = %s", [NOW - timedelta(days=8)])
        cursor.execute(
            "UPDATE procrastinate_events SET at = %s WHERE job_id IN "
            "(SELECT id FROM procrastinate_jobs WHERE args->>'task' = 'mail_out')",
            [NOW - timedelta(days=6)],
        )
        assert expired.remove_failed_jobs(machine_now=NOW) == 1
        cursor.execute("SELECT args->>'task' FROM procrastinate_jobs ORDER BY 1")
        assert cursor.fetchall() == [("mail_out",), ("secret_in",)]


def test_jobs_that_a_clock_ahead_put_off_for_years_run_now_and_others_keep_their_time():
    triggers.verify_channel(1, after_seconds=3_000)
    triggers.verify_channel(2, after_seconds=3 * 365 * 24 * 3600)
    with connection.cursor() as cursor:
        assert triggers.bring_jobs_forward() == 1
        cursor.execute("SELECT (args->>'channel_id')::int, scheduled_at > now() FROM procrastinate_jobs ORDER BY 1")
        assert cursor.fetchall() == [(1, True), (2, False)]
    assert triggers.bring_jobs_forward() == 0
