"""Pages lose no order, faults happen where and when they were set, and control names what is wrong."""

import json

import pytest
from tests.simulator.conftest import EU, NA, START, UK, US, Amazon

from amazon_simulator import router
from amazon_simulator.core.clock import Clock, iso
from amazon_simulator.core.http import Request


def pages(amazon, between, **query):
    """Every order id of a search, with something happening between its pages."""
    found, token = [], {}
    while True:
        status, page = amazon.search(maxResultsPerPage=2, **query, **token)
        assert status == 200, page
        found += [order["orderId"] for order in page["orders"]]
        if "pagination" not in page:
            return found
        token = {"paginationToken": page["pagination"]["nextToken"]}
        between()


def test_an_order_that_moves_on_between_two_pages_pushes_no_other_out_of_sight(amazon):
    orders = []
    for _ in range(6):
        orders.append(amazon.order())
        amazon.advance(1)
    amazon.advance(200)
    first = iter(orders)
    found = pages(amazon, lambda: amazon.confirm(next(first)))
    assert set(found) == {order["orderId"] for order in orders}
    assert len(found) == len(orders)


def test_page_tokens_outlive_a_restart(tmp_path):
    before = Amazon(home=tmp_path)
    for _ in range(3):
        before.order()
    before.advance(200)
    first = before.search(maxResultsPerPage=2)[1]
    token = before.token()
    before.simulator.close()
    after = Amazon(home=tmp_path)
    after._tokens[EU] = token
    after.advance(200)
    status, second = after.search(maxResultsPerPage=2, paginationToken=first["pagination"]["nextToken"])
    assert (status, len(first["orders"]) + len(second["orders"])) == (200, 3)
    after.simulator.close()


@pytest.mark.parametrize("token", ["", "x", "eyJhIjoxfQ==/+==", "☃/+==", "A" * 40 + "/+=="])
def test_a_page_token_that_was_not_issued_here_is_refused(amazon, token):
    expected = 200 if token == "" else 400
    assert amazon.search(paginationToken=token)[0] == expected


def test_a_page_token_of_another_seller_is_refused(amazon):
    for _ in range(3):
        amazon.order(seller=NA, marketplace=US)
    amazon.advance(200)
    token = amazon.search(seller=NA, marketplaceIds=US, maxResultsPerPage=1)[1]["pagination"]["nextToken"]
    assert amazon.search(maxResultsPerPage=1, paginationToken=token)[0] == 400


def test_listings_keep_their_pages_while_quantities_move(amazon):
    found, token, number = [], {}, 10
    while True:
        query = {"marketplaceIds": UK, "pageSize": 20, **token}
        page = amazon.call("GET", f"/listings/2021-08-01/items/{EU}", query=query)[1]
        found += [item["sku"] for item in page["items"]]
        if "nextToken" not in page.get("pagination", {}):
            break
        token = {"pageToken": page["pagination"]["nextToken"]}
        for _ in range(4):
            amazon.set_quantity(f"HH-{number:04d}", 3)
            number += 1
        amazon.advance(5)
    assert len(found) == len(set(found)) == page["numberOfResults"]


@pytest.mark.parametrize(
    "query",
    [
        {"fulfillmentStatuses": "LOST"},
        {"fulfilledBy": "NOBODY"},
        {"includedData": "EVERYTHING"},
        {"maxResultsPerPage": "0"},
        {"maxResultsPerPage": "101"},
        {"maxResultsPerPage": "many"},
        {"marketplaceIds": "NOWHERE"},
        {"lastUpdatedBefore": "2026-08-01T00:00:00Z"},
    ],
)
def test_a_search_outside_the_model_is_refused(amazon, query):
    assert amazon.search(**query)[0] == 400


def test_filters_leave_only_what_was_requested(amazon):
    amazon.control("POST", "orders", {"mix": {"count": 80, "cancelledShare": 0.3}})
    amazon.advance(130)
    page = amazon.search(fulfillmentStatuses="CANCELLED", fulfilledBy="MERCHANT", marketplaceIds="")[1]
    kinds = {(o["fulfillment"]["fulfillmentStatus"], o["fulfillment"]["fulfilledBy"]) for o in page["orders"]}
    assert kinds == {("CANCELLED", "MERCHANT")}


