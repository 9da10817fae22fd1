"""A live system has no courier services of its own: New Channel leads to the page that makes one, and back."""

from datetime import UTC, datetime

import pytest
from tests.factories.stock import a_site
from tests.web.client import Client
from tests.web.wizard import FBM, begin, walk

from wharfinger.db.models import Channel, CourierService, User

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)


def signed_in(role="administrator"):
    client = Client()
    client.force_login(User.objects.create(username=role.lower(), full_name=role, role=role))
    return client


def a_service(**changes):
    form = {
        "courier": "Royal Mail",
        "name": "Tracked 24",
        "tracking": "at_once",
        "amazon_carrier_code": "Royal Mail",
        "active": "on",
    }
    return {**form, **changes}


def test_the_code_other_wants_a_name_and_says_so_by_the_field():
    answer = signed_in().post("/settings/couriers/new/", a_service(amazon_carrier_code="Other"))
    assert (answer.status_code, "name too" in answer.content.decode()) == (422, True)
    assert CourierService.objects.count() == 0


def test_a_next_page_that_is_not_ours_is_not_followed():
    answer = signed_in().post("/settings/couriers/new/?next=//evil.example/", a_service())
    assert answer["Location"] == "/settings/couriers/"


@pytest.mark.parametrize("role", ["warehouse", "accounts", "viewer"])
def test_other_roles_see_channels_but_may_not_edit_them(role):
    client = signed_in(role)
    assert client.get("/channels/").status_code == 200
    for address in ("/channels/new/", "/channels/new/fbm/", "/settings/couriers/new/", "/settings/amazon-application/"):
        assert client.get(address).status_code == 403, address


@pytest.mark.parametrize("address", ["/", "/channels/", "/sales-orders/", "/settings/"])
def test_nobody_sees_a_page_without_signing_in(address):
    answer = Client().get(address)
    assert (answer.status_code, answer["Location"].startswith("/sign-in/")) == (302, True)


def a_channel_made(client):
    """Made step by step; returns what its Edit form sends back."""
    client.post("/settings/couriers/new/", a_service())
    site = a_site("Warehouse")
    chosen = {"site_id": str(site.pk), "courier_service_id": str(CourierService.objects.get().pk)}
    walk(client, begin(client), options=chosen)
    form = {name: value for step in ("general", "specific") for name, value in FBM[step].items()}
    return {**form, **chosen}


def test_a_channel_is_made_shown_and_edited_by_its_pages():
    client = signed_in()
    form = a_channel_made(client)
    channel = Channel.objects.get()
    assert "Waiting for authorisation" in client.get(f"/channels/{channel.pk}/").content.decode()
    for tab in ("shipping", "feedback", "activity", "orders", "products", "stock"):
        assert client.get(f"/channels/{channel.pk}/{tab}/").status_code == 200, tab
    answer = client.post(f"/channels/{channel.pk}/edit/", {**form, "name": "Renamed", "version": "1"})
    assert (answer.status_code, Channel.objects.get().name) == (302, "Renamed")
    answer = client.post(f"/channels/{channel.pk}/edit/", {**form, "name": "Too late", "version": "1"})
    assert (answer.status_code, "while you were editing" in answer.content.decode()) == (409, True)
    assert Channel.objects.get().name == "Renamed"


@pytest.mark.parametrize("query", ["", "?state=unknown&spapi_oauth_code=x", "?error=access_denied"])
def test_a_return_that_belongs_to_no_authorisation_is_explained_and_tells_nobody_its_address(query):
    answer = Client().get(f"/amazon/callback{query}")
    assert (answer.status_code, answer["Referrer-Policy"]) == (400, "no-referrer")
    assert "Nothing was linked" in answer.content.decode()


def test_the_channel_list_costs_the_same_for_one_and_for_three(django_assert_max_num_queries):
    a_channel_made(signed_in())
    client = signed_in("manager")
    with django_assert_max_num_queries(14):
        client.get("/channels/")
