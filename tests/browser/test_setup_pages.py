"""Every page of set-up: no violation that axe finds, no wider than its screen, reached and used by keyboard."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.system]

EVERYDAY = (
    "/",
    "/imported-orders/",
    "/sales-orders/",
    "/shipping/board/",
    "/stock/",
    "/stock/import/",
    "/sites/",
    "/problems/",
    "/alerts/",
)
SET_UP = (
    "/channels/",
    "/channels/new/",
    "/help/set-up-a-channel/",
    "/help/control-stock-levels/",
    "/help/what-replaced-mws/",
    "/settings/",
    "/settings/marketplaces/",
    "/settings/amazon-application/",
    "/settings/amazon-application/new/",
    "/settings/mail/",
    "/settings/couriers/",
    "/settings/couriers/new/",
    "/settings/users/",
    "/settings/users/new/",
    "/settings/audit/",
    "/settings/lists/sales-sources/",
    "/settings/lists/courier-groups/",
)
OF_A_CHANNEL = (
    "",
    "edit/",
    "access/",
    "more/",
    "delete/",
    "products/",
    "stock/",
    "orders/",
    "couriers/",
    "couriers/edit/",
    "shipping/",
    "feedback/",
    "activity/",
    "set-up/authorise/",
    "set-up/first-import/",
    "set-up/done/",
)
DRAFT = ("checks", "general", "specific", "options", "save")


@pytest.fixture(scope="module")
def addresses(chromium, demo):
    """The pages above, those of a channel that a person makes here, and the steps of one that is not saved yet."""
    context = chromium.new_context(base_url=demo.pages)
    page = context.new_page()
    page.set_default_timeout(15_000)
    sign_in(page)
    draft = new_draft(page, "Pages FR FBM", "A13V1IB3VIYZZH")
    page.get_by_role("button", name="Save Channel").last.click()
    page.wait_for_url("**/set-up/authorise/")
    channel = page.url.split("/set-up/")[0].removeprefix(demo.pages)
    context.close()
    return (*SET_UP, *(f"{channel}/{part}" for part in OF_A_CHANNEL)), draft


def sign_in(page):
    page.goto("/sign-in/")
    page.get_by_label("User name").fill("olga")
    page.get_by_label("Password").fill("Harbour-Lights-2026")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def new_draft(page, name, marketplace_id):
    """A channel as far as its last step before Save Channel; returns the draft's address."""
    page.goto("/channels/new/fbm/")
    page.get_by_label("Marketplace ID", exact=True).select_option(marketplace_id)
    page.get_by_role("button", name="Next").last.click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Next").last.click()
    page.get_by_role("button", name="Next").last.click()
    courier = page.get_by_label("Courier service", exact=True)
    courier.select_option(courier.locator("option", has_text="Demo Courier").first.get_attribute("value"))
    page.get_by_role("button", name="Next").last.click()
    page.wait_for_url("**/save/")
    return page.url.rsplit("save/", 1)[0]


def every_page(page, demo, addresses):
    own = new_draft(page, "Pages IT FBM", "APJ6JRA9NG5V4").removeprefix(demo.pages)
    return (*EVERYDAY, *addresses[0], *(f"{own}{step}/" for step in DRAFT))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(olga, demo, addresses, scheme):
    page = olga
    page.emulate_media(color_scheme=scheme)
    found = {}
    for address in every_page(page, demo, addresses):
        assert page.goto(address).ok, address
        page.wait_for_timeout(100)
        violations = Axe().run(page).response["violations"]
        if violations:
            found[address] = [
                (violation["id"], violation["nodes"][0]["html"][:160], len(violation["nodes"]))
                for violation in violations
            ]
    assert not found, json.dumps(found, indent=1)


@pytest.mark.parametrize("width", [375, 768, 1280, 2560])
def test_no_page_is_wider_than_its_screen(olga, demo, addresses, width):
    page = olga
    page.set_viewport_size({"width": width, "height": 900})
    wide = []
    for address in every_page(page, demo, addresses):
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(address)
    assert not wide, wide


