"""`python -m amazon_simulator`: a local Amazon on one port. See docs/simulator.md."""

import argparse
import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from amazon_simulator.asgi import App, Lines
from amazon_simulator.clock import FASTEST, Clock, from_iso
from amazon_simulator.simulator import Simulator

EPILOG = """\
hosts, as path prefixes of the one port:
  /eu, /na, /fe        the selling API's endpoints; without a prefix the region of the token
  /auth/o2/token       Login with Amazon
  /sellercentral/HOST  Seller Central: sign-in, consent, Manage Your Apps
  /, /shop             pages for people: control, and a shop to buy in
  /_simulator/...      control by JSON: accounts, books, clock, orders, faults
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="amazon_simulator",
        description="A stateful local Amazon: Selling Partner API, Login with Amazon, Seller Central.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--port", type=int, default=9700, help="0 = any free port (9700)")
    made.add_argument("--home", type=Path, metavar="DIR", help="journal here; without it nothing is kept")
    made.add_argument("--fresh", action="store_true", help="forget the journal and the clock of the last time")
    made.add_argument("--seed", type=int, default=1, help="the same seed, the same world (1)")
    made.add_argument("--rate", type=float, default=1.0, help="how many times faster than real time trade goes (1)")
    made.add_argument("--start", metavar="ISO", help="trade time at the first start (now)")
    made.add_argument("--stepped", action="store_true", help="trade time moves only by POST /_simulator/clock")
    made.add_argument("--redirect-uri", action="append", default=[], metavar="URL", help="registered; may be repeated")
    made.add_argument("--login-uri", default="", metavar="URL", help="the application's log-in address, registered")
    made.add_argument("--public-url", metavar="URL", help="how programs reach this (http://127.0.0.1:PORT)")
    made.add_argument("--clock-file", type=Path, metavar="PATH", help="tell trade time to other processes here")
    made.add_argument("--port-file", type=Path, metavar="PATH", help="write the port here once it listens")
    made.add_argument("--lift-limits", action="store_true", help="count calls but refuse none (for benchmarks)")
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
        App(simulator, lambda: _tell_port(given.port_file, port)),
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=2,
        http=Lines,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn raises it again once it has ended cleanly
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
    return 0


def _simulator(given: argparse.Namespace, clock_file: Path | None, port: int) -> Simulator:
    """ValueError or OSError say what cannot be."""
    if not 0 < given.rate <= FASTEST:
        raise ValueError(f"--rate must be above 0 and at most {FASTEST}")
    for folder in filter(None, (given.home, clock_file.parent if clock_file else None)):
        folder.mkdir(parents=True, exist_ok=True)
    clock = Clock(
        rate=given.rate,
        file=clock_file,
        start=from_iso(given.start) if given.start else None,
        stepped=given.stepped,
    )
    return Simulator(
        clock,
        base=given.public_url or f"http://127.0.0.1:{port}",
        redirect_uris=given.redirect_uri,
        seed=given.seed,
        home=given.home,
        lifted=given.lift_limits,
        login_uri=given.login_uri,
    )


def _tell_port(file: Path | None, port: int) -> None:
    if file is not None:
        part = file.with_suffix(".part")
        part.write_text(f"{port}\n", encoding="utf-8")
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
    for file in ([home / "journal.jsonl"] if home else []) + ([clock_file] if clock_file else []):
        file.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
