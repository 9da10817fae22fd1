"""Labels at the packing bench: bought with the last item, printed when they are there, dispatched by one key."""

from decimal import Decimal

import pytest
from tests.couriers.pretend import LABEL, tracking_number
from tests.factories.couriers import a_code, a_label_service
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.factories.shipping import a_service
from tests.web.client import text

from wharfinger.db.models import ChannelOption, CourierLabel, PickList, Shipment, StockBarcode
from wharfinger.domain.installation.people import Role
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.operations.shipping import labels
from wharfinger.operations.shipping.labels import Held, RefusedByCourier

pytestmark = pytest.mark.django_db
HOME = {"name": "Paula Parker", "line_1": "1 Quay Street", "town": "Bristol", "postcode": "BS1 4RW", "country": "GB"}
MUG = "4006381333931"
NUMBER = "RM000010003GB"


class Bench:
    """Two orders of a mug each, whose service buys its labels; a packer who has scanned the first order's code."""

    def __init__(self, world, client, weight=300):
        self.client, self.world, self.keys = client, world, 0
        item = world.item("MUG", 10)
        item.weight_grams = weight
        item.save()
        StockBarcode.objects.create(item=item, type="EAN", code=MUG, gtin=MUG.zfill(14))
        self.service = a_label_service(a_code())
        ChannelOption.objects.update(courier_service=self.service)
        self.orders = [
            an_allocated_order(world.fbm, world.warehouse, [(item, 1)], delivery=HOME, total=Decimal(12))
            for _ in range(2)
        ]
        client.post("/shipping/pick/ticked/", {"ids": [order.pk for order in self.orders]})
        self.scan(str(PickList.objects.get()))
        self.keys = 0

    def scan(self, code, **values):
        self.keys += 1
        return text(self.client.post("/shipping/bench/scan/", {"code": code, **values}))

    def worker(self, outcome=None, number=NUMBER):
        """What the worker does with what waits."""
        row = CourierLabel.objects.latest("pk")
        labels.claim_label(now=row.again_at, machine_now=NOW, machine_before=NOW)
        labels.settle_label(row.pk, outcome or Held("7", number, LABEL), now=row.again_at)

    def label_part(self):
        return self.client.get("/shipping/bench/", headers={"HX-Request": "true", "HX-Target": "bench-label"})


@pytest.fixture
def at_bench(world, sign_in):
    return Bench(world, sign_in(Role.WAREHOUSE))


def test_the_last_item_buys_the_label_and_one_key_dispatches_with_it_and_brings_the_next_order(at_bench):
    first, second = at_bench.orders
    page = at_bench.scan(MUG)
    assert "Everything is in the parcel. Its label is being bought." in page
    row = CourierLabel.objects.get()
    assert (row.order, row.state, row.grams, row.number) == (first, LabelState.WAITING, 300, 1)
    assert "Queued" in text(at_bench.label_part())
    at_bench.worker()
    part = at_bench.label_part()
    assert (part.status_code, NUMBER in text(part)) == (286, True)
    assert 'data-print-label="bench-print"' in part.text
    page = at_bench.scan("")
    assert f"{first.code} is dispatched. {second.code} is next." in page
    parcel = Shipment.objects.get()
    assert (parcel.tracking_number, parcel.service, parcel.label.pk) == (NUMBER, at_bench.service, row.pk)
    items = 1
    assert at_bench.keys - items == 1


def test_the_number_on_the_label_dispatches_too_and_what_is_printed_is_not_printed_by_itself_again(at_bench):
    first, _ = at_bench.orders
    at_bench.scan(MUG)
    at_bench.worker()
    row = CourierLabel.objects.get()
    printed = at_bench.client.post(f"/sales-orders/{first.pk}/labels/{row.pk}/print/")
    assert printed["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in printed["Content-Security-Policy"]
    part = at_bench.label_part().text
    assert "Print label" in part
    assert "data-print-label" not in part
    at_bench.scan(" rm 0000 1000 3 gb ")
    assert Shipment.objects.get().label == row


def test_enter_before_the_label_is_there_waits(at_bench):
    at_bench.scan(MUG)
    assert "The label is not there yet" in at_bench.scan("")
    assert not Shipment.objects.exists()


def test_a_second_look_buys_nothing_twice(at_bench):
    at_bench.scan(MUG)
    at_bench.client.get("/shipping/bench/")
    at_bench.client.post("/shipping/bench/label/")
    assert CourierLabel.objects.count() == 1


def test_a_refusal_is_said_in_place_and_another_number_is_typed(at_bench):
    first, second = at_bench.orders
    at_bench.scan(MUG)
    at_bench.worker(RefusedByCourier("Postcode is not valid."))
    part = at_bench.label_part()
    assert "No label was bought." in text(part)
    assert "Postcode is not valid." in text(part)
    typed = a_service(name="By hand", gives_number=False)
    page = at_bench.scan("AB12345678", service=typed.pk)
    assert f"{first.code} is dispatched. {second.code} is next." in page
    assert Shipment.objects.get().tracking_number == "AB12345678"


def test_after_a_refusal_a_label_is_bought_with_another_service(at_bench):
    at_bench.scan(MUG)
    at_bench.worker(RefusedByCourier("This service is not in your contract."))
    other = a_label_service(at_bench.service.label_service, name="Tracked 48 Signed")
    page = text(at_bench.client.post("/shipping/bench/label/", {"service": other.pk, "code": ""}))
    assert "Its label is being bought." in page
    at_bench.worker(number="RM000010017GB")
    at_bench.scan("", service=other.pk)
    assert Shipment.objects.get().service == other


def test_what_cannot_be_bought_says_why_at_once(world, sign_in):
    at_bench = Bench(world, sign_in(Role.WAREHOUSE), weight=None)
    page = at_bench.scan(MUG)
    assert "No label was bought: Give the weight of the parcel in grams" in page
    assert "Buy label" in page
    assert not CourierLabel.objects.exists()


def test_another_number_than_the_labels_leaves_only_when_it_is_scanned_twice_and_voids_it(at_bench):
    at_bench.scan(MUG)
    at_bench.worker()
    page = at_bench.scan("AB12345678")
    assert f"A label was bought for this parcel: {NUMBER}." in page
    assert not Shipment.objects.exists()
    typed = a_service(name="By hand", gives_number=False)
    at_bench.scan("AB12345678", doubted="AB12345678", service=typed.pk)
    assert Shipment.objects.get().tracking_number == "AB12345678"
    assert CourierLabel.objects.get().state is LabelState.VOIDING


def test_a_label_that_came_without_a_number_has_the_one_that_is_scanned(at_bench):
    first, _ = at_bench.orders
    at_bench.scan(MUG)
    at_bench.worker(number="")
    page = at_bench.scan(tracking_number(1000))
    assert f"{first.code} is dispatched." in page
    parcel = Shipment.objects.get()
    assert (parcel.tracking_number, parcel.label.state) == (tracking_number(1000), LabelState.READY)


def test_a_label_that_was_bought_before_waits_at_the_bench(at_bench):
    first, _ = at_bench.orders
    at_bench.scan(MUG)
    at_bench.worker()
    at_bench.client.post("/shipping/bench/put-back/")
    at_bench.scan(first.code)
    at_bench.scan(MUG)
    assert NUMBER in text(at_bench.client.get("/shipping/bench/"))
    assert CourierLabel.objects.count() == 1
