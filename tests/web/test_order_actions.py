"""Holding, releasing, tagging sales orders and writing notes: on the page, on many rows, by role."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
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
    assert "On hold" in text(client.get("/shipping/board/"))


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


def test_an_order_is_cancelled_at_amazon_from_its_page_and_taken_back(world, sign_in):
    order = an_order(world)
    client = sign_in(Role.MANAGER)
    assert f'href="/sales-orders/{order.pk}/cancel/"' in text(client.get(f"/sales-orders/{order.pk}/"))
    assert "Amazon cancels no part of an order" in text(client.get(f"/sales-orders/{order.pk}/cancel/"))
    answer = client.post(f"/sales-orders/{order.pk}/cancel/", {"reason": "buyer_cancelled"})
    assert (answer.status_code, "has not requested cancellation at Amazon" in text(answer)) == (422, True)
    page = text(client.post(f"/sales-orders/{order.pk}/cancel/", {"reason": "no_inventory"}, follow=True))
    assert ("Cancellation under way" in page, "Take back" in page, 'id="dispatch"' in page) == (True, True, False)
    assert "Cancellation under way" in text(client.get("/sales-orders/"))
    page = text(client.post(f"/sales-orders/{order.pk}/take-back/", follow=True))
    assert ("Taken back" in page, 'id="dispatch"' in page) == (True, True)


def test_many_are_cancelled_by_one_form_and_each_stands_alone(world, sign_in):
    orders = [an_order(world, number) for number in (1, 2)]
    gone = an_order(world, 3, state="shipped")
    form = {"ids": [order.pk for order in (*orders, gone)], "acting": "1", "reason": "pricing_error"}
    page = text(sign_in().post("/sales-orders/selected/cancel/", form, follow=True))
    assert "The cancellations of 2 orders are on their way to Amazon" in page
    assert "counts as shipped: it is too late to cancel it" in page


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.ACCOUNTS, Role.VIEWER])
def test_only_managers_cancel_at_amazon(role, world, sign_in):
    order = an_order(world)
    client = sign_in(role)
    assert "Cancel at Amazon" not in text(client.get(f"/sales-orders/{order.pk}/"))
    assert client.post(f"/sales-orders/{order.pk}/cancel/", {"reason": "no_inventory"}).status_code == 403


def test_an_address_is_edited_and_restored_on_its_page(world, sign_in):
    delivery = {"name": "Ada", "line_1": "1 Quay", "town": "Bristol", "postcode": "BS1 4ST", "country": "GB"}
    order = an_order(world, delivery=delivery)
    client = sign_in(Role.MANAGER)
    page = text(client.get(f"/sales-orders/{order.pk}/edit-address/"))
    assert 'value="1 Quay"' in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    form = {**delivery, "seen": seen, "line_1": "2 Quay"}
    answer = client.post(f"/sales-orders/{order.pk}/edit-address/", {**form, "town": ""})
    assert (answer.status_code, "The address has no town" in text(answer)) == (422, True)
    page = text(client.post(f"/sales-orders/{order.pk}/edit-address/", form, follow=True))
    assert (
        "2 Quay" in page,
        "1 Quay" in page,
        "Restore Amazon&#x27;s address" in page or "Restore Amazon's" in page,
    ) == (
        True,
        True,
        True,
    )
    again = client.post(f"/sales-orders/{order.pk}/edit-address/", {**form, "line_1": "3 Quay"})
    assert "was changed in the meantime" in text(again)
    page = text(client.post(f"/sales-orders/{order.pk}/restore-address/", follow=True))
    assert "goes to the address that Amazon sent" in page
    assert sign_in(Role.WAREHOUSE).get(f"/sales-orders/{order.pk}/edit-address/").status_code == 403


def test_the_site_of_a_line_is_chosen_on_its_page_and_of_many_orders_in_the_list(world, sign_in):
    order = an_order(world)
    client = sign_in(Role.WAREHOUSE)
    page = text(client.get(f"/sales-orders/{order.pk}/sites/"))
    line = order.lines.get()
    assert f'name="line-{line.pk}"' in page
    form = {f"line-{line.pk}": world.warehouse.pk}
    answer = client.post(f"/sales-orders/{order.pk}/sites/", form)
    assert (answer.status_code, "is dispatched from there already" in text(answer)) == (422, True)
    form = {"ids": [order.pk], "acting": "1", "site": world.warehouse.pk}
    assert "is dispatched from there already" in text(client.post("/sales-orders/selected/assign/", form, follow=True))
    assert sign_in(Role.ACCOUNTS).get(f"/sales-orders/{order.pk}/sites/").status_code == 403


def attach(client, order, name, content):
    file = SimpleUploadedFile(name, content, content_type="text/html")
    return text(client.post(f"/sales-orders/{order.pk}/attachments/", {"file": file}, follow=True))


def test_a_file_is_attached_encrypted_and_given_back_as_a_file(world, sign_in):
    order = an_order(world)
    client = sign_in(Role.ACCOUNTS)
    assert "The file is attached" in attach(client, order, "../scan of Mrs O'Hara.html", b"%PDF-1.7 secret")
    row = order.attachments.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, content FROM wharfinger_orderattachment")
        stored = "".join(cursor.fetchone())
    assert ("secret" in stored, "Hara" in stored) == (False, False)
    assert f'href="/sales-orders/{order.pk}/attachments/{row.pk}/"' in text(client.get(f"/sales-orders/{order.pk}/"))
    answer = client.get(f"/sales-orders/{order.pk}/attachments/{row.pk}/")
    kept = ("Content-Type", "Content-Disposition", "X-Content-Type-Options", "Cache-Control")
    assert [answer[name] for name in kept] == [
        "application/pdf",
        'attachment; filename="scan of Mrs O Hara.pdf"',
        "nosniff",
        "private, no-store",
    ]
    assert (answer.content, "sandbox" in answer["Content-Security-Policy"]) == (b"%PDF-1.7 secret", True)
    assert client.get(f"/sales-orders/{order.pk + 1}/attachments/{row.pk}/").status_code == 404
    assert "The file is removed" in text(
        client.post(f"/sales-orders/{order.pk}/attachments/{row.pk}/remove/", follow=True)
    )
    assert "has been removed already" in text(
        client.post(f"/sales-orders/{order.pk}/attachments/{row.pk}/remove/", follow=True)
    )


def test_files_of_other_kinds_empty_and_too_large_ones_are_refused(world, sign_in):
    order = an_order(world)
    client = sign_in()
    assert "Only PDF, PNG, JPEG and plain text" in attach(client, order, "a.pdf", b"<html>")
    assert "Only PDF, PNG, JPEG and plain text" in attach(client, order, "a.pdf", b"MZ\x00")
    assert "At most 5 MB" in attach(client, order, "a.pdf", b"%PDF-" + b"x" * 5 * 1024 * 1024)
    assert "is empty" in attach(client, order, "a.pdf", b"")
    assert "Choose a file first" in text(client.post(f"/sales-orders/{order.pk}/attachments/", follow=True))
    for _ in range(20):
        attach(client, order, "a.txt", b"plain")
    assert "has 20 files already" in attach(client, order, "a.txt", b"plain")
    assert order.attachments.count() == 20


def test_files_are_for_who_sees_personal_data(world, sign_in):
    order = an_order(world)
    attach(sign_in(Role.WAREHOUSE), order, "a.txt", b"plain")
    row = order.attachments.get()
    viewer = sign_in(Role.VIEWER)
    assert "a.txt" not in text(viewer.get(f"/sales-orders/{order.pk}/"))
    assert viewer.get(f"/sales-orders/{order.pk}/attachments/{row.pk}/").status_code == 403
    packer = sign_in(Role.ACCOUNTS)
    page = text(packer.post(f"/sales-orders/{order.pk}/attachments/{row.pk}/remove/", follow=True))
    assert "Only Anna Warehouse or a manager may remove this file" in page
