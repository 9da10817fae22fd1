"""What labels cost, and whether the board stays quick: `.venv/bin/python benchmarks/shipping.py [--labels 1000]`.

1,000 labels are bought as one batch against the pretend Click & Drop in this process, some of whose answers are lost,
slow or refused for too many calls, beside 100,000 open orders that are made by PostgreSQL's own means:

- `own_ms_per_label`: this process's CPU time from the press of Buy to every label's PDF, without that of the pretend
  courier; mark 10.
- `board_p95_ms`: the ship-by board, 95th percentile of its page through Django's test client; mark 100.
- `labels` that are there, `bought_twice` and `lost`, which must be 0.

Prints one JSON object with `machine` and `counts`; ends with 1 when a mark is missed. `--labels N --orders N`: other
sizes. Times mean something on a machine that does nothing else: see `load`.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter, deque
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the pretend courier and the factories are the tests'

from pages import machine, measure_page, prepare

OWN_AT_MOST, BOARD_AT_MOST = 10.0, 100.0
CUT_EVERY, THROTTLED_EVERY, FAILED_EVERY = 97, 211, 151
"""Calls: of so many one is carried out and its answer lost, one is refused as too many, one fails."""
ROUNDS = 20
PAUSE = timedelta(minutes=2)
"""Trade time between two runs of the flow: an attempt in doubt is looked up then."""
RUNS_AT_MOST = 500
HOME = {"name": "Paula Parker", "line_1": "1 Quay Street", "town": "Bristol", "postcode": "BS1 4RW", "country": "GB"}


def main() -> int:
    parser = argparse.ArgumentParser(description="What labels cost, and whether the board stays quick.")
    for name, usual in (("labels", 1_000), ("orders", 100_000)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="wharfinger-benchmark-"))
    database = prepare(home)
    try:
        counts = _fill(given.orders)
        found = _buy(given.labels) | {"board_p95_ms": _measure_board()}
    finally:
        database.stop()
        shutil.rmtree(home, ignore_errors=True)
    missed = [
        *(["own_ms_per_label"] if found["own_ms_per_label"] > OWN_AT_MOST else []),
        *(["board_p95_ms"] if found["board_p95_ms"] > BOARD_AT_MOST else []),
        *(name for name in ("bought_twice", "lost") if found[name]),
    ]
    print(json.dumps({**found, "missed": missed, "machine": machine(), "counts": counts}, indent=1))
    return 1 if missed else 0


def _fill(orders: int) -> dict[str, Any]:
    """A large shop whose orders are all to be sent by the seller, their ship-by between yesterday and in ten days."""
    from django.db import connection  # noqa: PLC0415 -- Django is set up by now
    from large_shop import Shop  # noqa: PLC0415 -- as above

    began = time.perf_counter()
    counts = Shop(orders, 10_000, 4, 40).fill()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE wharfinger_importedorder SET amazon_status = 'UNSHIPPED', fulfilment = 'FBM', state = 'ok', "
            "ship_by = TIMESTAMPTZ '2026-11-23 12:00+00' + interval '1 minute' * (id % 15840)"
        )
        cursor.execute(
            "UPDATE wharfinger_salesorder o SET state = 'ready_to_ship', shipped_at = NULL, site_id = 1, "
            "ship_by = i.ship_by, channel_id = f.ids[o.id % array_length(f.ids, 1) + 1] FROM "
            "wharfinger_importedorder i, (SELECT array_agg(id) AS ids FROM wharfinger_channel WHERE kind = 'FBM') f "
            "WHERE i.id = o.imported_id"
        )
        cursor.execute("DELETE FROM wharfinger_confirmation")
        cursor.execute("DELETE FROM wharfinger_shipment")
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")
    counts["filled_in_s"] = round(time.perf_counter() - began, 1)
    return counts


def _buy(labels: int) -> dict[str, Any]:
    from tests.couriers.pretend import PretendClickAndDrop  # noqa: PLC0415 -- Django is set up by now

    from wharfinger.couriers.click_and_drop import ClickAndDrop  # noqa: PLC0415 -- as above
    from wharfinger.couriers.transport import Transport  # noqa: PLC0415 -- as above
    from wharfinger.db.models import CourierLabel  # noqa: PLC0415 -- as above
    from wharfinger.domain.shipping.labels import LabelState  # noqa: PLC0415 -- as above
    from wharfinger.operations.shipping import label_batches  # noqa: PLC0415 -- as above
    from wharfinger.operations.shipping.labels import next_label_due  # noqa: PLC0415 -- as above
    from wharfinger.sync import labels_out  # noqa: PLC0415 -- as above

    class Timed(PretendClickAndDrop):  # type: ignore[misc]  # the tests' courier has no types
        """Its own time is not ours."""

        spent = 0.0

        def handle_request(self, request: Any) -> Any:
            began = time.process_time()
            try:
                return super().handle_request(request)
            finally:
                self.spent += time.process_time() - began

    courier = Timed(faults=deque(_fault(call) for call in range(1, 10 * labels)))
    shop = _ready_orders(labels)
    clock = _Clock(shop.now)

    def connect(_: int) -> ClickAndDrop:
        return ClickAndDrop(Transport(http=courier), courier.key)

    worked = time.process_time()
    label_batches.buy_labels(shop.ids, now=clock.now(), user=shop.user)
    for _ in range(RUNS_AT_MOST):
        labels_out.run(connect, clock)
        clock.at += PAUSE
        if next_label_due() is None:
            break
    worked = time.process_time() - worked - courier.spent
    ready = set(CourierLabel.objects.filter(state=LabelState.READY).values_list("reference", flat=True))
    held = Counter(order.reference for order in courier.held)
    of_orders = Counter(order.reference.rpartition("-")[0] for order in courier.held)
    return {
        "own_ms_per_label": round(1000 * worked / labels, 2),
        "labels": len(ready),
        "bought_twice": sum(count - 1 for count in of_orders.values()) + sum(1 for n in held.values() if n > 1),
        "lost": labels - len(ready) + len(set(held) - ready),
        "calls": len(courier.calls),
    }


def _fault(call: int) -> Any:
    if call % CUT_EVERY == 0:
        return "cut after"
    if call % THROTTLED_EVERY == 0:
        return 429
    return "500 after" if call % FAILED_EVERY == 0 else None


class _Clock:
    """Machine time goes with trade time."""

    def __init__(self, at: Any) -> None:
        self.at = at

    def now(self) -> Any:
        return self.at

    machine_now = now


def _ready_orders(labels: int) -> Any:
    """Orders that are ready, each a mug of 300 g, by the tests' factories."""
    from large_shop import NOW  # noqa: PLC0415 -- Django is set up by now
    from tests.factories.accounts import an_account  # noqa: PLC0415 -- as above
    from tests.factories.channels import a_channel  # noqa: PLC0415 -- as above
    from tests.factories.couriers import a_code, a_label_service  # noqa: PLC0415 -- as above
    from tests.factories.orders import an_allocated_order  # noqa: PLC0415 -- as above
    from tests.factories.people import someone  # noqa: PLC0415 -- as above
    from tests.factories.stock import a_site, an_item  # noqa: PLC0415 -- as above

    from wharfinger.db.models import ChannelOption, SalesOrder  # noqa: PLC0415 -- as above
    from wharfinger.operations.stock import ledger  # noqa: PLC0415 -- as above

    site = a_site("Benchmark")
    site.country = "GB"
    site.save()
    channel = a_channel(an_account(), site)
    mug = an_item("MUG")
    mug.weight_grams = 300
    mug.save()
    ledger.receive_stock(mug.pk, site.pk, labels, now=NOW)
    service = a_label_service(a_code(), name="Tracked 24 by label")
    ChannelOption.objects.filter(channel=channel).update(courier_service=service)
    values = {"delivery": HOME, "total": Decimal(12), "ship_by": NOW + timedelta(days=1)}
    ids = [an_allocated_order(channel, site, [(mug, 1)], **values).pk for _ in range(labels)]
    assert SalesOrder.objects.filter(pk__in=ids).count() == labels
    return SimpleNamespace(ids=ids, user=someone(), now=NOW)


def _measure_board() -> float:
    from django.test import Client  # noqa: PLC0415 -- Django is set up by now

    from wharfinger.db.models import User  # noqa: PLC0415 -- as above

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username="olga"))
    found = measure_page(client, "/shipping/board/", ROUNDS)
    print(json.dumps(found), file=sys.stderr)
    return float(found["p95_ms"])


if __name__ == "__main__":
    sys.exit(main())
