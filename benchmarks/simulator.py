"""How fast the simulator answers, in one process with limits lifted: `.venv/bin/python benchmarks/simulator.py`.

Prints JSON: the machine, what was counted, and whether each threshold is met. Ends with 1 when one is not.
Answers are counted twice: by `Simulator.answer` in the process of the world, and over HTTP on loopback, from another
process on kept lines. Beside each rate stands the rate in a second of the server's own processor time: it tells what
the simulator can do where the machine is busy with other work.
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import uvicorn

from amazon_simulator import router
from amazon_simulator.access.application import CLIENT_ID, CLIENT_SECRET
from amazon_simulator.asgi import App, Lines
from amazon_simulator.core.clock import Clock
from amazon_simulator.core.http import Request
from amazon_simulator.simulator import Simulator

EU, UK = "A2HARBOUREULTD1", "A1F83G8C2ARO7P"
DATA = urlencode({"includedData": "BUYER,RECIPIENT,PROCEEDS,FULFILLMENT,PACKAGES"})
ORDERS = "/orders/2026-01-01/orders"
SEARCH = f"marketplaceIds={UK}&lastUpdatedAfter=2020-01-01T00%3A00%3A00Z&{DATA}"
SECONDS = 3.0
"""For which each rate is measured."""
LINES = 4
"""Kept connections that ask at once."""
LEAST = {"getOrder": 1500.0, "pages": 60.0}
"""Answers a second."""
LONGEST_START = 1.0
MOST_MEGABYTES = 300.0


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--orders", type=int, default=100_000)
    asked.add_argument("--listings", type=int, default=50_000)
    asked.add_argument("--serve", type=Path, metavar="PORT_FILE", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.serve:
        serve(given.serve, given.orders, given.listings)
        return 0
    told = {
        "machine": machine(),
        "counts": {"orders": given.orders, "listings": given.listings, "lines": LINES},
        "measured": {
            "start_seconds": round(min(start_seconds() for _ in range(3)), 3),
            **served_in_another_process(given.orders, given.listings),
        },
    }
    told["met"] = met(told["measured"])
    print(json.dumps(told, indent=2))
    return 0 if all(told["met"].values()) else 1


def machine() -> dict[str, Any]:
    return {
        "system": platform.platform(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }


def processor() -> str:
    try:
        names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    except OSError:
        names = []
    return names[0].partition(": ")[2] if names else platform.processor()


def met(measured: dict[str, Any]) -> dict[str, bool]:
    """Threshold → whether it is met."""
    told = {
        f"{name}_{way}_at_least_{least:.0f}_a_second": measured[way][name]["a_second"] >= least
        for way in ("in_process", "over_http")
        for name, least in LEAST.items()
    }
    told[f"start_under_{LONGEST_START:.0f}_second"] = measured["start_seconds"] < LONGEST_START
    told[f"memory_under_{MOST_MEGABYTES:.0f}_megabytes"] = measured["megabytes"] < MOST_MEGABYTES
    return told


def start_seconds() -> float:
    """From the command to the first line that may be opened."""
    with tempfile.TemporaryDirectory() as folder:
        port = Path(folder) / "port"
        begun = time.perf_counter()
        command = [sys.executable, "-m", "amazon_simulator", "--port", "0", "--port-file", str(port)]
        process = subprocess.Popen(command)
        wait_for(port, process)
        taken = time.perf_counter() - begun
        process.terminate()
        process.wait(10)
        return taken


def wait_for(file: Path, process: subprocess.Popen[bytes]) -> str:
    while not file.exists():
        if process.poll() is not None:
            raise SystemExit(f"the simulator ended with {process.returncode}")
        time.sleep(0.002)  # noqa: TID251 -- waiting for another process to listen
    return file.read_text().strip()


# --- the other process: a filled world, measured from within, then served


def serve(port_file: Path, orders: int, listings: int) -> None:
    """Fill a world, count its answers in process, then serve it; the file tells the port, a token and the counts."""
    simulator = filled(orders, listings)
    token = token_of(simulator)
    order = next(reversed(simulator.world.orders))
    told = {
        "token": token,
        "order": order,
        "in_process": {
            "getOrder": counted(asking_one(simulator, token, order)),
            "pages": counted(asking_pages(simulator, token)),
        },
    }

    def tell() -> None:
        part = port_file.with_suffix(".part")
        part.write_text(json.dumps({**told, "port": server.servers[0].sockets[0].getsockname()[1]}))
        os.replace(part, port_file)

    config = uvicorn.Config(
        App(simulator, lambda: asyncio.get_running_loop().call_later(0.1, tell)),
        port=0,
        log_config=None,
        access_log=False,
        lifespan="on",
        http=Lines,
    )
    server = uvicorn.Server(config)
    server.run()


def filled(orders: int, listings: int) -> Simulator:
    amazon = Simulator(Clock(stepped=True), base="http://sim", redirect_uris=[], lifted=True)
    for number in range(listings):
        told: dict[str, Any] = {"sellerId": EU, "sku": f"BULK-{number:06d}", "quantity": 10}
        router.answer(amazon, Request("POST", "/_simulator/listings", body=json.dumps(told).encode()))
    for number in range(orders):
        sku = f"BULK-{number % listings:06d}"
        told = {"sellerId": EU, "marketplaceId": UK, "items": [{"sku": sku, "quantity": 1}], "oversell": True}
        router.answer(amazon, Request("POST", "/_simulator/orders", body=json.dumps(told).encode()))
        if number % 100 == 0:
            amazon.clock.advance(1)
    amazon.clock.advance(300)
    return amazon


def token_of(amazon: Simulator) -> str:
    refresh = next(token.token for token in amazon.application.refresh.values() if token.seller == EU)
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    form |= {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    answer = router.answer(amazon, Request("POST", "/auth/o2/token", body=urlencode(form).encode()))
    return str(json.loads(answer.body)["access_token"])


def asking_one(amazon: Simulator, token: str, order: str) -> Callable[[], None]:
    request = Request("GET", f"{ORDERS}/{order}", DATA, {"x-amz-access-token": token})

    def ask() -> None:
        assert router.answer(amazon, request).status == 200

    return ask


def asking_pages(amazon: Simulator, token: str) -> Callable[[], None]:
    """Through all pages, from the front again after the last."""
    more = [""]

    def ask() -> None:
        request = Request("GET", ORDERS, SEARCH + more[0], {"x-amz-access-token": token})
        more[0] = following(router.answer(amazon, request).body)

    return ask


class Page(msgspec.Struct):
    """What is read of a page: reading all of it would be half of what is counted."""

    orders: list[msgspec.Raw]
    pagination: dict[str, str] = {}


def following(body: bytes) -> str:
    """What asks for the page after this one."""
    page = msgspec.json.decode(body, type=Page)
    assert len(page.orders) == 100 or not page.pagination
    return "&" + urlencode({"paginationToken": page.pagination["nextToken"]}) if page.pagination else ""


def counted(ask: Callable[[], None]) -> dict[str, float]:
    ask()
    done, begun, spent = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - begun < SECONDS:
        ask()
        done += 1
    return rates(done, time.perf_counter() - begun, time.process_time() - spent)


def rates(done: int, seconds: float, processor_seconds: float) -> dict[str, float]:
    return {"a_second": round(done / seconds, 1), "a_processor_second": round(done / max(processor_seconds, 0.001), 1)}


# --- this process: asking over HTTP


def served_in_another_process(orders: int, listings: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "port"
        command = [sys.executable, __file__, "--serve", str(file)]
        process = subprocess.Popen([*command, "--orders", str(orders), "--listings", str(listings)])
        try:
            told = json.loads(wait_for(file, process))
            megabytes = resident_megabytes(process.pid)
            over_http = {
                "getOrder": asyncio.run(asked(process.pid, told, one(told["order"]))),
                "pages": asyncio.run(asked(process.pid, told, pages())),
            }
            megabytes = max(megabytes, resident_megabytes(process.pid))
        finally:
            process.terminate()
            process.wait(20)
    return {"megabytes": megabytes, "in_process": told["in_process"], "over_http": over_http}


def one(order: str) -> Callable[[], Iterator[str]]:
    """Addresses without end, as a generator that is sent each answer."""

    def addresses() -> Iterator[str]:
        while True:
            yield f"{ORDERS}/{order}?{DATA}"

    return addresses


def pages() -> Callable[[], Any]:
    def addresses() -> Any:
        more = ""
        while True:
            more = following((yield f"{ORDERS}?{SEARCH}{more}"))

    return addresses


async def asked(pid: int, told: dict[str, Any], addresses: Callable[[], Any]) -> dict[str, float]:
    """Every line asks for the next when it has its answer."""
    done, spent, begun = [0], processor_seconds(pid), time.perf_counter()
    ends = begun + SECONDS
    await asyncio.gather(*[line(told, addresses(), ends, done) for _ in range(LINES)])
    return rates(done[0], time.perf_counter() - begun, processor_seconds(pid) - spent)


async def line(told: dict[str, Any], addresses: Any, ends: float, done: list[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", told["port"], limit=2**24)
    address = next(addresses)
    while time.perf_counter() < ends:
        head = f"GET {address} HTTP/1.1\r\nhost: sim\r\nx-amz-access-token: {told['token']}\r\nuser-agent: line\r\n\r\n"
        writer.write(head.encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert answer.startswith(b"http/1.1 200"), answer
        body = await reader.readexactly(int(answer.split(b"content-length: ")[1].split(b"\r\n")[0]))
        done[0] += 1
        address = addresses.send(body)
    writer.close()
    await writer.wait_closed()


def resident_megabytes(pid: int) -> float:
    """Of one process, as Linux tells it."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return round(next(int(row.split()[1]) for row in lines if row.startswith("VmHWM:")) / 1024, 1)


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
