"""Site groups on their pages, and as the Site of a channel."""

import pytest
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.factories.stock import a_site
from tests.web.client import text
from tests.web.test_channel_options import edit

from wharfinger.db.models import ChannelOption, SiteGroup, StockNotice
from wharfinger.domain.installation.people import Role
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = Trading()
    world.town = a_site("Town", SiteKind.SHOP)
    return world


def entered(world, **changes):
    return {"name": "Both", "sites": [world.warehouse.pk, world.town.pk], **changes}


def test_a_group_is_created_chosen_as_a_channels_site_and_shown_in_its_sum(world, sign_in):
    client = sign_in()
    mug = world.item("MUG", 5)
    ledger.receive_stock(mug.pk, world.town.pk, 3, now=NOW)
    assert "a group of sites" in text(client.get("/sites/"))
    assert "Choose it as the Site of a channel" in text(client.post("/sites/groups/new/", entered(world), follow=True))
    group = SiteGroup.objects.get()
    form = text(client.get(f"/channels/{world.fbm.pk}/edit/"))
    assert f'value="g{group.pk}">Both (Main warehouse, Town)' in form
    StockNotice.objects.all().delete()
    assert edit(client, world, site_id=f"g{group.pk}").status_code == 302
    assert ChannelOption.objects.values_list("site", "site_group").get(channel=world.fbm) == (None, group.pk)
    assert StockNotice.objects.get().wanted == 8
    assert "Both" in text(client.get(f"/channels/{world.fbm.pk}/"))
    assert f'value="g{group.pk}" selected' in text(client.get(f"/channels/{world.fbm.pk}/edit/"))
    why = text(client.get(f"/listings/{mug.channel_products.get().listing_id}/why/"))
    assert ("On hand at Town" in why, "Available at Main warehouse" in why) == (True, True)


def test_an_order_types_row_may_sell_from_one_site_of_it(world, sign_in):
    client = sign_in()
    client.post("/sites/groups/new/", entered(world))
    group = SiteGroup.objects.get()
    client.post(
        f"/channels/{world.fbm.pk}/edit/?row=add:prime",
    )
    edit(client, world, **{"site_id": f"g{group.pk}", "rows": ["prime"], "prime.site": str(world.town.pk)})
    rows = dict(ChannelOption.objects.filter(channel=world.fbm).values_list("order_type", "site"))
    assert rows == {"": None, "prime": world.town.pk}


def test_a_group_is_edited_and_deleted_when_no_channel_sells_from_it(world, sign_in):
    client = sign_in()
    client.post("/sites/groups/new/", entered(world))
    group = SiteGroup.objects.get()
    world.fbm.options.update(site=None, site_group=group)
    page = f"/sites/groups/{group.pk}/"
    assert "Delete" not in text(client.get(page))
    assert "a channel sells from it" in text(client.post(f"{page}delete/", follow=True))
    assert "Saved." in text(client.post(page, entered(world, name="Two", version="1"), follow=True))
    assert "meanwhile" in text(client.post(page, entered(world, name="Three", version="1")))
    one = client.post(page, {**entered(world), "sites": [world.town.pk], "version": "2"})
    assert (one.status_code, "Tick at least two sites" in text(one)) == (422, True)
    world.fbm.options.update(site=world.warehouse, site_group=None)
    assert "is deleted" in text(client.post(f"{page}delete/", follow=True))
    assert client.get(page).status_code == 404


def test_whoever_may_only_look_sees_the_groups(world, sign_in):
    sign_in().post("/sites/groups/new/", entered(world))
    viewer = sign_in(Role.VIEWER)
    page = text(viewer.get("/sites/"))
    assert ("Both" in page, "New site group" in page) == (True, False)
    assert viewer.get("/sites/groups/new/").status_code == 403


def test_an_fba_channel_cannot_sell_from_a_group(world, sign_in):
    client = sign_in()
    client.post("/sites/groups/new/", entered(world))
    assert edit(client, world, world.fba, site_id=f"g{SiteGroup.objects.get().pk}").status_code == 422
