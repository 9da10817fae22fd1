"""Regulated goods wait for a person's word; a saved customisation is read by who may see it."""

from dataclasses import replace

import pytest
from tests.factories.incoming import a_line, an_order
from tests.factories.outcomes import the_order

from wharfinger.db.models import Activity, Customisation, KitComponent, SalesOrder, StockItem
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop):
    shop.item("MUG", 5)
    shop.take(an_order(replace(a_line(), customisation_url="https://custom.example/1.zip")))
    return the_order()


def test_regulated_goods_are_not_dispatched_before_they_are_approved(order, sign_in):
    StockItem.objects.update(regulated=True)
    client = sign_in()
    page = client.get(f"/sales-orders/{order.pk}/").text
    assert "Regulated goods: not approved yet" in page
    assert 'id="dispatch"' not in page
    client.post(f"/sales-orders/{order.pk}/dispatch/", {"package": "1"})
    assert SalesOrder.objects.get().state == "ready_to_ship"

    assert client.post(f"/sales-orders/{order.pk}/approved/").status_code == 302
    page = client.get(f"/sales-orders/{order.pk}/").text
    assert "not approved yet" not in page
    assert 'id="dispatch"' in page
    assert Activity.objects.filter(text="The verification of its regulated goods is approved at Amazon.").exists()
    again = client.post(f"/sales-orders/{order.pk}/approved/", follow=True).text
    assert "is approved already" in again


def test_a_kit_with_a_regulated_part_is_regulated(order, sign_in):
    kit = order.lines.get().item
    part = StockItem.objects.create(code="KNIFE", name="Knife", regulated=True, made_at=order.made_at)
    KitComponent.objects.create(kit=kit, component=part, quantity=1)
    assert "not approved yet" in sign_in().get(f"/sales-orders/{order.pk}/").text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ACCOUNTS])
def test_only_who_ships_says_that_it_is_approved(role, order, sign_in):
    StockItem.objects.update(regulated=True)
    assert sign_in(role).post(f"/sales-orders/{order.pk}/approved/").status_code == 403


def test_a_saved_customisation_is_a_file_for_those_who_may_see_it(order, sign_in):
    line = order.lines.get()
    assert Customisation.objects.get().again_at is not None
    address = f"/sales-orders/{order.pk}/customisation/{line.pk}/"
    client = sign_in(Role.WAREHOUSE)
    assert client.get(address).status_code == 404
    Customisation.objects.update(size=2048)
    row = Customisation.objects.get()
    row.body = b"PK" + bytes(2046)
    row.save()
    answer = client.get(address)
    assert (answer.content[:2], answer["Content-Type"]) == (b"PK", "application/zip")
    assert "attachment" in answer["Content-Disposition"]
    assert address in client.get(f"/sales-orders/{order.pk}/").text
    viewer = sign_in(Role.VIEWER)
    assert viewer.get(address).status_code == 403
    assert address not in viewer.get(f"/sales-orders/{order.pk}/").text
