"""One action for many orders: step by step, never twice, with what was left and why."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import NOW

from wharfinger.db.models import Activity, BulkAction, BulkActionOrder, ImportedOrder, RawMessage, WantedOrder
from wharfinger.db.queries.orders.bulk_actions import bulk_page, not_settled
from wharfinger.db.queries.orders.causes import cause_groups
from wharfinger.db.queries.orders.imported_orders import ImportedOrderFilter, read_filter, write_filter
from wharfinger.domain.orders.bulk_actions import LEFT, BulkState, OrderAction
from wharfinger.domain.orders.waits_for import ForChannel
from wharfinger.operations.orders import bulk_actions
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return Trading()


def failed(world, *numbers, **changes):
    return [moments.imported_order(world, number, **{"state": "failed", **changes}) for number in numbers]


def run():
    while bulk_actions.take_step(now=NOW) >= 0:
        pass


def test_all_that_the_filter_shows_is_done_and_nothing_else(world):
    orders = failed(world, *range(1, 8))
    other = moments.imported_order(world, 99, state="skipped")
    bulk = bulk_actions.start(OrderAction.IMPORT, ImportedOrderFilter(state="failed"), user=world.olga, now=NOW)
    run()
    row = BulkAction.objects.get(pk=bulk)
    assert (row.state, row.total, row.done, row.left) == (BulkState.FINISHED, 7, 7, 0)
    assert set(ImportedOrder.objects.filter(state="retrying")) == set(orders)
    assert RawMessage.objects.filter(state="waiting").count() == 7
    other.refresh_from_db()
    assert other.state == "skipped"


def test_an_order_that_came_after_the_button_is_not_touched(world):
    failed(world, 1)
    bulk_actions.start(OrderAction.IGNORE, ImportedOrderFilter(state="failed"), user=world.olga, now=NOW)
    later = failed(world, 2)[0]
    run()
    later.refresh_from_db()
    assert later.state == "failed"


def test_a_sales_order_is_left_with_the_reason_and_the_rest_is_ignored(world):
    taken = moments.sales_order(world, 5, None).imported
    bad = failed(world, 1)[0]
    bulk = bulk_actions.start_for(OrderAction.IGNORE, [taken.pk, bad.pk], user=world.olga, now=NOW)
    run()
    page = bulk_page(bulk)
    assert (page.row.done, page.row.left, page.settled, page.over) == (1, 1, 1, True)
    assert [(row.id, row.left) for row in not_settled(bulk).rows] == [(taken.pk, LEFT[OrderAction.IGNORE])]


def test_what_is_not_imported_all_the_same_is_named_with_its_reason(world):
    orders = failed(world, 1, 2, 3)
    bulk = bulk_actions.start(OrderAction.IMPORT, ImportedOrderFilter(), user=world.olga, now=NOW)
    run()
    assert (bulk_page(bulk).waiting, bulk_page(bulk).over) == (3, False)
    ImportedOrder.objects.filter(pk=orders[0].pk).update(state="ok")
    ImportedOrder.objects.filter(pk=orders[1].pk).update(state="failed", reason="No channel.")
    ImportedOrder.objects.filter(pk=orders[2].pk).update(state="ok")
    page = bulk_page(bulk)
    assert (page.waiting, page.settled, page.not_settled, page.passed, page.over) == (0, 2, 1, 3, True)
    assert [row.reason for row in not_settled(bulk).rows] == ["No channel."]


def test_downloads_of_many_are_wanted_by_number_before_all_else(world):
    orders = failed(world, 1, 2)
    bulk_actions.start(OrderAction.DOWNLOAD, ImportedOrderFilter(), user=world.olga, now=NOW)
    run()
    wanted = WantedOrder.objects.values_list("amazon_order_id", "source")
    assert set(wanted) == {(order.amazon_order_id, "person") for order in orders}
    assert set(ImportedOrder.objects.values_list("state", flat=True)) == {"retrying"}


def test_stopped_it_tries_no_further_order(world):
    failed(world, 1)
    bulk = bulk_actions.start(OrderAction.IGNORE, ImportedOrderFilter(), user=world.olga, now=NOW)
    bulk_actions.stop(bulk, user=world.olga, now=NOW)
    run()
    assert (BulkAction.objects.get().state, ImportedOrder.objects.get().state) == (BulkState.STOPPED, "failed")
    with pytest.raises(Refused, match="ended already"):
        bulk_actions.stop(bulk, user=world.olga, now=NOW)


def test_a_selection_that_shows_nothing_is_refused():
    world = Trading()
    with pytest.raises(Refused, match="nothing is left to do"):
        bulk_actions.start(OrderAction.IGNORE, ImportedOrderFilter(), user=world.olga, now=NOW)
    assert not BulkAction.objects.exists()


@pytest.mark.parametrize("action", list(OrderAction))
def test_a_step_costs_the_same_for_two_orders_and_for_twenty(world, action):
    costs = []
    for numbers in (range(1, 3), range(11, 31)):
        ids = [order.pk for order in failed(world, *numbers)]
        bulk_actions.start_for(action, ids, user=world.olga, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            assert bulk_actions.take_step(now=NOW) == len(ids)
        costs.append(len(queries))
        run()
    assert costs[1] <= costs[0]
    assert Activity.objects.filter(imported_order__isnull=False).count() == 22


def test_a_step_that_ran_twice_tries_no_order_twice(world):
    failed(world, 1, 2)
    bulk_actions.start(OrderAction.IMPORT, ImportedOrderFilter(), user=world.olga, now=NOW)
    run()
    run()
    assert BulkActionOrder.objects.count() == 2


def test_a_filter_is_read_back_as_it_was_written():
    wanted = ImportedOrderFilter(NOW, NOW + timedelta(days=1), 3, "failed", "Hopper", True, "waits:channel:3", (1, 2))
    assert read_filter(write_filter(wanted)) == wanted
    assert read_filter(write_filter(ImportedOrderFilter())) == ImportedOrderFilter()


def test_orders_are_grouped_by_what_they_wait_for_and_by_their_reason(world):
    waits = ForChannel(world.fbm.pk)
    failed(world, 1, 2, state="not_attempted", waits_for=waits, reason="Imports are paused.", amazon_status="UNSHIPPED")
    failed(world, 3, reason="No date.", remedy="Fetch it again.")
    failed(world, 4, reason="No lines.", amazon_status="SHIPPED")
    moments.imported_order(world, 5, state="skipped", reason="Placed before the channel's Start Date.")
    groups = cause_groups()
    assert [(group.reason, group.orders, group.to_send, group.waits_for) for group in groups] == [
        ("Imports are paused.", 2, 2, waits),
        ("No date.", 1, 1, None),
        ("No lines.", 1, 0, None),
    ]
    for group in groups:
        bulk_actions.start(OrderAction.IMPORT, ImportedOrderFilter(cause=group.cause), user=world.olga, now=NOW)
    assert list(BulkAction.objects.order_by("pk").values_list("total", flat=True)) == [2, 1, 1]
