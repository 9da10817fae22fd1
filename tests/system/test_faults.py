"""Faults of the database and killed processes, with real processes: work goes on soon after each.

"Soon" is ten seconds after the fault's end; asserted is what a machine may take that does much else meanwhile. What
does not recover by itself waits minutes or for ever, far beyond that.
"""

import os
import signal
import subprocess
import sys

import pytest
from tests.system.faults import OUTER_LIMIT, a_home, running, serving, until

pytestmark = pytest.mark.system

SOON = 60.0

REFUSE = """
CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'no room on the disk' USING ERRCODE = 'disk_full'; END $$
"""
STATEMENTS = (
    ("a job cannot be put into the queue", "INSERT", "procrastinate_jobs", 10),
    ("a job cannot be taken", "UPDATE", "procrastinate_jobs", 4),
    ("a job's end cannot be written", "DELETE", "procrastinate_jobs", 4),
    ("the engine's heartbeat cannot be written", "UPDATE", "procrastinate_workers", 6),
    ("our heartbeat cannot be written", "UPDATE", "wharfinger_workerheartbeat", 4),
    ("the timetable cannot be written", "UPDATE", "wharfinger_periodictaskschedule", 4),
)
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


def test_work_goes_on_after_every_fault_of_the_database():
    """One installation, one fault after the other; the seconds until work goes on are printed."""
    with a_home() as installation, serving(installation) as parent:
        took = dict(after_statements_that_fail(installation))
        took |= dict(after_backends_that_are_ended(installation))
        took["PostgreSQL cannot be started again at once"] = after_a_start_that_fails(installation)
        print("\n".join(f"{seconds:5.1f} s  {what}" for what, seconds in took.items()))  # noqa: T201 -- for who looks
        assert max(took.values()) < SOON, took
        assert parent.poll() is None
        a_stop_gets_through(installation, parent)


def after_statements_that_fail(installation):
    installation.ask(REFUSE)
    for what, statement, table, seconds in STATEMENTS:
        installation.make_due()
        installation.ask(f"CREATE TRIGGER refuse BEFORE {statement} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()")
        (ends,) = installation.ask("SELECT clock_timestamp() + make_interval(secs => %s)", seconds)
        if statement == "INSERT":
            findings = installation.doctor()
            assert [text for title, text in findings if title == "Job queue" and "no room on the disk" in text], (
                findings
            )
        until(lambda end=ends: installation.ask("SELECT clock_timestamp() > %s", *end) == [(True,)], "the fault's end")
        installation.ask(f"DROP TRIGGER refuse ON {table}")
        yield what, installation.goes_on(what)


def after_backends_that_are_ended(installation):
    for number, (pid,) in enumerate(installation.ask(BACKENDS), 1):
        installation.ask("SELECT pg_terminate_backend(%s)", pid)
        yield f"backend {number} was ended", installation.goes_on(f"backend {number} was ended")
    installation.ask(f"SELECT pg_terminate_backend(pid) FROM ({BACKENDS}) AS others")
    yield "every backend was ended", installation.goes_on("every backend was ended")


def kill_postgres(installation):
    """SIGKILL, and it does not start again until its settings are made sound by the function that is answered."""
    settings = installation.home / "postgres/18/postgresql.conf"
    sound = settings.read_text()
    settings.write_text(f"{sound}\nnonsense = yes\n")
    before = installation.printed().count("could not be started again")
    os.kill(int((installation.home / "postgres/18/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    until(lambda: installation.printed().count("could not be started again") > before, "the parent says so")
    return lambda: settings.write_text(sound)


def after_a_start_that_fails(installation):
    installation.make_due()
    restore = kill_postgres(installation)
    findings = installation.doctor()
    assert {"Database", "Processes"} <= {title for title, _ in findings}, findings
    assert [text for _, text in findings if "nonsense" in text], findings
    restore()
    return until(installation.is_done, "work goes on once PostgreSQL can be started")


def a_stop_gets_through(installation, parent):
    """While the database cannot be started."""
    kill_postgres(installation)
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(OUTER_LIMIT) == 0


def test_a_worker_alone_is_started_again_and_goes_on():
    with a_home() as installation, serving(installation, workers=0), running(installation, "worker") as parent:
        until(installation.is_done, "the worker is at work")
        for (pid,) in installation.ask("SELECT split_part(name, ':', 2)::int FROM wharfinger_workerheartbeat"):
            assert pid != parent.pid
            os.kill(pid, signal.SIGKILL)
        took = [installation.goes_on("the worker was killed")]
        for (pid,) in installation.ask(BACKENDS):
            installation.ask("SELECT pg_cancel_backend(%s)", pid)
        took.append(installation.goes_on("statements of the engine were cancelled"))
        assert max(took) < SOON
        the_thread_of_the_timetable_is_killed(installation)
        parent.terminate()
        assert parent.wait(OUTER_LIMIT) == 0


KILL_ROUNDS = """
import ctypes, sys, threading, time
def kill():
    while not (found := [t for t in threading.enumerate() if t.name == "scheduler"]):
        time.sleep(0.1)
    time.sleep(2)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(found[0].ident), ctypes.py_object(SystemExit))
threading.Thread(target=kill, daemon=True).start()
from wharfinger.cli.main import main
sys.exit(main(["worker", "--watched"]))
"""


def the_thread_of_the_timetable_is_killed(installation):
    """The process ends with a code, so that its parent starts another."""
    ended = subprocess.run(
        [sys.executable, "-c", KILL_ROUNDS],
        env=installation.environment,
        capture_output=True,
        text=True,
        timeout=OUTER_LIMIT,
        check=False,
    )
    assert (ended.returncode, "this process ends too" in ended.stderr) == (5, True), ended.stderr
