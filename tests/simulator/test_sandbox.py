"""The static sandbox: the published pairs word for word, nothing else, at its own rate."""

import json
from urllib.parse import quote, urlencode

import pytest
from tests.contract.reading import MODELS, by_the_models
from tests.simulator.conftest import CALLBACK, EU, NA, START, Amazon

from amazon_simulator import router
from amazon_simulator.core.clock import Clock
from amazon_simulator.core.http import Request
from amazon_simulator.gateway.sandbox import ANY, NO_MATCH
from amazon_simulator.simulator import Simulator

SINCE = "2026-01-01T00:00:00Z"
BOAT = {"boat": {"id": "B1", "sails": 3}}
BAD = {"errors": [{"code": "InvalidInput", "message": "no such boat"}]}


def pair(response, **named):
    return {"request": {"parameters": {name: {"value": value} for name, value in named.items()}}, "response": response}


MODEL = {
    "swagger": "2.0",
    "parameters": {"boatId": {"name": "boatId", "in": "path", "type": "string", "required": True}},
    "paths": {
        "/boats/v1/boats/{boatId}": {
            "parameters": [{"$ref": "#/parameters/boatId"}],
            "get": {
                "operationId": "getBoat",
                "parameters": [
                    {"name": "since", "in": "query", "type": "string", "format": "date-time"},
                    {"name": "parts", "in": "query", "type": "array", "items": {"type": "string"}},
                    {"name": "deck", "in": "query", "type": "integer"},
                    {"name": "flag", "in": "query", "type": "string", "enum": ["RED", "WHITE"]},
                ],
                "responses": {
                    "200": {"x-amzn-api-sandbox": {"static": [pair(BOAT, boatId="B1")]}},
                    "400": {
                        "x-amzn-api-sandbox": {
                            "static": [
                                pair(BAD, boatId="B2"),
                                pair({"errors": []}, boatId="B1", since=SINCE, parts=["HULL", "MAST"], deck=2),
                            ]
                        }
                    },
                },
            },
            "delete": {
                "operationId": "sinkBoat",
                "responses": {"204": {"x-amzn-api-sandbox": {"static": [{"request": {"parameters": {}}}]}}},
            },
        },
        "/boats/v1/crew": {
            "x-amzn-api-sandbox": {"dynamic": {}},
            "get": {"operationId": "getCrew", "parameters": [], "responses": {"200": {"description": "who is there"}}},
        },
        "/boats/v1/boats/fleet": {
            "x-amzn-api-sandbox": {"dynamic": {}},
            "post": {
                "operationId": "launch",
                "parameters": [{"name": "payload", "in": "body", "schema": {}}],
                "responses": {
                    "202": {"x-amzn-api-sandbox": {"static": [pair({"launched": 1}, body={"name": "Ada", "n": [1]})]}},
                    "default": {"description": "whatever"},
                },
            },
        },
    },
}


def opened(folder):
    amazon = Amazon()
    amazon.simulator = Simulator(
        Clock(start=START, stepped=True), base="http://sim", redirect_uris=[CALLBACK], models=folder
    )
    return amazon


@pytest.fixture
def sandbox(tmp_path):
    (tmp_path / "boats.json").write_text(json.dumps(MODEL))
    (tmp_path / "schema.json").write_text(json.dumps({"title": "no operations"}))
    return opened(tmp_path)


def get(amazon, path="/boats/v1/boats/B1", method="GET", body=None, **query):
    return amazon.call(method, f"/sandbox/eu{path}", query=query, body=body)


def test_what_a_pair_names_is_answered_word_for_word(sandbox):
    assert get(sandbox) == (200, BOAT)
    assert get(sandbox, "/boats/v1/boats/B2") == (400, BAD)
    assert get(sandbox, method="DELETE") == (204, None)


def test_the_pair_that_names_most_is_the_one(sandbox):
    params = {"since": SINCE, "parts": "HULL,MAST", "deck": "2"}
    assert get(sandbox, **params) == (400, {"errors": []})
    assert get(sandbox, **{**params, "since": "2026-01-01T00:00:00+00:00"}) == (400, {"errors": []})
    assert get(sandbox, **{**params, "deck": "3"}) == (200, BOAT)
    again = f"since={SINCE}&parts=HULL&parts=MAST&deck=2"
    headers = {"x-amz-access-token": sandbox.token()}
    answer = router.answer(sandbox.simulator, Request("GET", "/sandbox/eu/boats/v1/boats/B1", again, headers))
    assert json.loads(answer.body) == {"errors": []}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/boats/v1/boats/B3", {}),
        ("/boats/v1/boats/B1", {"deck": "upper"}),
        ("/boats/v1/boats/B1", {"flag": "BLACK"}),
    ],
)
def test_anything_else_could_not_be_matched(sandbox, path, query):
    status, body = get(sandbox, path, **query)
    assert (status, body["errors"][0]["message"]) == (400, "Could not match input arguments")


