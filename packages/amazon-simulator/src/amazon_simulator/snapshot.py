"""A world in one file: every entity of every store, after one line with its time."""

from collections.abc import Sequence

import msgspec

from amazon_simulator.core.journal import decoded, encoded
from amazon_simulator.core.store import Entity
from amazon_simulator.simulator import Simulator

VERSION = 1
NO_WORLD = "this is no saved world; take one from GET /_simulator/world or --save-to"


class Saved(Entity, tag="saved world"):
    """The first line. `now`: trade time when it was saved, Unix seconds."""

    version: int
    now: float
    seed: int


def save(simulator: Simulator) -> bytes:
    """JSON lines; what is due has happened."""
    simulator.turn()
    head = Saved(VERSION, simulator.clock.seconds(), simulator.seed)
    return b"".join(encoded([head, *simulator.everything()]))


def head_of(content: bytes) -> Saved:
    """The content of the first line. Raises ValueError if it is not one of a saved world."""
    try:
        head = msgspec.json.decode(content.split(b"\n", 1)[0], type=Saved)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise ValueError(NO_WORLD) from fault
    if head.version != VERSION:
        raise ValueError(f"this world is of version {head.version}, not of {VERSION}")
    return head


def load(simulator: Simulator, content: bytes) -> Saved:
    """Go on with the saved world; ValueError changes nothing.

    Trade time never goes back: a world that was saved at a later time moves the clock there, one that was saved at
    an earlier time catches up, and all that is due since then happens.
    """
    head = head_of(content)
    entities = _entities(simulator.kinds, content)
    simulator.seed = head.seed
    simulator.clock.advance(max(0.0, head.now - simulator.clock.seconds()))
    simulator.replace_all(entities)
    return head


def _entities(kinds: Sequence[type[Entity]], content: bytes) -> list[Entity]:
    lines = content.splitlines(keepends=True)[1:]
    if lines and not lines[-1].endswith(b"\n"):
        raise ValueError("the file breaks off in its last line")
    try:
        return list(decoded(lines, kinds, "the file"))
    except ValueError as fault:
        raise ValueError(str(fault).removesuffix("; start with --fresh")) from fault
