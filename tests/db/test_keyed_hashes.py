"""Keyed hashes are HMAC-SHA-256, so that what an earlier version wrote is found."""

import hashlib
import hmac

from django.conf import settings

from wharfinger.db.encryption import keyed_hash, search_hash

_, KEY = settings.WHARFINGER.encryption_keys[-1]


def test_a_keyed_hash_is_hmac_of_the_purpose_and_the_text_without_case_and_spaces():
    secret = hashlib.sha256(b"wharfinger hash" + KEY).digest()

    assert keyed_hash("surname", " Hópper ") == hmac.digest(secret, "surname|hópper".encode(), "sha256").hex()
    assert keyed_hash("surname", " ") == ""


def test_hashes_of_different_kinds_and_words_differ():
    words = [("name", "hopper"), ("company", "hopper"), ("name", "x" * 500), ("name", "ü")]

    assert len({search_hash(kind, word) for kind, word in words}) == 4
    assert all(-(2**63) <= search_hash(kind, word) < 2**63 for kind, word in words)
