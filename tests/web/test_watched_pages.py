import pytest
from tests.factories.stock import a_level, a_site, an_item
from tests.web.client import text

from wharfinger.db.models import StockItem
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db


def test_reorder_levels_are_set_on_the_items_page_and_watched_on_a_list(sign_in):
    site, item = a_site(), an_item()
    a_level(item, site, 4)
    client = sign_in(Role.WAREHOUSE)
    assert "No level is at or below its reorder level" in text(client.get("/stock/watch/"))
    assert "Nothing is soon sold out" in text(client.get("/stock/watch/?show=cover&days=30"))
    address = f"/stock/{item.pk}/reorder/"
    assert address in text(client.get(f"/stock/{item.pk}/"))
    assert client.post(address, {"everywhere": "-1"}).status_code == 422
    answer = client.post(address, {"everywhere": "9", f"site-{site.pk}": "5"}, follow=True)
    assert "reorder at 5" in text(answer)
    viewer = sign_in(Role.VIEWER)
    page = text(viewer.get("/stock/watch/"))
    assert all(said in page for said in ("all sites", "Main warehouse", "Reorder level"))
    lines = b"".join(client.get("/stock/watch/export.csv").streaming_content).decode().splitlines()
    assert [line.split(",")[2:5] for line in lines[1:]] == [["", "4", "9"], ["Main warehouse", "4", "5"]]
    assert client.get("/stock/watch/export.xlsx?show=cover").getvalue().startswith(b"PK")
    client.post(address, {"everywhere": "", f"site-{site.pk}": ""})
    assert StockItem.objects.get().reorder_level is None
    assert viewer.get(address).status_code == 403


def test_the_file_of_levels_brings_its_reorder_levels_back(sign_in):
    site, item = a_site("Main"), an_item()
    a_level(item, site, 4, bin="A-1", reorder_level=2)
    StockItem.objects.update(reorder_level=7)
    client = sign_in()
    written = b"".join(client.get("/stock/import/levels.csv").streaming_content).decode().lstrip("\ufeff")
    assert written.splitlines()[1:] == ["MUG,Mug,Main,4,count,A-1,2", "MUG,Mug,,,,,7"]
    assert "there is nothing to change" in text(client.post("/stock/import/", {"text": written}))
