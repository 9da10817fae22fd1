import json
import logging
from datetime import UTC, datetime

import pytest

from wharfinger.amazon.auth import Credentials
from wharfinger.amazon.messages.secrets import read_secret_notice
from wharfinger.amazon.messages.wire import Unreadable
from wharfinger.amazon.queues import QueueMessage
from wharfinger.config.logs import FORMATTERS, TextLines, without_secrets
from wharfinger.couriers.transport import Request
from wharfinger.db.queries.installation.mail import MailServer
from wharfinger.domain.shipping.connections import ConnectionKind
from wharfinger.operations.access.applications import ApplicationEntry, QueueEntry
from wharfinger.operations.access.authorisation import CodeToExchange
from wharfinger.operations.access.rotation import NewSecret, QueueFacts, RotationToAsk
from wharfinger.operations.installation.mail import MailEntry
from wharfinger.operations.shipping.connections import ConnectionEntry
from wharfinger.sync.mailer import SmtpServer

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

SECRETS = {
    "access token": ("calling with Atza|IwEBIabc-123_x", "IwEBIabc-123_x"),
    "refresh token": ("kept Atzr|IwEBIdef.ghi for the account", "IwEBIdef.ghi"),
    "client secret": ("amzn1.oa2-cs.v1.0123abcdef was refused", "0123abcdef"),
    "code in an address": ("GET /amazon/callback?state=st4te&spapi_oauth_code=c0de&x=1", "c0de"),
    "state in an address": ("GET /amazon/callback?state=st4te&spapi_oauth_code=c0de&x=1", "st4te"),
    "form body": ("grant_type=refresh_token&refresh_token=r3fresh&client_secret=s3cret", "s3cret"),
    "json body": ('{"access_token": "t0ken", "token_type": "bearer"}', "t0ken"),
    "python body": ("{'refresh_token': 'r3fresh'}", "r3fresh"),
    "header": ("{'x-amz-access-token': 't0ken'}", "t0ken"),
    "bearer": ("Authorization: Bearer abc.def", "abc.def"),
    "bearer in a sentence": ("sent Authorization: Bearer abc.def to it", "abc.def"),
    "amazon's own state": ("GET /amazon/authorise?amazon_state=st4te&amazon_callback_uri=https", "st4te"),
    "new client secret": ('{"newClientSecret": "n3w", "clientId": "c"}', "n3w"),
    "queue's key": ("signed with aws_secret_access_key=k3y", "k3y"),
    "database address": ("postgresql://shop:s3cret@db.example/shop", "s3cret"),
}


def line(message, *args, lines="json", **extra):
    record = logging.getLogger("test").makeRecord("test", logging.INFO, __file__, 1, message, args, None, extra=extra)
    return format_with(record, lines)


def format_with(record, lines="json"):
    return FORMATTERS[lines]().format(record)


@pytest.mark.parametrize("lines", FORMATTERS)
@pytest.mark.parametrize(("text", "secret"), SECRETS.values(), ids=SECRETS)
def test_a_secret_is_taken_out_of_a_message(text, secret, lines):
    assert secret not in without_secrets(text)
    assert secret not in line(text, lines=lines)
    assert secret not in line("%s", text, lines=lines)
    assert secret not in line("call", body=text, lines=lines)


@pytest.mark.parametrize("lines", FORMATTERS)
def test_a_secret_is_taken_out_of_an_error(lines):
    try:
        raise ValueError("refused refresh_token=r3fresh")
    except ValueError as error:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": (type(error), error, error.__traceback__)})
    logged = format_with(record, lines)
    assert "r3fresh" not in logged
    assert "ValueError" in logged


def test_a_line_is_one_json_object_and_keeps_the_rest():
    logged = json.loads(line("took %s orders\nof account 7", 12, flow="orders_in", account_id=7))
    assert logged["message"] == "took 12 orders\nof account 7"
    assert (logged["level"], logged["logger"], logged["flow"], logged["account_id"]) == ("info", "test", "orders_in", 7)


def test_a_line_of_text_is_one_line_with_its_extras():
    record = logging.getLogger("test").makeRecord(
        "test", logging.INFO, __file__, 1, "took %s orders\nof account 7", (12,), None, extra={"flow": "orders_in"}
    )
    record.created = 1_795_000_000.25
    record.msecs = 250
    assert TextLines().format(record) == (
        "2026-11-18 11:06:40.250 info test: took 12 orders\\nof account 7 flow='orders_in'"
    )


OURS = (
    Credentials("client", "s3cret"),
    RotationToAsk(1, "client", "s3cret", "EU"),
    QueueFacts(1, "https://sqs", "eu-west-1", "AKIA", "s3cret", True),
    NewSecret("client", "s3cret", NOW, None, None),
    CodeToExchange(1, 1, "EU", "s3cret", "https://us"),
    QueueEntry("https://sqs", "AKIA", "s3cret"),
    ApplicationEntry("id", "client", "s3cret"),
    MailEntry("smtp", 587, "TLS", "shop", "s3cret", "s@example.com"),
    SmtpServer("smtp", 587, "TLS", "shop", "s3cret", "s@example.com"),
    MailServer("smtp", 587, "TLS", "shop", "s3cret", "cret", "s@example.com", ()),
    QueueMessage(b"s3cret", "s3cret"),
    ConnectionEntry(ConnectionKind.CLICK_AND_DROP, "Royal Mail", "s3cret"),
    Request("version", "GET", "https://x", (("authorization", "Bearer s3cret"),)),
)


@pytest.mark.parametrize("value", OURS, ids=lambda value: type(value).__name__)
def test_a_value_that_holds_a_secret_does_not_show_it(value):
    assert "s3cret" not in repr(value)
    assert "s3cret" not in line("%s", value)


def test_a_new_secrets_message_does_not_show_it_even_when_it_is_not_understood():
    beginning = (
        b'{"notificationType": "APPLICATION_OAUTH_CLIENT_NEW_SECRET", "payload": {"applicationOAuthClientNewSecret": '
    )
    assert "s3cret" not in repr(read_secret_notice(beginning + b'{"clientId": "c", "newClientSecret": "s3cret"}}}'))
    with pytest.raises(Unreadable) as unreadable:
        read_secret_notice(beginning + b'{"newClientSecret": "s3cret"}}}')
    assert "s3cret" not in str(unreadable.value)
