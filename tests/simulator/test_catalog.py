"""Catalog Items: one entry for an ASIN, with an EAN and a picture that this Amazon serves."""

import pytest
from tests.simulator.conftest import DE, EU, UK

from amazon_simulator import router
from amazon_simulator.core.http import Request

ITEMS = "/catalog/2022-04-01/items"


def search(amazon, **query):
    return amazon.call("GET", ITEMS, query={"marketplaceIds": UK, **query})


def test_an_asin_has_a_right_ean_and_the_picture_of_its_listing(amazon):
    query = {"identifiersType": "ASIN", "identifiers": "B0FBM00010", "includedData": "identifiers,images"}
    (item,) = search(amazon, **query)[1]["items"]
    (number,) = item["identifiers"][0]["identifiers"]
    digits = [int(digit) for digit in number["identifier"]]
    assert (number["identifierType"], len(digits)) == ("EAN", 13)
    assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0
    link = item["images"][0]["images"][0]["link"]
    listed = amazon.call("GET", f"/listings/2021-08-01/items/{EU}/HH-0010", query={"marketplaceIds": UK})[1]
    path = "/pictures/B0FBM00010.svg"
    assert (link.endswith(path), listed["summaries"][0].get("mainImage", {}).get("link", link)) == (True, link)
    picture = router.answer(amazon.simulator, Request("GET", path))
    assert (picture.status, picture.headers["content-type"], picture.body[:4]) == (200, "image/svg+xml", b"<svg")


def test_a_search_pages_by_its_token_and_says_how_many_there_are(amazon):
    first = search(amazon, keywords="board", pageSize=1)[1]
    token = first["pagination"]["nextToken"]
    second = search(amazon, keywords="board", pageSize=1, pageToken=token)[1]
    assert first["items"][0]["asin"] != second["items"][0]["asin"]
    assert first["numberOfResults"] == second["numberOfResults"] > 1
    amazon.advance(10)
    assert search(amazon, keywords="bowl", pageSize=1, pageToken=token)[0] == 400


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"identifiers": "B0FBM00010"},
        {"identifiers": "B0FBM00010", "identifiersType": "NAME"},
        {"identifiers": "HH-0010", "identifiersType": "SKU"},
        {"identifiers": ",".join(f"B{number}" for number in range(21)), "identifiersType": "ASIN"},
        {"identifiers": "B0FBM00010", "identifiersType": "ASIN", "keywords": "board"},
        {"keywords": "board", "pageSize": 21},
        {"keywords": "board", "includedData": "prices"},
        {"keywords": "board", "marketplaceIds": f"{UK},{DE}"},
        {"keywords": "board", "marketplaceIds": "NOWHERE"},
    ],
)
def test_a_search_that_the_model_does_not_allow_is_refused(amazon, query):
    assert search(amazon, **query)[0] == 400


def test_another_regions_marketplace_is_denied(amazon):
    assert search(amazon, keywords="board", marketplaceIds="ATVPDKIKX0DER")[0] == 403


def test_a_sku_is_found_for_its_seller(amazon):
    query = {"identifiers": "HH-0021", "identifiersType": "SKU"}
    found = search(amazon, **query, sellerId=EU)[1]["items"]
    assert [item["asin"] for item in found] == ["B0FBM00021"]
    assert search(amazon, **query, sellerId="A2NOBODY")[1]["items"] == []
