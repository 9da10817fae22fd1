"""The step First import: several channels are started in one go, as proposed or as was chosen on their pages."""

import pytest
from tests.factories import moments
from tests.factories.accounts import an_account
from tests.factories.cast import Trading
from tests.factories.ground import NOW

from wharfinger.db.models import Channel, ImportedOrder, Site
from wharfinger.domain.orders.waits_for import ForChannel

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = Trading()
    Channel.objects.update(dont_import_orders=True)
    return world


def paused():
    return sorted(Channel.objects.filter(dont_import_orders=True).values_list("name", flat=True))


def found(world, number, channel):
    return moments.imported_order(
        world, number, channel=channel, state="not_attempted", waits_for=ForChannel(channel.pk)
    )


def test_what_is_ticked_is_started_and_the_set_up_is_done(world, sign_in):
    client = sign_in()
    page = f"/channels/{world.fbm.pk}/set-up/first-import/"
    text = client.get(page).text
    assert (text.count('name="channels"'), text.count(" checked ")) == (2, 2)
    answer = client.post(page, {"channels": [world.fbm.pk, world.fba.pk]})
    assert answer["Location"] == f"/channels/{world.fbm.pk}/set-up/done/"
    assert paused() == []


def test_what_is_not_ticked_stays_paused(world, sign_in):
    client = sign_in()
    page = f"/channels/{world.fbm.pk}/set-up/first-import/"
    assert client.post(page, {"channels": [world.fba.pk]})["Location"] == page
    assert paused() == ["Amazon.co.uk FBM"]


def test_nothing_ticked_is_reported_and_nothing_begins(world, sign_in):
    page = f"/channels/{world.fbm.pk}/set-up/first-import/"
    answer = sign_in().post(page, follow=True)
    assert "Tick at least one channel" in answer.text
    assert len(paused()) == 2


def test_another_sellers_channel_is_not_started_along(world, sign_in):
    other = an_account("Inc", "A3", "NA")
    theirs = Channel.objects.create(
        name="Theirs", kind="FBM", account=other, marketplace_id="ATVPDKIKX0DER", start_date=NOW.date(),
        dont_import_orders=True, import_fba_orders="no_fba", made_at=NOW,
    )  # fmt: skip
    sign_in().post(f"/channels/{world.fbm.pk}/set-up/first-import/", {"channels": [theirs.pk, world.fbm.pk]})
    assert paused() == ["Amazon.co.uk FBA", "Theirs"]


def test_what_was_chosen_on_a_channels_own_page_holds(world, sign_in):
    client = sign_in()
    order = found(world, 1, world.fbm)
    client.post(f"/channels/{world.fbm.pk}/first-import/", {f"choice-{order.pk}": "ignore", "go": "apply"})
    client.post(f"/channels/{world.fbm.pk}/set-up/first-import/", {"channels": [world.fbm.pk]})
    assert ImportedOrder.objects.get(pk=order.pk).state == "ignored"


def test_the_levels_of_an_fba_site_are_loaded_along(world, sign_in):
    Site.objects.filter(kind="fba").update(levels_loaded_at=None)
    client = sign_in()
    page = f"/channels/{world.fbm.pk}/set-up/first-import/"
    assert "FBA levels are loaded along with it" in client.get(page).text
    client.post(page, {"channels": [world.fba.pk]})
    assert paused() == ["Amazon.co.uk FBM"]
