"""Holding, releasing, tagging sales orders and writing notes: on the page, on many rows, by role."""

import pytest
from tests.factories.moments import sales_order, stocked_item
from tests.web.client import text

from wharfinger.db.models import OrderTag, SalesOrder, StockItem
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db


def an_order(world, number=1, **changes):
    item = StockItem.objects.filter(code="MUG").first() or stocked_item(world, "MUG")
    return sales_order(world, number, item, **changes)


def test_an_order_is_held_and_released_on_its_page(world, sign_in):
    order = an_order(world)
    client = sign_in(Role.WAREHOUSE)
    assert f'href="/sales-orders/{order.pk}/hold/"' in text(client.get(f"/sales-orders/{order.pk}/"))
    assert "nobody can pick, confirm or dispatch it" in text(client.get(f"/sales-orders/{order.pk}/hold/"))
    form = {"reason": "other", "details": "The label is torn"}
    page = text(client.post(f"/sales-orders/{order.pk}/hold/", form, follow=True))
    assert "On hold: another reason" in page
    assert ("Anna Warehouse put it on hold" in page, "The label is torn" in page, 'id="dispatch"' in page) == (
        True,
        True,
        False,
    )
    page = text(client.post(f"/sales-orders/{order.pk}/release/", follow=True))
    assert ("is released" in page, 'id="dispatch"' in page) == (True, True)
    assert "is not on hold" in text(client.post(f"/sales-orders/{order.pk}/release/", follow=True))


def test_a_hold_without_its_reason_names_the_field(world, sign_in):
    order = an_order(world)
    client = sign_in()
    for form, said in (({}, "This field is required"), ({"reason": "other"}, "Say in a few words")):
        answer = client.post(f"/sales-orders/{order.pk}/hold/", form)
        assert (answer.status_code, said in text(answer)) == (422, True)
    assert SalesOrder.objects.get().on_hold_at is None


def test_many_are_held_by_one_form_and_each_stands_alone(world, sign_in):
    orders = [an_order(world, number) for number in (1, 2)]
    gone = an_order(world, 3, state="shipped")
    client = sign_in()
    ids = [order.pk for order in (*orders, gone)]
    page = text(client.post("/sales-orders/selected/hold/?state=ready_to_ship", {"ids": ids}))
    assert ("3 sales orders" in page, 'name="acting"' in page) == (True, True)
    form = {"ids": ids, "acting": "1", "reason": "stock"}
    page = text(client.post("/sales-orders/selected/hold/", form, follow=True))
    assert ("2 orders are on hold" in page, "is shipped. There is nothing left to hold" in page) == (True, True)
    page = text(client.get("/sales-orders/?state=on-hold"))
    assert [f">SO{number}<" in page for number in (1, 2, 3)] == [True, True, False]
    page = text(client.post("/sales-orders/selected/release/", {"ids": ids}, follow=True))
    assert ("2 orders are released" in page, "is not on hold" in page) == (True, True)


def test_a_held_order_is_not_in_a_bulk_dispatch(world, sign_in):
    order = an_order(world)
    client = sign_in()
    client.post(f"/sales-orders/{order.pk}/hold/", {"reason": "fraud"})
    form = {"ids": [order.pk], "service": world.courier.pk}
    assert "is on hold. Press Release" in text(client.post("/sales-orders/dispatch/", form, follow=True))
    assert "On hold" in text(client.get("/shipping/"))


def test_orders_are_tagged_and_found_by_their_tag(world, sign_in):
    orders = [an_order(world, number) for number in (1, 2, 3)]
    client = sign_in(Role.ACCOUNTS)
    form = {"ids": [order.pk for order in orders[:2]], "acting": "1", "tag": "VIP"}
    assert "2 orders are tagged" in text(client.post("/sales-orders/selected/tag/", form, follow=True))
    tag = OrderTag.objects.first().tag_id
    page = text(client.get(f"/sales-orders/?tag={tag}"))
    assert [f">SO{number}<" in page for number in (1, 2, 3)] == [True, True, False]
    csv = b"".join(client.get("/sales-orders/export.csv?columns=code,tags").streaming_content).decode()
    assert csv.count("VIP") == 2 or "VIP" not in csv  # the column is chosen by the reader
    page = text(client.post(f"/sales-orders/{orders[0].pk}/untag/", {"tag": "vip"}, follow=True))
    assert "The tag is removed from" in page
    assert "does not have the tag vip" in text(client.post(f"/sales-orders/{orders[0].pk}/untag/", {"tag": "vip"}))


def test_notes_are_written_and_removed_on_the_page_and_hidden_from_who_sees_no_people(world, sign_in):
    order = an_order(world)
    client = sign_in(Role.ACCOUNTS)
    page = text(client.post(f"/sales-orders/{order.pk}/notes/", {"text": "Mr O'Hara <rang>"}, follow=True))
    assert ("Mr O&#x27;Hara &lt;rang&gt;" in page, "The note is added" in page) == (True, True)
    note = order.notes.get()
    viewer = sign_in(Role.VIEWER)
    page = text(viewer.get(f"/sales-orders/{order.pk}/"))
    assert ("Hara" in page, "Your role does not show notes" in page) == (False, True)
    assert "The note is removed" in text(client.post(f"/sales-orders/{order.pk}/notes/{note.pk}/remove/", follow=True))


@pytest.mark.parametrize("role", [Role.ACCOUNTS, Role.VIEWER])
def test_who_may_not_ship_may_not_hold(role, world, sign_in):
    order = an_order(world)
    client = sign_in(role)
    assert f"/sales-orders/{order.pk}/hold/" not in text(client.get(f"/sales-orders/{order.pk}/"))
    for address in (f"/sales-orders/{order.pk}/hold/", "/sales-orders/selected/hold/"):
        assert client.post(address, {"ids": [order.pk], "acting": "1", "reason": "fraud"}).status_code == 403


def test_a_viewer_writes_nothing_on_an_order(world, sign_in):
    order = an_order(world)
    client = sign_in(Role.VIEWER)
    page = text(client.get(f"/sales-orders/{order.pk}/"))
    assert ("Add note" in page, "Add tag" in page, "data-select " in page) == (False, False, False)
    for address in (f"/sales-orders/{order.pk}/notes/", f"/sales-orders/{order.pk}/tag/"):
        assert client.post(address, {"text": "x", "tag": "x"}).status_code == 403


def test_nothing_selected_and_an_order_that_is_gone_are_said(world, sign_in):
    client = sign_in()
    assert "No order was selected" in text(client.post("/sales-orders/selected/tag/", {}, follow=True))
    assert "does not exist" in text(client.get("/sales-orders/999999/hold/", follow=True))
