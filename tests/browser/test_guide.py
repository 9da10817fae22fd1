"""The guide from its first line to its last, in headless Chromium against a running demo system.

Each test bears the guide's own words and does what they say; the next one goes on where it stopped. One UK FBM channel
is walked whole, a German FBA and a US channel in what is theirs. `make pictures` keeps the screens for docs/guide.
"""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.walk import CHECKS, SLOW, Walk

pytestmark = [pytest.mark.browser, pytest.mark.system]

UK, DE, TR, US = "A1F83G8C2ARO7P", "A1PA6795UKMFR9", "A33AVAJ2PDY3EV", "ATVPDKIKX0DER"
LTD, INC = "A2HARBOUREULTD1", "A3HARBOURNAINC1"


def steps_in_order(*steps):
    """(the guide's words, what to do) as tests of those names."""
    return pytest.mark.parametrize("act", [act for _, act in steps], ids=[words for words, _ in steps])


@pytest.fixture(scope="module")
def walk(chromium, demo):
    """One person's browser for the whole way."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=demo.pages)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto("/sign-in/")
    page.get_by_label("User name").fill("olga")
    page.get_by_label("Password").fill("Harbour-Lights-2026")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    yield Walk(page, demo)
    context.close()


# --- Before You Begin


def _courier_first(walk):
    walk.select_new_channel()
    walk.picture("02-type")
    walk.choose("FBM", UK)
    check = walk.check("A courier service that gives its tracking number at once")
    expect(check).to_have_class(re.compile("check-good"))
    expect(check).to_contain_text("Demo Courier")
    walk.picture("03-checks")


def _demo_inactive(walk):
    expect(walk.page.get_by_text("Demo system").first).to_be_visible()


def _separate_channels(walk):
    walk.follow("New Channel")
    walk.sees("FBM and FBA orders have separate channels, and so has each marketplace.")
    for kind in ("Amazon FBM", "Amazon FBA"):
        expect(walk.page.get_by_role("link", name=f"Choose {kind}")).to_be_visible()


def _fba_site_mandatory(walk):
    walk.choose("FBA", TR)
    check = walk.check("An FBA site for the pool")
    expect(check).to_have_class(re.compile("check-bad"))
    expect(check).to_contain_text("mandatory")
    walk.picture("04-fba-site-missing")
    walk.press("Next")
    expect(walk.page.get_by_text("Fix what failed first.")).to_be_visible()
    check.get_by_role("button").click()
    walk.heading("New site")
    assert walk.field("Kind").input_value() == "fba"
    walk.page.go_back()


def _site_needs_levels(walk):
    walk.select_new_channel()
    walk.choose("FBA", DE)
    check = walk.check("Its stock levels")
    expect(check).to_contain_text("FBA orders wait until the levels are loaded")


def _no_vendor_central(walk):
    walk.select_new_channel()
    card = walk.page.locator("section", has=walk.page.get_by_role("heading", name="Amazon Vendor Central"))
    expect(card.last).to_contain_text("Not supported")


def _marketplace_ids(walk):
    walk.follow("Amazon Marketplace ID values")
    for text in (UK, DE, US, "United Kingdom", "sellercentral-europe.amazon.com"):
        walk.sees(text)
    walk.picture("05-marketplaces")


def _old_step(words):
    """What the guide says of MWS stands on a page beside what replaced it."""

    def act(walk):
        if not walk.page.url.endswith("/help/what-replaced-mws/"):
            walk.page.goto("/help/what-replaced-mws/")
            walk.picture("06-what-replaced-mws")
        row = walk.page.get_by_role("row").filter(has=walk.page.get_by_role("rowheader", name=words))
        expect(row.first).to_be_visible()
        assert len(row.first.get_by_role("cell").inner_text()) > 10

    return act


@steps_in_order(
    ("Consideration should be given to which courier service you wish to integrate with PRIOR", _courier_first),
    ("If you wish to test your channel integration in your demo system", _demo_inactive),
    ("You will need to set up a separate channel for FbA and Non-FbA orders", _separate_channels),
    ("It is MANDATORY that you have first created a stock control site", _fba_site_mandatory),
    ("The FBA site MUST have stock levels BEFORE importing sales orders", _site_needs_levels),
    ("Amazon Vendor Central is not supported", _no_vendor_central),
    ("A list of all Amazon Marketplace ID's can be found here", _marketplace_ids),
)
def test_before_you_begin(walk, act):
    act(walk)


@steps_in_order(
    ("Log into your Amazon Seller Central account", _old_step("Log into your Amazon Seller Central account")),
    ("Go to the User permissions link under Settings", _old_step("Settings, User permissions")),
    ("Please click the Visit Manage Your Apps button", _old_step("Visit Manage Your Apps")),
    ("Click on the Authorise new Developer button", _old_step("Authorise new Developer")),
    ("Enter Khaos Control Cloud into the Developer name box", _old_step("Developer name")),
    ("For UK and Europe marketplaces enter 4299-0833-5971", _old_step("4299-0833-5971")),
    ("For Amazon.com marketplaces enter 4738-1640-5269", _old_step("4738-1640-5269")),
    ("Accept the Amazon MWS License Agreement", _old_step("MWS License Agreement")),
    ("Click the Next button", _old_step("11 Next")),
)
def test_amazon_authentication_token(walk, act):
    act(walk)


# --- KCC Channel Setup: a UK FBM channel


def _select_new_channel(walk):
    walk.page.goto("/")
    walk.page.get_by_text("New", exact=True).click()
    walk.picture("01-command")
    walk.follow("New Channel")
    walk.choose("FBM", UK)
    walk.press("Next")


def _name(walk):
    assert walk.field("Name").input_value() == "Amazon.co.uk FBM"  # suggested; any other is as good
    walk.field("Name").fill("")
    walk.press("Next")
    assert walk.field("Name").evaluate("field => field.validationMessage")  # the browser asks for it by itself
    walk.field("Name").fill("Guide UK FBM")


def _type(walk):
    expect(walk.page.locator(".field-read", has_text="Type")).to_contain_text("Amazon FBM")


def _enabled(walk):
    assert walk.tick_box("Channel Enabled").is_checked()
    walk.picture("07-general")
    walk.press("Next")


def _save_waiting(walk):
    """Nothing is made before Save Channel; saving without a token is no failure."""
    walk.picture("08-channel-specific")
    walk.press("Next")
    courier = walk.field("Courier service")
    courier.select_option(courier.locator("option", has_text="Demo Courier").first.get_attribute("value"))
    walk.picture("09-global")
    walk.press("Next")
    walk.picture("10-save")
    walk.tick_box("Activate for the simulator").uncheck()  # not active by itself: the next step activates it
    walk.press("Save Channel")
    walk.sees("Waiting for authorisation")


def _activate(walk):
    expect(walk.page.locator("#state")).to_contain_text("Not activated")
    walk.press("Activate for the simulator")
    expect(walk.page.locator("#state")).to_contain_text("Activated")
    walk.picture("11-authorise-step")


@steps_in_order(
    ("Select New Channel from the blue command button at the top", _select_new_channel),
    ("Name - this is the name of the channel as it will appear", _name),
    ("Type - displayed here purely for confirmation purposes", _type),
    ("Channel Enabled - determines whether the channel is enabled or disabled", _enabled),
    ("Save, and the channel waits for authorisation", _save_waiting),
    ("Channels are activated in your demo system", _activate),
)
def test_channel_setup(walk, act):
    act(walk)


# --- Setting the Credentials Against Your Channel


def _load_channel(walk):
    walk.load_channel("Guide UK FBM")
    walk.picture("12-setup-read-only", whole=True)
    assert walk.page.locator("form input[name=name]").count() == 0


def _edit(walk):
    walk.follow("Edit")
    expect(walk.field("Name")).to_be_editable()


def _auth_token(walk):
    walk.field("Auth Token").fill("amzn.mws.4ea38b7b-f563-7709-4bae-87aea1234567")
    walk.field("Seller ID (Merchant ID)").fill(LTD)
    walk.press("Save Channel")
    walk.sees("This is an MWS token.")
    walk.picture("13-mws-token")
    walk.field("Auth Token").fill("")


def _marketplace_id(walk):
    walk.field("Marketplace ID").select_option(US)
    walk.press("Save Channel")
    walk.sees("belongs to the region US")
    walk.field("Marketplace ID").select_option(UK)


def _seller_id(walk):
    walk.field("Seller ID (Merchant ID)").fill("<script>")
    walk.press("Save Channel")
    expect(walk.page.locator(".field-error, .errors, .field-errors").first).to_be_visible()
    walk.field("Seller ID (Merchant ID)").fill("")


def _use_amazon_sku(walk):
    toggle = walk.tick_box("Use Amazon SKU")
    assert toggle.is_checked()
    walk.sees("Stock levels always sync by Amazon SKU")
    toggle.uncheck()
    toggle.check()


def _import_fba(walk):
    options = walk.field("Import FBA Orders").locator("option").all_inner_texts()
    assert options == ["No FBA import", "Only FBA Import"]
    walk.field("Import FBA Orders").select_option("Only FBA Import")
    walk.press("Save Channel")
    walk.sees("needs “No FBA import”")
    walk.field("Import FBA Orders").select_option("No FBA import")


def _region(walk):
    assert walk.field("Region").locator("option").all_inner_texts() == ["UK and Europe", "US"]


def _token_expiry(walk):
    assert walk.field("Token Expiry").input_value() == ""
    walk.sees("You are reminded 30, 14, 7 and 1 days before.")


def _save_channel(walk):
    walk.press("Save Channel")
    walk.heading("Authorise")  # set-up goes on where it stands
    expect(walk.page.locator("#state")).to_contain_text("Waiting for authorisation")


def _click_edit(walk):
    walk.load_channel("Guide UK FBM")
    walk.follow("Edit")
    expect(walk.field("Name")).to_be_editable()


def _click_authorise(walk):
    walk.picture("14-edit", whole=True)
    walk.authorise()
    walk.picture("15-leaving-for-seller-central")


def _log_in(walk):
    walk.log_into_seller_central("a2harboureultd1@sellers.example")


def _areas(walk):
    for role in ("Inventory and Order Tracking", "Product Listing", "Direct-to-Consumer Shipping"):
        expect(walk.page.get_by_text(role).first).to_be_visible()
    walk.picture("16-consent")
    walk.press("OK")
    expect(walk.page.get_by_role("alert")).to_contain_text("Tick Accept")


def _accept(walk):
    walk.page.get_by_role("checkbox").check()


def _ok(walk):
    walk.press("OK")
    walk.sees("It worked.")
    walk.picture("17-it-worked")


def _last_save(walk):
    walk.page.get_by_role("link", name=re.compile("Save Channel")).click()
    assert walk.field("Seller ID (Merchant ID)").input_value() == LTD
    assert walk.field("Token Expiry").input_value() != ""
    walk.press("Save Channel")
    for check in CHECKS:
        expect(walk.page.locator(".check-good", has_text=check)).to_be_visible(timeout=SLOW)
    expect(walk.page.locator("#state .pill", has_text="Running")).to_be_visible(timeout=SLOW)
    walk.picture("18-linked", whole=True)


@steps_in_order(
    ("Load the Amazon Channel you wish to configure", _load_channel),
    ("Click into Edit mode", _edit),
    ("Enter the credentials - Auth Token", _auth_token),
    ("Enter the credentials - Marketplace ID", _marketplace_id),
    ("Enter the credentials - Seller ID (Merchant ID)", _seller_id),
    ("Set the Use Amazon SKU toggle as required", _use_amazon_sku),
    ("Import FBA Orders", _import_fba),
    ("Region to be set to either UK and Europe or US", _region),
    ("Token Expiry - this box serves as a reminder", _token_expiry),
    ("Click Save Channel", _save_channel),
    ("Click the Edit button", _click_edit),
    ("Click on the Authorise button in the Channel Specific section", _click_authorise),
    ("Log into your Amazon Seller Central account", _log_in),
    ("You will be directed to an app authorisation page which will show the areas", _areas),
    ("Tick the Accept checkbox", _accept),
    ("Click OK and you will be re-directed to a page to let you know if the authorisation was successful", _ok),
    ("Click Save Channel - confirm the credentials are okay and link your channel", _last_save),
)
def test_setting_the_credentials_against_your_channel(walk, act):
    act(walk)


# --- What the channel is for


def start_importing(walk, picture=""):
    """The set-up goes on where it stands: more channels (not now), the first import, done."""
    walk.follow("Continue the set-up")
    walk.page.wait_for_url("**/set-up/*/")
    if not walk.page.url.endswith("/first-import/"):
        walk.follow("First import")
    walk.page.get_by_role("link", name=re.compile("^Review and start")).first.click()
    walk.heading("First import")
    if picture:
        walk.picture(picture)
    walk.press("Start importing")
    walk.sees("The import has started")


def test_the_first_import_begins_when_a_person_has_looked(walk):
    """Don't import orders pauses the import: what was found is listed with a proposal for each, and one button."""
    walk.load_channel("Guide UK FBM")
    start_importing(walk, "19-first-import")


