"""Each fault does what its description says, to the calls it is for, as often as set, over a restart."""

import base64
import json
from decimal import Decimal

import pytest
from tests.simulator import feeding
from tests.simulator.conftest import EU, NA, START, UK, US, Amazon

from amazon_simulator.access.rate_limits import PLANS
from amazon_simulator.core.clock import iso
from amazon_simulator.faults.faults import HAPPENINGS, KINDS, ONLY_FOR, PAGED

SELLERS = "/sellers/v1/marketplaceParticipations"
SUMMARIES = "/fba/inventory/v1/summaries"


def fault(amazon, kind, **members):
    status, made = amazon.control("POST", "faults", {"kind": kind, **members})
    assert status == 201, made
    return made


def raw(amazon, path=SELLERS, seller=EU, **query):
    return amazon.send("GET", path, query=query, headers={"x-amz-access-token": amazon.token(seller)})


def summaries(amazon, **query):
    params = {"granularityType": "Marketplace", "granularityId": UK, "marketplaceIds": UK, "details": "true"}
    return amazon.call("GET", SUMMARIES, query={**params, **query})


def listings(amazon, **query):
    params = {"marketplaceIds": UK, "pageSize": 20, "includedData": "summaries,fulfillmentAvailability"}
    return amazon.call("GET", f"/listings/2021-08-01/items/{EU}", query={**params, **query})


@pytest.mark.parametrize(
    ("kind", "status", "code", "content_type"),
    [
        ("throttle", 429, "QuotaExceeded", "application/json"),
        ("400", 400, "InvalidInput", "application/json"),
        ("500", 500, "InternalFailure", "application/json"),
        ("503", 503, "ServiceUnavailable", "application/json"),
        ("denied", 403, "Unauthorized", "application/json"),
        ("token_expired", 403, "Unauthorized", "application/json"),
        ("revoked", 403, "Unauthorized", "application/json"),
        ("html", 503, None, "text/html"),
    ],
)
def test_a_refusal_without_cause_looks_like_a_real_one(amazon, kind, status, code, content_type):
    fault(amazon, kind)
    answer = raw(amazon)
    assert (answer.status, answer.headers["content-type"]) == (status, content_type)
    if code:
        assert json.loads(answer.body)["errors"][0]["code"] == code
    if kind == "throttle":
        assert (answer.headers["x-amzn-ErrorType"], "x-amzn-RateLimit-Limit" in answer.headers) == (
            "TooManyRequestsException",
            False,
        )


def test_a_refusal_may_have_its_own_message(amazon):
    fault(amazon, "refuse", status=418, code="Teapot", message="No coffee here.", details="teapot")
    answer = raw(amazon)
    assert (answer.status, json.loads(answer.body)) == (
        418,
        {"errors": [{"code": "Teapot", "message": "No coffee here.", "details": "teapot"}]},
    )


def test_an_expired_token_says_so_and_a_revoked_one_too(amazon):
    fault(amazon, "token_expired")
    assert b"has expired" in raw(amazon).body
    assert b"has expired" in raw(amazon).body
    amazon._tokens.clear()
    assert raw(amazon).status == 200
    fault(amazon, "revoked")
    assert b"revoked" in raw(amazon).body
    form = {
        "grant_type": "refresh_token",
        "refresh_token": amazon.control("GET", "accounts")[1]["accounts"][0]["refreshToken"],
    }
    assert amazon.send("POST", "/auth/o2/token", form=form).status in (400, 401)


def test_a_cut_comes_before_or_after_the_write(amazon):
    order = amazon.order(quantity=2)
    for number, (kind, shipped) in enumerate([("cut_before", 0), ("cut_after", 1)]):
        fault(amazon, kind, operation="confirmShipment")
        detail = {
            "packageReferenceId": str(number + 1),
            "carrierCode": "DPD",
            "trackingNumber": "T1",
            "shipDate": "2026-10-01T10:00:00Z",
            "orderItems": [{"orderItemId": order["items"][0]["orderItemId"], "quantity": 1}],
        }
        path = f"/orders/v0/orders/{order['orderId']}/shipmentConfirmation"
        body = {"marketplaceId": UK, "packageDetail": detail}
        answer = amazon.send("POST", path, body=body, headers={"x-amz-access-token": amazon.token()})
        assert (answer.cut, answer.body) == (True, b"")
        row = amazon.control("GET", "books")[1]["orders"][0]
        assert row["items"][0]["quantityFulfilled"] == shipped


