"""Passkeys beside the authenticator app: each answer is good for one challenge, at one address, of one person."""

import json
from dataclasses import replace
from html import unescape

import pytest
from allauth.mfa.models import Authenticator
from fido2.utils import websafe_decode
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.authenticator import Device
from tests.factories.people import someone
from tests.web.client import Client
from tests.web.test_second_factor import PASSWORD, code_of, sign_in

from wharfinger.db.models import AccessEntry, AuditEntry
from wharfinger.domain.installation.people import Role
from wharfinger.operations.installation.factors import passkeys, second_factor
from wharfinger.operations.installation.factors.passkeys import MOST, Place, Shown
from wharfinger.operations.refusals import Refused
from wharfinger.web.second_factor import PASSWORD_AT

pytestmark = pytest.mark.django_db
HERE = Place("localhost", "http://localhost:8000")
ADD, SHOW, REMOVE = "/account/second-factor/passkey/", "/sign-in/passkey/", "/account/second-factor/passkey/remove/"


@pytest.fixture
def live(settings, both_times):
    settings.WHARFINGER = replace(settings.WHARFINGER, system="live")
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "shop.example"]
    return both_times


@pytest.fixture
def olga(both_times):
    person = someone(Role.ADMINISTRATOR, username="olga", full_name="Olga Owner")
    person.set_password(PASSWORD)
    person.save()
    secret = second_factor.new_secret()
    second_factor.set_up_app(person.pk, secret=secret, code=code_of(secret), now=both_times.now())
    return person


def client(host="localhost:8000"):
    return Client(headers={"host": host})


def options_of(page):
    return json.loads(unescape(page.text.split('data-options="')[1].split('"')[0]))


def added(olga, now, device=None, name="Telephone", place=HERE):
    device = device or Device(place.origin)
    requested = passkeys.ask_for_new(olga, place)
    passkeys.add(
        olga.pk, name=name, answer=device.create(requested.options), state=requested.state, place=place, now=now
    )
    return device


def test_a_passkey_is_added_and_then_opens_the_second_step(live, olga):
    device, browser = Device(), client()
    browser.force_login(olga)
    session = browser.session
    session.pop(PASSWORD_AT)
    session.save()
    assert browser.get(ADD)["Location"].startswith("/account/confirm/")  # the password again, first
    browser.post("/account/confirm/", {"password": PASSWORD})
    answer = device.create(options_of(browser.get(ADD)))
    kept = browser.post(ADD, {"name": "  My   telephone ", "answer": json.dumps(answer)})
    assert kept["Location"] == "/account/second-factor/"
    assert "My telephone" in browser.get("/account/second-factor/").text
    entry = AuditEntry.objects.get(verb="add passkey")
    assert (entry.user, entry.after) == (olga, {"name": "olga", "passkey": "My telephone"})

    other = client()
    assert sign_in(other)["Location"].startswith("/sign-in/code/")
    shown = device.get(options_of(other.get("/sign-in/code/")))
    assert other.post(SHOW, {"answer": json.dumps(shown), "next": "/settings/"})["Location"] == "/settings/"
    assert other.get("/settings/").status_code == 200
    kinds = set(AccessEntry.objects.filter(user=olga).values_list("what", flat=True))
    assert {"factor_set_up", "factor_shown", "signed_in"} <= kinds

    again = client()
    sign_in(again)
    again.get("/sign-in/code/")
    assert again.post(SHOW, {"answer": json.dumps(shown)})["Location"] == "/sign-in/code/"  # of another challenge
    assert "This passkey was not accepted." in again.get("/sign-in/code/").text
    assert again.get("/")["Location"].startswith("/sign-in/")
    assert AccessEntry.objects.filter(what="factor_failed").count() == 1


def test_an_answer_is_taken_once(live, olga):
    device = added(olga, live.now())
    challenge = passkeys.ask_for_one(olga.pk, HERE)
    answer = device.get(challenge.options)
    assert passkeys.prove(olga.pk, answer=answer, state=challenge.state, place=HERE)
    assert not passkeys.prove(olga.pk, answer=answer, state=challenge.state, place=HERE)  # its counter stands still
    browser = client()
    sign_in(browser)
    shown = json.dumps(device.get(options_of(browser.get("/sign-in/code/"))))
    browser.post(SHOW, {"answer": shown})
    browser.post("/sign-out/")
    sign_in(browser)
    assert browser.post(SHOW, {"answer": shown})["Location"] == "/sign-in/code/"  # the session keeps no challenge


def test_a_key_that_was_copied_is_refused(live, olga):
    device = added(olga, live.now())
    for counter, good in ((5, True), (3, False), (6, True)):
        device.counter = counter - 1
        challenge = passkeys.ask_for_one(olga.pk, HERE)
        answer = device.get(challenge.options)
        assert passkeys.prove(olga.pk, answer=answer, state=challenge.state, place=HERE) is good, counter


@pytest.mark.parametrize("origin", ["https://shop.example", "http://localhost:8001", "https://localhost:8000", ""])
def test_what_was_shown_at_another_address_opens_nothing(live, olga, origin):
    device = added(olga, live.now())
    device.origin = origin
    challenge = passkeys.ask_for_one(olga.pk, HERE)
    assert not passkeys.prove(olga.pk, answer=device.get(challenge.options), state=challenge.state, place=HERE)
    requested = passkeys.ask_for_new(olga, HERE)
    answer = Device(origin).create(requested.options)
    with pytest.raises(Refused, match="was not accepted"):
        passkeys.add(olga.pk, name="x", answer=answer, state=requested.state, place=HERE, now=live.now())


