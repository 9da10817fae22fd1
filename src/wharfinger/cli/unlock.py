"""`wharfinger unlock NAME`: a person whom wrong passwords keep out may try again at once."""

import argparse

from wharfinger.cli.console import print_line
from wharfinger.cli.failures import CommandFailed
from wharfinger.config.clock import current as current_clock
from wharfinger.operations.installation import sign_in
from wharfinger.operations.refusals import Refused


def run(arguments: argparse.Namespace) -> int:
    try:
        person = sign_in.unlock(arguments.name, now=current_clock().now())
    except Refused as refused:
        raise CommandFailed(refused.message) from refused
    print_line(f"{person} ({person.username}) may try to sign in again.")
    return 0
