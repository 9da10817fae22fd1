"""A packer at the bench: keys and scans of a keyboard wedge, as forms that are sent."""

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.factories.people import someone
from tests.factories.shipping import a_service
from tests.factories.stock import a_site, an_item
from tests.web.client import text

from wharfinger.db.models import BenchClaim, ChannelOption, PickList, SalesOrder, Shipment, StockBarcode
from wharfinger.domain.installation.people import Role
from wharfinger.operations.shipping import bench
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db
MUG, PLATE = "4006381333931", "0036000291452"
ADDRESS = {"name": "Anna Berg", "line_1": "Hafenstr. 7", "town": "Berlin", "postcode": "10115", "country": "DE"}


class Bench:
    """A packer's browser, and a shop whose service wants the number from the label."""

    def __init__(self, client, **service):
        self.client = client
        self.site = a_site()
        self.items = [an_item("MUG"), an_item("PLATE")]
        for item, code in zip(self.items, (MUG, PLATE), strict=True):
            StockBarcode.objects.create(item=item, type="EAN", code=code, gtin=code.zfill(14))
            ledger.receive_stock(item.pk, self.site.pk, 20, now=NOW)
        self.channel = a_channel(an_account(), self.site)
        values = {"tracking": "by_hand", "gives_number": False, "amazon_carrier_code": "DPD", **service}
        self.service = a_service(**values)
        ChannelOption.objects.update(courier_service=self.service)
        self.keys = 0

    def order(self, *units, **values):
        lines = [(item, count) for item, count in zip(self.items, units or (1,), strict=False) if count]
        return an_allocated_order(self.channel, self.site, lines, **values)

    def scan(self, code, **values):
        """One scan, or one press of Enter in the field."""
        self.keys += 1
        return text(self.client.post("/shipping/bench/scan/", {"code": code, **values}))


@pytest.fixture
def at_bench(sign_in):
    return Bench(sign_in(Role.WAREHOUSE))


def test_a_pick_list_is_packed_with_one_scan_a_parcel_besides_its_items(at_bench):
    orders = [at_bench.order(), at_bench.order(1, 2)]
    at_bench.client.post("/shipping/pick/ticked/", {"ids": [order.pk for order in orders]})
    row = PickList.objects.get()
    assert f"{orders[0].code} is next." in at_bench.scan(str(row))
    page = at_bench.scan(MUG)
    assert "Everything is in the parcel." in page
    assert 'data-sound="complete"' in page
    page = at_bench.scan("15501234567890")
    assert f"{orders[0].code} is dispatched. {orders[1].code} is next." in page
    assert "1 / 3" in at_bench.scan(PLATE)
    at_bench.scan(PLATE)
    assert "3 / 3" in at_bench.scan(MUG)
    page = at_bench.scan("15501234567891")
    assert f"Nothing of {row} is left to pack." in page
    assert list(Shipment.objects.order_by("pk").values_list("tracking_number", flat=True)) == [
        "15501234567890",
        "15501234567891",
    ]
    items, parcels = 4, 2
    assert at_bench.keys - items - 1 == parcels  # the list's own number once


def test_a_wrong_item_is_said_aloud_in_colour_and_words(at_bench):
    order = at_bench.order(1, 0)
    assert f"{order.code} is on your bench." in at_bench.scan(order.code.lower())
    page = at_bench.scan(PLATE)
    assert "Wrong item: this is PLATE" in page
    assert 'data-sound="wrong"' in page
    assert "bench-bad" in page
    assert "No item of this order has this code" in at_bench.scan("nonsense")
    assert "Everything is in the parcel" in at_bench.scan(MUG)
    assert "One too many: the order wants no more of MUG" in at_bench.scan(MUG)
    assert not Shipment.objects.exists()


def test_an_item_brings_the_most_urgent_order_and_counts_at_once(at_bench):
    at_bench.order(0, 1)
    urgent = at_bench.order(1, 1, ship_by=NOW)
    at_bench.order(0, 1, on_hold_at=NOW, ship_by=NOW)
    page = at_bench.scan(PLATE)
    assert "PLATE is in the parcel" in page
    assert urgent.code in page
    assert "1 / 2" in page
    SalesOrder.objects.update(on_hold_at=NOW)
    at_bench.client.post("/shipping/bench/put-back/")
    assert "No order that may leave wants this item" in at_bench.scan(MUG)


