"""Transfers on their pages: by scan, by list, sent, received in part and closed."""

import pytest
from tests.factories.stock import a_level, a_site, an_fba_site, an_item, level_of
from tests.web.client import text

from wharfinger.db.models import StockBarcode, StockTransfer
from wharfinger.domain.installation.people import Role
from wharfinger.domain.stock.ledger import SiteKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    source, target = a_site(), a_site("Shop", SiteKind.SHOP)
    mug, cup = an_item("MUG"), an_item("CUP")
    for item in (mug, cup):
        a_level(item, source, 10, bin=f"{item.code[0]}-1")
    StockBarcode.objects.create(item=mug, type="EAN", code="5012345678900", gtin="05012345678900")
    return source, target, mug, cup


def test_a_transfer_from_its_draft_to_a_difference(shop, sign_in):
    source, target, mug, cup = shop
    client = sign_in(Role.WAREHOUSE)
    page = client.post("/transfers/new/", {"source": source.pk, "target": target.pk, "note": "Monday"}).url
    assert "Units in this transfer" in text(client.get(page, {"code": "5012345678900"}))
    answer = client.post(f"{page}units/", {"item": mug.pk, "quantity": "4"}, follow=True)
    assert "MUG: 4 in this transfer." in text(answer)
    assert "No item has the code WRONG" in text(client.get(page, {"code": "WRONG"}))
    answer = client.post(f"{page}list/", {"text": "quantity;stock code\n20;CUP\n1;NONE\nx;MUG\n"})
    assert answer.status_code == 422
    assert all(said in text(answer) for said in ("Row 3: there is no stock item", "Row 4: the units must be"))
    client.post(f"{page}list/", {"text": "stock code,quantity\nCUP,8\nCUP,4\n"})
    assert "CUP: 10 of 12 units are free at Main warehouse" in text(client.post(f"{page}send/", follow=True))
    client.post(f"{page}units/", {"item": cup.pk, "quantity": "5"})
    assert "its units are in transit" in text(client.post(f"{page}send/", follow=True))
    form = {f"item-{mug.pk}": "4", f"item-{cup.pk}": "9"}
    assert "only 5 units were sent" in text(client.post(f"{page}receive/", form))
    client.post(f"{page}receive/", {**form, f"item-{cup.pk}": "3"})
    assert (level_of(mug, target)[0], level_of(cup, target)[0]) == (4, 3)
    assert client.post(f"{page}close/", {"became": "lost", "reason": ""}).status_code == 422
    said = text(client.post(f"{page}close/", {"became": "lost", "reason": "never seen"}, follow=True))
    assert ("Closed with a difference" in said, "2 lost" in said, "never seen" in said) == (True, True, True)
    assert page in text(client.get("/transfers/?state=closed"))


def test_a_transfer_to_amazon_says_who_counts(shop, sign_in):
    source, _, mug, _ = shop
    pool = an_fba_site(loaded=True)
    client = sign_in()
    page = client.post("/transfers/new/", {"source": source.pk, "target": pool.pk}).url
    client.post(f"{page}units/", {"item": mug.pk, "quantity": "4"})
    client.post(f"{page}send/")
    said = text(client.get(page))
    assert ("Amazon counts what arrives" in said, "Inbound at Amazon" in said) == (True, True)
    item_page = text(client.get(f"/stock/{mug.pk}/"))
    assert ("In transit" in item_page, '<option value="">' in item_page) == (True, False)
    assert "is received." in text(client.post(f"{page}receive/", {"everything": "1"}, follow=True))
    assert level_of(mug, pool) == (0, 0)


def test_only_those_who_may_edit_stock_move_it(shop, sign_in):
    source, target, _, _ = shop
    page = sign_in().post("/transfers/new/", {"source": source.pk, "target": target.pk}).url
    viewer = sign_in(Role.VIEWER)
    said = text(viewer.get(page))
    assert all(word not in said for word in ("Add items", "Load a list", "Cancel the transfer"))
    for address in ("send/", "cancel/", "units/", "list/", "receive/", "close/"):
        assert viewer.post(f"{page}{address}").status_code == 403
    assert StockTransfer.objects.get().state == "draft"
    assert "No transfer is in this state" in text(viewer.get("/transfers/?state=sent"))
