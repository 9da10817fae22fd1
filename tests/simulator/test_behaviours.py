"""What integrators report of Amazon, produced on command: one test for each id that docs/simulator-behaviours.md
says is to be had by a fault or by control. What is built in is shown where its operation is tested."""

import base64
import json
import re
from pathlib import Path

import pytest
from tests.simulator import feeding, reporting
from tests.simulator.conftest import EU, NA, START, UK, US
from tests.simulator.grantless import ask_token
from tests.simulator.test_faults import fault, listings, raw, summaries

from amazon_simulator.core.clock import iso
from amazon_simulator.faults.faults import HAPPENINGS, KINDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "simulator-behaviours.md"
V0 = "/orders/v0/orders"


def rows():
    """(id, what Amazon does, how it is produced here) of the page's tables."""
    found = re.findall(r"^\| ([A-Z]{1,2}\d{2}) \| (.+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) > 80
    return found


def old(amazon, path="", **query):
    """A read of Orders v0."""
    params = query or {"MarketplaceIds": UK, "CreatedAfter": "2026-09-01T00:00:00Z"} if not path else query
    return amazon.call("GET", f"{V0}{path}", query=params)


# --- the page


def test_the_page_names_each_behaviour_once_and_only_faults_that_there_are():
    ids = [number for number, _, _ in rows()]
    assert sorted(ids) == sorted(set(ids))
    named = {name for _, _, how in rows() for name in re.findall(r"fault `([a-z_0-9]+)`", how)}
    assert named <= {*KINDS, *HAPPENINGS}


def test_every_behaviour_by_fault_or_control_is_produced_by_a_test():
    wanted = {number.lower() for number, _, how in rows() if re.search(r"fault `|control: ", how)}
    elsewhere = {"n01", "n03", "n05"}
    """Shown where notifications are tested, in test_notification_contents.py."""
    here = {
        number
        for name in globals()
        if name.startswith("test_")
        for number in re.findall(r"_([a-z]{1,2}\d{2})(?=_)", name)
    }
    assert wanted - here - elsewhere == set()


# --- orders


def test_o02_the_same_page_comes_again_and_again(amazon):
    for _ in range(5):
        amazon.order()
    amazon.advance(130)
    token, seen = amazon.search(maxResultsPerPage=2)[1]["pagination"]["nextToken"], []
    fault(amazon, "page_repeated", operation="searchOrders", count=0)
    for _ in range(4):
        page = amazon.search(maxResultsPerPage=2, paginationToken=token)[1]
        token = page["pagination"]["nextToken"]
        seen.append([order["orderId"] for order in page["orders"]])
    assert (len(seen[0]), seen) == (2, [seen[0]] * 4)


def test_o08_an_address_comes_minutes_after_the_payment(amazon):
    order = amazon.order(pendingSeconds=60)
    amazon.advance(61)
    fault(amazon, "no_address", window={"until": iso(START + 600)})
    assert "recipient" not in amazon.read(order, "RECIPIENT")
    assert "ShippingAddress" not in old(amazon, f"/{order['orderId']}")[1]["payload"]
    amazon.advance(600)
    assert "recipient" in amazon.read(order, "RECIPIENT")


def test_o09_a_shipped_order_comes_without_its_price(amazon):
    order = amazon.order(sku="FBA-0000", by="AMAZON")
    amazon.advance(301)
    fault(amazon, "no_money", count=2)
    payload = old(amazon, f"/{order['orderId']}")[1]["payload"]
    assert (payload["OrderStatus"], "OrderTotal" in payload) == ("Shipped", False)
    item = old(amazon, f"/{order['orderId']}/orderItems")[1]["payload"]["OrderItems"][0]
    assert ("ItemPrice" in item, item["QuantityShipped"]) == (False, 1)


def test_o10_the_items_of_an_order_are_null(amazon):
    order = amazon.order()
    fault(amazon, "empty", operation="getOrderItems")
    assert old(amazon, f"/{order['orderId']}/orderItems") == (200, {"payload": None})
    assert len(old(amazon, f"/{order['orderId']}/orderItems")[1]["payload"]["OrderItems"]) == 1


def test_o15_a_region_refuses_what_it_took_for_hours(amazon):
    fault(amazon, "400", operation="searchOrders", sellerId=EU, window={"until": iso(START + 3000)})
    status, body = amazon.search()
    assert (status, body["errors"][0]["code"], body["errors"][0]["details"]) == (400, "InvalidInput", "")
    assert amazon.search(seller=NA, marketplaceIds=US)[0] == 200
    amazon.advance(3001)
    assert amazon.search()[0] == 200


def test_o16_a_member_of_the_model_is_missing(amazon):
    order = amazon.order()
    amazon.confirm(order)
    fault(amazon, "members", operation="getOrder", without=["detailedStatus", "packageStatus"])
    package = amazon.read(order, "PACKAGES")["packages"][0]
    assert ("packageStatus" in package, package["trackingNumber"]) == (False, "TRACK1")


def test_o19_tax_and_payment_are_not_there_yet(amazon):
    order = amazon.order(seller=NA, marketplace=US)
    assert {"payment"} <= set(amazon.read(order, "TAX,PAYMENT", seller=NA))
    fault(amazon, "members", operation="getOrder", without=["payment", "tax"])
    found = amazon.read(order, "TAX,PAYMENT", seller=NA)
    assert ("payment" in found, "tax" in found["orderItems"][0]) == (False, False)


def test_o24_one_orders_items_are_no_json(amazon):
    orders = [amazon.order()["orderId"] for _ in range(2)]
    fault(amazon, "broken_json", operation="getOrderItems")
    broken, whole = (raw(amazon, f"{V0}/{order}/orderItems").body for order in orders)
    assert (b"UOSS" in broken, json.loads(whole)["payload"]["AmazonOrderId"]) == (True, orders[1])
    with pytest.raises(json.JSONDecodeError):
        json.loads(broken)


def test_o27_an_order_appears_hours_late_with_an_old_time(amazon):
    fault(amazon, "late_orders", seconds=6 * 3600)
    order = amazon.order()
    amazon.advance(3 * 3600)
    amazon._tokens.clear()
    assert amazon.search()[1]["orders"] == []
    amazon.advance(3 * 3600)
    amazon._tokens.clear()
    assert [o["lastUpdatedTime"] for o in amazon.search()[1]["orders"]] == [order["lastUpdatedTime"]]


def test_o28_an_order_is_never_listed_and_can_be_read(amazon):
    order = amazon.order()
    amazon.advance(130)
    fault(amazon, "orders_missing", count=0)
    assert [amazon.search()[1]["orders"] for _ in range(3)] == [[], [], []]
    assert amazon.read(order, "FULFILLMENT")["orderId"] == order["orderId"]


def test_o29_a_list_is_partial(amazon):
    for _ in range(6):
        amazon.order()
        amazon.advance(1)
    amazon.advance(130)
    fault(amazon, "rows_missing", operation="searchOrders", count=0)
    found, query = [], {}
    while query is not None:
        page = amazon.search(maxResultsPerPage=2, **query)[1]
        found += page["orders"]
        query = {"paginationToken": page["pagination"]["nextToken"]} if "pagination" in page else None
    assert len(found) == 3


def test_o30_a_long_window_brings_nothing(amazon):
    amazon.order()
    amazon.advance(130)
    fault(amazon, "members", operation="searchOrders", **{"with": {"orders": []}})
    assert [len(amazon.search()[1]["orders"]) for _ in range(2)] == [0, 1]


def test_o33_orders_are_older_than_the_connection(amazon):
    order = amazon.order()
    amazon.advance(9 * 24 * 3600)
    amazon._tokens.clear()
    assert [o["orderId"] for o in amazon.search()[1]["orders"]] == [order["orderId"]]


# --- stock and listings


def test_s01_an_accepted_quantity_is_not_applied(amazon):
    before = amazon.listing("HH-0010").quantity
    fault(amazon, "accepted_not_applied")
    body = amazon.set_quantity("HH-0010", before + 5)[1]
    amazon.advance(3600)
    assert (body["status"], body["issues"], amazon.listing("HH-0010").quantity) == ("ACCEPTED", [], before)


def test_s04_invalid_comes_with_200(amazon):
    fault(amazon, "invalid")
    status, body = amazon.set_quantity("HH-0010", 5)
    assert (status, body["status"], body["issues"][0]["attributeNames"]) == (
        200,
        "INVALID",
        ["fulfillmentAvailability"],
    )


def test_s08_an_accepted_quantity_takes_minutes(amazon):
    before = amazon.listing("HH-0010").quantity
    fault(amazon, "applied_late", seconds=900)
    amazon.set_quantity("HH-0010", before + 5)
    path = f"/listings/2021-08-01/items/{EU}/HH-0010"
    query = {"marketplaceIds": UK, "includedData": "fulfillmentAvailability"}
    seen = []
    for _ in range(3):
        amazon.advance(460)
        seen.append(amazon.call("GET", path, query=query)[1]["fulfillmentAvailability"][0]["quantity"])
    assert seen == [before, before + 5, before + 5]


# --- shipments


def test_sh08_a_tracking_number_is_refused_for_its_carrier(amazon):
    order = amazon.order()
    fault(amazon, "tracking_refused")
    assert "does not match the expected format" in amazon.confirm(order)[1]["errors"][0]["message"]
    assert amazon.confirm(order)[0] == 204


# --- FBA


def test_f01_summaries_skip_a_sku(amazon):
    whole = {row["sellerSku"] for row in summaries(amazon)[1]["payload"]["inventorySummaries"]}
    fault(amazon, "rows_missing", operation="getInventorySummaries")
    skus = {row["sellerSku"] for row in summaries(amazon)[1]["payload"]["inventorySummaries"]}
    assert len(whole - skus) == 1


def test_f02_a_page_token_is_the_text_of_an_error(amazon):
    fault(amazon, "bad_next_token", operation="getInventorySummaries")
    token = summaries(amazon)[1]["pagination"]["nextToken"]
    assert base64.b64decode(
        token
    ) == b"Got get active fnSku map InputInvalidExcveption" or b"fnSku" in base64.b64decode(token)
    assert summaries(amazon, nextToken=token)[0] == 400


def test_f05_skus_with_a_space_or_an_apostrophe_are_not_found(amazon):
    fault(amazon, "odd_skus_missing", operation="searchListingsItems", count=0)
    query = {"identifiersType": "SKU", "identifiers": "HH 0001,HH'0004,HH-0010"}
    assert [item["sku"] for item in listings(amazon, **query)[1]["items"]] == ["HH-0010"]


def test_f07_what_changed_since_a_time_is_partial(amazon):
    since = {"startDateTime": "2026-09-01T00:00:00Z"}
    amazon.control("POST", "fba/restock", {"sellerId": EU, "pool": "UK", "sku": "FBA-0000", "quantity": 5})
    whole = summaries(amazon, **since)[1]["payload"]["inventorySummaries"]
    fault(amazon, "rows_missing", operation="getInventorySummaries")
    amazon.advance(2)
    assert summaries(amazon, **since)[1]["payload"]["inventorySummaries"] == whole[1:]


def test_f09_details_are_empty(amazon):
    fault(amazon, "no_quantities")
    assert summaries(amazon)[1]["payload"]["inventorySummaries"][0]["inventoryDetails"] == {}


def test_f10_a_member_comes_that_no_model_has(amazon):
    more = {"futureSupply": {"units": 12}}
    fault(amazon, "members", operation="getInventorySummaries", **{"with": more, "into": "inventoryDetails"})
    details = summaries(amazon)[1]["payload"]["inventorySummaries"][0]["inventoryDetails"]
    assert (details["futureSupply"], details["fulfillableQuantity"] > 0) == ({"units": 12}, True)


# --- consent and tokens


def test_a07_an_old_wording_of_a_refusal(amazon):
    words = "Application do not have access to some or all requested resource"
    fault(amazon, "refuse", operation="createRestrictedDataToken", message=words)
    body = {"restrictedResources": [{"method": "GET", "path": "/orders/v0/orders", "dataElements": ["buyerInfo"]}]}
    path = "/tokens/2021-03-01/restrictedDataToken"
    assert amazon.call("POST", path, body=body)[1]["errors"][0] == {
        "code": "InvalidInput",
        "message": words,
        "details": "",
    }
    assert amazon.call("POST", path, body=body)[0] == 200


def test_a11_a_marketplace_opens_that_no_program_knows(amazon):
    accounts = amazon.control("POST", "accounts", {"region": "EU", "marketplaceIds": ["A0INVENTEDKWD1"]})[1]
    found = amazon.call("GET", "/sellers/v1/marketplaceParticipations", seller=accounts["sellerId"])[1]["payload"]
    assert found[0]["marketplace"]["defaultCurrencyCode"] == "KWD"


def test_a12_the_consent_page_names_its_codes(amazon):
    amazon.control("POST", "application", {"draft": False})
    query = {"application_id": "x", "state": "s", "version": "beta"}
    path = "/sellercentral/sellercentral-europe.amazon.com/apps/authorize/consent"
    assert b"MD5100" in amazon.send("GET", path, query=query).body


# --- throttling


def test_t02_orders_items_may_be_requested_once_in_minutes(amazon):
    order = amazon.order()
    amazon.control("POST", "limits", {"operation": "getOrderItems", "rate": 0.0055, "burst": 20})
    found = [old(amazon, f"/{order['orderId']}/orderItems")[0] for _ in range(59)]
    assert found == [200] * 20 + [429] * 39
    amazon.advance(182)
    assert [old(amazon, f"/{order['orderId']}/orderItems")[0] for _ in range(2)] == [200, 429]


def test_t03_a_call_is_refused_again_after_the_documented_wait(amazon):
    fault(amazon, "throttle", window={"until": iso(START + 120)})
    found = []
    for wait in (0, 2, 4, 60, 60):
        amazon.advance(wait)
        found.append(raw(amazon).status)
    assert found == [429, 429, 429, 429, 200]


def test_t06_the_rate_header_may_say_anything(amazon):
    amazon.control("POST", "limits", {"operation": "getMarketplaceParticipations", "rate": 0.0167, "burst": 5})
    assert raw(amazon).headers["x-amzn-RateLimit-Limit"] == "0.0167"


# --- feeds and reports


@pytest.mark.parametrize(("kind", "ends"), [("feed_cancelled", "CANCELLED"), ("feed_fatal", "FATAL")])
def test_fd01_fd02_a_feed_ends_with_nothing_done_and_nothing_to_read(amazon, kind, ends):
    before = amazon.listing("HH-0010").quantity
    fault(amazon, kind)
    number = feeding.feed(amazon, feeding.LISTINGS, feeding.listings(feeding.quantity(1, "HH-0010", before + 1)))
    amazon.advance(feeding.WORKED)
    feed_state = feeding.state(amazon, number)
    assert (feed_state["processingStatus"], "resultFeedDocumentId" in feed_state) == (ends, False)
    assert amazon.listing("HH-0010").quantity == before


def test_fd09_messages_have_the_same_error(amazon):
    fault(amazon, "feed_partly_refused")
    messages = [feeding.quantity(number, f"HH-{number + 20:04d}", 7) for number in range(1, 5)]
    report = feeding.worked(amazon, feeding.LISTINGS, feeding.listings(*messages))
    wrong = [issue["messageId"] for issue in report["issues"] if issue["severity"] == "ERROR"]
    assert set(wrong) == {2, 4}
    assert [amazon.listing(f"HH-{number + 20:04d}").quantity == 7 for number in (1, 3)] == [True, True]


def test_fd12_a_feed_stays_in_progress_for_hours(amazon):
    fault(amazon, "feed_stuck", seconds=5 * 3600)
    number = feeding.feed(amazon, feeding.LISTINGS, feeding.listings(feeding.quantity(1, "HH-0010", 3)))
    amazon.advance(4 * 3600)
    feeding.fresh(amazon)
    assert feeding.status(amazon, number) == "IN_PROGRESS"
    amazon.advance(2 * 3600)
    feeding.fresh(amazon)
    assert feeding.status(amazon, number) == "DONE"


@pytest.mark.parametrize(("kind", "ends"), [("report_fatal", "FATAL"), ("report_cancelled", "CANCELLED")])
def test_r05_r07_a_report_ends_without_a_message_and_without_a_document(amazon, kind, ends):
    fault(amazon, kind)
    report = reporting.made(amazon, "GET_MERCHANT_LISTINGS_ALL_DATA")
    assert (report["processingStatus"], "reportDocumentId" in report, "errors" in report) == (ends, False, False)
    assert reporting.made(amazon, "GET_MERCHANT_LISTINGS_ALL_DATA")["processingStatus"] == "DONE"


def test_r10_r15_a_report_is_cancelled_all_day(amazon):
    fault(amazon, "report_cancelled", window={"until": iso(START + 24 * 3600)})
    found = []
    for _ in range(4):
        found.append(reporting.made(amazon, "GET_AFN_INVENTORY_DATA")["processingStatus"])
        amazon.advance(8 * 3600)
        reporting.fresh(amazon)
    assert found == ["CANCELLED", "CANCELLED", "CANCELLED", "DONE"]


# --- money


def test_m05_a_deemed_reseller_comes_that_nobody_knows(amazon):
    order = amazon.order(items=[{"sku": "HH-0010", "quantity": 1, "taxScheme": "IOSS"}])
    path = f"/{order['orderId']}/orderItems"
    assert old(amazon, path)[1]["payload"]["OrderItems"][0]["DeemedResellerCategory"] == "IOSS"
    fault(amazon, "members", operation="getOrderItems", **{"with": {"DeemedResellerCategory": "AU_VOEC"}})
    assert old(amazon, path)[1]["payload"]["OrderItems"][0]["DeemedResellerCategory"] == "AU_VOEC"


def test_m12_an_amount_is_a_number_for_once(amazon):
    order = amazon.order()
    fault(amazon, "members", operation="getOrder", **{"with": {"amount": 8.0}})
    assert amazon.read(order, "PROCEEDS")["proceeds"]["grandTotal"]["amount"] == 8.0


# --- identity of products


def test_i04_an_operation_finds_a_sku_invalid_for_weeks(amazon):
    amazon.control("POST", "traffic", {"marketplaces": {UK: 1}, "odd": 0.1})
    fault(amazon, "sku_refused", count=0)
    path = f"/listings/2021-08-01/items/{EU}/HE14-367%26%402%26%24388"
    status, body = amazon.call("GET", path, query={"marketplaceIds": UK})
    assert (status, body["errors"][0]["message"]) == (400, f"HE14-367&@2&$388 is an invalid SKU for marketplace {UK}")
    amazon.control("POST", "faults", {"clear": True})
    assert amazon.call("GET", path, query={"marketplaceIds": UK})[0] == 200


def test_i08_a_sku_is_ordered_that_no_program_has_seen(amazon):
    made = amazon.control("POST", "scenarios/unmatched", {"sellerId": EU})[1]
    amazon.advance(130)
    found = {o["orderItems"][0]["product"]["sellerSku"] for o in amazon.search()[1]["orders"]}
    assert found == set(made["skus"])


def test_a03_the_old_client_secret_dies(amazon):
    assert ask_token(amazon, secret="amzn1.oa2-cs.v1.of-last-year", grant_type="refresh_token", refresh_token="x") == (
        401,
        {"error_description": "Client authentication failed", "error": "invalid_client"},
    )
