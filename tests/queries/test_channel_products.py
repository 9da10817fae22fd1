"""The listings of a channel: found by codes and titles, counted as far as a page waits for it."""

import pytest
from tests.factories.cast import Retailer
from tests.factories.ground import DE

from wharfinger.db.models import ChannelProduct, Listing
from wharfinger.db.queries.channels import channel_products
from wharfinger.db.queries.channels.channel_products import (
    ProductCounts,
    ProductFilter,
    UploadProgress,
    channel_facts,
    count_products,
    list_products,
    list_sent_levels,
    upload_progress,
)
from wharfinger.db.queries.stock.stock_out import stock_upload_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    """Three mugs of one account, and one that is listed in Germany only."""
    retailer = Retailer()
    for code in ("MUG-1", "MUG-2", "BOWL_3"):
        retailer.item(code, 5)
    retailer.listing("MUG-DE", retailer.item("OTHER", listed=False), marketplace=DE)
    ChannelProduct.objects.filter(listing__sku="MUG-2").update(title="Blue enamel mug", asin="B000000002", item=None)
    retailer.facts = channel_facts(retailer.fbm.pk)
    return retailer


def skus(shop, **wanted):
    return [row.sku for row in list_products(shop.facts, ProductFilter(**wanted)).rows]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mug", ["MUG-1", "MUG-2"]),
        ("bowl3", ["BOWL_3"]),
        ("3", ["BOWL_3"]),
        ("ENAM", ["MUG-2"]),
        ("mug blu", ["MUG-2"]),
        ("b000000002", ["MUG-2"]),
        ("B00000", []),
        ("%", []),
        ("nowhere", []),
    ],
)
def test_a_listing_is_found_by_its_codes_and_the_words_of_its_title(shop, text, found):
    assert skus(shop, search=text) == found


def test_what_amazon_shows_otherwise_is_found_few_or_many(shop, monkeypatch):
    Listing.objects.update(sent_quantity=5, read_back_quantity=5)
    Listing.objects.filter(sku="MUG-1").update(read_back_quantity=4)
    Listing.objects.filter(sku="BOWL_3").update(error="refused")
    wrong = ProductFilter(link="wrong")
    few = [row.sku for row in list_sent_levels(shop.facts, wrong).rows]
    monkeypatch.setattr(channel_products, "COUNTED_AT_ONCE", 1)
    assert few == [row.sku for row in list_sent_levels(shop.facts, wrong).rows] == ["MUG-1", "BOWL_3"]


def test_counts_are_of_some_until_a_person_wants_all(shop, monkeypatch):
    assert count_products(shop.facts) == ProductCounts(total=3, linked=2, fbm=3, fba=0)
    monkeypatch.setattr(channel_products, "COUNTED_AT_ONCE", 2)
    some = count_products(shop.facts)
    assert (some.total, some.fbm, some.fba, some.whole) == (2, 2, 0, False)
    assert count_products(shop.facts, everything=True) == ProductCounts(total=3, linked=2, fbm=3, fba=0)
    assert upload_progress(shop.facts).whole is False
    Listing.objects.filter(sku="MUG-1").update(sent_quantity=5, sent_why={"not_sent": "no site"}, error="")
    Listing.objects.filter(sku="MUG-2").update(sent_quantity=5, sent_why={}, error="")
    shop.account.stock_notices.filter(listing__sku__in=("MUG-1", "MUG-2")).delete()
    assert upload_progress(shop.facts, everything=True) == UploadProgress(sent=1, queued=1, refused=0, silent=1)


def test_the_plan_of_a_first_upload_is_worked_out_as_far_as_it_is_shown(shop):
    whole = stock_upload_plan(shop.fbm.pk)
    assert [(row.sku, row.title, row.item_code, row.would_be) for row in whole] == [
        ("BOWL_3", whole[0].title, "BOWL_3", 5),
        ("MUG-1", whole[1].title, "MUG-1", 5),
        ("MUG-2", "Blue enamel mug", "", None),
    ]
    assert stock_upload_plan(shop.fbm.pk, at_most=2) == whole[:2]
