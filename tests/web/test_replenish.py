"""Replenish an FBA site: proposals, and the draft transfer that they become."""

import pytest
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.factories.stock import a_level
from tests.web.client import text

from wharfinger.db.models import KitComponent, Movement, StockLevel, StockTransfer, TransferLine
from wharfinger.db.queries.stock.warehouse.replenish import replenishment
from wharfinger.domain.installation.people import Role
from wharfinger.domain.stock.ledger import MovementReason

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return Trading()


def sold_at_amazon(shop, code, left, sold, free=0):
    """What was there, and what Amazon sold of it."""
    item = shop.item(code, free)
    level = a_level(item, shop.pool, left + sold)
    StockLevel.objects.filter(pk=level.pk).update(on_hand=left)
    Movement.objects.create(
        item=item, site=shop.pool, quantity=-sold, on_hand_after=left, reason=MovementReason.SOLD, moved_at=NOW
    )
    return item


def proposals(shop, **days):
    found = replenishment(shop.pool.pk, shop.warehouse.pk, **{"below": 28, "up_to": 56, "now": NOW, **days})
    return [(one.code, one.proposal.units, one.proposal.wanted) for one in found.items]


def test_what_is_short_is_proposed_the_shortest_first(shop):
    sold_at_amazon(shop, "MUG", 7, 28, free=100)
    sold_at_amazon(shop, "CUP", 0, 28, free=10)
    sold_at_amazon(shop, "BOWL", 60, 28, free=100)
    assert proposals(shop) == [("CUP", 10, 56), ("MUG", 49, 49)]


def test_units_at_amazons_door_and_kits_are_no_proposal(shop):
    mug = sold_at_amazon(shop, "MUG", 7, 28, free=100)
    StockLevel.objects.filter(item=mug, site=shop.pool).update(fba_inbound=40)
    kit = sold_at_amazon(shop, "SET", 0, 28)
    KitComponent.objects.create(kit=kit, component=mug, quantity=2)
    assert proposals(shop) == []


def test_ticked_rows_become_a_draft_transfer(shop, sign_in):
    mug = sold_at_amazon(shop, "MUG", 7, 28, free=100)
    cup = sold_at_amazon(shop, "CUP", 0, 28, free=10)
    client = sign_in(Role.WAREHOUSE)
    page = f"/sites/{shop.pool.pk}/replenish/"
    assert page in text(client.get(f"/sites/{shop.pool.pk}/"))
    assert page in text(client.get("/stock/watch/"))
    said = text(client.get(page))
    assert ("56 would be needed" in said, f'name="item-{mug.pk}"' in said) == (True, True)
    form = {"items": [mug.pk], f"item-{mug.pk}": "40", f"item-{cup.pk}": "10"}
    answer = client.post(page, form)
    transfer = StockTransfer.objects.get()
    assert answer.url == f"/transfers/{transfer.pk}/"
    assert (transfer.source, transfer.target) == (shop.warehouse, shop.pool)
    assert list(TransferLine.objects.values_list("item", "quantity")) == [(mug.pk, 40)]


def test_bad_units_and_no_tick_draft_nothing(shop, sign_in):
    mug = sold_at_amazon(shop, "MUG", 7, 28, free=100)
    client, page = sign_in(), f"/sites/{shop.pool.pk}/replenish/"
    for form, said in (
        ({"items": [mug.pk], f"item-{mug.pk}": "x"}, "give whole numbers"),
        ({}, "Tick at least one item"),
        ({"items": [mug.pk], f"item-{mug.pk}": "0"}, "Tick at least one item"),
        ({"items": ["999999"], "item-999999": "1"}, "no longer exists"),
    ):
        answer = client.post(page, form)
        assert (answer.status_code, said in text(answer)) == (422, True)
    assert not StockTransfer.objects.exists()


def test_only_an_fba_site_has_it_and_only_for_whoever_may(shop, sign_in):
    assert sign_in().get(f"/sites/{shop.warehouse.pk}/replenish/").status_code == 404
    assert sign_in(Role.VIEWER).get(f"/sites/{shop.pool.pk}/replenish/").status_code == 403


def test_many_items_take_no_more_statements(shop, django_assert_num_queries):
    for number in range(5):
        sold_at_amazon(shop, f"I{number}", 0, 28, free=9)
    with django_assert_num_queries(5):
        proposals(shop)
