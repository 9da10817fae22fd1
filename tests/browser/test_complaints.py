"""What the page fixture passes over: the two complaints of a part whose page was left, and nothing else."""

from pathlib import Path

import django_htmx
import pytest
from tests.browser.conftest import _without_aborted

pytestmark = pytest.mark.browser
HTMX = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
SITE = "http://pages.example"
PAGE = '<script src="/htmx.js"></script><p hx-get="/part" hx-trigger="load">'


@pytest.fixture
def sheet(chromium):
    """A page with one part, and what its console complains of."""
    context = chromium.new_context(base_url=SITE)
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.route("**/*", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.route("**/next", lambda route: route.fulfill(body="<h1>Next</h1>", content_type="text/html"))
    page.route("**/htmx.js", lambda route: route.fulfill(path=HTMX))
    yield page
    context.close()


def test_a_part_whose_request_is_aborted_is_passed_over(sheet):
    """Chromium aborts it when its page is left; it does not always deliver what the page says then."""
    sheet.route("**/part", lambda route: None)
    with sheet.expect_request("**/part"):
        sheet.goto("/")
    with sheet.expect_event("console", lambda message: message.text.startswith("htmx:sendAbort")):
        sheet.evaluate("htmx.trigger(document.querySelector('[hx-get]'), 'htmx:abort')")
    assert sorted(text.partition(",")[0] for text in sheet.complaints) == ["htmx:afterRequest", "htmx:sendAbort"]
    assert _without_aborted(sheet.complaints) == []


@pytest.mark.parametrize(
    ("answer", "named"),
    [({"status": 500, "body": "no"}, "Response Status Error Code 500 from /part"), (None, "htmx:sendError")],
)
def test_a_part_that_fails_is_not(sheet, answer, named):
    sheet.route("**/part", lambda route: route.fulfill(**answer) if answer else route.abort("connectionrefused"))
    with sheet.expect_event("console", lambda message: named in message.text):
        sheet.goto("/")
    left = _without_aborted([*sheet.complaints, "htmx:afterRequest", "htmx:sendAbort"])
    assert [text for text in left if named in text] == [text for text in sheet.complaints if named in text] != []


def test_of_two_failures_and_one_page_that_was_left_the_failures_stay():
    heard = ["htmx:afterRequest", "htmx:sendAbort", "htmx:afterRequest", "htmx:sendError", "our own"]
    assert _without_aborted(heard) == ["htmx:afterRequest", "htmx:sendError", "our own"]
