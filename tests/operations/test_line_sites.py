"""The site of an order's lines, chosen by a person: reserved units move exactly, and stay there."""

import pytest
from tests.factories.amazon_orders import later, line, order
from tests.factories.people import someone
from tests.factories.shipping import a_service
from tests.factories.stock import a_site
from tests.sync.orders_world import World

from wharfinger.db.models import Allocation, StockLevel
from wharfinger.domain.installation.people import Role
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.operations.orders.actions import sites
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping.shipments import dispatch
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db


class TwoSites:
    """Ten mugs in the warehouse, four in the annexe; an order of three."""

    def __init__(self):
        self.world = World()
        self.mug = self.world.item("MUG", 10)
        self.annexe = a_site("Annexe")
        ledger.receive_stock(self.mug.pk, self.annexe.pk, 4, now=self.world.now())
        self.packer = someone(Role.WAREHOUSE)
        self.message = self.buys(3)

    def buys(self, units):
        message = order(line("MUG", units))
        self.world.hear(message)
        return message

    def sale(self, message=None):
        return self.world.sale(message or self.message)

    def choose(self, site, message=None):
        sale = self.sale(message)
        chosen = {row.pk: site.pk for row in sale.lines.all()}
        return sites.choose_sites(sale.pk, sites=chosen, now=self.world.now(), user=self.packer)

    def levels(self):
        """(on hand, allocated) of warehouse and annexe."""
        rows = StockLevel.objects.filter(item=self.mug, site__in=[self.world.warehouse, self.annexe]).order_by("site")
        return list(rows.values_list("on_hand", "allocated"))


def test_the_reserved_units_move_exactly_and_the_next_message_leaves_them_there():
    shop = TwoSites()
    assert shop.levels() == [(10, 3), (4, 0)]
    shop.choose(shop.annexe)
    assert (shop.levels(), shop.sale().state) == ([(10, 0), (4, 3)], "ready_to_ship")
    shop.world.hear(later(shop.message))
    assert shop.levels() == [(10, 0), (4, 3)]
    shop.choose(shop.world.warehouse)
    assert (shop.levels(), shop.sale().lines.get().site_id) == ([(10, 3), (4, 0)], None)


def test_a_site_without_all_units_is_refused_and_nothing_moves():
    shop = TwoSites()
    shop.choose(shop.annexe)
    second = shop.buys(2)
    with pytest.raises(Refused, match="Annexe has 1 of the 2 units of MUG available") as refused:
        shop.choose(shop.annexe, second)
    assert (refused.value.field, shop.levels()) == ("site", [(10, 2), (4, 3)])


def test_what_becomes_free_serves_orders_that_wait_there():
    shop = TwoSites()
    waiting = shop.buys(9)
    assert shop.sale(waiting).state == "awaiting_stock"
    shop.choose(shop.annexe)
    assert (shop.sale(waiting).state, shop.levels()) == ("ready_to_ship", [(10, 9), (4, 3)])


def test_goods_leave_from_the_chosen_site():
    shop = TwoSites()
    shop.choose(shop.annexe)
    dispatch(shop.sale().pk, service_id=a_service().pk, now=shop.world.now(), user=shop.packer)
    assert (shop.levels(), Allocation.objects.count()) == ([(10, 0), (1, 0)], 0)


def test_what_somebody_else_confirmed_leaves_from_the_chosen_site():
    shop = TwoSites()
    shop.choose(shop.annexe)
    shop.world.hear(later(shop.message, status="SHIPPED"))
    assert shop.levels() == [(10, 0), (1, 0)]


def test_a_cancelled_order_frees_its_units_at_the_chosen_site():
    shop = TwoSites()
    shop.choose(shop.annexe)
    shop.world.hear(later(shop.message, status="CANCELLED"))
    assert shop.levels() == [(10, 0), (4, 0)]


def test_stock_that_comes_to_the_chosen_site_serves_the_line():
    shop = TwoSites()
    shop.choose(shop.annexe)
    ledger.adjust_stock(shop.mug.pk, shop.annexe.pk, -4, "broken", now=shop.world.now())
    big = shop.buys(10)
    sale = shop.sale(big)
    assert sale.state == "ready_to_ship"
    sale.lines.update(site=shop.annexe)
    ledger.receive_stock(shop.mug.pk, shop.annexe.pk, 20, now=shop.world.now())
    assert shop.sale().state == "ready_to_ship"


def test_no_choice_and_a_site_that_sends_nothing_are_refused():
    shop = TwoSites()
    with pytest.raises(Refused, match="is dispatched from there already"):
        shop.choose(shop.world.warehouse)
    with pytest.raises(Refused, match="sends no parcels"):
        shop.choose(a_site("Returns", kind=SiteKind.QUARANTINE))
    with pytest.raises(Refused, match="sends no parcels"):
        sites.assign_site(shop.sale().pk, site_id=999_999, now=shop.world.now(), user=shop.packer)
    sites.assign_site(shop.sale().pk, site_id=shop.annexe.pk, now=shop.world.now(), user=shop.packer)
    assert shop.levels() == [(10, 0), (4, 3)]
