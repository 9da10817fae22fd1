"""Destinations and subscriptions: what is taken, what is refused and how."""

import pytest
from tests.contract.judge import conforms
from tests.simulator import grantless
from tests.simulator.conftest import EU, NA, Amazon
from tests.simulator.queues import queue_for_amazon, sqs_of

DESTINATIONS = "/notifications/v1/destinations"
SUBSCRIPTIONS = "/notifications/v1/subscriptions"
ARN = "arn:aws:sqs:eu-west-1:210987654321:orders"
FILTER = {"eventFilter": {"eventFilterType": "ORDER_CHANGE"}}
QUANTITIES = "LISTINGS_ITEM_MFN_QUANTITY_CHANGE"


@pytest.fixture
def amazon():
    return Amazon(lifted=True)


def judged(definition, notice):
    return conforms("notifications.json", definition, notice)


def create_destination(amazon, resource=None, name="Queue"):
    body = {"name": name, "resourceSpecification": resource or {"sqs": {"arn": ARN}}}
    return grantless.call(amazon, "POST", DESTINATIONS, body=body)


@pytest.fixture
def destination(amazon):
    return create_destination(amazon)[1]["payload"]["destinationId"]


BUS = {"eventBridge": {"accountId": "123456789012", "region": "eu-west-1"}}
REPORTS = "REPORT_PROCESSING_FINISHED"


def subscribe(amazon, destination, kind="ORDER_CHANGE", *, directive=FILTER, version="1.0", seller=EU):
    body = {"payloadVersion": version, "destinationId": destination}
    body |= {"processingDirective": directive} if directive is not None else {}
    return amazon.call("POST", f"{SUBSCRIPTIONS}/{kind}", seller=seller, body=body)


def details(answer):
    return answer[0], answer[1]["errors"][0]["code"], answer[1]["errors"][0]["details"]


def test_a_destination_is_made_listed_read_and_deleted(amazon):
    status, made = create_destination(amazon)
    assert (status, made["payload"]["resource"]) == (200, {"sqs": {"arn": ARN}})
    path = f"{DESTINATIONS}/{made['payload']['destinationId']}"
    assert grantless.call(amazon, "GET", path) == (200, made)
    assert grantless.call(amazon, "GET", DESTINATIONS) == (200, {"payload": [made["payload"]]})
    assert grantless.call(amazon, "DELETE", path) == (200, {})
    status, gone = grantless.call(amazon, "GET", path)
    assert (status, gone["errors"][0]["code"]) == (404, "NotFound")


def test_an_event_bus_is_a_destination_too_one_for_each_account_and_region(amazon):
    bus = {"eventBridge": {"accountId": "123456789012", "region": "eu-west-1"}}
    status, made = create_destination(amazon, bus)
    resource = made["payload"]["resource"]["eventBridge"]
    assert (status, resource["accountId"], resource["region"]) == (200, "123456789012", "eu-west-1")
    assert create_destination(amazon, bus)[0] == 409


@pytest.mark.parametrize(
    "resource",
    [
        {"sqs": {"arn": "https://sqs.eu-west-1.amazonaws.com/1/q"}},
        {"sqs": {}},
        {"sqs": {"arn": ARN}, "eventBridge": {"accountId": "123456789012", "region": "eu-west-1"}},
        {"eventBridge": {"accountId": "12", "region": "eu-west-1"}},
        {"sns": {"arn": ARN}},
    ],
)
def test_a_wrong_resource_is_refused(amazon, resource):
    status, body = create_destination(amazon, resource)
    assert (status, body["errors"][0]["code"]) == (400, "InvalidInput")


def test_one_queue_has_one_destination_and_is_kept_while_it_is_subscribed(amazon, destination):
    assert details(create_destination(amazon))[:2] == (409, "StateConflict")
    subscribe(amazon, destination)
    assert details(grantless.call(amazon, "DELETE", f"{DESTINATIONS}/{destination}"))[:2] == (409, "StateConflict")


def test_destinations_are_for_the_application_and_subscriptions_for_the_seller(amazon, destination):
    assert amazon.call("GET", DESTINATIONS)[0] == 403
    assert grantless.call(amazon, "GET", f"{SUBSCRIPTIONS}/ORDER_CHANGE")[0] == 403
    assert grantless.call(amazon, "GET", DESTINATIONS, scope=grantless.ROTATION)[0] == 403


def test_a_subscription_is_made_found_by_every_way_and_deleted(amazon, destination):
    status, made = subscribe(amazon, destination)
    payload = made["payload"]
    assert (status, payload["destinationId"], payload["processingDirective"]) == (200, destination, FILTER)
    assert amazon.call("GET", f"{SUBSCRIPTIONS}/ORDER_CHANGE") == (200, made)
    listed = amazon.call("GET", SUBSCRIPTIONS, query={"notificationTypes": "ORDER_CHANGE"})
    assert listed == (200, {"payload": {"subscriptions": [payload]}})
    path = f"{SUBSCRIPTIONS}/ORDER_CHANGE/{payload['subscriptionId']}"
    assert grantless.call(amazon, "GET", path) == (200, made)
    assert grantless.call(amazon, "DELETE", path) == (200, {})
    assert amazon.call("GET", f"{SUBSCRIPTIONS}/ORDER_CHANGE")[0] == 404
    assert grantless.call(amazon, "GET", path)[0] == 404


def test_a_seller_subscribes_once_to_a_type(amazon, destination):
    subscribe(amazon, destination)
    conflict = details(subscribe(amazon, destination))
    assert conflict == (409, "StateConflict", "Subscription already exist for notification type ORDER_CHANGE")
    assert subscribe(amazon, destination, seller=NA)[0] == 200


