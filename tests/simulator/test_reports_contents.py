"""What reports hold agrees with the state report."""

import gzip
from decimal import Decimal

import pytest
from tests.simulator.conftest import DE, EU, NA, UK, US
from tests.simulator.reporting import (
    DOCUMENTS,
    RESTRICTED,
    SETTLEMENT,
    download,
    fresh,
    made,
    rows,
    rows_of,
)

from amazon_simulator.access.entities import RefreshToken
from amazon_simulator.finances.ledger import Booked
from amazon_simulator.world.entities import Seller

SINCE = "2026-09-21T00:00:00Z"
FORTNIGHT = 14 * 86_400
UPDATED = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
PLACED = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
INVENTORY = "GET_FBA_MYI_ALL_INVENTORY_DATA"
LEDGER = "GET_LEDGER_SUMMARY_VIEW_DATA"
FR, JP = "A13V1IB3VIYZZH", "A1VC38T7YXB528"


def world(amazon):
    return amazon.simulator.world


def held(amazon, order):
    return world(amazon).orders[order["orderId"]]


def take_back(amazon, order, quantity, **more):
    placed = held(amazon, order)
    return world(amazon).returning.take_back(
        placed, placed.items[0].id, quantity, amazon.simulator.clock.seconds(), **more
    )


def settle(amazon):
    """Until the next settlement is closed; the settlements that were made, newest first."""
    amazon.advance(FORTNIGHT)
    fresh(amazon)


# --- orders


def test_every_line_of_every_order_is_in_the_order_report_whatever_marketplaces_were_named(amazon):
    amazon.control("POST", "orders", {"mix": {"count": 200}})
    amazon.advance(2000)
    fresh(amazon)
    wanted = {
        (order.id, item.sku, str(item.quantity - item.cancelled))
        for order in world(amazon).orders.values()
        for item in order.items
        if order.seller == EU
    }
    assert {order.marketplace for order in world(amazon).orders.values() if order.seller == EU} > {UK}
    for kind in (UPDATED, PLACED):
        lines = rows(amazon, kind, since=SINCE)
        assert {(row["amazon-order-id"], row["sku"], row["quantity"]) for row in lines} == wanted


def test_a_row_has_the_whole_lines_money_and_a_pending_one_none(amazon):
    paid = amazon.order(quantity=2, giftWrap=True, sellerOrderId="OURS-1")
    waiting = amazon.order(pendingSeconds=90_000)
    by_key = {row["amazon-order-id"]: row for row in rows(amazon, UPDATED, since=SINCE)}
    item, row = held(amazon, paid).items[0], by_key[paid["orderId"]]
    assert (row["item-price"], row["shipping-price"], row["gift-wrap-price"], row["item-tax"], row["currency"]) == (
        str(item.price), "3.99", "2.50", "", "GBP",
    )  # fmt: skip
    assert (row["merchant-order-id"], row["order-status"], row["item-status"]) == ("OURS-1", "Unshipped", "Unshipped")
    assert (row["sales-channel"], row["fulfillment-channel"]) == ("Amazon.co.uk", "Merchant")
    row = by_key[waiting["orderId"]]
    assert (row["order-status"], row["item-price"], row["ship-postal-code"]) == ("Pending", "", "")


def test_where_tax_comes_on_top_it_is_split_by_what_it_is_on(amazon):
    order = amazon.order(seller=NA, marketplace=US)
    (row,) = rows(amazon, PLACED, seller=NA, marketplaces=[US], since=SINCE)
    assert Decimal(row["item-tax"]) + Decimal(row["shipping-tax"]) == held(amazon, order).items[0].tax


def test_a_report_by_last_update_has_what_changed_and_one_by_order_date_what_was_placed(amazon):
    old = amazon.order()
    amazon.advance(7200)
    fresh(amazon)
    new = amazon.order()
    amazon.control("POST", f"orders/{old['orderId']}/cancel", {"by": "BUYER"})
    since = "2026-09-21T16:00:00Z"
    updated = {row["amazon-order-id"]: row["order-status"] for row in rows(amazon, UPDATED, since=since)}
    assert updated == {old["orderId"]: "Cancelled", new["orderId"]: "Unshipped"}
    assert [row["amazon-order-id"] for row in rows(amazon, PLACED, since=since)] == [new["orderId"]]


# --- orders to be shipped


