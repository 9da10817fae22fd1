"""What monitors read: live, ready, numbers; who may, and that no name of a person or an account is among them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from prometheus_client.parser import text_string_to_metric_families
from tests.factories.accounts import an_account
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.factories.moments import sales_order, stocked_item
from tests.factories.orders import an_imported_order
from tests.web.client import Client

from wharfinger.config import health
from wharfinger.db.models import (
    FlowSchedule,
    Listing,
    OrderCursor,
    PeriodicTaskSchedule,
    Problem,
    RateBudget,
    RawMessage,
    SalesOrder,
    StockNotice,
    WorkerHeartbeat,
)
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutWork
from wharfinger.operations import triggers

pytestmark = pytest.mark.django_db
TOKEN = "a token as long as it must be, 0123456789"


@pytest.fixture
def at_home(settings):
    """An installation whose address is of this machine alone, and that has no token."""
    settings.WHARFINGER = replace(settings.WHARFINGER, public_url="http://127.0.0.1:8000", metrics_token="")
    return settings


def numbers(**headers):
    answer = Client(headers={"host": "127.0.0.1:8000", **headers}).get("/metrics")
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name.removeprefix("wharfinger_"), *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def refuse_all(execute, sql, params, many, context):
    raise DatabaseError("it is down")


@pytest.mark.parametrize("host", ["testserver", "10.0.0.7", "evil.example", ""])
def test_a_process_is_live_while_its_database_is_down_but_not_ready(host, monkeypatch):
    client = Client(headers={"host": host})
    with connection.execute_wrapper(refuse_all):
        assert (client.get("/health/live").status_code, client.get("/health/live").text) == (200, "live\n")
        down = client.get("/health/ready")
    assert (down.status_code, down.text) == (503, "The database does not answer.\n")
    monkeypatch.setattr(health, "_found_ready", False)
    assert (client.get("/health/ready").status_code, client.get("/health/ready").text) == (200, "ready\n")


def test_a_database_of_another_version_is_not_ready(monkeypatch):
    monkeypatch.setattr(health, "_found_ready", False)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('wharfinger', '9999_new', now())")
    newer = Client().get("/health/ready")
    assert (newer.status_code, newer.text) == (
        503,
        "The database is newer than this program: it has had 1 unknown step.\n",
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'wharfinger' AND name > '0020'")
    older = Client().get("/health/ready")
    assert (older.status_code, older.text[:22]) == (503, "The database waits for")


def test_numbers_are_shown_to_this_machine_or_to_who_has_the_token(at_home, settings):
    assert numbers()
    settings.WHARFINGER = replace(settings.WHARFINGER, metrics_token=TOKEN, public_url="https://shop.example")
    assert numbers(host="10.0.0.5", authorization=f"Bearer {TOKEN}")
    assert numbers(host="10.0.0.5", authorization=f"bearer  {TOKEN} ")


@pytest.mark.parametrize(
    ("public_url", "headers", "address"),
    [
        ("http://127.0.0.1:8000", {}, "10.0.0.9"),
        ("http://127.0.0.1:8000", {"host": "shop.example"}, "127.0.0.1"),
        ("https://shop.example", {}, "127.0.0.1"),
        ("http://127.0.0.1:8000", {"x-forwarded-for": "8.8.8.8"}, "127.0.0.1"),
        ("http://127.0.0.1:8000", {"forwarded": "for=8.8.8.8"}, "127.0.0.1"),
        ("https://shop.example", {"authorization": "Bearer "}, "127.0.0.1"),
        ("https://shop.example", {"authorization": f"Bearer {TOKEN[:-1]}"}, "127.0.0.1"),
        ("https://shop.example", {"authorization": f"Basic {TOKEN}"}, "127.0.0.1"),
        ("https://shop.example", {"authorization": "Bearer ümläut"}, "127.0.0.1"),
    ],
)
@pytest.mark.parametrize("token", ["", TOKEN])
def test_others_are_refused_with_the_way(token, public_url, headers, address, settings):
    settings.WHARFINGER = replace(settings.WHARFINGER, public_url=public_url, metrics_token=token)
    answer = Client(headers={"host": "127.0.0.1:8000", **headers}).get("/metrics", REMOTE_ADDR=address)
    assert (answer.status_code, "WHARFINGER_METRICS_TOKEN" in answer.text) == (401, True)
    assert "wharfinger_" not in answer.text


def test_only_reading_is_offered_and_a_database_that_is_down_is_said(at_home):
    client = Client(headers={"host": "127.0.0.1:8000"})
    assert client.post("/metrics").status_code == 405
    with connection.execute_wrapper(refuse_all):
        answer = client.get("/metrics")
    assert (answer.status_code, answer.text) == (503, "The database does not answer.\n")


def test_what_waits_is_late_and_fails_is_counted(at_home):
    account = an_account()
    key = str(account.pk)
    now = at_home.CLOCK.now()
    OrderCursor.objects.create(account=account, after=now - timedelta(minutes=7), caught_up_at=now)
    FlowSchedule.objects.create(account=account, flow="orders_in", due_at=now - timedelta(minutes=2), failures=3)
    PeriodicTaskSchedule.objects.create(task="mail_out", due_at=now, failures=2)
    RateBudget.objects.create(
        account=account, operation="searchOrders", rate=1, burst=20, tokens=12, counted_at=now, calls=40, refused=2
    )
    RawMessage.objects.create(
        account=account, kind="order", key="1", body=b"", source="search", received_at=now - timedelta(hours=1)
    )
    RawMessage.objects.create(
        account=account, kind="order", key="2", body=b"", source="search", state="taken", received_at=NOW
    )
    listing = Listing.objects.create(account=account, sku="MUG", found_at=now)
    StockNotice.objects.create(listing=listing, account=account, cause="c", raised_at=now, again_at=now)
    for kind in (ProblemKind.OVERSOLD, ProblemKind.FLOW_FAILED):
        Problem.objects.create(kind=kind, key=AboutWork(account.pk, "orders_in"), cause="c", opened_at=now, seen_at=now)
    WorkerHeartbeat.objects.create(name="w", seen_at=at_home.CLOCK.machine_now(), started_at=NOW)
    triggers.run_periodic_task("mail_out")
    found = numbers()
    expected = {
        ("account_linked", key): 1,
        ("flow_failures", key, "orders_in"): 3,
        ("task_failures", "mail_out"): 2,
        ("budget_tokens", key, "searchOrders"): 12,
        ("budget_burst", key, "searchOrders"): 20,
        ("calls_total", key, "searchOrders"): 40,
        ("calls_refused_total", key, "searchOrders"): 2,
        ("waiting", key, "raw_messages"): 1,
        ("waiting", key, "quantities"): 1,
        ("open_problems", "oversold"): 1,
        ("open_problems", "flow_failed"): 1,
        ("open_problems", "unknown_sku"): 0,
        ("oversold_items",): 1,
        ("workers",): 1,
        ("jobs", "todo"): 1,
        ("late_orders", "sales_order"): 0,
    }
    assert {name: found[name] for name in expected} == expected
    ages = {
        ("orders_read_age_seconds", key): 7 * 60,
        ("waiting_oldest_seconds", key, "raw_messages"): 60 * 60,
        ("flow_overdue_seconds", key, "orders_in"): 2 * 60,
        ("job_oldest_seconds",): 0,
    }
    assert {name: found[name] for name in ages} == pytest.approx(ages, abs=60)


def test_late_orders_are_those_of_the_board_and_those_not_imported(at_home):
    world = Trading()
    sales_order(world, 1, stocked_item(world, "MUG"))
    late = at_home.CLOCK.now() - timedelta(hours=1)
    SalesOrder.objects.update(ship_by=late)
    an_imported_order(world.fbm, 7, state="failed", ship_by=late)
    found = numbers()
    assert (found["late_orders", "sales_order"], found["late_orders", "not_imported"]) == (1, 1)


def test_no_name_and_no_number_of_an_order_is_among_them(at_home):
    an_account(name="Anna Hopper trading", seller_id="A2ANNA")
    text = Client(headers={"host": "127.0.0.1:8000"}).get("/metrics").text
    assert not any(word in text for word in ("Anna", "Hopper", "A2ANNA"))


def test_their_cost_does_not_grow_with_accounts(at_home, django_assert_num_queries):
    for name in ("A", "B", "C"):
        an_account(name=name, seller_id=f"A{name}")
        with django_assert_num_queries(20):
            numbers()
