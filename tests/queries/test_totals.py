"""Totals of a selection: rows, units, and money by currency; what is too long to wait for is said, not added up."""

from decimal import Decimal

import pytest
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import NOW

from wharfinger.db.models import SalesOrder, SalesOrderLine
from wharfinger.db.queries import totals
from wharfinger.db.queries.orders.actions.parts import parts_of_import
from wharfinger.db.queries.orders.imported_orders import ImportedOrderFilter, add_up_imported_orders
from wharfinger.db.queries.orders.sales_orders import Day, SalesOrderFilter, add_up_sales_orders, list_sales_orders
from wharfinger.db.queries.totals import Totals

pytestmark = pytest.mark.django_db
DAY = Day(now=NOW)


@pytest.fixture
def orders():
    world = Trading()
    item = moments.stocked_item(world, "MUG")
    for number, (currency, total) in enumerate((("GBP", "10.50"), ("GBP", "2.25"), ("EUR", "7"), ("GBP", None)), 1):
        order = moments.sales_order(world, number, item)
        for row in (SalesOrder.objects.filter(pk=order.pk), type(order.imported).objects.filter(pk=order.imported_id)):
            row.update(currency=currency, total=total)
        order.lines.update(quantity_ordered=3, quantity_cancelled=1)


def test_the_selection_is_added_up(orders):
    money = (("GBP", Decimal("12.7500")), ("EUR", Decimal("7.0000")))
    assert add_up_sales_orders(SalesOrderFilter(), DAY) == Totals(4, 8, money)
    assert add_up_imported_orders(ImportedOrderFilter()) == Totals(4, 8, money)


def test_a_service_is_no_unit(orders):
    goods = SalesOrderLine.objects.order_by("pk").first()
    SalesOrderLine.objects.create(
        order=goods.order, order_item_id="care", sku="CARE", service="WARRANTY", quantity_ordered=3
    )
    SalesOrder.objects.filter(pk=goods.order_id).update(divided=True)
    assert [
        add_up_sales_orders(SalesOrderFilter(), DAY).units,
        add_up_imported_orders(ImportedOrderFilter()).units,
    ] == [8, 8]
    assert {row.units for row in list_sales_orders(SalesOrderFilter(), DAY, with_customers=False).rows} == {2}
    assert [part.units for part in parts_of_import(goods.order.imported_id)] == [2]


def test_totals_are_those_of_the_filter(orders):
    assert add_up_sales_orders(SalesOrderFilter(state="cancelled"), DAY) == Totals(0, 0)


def test_what_is_too_long_is_added_up_only_for_who_wants_it(orders, monkeypatch):
    monkeypatch.setattr(totals, "ADDED_UP_AT_ONCE", 3)
    assert add_up_sales_orders(SalesOrderFilter(), DAY) == Totals(3, whole=False)
    assert add_up_sales_orders(SalesOrderFilter(), DAY, everything=True).count == 4
