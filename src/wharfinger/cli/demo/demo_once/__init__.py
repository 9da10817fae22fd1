"""`wharfinger demo-once`: the main job without a browser: the same pages, the same redirects, judged by
the simulator's books."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from wharfinger.cli.demo.demo_once.run import Plan, run_demo_once

DESCRIPTION = """\
Makes a fresh demo system, does the main job in it through its pages (channels, authorisation by the real
redirects, orders, stock, shipping), compares its database with the simulator's books and prints a table.
Ends with 1 unless nothing was lost, duplicated, wrong, confirmed twice, oversold, unexplained or throttled by us."""


def main(words: Sequence[str]) -> int:
    return run_demo_once(_plan(words))


def _plan(words: Sequence[str]) -> Plan:
    parser = argparse.ArgumentParser(
        prog="wharfinger demo-once", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the verdict here too")
    parser.add_argument("--kill-workers", action="store_true", help="kill a worker with SIGKILL at random moments")
    parser.add_argument("--orders", type=int, default=300, metavar="N", help="orders to place (300)")
    parser.add_argument("--shipments", type=int, default=100, metavar="N", help="shipments to confirm (100)")
    parser.add_argument("--rate", type=float, default=60.0, help="how many times faster trade goes (60)")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="worker processes (2)")
    parser.add_argument("--seed", type=int, default=1, help="of the simulator's world and of the kills (1)")
    given = parser.parse_args(list(words))
    if given.orders < 1 or given.workers < 1 or given.shipments < 0:
        parser.error("give at least one order and one worker")
    return Plan(
        orders=given.orders,
        shipments=given.shipments,
        rate=given.rate,
        workers=given.workers,
        seed=given.seed,
        kill_workers=given.kill_workers,
        json_path=given.json,
    )
