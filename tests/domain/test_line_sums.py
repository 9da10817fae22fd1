"""Whether the amounts of a line make its total, and by what rounding may be off."""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.factories.incoming import a_line, an_order

from wharfinger.domain.orders.order import LineAmounts
from wharfinger.domain.orders.sales_orders import line_fault, rounding_of, totals_fault


def amounts_line(**amounts):
    return replace(a_line(), amounts=LineAmounts(**{name: Decimal(text) for name, text in amounts.items()}))


@pytest.mark.parametrize(
    "amounts",
    [
        {"item": "10.00", "total": "10.00"},
        {"item": "10.00", "shipping": "2.00", "gift_wrap": "1.00", "discount": "3.00", "total": "10.00"},
        {"item": "10.00", "tax": "0.83", "total": "10.83"},
        {"item": "10.00", "tax": "1.67", "total": "10.00"},
        {"item": "10.00", "other": "0.50", "total": "10.51"},
        {"item": "10.00"},
        {"total": "10.00"},
    ],
)
def test_the_parts_of_a_line_make_its_total_with_its_tax_or_without(amounts):
    assert line_fault(amounts_line(**amounts), "GBP") == ""


def test_parts_that_make_another_total_are_named_with_both():
    fault = line_fault(amounts_line(item="10.00", shipping="2.00", tax="1.00", total="15.00"), "GBP")
    assert fault == (
        "The parts of MUG add up to 12.00 GBP with a tax of 1.00, but Amazon's total of the line is 15.00 GBP."
    )
    wrong = amounts_line(item="10.00", total="12.00")
    assert totals_fault(an_order(wrong, total=Decimal("12.00"))).startswith("The parts of MUG add up to 10.00 GBP")


@pytest.mark.parametrize(("currency", "coin"), [("JPY", "1"), ("GBP", "0.01"), ("KWD", "0.001"), ("XXX", "0.01")])
def test_rounding_is_off_by_the_smallest_coin_of_the_currency(currency, coin):
    assert rounding_of(currency) == Decimal(coin)
    amount = Decimal(1000) * Decimal(coin)
    off = an_order(a_line(total=str(amount)), currency=currency, total=amount + Decimal(coin))
    assert totals_fault(off) == ""
    assert totals_fault(replace(off, total=amount + 2 * Decimal(coin))) != ""
