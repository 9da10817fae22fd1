"""Order feeds in XML: what they ship, cancel and give back, and what their reports say."""

from decimal import Decimal

import pytest
from tests.simulator.conftest import DE, EU, NA, US
from tests.simulator.feeding import XML, envelope, fresh, shipment, worked

FULFILMENT = "POST_ORDER_FULFILLMENT_DATA"
ACKNOWLEDGEMENT = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
ADJUSTMENT = "POST_PAYMENT_ADJUSTMENT_DATA"


def fulfil(amazon, *bodies, **more):
    numbers = more.pop("numbers", None)
    return worked(amazon, FULFILMENT, envelope("OrderFulfillment", *bodies, numbers=numbers), XML, **more)


def held(amazon, order):
    return amazon.simulator.world.orders[order["orderId"]]


def item(order):
    return order["items"][0]["orderItemId"]


# --- fulfilment


def test_an_order_ships_whole_when_no_items_are_named(amazon):
    order = amazon.order(quantity=3)
    assert fulfil(amazon, shipment(order)) == (1, 1, 0, 0, [])
    order_row = held(amazon, order)
    assert (order_row.status, order_row.items[0].shipped) == ("SHIPPED", 3)
    package = order_row.packages[0]
    assert (package.carrier_code, package.shipping_method, package.tracking_number) == (
        "Royal Mail",
        "Tracked 48",
        "JD0001",
    )
    assert [row["effect"] for row in amazon.control("GET", "books")[1]["confirmations"]] == ["created"]


def test_an_order_ships_in_parts_and_never_more_than_is_left(amazon):
    order = amazon.order(quantity=3)
    first, second, third = (shipment(order, item=item(order), units=units) for units in (1, 2, 1))
    assert fulfil(amazon, first, second, third) == (3, 2, 1, 0, [(3, "18021", "Error")])
    row = held(amazon, order)
    assert (row.status, [package.items for package in row.packages]) == (
        "SHIPPED",
        [[(item(order), 1)], [(item(order), 2)]],
    )


def test_the_same_parcel_again_edits_it(amazon):
    order = amazon.order(quantity=2)
    number = "<MerchantFulfillmentID>77</MerchantFulfillmentID>"
    fulfil(amazon, shipment(order, more=number))
    fulfil(amazon, shipment(order, more=number, tracking="JD0002"))
    assert [(one.reference, one.tracking_number) for one in held(amazon, order).packages] == [("77", "JD0002")]
    assert held(amazon, order).items[0].shipped == 2


@pytest.mark.parametrize(("units", "successful"), [(1, 1), (3, 0)])
def test_in_germany_a_parcel_needs_a_number_from_twenty_euros(amazon, units, successful):
    amazon.control("POST", "listings", {"sellerId": EU, "sku": "PIN", "title": "Pin", "pence": 1000, "quantity": 9})
    order = amazon.order(sku="PIN", marketplace=DE, quantity=units, shippingPrice="0.00")
    assert fulfil(amazon, shipment(order, tracking=""))[1] == successful


def test_in_the_uk_a_parcel_ships_without_a_number(amazon):
    order = amazon.order()
    assert fulfil(amazon, shipment(order, tracking="")) == (1, 1, 0, 0, [])
    assert held(amazon, order).packages[0].tracking_number == ""


def test_a_tracking_number_that_is_none_of_the_carriers_is_a_warning_and_ships(amazon):
    order = amazon.order()
    report = fulfil(amazon, shipment(order, carrier="<CarrierCode>UPS</CarrierCode>", tracking="123"))
    assert (report, held(amazon, order).status) == ((1, 1, 0, 1, [(1, "18310", "Warning")]), "SHIPPED")


def test_where_it_is_an_error_a_tracking_number_that_is_none_of_the_carriers_ships_nothing(amazon):
    fitting, unfit, again = amazon.order(), amazon.order(), amazon.order()
    amazon.control("POST", "faults", {"kind": "feed_tracking_refused", "sellerId": EU})
    ups = {"carrier": "<CarrierCode>UPS</CarrierCode>"}
    assert fulfil(amazon, shipment(fitting, **ups, tracking="1Z999AA10123456784")) == (1, 1, 0, 0, [])
    assert fulfil(amazon, shipment(unfit, **ups, tracking="123")) == (1, 0, 1, 0, [(1, "18310", "Error")])
    assert (held(amazon, unfit).status, held(amazon, unfit).packages) == ("UNSHIPPED", [])
    assert fulfil(amazon, shipment(again, **ups, tracking="123")) == (1, 1, 0, 1, [(1, "18310", "Warning")])


