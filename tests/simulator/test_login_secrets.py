"""The client secret's rotation: requested by the application, sent to its developer's queue, by the trade clock."""

import pytest
from tests.simulator import grantless
from tests.simulator.conftest import EU, Amazon
from tests.simulator.grantless import ROTATION, ask_token
from tests.simulator.queues import policy, queue_for_amazon, received, sqs_of

from amazon_simulator.access.application import APPLICATION_ID, CLIENT_ID, CLIENT_SECRET
from amazon_simulator.core.clock import from_iso

DAY = 24 * 3600.0
ROTATE = "/applications/2023-11-30/clientSecret"
GRANT = {"grant_type": "client_credentials", "scope": ROTATION}


@pytest.fixture
def sqs(amazon):
    return sqs_of(amazon)


def registered(amazon, sqs, **members):
    """The address of the queue that the developer registered in the portal."""
    url, arn = queue_for_amazon(sqs, "secrets", **members)
    assert amazon.control("POST", "application", {"notificationQueue": arn})[0] == 200
    return url


def rotate(amazon):
    return grantless.call(amazon, "POST", ROTATE, scope=ROTATION)


def works(amazon, secret):
    return ask_token(amazon, secret=secret, **GRANT)[0]


def test_the_new_secret_comes_by_the_queue_and_the_old_one_works_seven_days_more(amazon, sqs):
    url, now = registered(amazon, sqs), amazon.simulator.clock.seconds()
    assert rotate(amazon) == (204, None)
    notices = received(sqs, url)
    assert [one["notificationType"] for one in notices] == ["APPLICATION_OAUTH_CLIENT_NEW_SECRET"]
    payload = notices[0]["payload"]["applicationOAuthClientNewSecret"]
    new = payload["newClientSecret"]
    assert (payload["clientId"], new.startswith("amzn1.oa2-cs.v1.")) == (CLIENT_ID, True)
    assert from_iso(payload["newClientSecretExpiryTime"]) == now + 180 * DAY
    assert from_iso(payload["oldClientSecretExpiryTime"]) == now + 7 * DAY
    assert notices[0]["notificationMetadata"]["applicationId"] == APPLICATION_ID
    assert (works(amazon, CLIENT_SECRET), works(amazon, new)) == (200, 200)
    assert amazon.control("GET", "accounts")[1]["application"]["clientSecret"] == new
    amazon.advance(7 * DAY + 1)
    assert (works(amazon, CLIENT_SECRET), works(amazon, new)) == (401, 200)


def test_refresh_tokens_go_on_with_the_new_secret(amazon, sqs):
    registered(amazon, sqs)
    rotate(amazon)
    refresh = amazon.control("GET", "accounts")[1]["accounts"][0]["refreshToken"]
    assert ask_token(amazon, grant_type="refresh_token", refresh_token=refresh)[0] == 200


def test_without_a_registered_queue_it_is_refused_with_amazons_message(amazon):
    status, body = rotate(amazon)
    words = (
        "Application is not enrolled for rotation notification. "
        "Please update application notification preference in Developer console."
    )
    assert (status, body["errors"][0]["code"], body["errors"][0]["message"]) == (400, "InvalidInput", words)
    assert works(amazon, CLIENT_SECRET) == 200


def test_it_wants_its_own_scope(amazon, sqs):
    registered(amazon, sqs)
    assert grantless.call(amazon, "POST", ROTATE)[0] == 403
    assert amazon.call("POST", ROTATE, seller=EU)[0] == 403


def test_it_may_be_called_once_a_minute(amazon, sqs):
    registered(amazon, sqs)
    assert (rotate(amazon)[0], rotate(amazon)[0]) == (204, 429)
    amazon.advance(61)
    assert rotate(amazon)[0] == 204


def test_a_queue_that_does_not_let_amazon_in_loses_the_new_secret(amazon, sqs):
    url = registered(amazon, sqs, access=policy("SQS:GetQueueAttributes"))
    assert (rotate(amazon)[0], received(sqs, url)) == (204, [])
    assert "sendmessage" in amazon.control("GET", "notifications")[1]["developer"]["trouble"]


def test_a_secret_is_warned_of_and_then_worth_nothing(amazon, sqs):
    url = registered(amazon, sqs)
    amazon.advance(89 * DAY)
    assert received(sqs, url) == []
    amazon.advance(2 * DAY)
    notices = received(sqs, url)
    assert [one["notificationType"] for one in notices] == ["APPLICATION_OAUTH_CLIENT_SECRET_EXPIRY"]
    payload = notices[0]["payload"]["applicationOAuthClientSecretExpiry"]
    assert (payload["clientId"], payload["clientSecretExpiryReason"]) == (CLIENT_ID, "PERIODIC_ROTATION")
    amazon.advance(90 * DAY)
    assert works(amazon, CLIENT_SECRET) == 401
    assert received(sqs, url) == []


def test_a_shorter_life_may_be_set_and_is_warned_of_at_once(amazon, sqs):
    url = registered(amazon, sqs)
    amazon.control("POST", "application", {"secretLivesDays": 2})
    amazon.advance(DAY)
    assert len(received(sqs, url)) == 1
    amazon.advance(DAY)
    assert works(amazon, CLIENT_SECRET) == 401


def test_a_rotation_outlives_a_kill(tmp_path):
    before = Amazon(tmp_path)
    url = registered(before, sqs_of(before))
    rotate(before)
    before.simulator.close()
    after = Amazon(tmp_path)
    new = received(sqs_of(after), url)[0]["payload"]["applicationOAuthClientNewSecret"]["newClientSecret"]
    after.advance(8 * DAY)
    assert (works(after, new), works(after, CLIENT_SECRET)) == (200, 401)
    after.simulator.close()


@pytest.mark.parametrize("queue", ["no arn", "arn:aws:sns:eu-west-1:1:x", "arn:aws:sqs:eu-west-1:1:a b"])
def test_the_portal_takes_only_a_queues_arn(amazon, queue):
    status, body = amazon.control("POST", "application", {"notificationQueue": queue})
    assert (status, "notificationQueue" in body["error"]) == (400, True)
