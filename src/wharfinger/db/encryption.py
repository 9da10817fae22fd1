"""Personal data and secrets at rest: AES-256-GCM with the key's id in the value, and keyed hashes.

A value is stored as `key id:base64(nonce + ciphertext)`. The first configured key writes, every
configured key reads, so a key is rotated by putting a new one in front. What must be found by
equality (a postcode, a surname) has a keyed hash beside it; the hash key is derived from the last
configured key, the installation's first, so that rotation leaves the hashes as they are.
"""

import base64
import binascii
import hashlib
import json
import os
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

from wharfinger.config import environment

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
    _Json = models.TextField[Any, Any]
    _Bytes = models.TextField[Any, Any]
else:
    _Text = _Json = _Bytes = models.TextField

_NONCE_BYTES = 12


class NotReadable(Exception):
    """A stored value cannot be decrypted with the configured keys; names the key that it wants."""


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(hashlib.sha256(b"wharfinger at rest" + key).digest())


def encrypt(plain: bytes) -> str:
    key_id, key = settings.WHARFINGER.encryption_keys[0]
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + _cipher(key).encrypt(nonce, plain, key_id.encode())
    return f"{key_id}:{base64.b64encode(sealed).decode()}"


def decrypt(stored: str) -> bytes:
    if stored.partition(":")[0] not in dict(settings.WHARFINGER.encryption_keys):
        _look_for_new_keys()
    return decrypt_with(settings.WHARFINGER.encryption_keys, stored)


def _look_for_new_keys() -> None:
    """“wharfinger rotate-key” put one in front while this process runs: it is in the file, and writes from now."""
    keys = environment.keys_of_home(settings.WHARFINGER)
    if set(settings.WHARFINGER.encryption_keys) < set(keys):
        settings.WHARFINGER = environment.adopt(environment.with_encryption_keys(settings.WHARFINGER, keys))


def decrypt_with(keys: Iterable[tuple[str, bytes]], stored: str) -> bytes:
    """With keys that need not be the configured ones: those of a backup."""
    key_id, _, sealed_text = stored.partition(":")
    key = dict(keys).get(key_id)
    if key is None:
        raise NotReadable(
            f"A stored value needs the encryption key “{key_id}”, which is not configured. "
            "Put it back behind the current key in the encryption key file."
        )
    try:
        sealed = base64.b64decode(sealed_text, validate=True)
        return _cipher(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], key_id.encode())
    except (InvalidTag, binascii.Error) as error:
        raise NotReadable(
            f"A stored value was changed, or the encryption key “{key_id}” is not the one that wrote it."
        ) from error


def keyed_hash(purpose: str, text: str) -> str:
    """A hash for finding by equality: case, spaces and accents' composition do not count."""
    _, key = settings.WHARFINGER.encryption_keys[-1]
    normalised = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    if not normalised:
        return ""
    return _hmac(_hash_secret(key), f"{purpose}|{normalised}").hex()


@lru_cache(maxsize=16)
def _hash_secret(key: bytes) -> bytes:
    return hashlib.sha256(b"wharfinger hash" + key).digest()


@lru_cache(maxsize=4)
def _search_key(key: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"wharfinger search words").derive(key)


def search_hash(kind: str, word: str) -> int:
    """Of a word of an order's buyer: the first eight bytes of an HMAC, as the database's largest integer.

    Its key is derived from the installation's first, and from nothing in the database. Two words of eight million
    have the same one with a probability of two in a million: an order too many is found, none too few.
    """
    _, key = settings.WHARFINGER.encryption_keys[-1]
    digest = _hmac(_search_key(key), f"{kind}|{word}")
    return int.from_bytes(digest[:8], "big", signed=True)


def _hmac(secret: bytes, text: str) -> bytes:
    """HMAC-SHA-256 with the key's half of the work done once: a dozen an order, at a third of `hmac.digest`'s time."""
    inner, outer = _hmac_pads(secret)
    inner, outer = inner.copy(), outer.copy()
    inner.update(text.encode())
    outer.update(inner.digest())
    digest: bytes = outer.digest()
    return digest


@lru_cache(maxsize=16)
def _hmac_pads(secret: bytes) -> tuple[Any, Any]:
    """The two hashes of RFC 2104 after their padded key; `secret` is no longer than a block."""
    padded = secret.ljust(64, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in padded)) for pad in (0x36, 0x5C))
    return inner, outer


class EncryptedText(_Text):
    """Text kept encrypted. Empty text is stored as empty: there is nothing to hide."""

    def get_prep_value(self, value: Any) -> Any:
        return value if value in (None, "") else encrypt(str(value).encode())

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return value if value in (None, "") else decrypt(value).decode()


class EncryptedJson(_Json):
    """A JSON value kept encrypted (addresses, buyers, audit values)."""

    if TYPE_CHECKING:  # what django-stubs reads to know the types of values set and got
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        return encrypt(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return None if value is None else json.loads(decrypt(value))

    def to_python(self, value: Any) -> Any:
        return value


class EncryptedBytes(_Bytes):
    """Raw messages kept as sent, encrypted."""

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else encrypt(bytes(value))

    def from_db_value(self, value: str | None, expression: object, connection: object) -> bytes | None:
        return None if value is None else decrypt(value)

    def to_python(self, value: Any) -> Any:
        return value
