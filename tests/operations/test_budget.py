from datetime import timedelta
from decimal import Decimal

import pytest
from tests.factories.accounts import an_account
from tests.factories.ground import NOW

from wharfinger.db.models import Problem, RateBudget
from wharfinger.db.queries.access.budgets import budgets_of
from wharfinger.domain.installation.subjects import AboutWork
from wharfinger.operations.access.budget import Granted, NotUntil, note_rate, note_refusal, note_success, take_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(db):
    return an_account()


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
    assert take(account, at=back) == Granted(recovering=True)


def refuse(account, times=1, at=NOW):
    """So many calls, each made when the bucket allows it and refused by Amazon; when the next may be made."""
    for _ in range(times):
        while isinstance(taken := take(account, at=at), NotUntil):
            at = taken.at
        at = note_refusal(account.pk, "getOrder", now=at)
    return at


def test_each_refusal_in_a_row_makes_the_rest_longer_and_a_success_shorter(account):
    rests, at = [], NOW
    for _ in range(4):
        while isinstance(taken := take(account, at=at), NotUntil):
            at = taken.at
        rests.append(note_refusal(account.pk, "getOrder", now=at) - at)
        at += rests[-1]
    for rest, seconds in zip(rests, (34, 68, 136, 272), strict=True):
        assert seconds <= rest.total_seconds() <= seconds * 1.25
    note_success(account.pk, "getOrder", now=at)
    assert note_refusal(account.pk, "getOrder", now=at) - at < rests[3]


def test_many_refusals_while_our_bucket_had_tokens_are_another_applications(account):
    at = refuse(account, times=2)
    assert [row.shared for row in budgets_of(account.pk, now=NOW)] == [False]
    at = refuse(account, times=4, at=at)
    row = budgets_of(account.pk, now=at - timedelta(seconds=1))[0]
    assert (row.shared, row.refused, row.refusals, row.waits_until) == (True, 6, 6, at)
    assert 10 <= row.percent < 50


def test_a_smaller_share_fills_the_bucket_more_slowly_and_grows_back_with_each_success(account):
    at = refuse(account, times=6)
    share = RateBudget.objects.get().share
    wait = take(account, at=at).at - at if isinstance(take(account, at=at), NotUntil) else timedelta()
    for _ in range(20):
        note_success(account.pk, "getOrder", now=at)
    row = RateBudget.objects.get()
    assert share < Decimal("0.5") < row.share == 1
    assert (row.refusals, row.throttled_since) == (0, None)
    assert wait >= timedelta()


def test_hours_without_one_answered_call_are_a_problem_until_one_is_answered(account):
    at = NOW
    while at < NOW + timedelta(hours=2):
        assert not Problem.objects.exists()
        at = refuse(account, at=at)
    at = refuse(account, at=at)
    problem = Problem.objects.get()
    assert (problem.kind, problem.key) == ("throttled", AboutWork(account.pk, "getOrder"))
    assert "another application of this seller" in problem.cause
    note_success(account.pk, "getOrder", now=at)
    assert Problem.objects.get().solved_at == at


def test_the_accounts_own_rate_replaces_the_published_one(account):
    take(account)
    note_rate(account.pk, "getOrder", rate=Decimal("0.0167"))
    assert RateBudget.objects.get().rate == Decimal("0.016700")


def test_a_rate_of_zero_is_not_believed(account):
    take(account)
    note_rate(account.pk, "getOrder", rate=Decimal(0))
    assert RateBudget.objects.get().rate == Decimal("0.5")


@pytest.mark.parametrize("rate", ["1e-9", "0.000001", "1e9", "1e30", "-1", "NaN", "Infinity"])
def test_an_absurd_rate_is_not_believed(account, rate):
    take(account)
    note_rate(account.pk, "getOrder", rate=Decimal(rate), published=Decimal("0.5"))
    assert RateBudget.objects.get().rate == Decimal("0.5")