COVERED = """() => {
  const controls = [...document.querySelectorAll("main a[href], main button, main input, main select, main summary")];
  const over = (control, box) => {
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return null;
    const hit = document.elementFromPoint(x, y);
    if (!hit || control.contains(hit) || hit.contains(control) || hit.closest("label")?.contains(control)) return null;
    for (let each = hit; each; each = each.parentElement) {
      if (["fixed", "sticky"].includes(getComputedStyle(each).position)) return each.className || each.tagName;
    }
    return null;
  };
  const shown = controls.filter((each) => each.checkVisibility({visibilityProperty: true}) && each.tabIndex >= 0);
  const found = [];
  const look = (control, when) => {
    const by = over(control, (control.getClientRects()[0] ?? control.getBoundingClientRect()));
    if (by) found.push([when, (control.innerText || control.name || "").trim().slice(0, 40), by]);
  };
  for (const control of shown) look(control, "as the page opens");
  for (const block of ["nearest", "end"]) {
    for (const control of shown) {
      control.scrollIntoView({block, inline: "nearest", behavior: "instant"});
      look(control, `scrolled to, ${block}`);
    }
    scrollTo(0, document.documentElement.scrollHeight);
  }
  return found;
}"""


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (375, 667)])
def test_nothing_floats_over_a_control(olga, demo, addresses, width, height):
    """What is fixed or sticks to the screen's edge lies over no button, link or field, wherever one has scrolled."""
    page = olga
    page.set_viewport_size({"width": width, "height": height})
    covered = {}
    for address in every_page(page, demo, addresses):
        page.goto(address)
        found = page.evaluate(COVERED)
        if found:
            covered[address] = found
    assert not covered, json.dumps(covered, indent=1)


def test_a_channel_is_made_with_the_keyboard_alone(olga):
    page = olga
    page.goto("/channels/new/")
    _tab_to(page, "Choose Amazon FBM")
    page.keyboard.press("Enter")
    page.wait_for_url("**/checks/")
    page.get_by_label("Marketplace ID", exact=True).focus()
    page.keyboard.type("Amazon.es")
    _tab_to(page, "Next")
    page.keyboard.press("Enter")
    page.wait_for_url("**/general/")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("By keyboard")
    for following in ("specific", "options"):
        page.keyboard.press("Enter") if following == "specific" else _tab_and_press(page, "Next")
        page.wait_for_url(f"**/{following}/")
    page.get_by_label("Courier service", exact=True).focus()
    page.keyboard.type("Demo")
    _tab_and_press(page, "Next")
    page.wait_for_url("**/save/")
    _tab_and_press(page, "Save Channel")
    page.wait_for_url("**/set-up/authorise/")
    expect(page.get_by_text("By keyboard").first).to_be_visible()


def _tab_to(page, name):
    """Tab until what has the focus bears this name; its outline must be visible then."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate("(document.activeElement.innerText || '').trim()")
        hidden = page.evaluate("document.activeElement.tabIndex < 0")
        if focused == name and not hidden:
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{name} has the focus and does not show it"
            return
    raise AssertionError(f"{name} is not reached by Tab")


def _tab_and_press(page, name):
    _tab_to(page, name)
    page.keyboard.press("Enter")


def test_leaving_with_unsaved_changes_asks(olga, demo, addresses):
    page = olga
    address = next(one for one in addresses[0] if one.endswith("/edit/") and "couriers" not in one)
    page.goto(address)
    page.get_by_label("Order Ref. Format", exact=True).fill("X{0}")
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Dashboard").first.click(no_wait_after=True)
    page.wait_for_timeout(500)
    assert dialogs == ["beforeunload"] or page.get_by_role("dialog").count() == 1
    assert re.search(r"/edit/$", page.url)
