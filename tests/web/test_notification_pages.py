"""The page of notifications: policies to copy, a key that is never shown, buttons for those who may."""

import pytest
from tests.factories.ground import NOW
from tests.web.client import text

from wharfinger.db.models import FlowSchedule, NotificationQueue
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db
URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"
KEY = "AKIATESTTESTTEST"
ENTRY = {"url": URL, "key_id": KEY, "secret": "secret/of+the+key"}


@pytest.fixture
def page(shop):
    FlowSchedule.objects.create(account=shop.account, flow="notifications_in", due_at=NOW)
    return f"/accounts/{shop.account.pk}/notifications/"


def test_the_queue_is_entered_and_its_key_is_never_shown(page, sign_in):
    client = sign_in(Role.MANAGER)
    assert "not entered" in text(client.get(page))
    answer = text(client.post(f"{page}queue/", ENTRY, follow=True))
    assert "The queue is saved." in answer
    assert "arn:aws:sqs:eu-west-1:123456789012:orders" in answer
    assert "437568002678" in answer
    assert "ends in +key" in answer
    assert "secret/of+the+key" not in answer
    assert NotificationQueue.objects.get().secret == "secret/of+the+key"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"url": f"{URL}.fifo"}, "never to a FIFO queue"),
        ({"url": "https://example.com/"}, "address looks like"),
        ({"key_id": "akia"}, "An access key ID has"),
        ({"secret": ""}, "Give the secret access key too."),
        ({"secret": "two words"}, "contains a space"),
    ],
)
def test_what_is_wrong_stands_by_its_field_and_nothing_is_saved(page, sign_in, change, says):
    answer = sign_in(Role.MANAGER).post(f"{page}queue/", ENTRY | change)
    assert (answer.status_code, says in text(answer)) == (422, True)
    assert not NotificationQueue.objects.exists()


def test_test_on_and_off_are_buttons(page, sign_in):
    client = sign_in(Role.MANAGER)
    client.post(f"{page}queue/", ENTRY)
    assert "on its way" in text(client.post(f"{page}test/", follow=True))
    assert NotificationQueue.objects.get().test == "wanted"
    assert "Being switched on" in text(client.post(f"{page}on/", follow=True))
    assert "switched on already" in text(client.post(f"{page}on/", follow=True))
    assert "Switched off" in text(client.post(f"{page}off/", follow=True))
    assert "removed" in text(client.post(f"{page}remove/", follow=True))
    assert not NotificationQueue.objects.exists()
    assert "Enter the queue first." in text(client.post(f"{page}test/", follow=True))


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.VIEWER])
def test_others_see_the_state_and_neither_policies_nor_buttons(page, sign_in, role):
    client = sign_in(role)
    answer = text(client.get(page))
    assert "Messages today" in answer
    assert "437568002678" not in answer
    assert client.post(f"{page}on/").status_code == 403


def test_waiting_for_the_first_one_says_that_it_takes_up_to_an_hour(page, sign_in, shop):
    NotificationQueue.objects.create(
        account=shop.account, url=URL, region="eu-west-1", key_id=KEY, secret="s", state="waiting", subscribed_at=NOW
    )
    assert "may take up to an hour" in text(sign_in(Role.VIEWER).get(page))
