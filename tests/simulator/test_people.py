"""Addresses as each country writes them, and the kinds that programs stumble over."""

import pytest
from tests.simulator.conftest import DE, EU, NA, UK, US, Amazon

from amazon_simulator.traffic.people import ADDRESS_KINDS, PLACES, buyer_for
from amazon_simulator.world.catalogue import MARKETS


def address(amazon, order, seller=EU):
    return amazon.read(order, "RECIPIENT", seller=seller)["recipient"]["deliveryAddress"]


def test_everybody_in_america_has_a_state():
    assert all(place.state for country in ("US", "CA", "MX", "JP", "AU") for place in PLACES[country])


@pytest.mark.parametrize("country", sorted({market.country for market in MARKETS.values()}))
def test_the_same_number_is_the_same_buyer_of_that_country(country):
    assert [buyer_for(country, number) for number in range(40)] == [buyer_for(country, number) for number in range(40)]
    assert {buyer_for(country, number).country for number in range(40)} == {country}


def test_lines_counties_and_pick_up_points_are_in_the_mix():
    people = [buyer_for("GB", number) for number in range(40)] + [buyer_for("DE", number) for number in range(40)]
    assert any(one.line_2 and one.line_3 for one in people)
    assert any(one.county for one in people)
    assert {one.address_type for one in people} == {"RESIDENTIAL", "PICKUP_POINT"}


@pytest.mark.parametrize(
    ("kind", "without", "having"),
    [
        ("street_in_line_2", {"addressLine1", "addressLine3"}, {"addressLine2"}),
        ("street_in_line_3", {"addressLine1", "addressLine2"}, {"addressLine3"}),
        ("no_street", {"addressLine1", "addressLine2", "addressLine3"}, {"city"}),
        ("no_town", {"city"}, {"addressLine1", "postalCode"}),
        ("no_postcode", {"postalCode"}, {"city"}),
        ("no_state", {"stateOrRegion"}, {"city"}),
        ("no_name", {"name"}, {"addressLine1"}),
        ("business", set(), {"companyName"}),
    ],
)
def test_an_address_of_an_odd_kind_lacks_what_it_says(amazon, kind, without, having):
    address_json = address(amazon, amazon.order(seller=NA, marketplace=US, addressKind=kind), seller=NA)
    assert (without & set(address_json), having - set(address_json)) == (set(), set())


def test_a_masked_postcode_shows_its_beginning(amazon):
    address_json = address(amazon, amazon.order(addressKind="masked_postcode"))
    outward, inward = address_json["postalCode"].split(" ")
    assert (outward[2:].strip("*"), inward[1:].strip("*"), "*" in outward + inward) == ("", "", True)


def test_a_packstation_is_a_pick_up_point_in_germany(amazon):
    lines = address(amazon, amazon.order(marketplace=DE, addressKind="packstation"))
    assert (lines["addressLine1"], lines["addressLine2"], lines["countryCode"], lines["addressType"]) == (
        "Packstation 145", "1234567890", "DE", "PICKUP_POINT",
    )  # fmt: skip


def test_an_unknown_kind_is_refused_with_the_known_ones(amazon):
    status, body = amazon.control("POST", "orders", {
        "sellerId": EU, "marketplaceId": UK, "items": [{"sku": "HH-0010"}], "addressKind": "moon",
    })  # fmt: skip
    assert (status, "street_in_line_2" in body["error"]) == (400, True)


def test_a_mix_is_placed_where_one_says(amazon):
    status, body = amazon.control("POST", "orders", {"mix": {"count": 20, "seed": 3, "marketplaceIds": [DE, US]}})
    books = {row["orderId"]: row["marketplaceId"] for row in amazon.control("GET", "books")[1]["orders"]}
    assert (status, {books[one] for one in body["orderIds"]} <= {DE, US}) == (201, True)
    status, body = amazon.control("POST", "orders", {"mix": {"count": 1, "marketplaceIds": ["A0INVENTEDKWD1"]}})
    assert (status, body["error"].startswith("mix.marketplaceIds: ")) == (400, True)


def lived(seed):
    amazon = Amazon(seed=seed)
    habits = {"addresses": 0.5, "business": 0.5, "deemed": 0.9}
    amazon.control("POST", "traffic", {"ordersPerHour": 60, "habits": habits})
    amazon.advance(4 * 3600)
    return amazon


def test_traffic_has_companies_vat_iossses_and_odd_addresses_by_the_seed():
    first = lived(5)
    orders = list(first.simulator.world.orders.values())
    assert any(order.buyer.tax_number and order.buyer.company for order in orders)
    assert {bool(order.buyer.phone) for order in orders} == {True, False}
    assert {item.scheme for order in orders for item in order.items} >= {"IOSS", "FACILITATOR"}
    assert any(not order.buyer.town for order in orders)
    assert len(ADDRESS_KINDS) == 10
    assert first.control("GET", "books")[1] == lived(5).control("GET", "books")[1]
