"""The journal on disk: one JSON line for each changed entity; killed and started again, the last line holds."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Union

import msgspec

from amazon_simulator.store import Entity

_encoder = msgspec.json.Encoder(decimal_format="string")


class Journal:
    """Append-only. A torn last line (killed while writing) is dropped."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        self._out = file.open("ab")

    @staticmethod
    def read(file: Path, kinds: Sequence[type[Entity]]) -> Iterator[Entity]:
        if not file.exists():
            return
        decoder: msgspec.json.Decoder[Entity] = msgspec.json.Decoder(Union[tuple(kinds)])  # noqa: UP007 -- made at run time
        with file.open("rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    return
                try:
                    yield decoder.decode(line)
                except msgspec.ValidationError as fault:
                    raise ValueError(f"{file} is of another version ({fault}); start with --fresh") from fault

    @staticmethod
    def rewrite(file: Path, entities: Iterable[Entity]) -> None:
        """The same state in as few lines as it takes: a kill meanwhile leaves the old journal as it was."""
        part = file.with_suffix(".part")
        with part.open("wb") as out:
            for entity in entities:
                out.write(_encoder.encode(entity) + b"\n")
        os.replace(part, file)

    def keep(self, entities: list[Entity]) -> None:
        """Write the changed entities before the answer goes out."""
        if entities:
            self._out.write(b"".join(_encoder.encode(entity) + b"\n" for entity in entities))
            self._out.flush()

    def close(self) -> None:
        self._out.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def mend_torn_end(file: Path) -> None:
    """Cut a half-written last line off, so that the next line begins at its own beginning."""
    if not file.exists():
        return
    whole = file.read_bytes()
    end = whole.rfind(b"\n") + 1
    if end != len(whole):
        with file.open("r+b") as torn:
            torn.truncate(end)