def test_skus_are_found_by_identifiers_even_with_a_comma_inside(amazon):
    query = {"marketplaceIds": UK, "identifiers": "HH,0005,HH-0010", "identifiersType": "SKU"}
    page = amazon.call("GET", f"/listings/2021-08-01/items/{EU}", query=query)[1]
    assert "HH-0010" in {item["sku"] for item in page["items"]}
    alone = {**query, "identifiers": "HH,0005"}
    page = amazon.call("GET", f"/listings/2021-08-01/items/{EU}", query=alone)[1]
    assert [item["sku"] for item in page["items"]] == ["HH,0005"]


def test_a_patch_is_taken_whole_or_not_at_all(amazon):
    before = amazon.listing("HH-0010").quantity
    good = {"fulfillment_channel_code": "DEFAULT", "quantity": 1}
    _, body = amazon.set_quantity("HH-0010", 0, value=[good, {"fulfillment_channel_code": "DEFAULT", "quantity": "2"}])
    amazon.advance(10)
    assert (body["status"], amazon.listing("HH-0010").quantity) == ("INVALID", before)


@pytest.mark.parametrize("entry", [{"quantity": 10**12}, {"quantity": 1, "lead_time_to_ship_max_days": "soon"}])
def test_a_quantity_or_lead_time_beyond_reason_is_invalid(amazon, entry):
    _, body = amazon.set_quantity("HH-0010", 0, value=[{"fulfillment_channel_code": "DEFAULT", **entry}])
    assert (body["status"], body["issues"][0]["severity"]) == ("INVALID", "ERROR")


def test_a_validation_preview_changes_nothing(amazon):
    before = amazon.listing("HH-0010").quantity
    entry = {"fulfillment_channel_code": "DEFAULT", "quantity": before + 1}
    patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": [entry]}
    query = {"marketplaceIds": UK, "mode": "VALIDATION_PREVIEW"}
    body = {"productType": "HOME", "patches": [patch]}
    result = amazon.call("PATCH", f"/listings/2021-08-01/items/{EU}/HH-0010", query=query, body=body)[1]
    amazon.advance(10)
    assert (result["status"], amazon.listing("HH-0010").quantity) == ("VALID", before)


def test_an_edited_package_counts_its_new_units_only(amazon):
    order = amazon.order(quantity=3)
    amazon.confirm(order, quantity=3)
    amazon.confirm(order, quantity=1)
    row = amazon.control("GET", "books")[1]["orders"][0]
    assert (row["status"], row["items"][0]["quantityFulfilled"]) == ("PARTIALLY_SHIPPED", 1)
    assert amazon.confirm(order, quantity=4)[0] == 400
    assert amazon.control("GET", "books")[1]["orders"][0]["items"][0]["quantityFulfilled"] == 1


def test_fba_stock_is_never_allocated_twice(amazon):
    left = amazon.simulator.world.fba[(EU, "UK", "FBA-0000")].fulfillable
    amazon.order(sku="FBA-0000", by="AMAZON", quantity=left)
    body = {"sellerId": EU, "marketplaceId": UK, "fulfilledBy": "AMAZON", "items": [{"sku": "FBA-0000"}]}
    assert amazon.control("POST", "orders", body)[0] == 409
    amazon.advance(301)
    assert amazon.simulator.world.fba[(EU, "UK", "FBA-0000")].fulfillable == 0


def test_an_oversold_order_gives_back_only_what_it_took(amazon):
    left = amazon.listing("HH-0010").quantity
    order = amazon.order(quantity=left + 5, oversell=True)
    amazon.control("POST", f"orders/{order['orderId']}/cancel", {"by": "AMAZON"})
    assert amazon.listing("HH-0010").quantity == left


def test_without_the_shipping_role_an_order_has_no_address_and_no_email(amazon):
    order = amazon.order()
    assert "recipient" in amazon.read(order, "BUYER,RECIPIENT")
    amazon.control("POST", "application", {"roles": ["Inventory and Order Tracking", "Product Listing"]})
    found = amazon.read(order, "BUYER,RECIPIENT")
    assert ("recipient" in found, found["buyer"]) == (False, {})


