"""What notifications are sent, when, and what they contain; and what faults and closed queues make of it."""

import json

import pytest
from tests.contract.judge import faults
from tests.contract.reading import document
from tests.simulator import feeding, grantless, reporting
from tests.simulator.conftest import DE, EU, START, UK, Amazon
from tests.simulator.queues import OPEN, policy, queue_for_amazon, received, sqs_of

DESTINATIONS = "/notifications/v1/destinations"
SUBSCRIPTIONS = "/notifications/v1/subscriptions"
QUANTITIES = "LISTINGS_ITEM_MFN_QUANTITY_CHANGE"
STATUSES = "LISTINGS_ITEM_STATUS_CHANGE"
FBA = "FBA_INVENTORY_AVAILABILITY_CHANGES"
ACCOUNTS = "ACCOUNT_STATUS_CHANGED"
SCHEMAS = {
    "ORDER_CHANGE": "OrderChangeNotification.json",
    QUANTITIES: "ListingsItemMfnQuantityChange.json",
    FBA: "FBAInventoryAvailabilityChangeNotification.json",
    "FEED_PROCESSING_FINISHED": "FeedProcessingFinishedNotification.json",
    "REPORT_PROCESSING_FINISHED": "ReportProcessingFinishedNotification.json",
}


def bus_of(amazon):
    """The destination that is an event bus."""
    bus = {"eventBridge": {"accountId": "123456789012", "region": "eu-west-1"}}
    made = grantless.call(amazon, "POST", DESTINATIONS, body={"name": "Bus", "resourceSpecification": bus})[1]
    return made["payload"]["destinationId"]


class Listener:
    """A queue that is subscribed to types of the EU seller's; or, for what goes there alone, an event bus."""

    on_bus, heard = False, 0

    def __init__(self, amazon, access=OPEN, **attributes):
        self.amazon = amazon
        self.sqs = sqs_of(amazon)
        self.url, arn = queue_for_amazon(self.sqs, access=access, **attributes)
        body = {"name": "Queue", "resourceSpecification": {"sqs": {"arn": arn}}}
        made = grantless.call(amazon, "POST", DESTINATIONS, body=body)[1]
        self.destination = made["payload"]["destinationId"]

    def subscribe(self, kind, changes=None):
        self.on_bus = kind in (QUANTITIES, STATUSES)
        body = {"payloadVersion": "1.0", "destinationId": bus_of(self.amazon) if self.on_bus else self.destination}
        if kind == "ORDER_CHANGE":
            wanted = {"eventFilterType": kind, **({"orderChangeTypes": changes} if changes else {})}
            body["processingDirective"] = {"eventFilter": wanted}
        status, made = self.amazon.call("POST", f"{SUBSCRIPTIONS}/{kind}", body=body)
        assert status == 200, made
        return self

    def hear(self):
        if not self.on_bus:
            return received(self.sqs, self.url)
        query = {"destinationId": self.subscription()["destinationId"]}
        answer = json.loads(self.amazon.send("GET", "/_simulator/notifications", query=query).body)
        new, self.heard = answer["events"][self.heard :], len(answer["events"])
        return [event["detail"] for event in new]

    def subscription(self):
        return self.amazon.control("GET", "notifications")[1]["subscriptions"][0]


@pytest.fixture
def amazon():
    return Amazon(lifted=True)


def flat(schema):
    """A JSON schema in the form that the judge of models reads: one type each, null left to the eye."""
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), list):
            return {}
        return {name: flat(inner) for name, inner in schema.items() if name != "format"}
    return [flat(inner) for inner in schema] if isinstance(schema, list) else schema


def judged(notice):
    """Faults against Amazon's schema of that notification; the published one misspells its own type (N09)."""
    kind = notice.get("NotificationType", notice.get("notificationType"))
    return list(faults(notice, flat(document(SCHEMAS[kind])), {})) if kind in SCHEMAS else []


def orders(notices):
    changes = [one["Payload"]["OrderChangeNotification"] for one in notices]
    return [(one["AmazonOrderId"], one["OrderChangeType"], one["Summary"]["OrderStatus"]) for one in changes]


