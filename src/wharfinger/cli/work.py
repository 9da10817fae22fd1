"""A worker process: takes jobs until it is told to end."""

import argparse

from wharfinger.cli.migrate import must_be_migrated
from wharfinger.cli.wiring import run_worker


def run(arguments: argparse.Namespace) -> int:
    must_be_migrated()
    run_worker(arguments.concurrency)
    return 0
