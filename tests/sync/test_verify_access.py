"""A pasted Auth Token and an application's secret at the verification: against the whole pretend Amazon."""

import pytest
from tests.sync.whole_amazon import EU, NA, Whole

from wharfinger.db.models import Alert, AmazonApplication, Channel, ChannelCheck, Problem, SellerAccount
from wharfinger.db.queries.channels.channel_facts import channel_page
from wharfinger.sync.verify import verify_channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole():
    return Whole()


def own_token(whole, seller):
    """The refresh token that the seller made himself in the portal."""
    return next(
        row["refreshToken"] for row in whole.amazon.control("accounts")["accounts"] if row["sellerId"] == seller
    )


def paste(whole, token, seller=EU):
    SellerAccount.objects.update(seller_id=seller, refresh_token=token, token_set_at=whole.clock.now())
    verify(whole)


def verify(whole):
    verify_channel(whole.channel.pk, whole.calls_for(whole.account.pk), whole.clock)


def lines():
    return {row.title: row.ok for row in ChannelCheck.objects.all()}


def check_lines():
    return [(row.title, row.ok, row.message, row.checked_at is not None) for row in ChannelCheck.objects.all()]


def link():
    return Channel.objects.get().link_state


def test_a_pasted_token_is_verified_line_by_line_like_the_other(whole):
    paste(whole, own_token(whole, EU))
    assert lines() == dict.fromkeys(
        ("Token exchange", "Marketplace participation", "Seller ID", "Listings not suspended"), True
    )
    assert link() == "linked"


def test_a_pasted_token_that_was_never_good_is_no_lost_authorisation(whole):
    paste(whole, "Atzr|never-good")
    assert (link(), SellerAccount.objects.get().link_state) == ("not_linked", "waiting")
    assert "Copy the whole Auth Token" in ChannelCheck.objects.get(ok=False).remedy
    assert not Alert.objects.exists()
    assert not Problem.objects.exists()


def test_what_cannot_be_requested_after_a_failed_line_says_so_and_is_not_waited_for(whole):
    paste(whole, "Atzr|never-good")
    not_checked = (None, "Not checked: the check above failed.", True)
    assert check_lines()[1:] == [
        ("Marketplace participation", *not_checked),
        ("Seller ID", *not_checked),
        ("Listings not suspended", *not_checked),
    ]
    page = channel_page(whole.channel.pk)
    assert ([check.state for check in page.checks], page.checking) == (["bad", "left", "left", "left"], False)


def test_a_bad_token_pasted_over_a_good_one_is_lost_and_reported(whole):
    paste(whole, own_token(whole, EU))
    paste(whole, "Atzr|never-good")
    assert link() == "lost"
    assert Alert.objects.get().kind == "authorisation_lost"


def test_a_token_of_the_other_region_says_so_at_its_line(whole):
    paste(whole, own_token(whole, NA), NA)
    line = ChannelCheck.objects.get(ok=False)
    assert (link(), line.title, "UK and Europe" in line.message) == ("not_linked", "Marketplace participation", True)


def test_a_seller_id_that_is_not_the_tokens_says_so(whole):
    paste(whole, own_token(whole, EU), "A9ANOTHERSELLER")
    assert (link(), lines()["Seller ID"]) == ("not_linked", False)


def test_a_rotated_secret_is_the_applications_fault_and_the_channel_stays_linked(whole):
    paste(whole, own_token(whole, EU))
    whole.caches.clear()
    AmazonApplication.objects.update(client_secret="amzn1.oa2-cs.v1.outdated")
    verify(whole)
    assert link() == "linked"
    assert "Amazon application" in ChannelCheck.objects.get(ok=False).remedy
    assert [alert.kind for alert in Alert.objects.filter(closed_at=None)] == ["application_refused"]
    whole.caches.clear()
    new_secret = whole.amazon.control("accounts")["application"]["clientSecret"]
    AmazonApplication.objects.update(client_secret=new_secret)
    verify(whole)
    assert (link(), Alert.objects.filter(closed_at=None).exists(), Problem.objects.filter(solved_at=None).exists()) == (
        "linked",
        False,
        False,
    )