def test_a_slow_answer_is_right_and_says_how_slow(amazon):
    fault(amazon, "slow", seconds=7.5)
    answer = raw(amazon)
    assert (answer.status, answer.slow) == (200, 7.5)


def test_broken_json_cannot_be_read(amazon):
    fault(amazon, "broken_json")
    answer = raw(amazon)
    assert answer.status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body)


def test_another_content_type_round_the_same_json(amazon):
    right = raw(amazon).body
    fault(amazon, "wrong_content_type", count=2)
    assert raw(amazon).headers["content-type"] == "text/plain"
    amazon.control("POST", "faults", {"clear": True})
    fault(amazon, "wrong_content_type", contentType="application/xml")
    answer = raw(amazon)
    assert (answer.body, answer.headers["content-type"]) == (right, "application/xml")


def test_an_empty_answer_has_no_payload_or_no_member(amazon):
    fault(amazon, "empty", count=2)
    assert amazon.call("GET", SELLERS) == (200, {"payload": None})
    assert amazon.search() == (200, {})


def test_members_are_left_out_or_have_another_value(amazon):
    order = amazon.order()
    fault(amazon, "members", operation="getOrder", without=["buyerEmail", "salesChannel"])
    found = amazon.read(order, "BUYER,FULFILLMENT")
    assert ("salesChannel" in found, "buyerEmail" in found["buyer"], "buyerName" in found["buyer"]) == (
        False,
        False,
        True,
    )
    fault(amazon, "members", operation="getOrder", **{"with": {"quantityOrdered": "1", "noSuchMember": 5}})
    found = amazon.read(order, "BUYER")
    assert (found["orderItems"][0]["quantityOrdered"], "noSuchMember" in found) == ("1", False)
    fault(amazon, "members", operation="getOrder", **{"with": {"phone": None}, "into": "deliveryAddress"})
    assert amazon.read(order, "RECIPIENT")["recipient"]["deliveryAddress"]["phone"] is None
    assert amazon.read(order, "RECIPIENT") == amazon.read(order, "RECIPIENT")


def test_rows_are_missing_from_a_page_and_from_that_page_only(amazon):
    orders = []
    for _ in range(3):
        orders.append(amazon.order()["orderId"])
        amazon.advance(1)
    amazon.advance(200)
    fault(amazon, "rows_missing", operation="searchOrders")
    assert [o["orderId"] for o in amazon.search()[1]["orders"]] == orders[1:]
    assert [o["orderId"] for o in amazon.search()[1]["orders"]] == orders
    whole = summaries(amazon)[1]["payload"]["inventorySummaries"]
    fault(amazon, "rows_missing", operation="getInventorySummaries")
    assert summaries(amazon)[1]["payload"]["inventorySummaries"] == whole[1:]
    fault(amazon, "rows_missing", operation="searchListingsItems")
    body = listings(amazon)[1]
    assert (len(body["items"]), body["numberOfResults"]) == (19, 75)


@pytest.mark.parametrize("operation", ["searchOrders", "searchListingsItems", "getInventorySummaries"])
def test_a_bad_page_token_is_given_and_refused(amazon, operation):
    ask = {"searchOrders": amazon.search, "searchListingsItems": lambda **q: listings(amazon, **q)}.get(
        operation, lambda **q: summaries(amazon, **q)
    )
    fault(amazon, "bad_next_token", operation=operation)
    status, body = ask()
    token = body["pagination"]["nextToken"]
    assert (status, b"InputInvalidException" in base64.b64decode(token)) == (200, True)
    assert ask(**{PAGED[operation]: token})[0] == 400