def test_calls_to_amazon_now_use_the_selling_partner_integration(walk):
    """An order in, shipped, confirmed, and Amazon holds its tracking number."""
    number = walk.place_order(LTD, UK, "HH-0021", "FBM", 2)
    walk.page.goto("/imported-orders/")
    expect(walk.page.get_by_text(number).first).to_be_visible(timeout=SLOW)
    walk.page.goto(f"/sales-orders/?q={number}")
    walk.page.locator("main tbody a").first.click()
    expect(walk.page.locator(".page-title .pill", has_text="Ready to ship")).to_be_visible()
    walk.press("Dispatch")
    walk.sees("is dispatched")
    expect(walk.page.locator("#shipments .pill", has_text="Confirmed")).to_be_visible(timeout=SLOW)
    walk.picture("20-shipped", whole=True)
    order = walk.order_at_amazon(number)
    assert (order["status"], len(order["packages"])) == ("SHIPPED", 1)
    expect(walk.page.get_by_text(order["packages"][0]["trackingNumber"]).first).to_be_visible()


# --- A German FBA channel of the same seller


def _german_fba(walk):
    walk.select_new_channel()
    walk.choose("FBA", DE)
    walk.press("Next")
    walk.field("Name").fill("Guide DE FBA")
    walk.press("Next")
    assert walk.field("Import FBA Orders").input_value() == "only_fba"
    walk.field("Import FBA Orders").select_option("No FBA import")
    walk.press("Next")
    walk.sees("needs “Only FBA Import”")
    walk.field("Import FBA Orders").select_option("Only FBA Import")
    walk.field("Seller ID (Merchant ID)").fill(LTD)
    walk.press("Next")


