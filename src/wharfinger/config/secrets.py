"""The installation's own secrets: created on the first start, readable by their owner only, never shown.

Two processes that start together get the same key: each writes its own file and links it to the
name, and a link is made once or not at all.
"""

import base64
import binascii
import os
import re
import secrets
import stat
from pathlib import Path

from wharfinger.config.errors import ConfigurationError

_KEY_LINE = re.compile(r"(?P<id>[A-Za-z0-9_-]{1,32}):(?P<key>[A-Za-z0-9+/_=-]+)")
_FEWEST_KEY_BYTES = 32
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def secret_folder(home: Path) -> Path:
    return home / "secrets"


def encryption_key_file(home: Path) -> Path:
    return secret_folder(home) / "encryption.key"


def session_key_file(home: Path) -> Path:
    return secret_folder(home) / "secret.key"


def make_missing_secrets(home: Path) -> tuple[Path, ...]:
    """Make the two keys when they are not there; returns the files made now."""
    folder = secret_folder(home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _complain_when_others_may_read(folder)
    wanted = {
        encryption_key_file(home): new_encryption_key_line(),
        session_key_file(home): secrets.token_urlsafe(64),
    }
    return tuple(path for path, text in wanted.items() if _write_once(path, text + "\n"))


def new_encryption_key_line() -> str:
    return f"{secrets.token_hex(4)}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


def encryption_key_lines(keys: tuple[tuple[str, bytes], ...]) -> str:
    """The text of a key file, in the keys' order."""
    return "".join(f"{key_id}:{base64.urlsafe_b64encode(key).decode()}\n" for key_id, key in keys)


def make_secret_file(path: Path, text: str) -> bool:
    """A file of the home's secrets, made unless it is there already."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _write_once(path, text + "\n")


def replace_encryption_keys(home: Path, lines: str, stamp: str) -> None:
    """Other keys from now on, whole or not at all; those of before stay beside them under the stamp."""
    path = encryption_key_file(home)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        _write_once(path.with_name(f"{path.name}.before-{stamp}"), path.read_text())
    _write_draft(path, lines).replace(path)


def _write_draft(path: Path, text: str) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _write_once(path: Path, text: str) -> bool:
    if path.exists():
        return False
    draft = _write_draft(path, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False  # another process was first; its key is everybody's
    finally:
        draft.unlink()
    return True


def read_own_file(path: Path) -> str | None:
    """A file made by us, or None when it is not there; complains when others may read it."""
    if not path.exists():
        return None
    _complain_when_others_may_read(path)
    return path.read_text().strip()


def read_named_file(variable: str, path: Path) -> str:
    """A file the owner names in the environment (a mounted secret may well be readable by its group)."""
    try:
        return path.read_text().strip()
    except OSError as error:
        raise ConfigurationError(
            f"{variable} names the file {path}, which cannot be read ({error.strerror}): "
            "name a file that exists and that this user may read."
        ) from error


def _complain_when_others_may_read(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS:
        owner_only = "700" if path.is_dir() else "600"
        raise ConfigurationError(
            f"{path} may be read by other users (mode {mode:o}): "
            f"run “chmod {owner_only} {path}”, and think of its secret as known if others use this machine."
        )


def parse_encryption_keys(text: str, variable: str) -> tuple[tuple[str, bytes], ...]:
    """Lines of `id:base64 of 32 bytes`; the first is current, the others only read."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    keys = tuple(_parse_key_line(line, number, variable) for number, line in enumerate(lines, 1))
    if not keys:
        raise ConfigurationError(f"{variable} holds no key: give one line “id:base64 of 32 random bytes”.")
    if len({key_id for key_id, _ in keys}) != len(keys):
        raise ConfigurationError(f"{variable} has two keys with the same id: give every line its own id.")
    return keys


def _parse_key_line(line: str, number: int, variable: str) -> tuple[str, bytes]:
    match = _KEY_LINE.fullmatch(line)
    if match is None:
        raise ConfigurationError(
            f"{variable}, line {number} is not a key: write “id:base64 of 32 random bytes” "
            "(the id is made of letters, digits, - and _)."
        )
    try:
        key = base64.b64decode(match["key"].translate(str.maketrans("-_", "+/")), validate=True)
    except binascii.Error as error:
        raise ConfigurationError(f"{variable}, line {number} is not base64: copy the whole key.") from error
    if len(key) < _FEWEST_KEY_BYTES:
        raise ConfigurationError(
            f"{variable}, line {number} has only {len(key)} bytes: a key has {_FEWEST_KEY_BYTES} or more."
        )
    return match["id"], key
