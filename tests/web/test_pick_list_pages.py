import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.factories.stock import a_site, an_item
from tests.web.client import text

from wharfinger.db.models import PickList, PickListOrder, StockBarcode
from wharfinger.domain.installation.people import Role
from wharfinger.domain.orders.holding import HoldReason
from wharfinger.operations.orders.actions import holds
from wharfinger.operations.stock import ledger
from wharfinger.operations.stock.warehouse import bins
from wharfinger.web.packing.paper import written

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders():
    site, mug = a_site(), an_item("MUG", name="Kubek Łódź")
    StockBarcode.objects.create(item=mug, type="EAN", code="4006381333931", gtin="04006381333931")
    channel = a_channel(an_account(), site)
    ledger.receive_stock(mug.pk, site.pk, 9, now=NOW)
    return [an_allocated_order(channel, site, [(mug, 2)]) for _ in range(3)]


def a_list(client, orders):
    client.post("/shipping/pick/ticked/", {"ids": [order.pk for order in orders]})
    return PickList.objects.latest("pk")


def test_ticked_orders_become_a_list_and_the_rest_is_said(sign_in, orders):
    client = sign_in(Role.WAREHOUSE)
    assert "/shipping/pick/ticked/" in text(client.get("/sales-orders/"))
    orders[2].confirmed = False
    orders[2].save()
    answer = client.post("/shipping/pick/ticked/", {"ids": [order.pk for order in orders]}, follow=True)
    page, row = text(answer), PickList.objects.get()
    assert answer.redirect_chain[-1][0] == f"/shipping/pick/{row.pk}/"
    assert "The pick list has 2 orders." in page
    assert f"{orders[2].code} is not confirmed yet." in page
    assert "2 orders to pick · 4 units" in page
    assert "4006381333931" in page
    by_order = text(client.get(f"/shipping/pick/{row.pk}/?by=order"))
    assert orders[0].code in by_order
    assert orders[2].code not in by_order


def test_a_wave_is_made_by_a_filter_and_an_empty_one_says_so(sign_in, orders):
    client = sign_in(Role.WAREHOUSE)
    made = client.post("/shipping/pick/new/", {"size": 2, "site": orders[0].site_id}, follow=True)
    assert "2 orders to pick" in text(made)
    assert PickList.objects.get().chosen == orders[0].site.name
    client.post("/shipping/pick/new/", {"size": 2})
    none = client.post("/shipping/pick/new/", {"size": 2})
    assert "No order fits" in text(none)
    assert PickList.objects.count() == 2
    wrong = client.post("/shipping/pick/new/", {"size": 101})
    assert (wrong.status_code, PickList.objects.count()) == (422, 2)


def test_an_order_held_afterwards_is_struck_out_with_its_reason(sign_in, orders):
    client = sign_in(Role.WAREHOUSE)
    row = a_list(client, orders)
    holds.hold_order(orders[0].pk, reason=HoldReason.ADDRESS, now=NOW, user=row.made_by)
    total, by_order = (text(client.get(f"/shipping/pick/{row.pk}/{query}")) for query in ("", "?by=order"))
    assert "2 orders to pick · 4 units" in total
    assert f'<s><a href="/sales-orders/{orders[0].pk}/">{orders[0].code}</a>' in total
    assert f'<s><a href="/sales-orders/{orders[0].pk}/">{orders[0].code}</a></s>' in by_order
    assert f"{orders[0].code} is on hold." in by_order


def test_a_list_is_closed_once_and_its_orders_are_free_again(sign_in, orders):
    client = sign_in(Role.WAREHOUSE)
    row = a_list(client, orders)
    off = client.post(f"/shipping/pick/{row.pk}/{orders[0].pk}/take-off/", follow=True)
    assert f"{orders[0].code} is off {row}" in text(off)
    assert f"{row} is closed" in text(client.post(f"/shipping/pick/{row.pk}/close/", follow=True))
    assert "is closed already" in text(client.post(f"/shipping/pick/{row.pk}/close/", follow=True))
    again = a_list(client, orders)
    assert again.pk != row.pk
    assert f"{again} is discarded" in text(client.post(f"/shipping/pick/{again.pk}/discard/", follow=True))
    assert not PickListOrder.objects.filter(open=True).exists()
    assert f"{again}</a>" not in text(client.get("/shipping/pick/?open"))
    assert f"{again}</a>" in text(client.get("/shipping/pick/"))


@pytest.mark.parametrize("query", ["", "?by=order"])
def test_a_list_goes_to_paper(sign_in, orders, query):
    client = sign_in(Role.WAREHOUSE)
    row = a_list(client, orders)
    answer = client.get(f"/shipping/pick/{row.pk}/pdf/{query}")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_a_list_by_total_goes_from_bin_to_bin(sign_in, orders):
    client, plate = sign_in(Role.WAREHOUSE), an_item("PLATE")
    site, mug = orders[0].site, orders[0].lines.get().item
    ledger.receive_stock(plate.pk, site.pk, 9, now=NOW)
    bins.set_bins(mug.pk, {site.pk: "B-07"}, now=NOW)
    bins.set_bins(plate.pk, {site.pk: "A-12"}, now=NOW)
    row = a_list(client, [orders[0], an_allocated_order(orders[0].channel, site, [(plate, 1)])])
    page = text(client.get(f"/shipping/pick/{row.pk}/"))
    assert page.index("A-12") < page.index("B-07")
    assert "B-07" in text(client.get(f"/shipping/pick/{row.pk}/?by=order"))


def test_letters_that_the_font_lacks_lose_their_marks():
    assert written("Café Łódź Erdős 日") == "Café Łódz Erdos ?"


def test_a_viewer_sees_lists_and_makes_none(sign_in, orders):
    row = a_list(sign_in(Role.WAREHOUSE), orders)
    viewer = sign_in(Role.VIEWER)
    page = text(viewer.get(f"/shipping/pick/{row.pk}/"))
    assert "list-act" in page
    assert "/close/" not in page
    assert "/shipping/pick/new/" not in text(viewer.get("/shipping/pick/"))
    for address in ("new/", "ticked/", f"{row.pk}/close/", f"{row.pk}/discard/", f"{row.pk}/{orders[0].pk}/take-off/"):
        assert viewer.post(f"/shipping/pick/{address}").status_code == 403
    assert viewer.get("/shipping/pick/777/").status_code == 404
