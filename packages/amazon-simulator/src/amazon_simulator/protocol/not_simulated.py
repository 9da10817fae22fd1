"""What programs have called that is not simulated: counted, shown, and logged.

The response stays the one that Amazon gives to callers without permission; a header marks it as not simulated.
"""

import logging
from collections.abc import Iterable, Iterator
from typing import ClassVar

from amazon_simulator.core.http import Response
from amazon_simulator.core.store import Entity

HEADER, MARK = "x-simulator", "not simulated"
WHAT = "x-simulator-what"
LOG = logging.getLogger("amazon_simulator")


class Unsimulated(ValueError):
    """A name that Amazon may know and this one does not; `what`: which."""

    def __init__(self, message: str, what: str) -> None:
        super().__init__(message)
        self.what = what


class Missing(Entity, tag="not simulated", kw_only=True):
    """`first`, `last`: trade time. `seller` is the last one that called."""

    what: str
    first: float
    last: float
    seller: str
    count: int = 0


class NotSimulated:
    """A store."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Missing,)

    def __init__(self) -> None:
        self.changed: list[Entity] = []
        self.requests: dict[str, Missing] = {}

    def put(self, entity: Entity) -> None:
        if isinstance(entity, Missing):
            self.requests[entity.what] = entity

    def everything(self) -> Iterator[Entity]:
        yield from self.requests.values()

    def turn(self, now: float) -> None:
        """It is counted when it is called."""

    def note(self, response: Response, seller: str, now: float) -> None:
        """Count an answer that bears the mark; the log has each thing once."""
        what = response.headers.get(WHAT)
        if response.headers.get(HEADER) != MARK or what is None:
            return
        held = self.requests.get(what)
        if held is None:
            LOG.warning("not simulated: %s", what)
            held = Missing(what=what, first=now, last=now, seller=seller)
        held.count, held.last, held.seller = held.count + 1, now, seller
        self.put(held)
        self.changed.append(held)

    @property
    def count(self) -> int:
        return sum(one.count for one in self.requests.values())


def marked(response: Response, what: str) -> Response:
    """The answer with its mark; `what` without anything that a header cannot hold."""
    response.headers |= {HEADER: MARK, WHAT: "".join(sign for sign in what if " " <= sign <= "~")[:200]}
    return response


def marked_by(response: Response, fault: ValueError) -> Response:
    return marked(response, fault.what) if isinstance(fault, Unsimulated) else response


class Apis:
    """The APIs of which operations are simulated: by the beginning of their paths."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._begins = {_api(path.strip("/").split("/")) for path in paths}

    def unknown(self, method: str, parts: list[str]) -> str:
        """What of Amazon's this may be; "" where the API is here, and its path is none of its operations."""
        if _api(parts) in self._begins and not _is_missing(parts):
            return ""
        shown = [
            part if not any(sign.isdigit() for sign in part) or place < 3 else "…" for place, part in enumerate(parts)
        ]
        return f"{method} /{'/'.join(shown)[:150]}".replace("…", "*")


MISSING = (
    ("fba", "outbound", "2020-07-01", "features"), ("fba", "outbound", "2020-07-01", "returnReasonCodes"),
    ("fba", "outbound", "2020-07-01", "deliveryOffers"),
)  # fmt: skip
"""Beginnings of operations that are missing from APIs that are here."""


def _is_missing(parts: list[str]) -> bool:
    return any(tuple(parts[: len(begin)]) == begin for begin in MISSING) or parts[-1:] in (["return"], ["status"])


def _api(parts: list[str]) -> tuple[str, ...]:
    """Name and version: two segments, or three of an API with two names (fba/inventory/v1)."""
    return tuple(parts[:3] if parts[:1] == ["fba"] else parts[:2])
