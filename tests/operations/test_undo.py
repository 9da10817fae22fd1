"""Undo: a dispatched parcel is taken back whole while Amazon was sent nothing of it; after that it is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.factories.people import someone
from tests.factories.shipping import a_service
from tests.factories.stock import a_site, an_item

from wharfinger.db.models import (
    Activity,
    Allocation,
    AuditEntry,
    Confirmation,
    ImportedOrder,
    Installation,
    Invoice,
    KitComponent,
    Movement,
    Problem,
    SalesOrder,
    Shipment,
    ShipmentLine,
    StockLevel,
    StockNotice,
)
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.operations.installation._problem_steps import open_problem
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import confirmations, parcels, pick_lists, shipments, undo
from wharfinger.operations.shipping.shipments import Parcel
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
SHIP_BY = NOW + timedelta(days=1)


class Shop:
    """Ten mugs and ten cups at each of two sites; a dispatch can be undone for two minutes."""

    def __init__(self, **channel):
        Installation.objects.update(undo_minutes=2)
        self.site, self.other_site = a_site(), a_site("Attic")
        self.account = an_account()
        self.channel = a_channel(self.account, self.site, **channel)
        self.mug, self.cup = an_item("MUG"), an_item("CUP")
        self.service = a_service()
        self.packer = someone()
        for item in (self.mug, self.cup):
            for site in (self.site, self.other_site):
                ledger.receive_stock(item.pk, site.pk, 10, now=NOW)

    def order(self, *lines, **values):
        return an_allocated_order(self.channel, self.site, lines, **{"ship_by": SHIP_BY, **values})

    def dispatch(self, order, now=NOW, **values):
        return shipments.dispatch(order.pk, now=now, **{"service_id": self.service.pk, **values})

    def undo(self, shipment, now=NOW + MINUTE):
        undo.undo_dispatch(shipment.pk, now=now, user=self.packer)

    def claim(self, now=NOW + 2 * MINUTE):
        return confirmations.claim_confirmation(self.account.pk, now=now, machine_now=now)


def everything():
    """All that a dispatch changes and Undo brings back."""
    StockNotice.objects.all().delete()
    return {
        "levels": sorted(StockLevel.objects.values_list("item__code", "site__name", "on_hand", "allocated")),
        "allocations": sorted(Allocation.objects.values_list("line", "item__code", "site__name", "quantity")),
        "lines": sorted(
            SalesOrder.objects.values_list("lines", "lines__quantity_shipped", "lines__quantity_cancelled")
        ),
        "orders": sorted(SalesOrder.objects.values_list("pk", "state", "shipped_at")),
        "shipments": list(Shipment.objects.values_list("pk")),
        "confirmations": list(Confirmation.objects.values_list("pk")),
        "issued": list(Invoice.objects.exclude(issued_at=None).values_list("order")),
    }


def test_a_parcel_waits_two_minutes_before_it_is_sent_to_amazon():
    shop = Shop()
    parcel = shop.dispatch(shop.order((shop.mug, 1)))
    assert parcel.undo_until == parcel.confirmation.again_at == NOW + 2 * MINUTE
    assert shop.claim(NOW + 2 * MINUTE - timedelta(seconds=1)) is None
    assert confirmations.next_due(shop.account.pk, now=NOW) == NOW + 2 * MINUTE
    assert shop.claim().tracking_number == parcel.tracking_number


def test_near_ship_by_it_leaves_at_once():
    shop = Shop()
    parcel = shop.dispatch(shop.order((shop.mug, 1), ship_by=NOW + 15 * MINUTE))
    assert (parcel.undo_until, parcel.confirmation.again_at) == (None, NOW)
    with pytest.raises(Refused, match="is over"):
        shop.undo(parcel, now=NOW)


def test_undo_takes_the_parcel_back_whole_and_the_order_can_leave_again():
    shop = Shop()
    order = shop.order((shop.mug, 2), (shop.cup, 1))
    before = everything()
    parcel = shop.dispatch(order)
    shop.undo(parcel)
    assert everything() == before
    assert not ShipmentLine.objects.exists()
    moved = Movement.objects.filter(shipment=parcel.pk).order_by("pk")
    assert [(row.item.code, row.quantity, row.note) for row in moved] == [
        ("MUG", -2, ""),
        ("CUP", -1, ""),
        ("MUG", 2, "Undone: parcel 1"),
        ("CUP", 1, "Undone: parcel 1"),
    ]
    said = f"Dispatch of parcel 1 undone (Demo Courier Tracked 24, DC{order.pk:08d}001): 3 units are back in stock; "
    assert Activity.objects.filter(sales_order=order, text__startswith=said, user=shop.packer).exists()
    entry = AuditEntry.objects.get(verb="undo dispatch")
    assert (entry.noun_id, entry.before["units"], entry.after) == (str(parcel.pk), "3", None)
    assert shop.claim(NOW + 5 * MINUTE) is None
    code = Invoice.objects.get().code
    again = shop.dispatch(order, now=NOW + 5 * MINUTE)
    assert (again.package_reference, again.tracking_number) == ("2", f"DC{order.pk:08d}002")
    assert Invoice.objects.exclude(issued_at=None).get().code == code  # no number is left out, none is used twice
    assert list(ShipmentLine.objects.values_list("quantity", flat=True)) == [2, 1]


def test_undo_twice_and_undo_of_what_is_sent_are_refused():
    shop = Shop()
    parcel, sent = shop.dispatch(shop.order((shop.mug, 1))), shop.dispatch(shop.order((shop.mug, 1)))
    shop.undo(parcel)
    held = everything()
    with pytest.raises(Refused, match="undone already"):
        shop.undo(parcel)
    shop.claim()
    with pytest.raises(Refused, match="with Amazon already"):
        shop.undo(sent, now=NOW + MINUTE)
    with pytest.raises(Refused, match="no longer there"):
        undo.undo_dispatch(10**9, now=NOW)
    assert everything() == held


def test_what_failed_on_its_way_counts_as_sent():
    """Amazon may have seen it."""
    shop = Shop()
    parcel = shop.dispatch(shop.order((shop.mug, 1)))
    message = shop.claim()
    confirmations.settle_confirmation(message.id, confirmations.NotSent("no network"), now=NOW + 2 * MINUTE)
    with pytest.raises(Refused, match="with Amazon already"):
        shop.undo(parcel)


def test_after_its_time_it_is_refused_though_nobody_has_sent_it_yet():
    shop = Shop()
    parcel = shop.dispatch(shop.order((shop.mug, 1)))
    with pytest.raises(Refused, match="is over"):
        shop.undo(parcel, now=NOW + 2 * MINUTE)


def test_one_of_two_parcels_is_undone_and_the_other_stands():
    shop = Shop()
    order = shop.order((shop.mug, 3))
    line = order.lines.get()
    first = shop.dispatch(order, lines={line.pk: 1})
    second = shop.dispatch(order)
    shop.undo(first)
    order.refresh_from_db()
    line.refresh_from_db()
    assert (order.state, line.quantity_shipped) == (SalesOrderState.PART_SHIPPED, 2)
    assert list(Shipment.objects.all()) == [second]
    assert list(Allocation.objects.values_list("quantity", flat=True)) == [1]
    assert shop.dispatch(order).package_reference == "3"
    assert shop.claim().package_reference == 2


def test_a_kit_and_lines_of_several_sites_go_back_to_where_they_came_from():
    shop = Shop()
    kit = an_item("SET")
    for part, units in ((shop.mug, 4), (shop.cup, 2)):
        KitComponent.objects.create(kit=kit, component=part, quantity=units)
    order = shop.order((kit, 1), (shop.cup, 3, {"site": shop.other_site}))
    before = everything()
    parcel = shop.dispatch(order)
    assert everything() != before
    shop.undo(parcel)
    assert everything() == before


def test_an_order_that_amazon_cancelled_meanwhile_is_cancelled_and_its_units_are_free():
    shop = Shop()
    order = shop.order((shop.mug, 2))
    parcel = shop.dispatch(order)
    ImportedOrder.objects.update(amazon_status="CANCELLED")
    open_problem(
        ProblemKind.CANCELLED_AFTER_SHIPPING, AboutOrder(order.pk), cause="c", remedy="r", sales_order=order, now=NOW
    )
    shop.undo(parcel)
    order.refresh_from_db()
    level = StockLevel.objects.get(item=shop.mug, site=shop.site)
    assert (order.state, order.lines.get().quantity_cancelled) == (SalesOrderState.CANCELLED, 2)
    assert (level.on_hand, level.allocated) == (10, 0)
    assert not Problem.objects.filter(solved_at=None).exists()
    assert not Allocation.objects.exists()


def test_an_order_that_amazon_counts_as_shipped_is_not_undone():
    shop = Shop()
    parcel = shop.dispatch(shop.order((shop.mug, 1)))
    ImportedOrder.objects.update(amazon_status="SHIPPED")
    with pytest.raises(Refused, match="as shipped already"):
        shop.undo(parcel)


def test_a_parcel_of_a_channel_that_sends_nothing_can_be_undone_for_its_time_too():
    shop = Shop(dont_upload_order_status=True)
    parcel = shop.dispatch(shop.order((shop.mug, 1)))
    assert parcel.confirmation.state is ConfirmationState.NOT_SENT
    shop.undo(parcel)
    assert not Confirmation.objects.exists()


def test_a_correction_keeps_the_time_for_undo():
    shop = Shop()
    order = shop.order((shop.mug, 1))
    typed = a_service(name="By hand", gives_number=False)
    parcel = shop.dispatch(order, service_id=typed.pk, tracking_number="AB12345")
    parcels.correct_parcel(parcel.pk, service_id=typed.pk, tracking_number="AB12346", now=NOW + MINUTE)
    assert Confirmation.objects.get().again_at == NOW + 2 * MINUTE
    shop.undo(parcel)
    with pytest.raises(Refused, match="was undone"):
        parcels.correct_parcel(parcel.pk, service_id=typed.pk, tracking_number="AB12347", now=NOW + MINUTE)


def test_its_order_is_on_its_pick_list_again():
    shop = Shop()
    order = shop.order((shop.mug, 1))
    made = pick_lists.make_pick_list([order.pk], now=NOW, user=shop.packer)
    parcel = shop.dispatch(order)
    assert [row.standing.name for row in pick_lists.check_pick_list(made.list_id)] == ["GONE"]
    shop.undo(parcel)
    assert [row.standing.name for row in pick_lists.check_pick_list(made.list_id)] == ["TO_PICK"]


def test_many_are_undone_together_and_what_is_sent_stays():
    shop = Shop()
    orders = [shop.order((shop.mug, 1), (shop.cup, 1)) for _ in range(5)]
    outcomes = shipments.dispatch_many([Parcel(order.pk, shop.service.pk) for order in orders], now=NOW)
    ids = [outcome.shipment.pk for outcome in outcomes]
    shop.claim()
    done = undo.undo_many(ids, now=NOW + MINUTE, user=shop.packer)
    assert [one.refused is None for one in done].count(True) == 4
    assert Shipment.objects.count() == 1
    assert StockLevel.objects.get(item=shop.mug, site=shop.site).on_hand == 9


@pytest.mark.parametrize("count", [2, 20])
def test_a_batch_costs_a_fixed_number_of_statements(count, django_assert_max_num_queries):
    shop = Shop()
    ledger.receive_stock(shop.mug.pk, shop.site.pk, 20, now=NOW)
    parcels_ = [Parcel(shop.order((shop.mug, 1)).pk, shop.service.pk) for _ in range(count)]
    ids = [outcome.shipment.pk for outcome in shipments.dispatch_many(parcels_, now=NOW)]
    with django_assert_max_num_queries(45):
        undo.undo_batch(ids, now=NOW + MINUTE, user=shop.packer)
    assert not Shipment.objects.exists()


def test_a_stale_screen_names_the_parcel_by_its_number():
    shop = Shop()
    order = shop.order((shop.mug, 1), total=Decimal(3))
    shop.undo(shop.dispatch(order, package=1))
    with pytest.raises(Refused, match="dispatched in the meantime"):
        shop.dispatch(order, package=1)
