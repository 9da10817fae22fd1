"""A consent code at Login with Amazon: good, spent, cut off, and no answer at all."""

from datetime import UTC, date, datetime

import pytest

from wharfinger.amazon.auth import AccessToken, Grant
from wharfinger.amazon.errors import InvalidClient, InvalidGrant, TimedOut
from wharfinger.config.clock import SteppedClock
from wharfinger.db.models import (
    AmazonApplication,
    AuthorisationAttempt,
    Channel,
    Marketplace,
    SellerAccount,
    User,
)
from wharfinger.operations import authorisation
from wharfinger.sync.authorise import exchange_code
from wharfinger.worker.time import WorkerClock

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
CLOCK = WorkerClock(SteppedClock(NOW))


class Lwa:
    """Login with Amazon that gives the answers it is told to, in turn."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def exchange_code(self, code, redirect_uri, *, now):
        self.asked.append((code, redirect_uri))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


GOOD = Grant(AccessToken("Atza|1", NOW), "Atzr|1")


@pytest.fixture
def attempt():
    application = AmazonApplication.objects.create(
        application_id="amzn1.sp.solution.1",
        client_id="amzn1.application-oa2-client.1",
        client_secret="s",
        secret_last_four="s",
        secret_set_at=NOW,
    )
    account = SellerAccount.objects.create(
        name="Harbour", region="EU", application=application, refresh_token="Atzr|old", made_at=NOW
    )
    channel = Channel.objects.create(
        name="UK FBM",
        kind="FBM",
        account=account,
        marketplace=Marketplace.objects.get(pk="A1F83G8C2ARO7P"),
        start_date=date(2026, 11, 1),
        import_fba_orders="No FBA import",
        made_at=NOW,
    )
    olga = User.objects.create(username="olga", full_name="Olga", role="Administrator")
    state = authorisation.open_attempt(
        channel.pk, user=olga, session_key="s", redirect_uri="http://us/cb", machine_now=NOW
    )
    returned = authorisation.take_return(
        state=state, session_key="s", code="code", seller_id="A1SELLERSELLER", error="", machine_now=NOW
    )
    return AuthorisationAttempt.objects.get(pk=returned.attempt_id)


def told(attempt):
    attempt.refresh_from_db()
    return attempt.state, SellerAccount.objects.get().refresh_token


def test_a_good_code_becomes_the_accounts_token(attempt):
    lwa = Lwa(GOOD)
    exchange_code(attempt.pk, lwa, CLOCK)
    assert told(attempt) == ("Done", "Atzr|1")
    assert lwa.asked == [("code", "http://us/cb")]


def test_run_twice_it_asks_once(attempt):
    lwa = Lwa(GOOD)
    exchange_code(attempt.pk, lwa, CLOCK)
    exchange_code(attempt.pk, lwa, CLOCK)
    assert len(lwa.asked) == 1


def test_a_spent_code_says_press_authorise_again_and_the_old_token_stays(attempt):
    exchange_code(attempt.pk, Lwa(InvalidGrant("exchangeToken", status=400)), CLOCK)
    assert told(attempt) == ("Failed", "Atzr|old")
    assert "Press Authorise again" in attempt.error


def test_no_answer_is_tried_once_more_and_then_told(attempt):
    silent = TimedOut("exchangeToken", outcome_unknown=True)
    lwa = Lwa(silent, silent)
    exchange_code(attempt.pk, lwa, CLOCK)
    assert told(attempt) == ("Exchanging", "Atzr|old")
    exchange_code(attempt.pk, lwa, CLOCK)
    exchange_code(attempt.pk, lwa, CLOCK)
    assert told(attempt) == ("Failed", "Atzr|old")
    assert len(lwa.asked) == 2


def test_no_answer_and_then_a_good_one(attempt):
    lwa = Lwa(TimedOut("exchangeToken", outcome_unknown=True), GOOD)
    exchange_code(attempt.pk, lwa, CLOCK)
    exchange_code(attempt.pk, lwa, CLOCK)
    assert told(attempt) == ("Done", "Atzr|1")


def test_a_refused_application_is_told_as_such(attempt):
    exchange_code(attempt.pk, Lwa(InvalidClient("exchangeToken", status=401)), CLOCK)
    assert told(attempt)[0] == "Failed"
    assert "client id and secret" in attempt.error