def _site_is_the_fba_site(walk):
    offered = walk.field("Site").locator("option").all_inner_texts()
    assert "Main warehouse" not in " ".join(offered)
    site = walk.field("Site").locator("option", has_text="FBA Europe").first.get_attribute("value")
    walk.field("Site").select_option(site)
    walk.picture("21-fba-site")
    walk.press("Next")
    walk.press("Save Channel")


def _shares_authorisation(walk):
    """Save Channel has activated it too, as an administrator's does in a demo."""
    expect(walk.page.locator("#state .pill", has_text="Linked").first).to_be_visible(timeout=SLOW)


def _start_importing(walk):
    walk.load_channel("Guide DE FBA")
    start_importing(walk)


def _fba_orders_wait_and_go(walk):
    number = walk.place_order(LTD, DE, "FBA-0003", "FBA")
    walk.load_channel("Guide DE FBA")
    walk.follow("Imported Orders")
    for _ in range(40):
        walk.page.reload()
        row = walk.page.locator("tr", has_text=number)
        if row.count() and row.first.get_by_text("OK", exact=True).count():
            break
        walk.page.wait_for_timeout(1000)
    expect(walk.page.locator("tr", has_text=number).first).to_contain_text("OK")
    walk.page.goto(f"/sales-orders/?q={number}")
    walk.page.locator("main tbody a").first.click()
    expect(walk.page.locator(".page-title .pill", has_text="Issued")).to_be_visible()
    walk.picture("22-fba-order")


