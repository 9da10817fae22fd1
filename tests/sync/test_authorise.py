"""A consent code at Login with Amazon: good, spent, cut off, and no answer at all."""

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW

from wharfinger.amazon.answers import Answer
from wharfinger.amazon.auth import AccessToken, Grant
from wharfinger.amazon.errors import (
    AccessDenied,
    InvalidClient,
    InvalidGrant,
    ServerFault,
    Throttled,
    TimedOut,
    TokenRequestRefused,
)
from wharfinger.amazon.messages.sellers import Marketplace as Marketplace_
from wharfinger.amazon.messages.sellers import MarketplaceParticipation, Participation
from wharfinger.config.clock import SteppedClock
from wharfinger.db.models import (
    Alert,
    AuthorisationAttempt,
    Channel,
    Problem,
    SellerAccount,
)
from wharfinger.operations.access import authorisation
from wharfinger.sync.authorise import exchange_code
from wharfinger.sync.calls import NotBefore
from wharfinger.worker.time import WorkerClock

pytestmark = pytest.mark.django_db

CLOCK = WorkerClock(SteppedClock(NOW))


class Login:
    """Login with Amazon that gives the test's answers, in turn."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []

    def exchange_code(self, code, redirect_uri, *, now):
        self.calls.append((code, redirect_uri))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def sells(marketplace_id, name, country, currency):
    return MarketplaceParticipation(
        marketplace=Marketplace_(id=marketplace_id, name=name, country_code=country, default_currency_code=currency),
        participation=Participation(is_participating=True, has_suspended_listings=False),
        store_name="Harbour",
    )


UK = sells("A1F83G8C2ARO7P", "Amazon.co.uk", "GB", "GBP")
US = sells("ATVPDKIKX0DER", "Amazon.com", "US", "USD")
DENIED = AccessDenied("getMarketplaceParticipations", status=403, code="Unauthorized")


class SecretRotator:
    """Calls by region: what each endpoint says of the seller."""

    def __init__(self, **regions):
        self.regions = {"EU": DENIED, "NA": DENIED, "FE": DENIED, **regions}
        self.calls = []

    def __call__(self, account_id, region, token):
        self.calls.append((region, token))
        return Answers(self.regions[region])


class Answers:
    def __init__(self, answer):
        self.answer = answer

    def get_marketplace_participations(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return Answer(self.answer)


GOOD = Grant(AccessToken("Atza|1", NOW), "Atzr|1")
IN_EUROPE = SecretRotator(EU=(UK,))


def exchange(attempt, login, rotator=IN_EUROPE):
    exchange_code(attempt.pk, login, rotator, CLOCK)


@pytest.fixture
def attempt(application, olga):
    account = an_account(seller_id="", application=application, refresh_token="Atzr|old", link_state="waiting")
    channel = a_channel(account, link_state="waiting")
    state = authorisation.open_attempt(
        channel.pk, user=olga, session_key="s", redirect_uri="http://us/cb", machine_now=NOW
    )
    returned = authorisation.take_return(
        state=state, session_key="s", code="code", seller_id="A1SELLERSELLER", error="", machine_now=NOW
    )
    return AuthorisationAttempt.objects.get(pk=returned.attempt_id)


def state_and_token(attempt):
    attempt.refresh_from_db()
    return attempt.state, SellerAccount.objects.get().refresh_token


def test_a_good_code_becomes_the_accounts_token(attempt):
    login = Login(GOOD)
    exchange(attempt, login)
    assert state_and_token(attempt) == ("done", "Atzr|1")
    assert login.calls == [("code", "http://us/cb")]


def test_run_twice_it_asks_once(attempt):
    login = Login(GOOD)
    exchange(attempt, login)
    exchange(attempt, login)
    assert len(login.calls) == 1


def test_a_spent_code_says_press_authorise_again_and_the_old_token_stays(attempt):
    exchange(attempt, Login(InvalidGrant("exchangeToken", status=400)))
    assert state_and_token(attempt) == ("failed", "Atzr|old")
    assert (attempt.outcome, "works once" in attempt.error) == ("code_refused", True)


def test_no_answer_is_tried_once_more_and_then_reported(attempt):
    silent = TimedOut("exchangeToken", outcome_unknown=True)
    login = Login(silent, silent)
    exchange(attempt, login)
    assert state_and_token(attempt) == ("exchanging", "Atzr|old")
    exchange(attempt, login)
    exchange(attempt, login)
    assert state_and_token(attempt) == ("failed", "Atzr|old")
    assert len(login.calls) == 2


def test_no_answer_and_then_a_good_one(attempt):
    login = Login(TimedOut("exchangeToken", outcome_unknown=True), GOOD)
    exchange(attempt, login)
    exchange(attempt, login)
    assert state_and_token(attempt) == ("done", "Atzr|1")


def test_a_refused_application_is_the_applications_fault_and_unlinks_nothing(attempt):
    Channel.objects.update(link_state="linked")
    exchange(attempt, Login(InvalidClient("exchangeToken", status=401)))
    assert state_and_token(attempt) == ("failed", "Atzr|old")
    assert (attempt.outcome, "client id and secret" in attempt.error) == ("application_refused", True)
    assert list(Problem.objects.values_list("kind", flat=True)) == ["application_refused"]
    assert list(Alert.objects.values_list("kind", flat=True)) == ["application_refused"]
    assert Channel.objects.get().link_state == "linked"


def test_a_request_that_the_token_endpoint_refuses_is_reported_as_such(attempt):
    exchange(attempt, Login(TokenRequestRefused("exchangeToken", status=400, code="invalid_request")))
    assert (state_and_token(attempt)[0], attempt.outcome) == ("failed", "application_refused")
    assert not Problem.objects.exists()


def test_a_grant_without_a_refresh_token_links_nothing(attempt):
    exchange(attempt, Login(Grant(AccessToken("Atza|1", NOW))))
    assert (state_and_token(attempt), attempt.outcome) == (("failed", "Atzr|old"), "code_refused")


def test_a_seller_of_the_other_region_links_nothing_and_names_both(attempt):
    rotator = SecretRotator(NA=(US,))
    exchange(attempt, Login(GOOD), rotator)
    assert (state_and_token(attempt), attempt.outcome) == (("failed", "Atzr|old"), "wrong_region")
    assert ("UK and Europe" in attempt.error, "US" in attempt.error) == (True, True)
    assert [region for region, _ in rotator.calls] == ["EU", "NA"]


@pytest.mark.parametrize(
    "error_in_europe",
    [
        ServerFault("getMarketplaceParticipations", status=503),
        Throttled("getMarketplaceParticipations", status=429),
        NotBefore(NOW, "getMarketplaceParticipations"),
    ],
)
def test_when_the_region_cannot_be_reported_the_seller_is_believed_and_verified_later(attempt, error_in_europe):
    rotator = SecretRotator(EU=error_in_europe, NA=(US,))
    exchange(attempt, Login(GOOD), rotator)
    assert (state_and_token(attempt), attempt.outcome) == (("done", "Atzr|1"), "linked")
    assert [region for region, _ in rotator.calls] == ["EU"]


def test_a_seller_whom_no_region_knows_is_linked_and_the_checks_say_what_is_missing(attempt):
    exchange(attempt, Login(GOOD), SecretRotator())
    assert (state_and_token(attempt), attempt.outcome) == (("done", "Atzr|1"), "linked")


def test_the_marketplaces_that_were_read_are_kept_so_that_the_checks_ask_no_second_time(attempt):
    exchange(attempt, Login(GOOD))
    account = SellerAccount.objects.get()
    assert (account.participations_read_at, account.participations.get().marketplace_id) == (NOW, "A1F83G8C2ARO7P")
