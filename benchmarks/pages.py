"""How fast the pages of the product answer in a large shop.

    python benchmarks/pages.py [--orders 100000] [--items 100000] [--accounts 20] [--channels 200] [--rounds 20]
                               [--only TEXT] [--but TEXT]

Asks Django itself through its test client, in one process, without a socket between: the time of a page's own work,
its database's included (an embedded PostgreSQL that is made for the run, with fsync off and analysed after filling,
and taken away after it). Covers every list with each filter, sort and search, and the pages of orders, items, channels
and settings. Prints one JSON object: `machine`, `counts`, `limit_ms`, `pages` (median and 95th percentile in
milliseconds, the process's own CPU time, the statements and their time) and `slower`: the pages whose 95th percentile
is above the limit (100 ms). Ends with 1 when there is one. Wall-clock times mean something on a machine that does
nothing else: see `load`.
"""

import argparse
import base64
import json
import os
import platform
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django

LIMIT = 100.0
"""Milliseconds at the 95th percentile."""
METRICS_TOKEN = "for this measurement only, as a monitor sends it"


def main() -> int:
    parser = argparse.ArgumentParser(description="How fast the pages of the product answer in a large shop.")
    for name, usual in (("orders", 100_000), ("items", 100_000), ("accounts", 20), ("channels", 200), ("rounds", 20)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--only", default="", help="only pages whose address contains this text")
    parser.add_argument("--but", default="<", help="no pages whose address contains this text")
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="wharfinger-benchmark-"))
    database = prepare(home)
    try:
        began = time.perf_counter()
        counts = fill(given)
        counts["filled_in_s"] = round(time.perf_counter() - began, 1)
        pages = measure(given)
    finally:
        database.stop()
        shutil.rmtree(home, ignore_errors=True)
    slower = [page["page"] for page in pages if page["p95_ms"] > LIMIT]
    print(
        json.dumps(
            {"machine": machine(), "counts": counts, "limit_ms": LIMIT, "slower": slower, "pages": pages}, indent=1
        )
    )
    return 1 if slower else 0


def machine() -> dict[str, Any]:
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "django": django.get_version(),
    }


def prepare(home: Path) -> Any:
    """A database of its own, migrated, and Django set up to use it."""
    from wharfinger.cli.postgres.temporary import TemporaryPostgres, ask_url  # noqa: PLC0415 -- before Django's set-up
    from wharfinger.config import environment  # noqa: PLC0415 -- as above

    database = TemporaryPostgres()
    (home / "static").mkdir()
    environment.set_for_this_process(
        {
            "DJANGO_SETTINGS_MODULE": "wharfinger.config.settings",
            "WHARFINGER_HOME": str(home),
            "WHARFINGER_SYSTEM": "demo",
            "WHARFINGER_SECRET_KEY": "for this measurement only, and as long as a secret key must be",
            "WHARFINGER_ENCRYPTION_KEY": f"bench:{base64.b64encode(bytes(range(32))).decode()}",
            "WHARFINGER_LOG_LEVEL": "ERROR",
            "WHARFINGER_METRICS_TOKEN": METRICS_TOKEN,
            "DATABASE_URL": ask_url(database.folder),
        }
    )
    django.setup()
    from django.conf import settings  # noqa: PLC0415 -- Django is set up a line above
    from django.core.management import call_command  # noqa: PLC0415 -- as above
    from large_shop import NOW  # noqa: PLC0415 -- as above

    from wharfinger.config.clock import SteppedClock  # noqa: PLC0415 -- as above

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.CLOCK = SteppedClock(NOW)
    call_command("migrate", verbosity=0)
    return database


def fill(given: argparse.Namespace) -> dict[str, Any]:
    from large_shop import Shop  # noqa: PLC0415 -- Django is set up by now

    return Shop(given.orders, given.items, given.accounts, given.channels).fill()


