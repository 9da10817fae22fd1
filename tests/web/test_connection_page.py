"""An outage is noticed, said once, shown on every page, and over when orders are seen again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories.accounts import an_account
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.web.client import text

from wharfinger.config.clock import machine_now
from wharfinger.db.models import Alert, FlowSchedule, OrderCursor, SellerAccount, WorkerHeartbeat
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.installation.people import Role
from wharfinger.domain.orders.blindness import Whose
from wharfinger.operations.installation import flows

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - timedelta(hours=2)


@pytest.fixture
def world():
    world = Trading()
    OrderCursor.objects.create(account=world.account, after=LONG_AGO, caught_up_at=LONG_AGO)
    WorkerHeartbeat.objects.create(name="worker", seen_at=machine_now(), started_at=machine_now())
    flows.start_flow(world.account.pk, "orders_in", now=NOW)
    return world


def fail(world, fault=Whose.AMAZON, at=NOW):
    error = "searchOrders: 503 busy."
    flows.fail_flow(world.account.pk, "orders_in", error=error, fault=fault, next_due=NOW, now=at)


def end(world, **more):
    facts = {"outcome": "0 orders on 1 page", "next_due": NOW, "waiting_for": "", "now": NOW, **more}
    flows.end_flow(world.account.pk, "orders_in", **facts)


def test_an_outage_is_one_alert_that_says_whose_fault_it_is_and_what_to_do(world):
    fail(world)
    fail(world, at=NOW + timedelta(minutes=5))
    alert = Alert.objects.get()
    assert alert.kind == "orders_not_seen"
    assert alert.text == (
        f"{world.account.name}: no orders are seen since {LONG_AGO:%d %b %H:%M} UTC. Amazon's own fault."
    )
    assert alert.closed_at is None


def test_it_is_over_when_a_run_ends_well(world):
    fail(world)
    end(world)
    assert Alert.objects.get().closed_at == NOW
    assert FlowSchedule.objects.get(flow="orders_in").fault == ""


def test_a_run_that_only_waited_ends_no_outage(world):
    fail(world)
    end(world, outcome="", waiting_for="the rate limit of searchOrders")
    assert Alert.objects.get().closed_at is None


@pytest.mark.parametrize(
    "not_one",
    [
        {"flow": "stock_out"},
        {"after": NOW - timedelta(minutes=5)},
        {"caught_up_at": None},
        {"state": LinkState.LOST},
    ],
)
def test_what_is_no_outage_of_orders_raises_no_such_alert(world, not_one):
    flow = not_one.pop("flow", "orders_in")
    if state := not_one.pop("state", None):
        SellerAccount.objects.update(link_state=state, lost_at=NOW)
    OrderCursor.objects.update(**not_one) if not_one else None
    flows.start_flow(world.account.pk, flow, now=NOW)
    flows.fail_flow(world.account.pk, flow, error="x", fault=Whose.AMAZON, next_due=NOW, now=NOW)
    assert not Alert.objects.exists()


def test_the_next_outage_is_an_alert_of_its_own(world):
    fail(world)
    end(world)
    OrderCursor.objects.update(after=NOW)
    fail(world, at=NOW + timedelta(hours=1))
    assert Alert.objects.count() == 2


@pytest.mark.parametrize("role", list(Role))
def test_every_page_says_it_and_leads_to_why(world, role, sign_in):
    fail(world)
    page = text(sign_in(role).get(reverse("sales-order-list")))
    assert "Harbour &amp; Home: no order of Amazon&#x27;s has been seen since" in page
    assert reverse("connection") in page


def test_no_banner_where_orders_are_seen(world, sign_in):
    end(world)
    assert "has been seen since" not in text(sign_in().get(reverse("sales-order-list")))


@pytest.mark.parametrize("whose", list(Whose))
def test_the_page_says_since_when_whose_fault_and_what_to_do(world, whose, sign_in):
    fail(world, whose)
    page = text(sign_in().get(reverse("connection")))
    assert "Orders are not seen" in page
    assert whose.label.replace("'", "&#x27;") in page
    assert "What to do" in page
    assert "searchOrders: 503 busy." in page
    assert ("Try now" in page) == (whose is not Whose.ACCESS)


def test_lost_access_leads_to_the_channel(world, sign_in):
    SellerAccount.objects.update(link_state=LinkState.LOST, lost_at=NOW, link_error="invalid_grant")
    page = text(sign_in().get(reverse("connection")))
    assert "Access at Amazon was lost" in page
    assert "invalid_grant" in page
    assert "Show the channel" in page


def test_a_viewer_sees_it_without_a_button(world, sign_in):
    fail(world)
    page = text(sign_in(Role.VIEWER).get(reverse("connection")))
    assert "Orders are not seen" in page
    assert "Try now" not in page


def test_without_an_account_the_page_says_where_to_begin(sign_in):
    assert "No seller account yet" in text(sign_in().get(reverse("connection")))


def test_the_page_costs_the_same_for_one_account_and_for_three(world, sign_in):
    client, costs = sign_in(), []
    for extra in (0, 2):
        for number in range(extra):
            other = an_account(f"Other {number}", f"A3OTHER{number}")
            OrderCursor.objects.create(account=other, after=LONG_AGO, caught_up_at=LONG_AGO)
        client.get(reverse("connection"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("connection"))
        costs.append(len(queries))
    assert costs[0] == costs[1]
