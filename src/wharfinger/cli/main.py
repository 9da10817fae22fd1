"""`wharfinger`: the commands.

A command that needs Django lives in a module of its own, loaded by name once the configuration is
read, the database runs and Django is set up: its models cannot be imported before.
"""

import argparse
import errno
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module

from wharfinger.cli import arguments
from wharfinger.cli.console import print_aside
from wharfinger.cli.demo import demo_system
from wharfinger.cli.django_start import prepare_home, set_up_django
from wharfinger.cli.failures import CommandFailed
from wharfinger.cli.home import embedded_database, must_answer
from wharfinger.cli.supervisor import installation
from wharfinger.config import environment
from wharfinger.config.environment import Configuration
from wharfinger.config.errors import ConfigurationError
from wharfinger.config.exposure import refuse_exposures

_BAD_CONFIGURATION = 2
_INTERRUPTED = 130
_NO_ROOM = {
    errno.ENOSPC: "free some space on that disk",
    errno.EDQUOT: "this user's share of the disk is used up",
    errno.EROFS: "the file system is mounted read-only; mount it for writing, or name another WHARFINGER_HOME",
}
_WITH_DJANGO = {
    "serve": "wharfinger.cli.serve",
    "worker": "wharfinger.cli.work",
    "migrate": "wharfinger.cli.migrate",
    "backup": "wharfinger.cli.backup_command",
    "rotate-key": "wharfinger.cli.rotate_key",
    "restore": "wharfinger.cli.restore_command",
    "doctor": "wharfinger.cli.doctor",
    "check-ledger": "wharfinger.cli.check_ledger",
    "seed": "wharfinger.cli.demo.seed",
    "set-up-link": "wharfinger.cli.set_up_link",
    "unlock": "wharfinger.cli.unlock",
    "reset-second-factor": "wharfinger.cli.unlock",
    "erase": "wharfinger.cli.privacy.erase_command",
    "manage": "wharfinger.cli.manage",
}

_AS_OWNER = ("migrate", "restore")
"""Commands that make or change tables: with DATABASE_OWNER_URL, as that role."""


def main(words: Sequence[str] | None = None) -> int:
    given = sys.argv[1:] if words is None else list(words)
    try:
        return _run(given)
    except ConfigurationError as error:
        print_aside(f"wharfinger: {error}")
        return _BAD_CONFIGURATION
    except CommandFailed as error:
        if str(error):  # else it was said already
            print_aside(f"wharfinger: {error}")
        return error.exit_code
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        where = f" at {error.filename}" if error.filename else ""
        print_aside(f"wharfinger: Nothing can be written{where} ({error.strerror}): {_NO_ROOM[error.errno]}.")
        return CommandFailed.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED


def _run(words: list[str]) -> int:
    if words[:1] == ["demo-once"]:
        answered: int = import_module("wharfinger.cli.demo.demo_once").main(words[1:])
        return answered
    if words[:1] == ["manage"]:
        return _run_with_django("manage", argparse.Namespace(words=words[1:]))
    given = arguments.parser().parse_args(words)
    if given.command == "demo":
        return demo_system.run(given)
    if given.command in ("serve", "worker"):
        refuse_exposures(environment.current())
    if given.command == "serve" and (given.workers or environment.current().database_url is None):
        return installation.serve(prepare_home(environment.current()), given.workers)
    if given.command == "worker" and not given.watched:
        return installation.work(prepare_home(environment.current()), given.concurrency)
    if given.command == "doctor" and given.demo:
        demo_system.stand_in_the_demo()
    return _run_with_django(given.command, given)


def _run_with_django(command: str, given: argparse.Namespace) -> int:
    with _database(prepare_home(environment.current()), command, for_programs=getattr(given, "json", False)) as running:
        configuration = environment.as_owner(running) if command in _AS_OWNER else running
        set_up_django(configuration)
        answered: int = import_module(_WITH_DJANGO[command]).run(given)
        return answered


@contextmanager
def _database(configuration: Configuration, command: str, *, for_programs: bool) -> Iterator[Configuration]:
    looks_only = command == "doctor"  # it says itself that the database does not answer
    if configuration.database_url is not None:
        if not for_programs:
            must_answer(configuration.database_url)
        yield configuration
        return
    with embedded_database(configuration.home, command, looks_only=looks_only) as url:
        yield environment.with_database(configuration, url)


if __name__ == "__main__":
    sys.exit(main())
