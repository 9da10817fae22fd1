"""The page of differences at Amazon: what it shows, its files, and Send again."""

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.stock import a_site
from tests.queries.test_drift import a_drift

from wharfinger.db.models import StockNotice
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db
PAGE = "/stock/differences/"


@pytest.fixture
def channel():
    account = an_account()
    channel = a_channel(account, a_site())
    a_drift(account, "BLUE-MUG", submitted_quantity=5)
    a_drift(account, "RED-MUG", error="The product type is wrong.")
    return channel


def test_each_listing_stands_with_its_numbers_and_whose_change_it_is(channel, sign_in):
    client = sign_in()
    text = " ".join(client.get(PAGE).text.split())
    for word in ("BLUE-MUG", "Changed in Seller Central", "Amazon refused ours", "The product type is wrong."):
        assert word in text
    assert "RED-MUG" not in client.get(f"{PAGE}?cause=person").text
    assert f'href="{PAGE}?channel={channel.pk}"' in client.get(f"/channels/{channel.pk}/stock/").text
    lines = client.get(f"{PAGE}export.csv").getvalue().decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["BLUE-MUG", "RED-MUG"]
    assert client.get(f"{PAGE}export.xlsx").getvalue()[:2] == b"PK"


def test_the_ticked_ones_are_sent_again(channel, sign_in):
    client = sign_in()
    ids = [str(listing.pk) for listing in channel.account.listings.filter(sku="BLUE-MUG")]
    answer = client.post(f"{PAGE}send/?cause=person", {"ids": ids}, follow=True)
    assert "The quantity of 1 listing is being sent to Amazon." in answer.text
    assert answer.redirect_chain == [(f"{PAGE}?cause=person", 302)]
    assert StockNotice.objects.get().listing.sku == "BLUE-MUG"
    assert "No listing was selected." in client.post(f"{PAGE}send/", follow=True).text


@pytest.mark.parametrize(("role", "status"), [(Role.MANAGER, 302), (Role.WAREHOUSE, 403), (Role.VIEWER, 403)])
def test_only_those_who_may_fix_problems_send_again(role, status, channel, sign_in):
    client = sign_in(role)
    assert client.post(f"{PAGE}send/").status_code == status
    assert ("Send again</button>" in client.get(PAGE).text) is (status == 302)
