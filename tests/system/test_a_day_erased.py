"""A day of trade with 2,000 buyers, and 30 further days of clock: nothing of them in any row, file, log or new backup.

One process: the pretend Amazon, our flows, operations and pages on a database of its own, whose rows are committed, so
that PostgreSQL's own programs see what a thief of the disk would. What is encrypted is opened and searched as well.
"""

import logging
import re
import subprocess
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections
from django.db.models import Count, Max, Sum
from tests.conftest import _FOLDER, _environ
from tests.factories.stock import an_item
from tests.migrated import migrated_template
from tests.sync.whole_amazon import EU, UK, Whole
from tests.web.client import Client

from wharfinger.cli.backup import servers
from wharfinger.cli.backup.contents import Contents
from wharfinger.cli.backup.destinations import destination
from wharfinger.cli.backup.making import make_backup
from wharfinger.cli.backup.recipients import Passphrase
from wharfinger.cli.privacy.erasing import erase_all
from wharfinger.config import environment
from wharfinger.config.clock import machine_now
from wharfinger.config.logs import FORMATTERS, logging_settings
from wharfinger.db.encryption import NotReadable, decrypt
from wharfinger.db.models import Channel, ImportedOrder, Movement, SalesOrder, SalesOrderLine, Shipment, StockLevel
from wharfinger.operations.orders._address_steps import address_hash, shipping_address
from wharfinger.operations.orders.actions import addresses, attachments, notes
from wharfinger.operations.shipping.shipments import Parcel, dispatch_many
from wharfinger.operations.stock import ledger

BUYERS = 2000
AT_ONCE = 100
PASSPHRASE = "a passphrase for tests"
NAME, STREET, MAIL, PHONE, WORDS = "Featherstonehaugh", "Zephyrquay", "quincemail", "7700900", "marzipan"
MARKS = {
    "name": NAME, "street": STREET, "e-mail": MAIL, "phone": PHONE, "words": WORDS,
}  # fmt: skip
"""What each buyer's data has in it, and nothing else in the world has."""
_ANY = {what: re.compile(re.escape(mark), re.IGNORECASE) for what, mark in MARKS.items()}
_SEALED = re.compile(r"\btest:[A-Za-z0-9+/=]{24,}")


@dataclass
class Swept:
    """How often each kind was met, in clear and within what is encrypted."""

    clear: Counter
    sealed: Counter

    @property
    def kinds(self):
        return {what for counted in (self.clear, self.sealed) for what, count in counted.items() if count}


def sweep(text):
    """A text as it lies there, and again whatever in it our keys open."""
    swept = Swept(Counter(), Counter())
    for what, pattern in _ANY.items():
        swept.clear[what] += len(pattern.findall(text))
    for found in _SEALED.findall(text):
        try:
            opened = decrypt(found).decode(errors="replace")
        except NotReadable:
            continue
        for what, pattern in _ANY.items():
            swept.sealed[what] += len(pattern.findall(opened))
    return swept


@contextmanager
def database_of_its_own(url, name, blocker):
    """A copy of the migrated one, in which Django's transactions are real; the run's own is back afterwards."""
    place = connections["default"].settings_dict
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE {name} TEMPLATE "{migrated_template(url, Path(_environ[_FOLDER]))}"')
    with blocker.unblock():
        before = place["NAME"]
        connection.close()
        place["NAME"] = name
        try:
            yield servers.url_of(url, name)
        finally:
            connection.close()
            place["NAME"] = before
    servers.drop_database(url, name)


@pytest.fixture
def database(database_url, django_db_setup, django_db_blocker):
    with database_of_its_own(database_url, "a_day_erased", django_db_blocker) as url:
        yield url


@pytest.fixture
def log_file(tmp_path):
    """Every line that a process would write at its most talkative, in its own form."""
    path = tmp_path / "home" / "logs" / "worker.log"
    path.parent.mkdir(parents=True)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(FORMATTERS["json"]())
    root, levels = logging.getLogger(), {}
    for name, given in logging_settings("DEBUG")["loggers"].items():
        levels[name] = logging.getLogger(name).level
        logging.getLogger(name).setLevel(given["level"])
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield path
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    root.removeHandler(handler)
    handler.close()


