"""The simulator's trade clock: scaled or stepped, published to others by a small file.

File: {"anchor_machine", "anchor_trade", "rate", "seen_machine"}, Unix seconds; trade = anchor_trade +
(machine − anchor_machine) × rate. A simulator that comes back within a minute keeps the anchors; after a longer
stop trade goes on where it stopped. It never goes back.
"""

import functools
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from amazon_simulator.core.journal import NotWritten

GONE_AFTER = 60.0
FASTEST = 10_000


class Clock:
    def __init__(
        self, *, rate: float = 1.0, file: Path | None = None, start: float | None = None, stepped: bool = False
    ) -> None:
        self.stepped = stepped
        self._file = file
        machine = time.time()
        self._anchor_machine = machine
        self._anchor_trade = machine if start is None else start
        self.rate = rate
        if file is not None and file.exists():
            self._take_up(file, machine)
        self.publish()

    def _take_up(self, file: Path, machine: float) -> None:
        """Go on at the time of the file. Raises ValueError if it is no clock file."""
        try:
            anchors = json.loads(file.read_text(encoding="utf-8"))
            anchor, trade, rate, seen = (
                float(anchors[name]) for name in ("anchor_machine", "anchor_trade", "rate", "seen_machine")
            )
        except (ValueError, KeyError, TypeError) as fault:
            raise ValueError(f"{file} is no clock file; take it away, or start with --fresh") from fault
        if self.stepped:
            self._anchor_trade = trade
        elif 0 <= machine - seen < GONE_AFTER:
            self._anchor_machine, self._anchor_trade, self.rate = anchor, trade, rate
        else:
            self._anchor_trade = trade + max(0.0, seen - anchor) * rate

    def seconds(self) -> float:
        """Trade time in Unix seconds."""
        if self.stepped:
            return self._anchor_trade
        return self._anchor_trade + (time.time() - self._anchor_machine) * self.rate

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    def set_rate(self, rate: float) -> None:
        """NotWritten when the clock file cannot be written: nothing has changed."""
        self._move(self.seconds(), rate)

    def advance(self, seconds: float) -> None:
        """As `set_rate`; ValueError for a step back."""
        if seconds < 0:
            raise ValueError("advance: trade time never goes back; give 0 or more seconds")
        self._move(self.seconds() + seconds, self.rate)

    def _move(self, trade: float, rate: float) -> None:
        before = self._anchor_trade, self._anchor_machine, self.rate
        self._anchor_trade, self._anchor_machine, self.rate = trade, time.time(), rate
        try:
            self.publish()
        except NotWritten:
            self._anchor_trade, self._anchor_machine, self.rate = before
            raise

    def publish(self) -> None:
        """Write the clock file, whole or not at all; NotWritten leaves the old one."""
        if self._file is None:
            return
        anchors = {
            "anchor_machine": self._anchor_machine,
            "anchor_trade": self._anchor_trade,
            "rate": self.rate,
            "seen_machine": time.time(),
        }
        part = self._file.with_suffix(".part")
        try:
            part.write_text(json.dumps(anchors), encoding="utf-8")
            os.replace(part, self._file)
        except OSError as fault:
            raise NotWritten(f"{self._file} cannot be written ({fault.strerror})") from fault

    @property
    def mode(self) -> str:
        return "stepped" if self.stepped else "real" if self.rate == 1 else "scaled"


@functools.lru_cache(maxsize=8192)  # an order shows most of its times more than once
def iso(seconds: float) -> str:
    """As Amazon writes times: UTC with milliseconds and Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> float:
    """Unix seconds; ValueError when it is no date-time of these centuries."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00").replace(" ", "+"))
    if not 1900 < moment.year < 3000:
        raise ValueError(f"{text} lies too far away")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
