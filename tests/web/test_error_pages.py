"""Every error has a page: in the frame when somebody is signed in, plain otherwise, a line of text for htmx."""

import re

import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.test import RequestFactory
from django.urls import get_resolver
from tests.factories.people import someone
from tests.web.client import Client

from wharfinger.db.models import Installation
from wharfinger.db.queries.addressed import IN_ADDRESS, OF_IMPORTED_ORDERS
from wharfinger.domain.installation.people import Role
from wharfinger.web.views.installation import errors

pytestmark = pytest.mark.django_db
FRAME = 'class="quay"'


def bounded(client):
    """A client that answers 500 instead of raising, as a server does."""
    client.raise_request_exception = False
    return client


@pytest.fixture
def far_too_much(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5


CASES = [
    (404, "Page not found", lambda client: client.get("/nowhere/")),
    (404, "Page not found", lambda client: client.get("/sales-orders/999999/")),
    (405, "cannot be opened directly", lambda client: client.get("/sign-out/")),
    (413, "Too large", lambda client: client.post("/stock/import/", {"text": "x" * 500})),
    (400, "too many fields", lambda client: client.post("/stock/new/", {f"f{n}": "" for n in range(9)})),
]


@pytest.mark.parametrize(("status", "title", "ask"), CASES, ids=[f"{status}" for status, *_ in CASES])
def test_an_error_stands_in_the_frame_and_says_what_to_do(status, title, ask, sign_in, far_too_much):
    answer = ask(sign_in())
    assert (answer.status_code, title in answer.text, FRAME in answer.text) == (status, True, True), answer.text
    assert "What to do:" in answer.text
    assert "Go to the dashboard" in answer.text


def test_a_forbidden_page_names_who_may(sign_in):
    someone(Role.ADMINISTRATOR)
    answer = sign_in(Role.WAREHOUSE).get("/settings/users/")
    assert (answer.status_code, FRAME in answer.text) == (403, True)
    assert "Anna Administrator" in answer.text


def test_the_remedy_of_a_form_without_its_token_is_to_load_it_again():
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/sign-in/", {"username": "olga"})
    assert (answer.status_code, "too old to be sent" in answer.text, FRAME in answer.text) == (403, True, False)
    client.force_login(someone())
    assert FRAME in client.post("/stock/new/", {"code": "X"}).text


def test_a_fault_of_ours_stands_in_the_frame(clock):
    request = RequestFactory().get("/stock/")
    request.user = someone()
    answer = errors.broken(request)
    assert (answer.status_code, FRAME in answer.text, "Something went wrong on our side" in answer.text) == (
        500,
        True,
        True,
    )


def test_a_row_that_the_address_names_and_that_is_gone_is_not_found(sign_in):
    client = sign_in()
    gone = ("/channels/999999/check/", "/products/999999/unlink/", "/settings/users/999999/reset/")
    assert [client.post(address).status_code for address in gone] == [404, 404, 404]


def test_a_row_of_ours_that_is_missing_is_a_fault_of_ours_and_logged(sign_in, caplog):
    client = bounded(sign_in())
    Installation.objects.all().delete()
    answer = client.post("/settings/pending-orders/", {"days": "9"})
    assert (answer.status_code, "Something went wrong on our side" in answer.text) == (500, True)
    assert "Installation matching query does not exist" in caplog.text


def test_every_id_in_an_address_names_its_model():
    routes = [route for one in get_resolver().url_patterns for route in getattr(one, "url_patterns", [one])]
    patterns = [str(route.pattern) for route in routes]
    named = {name for pattern in patterns for name in re.findall(r"<int:(\w+)>", pattern)}
    assert named - set(IN_ADDRESS) == {"entry_id"}  # of several small lists, which look themselves
    assert any(pattern.startswith(OF_IMPORTED_ORDERS) for pattern in patterns)


def test_when_the_database_is_what_broke_the_page_is_plain(sign_in, settings):
    class Broken:
        def now(self):
            raise RuntimeError("no trade time")

        machine_now = now

    client = bounded(sign_in())
    settings.CLOCK = Broken()
    answer = client.get("/stock/")
    assert (answer.status_code, FRAME in answer.text) == (500, False)
    assert "Something went wrong on our side" in answer.text


@pytest.mark.parametrize(("address", "status"), [("/nowhere/", 404), ("/sign-out/", 405)])
def test_who_is_not_signed_in_gets_a_plain_page_that_leads_to_the_first(address, status, db):
    answer = Client().get(address)
    assert (answer.status_code, FRAME in answer.text, "Go to the first page" in answer.text) == (status, False, True)


def test_htmx_gets_a_line_of_text(sign_in):
    answer = sign_in().get("/nowhere/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert answer.text == "Page not found. Search for it above by its number, or start at the dashboard."


def test_a_way_back_is_offered_to_a_page_of_ours_only(sign_in):
    client = sign_in()
    ours = client.get("/nowhere/", headers={"Referer": "http://testserver/stock/"}).text
    theirs = client.get("/nowhere/", headers={"Referer": "http://evil.example/stock/"}).text
    assert ("Back to the page before" in ours, "http://testserver/stock/" in ours) == (True, True)
    assert ("Back to the page before" in theirs, "evil.example" in theirs) == (False, False)


@pytest.mark.parametrize(
    ("fault", "status"), [(RequestDataTooBig(), 413), (TooManyFieldsSent(), 400), (ValueError(), 400), (None, 400)]
)
def test_what_could_not_be_read_has_its_own_status(fault, status):
    assert errors.bad_request(RequestFactory().get("/"), fault).status_code == status
