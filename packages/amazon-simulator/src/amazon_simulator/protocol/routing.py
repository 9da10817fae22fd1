"""Which call is which operation: routes by method and path, found by their fixed segments."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from amazon_simulator.access.entities import AccessToken
from amazon_simulator.core.http import Request, Response
from amazon_simulator.world.entities import Seller


@dataclass(frozen=True, slots=True)
class Call:
    """One authorised call. `names` are the path's parameters, decoded, in their order.

    `feed`, `received`: of a message of a feed, which one and when that came.
    """

    seller: Seller
    request: Request
    names: tuple[str, ...]
    now: float
    request_id: str
    access: AccessToken
    feed: str = ""
    received: float | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """An operation of a published model. `grantless` is the scope that a client_credentials token must have;
    an operation without it wants a seller's token. Its rate and burst stand in `rate_limits.PLANS`."""

    operation: str
    method: str
    path: str
    act: Callable[[Call], Response]
    grantless: str = ""


class Routes:
    """All operations. Two of one method and number of segments must differ in a fixed segment."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._shelves: dict[tuple[str, int], list[tuple[tuple[str, ...], Route]]] = {}
        self.operations: dict[str, Route] = {}
        for route in routes:
            if route.operation in self.operations:
                raise ValueError(f"{route.operation} has two routes")
            self.operations[route.operation] = route
            shape = tuple("" if part.startswith("{") else part for part in route.path.strip("/").split("/"))
            self._shelves.setdefault((route.method, len(shape)), []).append((shape, route))

    def find(self, method: str, parts: list[str]) -> tuple[Route, tuple[str, ...]] | None:
        """The route of a call and the values of its path's parameters."""
        for shape, route in self._shelves.get((method, len(parts)), ()):
            if all(fixed in ("", part) for fixed, part in zip(shape, parts, strict=True)):
                return route, tuple(part for fixed, part in zip(shape, parts, strict=True) if not fixed)
        return None
