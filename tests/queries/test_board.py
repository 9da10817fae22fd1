"""The ship-by board counts what the lists hold, and its services are those that a dispatch would offer."""

import random
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import DE, NOW, UK
from tests.factories.orders import an_order
from tests.factories.shipping import a_service
from tests.factories.stock import a_site, an_item

from wharfinger.db.models import ChannelOption, CourierCutOff, CourierGroup, CourierGroupRule, SalesOrder
from wharfinger.db.queries.courier_choice import chosen_service
from wharfinger.db.queries.orders.sales_orders import (
    BOARD,
    Day,
    SalesOrderFilter,
    ShipBy,
    count_due,
    list_sales_orders,
    orders_due,
)
from wharfinger.db.queries.shipping.board import ship_by_board
from wharfinger.db.queries.shipping.dispatch_services import chosen_services
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.shipping.cut_offs import WORKING_WEEK, write_weekdays

pytestmark = pytest.mark.django_db
DAY = Day(NOW)


class Shop:
    """Two channels in two zones, two sites, three services chosen by two groups or the channels' options."""

    def __init__(self):
        self.site, self.other_site = a_site(), a_site(name="Shop")
        account = an_account()
        self.channels = [a_channel(account, self.site, market) for market in (UK, DE)]
        self.services = [a_service(name=name) for name in ("Slow", "Fast", "Heavy")]
        self.items = [an_item(code) for code in ("LIGHT", "HEAVY", "UNKNOWN")]
        for item, grams in zip(self.items, (100, 900), strict=False):
            item.weight_grams = grams
            item.save()
        self.groups = [CourierGroup.objects.create(name=name) for name in ("One", "Two")]

    def rule(self, group, service, **values):
        position = CourierGroupRule.objects.count() + 1
        CourierGroupRule.objects.create(group=group, position=position, service=service, **values)

    def order(self, channel=None, lines=None, **values):
        lines = lines or [(self.items[0], 1)]
        return an_order(channel or self.channels[0], values.pop("site", self.site), lines, **values)


def test_the_rules_as_sql_choose_what_they_choose_one_by_one():
    shop, dice = Shop(), random.Random(7)
    slow, fast, heavy = shop.services
    one, two = shop.groups
    shop.rule(one, fast, service_level="Next_Day")
    shop.rule(one, slow, country="de", grams_at_most=1000)
    shop.rule(one, heavy, channel=shop.channels[0], grams_at_most=2500)
    shop.rule(two, a_service(name="Gone", active=False))
    shop.rule(two, fast, country="GB", channel=shop.channels[1])
    ChannelOption.objects.all().delete()
    ChannelOption.objects.create(channel=shop.channels[0], courier_service=slow)
    ChannelOption.objects.create(channel=shop.channels[0], order_type="prime", courier_service=fast)
    ChannelOption.objects.create(channel=shop.channels[0], order_type="business")
    for _ in range(60):
        country = dice.choice(("GB", "DE", ""))
        lines = [
            (item, dice.randint(1, 3), {"quantity_shipped": dice.choice((0, 1)), "service": dice.choice(("", "", "X"))})
            for item in dice.sample(shop.items, dice.randint(1, 2))
        ]
        shop.order(
            channel=dice.choice(shop.channels),
            lines=lines,
            courier_group=dice.choice((None, one, one, two)),
            order_type=dice.choice(("standard", "prime", "business")),
            service_level=dice.choice(("NEXT_DAY", "STANDARD")),
            delivery={"country": country} if country else None,
            goes_to=country,
        )
    by_sql = dict(SalesOrder.objects.values_list("pk", chosen_service()))
    one_by_one = {pk: service for pk, (service, _) in chosen_services(by_sql).items()}
    assert by_sql == one_by_one
    assert set(by_sql.values()) == {slow.pk, fast.pk, heavy.pk, None}


def moments():
    """Round the ends of days in both zones."""
    hours = (-30, -1, 0, 1, 10, 11, 12, 13, 34, 35, 36, 37, 80)
    return [NOW.replace(minute=0) + timedelta(hours=hour) for hour in hours]


