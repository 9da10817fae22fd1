"""The parent and its children, with children that are small programs."""

import ctypes
import os
import random
import signal
import subprocess
import sys
import threading

import pytest

from wharfinger.cli.failures import CommandFailed
from wharfinger.cli.supervisor.log_files import LogSizes, keep_logs_small
from wharfinger.cli.supervisor.process_faults import read_process_faults
from wharfinger.cli.supervisor.processes import answers_at, free_port, listen
from wharfinger.cli.supervisor.supervisor import ChildFailed, ManagedProcess, ParentEnded, Supervisor

pytestmark = pytest.mark.system

STAYS = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"


def python(code, *words):
    return (sys.executable, "-c", code, *words)


def wait_until(is_over, seconds=20):
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if is_over():
            return True
        pause.wait(0.02)
    return False


def is_gone(pid):
    """Gone, or dead and only not yet collected by whoever took it over."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture
def supervisor(tmp_path, said):
    supervisor = Supervisor(tmp_path, {"GIVEN": "yes", "TAKEN": None}, console=said.append)
    yield supervisor
    supervisor.stop()


def test_children_get_the_environment_given(supervisor, tmp_path, monkeypatch):
    monkeypatch.setenv("TAKEN", "no")
    supervisor.run_once("look", python("import os; print(os.environ['GIVEN'], os.environ.get('TAKEN'))"))
    assert supervisor.log("look").read_text() == "yes None\n"


def test_a_step_that_fails_is_reported_with_its_last_words(supervisor):
    with pytest.raises(ChildFailed, match=r"(?s)migrate.*ended with 3.*no such table"):
        supervisor.run_once("migrate", python("import sys; print('no such table'); sys.exit(3)"))


def test_a_child_that_ends_before_it_is_ready_fails_the_start(supervisor):
    with pytest.raises(ChildFailed, match=r"(?s)web.*port taken"):
        supervisor.start(ManagedProcess("web", python("print('port taken')"), is_ready=lambda: False))
    assert supervisor.names() == ()


def test_a_start_waits_until_the_child_answers(supervisor):
    port = free_port(0)
    serve = python(
        "import http.server as h, sys; h.test(h.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind='127.0.0.1')",
        str(port),
    )
    supervisor.start(ManagedProcess("web", serve, is_ready=answers_at(f"http://127.0.0.1:{port}/")))
    assert answers_at(f"http://127.0.0.1:{port}/")()


def test_a_killed_child_is_started_again_at_once(supervisor, said):
    supervisor.start(ManagedProcess("worker-1", python(STAYS)))
    supervisor.watch()
    before = supervisor.kill("worker-1")
    assert wait_until(lambda: supervisor.pid("worker-1") not in (before, None))
    assert supervisor.restarts == 1
    assert any("was killed" in line for line in said)


def test_a_child_that_keeps_dying_is_started_later_and_later(supervisor, said):
    supervisor.start(ManagedProcess("worker-1", python("")))
    supervisor.watch()
    assert wait_until(lambda: supervisor.restarts >= 2)
    waits = [line for line in said if "started again in" in line]
    assert "in 0.2 s" in waits[0]
    assert "in 0.4 s" in waits[1]


class DeadDatabase:
    """One that runs once and cannot be started again."""

    def start(self):
        raise OSError("no room on the disk")

    def stop(self):
        pass

    def is_running(self):
        return False


def test_a_database_that_cannot_be_started_ends_the_parent_after_some_tries(tmp_path, said):
    supervisor = Supervisor(tmp_path, {}, DeadDatabase(), said.append, database_tries=3)
    supervisor.watch()
    with pytest.raises(ParentEnded, match="could not be started in 3 tries") as ended:
        supervisor.wait_for_the_end()
    assert ended.value.exit_code == 4
    assert sum("no room on the disk" in line for line in said) == 3


def test_while_a_database_cannot_be_started_the_home_says_so_and_a_stop_gets_through(tmp_path, said):
    supervisor = Supervisor(tmp_path, {}, DeadDatabase(), said.append)
    supervisor.watch()
    assert wait_until(lambda: len(said) >= 3)
    (fault,) = read_process_faults(tmp_path)
    assert (fault.name, "no room on the disk" in fault.text) == ("database", True)
    supervisor.stop()
    supervisor.wait_for_the_end()
    assert read_process_faults(tmp_path) == ()


def test_an_end_that_no_start_would_change_ends_the_parent_with_the_same_code(supervisor):
    supervisor.start(ManagedProcess("worker", python("import sys; sys.exit(4)"), final_codes=(2, 3, 4)))
    supervisor.watch()
    with pytest.raises(ParentEnded) as ended:
        supervisor.wait_for_the_end()
    assert (ended.value.exit_code, str(ended.value)) == (4, "")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("name", ["supervisor", "database"])
def test_a_watcher_that_is_killed_ends_the_parent_with_a_code(tmp_path, said, name):
    supervisor = Supervisor(tmp_path, {}, DeadDatabase(), said.append)
    supervisor.watch()
    (thread,) = [thread for thread in threading.enumerate() if thread.name == name]
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
    with pytest.raises(ParentEnded, match=f"looks after “{name}” ended") as ended:
        supervisor.wait_for_the_end()
    thread.join(20)
    assert ended.value.exit_code == 4


def test_a_child_that_cannot_be_started_for_a_while_is_started_when_it_can(supervisor, said, tmp_path):
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'import time; time.sleep(600)'\n")
    program.chmod(0o700)
    supervisor.start(ManagedProcess("worker-1", (str(program),)))
    supervisor.watch()
    program.rename(tmp_path / "away")
    supervisor.kill("worker-1")
    assert wait_until(lambda: any("ended with" in line for line in said))
    (tmp_path / "away").rename(program)
    assert wait_until(lambda: supervisor.pid("worker-1") is not None)


def test_one_of_the_workers_is_killed_at_random_and_never_the_web(supervisor):
    for name in ("web", "worker-1", "worker-2"):
        supervisor.start(ManagedProcess(name, python(STAYS)))
    web = supervisor.pid("web")
    killed = {supervisor.kill_one("worker-", random.Random(1)) for _ in range(2)}
    assert killed <= {"worker-1", "worker-2", None}
    assert supervisor.pid("web") == web


def test_children_end_last_started_first(supervisor, tmp_path):
    order = tmp_path / "order"
    code = (
        "import signal, sys, time\n"
        "def leave(number, frame):\n"
        "    open(sys.argv[1], 'a').write(sys.argv[2] + '\\n'); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, leave)\n"
        "open(sys.argv[1] + sys.argv[2], 'w').close()\n"
        "time.sleep(600)\n"
    )
    for name in ("simulator", "web", "worker"):
        up = tmp_path / f"order{name}"
        supervisor.start(ManagedProcess(name, python(code, str(order), name), is_ready=up.exists))
    supervisor.stop()
    assert order.read_text().split() == ["worker", "web", "simulator"]


def test_a_child_that_does_not_listen_is_killed_in_the_end(supervisor, said):
    log = supervisor.log("deaf")
    supervisor.start(ManagedProcess("deaf", python(DEAF), is_ready=lambda: "up" in log.read_text(), grace=0.3))
    pid = supervisor.pid("deaf")
    supervisor.stop()
    assert is_gone(pid)
    assert any("is killed" in line for line in said)


def test_a_start_under_way_is_given_up_when_reported(tmp_path):
    interrupted = threading.Event()
    supervisor = Supervisor(tmp_path, {}, interrupted=interrupted)
    threading.Timer(0.2, interrupted.set).start()
    with pytest.raises(ChildFailed, match="waiting for"):
        supervisor.start(ManagedProcess("web", python(STAYS), is_ready=lambda: False))
    pid = supervisor.pid("web")
    supervisor.stop()
    assert is_gone(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent's life")
def test_a_killed_parent_leaves_no_orphan(tmp_path):
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from wharfinger.cli.supervisor.supervisor import ManagedProcess, Supervisor\n"
        "supervisor = Supervisor(Path(sys.argv[1]), {})\n"
        f"supervisor.start(ManagedProcess('stays', (sys.executable, '-c', {STAYS!r})))\n"
        "supervisor.watch()\n"
        "before = supervisor.kill('stays')\n"
        "while supervisor.pid('stays') in (before, None): time.sleep(0.02)\n"
        "print(supervisor.pid('stays'), flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(python(code, str(tmp_path)), stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        assert not is_gone(child)
        os.kill(parent.pid, signal.SIGKILL)
        assert wait_until(lambda: is_gone(child))


def test_a_log_is_kept_small_while_its_process_writes_on(tmp_path):
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as writing:
        writing.write(b"x" * 100)
        keep_logs_small(tmp_path, LogSizes(100))
        assert log.stat().st_size == 100
        writing.write(b"y")
        keep_logs_small(tmp_path, LogSizes(100))
        writing.write(b"z\n")
    assert (log.read_bytes(), (tmp_path / "web.log.1").read_bytes()) == (b"z\n", b"x" * 100 + b"y")


@pytest.mark.parametrize("older", [0, 1, 3])
def test_as_many_older_logs_stay_as_the_setting_says(tmp_path, older):
    log = tmp_path / "web.log"
    (tmp_path / "web.log.7").write_text("of a larger number, before")
    (tmp_path / "web.log.old").write_text("a person's copy")
    for number in range(6):
        log.write_text(f"{number}" * 200)
        keep_logs_small(tmp_path, LogSizes(100, older))
    kept = {path.name: path.read_text()[:1] for path in tmp_path.iterdir()}
    expected = {f"web.log.{place}": str(6 - place) for place in range(1, older + 1)}
    assert kept == {"web.log": "", "web.log.old": "a", **expected}
    assert all(tmp_path.joinpath(name).stat().st_mode & 0o077 == 0 for name in expected)


def test_another_programs_page_is_not_taken_for_the_child(supervisor):
    port = free_port(0)
    serve = python(
        "import http.server as h, sys; h.test(h.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind='127.0.0.1')",
        str(port),
    )
    supervisor.start(ManagedProcess("other", serve, is_ready=answers_at(f"http://127.0.0.1:{port}/")))
    assert not answers_at(f"http://127.0.0.1:{port}/", "start-1")()
    with pytest.raises(CommandFailed, match=f"127.0.0.1:{port}, cannot be listened on"):
        listen("127.0.0.1", port)