def test_a_page_is_given_again_with_its_token(amazon):
    first = listings(amazon)[1]
    fault(amazon, "page_repeated", operation="searchListingsItems")
    again = listings(amazon, pageToken=first["pagination"]["nextToken"])[1]
    assert ([i["sku"] for i in again["items"]], "pagination" in again) == ([i["sku"] for i in first["items"]], True)


def test_orders_come_without_address_or_money(amazon):
    order = amazon.order()
    amazon.advance(130)
    fault(amazon, "no_address", count=2)
    assert "recipient" not in amazon.read(order, "RECIPIENT")
    assert "recipient" not in amazon.search(includedData="RECIPIENT")[1]["orders"][0]
    assert "recipient" in amazon.read(order, "RECIPIENT")
    fault(amazon, "no_money")
    found = amazon.read(order, "PROCEEDS,PAYMENT,FULFILLMENT")
    item = found["orderItems"][0]
    assert ("proceeds" in found, "payment" in found, "proceeds" in item, "price" in item["product"]) == (False,) * 4
    assert (found["fulfillment"]["fulfillmentStatus"], item["quantityOrdered"]) == ("UNSHIPPED", 1)


def test_fba_stock_comes_without_quantities(amazon):
    fault(amazon, "no_quantities")
    rows = summaries(amazon)[1]["payload"]["inventorySummaries"]
    assert [row["inventoryDetails"] for row in rows] == [{}] * 15
    assert summaries(amazon)[1]["payload"]["inventorySummaries"][0]["inventoryDetails"] != {}


def test_odd_skus_are_not_found_by_name_while_the_whole_list_has_them(amazon):
    whole = [item["sku"] for item in listings(amazon, sortBy="sku", sortOrder="ASC")[1]["items"]]
    stock = summaries(amazon)[1]["payload"]["inventorySummaries"]
    fault(amazon, "odd_skus_missing", count=0)
    assert [item["sku"] for item in listings(amazon, sortBy="sku", sortOrder="ASC")[1]["items"]] == whole
    assert {"HH 0001", "HH'0004"} <= set(whole)
    params = {"identifiersType": "SKU", "identifiers": "HH 0001,HH-0010"}
    assert [item["sku"] for item in listings(amazon, **params)[1]["items"]] == ["HH-0010"]
    assert summaries(amazon)[1]["payload"]["inventorySummaries"] == stock


@pytest.mark.parametrize("operation", ["searchOrders", "getOrders"])
def test_a_page_token_is_refused_without_a_message_and_the_first_page_is_not(amazon, operation):
    for _ in range(2):
        amazon.order()
    amazon.advance(130)
    old = operation == "getOrders"
    path = "/orders/v0/orders" if old else "/orders/2026-01-01/orders"
    since = {"LastUpdatedAfter" if old else "lastUpdatedAfter": "2026-09-01T00:00:00Z"}
    first = {"MarketplaceIds" if old else "marketplaceIds": UK, **since}
    first |= {"MaxResultsPerPage" if old else "maxResultsPerPage": 1}
    fault(amazon, "page_token_refused")
    status, page = amazon.call("GET", path, query=first)
    token = page["payload"]["NextToken"] if old else page["pagination"]["nextToken"]
    following = {**first, "NextToken" if old else "paginationToken": token}
    assert status == 200
    refused = (400, {"errors": [{"message": None, "code": "InvalidInput"}]})
    assert amazon.call("GET", path, query=following) == refused
    assert amazon.call("GET", path, query=following)[0] == 200


@pytest.mark.parametrize(("kind", "status"), [("accepted_not_applied", "DONE"), ("invalid", "DONE")])
def test_what_a_patch_may_meet_a_message_of_a_feed_meets_too(amazon, kind, status):
    before = amazon.listing("HH-0010").quantity
    fault(amazon, kind)
    messages = [feeding.quantity(1, "HH-0010", before + 5), feeding.quantity(2, "HH-0011", 3)]
    report = feeding.worked(amazon, feeding.LISTINGS, feeding.listings(*messages))
    assert report["summary"]["messagesAccepted"] == (1 if kind == "invalid" else 2)
    assert (amazon.listing("HH-0010").quantity, amazon.listing("HH-0011").quantity) == (before, 3)
    events = amazon.control("GET", "books")[1]["faultEvents"]
    assert [(row["kind"], row["operation"], row["subject"]) for row in events] == [
        (kind, "patchListingsItem", "HH-0010")
    ]


