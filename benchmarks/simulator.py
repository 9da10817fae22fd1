"""How fast the simulator answers, in one process with limits lifted: `python benchmarks/simulator.py`.

Wanted: 1,500 getOrder answers and 60 pages of 100 orders a second, under 300 MB with 100,000 orders and 50,000
listings, a start under one second.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from amazon_simulator.application import CLIENT_ID, CLIENT_SECRET
from amazon_simulator.clock import Clock
from amazon_simulator.http import Request
from amazon_simulator.simulator import Simulator

EU, UK = "A2HARBOUREULTD1", "A1F83G8C2ARO7P"
DATA = "BUYER,RECIPIENT,PROCEEDS,FULFILLMENT,PACKAGES"


def per_second(act: Callable[[], None], seconds: float = 2.0) -> float:
    act()
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        act()
        done += 1
    return done / (time.perf_counter() - begun)


def filled(orders: int, listings: int) -> Simulator:
    amazon = Simulator(Clock(stepped=True), base="http://sim", redirect_uris=[], lifted=True)
    for number in range(listings):
        told = {"sellerId": EU, "sku": f"BULK-{number:06d}", "quantity": 10}
        amazon.answer(Request("POST", "/_simulator/listings", body=json.dumps(told).encode()))
    for number in range(orders):
        sku = f"BULK-{number % listings:06d}"
        told = {"sellerId": EU, "marketplaceId": UK, "items": [{"sku": sku, "quantity": 1}], "oversell": True}
        amazon.answer(Request("POST", "/_simulator/orders", body=json.dumps(told).encode()))
        if number % 100 == 0:
            amazon.clock.advance(1)
    amazon.clock.advance(300)
    return amazon


def token_of(amazon: Simulator) -> str:
    refresh = next(token.token for token in amazon.application.refresh.values() if token.seller == EU)
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    form |= {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    answer = amazon.answer(Request("POST", "/auth/o2/token", body=urlencode(form).encode()))
    return str(json.loads(answer.body)["access_token"])


def start_seconds() -> float:
    with tempfile.TemporaryDirectory() as folder:
        port = Path(folder) / "port"
        begun = time.perf_counter()
        command = [sys.executable, "-m", "amazon_simulator", "--port", "0", "--port-file", str(port)]
        process = subprocess.Popen(command)
        while not port.exists() and process.poll() is None:
            time.sleep(0.005)  # noqa: TID251 -- waiting for another process to listen
        taken = time.perf_counter() - begun
        process.terminate()
        process.wait(10)
        return taken


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--orders", type=int, default=100_000)
    asked.add_argument("--listings", type=int, default=50_000)
    given = asked.parse_args()
    print(f"start                {start_seconds():8.2f} s   (wanted: under 1)")
    amazon = filled(given.orders, given.listings)
    headers = {"x-amz-access-token": token_of(amazon)}
    order = next(reversed(amazon.world.orders))
    one = Request("GET", f"/orders/2026-01-01/orders/{order}", urlencode({"includedData": DATA}), headers)
    print(f"getOrder             {per_second(lambda: _check(amazon, one)):8.0f} /s  (wanted: 1,500)")
    query = {"marketplaceIds": UK, "lastUpdatedAfter": "2020-01-01T00:00:00Z", "includedData": DATA}
    pages = _Pages(amazon, query, headers)
    print(f"pages of 100 orders  {per_second(pages.turn):8.0f} /s  (wanted: 60)")
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory               {megabytes:8.0f} MB  (wanted: under 300)")


def _check(amazon: Simulator, request: Request) -> None:
    assert amazon.answer(request).status == 200


class _Pages:
    """Through all pages, from the front again after the last."""

    def __init__(self, amazon: Simulator, query: dict[str, str], headers: dict[str, str]) -> None:
        self._amazon, self._query, self._headers, self._token = amazon, query, headers, ""

    def turn(self) -> None:
        more = {"paginationToken": self._token} if self._token else {}
        request = Request("GET", "/orders/2026-01-01/orders", urlencode({**self._query, **more}), self._headers)
        told = json.loads(self._amazon.answer(request).body)
        self._token = told.get("pagination", {}).get("nextToken", "")


if __name__ == "__main__":
    main()