def test_a_service_that_numbers_its_parcels_needs_one_enter(sign_in):
    at_bench = Bench(sign_in(Role.WAREHOUSE), gives_number=True, tracking="at_once")
    order = at_bench.order()
    at_bench.scan(order.code)
    assert "Press Enter to dispatch" in at_bench.scan(MUG)
    assert f"{order.code} is dispatched." in at_bench.scan("")
    assert at_bench.keys == 3
    assert Shipment.objects.get().tracking_number.startswith("DC")


def test_a_number_in_doubt_leaves_when_it_is_scanned_once_more(at_bench):
    first, order = at_bench.order(), at_bench.order()
    for one in (first, order):
        at_bench.scan(one.code)
        at_bench.scan(MUG)
        page = at_bench.scan("15501234567890")
    assert "If it is right, scan it once more." in page
    assert 'name="doubted" value="15501234567890"' in page
    assert "needs its tracking number" in at_bench.scan("")
    assert f"{order.code} is dispatched" in at_bench.scan("15501234567890", doubted="15501234567890")


def test_gift_note_address_and_requests_are_before_the_packer(at_bench):
    order = at_bench.order(delivery=ADDRESS)
    order.lines.update(gift_message="Happy birthday!", gift_wrap_level="Classic")
    at_bench.client.post(f"/sales-orders/{order.pk}/notes/", {"text": "Mind the handle"})
    page = at_bench.scan(order.code)
    for words in ("Happy birthday!", "Mind the handle", "Hafenstr. 7", "10115 BERLIN"):
        assert words in page


def test_what_changes_meanwhile_stops_the_packer(at_bench):
    order = at_bench.order(delivery=ADDRESS)
    at_bench.scan(order.code)

    def watch():
        answer = at_bench.client.get(f"/shipping/bench/?order={order.pk}", headers={"HX-Target": "bench-watch"})
        return text(answer)

    assert "data-sound" not in watch()
    order.own_delivery = {**ADDRESS, "line_1": "Hafenstr. 9"}
    order.save()
    assert "The address changed while you packed" in watch()
    assert "Packing is stopped" in at_bench.scan(MUG)
    at_bench.client.post("/shipping/bench/go-on/")
    assert "Everything is in the parcel" in at_bench.scan(MUG)
    SalesOrder.objects.filter(pk=order.pk).update(cancel_requested=True)
    stopped = watch()
    assert "requested cancellation" in stopped
    assert 'data-sound="stop"' in stopped
    assert "Packing is stopped" in at_bench.scan("15501234567890")
    assert "Put back: nothing was dispatched" in text(at_bench.client.post("/shipping/bench/put-back/"))
    assert not BenchClaim.objects.exists()


def test_an_order_on_another_bench_is_named_and_taken_over_on_purpose(at_bench, settings):
    order, kim = at_bench.order(), someone(username="kim", full_name="Kim Packer")
    machine_now = settings.CLOCK.machine_now()
    bench.claim_order(order.pk, now=NOW, machine_now=machine_now, user=kim)
    assert "Kim Packer, since" in text(at_bench.client.get("/shipping/bench/"))
    page = at_bench.scan(order.code)
    assert f"{order.code} is on the bench of Kim Packer. Press Take over" in page
    assert f"/shipping/bench/take-over/{order.pk}/" in page
    assert BenchClaim.objects.get().user == kim
    at_bench.client.post(f"/shipping/bench/take-over/{order.pk}/")
    assert BenchClaim.objects.get().user.username == "warehouse"


def test_items_are_counted_by_hand_and_a_part_leaves_alone(at_bench):
    order = at_bench.order(2, 0)
    at_bench.scan(order.code)
    mug = at_bench.items[0].pk
    assert "1 / 2" in text(at_bench.client.post(f"/shipping/bench/count/{mug}/"))
    answer = at_bench.client.post("/shipping/bench/part/", {"code": "15501234567890"})
    assert "Parcel 1 is dispatched. Scan the rest of the order." in text(answer)
    assert "Everything is in the parcel" in at_bench.scan(MUG)
    assert f"{order.code} is dispatched" in at_bench.scan("15501234567891")
    assert Shipment.objects.count() == 2


def test_unknown_numbers_and_closed_lists_are_said(at_bench):
    assert "Nothing here has the number “12345”" in at_bench.scan("12345")
    assert "PL000777 is not an open pick list." in at_bench.scan("PL777")
    assert "Scan an order number" in at_bench.scan("")


def test_only_who_may_ship_packs(sign_in):
    viewer = sign_in(Role.VIEWER)
    assert viewer.get("/shipping/bench/").status_code == 403
    assert viewer.post("/shipping/bench/scan/", {"code": "SO1"}).status_code == 403
