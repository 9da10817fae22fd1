"""The guide's way as a person walks it: one browser, one seller, from New Channel to a confirmed parcel."""

import json
import os
import re
import urllib.request
from pathlib import Path

from playwright.sync_api import expect

SLOW = 60_000
"""Milliseconds for what the worker has to do first."""
PICTURES = os.environ.get("GUIDE_PICTURES", "")  # noqa: TID251 -- where `make pictures` wants the guide's pictures
CHECKS = ("Token exchange", "Marketplace participation", "Seller ID", "Listings not suspended")


def keep_picture(page, folder, name, whole=False):
    """The screen as docs show it: nothing has the focus, and the page stands at its top."""
    page.wait_for_load_state()
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    page.wait_for_timeout(400)
    page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)


class Walk:
    """A signed-in person on the way; every step leaves the page where the next one begins."""

    def __init__(self, page, demo):
        self.page = page
        self.demo = demo

    def picture(self, name, whole=False):
        """Kept when pictures are wanted; each is a screen of docs/guide."""
        if PICTURES:
            keep_picture(self.page, PICTURES, name, whole)

    # --- moving about

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).last.click()

    def follow(self, name):
        self.page.get_by_role("link", name=name).first.click()

    def heading(self, text):
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def sees(self, text):
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=SLOW)

    def field(self, label):
        """One by its label, whether the label adds “optional” or not."""
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}(\s*optional)?\s*$"))

    def tick_box(self, label):
        """A box bears its help in its name."""
        return self.page.get_by_role("checkbox", name=re.compile(f"^{re.escape(label)}"))

    # --- New Channel

    def select_new_channel(self):
        self.page.goto("/")
        self.page.get_by_text("New", exact=True).click()
        self.follow("New Channel")
        self.heading("New Channel")

    def choose(self, kind, marketplace_id):
        self.follow(f"Choose Amazon {kind}")
        self.heading(f"New Amazon {kind} channel")
        self.field("Marketplace ID").select_option(marketplace_id)
        self.press("Check for this marketplace")

    def check(self, title):
        """The check's mark, its text and its remedy."""
        return self.page.locator(".check", has_text=title)

    def load_channel(self, name):
        self.page.goto("/channels/")
        self.follow(name)
        self.heading(name)

    # --- authorising

    def authorise(self):
        self.page.get_by_role("button", name=re.compile("^Authorise")).first.click()
        expect(self.page.get_by_text("Inventory and Order Tracking")).to_be_visible()

    def log_into_seller_central(self, seller):
        self.page.get_by_role("link", name=re.compile("Continue to Seller Central")).click()
        wanted = self.page.get_by_label("Seller", exact=True)
        if wanted.count():
            self.picture("seller-central-sign-in")
            wanted.select_option(seller)
            self.press("Sign in")

    # --- what Amazon has

    def state_report(self):
        return self._ask("/_simulator/books")

    def place_order(self, seller_id, marketplace_id, sku, kind, quantity=1):
        purchase = {
            "sellerId": seller_id,
            "marketplaceId": marketplace_id,
            "fulfilledBy": "AMAZON" if kind == "FBA" else "MERCHANT",
            "items": [{"sku": sku, "quantity": quantity}],
        }
        return self._ask("/_simulator/orders", purchase)["orderId"]

    def order_at_amazon(self, number):
        return next(row for row in self.state_report()["orders"] if row["orderId"] == number)

    def _ask(self, path, body=None):
        request = urllib.request.Request(f"{self.demo.amazon}{path}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("content-type", "application/json")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            return json.loads(answer.read())
