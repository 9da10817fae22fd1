"""A rotation from the button to the stored secret: behind the seam, and with boto3 against the pretend Amazon."""

import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import boto3
import httpx2
import pytest
from tests.factories.accounts import QUEUE, an_application
from tests.factories.ground import NOW
from tests.factories.people import olga_the_owner
from tests.sync.fake_amazon import SteppedClock

from amazon_simulator.testing import served
from wharfinger.amazon.auth import ROTATION_SCOPE, Lwa, TokenOnce
from wharfinger.amazon.client import AmazonClient
from wharfinger.amazon.errors import (
    AccessDenied,
    InvalidClient,
    Refused,
    ServerFault,
    Throttled,
    TimedOut,
)
from wharfinger.amazon.queues import QueueMessage, QueueTrouble
from wharfinger.amazon.regions import LIVE
from wharfinger.amazon.sqs import SqsQueue
from wharfinger.amazon.transport import Transport
from wharfinger.db.models import Alert, AmazonApplication
from wharfinger.operations.access import rotation
from wharfinger.sync import secret_in

pytestmark = pytest.mark.django_db
CLIENT = "amzn1.application-oa2-client.1"
OPERATION = "rotateApplicationClientSecret"


class SecretRotator:
    """Amazon that answers a rotation as a test sets it."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []

    def rotate(self, credentials, region, *, now):
        self.calls.append((credentials.client_secret, region))
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer


class FakeQueue:
    """Messages that are hidden once they are received, until they are deleted or put back."""

    def __init__(self, *bodies, trouble=None):
        self.waiting = [QueueMessage(body, f"receipt-{n}") for n, body in enumerate(bodies)]
        self.deleted = []
        self.trouble = trouble

    def receive(self):
        if self.trouble:
            raise QueueTrouble(self.trouble)
        taken, self.waiting = tuple(self.waiting[:10]), self.waiting[10:]
        return taken

    def delete(self, message):
        self.deleted.append(message.receipt)


def new_secret(secret="amzn1.oa2-cs.v1.fresh", client=CLIENT, made=NOW):
    notice = {
        "notificationVersion": "1.0",
        "notificationType": "APPLICATION_OAUTH_CLIENT_NEW_SECRET",
        "payloadVersion": "1.0",
        "eventTime": made.isoformat(),
        "payload": {
            "applicationOAuthClientNewSecret": {
                "clientId": client,
                "newClientSecret": secret,
                "newClientSecretExpiryTime": (made + timedelta(days=180)).isoformat(),
                "oldClientSecretExpiryTime": (made + timedelta(days=7)).isoformat(),
            }
        },
    }
    return json.dumps(notice).encode()


def secret_expiry(client=CLIENT):
    notice = {
        "notificationType": "APPLICATION_OAUTH_CLIENT_SECRET_EXPIRY",
        "payload": {
            "applicationOAuthClientSecretExpiry": {
                "clientId": client,
                "clientSecretExpiryTime": "2027-02-03T00:00:00.000Z",
                "clientSecretExpiryReason": "PERIODIC_ROTATION",
            }
        },
    }
    return json.dumps(notice).encode()


@pytest.fixture
def application():
    return an_application(client_secret="amzn1.oa2-cs.v1.old", secret_set_at=NOW - timedelta(days=170), **QUEUE)


@pytest.fixture
def rotating(application):
    olga = olga_the_owner()
    rotation.ask_rotation(application.pk, user=olga, now=NOW)
    return application


def ask(application, rotator, clock=None):
    return secret_in.ask_for_secret(application.pk, rotator, clock or SteppedClock(NOW))


def read(queue, at=NOW):
    return secret_in.run(lambda facts: queue, SteppedClock(at))


def row():
    return AmazonApplication.objects.get()


def test_amazon_is_requested_once_with_the_present_secret(rotating):
    rotator = SecretRotator()
    assert ask(rotating, rotator) is None
    assert ask(rotating, rotator) is None
    assert rotator.calls == [("amzn1.oa2-cs.v1.old", "EU")]
    assert (row().rotation_requested_at, row().rotation_error) == (NOW, "")


def test_the_message_is_kept_first_and_deleted_after(rotating):
    ask(rotating, SecretRotator())
    queue = FakeQueue(new_secret())
    result = read(queue)
    assert (result.outcome, result.next_due, queue.deleted) == ("1 new secret", None, ["receipt-0"])
    assert (row().client_secret, row().rotation_requested_at) == ("amzn1.oa2-cs.v1.fresh", None)


def test_while_it_is_waited_for_the_queue_is_read_often(rotating):
    ask(rotating, SecretRotator())
    assert read(FakeQueue()).next_due == NOW + secret_in.LOOK_AGAIN_AFTER


def test_the_old_secret_is_used_until_the_message_has_come(rotating):
    ask(rotating, SecretRotator())
    read(FakeQueue())
    assert row().client_secret == "amzn1.oa2-cs.v1.old"


def test_a_message_that_was_delivered_twice_changes_nothing_more(rotating):
    queue = FakeQueue(new_secret(), new_secret())
    assert read(queue).outcome == "1 new secret, 1 processed"
    assert queue.deleted == ["receipt-0", "receipt-1"]


def test_a_warning_of_amazons_sets_the_day_on_which_the_secret_ends(application):
    queue = FakeQueue(secret_expiry())
    assert (read(queue).outcome, queue.deleted) == ("1 processed", ["receipt-0"])
    assert str(row().secret_expires_on) == "2027-02-03"


@pytest.mark.parametrize(
    "body",
    [
        new_secret(client="another"),
        secret_expiry(client="another"),
        b'{"NotificationType": "ORDER_CHANGE", "Payload": {}}',
        b'{"notificationType": "APPLICATION_OAUTH_CLIENT_NEW_SECRET", "payload": {}}',
        b'{"notificationType": "APPLICATION_OAUTH_CLIENT_NEW_SECRET"}',
        new_secret(secret=""),
        b"not json",
        b"",
        b"[]",
        b"\xff\xfe",
    ],
)
def test_what_is_not_ours_or_not_understood_is_left_and_harms_nothing(application, body):
    queue = FakeQueue(body, new_secret())
    assert read(queue).outcome == "1 new secret, 1 ignored, as it is for another application"
    assert queue.deleted == ["receipt-1"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            Refused(
                OPERATION,
                status=400,
                code="InvalidInput",
                message="Application is not enrolled for rotation notification. Please update",
            ),
            "register your SQS queue",
        ),
        (InvalidClient("exchangeToken", status=401), "does not accept the current client id and secret"),
        (AccessDenied(OPERATION, status=403, code="Unauthorized"), "does not let the application"),
        (TimedOut("exchangeToken", outcome_unknown=True), "no answer"),
        (Refused(OPERATION, status=400, code="InvalidInput", message="Something else"), "InvalidInput"),
    ],
)
def test_a_refusal_is_reported_with_its_remedy_and_the_old_secret_stays(rotating, error, words):
    assert ask(rotating, SecretRotator(error)) is None
    stored = row()
    assert (stored.client_secret, stored.rotation_requested_at, words in stored.rotation_error) == (
        "amzn1.oa2-cs.v1.old",
        None,
        True,
    )
    assert Alert.objects.get(closed_at=None).kind == "rotation_failed"


@pytest.mark.parametrize(
    "error",
    [TimedOut(OPERATION, outcome_unknown=True), ServerFault(OPERATION, status=503, outcome_unknown=True)],
)
def test_without_an_answer_the_message_is_waited_for_and_no_second_call_is_made(rotating, error):
    rotator = SecretRotator(error)
    ask(rotating, rotator)
    ask(rotating, rotator)
    assert (len(rotator.calls), row().rotation_requested_at) == (1, NOW)
    read(FakeQueue(new_secret()))
    assert row().client_secret == "amzn1.oa2-cs.v1.fresh"


def test_when_amazons_rate_is_spent_the_same_press_asks_again_later(rotating):
    rotator = SecretRotator(Throttled(OPERATION, status=429))
    assert ask(rotating, rotator) == NOW + secret_in.ASK_AGAIN_AFTER
    assert ask(rotating, rotator) is None
    assert len(rotator.calls) == 2


def test_a_queue_that_cannot_be_read_is_reported_and_forgotten_when_it_answers_again(rotating):
    ask(rotating, SecretRotator())
    broken = FakeQueue(trouble="SQS refuses: there is no such queue")
    read(broken)
    read(broken)
    assert "there is no such queue" in row().rotation_error
    assert Alert.objects.count() == 1
    read(FakeQueue())
    assert row().rotation_error == ""


def test_a_message_that_does_not_come_is_reported_after_an_hour(rotating):
    ask(rotating, SecretRotator())
    read(FakeQueue(), NOW + timedelta(minutes=59))
    assert not Alert.objects.exists()
    read(FakeQueue(), NOW + timedelta(minutes=61))
    assert "No message" in Alert.objects.get().text


# --- with boto3, over HTTP, against the pretend Amazon


class Real:
    """The pretend Amazon's rotation, as `cli` wires it."""

    def __init__(self, base):
        self.base = base
        self.transport = Transport()
        self.endpoints = LIVE.moved_to(token_endpoint=f"{base}/auth/o2/token", endpoints={"EU": f"{base}/eu"})

    def rotate(self, credentials, region, *, now):
        login = Lwa(self.transport, self.endpoints.token_endpoint, credentials)
        token = TokenOnce(login.client_credentials(ROTATION_SCOPE, now=now))
        AmazonClient(self.transport, token, self.endpoints.region(region)).rotate_client_secret(now=now)

    def control(self, path, body=None):
        url = f"{self.base}/_simulator/{path}"
        answer = httpx2.get(url) if body is None else httpx2.post(url, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def now(self):
        return datetime.fromisoformat(self.control("clock")["now"])

    def queue_of(self, facts):
        return SqsQueue(facts.url, facts.region, facts.key_id, facts.secret, self.base)


@pytest.fixture(scope="module")
def base():
    with served(seed=5) as address:
        yield address


@pytest.fixture
def real(base):
    amazon = Real(base)
    yield amazon
    amazon.transport.close()


def enrolled(real):
    """A queue that lets Amazon in, registered in the portal; and the application as it is entered here."""
    sqs = boto3.client(
        "sqs", endpoint_url=real.base, region_name="eu-west-1", aws_access_key_id="A" * 20, aws_secret_access_key="s"
    )
    url = sqs.create_queue(QueueName="secrets")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::437568002678:root"},
                "Action": ["sqs:SendMessage", "sqs:GetQueueAttributes"],
                "Resource": arn,
            }
        ],
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    sqs.close()
    return url, arn


