"""A channel activated for Amazon's sandbox, checked at the static sandbox that the simulator serves from models."""

import json
from dataclasses import replace

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.stock import a_site
from tests.sync.whole_amazon import EU, NA, Wire

from amazon_simulator.core.clock import Clock
from amazon_simulator.simulator import Simulator
from amazon_simulator.testing import CALLBACK, Amazon
from wharfinger.amazon.transport import Transport
from wharfinger.cli.wiring import Container
from wharfinger.config import environment
from wharfinger.config.clock import SteppedClock
from wharfinger.db.models import AmazonApplication, Channel, ChannelCheck, Participation, SellerAccount

pytestmark = pytest.mark.django_db
EXAMPLE = {
    "payload": [
        {
            "marketplace": {
                "id": "ATVPDKIKX0DER",
                "countryCode": "US",
                "name": "Amazon.com",
                "defaultCurrencyCode": "USD",
                "defaultLanguageCode": "en_US",
                "domainName": "www.amazon.com",
            },
            "storeName": "BestSellerStore",
            "participation": {"isParticipating": True, "hasSuspendedListings": False},
        }
    ]
}
MODEL = {
    "swagger": "2.0",
    "paths": {
        "/sellers/v1/marketplaceParticipations": {
            "get": {
                "operationId": "getMarketplaceParticipations",
                "responses": {
                    "200": {"x-amzn-api-sandbox": {"static": [{"request": {"parameters": {}}, "response": EXAMPLE}]}}
                },
            }
        }
    },
}


class AtTheSandbox:
    """One channel, and the board that speaks to the sandbox in this process."""

    def __init__(self, folder):
        (folder / "sellers.json").write_text(json.dumps(MODEL))
        clock = Clock(start=NOW.timestamp(), stepped=True)
        self.amazon = Amazon(Simulator(clock, base="http://amazon.test", redirect_uris=[CALLBACK], models=folder))
        credentials = self.amazon.control("accounts")["application"]
        application = AmazonApplication.objects.create(
            application_id=credentials["applicationId"],
            client_id=credentials["clientId"],
            client_secret=credentials["clientSecret"],
            secret_last_four="last",
            secret_set_at=NOW,
        )
        account = an_account(seller_id=EU)
        SellerAccount.objects.update(refresh_token=self.token_of(EU), token_set_at=NOW, application=application)
        self.channel = a_channel(account, a_site(), activated=True, activated_for="sandbox")

    def token_of(self, seller):
        rows = self.amazon.control("accounts")["accounts"]
        return next(row["refreshToken"] for row in rows if row["sellerId"] == seller)

    def verify(self):
        configuration = replace(environment.current(), sandbox_url=self.amazon.base)
        transport = Transport(http=Wire(self.amazon.simulator))
        Container(configuration, SteppedClock(NOW), transport).verify_channel(self.channel.pk)
        return [(row.title, row.ok, row.message) for row in ChannelCheck.objects.order_by("position")]


@pytest.fixture
def world(tmp_path):
    return AtTheSandbox(tmp_path)


def link():
    return Channel.objects.get().link_state


def test_a_published_pair_is_answered_and_the_channel_is_linked(world):
    assert world.verify() == [
        ("Token exchange", True, "Amazon issues access tokens."),
        ("Amazon's sandbox answers", True, "Sandbox: only checked; it returns published examples only."),
    ]
    assert link() == "linked"
    assert not Participation.objects.exists()


def test_a_token_that_was_taken_back_is_lost_and_the_second_line_is_not_waited_for(world):
    world.amazon.control("authorisations/revoke", {"sellerId": EU})
    assert [(ok, message) for _, ok, message in world.verify()][1] == (None, "Not checked: the check above failed.")
    assert ChannelCheck.objects.get(ok=None).checked_at is not None
    assert link() == "lost"


def test_a_token_that_was_never_good_is_no_lost_authorisation(world):
    SellerAccount.objects.update(refresh_token="Atzr|never-good", link_state="waiting")
    Channel.objects.update(link_state="waiting")
    assert [ok for _, ok, _ in world.verify()] == [False, None]
    assert link() == "not_linked"


def test_a_token_of_the_other_region_is_denied_at_the_sandbox_of_this_one(world):
    SellerAccount.objects.update(refresh_token=world.token_of(NA))
    assert [(title, ok) for title, ok, _ in world.verify()] == [
        ("Token exchange", True),
        ("Amazon's sandbox answers", False),
    ]
    assert link() == "not_linked"
