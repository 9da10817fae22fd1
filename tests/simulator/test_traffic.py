"""Traffic is the same for the same seed, however the clock is moved, and over a kill; what it makes adds up."""

import json
from collections import Counter

import pytest
from tests.simulator.conftest import DE, EU, START, UK, US, Amazon

from amazon_simulator.core.clock import from_iso
from amazon_simulator.world.catalogue import ODD_GOODS

A_DAY = 24 * 3600
BUSY = {"ordersPerHour": 40, "odd": 0.3}


def state_of(amazon):
    return amazon.send("GET", "/_simulator/books").body


def live(amazon, steps, traffic=BUSY):
    amazon.control("POST", "traffic", traffic)
    for step in steps:
        amazon.advance(step)
    return state_of(amazon)


def test_the_same_seed_makes_the_same_state_however_the_clock_is_stepped():
    at_once = live(Amazon(), [2 * A_DAY])
    hourly = live(Amazon(), [3600] * 48)
    crooked = live(Amazon(), [1, 777.7, 0.3, 40_000, 86_400, 2 * A_DAY - 127_179])
    assert at_once == hourly == crooked
    assert len(json.loads(at_once)["orders"]) > 1000


def test_the_whole_world_is_the_same_to_the_byte_however_the_clock_is_stepped():
    worlds = []
    for steps in ([A_DAY], [600] * 144, [0.5, 80_000, 6_399.5]):
        amazon = Amazon()
        live(amazon, steps)
        worlds.append(amazon.send("GET", "/_simulator/world").body)
    assert worlds[0] == worlds[1] == worlds[2]


def test_another_seed_makes_another_state():
    assert live(Amazon(), [3600]) != live(Amazon(), [3600], {**BUSY, "seed": "other"})


def test_traffic_goes_on_over_a_kill_as_if_nothing_had_been(tmp_path):
    never_killed = live(Amazon(), [50_000, 120_000])
    first = Amazon(home=tmp_path)
    live(first, [50_000])
    first.simulator.close()
    again = Amazon(home=tmp_path)
    again.simulator.clock.advance(50_000)  # its stepped clock has no file: it begins at the start again
    again.advance(120_000)
    assert state_of(again) == never_killed
    again.simulator.close()


def test_a_batch_that_was_torn_is_dropped_whole_and_done_again(tmp_path):
    whole = live(Amazon(), [40_000])
    torn = Amazon(home=tmp_path)
    live(torn, [40_000])
    torn.simulator.close()
    journal = tmp_path / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-9_000])
    again = Amazon(home=tmp_path)
    assert again.simulator.traffic.plan.placed == 0
    again.advance(40_000)
    assert state_of(again) == whole
    again.simulator.close()


