"""Every route but the selling API's: control, queues, Login with Amazon, documents, pages. None fails on its own."""

import json
import re
from urllib.parse import quote, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.make import api
from tests.contract.reading import MODELS, by_the_models, operations_of
from tests.simulator.conftest import CALLBACK, EU, START, UK, Amazon
from tests.simulator.guesses import ANYTHING, TEXT, by_schema, mixed, with_one_wrong

from amazon_simulator import router
from amazon_simulator.access.application import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET
from amazon_simulator.control.router import ROUTES
from amazon_simulator.control.scenarios import SCENARIOS
from amazon_simulator.core.clock import Clock
from amazon_simulator.core.http import Request
from amazon_simulator.faults.faults import HAPPENINGS, KINDS
from amazon_simulator.simulator import Simulator

QUIET = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
OFTEN = settings(QUIET, max_examples=60)


class Routes:
    """An Amazon with an order and a queue, all of whose routes may be called."""

    def __init__(self):
        self.amazon = Amazon(lifted=True)
        self.order = self.amazon.order(quantity=3)
        response = self.amazon.send(
            "POST", "/", form={"Action": "CreateQueue", "Version": "2012-11-05", "QueueName": "q"}
        )
        self.queue = re.search(r"<QueueUrl>(.*)</QueueUrl>", response.body.decode()).group(1)

    def knock(self, method, path, *, query=None, content=b"", headers=None):
        """The response must be no failure of the simulator; nor may what it left behind break what follows."""
        params = urlencode(query, errors="replace") if isinstance(query, dict) else ""
        answer = router.answer(self.amazon.simulator, Request(method, path, params, headers or {}, content))
        assert answer.status < 500, (answer.status, method, path, query, content)
        if answer.headers.get("content-type") == "application/json":
            json.loads(answer.body)
        books = Request("GET", "/_simulator/books", "orders=0&listings=0")
        assert router.answer(self.amazon.simulator, books).status == 200
        return answer


@pytest.fixture
def routes():
    return Routes()


PLACE = {
    "sellerId": EU,
    "marketplaceId": UK,
    "fulfilledBy": "MERCHANT",
    "items": [
        {
            "sku": "HH-0011",
            "quantity": 1,
            "giftWrap": True,
            "giftMessage": "x",
            "discount": "1.00",
            "codFee": "1.00",
            "points": 1,
            "promotionIds": ["P"],
            "constraints": ["signatureConfirmation"],
            "taxScheme": "IOSS",
        }
    ],
    "buyer": {
        "name": "Ada",
        "email": "a@b.c",
        "addressType": "COMMERCIAL",
        "deliveryCapabilities": ["PALLET_ENABLED"],
        "openHours": {"from": 8, "to": 18},
    },
    "shippingPrice": "3.99",
    "pendingSeconds": 5,
    "programs": ["PRIME"],
    "serviceLevel": "STANDARD",
    "sellerOrderId": "OURS",
    "oversell": True,
}
FBA = {"sellerId": EU, "sku": "FBA-0001", "pool": "UK", "quantity": 2}
CONTROL = {
    "clock": [{"rate": 60}, {"advance": 3600}, {"now": "2026-10-01T00:00:00Z"}],
    "orders": [PLACE, {"mix": {"count": 3, "seed": 1, "fbaShare": 0.25, "unknownSkuShare": 0.04}}],
    "orders/ID/cancel": [{"by": "BUYER"}, {"orderItemId": "ITEM", "quantity": 1, "by": "MERCHANT"}],
    "orders/ID/request-cancel": [{"reason": "x"}],
    "orders/ID/address": [{"name": "Ada", "city": "Hull"}],
    "orders/ID/release": [{}],
    "orders/ID/pay": [{}],
    "orders/ID/ship": [{}],
    **{f"fba/{verb}": [FBA] for verb in ("restock", "send-in", "receive", "lose", "find", "damage")},
    "returns": [{"orderId": "ID", "quantity": 1, "disposition": "SELLABLE"}],
    "listings": [{"sellerId": EU, "sku": "NEW", "quantity": 3, "pence": 100, "marketplaceIds": [UK], "listed": True}],
    "listings/issues": [
        {"sellerId": EU, "sku": "HH-0010", "issues": [{"code": "1", "message": "x", "severity": "ERROR"}]}
    ],
    "authorisations/revoke": [{"sellerId": EU}],
    "application": [{"draft": True, "roles": ["Product Listing"], "redirectUris": [CALLBACK]}],
    f"accounts/{EU}/suspend": [{"marketplaceId": UK, "suspended": True}],
    f"accounts/{EU}/handling": [{"automatedDays": 1}],
    f"accounts/{EU}/participate": [{"marketplaceId": UK, "participating": False}],
    "accounts": [{"name": "Quay", "region": "EU", "marketplaceIds": [UK], "goods": True, "sellerId": "A1QUAY"}],
    "faults": [
        {"kind": "500", "operation": "getOrder", "count": 1, "probability": 0.5, "seed": 1},
        {"kind": "members", "without": ["x"], "with": {"y": 1}, "into": "z", "window": {"since": "x"}},
        {"clear": True, "number": 1},
    ],
    "limits": [{"sellerId": EU, "operation": "getOrder", "rate": 1, "burst": 2}, {"lift": True}, {"reset": True}],
    "limits/others": [{"sellerId": EU, "operation": "getOrder", "rate": 1, "seconds": 60}, {"stop": True, "number": 1}],
    "roles": [
        {"role": "Product Listing", "granted": False, "seconds": 60},
        {"role": "Product Listing", "granted": True},
    ],
    "traffic": [{"ordersPerHour": 2, "seconds": 60, "odd": 0.5, "peak": {"seconds": 60, "factor": 2}, "seed": "s"}],
    "scenarios/NONE": [{"sellerId": EU}],
    **{f"scenarios/{scenario}": [{"sellerId": EU}] for scenario in SCENARIOS},
}
"""Control call → good bodies of it."""


