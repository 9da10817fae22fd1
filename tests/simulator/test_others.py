"""Another application of the seller's that uses up the same limits, and is counted apart."""

import json

from tests.simulator.conftest import EU, NA, UK, US, Amazon

SEARCH = "searchOrders"  # 0.0056 calls a second, a burst of 20


def others(amazon, **members):
    status, made = amazon.control("POST", "limits/others", {"sellerId": EU, "operation": SEARCH, **members})
    assert status in (200, 201), made
    return made


def counted(amazon, seller=EU):
    body = json.loads(amazon.send("GET", "/_simulator/books", query={"sellerId": seller}).body)
    return body["throttled"], body["throttled_by_others"]


def spread(amazon, calls, seconds):
    """The statuses of so many searches, so far apart."""
    found = []
    for _ in range(calls):
        found.append(amazon.search()[0])
        amazon.advance(seconds)
    return found


def test_another_application_uses_a_limit_up_and_its_refusals_are_counted_apart(amazon):
    others(amazon, rate=1, seconds=3600)
    amazon.advance(30)
    assert spread(amazon, 3, 60) == [429, 429, 429]
    assert counted(amazon) == (0, 3)
    assert amazon.search(seller=NA, marketplaceIds=US)[0] == 200
    assert amazon.call("GET", f"/listings/2021-08-01/items/{EU}", query={"marketplaceIds": UK})[0] == 200


def test_what_our_own_calls_use_up_is_ours(amazon):
    assert [amazon.search()[0] for _ in range(22)].count(429) == 2
    assert counted(amazon) == (2, 0)


def test_beside_another_application_one_is_refused_by_oneself_where_one_would_have_been_anyway(amazon):
    others(amazon, rate=1, seconds=600)
    amazon.advance(60)
    assert [amazon.search()[0] for _ in range(25)] == [429] * 25
    assert counted(amazon) == (5, 20)


def test_when_the_other_one_ends_the_bucket_fills_by_the_plan(amazon):
    others(amazon, rate=1, seconds=60)
    amazon.advance(61)
    assert amazon.search()[0] == 429
    amazon.advance(180)  # one call: 1 / 0.0056 s
    assert [amazon.search()[0] for _ in range(2)] == [200, 429]
    assert counted(amazon) == (0, 2)
    amazon.advance(24 * 3600)
    amazon._tokens.clear()
    assert [amazon.search()[0] for _ in range(21)].count(200) == 20
    assert counted(amazon) == (1, 2)


def test_a_slow_one_leaves_some(amazon):
    others(amazon, rate=0.002, seconds=24 * 3600)
    amazon.advance(60)
    assert [amazon.search()[0] for _ in range(20)].count(200) == 20
    amazon.advance(200)
    assert (amazon.search()[0], counted(amazon)) == (429, (0, 1))
    amazon.advance(100)
    assert amazon.search()[0] == 200


def test_it_is_stopped_and_shown(amazon):
    made = others(amazon, rate=2)
    body = amazon.control("GET", "limits")[1]
    assert (body["others"], body["throttledByOthers"]) == ([made], 0)
    others(amazon, stop=True, number=made["number"])
    amazon.advance(3600)
    assert amazon.search()[0] == 200


def test_a_wrong_call_names_its_field(amazon):
    status, body = amazon.control("POST", "limits/others", {"rate": 0})
    assert (status, body["error"].startswith("rate: ")) == (400, True)
    status, body = amazon.control("POST", "limits/others", {"rate": 1, "operation": "sing"})
    assert (status, body["error"].startswith("operation: ")) == (400, True)


def test_it_outlives_a_kill(tmp_path):
    before = Amazon(tmp_path)
    others(before, rate=1, seconds=3600)
    before.advance(30)
    assert before.search()[0] == 429
    before.simulator.close()
    after = Amazon(tmp_path)
    after.advance(60)
    assert (after.search()[0], counted(after)) == (429, (0, 2))
    after.simulator.close()
