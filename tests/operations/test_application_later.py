"""An Amazon application that is entered after the first channel speaks for that channel's account too."""

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.people import olga_the_owner

from wharfinger.db.models import AmazonApplication, AuthorisationAttempt, SellerAccount
from wharfinger.db.queries.access.applications import application_of_account
from wharfinger.operations.access import applications, authorisation
from wharfinger.operations.access.applications import ApplicationEntry

pytestmark = pytest.mark.django_db


def _channel():
    return a_channel(an_account(seller_id="", link_state="waiting"), link_state="waiting")


def _enter_application(number="1"):
    entry = ApplicationEntry(
        f"amzn1.sp.solution.{number}", f"amzn1.application-oa2-client.{number}", "amzn1.oa2-cs.v1.secret"
    )
    return applications.save_application(entry, now=NOW)


def _press(channel):
    olga = olga_the_owner()
    return authorisation.open_attempt(
        channel.pk, user=olga, session_key="s", redirect_uri="http://127.0.0.1/amazon/callback", machine_now=NOW
    )


def test_a_channel_that_was_made_first_can_be_authorised():
    channel = _channel()
    application = _enter_application()
    _press(channel)
    attempt = AuthorisationAttempt.objects.select_related("channel__account").get()
    assert attempt.channel.account.application_id == application.pk


def test_a_corrected_id_corrects_the_application_while_nobody_is_authorised_through_it():
    channel = _channel()
    first = _enter_application()
    _enter_application("2")
    only = AmazonApplication.objects.get()
    assert (only.pk, only.application_id) == (first.pk, "amzn1.sp.solution.2")
    assert SellerAccount.objects.get(pk=channel.account_id).application_id == first.pk


def test_an_account_that_was_authorised_keeps_its_application_and_new_ones_take_the_new():
    channel = _channel()
    first = _enter_application()
    SellerAccount.objects.filter(pk=channel.account_id).update(refresh_token="Atzr|x", token_set_at=NOW)
    waiting = SellerAccount.objects.create(name="US", region="NA", made_at=NOW)
    second = _enter_application("2")
    assert AmazonApplication.objects.count() == 2
    assert SellerAccount.objects.get(pk=channel.account_id).application_id == first.pk
    assert SellerAccount.objects.get(pk=waiting.pk).application_id == second.pk
    facts = application_of_account(waiting.pk)
    assert facts is not None
    assert facts.application_id == "amzn1.sp.solution.2"
