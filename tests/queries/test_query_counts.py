"""Lists cost the same number of queries whether they show one row or three."""

from collections.abc import Callable

import pytest
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.factories.moments import imported_order, sales_order, shipped_order, stocked_item, unknown_sku

from wharfinger.db.models import (
    ChannelOption,
    CourierGroup,
    CourierGroupRule,
    CourierLevelMapping,
    CourierMapping,
    CourierService,
    KitComponent,
    SalesOrder,
    StockItem,
)
from wharfinger.db.queries.channels.channel_options import options_list
from wharfinger.db.queries.channels.channel_products import (
    ProductFilter,
    channel_facts,
    list_products,
    list_sent_levels,
)
from wharfinger.db.queries.installation.problems import ProblemFilter, list_problems
from wharfinger.db.queries.installation.small_lists import list_entries
from wharfinger.db.queries.orders.imported_orders import ImportedOrderFilter, list_imported_orders
from wharfinger.db.queries.orders.sales_orders import Day, SalesOrderFilter, list_sales_orders
from wharfinger.db.queries.search import search_everywhere
from wharfinger.db.queries.shipping.board import ship_by_board
from wharfinger.db.queries.shipping.courier_groups import group_page
from wharfinger.db.queries.shipping.courier_mapping import mapping_page
from wharfinger.db.queries.shipping.dispatch_services import services_for
from wharfinger.db.queries.stock.sites import list_sites, site_levels
from wharfinger.db.queries.stock.stock_items import StockFilter, ledger, list_stock
from wharfinger.domain.installation.lists import ListName

pytestmark = pytest.mark.django_db

DAY = Day(now=NOW)


def _shop_with(rows: int) -> Trading:
    world = Trading()
    kit = StockItem.objects.create(code="KIT", name="A kit", made_at=NOW)
    for number in range(1, rows + 1):
        item = stocked_item(world, f"MUG-{number}")
        KitComponent.objects.create(kit=kit, component=item, quantity=2)
        sales_order(world, number, item)
        unknown_sku(world, sales_order(world, 100 + number, None), f"NO-{number}")
        shipped_order(world, 200 + number, item)
        imported_order(world, 300 + number, state="failed", reason="Totals differ.")
    _set_up(world, rows)
    return world


def _set_up(world: Trading, rows: int) -> None:
    """Options, courier groups and mappings: as many of each."""
    group = CourierGroup.objects.create(name="Many")
    SalesOrder.objects.update(courier_group=group)
    for number, order_type in zip(range(1, rows + 1), ("prime", "business", "standard"), strict=False):
        CourierGroup.objects.create(name=f"Group {number}")
        service = CourierService.objects.create(courier=f"Courier {number}", name="Next Day", tracking="at_once")
        CourierGroupRule.objects.create(group=group, position=number, service=service, channel=world.fbm)
        CourierLevelMapping.objects.create(channel=world.fbm, service_level=f"LEVEL_{number}", group=group)
        CourierMapping.objects.create(channel=world.fbm, service=service, carrier_code="DPD")
        ChannelOption.objects.create(
            channel=world.fbm, order_type=order_type, site=world.warehouse, courier_group=group, courier_service=service
        )


LISTS: dict[str, tuple[int, Callable[[Trading], object]]] = {
    "imported orders": (1, lambda world: list_imported_orders(ImportedOrderFilter(), with_customers=True)),
    "sales orders": (4, lambda world: list_sales_orders(SalesOrderFilter(), DAY, with_customers=True)),
    "the ship-by board": (18, lambda world: ship_by_board(DAY, with_customers=False)),
    "stock": (4, lambda world: list_stock(StockFilter())),
    "sites": (2, lambda world: list_sites()),
    "levels of a site": (1, lambda world: site_levels(world.pool.pk)),
    "the ledger": (1, lambda world: ledger(StockItem.objects.only("pk").first().pk)),  # one more to find the item
    "problems": (1, lambda world: list_problems(ProblemFilter())),
    "channel products": (4, lambda world: list_products(channel_facts(world.fbm.pk), ProductFilter())),
    "levels told": (4, lambda world: list_sent_levels(channel_facts(world.fbm.pk), ProductFilter())),
    "a small list": (1, lambda world: list_entries(ListName.COURIER_GROUPS)),
    "lines of a courier group": (2, lambda world: group_page(CourierGroup.objects.only("pk").get(name="Many").pk)),
    "the (Global) list": (3, lambda world: options_list(world.fbm.pk)),
    "courier mapping": (6, lambda world: mapping_page(world.fbm.pk)),
    "services of a dispatch": (7, lambda world: services_for(SalesOrder.objects.only("pk").first().pk)),
    "search": (9, lambda world: search_everywhere("MUG-1", with_customers=True)),
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_a_fixed_number_of_queries(name, rows, django_assert_max_num_queries):
    world = _shop_with(rows)
    at_most, read = LISTS[name]
    finds_one_first = ("channel products", "levels told", "the ledger", "lines of a courier group")
    extra = 1 if name in (*finds_one_first, "services of a dispatch") else 0
    with django_assert_max_num_queries(at_most + extra):
        found = read(world)
    assert found
