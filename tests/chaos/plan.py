"""What breaks in a round, when and for how long, by the seed. Pure: the same seed makes the same plan."""

import random
from dataclasses import dataclass
from enum import StrEnum

SECONDS = 20.0
"""Of machine time in which things break; then everything is put right and the books are compared."""
WAVES = 4
KINDS_A_ROUND = 5


class Break(StrEnum):
    """One thing that breaks. What has no length is over at once; the others are put right after `seconds`."""

    WORKER = "a worker is killed"
    WEB = "the pages' process is killed"
    BACKEND = "a backend of the database is killed"
    POSTMASTER = "the database is killed"
    SIMULATOR = "Amazon is killed and comes back from what it wrote down"
    DISK = "the disk is full"
    MEMORY = "a worker gets no more memory"
    CLOCK = "trade time jumps"
    SLOW = "Amazon is slow"
    GARBLED = "Amazon's answers are garbled"
    CUT = "connections to Amazon break, before or after it acted"
    THROTTLED = "Amazon refuses calls as too many"
    DOWN = "Amazon fails"
    REVOKED = "the seller withdraws the access"


LASTING = {
    Break.DISK: (2.0, 5.0),
    Break.MEMORY: (3.0, 6.0),
    Break.SLOW: (3.0, 8.0),
    Break.GARBLED: (3.0, 8.0),
    Break.CUT: (3.0, 8.0),
    Break.THROTTLED: (3.0, 8.0),
    Break.DOWN: (3.0, 8.0),
}
TWICE = (Break.WORKER, Break.BACKEND, Break.CUT)
"""What the seed may choose more than once in a round."""


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """`at`, `seconds`: of machine time from the round's beginning. `draw`: chooses which process, which answer."""

    at: float
    what: Break
    seconds: float
    draw: int


@dataclass(frozen=True, slots=True)
class Round:
    """`orders`: how many are placed in each wave, which come at even distances."""

    number: int
    orders: tuple[int, ...]
    events: tuple[Event, ...]


def round_of(seed: int, number: int, kinds: tuple[Break, ...] = tuple(Break)) -> Round:
    """Five kinds of what can break, in an order of chance, some of them twice. Rounds in a row go through all kinds."""
    chance = random.Random(f"{seed}/{number}")
    deck = _deck(seed, kinds)
    first = (number - 1) * KINDS_A_ROUND
    chosen = [deck[(first + place) % len(deck)] for place in range(min(KINDS_A_ROUND, len(deck)))]
    chosen += [kind for kind in chosen if kind in TWICE and chance.random() < 0.5]
    events = [
        Event(
            round(chance.uniform(1.0, SECONDS - 2.0), 1),
            kind,
            round(chance.uniform(*LASTING[kind]), 1) if kind in LASTING else 0.0,
            chance.randrange(1_000_000),
        )
        for kind in chosen
    ]
    return Round(number, tuple(chance.randint(3, 8) for _ in range(WAVES)), tuple(sorted(events)))


def _deck(seed: int, kinds: tuple[Break, ...]) -> list[Break]:
    deck = sorted(kinds)
    random.Random(f"{seed}/deck").shuffle(deck)
    return deck
