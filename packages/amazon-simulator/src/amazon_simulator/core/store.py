"""What keeps state: the world, the application, feeds, reports … Each brings its kinds of entities and its own time."""

from collections.abc import Iterator
from typing import ClassVar, Protocol, runtime_checkable

import msgspec

Entity = msgspec.Struct
"""A tagged struct. Written to the journal whole when it has changed; the last line of an entity holds."""


class Store(Protocol):
    """A part of this Amazon that outlives a restart. `changed` collects what must be journalled."""

    kinds: ClassVar[tuple[type[Entity], ...]]
    changed: list[Entity]

    def put(self, entity: Entity) -> None:
        """Put one of `kinds` in its place, as the journal (or a saved world) has it."""

    def everything(self) -> Iterator[Entity]:
        """All that is kept, in an order in which `put` can take it up again."""

    def turn(self, now: float) -> None:
        """Let everything happen that is due by `now` (trade time, Unix seconds)."""


@runtime_checkable
class Timed(Protocol):
    """A store whose next happening is known: all stores are turned to that moment, one after the other, so that
    the same things happen in the same order however far the clock is moved at once."""

    def due(self) -> float | None:
        """Trade time of the next thing that will happen, None when there is none."""
