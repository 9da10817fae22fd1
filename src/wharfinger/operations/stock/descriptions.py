"""What Amazon's catalogue says of products whose listings came without it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ChannelProduct
from wharfinger.operations._rows import load, update_columns
from wharfinger.operations.transaction import operation


@dataclass(frozen=True, slots=True)
class Description:
    """Of an ASIN in a marketplace; empty = the catalogue does not have it. `gtin`: as 14 digits."""

    title: str
    gtin: str
    picture: str


@operation
def keep_descriptions(
    account_id: int,
    marketplace_id: str,
    requested: Collection[str],
    found: Mapping[str, Description],
    *,
    now: datetime,
) -> int:
    """Fill what the products of these ASINs lack, and note that the catalogue was read for them; what a listing itself
    said stays. Returns how many got something."""
    rows = ChannelProduct.objects.filter(
        any_of("asin", requested), listing__account=account_id, marketplace=marketplace_id
    )
    ids = list(rows.values_list("pk", flat=True))
    products = load(ChannelProduct.objects.filter(any_of("pk", ids)).select_for_update(no_key=True).order_by("pk"))
    filled = sum(_fill(product, found.get(product.asin), now) for product in products)
    columns = {"title", "gtin", "picture", "described_at"}
    if products:
        fields = [field for field in ChannelProduct._meta.concrete_fields if field.attname in columns]
        update_columns(ChannelProduct, products, fields)
    return filled


def _fill(product: ChannelProduct, found: Description | None, now: datetime) -> bool:
    before = (product.title, product.gtin, product.picture)
    if found is not None:
        product.title = product.title or found.title[:500]
        product.gtin = product.gtin or found.gtin
        product.picture = product.picture or found.picture
    product.described_at = now
    return before != (product.title, product.gtin, product.picture)
