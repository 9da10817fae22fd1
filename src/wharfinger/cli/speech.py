import sys
from collections.abc import Callable

Say = Callable[[str], None]


def say(text: str) -> None:
    """What a command answers."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say_aside(text: str) -> None:
    """Progress and complaints, apart from the answer."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def say_nothing(text: str) -> None:
    """For tests and children whose progress nobody reads."""
