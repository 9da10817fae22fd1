"""Settings, Amazon application: by field, write-only secrets, rotation, two applications."""

from datetime import timedelta

import pytest
from tests.factories.cast import Trading
from tests.factories.ground import NOW

from wharfinger.db.models import AmazonApplication, SellerAccount
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db
LIST = "/settings/amazon-application/"
NEW = f"{LIST}new/"
QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/secrets"
ENTRY = {
    "name": "Ours",
    "application_id": "amzn1.sp.solution.1",
    "client_id": "amzn1.application-oa2-client.1",
    "client_secret": "amzn1.oa2-cs.v1.topsecret",
    "kind": "private",
    "is_draft": "on",
    "roles": ["Product Listing"],
}


def edit(row=None):
    return f"{LIST}{(row or AmazonApplication.objects.get()).pk}/"


@pytest.fixture
def entered(sign_in):
    browser = sign_in()
    assert browser.post(NEW, ENTRY).status_code == 302
    return browser


def test_the_first_one_is_entered_and_its_page_shows_what_to_register(sign_in):
    browser = sign_in()
    assert browser.get(LIST)["Location"] == NEW
    text = browser.get(NEW).content.decode()
    assert "http://127.0.0.1:8000/amazon/callback" in text
    assert "http://127.0.0.1:8000/amazon/authorise" in text
    answer = browser.post(NEW, ENTRY, follow=True)
    text = answer.content.decode()
    assert "is saved" in text
    assert "…cret" in text
    assert "topsecret" not in text
    row = AmazonApplication.objects.get()
    assert (row.client_secret, row.roles, row.is_draft) == (ENTRY["client_secret"], ["Product Listing"], True)
    assert browser.get(LIST)["Location"] == edit()


def test_the_kind_is_kept_and_named_when_it_is_missing(entered):
    assert AmazonApplication.objects.get().kind == "private"
    entered.post(edit(), {**ENTRY, "client_secret": "", "kind": "unlisted"})
    assert AmazonApplication.objects.get().kind == "unlisted"
    answer = entered.post(edit(), {**ENTRY, "client_secret": "", "kind": "secret"})
    assert "secret is not one of the available choices" in answer.content.decode()
    assert AmazonApplication.objects.get().kind == "unlisted"


def test_an_empty_secret_keeps_the_stored_one(entered):
    entered.post(edit(), {**ENTRY, "client_secret": "", "name": "Renamed"})
    row = AmazonApplication.objects.get()
    assert (row.client_secret, row.name) == (ENTRY["client_secret"], "Renamed")


def test_who_edited_while_a_new_secret_came_overwrites_nothing_of_it(entered):
    text = entered.get(edit()).content.decode()
    assert 'name="secret_seen" value="cret"' in text
    AmazonApplication.objects.update(secret_last_four="new1", secret_expires_on="2027-05-20")
    answer = entered.post(
        edit(), {**ENTRY, "client_secret": "", "secret_seen": "cret", "secret_expires_on": "2026-12-01"}
    )
    assert (answer.status_code, "A new client secret arrived" in answer.content.decode()) == (422, True)
    assert str(AmazonApplication.objects.get().secret_expires_on) == "2027-05-20"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("application_id", "x", "begins with amzn1.sp.solution."),
        ("application_id", "", "required"),
        ("client_id", "x", "begins with amzn1.application-oa2-client."),
        ("client_secret", "", "required"),
        ("client_secret", "Atzr|abc", "not the client secret"),
        ("regions", ["FE"], "not one of the available choices"),
        ("roles", ["All"], "not one of the available choices"),
        ("redirect_uri", "http://shop.example/x", "only https"),
        ("secret_expires_on", "soon", "valid date"),
        ("secret_expires_on", "2030-01-01", "180 days"),
        ("queue_url", "https://evil.example/q", "looks like https://sqs."),
        ("queue_key_id", "AKIAEXAMPLEEXAMPLE", "address too"),
    ],
)
def test_wrong_input_is_an_error_at_its_field_what_was_typed_stays_but_secrets(sign_in, field, value, words):
    answer = sign_in().post(NEW, {**ENTRY, field: value})
    text = answer.content.decode()
    assert (answer.status_code, words in text) == (422, True)
    assert 'value="amzn1' in text
    assert "topsecret" not in text
    assert not AmazonApplication.objects.exists()