def test_a_message_of_a_feed_takes_effect_late(amazon):
    before = amazon.listing("HH-0010").quantity
    fault(amazon, "applied_late", seconds=3600)
    feeding.worked(amazon, feeding.LISTINGS, feeding.listings(feeding.quantity(1, "HH-0010", before + 5)))
    assert amazon.listing("HH-0010").quantity == before
    amazon.advance(3600)
    assert amazon.listing("HH-0010").quantity == before + 5


def test_a_new_orders_total_is_a_cent_more_than_its_lines(amazon):
    fault(amazon, "total_off")
    order, next_one = amazon.order(), amazon.order()
    for one, cent in ((order, Decimal("0.01")), (next_one, Decimal(0))):
        found = amazon.read(one, "PROCEEDS,PAYMENT")
        lines = sum(Decimal(item["proceeds"]["proceedsTotal"]["amount"]) for item in found["orderItems"])
        total = found["proceeds"]["grandTotal"]["amount"]
        assert (Decimal(total) - lines, one["grandTotal"]) == (cent, total)
        assert found["payment"]["paymentExecutions"][0]["paymentAmount"]["amount"] == total
        old = amazon.call("GET", f"/orders/v0/orders/{one['orderId']}")[1]["payload"]
        assert old["OrderTotal"]["Amount"] == total


def test_a_quantity_takes_effect_late(amazon):
    before = amazon.listing("HH-0010").quantity
    fault(amazon, "applied_late", seconds=600)
    assert amazon.set_quantity("HH-0010", before + 9)[1]["status"] == "ACCEPTED"
    amazon.advance(590)
    assert amazon.listing("HH-0010").quantity == before
    amazon.advance(20)
    assert amazon.listing("HH-0010").quantity == before + 9


def test_a_patch_is_invalid_or_its_sku_refused(amazon):
    before = amazon.listing("HH-0010").quantity
    fault(amazon, "invalid")
    status, body = amazon.set_quantity("HH-0010", before + 1)
    assert (status, body["status"], body["issues"][0]["code"]) == (200, "INVALID", "90000900")
    fault(amazon, "sku_refused", operation="patchListingsItem")
    status, body = amazon.set_quantity("HH-0010", before + 1)
    assert (status, body["errors"][0]["message"]) == (400, f"HH-0010 is an invalid SKU for marketplace {UK}")
    amazon.advance(60)
    assert amazon.listing("HH-0010").quantity == before


def test_a_tracking_number_does_not_fit_the_carrier(amazon):
    order = amazon.order()
    fault(amazon, "tracking_refused")
    status, body = amazon.confirm(order, tracking="AB12")
    words = "The tracking ID AB12 for Royal Mail does not match the expected format for the carrier."
    assert (status, body["errors"][0]["message"].startswith(words)) == (400, True)
    row = amazon.control("GET", "books")[1]["orders"][0]
    assert (row["status"], row["packages"]) == ("UNSHIPPED", [])
    assert amazon.confirm(order, tracking="AB12")[0] == 204


def test_a_new_order_is_found_late_although_it_can_be_read(amazon):
    fault(amazon, "late_orders", seconds=7200)
    late, prompt = amazon.order(), amazon.order()
    amazon.advance(300)
    assert [o["orderId"] for o in amazon.search()[1]["orders"]] == [prompt["orderId"]]
    assert amazon.read(late, "FULFILLMENT")["orderId"] == late["orderId"]
    amazon.advance(7000)
    amazon._tokens.clear()
    found = amazon.search()[1]["orders"]
    assert {o["orderId"] for o in found} == {late["orderId"], prompt["orderId"]}
    assert found[0]["lastUpdatedTime"] == iso(START)  # before the window that a program reads by then


