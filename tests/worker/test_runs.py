"""What becomes of a run: its end, Amazon's errors, our own fault. Nothing is caught and forgotten."""

from datetime import timedelta

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.people import olga_the_owner
from tests.factories.wiring import wired

from wharfinger.amazon.answers import Answer
from wharfinger.amazon.errors import (
    AccessDenied,
    InvalidClient,
    InvalidGrant,
    InvalidRequest,
    ServerFault,
    TokenRefused,
    Unreachable,
)
from wharfinger.db.models import (
    Alert,
    AuthorisationAttempt,
    Channel,
    FlowSchedule,
    Problem,
    SellerAccount,
)
from wharfinger.db.queries.installation.problems import problem_row
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.retry import LONGEST_PAUSE_OF_A_DENIAL
from wharfinger.domain.timetable import FLOW_TITLES
from wharfinger.operations.access import accounts, authorisation
from wharfinger.operations.installation import flows
from wharfinger.sync.calls import FlowResult, NotBefore, NoToken
from wharfinger.web.problem_pages import page_of_problem
from wharfinger.worker.runs import run_one_flow

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(application):
    account = an_account(application=application)
    a_channel(account)
    return account


class GoodToken:
    """Calls whose refresh token Amazon still takes."""

    def prove_token(self):
        pass

    def get_marketplace_participations(self):
        return Answer(())


class DeadToken(GoodToken):
    def prove_token(self):
        raise InvalidGrant("exchangeToken", status=400)


class DeniedEverywhere(GoodToken):
    def __init__(self, answer):
        self.answer = answer

    def get_marketplace_participations(self):
        raise self.answer


def no_token(account_id):
    raise NoToken("Harbour has no refresh token.")


def run(account, flow, times=1, idle="", calls_for=lambda _: GoodToken()):
    every = {"orders_in": timedelta(minutes=3)}
    parts = wired(flows={"orders_in": flow}, why_idle=lambda _: idle, calls_for=calls_for, every=every)
    for _ in range(times):
        run_one_flow(parts, account.pk, "orders_in")


def failing(error):
    def flow(account_id, calls, clock):
        raise error

    return flow


def the_line():
    line = FlowSchedule.objects.get()
    return line.due_at, line.outcome, line.waiting_for, line.failures


def test_a_run_that_ends_is_due_again_by_the_timetable(account):
    run(account, lambda *_: FlowResult("3 orders"))
    assert the_line() == (NOW + timedelta(minutes=3), "3 orders", "", 0)


@pytest.mark.parametrize(("requested", "due"), [(1, 1), (3, 3), (60 * 24 * 400, 3)])
def test_a_run_puts_its_flow_off_no_longer_than_the_timetable(account, requested, due):
    run(account, lambda *_: FlowResult("3 orders", NOW + timedelta(minutes=requested)))
    assert the_line()[0] == NOW + timedelta(minutes=due)


def test_an_account_that_may_not_speak_to_amazon_runs_nothing_and_says_why(account):
    run(account, failing(AssertionError("it ran")), idle="Sandbox: only checked.")
    assert the_line() == (NOW + timedelta(minutes=3), "Sandbox: only checked.", "", 0)


def test_a_run_without_budget_comes_back_when_the_budget_does(account):
    at = NOW + timedelta(seconds=178)
    run(account, failing(NotBefore(at, "searchOrders")))
    assert the_line() == (at, "", "the rate limit of searchOrders", 0)


@pytest.mark.parametrize("error", [Unreachable("searchOrders"), ServerFault("searchOrders", status=503)])
def test_a_dead_amazon_is_tried_again_less_and_less_often_and_reported(account, error):
    run(account, failing(error), times=3)
    assert timedelta(minutes=2) <= the_line()[0] - NOW < timedelta(minutes=2.5)
    assert list(Problem.objects.values_list("kind", flat=True)) == ["flow_failed"]
    assert Channel.objects.get().link_state == "linked"
    run(account, lambda *_: FlowResult("back"))
    assert Problem.objects.get().solved_at == NOW


def test_a_revoked_token_stops_the_accounts_channels_and_tells_a_person(account):
    run(account, failing(InvalidGrant("exchangeToken", status=400)))
    account.refresh_from_db()
    assert (account.link_state, Channel.objects.get().link_state) == ("lost", "lost")
    assert list(Problem.objects.values_list("kind", flat=True)) == ["authorisation_lost"]
    assert flows.wake_due_flows(now=NOW + timedelta(days=1), not_again_before=NOW) == 0


def test_after_a_new_authorisation_everything_is_due_at_once(account):
    run(account, failing(InvalidGrant("exchangeToken", status=400)))
    channel = Channel.objects.get()
    accounts.record_checks(channel.pk, [], linked=LinkState.LINKED, now=NOW)
    assert (Channel.objects.get().link_state, Problem.objects.filter(solved_at=None).count()) == ("linked", 0)
    assert set(FlowSchedule.objects.values_list("due_at", flat=True)) == {NOW}
    assert FlowSchedule.objects.count() == len(FLOW_TITLES)


DENIED = AccessDenied("searchOrders", status=403, code="Unauthorized", message="Access is denied.", request_id="r-1")