def measure(given: argparse.Namespace) -> list[dict[str, Any]]:
    from django.test import Client  # noqa: PLC0415 -- Django is set up by now

    from wharfinger.db.models import User  # noqa: PLC0415 -- as above

    client = Client(SERVER_NAME="127.0.0.1", headers={"authorization": f"Bearer {METRICS_TOKEN}"})
    client.force_login(User.objects.get(username="olga"))
    wanted = [page for page in every_page(client) if given.only in page and given.but not in page]
    measured = [measure_page(client, page, given.rounds) for page in wanted]
    return [one for one in measured if one is not None]


def measure_page(client: Any, page: str, rounds: int) -> dict[str, Any] | None:
    """None where there is no page to show: a step of a form without its beginning, say. It is said aloud."""
    from django.db import connection  # noqa: PLC0415 -- Django is set up by now

    counted = Counted()
    with connection.execute_wrapper(counted):
        first = client.get(page, follow=True)
    if first.status_code in (400, 404, 405, 409):
        print(f"{page}: left out, it answered {first.status_code}", file=sys.stderr)
        return None
    if first.status_code != 200:
        raise SystemExit(f"{page} answered {first.status_code}")
    walls, works = [], []
    for _ in range(rounds):
        began, worked = time.perf_counter(), time.process_time()
        client.get(page)
        walls.append((time.perf_counter() - began) * 1000)
        works.append((time.process_time() - worked) * 1000)
    print(f"{page}: {statistics.median(walls):.0f} ms", file=sys.stderr)
    return {
        "page": page,
        "p50_ms": round(statistics.median(walls), 1),
        "p95_ms": round(sorted(walls)[int(len(walls) * 0.95)], 1),
        "cpu_p50_ms": round(statistics.median(works), 1),
        "queries": counted.number,
        "database_ms": round(counted.seconds * 1000, 1),
        "slowest": counted.slowest[1][:300] if counted.slowest[0] > LIMIT / 2000 else "",
        "bytes": len(first.content),
    }


class Counted:
    """Counts the queries of one page and how long the database took for them."""

    def __init__(self) -> None:
        self.number, self.seconds = 0, 0.0
        self.slowest: tuple[float, str] = (0.0, "")

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = time.perf_counter() - began
            self.number += 1
            self.seconds += took
            self.slowest = max(self.slowest, (took, sql))


def every_page(client: Any) -> list[str]:
    """Addresses of the product's pages: each that its own table of addresses has, its holes filled with a row that is
    there, and those of lists with each filter, sort and search that the lists themselves say they can do."""
    from large_shop import SEARCHES  # noqa: PLC0415 -- Django is set up by now

    from wharfinger.web.views.installation.list_views import LISTS  # noqa: PLC0415 -- as above

    found = [*_of_the_table(), *_narrowed(), *(f"/search/?q={text}" for text in SEARCHES)]
    addresses = _addresses_of_lists()
    for spec in LISTS:
        address = addresses[spec.code]
        sorts = [f"{sign}{column.sort}" for column in spec.columns if column.sort for sign in ("", "-")]
        filters = [query for field in spec.filters for query in _choices(client, address, field)]
        found += [address, *(f"{address}?sort={sort}" for sort in sorts)]
        found += [f"{address}?{query}" for query in filters]
        found += [f"{address}?q={text}" for text in SEARCHES if "q" in spec.filters]
        found += [f"{address}?{query}&sort=-total" for query in filters if "total" in sorts]
        found += [following for sort in ("", *sorts[:6]) if (following := _next_page(client, f"{address}?sort={sort}"))]
    return list(dict.fromkeys(found))


def _of_the_table() -> list[str]:
    """One address of each pattern that reads a page; a hole for which the shop has no row leaves it out."""
    from django.urls import get_resolver  # noqa: PLC0415 -- Django is set up by now

    patterns = dict(_patterns(get_resolver().url_patterns, ""))
    filled = (_filled(route, pattern) for route, pattern in patterns.items() if not FILES.search(route))
    return [f"/{address}" for address in filled if address is not None]


FILES = re.compile(r"\.(csv|xlsx)$|/pdf/$|^\^?static|^account/|^sign-|^set-?up|^password/|^amazon/|^health/")
"""Not pages of the shop: files, which are streamed, and the entrance."""
WORDS = {"which": "sales_orders", "slug": "tags", "subject": "item", "action": "import", "kind": "FBM"}
"""Holes that take a word."""


