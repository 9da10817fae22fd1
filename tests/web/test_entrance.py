"""In and out: signing in, the first administrator, and the reader's own zone."""

import logging
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.web.client import Client

from wharfinger.config.logs import JsonLines
from wharfinger.db.models import SetupLink, User
from wharfinger.domain.installation.people import Role
from wharfinger.domain.installation.sign_in import SETUP_LINK_LIVES
from wharfinger.operations.installation import users
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db

PASSWORD = "Quay-Side-Lantern-77"


@pytest.fixture
def olga(clock):
    return users.add_user(
        username="Olga", full_name="Olga Owner", email="", role=Role.ADMINISTRATOR, password=PASSWORD, now=clock.now()
    )


def _try(client, password, **more):
    return client.post(reverse("sign-in"), {"username": "olga", "password": password, **more})


def test_who_signs_in_comes_to_the_page_that_was_requested(olga):
    client = Client()
    answer = client.get("/channels/")
    assert answer["Location"] == "/sign-in/?next=/channels/"
    assert _try(client, PASSWORD, next="/channels/")["Location"] == "/channels/"
    assert client.get("/channels/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com/", "javascript:alert(1)", "/\\example.com"]
)
def test_signing_in_leads_to_no_other_site(elsewhere, olga):
    assert _try(Client(), PASSWORD, next=elsewhere)["Location"] == "/"


def test_who_signs_out_is_out(olga):
    client = Client()
    _try(client, PASSWORD)
    assert client.get(reverse("sign-out")).status_code == 405
    assert client.post(reverse("sign-out"))["Location"] == "/sign-in/"
    assert client.get("/")["Location"] == "/sign-in/?next=/"


def test_people_are_listed_only_where_amazon_is_pretended(olga, settings):
    listed = Client().get(reverse("sign-in")).text
    assert settings.WHARFINGER.simulator_url is None
    assert "Olga Owner" not in listed


def _setup_code(clock):
    return users.first_administrator_link("https://stock.example", now=clock.machine_now()).partition("#")[2]


def test_the_link_of_the_first_administrator_works_once_and_only_its_hash_is_kept(clock):
    link = users.first_administrator_link("https://stock.example", now=clock.machine_now())
    page, _, code = link.partition("#")
    assert page == "https://stock.example/setup/"
    assert code not in str(SetupLink.objects.values())
    client = Client()
    assert "One-time link" in client.get("/setup/").text
    assert "Create the first administrator" in client.post("/setup/", {"code": code}).text
    form = {"code": code, "username": "ann", "full_name": "Ann Owner", "password": "short"}
    refused = client.post("/setup/", form)
    assert refused.status_code == 422
    assert "Ann Owner" in refused.text
    assert not User.objects.exists()
    assert client.post("/setup/", {**form, "password": PASSWORD})["Location"] == "/"
    assert client.get("/").status_code == 200
    assert User.objects.get().role == Role.ADMINISTRATOR.value
    assert Client().post("/setup/", {"code": code}).status_code == 404
    assert Client().post("/setup/", {**form, "username": "eve", "password": PASSWORD}).status_code == 404
    assert users.first_administrator_link("https://stock.example", now=clock.machine_now()) is None


def test_a_new_link_ends_the_one_before_and_an_hour_ends_each(both_times):
    first, second = _setup_code(both_times), _setup_code(both_times)
    assert Client().post("/setup/", {"code": first}).status_code == 404
    assert Client().post("/setup/", {"code": second}).status_code == 200
    both_times.advance(SETUP_LINK_LIVES - timedelta(seconds=1))
    assert Client().post("/setup/", {"code": second}).status_code == 200
    both_times.advance(timedelta(seconds=1))
    late = {"code": second, "username": "ann", "full_name": "Ann", "password": PASSWORD}
    assert Client().post("/setup/", late).status_code == 404
    assert not User.objects.exists()


@pytest.mark.parametrize("address", ["/setup/", "/password/"])
@pytest.mark.parametrize("code", ["", "0", "1.", "9" * 40 + ".x", "½.x", "1.a\x00b", "x" * 5000])
def test_a_code_that_is_none_does_nothing(address, code, olga):
    answer = Client().post(address, {"code": code, "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 404
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("same-origin", "no-store")


def test_no_log_holds_the_code_of_a_link_while_it_works(clock, caplog):
    caplog.set_level(logging.DEBUG)
    code = _setup_code(clock)
    client = Client()
    client.get("/setup/")
    form = {"code": code, "username": "ann", "full_name": "Ann Owner", "password": "short"}
    assert client.post("/setup/", form).status_code == 422
    Client(enforce_csrf_checks=True).post("/setup/", form)
    Client().get(f"/setup/{code}/")
    Client().get(f"/password/{code}/")
    written = "\n".join(JsonLines().format(record) for record in caplog.records)
    assert "Unprocessable" in written
    assert "Not Found" in written
    assert code not in written


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "two words"}, "username"),
        ({"username": "OLGA"}, "username"),
        ({"full_name": " "}, "full_name"),
        ({"password": "harbour"}, "password"),
        ({"password": "123456789012"}, "password"),
    ],
)
def test_a_person_is_refused_by_the_field_that_is_wrong(changes, field, olga, clock):
    person = {"username": "sam", "full_name": "Sam", "email": "", "role": Role.MANAGER, "password": PASSWORD, **changes}
    with pytest.raises(Refused) as refused:
        users.add_user(**person, now=clock.now())
    assert refused.value.field == field
    assert User.objects.count() == 1


def test_times_are_shown_in_the_readers_own_zone_and_today_stays_the_marketplaces(sign_in, clock):
    world, client = Trading(), sign_in()
    moments.imported_order(world, 1, placed_at=NOW.replace(hour=3))
    address = reverse("imported-order-list")
    assert "24 Nov" in client.get(address).text
    assert client.get("/").context["board"].orders_today == 1
    assert client.post(reverse("settings"), {"time_zone": "America/New_York"}).status_code == 302
    shown = client.get(address).text
    assert "23 Nov" in shown
    assert "22:00" in shown
    assert client.get("/").context["board"].orders_today == 1


def test_one_readers_zone_is_not_the_next_readers(sign_in):
    sign_in().post(reverse("settings"), {"time_zone": "Asia/Tokyo"})
    Client().get("/")
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_zone_that_there_is_not_is_refused(sign_in):
    client = sign_in()
    assert client.post(reverse("settings"), {"time_zone": "Moon/Harbour"}).status_code == 422
    assert User.objects.get().time_zone != "Moon/Harbour"
