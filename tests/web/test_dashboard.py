"""The dashboard: what it counts, for whom, and what it costs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import DE, NOW

from wharfinger.amazon.errors import AccessDenied
from wharfinger.db.models import Channel, FlowSchedule, RateBudget, User
from wharfinger.db.queries.dashboard import bars
from wharfinger.db.queries.orders.sales_orders import Day
from wharfinger.db.queries.shipping.board import ship_by_board
from wharfinger.domain.installation.people import Role
from wharfinger.domain.orders.order import SalesOrderState

pytestmark = pytest.mark.django_db


def _board(client):
    return client.get(reverse("dashboard")).context["board"]


def test_without_a_channel_the_next_step_is_new_channel(sign_in):
    page = sign_in().get(reverse("dashboard"))
    assert "Wharfinger has no channel yet" in page.text
    assert reverse("channel-new") in page.text


def test_orders_are_counted_on_their_marketplaces_day_in_tile_list_and_chart(sign_in):
    """An order of 23:30 UTC yesterday is of today on Amazon.de, and of yesterday on Amazon.co.uk."""
    world, client = Trading(), sign_in()
    Channel.objects.filter(pk=world.fba.pk).update(marketplace="A1PA6795UKMFR9")
    late = NOW.replace(hour=23, minute=30) - timedelta(days=1)
    moments.imported_order(world, 1, placed_at=late)
    moments.imported_order(world, 2, placed_at=late, channel=world.fba, marketplace_id="A1PA6795UKMFR9")
    moments.imported_order(world, 3, placed_at=late, channel=None)
    User.objects.update(time_zone="Asia/Tokyo")
    container = _board(client)
    assert [bar.orders for bar in container.chart[-2:]] == [2, 1]
    assert container.orders_today == 1
    assert [(row.name, row.orders) for row in container.channels] == [("Amazon.co.uk FBA", 1), ("Amazon.co.uk FBM", 0)]
    rows = client.get(reverse("channel-list")).context["page"].object_list
    assert {row.head.name: row.orders for row in rows} == {"Amazon.co.uk FBA": 1, "Amazon.co.uk FBM": 0}


def test_the_first_day_of_the_chart_is_a_whole_day(sign_in):
    world, client = Trading(), sign_in()
    first = NOW.replace(hour=0) - timedelta(days=13)
    moments.imported_order(world, 1, placed_at=first)
    moments.imported_order(world, 2, placed_at=first - timedelta(seconds=1))
    assert _board(client).chart[0].orders == 1


def test_the_tallest_bar_is_the_day_with_most_orders_and_an_empty_chart_has_none():
    drawn, top = bars([(NOW.date(), 0), (NOW.date(), 5), (NOW.date(), 10)])
    assert ([bar.height for bar in drawn], top) == ([0, 50, 100], 10)
    assert all(bar.y + bar.height == 110 for bar in drawn)
    assert bars([(NOW.date(), 0)])[0][0].height == 0


def test_late_and_ready_orders_low_stock_and_problems_are_reported(sign_in):
    world = Trading()
    low = moments.stocked_item(world, "LOW-1", on_hand=2)
    moments.stocked_item(world, "FULL-1", on_hand=50)
    moments.sales_order(world, 1, low, ship_by=NOW - timedelta(hours=1))
    moments.sales_order(world, 2, low, ship_by=NOW + timedelta(days=1))
    container = _board(sign_in())
    assert (container.to_ship, container.late) == (2, 1)
    assert {row.code for row in container.at_risk if row.site == world.warehouse.name} == {"LOW-1"}


STATES = [*SalesOrderState]


def test_dashboard_board_list_and_rows_count_the_same_orders_as_late(sign_in):
    """In every state, FBM and FBA, past their ship-by and not: held, awaiting and part shipped orders are late too."""
    world, client = Trading(), sign_in()
    for number, state in enumerate(STATES, start=1):
        moments.sales_order(world, number, None, state=state.value, ship_by=NOW - timedelta(hours=1))
        moments.sales_order(world, 100 + number, None, state=state.value, ship_by=NOW + timedelta(hours=1))
        moments.sales_order(world, 200 + number, None, state=state.value, ship_by=NOW - timedelta(1), channel=world.fba)
    container = _board(client)
    columns = {column.urgency.value: column.count for column in ship_by_board(Day(NOW), with_customers=False).columns}
    listed = len(client.get(reverse("sales-order-list"), {"ship_by": "late"}).context["page"].rows)
    rows = list(client.get(reverse("sales-order-list")).context["page"].rows)
    marked = sum(row.urgency == "late" for row in rows)
    assert (container.late, columns["late"], listed, marked) == (5, 5, 5, 5)
    assert container.to_ship == sum(columns.values()) == 10


def test_orders_that_no_channel_takes_are_orders_of_today_on_tile_chart_and_in_the_list_of_channels(sign_in):
    world, client = Trading(), sign_in()
    moments.imported_order(world, 1)
    for number in (2, 3, 4):
        moments.imported_order(world, number, channel=None, state="skipped")
    gone = Channel.objects.create(
        name="Old", kind="FBM", account=world.account, marketplace_id=DE, archived=True, made_at=NOW,
        start_date=NOW.date(), import_fba_orders="no_fba",
    )  # fmt: skip
    moments.imported_order(world, 5, channel=gone)
    container = _board(client)
    listed = {row.head.name: row.orders for row in client.get(reverse("channel-list")).context["page"].object_list}
    assert (container.orders_today, container.chart[-1].orders, container.no_channel_today) == (5, 5, 3)
    assert sum(row.orders for row in container.channels) + container.no_channel_today == container.orders_today
    assert listed == {"Amazon.co.uk FBM": 1, "Amazon.co.uk FBA": 0}
    assert "No channel of yours" in client.get(reverse("dashboard")).text


@pytest.mark.parametrize(
    ("rate", "shown"), [("10", "10 a second"), ("0.5", "0.5 a second"), ("0.016700", "0.0167 a second")]
)
def test_a_rate_is_written_as_people_write_it(rate, shown, sign_in):
    world = Trading()
    RateBudget.objects.create(
        account=world.account, operation="searchOrders", rate=Decimal(rate), burst=20, tokens=5, counted_at=NOW
    )
    assert shown in sign_in().get(reverse("dashboard")).text


def test_a_flow_tells_what_it_did_and_sync_now_brings_it_forward(sign_in):
    world = Trading()
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
    world = Trading()
    client = sign_in(Role.WAREHOUSE)
    FlowSchedule.objects.create(account=world.account, flow="orders_in", due_at=NOW)
    assert "Sync now" not in client.get(reverse("dashboard")).text
    assert client.post(reverse("sync-now", args=[world.account.pk, "orders_in"])).status_code == 403


def test_the_dashboard_costs_the_same_for_a_busy_shop(sign_in):
    world, client, costs = Trading(), sign_in(), []
    for numbers in ([1], [2, 3, 4]):
        for number in numbers:
            moments.sales_order(world, number, moments.stocked_item(world, f"MUG-{number}", on_hand=1))
            moments.unknown_sku(world, moments.sales_order(world, 100 + number, None), f"NO-{number}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("dashboard"))
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 26


def test_amazons_own_words_stand_on_the_flows_row_whole(sign_in):
    world = Trading()
    error = AccessDenied(
        "searchOrders", status=403, code="Unauthorized", message="Access is denied. " * 20, details="ends here",
        request_id="amzn-request-1",
    )  # fmt: skip
    FlowSchedule.objects.create(account=world.account, flow="orders_in", due_at=NOW, error=str(error))
    page = sign_in().get(reverse("dashboard")).text
    assert ("ends here" in page, "amzn-request-1" in page) == (True, True)


@pytest.mark.parametrize("name", ["dashboard", "channel-access"])
def test_a_limit_that_another_application_uses_too_is_said_where_the_limits_stand(sign_in, name):
    world, client = Trading(), sign_in()
    where = reverse(name, args=[world.fbm.pk] if name == "channel-access" else [])
    budget = RateBudget.objects.create(
        account=world.account, operation="searchOrders", rate=Decimal("0.0056"), burst=20, tokens=20, counted_at=NOW
    )
    assert "Another application of this seller" not in client.get(where).text
    RateBudget.objects.filter(pk=budget.pk).update(
        pressure=Decimal("3.4"), share=Decimal("0.49"), refusals=4, refused=9, blocked_until=NOW + timedelta(minutes=9)
    )
    page = client.get(where).text
    assert "Another application of this seller uses the same limit" in page
    assert "49 %" in page
    assert "after 4 refusals in a row" in page
