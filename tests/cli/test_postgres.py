"""The embedded server, with real processes and real kills."""

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from wharfinger.cli.failures import CommandFailed, HomeInUse
from wharfinger.cli.home import HomeLock, embedded_database, publish_database, withdraw_database
from wharfinger.cli.postgres.embedded import EmbeddedPostgres

pytestmark = pytest.mark.system

HOLD = """
import sys, time
from pathlib import Path
from wharfinger.cli.home import locked_home
from wharfinger.cli.postgres.embedded import EmbeddedPostgres
with locked_home(Path(sys.argv[1]), "serve"):
    database = EmbeddedPostgres(Path(sys.argv[1]))
    database.start()
    print(database.pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def server(home, said):
    server = EmbeddedPostgres(home, said.append)
    yield server
    server.stop()


def hold(home):
    """Another process that has the home and its database; returns it and the server's pid."""
    parent = subprocess.Popen([sys.executable, "-c", HOLD, str(home)], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    return parent, pid


def end(parent, pid):
    """Kill the parent as a crash would, and wait until its server has followed."""
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert wait_until(lambda: is_gone(pid))


def ask(url, sql):
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone() if cursor.description else None


def wait_until(is_over, seconds=20):
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if is_over():
            return True
        pause.wait(0.02)
    return False


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_it_starts_keeps_what_it_was_reported_and_starts_again(server, home):
    url = server.start()
    ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
    assert ask(url, "SELECT current_setting('server_encoding'), current_setting('TimeZone')") == ("UTF8", "UTC")
    server.stop()
    assert not server.is_running()
    again = EmbeddedPostgres(home)
    assert ask(again.start(), "SELECT number FROM kept") == (7,)
    again.stop()


def test_nobody_else_gets_in(server, home):
    url = server.start()
    assert ask(url, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'peer'") == (0,)
    assert ask(url, "SELECT current_setting('listen_addresses')") == ("",)
    for folder in (home / "run", home / "postgres", home / "logs"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.skipif(os.getuid() != 0, reason="only root has to give the server to another user")
def test_as_root_an_unprivileged_user_runs_it(server):
    server.start()
    assert os.stat(f"/proc/{server.pid}").st_uid != 0


def test_a_long_home_gets_a_short_socket_folder(home):
    long = home / ("h" * 120)
    server = EmbeddedPostgres(long)
    try:
        assert ask(server.start(), "SELECT 1") == (1,)
        folder = Path(parse_qs(urlsplit(server.url).query)["host"][0])
        assert len(str(folder)) < 80
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        server.stop()
    assert not folder.exists()


def test_a_killed_parent_takes_its_server_along(home, server):
    parent, pid = hold(home)
    end(parent, pid)
    assert ask(server.start(), "SELECT 1") == (1,)


def test_it_recovers_when_everything_was_killed(home, server):
    parent, pid = hold(home)
    url = server.url
    ask(url, "CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(pid, signal.SIGKILL)
    end(parent, pid)
    assert (home / "postgres/18/postmaster.pid").exists()
    assert ask(server.start(), "SELECT number FROM kept") == (7,)


def test_a_number_that_another_program_has_now_stops_nothing(home, server):
    parent, pid = hold(home)
    os.kill(pid, signal.SIGKILL)
    end(parent, pid)
    stale = home / "postgres/18/postmaster.pid"
    stale.write_text("\n".join([str(os.getpid()), *stale.read_text().splitlines()[1:]]) + "\n")
    assert ask(server.start(), "SELECT 1") == (1,)


def test_a_server_left_by_a_dead_parent_is_shut_down_first(home, said):
    left = EmbeddedPostgres(home)
    left.start()
    server = EmbeddedPostgres(home, said.append)
    try:
        assert ask(server.start(), "SELECT 1") == (1,)
        assert "shut down first" in " ".join(said)
        assert not left.is_running()
    finally:
        server.stop()


def test_a_server_that_cannot_start_says_why(home, server):
    server.start()
    server.stop()
    (home / "postgres/18/postgresql.conf").write_text("nonsense = yes\n")
    with pytest.raises(CommandFailed, match="nonsense"):
        server.start()


def test_a_second_parent_is_reported_who_has_the_home(home):
    parent, pid = hold(home)
    try:
        with pytest.raises(HomeInUse, match=rf"wharfinger serve \(process {parent.pid}\)"):
            HomeLock(home).acquire("demo")
        second = subprocess.run(
            [sys.executable, "-m", "wharfinger.cli.main", "serve"],
            env=os.environ | {"WHARFINGER_HOME": str(home), "DATABASE_URL": "", "WHARFINGER_SYSTEM": "live"},  # noqa: TID251 -- a child's environment
            capture_output=True,
            text=True,
            check=False,
        )
        assert (second.returncode, second.stdout) == (3, "")
        assert second.stderr.count("\n") == 1
        assert str(home) in second.stderr
    finally:
        end(parent, pid)


def test_a_killed_parent_leaves_the_home_free(home):
    parent, pid = hold(home)
    end(parent, pid)
    lock = HomeLock(home)
    lock.acquire("demo")
    lock.release()


def test_a_short_command_uses_the_database_that_runs(home, server):
    lock = HomeLock(home)
    lock.acquire("serve")
    publish_database(home, server.start())
    with embedded_database(home, "migrate") as url:
        assert url == server.url
    assert server.is_running()
    withdraw_database(home)
    with pytest.raises(HomeInUse), embedded_database(home, "migrate"):
        pass
    lock.release()


def test_a_short_command_starts_and_stops_the_database_when_none_runs(home):
    with embedded_database(home, "migrate") as url:
        assert ask(url, "SELECT 1") == (1,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
