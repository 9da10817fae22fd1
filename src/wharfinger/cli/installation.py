"""`wharfinger serve` as a parent: the embedded database, the pages and, when asked, workers."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from wharfinger.cli import children
from wharfinger.cli.home import locked_home
from wharfinger.cli.household import Household
from wharfinger.cli.postgres import EmbeddedPostgres
from wharfinger.cli.speech import say
from wharfinger.config.environment import Configuration


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
        database = None if configuration.database_url else EmbeddedPostgres(configuration.home, say)
        household = Household(
            home=configuration.home,
            environment={"WHARFINGER_HOME": str(configuration.home)},
            interrupted=ending,
            database=database,
            say=say,
        )
        try:
            household.start_database()
            household.run_once("migrate", children.own_command("migrate"))
            household.start(children.web(configuration.listen_host, configuration.listen_port, show=True))
            for number in range(1, workers + 1):
                household.start(children.worker(number))
            household.watch()
            if not workers:
                say("Pages alone fetch no orders: start “wharfinger worker” beside them, or serve --workers 2.")
            ending.wait()
            say("Stopping …")
        finally:
            household.stop()
    return 0