READ = (
    "accounts",
    "books",
    "clock",
    "labels",
    "notifications",
    "faults",
    "world",
    "scenarios",
    "limits",
    "roles",
    "traffic",
)
TIMELESS = ("clock", "traffic")
"""Calls after which time itself is another: each example has an Amazon of its own."""


@pytest.mark.parametrize("path", CONTROL)
def test_any_control_call_is_answered(routes, path):
    @QUIET
    @given(body=st.sampled_from(CONTROL[path]).flatmap(lambda sample: with_one_wrong(sample) | mixed(sample)))
    def sent(body):
        here = Routes() if path in TIMELESS else routes
        order, content = here.order, json.dumps(body)
        for placeholder, value in (("ITEM", order["items"][0]["orderItemId"]), ("ID", order["orderId"])):
            content = content.replace(f'"{placeholder}"', f'"{value}"')
        address = f"/_simulator/{path}".replace("ID", order["orderId"])
        here.knock("POST", address, content=content.encode("utf-8", "surrogatepass"))
        here.knock("GET", address)
        here.amazon.simulator.faults.clear()

    sent()


def test_every_control_call_is_guessed():
    """By the control's own table: one that is added and not guessed here is shown."""
    known = [tuple(path.split("/")) for path in CONTROL]
    for route in ROUTES:
        fits = [path for path in known if len(path) == len(route.segments) and _fits(route.segments, path)]
        assert fits or route.path in (*READ, "marketplaces", "openapi", "fba/future"), route.path


def _fits(segments, path):
    return all(fixed.startswith("{") or fixed == part for fixed, part in zip(segments, path, strict=True))


@pytest.mark.parametrize("path", READ)
def test_any_question_to_control_is_answered(routes, path):
    @QUIET
    @given(query=st.dictionaries(st.sampled_from(["sellerId", "orders", "destinationId", "shipmentId"]) | TEXT, TEXT))
    def sent(query):
        routes.knock("GET", f"/_simulator/{path}", query=query)

    sent()


@pytest.mark.parametrize("kind", [*KINDS, *HAPPENINGS])
def test_every_faulty_response_is_still_a_response(routes, kind):
    """A fault's own 500 is wanted; what it changes otherwise must not be a failure."""
    body = {"kind": kind, "probability": 1.0, **({"without": ["orderId"]} if kind == "members" else {})}
    assert routes.amazon.control("POST", "faults", body)[0] == 201
    since = "2026-09-01T00:00:00Z"
    query = urlencode({"marketplaceIds": UK, "lastUpdatedAfter": since, "maxResultsPerPage": 1})
    token = {"x-amz-access-token": routes.amazon.token()}
    for path, params in (("/orders/2026-01-01/orders", query), (f"/listings/2021-08-01/items/{EU}", "")):
        answer = router.answer(routes.amazon.simulator, Request("GET", path, params, token))
        assert answer.status < 500 or kind in ("500", "503", "html")


@pytest.mark.parametrize(
    ("grant", "more"),
    [
        ("refresh_token", {"refresh_token": "Atzr|x"}),
        ("authorization_code", {"code": "x", "redirect_uri": CALLBACK}),
        ("client_credentials", {"scope": "sellingpartnerapi::notifications"}),
    ],
)
def test_any_form_of_login_with_amazon_is_answered(routes, grant, more):
    good = {"grant_type": grant, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **more}

    @OFTEN
    @given(form=with_one_wrong(good) | st.binary(max_size=60), kind=TEXT | st.just("application/json"))
    def sent(form, kind):
        content = form if isinstance(form, bytes) else urlencode(_flat(form), errors="replace").encode()
        routes.knock("POST", "/auth/o2/token", content=content)
        routes.knock("POST", "/auth/o2/token", content=content, headers={"content-type": kind})

    sent()


