"""Letters out: by a real SMTP conversation, into files, and not at all."""

import email
import email.policy
import socket
from datetime import timedelta

import pytest
from tests.factories.alerts import an_alert
from tests.factories.ground import NOW
from tests.sync.fake_amazon import SteppedClock
from tests.sync.smtp_server import mail_server

from wharfinger.db.models import Alert, TestMail
from wharfinger.domain.installation.alerts import EmailMessage
from wharfinger.operations.installation import mail
from wharfinger.sync import mail_out
from wharfinger.sync.mailer import FileEmailSender, NotSent, SmtpEmailSender, SmtpServer

pytestmark = pytest.mark.django_db
HOUSE = "https://house.example"
SECRET = "correct horse battery"
LETTER = EmailMessage("Wharfinger: test", "Öl & Ruhe\n.\nends\n")


def post_to(server, **changes):
    defaults = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": "", "password": ""}
    return SmtpEmailSender(SmtpServer(**{**defaults, "sender": "shop@example.com", **changes}))


def run(post, at=NOW):
    return mail_out.run(post, HOUSE, SteppedClock(at), lambda letter: "/channels/1/")


def test_a_letter_arrives_whole(olga):
    with mail_server() as server:
        post_to(server).send(LETTER, ["olga@example.com", "sam@example.com"])
    ((to, text),) = server.letters
    letter = email.message_from_bytes(text.replace(b"\r\n..", b"\r\n."), policy=email.policy.default)
    assert to == ["olga@example.com", "sam@example.com"]
    assert (letter["subject"], letter["from"], letter.get_content().splitlines()) == (
        "Wharfinger: test",
        "shop@example.com",
        ["Öl & Ruhe", ".", "ends"],
    )


def test_open_alerts_are_mailed_once_each(olga):
    an_alert()
    an_alert("Closed before.", closed_at=NOW)
    with mail_server() as server:
        assert run(post_to(server)).outcome == "1 sent"
        assert run(post_to(server)).outcome == "0 sent"
    ((to, text),) = server.letters
    assert to == ["olga@example.com"]
    assert b"Access is lost." in text
    assert f"{HOUSE}/channels/1/".encode() in text
    assert Alert.objects.get(closed_at=None).mailed_at == NOW


AUTH = ("AUTH PLAIN LOGIN",)


@pytest.mark.parametrize(
    ("refuse", "changes", "extensions", "words"),
    [
        (
            {"AUTH": "535 no"},
            {"username": "shop", "password": SECRET},
            AUTH,
            "does not accept the user name and password",
        ),
        ({}, {"username": "shop", "password": SECRET}, (), "does not offer"),
        ({"MAIL": "550 no"}, {}, (), "does not accept the sender's address"),
        ({"RCPT": "550 no such"}, {}, (), "accepts none of the recipients (550)"),
        ({"DATA": "451 later"}, {}, (), "refused the message (451)"),
        ({"EHLO": "500 what", "HELO": "500 what"}, {}, (), "refused the message (500)"),
        ({}, {"security": "starttls"}, (), "does not offer STARTTLS"),
        ({}, {"security": "tls"}, (), "does not offer TLS on this port"),
    ],
)
def test_a_refusal_says_why_and_what_to_do_without_the_password(refuse, changes, extensions, words):
    with mail_server(refuse=refuse, extensions=extensions) as server, pytest.raises(NotSent) as trouble:
        post_to(server, **changes).send(LETTER, ["olga@example.com"])
    assert words in str(trouble.value)
    assert SECRET not in str(trouble.value)
    assert trouble.value.__cause__ is None


def test_nobody_at_the_port_is_reported_as_such():
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port = tried.getsockname()[1]
    with pytest.raises(NotSent, match=f"No server answers at 127.0.0.1:{port}"):
        SmtpEmailSender(SmtpServer("127.0.0.1", port, "none", "", "", "s@example.com")).send(LETTER, ["o@example.com"])


def test_what_failed_waits_and_is_tried_again_with_growing_pauses_until_it_goes(olga):
    an_alert()
    with mail_server(refuse={"DATA": "451 later"}) as server:
        first = run(post_to(server))
        assert (first.outcome, first.next_due) == ("0 sent, 1 waits", NOW + timedelta(seconds=30))
        assert run(post_to(server), NOW + timedelta(seconds=5)).next_due == NOW + timedelta(seconds=30)
        second = run(post_to(server), NOW + timedelta(seconds=30))
        assert second.next_due == NOW + timedelta(seconds=90)
        assert "451" in Alert.objects.get().mail_error
        server.refuse.clear()
        assert run(post_to(server), NOW + timedelta(seconds=90)).outcome == "1 sent"
    alert = Alert.objects.get()
    assert (len(server.letters), alert.mailed_at, alert.mail_error) == (1, NOW + timedelta(seconds=90), "")


def test_without_a_mail_server_nothing_is_lost_and_the_alert_says_why(olga):
    an_alert()
    assert run(None).outcome == "1 waits for a mail server"
    assert "no mail server is set up" in Alert.objects.get().mail_error
    with mail_server() as server:
        run(post_to(server))
    assert len(server.letters) == 1


def test_without_anybody_to_write_to_the_alert_says_so():
    an_alert()
    with mail_server() as server:
        run(post_to(server))
    assert ("no administrator has an address" in Alert.objects.get().mail_error, server.letters) == (True, [])


def test_a_test_message_goes_to_the_one_who_was_named_and_its_end_is_written(olga):
    mail.ask_test("sam@example.com", user=olga, now=NOW)
    with mail_server() as server:
        run(post_to(server))
    (row,) = TestMail.objects.all()
    assert ([to for to, _ in server.letters], row.sent_at, row.error, row.way) == (
        [["sam@example.com"]],
        NOW,
        "",
        f"127.0.0.1:{server.port}",
    )


def test_a_test_message_that_fails_says_why_and_is_not_tried_again(olga):
    mail.ask_test("sam@example.com", user=olga, now=NOW)
    mail.ask_test("sam@example.com", user=olga, now=NOW)
    with mail_server(refuse={"RCPT": "550 no"}) as server:
        run(post_to(server))
        server.refuse.clear()
        run(post_to(server))
    assert server.letters == []
    assert all("accepts none of the recipients" in row.error for row in TestMail.objects.all())
    mail.ask_test("sam@example.com", user=olga, now=NOW)
    run(None)
    assert "no mail server" in TestMail.objects.latest("pk").error


def test_a_demo_writes_each_letter_into_a_file_of_its_own(tmp_path, olga):
    an_alert()
    an_alert("Another.")
    post = FileEmailSender(tmp_path / "mail", "wharfinger@demo.example")
    assert run(post).outcome == "2 sent"
    names = sorted(path.name for path in (tmp_path / "mail").iterdir())
    assert names == ["00001-wharfinger-authorisation-lost.eml", "00002-wharfinger-authorisation-lost.eml"]
    letter = email.message_from_bytes((tmp_path / "mail" / names[0]).read_bytes(), policy=email.policy.default)
    assert (letter["to"], "Access is lost." in letter.get_content()) == ("olga@example.com", True)


def test_a_folder_that_cannot_be_written_is_reported_as_such(tmp_path):
    (tmp_path / "mail").write_text("a file in its place")
    with pytest.raises(NotSent, match="could not be written"):
        FileEmailSender(tmp_path / "mail", "s@example.com").send(LETTER, ["o@example.com"])
