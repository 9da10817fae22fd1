from datetime import UTC, datetime
from decimal import Decimal

from tests.simulator.conftest import EU, NA, START, UK, US, Amazon


def ids(page):
    return [order["orderId"] for order in page["orders"]]


def test_an_order_is_searched_only_two_minutes_after_its_update(amazon):
    order = amazon.order()
    assert ids(amazon.search()[1]) == []
    amazon.advance(121)
    assert ids(amazon.search()[1]) == [order["orderId"]]


def test_a_before_younger_than_two_minutes_is_refused_without_a_reason(amazon):
    young = datetime.fromtimestamp(START - 60, UTC).isoformat()
    status, body = amazon.search(lastUpdatedBefore=young)
    assert (status, body["errors"][0]["code"], body["errors"][0]["details"]) == (400, "InvalidInput", "")


def test_exactly_one_kind_of_after_is_needed(amazon):
    assert amazon.search(createdAfter="2026-09-01T00:00:00Z")[0] == 400


def test_an_empty_date_is_named_in_details(amazon):
    status, body = amazon.search(lastUpdatedAfter="")
    assert (status, body["errors"][0]["details"]) == (400, "Invalid Date-Time field(s) [lastUpdatedAfter].")


def test_pages_hold_every_order_once(amazon):
    amazon.control("POST", "orders", {"mix": {"count": 230, "fbaShare": 0}})
    amazon.advance(200)
    placed = {o.id for o in amazon.simulator.world.records.newest(EU, 1000)}
    every = ",".join(amazon.simulator.world.sellers["A2HARBOUREULTD1"].marketplaces)
    found, token = [], {}
    while True:
        status, page = amazon.search(marketplaceIds=every, maxResultsPerPage=40, **token)
        assert status == 200
        found += ids(page)
        if "pagination" not in page:
            break
        token = {"paginationToken": page["pagination"]["nextToken"]}
    assert (len(found), set(found)) == (len(placed), placed)


def test_a_page_token_wants_every_parameter_again(amazon):
    for _ in range(3):
        amazon.order()
    amazon.advance(200)
    token = amazon.search(maxResultsPerPage=1)[1]["pagination"]["nextToken"]
    status, body = amazon.search(paginationToken=token, includedData="FULFILLMENT")
    assert (status, "All parameters must match" in body["errors"][0]["message"]) == (400, True)


def test_a_page_token_lives_a_day(amazon):
    for _ in range(3):
        amazon.order()
    amazon.advance(200)
    token = amazon.search(maxResultsPerPage=1)[1]["pagination"]["nextToken"]
    amazon.advance(25 * 3600)
    amazon._tokens.clear()
    assert amazon.search(paginationToken=token, maxResultsPerPage=1)[0] == 400


def test_a_pending_order_has_no_money_and_no_address(amazon):
    order = amazon.order(pendingSeconds=600)
    data = "FULFILLMENT,PROCEEDS,RECIPIENT,BUYER"
    found = amazon.read(order, data)
    assert ("proceeds" in found, "recipient" in found, found["fulfillment"]["fulfillmentStatus"]) == (0, 0, "PENDING")
    amazon.advance(601)
    found = amazon.read(order, data)
    assert ("proceeds" in found, "recipient" in found, found["fulfillment"]["fulfillmentStatus"]) == (1, 1, "UNSHIPPED")


def test_the_status_comes_only_with_fulfillment(amazon):
    order = amazon.order()
    found = amazon.call("GET", f"/orders/2026-01-01/orders/{order['orderId']}")[1]["order"]
    assert "fulfillment" not in found


def test_lines_add_up_to_the_grand_total_and_us_tax_is_a_line_of_its_own(amazon):
    order = amazon.order(seller=NA, marketplace=US, giftWrap=True)
    body = amazon.call(
        "GET", f"/orders/2026-01-01/orders/{order['orderId']}", seller=NA, query={"includedData": "PROCEEDS"}
    )[1]["order"]
    lines = sum(Decimal(item["proceeds"]["proceedsTotal"]["amount"]) for item in body["orderItems"])
    kinds = {b["type"] for b in body["proceeds"]["breakdowns"]}
    assert (str(lines), {"ITEM", "SHIPPING", "GIFT_WRAP", "TAX"} <= kinds) == (
        body["proceeds"]["grandTotal"]["amount"],
        True,
    )
    assert body["proceeds"]["grandTotal"]["currencyCode"] == "USD"


def test_another_sellers_order_is_not_found(amazon):
    order = amazon.order()
    assert amazon.call("GET", f"/orders/2026-01-01/orders/{order['orderId']}", seller=NA)[0] == 404


def test_a_cancelled_order_gives_its_units_back(amazon):
    before = amazon.listing("HH-0010").quantity
    order = amazon.order(quantity=3)
    assert amazon.listing("HH-0010").quantity == before - 3
    amazon.control("POST", f"orders/{order['orderId']}/cancel", {"by": "BUYER"})
    assert amazon.listing("HH-0010").quantity == before


def test_nobody_buys_more_than_is_listed(amazon):
    items = [{"sku": "HH-0010", "quantity": 999}]
    order = {"sellerId": EU, "marketplaceId": UK, "fulfilledBy": "MERCHANT", "items": items}
    status, body = amazon.control("POST", "orders", order)
    assert (status, "only" in body["error"]) == (409, True)


def test_fba_orders_ship_by_themselves_and_take_from_their_pool(amazon):
    stock = amazon.simulator.world.fba[("A2HARBOUREULTD1", "UK", "FBA-0000")]
    before = stock.fulfillable
    order = amazon.order(sku="FBA-0000", by="AMAZON", quantity=2)
    amazon.advance(301)
    assert (amazon.simulator.world.orders[order["orderId"]].status, stock.fulfillable) == ("SHIPPED", before - 2)


def test_the_same_seed_makes_the_same_world_to_the_byte():
    def world(seed):
        amazon = Amazon(seed=seed)
        amazon.control("POST", "orders", {"mix": {"count": 50}})
        return amazon.control("GET", "books")[1]

    assert world(4) == world(4)
    assert world(4) != world(5)