def _flat(form):
    return {name: str(value) for name, value in form.items()} if isinstance(form, dict) else {"x": str(form)}


ACTIONS = {
    "CreateQueue": {"QueueName": "q", "Attributes": {"VisibilityTimeout": "30"}, "tags": {"a": "b"}},
    "DeleteQueue": {"QueueUrl": "QUEUE"},
    "GetQueueUrl": {"QueueName": "orders"},
    "ListQueues": {"QueueNamePrefix": "o"},
    "GetQueueAttributes": {"QueueUrl": "QUEUE", "AttributeNames": ["All"]},
    "SetQueueAttributes": {"QueueUrl": "QUEUE", "Attributes": {"Policy": "{}", "RedrivePolicy": "{}"}},
    "TagQueue": {"QueueUrl": "QUEUE", "Tags": {"a": "b"}},
    "ListQueueTags": {"QueueUrl": "QUEUE"},
    "PurgeQueue": {"QueueUrl": "QUEUE"},
    "SendMessage": {
        "QueueUrl": "QUEUE",
        "MessageBody": "x",
        "DelaySeconds": 1,
        "MessageAttributes": {"a": {"DataType": "String", "StringValue": "b"}},
    },
    "SendMessageBatch": {"QueueUrl": "QUEUE", "Entries": [{"Id": "1", "MessageBody": "x"}]},
    "ReceiveMessage": {"QueueUrl": "QUEUE", "MaxNumberOfMessages": 2, "WaitTimeSeconds": 0, "VisibilityTimeout": 1},
    "DeleteMessage": {"QueueUrl": "QUEUE", "ReceiptHandle": "x"},
    "DeleteMessageBatch": {"QueueUrl": "QUEUE", "Entries": [{"Id": "1", "ReceiptHandle": "x"}]},
    "ChangeMessageVisibility": {"QueueUrl": "QUEUE", "ReceiptHandle": "x", "VisibilityTimeout": 1},
    "ChangeMessageVisibilityBatch": {"QueueUrl": "QUEUE", "Entries": [{"Id": "1", "VisibilityTimeout": 1}]},
    "BrewTea": {"QueueUrl": "QUEUE"},
}
"""Action of SQS → a good request."""


@pytest.mark.parametrize("action", ACTIONS)
def test_any_call_of_a_queue_is_answered(routes, action):
    @QUIET
    @given(members=with_one_wrong(ACTIONS[action]) | mixed(ACTIONS[action]))
    def sent(members):
        content = json.dumps(members).replace("QUEUE", routes.queue).encode("utf-8", "surrogatepass")
        routes.knock("POST", "/", content=content, headers={"x-amz-target": f"AmazonSQS.{action}"})

    sent()


PLACES = st.sampled_from(["QueueName", "QueueUrl", "Attribute.1.Name", "Attribute.1.Value", "Attribute..", "Tag.x.Key"])
ENTRIES = st.sampled_from(["SendMessageBatchRequestEntry.1.Id", "MessageBody", "MessageAttribute.1.Value.DataType"])


@OFTEN
@given(action=st.sampled_from([*ACTIONS, ""]), form=st.dictionaries(PLACES | ENTRIES | TEXT, TEXT, max_size=5))
def test_any_form_of_the_older_protocol_of_queues_is_answered(action, form):
    routes = QUEUES
    content = urlencode({"Version": "2012-11-05", "Action": action, **form}, errors="replace").encode()
    routes.knock("POST", "/", content=content)
    routes.knock("POST", urlsplit(routes.queue).path, content=content)


@OFTEN
@given(data=st.data())
def test_any_call_of_a_document_is_answered(data):
    documents = DOCUMENTS.amazon.simulator.documents
    document = documents.opened("amzn1.tortuga.4.eu", EU, "text/xml", START)
    address = urlsplit(documents.address(document, data.draw(st.sampled_from(["GET", "PUT"])), START))
    params = dict(piece.split("=", 1) for piece in address.query.split("&"))
    query = data.draw(st.just(params) | with_one_wrong(params) | st.dictionaries(TEXT, TEXT, max_size=3))
    path = data.draw(st.just(address.path) | TEXT.map(lambda text: f"/documents/{quote(text, errors='replace')}"))
    method = data.draw(st.sampled_from(["GET", "PUT", "HEAD", "POST", "DELETE"]))
    headers = {"content-type": data.draw(st.just("text/xml") | TEXT)}
    DOCUMENTS.knock(method, path, query=query, content=data.draw(st.binary(max_size=50)), headers=headers)


