"""A passkey in Chromium: made, and shown in a code's place, with a device that the browser pretends to have."""

import os
import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from wharfinger.web.forms.sign_in import DEMO_PASSWORD

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
PICTURES = os.environ.get("PASSKEY_PICTURES", "")  # noqa: TID251 -- where a builder wants to look at the pages


def code_of(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_in(page, name):
    page.goto("/sign-in/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page):
    page.context.clear_cookies(name="wharfinger_session")


def keep(page, name):
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


@pytest.fixture
def named(chromium, demo):
    """A page at the host name that browsers make passkeys for, with a device."""
    context = chromium.new_context(base_url=demo.pages.replace("127.0.0.1", "localhost"))
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.device = devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    page.devices = devices
    yield page
    sign_out(page)
    sign_in(page, "olga")
    page.goto("/settings/users/")
    page.get_by_role("link", name="Vera Viewer").click()
    page.get_by_role("button", name="Reset the second factor").click()
    context.close()


def test_a_passkey_is_made_and_opens_the_second_step(named):
    page = named
    sign_in(page, "vera")
    page.goto("/account/second-factor/app/")
    page.get_by_label("Code").fill(code_of(page.locator("code").inner_text().replace(" ", "")))
    page.get_by_role("button", name="Turn on").click()
    expect(page).to_have_url(re.compile("/codes/$"))

    page.goto("/account/second-factor/")
    keep(page, "none")
    page.get_by_role("link", name="Add a passkey").click()
    keep(page, "add")
    page.get_by_label("Name").fill("Vera's telephone")
    page.get_by_role("button", name="Create the passkey").click()
    expect(page.get_by_text("The passkey “Vera's telephone” is added.")).to_be_visible()
    keep(page, "added")

    sign_out(page)
    sign_in(page, "vera")
    expect(page).to_have_url(re.compile("/sign-in/code/"))
    keep(page, "step")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Second step")
    assert page.goto("/account/second-factor/").status == 200
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")

    sign_out(page)
    sign_in(page, "vera")
    page.devices.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": page.devices.device})
    page.devices.send("WebAuthn.disable")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("The browser gave no passkey")).to_be_visible()
    keep(page, "failed")
    expect(page.get_by_label("Code")).to_be_visible()  # the other way stays
