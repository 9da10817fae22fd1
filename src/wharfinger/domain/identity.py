"""Amazon's identities as types of their own, each with one parser.

Amazon SKUs are compared exactly: case, spaces and leading zeros count, and no Unicode
normalisation is done (behaviour I03: U+FF06 is not "&").
"""

import re
from typing import NewType

Sku = NewType("Sku", str)
SellerId = NewType("SellerId", str)

SKU_LENGTH_AT_MOST = 400
"""Longer than any SKU Amazon accepts (40 characters); odd ones that orders bring are kept whole."""

_SELLER = re.compile(r"A[A-Z0-9]{9,20}")


class NotAnIdentity(ValueError):
    """The text cannot be this kind of identity; the message says what it should look like."""


def parse_sku(text: str) -> Sku:
    if not text or not text.strip():
        raise NotAnIdentity("The SKU is empty. Give the SKU exactly as Seller Central shows it.")
    if len(text) > SKU_LENGTH_AT_MOST:
        raise NotAnIdentity(
            f"The SKU has {len(text)} characters; at most {SKU_LENGTH_AT_MOST} can be kept. "
            "Check that it is not the text of another field."
        )
    if any(ord(character) < 32 for character in text):
        raise NotAnIdentity("The SKU contains a control character (a tab or line break). Remove it.")
    return Sku(text)


def parse_seller_id(text: str) -> SellerId:
    cleaned = text.strip()
    if not _SELLER.fullmatch(cleaned):
        raise NotAnIdentity(
            f"“{cleaned[:40]}” is not a Seller ID. It has capital letters and digits and begins with A, such as "
            "A2EXAMPLE4SELL. Seller Central shows it under Account info as Merchant Token."
        )
    return SellerId(cleaned)
