"""The first minutes of a newcomer, in a demo of their own: how many clicks the first channel takes, and five."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import started_demo

pytestmark = [pytest.mark.browser, pytest.mark.system]
SLOW = 60_000
FIRST, FIVE = 8, 25


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    with started_demo(tmp_path_factory.mktemp("first-minutes")) as demo:
        yield demo


class Newcomer:
    def __init__(self, page):
        self.page, self.clicks = page, 0

    def click(self, role, name):
        self.clicks += 1
        self.page.get_by_role(role, name=re.compile(name)).last.click()


def test_eight_clicks_to_the_first_linked_channel_and_at_most_25_to_five_that_sell(chromium, fresh):
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, base_url=fresh.pages)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto("/sign-in/")
    page.get_by_label("User name").fill("olga")
    page.get_by_label("Password").fill("Harbour-Lights-2026")
    page.get_by_role("button", name="Sign in").click()
    newcomer = Newcomer(page)
    for role, name in (
        ("link", "^Set up your first channel"),
        ("link", "Choose Amazon FBM"),
        ("button", "Use what is proposed"),
        ("button", "Save and authorise"),
        ("link", "Continue to Seller Central"),
        ("button", "Sign in"),
        ("checkbox", "Accept"),
        ("button", "^OK$"),
    ):
        newcomer.click(role, name)
    expect(page.get_by_text("It worked.").first).to_be_visible(timeout=SLOW)
    assert newcomer.clicks <= FIRST
    newcomer.click("link", "Next: more channels")
    for name in ("Amazon.de FBM", "Amazon.fr FBM", "Amazon.it FBM", "Amazon.es FBM"):
        newcomer.click("checkbox", name)
    newcomer.click("button", "Create the channels")
    expect(page.get_by_role("heading", level=1)).to_have_text("First import")
    newcomer.click("button", "Start importing")
    newcomer.click("link", "Approve the first stock upload")
    newcomer.click("button", "Approve for all 5 channels")
    expect(page.get_by_text(re.compile("Approved for 5 channels"))).to_be_visible()
    assert newcomer.clicks <= FIVE, newcomer.clicks
    page.goto("/channels/")
    expect(page.locator("tbody .pill", has_text=re.compile("^Linked$"))).to_have_count(5, timeout=SLOW)
    context.close()
