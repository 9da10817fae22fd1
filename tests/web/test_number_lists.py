import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.factories.shipping import a_service
from tests.factories.stock import a_site, an_item
from tests.web.client import text

from wharfinger.db.models import ChannelOption, SalesOrder, Shipment
from wharfinger.domain.installation.people import Role
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders():
    site, mug = a_site(), an_item("MUG")
    channel = a_channel(an_account(), site)
    ledger.receive_stock(mug.pk, site.pk, 9, now=NOW)
    return [an_allocated_order(channel, site, [(mug, 1)]) for _ in range(3)]


def check(client, rows, **fields):
    service = a_service(name="By hand", gives_number=False)
    return client.post("/shipping/dispatch/", {"text": rows, "service": service.pk, **fields})


def parcels_of(page):
    return html.unescape(re.search(r'<textarea name="parcels"[^>]*>([^<]*)<', page).group(1))


def test_a_list_is_checked_dispatched_and_its_result_shown(sign_in, orders):
    client, (one, two, three) = sign_in(Role.WAREHOUSE), orders
    answer = check(client, f"{one.code}\tAB12345\n{two.code}\tAB12345\n{three.code}\tAB12346\nSO777777\tAB12347")
    page = text(answer)
    assert answer.status_code == 422
    assert "1 row is wrong and is left out" in page
    assert "No order has the number “SO777777”" in page
    assert "Row 1 has the same number" in page
    assert not Shipment.objects.exists()
    form = {"parcels": parcels_of(page), "asking": "2 "}
    result = client.post("/shipping/dispatch/apply/", form, follow=True)
    assert "2 orders of your last list were dispatched." in text(result)
    assert {parcel.order_id for parcel in Shipment.objects.all()} == {one.pk, three.pk}
    again = client.post("/shipping/dispatch/apply/", {**form, "right": ["2"]}, follow=True)
    assert "1 order of your last list was dispatched." in text(again)
    assert f"{one.code} is already dispatched" in text(again)
    assert Shipment.objects.count() == 3


def test_a_file_in_another_code_page_is_read_after_a_question(sign_in, orders):
    client = sign_in(Role.WAREHOUSE)
    body = f"Name;order;tracking\nMöwe;{orders[0].code};AB12345\n".encode("cp1252")
    question = check(client, "", file=SimpleUploadedFile("list.csv", body)).content.decode()
    assert "In which of these are the words right?" in question
    raw = re.search(r'name="raw" value="([^"]+)"', question).group(1)
    service = re.search(r'name="service" value="([^"]+)"', question).group(1)
    answer = client.post("/shipping/dispatch/", {"raw": raw, "encoding": "cp1252", "service": service})
    assert (answer.status_code, "Dispatch 1 order" in text(answer)) == (200, True)


def test_what_is_no_list_says_what_to_do(sign_in):
    answer = check(sign_in(), "Name;Town\nAnn;York")
    assert (answer.status_code, "Row 1 names no column “order”" in text(answer)) == (422, True)


@pytest.mark.parametrize("parcels", ["", "no JSON", "[[1]]", "{}", '[["a", 2, 3, 4, 5]]', "7"])
def test_parcels_that_no_page_of_ours_wrote_dispatch_nothing(parcels, sign_in):
    answer = sign_in().post("/shipping/dispatch/apply/", {"parcels": parcels}, follow=True)
    assert "Nothing was dispatched" in text(answer)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ACCOUNTS])
def test_who_may_not_ship_has_neither_page_nor_button(role, sign_in):
    client = sign_in(role)
    assert client.get("/shipping/dispatch/").status_code == 403
    assert client.post("/shipping/dispatch/apply/", {}).status_code == 403
    assert "Dispatch many" not in text(client.get("/shipping/board/"))


def test_ticked_orders_are_checked_by_the_courier_rules_and_the_most_urgent_leaves_first(sign_in, orders):
    client, (one, two, three) = sign_in(Role.WAREHOUSE), orders
    ChannelOption.objects.update(courier_service=a_service())
    SalesOrder.objects.filter(pk=two.pk).update(ship_by=NOW)
    SalesOrder.objects.filter(pk=three.pk).update(on_hold_at=NOW)
    assert "/shipping/dispatch/ticked/" in text(client.get("/sales-orders/"))
    answer = client.post("/shipping/dispatch/ticked/", {"ids": [order.pk for order in orders]})
    page = text(answer)
    assert (answer.status_code, "2 rows are ready" in page, f"{three.code} is on hold" in page) == (200, True, True)
    assert not Shipment.objects.exists()
    result = client.post("/shipping/dispatch/apply/", {"parcels": parcels_of(page), "asking": ""}, follow=True)
    assert "2 orders of your last list were dispatched." in text(result)
    assert list(Shipment.objects.order_by("pk").values_list("order", flat=True)) == [two.pk, one.pk]


def test_nothing_ticked_is_said(sign_in, orders):
    client = sign_in(Role.WAREHOUSE)
    assert "No order was selected" in text(client.post("/shipping/dispatch/ticked/", follow=True))
    assert sign_in(Role.VIEWER).post("/shipping/dispatch/ticked/").status_code == 403
