"""Every operation's responses against the contract that Amazon publishes, field by field."""

import json
import re

import pytest
from tests.contract.judge import faults_of_answer
from tests.contract.reading import operation
from tests.simulator.conftest import Amazon
from tests.simulator.walks.every import WALKS, walked

from amazon_simulator import router
from amazon_simulator.access.rate_limits import PLANS
from amazon_simulator.core.http import Request
from amazon_simulator.protocol.errors import denied, throttled

ROUTES = Amazon().simulator.routes.operations
TAKES_NOTHING = {"getMarketplaceParticipations", "getAccount", "getDestinations", "getCarrierAccountFormInputs"}
"""Operations without a parameter: only the router can refuse them."""
STRING = "comes as a string, whatever the model says (behaviour O23)"
EXCEPTIONS = {
    ("getOrders", "$.payload.Orders[].IsReplacementOrder"): STRING,
    ("getOrderV0", "$.payload.IsReplacementOrder"): STRING,
}
"""Where Amazon's own responses break its models, and with them ours: (operation, place) → what is known of it."""
TWO_MODELS = {
    "getOrderV0": "getOrder",
    "cancelShipmentV2": "cancelShipment",
    "linkCarrierAccountByPost": "linkCarrierAccount",
}
"""Operation here → its name in its model, where two operations have one name."""


def faults_by_place(walk):
    """(operation, place without numbers) → what is wrong there."""
    return {
        (name, re.sub(r"\[\d+\]", "[]", fault.partition(": ")[0])): (answer.status, fault)
        for name, answers in walked(walk).items()
        for answer in answers
        for fault in answer.faults
    }


@pytest.mark.parametrize("walk", WALKS)
def test_every_answer_is_as_its_model_says(walk):
    assert {place: fault for place, fault in faults_by_place(walk).items() if place not in EXCEPTIONS} == {}


def test_every_exception_is_still_one():
    assert EXCEPTIONS.keys() <= {place for walk in WALKS for place in faults_by_place(walk)}


def test_every_operation_is_walked_well_called_and_badly_called():
    kinds = {name: set() for name in ROUTES}
    for walk in WALKS:
        for name, answers in walked(walk).items():
            kinds[name] |= {answer.status // 100 for answer in answers}
    assert kinds == {name: {2} if name in TAKES_NOTHING else {2, 4} for name in ROUTES}


@pytest.mark.parametrize("name", ROUTES)
def test_refusals_of_the_router_are_as_the_operations_model_says(name):
    route = ROUTES[name]
    published = operation(route.method, route.path)
    for refusal in (denied(), throttled()):
        assert faults_of_answer(published, refusal.status, json.loads(refusal.body)) == []


def test_nobody_is_answered_without_a_token():
    amazon = Amazon()
    for route in ROUTES.values():
        answer = router.answer(amazon.simulator, Request(route.method, route.path.replace("{", "").replace("}", "")))
        assert (answer.status, json.loads(answer.body)["errors"][0]["code"]) == (403, "MissingAuthenticationToken")


@pytest.mark.parametrize("name", ROUTES)
def test_every_operation_has_the_name_and_the_usage_plan_of_its_model(name):
    published = operation(ROUTES[name].method, ROUTES[name].path)
    assert published.name == TWO_MODELS.get(name, name)
    assert published.rate in (PLANS[name], None)
