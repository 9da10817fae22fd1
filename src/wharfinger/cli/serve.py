"""The web process: migrations when needed, static files gathered, waitress."""

import argparse
import os
import signal
import socket
import stat
import sys
from importlib import import_module
from types import FrameType
from typing import Any, TextIO

import waitress  # type: ignore[import-untyped]  # it ships no types
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from wharfinger.cli.console import print_line
from wharfinger.cli.migrate import migrate_if_needed
from wharfinger.cli.privacy.erasing import Done, erase_all
from wharfinger.cli.supervisor.processes import listen
from wharfinger.config.clock import current as current_clock
from wharfinger.config.environment import Configuration
from wharfinger.db.queries.installation.live import is_copy
from wharfinger.operations.installation.users import first_administrator_link, no_administrator

# A request body on the way in; Django has its own, smaller limit for forms.
_LARGEST_BODY = 64 * 1024 * 1024


def gather_static_files() -> None:
    call_command("collectstatic", interactive=False, verbosity=0, stdout=sys.stderr)


def run(arguments: argparse.Namespace) -> int:
    configuration: Configuration = settings.WHARFINGER
    # First of all: where another program listens nothing is changed, and no one-time link is printed.
    sockets = listen(configuration.listen_host, configuration.listen_port)
    migrate_if_needed(print_line)
    _erase_what_was_restored()
    gather_static_files()
    _offer_first_administrator(configuration)
    server = _server(configuration, sockets)
    print_line(f"Wharfinger ({configuration.system}) is at {configuration.public_url}")
    signal.signal(signal.SIGTERM, _leave)
    server.run()
    return 0


def _erase_what_was_restored() -> None:
    """A backup holds people whose time is over since: nobody signs in before they are erased."""
    if is_copy():
        done = erase_all(current_clock().now())
        if done != Done():
            print_line(f"Restored from a backup: personal data of {done} erased, whose time is over.")


def _offer_first_administrator(configuration: Configuration) -> None:
    """The link is shown to people at a console; a file or the system's journal would keep it."""
    if _is_kept(sys.stdout):
        if no_administrator():
            print_line("There is no administrator yet: run “wharfinger set-up-link” for a one-time link.")
        return
    link = first_administrator_link(configuration.public_url, now=current_clock().machine_now())
    if link is not None:
        print_line(f"Create the first administrator here (the link works once, within an hour): {link}")


def _is_kept(stream: TextIO) -> bool:
    try:
        mode = os.fstat(stream.fileno()).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(mode) or stat.S_ISSOCK(mode)  # journald hands its services a socket


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)  # waitress then lets requests under way end


def _proxy(configuration: Configuration) -> dict[str, Any]:
    """Whose X-Forwarded-… headers count: the owner's reverse proxy, nobody else's."""
    if not configuration.trusted_proxy:
        return {}
    headers = {"x-forwarded-for", "x-forwarded-proto"}
    return {"trusted_proxy": configuration.trusted_proxy, "trusted_proxy_headers": headers}


def application() -> WSGIHandler:
    """Django's, with every page imported: what cannot be imported is known at the start, not at the first request, and
    a program that is replaced under a running process mixes no two versions."""
    made = get_wsgi_application()  # it looks at the static files once, when it is made
    import_module(settings.ROOT_URLCONF)
    return made


def _server(configuration: Configuration, sockets: list[socket.socket]) -> Any:
    return waitress.create_server(
        application(),
        sockets=sockets,
        threads=configuration.web_threads,
        url_scheme="https" if configuration.is_https else "http",
        max_request_body_size=_LARGEST_BODY,
        ident=None,
        **_proxy(configuration),
    )