def test_an_order_notifies_each_change_of_its_status(amazon):
    listener = Listener(amazon).subscribe("ORDER_CHANGE")
    order = amazon.order(pendingSeconds=600, quantity=2)
    amazon.advance(700)
    amazon.control("POST", f"orders/{order['orderId']}/request-cancel", {"reason": "Changed my mind"})
    amazon.confirm(order, quantity=1)
    amazon.confirm(order, reference="2", quantity=1)
    notices = listener.hear()
    assert orders(notices) == [
        (order["orderId"], "OrderStatusChange", "Pending"),
        (order["orderId"], "OrderStatusChange", "Unshipped"),
        (order["orderId"], "BuyerRequestedChange", "Unshipped"),
        (order["orderId"], "OrderStatusChange", "PartiallyShipped"),
        (order["orderId"], "OrderStatusChange", "Shipped"),
    ]
    assert [judged(one) for one in notices] == [[]] * 5
    summary = notices[3]["Payload"]["OrderChangeNotification"]["Summary"]
    assert (summary["NumberOfItemsShipped"], summary["NumberOfItemsUnshipped"], summary["FulfillmentType"]) == (
        1,
        1,
        "MFN",
    )
    assert len({one["NotificationMetadata"]["NotificationId"] for one in notices}) == 5


def test_a_long_leap_of_the_clock_leaves_no_change_out(amazon):
    listener = Listener(amazon).subscribe("ORDER_CHANGE")
    amazon.order("FBA-0001", by="AMAZON", pendingSeconds=600)
    amazon.advance(50_000)
    assert [status for _, _, status in orders(listener.hear())] == ["Pending", "Unshipped", "Shipped"]


def test_the_postal_code_needs_a_paid_order_and_the_role(amazon):
    def codes():
        notices = [one["Payload"]["OrderChangeNotification"]["Summary"] for one in listener.hear()]
        return [one["DestinationPostalCode"] for one in notices]

    listener = Listener(amazon).subscribe("ORDER_CHANGE")
    buyer = {"postalCode": "HU1 1AA"}
    amazon.order(buyer=buyer)
    amazon.order(buyer=buyer, status="PENDING")
    assert codes() == ["HU1 1AA", None]
    amazon.control("POST", "application", {"roles": ["Inventory and Order Tracking"]})
    amazon.order(buyer=buyer)
    assert codes() == [None]


def test_only_the_change_types_that_were_requested_come(amazon):
    listener = Listener(amazon).subscribe("ORDER_CHANGE", ["BuyerRequestedChange"])
    order = amazon.order()
    amazon.control("POST", f"orders/{order['orderId']}/request-cancel", {"reason": "x"})
    assert [change for _, change, _ in orders(listener.hear())] == ["BuyerRequestedChange"]


def test_a_quantity_notifies_when_it_has_changed_and_not_when_it_was_accepted(amazon):
    listener = Listener(amazon).subscribe(QUANTITIES)
    amazon.set_quantity("HH-0010", 41)
    assert listener.hear() == []
    amazon.advance(400)
    amazon.order("HH-0010", quantity=2)
    notices = listener.hear()
    assert [one["Payload"] for one in notices] == [
        {"SellerId": EU, "FulfillmentChannelCode": "DEFAULT", "Sku": "HH-0010", "Quantity": quantity}
        for quantity in (41, 39)
    ]
    assert [judged(one) for one in notices] == [[], []]
    amazon.set_quantity("HH-0010", 39)
    amazon.advance(400)
    assert listener.hear() == []


def test_a_listing_notifies_that_it_can_be_bought_or_not_in_each_marketplace(amazon):
    listener = Listener(amazon).subscribe(STATUSES)
    amazon.set_quantity("HH-0010", 0)
    amazon.advance(400)
    notices = [one["Payload"] for one in listener.hear()]
    assert {one["MarketplaceId"] for one in notices} >= {UK, DE}
    assert {(one["Sku"], tuple(one["Status"])) for one in notices} == {("HH-0010", ("DISCOVERABLE",))}
    amazon.control("POST", f"accounts/{EU}/suspend", {"marketplaceId": DE})
    notices = [one["Payload"] for one in listener.hear()]
    assert ({one["MarketplaceId"] for one in notices}, len(notices) > 50) == ({DE}, True)


def test_a_suspension_and_its_end_notify_the_status_of_the_account_in_each_marketplace(amazon):
    listener = Listener(amazon).subscribe(ACCOUNTS)
    for suspended in (True, False, False):
        amazon.control("POST", f"accounts/{EU}/suspend", {"marketplaceId": DE, "suspended": suspended})
    assert [one["payload"]["accountStatusChangeNotification"] for one in listener.hear()] == [
        {
            "merchantId": EU,
            "marketplaceId": DE,
            "currentAccountStatus": status,
            "previousAccountStatus": before,
        }
        for status, before in (("DEACTIVATED", "NORMAL"), ("NORMAL", "DEACTIVATED"))
    ]


