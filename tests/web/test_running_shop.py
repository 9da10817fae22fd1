"""The first minutes: the welcome page's two ways, and the running shop that only a demo's administrator may ask for."""

from dataclasses import replace

import pytest
from django.utils.html import escape
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.factories.cast import Trading

from wharfinger.db.models import RunningShop
from wharfinger.domain.installation.people import Role
from wharfinger.domain.installation.running_shop import DAYS, STEPS
from wharfinger.operations.installation import running_shop

pytestmark = pytest.mark.django_db
BUTTON = "Show me a running shop"


@pytest.fixture
def demo(settings):
    settings.WHARFINGER = replace(settings.WHARFINGER, system="demo", simulator_url="http://127.0.0.1:1")


def jobs():
    return list(ProcrastinateJob.objects.values_list("task_name", flat=True))


def test_the_welcome_page_of_a_demo_offers_two_ways(demo, sign_in):
    page = sign_in().get("/").text
    assert ("Set up your first channel" in page, BUTTON in page, "/channels/new/" in page) == (True, True, True)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.WAREHOUSE, Role.ACCOUNTS])
def test_only_an_administrator_is_offered_the_running_shop_and_may_have_it(demo, sign_in, role):
    client = sign_in(role)
    assert BUTTON not in client.get("/").text
    assert client.post("/running-shop/begin/").status_code == 403
    assert not RunningShop.objects.exists()


def test_a_live_system_has_none_to_show(sign_in, settings):
    settings.WHARFINGER = replace(settings.WHARFINGER, system="live")
    client = sign_in()
    assert BUTTON not in client.get("/").text
    assert "Only a demo system" in client.post("/running-shop/begin/", follow=True).text
    assert (RunningShop.objects.exists(), jobs()) == (False, [])


def test_one_click_has_the_worker_make_it_and_the_page_tells_how_far_it_is(demo, sign_in):
    client = sign_in()
    assert client.post("/running-shop/begin/")["Location"] == "/running-shop/"
    assert jobs() == ["open_shop"]
    page = client.get("/running-shop/").text
    assert all(escape(step) in page for step in STEPS)
    assert f"0 of {DAYS} days, 0 orders" in page
    running_shop.note_step(3)
    running_shop.note_day(2)
    page = client.get("/running-shop/").text
    assert (page.count("check-good"), f"2 of {DAYS} days" in page, "every 1s" in page) == (3, True, True)
    assert "The running shop is being set up" in client.get("/").text


def test_a_shop_that_stopped_says_why_and_can_be_tried_again(demo, sign_in, clock):
    client = sign_in()
    client.post("/running-shop/begin/")
    running_shop.end_running_shop(machine_now=clock.machine_now(), error="Waited until the listings are read.")
    page = client.get("/running-shop/").text
    assert ("Waited until the listings are read." in page, "Try again" in page) == (True, True)
    Trading()  # what was made before it stopped
    client.post("/running-shop/begin/")
    assert RunningShop.objects.get().state == "running"


def test_a_shop_that_is_done_is_not_made_twice(demo, sign_in, clock):
    client = sign_in()
    client.post("/running-shop/begin/")
    running_shop.end_running_shop(machine_now=clock.machine_now())
    assert "The shop is running" in client.get("/running-shop/").text
    assert "is already set up" in client.post("/running-shop/begin/", follow=True).text


def test_where_there_are_channels_already_it_is_not_begun(demo, sign_in):
    Trading()
    assert "already has channels" in sign_in().post("/running-shop/begin/", follow=True).text
    assert not RunningShop.objects.exists()


def test_without_one_the_page_leads_to_the_dashboard(sign_in):
    assert sign_in().get("/running-shop/")["Location"] == "/"