@pytest.mark.parametrize(
    ("carrier", "successful"),
    [
        ("", 0),
        ("<CarrierCode>Other</CarrierCode>", 0),
        ("<CarrierCode>Other</CarrierCode><CarrierName>Harbour Post</CarrierName>", 1),
        ("<CarrierName>Harbour Post</CarrierName>", 1),
    ],
)
def test_a_carrier_is_needed_and_other_needs_a_name(amazon, carrier, successful):
    order = amazon.order()
    assert fulfil(amazon, shipment(order, carrier=carrier))[1] == successful


def test_what_cannot_be_shipped_is_reported_and_stops_no_other(amazon):
    fine, twice, fba, theirs, cancelled = (
        amazon.order(),
        amazon.order(),
        amazon.order(sku="FBA-0001", by="AMAZON"),
        amazon.order(seller=NA, marketplace=US),
        amazon.order(),
    )
    amazon.control("POST", f"orders/{cancelled['orderId']}/cancel", {"by": "BUYER"})
    bodies = [
        shipment({"orderId": "026-0000000-0000000"}),
        shipment(theirs),
        shipment(fba),
        shipment(cancelled),
        shipment(twice, item="nothing", units=1),
        shipment(twice).replace("2026-10-01T10:00:00Z", "soon"),
        shipment(twice, item="", units=1),
        shipment(fine),
        shipment(fine),
    ]
    report = fulfil(amazon, *bodies)
    assert report[:4] == (9, 1, 8, 0)
    assert [(number, code) for number, code, _ in report[4]] == [
        (1, "18028"), (2, "18028"), (3, "18028"), (4, "18021"), (5, "18021"), (6, "18028"), (7, "18028"), (9, "18021"),
    ]  # fmt: skip
    assert [held(amazon, one).status for one in (fine, twice)] == ["SHIPPED", "UNSHIPPED"]


def test_a_message_number_that_comes_twice_is_refused(amazon):
    first, second = amazon.order(), amazon.order()
    report = fulfil(amazon, shipment(first), shipment(second), numbers=[1, 1])
    assert report == (2, 1, 1, 0, [(1, "18028", "Error")])
    assert [held(amazon, one).status for one in (first, second)] == ["SHIPPED", "UNSHIPPED"]


def test_a_partly_refused_feed_has_two_errors_for_every_second_message(amazon):
    amazon.control("POST", "faults", {"kind": "feed_partly_refused"})
    orders = [amazon.order() for _ in range(3)]
    report = fulfil(amazon, *[shipment(order) for order in orders])
    assert report[:4] == (3, 2, 1, 0)
    assert [number for number, *_ in report[4]] == [2, 2]
    assert [held(amazon, one).status for one in orders] == ["SHIPPED", "UNSHIPPED", "SHIPPED"]


# --- the envelope


@pytest.mark.parametrize(
    "content",
    [
        b"no xml",
        b"<a/><b/>",
        b"\x00\x01",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "boom">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><AmazonEnvelope/>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
        b"<a>" * 40,
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
    ],
)
def test_what_is_no_xml_is_done_with_a_report_that_says_so(amazon, content):
    assert worked(amazon, FULFILMENT, content, XML) == (0, 0, 1, 0, [(0, "5001", "Error")])


def test_another_message_type_than_the_feeds_is_refused_as_a_whole(amazon):
    order = amazon.order()
    content = envelope("OrderFulfillment", shipment(order))
    assert worked(amazon, ACKNOWLEDGEMENT, content, XML) == (0, 0, 1, 0, [(0, "25", "Error")])
    assert worked(amazon, FULFILMENT, envelope("OrderFulfillment"), XML) == (0, 0, 1, 0, [(0, "25", "Error")])
    assert worked(amazon, FULFILMENT, b"<a/>", XML) == (0, 0, 1, 0, [(0, "25", "Error")])
    assert held(amazon, order).status == "UNSHIPPED"


# --- acknowledgement


def acknowledge(order, status, *, reason="", own="", code=None):
    line = f"<Item><AmazonOrderItemCode>{code or item(order)}</AmazonOrderItemCode>"
    line += f"<CancelReason>{reason}</CancelReason></Item>"
    number = f"<MerchantOrderID>{own}</MerchantOrderID>" if own else ""
    return (
        f"<AmazonOrderID>{order['orderId']}</AmazonOrderID>{number}<StatusCode>{status}</StatusCode>"
        f"{line if reason else ''}"
    )


