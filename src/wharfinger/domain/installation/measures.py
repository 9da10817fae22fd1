"""What monitors read: numbers by name, without any personal data in their labels."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Measure:
    """One name. `labels`: their names; each sample's values stand in the same order. `counts`: it only ever grows."""

    name: str
    help: str
    labels: tuple[str, ...]
    samples: tuple[tuple[tuple[str, ...], float], ...]
    counts: bool = False


def seconds_since(earlier: datetime, now: datetime) -> float:
    """Never below 0: a clock may be a little behind the one that wrote."""
    return max(0.0, (now - earlier).total_seconds())