class Day:
    """One seller's day: orders by the hour, dispatched, some with what people write on them."""

    def __init__(self):
        self.whole = Whole()
        self.whole.authorise(EU)
        Channel.objects.update(dont_upload_stock_levels=True)
        self.sku = next(
            row["sku"]
            for row in self.whole.state_report()["listings"]
            if row["channelCode"] == "DEFAULT" and row["listed"]
        )
        item = an_item(self.sku, self.sku)
        ledger.receive_stock(item.pk, self.whole.site.pk, 2 * BUYERS, now=self.now())
        self.whole.run("listings_in")

    def now(self):
        return self.whole.clock.now()

    def trade(self):
        for first in range(0, BUYERS, AT_ONCE):
            placed = [self._place(number) for number in range(first, first + AT_ONCE)]
            for order in placed[:3]:
                self.whole.amazon.control(f"orders/{order}/request-cancel", {"reason": f"{WORDS} {NAME}"})
            self.whole.amazon.advance(3600)
            self.whole.run("orders_in", "take_orders")

    def _place(self, number):
        buyer = {
            "name": f"Ada{number} {NAME}", "recipientName": f"Ada{number} {NAME}",
            "email": f"ada{number}@{MAIL}.example",
            "addressLine1": f"{number} {STREET} Row", "city": "Hull", "postalCode": "HU1 1AA", "countryCode": "GB",
            "phone": f"+44 {PHONE}{number:04}",
        }  # fmt: skip
        gift = {"giftWrap": True, "giftMessage": f"{WORDS} for {NAME}"} if number % 20 == 0 else {}
        purchase = {
            "sellerId": EU, "marketplaceId": UK, "buyer": buyer, "oversell": True,
            "items": [{"sku": self.sku, "quantity": 1, **gift}],
        }  # fmt: skip
        return self.whole.amazon.control("orders", purchase)["orderId"]

    def people_at_work(self):
        """What people write on orders, and pages and downloads that show buyers."""
        some = list(SalesOrder.objects.order_by("pk")[:12])
        for order in some[:4]:
            notes.add_note(order.pk, text=f"{NAME} wants {WORDS}", now=self.now(), user=self.whole.olga)
        for order in some[4:8]:
            text = f"{NAME}, {STREET} 7".encode()
            attachments.attach_file(order.pk, name="wish.txt", content=text, now=self.now(), user=self.whole.olga)
        for order in some[8:]:
            address = shipping_address(order)
            moved = replace(address, line_1=f"9 {STREET} Lane")
            seen, now = address_hash(address), self.now()
            addresses.edit_address(order.pk, address=moved, seen=seen, now=now, user=self.whole.olga)
        browser = Client()
        browser.force_login(self.whole.olga)
        for address in ("/sales-orders/", f"/sales-orders/{some[0].code}/", f"/search/?q={NAME}", "/customers/"):
            assert browser.get(address, follow=True).status_code in (200, 404), address

    def dispatch(self):
        waiting = SalesOrder.objects.filter(state="ready_to_ship").order_by("pk").values_list("pk", flat=True)
        parcels = [Parcel(pk, self.whole.courier.pk) for pk in waiting]
        for at in range(0, len(parcels), AT_ONCE):
            dispatch_many(parcels[at : at + AT_ONCE], now=self.now(), user=self.whole.olga)


def sums():
    """Money and counts, which erasing leaves as they are."""
    amounts = [
        Sum(name) for name in ("quantity_ordered", "quantity_shipped", "amount_item", "amount_tax", "amount_total")
    ]
    return {
        "orders": list(SalesOrder.objects.values_list("state").annotate(Count("pk")).order_by("state")),
        "imported": ImportedOrder.objects.count(),
        "lines": SalesOrderLine.objects.aggregate(Count("pk"), *amounts),
        "parcels": Shipment.objects.count(),
        "moved": Movement.objects.aggregate(Count("pk"), Sum("quantity")),
        "on hand": StockLevel.objects.aggregate(Sum("on_hand"), Sum("allocated")),
    }


def rows_of(url):
    """Every row of every table as PostgreSQL writes it: what lies on the disk."""
    command = [servers.program("pg_dump", url), "--data-only", f"--dbname={servers.database_name(url)}"]
    ended = subprocess.run(command, env=servers.environment_of(url), capture_output=True, check=True)
    return ended.stdout.decode()


def rows_of_new_backup(configuration, url):
    """Read in beside the database: what a restore brings back."""
    made = make_backup(configuration, "of the test", now=machine_now(), report=lambda _: None)
    with destination(configuration.backups).reading(made.name) as file:
        contents = Contents(file, Passphrase(PASSPHRASE))
        with servers.scratch_database(url, "a_day_restored"):
            servers.restore(url, "a_day_restored", contents.database())
            return rows_of(servers.url_of(url, "a_day_restored"))


def files_below(folder):
    return "\n".join(path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file())


@pytest.mark.system
def test_a_day_of_trade_and_thirty_days_later_nothing_is_left_of_2000_buyers(database, log_file, tmp_path, settings):
    home = tmp_path / "home"
    day = Day()
    day.trade()
    day.people_at_work()
    day.dispatch()
    day.whole.only("shipments_out")
    day.whole.trade(90, every=30)
    assert SalesOrder.objects.count() == ImportedOrder.objects.count() == BUYERS
    assert Shipment.objects.count() > BUYERS * 0.9

    there = sweep(rows_of(database))
    assert there.kinds == set(MARKS)
    assert there.sealed["name"] > 2 * BUYERS  # in the order and in Amazon's own message
    assert there.clear == Counter(dict.fromkeys(MARKS, 0))  # nothing of them lies on the disk unencrypted, ever
    before = sums()

    over = SalesOrder.objects.aggregate(at=Max("deliver_by"))["at"] + timedelta(days=30, hours=1)
    assert sweep(rows_of(database)).kinds
    day.whole.amazon.advance((over - day.now()).total_seconds())
    done = erase_all(day.now())
    assert (done.orders, done.customers) == (BUYERS, BUYERS)

    left = sweep(rows_of(database))
    assert (left.clear, left.sealed) == (Counter(dict.fromkeys(MARKS, 0)), Counter(dict.fromkeys(MARKS, 0)))
    assert sums() == before
    written = log_file.read_text(encoding="utf-8")
    assert written.count("HTTP Request") > BUYERS / AT_ONCE
    assert sweep(written).kinds == set()
    configuration = environment.read(
        {"WHARFINGER_HOME": str(home), "DATABASE_URL": database, "WHARFINGER_BACKUP_KEY": PASSPHRASE}
    )
    configuration = environment.with_encryption_keys(configuration, settings.WHARFINGER.encryption_keys)
    backup = sweep(rows_of_new_backup(configuration, database))
    assert backup.kinds == set()
    assert sweep(files_below(home)).kinds == set()
