import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

Console = Callable[[str], None]


def print_line(text: str) -> None:
    """What a command answers."""
    _write(sys.stdout, text)


def print_aside(text: str) -> None:
    """Progress and complaints, apart from the answer."""
    _write(sys.stderr, text)


def print_nothing(text: str) -> None:
    """For tests and children whose progress nobody reads."""


def _write(stream: TextIO, text: str) -> None:
    # The reader may be gone (a closed terminal, a pipe); the parent still has children to stop in order.
    with suppress(OSError):
        stream.write(text + "\n")
        stream.flush()
