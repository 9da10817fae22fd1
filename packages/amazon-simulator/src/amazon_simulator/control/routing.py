"""What a control call is, and how its route is found."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from amazon_simulator.core.http import Request, Response
from amazon_simulator.simulator import Simulator


@dataclass(frozen=True, slots=True)
class ControlCall:
    """`names`: what stands in the path for its names in braces, in their order."""

    simulator: Simulator
    request: Request
    names: tuple[str, ...]
    now: float

    @property
    def query(self) -> dict[str, str]:
        return self.request.params()


@dataclass(frozen=True, slots=True)
class ControlRoute:
    """`body`: the shape of what is sent, None where nothing is or where it is no JSON."""

    method: str
    path: str
    summary: str
    act: Callable[[ControlCall, Any], Response]
    body: type[msgspec.Struct] | None = None

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.path.split("/"))


def find(
    routes: Iterable[ControlRoute], method: str, parts: Sequence[str]
) -> tuple[ControlRoute, tuple[str, ...]] | None:
    """The route of a call and what stands for its names; of two the one with fewer names stands first."""
    for route in routes:
        pairs = list(zip(route.segments, parts, strict=False))
        if route.method != method or len(route.segments) != len(parts):
            continue
        if all(fixed.startswith("{") or fixed == part for fixed, part in pairs):
            return route, tuple(part for fixed, part in pairs if fixed.startswith("{"))
    return None
