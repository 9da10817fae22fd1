"""Usage plans by command: for one seller and operation or for all, kept over a restart, counted, reset, lifted."""

import pytest
from tests.simulator.conftest import EU, NA, US, Amazon

from amazon_simulator.access.rate_limits import PLANS


def counter(amazon, seller=EU, operation="searchOrders"):
    rows = amazon.control("GET", "limits")[1]["counters"]
    return next(row for row in rows if (row["sellerId"], row["operation"]) == (seller, operation))


def calls_until_refused(amazon, seller=EU, market=None, most=60):
    for number in range(most):
        if amazon.search(seller=seller, **({"marketplaceIds": market} if market else {}))[0] == 429:
            return number
    return None


def test_the_published_plan_holds_for_each_account_alone(amazon):
    assert calls_until_refused(amazon) == PLANS["searchOrders"][1]
    assert calls_until_refused(amazon, NA, US) == PLANS["searchOrders"][1]
    counted = counter(amazon)
    assert (counted["calls"], counted["refused"], counted["left"]) == (21, 1, 0)
    assert amazon.control("GET", "limits")[1]["throttled"] == 2


def test_a_bucket_fills_with_trade_time(amazon):
    calls_until_refused(amazon)
    amazon.advance(1 / PLANS["searchOrders"][0] + 1)
    assert [amazon.search()[0], amazon.search()[0]] == [200, 429]


def test_another_plan_for_one_seller_and_operation(amazon):
    amazon.control("POST", "limits", {"sellerId": EU, "operation": "searchOrders", "rate": 1, "burst": 3})
    assert calls_until_refused(amazon) == 3
    assert calls_until_refused(amazon, NA, US) == 20
    answer = amazon.search()[0]
    amazon.advance(1.5)
    assert (answer, amazon.search()[0]) == (429, 200)


def test_the_most_specific_plan_holds(amazon):
    for scope, burst in [({}, 2), ({"operation": "searchOrders"}, 4), ({"sellerId": EU}, 5)]:
        amazon.control("POST", "limits", {**scope, "rate": 0, "burst": burst})
    assert calls_until_refused(amazon) == 5
    assert calls_until_refused(amazon, NA, US) == 4
    path = "/sellers/v1/marketplaceParticipations"
    assert [amazon.call("GET", path, seller=NA)[0] for _ in range(3)] == [200, 200, 429]


def test_the_rate_header_shows_the_plan_that_holds(amazon):
    amazon.control("POST", "limits", {"operation": "searchOrders", "rate": 1.5, "burst": 3})
    headers = {"x-amz-access-token": amazon.token()}
    query = {"marketplaceIds": "A1F83G8C2ARO7P", "lastUpdatedAfter": "2026-09-01T00:00:00Z"}
    answer = amazon.send("GET", "/orders/2026-01-01/orders", query=query, headers=headers)
    assert answer.headers["x-amzn-RateLimit-Limit"] == "1.5"


def test_restored_the_published_plan_holds_again(amazon):
    amazon.control("POST", "limits", {"sellerId": EU, "operation": "searchOrders", "rate": 1, "burst": 3})
    amazon.control("POST", "limits", {"sellerId": NA, "operation": "searchOrders", "rate": 1, "burst": 3})
    body = amazon.control("POST", "limits", {"restore": True, "sellerId": EU})[1]
    assert [row["sellerId"] for row in body["overrides"]] == [NA]
    amazon.control("POST", "limits", {"reset": True})
    assert calls_until_refused(amazon) == 20


def test_reset_fills_the_buckets_and_begins_to_count_anew(amazon):
    calls_until_refused(amazon)
    amazon.control("POST", "limits", {"reset": True, "sellerId": EU})
    counted = counter(amazon)
    assert (counted["calls"], counted["refused"], counted["left"]) == (0, 0, 20)
    assert amazon.search()[0] == 200


def test_lifted_limits_count_and_refuse_nobody(amazon):
    amazon.control("POST", "limits", {"lift": True})
    assert calls_until_refused(amazon) is None
    assert counter(amazon)["calls"] == 60
    amazon.control("POST", "limits", {"lift": False})
    assert amazon.search()[0] == 429


def test_other_plans_lifting_and_counts_outlive_a_restart(tmp_path):
    before = Amazon(home=tmp_path)
    before.control("POST", "limits", {"sellerId": EU, "operation": "searchOrders", "rate": 0, "burst": 3})
    before.control("POST", "limits", {"operation": "getOrder", "rate": 0, "burst": 3})
    before.control("POST", "limits", {"restore": True, "operation": "getOrder"})
    assert calls_until_refused(before) == 3
    before.control("POST", "limits", {"lift": True})
    body = before.control("GET", "limits")[1]
    before.simulator.close()
    after = Amazon(home=tmp_path)
    assert after.control("GET", "limits")[1] == body
    after.control("POST", "limits", {"lift": False})
    assert after.search()[0] == 429
    after.simulator.close()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"rate": -1, "burst": 1}, "rate"),
        ({"rate": 1, "burst": 0}, "burst"),
        ({"rate": 1, "burst": 1, "sellerId": "NOBODY"}, "sellerId"),
        ({"rate": 1, "burst": 1, "operation": "makeTea"}, "operation"),
        ({"lift": "yes"}, "lift"),
    ],
)
def test_a_wrong_plan_is_refused_and_changes_nothing(amazon, changed, field):
    before = amazon.control("GET", "limits")[1]
    status, answer = amazon.control("POST", "limits", changed)
    assert (status, field in answer["error"]) == (400, True), answer
    assert amazon.control("GET", "limits")[1] == before
