"""Catalog Items 2022-04-01: pictures and numbers of ASINs. Source: model catalogItems_2022-04-01.json."""

import msgspec

from wharfinger.amazon.messages.wire import Message, read_each, split

MAIN = "MAIN"
"""The variant that stands for the item; the others are PT01 to PT08 and SWCH."""


class CatalogImage(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    link: str
    variant: str = ""
    height: int | None = None
    width: int | None = None


class ImagesOfMarketplace(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    marketplace_id: str
    images: tuple[CatalogImage, ...] = ()


class CatalogIdentifier(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`identifier_type`: EAN, GTIN, UPC, ISBN, JAN, MINSAN, SKU …"""

    identifier_type: str
    identifier: str


class IdentifiersOfMarketplace(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    marketplace_id: str
    identifiers: tuple[CatalogIdentifier, ...] = ()


class CatalogSummary(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    marketplace_id: str
    item_name: str | None = None


class CatalogItem(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One ASIN; what `includedData` did not name is empty."""

    asin: str
    images: tuple[ImagesOfMarketplace, ...] = ()
    identifiers: tuple[IdentifiersOfMarketplace, ...] = ()
    summaries: tuple[CatalogSummary, ...] = ()

    def main_picture(self, marketplace_id: str) -> str:
        """The address of the item's first picture there; empty where there is none."""
        pictures = [one for part in self.images if part.marketplace_id == marketplace_id for one in part.images]
        pictures.sort(key=lambda one: one.variant != MAIN)
        return pictures[0].link if pictures else ""

    def numbers(self, marketplace_id: str) -> tuple[str, ...]:
        """EAN, UPC and the like, as Amazon wrote them."""
        return tuple(
            one.identifier
            for part in self.identifiers
            if part.marketplace_id == marketplace_id
            for one in part.identifiers
        )

    def name(self, marketplace_id: str) -> str:
        return next((one.item_name or "" for one in self.summaries if one.marketplace_id == marketplace_id), "")


class _SearchAnswer(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    items: tuple[msgspec.Raw, ...] = ()


class CatalogPage(Message, frozen=True, kw_only=True):
    """`unreadable` says of each item that could not be read, or that was not requested, what is wrong."""

    items: tuple[CatalogItem, ...]
    unreadable: tuple[str, ...] = ()


def read_catalog_page(body: bytes) -> CatalogPage:
    """A searchCatalogItems answer as a page; raises Unreadable if the body is none."""
    answer = split(body, _SearchAnswer)
    items, unreadable = read_each(answer.items, CatalogItem)
    return CatalogPage(items=items, unreadable=unreadable)
