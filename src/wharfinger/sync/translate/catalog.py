"""An item of Amazon's catalogue → ours. Source: model catalogItems_2022-04-01.json."""

from wharfinger.amazon.messages.catalog import CatalogItem
from wharfinger.domain.stock.gtin import gtin14
from wharfinger.domain.stock.pictures import picture_address
from wharfinger.operations.stock.descriptions import Description


def description_of(item: CatalogItem, marketplace_id: str) -> Description:
    return Description(
        title=item.name(marketplace_id),
        gtin=next(filter(None, map(gtin14, item.numbers(marketplace_id))), ""),
        picture=picture_address(item.main_picture(marketplace_id)),
    )
