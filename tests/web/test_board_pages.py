from datetime import time, timedelta

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.factories.shipping import a_service
from tests.factories.stock import a_site, an_item
from tests.web.client import text

from wharfinger.db.models import AuditEntry, ChannelOption, CourierCutOff, SalesOrder, StockItem
from wharfinger.domain.installation.people import Role
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    site, mug, service = a_site(), an_item("MUG"), a_service()
    channel = a_channel(an_account(), site)
    ChannelOption.objects.update(courier_service=service)
    ledger.receive_stock(mug.pk, site.pk, 9, now=NOW)
    for hours in (-1, 1):
        an_allocated_order(channel, site, [(mug, 1)], ship_by=NOW + timedelta(hours=hours))
    return site, service


def test_the_board_leads_to_lists_and_to_a_pick_list(sign_in, shop):
    site, service = shop
    client = sign_in(Role.WAREHOUSE)
    page = client.get("/shipping/", follow=True)
    assert page.redirect_chain[-1][0] == "/shipping/board/"
    query = f"site={site.pk}&amp;service={service.pk}"
    assert f"/sales-orders/?ship_by=late&amp;{query}" in text(page)
    assert f"/shipping/pick/?{query}&amp;until=today" in text(page)
    late = client.get(f"/sales-orders/?ship_by=late&site={site.pk}&service={service.pk}")
    assert len(late.context["page"].rows) == 1
    none = client.get(f"/sales-orders/?ship_by=late&site={site.pk}&service=0")
    assert len(none.context["page"].rows) == 0
    form = text(client.get(f"/shipping/pick/?site={site.pk}&service={service.pk}&until=today"))
    assert f'<option value="{site.pk}" selected>' in form
    assert '<option value="today" selected>' in form


def test_orders_without_a_ship_by_are_a_column_that_leads_to_just_these(sign_in, shop):
    site, service = shop
    client = sign_in(Role.WAREHOUSE)
    assert "No ship-by" not in text(client.get("/shipping/board/"))
    channel = SalesOrder.objects.first().channel
    orders = [an_allocated_order(channel, site, [(StockItem.objects.get(), 1)], ship_by=None) for _ in range(3)]
    page = text(client.get("/shipping/board/"))
    assert "Amazon has not said by when it must leave." in page
    query = f"ship_by=undated&amp;site={site.pk}&amp;service={service.pk}"
    assert f"/sales-orders/?{query}" in page
    listed = client.get(f"/sales-orders/?{query.replace('&amp;', '&')}")
    assert {row.id for row in listed.context["page"].rows} == {order.pk for order in orders}
    assert '<option value="undated" selected>No ship-by</option>' in text(listed)


def test_cut_offs_are_set_on_the_services_page_and_shown_on_the_board(sign_in, shop):
    site, service = shop
    client = sign_in(Role.MANAGER)
    address = f"/settings/couriers/{service.pk}/cut-offs/"
    assert address in text(client.get(f"/settings/couriers/{service.pk}/"))
    assert "On the clock of Europe/London" in text(client.get(address))
    none = client.post(address, {f"at_{site.pk}": "15:00"})
    assert none.status_code == 422
    assert "Choose the days on which" in text(none)
    client.post(address, {f"at_{site.pk}": "15:00", f"days_{site.pk}": ["0", "1", "2", "3", "4", "5", "6"]})
    row = CourierCutOff.objects.get()
    assert (row.service, row.site, row.at, row.weekdays) == (service, site, time(15), 127)
    assert "15:00" in text(client.get("/shipping/board/"))
    client.post(address, {f"at_{site.pk}": ""})
    assert not CourierCutOff.objects.exists()
    assert [entry.after for entry in AuditEntry.objects.filter(verb="cut-off").order_by("pk")] == [
        {"site": site.name, "at": "15:00", "weekdays": [0, 1, 2, 3, 4, 5, 6]},
        None,
    ]


def test_a_sites_own_zone_is_chosen_on_its_page(sign_in, shop):
    site, service = shop
    client = sign_in(Role.MANAGER)
    values = {"name": site.name, "priority": 1, "time_zone": "America/Chicago"}
    client.post(f"/sites/{site.pk}/edit/", values)
    assert "On the clock of America/Chicago" in text(client.get(f"/settings/couriers/{service.pk}/cut-offs/"))
    wrong = client.post(f"/sites/{site.pk}/edit/", {**values, "time_zone": "Mars/Olympus"})
    assert wrong.status_code == 422


def test_who_may_not_edit_channels_sets_no_cut_off(sign_in, shop):
    client = sign_in(Role.WAREHOUSE)
    assert client.post(f"/settings/couriers/{shop[1].pk}/cut-offs/", {}).status_code == 403
    assert sign_in(Role.MANAGER).get("/settings/couriers/777/cut-offs/").status_code == 404