def test_a_failure_cancels_the_order_and_gives_its_stock_back(amazon):
    before = amazon.listing("HH-0010").quantity
    order = amazon.order(quantity=2)
    report = worked(
        amazon,
        ACKNOWLEDGEMENT,
        envelope("OrderAcknowledgement", acknowledge(order, "Failure", reason="NoInventory")),
        XML,
    )
    assert report == (1, 1, 0, 0, [])
    assert (held(amazon, order).status, held(amazon, order).cancelled_by) == ("CANCELLED", "MERCHANT")
    assert amazon.listing("HH-0010").quantity == before


def test_a_success_gives_the_order_the_sellers_own_number_by_which_it_ships(amazon):
    order = amazon.order()
    body = acknowledge(order, "Success", own="OURS-7")
    assert worked(amazon, ACKNOWLEDGEMENT, envelope("OrderAcknowledgement", body), XML) == (1, 1, 0, 0, [])
    assert (held(amazon, order).status, held(amazon, order).alias) == ("UNSHIPPED", "OURS-7")
    number = f"<AmazonOrderID>{order['orderId']}</AmazonOrderID>"
    own = shipment(order).replace(number, "<MerchantOrderID>OURS-7</MerchantOrderID>")
    assert fulfil(amazon, own) == (1, 1, 0, 0, [])
    assert held(amazon, order).status == "SHIPPED"


def test_a_cancellation_needs_a_reason_and_an_open_order_of_the_sellers(amazon):
    plain, shipped, fba = amazon.order(), amazon.order(), amazon.order(sku="FBA-0001", by="AMAZON")
    fulfil(amazon, shipment(shipped))
    bodies = [
        acknowledge(plain, "Failure"),
        acknowledge(plain, "Failure", reason="Whim"),
        acknowledge(plain, "Failure", reason="NoInventory", code="nothing"),
        acknowledge(plain, "Perhaps"),
        acknowledge(shipped, "Failure", reason="NoInventory"),
        acknowledge(fba, "Failure", reason="NoInventory"),
    ]
    report = worked(amazon, ACKNOWLEDGEMENT, envelope("OrderAcknowledgement", *bodies), XML)
    assert report == (6, 0, 6, 0, [(number, "18028", "Error") for number in range(1, 7)])
    assert held(amazon, plain).status == "UNSHIPPED"


# --- adjustment


def adjust(order, components=(), *, reason="CustomerReturn", cancelled=0, currency="GBP", code=None):
    parts = "".join(
        f'<Component><Type>{name}</Type><Amount currency="{currency}">{amount}</Amount></Component>'
        for name, amount in components
    )
    prices = f"<ItemPriceAdjustments>{parts}</ItemPriceAdjustments>" if parts else ""
    units = f"<QuantityCancelled>{cancelled}</QuantityCancelled>" if cancelled else ""
    return (
        f"<AmazonOrderID>{order['orderId']}</AmazonOrderID><AdjustedItem>"
        f"<AmazonOrderItemCode>{code or item(order)}</AmazonOrderItemCode>"
        f"<AdjustmentReason>{reason}</AdjustmentReason>{prices}{units}</AdjustedItem>"
    )


def repay(amazon, *bodies):
    return worked(amazon, ADJUSTMENT, envelope("OrderAdjustment", *bodies), XML)


def test_a_refund_is_booked_and_no_more_than_was_charged(amazon):
    order = amazon.order(quantity=2)
    fulfil(amazon, shipment(order))
    price = held(amazon, order).items[0].price
    assert repay(amazon, adjust(order, [("Principal", "1.00"), ("Shipping", "3.99")])) == (1, 1, 0, 0, [])
    ledger = amazon.simulator.ledger
    posting = ledger.postings[-1]
    assert {(one.kind, one.name): one.amount for one in ledger.charges(posting)} == {
        ("ItemPrice", "Principal"): Decimal("-1.00"),
        ("ItemPrice", "Shipping"): Decimal("-3.99"),
        ("ItemFees", "Commission"): Decimal("0.75"),
        ("ItemFees", "RefundCommission"): Decimal("-0.15"),
    }
    assert repay(amazon, adjust(order, [("Principal", price)])) == (1, 0, 1, 0, [(1, "18025", "Error")])
    assert repay(amazon, adjust(order, [("Principal", price - 1)])) == (1, 1, 0, 0, [])


