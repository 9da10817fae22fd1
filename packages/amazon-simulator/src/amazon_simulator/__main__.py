"""`python -m amazon_simulator`: a local Amazon on one port. See docs/simulator.md."""

import argparse
import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from amazon_simulator.access.application import APPLICATION_KINDS
from amazon_simulator.asgi import App, Lines
from amazon_simulator.control.bodies import Traffic
from amazon_simulator.control.request_parsing import read
from amazon_simulator.control.traffic_settings import set_traffic, spread
from amazon_simulator.core.clock import FASTEST, Clock, from_iso
from amazon_simulator.simulator import Simulator
from amazon_simulator.snapshot import head_of, load, save
from amazon_simulator.world import NotPossible

EPILOG = """\
hosts, as path prefixes of the one port:
  /eu, /na, /fe           the selling API's endpoints; without a prefix the region of the token
  /sandbox/eu, na, fe     Amazon's static sandbox, with --models
  /auth/o2/token          Login with Amazon
  /sellercentral/HOST     Seller Central: sign-in, consent, Manage Your Apps
  /, /shop                pages for people: control, and a shop to buy in
  /_simulator/...         control by JSON: accounts, books, clock, orders, traffic, scenarios, faults, limits, world

examples:
  a world to click in, ten times as fast, kept over a restart
    python -m amazon_simulator --rate 10 --home ~/.amazon --redirect-uri http://127.0.0.1:8000/amazon/callback
  sixty orders an hour, a fifth of them with data that breaks programs
    python -m amazon_simulator --rate 60 --traffic 60 --odd 0.2
  a test's own Amazon: any port, time moved by hand, the same every time
    python -m amazon_simulator --port 0 --port-file port --stepped --start 2026-12-01T00:00:00Z --seed 7
  keep a world, and go on with it elsewhere
    python -m amazon_simulator --home ~/.amazon --save-to friday.jsonl
    python -m amazon_simulator --load friday.jsonl
  serve the published sandbox examples too
    git clone https://github.com/amzn/selling-partner-api-models
    python -m amazon_simulator --models selling-partner-api-models/models/orders-api-model
  while it runs
    curl http://127.0.0.1:9700/_simulator/accounts
    curl -X POST http://127.0.0.1:9700/_simulator/scenarios/oversold
    curl -X POST http://127.0.0.1:9700/_simulator/faults -d '{"kind": "503", "probability": 0.1}'
    curl -X POST http://127.0.0.1:9700/_simulator/clock -d '{"advance": 3600}'
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="amazon_simulator",
        description="A stateful local Amazon: Selling Partner API, Login with Amazon, Seller Central.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--port", type=int, default=9700, help="0 = any free port (9700)")
    made.add_argument("--port-file", type=Path, metavar="PATH", help="write the port here once it listens")
    made.add_argument("--public-url", metavar="URL", help="how programs reach this (http://127.0.0.1:PORT)")
    made.add_argument("--redirect-uri", action="append", default=[], metavar="URL", help="registered; may be repeated")
    made.add_argument("--login-uri", default="", metavar="URL", help="the application's log-in address, registered")
    made.add_argument(
        "--application-kind",
        choices=APPLICATION_KINDS,
        default=APPLICATION_KINDS[0],
        help="public: any seller by consent; unlisted: 25; private: none, see Develop Apps (public)",
    )
    state = made.add_argument_group("the world and its state")
    state.add_argument("--home", type=Path, metavar="DIR", help="journal here; without it nothing is kept")
    state.add_argument("--fresh", action="store_true", help="forget the journal and the clock of the last time")
    state.add_argument("--seed", type=int, default=1, help="the same seed, the same world (1)")
    state.add_argument("--load", type=Path, metavar="FILE", help="begin with a saved world, and at its time")
    state.add_argument("--save-to", type=Path, metavar="FILE", help="save the world here when it ends")
    time = made.add_argument_group("trade time")
    time.add_argument("--rate", type=float, default=1.0, help="how many times faster than real time trade goes (1)")
    time.add_argument("--start", metavar="ISO", help="trade time at the first start (now)")
    time.add_argument("--stepped", action="store_true", help="trade time moves only by POST /_simulator/clock")
    time.add_argument("--clock-file", type=Path, metavar="PATH", help="write trade time for other processes here")
    life = made.add_argument_group("what happens")
    life.add_argument("--traffic", type=float, metavar="ORDERS_PER_HOUR", help="automatic buyers; 0 stops them")
    life.add_argument("--odd", type=float, metavar="SHARE", help="share of that traffic with data that breaks programs")
    life.add_argument("--lift-limits", action="store_true", help="count calls but refuse none (for benchmarks)")
    life.add_argument("--models", type=Path, metavar="DIR", help="published model files: the static sandbox")
    return made


def main() -> int:
    given = parser().parse_args()
    clock_file = given.clock_file or (given.home / "clock.json" if given.home else None)
    if given.fresh:
        _forget(given.home, clock_file)
    try:
        listener = _listen(given.port)
        port = listener.getsockname()[1]
        simulator = _simulator(given, clock_file, port)
    except (OSError, ValueError) as fault:
        sys.stderr.write(f"amazon_simulator: {fault}\n")
        return 2
    config = uvicorn.Config(
        App(simulator, lambda: _write_port(given.port_file, port, simulator.base)),
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=2,
        http=Lines,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn raises it again once it has ended cleanly
    try:
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        if given.save_to:
            _write(given.save_to, save(simulator))
    return 0


def _simulator(given: argparse.Namespace, clock_file: Path | None, port: int) -> Simulator:
    """ValueError or OSError say what cannot be."""
    if not 0 < given.rate <= FASTEST:
        raise ValueError(f"--rate must be above 0 and at most {FASTEST}")
    for folder in filter(None, (given.home, clock_file.parent if clock_file else None)):
        folder.mkdir(parents=True, exist_ok=True)
    world = given.load.read_bytes() if given.load else None
    start = from_iso(given.start) if given.start else None
    clock = Clock(
        rate=given.rate,
        file=clock_file,
        start=head_of(world).now if world is not None and start is None else start,
        stepped=given.stepped,
    )
    simulator = Simulator(
        clock,
        base=given.public_url or f"http://127.0.0.1:{port}",
        redirect_uris=given.redirect_uri,
        seed=given.seed,
        home=given.home,
        lifted=given.lift_limits,
        login_uri=given.login_uri,
        models=given.models,
        application_kind=given.application_kind,
    )
    if simulator.journal is not None and simulator.journal.cut:
        sys.stderr.write(
            f"amazon_simulator: the journal ended in {simulator.journal.cut} bytes that were not written whole; "
            f"they are cut off, and kept in {given.home / 'journal.torn'}\n"
        )
    if world is not None:
        load(simulator, world)
    _set_traffic(simulator, given.traffic, given.odd)
    return simulator


def _set_traffic(simulator: Simulator, orders: float | None, odd: float | None) -> None:
    """As the command line sets it; the same traffic in the journal goes on as it was."""
    if orders is None and odd is None:
        return
    settings: dict[str, float] = {}
    plan = simulator.traffic.plan
    if orders is not None and spread(simulator, orders) != plan.hourly:
        settings["ordersPerHour"] = orders
    if odd is not None and odd != plan.odd:
        settings["odd"] = odd
    if not settings:
        return
    try:
        set_traffic(simulator, read(Traffic, settings), simulator.clock.seconds())
    except NotPossible as fault:
        raise ValueError(f"--traffic, --odd: {fault}") from fault


def _write_port(file: Path | None, port: int, base: str) -> None:
    """Where it listens, for a person and for a program."""
    sys.stdout.write(f"amazon_simulator: listening at {base} (control page; accounts at {base}/_simulator/accounts)\n")
    sys.stdout.flush()
    if file is not None:
        _write(file, f"{port}\n".encode())


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all."""
    part = file.with_suffix(".part")
    part.write_bytes(content)
    os.replace(part, file)


def _listen(port: int) -> socket.socket:
    if not 0 <= port <= 65_535:
        raise ValueError("--port must be from 0 to 65535")
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(256)
    except OSError as fault:
        raise OSError(f"port {port} cannot be had ({fault.strerror}); choose another with --port") from fault
    return listener


def _forget(home: Path | None, clock_file: Path | None) -> None:
    for file in ([home / "journal.jsonl", home / "journal.torn"] if home else []) + (
        [clock_file] if clock_file else []
    ):
        file.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
