"""Numbers that Amazon draws by lot: here by seed, time and count, so that the same calls make the same world.

Another seed or another time makes others: a token of one world is worth nothing in the next.
"""

import hashlib
import uuid
from collections.abc import Iterator
from typing import ClassVar

from amazon_simulator.core.store import Entity

LONGEST = 64
"""Hexadecimal digits of one draw."""


class Drawn(Entity, tag="drawn"):
    """How many were drawn."""

    count: int = 0


class Numbering:
    """A store with one entity: a restart goes on where the last draw was."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Drawn,)

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._drawn = Drawn()
        self.changed: list[Entity] = []

    def put(self, entity: Entity) -> None:
        if isinstance(entity, Drawn):
            self._drawn = entity

    def everything(self) -> Iterator[Entity]:
        yield self._drawn

    def turn(self, now: float) -> None:
        """Numbers are drawn on demand."""

    def hexadecimal(self, kind: str, now: float, digits: int = 32) -> str:
        """Digits that no other draw has; `kind`: what they name, `now` is trade time in Unix seconds."""
        self._drawn.count += 1
        if not self.changed:
            self.changed.append(self._drawn)
        text = f"{self._seed}:{kind}:{now!r}:{self._drawn.count}"
        return hashlib.sha256(text.encode()).hexdigest()[:digits]

    def uuid(self, kind: str, now: float) -> str:
        """A random UUID (version 4), as Amazon names its requests, documents and notifications."""
        return str(uuid.UUID(self.hexadecimal(kind, now), version=4))