@pytest.mark.parametrize(
    ("directive", "words"),
    [
        (None, "Processing Directive eventFilter must not be empty"),
        ({}, "Processing Directive eventFilter must not be empty"),
        ({"eventFilter": {"eventFilterType": "ANY_OFFER_CHANGED"}}, "cannot parse processingDirective"),
        (["x"], "cannot parse processingDirective"),
        (
            {"eventFilter": {"eventFilterType": "ORDER_CHANGE", "marketplaceIds": ["X"]}},
            'EventFilter Payload {"eventFilterType": "ORDER_CHANGE", "marketplaceIds": ["X"]} failed to validate for '
            "notification type ORDER_CHANGE",
        ),
        (
            {"eventFilter": {"eventFilterType": "ORDER_CHANGE", "orderChangeTypes": ["Tea"]}},
            'EventFilter Payload {"eventFilterType": "ORDER_CHANGE", "orderChangeTypes": ["Tea"]} failed to validate '
            "for notification type ORDER_CHANGE",
        ),
    ],
)
def test_order_changes_want_a_processing_directive(amazon, destination, directive, words):
    assert details(subscribe(amazon, destination, directive=directive)) == (400, "InvalidInput", words)


@pytest.mark.parametrize(
    ("kind", "version", "words"),
    [
        ("ORDER_STATUS_CHANGE", "1.0", "no longer supported"),
        ("TEA_TIME", "1.0", "not valid"),
        ("APPLICATION_OAUTH_CLIENT_NEW_SECRET", "1.0", "developer console"),
        (QUANTITIES, "2.0", "payloadVersion"),
    ],
)
def test_types_and_versions_that_do_not_exist_are_refused(amazon, destination, kind, version, words):
    status, code, message = details(subscribe(amazon, destination, kind, directive=None, version=version))
    assert (status, code, words in message) == (400, "InvalidInput", True)


@pytest.mark.parametrize(
    ("kind", "resource", "way"),
    [
        (QUANTITIES, {"sqs": {"arn": ARN}}, "AWS_SQS"),
        ("LISTINGS_ITEM_STATUS_CHANGE", {"sqs": {"arn": ARN}}, "AWS_SQS"),
        ("ORDER_CHANGE", BUS, "AWS_EVENT_BRIDGE"),
        ("FBA_INVENTORY_AVAILABILITY_CHANGES", BUS, "AWS_EVENT_BRIDGE"),
        ("FEED_PROCESSING_FINISHED", BUS, "AWS_EVENT_BRIDGE"),
        (REPORTS, BUS, "AWS_EVENT_BRIDGE"),
    ],
)
def test_a_type_that_goes_the_other_way_is_refused(amazon, kind, resource, way):
    body = {"name": "It", "resourceSpecification": resource}
    made = grantless.call(amazon, "POST", DESTINATIONS, body=body)[1]["payload"]["destinationId"]
    status, answer = subscribe(amazon, made, kind, directive=FILTER if kind == "ORDER_CHANGE" else None)
    error = answer["errors"][0]
    assert (status, error["code"], error["details"]) == (
        400,
        "InvalidInput",
        f"Notification type {kind} does not support {way}",
    )
    assert amazon.call("GET", f"{SUBSCRIPTIONS}/{kind}")[0] == 404


def test_an_unknown_destination_is_refused(amazon):
    assert details(subscribe(amazon, "nobody"))[:2] == (400, "InvalidInput")


@pytest.mark.parametrize(
    "query", [{}, {"notificationTypes": "A,B"}, {"notificationTypes": QUANTITIES, "pageSize": "5"}]
)
def test_a_list_of_subscriptions_is_of_one_type(amazon, query):
    assert amazon.call("GET", SUBSCRIPTIONS, query=query)[0] == 400


def test_a_test_notification_arrives(amazon):
    sqs = sqs_of(amazon)
    url, arn = queue_for_amazon(sqs)
    held = create_destination(amazon, {"sqs": {"arn": arn}})[1]["payload"]["destinationId"]
    body = {"destinationId": held, "testNotification": {"payloadVersion": "1.0"}}
    path = f"{SUBSCRIPTIONS}/{QUANTITIES}/testNotification"
    assert grantless.call(amazon, "POST", path, body=body) == (200, {})
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"].startswith('{"NotificationVersion"')
    wrong = grantless.call(amazon, "POST", path, body={**body, "destinationId": "x"})
    assert details(wrong)[:2] == (400, "InvalidInput")


def test_answers_conform(amazon, destination):
    for _ in range(2):  # made, then refused
        body = subscribe(amazon, destination, REPORTS, directive=None)[1]
        assert judged("CreateSubscriptionResponse", body) == []
    body = amazon.call("GET", SUBSCRIPTIONS, query={"notificationTypes": REPORTS})[1]
    assert judged("GetSubscriptionsResponse", body) == []
    assert judged("GetSubscriptionResponse", amazon.call("GET", f"{SUBSCRIPTIONS}/{REPORTS}")[1]) == []
    assert judged("GetDestinationsResponse", grantless.call(amazon, "GET", DESTINATIONS)[1]) == []
    assert judged("GetDestinationResponse", grantless.call(amazon, "GET", f"{DESTINATIONS}/x")[1]) == []


def test_destinations_and_subscriptions_outlive_a_kill(tmp_path):
    before = Amazon(tmp_path, lifted=True)
    kept = create_destination(before)[1]["payload"]["destinationId"]
    made = subscribe(before, kept)[1]
    before.simulator.close()
    after = Amazon(tmp_path, lifted=True)
    assert after.call("GET", f"{SUBSCRIPTIONS}/ORDER_CHANGE") == (200, made)
    assert grantless.call(after, "GET", f"{DESTINATIONS}/{kept}")[0] == 200
    after.simulator.close()
