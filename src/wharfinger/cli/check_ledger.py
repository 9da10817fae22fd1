"""`wharfinger check-ledger`: is every level the sum of its movements, and its allocated units those of its orders?

Changes nothing without `--repair`, which brings levels back to what their ledgers say. Ends with 1 when a level
differs (after a repair: still differs), so that a script can ask; `--json` for programs.
"""

import argparse
import json
from dataclasses import asdict

from wharfinger.cli.console import print_aside, print_line
from wharfinger.config.clock import current as current_clock
from wharfinger.db.queries.stock.ledger_check import LedgerDifference, check_ledger
from wharfinger.domain.counts import counted
from wharfinger.operations.stock.ledger_repair import repair_levels

_REMEDY = (
    "The database refuses such a change: somebody switched its guards off. Run “wharfinger check-ledger --repair” to "
    "bring these levels back to their movements and allocations, then count them."
)
_BROKEN = "A ledger that does not go on from line to line is not repaired: restore the database from a backup."


def run(arguments: argparse.Namespace) -> int:
    levels, differences = _look()
    if arguments.repair and differences:
        repaired = repair_levels(differences, now=current_clock().now())
        print_aside(f"{counted(repaired, 'level is', 'levels are')} repaired; count them.")
        levels, differences = _look()
    if arguments.json:
        found = {"levels": levels, "differences": [asdict(one) for one in differences]}
        print_line(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        _print(levels, differences)
    return 1 if differences else 0


def _look() -> tuple[int, list[LedgerDifference]]:
    levels = 0
    differences: list[LedgerDifference] = []
    for part in check_ledger():
        levels += part.levels
        differences += part.differences
    return levels, differences


def _print(levels: int, differences: list[LedgerDifference]) -> None:
    for one in differences:
        print_line(f"✗ {one.item} at {one.site}: {what_differs(one)}")
    if differences:
        print_line("")
        print_line(f"{counted(len(differences), 'level differs', 'levels differ')} of {levels}.")
        print_line(f"  → {_BROKEN if all(one.breaks for one in differences) else _REMEDY}")
    else:
        print_line(f"✓ {counted(levels, 'level')}: each is the sum of its movements and of its allocations.")


def what_differs(one: LedgerDifference) -> str:
    found = []
    if one.on_hand != one.moved:
        found.append(f"{one.on_hand} on hand, {one.moved} by its movements")
    if one.allocated != one.held:
        found.append(f"{one.allocated} allocated, {one.held} by its orders")
    if one.breaks:
        found.append(f"{counted(one.breaks, 'movement does', 'movements do')} not go on from the one before")
    return "; ".join(found)
