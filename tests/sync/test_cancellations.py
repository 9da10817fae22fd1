"""Cancellations against the whole simulator: sent once, read back, refused, cut off, throttled."""

import pytest
from tests.sync.whole_amazon import Whole

from wharfinger.amazon.errors import NotAnsweredAsPromised
from wharfinger.db.models import Activity, Allocation, Cancellation, OrderFeed, Problem, SalesOrder
from wharfinger.domain.orders.cancelling import CancelReason
from wharfinger.operations.orders.actions import cancellations
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import shipments
from wharfinger.sync.calls import Calls

pytestmark = pytest.mark.django_db
SKU = "HH-0010"


@pytest.fixture
def whole():
    """A linked seller whose orders come in; the goods are here."""
    whole = Whole()
    whole.authorise()
    whole.run("orders_in", "take_orders", "listings_in")
    whole.only("orders_in", "take_orders", "orders_by_number", "cancellations")
    return whole


def an_order(whole, quantity=2):
    """Imported and paid."""
    number = whole.place(SKU, quantity)
    whole.trade(40, every=4)
    order = SalesOrder.objects.get(imported__amazon_order_id=number)
    assert order.imported.amazon_status == "UNSHIPPED", order.imported.amazon_status
    return order


def cancel(whole, order, reason=CancelReason.NO_INVENTORY):
    return cancellations.cancel_order(order.pk, reason=reason, now=whole.clock.now(), user=whole.olga)


def go_on(whole, minutes=12):
    for _ in range(minutes):
        whole.run("cancellations", "take_orders")
        whole.amazon.advance(61)
    whole.run("cancellations")


def fault(whole, kind, **more):
    whole.amazon.control("faults", {"kind": kind, **more})


def feeds_of(whole):
    return list(whole.amazon.simulator.feeds.feeds.values())


def at_amazon(whole, order):
    return whole.amazon.simulator.world.orders[order.imported.amazon_order_id]


def states():
    return list(Cancellation.objects.order_by("pk").values_list("state", flat=True))


def test_a_cancellation_goes_once_and_frees_its_units_when_amazon_says_cancelled(whole):
    order = an_order(whole)
    cancel(whole, order)
    order.refresh_from_db()
    assert (order.cancelling_at, states()) == (whole.clock.now(), ["waiting"])
    whole.run("cancellations")
    assert (states(), order.state.open) == (["submitted"], True)
    go_on(whole)
    order.refresh_from_db()
    assert (states(), order.state, order.cancelling_at) == (["confirmed"], "cancelled", None)
    assert (at_amazon(whole, order).status, at_amazon(whole, order).cancelled_by) == ("CANCELLED", "MERCHANT")
    assert (len(feeds_of(whole)), Allocation.objects.filter(line__order=order).count()) == (1, 0)
    said = list(Activity.objects.filter(sales_order=order).order_by("pk").values_list("text", flat=True))
    assert said[-4:] == [
        "Cancellation at Amazon requested: no stock.",
        "Amazon changed HH-0010: 2 ordered, 2 cancelled.",
        "Cancelled at Amazon.",
        "Amazon shows the order as cancelled, as we requested.",
    ]


def test_run_again_and_again_it_sends_nothing_twice(whole):
    order = an_order(whole)
    cancel(whole, order)
    with pytest.raises(Refused, match="under way already"):
        cancel(whole, order)
    go_on(whole, 30)
    assert (states(), len(feeds_of(whole)), OrderFeed.objects.count()) == (["confirmed"], 1, 1)
    order.refresh_from_db()
    with pytest.raises(Refused, match="is cancelled already"):
        cancel(whole, order)


def test_many_go_in_one_feed_and_what_comes_meanwhile_waits_for_the_next(whole):
    orders = [an_order(whole, 1) for _ in range(3)]
    for order in orders[:2]:
        cancel(whole, order)
    whole.run("cancellations")
    cancel(whole, orders[2])
    whole.run("cancellations")
    assert (states(), len(feeds_of(whole))) == (["submitted", "submitted", "waiting"], 1)
    go_on(whole, 20)
    assert (states(), len(feeds_of(whole))) == (["confirmed"] * 3, 2)


def test_a_refusal_gives_its_reason_and_the_order_may_be_dispatched_again(whole):
    order = an_order(whole)
    cancel(whole, order)
    sold = at_amazon(whole, order)
    whole.run("cancellations")
    sold.status = "SHIPPED"  # somebody confirmed it in Seller Central meanwhile
    whole.amazon.simulator.world.records.touch(sold)
    for _ in range(4):
        whole.amazon.advance(61)
        whole.run("cancellations")
    assert states() == ["refused"]
    problem = Problem.objects.get(kind="cancellation_refused")
    assert "is SHIPPED and cannot be cancelled any more" in problem.cause
    order.refresh_from_db()
    assert order.cancelling_at is None


def test_no_order_is_dispatched_while_its_cancellation_is_under_way(whole):
    order = an_order(whole)
    cancel(whole, order)
    with pytest.raises(Refused, match="cancellation of .* is under way"):
        shipments.dispatch(order.pk, service_id=whole.courier.pk, now=whole.clock.now(), user=whole.olga)
    cancellations.take_back(order.pk, now=whole.clock.now(), user=whole.olga)
    order.refresh_from_db()
    assert (states(), order.cancelling_at) == (["withdrawn"], None)
    whole.run("cancellations")
    assert feeds_of(whole) == []


