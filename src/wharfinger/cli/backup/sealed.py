"""The file of a backup: a readable head, then one stream of authenticated chunks (docs/backup.md has the format).

Nothing of the stream is used before its chunk is proved: chunks are sealed with AES-256-GCM under a key of the file's
own, derived with the hash of the head, and numbered; the last one bears a mark. A file that was changed, cut short,
put together anew or continued is refused.
"""

import hashlib
import json
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wharfinger.cli.backup.recipients import Opener, Recipient

MAGIC = b"wharfinger backup 1\n"
CHUNK = 1024 * 1024
_TAG = 16
_LARGEST_HEAD = 256 * 1024
_PART, _DATA, _END = b"P", b"D", b"E"


class BadFile(Exception):
    """The file cannot be used; the message is a sentence that says why and what to do."""


class Writable(Protocol):
    def write(self, data: bytes, /) -> object: ...


class SealedWriter:
    """Writes the head at once; parts follow each other, and `close` makes the file whole."""

    def __init__(self, out: Writable, head: Mapping[str, Any], recipients: Sequence[Recipient]) -> None:
        key = os.urandom(32)
        slots = [recipient.wrap(key) for recipient in recipients]
        raw = json.dumps({**head, "recipients": slots}, separators=(",", ":"), ensure_ascii=False).encode()
        self._out = out
        self._cipher = _payload_cipher(key, raw)
        self._number = 0
        self._held = bytearray()
        self.written = len(MAGIC) + 4 + len(raw)
        out.write(MAGIC + struct.pack(">I", len(raw)) + raw)

    def part(self, name: str) -> None:
        """What is written from here on belongs to the part of this name."""
        encoded = name.encode()
        self._hold(_PART + struct.pack(">H", len(encoded)) + encoded)

    def write(self, data: bytes) -> None:
        if data:
            self._hold(_DATA + struct.pack(">I", len(data)) + data)

    def close(self) -> None:
        self._hold(_END)
        self._seal(bytes(self._held), last=True)

    def _hold(self, data: bytes) -> None:
        self._held += data
        while len(self._held) > CHUNK:  # a full one may be the last: it is sealed when more comes
            self._seal(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]

    def _seal(self, plain: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), plain, None)
        self._out.write(sealed)
        self._number += 1
        self.written += len(sealed)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands readable at the beginning. Proved only once the first chunk is opened."""

    raw: bytes
    fields: Mapping[str, Any]


def read_head(file: BinaryIO) -> Head:
    if file.read(len(MAGIC)) != MAGIC:
        raise BadFile("This is no backup of Wharfinger, or of a newer form: its first line is not that of a backup.")
    lead = file.read(4)
    length = struct.unpack(">I", lead)[0] if len(lead) == 4 else 0
    if not 0 < length <= _LARGEST_HEAD:
        raise BadFile("The backup's head is damaged: take another copy of the file.")
    raw = file.read(length)
    try:
        fields = json.loads(raw)
    except ValueError as error:
        raise BadFile("The backup's head is damaged: take another copy of the file.") from error
    if len(raw) != length or not isinstance(fields, dict) or not isinstance(fields.get("recipients"), list):
        raise BadFile("The backup's head is damaged: take another copy of the file.")
    return Head(raw, fields)


def open_parts(file: BinaryIO, head: Head, opener: Opener) -> Iterator[tuple[str, bytes]]:
    """Pieces of the parts in their order, each with its part's name; a part of no bytes gives one empty piece.

    Raises BadFile, also at the very end: until then nothing is known to be whole.
    """
    return _pieces(_Stream(_chunks(file, _payload_cipher(_find_key(head, opener), head.raw))))


def _find_key(head: Head, opener: Opener) -> bytes:
    slots = [slot for slot in head.fields["recipients"] if isinstance(slot, dict)]
    fitting = [slot for slot in slots if slot.get("type") == opener.kind]
    if not fitting:
        kinds = ", ".join(sorted({str(slot.get("type")) for slot in slots})) or "nothing"
        raise BadFile(f"The backup was not made for a {opener.kind}: it is opened by {kinds}.")
    for slot in fitting:
        try:
            key = opener.unwrap(slot)
        except (KeyError, ValueError, TypeError) as error:
            raise BadFile("The backup's head is damaged: take another copy of the file.") from error
        if key is not None:
            return key
    if opener.kind == "passphrase":
        raise BadFile("The passphrase is not the one that the backup was made with. Capitals and hyphens count.")
    raise BadFile("The key is not the one that the backup was made for: take the secret half of its public key.")


def _payload_cipher(key: bytes, head: bytes) -> AESGCM:
    salt = hashlib.sha256(head).digest()
    return AESGCM(HKDF(SHA256(), length=32, salt=salt, info=b"wharfinger backup chunks").derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _chunks(file: BinaryIO, cipher: AESGCM) -> Iterator[bytes]:
    number, held = 0, file.read(CHUNK + _TAG)
    while True:
        following = file.read(CHUNK + _TAG)
        yield _unseal(cipher, held, number, last=not following)
        if not following:
            return
        number, held = number + 1, following


def _unseal(cipher: AESGCM, sealed: bytes, number: int, *, last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, last=last), sealed, None)
    except InvalidTag as error:
        raise BadFile(_what_is_wrong(cipher, sealed, number, last=last)) from error


def _what_is_wrong(cipher: AESGCM, sealed: bytes, number: int, *, last: bool) -> str:
    try:
        cipher.decrypt(_nonce(number, last=not last), sealed, None)
    except InvalidTag:
        cut = last and len(sealed) < CHUNK + _TAG
        where = f"from byte {number * (CHUNK + _TAG):,} of its contents on"
        what = "cut short or changed" if cut else "changed"
        return f"The backup was {what} {where}: take another copy of the file."
    if last:
        return "The backup's end is missing: the file was cut short. Take another copy of it."
    return "The backup goes on after its end: something was added to the file. Take another copy of it."


class _Stream:
    """Bytes of the chunks, some at a time."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._held, self._at = chunks, b"", 0

    def some(self, at_most: int) -> bytes:
        """Up to so many, at least one; BadFile when there are none."""
        while self._at == len(self._held):
            chunk = next(self._chunks, None)
            if chunk is None:
                raise BadFile("The backup's contents end too early: take another copy of the file.")
            self._held, self._at = chunk, 0
        found = self._held[self._at : self._at + at_most]
        self._at += len(found)
        return found

    def exactly(self, number: int) -> bytes:
        found = b""
        while len(found) < number:
            found += self.some(number - len(found))
        return found

    def must_be_over(self) -> None:
        if self._at != len(self._held) or next(self._chunks, None) is not None:
            raise BadFile("The backup's contents go on after their end: take another copy of the file.")


def _pieces(stream: _Stream) -> Iterator[tuple[str, bytes]]:
    name = ""
    while (mark := stream.exactly(1)) != _END:
        if mark == _PART:
            (length,) = struct.unpack(">H", stream.exactly(2))
            name = stream.exactly(length).decode(errors="replace")
            yield name, b""
        elif mark == _DATA:
            (left,) = struct.unpack(">I", stream.exactly(4))
            while left:
                piece = stream.some(left)
                left -= len(piece)
                yield name, piece
        else:
            raise BadFile("The backup's contents are of a form that this version does not know: install a newer one.")
    stream.must_be_over()
