"""The dashboard: what it counts, for whom, and what it costs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.web import stories
from tests.web.stories import NOW

from wharfinger.db.models import FlowSchedule, RateBudget, User
from wharfinger.db.queries.dashboard import bars
from wharfinger.domain.people import Role

pytestmark = pytest.mark.django_db


def _board(client):
    return client.get(reverse("dashboard")).context["board"]


def test_without_a_channel_the_next_step_is_new_channel(sign_in):
    page = sign_in().get(reverse("dashboard"))
    assert "Wharfinger has no channel yet" in page.text
    assert reverse("channel-new") in page.text


def test_orders_are_counted_on_the_readers_day_in_tile_and_chart(sign_in):
    """Midnight of the 24th in Tokyo is 15:00 of the 23rd in UTC."""
    world, client = stories.shop(), sign_in()
    for number, hours in enumerate((1, 20, 22, 30), start=1):
        stories.imported_order(world, number, placed_at=NOW - timedelta(hours=hours))
    User.objects.update(time_zone="Asia/Tokyo")
    board = _board(client)
    counted = {bar.day.day: bar.orders for bar in board.chart[-3:]}
    assert counted == {22: 0, 23: 2, 24: 2}
    assert board.orders_today == 2
    assert [row.orders for row in board.channels] == [0, 2]


def test_the_first_day_of_the_chart_is_a_whole_day(sign_in):
    world, client = stories.shop(), sign_in()
    first = NOW.replace(hour=0) - timedelta(days=13)
    stories.imported_order(world, 1, placed_at=first)
    stories.imported_order(world, 2, placed_at=first - timedelta(seconds=1))
    assert _board(client).chart[0].orders == 1


def test_the_tallest_bar_is_the_day_with_most_orders_and_an_empty_chart_has_none():
    drawn, top = bars([NOW.date()] * 3, [0, 5, 10])
    assert ([bar.height for bar in drawn], top) == ([0, 50, 100], 10)
    assert all(bar.y + bar.height == 110 for bar in drawn)
    assert bars([NOW.date()], [0])[0][0].height == 0


def test_late_and_ready_orders_low_stock_and_problems_are_told(sign_in):
    world = stories.shop()
    low = stories.stocked_item(world, "LOW-1", on_hand=2)
    stories.stocked_item(world, "FULL-1", on_hand=50)
    stories.sales_order(world, 1, low, ship_by=NOW - timedelta(hours=1))
    stories.sales_order(world, 2, low, ship_by=NOW + timedelta(days=1))
    board = _board(sign_in())
    assert (board.to_ship, board.late) == (2, 1)
    assert {row.code for row in board.at_risk if row.site == world.warehouse.name} == {"LOW-1"}


@pytest.mark.parametrize(
    ("rate", "shown"), [("10", "10 a second"), ("0.5", "0.5 a second"), ("0.016700", "0.0167 a second")]
)
def test_a_rate_is_written_as_people_write_it(rate, shown, sign_in):
    world = stories.shop()
    RateBudget.objects.create(
        account=world.account, operation="searchOrders", rate=Decimal(rate), burst=20, tokens=5, counted_at=NOW
    )
    assert shown in sign_in().get(reverse("dashboard")).text


def test_a_flow_tells_what_it_did_and_sync_now_brings_it_forward(sign_in):
    world = stories.shop()
    due = NOW + timedelta(hours=1)
    FlowSchedule.objects.create(account=world.account, flow="orders_in", due_at=due, outcome="3 orders read")
    client = sign_in()
    assert "3 orders read" in client.get(reverse("dashboard")).text
    address = reverse("sync-now", args=[world.account.pk, "orders_in"])
    assert client.post(address).status_code == 302
    assert FlowSchedule.objects.get().due_at <= NOW
    assert client.get(address).status_code == 405
    assert client.post(reverse("sync-now", args=[world.account.pk, "nonsense"])).status_code == 404


def test_only_who_edits_channels_may_sync(sign_in):
    world = stories.shop()
    client = sign_in(Role.WAREHOUSE)
    FlowSchedule.objects.create(account=world.account, flow="orders_in", due_at=NOW)
    assert "Sync now" not in client.get(reverse("dashboard")).text
    assert client.post(reverse("sync-now", args=[world.account.pk, "orders_in"])).status_code == 403


def test_the_dashboard_costs_the_same_for_a_busy_shop(sign_in):
    world, client, costs = stories.shop(), sign_in(), []
    for numbers in ([1], [2, 3, 4]):
        for number in numbers:
            stories.sales_order(world, number, stories.stocked_item(world, f"MUG-{number}", on_hand=1))
            stories.unknown_sku(world, stories.sales_order(world, 100 + number, None), f"NO-{number}")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("dashboard"))
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 25
