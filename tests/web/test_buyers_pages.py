"""What the pages show of buyers, addresses, gifts and ship-by, and the buttons by which a person answers."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from tests.factories import moments
from tests.factories.ground import NOW

from wharfinger.db.models import Activity, Channel, Marketplace, Problem, SalesOrder, SalesOrderLine
from wharfinger.domain.installation.people import Role
from wharfinger.domain.installation.subjects import AboutOrder

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(world):
    return moments.sales_order(world, 1, moments.stocked_item(world, "MUG-1"))


def page_of(client, order):
    return client.get(reverse("sales-order", args=[order.pk])).text


def problem(order, kind):
    Problem.objects.create(
        kind=kind, key=AboutOrder(order.pk), cause="c", remedy="c", sales_order=order, opened_at=NOW, seen_at=NOW
    )


def test_a_gift_message_is_for_who_packs(order, sign_in):
    SalesOrderLine.objects.update(
        gift_message="For <b>Ada</b>\nwith love",
        gift_wrap_level="Classic",
        customisation_url="https://zip.example/1",
    )
    text = page_of(sign_in(Role.WAREHOUSE), order)
    assert text.count("For &lt;b&gt;Ada&lt;/b&gt;<br>with love") == 2
    assert ("wrap: Classic" in text, 'href="https://zip.example/1"' in text) == (True, True)
    text = page_of(sign_in(Role.VIEWER), order)
    assert ("with love" in text, "zip.example" in text, "wrap: Classic" in text) == (False, False, True)


def test_only_web_addresses_become_links(order, sign_in):
    SalesOrderLine.objects.update(customisation_url="javascript:alert(1)")
    assert "javascript:" not in page_of(sign_in(), order)


def test_how_to_deliver_is_shown(order, sign_in):
    delivery = {**order.delivery, "hours": "Mon to Fri 09:00-17:00", "instructions": "Ring twice"}
    SalesOrder.objects.update(delivery={**delivery, "capabilities": "takes pallets"}, buyer={"company": "Byron Ltd"})
    text = page_of(sign_in(Role.WAREHOUSE), order)
    assert all(part in text for part in ("Mon to Fri 09:00-17:00", "Ring twice", "takes pallets", "Byron Ltd"))


def test_a_request_to_cancel_is_seen_everywhere_and_answered_on_the_order(order, sign_in):
    SalesOrder.objects.update(cancel_requested=True, cancel_reason="Grace has one")
    client = sign_in(Role.WAREHOUSE)
    text = page_of(client, order)
    assert ('id="dispatch"' in text, "/orders-v3/order/026-0000001-0000001" in text, "Grace has one" in text) == (
        False,
        True,
        True,
    )
    for name in ("sales-order-list", "shipping-board"):
        assert "Buyer requested cancellation" in client.get(reverse(name)).text
    many = {"ids": [order.pk], "service": order.channel.options.get().courier_service_id}
    said = client.post(reverse("sales-order-dispatch-many"), many, follow=True).text
    assert ("requested cancellation" in said, order.shipments.count()) == (True, 0)
    assert client.get(reverse("sales-order-dispatch-anyway", args=[order.pk])).status_code == 405
    client.post(reverse("sales-order-dispatch-anyway", args=[order.pk]))
    assert 'id="dispatch"' in page_of(client, order)
    assert "Grace has one" not in page_of(sign_in(Role.VIEWER), order)


def test_an_odd_address_has_its_button(order, sign_in):
    SalesOrder.objects.update(delivery={**order.delivery, "name": ""}, state="held")
    order.imported.__class__.objects.update(amazon_status="UNSHIPPED")
    problem(order, "address_incomplete")
    client = sign_in(Role.WAREHOUSE)
    assert "Confirm this address" in page_of(client, order)
    client.post(reverse("sales-order-confirm-address", args=[order.pk]))
    assert (SalesOrder.objects.get().state, "Confirm this address" in page_of(client, order)) == (
        "ready_to_ship",
        False,
    )


def test_old_and_new_address_stand_in_the_timeline_until_somebody_has_seen_them(order, sign_in):
    problem(order, "address_changed")
    Activity.objects.create(
        text="Amazon changed the delivery address.",
        personal={"before": ["9 Old Lane"], "after": ["1 Quay Street"]},
        happened_at=NOW,
        sales_order=order,
    )
    assert "9 Old Lane" not in page_of(sign_in(Role.VIEWER), order)
    client = sign_in(Role.WAREHOUSE)
    text = page_of(client, order)
    assert ("9 Old Lane" in text, "I have seen the new address" in text) == (True, True)
    client.post(reverse("sales-order-acknowledge-address", args=[order.pk]))
    assert "I have seen the new address" not in page_of(client, order)


def test_only_who_ships_answers(order, sign_in):
    client = sign_in(Role.ACCOUNTS)
    for what in ("confirm-address", "acknowledge-address", "dispatch-anyway"):
        assert client.post(reverse(f"sales-order-{what}", args=[order.pk])).status_code == 403


def test_ship_by_is_shown_in_the_marketplaces_zone_and_the_readers_beside_it(world, order, sign_in):
    client = sign_in()
    SalesOrder.objects.update(ship_by=datetime(2026, 11, 25, 7, 59, 59, tzinfo=UTC))
    assert "your time" not in page_of(client, order)
    Channel.objects.filter(pk=world.fbm.pk).update(marketplace="ATVPDKIKX0DER")
    for text in (page_of(client, order), client.get(reverse("sales-order-list")).text):
        assert ("24 Nov, 23:59 PST" in text, "25 Nov, 07:59 your time" in text) == (True, True)
    assert "23:59 PST" in client.get(reverse("shipping-board")).text


@pytest.mark.parametrize(
    ("hours", "said"), [(-50, "Late, 2 d ago"), (-3, "Late, 3 h ago"), (3, "Today, in 3 h"), (30, "in 1 d")]
)
def test_how_much_time_is_left_or_over_is_said_wherever_the_order_is_shown(hours, said, order, sign_in):
    client = sign_in()
    SalesOrder.objects.update(ship_by=NOW + timedelta(hours=hours))
    texts = [page_of(client, order), client.get(reverse("sales-order-list")).text]
    assert [said in read(text) for text in texts] == [True, True]
    assert said.removeprefix("Late, ").removeprefix("Today, ") in read(client.get(reverse("shipping-board")).text)


def test_what_tax_and_discount_of_a_line_are_on_is_said(order, sign_in):
    parts = {"tax_parts": {"ITEM": "2.20", "SHIPPING": "0.40"}, "discount_parts": {"ITEM": "1.00", "NEW_KIND": "0.50"}}
    order.lines.update(amount_tax="2.60", amount_discount="1.50", particulars=parts)
    page = read(page_of(sign_in(), order))
    for said in (
        "discount £1.50 on the goods: £1.00 NEW_KIND: £0.50",
        "tax £2.60 on the goods: £2.20 on shipping: £0.40",
    ):
        assert said in page


@pytest.mark.parametrize(("kind", "said"), [("replacement", "Replaces 026-1"), ("exchange", "Exchanged for 026-1")])
def test_a_replacement_and_an_exchange_name_their_order(kind, said, order, sign_in):
    SalesOrder.objects.update(order_type=kind, replaces="026-1")
    assert said in read(page_of(sign_in(), order))


def read(text):
    """What a person reads of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split()).replace(" ,", ",")


def test_another_zone_is_proposed_on_the_channels_page(world, sign_in):
    Marketplace.objects.filter(pk=world.fbm.marketplace_id).update(proposed_zone="Europe/Dublin")
    client, address = sign_in(), reverse("channel", args=[world.fbm.pk])
    text = client.get(address).text
    assert ("Use this zone" in text, "speaks of days of Europe/Dublin" in text) == (True, True)
    client.post(reverse("channel-zone", args=[world.fbm.pk]), {"zone": "Europe/Dublin"})
    text = client.get(address).text
    assert ("Use this zone" in text, "Europe/Dublin" in text) == (False, True)


@pytest.mark.parametrize("name", ["imported-order-list", "audit-log"])
def test_filters_by_date_are_days_of_the_reader_and_know_the_calendars_end(name, sign_in):
    answer = sign_in().get(reverse(name), {"date_from": "0001-01-01", "date_to": "9999-12-31"})
    assert (answer.status_code, "days of Europe/London" in answer.text) == (200, True)
