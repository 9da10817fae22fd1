"""The running shop from its button on, in a demo of its own; the simulator's state report is compared at the end.

`make pictures` keeps its screens for docs/pictures.
"""

import json
import os
import re
import urllib.request

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import started_demo
from tests.browser.walk import keep_picture

from wharfinger.domain.installation.running_shop import DAYS, STEPS

pytestmark = [pytest.mark.browser, pytest.mark.system]
PICTURES = os.environ.get("SHOP_PICTURES", "")  # noqa: TID251 -- where `make pictures` wants docs/pictures
AT_LAST = 900_000
"""Milliseconds for a machine that does much else meanwhile."""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    with started_demo(tmp_path_factory.mktemp("running-shop")) as demo:
        yield demo


@pytest.fixture
def page(chromium, fresh):
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, base_url=fresh.pages)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto("/sign-in/")
    page.get_by_label("User name").fill("olga")
    page.get_by_label("Password").fill("Harbour-Lights-2026")
    page.get_by_role("button", name="Sign in").click()
    yield page
    context.close()


def books_of(amazon):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(
        f"{amazon}/_simulator/books?fbaEvents=0&transactions=0&writes=0&faultEvents=0", timeout=60
    ) as answer:
        return json.load(answer)


def keep_pictures(page):
    """The screens that README and docs show, of a shop with a week behind it."""
    page.goto("/running-shop/")
    expect(page.get_by_text("The shop is running")).to_be_visible(timeout=AT_LAST)
    page.goto("/")
    keep_picture(page, PICTURES, "dashboard")
    page.goto("/channels/")
    page.get_by_role("link", name=re.compile("FBM$")).first.click()
    keep_picture(page, PICTURES, "channel")
    page.goto("/imported-orders/")
    keep_picture(page, PICTURES, "imported-orders")
    page.goto("/sales-orders/?state=shipped")
    page.get_by_role("row").filter(has_text="FBM").get_by_role("link", name=re.compile("^SO0")).last.click()
    expect(page.locator(".pill", has_text=re.compile("^Confirmed$")).first).to_be_visible()
    keep_picture(page, PICTURES, "sales-order")
    page.get_by_role("link", name=re.compile("^HH-")).first.click()
    keep_picture(page, PICTURES, "stock-item")


def test_one_click_links_five_channels_and_a_day_of_trade_goes_by(page, fresh):
    """The other six days are the first one again; they are left out for their minute."""
    page.get_by_role("button", name="Show me a running shop").click()
    for step in STEPS:
        expect(page.get_by_text(step, exact=True)).to_be_visible(timeout=60_000)
    expect(page.get_by_text(re.compile(rf"[1-{DAYS}] of {DAYS} days,\s+[1-9]"))).to_be_visible(timeout=AT_LAST)
    page.get_by_role("link", name="Sales orders", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("^SO0")).first).to_be_visible(timeout=60_000)
    page.goto("/channels/")
    expect(page.locator("tbody .pill", has_text=re.compile("^Linked$"))).to_have_count(5, timeout=60_000)
    books = books_of(fresh.amazon)
    assert (len(books["orders"]) > DAYS, books["notSimulated"]) == (True, [])
    if PICTURES:
        keep_pictures(page)