# --- whom, how often, when


def test_a_fault_happens_to_its_operation_only(amazon):
    fault(amazon, "500", operation="searchOrders", count=0)
    assert (amazon.search()[0], raw(amazon).status, amazon.search()[0]) == (500, 200, 500)


def test_a_fault_happens_to_its_account_only(amazon):
    fault(amazon, "500", sellerId=NA, count=0)
    assert (raw(amazon).status, raw(amazon, seller=NA).status, amazon.search()[0]) == (200, 500, 200)
    assert amazon.search(seller=NA, marketplaceIds=US)[0] == 500


def test_a_fault_happens_so_many_times(amazon):
    fault(amazon, "503", count=3)
    assert [raw(amazon).status for _ in range(5)] == [503, 503, 503, 200, 200]
    assert amazon.control("GET", "faults")[1]["faults"][0]["hits"] == 3


def test_a_fault_with_a_probability_happens_about_so_often(amazon):
    amazon.control("POST", "limits", {"lift": True})
    fault(amazon, "503", probability=0.3)
    found = [raw(amazon).status for _ in range(300)]
    assert 60 < found.count(503) < 120
    assert fault(amazon, "500", probability=0.5, count=2)["count"] == 2


def test_a_window_ends_a_fault(amazon):
    fault(amazon, "500", window={"until": iso(START + 60)})
    found = [raw(amazon).status, raw(amazon).status]
    amazon.advance(61)
    assert [*found, raw(amazon).status] == [500, 500, 200]


def test_of_two_faults_the_older_happens_first(amazon):
    fault(amazon, "500")
    fault(amazon, "503")
    assert [raw(amazon).status for _ in range(3)] == [500, 503, 200]


def test_one_fault_is_cleared_by_its_number_and_all_without(amazon):
    first, second = (fault(amazon, kind, count=0)["number"] for kind in ("500", "503"))
    left = amazon.control("POST", "faults", {"clear": True, "number": first})[1]["faults"]
    assert ([one["number"] for one in left], raw(amazon).status) == ([second], 503)
    amazon.control("POST", "faults", {"clear": True})
    assert (raw(amazon).status, fault(amazon, "500")["number"]) == (200, second + 1)


def test_faults_with_their_counts_and_dice_outlive_a_restart(tmp_path):
    def events(amazon, calls):
        return [raw(amazon).status for _ in range(calls)]

    body = {"probability": 0.5, "count": 12, "operation": "getMarketplaceParticipations"}
    unbroken = Amazon(lifted=True)
    fault(unbroken, "500", **body)
    expected = events(unbroken, 40)
    first = Amazon(home=tmp_path, lifted=True)
    fault(first, "500", **body)
    fault(first, "members", without=["payload"], count=0)
    first.control("POST", "faults", {"clear": True, "number": 2})
    found, token = events(first, 15), first._tokens
    first.simulator.close()
    again = Amazon(home=tmp_path, lifted=True)
    again._tokens = token
    assert found + events(again, 25) == expected
    assert expected.count(500) == 12
    assert [one["kind"] for one in again.control("GET", "faults")[1]["faults"]] == ["500"]
    assert fault(again, "503")["number"] == 3
    again.simulator.close()