def test_what_is_still_to_be_sent_is_for_a_restricted_token_alone(amazon):
    kind = "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING"
    order, done = amazon.order(quantity=3), amazon.order()
    amazon.confirm(done)
    amazon.confirm(order, quantity=1)
    amazon.order(sku="FBA-0001", by="AMAZON")
    report = made(amazon, kind, since=SINCE)
    path = f"{DOCUMENTS}/{report['reportDocumentId']}"
    assert amazon.call("GET", path)[0] == 403
    body = {"restrictedResources": [{"method": "GET", "path": path}]}
    token = amazon.call("POST", RESTRICTED, body=body)[1]["restrictedDataToken"]
    (row,) = rows_of(amazon, report, token=token)
    buyer = held(amazon, order).buyer
    assert (row["order-id"], row["quantity-shipped"], row["quantity-to-ship"]) == (order["orderId"], "1", "2")
    assert (row["recipient-name"], row["ship-address-1"], row["buyer-email"]) == (buyer.name, buyer.line_1, buyer.email)
    other = {"restrictedResources": [{"method": "GET", "path": f"{DOCUMENTS}/other"}]}
    wrong = amazon.call("POST", RESTRICTED, body=other)[1]["restrictedDataToken"]
    assert amazon.send("GET", path, headers={"x-amz-access-token": wrong}).status == 403


def test_what_is_to_be_invoiced_has_no_status_and_holds_what_is_about_to_be_cancelled(amazon):
    """Behaviour O22: only the order itself says that the buyer wants it no more."""
    kind = "GET_FLAT_FILE_ORDER_REPORT_DATA_INVOICING"
    requested, sent, gone = (amazon.order(quantity=2, buyer={"taxRegistrationNumber": "GB123456789"}) for _ in range(3))
    amazon.order(sku="FBA-0001", by="AMAZON")
    amazon.order(pendingSeconds=90_000)
    amazon.control("POST", f"orders/{requested['orderId']}/request-cancel", {"reason": "Changed my mind"})
    amazon.confirm(sent, quantity=2)
    amazon.control("POST", f"orders/{gone['orderId']}/cancel", {"by": "BUYER"})
    report = made(amazon, kind, since=SINCE)
    path = f"{DOCUMENTS}/{report['reportDocumentId']}"
    assert amazon.call("GET", path)[0] == 403
    body = {"restrictedResources": [{"method": "GET", "path": path}]}
    token = amazon.call("POST", RESTRICTED, body=body)[1]["restrictedDataToken"]
    by_key = {row["order-id"]: row for row in rows_of(amazon, report, token=token)}
    assert set(by_key) == {requested["orderId"], sent["orderId"]}
    order, row = held(amazon, requested), by_key[requested["orderId"]]
    assert [name for name in row if "status" in name or "cancel" in name] == []
    assert (row["quantity-purchased"], row["item-price"], row["currency"], row["sales-channel"]) == (
        "2", str(order.items[0].price), "GBP", "Amazon.co.uk",
    )  # fmt: skip
    assert (row["buyer-name"], row["bill-address-1"], row["ship-postal-code"]) == (
        order.buyer.name, order.buyer.line_1, order.buyer.postcode,
    )  # fmt: skip
    assert (row["buyer-tax-registration-id"], row["buyer-tax-registration-country"]) == ("GB123456789", "GB")


# --- listings


def test_the_listings_report_has_every_listing_with_its_live_quantity(amazon):
    amazon.order(sku="HH-0010", quantity=2)
    by_key = {row["seller-sku"]: row for row in rows(amazon, LISTINGS)}
    wanted = {
        listing.sku.encode("cp1252", "replace").decode("cp1252"): listing
        for listing in world(amazon).by_seller[EU].values()
        if listing.listed
    }
    assert set(by_key) == set(wanted)
    for sku, row in by_key.items():
        fba = wanted[sku].channel != "DEFAULT"
        assert (row["asin1"], row["quantity"], row["fulfillment-channel"]) == (
            wanted[sku].asin,
            "" if fba else str(wanted[sku].quantity),
            wanted[sku].channel,
        )
    assert (by_key["HH-0010"]["status"], by_key["HH-0010"]["price"]) == (
        "Active",
        f"{wanted['HH-0010'].price / 100:.2f}",
    )


def test_letters_that_the_charset_lacks_are_lost(amazon):
    amazon.control("POST", "listings", {"sellerId": EU, "sku": "ŁÓDŹ-1", "title": "Kubek ząb", "quantity": 1})
    titles = [row["item-name"] for row in rows(amazon, LISTINGS) if row["seller-sku"] == "?ÓD?-1"]
    assert titles == ["Kubek z?b"]