def _patterns(patterns: Any, before: str) -> Any:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _patterns(pattern.url_patterns, route)
        else:
            yield route, pattern


def _filled(route: str, pattern: Any) -> str | None:
    from wharfinger.db.models import ImportedOrder  # noqa: PLC0415 -- Django is set up by now
    from wharfinger.db.queries.addressed import IN_ADDRESS, OF_IMPORTED_ORDERS  # noqa: PLC0415 -- as above

    for name, converter in pattern.pattern.converters.items():
        if "Int" in type(converter).__name__:
            imported = name == "order_id" and route.startswith(OF_IMPORTED_ORDERS)
            model = ImportedOrder if imported else IN_ADDRESS.get(name)
            rows = [] if model is None else list(model.objects.order_by("pk").values_list("pk", flat=True)[:11])
            value = str(rows[-1]) if rows else None
        else:
            value = WORDS.get(name)
        if value is None:
            return None
        route = re.sub(rf"<[a-z]+:{name}>", value, route)
    return route


def _narrowed() -> list[str]:
    """Pages that are no lists of columns, with what narrows them."""
    from wharfinger.db.models import Channel, StockItem  # noqa: PLC0415 -- Django is set up by now

    fbm, fba = (Channel.objects.filter(kind=kind).order_by("pk").first().pk for kind in ("FBM", "FBA"))
    tabs = ("", "products/", "stock/", "orders/", "shipping/", "feedback/", "activity/", "edit/", "more/", "delete/")
    return [
        "/channels/?sort=-orders&q=seller+1", *(f"/channels/{channel}/{tab}" for channel in (fbm, fba) for tab in tabs),
        f"/channels/{fbm}/products/?q=ITEM-0001", f"/channels/{fbm}/stock/?q=ITEM-0001",
        f"/channels/{fbm}/feedback/?q=026-0000001", f"/channels/{fbm}/shipping/?q=026-0000001",
        f"/shipping/?channel={fbm}", f"/stock/{StockItem.objects.order_by('pk')[500].pk}/",
        f"/settings/audit/?noun=Channel&id={fbm}", f"/imported-orders/?cause=waits:channel:{fbm}",
        "/imported-orders/bulk/start/import/?state=failed", "/metrics",
    ]  # fmt: skip


def _addresses_of_lists() -> dict[Any, str]:
    from wharfinger.db.models import Site, StockCount  # noqa: PLC0415 -- Django is set up by now
    from wharfinger.domain.installation.list_views import ListCode  # noqa: PLC0415 -- as above

    return {
        ListCode.IMPORTED_ORDERS: "/imported-orders/",
        ListCode.SALES_ORDERS: "/sales-orders/",
        ListCode.CUSTOMERS: "/customers/",
        ListCode.PROBLEMS: "/problems/",
        ListCode.STOCK: "/stock/",
        ListCode.WATCHED: "/stock/watch/",
        ListCode.SITE_LEVELS: f"/sites/{Site.objects.order_by('pk')[0].pk}/",
        ListCode.COUNT_LINES: f"/counts/{StockCount.objects.order_by('pk')[0].pk}/review/",
        ListCode.DIFFERENCES: "/stock/differences/",
        ListCode.ACCESS_LOG: "/settings/access-log/",
    }


def _choices(client: Any, address: str, field: str) -> list[str]:
    """What a filter of a list offers, the first few of many."""
    page = client.get(address).content.decode()
    select = re.search(rf'<select name="{field}".*?</select>', page, re.DOTALL)
    offered = re.findall(r'<option value="([^"]+)"', select[0]) if select else []
    return [f"{field}={value.replace(' ', '+')}" for value in offered[:10]]


def _next_page(client: Any, address: str) -> str:
    link = re.search(r'rel="next"\s+href="([^"]+)"', client.get(address).content.decode())
    return f"{address.partition('?')[0]}{link[1].replace('&amp;', '&')}" if link else ""


if __name__ == "__main__":
    sys.exit(main())
