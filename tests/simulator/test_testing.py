import json

import httpx2
import pytest
from tests.simulator.conftest import EU, START

from amazon_simulator.application import CLIENT_ID, CLIENT_SECRET
from amazon_simulator.testing import BASE, ConnectionCut, exchange, stepped


class Wire(httpx2.BaseTransport):
    def __init__(self, amazon):
        self._amazon = amazon

    def handle_request(self, request):
        told = exchange(self._amazon, request.method, str(request.url), request.headers.multi_items(), request.read())
        return httpx2.Response(told.status, headers=told.headers, content=told.body)


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
