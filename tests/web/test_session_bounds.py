"""A session ends a week after the sign-in however busy it is, and what it shows is kept by no browser."""

from datetime import timedelta

import pytest
from tests.factories.people import someone
from tests.web.client import Client

from wharfinger.db.models import AccessEntry
from wharfinger.db.queries.installation.sessions import SIGNED_IN
from wharfinger.domain.installation.people import Role
from wharfinger.web.views.installation.session_bounds import AT_MOST

pytestmark = pytest.mark.django_db
PASSWORD = " Harbour-Lights-2026 "
"""Taken as it is typed, with its spaces."""


@pytest.fixture
def olga():
    person = someone(Role.ADMINISTRATOR, username="olga")
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.mark.parametrize(("age", "goes_on"), [(AT_MOST, True), (AT_MOST + timedelta(seconds=1), False)])
def test_a_session_ends_a_week_after_the_sign_in(both_times, olga, age, goes_on):
    browser = Client()
    browser.force_login(olga)
    session = browser.session
    session[SIGNED_IN] = {"at": (both_times.machine_now() - age).isoformat(), "address": "", "browser": ""}
    session.save()
    answer = browser.get("/")
    assert (answer.status_code == 200) is goes_on
    if not goes_on:
        assert answer["Location"].startswith("/sign-in/")
        assert AccessEntry.objects.filter(what="signed_out", user=olga).exists()
        assert browser.get("/settings/")["Location"].startswith("/sign-in/")


def test_no_browser_keeps_a_page_of_who_is_signed_in(olga):
    browser = Client()
    for address in ("/", "/sales-orders/", "/settings/", "/no-such-page/"):
        assert "no-store" not in browser.get(address).headers.get("Cache-Control", ""), address
    browser.force_login(olga)
    for address in ("/", "/sales-orders/", "/settings/", "/no-such-page/"):
        assert browser.get(address)["Cache-Control"] == "private, no-store", address
    assert browser.post("/sign-out/")["Clear-Site-Data"] == '"cache", "storage"'


def test_a_password_is_taken_as_it_is_typed(olga):
    assert Client().post("/sign-in/", {"username": "olga", "password": PASSWORD.strip()}).status_code == 422
    assert Client().post("/sign-in/", {"username": "olga", "password": PASSWORD})["Location"] == "/"
