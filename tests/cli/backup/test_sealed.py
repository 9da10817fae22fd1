"""The file of a backup: what was written comes back whole, or not at all."""

import io
import json
import struct

import pytest

from wharfinger.cli.backup.recipients import (
    NotARecipient,
    Passphrase,
    new_passphrase,
    new_secret_key,
    public_text,
    read_opener,
    read_recipient,
    secret_text,
)
from wharfinger.cli.backup.sealed import CHUNK, MAGIC, BadFile, SealedWriter, open_parts, read_head

PAIR = new_secret_key()
HEAD = {"format": 1, "version": "1"}
SEALED = CHUNK + 16


def sealed(*parts, recipients=None):
    out = io.BytesIO()
    writer = SealedWriter(out, HEAD, recipients or [PAIR.public()])
    for name, data in parts:
        writer.part(name)
        for at in range(0, len(data), 300_000):
            writer.write(data[at : at + 300_000])
    writer.close()
    assert writer.written == len(out.getvalue())
    return out.getvalue()


def opened(raw, opener=PAIR):
    file = io.BytesIO(raw)
    found = {}
    for name, piece in open_parts(file, read_head(file), opener):
        found[name] = found.get(name, b"") + piece
    return found


def start_of_contents(raw):
    (length,) = struct.unpack(">I", raw[len(MAGIC) : len(MAGIC) + 4])
    return len(MAGIC) + 4 + length


@pytest.mark.parametrize("size", [0, 1, CHUNK - 20, CHUNK - 13, CHUNK, 3 * CHUNK + 7])
def test_parts_come_back_as_they_were_written(size):
    parts = {"a": bytes(range(256)) * 3, "big": b"\x07" * size, "empty": b""}
    assert opened(sealed(*parts.items())) == parts


def test_a_passphrase_opens_what_was_made_for_it_and_another_does_not():
    raw = sealed(("a", b"secret"), recipients=[Passphrase("correct horse battery"), PAIR.public()])
    assert opened(raw, Passphrase("correct horse battery")) == {"a": b"secret"}
    assert opened(raw) == {"a": b"secret"}
    with pytest.raises(BadFile, match="passphrase is not the one"):
        opened(raw, Passphrase("correct horse batterY"))
    with pytest.raises(BadFile, match="key is not the one"):
        opened(raw, new_secret_key())
    assert b"secret" not in raw


@pytest.mark.parametrize(
    "way", ["a bit", "cut in a chunk", "cut between chunks", "cut to the head", "added", "swapped"]
)
def test_a_file_that_was_changed_is_refused(way):
    raw = sealed(("a", b"x" * (3 * CHUNK)))
    start = start_of_contents(raw)
    chunks = [raw[at : at + SEALED] for at in range(start, len(raw), SEALED)]
    changed = {
        "a bit": raw[: start + 77] + bytes([raw[start + 77] ^ 1]) + raw[start + 78 :],
        "cut in a chunk": raw[:-5],
        "cut between chunks": raw[: start + 2 * SEALED],
        "cut to the head": raw[:start],
        "added": raw + b"more",
        "swapped": raw[:start] + b"".join([chunks[1], chunks[0], *chunks[2:]]),
    }[way]
    with pytest.raises(BadFile, match="another copy"):
        opened(changed)


def test_every_bit_of_the_head_counts():
    raw = sealed(("a", b"x"))
    changed = raw.replace(b'"version":"1"', b'"version":"2"')
    assert len(changed) == len(raw)
    with pytest.raises(BadFile, match="another copy"):
        opened(changed)


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04", MAGIC, MAGIC + b"\xff\xff\xff\xff", MAGIC + b"\0\0\0\2{}"])
def test_what_is_no_backup_says_so(raw):
    with pytest.raises(BadFile, match=r"no backup|damaged"):
        read_head(io.BytesIO(raw))


def test_a_head_that_wants_all_memory_is_refused():
    raw = sealed(("a", b"x"), recipients=[Passphrase("correct horse battery")])
    start = start_of_contents(raw)
    head = json.loads(raw[len(MAGIC) + 4 : start])
    head["recipients"][0]["n"] = 2**30
    encoded = json.dumps(head).encode()
    with pytest.raises(BadFile, match="damaged"):
        opened(MAGIC + struct.pack(">I", len(encoded)) + encoded + raw[start:], Passphrase("correct horse battery"))


def test_keys_are_texts_that_say_which_half_they_are():
    assert read_opener(secret_text(PAIR)) == PAIR
    assert read_recipient(public_text(PAIR.public()) + "\n") == PAIR.public()
    for read, text in ((read_recipient, secret_text(PAIR)), (read_opener, public_text(PAIR.public()))):
        with pytest.raises(NotARecipient, match="half"):
            read(text)
    for text in ("short", "wharfinger-backup-public-abc", ""):
        with pytest.raises(NotARecipient):
            read_recipient(text)
    assert len(new_passphrase()) == 35
    assert read_recipient(new_passphrase()).kind == "passphrase"
    assert secret_text(PAIR) not in repr([PAIR, Passphrase("correct horse battery")])
