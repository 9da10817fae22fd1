"""The page of a first stock upload's plan."""

import pytest
from tests.factories.ground import NOW
from tests.operations.test_upload_plans import LIMITS, world  # noqa: F401 -- the fixture
from tests.web.client import text

from wharfinger.db.models import Channel, Listing, StockNotice
from wharfinger.domain.installation.people import Role
from wharfinger.operations.channels import first_upload

pytestmark = pytest.mark.django_db


def work_out():
    while first_upload.take_step(lambda _: LIMITS, now=NOW) >= 0:
        pass


def test_from_the_stock_tab_to_a_plan_that_is_put_off_and_then_started(world, sign_in):  # noqa: F811 -- the fixture
    client = sign_in()
    page = f"/channels/{world.fbm.pk}/stock/first-upload/"
    assert page in text(client.get(f"/channels/{world.fbm.pk}/stock/"))
    assert "Work out the plan" in text(client.get(page))
    client.post(f"{page}ask/")
    assert "0 of 7 SKUs worked out" in text(client.get(page))
    assert "still being worked out" in text(client.post(f"{page}start/", follow=True))
    work_out()
    assert client.get(page, headers={"HX-Request": "true", "HX-Target": "plan"})["HX-Refresh"] == "true"
    said = text(client.get(page))
    assert all(one in said for one in ("Waits for a decision", "Fall to 0", "Largest changes", "a feed would not be"))
    assert "nothing is sent" in text(client.post(f"{page}not-yet/", follow=True))
    assert not StockNotice.objects.exists()
    assert "Started for 2 channels" in text(client.post(f"{page}start/", follow=True))
    assert not Channel.objects.filter(kind="FBM", stock_upload_approved_at=None).exists()
    said = text(client.get(page))
    assert ("Sent against the plan" in said, "Work out anew" in said, ">Start<" in said) == (True, False, False)
    assert "started already" in text(client.post(f"{page}start/", follow=True))


def test_it_is_searched_and_filed(world, sign_in):  # noqa: F811 -- the fixture
    client = sign_in()
    page = f"/channels/{world.fbm.pk}/stock/first-upload/"
    client.post(f"{page}ask/")
    work_out()
    rows = text(client.get(page, {"change": "locked"})).split("Every SKU", 1)[1]
    assert ("MLI" in rows, "LOOSE" in rows) == (True, False)
    assert "No SKU fits" in text(client.get(page, {"q": "nothing"}))
    lines = client.get(f"{page}export.csv", {"q": "do"}).getvalue().decode("utf-8-sig").splitlines()
    assert lines[1].startswith("DOWN,")
    assert lines[1].endswith("Falls,9,3,,")
    assert len(lines) == 2


def test_a_viewer_looks_and_does_not_decide(world, sign_in):  # noqa: F811 -- the fixture
    sign_in().post(f"/channels/{world.fbm.pk}/stock/first-upload/ask/")
    work_out()
    viewer = sign_in(Role.VIEWER)
    page = f"/channels/{world.fbm.pk}/stock/first-upload/"
    assert "A Manager or an Administrator decides." in text(viewer.get(page))
    assert viewer.post(f"{page}start/").status_code == 403


def test_an_fba_channel_has_none(world, sign_in):  # noqa: F811 -- the fixture
    assert sign_in().get(f"/channels/{world.fba.pk}/stock/first-upload/").status_code == 404


def test_a_page_of_many_takes_no_more_statements(world, sign_in, django_assert_max_num_queries):  # noqa: F811
    client = sign_in()
    item = world.item("MANY", 50)
    made = Listing.objects.bulk_create(
        Listing(account=world.account, sku=f"M{n}", fulfilment="FBM", product_type="MUG", found_at=NOW)
        for n in range(60)
    )
    for listing in made:
        listing.products.create(marketplace_id=world.fbm.marketplace_id, item=item, found_at=NOW)
    page = f"/channels/{world.fbm.pk}/stock/first-upload/"
    client.post(f"{page}ask/")
    work_out()
    with django_assert_max_num_queries(30):
        client.get(page)
