from datetime import UTC, date, datetime, timedelta

import pytest

from wharfinger.db.models import (
    AmazonApplication,
    AuthorisationAttempt,
    Channel,
    Marketplace,
    SellerAccount,
    User,
)
from wharfinger.domain.channels import AuthorisationState
from wharfinger.operations import authorisation
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
REDIRECT = "http://127.0.0.1:8000/amazon/callback"


@pytest.fixture
def olga():
    """The owner."""
    return User.objects.create(username="olga", full_name="Olga Owner", role="Administrator")


@pytest.fixture
def application():
    return AmazonApplication.objects.create(
        application_id="amzn1.sp.solution.1",
        client_id="amzn1.application-oa2-client.1",
        client_secret="amzn1.oa2-cs.v1.secret",
        secret_last_four="cret",
        secret_set_at=NOW,
    )


def a_channel(application, name="Amazon.co.uk FBM", marketplace="A1F83G8C2ARO7P", seller_id="", kind="FBM"):
    account = SellerAccount.objects.create(
        name=name, region="EU", seller_id=seller_id, application=application, made_at=NOW
    )
    return Channel.objects.create(
        name=name,
        kind=kind,
        account=account,
        marketplace=Marketplace.objects.get(pk=marketplace),
        start_date=date(2026, 10, 25),
        import_fba_orders="No FBA import",
        made_at=NOW,
    )


def pressed(channel, olga, at=NOW, session="session-1"):
    return authorisation.open_attempt(channel.pk, user=olga, session_key=session, redirect_uri=REDIRECT, machine_now=at)


def returned(state, at=NOW, session="session-1", code="code-1", seller="A1SELLERSELLER", error=""):
    return authorisation.take_return(
        state=state, session_key=session, code=code, seller_id=seller, error=error, machine_now=at
    )


def the_attempt():
    return AuthorisationAttempt.objects.get()


def test_a_good_return_keeps_the_code_encrypted_and_waits_for_its_exchange(application, olga):
    came_back = returned(pressed(a_channel(application), olga))
    attempt = the_attempt()
    assert came_back == authorisation.Returned(attempt.pk)
    assert (attempt.state, attempt.code, attempt.seller_id) == ("Returned", "code-1", "A1SELLERSELLER")


def test_without_an_application_authorise_says_where_to_enter_it(olga):
    with pytest.raises(Refused, match="Settings, Amazon application"):
        pressed(a_channel(None), olga)


def test_a_state_works_once(application, olga):
    state = pressed(a_channel(application), olga)
    returned(state)
    assert isinstance(returned(state), authorisation.NotOurs)


def test_a_state_belongs_to_its_session(application, olga):
    state = pressed(a_channel(application), olga)
    assert isinstance(returned(state, session="another"), authorisation.NotOurs)
    assert the_attempt().state == AuthorisationState.OPEN.value


def test_a_state_dies_after_ten_minutes(application, olga):
    returned(pressed(a_channel(application), olga), at=NOW + timedelta(minutes=11))
    assert (the_attempt().state, "ten minutes" in the_attempt().error) == ("Failed", True)


def test_a_refused_consent_says_so(application, olga):
    returned(pressed(a_channel(application), olga), code="", error="The seller pressed Cancel.")
    assert (the_attempt().state, the_attempt().error) == ("Refused", "The seller pressed Cancel.")


def test_the_exchange_fills_in_seller_and_expiry(application, olga):
    channel = a_channel(application)
    returned(pressed(channel, olga))
    start = authorisation.start_exchange(the_attempt().pk)
    assert (start.code, start.redirect_uri) == ("code-1", REDIRECT)
    assert authorisation.finish_exchange(the_attempt().pk, refresh_token="Atzr|new", now=NOW)
    account = SellerAccount.objects.get()
    assert (account.seller_id, account.refresh_token, account.token_expiry) == (
        "A1SELLERSELLER",
        "Atzr|new",
        date(2027, 11, 1),
    )
    assert (the_attempt().state, the_attempt().code) == ("Done", "")


def test_another_seller_than_the_channels_links_nothing_and_names_both(application, olga):
    channel = a_channel(application, seller_id="A1OURSELLERID")
    returned(pressed(channel, olga), seller="A2ANOTHERSELLER")
    authorisation.start_exchange(the_attempt().pk)
    assert not authorisation.finish_exchange(the_attempt().pk, refresh_token="Atzr|new", now=NOW)
    error = the_attempt().error
    assert ("A1OURSELLERID" in error, "A2ANOTHERSELLER" in error) == (True, True)
    assert SellerAccount.objects.get().refresh_token == ""


def test_a_second_channel_of_the_same_seller_joins_the_account_that_is_known(application, olga):
    known = a_channel(application, seller_id="A1SELLERSELLER")
    newcomer = a_channel(application, name="Amazon.de FBM", marketplace="A1PA6795UKMFR9")
    returned(pressed(newcomer, olga))
    authorisation.start_exchange(the_attempt().pk)
    assert authorisation.finish_exchange(the_attempt().pk, refresh_token="Atzr|new", now=NOW)
    assert set(Channel.objects.values_list("account", flat=True)) == {known.account_id}
    assert SellerAccount.objects.count() == 1


def test_an_exchange_cut_off_is_tried_once_more_and_no_more(application, olga):
    returned(pressed(a_channel(application), olga))
    attempt = the_attempt().pk
    assert authorisation.start_exchange(attempt) is not None
    assert authorisation.start_exchange(attempt) is not None
    assert authorisation.start_exchange(attempt) is None
    assert the_attempt().state == "Failed"


def test_an_ended_attempt_is_not_exchanged_again(application, olga):
    returned(pressed(a_channel(application), olga))
    authorisation.start_exchange(the_attempt().pk)
    authorisation.finish_exchange(the_attempt().pk, refresh_token="Atzr|new", now=NOW)
    assert authorisation.start_exchange(the_attempt().pk) is None
