"""How fast the pages of set-up answer, with 200 channels of 20 seller accounts and their orders.

    python benchmarks/setup_pages.py [--channels 200] [--accounts 20] [--orders 20000] [--rounds 40]

Asks Django itself, in one process, without a socket between: the time of a page's own work, its database's included (an
embedded PostgreSQL that is made for the run, with fsync off, and taken away after it). Prints JSON: the machine, the
counts, and for each page the median and the 95th percentile in milliseconds, the process's own CPU time, the queries
and their time. Ends with 1 when a page's 95th percentile is above the limit (100 ms).
Wall-clock times mean something on a machine that does nothing else: see `load`.
"""

import argparse
import base64
import json
import os
import platform
import random
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LIMIT = 100.0
"""Milliseconds at the 95th percentile."""


def main() -> int:
    parser = argparse.ArgumentParser(description="How fast the pages of set-up answer.")
    for name, usual in (("channels", 200), ("accounts", 20), ("orders", 20_000), ("found", 300), ("scheduler", 40)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="wharfinger-benchmark-"))
    database = prepare(home)
    try:
        world = fill(given)
        pages = measure(world, given.scheduler)
    finally:
        database.stop()
        shutil.rmtree(home, ignore_errors=True)
    slow = [page["page"] for page in pages if page["p95_ms"] > LIMIT]
    told = {"machine": machine(), "counts": vars(given), "limit_ms": LIMIT, "slower": slow, "pages": pages}
    print(json.dumps(told, indent=1))
    return 1 if slow else 0


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
            "DATABASE_URL": ask_url(database.folder),
        }
    )
    django.setup()
    from django.conf import settings  # noqa: PLC0415 -- Django is set up a line above
    from django.core.management import call_command  # noqa: PLC0415 -- as above

    from wharfinger.config.clock import SteppedClock  # noqa: PLC0415 -- as above

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.CLOCK = SteppedClock(NOW)
    call_command("migrate", verbosity=0)
    return database


