"""A worker process: takes jobs until a signal ends it."""

import argparse
import logging
import os

from wharfinger.cli.migrate import must_be_migrated
from wharfinger.cli.wiring import run_worker

ENDED_BY_ITSELF = 5


def run(arguments: argparse.Namespace) -> int:
    must_be_migrated()
    ended_by_signal = run_worker(arguments.concurrency)
    logging.shutdown()
    # Not by returning: Python would wait for the threads of jobs that outlast their grace.
    os._exit(0 if ended_by_signal else ENDED_BY_ITSELF)