def test_orders_come_as_often_as_set_and_by_the_day_curve():
    amazon = Amazon()
    traffic = {"marketplaces": {UK: 60}, "keepStocked": True, "habits": {"fba": 0, "unknown": 0}}
    live(amazon, [A_DAY], traffic)
    hours = Counter(int(order.created // 3600) % 24 for order in amazon.simulator.world.orders.values())
    assert 1300 < sum(hours.values()) < 1600
    assert hours[20] > 90 > 20 > hours[3]
    assert {order.marketplace for order in amazon.simulator.world.orders.values()} == {UK}


def test_a_peak_multiplies_and_ends(amazon):
    traffic = {"marketplaces": {UK: 20}, "dayCurve": False, "keepStocked": True, "habits": {"fba": 0}}
    amazon.control("POST", "traffic", {**traffic, "peak": {"factor": 20, "seconds": 3600}})
    amazon.advance(3600)
    at_peak = len(amazon.simulator.world.orders)
    amazon.advance(3600)
    after = len(amazon.simulator.world.orders) - at_peak
    assert (300 < at_peak < 500, 5 < after < 40) == (True, True)
    amazon.control("POST", "traffic", {"stop": True})
    amazon.advance(3600)
    assert len(amazon.simulator.world.orders) == at_peak + after


def test_traffic_without_marketplaces_is_spread_over_all_where_somebody_sells(amazon):
    body = amazon.control("POST", "traffic", {"ordersPerHour": 100})[1]
    assert sum(body["marketplaces"].values()) == pytest.approx(100)
    assert set(body["marketplaces"]) == {m for s in amazon.simulator.world.sellers.values() for m in s.marketplaces}
    assert body["marketplaces"][US] > body["marketplaces"][UK] > body["marketplaces"][DE]


def test_a_life_of_weeks_has_everything_in_it_and_adds_up():
    amazon = Amazon()
    world = amazon.simulator.world
    start = {key: stock.fulfillable + stock.unfulfillable + stock.researching for key, stock in world.fba.items()}
    on_its_way = {key: stock.inbound for key, stock in world.fba.items()}
    live(amazon, [35 * A_DAY], {"ordersPerHour": 6, "keepStocked": True, "odd": 0.1})
    found = Counter(order.status for order in world.orders.values())
    assert min(found[status] for status in ("UNSHIPPED", "SHIPPED", "CANCELLED")) > 20
    assert {order.cancelled_by for order in world.orders.values()} == {"", "BUYER", "AMAZON"}
    assert any(item.cancel_reason for order in world.orders.values() for item in order.items)
    assert {back.kind for back in world.returns} == {"FBA"}  # nobody has sent an FBM order here
    assert {event.kind for event in world.fba_events} == {"Receipts", "Shipments", "CustomerReturns", "Adjustments"}
    assert {event.reason for event in world.fba_events} == {"", "M", "F", "E"}
    moved = Counter()
    for event in world.fba_events:
        key = (event.seller, event.pool, event.sku)
        lost = event.reason in ("M", "F")  # lost units are still looked for
        moved[key] += 0 if lost else event.quantity
        assert start[key] + moved[key] >= 0
    for key, stock in world.fba.items():
        assert start[key] + moved[key] == stock.fulfillable + stock.unfulfillable + stock.researching
        assert min(stock.fulfillable, stock.inbound, stock.unfulfillable, stock.researching) >= 0
    received = sum(event.quantity for event in world.fba_events if event.kind == "Receipts")
    assert received > sum(on_its_way.values())
    assert [event.at for event in world.fba_events] == sorted(event.at for event in world.fba_events)


def test_what_the_seller_has_sent_comes_back_to_it():
    amazon = Amazon()
    habits = {"returned": 1, "fba": 0, "cancelled": 0, "pending": 0, "asks": 0}
    live(amazon, [3600], {"marketplaces": {UK: 60}, "dayCurve": False, "keepStocked": True, "habits": habits})
    amazon.control("POST", "traffic", {"stop": True})
    orders = [row for row in amazon.control("GET", "books")[1]["orders"] if row["sellerId"] == EU]
    amazon.control("POST", "limits", {"lift": True})
    sent = [row["orderId"] for row in orders if amazon.confirm(row)[0] == 204]
    amazon.advance(26 * A_DAY)
    returns = amazon.simulator.world.returns
    assert {back.order for back in returns} <= set(sent)
    assert (len(returns) > 30, {back.kind for back in returns}) == (True, {"FBM"})
    assert all(START + 4 * A_DAY < back.at < START + 26 * A_DAY for back in returns)


def test_companies_buy_by_invoice():
    amazon = Amazon()
    live(amazon, [3600], {"marketplaces": {UK: 60}, "keepStocked": True, "habits": {"business": 1}})
    orders = amazon.simulator.world.orders.values()
    assert {order.payment for order in orders} == {"Invoice"}
    assert all(order.buyer.company and "AMAZON_BUSINESS" in order.programs for order in orders)


def test_pending_orders_are_paid_or_cancelled_by_amazon():
    amazon = Amazon()
    habits = {"pending": 1, "unpaid": 0.5, "cancelled": 0, "asks": 0, "fba": 0}
    live(amazon, [3600], {"marketplaces": {UK: 200}, "dayCurve": False, "keepStocked": True, "habits": habits})
    amazon.control("POST", "traffic", {"stop": True})
    amazon.advance(9 * 3600)
    found = Counter((order.status, order.cancelled_by) for order in amazon.simulator.world.orders.values())
    assert set(found) == {("UNSHIPPED", ""), ("CANCELLED", "AMAZON")}
    assert all(count > 50 for count in found.values())


def test_odd_data_reaches_the_wire_unharmed(amazon):
    live(amazon, [A_DAY], {"ordersPerHour": 60, "odd": 1, "habits": {"fba": 0}})
    skus = {item.sku for order in amazon.simulator.world.orders.values() for item in order.items}
    assert skus == {sku for sku, _, _ in ODD_GOODS}
    orders = amazon.simulator.world.orders.values()
    assert any(item.quantity == 0 for order in orders for item in order.items)
    assert any(item.price == 0 and item.quantity for order in orders for item in order.items)
    assert any(len(item.title) > 400 for order in orders for item in order.items)
    order = next(order for order in orders if order.buyer.name == "李 小龙" and order.seller == EU)
    found = amazon.read({"orderId": order.id}, "RECIPIENT")
    assert (found["recipient"]["deliveryAddress"]["name"], found["orderItems"][0]["product"]["sellerSku"]) == (
        "李 小龙",
        order.items[0].sku,
    )


def test_a_returned_unit_comes_back_once(amazon):
    order = amazon.order(sku="FBA-0000", by="AMAZON", quantity=2)
    amazon.advance(301)
    stock = amazon.simulator.world.fba[(EU, "UK", "FBA-0000")]
    before = (stock.fulfillable, stock.unfulfillable)
    assert amazon.control("POST", "returns", {"orderId": order["orderId"]})[0] == 201
    body = {"orderId": order["orderId"], "disposition": "CUSTOMER_DAMAGED", "reason": "DEFECTIVE"}
    back = amazon.control("POST", "returns", body)[1]
    assert (stock.fulfillable, stock.unfulfillable) == (before[0] + 1, before[1] + 1)
    assert (back["kind"], back["disposition"], back["licensePlate"][:3]) == ("FBA", "CUSTOMER_DAMAGED", "LPN")
    status, refused = amazon.control("POST", "returns", body)
    assert (status, "quantity" in refused["error"]) == (400, True)
    assert [row["quantity"] for row in amazon.control("GET", "books")[1]["returns"]] == [1, 1]


def test_a_seller_gets_back_what_it_sent_and_keeps_its_own_stock(amazon):
    order = amazon.order(quantity=2)
    assert amazon.control("POST", "returns", {"orderId": order["orderId"]})[0] == 400
    amazon.confirm(order, quantity=2)
    quantity = amazon.listing("HH-0010").quantity
    back = amazon.control("POST", "returns", {"orderId": order["orderId"], "quantity": 2})[1]
    assert (back["kind"], back["disposition"], back["licensePlate"]) == ("FBM", "", "")
    assert amazon.listing("HH-0010").quantity == quantity


@pytest.mark.parametrize(
    ("verb", "moves"),
    [
        ("send-in", {"inbound": 3}),
        ("restock", {"fulfillable": 3}),
        ("lose", {"fulfillable": -3, "researching": 3}),
        ("damage", {"fulfillable": -3, "unfulfillable": 3}),
    ],
)
def test_what_happens_in_a_warehouse_moves_its_numbers(amazon, verb, moves):
    body = {"sellerId": EU, "pool": "UK", "sku": "FBA-0000", "quantity": 3}
    numbers = ("fulfillable", "inbound", "unfulfillable", "researching")
    stock = amazon.simulator.world.fba[(EU, "UK", "FBA-0000")]
    before = {name: getattr(stock, name) for name in numbers}
    after = amazon.control("POST", f"fba/{verb}", body)[1]
    assert {name: after[name] - before[name] for name in numbers if after[name] != before[name]} == moves


def test_a_warehouse_loses_nothing_that_is_allocated_and_finds_nothing_that_was_not_lost(amazon):
    body = {"sellerId": EU, "pool": "UK", "sku": "FBA-0000", "quantity": 1}
    left = amazon.simulator.world.fba[(EU, "UK", "FBA-0000")].fulfillable
    amazon.order(sku="FBA-0000", by="AMAZON", quantity=left)
    assert [amazon.control("POST", f"fba/{verb}", body)[0] for verb in ("lose", "damage", "find", "vanish")] == [
        400
    ] * 4


def test_an_oversold_fba_order_waits_until_amazon_has_it(amazon):
    stock = amazon.simulator.world.fba[(EU, "UK", "FBA-0000")]
    order = amazon.order(sku="FBA-0000", by="AMAZON", quantity=stock.fulfillable + 5, oversell=True)
    amazon.advance(A_DAY)
    held = amazon.simulator.world.orders[order["orderId"]]
    assert (held.status, stock.fulfillable > 0) == ("UNSHIPPED", True)
    amazon.control("POST", "fba/restock", {"sellerId": EU, "pool": "UK", "sku": "FBA-0000", "quantity": 10})
    amazon.advance(3601)
    assert (held.status, stock.fulfillable) == ("SHIPPED", 5)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ordersPerHour": -1}, "ordersPerHour"),
        ({"marketplaces": {"NOWHERE": 1}}, "NOWHERE"),
        ({"marketplaces": {UK: "many"}}, f"marketplaces.{UK}"),
        ({"odd": 2}, "odd"),
        ({"habits": {"sings": 1}}, "habits.sings"),
        ({"peak": {"factor": 0}}, "peak.factor"),
    ],
)
def test_wrong_traffic_is_refused_and_changes_nothing(amazon, changed, field):
    before = amazon.control("GET", "traffic")[1]
    status, answer = amazon.control("POST", "traffic", changed)
    assert (status, field in answer["error"]) == (400, True), answer
    assert amazon.control("GET", "traffic")[1] == before


def test_twins_are_one_product_under_an_fbm_sku_and_an_fba_sku(amazon):
    world = amazon.simulator.world
    channels = {}
    for listing in world.by_seller[EU].values():
        channels.setdefault(listing.asin, set()).add(listing.channel)
    assert [asin for asin, kinds in channels.items() if kinds == {"DEFAULT", "AMAZON_EU"}] == [
        "B0FBM00032", "B0FBM00033", "B0FBM00034",
    ]  # fmt: skip
    assert from_iso("2026-09-21T14:13:20Z") == START
