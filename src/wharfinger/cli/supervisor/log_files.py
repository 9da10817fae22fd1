"""Log files of a home: each is kept below a size while its process writes on, and some older files beside it."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LogSizes:
    """How large a log file may grow, in bytes, and how many older ones stay beside it (`web.log.1` is the newest)."""

    largest: int = 20 * 1024 * 1024
    older: int = 1


def keep_logs_small(folder: Path, sizes: LogSizes) -> None:
    """Copied and cut, not renamed: a running process goes on writing to the file that it was given.

    It writes at the file's end wherever that is (it was opened for appending). What it writes between the copy and the
    cut, some microseconds, is lost. Without room for the copy the file is cut all the same: a full disk stops more.
    """
    for log in folder.glob("*.log"):
        with suppress(OSError):
            if log.stat().st_size > sizes.largest:
                _rotate(log, sizes.older)


def _rotate(log: Path, older: int) -> None:
    for left_over in _older_than(log, older):
        left_over.unlink(missing_ok=True)
    for number in range(older, 1, -1):
        with suppress(FileNotFoundError):
            _older(log, number - 1).replace(_older(log, number))
    if older:
        _copy(log, _older(log, 1))
    with log.open("r+b") as file:
        file.truncate(0)


def _older(log: Path, number: int) -> Path:
    return log.with_suffix(f".log.{number}")


def _older_than(log: Path, older: int) -> Iterator[Path]:
    """Files beyond those that stay: the last one, which makes room, and what a larger number left behind."""
    for path in log.parent.glob(f"{log.name}.*"):
        number = path.name.removeprefix(f"{log.name}.")
        if number.isdigit() and int(number) >= max(older, 1):
            yield path


def _copy(log: Path, old: Path) -> None:
    with suppress(OSError):
        shutil.copyfile(log, old)
        old.chmod(0o600)
