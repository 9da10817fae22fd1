"""What the composition root does where a client cannot be built: an alert says so, no job dies of it."""

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.stock import a_site

from wharfinger.cli.wiring import Container
from wharfinger.config import environment
from wharfinger.config.clock import SteppedClock
from wharfinger.db.models import Channel, ChannelCheck, SellerAccount

pytestmark = pytest.mark.django_db


def test_a_pasted_token_without_an_application_is_reported_with_its_remedy():
    channel = a_channel(an_account(), a_site())
    SellerAccount.objects.update(refresh_token="Atzr|pasted", token_set_at=NOW)
    Container(environment.current(), SteppedClock(NOW)).verify_channel(channel.pk)
    (check,) = ChannelCheck.objects.filter(channel=channel)
    assert (check.ok, check.title) == (False, "Token exchange")
    assert "no Amazon application is entered" in check.message
    assert "Settings, Amazon application" in check.remedy
    assert Channel.objects.get().link_state == "not_linked"


def test_a_token_in_a_demo_system_whose_channel_is_not_activated_waits_for_the_administrator():
    channel = a_channel(an_account(), a_site(), activated=False)
    Container(environment.current(), SteppedClock(NOW)).verify_channel(channel.pk)
    (check,) = ChannelCheck.objects.filter(channel=channel)
    assert (check.ok, check.message) == (None, "No token yet: waiting for authorisation.")
