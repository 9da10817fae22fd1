"""In and out: signing in, the lock-out, the first administrator, and the reader's own zone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.web import stories
from tests.web.stories import NOW

from wharfinger.db.models import SetupLink, User
from wharfinger.domain.people import Role
from wharfinger.operations import users
from wharfinger.operations.refusals import Refused
from wharfinger.operations.users import FAILURES_BEFORE_LOCK_OUT, LOCKED_FOR

pytestmark = pytest.mark.django_db

PASSWORD = "Quay-Side-Lantern-77"


@pytest.fixture
def olga(clock):
    return users.add_user(
        username="Olga", full_name="Olga Owner", email="", role=Role.ADMINISTRATOR, password=PASSWORD, now=clock.now()
    )


def _try(client, password, **more):
    return client.post(reverse("sign-in"), {"username": "olga", "password": password, **more})


def test_who_signs_in_comes_to_the_page_that_was_asked_for(olga):
    client = Client()
    asked = client.get("/channels/")
    assert asked["Location"] == "/sign-in/?next=/channels/"
    assert _try(client, PASSWORD, next="/channels/")["Location"] == "/channels/"
    assert client.get("/channels/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com/", "javascript:alert(1)", "/\\example.com"]
)
def test_signing_in_leads_to_no_other_site(elsewhere, olga):
    assert _try(Client(), PASSWORD, next=elsewhere)["Location"] == "/"


def test_a_wrong_password_says_so_and_is_not_shown_again(olga):
    answer = _try(Client(), "Wrong-Password-1")
    assert answer.status_code == 422
    assert "do not fit together" in answer.text
    assert "Wrong-Password-1" not in answer.text


def test_the_tenth_wrong_password_locks_for_a_quarter_of_an_hour_even_the_right_one(olga, clock, settings):
    client = Client()
    for _ in range(FAILURES_BEFORE_LOCK_OUT):
        _try(client, "Wrong-Password-1")
    locked = _try(client, PASSWORD)
    assert locked.status_code == 422
    assert "Too many wrong passwords" in locked.text
    until = User.objects.get(pk=olga.pk).locked_until
    users.note_failed_sign_in("olga", now=until - timedelta(minutes=1))
    assert users.locked_until("olga", now=until - timedelta(seconds=1)) == until
    assert users.locked_until("olga", now=until) is None
    assert timedelta(minutes=15) == LOCKED_FOR


def test_nine_wrong_passwords_are_forgotten_after_the_right_one(olga):
    client = Client()
    for _ in range(FAILURES_BEFORE_LOCK_OUT - 1):
        _try(client, "Wrong-Password-1")
    assert _try(client, PASSWORD).status_code == 302
    assert _try(Client(), "Wrong-Password-1").status_code == 422
    assert _try(Client(), PASSWORD).status_code == 302


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


def test_the_link_of_the_first_administrator_works_once_and_only_its_hash_is_kept(clock):
    link = users.first_administrator_link("https://stock.example", now=clock.machine_now())
    path = link.removeprefix("https://stock.example")
    token = path.split("/")[2]
    assert token not in str(SetupLink.objects.values())
    client = Client()
    told = {"username": "ann", "full_name": "Ann Owner", "password": "short"}
    refused = client.post(path, told)
    assert refused.status_code == 422
    assert "Ann Owner" in refused.text
    assert not User.objects.exists()
    assert client.post(path, {**told, "password": PASSWORD})["Location"] == "/"
    assert client.get("/").status_code == 200
    assert User.objects.get().role == Role.ADMINISTRATOR.value
    assert Client().get(path).status_code == 404
    assert Client().post(path, {**told, "username": "eve", "password": PASSWORD}).status_code == 404
    assert users.first_administrator_link("https://stock.example", now=clock.machine_now()) is None


def test_a_new_link_ends_the_one_before(clock):
    first, second = (users.first_administrator_link("", now=clock.machine_now()) for _ in range(2))
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


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
    told = {"username": "sam", "full_name": "Sam", "email": "", "role": Role.MANAGER, "password": PASSWORD, **changes}
    with pytest.raises(Refused) as refused:
        users.add_user(**told, now=clock.now())
    assert refused.value.field == field
    assert User.objects.count() == 1


def test_times_are_shown_in_the_readers_own_zone_and_today_stays_the_marketplaces(sign_in, clock):
    world, client = stories.shop(), sign_in()
    stories.imported_order(world, 1, placed_at=NOW.replace(hour=3))
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
    assert client.post(reverse("settings"), {"time_zone": "Moon/Harbour"}).status_code in (200, 422)
    assert User.objects.get().time_zone != "Moon/Harbour"
