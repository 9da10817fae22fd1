"""Amazon's identities as types of their own, each with one parser.

Amazon SKUs are compared exactly: case, spaces and leading zeros count, and no Unicode
normalisation is done (behaviour I03: U+FF06 is not "&").
"""

import re
from typing import NewType

Sku = NewType("Sku", str)
Asin = NewType("Asin", str)
MarketplaceId = NewType("MarketplaceId", str)
AmazonOrderId = NewType("AmazonOrderId", str)
SellerId = NewType("SellerId", str)

SKU_LENGTH_AT_MOST = 400
"""Longer than any SKU Amazon accepts (40 characters); odd ones that orders bring are kept whole."""

_ASIN = re.compile(r"[A-Z0-9]{10}")
_MARKETPLACE = re.compile(r"A[A-Z0-9]{9,14}")
_ORDER = re.compile(r"(?:\d{3}|S\d{2}|[A-Z]\d{2})-\d{7}-\d{7}")
_SELLER = re.compile(r"A[A-Z0-9]{9,20}")


class NotAnIdentity(ValueError):
    """The text cannot be this kind of identity; the message says what it should look like."""


def parse_sku(text: str) -> Sku:
    if not text or not text.strip():
        raise NotAnIdentity("The SKU is empty. Give the SKU exactly as Seller Central shows it.")
    if len(text) > SKU_LENGTH_AT_MOST:
        raise NotAnIdentity(
            f"The SKU has {len(text)} characters; at most {SKU_LENGTH_AT_MOST} can be kept. "
            "Check whether another field slipped into its place."
        )
    if any(ord(character) < 32 for character in text):
        raise NotAnIdentity("The SKU holds a control character (a tab or line break). Remove it.")
    return Sku(text)


def parse_asin(text: str) -> Asin:
    if not _ASIN.fullmatch(text):
        raise NotAnIdentity(f"“{text[:40]}” is no ASIN: ten capital letters and digits, such as B07XJ8C8F5.")
    return Asin(text)


def parse_marketplace_id(text: str) -> MarketplaceId:
    cleaned = text.strip()
    if not _MARKETPLACE.fullmatch(cleaned):
        raise NotAnIdentity(
            f"“{cleaned[:40]}” is no marketplace ID: it looks like A1F83G8C2ARO7P (Amazon.co.uk). "
            "Pick the marketplace from the list."
        )
    return MarketplaceId(cleaned)


def parse_order_id(text: str) -> AmazonOrderId:
    if not _ORDER.fullmatch(text):
        raise NotAnIdentity(f"“{text[:40]}” is no Amazon order number: it looks like 026-1520163-6049104.")
    return AmazonOrderId(text)


def parse_seller_id(text: str) -> SellerId:
    cleaned = text.strip()
    if not _SELLER.fullmatch(cleaned):
        raise NotAnIdentity(
            f"“{cleaned[:40]}” is no Seller ID: capital letters and digits beginning with A, such as "
            "A2EXAMPLE4SELL. Seller Central shows it under Account info as Merchant Token."
        )
    return SellerId(cleaned)
