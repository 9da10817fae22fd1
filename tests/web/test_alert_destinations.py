"""Settings, Where alerts go: entered, tested and removed by administrators; the address is never shown."""

import pytest
from tests.factories.alerts import an_alert

from wharfinger.db.models import AlertDestination, Installation
from wharfinger.domain.installation.people import Role
from wharfinger.operations.installation import destinations

pytestmark = pytest.mark.django_db
SECRET = "s3cret-path"
ENTRY = {
    "name": "Chat",
    "kind": "slack",
    "address": f"https://hooks.example/{SECRET}",
    "digest": "60",
    "quiet_since": "22:00",
    "quiet_until": "07:00",
    "zone": "Europe/London",
    "urgent_breaks_quiet": "on",
    "kinds": ["token_expires"],
    "active": "on",
}


@pytest.fixture
def olga(sign_in):
    return sign_in()


def made(client):
    answer = client.post("/settings/alerts/new/", ENTRY)
    row = AlertDestination.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/settings/alerts/{row.pk}/")
    return row


def test_a_destination_is_entered_and_its_address_is_never_shown(olga):
    row = made(olga)
    assert (row.kind, row.digest, row.kinds, row.zone) == ("slack", 60, ["token_expires"], "Europe/London")
    for page in ("/settings/alerts/", f"/settings/alerts/{row.pk}/", "/settings/audit/"):
        text = olga.get(page).text
        assert "Chat" in text
        assert SECRET not in text
    assert "https://hooks.example/…" in olga.get("/settings/alerts/").text


def test_the_form_shows_what_is_stored_and_keeps_the_address(olga):
    row = made(olga)
    page = olga.get(f"/settings/alerts/{row.pk}/").text
    assert 'value="22:00"' in page
    assert "Leave it empty to keep the stored one: https://hooks.example/…" in page
    olga.post(f"/settings/alerts/{row.pk}/", {**ENTRY, "name": "Night chat", "address": ""})
    row.refresh_from_db()
    assert (row.name, SECRET in row.address) == ("Night chat", True)


def test_a_wrong_entry_is_shown_at_its_field_and_nothing_is_stored(olga):
    answer = olga.post("/settings/alerts/new/", {**ENTRY, "address": f"ftp://hooks.example/{SECRET}"})
    assert answer.status_code == 422
    assert "Paste the whole address of the webhook" in answer.text
    assert AlertDestination.objects.count() == 0


def test_a_test_message_is_requested_and_the_page_says_what_became_of_it(olga):
    row = made(olga)
    olga.post(f"/settings/alerts/{row.pk}/test/")
    assert "The test message is being sent." in olga.get(f"/settings/alerts/{row.pk}/").text
    destinations.settle_test(row.pk, error="The server there failed (500).", now=row.since)
    assert "The server there failed (500)." in olga.get(f"/settings/alerts/{row.pk}/").text


def test_a_restored_copy_sends_no_test_message_and_says_so(olga):
    row = made(olga)
    Installation.objects.update(shadow_since=row.since, live_place="", restored_from="b.wharfinger")
    page = olga.post(f"/settings/alerts/{row.pk}/test/", follow=True).text
    assert "This is a restored copy, which sends nothing" in page
    assert "The test message is being sent." not in page
    row.refresh_from_db()
    assert row.test_wanted_at is None


def test_the_page_lists_what_was_sent_and_what_was_not(olga):
    row = made(olga)
    an_alert(kind="token_expires", raised_at=row.since)
    destinations.plan_deliveries(now=row.since)
    page = olga.get(f"/settings/alerts/{row.pk}/").text
    assert "Authorisation expires" in page
    assert "Waiting" in page


def test_it_is_removed(olga):
    row = made(olga)
    olga.post(f"/settings/alerts/{row.pk}/remove/")
    assert AlertDestination.objects.count() == 0
    assert "Chat is removed" in olga.get("/settings/alerts/").text
    assert olga.get(f"/settings/alerts/{row.pk}/").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_open_it(sign_in, role):
    client = sign_in(role)
    assert [client.get(page).status_code for page in ("/settings/alerts/", "/settings/alerts/new/")] == [403, 403]
    assert client.post("/settings/alerts/new/", ENTRY).status_code == 403
