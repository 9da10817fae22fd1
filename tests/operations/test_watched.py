"""Levels to watch: reorder levels by item and site, and what is soon sold out."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.ground import NOW
from tests.factories.stock import a_level, a_site, an_fba_site, an_item

from wharfinger.db.models import AuditEntry, KitComponent, StockItem, StockLevel
from wharfinger.db.queries.stock.watched import every_one_to_reorder, soonest_sold_out, to_reorder
from wharfinger.domain.stock.cover import days_of_cover
from wharfinger.domain.stock.ledger import MovementReason, SiteKind
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock._stock_steps import Move, move_stock
from wharfinger.operations.stock.stock_csv import apply_csv, plan_csv
from wharfinger.operations.stock.warehouse.reorder_levels import set_reorder_levels
from wharfinger.operations.stock.warehouse.transfers import TransferEntry, draft_transfer, send_transfer, set_units

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - timedelta(days=29)


def sold(item, site, units, *, at=NOW):
    move_stock(item.pk, site.pk, Move(-units, MovementReason.SOLD), now=at)


def shown(rows):
    return [(row.code, row.site, row.available, row.reorder_level, row.coming, row.sold, row.cover) for row in rows]


@pytest.mark.parametrize(
    ("available", "sold_units", "days"),
    [(28, 28, 28), (10, 28, 10), (9, 56, 4), (-3, 5, 0), (5, 0, None), (5, -2, None)],
)
def test_days_of_cover_are_whole_days_at_the_speed_of_four_weeks(available, sold_units, days):
    assert days_of_cover(available, sold_units) == days


def test_an_item_is_watched_over_all_sites_and_at_each():
    main, shop = a_site("Main"), a_site("Shop", SiteKind.SHOP)
    mug, cup, jug = an_item("MUG"), an_item("CUP"), an_item("JUG")
    for item in (mug, cup, jug):
        a_level(item, main, 10)
        a_level(item, shop, 3)
    a_level(mug, an_fba_site(), 500)
    a_level(mug, a_site("Broken", SiteKind.QUARANTINE), 500)
    set_reorder_levels(mug.pk, 13, {shop.pk: 2}, now=NOW)
    set_reorder_levels(cup.pk, 12, {shop.pk: 3}, now=NOW)
    sold(mug, main, 2)
    sold(mug, main, 5, at=LONG_AGO)
    sold(cup, shop, 1)
    assert shown(to_reorder(now=NOW).rows) == [
        ("CUP", "", 12, 12, 0, 1, 336),
        ("CUP", "Shop", 2, 3, 0, 1, 56),
        ("MUG", "", 6, 13, 0, 2, 84),
    ]
    assert shown(to_reorder(search="CUP", now=NOW).rows) == shown(to_reorder(now=NOW).rows)[:2]
    assert list(every_one_to_reorder(now=NOW)) == list(to_reorder(now=NOW).rows)


def test_units_in_transit_are_said_beside_the_level_that_they_come_to():
    main, shop = a_site("Main"), a_site("Shop", SiteKind.SHOP)
    mug = an_item()
    a_level(mug, main, 10)
    set_reorder_levels(mug.pk, None, {shop.pk: 5}, now=NOW)
    transfer = draft_transfer(TransferEntry(main.pk, shop.pk), now=NOW)
    set_units(transfer.pk, {mug.pk: 4}, now=NOW)
    assert shown(to_reorder(now=NOW).rows) == [("MUG", "Shop", 0, 5, 0, 0, None)]
    send_transfer(transfer.pk, now=NOW)
    assert shown(to_reorder(now=NOW).rows) == [("MUG", "Shop", 0, 5, 4, 0, None)]


def test_what_is_soon_sold_out_comes_with_the_shortest_first():
    site = a_site()
    for code, on_hand, units in (("FAST", 20, 14), ("SLOW", 100, 1), ("GONE", 2, 3), ("STILL", 1, 0)):
        item = an_item(code)
        a_level(item, site, on_hand)
        if units:
            sold(item, site, units)
    assert [row.code for row in soonest_sold_out(days=14, now=NOW)] == ["GONE", "FAST"]
    assert shown(soonest_sold_out(days=13, now=NOW))[1:] == [("FAST", "", 6, None, 0, 14, 12)]


def test_reorder_levels_that_mean_nothing_are_refused():
    mug, kit, pool = an_item(), an_item("KIT"), an_fba_site()
    KitComponent.objects.create(kit=kit, component=mug, quantity=1)
    for field, act in (
        ("", lambda: set_reorder_levels(kit.pk, 3, {}, now=NOW)),
        ("everywhere", lambda: set_reorder_levels(mug.pk, -1, {}, now=NOW)),
        (f"site-{pool.pk}", lambda: set_reorder_levels(mug.pk, None, {pool.pk: 3}, now=NOW)),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.field == field
    set_reorder_levels(mug.pk, None, {}, now=NOW)
    assert not AuditEntry.objects.exists()
    assert not StockLevel.objects.exists()


def test_reorder_levels_come_by_the_stock_file():
    site = a_site("Main")
    a_level(an_item("MUG"), site, 4)
    text = "stock code,site,reorder level\nMUG,,9\nMUG,Main,3\n"
    assert [row.changes for row in plan_csv(text).rows] == [
        ("reorder level none → 9",),
        ("Main: reorder level none → 3",),
    ]
    assert apply_csv(text, now=NOW) == 2
    assert StockItem.objects.values_list("reorder_level", "levels__reorder_level", "levels__on_hand").get() == (9, 3, 4)
    assert plan_csv(text).changes == 0
    an_fba_site(name="Pool")
    wrong = "stock code,site,reorder level\nMUG,,x\nMUG,Main,3\nMUG,Main,4\nMUG,Pool,1\n"
    assert [(error.row, error.field) for error in plan_csv(wrong).errors] == [
        (2, "reorder level"),
        (4, "reorder level"),
        (5, "site"),
    ]


def test_the_list_takes_as_many_statements_for_many_items_as_for_few():
    site = a_site()

    def statements(first, count):
        for number in range(count):
            item = an_item(f"{first}{number:02}")
            a_level(item, site, 1)
            set_reorder_levels(item.pk, 5, {site.pk: 2}, now=NOW)
        with CaptureQueriesContext(connection) as found:
            assert len(to_reorder(now=NOW).rows) == 2 * StockItem.objects.filter(reorder_level=5).count()
        return len(found)

    assert statements("A", 2) == statements("B", 30)
