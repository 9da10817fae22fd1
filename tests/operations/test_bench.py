"""The packing bench: claimed by one packer, verified item by item, stopped by what changes meanwhile."""

from datetime import timedelta

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.factories.people import someone
from tests.factories.shipping import a_service
from tests.factories.stock import a_site, an_item

from wharfinger.db.models import Activity, BenchClaim, KitComponent, SalesOrder, Shipment, ShipmentLine, StockBarcode
from wharfinger.domain.orders.holding import HoldReason
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.shipping.packing import CLAIM_LASTS, ScanResult
from wharfinger.operations.orders.actions import holds
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import bench, shipments
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db
MACHINE = NOW


class Shop:
    """Two packers, mugs with a barcode, a service that numbers its parcels."""

    def __init__(self):
        self.site = a_site()
        self.channel = a_channel(an_account(), self.site)
        self.mug, self.plate = an_item("MUG"), an_item("PLATE")
        StockBarcode.objects.create(item=self.mug, type="EAN", code="4006381333931", gtin="04006381333931")
        self.service = a_service()
        self.pat, self.kim = someone(username="pat", full_name="Pat"), someone(username="kim", full_name="Kim")
        for item in (self.mug, self.plate):
            ledger.receive_stock(item.pk, self.site.pk, 20, now=NOW)

    def order(self, *lines, **values):
        return an_allocated_order(self.channel, self.site, lines or [(self.mug, 1)], **values)

    def claim(self, order, user=None, machine_now=MACHINE, **values):
        return bench.claim_order(order.pk, now=NOW, machine_now=machine_now, user=user or self.pat, **values)

    def scan(self, order, code, user=None):
        return bench.scan_item(order.pk, code=code, machine_now=MACHINE, user=user or self.pat)

    def dispatch(self, order, **values):
        return bench.dispatch_packed(
            order.pk, service_id=self.service.pk, now=NOW, machine_now=MACHINE, user=self.pat, **values
        )


def test_an_order_is_scanned_item_by_item_and_dispatched():
    shop = Shop()
    order = shop.order((shop.mug, 2), (shop.plate, 1))
    shop.claim(order)
    scans = [shop.scan(order, code) for code in ("4006381333931", "MUG-9", "plate", "PLATE", "mug")]
    assert [(scan.result, scan.item_id) for scan in scans] == [
        (ScanResult.COUNTED, shop.mug.pk),
        (ScanResult.WRONG, None),
        (ScanResult.COUNTED, shop.plate.pk),
        (ScanResult.TOO_MANY, shop.plate.pk),
        (ScanResult.COMPLETE, shop.mug.pk),
    ]
    assert bench.look_at_bench(shop.pat).complete
    sent = shop.dispatch(order)
    order.refresh_from_db()
    assert (order.state, sent.user, BenchClaim.objects.count()) == (SalesOrderState.SHIPPED, shop.pat, 0)
    assert sorted(ShipmentLine.objects.values_list("quantity", flat=True)) == [1, 2]


def test_a_wrong_item_is_named():
    shop = Shop()
    order = shop.order((shop.plate, 1))
    shop.claim(order)
    scan = shop.scan(order, "04006381333931")
    assert (scan.result, scan.item_id, scan.name) == (ScanResult.WRONG, shop.mug.pk, "MUG")
    assert bench.look_at_bench(shop.pat).scanned == {}


def test_an_item_whose_code_differs_in_a_sign_alone_is_the_wrong_item():
    shop = Shop()
    small, large = an_item("T-1.5"), an_item("T-15")
    ledger.receive_stock(small.pk, shop.site.pk, 5, now=NOW)
    order = shop.order((small, 1))
    shop.claim(order)
    scan = shop.scan(order, "T-15")
    assert (scan.result, scan.item_id, scan.name) == (ScanResult.WRONG, large.pk, "T-15")
    assert shop.scan(order, "t1.5").result is ScanResult.COMPLETE


def test_nothing_leaves_before_everything_is_scanned_but_a_parcel_of_what_is():
    shop = Shop()
    order = shop.order((shop.mug, 2), (shop.plate, 1))
    shop.claim(order)
    with pytest.raises(Refused, match="Scan the items"):
        shop.dispatch(order, only_scanned=True)
    shop.scan(order, "MUG")
    with pytest.raises(Refused, match="not all of them are in the parcel"):
        shop.dispatch(order)
    shop.dispatch(order, only_scanned=True)
    rest = bench.look_at_bench(shop.pat)
    assert (dict(rest.wanted), dict(rest.scanned)) == ({shop.mug.pk: 1, shop.plate.pk: 1}, {})
    for code in ("MUG", "PLATE"):
        shop.scan(order, code)
    assert shop.dispatch(order).package_reference == "2"
    assert bench.look_at_bench(shop.pat) is None


