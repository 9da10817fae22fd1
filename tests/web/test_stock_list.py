"""Stock as a list: sorted, chosen, kept as a view, and taken away as it is seen."""

import pytest
from tests.factories.stock import a_level, a_site, an_item
from tests.web.client import text

from wharfinger.db.models import KitComponent, StockItem
from wharfinger.domain.installation.people import Role
from wharfinger.domain.stock.ledger import SiteKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    main, broken = a_site("Main"), a_site("Broken", SiteKind.QUARANTINE)
    mug, kit, _ = an_item("MUG"), an_item("KIT"), an_item("NEW")
    a_level(mug, main, 9, bin="A-1", other_bins="B-2")
    a_level(mug, broken, 2)
    KitComponent.objects.create(kit=kit, component=mug, quantity=2)
    StockItem.objects.filter(pk=mug.pk).update(reorder_level=4)
    return main


def rows(client, address):
    return b"".join(client.get(address).streaming_content).decode().lstrip("\ufeff").splitlines()


def test_what_is_shown_is_taken_away_and_unknown_is_not_zero(shop, sign_in):
    client = sign_in(Role.VIEWER)
    assert rows(client, "/stock/export.csv") == [
        "stock code,name,on hand,allocated,available,by site,listings",
        "KIT,Mug,0,0,4,,0",
        'MUG,Mug,11,0,9,"Broken: 0, Main: 9",0',
        "NEW,Mug,,0,,,0",
    ]
    chosen = "columns=item,bins,reorder&sort=-code"
    assert rows(client, f"/stock/export.csv?{chosen}&site={shop.pk}") == [
        "stock code,name,bins,reorder level",
        'MUG,Mug,"Main: A-1, B-2",4',
    ]
    assert client.get("/stock/export.xlsx").getvalue().startswith(b"PK")
    page = text(client.get(f"/stock/?{chosen}"))
    assert page.index(">NEW<") < page.index(">MUG<") < page.index(">KIT<")
    assert ("Main: A-1, B-2" in page, 'data-label="On hand"' in page) == (True, False)


def test_a_filter_is_kept_as_a_view(shop, sign_in):
    client = sign_in()
    client.post("/lists/stock/views/?next=/stock/%3Fshow=uncounted", {"name": "To count"})
    page = text(client.get("/stock/?show=uncounted"))
    assert ("To count" in page, ">NEW<" in page, ">MUG<" in page) == (True, True, False)
