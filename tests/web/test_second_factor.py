"""A live system lets nobody in by a password alone; a demo system wants no second factor."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connection
from tests.factories.people import someone
from tests.web.client import Client

from wharfinger.db.encryption import decrypt
from wharfinger.db.models import AuditEntry, User
from wharfinger.db.queries.installation.second_factor import second_factor_of
from wharfinger.domain.installation.people import Role
from wharfinger.operations.installation.factors import second_factor
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db
PASSWORD = "Harbour-Lights-2026"


@pytest.fixture
def live(settings, both_times):
    settings.WHARFINGER = replace(settings.WHARFINGER, system="live")
    return both_times


@pytest.fixture
def olga():
    person = someone(Role.ADMINISTRATOR, username="olga", full_name="Olga Owner")
    person.set_password(PASSWORD)
    person.save()
    return person


def code_of(secret, steps=0):
    """What an app shows now; `steps`: half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def app(olga, both_times):
    secret = second_factor.new_secret()
    made = second_factor.set_up_app(olga.pk, secret=secret, code=code_of(secret), now=both_times.now())
    return secret, made.codes


def sign_in(client, password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": "olga", "password": password, **more})


def shown_secret(page):
    return page.content.decode().split("<code>")[1].split("</code>")[0].replace(" ", "")


def test_who_signs_in_to_a_live_system_sets_up_an_app_before_anything_else(live, olga):
    client = Client()
    assert sign_in(client)["Location"] == "/"
    for address in ("/", "/sales-orders/", "/settings/", "/account/second-factor/", "/account/password/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/second-factor/app/"), address
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"].startswith("/account/second-factor/app/")
    page = client.get("/account/second-factor/app/")
    secret = shown_secret(page)
    assert shown_secret(client.get("/account/second-factor/app/")) == secret  # the picture stays the same
    refused = client.post("/account/second-factor/app/", {"code": "000000"})
    assert (refused.status_code, "This is not the code of now." in refused.text) == (422, True)
    assert not Authenticator.objects.exists()
    answer = client.post("/account/second-factor/app/", {"code": code_of(secret)})
    assert answer["Location"] == "/account/second-factor/codes/"
    codes = client.get("/account/second-factor/codes/").text.count("<li>")
    assert codes == 10
    assert client.get("/account/second-factor/codes/")["Location"] == "/account/second-factor/"  # once
    assert client.get("/").status_code == 200
    assert AuditEntry.objects.filter(verb="set up second factor", user=olga).count() == 1


def test_the_password_alone_signs_nobody_in_who_has_a_second_factor(live, olga, app):
    secret, codes = app
    client = Client()
    answer = sign_in(client, next="/sales-orders/")
    assert answer["Location"] == "/sign-in/code/?next=%2Fsales-orders%2F"
    assert client.get("/sales-orders/")["Location"].startswith("/sign-in/?")
    wrong = client.post("/sign-in/code/", {"code": "123456"})
    assert (wrong.status_code, "_auth_user_id" in client.session) == (422, False)
    code = code_of(secret)
    answer = client.post("/sign-in/code/", {"code": f"{code[:3]} {code[3:]}", "next": "/sales-orders/"})
    assert answer["Location"] == "/sales-orders/"
    assert client.get("/sales-orders/").status_code == 200

    again = Client()
    sign_in(again)
    assert again.post("/sign-in/code/", {"code": code}).status_code == 422  # a code works once
    assert again.post("/sign-in/code/", {"code": codes[0]})["Location"] == "/"
    assert "9 recovery codes are left." in again.get("/").text
    third = Client()
    sign_in(third)
    assert third.post("/sign-in/code/", {"code": codes[0]}).status_code == 422
    assert AuditEntry.objects.filter(verb="use recovery code").count() == 1


def test_guessing_the_code_is_slowed_down_and_unlock_ends_it(live, olga, app):
    client = Client()
    sign_in(client)
    answers = [client.post("/sign-in/code/", {"code": f"{guess:06d}"}).status_code for guess in range(7)]
    assert answers == [422] * 5 + [429] * 2
    assert client.post("/sign-in/code/", {"code": code_of(app[0])}).status_code == 429
    live.advance(timedelta(minutes=1))
    client.post("/sign-in/code/", {"code": code_of(app[0])})
    assert client.get("/").status_code == 200


def test_the_second_step_waits_ten_minutes_and_no_longer_than_the_password(live, olga, app):
    client = Client()
    sign_in(client)
    live.advance(timedelta(minutes=11))
    assert client.post("/sign-in/code/", {"code": code_of(app[0])})["Location"] == "/sign-in/"
    sign_in(client)
    olga.set_password("Another-Password-2026")
    olga.save()
    assert client.post("/sign-in/code/", {"code": code_of(app[0])})["Location"] == "/sign-in/"


def test_a_session_of_before_needs_the_second_factor_too(live, olga, app):
    client = Client()
    client.force_login(olga, proved=False)
    assert client.get("/settings/")["Location"] == "/sign-in/code/?next=%2Fsettings%2F"
    client.post("/sign-in/code/", {"code": code_of(app[0])})
    assert client.get("/settings/").status_code == 200


def test_a_demo_system_wants_none_and_takes_the_one_that_somebody_set_up(olga, both_times):
    client = Client()
    sign_in(client)
    assert client.get("/account/second-factor/").status_code == 200
    page = client.get("/account/second-factor/app/")
    client.post("/account/second-factor/app/", {"code": code_of(shown_secret(page))})
    assert sign_in(Client())["Location"] == "/sign-in/code/?next=%2F"


def test_secrets_stand_encrypted_and_codes_nowhere(olga, app):
    secret, codes = app
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator ORDER BY type")
        stored = "".join(row[0] for row in cursor.fetchall())
    assert secret not in stored
    assert not any(code in stored for code in codes)
    row = Authenticator.objects.get(type="totp")
    assert decrypt(row.data["secret"]).decode() == secret


def test_what_is_far_reaching_wants_the_password_again_after_a_quarter_of_an_hour(live, olga, app):
    packer = someone(Role.WAREHOUSE, username="petra")
    client = Client()
    sign_in(client)
    client.post("/sign-in/code/", {"code": code_of(app[0])})
    address = f"/settings/users/{packer.pk}/"
    assert client.get(address).status_code == 200
    live.advance(timedelta(minutes=16))
    answer = client.post(f"{address}active/", {"active": "off"}, headers={"Referer": f"http://testserver{address}"})
    assert answer["Location"] == f"/account/confirm/?next=%2Fsettings%2Fusers%2F{packer.pk}%2F"
    assert User.objects.get(pk=packer.pk).is_active
    assert "Nothing was changed yet" in client.get(answer["Location"]).text
    assert client.post(answer["Location"], {"password": "wrong"}).status_code == 422
    assert client.post(answer["Location"], {"password": PASSWORD})["Location"] == address
    client.post(f"{address}active/", {"active": "off"})
    assert not User.objects.get(pk=packer.pk).is_active


def test_an_administrator_resets_a_lost_telephone_and_every_session_of_it_ends(live, olga, app):
    client, lost = Client(), someone(Role.WAREHOUSE, username="petra")
    secret = second_factor.new_secret()
    second_factor.set_up_app(lost.pk, secret=secret, code=code_of(secret), now=live.now())
    open_browser = Client()
    open_browser.force_login(lost)
    sign_in(client)
    client.post("/sign-in/code/", {"code": code_of(app[0])})
    assert "Reset the second factor" in client.get(f"/settings/users/{lost.pk}/").text
    assert client.post(f"/settings/users/{lost.pk}/second-factor/").status_code == 302
    assert second_factor_of(lost.pk) is None
    assert open_browser.get("/")["Location"].startswith("/sign-in/?")
    entry = AuditEntry.objects.get(verb="reset second factor")
    assert (entry.noun_id, entry.user) == (str(lost.pk), olga)
    with pytest.raises(Refused, match="has no second factor"):
        second_factor.reset("petra", now=live.now())


def test_another_telephone_and_new_codes_take_the_place_of_the_old(live, olga, app):
    old_secret, old_codes = app
    client = Client()
    sign_in(client)
    client.post("/sign-in/code/", {"code": code_of(old_secret)})
    client.post("/account/second-factor/codes/new/")
    assert client.get("/account/second-factor/codes/").status_code == 200
    assert second_factor.prove(olga.pk, old_codes[1], now=live.now()) is None
    secret = shown_secret(client.get("/account/second-factor/app/"))
    client.post("/account/second-factor/app/", {"code": code_of(secret)})
    assert second_factor.prove(olga.pk, code_of(old_secret, 1), now=live.now()) is None
    assert second_factor.prove(olga.pk, code_of(secret, 1), now=live.now()) is second_factor.Proof.APP
    assert Authenticator.objects.count() == 2


def test_a_person_sees_the_own_sessions_and_ends_them_elsewhere(both_times, olga):
    firefox, telephone = (
        Client(headers={"User-Agent": agent})
        for agent in ("Mozilla/5.0 (Windows NT 10.0) Firefox/130.0", "Mozilla/5.0 (Linux; Android 15) Chrome/140.0")
    )
    for client in (firefox, telephone):
        sign_in(client)
    Client().force_login(someone(Role.VIEWER))
    page = firefox.get("/account/sessions/").text
    assert [page.count(words) for words in ("Firefox, Windows", "Chrome, Android", "This one", "from 127.0.0.1")] == [
        1,
        1,
        1,
        2,
    ]
    wanted = page.split('name="session" value="')[1].split('"')[0]
    assert "1 session has ended." in firefox.post("/account/sessions/end/", {"session": wanted}, follow=True).text
    assert telephone.get("/account/sessions/")["Location"].startswith("/sign-in/")
    for _ in range(2):
        sign_in(Client())
    assert "2 sessions have ended." in firefox.post("/account/sessions/end/", follow=True).text
    assert "no such session" in firefox.post("/account/sessions/end/", {"session": wanted}, follow=True).text
    assert firefox.get("/").status_code == 200
    assert AuditEntry.objects.filter(verb="end sessions", user=olga).count() == 2


def test_whatever_holds_a_secret_wants_the_password_too_and_a_part_that_renews_itself_does_not(live, olga, app):
    client = Client()
    sign_in(client)
    client.post("/sign-in/code/", {"code": code_of(app[0])})
    live.advance(timedelta(minutes=16))
    addresses = ("/settings/mail/", "/settings/amazon-application/new/", "/settings/courier-connections/new/")
    for address in addresses:
        assert client.get(address)["Location"].startswith("/account/confirm/?next="), address
        assert client.post(address, {})["Location"].startswith("/account/confirm/?next="), address
    renewed = client.get("/settings/mail/?part=test-result", headers={"HX-Request": "true"})
    assert renewed.status_code != 302
    client.post("/account/confirm/", {"password": PASSWORD})
    assert {client.get(address).status_code for address in addresses} == {200}