def test_what_was_sent_is_not_taken_back(whole):
    order = an_order(whole)
    cancel(whole, order)
    whole.run("cancellations")
    with pytest.raises(Refused, match="was sent to Amazon"):
        cancellations.take_back(order.pk, now=whole.clock.now(), user=whole.olga)


def test_a_lost_answer_is_settled_by_the_order_itself_and_nothing_is_sent_twice(whole):
    order = an_order(whole)
    cancel(whole, order)
    fault(whole, "cut_after", operation="createFeed")
    whole.run("cancellations")
    assert (states(), len(feeds_of(whole))) == (["attempted"], 1)
    go_on(whole, 20)
    assert (states(), len(feeds_of(whole))) == (["confirmed"], 1)


def test_an_order_that_amazon_does_not_return_keeps_no_other_waiting(whole, monkeypatch):
    first, second = an_order(whole), an_order(whole)
    cancel(whole, first)
    cancel(whole, second)
    plain = Calls.get_order

    def get_order(calls, number):
        if number == first.imported.amazon_order_id:
            raise NotAnsweredAsPromised("getOrder", status=200, message="no JSON")
        return plain(calls, number)

    monkeypatch.setattr(Calls, "get_order", get_order)
    go_on(whole)
    assert [at_amazon(whole, order).status for order in (first, second)] == ["CANCELLED", "CANCELLED"]
    assert states() == ["accepted", "confirmed"]


def test_while_amazon_takes_no_feed_those_that_were_sent_are_looked_up(whole):
    first, second = an_order(whole), an_order(whole)
    cancel(whole, first)
    for _ in range(9):
        whole.run("cancellations")
        whole.amazon.advance(61)
        if states() == ["accepted"]:
            break
    cancel(whole, second)
    fault(whole, "500", operation="createFeedDocument", count=99)
    go_on(whole)
    assert states()[0] == "confirmed"
    assert states()[1] != "confirmed"


def test_a_call_that_never_arrived_is_sent_again_when_the_order_has_stayed_open(whole):
    order = an_order(whole)
    cancel(whole, order)
    fault(whole, "cut_before", operation="createFeed")
    whole.run("cancellations")
    assert (states(), feeds_of(whole)) == (["attempted"], [])
    go_on(whole, 90)
    assert (states(), len(feeds_of(whole))) == (["confirmed"], 1)


@pytest.mark.parametrize("operation", ["createFeedDocument", "createFeed", "getFeed", "getFeedDocument"])
def test_throttled_anywhere_it_waits_and_goes_on(whole, operation):
    order = an_order(whole)
    cancel(whole, order)
    fault(whole, "throttle", operation=operation)
    go_on(whole, 25)
    assert (states(), len(feeds_of(whole))) == (["confirmed"], 1)


@pytest.mark.parametrize("kind", ["feed_fatal", "feed_cancelled"])
def test_a_feed_that_amazon_does_not_look_at_goes_again_with_a_new_document(whole, kind):
    order = an_order(whole)
    cancel(whole, order)
    fault(whole, kind)
    go_on(whole, 30)
    assert (states(), len(feeds_of(whole))) == (["confirmed"], 2)


@pytest.mark.parametrize("operation", ["getFeed", "getFeedDocument"])
def test_a_feed_of_which_amazon_says_nothing_for_a_day_keeps_no_other_waiting(whole, operation):
    first, second = an_order(whole), an_order(whole)
    cancel(whole, first)
    whole.run("cancellations")
    fault(whole, "500", operation=operation, count=9999)
    cancel(whole, second)
    whole.amazon.advance(3600)
    whole.run("cancellations")
    assert len(feeds_of(whole)) == 1
    whole.amazon.advance(25 * 3600)
    go_on(whole, 60)
    assert [one.state for one in Cancellation.objects.order_by("pk")] == ["confirmed", "submitted"]
    assert len(feeds_of(whole)) == 2


def test_a_process_that_ends_between_attempt_and_outcome_leaves_nothing_behind(whole):
    order = an_order(whole)
    cancel(whole, order)
    now = whole.clock.now()
    cancellations.begin_feed(whole.account.pk, now=now)
    feed = cancellations.feed_under_way(whole.account.pk)
    cancellations.note_attempt(feed.id, now=now, machine_now=now)  # and here the worker was killed
    go_on(whole, 90)
    assert (states(), len(feeds_of(whole))) == (["confirmed"], 1)


def test_the_buyers_reason_needs_the_buyers_request(whole):
    order = an_order(whole)
    with pytest.raises(Refused, match="has not requested cancellation") as refused:
        cancel(whole, order, CancelReason.BUYER_CANCELLED)
    assert refused.value.field == "reason"
    SalesOrder.objects.filter(pk=order.pk).update(cancel_requested=True)
    cancel(whole, order, CancelReason.BUYER_CANCELLED)


def test_an_order_of_which_a_parcel_left_is_not_cancelled(whole):
    order = an_order(whole)
    order.lines.update(quantity_shipped=1)
    with pytest.raises(Refused, match="A parcel of .* was dispatched, and Amazon cancels whole orders only"):
        cancel(whole, order)
