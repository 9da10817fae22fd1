"""`wharfinger set-up-link`: another one-time link for the first administrator, on the console."""

import argparse

from django.conf import settings

from wharfinger.cli.console import print_line
from wharfinger.cli.failures import CommandFailed
from wharfinger.config.clock import current as current_clock
from wharfinger.operations.installation.users import first_administrator_link


def run(arguments: argparse.Namespace) -> int:
    link = first_administrator_link(settings.WHARFINGER.public_url, now=current_clock().machine_now())
    if link is None:
        raise CommandFailed("There is already an administrator, who creates links under Settings, Users.")
    print_line(link)
    return 0