def test_a_listing_that_is_deleted_in_a_marketplace_notifies_so_there(amazon):
    listener = Listener(amazon).subscribe(STATUSES)
    path = f"/listings/2021-08-01/items/{EU}/HH-0010"
    assert amazon.call("DELETE", path, query={"marketplaceIds": UK})[0] == 200
    amazon.advance(400)
    assert [(one["Payload"]["MarketplaceId"], one["Payload"]["Status"]) for one in listener.hear()] == [
        (UK, ["DELETED"])
    ]


def test_fba_stock_notifies_every_marketplace_by_its_pool(amazon):
    listener = Listener(amazon).subscribe(FBA)
    before = amazon.simulator.world.fba[(EU, "UK", "FBA-0001")].fulfillable
    amazon.control("POST", "fba/restock", {"sellerId": EU, "sku": "FBA-0001", "pool": "UK", "quantity": 5})
    notices = listener.hear()
    assert judged(notices[-1]) == []
    levels = {
        one["MarketplaceId"]: one["FulfillmentInventory"]["Fulfillable"]
        for one in notices[-1]["Payload"]["FulfillmentInventoryByMarketplace"]
    }
    assert (levels[UK], levels[DE]) == (before + 5, amazon.simulator.world.fba[(EU, "EU", "FBA-0001")].fulfillable)


@pytest.mark.parametrize(("fault", "ends"), [(None, "DONE"), ("feed_fatal", "FATAL"), ("feed_cancelled", "CANCELLED")])
def test_a_feed_notifies_its_end_once_in_the_other_spelling(amazon, fault, ends):
    listener = Listener(amazon).subscribe("FEED_PROCESSING_FINISHED")
    if fault:
        amazon.control("POST", "faults", {"kind": fault})
    feed_id = feeding.feed(amazon, feeding.LISTINGS, json.dumps({"header": {}, "messages": []}).encode())
    amazon.advance(2 * 3600)
    notices = listener.hear()
    assert [judged(one) for one in notices] == [[]]
    payload = notices[0]["payload"]["feedProcessingFinishedNotification"]
    assert (payload["feedId"], payload["processingStatus"], payload["sellerId"]) == (feed_id, ends, EU)
    feeding.fresh(amazon)
    state = feeding.state(amazon, feed_id)
    assert payload.get("resultFeedDocumentId") == state.get("resultFeedDocumentId")
    amazon.advance(40 * 24 * 3600)
    assert listener.hear() == []


@pytest.mark.parametrize(
    ("fault", "ends"), [(None, "DONE"), ("report_fatal", "FATAL"), ("report_cancelled", "CANCELLED")]
)
def test_a_report_notifies_its_end_once(amazon, fault, ends):
    listener = Listener(amazon).subscribe("REPORT_PROCESSING_FINISHED")
    if fault:
        amazon.control("POST", "faults", {"kind": fault})
    number = reporting.ask(amazon, "GET_MERCHANT_LISTINGS_ALL_DATA")
    amazon.advance(3600)
    notices = [
        one for one in listener.hear() if one["payload"]["reportProcessingFinishedNotification"]["reportId"] == number
    ]
    assert [judged(one) for one in notices] == [[]]
    payload = notices[0]["payload"]["reportProcessingFinishedNotification"]
    assert (payload["reportType"], payload["processingStatus"]) == ("GET_MERCHANT_LISTINGS_ALL_DATA", ends)
    reporting.fresh(amazon)
    state = reporting.state(amazon, number)
    assert payload.get("reportDocumentId") == state.get("reportDocumentId")


@pytest.mark.parametrize(
    ("access", "words"),
    [
        (policy("SQS:SendMessage"), "getqueueattributes"),
        (policy("SQS:*", principal="999999999999"), "sendmessage"),
        (policy("SQS:*", effect="Deny"), "sendmessage"),
        ("", "sendmessage"),
    ],
)
def test_a_queue_that_does_not_let_amazon_in_gets_nothing(amazon, access, words):
    listener = Listener(amazon, access).subscribe("ORDER_CHANGE")
    amazon.order()
    held = listener.subscription()
    assert (listener.hear(), held["undelivered"], words in held["trouble"]) == ([], 1, True)


@pytest.mark.parametrize("principal", ["437568002678", "arn:aws:iam::437568002678:root", "*"])
def test_the_policy_may_name_amazon_in_any_of_its_ways(amazon, principal):
    listener = Listener(amazon, policy("sqs:Send*", "SQS:GetQueueAttributes", principal=principal))
    listener.subscribe("ORDER_CHANGE")
    amazon.order()
    assert len(listener.hear()) == 1


def test_a_queue_under_a_key_that_amazon_does_not_have_gets_nothing(amazon):
    listener = Listener(amazon, KmsMasterKeyId="alias/aws/sqs").subscribe("ORDER_CHANGE")
    amazon.order()
    assert (listener.hear(), "key" in listener.subscription()["trouble"]) == ([], True)