def test_the_board_counts_what_each_list_holds():
    shop = Shop()
    ChannelOption.objects.update(courier_service=shop.services[0])
    for place, due in enumerate(moments()):
        for channel in shop.channels:
            site = (shop.site, shop.other_site)[place % 2]
            shop.order(channel=channel, ship_by=due, site=site)
    shop.order(state=SalesOrderState.SHIPPED, ship_by=NOW)
    board = ship_by_board(DAY, with_customers=False)
    listed = {each: orders_due(each, DAY).count() for each in BOARD}
    assert {column.urgency: column.count for column in board.columns} == listed == count_due(DAY)
    assert all(listed.values())
    for row in board.collections:
        for due, count in row.counts.items():
            wanted = SalesOrderFilter(ship_by=due.value, site_id=row.site_id, service_id=row.service_id)
            assert len(list_sales_orders(wanted, DAY, with_customers=False).rows) == count
    of_one = ship_by_board(DAY, channel_id=shop.channels[1].pk, with_customers=False)
    assert sum(column.count for column in of_one.columns) == len(moments())


def test_open_orders_without_a_ship_by_have_a_column_and_lists_of_their_own():
    shop = Shop()
    slow, _, heavy = shop.services
    ChannelOption.objects.update(courier_service=slow)
    shop.rule(shop.groups[0], heavy, grams_at_most=500)
    shop.order(ship_by=NOW)
    assert [column.urgency for column in ship_by_board(DAY, with_customers=False).columns] == list(BOARD)
    wanted = [shop.order(ship_by=None, placed_at=NOW - timedelta(hours=hour)) for hour in (1, 2)]
    wanted.append(shop.order(ship_by=None, placed_at=NOW - timedelta(hours=3), courier_group=shop.groups[0]))
    elsewhere = shop.order(ship_by=None, channel=shop.channels[1], site=shop.other_site)
    for state in (SalesOrderState.SHIPPED, SalesOrderState.PENDING, SalesOrderState.CANCELLED):
        shop.order(ship_by=None, state=state)
    board = ship_by_board(DAY, with_customers=False)
    column = board.columns[-1]
    assert (column.urgency, column.count, board.undated) == (ShipBy.UNDATED, 4, 4)
    assert {row.id for row in column.orders} == {order.pk for order in (*wanted, elsewhere)}
    counted = {(row.site_id, row.service_id): row.undated for row in board.collections if row.undated}
    assert counted == {
        (shop.site.pk, slow.pk): 2,
        (shop.site.pk, heavy.pk): 1,
        (shop.other_site.pk, slow.pk): 1,
    }
    for (site, service), count in counted.items():
        of_both = SalesOrderFilter(ship_by="undated", site_id=site, service_id=service)
        assert len(list_sales_orders(of_both, DAY, with_customers=False).rows) == count
    of_channel = SalesOrderFilter(ship_by="undated", channel_id=shop.channels[0].pk)
    listed, cursor = [], ""
    while True:
        page = list_sales_orders(of_channel, DAY, with_customers=False, cursor=cursor, size=2)
        listed += [row.id for row in page.rows]
        cursor = page.later
        if not cursor:
            break
    assert listed == [order.pk for order in reversed(wanted)]


def test_what_is_collected_next_and_is_due_comes_first():
    shop = Shop()
    slow, fast, heavy = shop.services
    ChannelOption.objects.all().delete()
    for group, service in zip(shop.groups, (slow, fast), strict=True):
        shop.rule(group, service)
    for service, hour in ((slow, 17), (fast, 15)):
        days = write_weekdays(WORKING_WEEK)
        CourierCutOff.objects.create(service=service, site=shop.site, at=time(hour), weekdays=days)
    later = NOW + timedelta(days=9)
    shop.order(courier_group=shop.groups[0], ship_by=NOW - timedelta(hours=1))
    shop.order(courier_group=shop.groups[1], ship_by=NOW + timedelta(minutes=5))
    shop.order(courier_group=shop.groups[1], ship_by=later, site=shop.other_site)
    shop.order(ship_by=later)
    rows = ship_by_board(DAY, with_customers=False).collections
    assert [(row.service, row.site, row.leaves_at and row.leaves_at.hour) for row in rows] == [
        ("Demo Courier Fast", shop.site.name, 15),
        ("Demo Courier Slow", shop.site.name, 17),
        ("", shop.site.name, None),
        ("Demo Courier Fast", "Shop", None),
    ]
    assert rows[0].counts == {ShipBy.TODAY: 1}


def test_statements_do_not_grow_with_orders_or_services():
    shop, counts = Shop(), []
    for _ in range(2):
        for group, service in zip(shop.groups, shop.services, strict=False):
            shop.rule(group, service)
            for due in moments():
                shop.order(courier_group=group, ship_by=due)
        with CaptureQueriesContext(connection) as captured:
            ship_by_board(DAY, with_customers=False)
        counts.append(len(captured))
    assert counts[0] == counts[1]
