"""New Channel, step by step: what is entered is kept, each check has its remedy, nothing is half made."""

from dataclasses import replace

import pytest
from tests.factories.accounts import a_participation
from tests.factories.cast import Trading
from tests.factories.ground import DE, NOW, UK
from tests.factories.people import someone
from tests.factories.shipping import a_late_service
from tests.factories.stock import a_site, an_fba_site
from tests.web.client import text
from tests.web.test_amazon_application import ENTRY
from tests.web.wizard import FBM, begin, walk

from wharfinger.db.models import (
    Channel,
    FlowSchedule,
    ImportedOrder,
    Marketplace,
    SellerAccount,
    Site,
)
from wharfinger.domain.installation.people import Role
from wharfinger.domain.orders.waits_for import ForChannel

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(sign_in):
    return sign_in()


def at(client, key, step):
    return text(client.get(f"/channels/new/{key}/{step}/"))


def test_the_first_step_names_the_types_and_why_vendor_central_is_none_of_them(client):
    page = text(client.get("/channels/new/"))
    for words in ("Amazon FBM", "Amazon FBA", "Amazon Vendor Central", "Not supported", "purchase orders"):
        assert words in page
    for address in ("/help/", "How to set up an Amazon channel", "How to control stock levels on your channel"):
        assert address in page
    assert "Step 1 of 10" in page


def test_a_channel_is_made_by_the_last_step_and_not_before(client, installation):
    key = begin(client)
    answer = walk(client, key, until="options", options=installation)
    assert answer["Location"].endswith("/save/")
    assert (Channel.objects.count(), SellerAccount.objects.count()) == (0, 0)
    summary = at(client, key, "save")
    for words in ("UK FBM", "Amazon.co.uk", "Main warehouse", "Royal Mail Tracked 24", "17 Nov 2026"):
        assert words in summary
    answer = client.post(f"/channels/new/{key}/save/")
    channel = Channel.objects.get()
    assert answer["Location"] == f"/channels/{channel.pk}/set-up/authorise/"
    assert (channel.name, channel.marketplace_id, channel.dont_import_orders) == ("UK FBM", UK, True)
    assert client.get(f"/channels/new/{key}/save/").status_code == 404


def test_what_there_is_no_doubt_about_is_chosen_already(client, installation):
    key = begin(client)
    walk(client, key, until="specific")
    page = at(client, key, "options")
    assert f'<option value="{installation["site_id"]}" selected>' in page
    assert f'<option value="{installation["courier_service_id"]}" selected>' in page


@pytest.mark.parametrize(
    ("go", "leads_to"),
    [
        ("courier", "/settings/couriers/new/?next="),
        ("site", "/sites/new/?kind=own&next="),
        ("fba-site", "/sites/new/?kind=fba&next="),
    ],
)
def test_a_remedy_leads_to_its_page_and_back_to_exactly_this_step_with_what_was_entered(
    client, installation, go, leads_to
):
    key = begin(client)
    walk(client, key, until="specific", general={"name": "Kept name"})
    answer = client.post(f"/channels/new/{key}/options/", {"late_courier_acknowledged": "on", "go": go})
    assert answer["Location"].startswith(leads_to)
    assert f"next=%2Fchannels%2Fnew%2F{key}%2Foptions%2F" in answer["Location"]
    assert "late_courier_acknowledged" in at(client, key, "options")
    assert 'value="Kept name"' in at(client, key, "general")


def test_the_courier_that_the_check_needs_is_created_and_the_check_is_good(client):
    a_site()
    key = begin(client)
    assert "There is no courier service yet" in at(client, key, "checks")
    answer = client.post(f"/channels/new/{key}/checks/", {**FBM["checks"], "go": "next"})
    assert answer["Location"].endswith("/checks/"), "a check that failed stops"
    remedy = client.post(f"/channels/new/{key}/checks/", {**FBM["checks"], "go": "courier"})["Location"]
    form = {"courier": "DPD", "name": "Next Day", "tracking": "at_once", "amazon_carrier_code": "DPD", "active": "on"}
    back = client.post(remedy, form)
    assert back["Location"] == f"/channels/new/{key}/checks/"
    page = text(client.get(back["Location"]))
    assert "DPD Next Day" in page
    assert "Ready" in page


