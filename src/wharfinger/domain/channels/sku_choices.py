"""What a person chooses for an Amazon SKU that has no stock item."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Create:
    """A new stock item with this code, named by the listing's title; empty = the SKU is its code."""

    code: str = ""


@dataclass(frozen=True, slots=True)
class LinkTo:
    """A stock item that there is."""

    item_id: int


@dataclass(frozen=True, slots=True)
class Ignore:
    """No stock item, for good: it is not shown among the unlinked ones any more."""


Choice = Create | LinkTo | Ignore


@dataclass(frozen=True, slots=True)
class SkuChoice:
    """An Amazon SKU of an account, what is chosen for it, and a marketplace where it sells. `asin` and `title`: as
    orders brought them, for a SKU whose listing was not read yet."""

    account_id: int
    marketplace_id: str
    sku: str
    choice: Choice
    asin: str = ""
    title: str = ""
