"""Each scenario happens as its description says."""

from collections import Counter

import pytest
from tests.simulator.conftest import EU, NA, UK

from amazon_simulator.control.scenarios import SCENARIOS


def begin(amazon, name, **members):
    status, made = amazon.control("POST", f"scenarios/{name}", members)
    assert status == 201, made
    return made


def row(amazon, part, **wanted):
    rows = amazon.control("GET", "books")[1][part]
    return [one for one in rows if all(one[name] == value for name, value in wanted.items())]


def test_every_scenario_is_listed_and_can_be_started_for_every_seller(amazon):
    assert amazon.control("GET", "scenarios")[1]["scenarios"] == {
        name: scenario.description for name, scenario in SCENARIOS.items()
    }
    for name in SCENARIOS:
        for seller in (EU, NA, EU):
            assert begin(amazon, name, sellerId=seller)["sellerId"] == seller
    amazon.advance(5 * 24 * 3600)
    assert all(amazon.listing(sku, seller).quantity >= 0 for seller in (EU, NA) for sku in ("HH-0010", "HH-0011"))


def test_an_unknown_scenario_or_seller_is_refused(amazon):
    assert amazon.control("POST", "scenarios/mutiny")[0] == 400
    status, body = amazon.control("POST", "scenarios/fba", {"sellerId": "NOBODY"})
    assert (status, "sellerId" in body["error"]) == (400, True)


def test_oversold_sells_three_of_two(amazon):
    made = begin(amazon, "oversold", sellerId=EU)
    orders = [row(amazon, "orders", orderId=order)[0] for order in made["orderIds"]]
    assert len({order["marketplaceId"] for order in orders}) == 3
    assert [order["items"][0]["sku"] for order in orders] == [made["sku"]] * 3
    history = row(amazon, "listings", sku=made["sku"], sellerId=EU)[0]["history"]
    assert [change["quantity"] for change in history[-4:]] == [2, 1, 0, 0]


def test_fba_ships_receives_loses_damages_finds_and_takes_back(amazon):
    before = {(r["pool"], r["sku"]): r for r in row(amazon, "fba", sellerId=EU)}
    made = begin(amazon, "fba", sellerId=EU)
    amazon.advance(600)
    assert {row(amazon, "orders", orderId=order)[0]["status"] for order in made["orderIds"]} == {"SHIPPED"}
    amazon.advance(4 * 24 * 3600)
    events = Counter((e["kind"], e["quantity"], e["disposition"], e["reason"]) for e in row(amazon, "fbaEvents"))
    assert events == {
        ("Shipments", -1, "SELLABLE", ""): 2,
        ("Receipts", 24, "SELLABLE", ""): 1,
        ("Adjustments", -1, "SELLABLE", "M"): 1,
        ("Adjustments", -1, "SELLABLE", "E"): 1,
        ("Adjustments", 1, "WAREHOUSE_DAMAGED", "E"): 1,
        ("Adjustments", 1, "SELLABLE", "F"): 1,
        ("CustomerReturns", 1, "SELLABLE", ""): 1,
        ("CustomerReturns", 1, "CUSTOMER_DAMAGED", ""): 1,
    }
    start, after = before[(made["pool"], made["sku"])], row(amazon, "fba", pool=made["pool"], sku=made["sku"])[0]
    assert after["fulfillable"] - start["fulfillable"] == -2 + 24 - 1 - 1 + 1 + 1
    assert (after["unfulfillable"], after["inbound"], after["researching"]) == (2, start["inbound"], 0)
    assert [back["kind"] for back in row(amazon, "returns")] == ["FBA", "FBA"]


def test_unmatched_sells_what_nobody_had_listed(amazon):
    query = {"marketplaceIds": UK, "pageSize": 20}
    before = amazon.call("GET", f"/listings/2021-08-01/items/{EU}", query=query)[1]["numberOfResults"]
    made = begin(amazon, "unmatched", sellerId=EU)
    bought = [row(amazon, "orders", orderId=order)[0]["items"][0] for order in made["orderIds"]]
    assert [item["sku"] for item in bought] == made["skus"]
    asins = Counter(listing["asin"] for listing in row(amazon, "listings", sellerId=EU))
    assert [asins[item["asin"]] for item in bought] == [1, 2]
    amazon.advance(5)
    after = amazon.call("GET", f"/listings/2021-08-01/items/{EU}", query=query)[1]["numberOfResults"]
    assert after == before + 2


def test_expired_denies_until_the_seller_consents_again(amazon):
    assert amazon.search()[0] == 200
    made = begin(amazon, "expired", sellerId=EU)
    assert (made["revoked"], len(made["orderIds"])) == (1, 1)
    assert amazon.search()[0] == 403
    assert amazon.search(seller=NA, marketplaceIds="ATVPDKIKX0DER")[0] == 200


def test_peak_without_traffic_brings_an_hour_of_it_and_ends(amazon):
    begin(amazon, "peak", sellerId=EU)
    amazon.advance(3600)
    bought = len(amazon.simulator.world.orders)
    assert bought > 150
    amazon.advance(24 * 3600)
    assert len(amazon.simulator.world.orders) == bought


def test_peak_multiplies_the_traffic_that_runs_and_leaves_it_running(amazon):
    traffic = {"marketplaces": {UK: 20}, "dayCurve": False, "keepStocked": True, "habits": {"fba": 0}}
    amazon.control("POST", "traffic", traffic)
    begin(amazon, "peak", sellerId=EU)
    amazon.advance(3600)
    bought = len(amazon.simulator.world.orders)
    amazon.advance(3600)
    assert (150 < bought < 250, 5 < len(amazon.simulator.world.orders) - bought < 40) == (True, True)


def test_outage_breaks_every_call_for_a_while_and_some_after_it(amazon):
    amazon.control("POST", "limits", {"lift": True})
    made = begin(amazon, "outage", sellerId=EU)
    amazon.advance(130)
    answers = [amazon.call("GET", "/sellers/v1/marketplaceParticipations", seller=NA)[0] for _ in range(3)]
    assert answers == [200] * 3
    headers = {"x-amz-access-token": amazon.token()}
    during = [amazon.send("GET", "/sellers/v1/marketplaceParticipations", headers=headers) for _ in range(40)]
    assert {answer.status for answer in during} == {503}
    assert {answer.headers["content-type"] for answer in during} == {"application/json", "text/html"}
    amazon.advance(20 * 60)
    assert {amazon.search()[0] for _ in range(30)} == {200, 429}
    amazon.advance(15 * 60)
    found = [amazon.search() for _ in range(10)]
    assert {status for status, _ in found} == {200}
    assert {order["orderId"] for order in found[0][1]["orders"]} >= set(made["orderIds"])


@pytest.mark.parametrize("name", ["oversold", "unmatched", "outage"])
def test_a_seller_without_goods_is_refused_with_what_it_lacks(amazon, name):
    bare = amazon.control("POST", "accounts", {"region": "EU", "goods": False})[1]
    status, body = amazon.control("POST", f"scenarios/{name}", {"sellerId": bare["sellerId"]})
    assert (status, "/_simulator/listings" in body["error"]) == (400, True)
