"""The one way a use case meets the database: one function, one durable transaction.

`durable=True` makes an operation that calls another operation raise at once: what two operations
share is a step (`_*_steps.py`), which needs an open transaction and opens none.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)

ATTEMPTS = 3


def operation(verb: Callable[P, R]) -> Callable[P, R]:
    """Run `verb` in one durable transaction: all of it is written, or none.

    Where it and another one waited for each other's rows, PostgreSQL undoes one of them whole: that one is run again,
    at most three times in all. So `verb` takes nothing that it uses up, such as an iterator.
    """

    def once(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(durable=True):
            return verb(*args, **kwargs)

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, ATTEMPTS):
            try:
                return once(*args, **kwargs)
            except OperationalError as fault:
                if not isinstance(fault.__cause__, DeadlockDetected):
                    raise
                log.info("%s met another one (attempt %s): it is run again", verb.__qualname__, attempt)
        return once(*args, **kwargs)

    return run
