"""The installation's own lines of the timetable: woken once, run under a lock, and what becomes of a run."""

from datetime import timedelta

import pytest
from django.db import connection
from tests.factories.ground import NOW
from tests.factories.wiring import wired

from wharfinger.cli.wiring import EVERY
from wharfinger.db.models import PeriodicTaskSchedule
from wharfinger.operations import triggers
from wharfinger.operations.installation import periodic_tasks
from wharfinger.sync.calls import FlowResult
from wharfinger.worker.runs import run_one_task

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


def run(task):
    run_one_task(wired(periodic_tasks={"remind": task}, every={"remind": timedelta(hours=1)}), "remind")


def jobs():
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'task' FROM procrastinate_jobs WHERE task_name = 'run_periodic_task' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def test_every_periodic_task_is_put_on_the_timetable_and_woken_once():
    assert periodic_tasks.wake_due_tasks(triggers.PERIODIC_TASKS, now=NOW, not_again_before=LATER) == len(
        triggers.PERIODIC_TASKS
    )
    assert periodic_tasks.wake_due_tasks(triggers.PERIODIC_TASKS, now=NOW, not_again_before=LATER) == 0
    assert jobs() == [
        "alerts_out",
        "back_up",
        "bulk_actions",
        "erase",
        "fill_search_words",
        "labels_out",
        "mail_out",
        "prints_out",
        "remind",
        "remove_expired",
        "secret_in",
        "upload_plans",
    ]
    assert set(PeriodicTaskSchedule.objects.values_list("due_at", flat=True)) == {LATER}


def test_one_whose_worker_died_is_woken_again():
    periodic_tasks.wake_due_tasks(triggers.PERIODIC_TASKS, now=NOW, not_again_before=LATER)
    assert periodic_tasks.wake_due_tasks(
        triggers.PERIODIC_TASKS, now=LATER, not_again_before=LATER + timedelta(minutes=5)
    ) == len(triggers.PERIODIC_TASKS)


def test_one_that_a_clock_which_was_ahead_put_off_is_due_now():
    PeriodicTaskSchedule.objects.create(task="remind", due_at=NOW + timedelta(days=400))
    PeriodicTaskSchedule.objects.create(task="mail_out", due_at=NOW + timedelta(minutes=50))
    hourly = {"remind": timedelta(hours=1), "mail_out": timedelta(hours=1)}
    assert periodic_tasks.wake_due_tasks(["remind", "mail_out"], now=NOW, not_again_before=LATER, every=hourly) == 1
    assert jobs() == ["remind"]


def test_one_that_ended_by_a_clock_which_was_ahead_is_due_now_and_put_right():
    ahead = NOW + timedelta(minutes=50)
    PeriodicTaskSchedule.objects.create(task="remind", due_at=ahead, started_at=ahead, finished_at=ahead)
    hourly = {"remind": timedelta(hours=1)}
    woken = [periodic_tasks.wake_due_tasks(["remind"], now=NOW, not_again_before=LATER, every=hourly) for _ in range(2)]
    row = PeriodicTaskSchedule.objects.get()
    assert (woken, row.started_at, row.finished_at) == ([1, 0], NOW, NOW)


def test_a_run_that_ends_is_due_again_by_the_timetable_or_when_it_says():
    run(lambda: FlowResult("1 reminder raised"))
    line = PeriodicTaskSchedule.objects.get()
    assert (line.outcome, line.due_at, line.failures) == ("1 reminder raised", NOW + timedelta(hours=1), 0)
    run(lambda: FlowResult("sooner", NOW + timedelta(seconds=30)))
    assert PeriodicTaskSchedule.objects.get().due_at == NOW + timedelta(seconds=30)


def test_our_own_fault_is_written_fails_the_job_aloud_and_is_tried_again_later():
    def broken():
        raise ZeroDivisionError

    for pause in (30, 60):
        with pytest.raises(ZeroDivisionError):
            run(broken)
        line = PeriodicTaskSchedule.objects.get()
        assert (line.due_at, "Internal error: ZeroDivisionError" in line.error) == (
            NOW + timedelta(seconds=pause),
            True,
        )
    run(lambda: FlowResult("well"))
    assert (PeriodicTaskSchedule.objects.get().failures, PeriodicTaskSchedule.objects.get().error) == (0, "")


def test_the_timetable_names_every_periodic_task_that_is_wired():
    assert set(triggers.PERIODIC_TASKS) <= set(EVERY)
