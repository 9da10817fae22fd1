"""Restricted data tokens: for whom they are made, and that they open nothing else."""

import json

import pytest
from tests.contract.judge import conforms
from tests.simulator.conftest import EU, Amazon

PATH = "/tokens/2021-03-01/restrictedDataToken"
ELEMENTS = ["buyerInfo", "shippingAddress"]
SHIPMENT = "/mfn/v0/shipments/{shipmentId}"
ONE_SHIPMENT = "/mfn/v0/shipments/be7a0a53-00c3-4f6f-a63a-639f76ee9253"


@pytest.fixture
def amazon():
    return Amazon(lifted=True)


def ask(amazon, *resources, **more):
    return amazon.call("POST", PATH, body={"restrictedResources": list(resources), **more})


def resource(path="/orders/v0/orders", method="GET", elements=ELEMENTS):
    members = {"method": method, "path": path}
    return {**members, "dataElements": elements} if elements is not None else members


def refused(answer):
    error = answer[1]["errors"][0]
    return answer[0], error["code"], error["message"], error["details"]


def statuses(amazon, token, *calls):
    headers = {"x-amz-access-token": token}
    return [amazon.send(method, path, headers=headers).status for method, path in calls]


def test_a_token_is_made_for_an_hour(amazon):
    status, body = ask(amazon, resource(), resource("/orders/v0/orders/{orderId}/address", elements=None))
    assert (status, body["expiresIn"], body["restrictedDataToken"].startswith("Atz.sprdt|")) == (200, 3600, True)


def test_it_opens_its_own_method_and_path_and_nothing_else(amazon):
    token = ask(amazon, resource(SHIPMENT, elements=None))[1]["restrictedDataToken"]
    assert statuses(
        amazon,
        token,
        ("GET", ONE_SHIPMENT),
        ("GET", f"/eu{ONE_SHIPMENT}"),
        ("DELETE", ONE_SHIPMENT),
        ("GET", "/sellers/v1/marketplaceParticipations"),
    ) == [404, 404, 403, 403]


def test_it_opens_the_personal_data_that_was_requested(amazon):
    order = amazon.order()["orderId"]

    def names(token):
        answer = amazon.send("GET", f"/orders/v0/orders/{order}", headers={"x-amz-access-token": token})
        body = json.loads(answer.body)["payload"]
        return "BuyerName" in body.get("BuyerInfo", {}), "Name" in body.get("ShippingAddress", {})

    path = "/orders/v0/orders/{orderId}"
    buyer = ask(amazon, resource(path, elements=["buyerInfo"]))[1]["restrictedDataToken"]
    both = ask(amazon, resource(path))[1]["restrictedDataToken"]
    assert [names(token) for token in (amazon.token(), buyer, both)] == [
        (False, False),
        (True, False),
        (True, True),
    ]


def test_a_path_with_its_number_opens_that_one_alone(amazon):
    token = ask(amazon, resource(ONE_SHIPMENT, elements=None))[1]["restrictedDataToken"]
    other = ONE_SHIPMENT.replace("be7a", "ae7a")
    assert statuses(amazon, token, ("GET", ONE_SHIPMENT), ("GET", other)) == [404, 403]


def test_it_dies_after_an_hour_and_with_the_consent(amazon):
    token = ask(amazon, resource(SHIPMENT, elements=None))[1]["restrictedDataToken"]
    amazon.advance(3601)
    assert statuses(amazon, token, ("GET", ONE_SHIPMENT)) == [403]
    amazon._tokens.clear()
    token = ask(amazon, resource(SHIPMENT, elements=None))[1]["restrictedDataToken"]
    amazon.control("POST", "authorisations/revoke", {"sellerId": EU})
    assert statuses(amazon, token, ("GET", ONE_SHIPMENT)) == [403]


def test_resources_that_are_no_list_make_a_token_that_opens_nothing(amazon):
    body = {"restrictedResources": resource(SHIPMENT, elements=None)}
    status, result = amazon.call("POST", PATH, body=body)
    assert (status, statuses(amazon, result["restrictedDataToken"], ("GET", ONE_SHIPMENT))) == (200, [403])


@pytest.mark.parametrize(
    ("resources", "details"),
    [
        ([], "Resource not provided."),
        ([{"method": "", "path": "/orders/v0/orders/1/address"}], "Resource not provided."),
        (["x"], "Resource not provided."),
        ([resource("/orders/2026-01-01/orders")], "GET /orders/2026-01-01/orders is no restricted resource."),
        ([resource(method="PUT")], "PUT /orders/v0/orders is no restricted resource."),
        ([resource(elements=None)], "dataElements must be provided for /orders/v0/orders."),
        ([resource(elements=["tea"])], "dataElements: choose from buyerInfo, shippingAddress, buyerTaxInformation."),
        ([resource()] * 51, "At most 50 resources can be requested."),
    ],
)
def test_a_wrong_request_is_refused_with_its_reason(amazon, resources, details):
    words = "Request is missing or has invalid parameters"
    assert refused(ask(amazon, *resources)) == (400, "InvalidRequest", words, details)


def test_data_elements_without_their_role_are_refused_with_amazons_message(amazon):
    amazon.control("POST", "application", {"roles": ["Inventory and Order Tracking"]})
    words = "Application does not have access to one or more requested data elements: [buyerInfo, shippingAddress]"
    assert refused(ask(amazon, resource()))[:3] == (400, "InvalidInput", words)


def test_a_wrong_target_application_is_refused_alike(amazon):
    answer = ask(amazon, resource(), targetApplication="amzn1.sp.solution.other")
    assert refused(answer)[:2] == (400, "InvalidInput")


def test_a_token_outlives_a_kill(tmp_path):
    before = Amazon(tmp_path)
    token = ask(before, resource(SHIPMENT, elements=None))[1]["restrictedDataToken"]
    before.simulator.close()
    after = Amazon(tmp_path)
    assert statuses(after, token, ("GET", ONE_SHIPMENT), ("DELETE", ONE_SHIPMENT)) == [404, 403]
    after.simulator.close()


def test_answers_conform(amazon):
    made, wrong = ask(amazon, resource())[1], ask(amazon)[1]
    assert conforms("tokens_2021-03-01.json", "CreateRestrictedDataTokenResponse", made) == []
    assert conforms("tokens_2021-03-01.json", "ErrorList", wrong) == []
