"""One problem for each role that Amazon took away, whichever flows it stops."""

from datetime import timedelta

import pytest
from tests.factories.accounts import an_account
from tests.factories.ground import NOW

from wharfinger.db.models import FlowSchedule, Problem
from wharfinger.domain.installation.subjects import AboutWork
from wharfinger.operations.installation import flows

pytestmark = pytest.mark.django_db
LISTING, FULFILMENT = "Product Listing", "Amazon Fulfillment"
TRACKING, SHIPPING = "Inventory and Order Tracking", "Direct-to-Consumer Shipping"
LATER = NOW + timedelta(hours=1)
CALLS = {
    "listings_in": ("searchListingsItems", (LISTING,)),
    "stock_out": ("patchListingsItem", (LISTING,)),
    "fba_stock_in": ("getInventorySummaries", (FULFILMENT, LISTING)),
    "orders_in": ("searchOrders", (TRACKING, SHIPPING)),
    "shipments_out": ("confirmShipment", (SHIPPING, TRACKING)),
}


@pytest.fixture
def account():
    account = an_account()
    FlowSchedule.objects.bulk_create(FlowSchedule(account=account, flow=flow, due_at=NOW) for flow in CALLS)
    return account


def deny(account, *names):
    for flow in names:
        called, roles = CALLS[flow]
        flows.deny_flow(account.pk, flow, called=called, roles=roles, error="403", next_due=LATER, now=NOW)


def passes(account, flow, outcome="3 orders"):
    flows.end_flow(account.pk, flow, outcome=outcome, next_due=LATER, waiting_for="", now=NOW)


def open_ones():
    return Problem.objects.filter(solved_at=None)


@pytest.mark.parametrize("order", [("listings_in", "stock_out", "fba_stock_in"), ("fba_stock_in", "stock_out")])
def test_one_role_is_one_problem_whatever_it_stops_and_in_whatever_order(account, order):
    deny(account, *order, *order)
    problem = open_ones().get()
    assert "the role “Product Listing”. 403" in problem.cause
    assert all(CALLS[flow][0] in problem.cause for flow in order)


def test_two_roles_are_two_problems(account):
    deny(account, "listings_in", "orders_in", "shipments_out")
    assert open_ones().count() == 2


def test_when_one_flow_passes_the_role_works_and_the_others_are_tried_at_once(account):
    deny(account, "listings_in", "stock_out", "orders_in")
    passes(account, "listings_in")
    assert ["searchOrders" in problem.cause for problem in open_ones()] == [True]
    due = dict(FlowSchedule.objects.values_list("flow", "due_at"))
    assert (due["stock_out"], due["listings_in"], due["orders_in"]) == (NOW, LATER, LATER)


def test_a_flow_that_was_never_denied_solves_nothing(account):
    deny(account, "shipments_out")
    passes(account, "orders_in")
    assert open_ones().count() == 1
    passes(account, "shipments_out")
    assert not open_ones().exists()


def test_a_run_that_only_waited_solves_nothing(account):
    deny(account, "stock_out")
    flows.end_flow(account.pk, "stock_out", outcome="", next_due=LATER, waiting_for="budget", now=NOW)
    assert open_ones().count() == 1


def test_a_problem_of_one_flow_alone_from_before_is_solved_by_the_next_denial(account):
    Problem.objects.create(
        kind="role_missing",
        key=AboutWork(account.pk, "stock_out"),
        account=account,
        opened_at=NOW,
        seen_at=NOW,
    )
    deny(account, "stock_out")
    assert open_ones().count() == 1