def entered(real, url):
    credentials = real.control("accounts")["application"]
    return an_application(
        credentials["clientSecret"],
        application_id=credentials["applicationId"],
        client_id=credentials["clientId"],
        secret_set_at=real.now() - timedelta(days=1),
        **{**QUEUE, "queue_url": url},
    )


def test_amazon_without_a_registered_queue_says_how_to_enrol(real):
    application = entered(real, "http://x/sqs/eu-west-1/1/none")
    olga = olga_the_owner()
    rotation.ask_rotation(application.pk, user=olga, now=real.now())
    assert secret_in.ask_for_secret(application.pk, real, SteppedClock(real.now())) is None
    assert "not enrolled for rotation" in row().rotation_error
    assert "register your SQS queue" in row().rotation_error


def test_the_whole_rotation_with_boto3_and_the_new_secret_works(real):
    url, arn = enrolled(real)
    real.control("application", {"notificationQueue": arn})
    real.control("clock", {"advance": 120})
    application = entered(real, url)
    old = application.client_secret
    olga = olga_the_owner()
    rotation.ask_rotation(application.pk, user=olga, now=real.now())
    secret_in.ask_for_secret(application.pk, real, SteppedClock(real.now()))
    assert (row().rotation_error, row().client_secret) == ("", old)
    result = secret_in.run(real.queue_of, SteppedClock(real.now()))
    assert result.outcome == "1 new secret"
    stored = row()
    assert stored.client_secret == real.control("accounts")["application"]["clientSecret"] != old
    assert (stored.old_secret_works_until - stored.secret_set_at).days == 7
    assert secret_in.run(real.queue_of, SteppedClock(real.now())).outcome == "no message"
    real.control("clock", {"advance": 120})
    rotation.ask_rotation(application.pk, user=olga, now=real.now())
    secret_in.ask_for_secret(application.pk, real, SteppedClock(real.now()))
    assert row().rotation_error == "", "the new secret is taken by Login with Amazon"


def test_a_queue_that_is_not_there_is_reported_in_words(real):
    application = entered(real, f"{real.base}/sqs/eu-west-1/210987654321/nowhere")
    secret_in.run(real.queue_of, SteppedClock(real.now()))
    application.refresh_from_db()
    assert "there is no such queue" in application.rotation_error
    assert urlsplit(application.queue_url).path.endswith("/nowhere")
