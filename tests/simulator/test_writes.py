import json

import pytest
from tests.simulator.conftest import EU, NA, UK, Amazon


def test_a_quantity_takes_effect_a_little_later_and_keeps_the_lead_time(amazon):
    listing = amazon.listing("HH-0010")
    lead_time = listing.lead_time
    status, body = amazon.set_quantity("HH-0010", 7)
    assert (status, body["status"], listing.quantity == 7) == (200, "ACCEPTED", False)
    amazon.advance(5)
    assert (listing.quantity, listing.lead_time) == (7, lead_time)


def test_replace_drops_the_lead_time(amazon):
    amazon.set_quantity("HH-0010", 7, op="replace")
    amazon.advance(5)
    assert amazon.listing("HH-0010").lead_time is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"quantity": 2}, "cannot be parsed"),
        ("five", "cannot be parsed"),
    ],
)
def test_a_value_that_is_no_list_is_refused_with_amazons_message(amazon, value, words):
    status, body = amazon.set_quantity("HH-0010", 1, value=value)
    assert (status, words in body["errors"][0]["message"]) == (400, True)


def test_a_missing_value_is_named_by_its_index(amazon):
    body = {"productType": "HOME", "patches": [{"op": "merge", "path": "/attributes/fulfillment_availability"}]}
    path = f"/listings/2021-08-01/items/{EU}/HH-0010"
    status, payload = amazon.call("PATCH", path, query={"marketplaceIds": UK}, body=body)
    assert (status, payload["errors"][0]["message"]) == (400, "Value is missing for patch at index of 0.")


def test_a_negative_quantity_is_invalid_with_200(amazon):
    status, body = amazon.set_quantity("HH-0010", -1)
    assert (status, body["status"], body["issues"][0]["severity"]) == (200, "INVALID", "ERROR")


def test_a_patch_of_an_unknown_sku_is_accepted_and_nothing_comes_of_it(amazon):
    status, body = amazon.set_quantity("NOBODY", 1)
    assert (status, body["status"], body["issues"]) == (200, "ACCEPTED", [])
    amazon.advance(600)
    status, body = amazon.call("GET", f"/listings/2021-08-01/items/{EU}/NOBODY", query={"marketplaceIds": UK})
    assert (status, "NOBODY" in body["errors"][0]["message"]) == (404, True)


def test_a_patch_of_an_unknown_sku_that_is_wrong_in_itself_is_invalid(amazon):
    status, body = amazon.set_quantity("NOBODY", -1)
    assert (status, body["status"], body["issues"][0]["code"]) == (200, "INVALID", "90000900")


@pytest.mark.parametrize("path", ["HH%2F0002", "HH%200001", "00003", "HH%270004", "HH%2C0005", "HH-%C3%9C0006"])
def test_odd_skus_are_reached_by_their_encoded_path(amazon, path):
    status, _ = amazon.call("GET", f"/listings/2021-08-01/items/{EU}/{path}", query={"marketplaceIds": UK})
    assert status == 200


def test_a_slash_left_as_it_is_is_denied(amazon):
    assert amazon.call("GET", f"/listings/2021-08-01/items/{EU}/HH/0002", query={"marketplaceIds": UK})[0] == 403


def test_listings_are_paged_twenty_at_a_time(amazon):
    found, token = [], {}
    while True:
        query = {"marketplaceIds": UK, "pageSize": 20, **token}
        page = amazon.call("GET", f"/listings/2021-08-01/items/{EU}", query=query)[1]
        found += [item["sku"] for item in page["items"]]
        if "nextToken" not in page.get("pagination", {}):
            break
        token = {"pageToken": page["pagination"]["nextToken"]}
        amazon.advance(1)
    assert (len(found), len(set(found)), page["numberOfResults"]) == (75, 75, 75)


def test_a_confirmation_ships_the_order_and_is_in_the_state_report(amazon):
    order = amazon.order()
    assert amazon.confirm(order) == (204, None)
    books = amazon.control("GET", "books")[1]
    assert [row["effect"] for row in books["confirmations"]] == ["created"]
    assert (books["orders"][0]["status"], books["orders"][0]["packages"][0]["trackingNumber"]) == ("SHIPPED", "TRACK1")


def test_the_same_reference_again_edits_the_package(amazon):
    order = amazon.order(quantity=2)
    amazon.confirm(order)
    assert amazon.confirm(order, tracking="TRACK2") == (204, None)
    books = amazon.control("GET", "books")[1]
    assert [row["effect"] for row in books["confirmations"]] == ["created", "edited"]
    assert [p["trackingNumber"] for p in books["orders"][0]["packages"]] == ["TRACK2"]
    assert books["orders"][0]["status"] == "PARTIALLY_SHIPPED"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"packageReferenceId": 1}, "invalid type [packageDetail.packageReferenceId]"),
        ({"packageReferenceId": "A"}, "must be a positive numeric value"),
        ({"trackingNumber": ""}, "trackingNumber"),
        ({"orderItems": [{"orderItemId": "nobody", "quantity": 1}]}, "OrderItemId  is invalid"),
        ({"orderItems": {"orderItemId": "x"}}, "OrderItemId  is invalid"),
        ({"carrierCode": "Other"}, "carrierName"),
        ({"shipDate": "tomorrow"}, "shipDate"),
    ],
)
def test_a_bad_confirmation_is_refused_with_the_reason_and_noted(amazon, changes, words):
    status, body = amazon.confirm(amazon.order(), **changes)
    assert (status, words in body["errors"][0]["message"]) == (400, True)
    assert amazon.control("GET", "books")[1]["confirmations"][0]["effect"] == "refused"


