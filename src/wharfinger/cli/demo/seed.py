"""Fills a demo system: its Amazon application, people, sites, courier services, stock items with levels.

Asks the simulator what its sellers list, so that the demo's own stock fits. Safe to run twice.
"""

import argparse
import csv
import io
import random
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import httpx2
from django.conf import settings

from wharfinger.cli.console import print_line
from wharfinger.cli.demo import seed_portal, seed_royal_mail
from wharfinger.cli.failures import CommandFailed
from wharfinger.config.environment import Configuration
from wharfinger.db.models import AmazonApplication, CourierService, Site, StockItem, User
from wharfinger.db.queries.orders.vat import registration_rows
from wharfinger.domain.access.authorisation import ROLES, ApplicationKind
from wharfinger.domain.installation.people import Role
from wharfinger.domain.marketplaces import Pool
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.domain.vat_facts import Registration, RegistrationKind
from wharfinger.operations.access import applications
from wharfinger.operations.access.applications import ApplicationEntry, QueueEntry
from wharfinger.operations.installation import users, vat_settings
from wharfinger.operations.installation.running_shop import ask_for_running_shop
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import couriers
from wharfinger.operations.shipping.couriers import ServiceEntry
from wharfinger.operations.stock import stock_csv
from wharfinger.operations.stock.warehouse import sites
from wharfinger.operations.stock.warehouse.sites import SiteEntry
from wharfinger.web.forms.sign_in import DEMO_PASSWORD

WAREHOUSE = "Main warehouse"
PEOPLE = (
    ("olga", "Olga Owner", Role.ADMINISTRATOR),
    ("sam", "Sam Stock-Manager", Role.MANAGER),
    ("petra", "Petra Packer", Role.WAREHOUSE),
    ("ben", "Ben Book-Keeper", Role.ACCOUNTS),
    ("vera", "Vera Viewer", Role.VIEWER),
)
SITES = (
    SiteEntry(WAREHOUSE, SiteKind.OWN, address="1 Quay Street, Hull"),
    SiteEntry("FBA UK", SiteKind.FBA, Pool.UK),
    SiteEntry("FBA Europe", SiteKind.FBA, Pool.EU),
    SiteEntry("FBA North America", SiteKind.FBA, Pool.NA),
)
SERVICES = (
    ServiceEntry("Demo Courier", "Tracked 24", Tracking.AT_ONCE, True, "DC", "Other", "Demo Courier"),
    ServiceEntry("Royal Mail", "Tracked 48", Tracking.BY_HAND, False, "", "Royal Mail", ""),
    ServiceEntry("DPD", "Next Day", Tracking.BY_HAND, False, "", "DPD", ""),
    ServiceEntry("UPS", "Ground", Tracking.BY_HAND, False, "", "UPS", ""),
    ServiceEntry("Parcel desk", "Standard", Tracking.TYPED_LATER, False, "", "Other", "Parcel desk"),
)


COUNTRIES = {WAREHOUSE: "GB", "FBA UK": "GB", "FBA North America": "US"}
"""Where goods leave from; Amazon's pool of Europe stands in several."""
_KINDS = {"private": ApplicationKind.PRIVATE, "public": ApplicationKind.LISTED, "unlisted": ApplicationKind.UNLISTED}
"""The simulator's words for what an application may do."""


def run(arguments: argparse.Namespace) -> int:
    """The command `wharfinger seed`: demo systems only."""
    configuration: Configuration = settings.WHARFINGER
    if configuration.system != "demo" or configuration.simulator_url is None:
        raise CommandFailed("Only a demo system with a simulator is seeded. Start “wharfinger demo”.")
    now = settings.CLOCK.now()
    accounts = _ask(configuration.simulator_url, "accounts")
    queue = seed_portal.register(configuration.simulator_url, f"{configuration.public_url}/amazon/authorise")
    _seed_application(accounts["application"], queue, now)
    _seed_people(configuration, now)
    _seed_sites_and_services(now)
    _seed_vat(now)
    _seed_items(_ask(configuration.simulator_url, "books?orders=0"), now)
    if configuration.click_and_drop_url is not None:
        seed_royal_mail.connect(now)
    if arguments.shop == "running":
        _ask_for_running_shop(now)
    return 0


