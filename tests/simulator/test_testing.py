import asyncio
import json
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from tests.simulator.conftest import EU, START

from amazon_simulator.access.application import CLIENT_ID, CLIENT_SECRET
from amazon_simulator.testing import BASE, Amazon, ConnectionCut, app, exchange, loaded, served, stepped

SOURCES = Path(__file__).resolve().parents[2] / "packages/amazon-simulator/src"


class Wire(httpx2.BaseTransport):
    def __init__(self, amazon):
        self._amazon = amazon

    def handle_request(self, request):
        response = exchange(
            self._amazon, request.method, str(request.url), request.headers.multi_items(), request.read()
        )
        return httpx2.Response(response.status, headers=response.headers, content=response.body)


def test_a_client_library_runs_against_it_in_process():
    amazon = stepped(START)
    refresh = next(token.token for token in amazon.application.refresh.values() if token.seller == EU)
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    form |= {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    with httpx2.Client(transport=Wire(amazon), base_url=BASE) as client:
        token = client.post("/auth/o2/token", data=form).json()["access_token"]
        client.headers["x-amz-access-token"] = token
        assert len(client.get("/eu/sellers/v1/marketplaceParticipations").json()["payload"]) >= 6
        client.post("/_simulator/faults", content=json.dumps({"kind": "cut_before"}))
        with pytest.raises(ConnectionCut):
            client.get("/eu/sellers/v1/marketplaceParticipations")


def test_a_client_that_speaks_asgi_runs_against_it_in_process():
    amazon = Amazon(stepped())
    headers = {"x-amz-access-token": amazon.token()}

    async def call():
        transport = httpx2.ASGITransport(app(amazon.simulator))
        async with httpx2.AsyncClient(transport=transport, base_url=BASE, headers=headers) as client:
            response = await client.get("/eu/sellers/v1/marketplaceParticipations")
            await client.post("/_simulator/faults", json={"kind": "cut_after"})
            with pytest.raises(ConnectionCut):
                await client.get("/eu/sellers/v1/marketplaceParticipations")
            return response

    response = asyncio.run(call())
    assert (response.status_code, len(response.json()["payload"]) >= 6) == (200, True)
    assert amazon.control("limits")["counters"][0]["calls"] == 2


def test_a_seller_has_a_token_and_a_control_error_is_an_exception():
    amazon = Amazon(stepped())
    eu, na = amazon.sellers
    order = amazon.control(
        "orders", {"sellerId": na, "marketplaceId": "ATVPDKIKX0DER", "items": [{"sku": "HH-0010", "quantity": 2}]}
    )
    amazon.advance(121)
    query = {"createdAfter": "2026-09-01T00:00:00Z"}
    status, page = amazon.call("GET", "/na/orders/2026-01-01/orders", seller=na, query=query)
    assert (status, [row["orderId"] for row in page["orders"]]) == (200, [order["orderId"]])
    assert amazon.call("GET", "/eu/orders/2026-01-01/orders", query=query) == (
        200,
        {"orders": [], "createdBefore": "2026-09-21T14:13:21.000Z"},
    )
    assert amazon.control("clock")["now"] == "2026-09-21T14:15:21.000Z"
    with pytest.raises(ValueError, match="sku"):
        amazon.control("orders", {"sellerId": eu, "marketplaceId": "A1F83G8C2ARO7P", "items": [{"sku": "NOBODY"}]})


def test_a_saved_world_is_taken_up_at_its_time(tmp_path):
    amazon = Amazon(stepped())
    amazon.control("traffic", {"ordersPerHour": 50})
    amazon.advance(7_000)
    file = tmp_path / "world.jsonl"
    file.write_bytes(exchange(amazon.simulator, "GET", f"{BASE}/_simulator/world").body)
    again = Amazon(loaded(file))
    assert again.control("books") == amazon.control("books")
    assert again.control("clock") == amazon.control("clock")


def test_a_served_amazon_listens_and_ends():
    with served(seed=3) as base, httpx2.Client() as client:
        assert client.get(f"{base}/_simulator/accounts").json()["endpoints"]["EU"] == f"{base}/eu"
        client.post(f"{base}/_simulator/clock", json={"advance": 60})
        assert client.get(f"{base}/_simulator/clock").json()["mode"] == "stepped"
        assert client.get(base).status_code == 200
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(base)


THEIR_TESTS = """
import urllib.request, json

def test_in_process(amazon):
    amazon.control("scenarios/oversold", {})
    assert len(amazon.control("books")["orders"]) == 3
    assert amazon.call("GET", "/eu/sellers/v1/marketplaceParticipations")[0] == 200

def test_a_fresh_one_for_each_test(amazon):
    assert amazon.control("books")["orders"] == []

def test_by_asgi(amazon, amazon_app):
    assert amazon_app._simulator is amazon.simulator

def test_over_http(amazon_server):
    with urllib.request.urlopen(f"{amazon_server}/_simulator/accounts") as answer:
        assert len(json.load(answer)["accounts"]) == 2
"""


def test_the_pytest_plugin_gives_its_fixtures_to_other_peoples_tests(tmp_path):
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["amazon_simulator.pytest_plugin"]\n')
    (tmp_path / "test_theirs.py").write_text(THEIR_TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error", "-rA", str(tmp_path)]
    ended = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PYTHONPATH": str(SOURCES)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (ended.returncode, "4 passed" in ended.stdout) == (0, True), ended.stdout + ended.stderr
