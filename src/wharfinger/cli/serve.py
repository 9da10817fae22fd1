"""The web process: migrations when needed, static files gathered, waitress."""

import argparse
import signal
import sys
from types import FrameType
from typing import Any

import waitress  # type: ignore[import-untyped]  # it ships no types
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from wharfinger.cli.failures import CommandFailed
from wharfinger.cli.migrate import migrate_if_needed
from wharfinger.cli.speech import say
from wharfinger.config.clock import current as current_clock
from wharfinger.config.environment import Configuration
from wharfinger.operations.users import first_administrator_link

# A request body on the way in; Django has its own, smaller limit for forms.
_LARGEST_BODY = 64 * 1024 * 1024


def gather_static_files() -> None:
    call_command("collectstatic", interactive=False, verbosity=0, stdout=sys.stderr)


def run(arguments: argparse.Namespace) -> int:
    configuration: Configuration = settings.WHARFINGER
    migrate_if_needed(say)
    gather_static_files()
    link = first_administrator_link(configuration.public_url, now=current_clock().machine_now())
    if link is not None:
        say(f"Make the first administrator here (the link works once): {link}")
    server = _listen(configuration)
    say(f"Wharfinger ({configuration.system}) is at {configuration.public_url}")
    signal.signal(signal.SIGTERM, _leave)
    server.run()
    return 0


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)  # waitress then lets requests under way end


def _listen(configuration: Configuration) -> Any:
    host, port = configuration.listen_host, configuration.listen_port
    try:
        return waitress.create_server(
            get_wsgi_application(),  # made now: it looks at the static files once, when it is made
            host=host,
            port=port,
            threads=configuration.web_threads,
            url_scheme="https" if configuration.is_https else "http",
            max_request_body_size=_LARGEST_BODY,
            ident=None,
        )
    except OSError as error:
        raise CommandFailed(
            f"WHARFINGER_LISTEN, {host}:{port}, cannot be listened on ({error.strerror}): name another port."
        ) from error