def test_a_suspended_seller_sells_nothing_and_says_so(amazon):
    amazon.control("POST", f"accounts/{EU}/suspend", {"marketplaceId": UK})
    body = {"sellerId": EU, "marketplaceId": UK, "items": [{"sku": "HH-0010"}]}
    assert amazon.control("POST", "orders", body)[0] == 409
    payload = amazon.call("GET", "/sellers/v1/marketplaceParticipations")[1]["payload"]
    assert [p["marketplace"]["id"] for p in payload if p["participation"]["hasSuspendedListings"]] == [UK]


def test_a_marketplace_left_is_shown_and_denied(amazon):
    amazon.control("POST", f"accounts/{EU}/participate", {"marketplaceId": UK, "participating": False})
    payload = amazon.call("GET", "/sellers/v1/marketplaceParticipations")[1]["payload"]
    assert [p["marketplace"]["id"] for p in payload if not p["participation"]["isParticipating"]] == [UK]
    assert amazon.search()[0] == 403
    amazon.control("POST", f"accounts/{EU}/participate", {"marketplaceId": UK, "participating": True})
    assert amazon.search()[0] == 200


def test_a_fault_happens_within_its_window_only(amazon):
    window = {"since": iso(START + 100), "until": iso(START + 200)}
    status, _ = amazon.control("POST", "faults", {"kind": "503", "operation": "searchOrders", "window": window})
    assert status == 201
    found = []
    for _ in range(3):
        found.append(amazon.search()[0])
        amazon.advance(110)
    assert found == [200, 503, 200]


def test_the_same_seed_hits_the_same_calls():
    def struck():
        amazon = Amazon(lifted=True)
        amazon.control("POST", "faults", {"kind": "500", "probability": 0.5, "seed": 7})
        return [amazon.search()[0] for _ in range(20)]

    once = struck()
    assert once == struck()
    assert {200, 500} == set(once)


def test_a_stale_read_shows_the_quantity_before_the_last_change(amazon):
    before = amazon.listing("HH-0010").quantity
    amazon.set_quantity("HH-0010", before + 7)
    amazon.advance(5)
    amazon.control("POST", "faults", {"kind": "stale_read"})
    query = {"marketplaceIds": UK, "includedData": "fulfillmentAvailability"}
    path = f"/listings/2021-08-01/items/{EU}/HH-0010"
    shown = [amazon.call("GET", path, query=query)[1]["fulfillmentAvailability"][0]["quantity"] for _ in range(2)]
    assert shown == [before, before + 7]


def test_an_accepted_patch_may_come_to_nothing(amazon):
    before = amazon.listing("HH-0010").quantity
    amazon.control("POST", "faults", {"kind": "accepted_not_applied"})
    assert amazon.set_quantity("HH-0010", before + 1)[1]["status"] == "ACCEPTED"
    amazon.advance(60)
    assert amazon.listing("HH-0010").quantity == before


def test_a_missing_order_and_a_repeated_page_can_be_had(amazon):
    orders = []
    for _ in range(3):
        orders.append(amazon.order()["orderId"])
        amazon.advance(1)
    amazon.advance(200)
    amazon.control("POST", "faults", {"kind": "orders_missing"})
    assert [o["orderId"] for o in amazon.search()[1]["orders"]] == orders[1:]
    token = amazon.search(maxResultsPerPage=1)[1]["pagination"]["nextToken"]
    amazon.control("POST", "faults", {"kind": "page_repeated"})
    page = amazon.search(maxResultsPerPage=1, paginationToken=token)[1]
    assert [o["orderId"] for o in page["orders"]] == orders[:1]


