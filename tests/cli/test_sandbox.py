"""A demo system's channel at Amazon's own sandbox: checked with a token of the live token endpoint, and no more."""

from dataclasses import replace

import httpx2
import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.stock import a_site

from wharfinger.amazon.transport import Transport
from wharfinger.cli.endpoints import NoAmazon
from wharfinger.cli.wiring import FLOWS, Container, wire
from wharfinger.config import environment
from wharfinger.config.clock import SteppedClock
from wharfinger.db.models import AmazonApplication, Channel, ChannelCheck, FlowSchedule, Participation, SellerAccount
from wharfinger.worker.runs import run_one_flow

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


class Internet:
    """Amazon's token endpoint and its sandbox; keeps the requests that came."""

    def __init__(self, answers=None):
        self.requests = []
        self.answers = answers or {}

    def __call__(self, request):
        self.requests.append(f"{request.method} {request.url.scheme}://{request.url.host}{request.url.path}")
        if request.url.host in self.answers:
            return self.answers[request.url.host]
        if request.url.path == "/auth/o2/token":
            return httpx2.Response(200, json={"access_token": "Atza|1", "token_type": "bearer", "expires_in": 3600})
        return httpx2.Response(200, json=EXAMPLE)


@pytest.fixture
def channel():
    application = AmazonApplication.objects.create(
        application_id="amzn1.sp.solution.1",
        client_id="amzn1.application-oa2-client.1",
        client_secret="s",
        secret_last_four="s",
        secret_set_at=NOW,
    )
    account = an_account()
    SellerAccount.objects.update(refresh_token="Atzr|real", token_set_at=NOW, application=application)
    return a_channel(account, a_site(), activated=True, activated_for="sandbox")


def a_board(internet, **changes):
    configuration = replace(environment.current(), **changes)
    return Container(configuration, SteppedClock(NOW), Transport(http=httpx2.MockTransport(internet)))


def checks():
    return [(row.title, row.ok) for row in ChannelCheck.objects.order_by("position")]


def test_it_is_checked_with_a_live_token_at_the_sandbox_of_its_region(channel):
    internet = Internet()
    a_board(internet).verify_channel(channel.pk)
    assert set(internet.requests) == {
        "POST https://api.amazon.com/auth/o2/token",
        "GET https://sandbox.sellingpartnerapi-eu.amazon.com/sellers/v1/marketplaceParticipations",
    }
    assert checks() == [("Token exchange", True), ("Amazon's sandbox answers", True)]
    assert Channel.objects.get().link_state == "linked"


def test_what_the_sandbox_says_of_marketplaces_is_nobodys_and_is_not_kept(channel):
    a_board(Internet()).verify_channel(channel.pk)
    assert not Participation.objects.exists()
    assert SellerAccount.objects.get().participations_read_at is None


def test_somebody_else_may_answer_in_its_place(channel):
    internet = Internet()
    a_board(internet, sandbox_url="http://127.0.0.1:9").verify_channel(channel.pk)
    assert set(internet.requests) == {
        "POST http://127.0.0.1/auth/o2/token",
        "GET http://127.0.0.1/sandbox/eu/sellers/v1/marketplaceParticipations",
    }


@pytest.mark.parametrize(
    ("host", "answer", "found", "link"),
    [
        (
            "api.amazon.com",
            httpx2.Response(400, json={"error": "invalid_grant", "error_description": "no"}),
            [("Token exchange", False), ("Amazon's sandbox answers", None)],
            "lost",
        ),
        (
            "sandbox.sellingpartnerapi-eu.amazon.com",
            httpx2.Response(503, json={"errors": [{"code": "InternalFailure", "message": "later"}]}),
            [("Token exchange", True), ("Amazon's sandbox answers", False)],
            "linked",  # no answer proves nothing
        ),
        (
            "sandbox.sellingpartnerapi-eu.amazon.com",
            httpx2.Response(403, json={"errors": [{"code": "Unauthorized", "message": "denied"}]}),
            [("Token exchange", True), ("Amazon's sandbox answers", False)],
            "not_linked",
        ),
    ],
)
def test_a_check_that_fails_says_where(channel, host, answer, found, link):
    a_board(Internet({host: answer})).verify_channel(channel.pk)
    assert checks() == found
    assert Channel.objects.get().link_state == link


def test_no_flow_of_it_asks_amazon_anything(channel, settings):
    settings.CLOCK = SteppedClock(NOW)
    account = channel.account_id
    wired = wire(environment.current(), SteppedClock(NOW))
    calls = []
    wired = replace(wired, flows={name: lambda *_: calls.append("called") for name in FLOWS})
    for flow in FLOWS:
        run_one_flow(wired, account, flow)
    assert calls == []
    assert set(FlowSchedule.objects.values_list("outcome", flat=True)) == {"Sandbox: only checked."}


def test_a_channel_that_is_not_activated_speaks_to_nobody(channel):
    Channel.objects.update(activated=False, activated_for="")
    internet = Internet()
    container = a_board(internet, simulator_url="http://127.0.0.1:9")
    container.verify_channel(channel.pk)
    with pytest.raises(NoAmazon, match="an administrator activates it"):
        container.calls_for(channel.account_id)
    container.fetch_order(channel.account_id, "026-0000001-0000001")
    assert internet.requests == []
    assert ChannelCheck.objects.get().remedy == "An administrator activates the channel on its page."


def test_an_archived_sibling_does_not_decide_for_the_others(channel):
    a_channel(channel.account, a_site("Other"), marketplace="A1PA6795UKMFR9", archived=True, activated_for="simulator")
    container = a_board(Internet())
    assert container.activated_for(channel.account_id) == {"sandbox"}
    assert container.why_idle(channel.account_id) == "Sandbox: only checked."