def test_two_applications_are_listed_with_their_regions(entered):
    entered.post(NEW, {**ENTRY, "application_id": "amzn1.sp.solution.2", "name": "American", "regions": ["NA"]})
    text = entered.get(LIST).content.decode()
    assert "American" in text
    assert "every region" in text
    assert "topsecret" not in text


def test_an_application_that_nobody_uses_is_removed_a_used_one_is_not(entered):
    world = Trading()
    row = AmazonApplication.objects.get()
    SellerAccount.objects.filter(pk=world.account.pk).update(application=row, token_set_at=NOW, refresh_token="x")
    assert "has access" in entered.post(f"{edit()}remove/", follow=True).content.decode()
    SellerAccount.objects.update(token_set_at=None, refresh_token="")
    entered.post(f"{edit()}remove/")
    assert not AmazonApplication.objects.exists()


def test_rotate_asks_once_and_the_page_looks_again_by_itself(entered):
    queue = {"queue_url": QUEUE, "queue_key_id": "AKIAEXAMPLEEXAMPLE", "queue_secret": "queue-secret-value"}
    entered.post(edit(), {**ENTRY, "client_secret": "", **queue})
    text = entered.post(f"{edit()}rotate/", follow=True).content.decode()
    assert "A new secret is requested from Amazon" in text
    assert "New one on its way" in text
    assert 'hx-get="' in text
    assert "queue-secret-value" not in text
    assert "already requested" in entered.post(f"{edit()}rotate/", follow=True).content.decode()
    part = entered.get(edit(), headers={"HX-Request": "true", "HX-Target": "secret"})
    assert (part.status_code, b"waited for" in part.content) == (200, True)
    AmazonApplication.objects.update(
        rotation_requested_at=None,
        client_secret="amzn1.oa2-cs.v1.new1",
        secret_last_four="new1",
        rotated_at=NOW,
        old_secret_works_until=NOW + timedelta(days=7),
    )
    part = entered.get(edit(), headers={"HX-Request": "true", "HX-Target": "secret"})
    assert (part.status_code, b"new1" in part.content, b"works until" in part.content) == (286, True, True)


def test_without_a_queue_the_page_says_how_else(entered):
    assert "one button does it" in entered.get(edit()).content.decode()
    assert "SQS" in entered.post(f"{edit()}rotate/", follow=True).content.decode()


def test_a_refused_rotation_is_shown_with_its_remedy(entered):
    AmazonApplication.objects.update(rotation_error="Not enrolled. Register the queue.")
    text = entered.get(edit()).content.decode()
    assert "Not rotated" in text
    assert "Register the queue." in text


def test_managers_see_and_edit_it_but_only_administrators_rotate_and_remove(entered, sign_in):
    manager = sign_in(Role.MANAGER)
    assert manager.get(edit()).status_code == 200
    for verb in ("rotate", "remove"):
        assert manager.post(f"{edit()}{verb}/").status_code == 403


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.ACCOUNTS, Role.VIEWER])
def test_other_roles_meet_none_of_it(entered, sign_in, role):
    browser = sign_in(role)
    for address in (LIST, NEW, edit()):
        assert browser.get(address).status_code == 403
    text = browser.get("/settings/").content.decode()
    assert "…cret" not in text


def test_an_application_that_is_not_there_is_404(sign_in):
    browser = sign_in()
    assert browser.get(f"{LIST}999/").status_code == 404
    assert browser.post(f"{LIST}999/rotate/").status_code == 404
