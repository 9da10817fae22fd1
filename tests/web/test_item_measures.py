"""Measures, cases, cost and flags on an item's form and page, and whole cases in what is to be replenished."""

from datetime import timedelta

import pytest
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.web.client import text

from wharfinger.db.models import StockItem, StockTransfer
from wharfinger.domain.stock.fba_stock import FbaLevel
from wharfinger.domain.stock.ledger import MovementReason
from wharfinger.operations.stock import fba_stock
from wharfinger.operations.stock._stock_steps import Move, move_stock

pytestmark = pytest.mark.django_db
ENTERED = {
    "code": "MUG", "name": "Mug", "length_mm": "100", "width_mm": "90", "height_mm": "80", "case_size": "12",
    "cost": "1.25", "cost_currency": "gbp", "has_serials": "on", "has_batches": "on",
}  # fmt: skip


def test_what_is_entered_stands_on_the_page_and_in_the_form_again(sign_in):
    client = sign_in()
    client.post("/stock/new/", ENTERED)
    item = StockItem.objects.get()
    page = text(client.get(f"/stock/{item.pk}/"))
    assert all(
        said in page for said in ("100 × 90 × 80 mm", "Units in a case", "£1.25", "each unit has one", "Batches")
    )
    form = text(client.get(f"/stock/{item.pk}/edit/"))
    assert all(f'value="{value}"' in form for value in ("100", "12", "GBP"))
    answer = client.post(f"/stock/{item.pk}/edit/", {**ENTERED, "cost_currency": ""})
    assert (answer.status_code, "Give the currency of the cost" in text(answer)) == (422, True)


def test_whole_cases_are_proposed_and_drafted(sign_in):
    shop = Trading()
    mug = shop.item("MUG", 30)
    StockItem.objects.update(case_size=12)
    seen = [FbaLevel(mug.pk, 30)]
    fba_stock.load_fba_levels(shop.pool.pk, seen, read_at=NOW - timedelta(days=20), now=NOW - timedelta(days=20))
    move_stock(mug.pk, shop.pool.pk, Move(-28, MovementReason.SOLD), now=NOW - timedelta(days=3))
    client = sign_in()
    page = text(client.get(f"/sites/{shop.pool.pk}/replenish/", {"source": shop.warehouse.pk}))
    assert ("in cases of 12" in page, f'name="item-{mug.pk}" value="24"' in " ".join(page.split())) == (True, True)
    assert "60 would be needed" in page
    client.post(
        f"/sites/{shop.pool.pk}/replenish/?source={shop.warehouse.pk}", {"items": [mug.pk], f"item-{mug.pk}": "24"}
    )
    assert StockTransfer.objects.get().lines.get().quantity == 24
