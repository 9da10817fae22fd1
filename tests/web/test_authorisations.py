"""Authorise as pages: started here, begun in Seller Central, every end, revoked here."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from django.conf import settings as django_settings
from tests.factories.cast import Trading
from tests.factories.ground import NOW, UK

from wharfinger.db.models import (
    Alert,
    AmazonApplication,
    AuthorisationAttempt,
    Channel,
    SellerAccount,
)
from wharfinger.domain.channels.channel import AuthorisationOutcome
from wharfinger.domain.installation.people import Role
from wharfinger.domain.installation.subjects import AboutToken, AlertKey
from wharfinger.operations.access.authorisation import WhyNotOurs
from wharfinger.web.outcomes import NOT_OURS, OUTCOMES

pytestmark = pytest.mark.django_db

ID = "amzn1.sp.solution.1"
SELLER = "A2HARBOUREULTD1"
ROW_CHOICE = {
    "amazon_callback_uri": f"https://sellercentral-europe.amazon.com/apps/authorize/confirm/{ID}",
    "amazon_state": "amazon+state/=",
    "selling_partner_id": SELLER,
}


@pytest.fixture
def world(application):
    made = Trading()
    SellerAccount.objects.update(
        application=application,
        refresh_token="Atzr|very-secret-token",
        token_last_four="oken",
        token_set_at=NOW,
        token_expiry=(NOW + timedelta(days=365)).date(),
    )
    return made


def installation(settings, **changes):
    settings.WHARFINGER = replace(django_settings.WHARFINGER, **changes)


def link_on(page):
    """The address of the button that leads to Seller Central."""
    text = page.content.decode()
    return text.partition('button-primary" href="')[2].partition('"')[0].replace("&amp;", "&")


def state_of(address):
    return parse_qs(urlsplit(address).query)["state"][0]


def pressed(browser, world):
    return state_of(link_on(browser.get(f"/channels/{world.fbm.pk}/authorise/")))


def came_back(browser, state, **changes):
    query = {"state": state, "selling_partner_id": SELLER, "spapi_oauth_code": "c0de", **changes}
    return browser.get(f"/amazon/callback?{urlencode({k: v for k, v in query.items() if v})}")


# --- started here


def test_the_page_leads_to_the_marketplaces_seller_central_with_what_amazon_wants(world, sign_in, settings):
    installation(settings, system="live", public_url="https://shop.example")
    page = sign_in().get(f"/channels/{world.fbm.pk}/authorise/")
    address = urlsplit(link_on(page))
    assert (address.netloc, address.path) == ("sellercentral-europe.amazon.com", "/apps/authorize/consent")
    params = dict(parse_qsl(address.query))
    assert len(params.pop("state")) > 40
    assert params == {
        "application_id": ID,
        "redirect_uri": "https://shop.example/amazon/callback",
        "version": "beta",
    }
    text = page.content.decode()
    for code in ("MD1000", "MD5100", "MD5101", "MD9000", "SPDC8143"):
        assert code in text
    assert "paste the Auth Token first" not in text


def test_a_published_application_is_not_reported_as_beta_and_its_own_redirect_uri_is_used(world, sign_in):
    AmazonApplication.objects.update(is_draft=False, redirect_uri="https://proxy.example/amazon/callback")
    params = dict(parse_qsl(urlsplit(link_on(sign_in().get(f"/channels/{world.fbm.pk}/authorise/"))).query))
    assert ("version" in params, params["redirect_uri"]) == (False, "https://proxy.example/amazon/callback")
    assert AuthorisationAttempt.objects.get().redirect_uri == "https://proxy.example/amazon/callback"


@pytest.mark.parametrize(
    ("changes", "paste"),
    [
        ({"system": "live", "public_url": "http://shop.example"}, True),
        ({"system": "live", "public_url": "https://shop.example"}, False),
        ({"system": "demo", "public_url": "http://127.0.0.1:8000"}, False),
    ],
)
def test_without_https_the_pasted_auth_token_comes_first(world, sign_in, settings, changes, paste):
    installation(settings, **changes)
    text = sign_in().get(f"/channels/{world.fbm.pk}/authorise/").content.decode()
    assert (f"/channels/{world.fbm.pk}/edit/#id_auth_token" in text) is paste


def test_a_role_that_the_application_has_not_is_shown_with_what_is_missing(world, sign_in):
    AmazonApplication.objects.update(roles=["Product Listing"])
    text = sign_in().get(f"/channels/{world.fbm.pk}/authorise/").content.decode()
    assert "Not among the application" in text
    assert "No orders are imported" in text


def test_without_an_application_of_its_region_the_channel_page_says_where_to_enter_one(world, sign_in):
    SellerAccount.objects.update(application=None)
    answer = sign_in().get(f"/channels/{world.fbm.pk}/authorise/")
    assert (answer.status_code, answer["Location"]) == (302, f"/channels/{world.fbm.pk}/")
    assert not AuthorisationAttempt.objects.exists()


# --- the way back


def test_a_good_return_leads_to_its_page_without_the_code_in_the_address(world, sign_in):
    browser = sign_in()
    answer = came_back(browser, pressed(browser, world))
    attempt = AuthorisationAttempt.objects.get()
    assert (answer["Location"], answer["Referrer-Policy"]) == (f"/authorisations/{attempt.pk}/", "no-referrer")
    page = browser.get(answer["Location"]).content.decode()
    assert "being exchanged" in page
    assert "c0de" not in page


def test_a_second_return_with_the_same_state_is_a_replay(world, sign_in):
    browser = sign_in()
    state = pressed(browser, world)
    came_back(browser, state)
    answer = came_back(browser, state)
    text = answer.content.decode()
    assert (answer.status_code, answer["Referrer-Policy"]) == (400, "no-referrer")
    assert "was used already" in text
    assert f"/authorisations/{AuthorisationAttempt.objects.get().pk}/" in text


def test_another_browsers_return_and_a_guessed_state_have_their_own_words(world, sign_in):
    state = pressed(sign_in(), world)
    other = sign_in(Role.MANAGER)
    assert "started elsewhere" in came_back(other, state).content.decode()
    assert "started here" in came_back(other, "guessed").content.decode()
    assert AuthorisationAttempt.objects.get().state == "open"


def test_a_wrong_seller_is_reported_with_both_names(world, sign_in):
    browser = sign_in()
    answer = came_back(browser, pressed(browser, world), selling_partner_id="A9ANOTHERSELLER")
    text = browser.get(answer["Location"]).content.decode()
    assert "You signed in as another seller." in text
    assert SELLER in text
    assert "A9ANOTHERSELLER" in text
    assert SellerAccount.objects.get().refresh_token == "Atzr|very-secret-token"


def test_a_refused_consent_says_so_and_changes_nothing(world, sign_in):
    browser = sign_in()
    refusal = {"spapi_oauth_code": "", "error": "access_denied", "error_description": "The seller pressed <Cancel>."}
    answer = came_back(browser, pressed(browser, world), **refusal)
    text = browser.get(answer["Location"]).content.decode()
    assert "The consent was not given." in text
    assert "pressed &lt;Cancel&gt;." in text


@pytest.mark.parametrize("outcome", list(AuthorisationOutcome))
def test_every_end_has_its_own_page_with_a_remedy(world, sign_in, outcome):
    browser = sign_in()
    pressed(browser, world)
    state = "done" if outcome is AuthorisationOutcome.LINKED else "failed"
    AuthorisationAttempt.objects.update(state=state, outcome=outcome.value, error="What Amazon said.")
    page = browser.get(f"/authorisations/{AuthorisationAttempt.objects.get().pk}/")
    text = page.content.decode()
    words = OUTCOMES[outcome]
    assert words.title in text
    assert "What to do:" in text
    assert "hx-get" not in text.partition('id="result"')[2], "the page asks no more"


def test_no_two_ends_share_their_words():
    assert set(OUTCOMES) == set(AuthorisationOutcome)
    assert set(NOT_OURS) == set(WhyNotOurs)
    assert len({words.title for words in OUTCOMES.values()}) == len(OUTCOMES)


def test_an_attempt_is_shown_to_the_one_who_pressed_only(world, sign_in):
    pressed(sign_in(), world)
    address = f"/authorisations/{AuthorisationAttempt.objects.get().pk}/"
    assert sign_in(Role.MANAGER).get(address).status_code == 404


# --- begun in Seller Central


def begin(browser, **changes):
    return browser.get(f"/amazon/authorise?{urlencode({**ROW_CHOICE, **changes})}")


def test_a_known_seller_is_sent_back_to_amazon_with_both_states(world, sign_in):
    browser = sign_in()
    answer = begin(browser)
    assert (answer["Location"], answer["Referrer-Policy"]) == ("/amazon/authorise/begin/", "no-referrer")
    address = urlsplit(link_on(browser.get(answer["Location"])))
    assert address.path == f"/apps/authorize/confirm/{ID}"
    params = dict(parse_qsl(address.query))
    state = params.pop("state")
    assert params == {
        "redirect_uri": "http://127.0.0.1:8000/amazon/callback",
        "amazon_state": "amazon+state/=",
        "version": "beta",
    }
    came_back(browser, state)
    assert AuthorisationAttempt.objects.get().state == "returned"


def test_who_is_not_signed_in_signs_in_first_and_comes_back(world, client):
    answer = begin(client)
    assert answer["Location"].startswith("/sign-in/?next=/amazon/authorise%3F")
    assert not AuthorisationAttempt.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amazon_callback_uri": ""}, "must be a web address"),
        ({"amazon_callback_uri": f"https://evil.example/apps/authorize/confirm/{ID}"}, "evil.example"),
        ({"amazon_callback_uri": f"http://amazon.com/apps/authorize/confirm/{ID}"}, "is not Amazon"),
        ({"amazon_callback_uri": "https://amazon.com/apps/authorize/confirm/amzn1.sp.solution.2"}, "not entered here"),
        ({"amazon_callback_uri": "https://amazon.com/<script>"}, "must be a web address"),
        ({"amazon_state": ""}, "amazon_state is missing"),
    ],
)
def test_whoever_is_not_amazon_sends_nobody_on(world, sign_in, changes, words):
    answer = begin(sign_in(), **changes)
    text = answer.content.decode()
    assert (answer.status_code, answer["Referrer-Policy"], words in text) == (400, "no-referrer", True)
    assert "You are not sent on." in text
    assert "<script>" not in text.partition("<main")[2]
    assert not AuthorisationAttempt.objects.exists()


def test_a_new_seller_is_requested_which_waiting_channel_is_his(world, sign_in):
    waiting = SellerAccount.objects.create(
        name="New one", region="EU", application=AmazonApplication.objects.get(), made_at=NOW
    )
    channel = Channel.objects.create(
        name="Waiting FBM",
        kind="FBM",
        account=waiting,
        marketplace_id=UK,
        start_date=NOW.date(),
        import_fba_orders="no_fba",
        made_at=NOW,
    )
    browser = sign_in()
    begin(browser, selling_partner_id="A9NEWSELLER")
    text = browser.get("/amazon/authorise/begin/").content.decode()
    assert "Waiting FBM" in text
    assert world.fbm.name not in text.partition("<main")[2]
    page = browser.get(f"/amazon/authorise/begin/?channel={channel.pk}")
    assert urlsplit(link_on(page)).netloc == "sellercentral-europe.amazon.com"
    assert AuthorisationAttempt.objects.get().channel == channel
    for strange in (world.fbm.pk, "x", "999999"):
        assert "Waiting FBM" in browser.get(f"/amazon/authorise/begin/?channel={strange}").content.decode()


def test_a_new_seller_without_a_waiting_channel_is_led_to_new_channel(world, sign_in):
    browser = sign_in()
    begin(browser, selling_partner_id="A9NEWSELLER")
    assert "No channel waits for this seller" in browser.get("/amazon/authorise/begin/").content.decode()


def test_the_second_page_alone_is_nothing(world, sign_in):
    assert sign_in().get("/amazon/authorise/begin/").status_code == 400


# --- the access that is held


def test_the_access_page_shows_last_four_and_dates_and_no_secret(world, sign_in):
    browser = sign_in()
    pressed(browser, world)
    Alert.objects.create(
        kind="token_expires",
        key=AlertKey(AboutToken(world.account.pk), "2027-01-05:30"),
        subject=AboutToken(world.account.pk),
        text="It ends soon.",
        remedy="Press Authorise again.",
        raised_at=NOW,
    )
    text = browser.get(f"/channels/{world.fbm.pk}/access/").content.decode()
    for shown in ("…oken", SELLER, "It ends soon.", "Amazon.co.uk FBA", "Revoke"):
        assert shown in text
    for secret in ("very-secret", "topsecret"):
        assert secret not in text


def test_revoked_here_it_says_so_and_the_channels_wait(world, sign_in):
    browser = sign_in(Role.MANAGER)
    assert "Manage Your Apps" in browser.get(f"/channels/{world.fbm.pk}/revoke/").content.decode()
    assert SellerAccount.objects.get().token_set_at is not None
    answer = browser.post(f"/channels/{world.fbm.pk}/revoke/", follow=True)
    assert "All queued work is kept" in answer.content.decode()
    assert set(Channel.objects.values_list("link_state", flat=True)) == {"waiting"}
    again = browser.post(f"/channels/{world.fbm.pk}/revoke/", follow=True)
    assert "no access to revoke" in again.content.decode()


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.ACCOUNTS, Role.VIEWER])
def test_other_roles_meet_none_of_it(world, sign_in, role):
    browser = sign_in(role)
    for address in ("authorise", "access", "revoke"):
        assert browser.get(f"/channels/{world.fbm.pk}/{address}/").status_code == 403
    assert begin(browser).status_code == 403
    assert browser.post(f"/channels/{world.fbm.pk}/revoke/").status_code == 403
    assert SellerAccount.objects.get().token_set_at is not None


def test_a_private_application_has_no_consent_page_and_says_how_its_token_is_had(world, sign_in):
    AmazonApplication.objects.update(kind="private")
    browser = sign_in()
    text = browser.post(f"/channels/{world.fbm.pk}/authorise/").content.decode()
    assert "Amazon has no consent page for it" in text
    assert 'amazon.com/sellingpartner/developerconsole" rel="noreferrer">Open Develop Apps' in " ".join(text.split())
    assert f"/channels/{world.fbm.pk}/edit/#id_auth_token" in text
    assert "/apps/authorize/consent" not in text
    assert not AuthorisationAttempt.objects.exists()


def test_the_wizard_and_the_edit_page_lead_a_private_application_to_its_token(world, sign_in):
    AmazonApplication.objects.update(kind="private")
    SellerAccount.objects.update(token_set_at=None, link_state="waiting")
    Channel.objects.update(link_state="waiting")
    browser = sign_in()
    assert "Your application is private" in browser.get(f"/channels/{world.fbm.pk}/edit/").content.decode()
    set_up = browser.get(f"/channels/{world.fbm.pk}/set-up/authorise/").content.decode()
    assert ("Authorise app" in set_up, "is shown <strong>once</strong>" in set_up) == (True, True)
