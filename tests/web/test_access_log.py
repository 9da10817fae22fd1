"""Who reads buyers' data and who signs in stands in the access log, and no buyer does."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client as PlainClient
from tests.factories.ground import NOW
from tests.factories.people import someone
from tests.sync.orders_world import World
from tests.web.client import Client
from tests.web.rights_table import rows as addresses
from tests.web.test_personal_data import CANARY, an_order, rows_with

from wharfinger.db.models import AccessEntry, Customer, ImportedOrder, OrderAttachment, RawMessage, SalesOrder, User
from wharfinger.domain.installation.access_log import KEPT, Access, kinds_of
from wharfinger.domain.installation.people import Role
from wharfinger.operations.installation import access_log
from wharfinger.operations.orders.actions import attachments, notes

pytestmark = pytest.mark.django_db
PASSWORD = "Harbour-Lights-2026"
WRONG = "Somebody-Elses-2026"


@pytest.fixture
def world(clock):
    world = World()
    world.item("MUG", 10)
    world.hear(an_order())
    return world


def entries(**wanted):
    rows = AccessEntry.objects.filter(**wanted).order_by("pk")
    return [(row.what, row.subject, row.subject_id, row.details) for row in rows]


def order_id():
    return SalesOrder.objects.values_list("pk", flat=True).get()


def browser(role=Role.ADMINISTRATOR, **more):
    client = Client(**more)
    client.force_login(User.objects.filter(role=role.value).first() or someone(role))
    AccessEntry.objects.all().delete()
    return client


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_every_page_and_file_that_shows_a_buyer_is_in_the_log(world):
    """By a canary in everything that a buyer wrote: whatever answers with it has written an entry."""
    sale = SalesOrder.objects.get()
    who = someone(Role.ADMINISTRATOR)
    notes.add_note(sale.pk, text=f"{CANARY} rang", now=NOW, user=who)
    attachments.attach_file(sale.pk, name="a.txt", content=CANARY.encode(), now=NOW, user=who)
    client = browser()
    held = {"order_id": sale.pk, "customer_id": Customer.objects.get(generic=False).pk}
    silent, spoken = set(), set()
    for row in addresses():
        if "GET" not in row.methods or row.name in {"sign-in", "sign-out"}:
            continue
        address = "/" + row.address
        for name, value in {**row.arguments, **_arguments(row, held)}.items():
            address = address.replace(f"<int:{name}>", str(value)).replace(f"<str:{name}>", str(value))
        before = AccessEntry.objects.count()
        answer = client.get(address)
        if CANARY.encode() in body(answer):
            (spoken if AccessEntry.objects.count() > before else silent).add(row.address)
    assert silent == set()
    assert {
        "sales-orders/<int:order_id>/",
        "sales-orders/",
        "sales-orders/export.csv",
        "customers/",
        "customers/<int:customer_id>/",
        "imported-orders/<int:order_id>/messages/<int:message_id>/",
        "settings/audit/",
        "sales-orders/<int:order_id>/edit-address/",
    } <= spoken
    assert "wharfinger_accessentry" not in rows_with(CANARY)


def _arguments(row, held):
    found = dict(held)
    if row.address.startswith("imported-orders/"):
        imported = ImportedOrder.objects.get()
        message = RawMessage.objects.order_by("pk").first()
        found |= {"order_id": imported.pk, "message_id": message.pk if message else 1}
    if "attachment_id" in row.arguments:
        found["attachment_id"] = OrderAttachment.objects.get().pk
    return {name: value for name, value in found.items() if name in row.arguments}


@pytest.mark.parametrize("role", Role)
def test_an_orders_page_is_a_reading_for_whoever_may_see_the_buyer(world, role):
    client = browser(role, REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Firefox/140.0")
    client.get(f"/sales-orders/{order_id()}/")
    expected = [] if role is Role.VIEWER else [(Access.ORDER, "sales_order", order_id(), "")]
    assert entries() == expected
    for row in AccessEntry.objects.all():
        assert (row.at, row.address, row.browser) == (NOW, "203.0.113.9", "Firefox, Linux")
        assert row.user.role == role


def test_a_page_that_renews_itself_is_one_reading_an_hour(world, clock):
    client = browser()
    address = f"/imported-orders/{ImportedOrder.objects.get().pk}/"
    for _ in range(3):
        client.get(address, HTTP_HX_TARGET="facts", HTTP_HX_REQUEST="true")
    assert len(entries()) == 1
    clock.advance(timedelta(minutes=61))
    client.get(address, HTTP_HX_TARGET="facts", HTTP_HX_REQUEST="true")
    assert len(entries()) == 2


def test_a_list_says_how_many_rows_it_showed_and_a_search_never_what_for(world):
    client = browser()
    client.get("/sales-orders/")
    client.get("/sales-orders/", {"q": CANARY})
    client.get("/search/", {"q": CANARY})
    body(client.get("/sales-orders/export.xlsx"))
    assert entries() == [
        (Access.LIST, "", None, "sales_orders"),
        (Access.SEARCH, "", None, "sales_orders"),
        (Access.SEARCH, "", None, "everywhere"),
        (Access.EXPORT, "", None, "sales_orders.xlsx"),
    ]
    assert AccessEntry.objects.order_by("pk").first().rows == 1


def test_a_list_without_the_column_of_buyers_is_no_reading(world):
    client = browser()
    client.get("/sales-orders/?columns=order,state")
    body(client.get("/sales-orders/export.csv?columns=order,state"))
    assert entries() == []


def test_a_log_that_cannot_be_written_refuses_no_page(world, monkeypatch, caplog):
    client = browser()

    def fail(*_args, **_more):
        raise OperationalError("could not extend file: No space left on device")

    monkeypatch.setattr(AccessEntry.objects, "bulk_create", fail)
    assert client.get(f"/sales-orders/{order_id()}/").status_code == 200
    assert "The access log could not be written: OperationalError" in caplog.text
    assert entries() == []


def test_a_page_costs_one_entry_and_no_statement_more_than_it_needs(world, django_assert_max_num_queries):
    who = someone(Role.WAREHOUSE)
    with django_assert_max_num_queries(4) as statements:  # BEGIN and COMMIT are not counted, in a test savepoints are
        access_log.record(
            [access_log.Reading(Access.ORDER, who.pk)],
            address="",
            browser="",
            now=NOW,
        )
    assert len([each for each in statements.captured_queries if "INSERT" in each["sql"]]) == 1


def test_an_orders_page_shows_who_has_read_it_to_those_who_see_the_audit_log(world):
    browser(Role.WAREHOUSE).get(f"/sales-orders/{order_id()}/")
    accounts = Client()
    accounts.force_login(someone(Role.ACCOUNTS))
    page = accounts.get(f"/sales-orders/{order_id()}/").text
    assert "Who has read this" not in page
    manager = Client()
    manager.force_login(someone(Role.MANAGER))
    page = manager.get(f"/sales-orders/{order_id()}/").text
    shown = page[page.index("Who has read this") :]
    assert str(User.objects.get(role=Role.WAREHOUSE)) in shown
    assert str(User.objects.get(role=Role.ACCOUNTS)) in shown
    assert "Access log</a>" not in shown


# --- signing in


def sign_in(client, name="olga", password=PASSWORD):
    return client.post("/sign-in/", {"username": name, "password": password})


@pytest.fixture
def olga(clock):
    who = someone(Role.ADMINISTRATOR)
    who.username = "olga"
    who.set_password(PASSWORD)
    who.save()
    return who


def signing(user=None):
    return [(row.what, row.user_id) for row in AccessEntry.objects.order_by("pk")]


def test_signing_in_and_out(olga):
    client = PlainClient(REMOTE_ADDR="198.51.100.7")
    sign_in(client)
    client.post("/sign-out/")
    assert signing() == [(Access.SIGNED_IN, olga.pk), (Access.SIGNED_OUT, olga.pk)]
    assert set(AccessEntry.objects.values_list("address", flat=True)) == {"198.51.100.7"}


def test_a_failure_names_whom_and_a_strange_name_is_kept_nowhere(olga):
    client = PlainClient()
    sign_in(client, password=WRONG)
    sign_in(client, name="Mein-Passwort-2026", password="x")
    assert signing() == [(Access.SIGN_IN_FAILED, olga.pk), (Access.SIGN_IN_FAILED, None)]
    assert rows_with("Mein-Passwort-2026") == []


def test_the_failure_that_begins_a_pause_is_a_lock_out_and_attempts_in_it_are_not_counted(olga):
    client = PlainClient()
    for _ in range(12):
        sign_in(client, password=WRONG)
    assert [what for what, _ in signing()] == [Access.SIGN_IN_FAILED] * 5 + [Access.LOCKED_OUT]


def test_a_new_password_is_in_the_log(olga):
    client = Client()
    client.force_login(olga)
    new = {"old": PASSWORD, "password": "Quay-Lanterns-2027", "again": "Quay-Lanterns-2027"}
    client.post("/account/password/", {**new, "old": WRONG})
    client.post("/account/password/", new)
    assert signing() == [(Access.SIGN_IN_FAILED, olga.pk), (Access.PASSWORD_CHANGED, olga.pk)]


# --- the page


def test_the_page_filters_by_person_kind_order_and_day(world, clock):
    someone(Role.WAREHOUSE)
    browser(Role.WAREHOUSE).get(f"/sales-orders/{order_id()}/")
    admin = Client()
    admin.force_login(User.objects.filter(role=Role.ADMINISTRATOR).first() or someone(Role.ADMINISTRATOR))
    admin.get("/customers/")
    sign_in(PlainClient(), name="nobody", password=WRONG)
    ben = User.objects.get(role=Role.WAREHOUSE)
    code = SalesOrder.objects.get().code

    def table(**wanted):
        page = admin.get("/settings/access-log/", wanted).text
        return page[page.index("<tbody") :] if "<tbody" in page else ""

    assert f">{code}</a>" in table()
    assert "Customers" in table(what="list")
    assert code not in table(what="list")
    assert code in table(person=ben.pk)
    assert "Customers" not in table(person=ben.pk)
    assert code in table(order=code)
    assert code in table(order=ImportedOrder.objects.get().amazon_order_id)
    assert table(order="SO-999999") == ""
    assert "a name that is nobody's" in table(what="signing_in").replace("&#x27;", "'")
    assert '<span class="pill pill-bad">Sign-in failed</span>' in table(what="sign_in_failed")
    assert table(date_to="2020-01-01") == ""
    file = body(admin.get("/settings/access-log/export.csv", {"what": "order"})).decode()
    assert code in file
    assert "Customers" not in file
    assert CANARY not in file


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_open_it(world, role):
    client = browser(role)
    assert client.get("/settings/access-log/").status_code == 403
    assert client.get("/settings/access-log/export.csv").status_code == 403


def test_it_is_erased_by_the_clock_after_twelve_months(world):
    who = someone(Role.ADMINISTRATOR)
    for age in (timedelta(days=364), KEPT + timedelta(seconds=1)):
        reading = access_log.Reading(Access.SIGNED_IN, who.pk)
        access_log.record([reading], address="", browser="", now=NOW - age)
    assert access_log.erase_old(now=NOW) == 1
    assert [row.at for row in AccessEntry.objects.all()] == [NOW - timedelta(days=364)]


def test_groups_and_kinds_of_the_filter_cover_everything():
    assert {*kinds_of("readings"), *kinds_of("signing_in")} == set(Access)
    assert list(kinds_of("order")) == [Access.ORDER]
    assert list(kinds_of("nonsense")) == list(kinds_of("")) == []
