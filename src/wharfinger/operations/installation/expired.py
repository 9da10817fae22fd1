"""What is over is removed: sessions, heartbeats of killed workers, jobs that failed long ago. Machine time."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection

from wharfinger.db.models import WorkerHeartbeat
from wharfinger.operations.transaction import operation

HEARTBEATS_KEPT = timedelta(hours=1)
FAILED_JOBS_KEPT = timedelta(days=7)
_AT_ONCE = 10_000


@operation
def remove_expired_sessions(*, machine_now: datetime) -> int:
    return Session.objects.filter(expire_date__lt=machine_now).delete()[0]


@operation
def remove_silent_heartbeats(*, machine_now: datetime) -> int:
    return WorkerHeartbeat.objects.filter(seen_at__lt=machine_now - HEARTBEATS_KEPT).delete()[0]


@operation
def remove_failed_jobs(*, machine_now: datetime) -> int:
    """A job is only a trigger: one that failed is of use to who looks for the reason, for a week. Some at a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE id IN (SELECT job.id FROM procrastinate_jobs job "
            "WHERE job.status IN ('failed', 'aborted', 'cancelled') AND NOT EXISTS (SELECT 1 FROM procrastinate_events "
            "event WHERE event.job_id = job.id AND event.at >= %s) LIMIT %s)",
            [machine_now - FAILED_JOBS_KEPT, _AT_ONCE],
        )
        return int(cursor.rowcount)
