"""`make chaos`: real processes, broken by a seeded plan, round by round; after each the books must be equal.

An installation with its supervisor, database, web, two workers and the simulator lives through all rounds. The last
line says what was done: `5 rounds, 118 orders, 27 faults, 0 differences`. Exit 1 when there was a difference, or when
nothing was played.
"""

import argparse
import os
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2
from tests.chaos.breaking import Breaker, Undo
from tests.chaos.plan import SECONDS, Break, Round, round_of
from tests.chaos.small_disk import Ballast, own_disk

from wharfinger.cli.console import print_line
from wharfinger.cli.demo.demo_once.run import Installation, fresh_installation
from wharfinger.config import environment

REST = 150.0
"""Seconds of machine time in which everything comes right after a round."""
ROUND_TAKES = SECONDS + 15.0
RATE = 60.0
BURST = 60
"""Orders that come at once while a worker gets no more memory."""


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how many (5)")
    parser.add_argument("--minutes", type=float, default=24 * 60, help="begin no round that would not end by then")
    parser.add_argument("--seed", type=int, default=1, help="of the plan and of the simulator's world (1)")
    parser.add_argument("--first", type=int, default=1, help="the first round's number (1)")
    parser.add_argument("--workers", type=int, default=2, help="worker processes (2)")
    names = [kind.name.lower() for kind in Break]
    parser.add_argument("--only", choices=names, action="append", help="break this alone; may be repeated")
    parser.add_argument("--keep", type=Path, help="a folder that the logs are copied to at the end")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        os.chmod(folder, 0o711)
        with own_disk(Path(folder)) as ballast:
            if ballast is None:
                print_line("No file system of its own can be mounted here: the disk is never full in this run.")
            return _run(given, Path(folder), ballast)


def _run(given: argparse.Namespace, folder: Path, ballast: Ballast | None) -> int:
    began = time.monotonic()
    environment.set_for_this_process({"WHARFINGER_HOME": str(folder)})
    kinds = tuple(Break[name.upper()] for name in given.only or ()) or tuple(Break)
    if ballast is None:
        kinds = tuple(kind for kind in kinds if kind is not Break.DISK)
    rounds = orders = faults = differences = 0
    with fresh_installation(folder / "chaos", seed=given.seed, rate=RATE, workers=given.workers) as installation:
        shop = import_module("tests.chaos.shop").Shop(installation, given.seed)
        shop.set_up()
        print_line(f"The shop is open after {time.monotonic() - began:.0f} s.")
        for number in range(given.first, given.first + given.rounds):
            if time.monotonic() - began + ROUND_TAKES > 60 * given.minutes or installation.ending.is_set():
                break
            plan = round_of(given.seed, number, kinds)
            breaker = Breaker(installation, shop.job.control, ballast)
            orders += _play(plan, given.seed, shop, breaker, installation)
            rounds, faults = rounds + 1, faults + breaker.done
            found = _compare(plan, shop, breaker)
            differences += bool(found)
            for line in found:
                print_line(f"    ✗ {line}")
            if found:
                break  # what is wrong now would be wrong after the next round, too
    if given.keep is not None:
        _keep_logs(folder / "chaos" / "logs", given.keep)
    print_line(f"{time.monotonic() - began:.0f} s")
    print_line(f"{rounds} rounds, {orders} orders, {faults} faults, {differences} differences")
    return 1 if differences or not rounds or not orders else 0


def _play(plan: Round, seed: int, shop: Any, breaker: Breaker, installation: Installation) -> int:
    """Orders come and leave while things break; returns how many were placed."""
    print_line(f'round {plan.number} (make chaos ARGS="--seed {seed} --first {plan.number} --rounds 1"):')
    began, placed, wave = time.monotonic(), 0, 0
    events, undos = list(plan.events), list[tuple[float, Undo]]()
    try:
        while (now := time.monotonic() - began) < SECONDS and not installation.ending.is_set():
            while events and events[0].at <= now:
                event = events.pop(0)
                undo = breaker.do(event)
                if undo is not None:
                    undos.append((now + event.seconds, undo))
                if event.what is Break.MEMORY:  # something that wants some
                    placed += shop.buy(BURST, event.draw)
            undos = _put_right(undos, now)
            if wave < len(plan.orders) and now >= wave * SECONDS / len(plan.orders):
                placed += shop.buy(plan.orders[wave], seed * 100_000 + plan.number * 10 + wave)
                wave += 1
            shop.dispatch()
            installation.ending.wait(0.2)
    finally:
        _put_right(undos, SECONDS * 100)
    return placed


def _put_right(undos: list[tuple[float, Undo]], now: float) -> list[tuple[float, Undo]]:
    for at, undo in undos:
        if at <= now:
            undo()
    return [(at, undo) for at, undo in undos if at > now]


def _compare(plan: Round, shop: Any, breaker: Breaker) -> list[str]:
    began = time.monotonic()
    while time.monotonic() - began < REST:
        try:
            breaker.heal()
        except httpx2.HTTPError:  # it is just coming back
            shop.job.ending.wait(0.5)
        else:
            break
    verdict = shop.come_to_rest(REST, revoked=breaker.revoked)
    if verdict is None:
        return [f"no answer {REST:.0f} s after the round: {shop.what_waits()}"]
    if verdict.good and time.monotonic() - began < REST:
        print_line(f"    equal after {time.monotonic() - began:.0f} s: {verdict.orders.imported} orders")
        return []
    figures = verdict.as_json()
    figures.pop("faults")
    return [*verdict.faults[:20], str(figures), shop.what_waits()]


def _keep_logs(logs: Path, keep: Path) -> None:
    keep.mkdir(parents=True, exist_ok=True)
    for log in logs.iterdir():
        (keep / log.name).write_bytes(log.read_bytes())
    print_line(f"    the processes' logs are in {keep}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
