"""The judge finds what is wrong: in a real answer of the simulator's, wherever it is changed."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.judge import conforms, faults, faults_of_answer
from tests.contract.reading import MODELS, by_the_models, operation, operations
from tests.simulator.conftest import Amazon
from tests.simulator.guesses import by_schema, mixed

SEARCH = "/orders/2026-01-01/orders"
QUIET = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture(scope="module")
def answer():
    amazon = Amazon(lifted=True)
    amazon.order(quantity=2)
    amazon.advance(180)  # Amazon shows orders two minutes late
    status, found = amazon.search()
    assert (status, len(found["orders"])) == (200, 1)
    return found


def judged(value, status=200):
    return faults_of_answer(operation("GET", SEARCH), status, value)


def places(value, way=()):
    """Every way into a value, to members and entries alike."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*way, key)
        yield from places(inner, (*way, key))


def changed(value, way, new):
    made = copy.deepcopy(value)
    inner = made
    for key in way[:-1]:
        inner = inner[key]
    if new is None:
        del inner[way[-1]]
    else:
        inner[way[-1]] = new
    return made


def test_a_right_answer_has_no_fault(answer):
    assert judged(answer) == []


def test_whatever_has_another_type_is_a_fault(answer):
    ways = list(places(answer))
    assert len(ways) > 40
    unseen = [way for way in ways if not judged(changed(answer, way, object()))]
    assert unseen == []


@pytest.mark.parametrize(
    ("way", "new", "fault"),
    [
        (("orders",), None, "$.orders: missing"),
        (("orders", 0, "orderId"), None, "$.orders[0].orderId: missing"),
        (("orders", 0, "orderid"), "1", "$.orders[0].orderid: not in the contract"),
        (("orders", 0, "createdTime"), "yesterday", "$.orders[0].createdTime: 'yesterday' is no date-time"),
        (
            ("orders", 0, "fulfillment", "fulfillmentStatus"),
            "LOST",
            "$.orders[0].fulfillment.fulfillmentStatus: 'LOST' is not in the enumeration",
        ),
        (("orders", 0, "orderItems", 0, "quantityOrdered"), "2", "quantityOrdered: '2' is no integer"),
    ],
)
def test_a_wrong_answer_is_named_by_its_place(answer, way, new, fault):
    (found,) = judged(changed(answer, way, new))
    assert found.endswith(fault)


def test_a_status_that_the_operation_does_not_know_is_a_fault(answer):
    known = "200, 400, 403, 404, 413, 415, 429, 500, 503"
    assert judged(answer, 418) == [f"418: not among the operation's answers ({known})"]


def test_a_body_where_there_is_none_is_a_fault():
    confirm = operation("POST", "/orders/v0/orders/{orderId}/shipmentConfirmation")
    assert faults_of_answer(confirm, 204, None) == []
    assert faults_of_answer(confirm, 204, {"a": 1}) == ["204: has a body, the contract has none"]


def test_an_operation_that_is_not_in_the_table_says_where_to_add_it():
    with pytest.raises(LookupError, match=r"GET /boats/\{id\} is in no API of the table: name its model in"):
        operation("GET", "/boats/{id}")


def test_limits_and_patterns_are_judged():
    ask = {"restrictedResources": []}
    assert conforms("tokens_2021-03-01.json", "CreateRestrictedDataTokenRequest", ask) == []
    schema = {"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^a"}
    assert list(faults("b", schema, {})) == ["$: 'b' has 1 characters", "$: 'b' does not match ^a"]
    assert list(faults(7, {"type": "integer", "maximum": 6}, {})) == ["$: 7 is out of bounds"]
    assert list(faults([1, 2], {"type": "array", "maxItems": 1}, {})) == ["$: 2 items"]


@by_the_models
def test_table_and_models_judge_alike():
    """Any answer that a schema gives, right or with anything in it: the same faults by the model as by the table."""
    models = {file: json.loads((MODELS / file).read_text()) for file in {one.file for one in operations()}}

    @QUIET
    @given(data=st.data())
    def judged_twice(data):
        published = data.draw(st.sampled_from(operations()))
        status = data.draw(st.sampled_from(sorted(published.responses)))
        schema, model = published.responses[status], models[published.file]
        response = model["paths"][published.path][published.method.lower()]["responses"][status]
        assert (schema is None) == ("schema" not in response)
        if schema is not None:
            value = data.draw(by_schema(schema, published.definitions))
            value = data.draw(st.just(value) | mixed(value))
            by_the_table = faults(value, schema, published.definitions)
            assert sorted(by_the_table) == sorted(faults(value, response["schema"], model["definitions"]))

    judged_twice()
