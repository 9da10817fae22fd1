"""`wharfinger serve` and `wharfinger worker` as parents: the embedded database, the pages, workers."""

import secrets
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from wharfinger.cli.console import Console, print_aside, print_line
from wharfinger.cli.failures import HomeInUse
from wharfinger.cli.home import HomeLock, locked_home, must_answer, running_database
from wharfinger.cli.postgres.embedded import EmbeddedPostgres
from wharfinger.cli.supervisor import processes
from wharfinger.cli.supervisor.log_files import LogSizes
from wharfinger.cli.supervisor.processes import close_all, listen
from wharfinger.cli.supervisor.supervisor import Supervisor
from wharfinger.config.environment import Configuration, with_database


@contextmanager
def ended_by_signal() -> Iterator[threading.Event]:
    """Set by Ctrl-C, SIGTERM or a closed terminal; only the first counts, so that stopping is not cut short."""
    event = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        event.set()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, note) for number in numbers}
    try:
        yield event
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def serve(configuration: Configuration, workers: int) -> int:
    with locked_home(configuration.home, "serve"), ended_by_signal() as ending:
        close_all(listen(configuration.listen_host, configuration.listen_port))  # else nothing is even started
        supervisor, start = _supervisor(configuration, ending, print_line), secrets.token_hex(8)
        supervisor.environment = {**supervisor.environment, "WHARFINGER_START": start}
        try:
            supervisor.start_database()
            supervisor.run_once("migrate", processes.own_command("migrate"))
            supervisor.start(
                processes.web(configuration.listen_host, configuration.listen_port, show=True, start=start)
            )
            for number in range(1, workers + 1):
                supervisor.start(processes.worker(number))
            supervisor.watch()
            if not workers:
                print_line("Pages alone fetch no orders: start “wharfinger worker” beside them, or serve --workers 2.")
            supervisor.wait_for_the_end()
        finally:
            supervisor.stop()
    return 0


def work(configuration: Configuration, concurrency: int) -> int:
    """`wharfinger worker`: one worker process and the parent that starts it again when it ends by itself."""
    with ended_by_signal() as ending, _home_for_worker(configuration, ending) as supervisor:
        try:
            supervisor.start_database()
            supervisor.start(processes.lone_worker(concurrency))
            supervisor.watch()
            supervisor.wait_for_the_end()
        finally:
            supervisor.stop()
    return 0


@contextmanager
def _home_for_worker(configuration: Configuration, ending: threading.Event) -> Iterator[Supervisor]:
    """With the owner's database, the one that a parent runs on this home, or one of our own."""
    if configuration.database_url is not None:
        must_answer(configuration.database_url)
        yield _supervisor(configuration, ending, print_aside)
        return
    lock = HomeLock(configuration.home)
    try:
        lock.acquire("worker")
    except HomeInUse:
        url = running_database(configuration.home)
        if url is None:
            raise
        yield _supervisor(with_database(configuration, url), ending, print_aside)
        return
    try:
        yield _supervisor(configuration, ending, print_aside)
    finally:
        lock.release()


def _supervisor(configuration: Configuration, ending: threading.Event, console: Console) -> Supervisor:
    url = configuration.database_url
    return Supervisor(
        home=configuration.home,
        environment={"WHARFINGER_HOME": str(configuration.home)} | ({"DATABASE_URL": url} if url else {}),
        interrupted=ending,
        database=None if url else EmbeddedPostgres(configuration.home, console, interrupted=ending),
        console=console,
        log_sizes=log_sizes(configuration),
    )


def log_sizes(configuration: Configuration) -> LogSizes:
    return LogSizes(configuration.log_megabytes * 1024 * 1024, configuration.log_files)
