"""An account that Amazon deactivates: no quantities are sent, until Amazon or a person says that it is active again."""

from datetime import timedelta

import pytest
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import NOW, UK
from tests.factories.people import olga_the_owner

from wharfinger.db.models import Alert, Channel, Listing, StockNotice
from wharfinger.db.queries.stock.stock_out import listing_facts
from wharfinger.domain.orders.notifications import OrderNotice
from wharfinger.operations.channels import channel_life
from wharfinger.operations.orders import notifications
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db


class Account:
    def __init__(self):
        self.world = Trading()
        moments.stocked_item(self.world, "MUG")
        self.listing = Listing.objects.get(sku="MUG").pk
        self.channel = self.world.fbm.pk

    def hear(self, status, minutes, place=UK):
        at = NOW + timedelta(minutes=minutes)
        notice = OrderNotice(f"{status}{minutes}", "ACCOUNT_STATUS_CHANGED", "", "", at, at, place, status)
        StockNotice.objects.all().delete()
        notifications.take_notices(self.world.account.pk, [notice], now=at)

    @property
    def silent(self):
        """That of the facts agrees with the channel's own."""
        deactivated = Channel.objects.get(pk=self.channel).amazon_deactivated_at is not None
        why = listing_facts([self.listing])[self.listing].channels[0].silent
        assert ("Amazon has deactivated the account there" in why) == deactivated
        return deactivated

    @property
    def noticed(self):
        return StockNotice.objects.filter(listing=self.listing).exists()


@pytest.fixture
def account():
    return Account()


@pytest.mark.parametrize("place", [UK, ""])
def test_a_deactivated_account_sends_no_quantities_until_it_is_active_again(account, place):
    for minutes, status, expected in (
        (0, "AT_RISK", (False, False)),
        (1, "DEACTIVATED", (True, False)),
        (2, "PAUSED", (True, False)),
        (3, "NORMAL", (False, True)),
        (4, "DEACTIVATED", (True, False)),
        (5, "AT_RISK", (False, True)),
    ):
        account.hear(status, minutes, place)
        assert (status, account.silent, account.noticed) == (status, *expected)


def test_an_older_word_that_comes_later_changes_nothing(account):
    account.hear("NORMAL", 3)
    account.hear("DEACTIVATED", 2)
    assert (account.silent, Alert.objects.filter(closed_at=None).count()) == (False, 0)


def test_another_marketplaces_status_is_not_this_ones(account):
    account.hear("DEACTIVATED", 0, "A1PA6795UKMFR9")
    assert not account.silent


def test_a_person_who_sees_it_active_again_says_so(account):
    user = olga_the_owner()
    account.hear("DEACTIVATED", 0)
    channel_life.note_active_again(account.channel, now=NOW, user=user)
    assert (account.silent, account.noticed) == (False, True)
    with pytest.raises(Refused, match="are sent already"):
        channel_life.note_active_again(account.channel, now=NOW, user=user)
