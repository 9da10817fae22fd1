"""The mail server by field, and what becomes of letters."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.factories.alerts import an_alert
from tests.factories.ground import NOW

from wharfinger.db.models import AuditEntry, MailSettings, TestMail, User
from wharfinger.db.queries.installation.mail import recipients, waiting_emails
from wharfinger.operations.installation import mail
from wharfinger.operations.installation.mail import MailEntry
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db
ENTRY = MailEntry(
    host="smtp.example.com",
    port=587,
    security="starttls",
    username="shop",
    password="correct horse battery",
    sender="shop@example.com",
    recipients=("olga@example.com",),
)


def save(olga, **changes):
    mail.save_mail_settings(replace(ENTRY, **changes), now=NOW, user=olga)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("host", {"host": ""}),
        ("host", {"host": "http://smtp.example.com"}),
        ("host", {"host": "smtp.example.com:587"}),
        ("host", {"host": "smtp example.com"}),
        ("host", {"host": "smtp.example.com\r\nRCPT TO:<x@y>"}),
        ("host", {"host": "-x"}),
        ("port", {"port": 0}),
        ("port", {"port": 65536}),
        ("security", {"security": "SSL"}),
        ("security", {"security": "none"}),
        ("username", {"username": "x" * 201}),
        ("username", {"username": ""}),
        ("password", {"password": ""}),
        ("password", {"password": "a\x00b"}),
        ("password", {"password": "x" * 401}),
        ("sender", {"sender": "shop"}),
        ("sender", {"sender": "Shop <shop@example.com>"}),
        ("sender", {"sender": "shop@example.com\nBcc: x@y.example"}),
        ("recipients", {"recipients": ("olga@example.com", "nobody")}),
        ("recipients", {"recipients": tuple(f"a{n}@example.com" for n in range(21))}),
    ],
)
def test_wrong_input_is_refused_by_its_field_and_nothing_is_kept(olga, field, changes):
    with pytest.raises(Refused) as refused:
        save(olga, **changes)
    assert (refused.value.field, MailSettings.objects.exists()) == (field, False)


def test_the_password_is_kept_by_an_empty_field_and_stands_in_no_audit(olga):
    save(olga)
    save(olga, password="", sender="desk@example.com", host="SMTP.example.com")
    row = MailSettings.objects.get()
    assert (row.sender, row.password, row.password_last_four) == ("desk@example.com", "correct horse battery", "tery")
    assert [entry.after["password"] for entry in AuditEntry.objects.order_by("pk")] == ["changed", "set"]


@pytest.mark.parametrize("elsewhere", [{"host": "smtp.thief.example"}, {"port": 2525}, {"username": "else"}])
def test_a_stored_password_goes_to_no_other_server(olga, elsewhere):
    save(olga)
    with pytest.raises(Refused, match="type the password again") as refused:
        save(olga, password="", **elsewhere)
    assert refused.value.field == "password"
    assert MailSettings.objects.get().host == "smtp.example.com"
    save(olga, password="another one", **elsewhere)
    assert MailSettings.objects.get().password == "another one"


def test_of_a_short_password_nothing_is_shown(olga):
    save(olga, password="hunter22")
    assert MailSettings.objects.get().password_last_four == ""


def test_without_a_user_name_no_password_stays(olga):
    save(olga)
    save(olga, username="", password="")
    assert (MailSettings.objects.get().password, MailSettings.objects.get().username) == ("", "")


def test_letters_go_to_those_who_were_entered_else_to_administrators_with_an_address(olga):
    User.objects.create(username="sam", full_name="Sam", role="manager", email="sam@example.com")
    User.objects.create(username="eve", full_name="Eve", role="administrator", email="")
    User.objects.create(username="old", full_name="Old", role="administrator", email="x@example.com", is_active=False)
    assert recipients() == ("olga@example.com",)
    save(olga)
    assert recipients() == ("olga@example.com",)
    save(olga, recipients=(" ", ""))
    assert recipients() == ("olga@example.com",)


def test_a_letter_is_claimed_by_one_sender_at_a_time_and_freed_by_time():
    alert = an_alert()
    assert mail.claim_email(alert.pk, now=NOW)
    assert not mail.claim_email(alert.pk, now=NOW + timedelta(minutes=1))
    assert mail.claim_email(alert.pk, now=NOW + timedelta(minutes=10))


def test_a_letter_that_failed_is_tried_again_later_and_later():
    alert = an_alert()
    pauses = [mail.fail_email(alert.pk, error="no", now=NOW) - NOW for _ in range(9)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(seconds=30), timedelta(minutes=30))


def test_what_was_mailed_or_closed_is_not_mailed_again():
    sent, closed, waiting = an_alert(), an_alert(closed_at=NOW), an_alert()
    mail.settle_mailed(sent.pk, now=NOW)
    assert [letter.id for letter in waiting_emails()] == [waiting.pk]
    assert not mail.claim_email(sent.pk, now=NOW)
    assert not mail.claim_email(closed.pk, now=NOW)


def test_another_mail_server_is_tried_at_once_with_what_failed(olga):
    alert = an_alert()
    mail.fail_email(alert.pk, error="no", now=NOW)
    save(olga)
    alert.refresh_from_db()
    assert (alert.mail_again_at, alert.mail_failures) == (None, 0)


@pytest.mark.parametrize("to", ["", "nobody", "a@b.example\nc@d.example"])
def test_a_test_message_wants_an_address(olga, to):
    with pytest.raises(Refused) as refused:
        mail.ask_test(to, user=olga, now=NOW)
    assert (refused.value.field, TestMail.objects.exists()) == ("to", False)
