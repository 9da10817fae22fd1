"""What a large stock file costs: `.venv/bin/python benchmarks/stock_changes.py [--rows 20000]`.

Every row is an item that a channel sells, so that each movement raises a notice for Amazon with its number worked out.
Two files: one that makes the items and counts them, and one that receives units of each.

- `check_seconds` of a file's dry run, mark 10 for 100,000 rows; `apply_seconds` of the whole file, in one transaction,
  mark 60 for 100,000: each the slower of the two files, and the marks in proportion to the rows.
- `movements_a_second` with notices: rows of the second file by the CPU time of this process and PostgreSQL's together,
  which is what one core does; mark 2,000.
- `grown_mb`: by how much this process is larger at its largest than before each file, the larger of both; no mark.

Prints one JSON object with `machine`; ends with 1 when a mark is missed. `own` and `database` are CPU times, and
count on a machine that does other things beside it.
"""

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the factories are the tests'

from pages import machine, prepare

CHECK_AT_MOST, APPLY_AT_MOST, MOVEMENTS_AT_LEAST = 10.0, 60.0, 2_000.0
UNITS = 20


def main() -> int:
    parser = argparse.ArgumentParser(description="What a large stock file costs.")
    parser.add_argument("--rows", type=int, default=20_000)
    rows: int = parser.parse_args().rows
    home = Path(tempfile.mkdtemp(prefix="wharfinger-benchmark-"))
    database = prepare(home)
    try:
        found = _measure(rows)
    finally:
        database.stop()
        shutil.rmtree(home, ignore_errors=True)
    missed = [
        *(["check_seconds"] if found["check_seconds"] > CHECK_AT_MOST * rows / 100_000 else []),
        *(["apply_seconds"] if found["apply_seconds"] > APPLY_AT_MOST * rows / 100_000 else []),
        *(["movements_a_second"] if found["movements_a_second"] < MOVEMENTS_AT_LEAST else []),
    ]
    print(json.dumps({**found, "missed": missed, "machine": machine()}, indent=1))
    return 1 if missed else 0


def _measure(rows: int) -> dict[str, Any]:
    from django.conf import settings  # noqa: PLC0415 -- Django is set up by now
    from tests.factories.cast import Trading  # noqa: PLC0415 -- as above

    from wharfinger.db.queries.stock.stock_csv import plan_csv  # noqa: PLC0415 -- as above
    from wharfinger.operations.stock import stock_csv  # noqa: PLC0415 -- as above

    shop, now = Trading(), settings.CLOCK.now
    site = shop.warehouse.name
    first = "stock code,name,site,quantity,mode\n" + "".join(
        f"ITEM-{number:06d},Item {number},{site},{UNITS},count\n" for number in range(rows)
    )
    more = "stock code,site,quantity,mode\n" + "".join(
        f"ITEM-{number:06d},{site},{number % 7 + 1},receive\n" for number in range(rows)
    )
    found: dict[str, Any] = {"rows": rows}
    times = []
    for name, text in (("new", first), ("received", more)):
        check = _timed(lambda text=text: plan_csv(text))  # type: ignore[misc]  # the default binds it
        apply = _timed(lambda text=text: stock_csv.apply_csv(text, now=now()))  # type: ignore[misc]  # as above
        times.append((check, apply))
        found[name] = {"check": check, "apply": apply}
        if name == "new":
            _list_all(shop, rows)
    found["check_seconds"] = max(check["seconds"] for check, _ in times)
    found["apply_seconds"] = max(apply["seconds"] for _, apply in times)
    found["movements_a_second"] = round(rows / (times[1][1]["own"] + times[1][1]["database"]))
    found["grown_mb"] = max(part["grown_mb"] for pair in times for part in pair)
    return found


def _list_all(shop: Any, rows: int) -> None:
    """Each item is sold by the channel."""
    from wharfinger.db.models import ChannelProduct, Listing, StockItem  # noqa: PLC0415 -- Django is set up by now

    items = dict(StockItem.objects.values_list("code", "pk"))
    listings = Listing.objects.bulk_create(
        (
            Listing(account=shop.account, sku=code, fulfilment="FBM", product_type="MUG", found_at=shop.now())
            for code in items
        ),
        batch_size=5_000,
    )
    place = shop.fbm.marketplace_id
    ChannelProduct.objects.bulk_create(
        (
            ChannelProduct(listing=row, marketplace_id=place, item_id=items[row.sku], found_at=shop.now())
            for row in listings
        ),
        batch_size=5_000,
    )
    assert len(listings) == rows


def _timed(act: Callable[[], Any]) -> dict[str, float]:
    """Seconds by the clock, of this process' CPU, of its PostgreSQL backend's CPU, and MB that it has grown by."""
    from django.db import connection  # noqa: PLC0415 -- Django is set up by now

    connection.ensure_connection()
    assert connection.connection is not None
    backend = connection.connection.info.backend_pid
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, own, database = time.monotonic(), time.process_time(), _cpu_of(backend)
    act()
    return {
        "seconds": round(time.monotonic() - began, 2),
        "own": round(time.process_time() - own, 2),
        "database": round(_cpu_of(backend) - database, 2),
        "grown_mb": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - size) / 1024, 1),
    }


def _cpu_of(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    raise SystemExit(main())