def test_every_kind_can_be_set_for_what_it_fits_and_for_nothing_else(amazon):
    kinds = amazon.control("GET", "faults")[1]["kinds"]
    assert set(kinds) == set(KINDS) | set(HAPPENINGS)
    more = {"members": {"without": ["x"]}}
    for kind in kinds:
        fits = [one for one in ONLY_FOR.get(kind, PLANS) if one in PLANS]
        for operation in PLANS:
            status, body = amazon.control(
                "POST", "faults", {"kind": kind, "operation": operation, **more.get(kind, {})}
            )
            assert (status == 201) == (operation in fits), body
        assert fault(amazon, kind, **more.get(kind, {}))["operation"] == "*"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "plague"}, "kind"),
        ({"kind": "500", "sellerId": "NOBODY"}, "sellerId"),
        ({"kind": "500", "count": -1}, "count"),
        ({"kind": "500", "window": {"from": "x"}}, "window"),
        ({"kind": "slow", "seconds": 9999}, "seconds"),
        ({"kind": "500", "seed": []}, "seed"),
        ({"kind": "refuse", "status": 200}, "status"),
        ({"kind": "refuse", "message": 5}, "message"),
        ({"kind": "members"}, "without"),
        ({"kind": "members", "without": "x"}, "without"),
        ({"kind": "members", "with": []}, "with"),
        ({"kind": "members", "without": ["x"], "into": 5}, "into"),
        ({"kind": "wrong_content_type", "contentType": "a\r\nb"}, "contentType"),
        ({"kind": "late_orders", "operation": "searchOrders"}, "operation"),
    ],
)
def test_a_wrong_fault_is_refused_and_none_is_made(amazon, changed, field):
    status, answer = amazon.control("POST", "faults", changed)
    assert (status, field in answer["error"]) == (400, True), answer
    assert amazon.control("GET", "faults")[1]["faults"] == []


SKU = f"/listings/2021-08-01/items/{EU}/HH-0010"
WHOLE = {
    "productType": "HOME",
    "attributes": {
        "item_name": [{"value": "Lamp"}],
        "condition_type": [{"value": "new_new"}],
        "purchasable_offer": [{"our_price": [{"schedule": [{"value_with_tax": 9.99}]}]}],
        "fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": 3}],
    },
}


def submit(amazon, method):
    """A put of the whole listing with 3 units, or its deletion."""
    body = WHOLE if method == "PUT" else None
    return amazon.call(method, SKU, query={"marketplaceIds": UK}, body=body)


def offered(amazon):
    """(units, whether it is listed in the UK)."""
    listing = amazon.listing("HH-0010")
    return listing.quantity, UK in listing.marketplaces


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_put_and_a_deletion_are_accepted_and_not_applied(amazon, method):
    before = offered(amazon)
    fault(amazon, "accepted_not_applied")
    assert submit(amazon, method)[1]["status"] == "ACCEPTED"
    amazon.advance(3600)
    assert offered(amazon) == before
    amazon._tokens.clear()
    submit(amazon, method)
    amazon.advance(60)
    assert offered(amazon) == ((3, True) if method == "PUT" else (before[0], False))


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_put_and_a_deletion_take_effect_late(amazon, method):
    before = offered(amazon)
    fault(amazon, "applied_late", seconds=900)
    submit(amazon, method)
    amazon.advance(890)
    assert offered(amazon) == before
    amazon.advance(20)
    assert offered(amazon) == ((3, True) if method == "PUT" else (before[0], False))


def test_a_put_is_invalid(amazon):
    before = offered(amazon)
    fault(amazon, "invalid", operation="putListingsItem")
    status, body = submit(amazon, "PUT")
    amazon.advance(60)
    assert (status, body["status"], body["issues"][0]["code"], offered(amazon)) == (200, "INVALID", "90000900", before)


@pytest.mark.parametrize(
    ("of", "words"),
    [("application", "the application"), ("relationships", "relationships"), ("product data", "product data")],
)
def test_a_listing_that_is_throttled_says_of_which_budget(amazon, of, words):
    fault(amazon, "throttle", of=of, count=3)
    texts = [amazon.set_quantity("HH-0010", 3), submit(amazon, "PUT"), submit(amazon, "DELETE")]
    assert [(status, body["errors"][0]["message"]) for status, body in texts] == [
        (429, f"The frequency of requests was greater than what is allowed for {words}."),
        (429, f"The frequency of requests was greater than what is allowed for {words}."),
        (429, "You exceeded your quota for the requested resource."),
    ]


@pytest.mark.parametrize("of", ["tea", 3, ["application"]])
def test_a_budget_that_is_none_is_refused(amazon, of):
    status, body = amazon.control("POST", "faults", {"kind": "throttle", "of": of})
    assert (status, body["error"][:3]) == (400, "of:")
