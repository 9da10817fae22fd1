"""The one way a use case meets the database: one function, one durable transaction.

`durable=True` makes an operation that calls another operation raise at once: what two operations
share is a step (`_*_steps.py`), which needs an open transaction and opens none.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")


def operation(verb: Callable[P, R]) -> Callable[P, R]:
    """Run `verb` in one durable transaction: all of it is written, or none."""

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(durable=True):
            return verb(*args, **kwargs)

    return run
