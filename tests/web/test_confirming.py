"""Orders that wait for a person's word: seen, confirmed one by one and in bulk."""

import pytest
from tests.factories.ground import UK
from tests.factories.moments import sales_order, shipped_order, stocked_item
from tests.web.client import text

from wharfinger.db.models import CourierGroup, CourierGroupRule, Invoice, SalesOrder, StockItem
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db


def waiting(world, number, **changes):
    item = StockItem.objects.filter(code="MUG").first() or stocked_item(world, "MUG")
    return sales_order(world, number, item, confirmed=False, **changes)


def test_an_unconfirmed_order_is_marked_and_not_offered_for_dispatch(world, sign_in):
    order = waiting(world, 1)
    client = sign_in()
    page = text(client.get(f"/sales-orders/{order.pk}/"))
    assert ("Not confirmed" in page, f'action="/sales-orders/{order.pk}/confirm/"' in page) == (True, True)
    assert 'id="dispatch"' not in page
    assert "Not confirmed" in text(client.get("/sales-orders/"))
    assert "Not confirmed" in text(client.get("/shipping/board/"))


def test_confirm_on_the_page_opens_the_dispatch(world, sign_in):
    order = waiting(world, 1)
    client = sign_in(Role.WAREHOUSE)
    page = text(client.post(f"/sales-orders/{order.pk}/confirm/", follow=True))
    assert ("is confirmed" in page, 'id="dispatch"' in page, SalesOrder.objects.get().confirmed) == (True, True, True)
    again = text(client.post(f"/sales-orders/{order.pk}/confirm/", follow=True))
    assert "is already confirmed" in again


def test_a_dispatch_of_an_unconfirmed_order_is_refused(world, sign_in):
    order = waiting(world, 1)
    client = sign_in()
    form = {"ids": [order.pk], "service": world.courier.pk}
    assert "is not confirmed yet" in text(client.post("/sales-orders/dispatch/", form, follow=True))
    assert (SalesOrder.objects.get().state, Invoice.objects.count()) == ("ready_to_ship", 0)


def test_many_are_confirmed_in_one_go_and_each_stands_alone(world, sign_in):
    orders = [waiting(world, number) for number in (1, 2)]
    gone = shipped_order(world, 3, StockItem.objects.get(code="MUG"))
    ids = [*(order.pk for order in orders), gone.pk, 999_999]
    page = text(sign_in().post("/sales-orders/confirm/?state=not-confirmed", {"ids": ids}, follow=True))
    assert "2 orders are confirmed" in page
    assert ("is already confirmed" in page, "does not exist" in page) == (True, True)
    assert set(SalesOrder.objects.values_list("confirmed", flat=True)) == {True}


def test_nothing_picked_says_so(world, sign_in):
    assert "No order was selected" in text(sign_in().post("/sales-orders/confirm/", {"ids": ["x", ""]}, follow=True))


def test_the_list_can_show_those_that_wait_only(world, sign_in):
    waiting(world, 1)
    waiting(world, 2, state="cancelled")
    sales_order(world, 3, StockItem.objects.get(code="MUG"))
    page = text(sign_in().get("/sales-orders/?state=not-confirmed"))
    assert [code in page for code in (">SO1<", ">SO2<", ">SO3<")] == [True, False, False]


def test_the_list_can_show_one_invoice_priority_only(world, sign_in):
    item = stocked_item(world, "MUG")
    for number in (1, 2):
        sales_order(world, number, item, invoice_priority=number)
    client = sign_in()
    page = text(client.get("/sales-orders/?priority=2"))
    assert (">SO1<" in page, ">SO2<" in page) == (False, True)
    assert ">SO1<" in text(client.get("/sales-orders/?priority=<script>"))


@pytest.mark.parametrize("role", [Role.ACCOUNTS, Role.VIEWER])
def test_who_may_not_ship_may_not_confirm(role, world, sign_in):
    order = waiting(world, 1)
    client = sign_in(role)
    assert f"/sales-orders/{order.pk}/confirm/" not in text(client.get(f"/sales-orders/{order.pk}/"))
    for address in (f"/sales-orders/{order.pk}/confirm/", "/sales-orders/confirm/"):
        assert client.post(address, {"ids": [order.pk]}).status_code == 403
    assert not SalesOrder.objects.get().confirmed


def test_the_page_tells_what_the_options_stamped(world, sign_in):
    group = CourierGroup.objects.get(name="Prime")
    order = sales_order(world, 1, stocked_item(world, "MUG"), courier_group=group, invoice_priority=2)
    Invoice.objects.create(code="INV7", order=order)
    page = text(sign_in().get(f"/sales-orders/{order.pk}/"))
    assert ("<dt>Courier Group</dt><dd>Prime</dd>" in page, "<dt>Invoice priority</dt><dd>2</dd>" in page) == (
        True,
        True,
    )
    assert "code assigned on import, not issued yet" in page


def first_service(page):
    options = page.split('id="id_dispatch-service_id"')[1]
    return options.split("</option>")[0].rsplit(">", 1)[1]


@pytest.mark.parametrize(
    ("level", "country", "grams", "expected"),
    [
        ("NEXT_DAY", "GB", 400, "Royal Mail Tracked 48"),
        ("STANDARD", "GB", 400, "Demo Next Day"),
        ("NEXT_DAY", "DE", 400, "Demo Next Day"),
        ("NEXT_DAY", "GB", 600, "Demo Next Day"),
        ("NEXT_DAY", "GB", None, "Demo Next Day"),
    ],
)
def test_dispatch_offers_the_service_first_that_the_group_chooses(level, country, grams, expected, world, sign_in):
    group = CourierGroup.objects.get(name="Prime")
    CourierGroupRule.objects.create(
        group=group,
        position=1,
        service=world.typed,
        channel=world.fbm,
        service_level="NEXT_DAY",
        country="GB",
        grams_at_most=1000,
    )
    item = stocked_item(world, "MUG")
    StockItem.objects.update(weight_grams=grams)
    delivery = {"name": "Grace", "line_1": "1 Quay", "town": "Hull", "country": country}
    order = sales_order(world, 1, item, courier_group=group, service_level=level, delivery=delivery)
    page = text(sign_in().get(f"/sales-orders/{order.pk}/"))
    assert first_service(page).startswith(expected)
    chosen = "chosen by the courier group Prime" if expected.startswith("Royal") else "the courier service of"
    assert chosen in page
    assert order.channel.marketplace_id == UK