def test_nothing_comes_after_the_subscription_is_deleted(amazon):
    listener = Listener(amazon).subscribe("ORDER_CHANGE")
    held = amazon.call("GET", f"{SUBSCRIPTIONS}/ORDER_CHANGE")[1]["payload"]["subscriptionId"]
    grantless.call(amazon, "DELETE", f"{SUBSCRIPTIONS}/ORDER_CHANGE/{held}")
    amazon.order()
    assert listener.hear() == []


def test_n03_a_change_of_status_comes_in_the_type_that_was_before_order_change(amazon):
    listener = Listener(amazon).subscribe("ORDER_CHANGE")
    amazon.control("POST", "faults", {"kind": "notification_old"})
    order = amazon.order(quantity=2, buyer={"postalCode": "HU1 1AA"})
    amazon.control("POST", f"orders/{order['orderId']}/request-cancel", {"reason": "Changed my mind"})
    amazon.confirm(order, quantity=2)
    notices = listener.hear()
    assert [one["NotificationType"] for one in notices] == ["ORDER_STATUS_CHANGE", "ORDER_CHANGE", "ORDER_CHANGE"]
    assert notices[0]["Payload"]["OrderStatusChangeNotification"] == {
        "SellerId": EU,
        "MarketplaceId": UK,
        "AmazonOrderId": order["orderId"],
        "PurchaseDate": START,
        "OrderStatus": "Unshipped",
        "DestinationPostalCode": "HU1 1AA",
        "SupplySourceId": None,
        "OrderItemId": order["items"][0]["orderItemId"],
        "SellerSKU": "HH-0010",
        "Quantity": 2,
        "FulfillmentChannel": "MFN",
    }


def test_a_notification_is_lost(amazon):
    listener = Listener(amazon).subscribe("ORDER_CHANGE")
    amazon.control("POST", "faults", {"kind": "notification_lost"})
    amazon.order()
    second = amazon.order()
    assert ([order for order, _, _ in orders(listener.hear())], listener.subscription()["lost"]) == (
        [second["orderId"]],
        1,
    )


def test_a_notification_comes_twice_with_one_id(amazon):
    listener = Listener(amazon).subscribe("ORDER_CHANGE")
    amazon.control("POST", "faults", {"kind": "notification_doubled"})
    amazon.order()
    notices = listener.hear()
    assert (len(notices), notices[0]) == (2, notices[1])


def test_a_notification_comes_late_after_newer_ones_and_over_a_restart(tmp_path):
    amazon = Amazon(tmp_path, lifted=True)
    listener = Listener(amazon).subscribe("ORDER_CHANGE")
    amazon.control("POST", "faults", {"kind": "notification_late", "seconds": 300})
    first, second = amazon.order(), amazon.order()
    assert [order for order, _, _ in orders(listener.hear())] == [second["orderId"]]
    amazon.simulator.close()
    after = Amazon(tmp_path, lifted=True)
    after.advance(301)
    assert [order for order, _, _ in orders(received(sqs_of(after), listener.url))] == [first["orderId"]]
    third = after.order()
    assert [order for order, _, _ in orders(received(sqs_of(after), listener.url))] == [third["orderId"]]
    after.simulator.close()


def test_an_event_bus_gets_what_its_subscriber_requested(amazon):
    body = {
        "name": "Bus",
        "resourceSpecification": {"eventBridge": {"accountId": "123456789012", "region": "eu-west-1"}},
    }
    made = grantless.call(amazon, "POST", DESTINATIONS, body=body)[1]["payload"]
    payload = {"payloadVersion": "1.0", "destinationId": made["destinationId"]}
    amazon.call("POST", f"{SUBSCRIPTIONS}/{QUANTITIES}", body=payload)
    amazon.order("HH-0010")
    query = {"destinationId": made["destinationId"]}
    answer = json.loads(amazon.send("GET", "/_simulator/notifications", query=query).body)
    assert answer["subscriptions"][0]["sent"] == 1
    assert [(one["detail-type"], one["source"]) for one in answer["events"]] == [
        (QUANTITIES, made["resource"]["eventBridge"]["name"])
    ]


@pytest.mark.parametrize("kind", list(SCHEMAS))
def test_test_notifications_fit_amazons_schemas(amazon, kind):
    listener = Listener(amazon)
    body = {"destinationId": listener.destination, "testNotification": {"payloadVersion": "1.0"}}
    assert grantless.call(amazon, "POST", f"{SUBSCRIPTIONS}/{kind}/testNotification", body=body)[0] == 200
    assert [judged(one) for one in listener.hear()] == [[]]
