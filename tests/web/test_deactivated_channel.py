"""A channel whose account Amazon has deactivated says so, and may be sent for again."""

import pytest
from django.urls import reverse
from tests.factories.ground import NOW
from tests.web.client import text

from wharfinger.db.models import Channel
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db
AGAIN = "It is active again: send quantities"


def test_the_channels_pages_say_so_until_it_is_over(world, sign_in):
    client, address = sign_in(), reverse("channel", args=[world.fbm.pk])
    assert "deactivated" not in text(client.get(address))
    Channel.objects.filter(pk=world.fbm.pk).update(amazon_deactivated_at=NOW)
    page = text(client.get(address))
    assert ("Amazon has deactivated the account here" in page, AGAIN in page) == (True, True)
    page = text(client.post(reverse("channel-active-again", args=[world.fbm.pk]), follow=True))
    assert ("are sent again" in page, AGAIN in page) == (True, False)
    page = text(client.post(reverse("channel-active-again", args=[world.fbm.pk]), follow=True))
    assert "are sent already" in page


def test_who_may_not_edit_channels_sees_it_and_has_no_button(world, sign_in):
    Channel.objects.filter(pk=world.fbm.pk).update(amazon_deactivated_at=NOW)
    client = sign_in(Role.VIEWER)
    page = text(client.get(reverse("channel", args=[world.fbm.pk])))
    assert ("Amazon has deactivated the account here" in page, AGAIN in page) == (True, False)
    assert client.post(reverse("channel-active-again", args=[world.fbm.pk])).status_code == 403


def test_the_list_of_channels_does_not_call_it_running(world, sign_in):
    client, address = sign_in(), reverse("channel-list")
    assert "Deactivated by Amazon" not in text(client.get(address))
    Channel.objects.filter(pk=world.fbm.pk).update(amazon_deactivated_at=NOW)
    assert "Deactivated by Amazon" in text(client.get(address))
