"""The level of an item over time, on its page."""

from datetime import timedelta

import pytest
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.factories.stock import a_level, a_site
from tests.web.client import text

from wharfinger.db.models import Listing, StockPush
from wharfinger.db.queries.stock.warehouse.level_chart import item_chart
from wharfinger.domain.installation.people import Role
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def levels(item):
    return [(day.on_hand, day.available) for day in item_chart(item.pk, zone="Europe/London", now=NOW).days[-4:]]


def test_it_is_drawn_from_the_ledger_and_the_numbers_that_were_sent():
    shop = Trading()
    mug, town = shop.item("MUG"), a_site("Town")
    ledger.receive_stock(mug.pk, shop.warehouse.pk, 9, now=NOW - 100 * DAY)
    ledger.receive_stock(mug.pk, town.pk, 3, now=NOW - 2 * DAY)
    ledger.adjust_stock(mug.pk, shop.warehouse.pk, -4, "broken", now=NOW - DAY)
    why = {"item": "MUG", "steps": [["On hand", 12], ["Available", 11], ["Sent to Amazon", 5]]}
    listing = Listing.objects.get(sku="MUG")
    StockPush.objects.create(listing=listing, quantity=5, why=why, attempted_at=NOW - 2 * DAY)
    assert levels(mug) == [(9, None), (12, 11), (8, 11), (8, 11)]


def test_what_amazon_holds_is_no_part_of_it():
    shop = Trading()
    mug = shop.item("MUG")
    a_level(mug, shop.pool, 5)
    assert not item_chart(mug.pk, zone="Europe/London", now=NOW).known


def test_the_part_of_the_page_leads_to_what_was_known(sign_in):
    shop = Trading()
    mug = shop.item("MUG", 5)
    client = sign_in(Role.VIEWER)
    assert f"/stock/{mug.pk}/chart/" in text(client.get(f"/stock/{mug.pk}/"))
    part = text(client.get(f"/stock/{mug.pk}/chart/"))
    assert ("<path" in part, f"/stock/{mug.pk}/then/?at=" in part) == (True, True)
    assert client.get("/stock/999999/chart/").status_code == 404


def test_many_movements_take_no_more_statements(django_assert_num_queries):
    shop = Trading()
    mug = shop.item("MUG", 5)
    for day in range(30):
        ledger.receive_stock(mug.pk, shop.warehouse.pk, 1, now=NOW - day * DAY)
    with django_assert_num_queries(6):
        item_chart(mug.pk, zone="Europe/London", now=NOW)