def test_what_cannot_be_refunded_is_reported(amazon):
    order, unshipped = amazon.order(), amazon.order()
    fulfil(amazon, shipment(order))
    bodies = [
        adjust(unshipped, [("Principal", "1.00")]),
        adjust(order, [("Principal", "1.00")], currency="EUR"),
        adjust(order, [("Principal", "many")]),
        adjust(order, [("Principal", "-1.00")]),
        adjust(order, [("Principal", "0.001")]),
        adjust(order, [("Tea", "1.00")]),
        adjust(order, [("Principal", "1.00"), ("Principal", "1.00")]),
        adjust(order, [("Principal", "1.00")], reason="Whim"),
        adjust(order, [("Principal", "1.00")], code="nothing"),
        adjust(order),
        adjust(order, cancelled=1),
    ]
    report = repay(amazon, *bodies)
    assert report == (11, 0, 11, 0, [(number, "18028", "Error") for number in range(1, 12)])
    assert [one.kind for one in amazon.simulator.ledger.postings] == ["Shipment"]


def test_units_that_cannot_be_sent_are_cancelled(amazon):
    order = amazon.order(quantity=3)
    assert repay(amazon, adjust(order, cancelled=2, reason="NoInventory")) == (1, 1, 0, 0, [])
    assert (held(amazon, order).items[0].cancelled, held(amazon, order).status) == (2, "UNSHIPPED")
    assert repay(amazon, adjust(order, cancelled=1, reason="NoInventory")) == (1, 1, 0, 0, [])
    assert held(amazon, order).status == "CANCELLED"


# --- VAT invoices


PDF = b"%PDF-1.7 an invoice"
INVOICE = {"metadata:totalamount": "12.00", "metadata:totalvatamount": "2.00", "metadata:invoicenumber": "INV 1/7"}


def test_an_invoice_is_kept_with_its_order(amazon):
    order = amazon.order()
    fulfil(amazon, shipment(order))
    fresh(amazon)
    options = {**INVOICE, "metadata:orderid": order["orderId"], "metadata:documenttype": "CreditNote"}
    report = worked(amazon, "UPLOAD_VAT_INVOICE", PDF, "application/pdf", options=options)
    assert report == (1, 1, 0, 0, [])
    kept = amazon.simulator.feeds.invoices
    assert [(one.order, one.number, one.kind, one.total, one.vat) for one in kept] == [
        (order["orderId"], "INV 1/7", "CreditNote", "12.00", "2.00")
    ]


@pytest.mark.parametrize(
    ("content", "changed", "results"),
    [
        (b"no PDF", {}, 1),
        (PDF, {"metadata:orderid": "026-0000000-0000000"}, 1),
        (PDF, {"metadata:totalamount": "much", "metadata:totalvatamount": ""}, 2),
        (PDF, {"metadata:invoicenumber": ""}, 1),
        (PDF, {"metadata:documenttype": "Poem"}, 1),
    ],
)
def test_an_invalid_invoice_is_reported_with_every_reason(amazon, content, changed, results):
    order = amazon.order()
    fulfil(amazon, shipment(order))
    fresh(amazon)
    options = {**INVOICE, "metadata:orderid": order["orderId"], **changed}
    report = worked(amazon, "UPLOAD_VAT_INVOICE", content, "application/pdf", options=options)
    assert (report[:4], len(report[4])) == ((1, 0, 1, 0), results)
    assert amazon.simulator.feeds.invoices == []


def test_an_order_that_was_not_shipped_has_no_invoice(amazon):
    order = amazon.order()
    options = {**INVOICE, "metadata:orderid": order["orderId"]}
    assert worked(amazon, "UPLOAD_VAT_INVOICE", PDF, "application/pdf", options=options)[:4] == (1, 0, 1, 0)


def test_a_feed_for_another_marketplace_of_the_seller_is_worked_alike(amazon):
    order = amazon.order(seller=NA, marketplace=US)
    body = envelope("OrderFulfillment", shipment(order), seller=NA)
    assert worked(amazon, FULFILMENT, body, XML, seller=NA, marketplaces=[US]) == (1, 1, 0, 0, [])
    assert held(amazon, order).status == "SHIPPED"
