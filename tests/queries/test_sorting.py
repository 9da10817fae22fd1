"""Every sort of every list shows every row once, both ways, forwards and back; rows without a value come last."""

from datetime import timedelta
from functools import partial

import pytest
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import NOW

from wharfinger.db.models import ImportedOrder, SalesOrder
from wharfinger.db.queries.orders.imported_orders import (
    IMPORTED_ORDER_SORTS,
    ImportedOrderFilter,
    every_imported_order,
    list_imported_orders,
)
from wharfinger.db.queries.orders.sales_orders import (
    SALES_ORDER_SORTS,
    Day,
    SalesOrderFilter,
    every_sales_order,
    list_sales_orders,
)
from wharfinger.db.queries.paging import _among_few
from wharfinger.db.queries.sorting import Sorting

pytestmark = pytest.mark.django_db
DAY = Day(now=NOW)


def _imported(sorting, cursor):
    return list_imported_orders(ImportedOrderFilter(), cursor=cursor, with_customers=False, sorting=sorting, size=2)


def _sales(sorting, cursor):
    return list_sales_orders(SalesOrderFilter(), DAY, cursor=cursor, with_customers=False, sorting=sorting, size=2)


def _walk(read, sorting):
    """The ids forwards, and the ids of the way back."""
    pages = [read(sorting, "")]
    while pages[-1].later:
        pages.append(read(sorting, pages[-1].later))
    back = [pages[-1]]
    while back[0].earlier:
        back.insert(0, read(sorting, back[0].earlier))
    return [[row.id for page in way for row in page.rows] for way in (pages, back)]


def _both_ways(sorts):
    return [Sorting(key, descending) for key in sorts for descending in (False, True)]


def _imported_orders():
    world = Trading()
    for number in range(7):
        moments.imported_order(
            world,
            number,
            placed_at=NOW - timedelta(hours=number // 2),
            total=None if number % 3 == 0 else number * 10 % 7,
            ship_by=None if number == 4 else NOW + timedelta(days=number % 2),
            state=("ok", "failed", "skipped")[number % 3],
            channel=None if number == 5 else world.fbm,
            fulfilment="" if number == 6 else "FBM",
            marketplace=None if number == 2 else world.fbm.marketplace,
        )


def test_imported_orders_are_walked_whole_by_every_sort():
    _imported_orders()
    wanted = sorted(ImportedOrder.objects.values_list("id", flat=True))
    for sorting in _both_ways(IMPORTED_ORDER_SORTS):
        there, back = _walk(_imported, sorting)
        assert (sorting, there, sorted(there)) == (sorting, back, wanted)
        every = every_imported_order(ImportedOrderFilter(), with_customers=False, sorting=sorting)
        assert [row.id for row in every] == there


def test_sales_orders_are_walked_whole_by_every_sort():
    world = Trading()
    item = moments.stocked_item(world, "MUG")
    for number in range(1, 6):
        order = moments.sales_order(world, number, item)
        SalesOrder.objects.filter(pk=order.pk).update(
            total=None if number == 2 else number % 2,
            invoice_priority=None if number == 4 else number,
            ship_by=None if number == 3 else NOW + timedelta(days=number % 2),
            order_type="prime" if number == 1 else "standard",
        )
    wanted = sorted(SalesOrder.objects.values_list("id", flat=True))
    for sorting in _both_ways(SALES_ORDER_SORTS):
        there, back = _walk(_sales, sorting)
        assert (sorting, there, sorted(there)) == (sorting, back, wanted)
        every = every_sales_order(SalesOrderFilter(), DAY, with_customers=False, sorting=sorting)
        assert [row.id for row in every] == there


@pytest.mark.parametrize(("descending", "wanted"), [(False, [3, 5, 6]), (True, [6, 5, 3])])
def test_rows_without_a_value_come_last_whichever_way(descending, wanted):
    world = Trading()
    for number, total in enumerate([None, 5, None, 3, 6, None]):
        moments.imported_order(world, number, total=total)
    page = list_imported_orders(ImportedOrderFilter(), with_customers=False, sorting=Sorting("total", descending))
    assert [row.total for row in page.rows] == [*wanted, None, None, None]


def test_channels_come_by_their_names_and_states_in_the_order_of_the_work():
    world = Trading()
    for number, state in enumerate(["ignored", "failed", "not_attempted", "ok"]):
        moments.imported_order(world, number, state=state)
    page = list_imported_orders(ImportedOrderFilter(), with_customers=False, sorting=Sorting("state"))
    assert [row.state.value for row in page.rows] == ["not_attempted", "ok", "failed", "ignored"]


@pytest.mark.parametrize("cursor", ["WzAsInh4IiwxLDJd", "WzAsImVtcHR5IiwieCJd", "WzAsImZpbGxlZCIsIk5hTiIsMV0"])
def test_a_cursor_of_another_sort_gives_the_first_page(cursor):
    _imported_orders()
    sorting = Sorting("total")
    assert _imported(sorting, cursor) == _imported(sorting, "")


def test_a_filtered_list_is_walked_whole_by_every_sort():
    _imported_orders()
    ok = ImportedOrderFilter(state="ok")
    expected = {row.id for row in every_imported_order(ok, with_customers=False)}
    assert len(expected) == 3
    for sorting in _both_ways(IMPORTED_ORDER_SORTS):
        forwards, back = _walk(partial(_imported_of, ok), sorting)
        assert (set(forwards), len(forwards), back) == (expected, 3, forwards), sorting


def _imported_of(wanted, sorting, cursor):
    return list_imported_orders(wanted, cursor=cursor, with_customers=False, sorting=sorting, size=2)


def test_few_chosen_rows_are_read_by_their_ids_and_many_as_they_are():
    _imported_orders()
    chosen = ImportedOrder.objects.filter(state="ok")
    assert "ANY" in str(_among_few(chosen, few=3).query)
    assert _among_few(chosen, few=2) is chosen
    assert list(_among_few(ImportedOrder.objects.filter(state="ignored"))) == []
