"""`wharfinger unlock NAME` and `wharfinger reset-second-factor NAME`: who is kept out gets in again."""

import argparse

from wharfinger.cli.console import print_line
from wharfinger.cli.failures import CommandFailed
from wharfinger.config.clock import current as current_clock
from wharfinger.operations.installation import sign_in
from wharfinger.operations.installation.factors import second_factor
from wharfinger.operations.refusals import Refused


def run(arguments: argparse.Namespace) -> int:
    now, resets = current_clock().now(), arguments.command == "reset-second-factor"
    try:
        person = (second_factor.reset if resets else sign_in.unlock)(arguments.name, now=now)
    except Refused as refused:
        raise CommandFailed(refused.message) from refused
    if resets:
        print_line(f"{person} ({person.username}) sets up a second factor at the next sign-in.")
    else:
        print_line(f"{person} ({person.username}) may try to sign in again.")
    return 0
