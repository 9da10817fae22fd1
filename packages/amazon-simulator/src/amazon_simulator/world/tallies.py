"""Amazon's ledger of one stock: in which condition its damaged units are, since when its lost ones are."""

from collections import Counter

from amazon_simulator.world.entities import FbaEvent


class Tally:
    """`at`: when a quantity last changed, but for what is on its way in. `lost`: (since, units), oldest first."""

    __slots__ = ("at", "broken", "lost")

    def __init__(self) -> None:
        self.at = 0.0
        self.broken: Counter[str] = Counter()
        self.lost: list[tuple[float, int]] = []

    def note(self, event: FbaEvent) -> None:
        self.at = max(self.at, event.at)
        if event.disposition != "SELLABLE":
            self.broken[event.disposition] += event.quantity
        elif event.reason == "M":
            self.lost.append((event.at, -event.quantity))
        elif event.reason == "F":
            self._find(event.quantity)

    def _find(self, units: int) -> None:
        """What was lost first is found first."""
        while units and self.lost:
            since, lost = self.lost.pop(0)
            if lost > units:
                self.lost.insert(0, (since, lost - units))
            units = max(0, units - lost)