@pytest.mark.parametrize(
    ("locale", "market", "headers"),
    [
        ("de_DE", DE, {"Händler-SKU", "Menge", "Preis", "ASIN 1", "Versender"}),
        ("fr_FR", FR, {"sku-vendeur", "quantité", "prix", "asin1", "état"}),
        ("", DE, {"seller-sku", "quantity", "price", "asin1", "status"}),
        ("xx", DE, {"seller-sku", "quantity", "price", "asin1", "status"}),
    ],
)
def test_headers_are_in_the_language_that_was_requested(amazon, locale, market, headers):
    options = {"preferredReportDocumentLocale": locale} if locale else None
    (row, *_) = rows(amazon, LISTINGS, marketplaces=[market], options=options)
    assert headers <= set(row)


def test_a_japanese_report_comes_in_the_charset_of_japan(amazon):
    seller = {"id": "A4HARBOURJP0001", "name": "Harbour", "region": "FE", "marketplaces": [JP]}
    amazon.simulator.world.records.make(Seller(**seller))
    amazon.simulator.application.make(RefreshToken("Atzr|japan", "A4HARBOURJP0001"))
    amazon.control(
        "POST", "listings", {"sellerId": "A4HARBOURJP0001", "sku": "JP-1", "title": "湯のみ ząb", "quantity": 3}
    )
    report = made(
        amazon,
        LISTINGS,
        seller="A4HARBOURJP0001",
        marketplaces=[JP],
        options={"preferredReportDocumentLocale": "ja_JP"},
    )
    _, answer = download(amazon, report["reportDocumentId"], seller="A4HARBOURJP0001")
    (row,) = rows_of(amazon, report, seller="A4HARBOURJP0001")
    assert answer.headers["content-type"] == "text/plain; charset=windows-31j"
    assert (row["商品名"], row["出品者SKU"], row["数量"]) == ("湯のみ z?b", "JP-1", "3")


def test_active_listings_are_those_that_can_be_bought(amazon):
    amazon.set_quantity("HH-0010", 0)
    amazon.advance(10)
    active, inactive = (
        {row["seller-sku"] for row in rows(amazon, kind)}
        for kind in ("GET_MERCHANT_LISTINGS_DATA", "GET_MERCHANT_LISTINGS_INACTIVE_DATA")
    )
    everything = rows(amazon, LISTINGS)
    assert inactive == {"HH-0010"} == {row["seller-sku"] for row in everything if row["status"] == "Inactive"}
    assert active | inactive == {row["seller-sku"] for row in everything}
    assert {row["sku"] for row in rows(amazon, "GET_FLAT_FILE_OPEN_LISTINGS_DATA")} == active


# --- Amazon's warehouses


def test_the_inventory_report_counts_as_the_summaries_do(amazon):
    amazon.order(sku="FBA-0001", by="AMAZON", quantity=2)
    by_key = {row["sku"]: row for row in rows(amazon, INVENTORY)}
    query = {"granularityType": "Marketplace", "granularityId": UK, "marketplaceIds": UK, "details": "true"}
    page = amazon.call("GET", "/fba/inventory/v1/summaries", query=query)[1]["payload"]["inventorySummaries"]
    assert {row["sellerSku"] for row in page} == set(by_key)
    for row in page:
        detail, line = row["inventoryDetails"], by_key[row["sellerSku"]]
        assert (line["fnsku"], int(line["afn-fulfillable-quantity"]), int(line["afn-reserved-quantity"])) == (
            row["fnSku"],
            detail["fulfillableQuantity"],
            detail["reservedQuantity"]["totalReservedQuantity"],
        )
        assert int(line["afn-total-quantity"]) == row["totalQuantity"]


def test_nul_bytes_stand_where_there_is_no_quantity(amazon):
    _, answer = download(amazon, made(amazon, INVENTORY)["reportDocumentId"])
    line = gzip.decompress(answer.body).split(b"\r\n")[1].split(b"\t")
    assert (line[7], line[-1]) == (b"\x00\x00", b"\x00\x00")