def fill(given: argparse.Namespace) -> dict[str, Any]:
    """Accounts with channels of ten marketplaces and both kinds, orders of a week, one channel behind the brake."""
    from wharfinger.db import models as m  # noqa: PLC0415 -- Django is set up by now

    chance = random.Random(4)
    olga = m.User.objects.create(username="olga", full_name="Olga", role="Administrator")
    warehouse = m.Site.objects.create(name="Main warehouse", kind="Own warehouse", made_at=NOW)
    pool = m.Site.objects.create(name="FBA UK", kind="FBA", pool="UK", made_at=NOW)
    courier = m.CourierService.objects.create(
        courier="Royal Mail", name="Tracked 24", tracking="At once", amazon_carrier_code="Royal Mail"
    )
    markets = list(m.Marketplace.objects.filter(region="EU").order_by("name")[:10])
    accounts = [
        m.SellerAccount.objects.create(
            name=f"Seller {number:02d} (UK and Europe)",
            region="EU",
            seller_id=f"A2SELLER{number:05d}",
            refresh_token="Atzr|x",
            token_last_four="xxxx",
            token_set_at=NOW,
            link_state="Linked",
            participations_read_at=NOW,
            made_at=NOW,
        )
        for number in range(given.accounts)
    ]
    m.Participation.objects.bulk_create(
        m.Participation(account=account, marketplace=market, participating=True, suspended_listings=False)
        for account in accounts
        for market in markets
    )
    channels = m.Channel.objects.bulk_create(
        m.Channel(
            name=f"Channel {number:03d}",
            kind="FBA" if (number // given.accounts) % 2 else "FBM",
            account=accounts[number % given.accounts],
            marketplace=markets[(number // given.accounts // 2) % len(markets)],
            link_state="Linked",
            activated_for="Simulator",
            start_date=NOW.date(),
            import_fba_orders="No FBA import",
            dont_import_orders=number == 0,
            made_at=NOW,
        )
        for number in range(given.channels)
    )
    m.ChannelOption.objects.bulk_create(
        m.ChannelOption(
            channel=channel,
            order_type=kind,
            site=pool if channel.kind == "FBA" else warehouse,
            courier_service=None if channel.kind == "FBA" else courier,
        )
        for channel in channels
        for kind in ("", "Business")
    )
    m.ChannelCheck.objects.bulk_create(
        m.ChannelCheck(channel=channel, position=place, title=f"Check {place}", ok=True, checked_at=NOW)
        for channel in channels
        for place in range(4)
    )
    orders(m, given, chance, channels)
    m.Activity.objects.bulk_create(
        (
            m.Activity(happened_at=NOW, text=f"Thing {number} happened.", channel=chance.choice(channels), user=olga)
            for number in range(given.orders)
        ),
        batch_size=5000,
    )
    facts = {f"field {number}": "value" for number in range(30)}
    m.AuditEntry.objects.bulk_create(
        (
            m.AuditEntry(
                at=NOW, user=olga, verb="save", noun="Channel", noun_id=str(chance.choice(channels).pk),
                before={**facts, "name": "a"}, after={**facts, "name": "b"},
            )
            for _ in range(5000)
        ),
        batch_size=1000,
    )  # fmt: skip
    return {"user": olga, "channel": channels[0], "fba": channels[given.accounts], "settled": channels[1]}


def orders(m: Any, given: argparse.Namespace, chance: random.Random, channels: list[Any]) -> None:
    def an_order(number: int, channel: Any, **changes: Any) -> Any:
        told = {"state": "OK", "amazon_status": "UNSHIPPED", "placed_at": NOW - timedelta(minutes=number % 10080)}
        return m.ImportedOrder(
            account_id=channel.account_id,
            amazon_order_id=f"026-{number:07d}-0000001",
            channel=channel,
            marketplace_id=channel.marketplace_id,
            fulfilment=channel.kind,
            amazon_updated_at=NOW,
            found_at=NOW,
            order_ref=f"026-{number:07d}-0000001",
            summary="2 × Enamel mug",
            **{**told, **changes},
        )

    skipped = {"state": "Skipped", "reason": "Placed before the channel's Start Date."}
    rows = [
        an_order(number, chance.choice(channels), **(skipped if number % 10 == 0 else {}))
        for number in range(given.orders)
    ]
    first = channels[0]
    waits = {"state": "Not attempted", "waits_for": f"channel:{first.pk}", "reason": "Don't import orders is on."}
    rows += [an_order(given.orders + number, first, **waits) for number in range(given.found)]
    m.ImportedOrder.objects.bulk_create(rows, batch_size=5000)


def measure(world: dict[str, Any], scheduler: int) -> list[dict[str, Any]]:
    from django.db import connection  # noqa: PLC0415 -- Django is set up by now
    from django.test import Client  # noqa: PLC0415 -- as above

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(world["user"])
    key = client.get("/channels/new/fbm/")["Location"].split("/")[3]
    client.post(f"/channels/new/{key}/general/", {"name": "New", "start_date": "2026-11-17", "order_ref_format": "{0}"})
    chosen = {"site_id": "1", "courier_service_id": "1"}
    client.post(f"/channels/new/{key}/options/", chosen)
    found = []
    for page in pages(world, key):
        counted = Counted()
        with connection.execute_wrapper(counted):
            first = client.get(page)
        if first.status_code != 200:
            raise SystemExit(f"{page} answered {first.status_code}")
        walls, works = [], []
        for _ in range(scheduler):
            began, worked = time.perf_counter(), time.process_time()
            client.get(page)
            walls.append((time.perf_counter() - began) * 1000)
            works.append((time.process_time() - worked) * 1000)
        found.append(
            {
                "page": page.replace(key, "KEY"),
                "p50_ms": round(statistics.median(walls), 1),
                "p95_ms": round(statistics.quantiles(walls, n=20)[-1], 1),
                "cpu_p50_ms": round(statistics.median(works), 1),
                "queries": counted.number,
                "database_ms": round(counted.seconds * 1000, 1),
                "bytes": len(first.content),
            }
        )
    return found


class Counted:
    """Counts the queries of one page and how long the database took for them."""

    def __init__(self) -> None:
        self.number, self.seconds = 0, 0.0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.number += 1
            self.seconds += time.perf_counter() - began


def pages(world: dict[str, Any], key: str) -> list[str]:
    channel, fba, settled = (world[name].pk for name in ("channel", "fba", "settled"))
    tabs = ("", "products/", "stock/", "orders/", "shipping/", "feedback/", "activity/", "edit/", "more/", "delete/")
    after = ("authorise/", "first-import/", "done/")
    return [
        "/channels/",
        "/channels/?sort=-orders&q=seller+1",
        "/channels/new/",
        *(f"/channels/new/{key}/{step}/" for step in ("checks", "general", "specific", "options", "save")),
        *(f"/channels/{settled}/{tab}" for tab in tabs),
        f"/channels/{fba}/",
        f"/channels/{channel}/first-import/",
        *(f"/channels/{channel}/set-up/{step}" for step in after),
        "/settings/",
        "/settings/users/",
        "/settings/users/new/",
        "/settings/audit/",
        f"/settings/audit/?noun=Channel&id={settled}",
        "/settings/couriers/",
        "/settings/marketplaces/",
        "/sites/",
        "/help/set-up-a-channel/",
        "/help/control-stock-levels/",
    ]


if __name__ == "__main__":
    sys.exit(main())
