"""Undo on the order's page, on the bench, on the result of many; and the setting of its minutes."""

from datetime import timedelta

import pytest
from django.conf import settings
from tests.factories.orders import an_allocated_order
from tests.factories.shipping import a_service
from tests.web.client import text

from wharfinger.db.models import AuditEntry, BenchClaim, Confirmation, Installation, SalesOrder, Shipment
from wharfinger.domain.installation.people import Role
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.operations.shipping import bench, shipments

pytestmark = pytest.mark.django_db


class Room:
    """Three orders of a mug each, a service that numbers its parcels, and two minutes in which to undo."""

    def __init__(self, world):
        Installation.objects.update(undo_minutes=2)
        self.item = world.item("MUG", 10)
        self.service = a_service()
        self.orders = [
            an_allocated_order(world.fbm, world.warehouse, [(self.item, 1)], ship_by=now() + timedelta(days=1))
            for _ in range(3)
        ]

    def dispatch(self, order=None):
        order = order or self.orders[0]
        return shipments.dispatch(order.pk, service_id=self.service.pk, now=now())


def now():
    return settings.CLOCK.now()


@pytest.fixture
def room(world):
    return Room(world)


def state_of(order):
    return SalesOrder.objects.values_list("state", flat=True).get(pk=order.pk)


def test_a_packer_undoes_a_parcel_on_the_orders_page(room, sign_in):
    packer, parcel, order = sign_in(Role.WAREHOUSE), room.dispatch(), room.orders[0]
    url = f"/sales-orders/{order.pk}/"
    undo = f"{url}parcels/{parcel.pk}/undo/"
    page = text(packer.get(url))
    assert undo in page
    assert "May be undone" in page
    page = text(packer.post(undo, follow=True))
    assert f"The dispatch is undone: {order.code} is as it was before" in page
    assert "Dispatch of parcel 1 undone" in page
    assert "Not dispatched yet." in page
    assert state_of(order) is SalesOrderState.READY
    assert "was undone already" in text(packer.post(undo, follow=True))


def test_undo_is_not_offered_once_it_was_sent_and_pressed_too_late_it_says_so(room, sign_in):
    packer, parcel, order = sign_in(Role.WAREHOUSE), room.dispatch(), room.orders[0]
    Confirmation.objects.update(state=ConfirmationState.ATTEMPTED, attempted_at=now())
    url = f"/sales-orders/{order.pk}/"
    page = packer.get(url).text
    assert "/undo/" not in page
    assert "Correct carrier / tracking number" in page
    page = text(packer.post(f"{url}parcels/{parcel.pk}/undo/", follow=True))
    assert f"Parcel 1 of {order.code} is with Amazon already, so it cannot be undone any more." in page
    assert state_of(order) is SalesOrderState.SHIPPED


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ACCOUNTS])
def test_who_does_not_ship_does_not_undo(room, sign_in, role):
    parcel = room.dispatch()
    client = sign_in(role)
    assert "/undo/" not in client.get(f"/sales-orders/{room.orders[0].pk}/").text
    assert client.post(f"/sales-orders/{room.orders[0].pk}/parcels/{parcel.pk}/undo/").status_code == 403


def test_all_of_a_list_is_undone_and_what_is_sent_stays(room, sign_in):
    packer = sign_in(Role.WAREHOUSE)
    parcels = "\n".join(f"{row} {order.pk} {room.service.pk}" for row, order in enumerate(room.orders, start=1))
    rows = "\n".join(f"{order.code}\tAB1234{row}" for row, order in enumerate(room.orders))
    typed = a_service(name="By hand", gives_number=False)
    check = packer.post("/shipping/dispatch/", {"text": rows, "service": typed.pk})
    parcels = check.context["parcels"]
    page = text(packer.post("/shipping/dispatch/apply/", {"parcels": parcels}, follow=True))
    assert "Undo 3 orders" in page
    sent = Confirmation.objects.order_by("pk").first()
    sent.state, sent.attempted_at = ConfirmationState.ATTEMPTED, now()
    sent.save()
    assert "Undo 2 orders" in text(packer.get("/shipping/dispatch/result/"))
    page = text(packer.post("/shipping/dispatch/undo/", follow=True))
    assert "The dispatch of 2 orders is undone" in page
    assert f"Parcel 1 of {room.orders[0].code} is with Amazon already" in page
    assert "1 order of your last list was dispatched." in page
    assert Shipment.objects.count() == 1
    assert "There is nothing to undo" in text(packer.post("/shipping/dispatch/undo/", follow=True))


