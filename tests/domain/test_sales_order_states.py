"""Which state a sales order is in, and whether its amounts add up."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from wharfinger.domain.orders.order import (
    AmazonStatus,
    Fulfilment,
    IncomingLine,
    IncomingOrder,
    LineAmounts,
    SalesOrderState,
)
from wharfinger.domain.orders.sales_orders import LineFacts, sales_order_state, totals_fault

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
READY = LineFacts(open=2, shipped=0, allocated=2, held=False)
SHORT = LineFacts(open=2, shipped=0, allocated=1, held=False)
UNKNOWN = LineFacts(open=1, shipped=0, allocated=0, held=True)


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ([READY], SalesOrderState.READY),
        ([READY, UNKNOWN], SalesOrderState.READY_IN_PART),
        ([READY, SHORT, UNKNOWN], SalesOrderState.READY_IN_PART),
        ([SHORT, UNKNOWN], SalesOrderState.HELD),
        ([UNKNOWN], SalesOrderState.HELD),
        ([READY, SHORT], SalesOrderState.AWAITING_STOCK),
    ],
)
def test_an_unknown_line_holds_nothing_but_itself(lines, state):
    assert sales_order_state(AmazonStatus.UNSHIPPED, Fulfilment.FBM, lines) is state


def test_without_an_address_nothing_leaves():
    state = sales_order_state(AmazonStatus.UNSHIPPED, Fulfilment.FBM, [READY, UNKNOWN], address_missing=True)
    assert state is SalesOrderState.HELD


def an_order(total, *lines, **more):
    return IncomingOrder(
        amazon_order_id="026-1",
        marketplace_id="A1F83G8C2ARO7P",
        fulfilment=Fulfilment.FBM,
        status=AmazonStatus.UNSHIPPED,
        placed_at=NOW,
        updated_at=NOW,
        currency="GBP",
        total=None if total is None else Decimal(total),
        lines=tuple(
            IncomingLine(str(number), "MUG", "", "Mug", 1, amounts=LineAmounts(total=Decimal(amount)))
            for number, amount in enumerate(lines)
        ),
        **more,
    )


@pytest.mark.parametrize(
    ("total", "lines", "agree"),
    [
        ("10.00", ["9.99"], True),
        ("10.00", ["9.98"], False),
        ("20.00", ["9.99", "9.99"], True),
        ("20.00", ["9.99", "9.98"], False),
        ("10.00", ["10.01"], True),
        (None, ["10.00"], True),
    ],
)
def test_a_cent_for_each_line_is_rounding(total, lines, agree):
    assert (totals_fault(an_order(total, *lines)) == "") is agree


def test_amounts_of_two_currencies_have_no_sum():
    fault = totals_fault(an_order("10.00", "10.00", other_currencies=("EUR", "SEK")))
    assert fault == "Amazon states amounts of this order in GBP and in EUR and SEK; they cannot be added."


@pytest.mark.parametrize(
    ("currency", "total", "lines", "agree"),
    [
        ("JPY", "3001", ["1000", "1000", "1000"], True),
        ("JPY", "3004", ["1000", "1000", "1000"], False),
        ("GBP", "3.01", ["1", "1", "1"], True),
        ("GBP", "4", ["1", "1", "1"], False),
        ("KWD", "3.001", ["1", "1", "1"], True),
        ("", "4", ["1", "1", "1"], False),
    ],
)
def test_rounding_is_by_the_currencys_own_unit(currency, total, lines, agree):
    assert (totals_fault(replace(an_order(total, *lines), currency=currency)) == "") is agree


@pytest.mark.parametrize("status", [AmazonStatus.CANCELLED, AmazonStatus.UNFULFILLABLE])
def test_what_is_called_off_is_cancelled_unless_something_left(status):
    open_line = LineFacts(open=2, shipped=0, allocated=2, held=False)
    assert sales_order_state(status, Fulfilment.FBM, [open_line]) is SalesOrderState.CANCELLED
    sent = LineFacts(open=1, shipped=1, allocated=0, held=False)
    assert sales_order_state(status, Fulfilment.FBM, [sent]) is SalesOrderState.SHIPPED