def test_a_kit_is_packed_as_its_components():
    shop = Shop()
    kit = an_item("SET")
    KitComponent.objects.create(kit=kit, component=shop.mug, quantity=2)
    order = shop.order((kit, 1))
    shop.claim(order)
    assert shop.scan(order, "SET").result is ScanResult.WRONG
    assert [shop.scan(order, "MUG").result for _ in range(2)] == [ScanResult.COUNTED, ScanResult.COMPLETE]
    shop.dispatch(order)
    assert ShipmentLine.objects.get().quantity == 1


def test_an_order_is_on_one_bench_until_it_is_freed_or_taken_over():
    shop = Shop()
    order = shop.order()
    shop.claim(order)
    with pytest.raises(Refused, match="is on the bench of Pat. Press Take over") as refused:
        shop.claim(order, shop.kim)
    assert refused.value.field == "take_over"
    shop.claim(order, shop.kim, take_over=True)
    assert Activity.objects.filter(text="Taken over on the packing bench from Pat.").exists()
    with pytest.raises(Refused, match="not on your bench any more"):
        shop.scan(order, "MUG")
    with pytest.raises(Refused, match="not on your bench any more"):
        shop.dispatch(order)
    assert not Shipment.objects.exists()
    shop.claim(order, shop.pat, machine_now=MACHINE + CLAIM_LASTS)
    assert BenchClaim.objects.get().user == shop.pat


def test_a_packer_has_one_order_and_drops_none_that_is_begun():
    shop = Shop()
    one, two = shop.order(), shop.order((shop.mug, 2))
    shop.claim(one)
    shop.claim(two)
    assert BenchClaim.objects.get().order == two
    shop.scan(two, "MUG")
    with pytest.raises(Refused, match=f"You are packing {two.code}. Dispatch it, or press Put back"):
        shop.claim(one)
    shop.claim(two, machine_now=MACHINE + timedelta(minutes=1))
    assert BenchClaim.objects.get().scanned == {str(shop.mug.pk): 1}
    bench.put_back(two.pk, user=shop.pat)
    shop.claim(one)
    assert BenchClaim.objects.get().order == one


def test_what_may_not_leave_is_not_claimed_and_stops_what_is():
    shop = Shop()
    held, order = shop.order(on_hold_at=NOW), shop.order()
    with pytest.raises(Refused, match="is on hold"):
        shop.claim(held)
    shop.claim(order)
    shop.scan(order, "MUG")
    SalesOrder.objects.filter(pk=order.pk).update(cancel_requested=True)
    assert str(bench.look_at_bench(shop.pat).stop).startswith(f"The buyer of {order.code} requested cancellation.")
    with pytest.raises(Refused, match="requested cancellation"):
        shop.dispatch(order)
    SalesOrder.objects.filter(pk=order.pk).update(cancel_requested=False)
    holds.hold_order(order.pk, reason=HoldReason.ADDRESS, now=NOW, user=shop.kim)
    with pytest.raises(Refused, match="is on hold"):
        shop.scan(order, "MUG")


def test_another_address_stops_the_parcel_until_the_packer_has_seen_it():
    shop = Shop()
    order = shop.order(delivery={"name": "Anna", "line_1": "1 High Street", "town": "Bristol", "country": "GB"})
    shop.claim(order)
    shop.scan(order, "MUG")
    order.own_delivery = {**order.delivery, "line_1": "2 Low Street"}
    order.save()
    assert bench.look_at_bench(shop.pat).address_changed
    with pytest.raises(Refused, match="address of .* changed while it was packed"):
        shop.dispatch(order)
    bench.accept_address(order.pk, machine_now=MACHINE, user=shop.pat)
    assert not bench.look_at_bench(shop.pat).stopped
    shop.dispatch(order)


def test_what_another_dispatched_meanwhile_is_not_dispatched_again():
    shop = Shop()
    order = shop.order()
    shop.claim(order)
    shop.scan(order, "MUG")
    shipments.dispatch(order.pk, service_id=shop.service.pk, now=NOW)
    assert "already dispatched" in str(bench.look_at_bench(shop.pat).stop)
    with pytest.raises(Refused, match="already dispatched"):
        shop.dispatch(order)
    assert Shipment.objects.count() == 1
