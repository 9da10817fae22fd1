from datetime import UTC, datetime, timedelta

import pytest

from wharfinger.cli.demo.demo_once.units import Sold, Write, is_explained, oversold, sales_of, writes_of

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MUG = 1


def sold(units, minute, sku="MUG"):
    return Sold(MUG, "A2HARBOUR", sku, units, NOON + timedelta(minutes=minute))


def a_write(received, applied, quantity=0, sku="MUG"):
    moment = None if applied is None else NOON + timedelta(minutes=applied)
    return Write("A2HARBOUR", sku, quantity, NOON + timedelta(minutes=received), moment)


@pytest.mark.parametrize(
    ("sales", "writes", "units"),
    [
        ([sold(10, 0), sold(30, 5)], [], 0),
        ([sold(10, 0), sold(31, 5)], [], 1),
        ([sold(40, 0), sold(3, 5)], [], 3),
        ([sold(40, 0), sold(3, 5)], [a_write(4, 6)], 0),
        ([sold(40, 0), sold(3, 5)], [a_write(4, 5)], 3),
        ([sold(40, 0), sold(3, 5)], [a_write(4, None)], 3),
        ([sold(40, 0), sold(3, 5)], [a_write(4, 6, sku="CUP")], 3),
        ([sold(40, 0), sold(3, 5), sold(2, 7)], [a_write(4, 6)], 2),
    ],
)
def test_units_beyond_what_came_in_are_oversold_unless_amazon_was_slow(sales, writes, units):
    assert oversold(sales, {MUG: 40}, writes) == units


def test_what_was_cancelled_or_is_amazons_own_took_nothing():
    line = {"sku": "MUG", "quantityOrdered": 5, "quantityCancelled": 2}
    order = {
        "sellerId": "A2HARBOUR",
        "fulfilledBy": "MERCHANT",
        "status": "UNSHIPPED",
        "createdTime": "2026-11-02T12:00:00Z",
        "items": [line, {**line, "sku": "STRANGER"}],
    }
    orders = [order, {**order, "status": "CANCELLED"}, {**order, "fulfilledBy": "AMAZON"}]
    assert sales_of(orders, {("A2HARBOUR", "MUG"): MUG}) == [sold(3, 0)]


def a_listing(cause, order=None, minute=0):
    at = (NOON + timedelta(minutes=minute)).isoformat()
    history = [{"at": at, "quantity": 4, "cause": cause, "orderId": order}]
    return {"sellerId": "A2HARBOUR", "sku": "MUG", "history": history}


WRITE = {
    "sellerId": "A2HARBOUR",
    "sku": "MUG",
    "quantity": 4,
    "receivedTime": "2026-11-02T12:00:00Z",
    "appliedTime": None,
    "effect": "waiting",
}


def test_an_order_after_our_last_call_explains_a_difference():
    assert is_explained(a_listing("order 1", "1", minute=3), NOON, [], [])
    assert not is_explained(a_listing("order 1", "1", minute=-3), NOON, [], [])


def test_a_call_without_effect_or_a_fault_explains_a_difference():
    applied = {**WRITE, "effect": "applied"}
    fault = {"sellerId": "A2HARBOUR", "subject": "MUG"}
    assert is_explained(a_listing("seller"), NOON, [WRITE], [])
    assert is_explained(a_listing("seller"), NOON, [applied], [fault])
    assert not is_explained(a_listing("seller"), NOON, [WRITE, applied], [])


def test_a_call_that_was_never_applied_has_no_moment():
    assert writes_of([WRITE]) == [Write("A2HARBOUR", "MUG", 4, NOON, None)]
