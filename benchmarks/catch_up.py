"""How soon orders are here: `.venv/bin/python benchmarks/catch_up.py [--orders 10000] [--channels 20]`.

The product's own flows and timetable against the simulator in this process, under Amazon's published rates, on the
stepped clock: what is measured is trade time, whatever the machine. First an outage: orders were placed while nobody
read them; `catch_up.seconds` until each is here, `best_seconds` of the best plan that both budgets allow (full bursts
and both refills, the numbers known from the start). `beside_others`: half as many orders, while another application
eats half of both limits. Then one account with many channels: `known_p95_seconds` from the buyer's press to the order
in our books, `polled` and `notified`.

Prints one JSON object; ends with 1 when a mark is missed. `throttled`: calls that Amazon refused by our own fault.
"""

import argparse
import base64
import json
import math
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' shop is the one that the flows are run in here

LONGEST_OF_BEST = 1.1
POLLED_AT_MOST, NOTIFIED_AT_MOST = 360, 15
OUTAGE = timedelta(hours=12)
VISIBLE_AFTER = 180.0
"""Seconds: Amazon shows no order that is younger than two minutes (behaviour O03)."""
PLACED = 120
"""Orders of which the p95 is taken, in each way."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--channels", type=int, default=20)
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="wharfinger-benchmark-", dir="/tmp"))
    home.chmod(0o711)  # the database's user passes through when the run is root's
    database = _prepare(home)
    try:
        report = _measure(given.orders, given.channels)
    finally:
        database.stop()
        shutil.rmtree(home, ignore_errors=True)
    report["met"] = _met(report)
    print(json.dumps(report, indent=1))
    return 0 if all(report["met"].values()) else 1


def _prepare(home: Path) -> Any:
    import django  # noqa: PLC0415 -- the environment is set first

    from wharfinger.cli.console import print_nothing  # noqa: PLC0415 -- as above
    from wharfinger.cli.postgres.embedded import EmbeddedPostgres  # noqa: PLC0415 -- as above
    from wharfinger.config import environment  # noqa: PLC0415 -- as above

    database = EmbeddedPostgres(home, print_nothing, forgetful=True)
    database.start()
    (home / "static").mkdir()
    environment.set_for_this_process(
        {
            "DJANGO_SETTINGS_MODULE": "wharfinger.config.settings",
            "WHARFINGER_HOME": str(home),
            "WHARFINGER_SYSTEM": "demo",
            "WHARFINGER_SECRET_KEY": "for this measurement only, and as long as a secret key must be",
            "WHARFINGER_ENCRYPTION_KEY": f"bench:{base64.b64encode(bytes(range(32))).decode()}",
            "WHARFINGER_LOG_LEVEL": "ERROR",
            "DATABASE_URL": database.url,
        }
    )
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- Django is set up a line above

    call_command("migrate", verbosity=0)
    return database


def _met(report: dict[str, Any]) -> dict[str, bool]:
    caught, beside, known = report["catch_up"], report["beside_others"], report["known_p95_seconds"]
    return {
        "all_caught_up": caught["read"] == caught["orders"] and beside["read"] == beside["orders"],
        f"catch_up_within_{LONGEST_OF_BEST}_of_best": caught["seconds"] <= LONGEST_OF_BEST * caught["best_seconds"],
        f"polled_p95_at_most_{POLLED_AT_MOST}": known["polled"] <= POLLED_AT_MOST,
        f"notified_p95_at_most_{NOTIFIED_AT_MOST}": known["notified"] <= NOTIFIED_AT_MOST,
        "never_throttled": report["throttled"] == 0,
    }


def best_seconds(orders: int, share: float = 1.0) -> float:
    """Full bursts and both refills, or our share of the refills; the numbers known from the start."""
    from wharfinger.amazon.operations import GET_ORDER, SEARCH_ORDERS  # noqa: PLC0415 -- after Django's set-up

    at_once = float(SEARCH_ORDERS.burst * 100 + GET_ORDER.burst)
    return max(0.0, (orders - at_once) / share / (float(SEARCH_ORDERS.rate) * 100 + float(GET_ORDER.rate)))


def _eat_half(shop: Any) -> None:
    """Another application of the seller's takes every second call of both limits, for as long as it takes."""
    from wharfinger.amazon.operations import GET_ORDER, SEARCH_ORDERS  # noqa: PLC0415 -- after Django's set-up

    for operation in (SEARCH_ORDERS, GET_ORDER):
        shop.amazon.control(
            "limits/others", {"operation": operation.name, "rate": float(operation.rate) / 2, "seconds": 30 * 86_400}
        )


def _measure(orders: int, channels: int) -> dict[str, Any]:
    from running import RunningShop  # noqa: PLC0415 -- Django is set up by now

    shop = RunningShop(channels)
    caught = _catch_up(shop, orders)
    shop.go_on(3600)
    _eat_half(shop)
    beside = _catch_up(shop, orders // 2, share=0.5)
    shop.amazon.control("limits/others", {"stop": True})
    shop.go_on(3600)
    polled = _known_p95(shop, seconds_between=83)
    shop.switch_on()
    notified = _known_p95(shop, seconds_between=31)
    books = shop.state_report()
    return {
        "catch_up": caught,
        "beside_others": beside,
        "known_p95_seconds": {"polled": polled, "notified": notified},
        "channels": channels,
        "throttled": books["throttled"],
        "throttled_by_others": books["throttled_by_others"],
    }


def _catch_up(shop: Any, orders: int, share: float = 1.0) -> dict[str, Any]:
    """Nobody reads for hours; then the worker starts again."""
    numbers = []
    for number in range(orders):
        numbers.append(shop.buy(shop.skus[number % len(shop.skus)]))
        shop.amazon.advance(OUTAGE.total_seconds() / orders)
    shop.amazon.advance(VISIBLE_AFTER)
    before, began, all_here = _calls(shop), shop.clock.now(), shop.how_many() + orders
    shop.go_on(LONGEST_OF_BEST * 3 * best_seconds(orders, share) + 7200, until=lambda: shop.how_many() >= all_here)
    here = shop.here(numbers)
    after = _calls(shop)
    return {
        "orders": orders,
        "read": len(here),
        "seconds": round((max(here.values()) - began).total_seconds(), 1),
        "best_seconds": round(best_seconds(orders, share), 1),
        "calls": {name: after[name] - before.get(name, 0) for name in ("searchOrders", "getOrder")},
    }


def _calls(shop: Any) -> dict[str, int]:
    return {row["operation"]: row["calls"] for row in shop.state_report()["calls"]}


def _known_p95(shop: Any, *, seconds_between: float) -> float:
    """Trade seconds from the buyer's press until the order is in our books."""
    placed = {}
    for number in range(PLACED):
        placed[shop.buy(shop.skus[number % len(shop.skus)])] = shop.clock.now()
        shop.go_on(seconds_between)
    shop.go_on(3600, until=lambda: len(shop.here(list(placed))) == PLACED)
    here, never = shop.here(list(placed)), shop.clock.now()
    waits = sorted((here.get(number, never) - at).total_seconds() for number, at in placed.items())
    return round(waits[math.ceil(0.95 * len(waits)) - 1], 1)


if __name__ == "__main__":
    sys.exit(main())
