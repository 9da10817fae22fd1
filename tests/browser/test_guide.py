"""The guide's way, step by step, in headless Chromium against a running demo system."""

import json
import re
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.system]

SLOW = 60_000
"""Milliseconds for what the worker has to do first."""


def place_order(demo, sku, quantity=1):
    told = {
        "sellerId": "A2HARBOUREULTD1",
        "marketplaceId": "A1F83G8C2ARO7P",
        "fulfilledBy": "MERCHANT",
        "items": [{"sku": sku, "quantity": quantity}],
    }
    request = urllib.request.Request(
        f"{demo.amazon}/_simulator/orders",
        data=json.dumps(told).encode(),
        headers={"content-type": "application/json"},
        method="POST",
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        return json.loads(answer.read())["orderId"]


def new_channel(page, name):
    """Select New Channel from the blue command button at the top; General; Channel Specific; Save Channel."""
    page.goto("/")
    page.get_by_text("Commands", exact=True).click()
    page.get_by_role("link", name="New Channel").first.click()
    page.get_by_role("link", name="Choose Amazon FBM").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Region").select_option(label="UK and Europe")
    page.get_by_label("Marketplace ID").select_option("A1F83G8C2ARO7P")
    page.get_by_label("Site", exact=True).select_option(label="Main warehouse")
    choose_courier(page)
    page.get_by_role("button", name="Save Channel").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def choose_courier(page):
    field = page.get_by_label("Courier service", exact=True)
    value = field.locator("option", has_text="Demo Courier").get_attribute("value")
    field.select_option(value)


def go_to_seller_central(page):
    """Click on the Authorise button in the Channel Specific section; log into the Seller Central account."""
    page.get_by_role("button", name=re.compile("^Authorise")).click()
    expect(page.get_by_text("Inventory and Order Tracking")).to_be_visible()
    page.get_by_role("link", name=re.compile("Continue to Seller Central")).click()
    seller = page.get_by_label("Seller", exact=True)
    if seller.count():
        seller.select_option("a2harboureultd1@sellers.example")
        page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name=re.compile("Authorise"))).to_be_visible()


def test_the_guide_from_new_channel_to_a_confirmed_parcel(olga, demo):
    page = olga
    new_channel(page, "Guide UK FBM")
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_text("is activated")).to_be_visible()

    go_to_seller_central(page)
    page.get_by_role("button", name="OK").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick Accept")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="OK").click()
    expect(page.get_by_text("It worked.")).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name=re.compile("Save Channel")).click()
    assert page.get_by_label("Seller ID (Merchant ID)").input_value() == "A2HARBOUREULTD1"
    assert page.get_by_label("Token Expiry").input_value() != ""
    page.get_by_role("button", name="Save Channel").last.click()
    for check in ("Token exchange", "Marketplace participation", "Seller ID", "Listings not suspended"):
        expect(page.locator(".check-good", has_text=check)).to_be_visible(timeout=SLOW)
    expect(page.locator("#state .pill", has_text="Running")).to_be_visible(timeout=SLOW)

    number = place_order(demo, "HH-0021", 2)
    page.goto("/imported-orders/")
    expect(page.get_by_text(number).first).to_be_visible(timeout=SLOW)
    page.goto(f"/sales-orders/?q={number}")
    page.locator("main table a").first.click()
    expect(page.locator(".page-title .pill", has_text="Ready to ship")).to_be_visible()

    page.get_by_role("button", name="Dispatch").last.click()
    expect(page.get_by_text("is dispatched")).to_be_visible()
    expect(page.locator("#shipments").get_by_text("Confirmed").first).to_be_visible(timeout=SLOW)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    books = json.loads(opener.open(f"{demo.amazon}/_simulator/books", timeout=10).read())
    order = next(row for row in books["orders"] if row["orderId"] == number)
    assert (order["status"], len(order["packages"])) == ("SHIPPED", 1)
    expect(page.get_by_text(order["packages"][0]["trackingNumber"]).first).to_be_visible()


def test_a_refused_consent_links_nothing_and_says_so(olga):
    page = olga
    page.goto("/channels/")
    page.get_by_role("link", name="Guide UK FBM").click()
    go_to_seller_central(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The consent was not given.")).to_be_visible(timeout=SLOW)
    page.goto("/channels/")
    expect(page.locator("tr", has_text="Guide UK FBM").get_by_text("Linked", exact=True)).to_be_visible()


def test_wrong_input_is_told_by_its_field_and_what_was_typed_stays(olga):
    page = olga
    page.goto("/channels/new/fbm/")
    page.get_by_label("Name", exact=True).fill("Wrong region")
    page.get_by_label("Region").select_option(label="US")
    page.get_by_label("Site", exact=True).select_option(label="Main warehouse")
    choose_courier(page)
    page.get_by_role("button", name="Save Channel").last.click()
    expect(page.get_by_text("belongs to the region UK and Europe").first).to_be_visible()
    assert page.get_by_label("Name", exact=True).input_value() == "Wrong region"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(olga, scheme):
    page = olga
    page.emulate_media(color_scheme=scheme)
    addresses = ["/", "/channels/", "/channels/new/", "/channels/new/fbm/", "/imported-orders/", "/sales-orders/"]
    addresses += ["/shipping/", "/stock/", "/sites/", "/problems/", "/settings/", "/stock/import/"]
    page.goto("/channels/")
    addresses.append(page.get_by_role("link", name="Guide UK FBM").get_attribute("href"))
    found = {}
    for address in addresses:
        page.goto(address)
        page.wait_for_timeout(150)
        violations = Axe().run(page).response["violations"]
        if violations:
            found[address] = [
                (violation["id"], violation["nodes"][0]["html"][:160], len(violation["nodes"]))
                for violation in violations
            ]
    assert not found, json.dumps(found, indent=1)


@pytest.mark.parametrize("width", [375, 1280, 2560])
def test_no_page_is_wider_than_its_screen(olga, width):
    page = olga
    page.set_viewport_size({"width": width, "height": 900})
    for address in (
        "/",
        "/channels/",
        "/channels/new/fbm/",
        "/imported-orders/",
        "/sales-orders/",
        "/stock/",
        "/problems/",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
