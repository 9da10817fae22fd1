"""The journal on disk: one JSON line for each changed entity; killed and started again, the last line holds."""

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Union

import msgspec

from amazon_simulator.core.store import Entity

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


class NotWritten(OSError):
    """The disk takes nothing more: what was to be written is not, and what was written before is whole."""


class Journal:
    """Append-only. A batch that was torn (killed while writing, a full disk) is dropped whole.

    `lines`: how many it has. `cut`: bytes that were taken off its end when it was opened.
    """

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.cut = cut_torn_end(file)
        self._file = file
        self._open()
        self.lines = self._whole = self._not_anew_before = 0

    def _open(self) -> None:
        self._out = self._file.open("ab", buffering=0)  # a buffer would write again what a full disk refused
        self._end, self._torn = os.fstat(self._out.fileno()).st_size, False

    def read(self, kinds: Sequence[type[Entity]]) -> Iterator[Entity]:
        """What is in it, in the order in which it was written."""
        with self._file.open("rb") as lines:
            for entity in decoded(lines, kinds, str(self._file)):
                self.lines += 1
                yield entity

    @property
    def needs_rewrite(self) -> bool:
        """Whether it has several times as many lines as the state took when it was last rewritten."""
        return self.lines > max(SMALL, TIMES * self._whole, self._not_anew_before)

    def rewrite(self, entities: Iterable[Entity]) -> None:
        """The same state in as few lines as it takes: a kill meanwhile leaves the old journal as it was.

        NotWritten when there is no room for it; the old one goes on and is rewritten after many more lines.
        """
        part, whole = self._file.with_suffix(".part"), 0
        try:
            with part.open("wb") as out:
                for line in encoded(entities):
                    out.write(line)
                    whole += 1
            os.replace(part, self._file)
        except OSError as fault:
            self._not_anew_before = self.lines + SMALL
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise NotWritten(f"{self._file} cannot be written anew ({fault.strerror})") from fault
        self._out.close()
        self._open()
        self.lines = self._whole = whole

    def keep(self, entities: Sequence[Entity]) -> None:
        """Write the changed entities before the answer goes out; NotWritten leaves the journal as it was."""
        if entities:
            lines = list(encoded(entities))
            first = [_encoder.encode(Batch(len(lines))) + b"\n"] if len(lines) > 1 else []
            self._append(b"".join(first + lines))
            self.lines += len(lines)

    def _append(self, content: bytes) -> None:
        try:
            self._cut_torn()
            self._torn = True
            left = memoryview(content)
            while left:
                left = left[self._out.write(left) :]
        except OSError as fault:
            with contextlib.suppress(OSError):
                self._cut_torn()
            raise NotWritten(f"{self._file} cannot be written ({fault.strerror})") from fault
        self._end, self._torn = self._end + len(content), False

    def _cut_torn(self) -> None:
        """Take off what a write left that was broken off: a next line would be glued to it."""
        if self._torn:
            os.ftruncate(self._out.fileno(), self._end)
            self._torn = False

    def close(self) -> None:
        self._out.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def cut_torn_end(file: Path) -> int:
    """Cut everything behind the last sound record off, so that the next line begins at its own beginning; returns how
    many bytes. Kept beside the journal. A line that is JSON of another version is not torn: `read` refuses it."""
    if not file.exists():
        return 0
    sound, size = _sound_end(file), file.stat().st_size
    if sound == size:
        return 0
    with file.open("r+b") as torn:
        torn.seek(sound)
        with contextlib.suppress(OSError):  # no room for it: the journal goes first
            file.with_suffix(".torn").write_bytes(torn.read())
        torn.truncate(sound)
    return size - sound


def _sound_end(file: Path) -> int:
    """Where the last record ends before which every line is whole: a batch with all its lines, or a line alone."""
    sound = place = left = 0
    with file.open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n") or not _is_json(line):
                break
            place += len(line)
            if left:
                left -= 1
            elif line.startswith(BATCH):
                left = msgspec.json.decode(line, type=Batch).lines
            if not left:
                sound = place
    return sound


def _is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except msgspec.DecodeError:
        return False
    return True
