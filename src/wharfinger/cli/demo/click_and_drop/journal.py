"""The account's orders as a file: a line for each order that changed, the last of each counts."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from wharfinger.cli.demo.click_and_drop.order import Order


class Journal:
    def __init__(self, path: Path) -> None:
        self._path = path

    def orders(self) -> list[Order]:
        """What was written, in the order of its making. A last line that was cut off is none."""
        if not self._path.exists():
            return []
        found: dict[int, Order] = {}
        for line in self._path.read_bytes().splitlines(keepends=True):
            if line.endswith(b"\n"):
                row: dict[str, Any] = json.loads(line)
                found[row["identifier"]] = Order(**row)
        return list(found.values())

    def drop_cut_line(self) -> None:
        """Takes away a line that was cut off, so that the next one stands alone."""
        if self._path.exists():
            written = self._path.read_bytes()
            whole = written[: written.rfind(b"\n") + 1]
            if whole != written:
                self._path.write_bytes(whole)

    def keep(self, order: Order) -> None:
        line = json.dumps(asdict(order), default=float).encode() + b"\n"
        with self._path.open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
