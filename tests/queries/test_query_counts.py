"""Lists cost the same number of queries whether they show one row or three."""

from collections.abc import Callable

import pytest
from tests.web.stories import (
    NOW,
    Shop,
    imported_order,
    sales_order,
    shipped_order,
    shop,
    stocked_item,
    unknown_sku,
)

from wharfinger.db.models import KitComponent, StockItem
from wharfinger.db.queries.channel_products import ProductFilter, channel_facts, list_levels_told, list_products
from wharfinger.db.queries.imported_orders import ImportedOrderFilter, list_imported_orders
from wharfinger.db.queries.problems import ProblemFilter, list_problems
from wharfinger.db.queries.sales_orders import Day, SalesOrderFilter, list_sales_orders, ship_by_board
from wharfinger.db.queries.search import search_everywhere
from wharfinger.db.queries.sites import list_sites, site_levels
from wharfinger.db.queries.stock import StockFilter, ledger, list_stock

pytestmark = pytest.mark.django_db

DAY = Day(now=NOW, ends=NOW.replace(hour=23))


def _shop_with(rows: int) -> Shop:
    world = shop()
    kit = StockItem.objects.create(code="KIT", name="A kit", made_at=NOW)
    for number in range(1, rows + 1):
        item = stocked_item(world, f"MUG-{number}")
        KitComponent.objects.create(kit=kit, component=item, quantity=2)
        sales_order(world, number, item)
        unknown_sku(world, sales_order(world, 100 + number, None), f"NO-{number}")
        shipped_order(world, 200 + number, item)
        imported_order(world, 300 + number, state="Failed", reason="Totals differ.")
    return world


LISTS: dict[str, tuple[int, Callable[[Shop], object]]] = {
    "imported orders": (1, lambda world: list_imported_orders(ImportedOrderFilter(), with_customers=True)),
    "sales orders": (3, lambda world: list_sales_orders(SalesOrderFilter(), DAY, with_customers=True)),
    "the ship-by board": (5, lambda world: ship_by_board(DAY, with_customers=False)),
    "stock": (4, lambda world: list_stock(StockFilter())),
    "sites": (2, lambda world: list_sites()),
    "levels of a site": (1, lambda world: site_levels(world.pool.pk)),
    "the ledger": (1, lambda world: ledger(StockItem.objects.only("pk").first().pk)),  # one more to find the item
    "problems": (1, lambda world: list_problems(ProblemFilter())),
    "channel products": (3, lambda world: list_products(channel_facts(world.fbm.pk), ProductFilter())),
    "levels told": (3, lambda world: list_levels_told(channel_facts(world.fbm.pk), ProductFilter())),
    "search": (6, lambda world: search_everywhere("MUG-1", with_customers=True)),
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_a_fixed_number_of_queries(name, rows, django_assert_max_num_queries):
    world = _shop_with(rows)
    at_most, read = LISTS[name]
    extra = {"channel products": 1, "levels told": 1, "the ledger": 1}.get(name, 0)
    with django_assert_max_num_queries(at_most + extra):
        found = read(world)
    assert found