@pytest.mark.parametrize(("error", "count"), [(DENIED, 6), (TokenRefused("searchOrders", status=403), 4)])
def test_one_operations_refusal_is_not_the_accounts_however_often_it_comes(account, error, count):
    run(account, failing(error), times=6)
    account.refresh_from_db()
    assert (account.link_state, Channel.objects.get().link_state) == ("linked", "linked")
    assert not Alert.objects.exists()
    problem = Problem.objects.get()
    assert (problem.kind, problem.account, problem.count) == ("role_missing", account, count)
    assert "“Inventory and Order Tracking”" in problem.cause
    assert error.summary() in problem.cause
    assert "press “Authorise again”" in problem.remedy
    assert page_of_problem(problem_row(problem.pk)) == f"/channels/{Channel.objects.get().pk}/"
    line = FlowSchedule.objects.get()
    assert error.summary() in line.error
    assert timedelta(minutes=50) < line.due_at - NOW < 1.25 * LONGEST_PAUSE_OF_A_DENIAL


def test_a_refused_access_token_alone_is_tried_again_soon(account):
    run(account, failing(TokenRefused("searchOrders", status=403)))
    assert the_line()[0] - NOW < timedelta(minutes=1)
    assert not Problem.objects.exists()


def test_a_run_that_only_waited_proves_nothing_of_the_denial_before_it(account):
    run(account, failing(DENIED))
    run(account, failing(NotBefore(NOW, "searchOrders")))
    assert (FlowSchedule.objects.get().failures, Problem.objects.get().solved_at) == (1, None)


def test_a_denied_flow_rests_and_the_others_are_woken(account):
    FlowSchedule.objects.create(account=account, flow="stock_out", due_at=NOW)
    run(account, failing(DENIED))
    assert flows.wake_due_flows(now=NOW + timedelta(minutes=1), not_again_before=NOW + timedelta(hours=1)) == 1
    assert FlowSchedule.objects.get(flow="orders_in").due_at >= NOW + timedelta(minutes=5)


def test_the_problem_of_a_role_is_solved_when_the_flow_passes(account):
    run(account, failing(DENIED))
    run(account, lambda *_: FlowResult("3 orders"))
    assert Problem.objects.get().solved_at == NOW
    assert the_line() == (NOW + timedelta(minutes=3), "3 orders", "", 0)


@pytest.mark.parametrize("answer", [AccessDenied("p", status=403), TokenRefused("p", status=403)])
def test_access_is_lost_when_what_needs_no_role_is_denied_to_a_fresh_token_too(account, answer):
    run(account, failing(DENIED), calls_for=lambda _: DeniedEverywhere(answer))
    assert Channel.objects.get().link_state == "lost"


@pytest.mark.parametrize("answer", [ServerFault("p", status=503), NotBefore(NOW, "p"), Unreachable("p")])
def test_no_answer_proves_nothing(account, answer):
    run(account, failing(DENIED), calls_for=lambda _: DeniedEverywhere(answer), times=4)
    assert Channel.objects.get().link_state == "linked"


def test_a_new_token_begins_the_counts_anew(account):
    run(account, failing(DENIED), times=4)
    channel = Channel.objects.get()
    attempt = AuthorisationAttempt.objects.create(
        state_hash="h",
        session_hash="s",
        channel=channel,
        user=olga_the_owner(),
        state="exchanging",
        seller_id=account.seller_id,
        opened_at=NOW,
    )
    later = NOW + timedelta(minutes=1)
    authorisation.finish_exchange(attempt.pk, refresh_token="Atzr|new", now=later)
    line = FlowSchedule.objects.get()
    assert (line.failures, line.due_at) == (0, later)


def test_a_lost_account_is_checked_again_once_a_day(account):
    SellerAccount.objects.update(token_set_at=NOW - timedelta(days=9))
    run(account, failing(InvalidGrant("exchangeToken", status=400)))
    probed = [accounts.probe_lost_accounts(now=NOW + timedelta(hours=hours)) for hours in (1, 23, 24, 25, 47, 48)]
    assert probed == [0, 0, 1, 0, 0, 1]


def test_a_refused_access_token_with_a_dead_refresh_token_is_lost_at_once(account):
    run(account, failing(TokenRefused("searchOrders", status=403)), calls_for=lambda _: DeadToken())
    assert Channel.objects.get().link_state == "lost"
    assert list(Alert.objects.values_list("kind", "closed_at")) == [("authorisation_lost", None)]


def test_an_account_without_a_token_waits_and_fails_nothing(account):
    run(account, failing(AssertionError()), calls_for=no_token)
    assert the_line() == (NOW + timedelta(minutes=3), "", "authorisation", 0)


def test_a_token_that_came_while_the_old_one_was_refused_is_not_lost(account):
    def flow(account_id, calls, clock):
        SellerAccount.objects.filter(pk=account_id).update(token_set_at=NOW + timedelta(seconds=1))
        raise InvalidGrant("exchangeToken", status=400)

    run(account, flow)
    assert Channel.objects.get().link_state == "linked"


def test_a_request_of_ours_that_cannot_be_sent_blames_no_application(account):
    run(account, failing(InvalidRequest("searchOrders")))
    assert list(Problem.objects.values_list("kind", flat=True)) == []


def test_a_refused_application_is_no_sellers_fault(account):
    run(account, failing(InvalidClient("exchangeToken", status=401)))
    assert Channel.objects.get().link_state == "linked"
    assert list(Problem.objects.values_list("kind", flat=True)) == ["application_refused"]


def test_our_own_fault_is_seen_on_the_page_and_fails_the_job_aloud(account):
    with pytest.raises(ZeroDivisionError):
        run(account, failing(ZeroDivisionError()))
    assert "Internal error: ZeroDivisionError" in FlowSchedule.objects.get().error
