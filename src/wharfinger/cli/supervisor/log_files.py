"""Log files of a home: each is kept below a size while its process writes on, and one older file beside it."""

import shutil
from contextlib import suppress
from pathlib import Path


def keep_logs_small(folder: Path, largest: int) -> None:
    """Copied and cut, not renamed: a running process goes on writing to the file that it was given.

    It writes at the file's end wherever that is (it was opened for appending). What it writes between the copy and the
    cut, some microseconds, is lost. Without room for the copy the file is cut all the same: a full disk stops more.
    """
    for log in folder.glob("*.log"):
        with suppress(OSError):
            if log.stat().st_size > largest:
                _rotate(log)


def _rotate(log: Path) -> None:
    old = log.with_suffix(".log.1")
    old.unlink(missing_ok=True)
    with suppress(OSError):
        shutil.copyfile(log, old)
        old.chmod(0o600)
    with log.open("r+b") as file:
        file.truncate(0)
