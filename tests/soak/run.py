"""`make soak`: so many seeds, each its own world, on all cores; what fails is told again as short as it can be.

The last line says what was done: `200 seeds, 5114 orders, 812 kills, 0 differences`. Exit 1 when there was one.
"""

import argparse
import logging
import multiprocessing
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, connections, transaction
from django.db.models import F, Model, QuerySet
from tests.migrated import migrated_template
from tests.quick_place import quick_place
from tests.soak.play import Outcome, Player
from tests.soak.shop import Shop
from tests.soak.shrink import shortest
from tests.soak.story import Dispatch, Kill, Order, Story, Wait, story_of

from wharfinger.cli.postgres.temporary import TemporaryPostgres, ask_url
from wharfinger.config.database import django_database
from wharfinger.db.models import Confirmation, ImportedOrder, InstallationStockRule, SalesOrderLine, StockLevel
from wharfinger.domain.shipping.shipments import ConfirmationState

BASE = "soak_base"


class Ground:
    """The prepared shop, in a database that every story copies. One for all processes; each has a copy of its own."""

    def __init__(self, folder: Path) -> None:
        self._url = ask_url(folder)
        self._create(BASE, migrated_template(self._url, folder))
        _connect(self._url, BASE)
        self.first = Shop()
        self.saved = self.first.save()
        connections.close_all()

    def play(self, story: Story, seed: int, *, falsify: Callable[[], None] | None = None) -> Outcome:
        """In a fresh copy; a fault of ours that nobody caught is a difference, too."""
        name = f"soak_{os.getpid()}"
        connections.close_all()
        self._create(name, BASE)
        _connect(self._url, name)
        shop = Shop.again(self.saved, self.first, seed)
        player = Player(shop)
        try:
            return player.play(story, falsify=falsify)
        except Exception as fault:  # noqa: BLE001 -- any fault of ours is a difference, shown with its place
            trace = "".join(traceback.format_exception(fault)[-3:])
            return Outcome(len(player.placed), shop.killed, (f"{type(fault).__name__}: {fault}\n{trace}",))
        finally:
            connections.close_all()

    def _create(self, name: str, template: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def _connect(url: str, name: str) -> None:
    place = connections["default"].settings_dict
    found = django_database(url)
    place.update({key: found[key] for key in ("USER", "PASSWORD", "HOST", "PORT")})
    place["NAME"] = name
    connection.close()


@dataclass(frozen=True, slots=True)
class Played:
    seed: int
    outcome: Outcome
    seconds: float


def _work(ground: Ground, seeds: "Queue[int | None]", played: "Queue[Played | None]", deadline: float) -> None:
    while time.monotonic() < deadline and (seed := seeds.get()) is not None:
        began = time.monotonic()
        played.put(Played(seed, ground.play(story_of(seed), seed), time.monotonic() - began))
    played.put(None)


def play_all(ground: Ground, seeds: range, processes: int, minutes: float) -> Iterator[Played]:
    """Every seed, or as many as are begun before the time is over."""
    fork = multiprocessing.get_context("fork")
    queue: Queue[int | None] = fork.Queue()
    played: Queue[Played | None] = fork.Queue()
    for seed in [*seeds, *[None] * processes]:
        queue.put(seed)
    deadline = time.monotonic() + 60 * minutes
    workers = [fork.Process(target=_work, args=(ground, queue, played, deadline)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    ended = 0
    while ended < processes:
        one = played.get()
        if one is None:
            ended += 1
        else:
            yield one
    queue.cancel_join_thread()
    for worker in workers:
        worker.join()


def tell_failure(ground: Ground, failed: Played, say: Callable[[str], None]) -> None:
    """The shortest story that still fails so, step by step."""
    say(f"seed {failed.seed}:")
    for difference in failed.outcome.differences:
        say(f"  {difference}")
    story = shortest(story_of(failed.seed), lambda shorter: bool(ground.play(shorter, failed.seed).differences))
    say(f'  the shortest story that fails ({len(story)} steps; ARGS="--seed {failed.seed}" plays the whole):')
    for step in story:
        say(f"    {step}")
    for difference in ground.play(story, failed.seed).differences:
        say(f"    → {difference}")


SMALL: Story = (
    Order(((0, 1), (1, 2))),
    Wait(5),
    Kill("take_orders", 9),
    Order(((2, 1),)),
    Wait(10),
    Dispatch(1),
    Wait(5),
)
FALSIFIED: dict[str, Callable[[], object]] = {
    "nothing": lambda: None,
    "an order is missing": lambda: _newest(ImportedOrder).update(amazon_order_id="lost"),
    "a line has another quantity": lambda: _newest(SalesOrderLine).update(quantity_ordered=F("quantity_ordered") + 1),
    "a level differs from its movements": lambda: _behind_the_ledger(),
    "a stock rule is not followed": lambda: InstallationStockRule.objects.create(percent=10),
    "a parcel is not confirmed": lambda: _newest(Confirmation).update(state=ConfirmationState.WAITING),
}


def _behind_the_ledger() -> None:
    """The database refuses it, unless its guards are switched off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        _newest(StockLevel).update(on_hand=F("on_hand") + 1)


def _newest(model: type[Model]) -> QuerySet[Any]:
    rows = model._default_manager
    return rows.filter(pk__in=list(rows.order_by("-pk").values_list("pk", flat=True)[:1]))


def prove(ground: Ground) -> int:
    """The judge notices each falsification of our books, and nothing where there is none."""
    blind = 0
    for what, falsify in FALSIFIED.items():
        found = ground.play(SMALL, 1, falsify=falsify).differences
        _say(f"{what}: {found or 'no difference'}")
        blind += bool(found) is (what == "nothing")
    return 1 if blind else 0


@contextmanager
def ground_of_a_run() -> Iterator[Ground]:
    server = TemporaryPostgres(quick_place())
    try:
        yield Ground(server.folder)
    finally:
        connections.close_all()
        server.stop()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many stories")
    parser.add_argument("--first", type=int, default=1, help="the first story's seed")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--minutes", type=float, default=24 * 60, help="begin none after so long")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--prove", action="store_true", help="falsify our books once: the judge has to notice")
    parser.add_argument("--shortened", type=int, default=3, help="how many failures are made as short as they can be")
    chosen = parser.parse_args(words)
    first, count = (chosen.first, chosen.seeds) if chosen.seed is None else (chosen.seed, 1)
    seeds = range(first, first + count)
    logging.disable(logging.WARNING)  # refusals are what a story is made of
    with ground_of_a_run() as ground:
        if chosen.prove:
            return prove(ground)
        began = time.monotonic()
        done = []
        for one in play_all(ground, seeds, min(chosen.processes, len(seeds)), chosen.minutes):
            done.append(one)
            if one.outcome.differences:
                _say(f"seed {one.seed} fails: {one.outcome.differences[0][:200]}")
        failed = sorted((one for one in done if one.outcome.differences), key=lambda one: one.seed)
        for one in failed[: chosen.shortened]:
            tell_failure(ground, one, _say)
        orders, kills = sum(one.outcome.orders for one in done), sum(one.outcome.kills for one in done)
        longest = max((one.seconds for one in done), default=0.0)
        _say(f"{time.monotonic() - began:.0f} s; the longest story took {longest:.1f} s")
        _say(f"{len(done)} seeds, {orders} orders, {kills} kills, {len(failed)} differences")
    return 1 if failed or not done else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
