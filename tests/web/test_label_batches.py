"""Buy labels on ticked orders and on a pick list: summary, progress, one PDF, dispatched with their labels."""

from decimal import Decimal

import pytest
from tests.couriers.pretend import LABEL
from tests.factories.couriers import a_code, a_label_service
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.web.client import text

from wharfinger.db.models import ChannelOption, CourierLabel, LabelBatch, PickList, Shipment
from wharfinger.domain.installation.people import Role
from wharfinger.operations.shipping import labels
from wharfinger.operations.shipping.labels import Held, RefusedByCourier

pytestmark = pytest.mark.django_db
HOME = {"name": "Paula Parker", "line_1": "1 Quay Street", "town": "Bristol", "postcode": "BS1 4RW", "country": "GB"}


class Room:
    def __init__(self, world):
        item = world.item("MUG", 20)
        item.weight_grams = 300
        item.save()
        self.service = a_label_service(a_code())
        ChannelOption.objects.update(courier_service=self.service)
        self.orders = [
            an_allocated_order(world.fbm, world.warehouse, [(item, 1)], delivery=HOME, total=Decimal(12))
            for _ in range(3)
        ]
        self.abroad = an_allocated_order(world.fbm, world.warehouse, [(item, 1)], delivery={**HOME, "country": "DE"})

    @property
    def ids(self):
        return [order.pk for order in (*self.orders, self.abroad)]

    def worker(self, *outcomes):
        for outcome in outcomes:
            step = labels.claim_label(now=NOW.replace(year=2027), machine_now=NOW, machine_before=NOW)
            labels.settle_label(step.id, outcome, now=NOW)


def held(number):
    return Held(str(number), f"RM{number:08d}3GB", LABEL)


@pytest.fixture
def room(world):
    return Room(world)


def test_ticked_orders_are_summed_up_bought_followed_printed_and_dispatched(room, sign_in):
    packer = sign_in(Role.WAREHOUSE)
    page = text(packer.post("/shipping/labels/ticked/", {"ids": room.ids}))
    assert "<dt>Royal Mail Tracked 24</dt><dd>3 labels</dd>" in page
    assert "Buy 3 labels" in page
    assert room.abroad.code in page
    assert "sends to addresses in the United Kingdom only so far" in page
    assert not CourierLabel.objects.exists()
    page = text(packer.post("/shipping/labels/buy/", {"ids": room.ids, "list": ""}, follow=True))
    url = f"/shipping/labels/{LabelBatch.objects.get().pk}/"
    assert "0 of 4 labels are there" in page
    room.worker(held(1), RefusedByCourier("Postcode is not valid."), held(3))
    live = packer.get(url, headers={"HX-Request": "true", "HX-Target": "label-batch"})
    assert live.status_code == 286
    page = text(live)
    assert "2 of 4 labels are there" in page
    assert "Postcode is not valid." in page
    assert "press Buy label, or type another label's number" in page
    printed = packer.post(f"{url}pdf/")
    assert printed["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF-")
    page = text(packer.post(f"{url}dispatch/", follow=True))
    assert "2 orders of your last list were dispatched." in page
    assert sorted(Shipment.objects.values_list("tracking_number", flat=True)) == ["RM000000013GB", "RM000000033GB"]
    assert CourierLabel.objects.exclude(shipment=None).count() == 2
    assert "Nothing of this batch is to be dispatched" in text(packer.post(f"{url}dispatch/", follow=True))
    assert packer.post(f"{url}pdf/").content.startswith(b"%PDF-")


def test_labels_of_a_pick_list_are_bought_in_its_order_and_found_from_it_again(room, sign_in):
    packer = sign_in(Role.WAREHOUSE)
    packer.post("/shipping/pick/ticked/", {"ids": [order.pk for order in reversed(room.orders)]})
    row = PickList.objects.get()
    page = packer.post(f"/shipping/pick/{row.pk}/labels/")
    assert "Buy 3 labels" in text(page)
    ids = [each.order_id for each in page.context["ready"]]
    packer.post("/shipping/labels/buy/", {"ids": ids, "list": row.pk})
    batch = LabelBatch.objects.get()
    assert batch.pick_list == row
    assert list(batch.orders.order_by("place").values_list("order", flat=True)) == [
        order.pk for order in reversed(room.orders)
    ]
    assert f"/shipping/labels/{batch.pk}/" in packer.get(f"/shipping/pick/{row.pk}/").text


def test_nothing_ticked_says_so(room, sign_in):
    packer = sign_in(Role.WAREHOUSE)
    for url in ("/shipping/labels/ticked/", "/shipping/labels/buy/"):
        assert "No order was chosen. Tick the orders first" in text(packer.post(url, follow=True))


def test_who_does_not_ship_sees_how_far_it_is_and_buys_nothing(room, sign_in):
    sign_in(Role.WAREHOUSE).post("/shipping/labels/buy/", {"ids": room.ids})
    url = f"/shipping/labels/{LabelBatch.objects.get().pk}/"
    viewer = sign_in(Role.VIEWER)
    page = viewer.get(url).text
    assert "of 4 labels are there" in text(viewer.get(url))
    assert "/pdf/" not in page
    for act in ("pdf", "dispatch", "try-again"):
        assert viewer.post(f"{url}{act}/").status_code == 403
    assert viewer.post("/shipping/labels/buy/", {"ids": room.ids}).status_code == 403
    assert viewer.get("/shipping/labels/999999/").status_code == 404