def test_a_token_can_expire_early_and_a_new_one_works(amazon):
    amazon.control("POST", "faults", {"kind": "token_expired"})
    assert amazon.search()[0] == 403
    amazon._tokens.clear()
    assert amazon.search()[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("orders", {}, "sellerId"),
        ("orders", {"sellerId": EU, "marketplaceId": "X", "items": [{"sku": "HH-0010"}]}, "marketplaceId"),
        ("orders", {"sellerId": EU, "marketplaceId": UK, "items": []}, "items"),
        ("orders", {"sellerId": EU, "marketplaceId": UK, "items": [{"sku": 5}]}, "items[0].sku"),
        ("orders", {"sellerId": EU, "marketplaceId": UK, "items": [{"sku": "A", "quantity": -1}]}, "quantity"),
        ("orders", {"sellerId": EU, "marketplaceId": UK, "items": [{"sku": "NOBODY"}]}, "items.sku"),
        ("orders", {"mix": {"count": 0}}, "mix.count"),
        ("orders", {"mix": {"fbaShare": 2}}, "mix.fbaShare"),
        ("clock", {"rate": 0}, "rate"),
        ("clock", {"advance": -1}, "advance"),
        ("clock", {"now": "2020-01-01T00:00:00Z"}, "advance"),
        ("fba/restock", {"sellerId": EU, "sku": "FBA-0000", "quantity": 0}, "quantity"),
        ("fba/restock", {"sellerId": EU, "sku": "HH-0010", "quantity": 1}, "sku"),
        ("listings", {"sellerId": EU, "sku": "HH-0010"}, "sku"),
        ("faults", {"kind": "500", "probability": 2}, "probability"),
        ("faults", {"kind": "500", "operation": "makeTea"}, "operation"),
        ("faults", {"kind": "500", "window": {"since": "soon"}}, "window"),
        ("limits", {"sellerId": EU, "operation": "makeTea"}, "operation"),
        ("application", {"roles": ["King"]}, "roles"),
    ],
)
def test_a_control_error_names_the_field(amazon, path, body, field):
    before = amazon.control("GET", "books")[1]
    status, result = amazon.control("POST", path, body)
    assert (status, field in result["error"]) == (400, True), result
    assert amazon.control("GET", "books")[1] == before


def test_a_buyer_may_be_given(amazon):
    order = amazon.order(buyer={"name": "Ada Lovelace", "postalCode": "W1S 4BS"})
    address = amazon.read(order, "RECIPIENT")["recipient"]["deliveryAddress"]
    assert (address["name"], address["postalCode"]) == ("Ada Lovelace", "W1S 4BS")


def test_a_body_that_is_no_json_is_refused(amazon):
    for body in (b"{", b"[" * 5000, b'{"a": "\\ud800"}', b"\xff", b"NaN"):
        answer = router.answer(amazon.simulator, Request("POST", "/_simulator/orders", "", {}, body))
        assert (answer.status, "JSON" in json.loads(answer.body)["error"]) == (400, True)


def test_a_clock_file_keeps_trade_time_over_a_long_stop(tmp_path):
    file = tmp_path / "clock.json"
    clock = Clock(rate=60, file=file, start=START)
    clock.advance(1000)
    body = json.loads(file.read_text())
    body["anchor_machine"] -= 10_100
    body["seen_machine"] -= 10_000  # it ran 100 s at rate 60, then was away for long
    file.write_text(json.dumps(body))
    again = Clock(rate=60, file=file)
    assert START + 1000 + 6000 <= again.seconds() < START + 1000 + 6000 + 120


def test_a_stepped_clock_stands_still_over_a_stop(tmp_path):
    file = tmp_path / "clock.json"
    Clock(stepped=True, file=file, start=START).advance(10)
    assert Clock(stepped=True, file=file).seconds() == START + 10


def test_a_spoilt_clock_file_is_named(tmp_path):
    file = tmp_path / "clock.json"
    file.write_text("{}")
    with pytest.raises(ValueError, match="no clock file"):
        Clock(file=file)


def test_the_journal_grows_by_what_happens_and_not_by_history(tmp_path):
    amazon = Amazon(home=tmp_path, lifted=True)
    sizes = []
    for number in range(60):
        amazon.set_quantity("HH-0010", number)
        amazon.advance(5)
        sizes.append((tmp_path / "journal.jsonl").stat().st_size)
    amazon.simulator.close()
    grown = [after - before for before, after in zip(sizes, sizes[1:], strict=False)]
    assert max(grown) < 1.5 * min(grown)


def test_a_long_journal_is_rewritten_with_the_same_state(tmp_path, monkeypatch):
    before = Amazon(home=tmp_path, lifted=True)
    before.control("POST", "orders", {"mix": {"count": 40}})
    before.set_quantity("HH-0010", 9)
    books, size = before.control("GET", "books")[1], (tmp_path / "journal.jsonl").stat().st_size
    before.simulator.close()
    monkeypatch.setattr("amazon_simulator.core.journal.SMALL", 100)
    for _ in range(2):
        after = Amazon(home=tmp_path, lifted=True)
        assert after.control("GET", "books")[1] == books
        after.simulator.close()
    assert (tmp_path / "journal.jsonl").stat().st_size < size
