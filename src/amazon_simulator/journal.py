"""The journal on disk: one JSON line for each changed entity; killed and started again, the last line holds."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Union

import msgspec

from amazon_simulator.store import Entity

_encoder = msgspec.json.Encoder(decimal_format="string")
BATCH = b'{"type":"batch"'
SMALL, TIMES = 20_000, 4
"""Lines that a journal may have in any case, and how many for each that the state takes."""


class Batch(Entity, tag="batch"):
    """So many lines belong together: what one call changed is there whole or not at all."""

    lines: int


def encoded(entities: Iterable[Entity]) -> Iterator[bytes]:
    """The lines of a journal, or of a saved world."""
    for entity in entities:
        yield _encoder.encode(entity) + b"\n"


def decoded(lines: Iterable[bytes], kinds: Sequence[type[Entity]], name: str) -> Iterator[Entity]:
    """The entities of those lines; ValueError, with the name, when they are of another version."""
    decoder: msgspec.json.Decoder[Entity] = msgspec.json.Decoder(Union[(*kinds, Batch)])
    for line in lines:
        try:
            entity = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            raise ValueError(f"{name} is of another version ({fault}); start with --fresh") from fault
        if not isinstance(entity, Batch):
            yield entity


class Journal:
    """Append-only. A batch that was torn (killed while writing) is dropped whole. `lines`: how many it has."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        mend_torn_end(file)
        self._file = file
        self._out = file.open("ab")
        self.lines = self._whole = 0

    def read(self, kinds: Sequence[type[Entity]]) -> Iterator[Entity]:
        """What is in it, in the order in which it was written."""
        with self._file.open("rb") as lines:
            for entity in decoded(lines, kinds, str(self._file)):
                self.lines += 1
                yield entity

    @property
    def swollen(self) -> bool:
        """Whether it has several times as many lines as the state took when it was last written anew."""
        return self.lines > max(SMALL, TIMES * self._whole)

    def rewrite(self, entities: Iterable[Entity]) -> None:
        """The same state in as few lines as it takes: a kill meanwhile leaves the old journal as it was."""
        part = self._file.with_suffix(".part")
        with part.open("wb") as out:
            self._whole = 0
            for line in encoded(entities):
                out.write(line)
                self._whole += 1
        os.replace(part, self._file)
        self._out.close()
        self._out = self._file.open("ab")
        self.lines = self._whole

    def keep(self, entities: Sequence[Entity]) -> None:
        """Write the changed entities before the answer goes out."""
        if entities:
            lines = list(encoded(entities))
            first = [_encoder.encode(Batch(len(lines))) + b"\n"] if len(lines) > 1 else []
            self._out.write(b"".join(first + lines))
            self._out.flush()
            self.lines += len(lines)

    def close(self) -> None:
        self._out.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def mend_torn_end(file: Path) -> None:
    """Cut a batch that was not written to its end off, so that the next line begins at its own beginning."""
    if not file.exists():
        return
    sound = place = left = 0
    with file.open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                break
            place += len(line)
            if left:
                left -= 1
            elif line.startswith(BATCH):
                left = msgspec.json.decode(line, type=Batch).lines
            if not left:
                sound = place
    if sound != file.stat().st_size:
        with file.open("r+b") as torn:
            torn.truncate(sound)
