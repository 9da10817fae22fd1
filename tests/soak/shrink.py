"""A failing story told shorter: parts are left out, halves first, as long as what is left still fails."""

from collections.abc import Callable, Sequence
from typing import TypeVar

S = TypeVar("S")


def shortest(story: Sequence[S], fails: Callable[[tuple[S, ...]], bool], *, tries: int = 120) -> tuple[S, ...]:
    """Delta debugging: no single part of the result can be left out (unless `tries` ran out). `story` fails."""
    left = tuple(story)
    size = max(1, len(left) // 2)
    while tries > 0:
        smaller = False
        start = 0
        while start < len(left) and tries > 0:
            shorter = left[:start] + left[start + size :]
            tries -= 1
            if shorter and fails(shorter):
                left, smaller = shorter, True
            else:
                start += size
        if size == 1 and not smaller:
            break
        size = max(1, size // 2)
    return left
