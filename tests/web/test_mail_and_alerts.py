"""Settings, E-mail, with its test message; the Alerts page, its badge, and alerts on the dashboard."""

from dataclasses import replace

import pytest
from django.conf import settings as django_settings
from tests.factories.alerts import an_alert
from tests.factories.cast import Trading
from tests.factories.ground import NOW

from wharfinger.config.environment import Smtp
from wharfinger.db.models import MailSettings, TestMail
from wharfinger.domain.installation.people import Role
from wharfinger.domain.installation.subjects import AboutToken

pytestmark = pytest.mark.django_db
MAIL = "/settings/mail/"
ENTRY = {
    "host": "smtp.example.com",
    "port": "587",
    "security": "starttls",
    "username": "shop",
    "password": "correct horse battery",
    "sender": "shop@example.com",
    "recipients": "olga@example.com\nsam@example.com",
}


def installation(settings, **changes):
    settings.WHARFINGER = replace(django_settings.WHARFINGER, **changes)


def an_ending(number=1, **values):
    values = {"kind": "token_expires", "subject": AboutToken(1), "remedy": "Press Authorise again.", **values}
    return an_alert(f"Authorisation {number} ends.", **values)


def test_the_mail_server_is_entered_and_its_password_never_shown_again(sign_in):
    browser = sign_in()
    text = browser.post(MAIL, ENTRY, follow=True).content.decode()
    assert "By the mail server entered here" in text
    assert "olga@example.com, sam@example.com" in text
    assert "horse" not in text
    assert "…tery" in text
    elsewhere = browser.post(MAIL, {**ENTRY, "password": "", "host": "mail.example.com"})
    assert (elsewhere.status_code, "type the password again" in elsewhere.text) == (422, True)
    browser.post(MAIL, {**ENTRY, "password": "", "sender": "desk@example.com"})
    row = MailSettings.objects.get()
    assert (row.host, row.sender, row.password) == (ENTRY["host"], "desk@example.com", "correct horse battery")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("host", "", "required"),
        ("host", "http://x", "Write only the mail server"),
        ("port", "0", "greater than or equal to 1"),
        ("port", "many", "whole number"),
        ("security", "SSL", "not one of the available choices"),
        ("security", "none", "sent unencrypted"),
        ("username", "", "user name that belongs"),
        ("password", "", "password of this user name"),
        ("sender", "shop", "not an e-mail address"),
        ("recipients", "olga@example.com\nnobody", "not an e-mail address"),
    ],
)
def test_wrong_input_is_an_error_at_its_field_and_what_was_typed_stays_but_the_password(sign_in, field, value, words):
    answer = sign_in().post(MAIL, {**ENTRY, field: value})
    text = answer.content.decode()
    assert (answer.status_code, words in text, "horse" in text) == (422, True, False)
    assert not MailSettings.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"system": "live", "smtp": None}, "Not at all"),
        ({"system": "demo", "smtp": None}, "Into files"),
        (
            {"system": "live", "smtp": Smtp("mail.env.example", 25, "u", "env-secret", "none", "e@example.com")},
            "mail.env.example:25",
        ),
    ],
)
def test_the_page_says_how_e_mail_leaves_now(sign_in, settings, changes, words):
    installation(settings, **changes)
    text = sign_in().get(MAIL).content.decode()
    assert (words in text, "env-secret" in text) == (True, False)


def test_the_mail_server_is_forgotten_by_a_button(sign_in):
    browser = sign_in()
    browser.post(MAIL, ENTRY)
    browser.post(f"{MAIL}remove/")
    assert not MailSettings.objects.exists()


def test_a_test_message_is_requested_and_the_page_shows_its_end(sign_in):
    browser = sign_in()
    assert browser.post(f"{MAIL}test/", {"to": "sam@example.com"})["Location"] == MAIL
    assert "Being sent to sam@example.com" in browser.get(MAIL).content.decode()
    TestMail.objects.update(error="No server answers at smtp.example.com:587.")
    part = browser.get(MAIL, headers={"HX-Request": "true", "HX-Target": "test-result"})
    assert (part.status_code, b"No server answers" in part.content) == (286, True)


def test_a_test_message_to_nobody_is_an_error_at_its_field(sign_in):
    answer = sign_in().post(f"{MAIL}test/", {"to": "nobody"})
    assert (answer.status_code, "not an e-mail address" in answer.content.decode()) == (422, True)
    assert not TestMail.objects.exists()


def test_a_demos_letters_are_shown_escaped(sign_in, settings, tmp_path):
    installation(settings, home=tmp_path)
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "00001-test.eml").write_text("Subject: x\n\n<script>alert(1)</script>")
    (tmp_path / "mail" / "other.txt").write_text("not a letter")
    text = sign_in().get(MAIL).content.decode()
    assert "00001-test.eml" in text
    assert "&lt;script&gt;alert(1)" in text
    assert "not a letter" not in text


@pytest.mark.parametrize("role", [Role.MANAGER, Role.WAREHOUSE, Role.ACCOUNTS, Role.VIEWER])
def test_only_administrators_set_up_e_mail(sign_in, role):
    browser = sign_in(role)
    assert browser.get(MAIL).status_code == 403
    for verb in ("test", "remove"):
        assert browser.post(f"{MAIL}{verb}/", {"to": "x@example.com"}).status_code == 403


# --- alerts


def test_open_alerts_are_listed_with_remedy_and_mail_and_counted_in_the_navigation(sign_in):
    an_ending(1, mailed_at=NOW)
    an_ending(2, mail_error="Nothing listens.", mail_again_at=NOW)
    an_ending(3, closed_at=NOW)
    browser = sign_in()
    text = browser.get("/alerts/").content.decode()
    assert "Authorisation 1 ends." in text
    assert "e-mail sent" in text
    assert "Nothing listens." in text
    assert "Authorisation 3 ends." not in text
    assert "Authorisation 3 ends." in browser.get("/alerts/?show=closed").content.decode()


def test_without_a_mail_server_the_page_says_that_no_e_mail_goes_out(sign_in, settings):
    installation(settings, system="live", smtp=None)
    an_ending()
    text = sign_in().get("/alerts/").content.decode()
    assert "No e-mail goes out" in text
    assert MAIL in text
    assert MAIL not in sign_in(Role.VIEWER).get("/alerts/").content.decode()


def test_who_may_not_fix_sees_the_alert_without_the_button(sign_in):
    an_ending()
    text = sign_in(Role.WAREHOUSE).get("/alerts/").content.decode()
    assert "Authorisation 1 ends." in text
    assert "Fix it" not in text


def test_the_dashboard_shows_open_alerts(sign_in):
    Trading()
    an_ending()
    assert "Authorisation 1 ends." in sign_in().get("/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(sign_in, count, django_assert_max_num_queries):
    for number in range(count):
        an_ending(number)
    browser = sign_in()
    with django_assert_max_num_queries(14):
        browser.get("/alerts/")