def test_the_application_is_entered_from_the_check_and_comes_back(client, installation):
    key = begin(client)
    assert "Enter it now or later." in at(client, key, "checks")
    remedy = client.post(f"/channels/new/{key}/checks/", {**FBM["checks"], "go": "application"})["Location"]
    back = client.post(remedy, ENTRY)
    assert (back.status_code, back.headers.get("Location")) == (302, f"/channels/new/{key}/checks/"), text(back)
    assert "Authorise uses it" in at(client, key, "checks")


def test_the_fba_site_of_the_pool_is_made_from_the_check_and_comes_back_chosen(client):
    key = begin(client, "fba")
    stays = client.post(f"/channels/new/{key}/checks/", {"marketplace_id": DE, "go": "next"})
    assert stays["Location"].endswith("/checks/")
    page = text(client.get(stays["Location"]))
    assert "An FBA site for the pool Europe" in page
    assert "Not ready" in page
    remedy = client.post(f"/channels/new/{key}/checks/", {"marketplace_id": DE, "go": "fba-site"})["Location"]
    assert "kind=fba" in remedy
    assert "pool=EU" in remedy
    back = client.post(remedy, {"name": "FBA Europe", "kind": "fba", "pool": "EU", "priority": "10"})
    assert back["Location"] == f"/channels/new/{key}/checks/"
    page = text(client.get(back["Location"]))
    assert "press Load levels from Amazon" in page
    fba = {"import_fba_orders": "only_fba", "marketplace_id": DE}
    walk(client, key, until="specific", checks={"marketplace_id": DE}, specific=fba)
    site = Site.objects.get()
    assert f'<option value="{site.pk}" selected>' in at(client, key, "options")
    answer = client.post(f"/channels/new/{key}/options/", {"site_id": site.pk})
    assert answer["Location"].endswith("/save/")
    client.post(f"/channels/new/{key}/save/")
    assert Channel.objects.get().kind == "FBA"


def test_another_marketplace_on_the_step_channel_specific_asks_for_its_pools_site_there(client):
    an_fba_site()
    key = begin(client, "fba")
    walk(client, key, until="general")
    form = {**FBM["specific"], "import_fba_orders": "only_fba", "marketplace_id": DE}
    answer = client.post(f"/channels/new/{key}/specific/", form)
    assert answer.status_code == 422
    assert "served from the pool Europe, which has no FBA site yet" in text(answer)
    assert 'value="fba-site"' in text(answer)


def test_a_courier_that_is_late_is_taken_only_with_an_acknowledgement(client, installation):
    late = a_late_service()
    key = begin(client)
    chosen = {**installation, "courier_service_id": late.pk}
    walk(client, key, options=chosen)
    assert Channel.objects.count() == 0
    page = client.get(f"/channels/new/{key}/options/")
    assert page.status_code == 422
    assert "gives its tracking number only later" in text(page)
    client.post(f"/channels/new/{key}/options/", {**chosen, "late_courier_acknowledged": "on"})
    client.post(f"/channels/new/{key}/save/")
    assert Channel.objects.count() == 1


def test_a_no_of_save_channel_stands_beside_its_field_on_its_step(client, installation):
    key, other = begin(client), begin(client)
    walk(client, key, until="options", options=installation)
    walk(client, other, options=installation)
    answer = client.post(f"/channels/new/{key}/save/")
    assert answer["Location"] == f"/channels/new/{key}/general/"
    page = client.get(answer["Location"])
    assert page.status_code == 422
    assert "Another channel is already called “UK FBM”" in text(page)


@pytest.mark.parametrize("typed", [DE, f" {DE} "])
def test_a_marketplace_may_be_typed_by_its_id(client, installation, typed):
    key = begin(client)
    answer = client.post(f"/channels/new/{key}/checks/", {**FBM["checks"], "marketplace_typed": typed})
    assert answer["Location"].endswith("/general/")
    assert f'<option value="{DE}" selected>' in at(client, key, "specific")