def _ask_for_running_shop(now: datetime) -> None:
    """The worker makes it as soon as it is there. One that is there already stays as it is."""
    owner = User.objects.get(username=PEOPLE[0][0])
    try:
        ask_for_running_shop(user=owner, now=now, machine_now=settings.CLOCK.machine_now())
    except Refused as refused:
        print_line(refused.message)


def _seed_vat(now: datetime) -> None:
    """The demo's company is British: its own goods leave from Hull, and it is registered there."""
    if registration_rows():
        return
    user = User.objects.get(username="olga")
    for site in Site.objects.filter(name__in=COUNTRIES):
        vat_settings.set_site_country(site.pk, COUNTRIES[site.name], now=now, user=user)
    registered = Registration(RegistrationKind.VAT, "GB", date(2021, 1, 1), number="GB123456782", established=True)
    vat_settings.add_registration(registered, now=now, user=user)


def _ask(simulator: str, what: str) -> Mapping[str, Any]:
    answer = httpx2.get(f"{simulator}/_simulator/{what}", timeout=30, trust_env=False)
    answer.raise_for_status()
    payload: Mapping[str, Any] = answer.json()
    return payload


def _seed_application(application: Mapping[str, Any], queue: QueueEntry, now: datetime) -> None:
    if not AmazonApplication.objects.exists():
        entry = ApplicationEntry(
            application_id=application["applicationId"],
            client_id=application["clientId"],
            client_secret=application["clientSecret"],
            is_draft=application["draft"],
            kind=_KINDS.get(application.get("kind", ""), ApplicationKind.UNLISTED),
            name="Wharfinger (demo)",
            roles=tuple(role.name for role in ROLES if role.name in application["roles"]),
            queue=queue,
        )
        applications.save_application(entry, now=now)


def _seed_people(configuration: Configuration, now: datetime) -> None:
    known = set(User.objects.values_list("username", flat=True))
    for username, full_name, role in PEOPLE:
        if username not in known:
            email = f"{username}@harbour.example"
            users.add_user(
                username=username, full_name=full_name, email=email, role=role, password=DEMO_PASSWORD, now=now
            )
    lines = [f"{username:<8} {role.label:<14} {DEMO_PASSWORD}" for username, _, role in PEOPLE]
    (configuration.home / "people.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _seed_sites_and_services(now: datetime) -> None:
    known_sites = set(Site.objects.values_list("name", flat=True))
    for site in SITES:
        if site.name not in known_sites:
            sites.create_site(site, now=now)
    known_services = set(CourierService.objects.values_list("courier", "name"))
    for service in SERVICES:
        if (service.courier, service.name) not in known_services:
            couriers.create_service(service, now=now)


def _seed_items(books: Mapping[str, Any], now: datetime) -> None:
    """One stock item for each SKU that the sellers list; goods that are sent by the seller lie in the warehouse."""
    if StockItem.objects.exists():
        return
    chance = random.Random(1)
    titles: dict[str, tuple[str, bool]] = {}
    for listing in books["listings"]:
        if listing.get("listed", True):
            own = listing["channelCode"] == "DEFAULT"
            titles[listing["sku"]] = (listing["title"], own or titles.get(listing["sku"], ("", False))[1])
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(stock_csv.COLUMNS)
    for place, (sku, (title, own)) in enumerate(sorted(titles.items())):
        quantity = str(chance.randint(60, 160)) if own else ""
        where = [WAREHOUSE, quantity, "receive", f"{'ABC'[place % 3]}-{place // 3 + 1:02}"] if own else [""] * 4
        table.writerow([sku, title, "", "", *where])
    stock_csv.apply_csv(text.getvalue(), now=now)
