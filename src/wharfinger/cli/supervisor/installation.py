"""`wharfinger serve` and `wharfinger worker` as parents: the embedded database, the pages, workers."""

import secrets
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from wharfinger.cli.console import Say, say, say_aside
from wharfinger.cli.failures import HomeInUse
from wharfinger.cli.home import HomeLock, locked_home, must_answer, running_database
from wharfinger.cli.postgres.embedded import EmbeddedPostgres
from wharfinger.cli.supervisor import processes
from wharfinger.cli.supervisor.processes import close_all, listen
from wharfinger.cli.supervisor.supervisor import Household
from wharfinger.config.environment import Configuration, with_database


@contextmanager
def told_to_end() -> Iterator[threading.Event]:
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
    with locked_home(configuration.home, "serve"), told_to_end() as ending:
        close_all(listen(configuration.listen_host, configuration.listen_port))  # else nothing is even started
        household, start = _household(configuration, ending, say), secrets.token_hex(8)
        household.environment = {**household.environment, "WHARFINGER_START": start}
        try:
            household.start_database()
            household.run_once("migrate", processes.own_command("migrate"))
            household.start(processes.web(configuration.listen_host, configuration.listen_port, show=True, start=start))
            for number in range(1, workers + 1):
                household.start(processes.worker(number))
            household.watch()
            if not workers:
                say("Pages alone fetch no orders: start “wharfinger worker” beside them, or serve --workers 2.")
            household.end_when_told()
        finally:
            household.stop()
    return 0


def work(configuration: Configuration, concurrency: int) -> int:
    """`wharfinger worker`: one worker process and the parent that starts it again when it ends by itself."""
    with told_to_end() as ending, _home_for_worker(configuration, ending) as household:
        try:
            household.start_database()
            household.start(processes.lone_worker(concurrency))
            household.watch()
            household.end_when_told()
        finally:
            household.stop()
    return 0


@contextmanager
def _home_for_worker(configuration: Configuration, ending: threading.Event) -> Iterator[Household]:
    """With the owner's database, the one that a parent runs on this home, or one of our own."""
    if configuration.database_url is not None:
        must_answer(configuration.database_url)
        yield _household(configuration, ending, say_aside)
        return
    lock = HomeLock(configuration.home)
    try:
        lock.acquire("worker")
    except HomeInUse:
        url = running_database(configuration.home)
        if url is None:
            raise
        yield _household(with_database(configuration, url), ending, say_aside)
        return
    try:
        yield _household(configuration, ending, say_aside)
    finally:
        lock.release()


def _household(configuration: Configuration, ending: threading.Event, say: Say) -> Household:
    url = configuration.database_url
    return Household(
        home=configuration.home,
        environment={"WHARFINGER_HOME": str(configuration.home)} | ({"DATABASE_URL": url} if url else {}),
        interrupted=ending,
        database=None if url else EmbeddedPostgres(configuration.home, say, interrupted=ending),
        say=say,
    )
