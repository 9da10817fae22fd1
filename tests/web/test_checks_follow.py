"""New Channel: the checks follow the marketplace picker, ticks say what happened, proposals can be taken."""

import re

import pytest
from tests.factories.cast import Trading
from tests.factories.ground import DE, UK
from tests.factories.stock import a_site, an_fba_site
from tests.web.wizard import FBM, begin, walk

from wharfinger.db.models import Channel, CourierService, Site
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db
FR, US = "A13V1IB3VIYZZH", "ATVPDKIKX0DER"
PART = {"HX-Request": "true", "HX-Target": "checks"}


@pytest.fixture
def client(sign_in):
    return sign_in()


def change(client, key, step, **fields):
    """What htmx sends when a field of the step changes; the answer is the part with the checks alone."""
    answer = client.post(f"/channels/new/{key}/{step}/", {**FBM[step], "go": "look", **fields}, headers=PART)
    assert (answer.status_code, "<html" in answer.text) == (200, False)
    return answer.text


def ticked(page):
    return re.findall(r'class="step step-done"[^>]*>\s*<(?:a|span)[^>]*>([^<]+)<', page)


def test_another_marketplace_changes_the_checks_at_once(client):
    an_fba_site()
    key = begin(client, "fba")
    uk, de = (change(client, key, "checks", marketplace_id=market) for market in (UK, DE))
    assert ("pool UK" in uk, "FBA UK" in uk, "Not ready" in uk) == (True, True, False)
    assert ("pool Europe" in de, "mandatory" in de, "Not ready" in de) == (True, True, True)
    assert "for Europe" in change(client, key, "checks", marketplace_id=UK, marketplace_typed=DE)


def test_the_picker_asks_for_the_checks_at_each_change_and_the_channels_own_page_does_not(client):
    world = Trading()
    page = client.get(f"/channels/new/{begin(client)}/checks/").text
    picker = re.search(r'<select name="marketplace_id"[^>]*>', page)[0]
    assert ('hx-post=""' in picker, 'hx-target="#checks"' in picker, 'hx-trigger="change"' in picker) == (True,) * 3
    assert 'hx-target="#checks"' not in client.get(f"/channels/{world.fbm.pk}/edit/").text


def test_the_same_marketplace_twice_is_reported_on_each_step_that_has_the_picker(client):
    world = Trading()
    key = begin(client)
    assert "There is Amazon.co.uk FBM." in change(client, key, "checks", marketplace_id=UK)
    assert "There is Amazon.co.uk FBM" not in change(client, key, "checks", marketplace_id=DE)
    walk(client, key, until="general", checks={"marketplace_id": DE})
    seller = world.account.seller_id
    twice = change(client, key, "specific", marketplace_id=UK, seller_id=seller)
    assert ("check-bad" in twice, f"seller {seller} has one channel" in twice) == (True, True)
    assert "check-bad" not in change(client, key, "specific", marketplace_id=FR, seller_id=seller)


def test_a_new_channel_begins_with_the_next_marketplace_that_is_free_and_a_name(client):
    first = client.get(f"/channels/new/{begin(client)}/checks/").text
    assert f'<option value="{UK}" selected>' in first
    Trading()
    key = begin(client)
    page = client.get(f"/channels/new/{key}/checks/").text
    assert f'<option value="{DE}" selected>' in page
    assert 'value="Amazon.de FBM"' in client.get(f"/channels/new/{key}/general/").text


def test_the_suggested_name_follows_the_marketplace_and_a_given_one_stays(client, installation):
    suggested, given = begin(client), begin(client)
    change(client, suggested, "checks", marketplace_id=FR)
    assert 'value="Amazon.fr FBM"' in client.get(f"/channels/new/{suggested}/general/").text
    walk(client, given, until="general", general={"name": "Shop of Anna"})
    change(client, given, "checks", marketplace_id=FR)
    assert 'value="Shop of Anna"' in client.get(f"/channels/new/{given}/general/").text


def test_a_name_that_is_taken_is_not_suggested(client):
    world = Trading()
    Channel.objects.filter(pk=world.fbm.pk).update(name="Amazon.de FBM")
    assert 'value="Amazon.de FBM 2"' in client.get(f"/channels/new/{begin(client)}/general/").text


def test_a_step_bears_a_tick_when_its_fields_were_taken_and_loses_it_when_they_are_wrong(client, installation):
    key = begin(client)
    assert ticked(client.get(f"/channels/new/{key}/options/").text) == ["Type"]
    walk(client, key, until="general")
    assert ticked(client.get(f"/channels/new/{key}/specific/").text) == ["Type", "Checks", "General"]
    assert ticked(client.get(f"/channels/new/{key}/checks/").text) == ["Type", "General"]
    client.post(f"/channels/new/{key}/general/", {**FBM["general"], "name": ""})
    assert ticked(client.get(f"/channels/new/{key}/specific/").text) == ["Type", "Checks"]


def test_after_save_channel_only_what_happened_bears_a_tick(client):
    world = Trading()
    before = ["Type", "Checks", "General", "Channel Specific", "(Global)", "Save"]
    Channel.objects.filter(pk=world.fbm.pk).update(link_state="waiting", dont_import_orders=True)
    done = client.get(f"/channels/{world.fbm.pk}/set-up/done/").text
    assert "First import" not in ticked(done)
    assert "Authorise" not in ticked(done)
    Channel.objects.filter(pk=world.fbm.pk).update(link_state="linked")
    assert ticked(client.get(f"/channels/{world.fbm.pk}/set-up/done/").text) == [*before, "Authorise", "More channels"]
    Channel.objects.filter(pk=world.fbm.pk).update(dont_import_orders=False)
    assert "First import" in ticked(client.get(f"/channels/{world.fbm.pk}/set-up/done/").text)


def test_what_is_proposed_is_taken_with_one_button_and_can_be_looked_over(client, installation):
    key = begin(client)
    answer = client.post(f"/channels/new/{key}/checks/", {**FBM["checks"], "go": "save"})
    assert answer["Location"] == f"/channels/new/{key}/save/"
    summary = client.get(answer["Location"]).text
    for words in ("Amazon.co.uk FBM", "Main warehouse", "Royal Mail Tracked 24"):
        assert words in summary
    client.post(f"/channels/new/{key}/save/")
    assert Channel.objects.get().name == "Amazon.co.uk FBM"


def test_what_only_a_person_can_choose_is_requested_on_its_step(client, installation):
    a_site("Shop")
    key = begin(client)
    answer = client.post(f"/channels/new/{key}/checks/", {**FBM["checks"], "go": "save"})
    assert answer["Location"] == f"/channels/new/{key}/options/"


def test_in_a_demo_save_channel_activates_it_too_for_who_may(sign_in, installation, settings):
    settings.WHARFINGER = settings.WHARFINGER.__class__(
        **{**_fields(settings.WHARFINGER), "system": "demo", "simulator_url": "http://127.0.0.1:1"}
    )
    for role, activated in ((Role.ADMINISTRATOR, "simulator"), (Role.MANAGER, "")):
        Channel.objects.all().delete()
        client = sign_in(role)
        key = begin(client)
        walk(client, key, until="options", options=_options())
        client.post(f"/channels/new/{key}/save/", {"activate": "on"})
        assert Channel.objects.get().activated_for == activated


def _fields(configuration):
    return {name: getattr(configuration, name) for name in configuration.__dataclass_fields__}


def _options():
    return {"site_id": Site.objects.get().pk, "courier_service_id": CourierService.objects.get().pk}