@pytest.mark.parametrize("typed", ["NOWHERE", "a1pa6795ukmfr9", "<script>alert(1)</script>", "A1VC38T7YXB528"])
def test_a_typed_id_that_is_none_or_of_a_region_that_is_not_offered_is_reported_where_it_was_typed(
    client, installation, typed
):
    key = begin(client)
    answer = client.post(f"/channels/new/{key}/checks/", {**FBM["checks"], "marketplace_typed": typed})
    assert answer.status_code == 422
    assert "is not a marketplace ID of Amazon" in text(answer)
    assert "<script>alert" not in text(answer)


def test_a_marketplace_that_only_amazon_reported_of_can_be_picked_and_typed(client, installation):
    Marketplace.objects.create(
        pk="A9NEWPLACE0001", name="Amazon.new", country="LU", currency="EUR", region="EU", pool="OTHER"
    )
    key = begin(client)
    assert "Amazon.new (A9NEWPLACE0001)" in at(client, key, "checks")
    chosen = {"marketplace_id": "A9NEWPLACE0001"}
    walk(client, key, checks={"marketplace_typed": "A9NEWPLACE0001"}, specific=chosen, options=installation)
    assert Channel.objects.get().marketplace_id == "A9NEWPLACE0001"


def test_an_auth_token_is_kept_encrypted_while_the_channel_is_a_draft_and_shown_by_its_end(client, installation):
    key = begin(client)
    secret = {"seller_id": "A2HARBOUREULTD1", "auth_token": "Atzr|very-secret-9876"}
    walk(client, key, until="specific", specific=secret)
    kept = str(dict(client.session))
    assert "very-secret" not in kept
    assert "…9876" in at(client, key, "specific")
    client.post(f"/channels/new/{key}/specific/", {**FBM["specific"], "seller_id": "A2HARBOUREULTD1"})
    assert "…9876" in at(client, key, "save") or client.get(f"/channels/new/{key}/save/").status_code == 302
    client.post(f"/channels/new/{key}/options/", installation)
    client.post(f"/channels/new/{key}/save/")
    assert SellerAccount.objects.get().refresh_token == "Atzr|very-secret-9876"


def test_a_token_that_is_wrong_is_not_kept_and_one_that_is_right_can_be_forgotten(client, installation):
    key = begin(client)
    walk(client, key, until="general")
    form = {**FBM["specific"], "seller_id": "A2HARBOUREULTD1"}
    assert client.post(f"/channels/new/{key}/specific/", {**form, "auth_token": "wrong"}).status_code == 422
    assert client.post(f"/channels/new/{key}/specific/", form).status_code == 302
    client.post(f"/channels/new/{key}/specific/", {**form, "auth_token": "Atzr|right"})
    assert "…ight" in at(client, key, "specific")
    client.post(f"/channels/new/{key}/specific/", {**form, "go": "forget-token"})
    assert "Auth Token so far" not in at(client, key, "specific")


@pytest.mark.parametrize(
    ("system", "url", "simulator", "first"),
    [
        ("live", "http://shop.example", None, True),
        ("live", "https://shop.example", None, False),
        ("demo", "http://127.0.0.1:8000", None, True),
        ("demo", "http://127.0.0.1:8000", "http://127.0.0.1:8124", False),
    ],
)
def test_without_an_https_address_the_auth_token_comes_first(
    client, installation, settings, system, url, simulator, first
):
    settings.WHARFINGER = replace(settings.WHARFINGER, system=system, public_url=url, simulator_url=simulator)
    key = begin(client)
    walk(client, key, until="general")
    assert ("Auth Token first" in at(client, key, "specific")) is first
    assert ("Our own address is not https" in at(client, key, "checks")) is first