def test_the_ledger_goes_from_balance_to_balance(amazon):
    world_, now = world(amazon), amazon.simulator.clock.seconds()
    stock = world_.warehouses.stock(EU, "UK", "FBA-0001")
    before = stock.fulfillable
    world_.warehouses.restock(EU, "UK", "FBA-0001", 10, now)
    world_.warehouses.lose(stock, 3, now)
    world_.warehouses.find(stock, 1, now)
    world_.warehouses.damage(stock, 2, now)
    order = amazon.order(sku="FBA-0001", by="AMAZON", quantity=4)
    amazon.advance(2 * 86_400)
    fresh(amazon)
    take_back(amazon, order, 1)
    take_back(amazon, order, 1, disposition="CUSTOMER_DAMAGED")
    amazon.advance(10)
    lines = rows(amazon, LEDGER, since=SINCE, options={"aggregatedByTimePeriod": "DAILY"}, quoted=True)
    names = (
        "Starting Warehouse Balance", "Receipts", "Customer Shipments", "Customer Returns", "Found", "Lost", "Damaged",
        "Ending Warehouse Balance",
    )  # fmt: skip
    own = [row for row in lines if row["MSKU"] == "FBA-0001"]
    days = [(row["Date"], *(int(row[name]) for name in names)) for row in own if row["Disposition"] == "SELLABLE"]
    left = before + 10 - 3 + 1 - 2 - 4
    assert days == [
        ("09/21/2026", before, 10, -4, 0, 1, -3, -2, left),
        ("09/22/2026", left, 0, 0, 0, 0, 0, 0, left),
        ("09/23/2026", left, 0, 0, 1, 0, 0, 0, left + 1),
    ]
    assert left + 1 == stock.fulfillable
    broken = [(row["Disposition"], row["Ending Warehouse Balance"]) for row in own if row["Disposition"] != "SELLABLE"]
    assert broken[-1:] == [("WAREHOUSE_DAMAGED", "2")]
    assert ("CUSTOMER_DAMAGED", "1") in broken
    assert {row["Location"] for row in own} == {"GB"}


def test_dates_among_the_options_of_a_ledger_are_ignored(amazon):
    options = {"startDate": SINCE, "endDate": SINCE}
    assert rows(amazon, LEDGER, options=options, quoted=True) == []


def test_the_ledgers_detail_has_every_event(amazon):
    order = amazon.order(sku="FBA-0001", by="AMAZON", quantity=4)
    amazon.advance(600)
    (row,) = rows(amazon, "GET_LEDGER_DETAIL_VIEW_DATA", since=SINCE, quoted=True)
    assert (row["Event Type"], row["Reference ID"], row["Quantity"]) == ("Shipments", order["orderId"], "-4")


def test_what_is_available_is_listed_by_condition(amazon):
    stock = world(amazon).warehouses.stock(EU, "UK", "FBA-0001")
    world(amazon).warehouses.damage(stock, 2, amazon.simulator.clock.seconds())
    lines = [row for row in rows(amazon, "GET_AFN_INVENTORY_DATA") if row["seller-sku"] == "FBA-0001"]
    assert [(row["Warehouse-Condition-code"], row["Quantity Available"]) for row in lines] == [
        ("SELLABLE", str(stock.fulfillable)),
        ("UNSELLABLE", "2"),
    ]


# --- returns


def test_what_came_back_to_the_seller_is_listed_with_its_refund(amazon):
    kind, order = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE", amazon.order(quantity=2)
    amazon.confirm(order, quantity=2)
    take_back(amazon, order, 1, reason="DEFECTIVE")
    (row,) = rows(amazon, kind, since=SINCE)
    assert (row["Order ID"], row["Merchant SKU"], row["Return quantity"], row["Return Reason"]) == (
        order["orderId"], "HH-0010", "1", "CR-DEFECTIVE",
    )  # fmt: skip
    assert (row["Return request date"], row["Refunded Amount"], row["Return request status"]) == (
        "21-Sep-2026", "", "Approved",
    )  # fmt: skip
    placed = held(amazon, order)
    line = Booked(placed.items[0].id, 0, 0, {"Principal": Decimal("1.50")})
    amazon.simulator.ledger.refund(placed, [line], amazon.simulator.clock.seconds(), "feed 1")
    (row,) = rows(amazon, kind, since=SINCE)
    assert (row["Refunded Amount"], row["Return request status"]) == ("1.50", "Completed")
    assert made(amazon, "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA", since=SINCE)["processingStatus"] == "CANCELLED"


def test_a_return_to_amazon_has_its_plate_and_another_date_the_next_day(amazon):
    kind, order = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA", amazon.order(sku="FBA-0001", by="AMAZON", quantity=2)
    amazon.advance(600)
    back = take_back(amazon, order, 1, disposition="DEFECTIVE", reason="DEFECTIVE")
    (first,) = rows(amazon, kind, since=SINCE)
    amazon.advance(90_000)
    fresh(amazon)
    (second,) = rows(amazon, kind, since=SINCE)
    assert (first["license-plate-number"], first["detailed-disposition"]) == (back.license_plate, "DEFECTIVE")
    assert (first["return-date"][:10], second["return-date"][:10]) == ("2026-09-21", "2026-09-22")
    assert {**first, "return-date": ""} == {**second, "return-date": ""}


