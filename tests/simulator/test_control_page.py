"""The control page and the shop: every button does what it says, an error stands beside its form."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from tests.html import in_one_line
from tests.simulator.conftest import EU, START, UK

from amazon_simulator import router
from amazon_simulator.core.http import Request
from amazon_simulator.pages.shop import ORDERS_SHOWN


def press(amazon, where, /, **form):
    answer = amazon.send("POST", f"/control/{where}", form=form)
    return answer.status, answer.headers.get("location", answer.body.decode())


def page(amazon, path="/"):
    answer = amazon.send("GET", path)
    assert answer.status == 200
    return in_one_line(answer.body.decode())


def test_it_shows_what_this_amazon_is_doing(amazon):
    amazon.order()
    amazon.order(pendingSeconds=900)
    amazon.control("POST", "faults", {"kind": "500", "count": 4})
    amazon.search()
    shown = page(amazon)
    assert "<span>Orders</span><strong>2</strong>" in shown
    assert "<span>Waiting for payment</span><strong>1</strong>" in shown
    assert "<span>Faults waiting</span><strong>1</strong>" in shown
    assert ("1 of 4" in shown, "searchOrders" in shown, "2026-09-21 14:13:20 UTC" in shown) == (True, True, True)
    assert page(amazon, "/_simulator/") == shown


def test_the_clock_goes_on(amazon):
    assert press(amazon, "clock", advance="3600") == (303, "/?done=clock#clock")
    assert amazon.simulator.clock.seconds() == START + 3600
    assert "The clock is set." in amazon.send("GET", "/", query={"done": "clock"}).body.decode()
    status, shown = press(amazon, "clock", advance="soon")
    assert (status, "advance: give a number" in shown) == (422, True)


def test_a_scenario_starts_for_the_seller_that_was_chosen(amazon):
    assert press(amazon, "scenario", name="oversold", sellerId=EU)[0] == 303
    assert {order.seller for order in amazon.simulator.world.orders.values()} == {EU}
    status, shown = press(amazon, "scenario", name="mutiny", sellerId=EU)
    assert (status, "no such scenario" in shown) == (422, True)


def test_traffic_begins_peaks_and_ends(amazon):
    press(amazon, "traffic", ordersPerHour="120", odd="0.2", warehouses="on")
    plan = amazon.simulator.traffic.plan
    assert (sum(plan.hourly.values()), plan.odd, plan.day_curve, plan.warehouses) == (
        pytest.approx(120),
        0.2,
        False,
        True,
    )
    press(amazon, "traffic", peak="1", ordersPerHour="120")
    assert amazon.simulator.traffic.plan.peaks == [(START, START + 3600, 10.0)]
    assert "at a peak" in page(amazon)
    press(amazon, "traffic", stop="1", ordersPerHour="120")
    assert not amazon.simulator.traffic.plan.on
    assert press(amazon, "traffic", ordersPerHour="-5")[0] == 422


def test_faults_are_made_and_cleared(amazon):
    form = {"kind": "503", "operation": "searchOrders", "sellerId": EU, "count": "1"}
    assert press(amazon, "faults", **form) == (303, "/?done=faults#faults")
    assert "0 of 1" in page(amazon)
    assert amazon.search()[0] == 503
    press(amazon, "faults", **form)
    press(amazon, "faults", kind="500", operation="*", sellerId="*", probability="0.5", minutes="10")
    made = amazon.control("GET", "faults")[1]["faults"][-1]
    assert (made["probability"], made["count"], made["until"]) == (0.5, 0, "2026-09-21T14:23:20.000Z")
    press(amazon, "faults", clear="1")
    assert [one["number"] for one in amazon.control("GET", "faults")[1]["faults"]] == [2, 3]
    press(amazon, "faults", clear="0")
    assert amazon.control("GET", "faults")[1]["faults"] == []
    for wrong in ({"count": "many"}, {"minutes": "-1"}, {"kind": "plague"}):
        status, shown = press(amazon, "faults", **{**form, **wrong})
        assert (status, next(iter(wrong)) in shown) == (422, True)


def test_limits_are_changed_reset_and_lifted(amazon):
    press(amazon, "limits", operation="searchOrders", sellerId=EU, rate="0.5", burst="2")
    assert [amazon.search()[0] for _ in range(3)] == [200, 200, 429]
    press(amazon, "limits", reset="1")
    assert [amazon.search()[0] for _ in range(3)] == [200, 200, 429]
    press(amazon, "limits", operation="searchOrders", sellerId=EU, restore="1")
    assert amazon.control("GET", "limits")[1]["overrides"] == []
    press(amazon, "limits", lift="1")
    assert ("Limits are lifted" in page(amazon), amazon.search()[0]) == (True, 200)
    press(amazon, "limits", lift="0")
    assert "Limits are lifted" not in page(amazon)
    assert press(amazon, "limits", operation="*", sellerId="*", rate="x", burst="2")[0] == 422


def test_an_account_joins(amazon):
    press(amazon, "accounts", region="FE", name="Harbour K.K. <b>", odd="on")
    seller = list(amazon.simulator.world.sellers.values())[-1]
    assert (seller.name, seller.region, (seller.id, "ODD/02") in amazon.simulator.world.listings) == (
        "Harbour K.K. <b>",
        "FE",
        True,
    )
    assert "Harbour K.K. &lt;b&gt;" in page(amazon)


def test_an_account_is_suspended_sells_again_and_withdraws(amazon):
    press(amazon, "accounts", sellerId=EU, suspended="1")
    assert (
        amazon.control("POST", "orders", {"sellerId": EU, "marketplaceId": UK, "items": [{"sku": "HH-0010"}]})[0] == 409
    )
    press(amazon, "accounts", sellerId=EU, suspended="0")
    amazon.order()
    assert amazon.search()[0] == 200
    press(amazon, "accounts", sellerId=EU, withdraw="1")
    assert (amazon.search()[0], page(amazon).count("not authorised")) == (403, 1)
    status, shown = press(amazon, "accounts", sellerId="NOBODY", suspended="1")
    assert (status, "sellerId" in shown) == (422, True)


def test_a_role_is_taken_away_for_a_while_and_given_back(amazon):
    press(amazon, "roles", role="Product Listing", granted="0", minutes="60")
    assert "withdrawn until 2026-09-21 15:13:20 UTC" in page(amazon)
    assert amazon.set_quantity("HH-0010", 3)[0] == 403
    press(amazon, "roles", role="Product Listing", granted="1")
    assert ("withdrawn until" in page(amazon), amazon.set_quantity("HH-0010", 3)[0]) == (False, 200)
    status, shown = press(amazon, "roles", role="King", granted="0")
    assert (status, "role: " in shown) == (422, True)


def test_another_application_calls_and_is_stopped(amazon):
    press(amazon, "others", operation="searchOrders", sellerId=EU, rate="2", minutes="30")
    assert "2026-09-21 14:43:20 UTC" in page(amazon)
    amazon.advance(60)
    assert amazon.search()[0] == 429
    assert "<span>Refused because of others</span><strong>1</strong>" in page(amazon)
    press(amazon, "others", stop="1")
    amazon.advance(400)
    assert amazon.search()[0] == 200
    assert press(amazon, "others", operation="*", sellerId="*", rate="x")[0] == 422


def test_the_application_is_registered(amazon):
    press(amazon, "application", role1="on", role2="on", redirectUris="http://a.example/x https://b.example/y")
    accounts = amazon.control("GET", "accounts")[1]["application"]
    assert (accounts["draft"], accounts["roles"], accounts["redirectUris"]) == (
        False,
        ["Product Listing", "Direct-to-Consumer Shipping"],
        ["http://a.example/x", "https://b.example/y"],
    )
    assert "https://b.example/y" in page(amazon)


def upload(amazon, content, name="file"):
    body = (
        f'--B\r\nContent-Disposition: form-data; name="{name}"; filename="world.jsonl"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode() + content
    headers = {"content-type": "multipart/form-data; boundary=B"}
    return router.answer(amazon.simulator, Request("POST", "/control/world", "", headers, body + b"\r\n--B--\r\n"))


def test_a_saved_world_is_uploaded(amazon):
    order = amazon.order()
    saved = amazon.send("GET", "/_simulator/world").body
    amazon.order()
    assert upload(amazon, saved).status == 303
    assert list(amazon.simulator.world.orders) == [order["orderId"]]
    for content in (b"", b"no world"):
        assert upload(amazon, content).status == 422
    assert press(amazon, "world")[0] == 422


def test_there_is_no_other_button(amazon):
    assert press(amazon, "mutiny")[0] == 404
    assert amazon.send("GET", "/control/faults").status == 404
    assert amazon.send("POST", "/shop/mutiny", form={"seller": EU}).status == 404


def shop(amazon, verb, **form):
    return amazon.send("POST", f"/shop/{verb}", form={"seller": EU, "marketplace": UK, **form})


def test_the_shop_ships_takes_back_and_moves_the_warehouse(amazon):
    assert shop(amazon, "buy", sku="FBA-0001", quantity="1").status == 303
    amazon.advance(301)
    order = next(iter(amazon.simulator.world.orders))
    assert shop(amazon, "return", order=order).status == 303
    again = shop(amazon, "return", order=order)
    assert (again.status, b"can come back" in again.body) == (422, True)
    stock = amazon.simulator.world.fba[(EU, "UK", "FBA-0001")]
    before = stock.fulfillable
    for verb, change in (("restock", 4), ("lose", -4), ("find", 4), ("damage", -4)):
        assert shop(amazon, verb, sku="FBA-0001", quantity="4").status == 303
        assert stock.fulfillable - before == change
        before = stock.fulfillable
    assert shop(amazon, "restock", sku="HH-0010", quantity="4").status == 422
    assert shop(amazon, "buy", sku="NOBODY").status == 422


def test_the_shop_finds_goods_and_stays_where_one_was(amazon):
    answer = amazon.send("GET", "/shop", query={"seller": EU, "find": "hh 0001"})
    assert (b"HH 0001" in answer.body, b"HH-0010" in answer.body) == (True, False)
    address = shop(amazon, "buy", sku="HH 0001", quantity="1", find="hh 0001").headers["location"]
    assert urlsplit(address).query == urlencode({"seller": EU, "marketplace": UK, "find": "hh 0001"})


def test_what_breaks_programs_does_not_break_the_pages(amazon):
    amazon.control("POST", "traffic", {"ordersPerHour": 200, "odd": 1})
    amazon.advance(7200)
    for seller in amazon.simulator.world.sellers:
        shown = page(amazon, "/").encode() + amazon.send("GET", "/shop", query={"seller": seller}).body
        assert (b"<script>alert" in shown, b"&lt;script&gt;alert" in shown) == (False, True)


def test_an_orders_page_in_seller_central_is_its_line_in_the_sellers_shop(amazon):
    """However old it is; nobody else's order stands there."""
    order = amazon.order()["orderId"]
    amazon.advance(1)
    for _ in range(ORDERS_SHOWN):
        amazon.order()
    answer = amazon.send("GET", f"/sellercentral/sellercentral.amazon.co.uk/orders-v3/order/{order}")
    assert answer.status == 303
    params = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    shown = in_one_line(amazon.send("GET", "/shop", query=params).body.decode())
    rows = re.findall(r'<th scope="row"><code>([0-9-]+)</code>', shown)
    assert (rows[0], rows.count(order), len(rows)) == (order, 1, ORDERS_SHOWN + 1)
    other = next(seller for seller in amazon.simulator.world.sellers if seller != params["seller"])
    assert order not in amazon.send("GET", "/shop", query={**params, "seller": other}).body.decode()
    assert amazon.send("GET", "/sellercentral/sellercentral.amazon.co.uk/orders-v3/order/none").status == 404