@steps_in_order(
    ("For Amazon FBA channels this option must be switched to 'Only FBA Import'", _german_fba),
    ("In the (Global) options list the 'Site' must be set to your Amazon FBA site", _site_is_the_fba_site),
    ("The same seller account is never asked twice", _shares_authorisation),
    ("Start the first import of the FBA channel", _start_importing),
    ("All Amazon FBA orders will be fulfilled from this site", _fba_orders_wait_and_go),
)
def test_a_german_fba_channel(walk, act):
    act(walk)


# --- A US channel of another seller account


def _us_channel(walk):
    walk.select_new_channel()
    walk.choose("FBM", US)
    walk.press("Next")
    walk.field("Name").fill("Guide US FBM")
    walk.press("Next")
    assert walk.field("Region").locator("option:checked").inner_text() == "US"
    walk.press("Next")
    courier = walk.field("Courier service")
    courier.select_option(courier.locator("option", has_text="Demo Courier").first.get_attribute("value"))
    walk.press("Next")
    walk.press("Save and authorise")


def _us_authorise(walk):
    walk.log_into_seller_central("a3harbournainc1@sellers.example")
    walk.page.get_by_role("checkbox").check()
    walk.press("OK")
    walk.sees("It worked.")
    walk.page.get_by_role("link", name=re.compile("Save Channel")).click()
    assert walk.field("Seller ID (Merchant ID)").input_value() == INC
    walk.press("Save Channel")
    expect(walk.page.locator("#state .pill", has_text="Linked").first).to_be_visible(timeout=SLOW)


def _all_marketplaces(walk):
    walk.load_channel("Guide US FBM")
    walk.page.goto(f"{walk.page.url}more/")
    for marketplace in ("Amazon.ca", "Amazon.com.mx"):
        expect(walk.page.get_by_text(marketplace).first).to_be_visible()
    walk.picture("23-more-channels", whole=True)


@steps_in_order(
    ("Region to be set to US", _us_channel),
    ("For Amazon.com marketplaces", _us_authorise),
    ("One for each Amazon EU & Amazon US marketplace, made in one go", _all_marketplaces),
)
def test_a_us_channel(walk, act):
    act(walk)


# --- What goes wrong on the way


def test_a_refused_consent_links_nothing_and_says_so(walk):
    walk.load_channel("Guide UK FBM")
    walk.authorise()
    walk.log_into_seller_central("a2harboureultd1@sellers.example")
    walk.press("Cancel")
    walk.sees("The consent was not given.")
    walk.picture("24-refused")
    walk.page.goto("/channels/")
    expect(walk.page.locator("tr", has_text="Guide UK FBM").get_by_text("Linked", exact=True)).to_be_visible()