# --- settlements


def settlements(amazon, seller=EU):
    body = amazon.call("GET", "/reports/2021-06-30/reports", seller=seller, query={"reportTypes": SETTLEMENT})[1]
    return [rows_of(amazon, report, seller=seller) for report in body["reports"]]


def test_a_settlement_appears_automatically_and_its_lines_add_up_to_the_deposit(amazon):
    for marketplace in (UK, DE, FR):
        order = amazon.order(quantity=3, marketplace=marketplace, giftWrap=True)
        amazon.confirm(order, quantity=1)
        amazon.confirm(order, quantity=2, reference="2")
    fba = amazon.order(sku="FBA-0001", by="AMAZON")
    amazon.advance(600)
    take_back(amazon, fba, 1)
    settle(amazon)
    settled = settlements(amazon)
    assert sorted(lines[0]["currency"] for lines in settled) == ["EUR", "GBP"]
    for first, *lines in settled:
        assert len(first) == 24
        total = sum(Decimal(line["amount"].replace(",", ".")) for line in lines)
        assert (Decimal(first["total-amount"].replace(",", ".")), bool(lines)) == (total, True)
        assert ("," in first["total-amount"]) == (first["currency"] == "EUR")
        assert {line["settlement-id"] for line in lines} == {first["settlement-id"]}
    pounds = next(lines for lines in settled if lines[0]["currency"] == "GBP")
    kinds = {(line["transaction-type"], line["amount-type"], line["amount-description"]) for line in pounds[1:]}
    assert {("Order", "ItemPrice", "Principal"), ("Order", "ItemFees", "Commission")} < kinds
    assert {("Order", "ItemFees", "FBAPerUnitFulfillmentFee"), ("Refund", "ItemPrice", "Principal")} < kinds


def test_settlements_of_one_fortnight_begin_seconds_apart_and_do_not_name_their_marketplace(amazon):
    for marketplace in (UK, DE):
        amazon.confirm(amazon.order(marketplace=marketplace))
    settle(amazon)
    query = {"reportTypes": SETTLEMENT}
    found = amazon.call("GET", "/reports/2021-06-30/reports", query=query)[1]["reports"]
    assert [one["dataStartTime"] for one in found] == ["2026-09-10T00:00:01+00:00", "2026-09-10T00:00:00+00:00"]
    assert [len(one["marketplaceIds"]) for one in found] == [6, 6]


def test_parts_of_a_line_earn_together_what_the_line_earns(amazon):
    order = amazon.order(quantity=3, giftWrap=True)
    for reference in ("1", "2", "3"):
        amazon.confirm(order, reference=reference)
    settle(amazon)
    ((_, *lines),) = settlements(amazon)
    item = held(amazon, order).items[0]
    for name, amount in (("Principal", item.price), ("Shipping", item.shipping), ("GiftWrap", item.gift_wrap)):
        own = [Decimal(line["amount"]) for line in lines if line["amount-description"] == name]
        assert (len(own), sum(own)) == (3, amount)


def test_where_amazon_pays_the_tax_it_keeps_it(amazon):
    order = amazon.order(seller=NA, marketplace=US)
    amazon.confirm(order, seller=NA)
    settle(amazon)
    ((first, *lines),) = settlements(amazon, NA)
    tax = held(amazon, order).items[0].tax
    amounts = {(line["amount-type"], line["amount-description"]): line["amount"] for line in lines}
    assert amounts["ItemPrice", "Tax"] == str(tax)
    assert amounts["ItemWithheldTax", "MarketplaceFacilitatorTax-Principal"] == str(-tax)
    assert first["settlement-start-date"].endswith("00:00:00 UTC")


def test_what_was_settled_is_settled_once_and_a_fortnight_without_sales_has_no_settlement(amazon):
    amazon.confirm(amazon.order())
    settle(amazon)
    settle(amazon)
    settle(amazon)
    assert len(settlements(amazon)) == 1
    amazon.confirm(amazon.order(), shipDate="2026-11-03T10:00:00Z")
    settle(amazon)
    settled = settlements(amazon)
    assert len({lines[0]["settlement-id"] for lines in settled}) == len(settled) == 2


def test_a_closed_settlement_outlives_a_restart(amazon, tmp_path):
    kind = type(amazon)
    amazon = kind(home=tmp_path)
    amazon.confirm(amazon.order())
    settle(amazon)
    settled = settlements(amazon)
    amazon.simulator.close()
    again = kind(home=tmp_path)
    again.advance(FORTNIGHT + 10)
    assert settlements(again) == settled
    again.simulator.close()
