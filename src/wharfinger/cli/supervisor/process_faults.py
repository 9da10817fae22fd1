"""What the parent of an installation has trouble with, in a file of the home: doctor reads it from outside."""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from wharfinger.config.clock import machine_now

_PREFIX = "process-faults-"


@dataclass(frozen=True, slots=True)
class ProcessFault:
    """`since`: machine time."""

    name: str
    text: str
    since: datetime


@dataclass(slots=True)
class ProcessFaults:
    """The parent's side. A fault is noted while it lasts; a file that cannot be written stops nobody."""

    home: Path
    _faults: dict[str, ProcessFault] = field(default_factory=dict, init=False)

    def note(self, name: str, text: str) -> None:
        known = self._faults.get(name)
        self._faults[name] = ProcessFault(name, text, known.since if known else machine_now())
        if known != self._faults[name]:
            self._write()

    def clear(self, name: str) -> None:
        if self._faults.pop(name, None) is not None:
            self._write()

    def withdraw(self) -> None:
        self._faults.clear()
        with suppress(OSError):
            self._file.unlink(missing_ok=True)

    @property
    def _file(self) -> Path:
        return self.home / f"{_PREFIX}{os.getpid()}.json"

    def _write(self) -> None:
        faults = [asdict(fault) | {"since": fault.since.isoformat()} for fault in list(self._faults.values())]
        draft = self._file.with_suffix(".part")
        with suppress(OSError):
            draft.write_text(json.dumps(faults), encoding="utf-8")
            draft.replace(self._file)


def read_process_faults(home: Path) -> tuple[ProcessFault, ...]:
    """What the living parents of this home have trouble with."""
    return tuple(fault for file in sorted(home.glob(f"{_PREFIX}*.json")) for fault in _read(file))


def _read(file: Path) -> tuple[ProcessFault, ...]:
    """Nothing from a parent that was killed: what it left says nothing of now."""
    try:
        os.kill(int(file.stem.removeprefix(_PREFIX)), 0)
        return tuple(
            ProcessFault(fault["name"], fault["text"], datetime.fromisoformat(fault["since"]))
            for fault in json.loads(file.read_text(encoding="utf-8"))
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ()