def test_another_persons_passkey_opens_nothing(live, olga):
    sam = someone(Role.MANAGER, username="sam")
    secret = second_factor.new_secret()
    second_factor.set_up_app(sam.pk, secret=secret, code=code_of(secret), now=live.now())
    added(olga, live.now())
    his = added(sam, live.now())
    challenge = passkeys.ask_for_one(olga.pk, HERE)
    assert not passkeys.prove(olga.pk, answer=his.get(challenge.options), state=challenge.state, place=HERE)


def test_a_passkey_of_another_host_is_not_wanted(live, olga):
    added(olga, live.now(), place=Place("shop.example", "https://shop.example"))
    assert passkeys.ask_for_one(olga.pk, HERE) is None
    browser = client()
    sign_in(browser)
    assert "Use a passkey" not in browser.get("/sign-in/code/").text


def test_an_address_without_a_name_has_none(live, olga):
    browser = client("127.0.0.1:8000")
    browser.force_login(olga)
    assert browser.get(ADD)["Location"] == "/account/second-factor/"
    assert "Passkeys need https and a host name" in browser.get("/account/second-factor/").text


def test_an_app_comes_first_and_is_replaced_without_them(live, olga):
    sam = someone(Role.MANAGER, username="sam")
    requested = passkeys.ask_for_new(sam, HERE)
    answer = Device().create(requested.options)
    with pytest.raises(Refused, match="Set up an authenticator app first"):
        passkeys.add(sam.pk, name="x", answer=answer, state=requested.state, place=HERE, now=live.now())
    added(olga, live.now())
    secret = second_factor.new_secret()
    second_factor.set_up_app(olga.pk, secret=secret, code=code_of(secret), now=live.now())
    assert Authenticator.objects.filter(user=olga, type="webauthn").count() == 1
    second_factor.reset("olga", now=live.now())
    assert not Authenticator.objects.filter(user=olga).exists()


def test_one_is_removed_by_its_owner_alone(live, olga):
    added(olga, live.now())
    row = Authenticator.objects.get(type="webauthn")
    with pytest.raises(Refused, match="gone already"):
        passkeys.remove(someone(Role.MANAGER, username="sam").pk, row.pk, now=live.now())
    passkeys.remove(olga.pk, row.pk, now=live.now())
    assert AuditEntry.objects.get(verb="remove passkey").before == {"name": "olga", "passkey": "Telephone"}
    with pytest.raises(Refused, match="gone already"):
        passkeys.remove(olga.pk, row.pk, now=live.now())


def test_there_are_ten_at_most_and_none_without_a_name(live, olga):
    with pytest.raises(Refused, match="Give the passkey a name"):
        added(olga, live.now(), name="   ")
    for number in range(MOST):
        added(olga, live.now(), name=f"key {number}")
    with pytest.raises(Refused, match="remove one first"):
        added(olga, live.now())


def test_wrong_passkeys_are_slowed_down_like_codes(live, olga):
    added(olga, live.now())
    browser = client()
    sign_in(browser)
    for _ in range(6):
        browser.get("/sign-in/code/")
        browser.post(SHOW, {"answer": "{}"})
    assert "Too many attempts" in browser.get("/sign-in/code/").text


def test_who_typed_no_password_is_led_to_the_sign_in(live, olga):
    assert client().post(SHOW, {"answer": "{}"})["Location"] == "/sign-in/"


def broken(answer, cut, at, byte):
    """The answer with one part missing, or a byte of a part changed."""
    parts = dict(answer["response"])
    name = sorted(parts)[cut % len(parts)]
    if byte is None:
        parts.pop(name)
    else:
        place = at % len(parts[name])
        parts[name] = parts[name][:place] + byte + parts[name][place + 1 :]
    return {**answer, "response": parts}


@given(st.integers(0, 10), st.integers(0, 2000), st.one_of(st.none(), st.sampled_from("AZaz09-_")))
def test_whatever_is_broken_is_refused_and_no_fault(cut, at, byte):
    device, state = Device(), {"challenge": "AAAA", "user_verification": "preferred"}
    options = {"publicKey": {"challenge": "AAAA", "rpId": "localhost", "rp": {"id": "localhost"}}}
    made = device.create(options)
    key = passkeys.judge_new(made, state, HERE).credential_data
    passkeys.judge_new(broken(made, cut, at, byte), state, HERE)  # a byte of the key may make another key of it
    shown = device.get(options)
    right = Shown(device.id, 1)
    assert passkeys.judge_shown(shown, state, HERE, [key]) == right
    changed = broken(shown, cut, at, byte)
    assert passkeys.judge_shown(changed, state, HERE, [key]) is None or same_bytes(changed, shown)


def same_bytes(one, other):
    """The last letter of base64 has bits that mean nothing."""
    return all(
        websafe_decode(one["response"][name]) == websafe_decode(value) for name, value in other["response"].items()
    )


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{", '{"id": 1}', '{"response": {}}', '{"rawId": "!", "response": 3}']
)
def test_what_is_no_answer_of_a_browser_is_refused(live, olga, text):
    added(olga, live.now())
    browser = client()
    sign_in(browser)
    browser.get("/sign-in/code/")
    assert browser.post(SHOW, {"answer": text}).status_code == 302
    assert browser.get("/")["Location"].startswith("/sign-in/")