def test_drafts_that_were_begun_are_listed_go_on_and_can_be_forgotten(client, installation):
    key = begin(client)
    walk(client, key, until="general", general={"name": "Half made"})
    at(client, key, "specific")
    page = text(client.get("/channels/new/"))
    assert "Half made" in page
    assert f"/channels/new/{key}/specific/" in page
    client.post(f"/channels/new/{key}/save/", {"go": "cancel"})
    assert "Half made" not in text(client.get("/channels/new/"))


def test_a_session_keeps_five_drafts_and_another_person_sees_none_of_them(client, installation, sign_in):
    keys = [begin(client) for _ in range(6)]
    assert client.get(f"/channels/new/{keys[0]}/checks/").status_code == 404
    assert client.get(f"/channels/new/{keys[5]}/checks/").status_code == 200
    other = sign_in(Role.MANAGER)
    assert other.get(f"/channels/new/{keys[5]}/checks/").status_code == 404


def test_steps_that_were_not_reached_cannot_be_saved_around(client, installation):
    key = begin(client)
    answer = client.post(f"/channels/new/{key}/save/")
    assert answer["Location"] == f"/channels/new/{key}/options/", "the first step whose fields nobody can propose"
    assert Channel.objects.count() == 0
    assert client.get(f"/channels/new/{key}/nonsense/").status_code == 404
    assert client.get("/channels/new/vendor/").status_code == 404


def test_a_duplicate_takes_everything_along_but_marketplace_start_date_and_name(client, installation):
    key = begin(client)
    walk(client, key, general={"order_ref_format": "KCC{0}"}, options=installation)
    channel = Channel.objects.get()
    channel.options.update(invoice_priority=3)
    copy = begin(client, query=f"?like={channel.pk}")
    page = at(client, copy, "general")
    assert 'value="KCC{0}"' in page
    assert 'value="UK FBM copy"' in page
    de = {"marketplace_id": DE}
    walk(client, copy, checks=de, general={"name": "DE"}, specific=de, options=installation)
    twin = Channel.objects.get(name="DE")
    assert twin.options.get().invoice_priority == 3


# After Save Channel.


@pytest.fixture
def world():
    made = Trading()
    for marketplace in (UK, DE):
        a_participation(made.account, marketplace)
    SellerAccount.objects.update(participations_read_at=NOW)
    return made


def test_the_set_up_goes_on_where_it_stopped(client, world):
    Channel.objects.filter(pk=world.fbm.pk).update(link_state="waiting")
    assert client.get(f"/channels/{world.fbm.pk}/set-up/")["Location"].endswith("/set-up/authorise/")
    assert "Continue the set-up" in text(client.get(f"/channels/{world.fbm.pk}/"))
    Channel.objects.filter(pk=world.fbm.pk).update(link_state="linked", dont_import_orders=True)
    assert client.get(f"/channels/{world.fbm.pk}/set-up/")["Location"].endswith("/set-up/first-import/")
    Channel.objects.filter(pk=world.fbm.pk).update(dont_import_orders=False)
    assert client.get(f"/channels/{world.fbm.pk}/set-up/")["Location"].endswith("/set-up/done/")
    assert "The channel is created, and this is still missing" not in text(
        client.get(f"/channels/{world.fbm.pk}/set-up/done/")
    )
    assert "Continue the set-up" not in text(client.get(f"/channels/{world.fbm.pk}/"))


def test_the_authorise_step_says_who_activates_in_a_demo_system(world, sign_in, settings):
    someone(Role.ADMINISTRATOR)
    settings.WHARFINGER = replace(settings.WHARFINGER, simulator_url="http://127.0.0.1:8124")
    Channel.objects.filter(pk=world.fbm.pk).update(activated=False, link_state="waiting")
    page = text(sign_in(Role.MANAGER).get(f"/channels/{world.fbm.pk}/set-up/authorise/"))
    assert "Ask Anna Administrator (Administrator) to activate it." in page
    assert "Activate for the simulator" not in page