def test_a_body_must_be_the_one_of_the_pair(sandbox):
    path = "/boats/v1/boats/fleet"
    assert get(sandbox, path, "POST", {"n": [1], "name": "Ada"}) == (202, {"launched": 1})
    assert get(sandbox, path, "POST", {"name": "Ada"})[0] == 400
    headers = {"x-amz-access-token": sandbox.token()}
    answer = router.answer(sandbox.simulator, Request("POST", f"/sandbox/eu{path}", "", headers, b"{"))
    assert (answer.status, NO_MATCH.encode() in answer.body) == (400, True)


def test_what_is_dynamic_at_amazon_is_never_matched(sandbox):
    """Its model has no pairs."""
    status, body = get(sandbox, "/boats/v1/crew")
    assert (status, body["errors"][0]["message"]) == (400, NO_MATCH)


def test_it_wants_a_token_of_its_region_and_knows_no_other_operation(sandbox):
    assert sandbox.send("GET", "/sandbox/eu/boats/v1/boats/B1").status == 403
    assert sandbox.call("GET", "/sandbox/eu/boats/v1/boats/B1", seller=NA)[0] == 403
    assert sandbox.call("GET", "/sandbox/na/boats/v1/boats/B1", seller=NA) == (200, BOAT)
    assert get(sandbox, "/orders/2026-01-01/orders")[0] == 403


def test_five_calls_a_second_with_a_burst_of_fifteen(sandbox):
    assert [get(sandbox)[0] for _ in range(16)] == [200] * 15 + [429]
    sandbox.advance(1)
    assert [get(sandbox)[0] for _ in range(6)] == [200] * 5 + [429]
    rows = sandbox.control("GET", "limits")[1]["counters"]
    assert [(r["operation"], r["calls"], r["refused"]) for r in rows if r["sellerId"] == EU] == [
        ("sandbox getBoat", 22, 2)
    ]
    answer = sandbox.send("GET", "/sandbox/eu/boats/v1/boats/B1", headers={"x-amz-access-token": sandbox.token()})
    assert answer.status == 429
    sandbox.advance(1)
    answer = sandbox.send("GET", "/sandbox/eu/boats/v1/boats/B1", headers={"x-amz-access-token": sandbox.token()})
    assert answer.headers["x-amzn-RateLimit-Limit"] == "5.0"


def test_it_leaves_the_world_alone_and_the_world_goes_on_beside_it(sandbox):
    order = sandbox.order()
    before = sandbox.control("GET", "books")[1]["orders"]
    get(sandbox, method="DELETE")
    sandbox.advance(121)
    assert sandbox.control("GET", "books")[1]["orders"] == before
    assert sandbox.search()[1]["orders"][0]["orderId"] == order["orderId"]


def test_without_models_there_is_no_sandbox(amazon):
    assert amazon.call("GET", "/sandbox/eu/boats/v1/boats/B1")[0] == 403


@pytest.mark.parametrize("content", [None, "{", json.dumps({"title": "nothing"})])
def test_a_folder_without_models_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "model.json").write_text(content)
    with pytest.raises(ValueError, match="--models"):
        opened(tmp_path)


def request_of(operation, found):
    """(path's values, query, body, headers) as a pair wants them, the rest left out."""
    within, query, body, headers = {}, {}, None, {}
    for name, value in found.named.items():
        place = operation.places.get(name, ("", {}))[0]
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        text = text.lower() if isinstance(value, bool) else text
        match place:
            case "path":
                within[name] = "anything" if value is ANY else text
            case "body":
                body = {} if value is ANY else value
            case "header":
                headers[name.lower()] = text
            case "query" if value is not ANY and value not in ("", []):
                query[name] = text
    return within, query, body, headers


@by_the_models
def test_every_pair_of_every_published_model_is_answered():
    amazon = opened(MODELS)
    sandbox = amazon.simulator.sandbox
    answered, unlike = 0, []
    for (method, _), shelf in sandbox._shelves.items():
        for shape, operation in shelf:
            for found in operation.pairs:
                within, query, body, headers = request_of(operation, found)
                if "" in within.values():  # getCatalogItem's pair without an ASIN: no address says that
                    continue
                path = "/".join(quote(within.get(p.strip("{}"), "x"), safe="") if p[:1] == "{" else p for p in shape)
                content = b"" if body is None else json.dumps(body).encode()
                headers = {**headers, "x-amz-access-token": amazon.token()}
                request = Request(method, f"/sandbox/eu/{path}", urlencode(query), headers, content)
                amazon.advance(1)
                answer = router.answer(amazon.simulator, request)
                like = [p for p in operation.pairs if dict(p.named) == dict(found.named)]
                payload = json.loads(answer.body) if answer.body else None
                answered += 1
                if (answer.status, payload) not in [(one.status, one.body) for one in like]:
                    unlike.append((operation.name, found.status, answer.status, str(payload)[:100], path, query))
    assert unlike == []
    assert answered > 250
