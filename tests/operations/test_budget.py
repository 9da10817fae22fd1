from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from wharfinger.db.models import RateBudget, SellerAccount
from wharfinger.operations.budget import Granted, NotUntil, note_rate, note_refusal, take_token

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def account():
    return SellerAccount.objects.create(name="Harbour", region="EU", made_at=NOW)


def take(account, at=NOW, rate="0.5", burst="30"):
    return take_token(account.pk, "getOrder", rate=Decimal(rate), burst=Decimal(burst), now=at)


def test_a_new_bucket_is_full_and_one_token_is_kept_back(account):
    taken = [take(account) for _ in range(30)]
    assert taken[:29] == [Granted()] * 29
    assert isinstance(taken[29], NotUntil)


def test_a_flow_without_tokens_comes_back_for_a_useful_batch(account):
    while isinstance(refused := take(account), Granted):
        pass
    assert refused.at == NOW + timedelta(seconds=8)
    assert [take(account, at=refused.at) for _ in range(4)] == [Granted()] * 4


def test_a_later_token_does_not_turn_the_bucket_back(account):
    take(account, at=NOW + timedelta(seconds=10))
    take(account, at=NOW)
    assert RateBudget.objects.get().counted_at == NOW + timedelta(seconds=10)


def test_a_429_empties_the_bucket_and_lets_it_rest(account):
    take(account)
    back = note_refusal(account.pk, "getOrder", now=NOW)
    assert take(account, at=NOW + timedelta(seconds=10)) == NotUntil(back)
    assert RateBudget.objects.get().refused == 1
    assert take(account, at=back) == Granted()


def test_the_accounts_own_rate_replaces_the_published_one(account):
    take(account)
    note_rate(account.pk, "getOrder", rate=Decimal("0.0167"))
    assert RateBudget.objects.get().rate == Decimal("0.016700")


def test_a_rate_of_zero_is_not_believed(account):
    take(account)
    note_rate(account.pk, "getOrder", rate=Decimal(0))
    assert RateBudget.objects.get().rate == Decimal("0.5")