FORMS = {
    "/shop/buy": {"account": EU, "sellerId": EU, "marketplaceId": UK, "sku": "HH-0010", "quantity": "1"},
    "/shop/cancel": {"orderId": "ID"},
    "/shop/ask": {"orderId": "ID"},
    "/shop/pay": {"orderId": "ID"},
    "/shop/restock": {"sellerId": EU, "sku": "FBA-0001", "quantity": "1"},
    "/control/clock": {"rate": "60"},
    "/control/faults": {"kind": "500", "operation": "*", "count": "1"},
    "/control/limits": {"operation": "searchOrders", "sellerId": "*", "rate": "1", "burst": "5"},
    "/control/traffic": {"ordersPerHour": "60", "odd": "0.2", "peak": "1"},
    "/control/scenario": {"name": "oversold", "sellerId": "*"},
    "/control/accounts": {"region": "FE", "name": "x", "odd": "1"},
    "/": {"x": "y"},
    "/sellercentral/x/sign-in": {"email": "a@b.c", "password": "x", "next": "/"},
    "/sellercentral/x/apps/authorize/consent": {"application_id": APPLICATION_ID, "state": "s", "accept": "on"},
    f"/sellercentral/x/apps/authorize/confirm/{APPLICATION_ID}": {"amazon_state": "s", "state": "s"},
    "/sellercentral/x/apps/manage": {"x": "y"},
}
"""Page → a form that a browser may send."""


@pytest.mark.parametrize("path", FORMS)
def test_any_form_and_any_query_of_a_page_is_answered(routes, path):
    @QUIET
    @given(form=with_one_wrong(FORMS[path]) | st.dictionaries(TEXT, TEXT, max_size=3), cookie=TEXT)
    def sent(form, cookie):
        fields = {name: str(value) for name, value in form.items()} if isinstance(form, dict) else {}
        fields = {name: value.replace("ID", routes.order["orderId"]) for name, value in fields.items()}
        headers = {"cookie": f"simulator_session={cookie}"}
        routes.knock("POST", path, content=urlencode(fields, errors="replace").encode(), headers=headers)
        routes.knock("GET", path, query=fields, headers=headers)

    sent()


SEGMENT = TEXT.map(lambda text: quote(text, safe="", errors="replace")) | st.sampled_from(
    ["eu", "na", "fe", "sandbox", "orders", "v0", "_simulator", "..", "%ff%00", "documents", "static", "sqs", "shop"]
)


@OFTEN
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"]),
    pieces=st.lists(SEGMENT, max_size=5),
    content=st.binary(max_size=30) | ANYTHING.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")),
)
def test_any_address_is_answered(method, pieces, content):
    headers = {"x-amz-access-token": ADDRESSES.amazon.token(), "x-amz-target": "Amazon", "cookie": "=;="}
    ADDRESSES.knock(method, "/" + "/".join(pieces), content=content, query={"x": "y"}, headers=headers)


@by_the_models
def test_any_call_of_the_static_sandbox_is_answered():
    """Of every published operation, whether this Amazon has it or not; a published pair may be a 500."""
    amazon = Simulator(Clock(start=START, stepped=True), base="http://sim", redirect_uris=[], models=MODELS)
    seller = amazon.world.sellers[EU].id
    published = [
        one
        for file in sorted(MODELS.glob("*.json"))
        for one in operations_of(file.name, api(json.loads(file.read_text())))
    ]

    @settings(QUIET, max_examples=300)
    @given(data=st.data())
    def sent(data):
        operation = data.draw(st.sampled_from(published))
        query = {one["name"]: by_schema(one, {}) | TEXT for one in operation.parameters if one["in"] == "query"}
        params = urlencode(data.draw(st.fixed_dictionaries({}, optional=query)), errors="replace", doseq=True)
        names = st.sampled_from(["TEST_CASE_200", "shipment-id"]) | TEXT
        path = re.sub(r"\{[^}]*\}", lambda _: quote(data.draw(names), safe="", errors="replace") or "-", operation.path)
        bodies = [
            by_schema(one["schema"], operation.definitions) for one in operation.parameters if one["in"] == "body"
        ]
        content = json.dumps(data.draw(st.one_of(bodies))).encode("utf-8", "surrogatepass") if bodies else b""
        token = amazon.application.grant_access(seller, amazon.clock.seconds()).token
        headers = {"x-amz-access-token": token}
        answer = router.answer(amazon, Request(operation.method, f"/sandbox/eu{path}", params, headers, content))
        assert str(answer.status) in {*operation.responses, "400", "403", "429"}
        amazon.clock.advance(1)

    sent()


QUEUES, DOCUMENTS, ADDRESSES = Routes(), Routes(), Routes()