def test_confirming_what_is_fulfilled_already_names_package_to_update_not_found(amazon):
    order = amazon.order()
    amazon.confirm(order)
    status, body = amazon.confirm(order, reference="2")
    assert (status, "PackageToUpdateNotFound" in body["errors"][0]["message"]) == (400, True)


def test_fba_page_tokens_live_thirty_seconds(amazon):
    world = amazon.simulator.world
    for number in range(60):
        amazon.control("POST", "listings", {"sellerId": EU, "sku": f"MORE-{number}"})
        world.fba[(EU, "UK", f"MORE-{number}")] = type(next(iter(world.fba.values())))(EU, "UK", f"MORE-{number}", 1)
    query = {"granularityType": "Marketplace", "granularityId": UK, "marketplaceIds": UK, "details": "true"}
    page = amazon.call("GET", "/fba/inventory/v1/summaries", query=query)[1]
    token = page["pagination"]["nextToken"]
    assert len(page["payload"]["inventorySummaries"]) == 50
    amazon.advance(31)
    assert amazon.call("GET", "/fba/inventory/v1/summaries", query={**query, "nextToken": token})[0] == 400


def test_the_burst_is_allowed_and_the_next_call_is_429_without_a_rate_header(amazon):
    path, headers = "/sellers/v1/marketplaceParticipations", {"x-amz-access-token": amazon.token()}
    statuses = [amazon.send("GET", path, headers=headers).status for _ in range(16)]
    refused = amazon.send("GET", path, headers=headers)
    assert statuses == [200] * 15 + [429]
    assert (refused.status, "x-amzn-RateLimit-Limit" in refused.headers) == (429, False)
    assert json.loads(refused.body)["errors"][0]["code"] == "QuotaExceeded"
    amazon.advance(63)
    assert amazon.send("GET", path, headers=headers).status == 200
    assert amazon.control("GET", "books")[1]["throttled"] == 2


def test_a_token_of_another_region_is_denied(amazon):
    headers = {"x-amz-access-token": amazon.token()}
    assert amazon.send("GET", "/na/sellers/v1/marketplaceParticipations", headers=headers).status == 403
    assert amazon.send("GET", "/eu/sellers/v1/marketplaceParticipations", headers=headers).status == 200


def test_without_a_token_amazon_names_the_missing_one(amazon):
    body = json.loads(amazon.send("GET", "/sellers/v1/marketplaceParticipations").body)
    assert body["errors"][0]["code"] == "MissingAuthenticationToken"


def test_a_revoked_seller_has_no_access_and_no_refresh(amazon):
    headers = {"x-amz-access-token": amazon.token()}
    amazon.control("POST", "authorisations/revoke", {"sellerId": EU})
    assert amazon.send("GET", "/sellers/v1/marketplaceParticipations", headers=headers).status == 403


@pytest.mark.parametrize(("kind", "status"), [("500", 500), ("503", 503), ("throttle", 429), ("html", 503)])
def test_a_fault_happens_as_often_as_it_was_set(amazon, kind, status):
    amazon.control("POST", "faults", {"kind": kind, "operation": "getOrder", "count": 2})
    order = amazon.order()
    headers = {"x-amz-access-token": amazon.token()}
    path = f"/orders/2026-01-01/orders/{order['orderId']}"
    assert [amazon.send("GET", path, headers=headers).status for _ in range(3)] == [status, status, 200]


def test_a_connection_cut_after_the_write_leaves_the_write_done(amazon):
    order = amazon.order()
    amazon.control("POST", "faults", {"kind": "cut_after", "operation": "confirmShipment"})
    headers = {"x-amz-access-token": amazon.token()}
    detail = {
        "packageReferenceId": "1",
        "carrierCode": "DPD",
        "trackingNumber": "T1",
        "shipDate": "2026-10-01T10:00:00Z",
        "orderItems": [{"orderItemId": order["items"][0]["orderItemId"], "quantity": 1}],
    }
    answer = amazon.send(
        "POST",
        f"/orders/v0/orders/{order['orderId']}/shipmentConfirmation",
        headers=headers,
        body={"marketplaceId": UK, "packageDetail": detail},
    )
    assert answer.cut
    assert amazon.simulator.world.orders[order["orderId"]].status == "SHIPPED"


def test_an_unknown_fault_is_refused_with_the_choices(amazon):
    status, body = amazon.control("POST", "faults", {"kind": "explode"})
    assert (status, "cut_after" in body["error"]) == (400, True)


def test_a_restart_goes_on_with_the_same_state_tokens_and_counters(tmp_path):
    before = Amazon(home=tmp_path)
    order = before.order()
    before.confirm(order)
    before.set_quantity("HH-0012", 3)
    token = before.token()
    state = before.control("GET", "books")[1]
    before.simulator.close()
    with (tmp_path / "journal.jsonl").open("ab") as torn:
        torn.write(b'{"type":"order","id":"half a l')
    after = Amazon(home=tmp_path)
    assert after.control("GET", "books")[1] == state
    headers = {"x-amz-access-token": token}
    assert after.send("GET", "/sellers/v1/marketplaceParticipations", headers=headers).status == 200
    after.advance(5)
    assert after.listing("HH-0012").quantity == 3
    after.simulator.close()


def test_na_and_eu_have_separate_states(amazon):
    amazon.order()
    books = json.loads(amazon.send("GET", "/_simulator/books", query={"sellerId": NA}).body)
    assert (books["orders"], {row["sellerId"] for row in books["listings"]}) == ([], {NA})