def test_an_administrator_activates_on_the_step_and_stays_there(client, world, settings):
    settings.WHARFINGER = replace(settings.WHARFINGER, simulator_url="http://127.0.0.1:8124")
    Channel.objects.update(activated=False)
    here = f"/channels/{world.fbm.pk}/set-up/authorise/"
    page = text(client.get(here))
    assert "Activate for the simulator" in page
    assert "Activate for Amazon&#x27;s sandbox" in page or "Activate for Amazon's sandbox" in page
    answer = client.post(f"/channels/{world.fbm.pk}/activate/?next={here}", {"for": "simulator"})
    assert answer["Location"] == here
    assert Channel.objects.get(pk=world.fbm.pk).activated_for == "simulator"


def test_more_channels_are_a_step_that_is_passed_over_when_there_are_none(client, world):
    an_fba_site(pool="EU", name="FBA Europe")
    more = f"/channels/{world.fbm.pk}/set-up/more/"
    assert client.get(more)["Location"] == f"/channels/{world.fbm.pk}/more/"
    page = text(client.get(f"/channels/{world.fbm.pk}/more/"))
    assert "Step 8 of 10" in page
    form = {
        "channels": [f"{DE}:FBM", f"{DE}:FBA"],
        "site_id": world.warehouse.pk,
        "courier_service_id": world.courier.pk,
    }
    answer = client.post(f"/channels/{world.fbm.pk}/more/", form)
    assert answer["Location"].endswith("/set-up/first-import/")
    assert client.get(more)["Location"].endswith("/set-up/first-import/")


def test_one_button_loads_the_levels_of_an_fba_site_and_comes_back(client, world):
    Site.objects.filter(pk=world.pool.pk).update(levels_loaded_at=None)
    here = f"/channels/{world.fba.pk}/set-up/first-import/"
    page = text(client.get(here))
    assert "FBA UK has no stock levels" in page
    assert "Load levels from Amazon" in page
    answer = client.post(f"/sites/{world.pool.pk}/load/?next={here}")
    assert answer["Location"] == here


def test_the_first_import_step_lists_every_channel_of_the_seller_with_what_was_found(client, world):
    Channel.objects.update(dont_import_orders=True)
    ImportedOrder.objects.create(
        account=world.account,
        amazon_order_id="026-0000001-0000001",
        channel=world.fbm,
        marketplace_id=UK,
        fulfilment="FBM",
        state="not_attempted",
        waits_for=ForChannel(world.fbm.pk),
        amazon_status="UNSHIPPED",
        placed_at=NOW,
        amazon_updated_at=NOW,
        found_at=NOW,
    )
    page = text(client.get(f"/channels/{world.fbm.pk}/set-up/first-import/"))
    assert page.count(">Review and start ") == 2
    assert f"/channels/{world.fbm.pk}/first-import/" in page
    answer = client.post(f"/channels/{world.fbm.pk}/first-import/", {"go": "start"}, follow=True)
    assert answer.redirect_chain == [(f"/channels/{world.fbm.pk}/set-up/first-import/", 302)]
    assert "The import has started (Import: 1). New orders are imported as they arrive." in text(answer)
    answer = client.post(f"/channels/{world.fba.pk}/first-import/", {"go": "start"}, follow=True)
    assert answer.redirect_chain == [(f"/channels/{world.fba.pk}/set-up/done/", 302)]
    assert "The import has started. New orders are imported as they arrive." in text(answer)
    assert not FlowSchedule.objects.exists()


def test_the_one_linked_seller_is_filled_in_and_shares_its_authorisation(client, world):
    def offered(marketplace_id):
        key = begin(client)
        client.post(f"/channels/new/{key}/checks/", {**FBM["checks"], "marketplace_id": marketplace_id})
        return at(client, key, "specific")

    filled = 'name="seller_id" value="A2HARBOUREULTD1"'
    assert filled in offered(DE)
    assert f"also touches {world.fba.name}, {world.fbm.name}" in offered(DE)
    assert filled not in offered(UK)  # it has that channel already
    assert filled not in offered("ATVPDKIKX0DER")  # another region
    SellerAccount.objects.create(name="Other", region="EU", seller_id="A2OTHER", link_state="linked", made_at=NOW)
    assert filled not in offered(DE)
