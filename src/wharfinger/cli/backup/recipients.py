"""Who can open a backup: who knows a passphrase, or holds the private half of a key pair.

Each wraps the file's own random key in a slot of the header. Passphrase: scrypt. Key pair: X25519, a fresh pair for
each file. Both halves are texts that people keep: `wharfinger-backup-public-…`, `wharfinger-backup-secret-…`.
"""

import base64
import binascii
import os
import secrets
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

PUBLIC, SECRET = "wharfinger-backup-public-", "wharfinger-backup-secret-"
SHORTEST_PASSPHRASE = 12
_COST, _BLOCK, _PARALLEL = 2**17, 8, 1
"""128 MiB and some 0.4 s for each try of a passphrase."""
_DEAREST = 2**20
"""A file that wants more of us was not made by us: reading it would take the machine's memory."""
_ONCE = bytes(12)
"""Each wrapping key wraps one value, so that its nonce may be the same."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class NotARecipient(Exception):
    """A passphrase or key that cannot be used; the message is a sentence."""


class Recipient(Protocol):
    def wrap(self, key: bytes) -> dict[str, Any]:
        """A slot of the header in which only this recipient finds the key."""
        ...


class Opener(Protocol):
    @property
    def kind(self) -> str: ...

    def unwrap(self, slot: dict[str, Any]) -> bytes | None:
        """The key, or None when the slot is another's."""
        ...


@dataclass(frozen=True, slots=True)
class Passphrase:
    text: str

    kind = "passphrase"

    def __repr__(self) -> str:
        return "Passphrase(…)"

    def wrap(self, key: bytes) -> dict[str, Any]:
        salt = os.urandom(16)
        sealed = AESGCM(self._derive(salt, _COST, _BLOCK, _PARALLEL)).encrypt(_ONCE, key, b"passphrase")
        cost = {"n": _COST, "r": _BLOCK, "p": _PARALLEL}
        return {"type": self.kind, "salt": _text(salt), **cost, "key": _text(sealed)}

    def unwrap(self, slot: dict[str, Any]) -> bytes | None:
        cost, block, parallel = slot["n"], slot["r"], slot["p"]
        if not (isinstance(cost, int) and 2 <= cost <= _DEAREST and block in range(1, 17) and parallel in range(1, 5)):
            raise ValueError("cost")
        return _open(self._derive(_bytes(slot["salt"]), cost, block, parallel), slot, b"passphrase")

    def _derive(self, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
        return Scrypt(salt=salt, length=32, n=cost, r=block, p=parallel).derive(self.text.encode())


@dataclass(frozen=True, slots=True)
class PublicKey:
    raw: bytes

    kind = "x25519"

    def wrap(self, key: bytes) -> dict[str, Any]:
        once = X25519PrivateKey.generate()
        mine = once.public_key().public_bytes_raw()
        shared = once.exchange(X25519PublicKey.from_public_bytes(self.raw))
        sealed = AESGCM(_agreed(shared, mine, self.raw)).encrypt(_ONCE, key, b"x25519")
        return {"type": self.kind, "for": _text(self.raw), "from": _text(mine), "key": _text(sealed)}


@dataclass(frozen=True, slots=True)
class SecretKey:
    raw: bytes

    kind = "x25519"

    def __repr__(self) -> str:
        return "SecretKey(…)"

    def public(self) -> PublicKey:
        return PublicKey(X25519PrivateKey.from_private_bytes(self.raw).public_key().public_bytes_raw())

    def unwrap(self, slot: dict[str, Any]) -> bytes | None:
        theirs, ours = _bytes(slot["from"]), self.public().raw
        if _bytes(slot["for"]) != ours:
            return None
        shared = X25519PrivateKey.from_private_bytes(self.raw).exchange(X25519PublicKey.from_public_bytes(theirs))
        return _open(_agreed(shared, theirs, ours), slot, b"x25519")


def new_secret_key() -> SecretKey:
    return SecretKey(X25519PrivateKey.generate().private_bytes_raw())


def new_passphrase() -> str:
    """30 letters and digits in groups that can be written down: 148 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(6))


def secret_text(key: SecretKey) -> str:
    return SECRET + _text(key.raw)


def public_text(key: PublicKey) -> str:
    return PUBLIC + _text(key.raw)


def read_recipient(text: str) -> Recipient:
    """What is entered for backups: a public key, or a passphrase."""
    text = text.strip()
    if text.startswith(SECRET):
        raise NotARecipient("That is the secret half of the key pair: give the public half, and keep this one away.")
    if text.startswith(PUBLIC):
        return PublicKey(_raw_key(text, PUBLIC))
    if len(text) < SHORTEST_PASSPHRASE:
        raise NotARecipient(f"The passphrase has {len(text)} characters: give {SHORTEST_PASSPHRASE} or more.")
    return Passphrase(text)


def read_opener(text: str) -> Opener:
    """What opens a backup: a secret key, or a passphrase."""
    text = text.strip()
    if text.startswith(PUBLIC):
        raise NotARecipient("That is the public half of the key pair, which opens nothing: give the secret half.")
    if text.startswith(SECRET):
        return SecretKey(_raw_key(text, SECRET))
    if not text:
        raise NotARecipient("The passphrase is empty.")
    return Passphrase(text)


def _raw_key(text: str, prefix: str) -> bytes:
    try:
        raw = _bytes(text.removeprefix(prefix))
    except ValueError as error:
        raise NotARecipient("The key cannot be read: copy the whole line.") from error
    if len(raw) != 32:
        raise NotARecipient("The key cannot be read: copy the whole line.")
    return raw


def _agreed(shared: bytes, once: bytes, recipient: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=once + recipient, info=b"wharfinger backup x25519").derive(shared)


def _open(wrapping: bytes, slot: dict[str, Any], kind: bytes) -> bytes | None:
    try:
        return AESGCM(wrapping).decrypt(_ONCE, _bytes(slot["key"]), kind)
    except InvalidTag:
        return None


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, TypeError) as error:
        raise ValueError("not base64") from error
