"""`python -m wharfinger.cli.demo.click_and_drop`: the pretend Click & Drop on one port of this machine."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from wharfinger.cli.demo.click_and_drop.account import PREFIX
from wharfinger.cli.demo.click_and_drop.journal import Journal
from wharfinger.cli.demo.click_and_drop.server import Server, listen


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="click_and_drop", description=f"A pretend Royal Mail Click & Drop: its API below {PREFIX}, a page at /."
    )
    parser.add_argument("--port", type=int, default=9800, help="0 = any free port (9800)")
    parser.add_argument("--home", type=Path, metavar="DIR", help="orders are kept here; without it nothing is kept")
    given = parser.parse_args()
    if given.home is not None:
        given.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = Server(Journal(given.home / "orders.jsonl") if given.home is not None else None)
    with listen(server, given.port) as listening:
        sys.stdout.write(f"http://127.0.0.1:{listening.server_address[1]}\n")
        sys.stdout.flush()
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=listening.shutdown).start())
        listening.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
