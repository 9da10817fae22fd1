"""An item of Amazon's catalogue as the model has it, and its picture. Source: model catalogItems_2022-04-01.json."""

import zlib
from collections.abc import Sequence
from html import escape
from typing import Any

from amazon_simulator.core.http import Response
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Listing

NUMBERED = ("EAN", "GTIN", "ISBN", "JAN", "MINSAN", "UPC")
SIDE = 500
"""Pixels of a picture."""


def picture_link(base: str, asin: str) -> str:
    """Where the picture of an ASIN is; Amazon has its own servers for that."""
    return f"{base}/pictures/{asin}.svg"


def picture(name: str) -> Response:
    """A square in a colour of its own with the last letters of the ASIN."""
    asin = name.removesuffix(".svg")[:20]
    hue = zlib.crc32(asin.encode()) % 360
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">'
        f'<rect width="{SIDE}" height="{SIDE}" fill="hsl({hue} 45% 88%)"/>'
        f'<rect x="150" y="170" width="200" height="190" rx="24" fill="hsl({hue} 45% 45%)"/>'
        f'<text x="250" y="290" text-anchor="middle" font-family="sans-serif" font-size="80" fill="#fff">'
        f"{escape(asin[-3:])}</text></svg>"
    )
    return Response(200, svg.encode(), {"content-type": "image/svg+xml", "cache-control": "max-age=3600"})


def numbers_of(row: Listing) -> dict[str, str]:
    """Kind of number → number: the seller's own, else the EAN that the catalogue has for the ASIN."""
    return row.particulars.barcodes or {"EAN": _ean(row.asin)}


def _ean(asin: str) -> str:
    digits = f"50{zlib.crc32(asin.encode()):010d}"
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighed % 10}"


def catalogue_json(row: Listing, marketplaces: Sequence[str], data: Sequence[str], base: str) -> dict[str, Any]:
    """With the parts requested, in the marketplaces requested where it is sold."""
    here = [market for market in marketplaces if market in row.marketplaces]
    item: dict[str, Any] = {"asin": row.asin}
    for part in data:
        if part == "attributes":
            item[part] = {
                "item_name": [
                    {"value": row.title, "marketplace_id": market, "language_tag": MARKETS[market].language}
                    for market in here
                ]
            }
        else:
            item[part] = [{"marketplaceId": market, **_part(row, part, base)} for market in here]
    return item


def _part(row: Listing, part: str, base: str) -> dict[str, Any]:
    """One part in one marketplace."""
    match part:
        case "summaries":
            return {"itemName": row.title, "itemClassification": "BASE_PRODUCT", "packageQuantity": 1}
        case "identifiers":
            numbers = sorted(numbers_of(row).items())
            return {"identifiers": [{"identifierType": kind, "identifier": number} for kind, number in numbers]}
        case "images":
            main = {"variant": "MAIN", "link": picture_link(base, row.asin), "height": SIDE, "width": SIDE}
            return {"images": [main]}
        case "productTypes":
            return {"productType": row.product_type}
        case "relationships":
            return {"relationships": []}
        case "salesRanks":
            return {"classificationRanks": [], "displayGroupRanks": []}
        case _:  # classifications, dimensions and vendorDetails: nothing is known of them
            return {}
