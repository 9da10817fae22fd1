"""Session-level advisory locks: a dead process frees them at once, a slow one never loses them.

They need a direct connection to PostgreSQL (no transaction-level pooler between).
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection


@contextmanager
def advisory_lock(name: str, number: int, *, wait_milliseconds: int = 0) -> Iterator[bool]:
    """Hold the lock (name, number) for the block. Yields False when another has it, after the wait if one is given."""
    keys = [zlib.crc32(name.encode()) - 2**31, number]
    held = _try_once(keys) or (wait_milliseconds > 0 and _wait(keys, wait_milliseconds))
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", keys)


def _try_once(keys: list[int]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", keys)
        row = cursor.fetchone()
    return bool(row and row[0])


def _wait(keys: list[int], wait_milliseconds: int) -> bool:
    """Wait in the database; outside a transaction, so that giving up aborts nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{wait_milliseconds}ms"])
        try:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", keys)
        except OperationalError:
            return False
        finally:
            cursor.execute("SELECT set_config('lock_timeout', '0', false)")
    return True