def test_ticked_orders_that_were_dispatched_are_undone_from_the_list(room, sign_in):
    packer = sign_in(Role.WAREHOUSE)
    ids = [order.pk for order in room.orders[:2]]
    page = text(packer.post("/sales-orders/dispatch/", {"ids": ids, "service": room.service.pk}, follow=True))
    assert "2 orders are dispatched." in page
    assert "Undo 2 orders" in page
    packer.post("/shipping/dispatch/undo/")
    assert not Shipment.objects.exists()
    assert "Undo" not in text(packer.get("/sales-orders/"))


def test_the_last_parcel_is_undone_on_the_bench_and_its_order_is_there_again(room, sign_in):
    packer = sign_in(Role.WAREHOUSE)
    order = room.orders[0]
    for code in (order.code, "MUG"):
        packer.post("/shipping/bench/scan/", {"code": code})
    page = text(packer.post("/shipping/bench/scan/", {"code": "", "service": room.service.pk}))
    assert f"{order.code} is dispatched; Amazon is sent its number at" in page
    page = text(packer.post("/shipping/bench/undo/"))
    assert f"The dispatch of {order.code} is undone. {order.code} is on your bench." in page
    assert (Shipment.objects.count(), BenchClaim.objects.get().order_id) == (0, order.pk)
    assert "There is nothing to undo" in text(packer.post("/shipping/bench/undo/"))


def test_while_another_order_is_packed_undo_leaves_it_on_the_bench(room, sign_in):
    packer = sign_in(Role.WAREHOUSE)
    first, second = room.orders[:2]
    for code in (first.code, "MUG"):
        packer.post("/shipping/bench/scan/", {"code": code})
    packer.post("/shipping/bench/scan/", {"code": "", "service": room.service.pk})
    for code in (second.code, "MUG"):
        packer.post("/shipping/bench/scan/", {"code": code})
    page = text(packer.post("/shipping/bench/undo/"))
    assert f"The dispatch of {first.code} is undone. Scan its number to pack it again." in page
    assert BenchClaim.objects.get().order_id == second.pk
    assert bench.look_at_bench(BenchClaim.objects.get().user).complete


def test_an_administrator_sets_the_minutes_and_others_read_them(sign_in):
    client = sign_in()
    assert client.post("/settings/undo/", {"minutes": 5})["Location"] == "/settings/"
    assert Installation.objects.get().undo_minutes == 5
    entry = AuditEntry.objects.get(noun="Installation")
    assert entry.after == {"a dispatch can be undone for": "5 min"}
    assert 'value="5"' in client.get("/settings/").text
    client.post("/settings/undo/", {"minutes": 5})
    assert AuditEntry.objects.filter(noun="Installation").count() == 1
    assert "sent to Amazon at once" in text(client.post("/settings/undo/", {"minutes": 0}, follow=True))
    other = sign_in(Role.WAREHOUSE)
    assert "<dt>A dispatch can be undone for</dt><dd>0 minutes</dd>" in other.get("/settings/").text
    assert other.post("/settings/undo/", {"minutes": 3}).status_code == 403


@pytest.mark.parametrize("minutes", ["31", "-1", "many", "", "9" * 30])
def test_other_minutes_are_refused_beside_the_field(minutes, sign_in):
    answer = sign_in().post("/settings/undo/", {"minutes": minutes})
    assert answer.status_code == 422
    assert list(answer.context["undo_form"].errors) == ["minutes"]
