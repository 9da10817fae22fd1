"""New Channel and Save Channel: every wrong input has its message by the field, and nothing is half done."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.factories.people import olga_the_owner
from tests.factories.shipping import a_late_service
from tests.factories.stock import a_site, an_fba_site

from wharfinger.db.models import (
    AmazonApplication,
    AuditEntry,
    Channel,
    CourierMapping,
    CourierService,
    ImportedOrder,
    Marketplace,
    SellerAccount,
    Site,
)
from wharfinger.domain.channels.channel import ActivatedFor, LinkState
from wharfinger.domain.channels.options import OptionRow, OptionValues
from wharfinger.domain.orders.order import Fulfilment, OrderType
from wharfinger.operations.access import accounts
from wharfinger.operations.channels import channel_life, channel_set_up
from wharfinger.operations.channels.channel_set_up import AccountAsOpened, ChannelEntry, EditConflict
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
UK, DE, US = "A1F83G8C2ARO7P", "A1PA6795UKMFR9", "ATVPDKIKX0DER"
FR, TR, AE = "A13V1IB3VIYZZH", "A33AVAJ2PDY3EV", "A2VIGQ35RCS4UG"


@pytest.fixture
def installation():
    """A warehouse, FBA sites of two pools, a prompt courier service and a late one."""
    sites = {
        "own": a_site("Warehouse"),
        "uk": an_fba_site(),
        "eu": an_fba_site(pool="EU", name="FBA Europe"),
    }
    prompt = CourierService.objects.create(
        courier="Demo", name="24", tracking="at_once", gives_number=True, amazon_carrier_code="Other"
    )
    late = a_late_service()
    return {**{name: site.pk for name, site in sites.items()}, "prompt": prompt.pk, "late": late.pk}


def an_entry(installation, **changes):
    entry = ChannelEntry(
        name="Amazon.co.uk FBM",
        enabled=True,
        start_date=date(2026, 11, 1),
        order_ref_format="{0}",
        dont_import_orders=False,
        dont_upload_order_status=False,
        dont_upload_stock_levels=False,
        use_amazon_sku=True,
        import_fba_orders="no_fba",
        region="EU",
        marketplace_id=UK,
        seller_id="",
        auth_token="",
        token_expiry=None,
        site_id=installation["own"],
        courier_service_id=installation["prompt"],
    )
    return replace(entry, **changes)


def fba(installation, **changes):
    values = {"name": "UK FBA", "import_fba_orders": "only_fba", "site_id": installation["uk"], **changes}
    return an_entry(installation, courier_service_id=None, **values)


def made(installation, **changes):
    return channel_set_up.create_channel(Fulfilment.FBM, an_entry(installation, **changes), now=NOW)


def test_a_channel_without_a_token_waits_for_authorisation_and_maps_its_courier(installation):
    channel = made(installation)
    assert (channel.link_state, channel.account.seller_id, channel.activated) == (
        "waiting",
        "",
        False,
    )
    assert CourierMapping.objects.get().carrier_code == "Other"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": "  "}, "name", "Give the channel a name"),
        ({"name": "x" * 61}, "name", "at most 60"),
        ({"name": "bell\x07"}, "name", "control character"),
        ({"order_ref_format": "KCC"}, "order_ref_format", "{0}"),
        ({"order_ref_format": "{0}" + "x" * 60}, "order_ref_format", "at most 60"),
        ({"marketplace_id": "NOWHERE"}, "marketplace_id", "not a marketplace ID"),
        ({"marketplace_id": "<script>alert(1)</script>"}, "marketplace_id", "not a marketplace ID"),
        ({"marketplace_id": US}, "marketplace_id", "belongs to the region US"),
        ({"region": "FE"}, "region", "Choose the region"),
        ({"seller_id": "nobody"}, "seller_id", "not a Seller ID"),
        ({"auth_token": "amzn.mws.12345678-1234"}, "auth_token", "31 March 2024"),
        ({"auth_token": "something", "seller_id": "A1SELLERSELLER"}, "auth_token", "begins with Atzr|"),
        ({"auth_token": "Atzr|abc"}, "seller_id", "Seller ID is needed"),
        ({"import_fba_orders": "only_fba"}, "import_fba_orders", "No FBA import"),
        ({"site_id": None}, "site", "Choose the Site"),
        ({"site_id": 999_999}, "site", "no longer exists"),
        ({"courier_service_id": None}, "courier_service", "tracking number at once"),
    ],
)
def test_wrong_input_is_refused_by_its_field_and_nothing_is_made(installation, changes, field, words):
    with pytest.raises(Refused) as refused:
        made(installation, **changes)
    assert (refused.value.field, words in refused.value.message) == (field, True)
    assert (Channel.objects.count(), SellerAccount.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


def test_an_fbm_channel_does_not_take_an_fba_site(installation):
    with pytest.raises(Refused, match="site of your own"):
        made(installation, site_id=installation["uk"])


@pytest.mark.parametrize(("site", "words"), [("own", "not an FBA site"), ("eu", "served from the pool UK")])
def test_an_fba_channel_takes_the_fba_site_of_its_pool_only(installation, site, words):
    with pytest.raises(Refused, match=words):
        channel_set_up.create_channel(Fulfilment.FBA, fba(installation, site_id=installation[site]), now=NOW)
    assert Channel.objects.count() == 0


def test_an_fba_site_belongs_to_the_first_seller_that_takes_it(installation):
    channel_set_up.create_channel(Fulfilment.FBA, fba(installation, seller_id="A1FIRSTSELLER"), now=NOW)
    with pytest.raises(Refused, match="another seller account"):
        channel_set_up.create_channel(
            Fulfilment.FBA, fba(installation, name="Two", seller_id="A2SECONDSELLER"), now=NOW
        )


def test_a_channel_without_its_seller_is_reported_which_one_the_site_belongs_to(installation):
    channel_set_up.create_channel(Fulfilment.FBA, fba(installation, seller_id="A1FIRSTSELLER"), now=NOW)
    entry = fba(installation, name="Another", marketplace_id="A9SECONDUK")
    Marketplace.objects.create(
        pk="A9SECONDUK", name="Amazon.gb", country="GB", currency="GBP", region="EU", pool="UK", seller_central="x"
    )
    with pytest.raises(Refused, match="A1FIRSTSELLER. If this channel is the same seller's, give that Seller ID"):
        channel_set_up.create_channel(Fulfilment.FBA, entry, now=NOW)
    channel_set_up.create_channel(Fulfilment.FBA, replace(entry, seller_id="A1FIRSTSELLER"), now=NOW)


def test_channels_of_a_pool_share_one_site(installation):
    second = an_fba_site(pool="EU", name="FBA Europe 2")
    seller = {"seller_id": "A1FIRSTSELLER"}
    channel_set_up.create_channel(
        Fulfilment.FBA, fba(installation, name="DE", marketplace_id=DE, site_id=installation["eu"], **seller), now=NOW
    )
    french = fba(installation, name="FR", marketplace_id=FR, site_id=second.pk, **seller)
    with pytest.raises(Refused, match="FBA Europe is already this seller's site for the pool Europe") as refused:
        channel_set_up.create_channel(Fulfilment.FBA, french, now=NOW)
    assert refused.value.field == "site"
    shared = channel_set_up.create_channel(Fulfilment.FBA, replace(french, site_id=installation["eu"]), now=NOW)
    rows = (OptionRow(None, OptionValues()), OptionRow(OrderType.FBA, OptionValues(site=second.pk)))
    entry = replace(french, site_id=installation["eu"], options=rows)
    with pytest.raises(Refused, match="Row FBA: FBA Europe is already this seller's site") as refused:
        channel_set_up.save_channel(shared.pk, entry, version=1, now=NOW)
    assert refused.value.field == "fba.site"


def test_a_marketplace_outside_the_three_pools_has_a_site_of_its_own(installation):
    site = an_fba_site(pool="OTHER", name="FBA elsewhere")
    turkish = fba(installation, name="TR", marketplace_id=TR, site_id=site.pk, seller_id="A1FIRSTSELLER")
    channel_set_up.create_channel(Fulfilment.FBA, turkish, now=NOW)
    with pytest.raises(Refused, match="FBA elsewhere holds the stock of Amazon.com.tr"):
        channel_set_up.create_channel(Fulfilment.FBA, replace(turkish, name="AE", marketplace_id=AE), now=NOW)
    own = an_fba_site(pool="OTHER", name="FBA emirates")
    channel_set_up.create_channel(
        Fulfilment.FBA, replace(turkish, name="AE", marketplace_id=AE, site_id=own.pk), now=NOW
    )


def test_the_fba_site_of_a_channel_whose_seller_is_typed_later_goes_along(installation):
    first = fba(installation, name="DE", marketplace_id=DE, site_id=installation["eu"], seller_id="A1FIRSTSELLER")
    channel_set_up.create_channel(Fulfilment.FBA, first, now=NOW)
    channel = channel_set_up.create_channel(Fulfilment.FBA, fba(installation), now=NOW)
    saved = channel_set_up.save_channel(channel.pk, fba(installation, seller_id="A1FIRSTSELLER"), version=1, now=NOW)
    assert Site.objects.get(pk=installation["uk"]).account_id == saved.account_id
    assert SellerAccount.objects.count() == 1


def test_a_courier_that_is_late_needs_an_acknowledgement(installation):
    with pytest.raises(Refused, match="only later"):
        made(installation, courier_service_id=installation["late"])
    made(installation, courier_service_id=installation["late"], late_courier_acknowledged=True)


def test_the_same_marketplace_and_kind_twice_is_refused(installation):
    made(installation, seller_id="A1SELLERSELLER")
    with pytest.raises(Refused, match="is already this seller's FBM channel"):
        made(installation, name="Another", seller_id="A1SELLERSELLER")


def test_a_name_is_given_once_whatever_its_case(installation):
    made(installation)
    with pytest.raises(Refused) as refused:
        made(installation, name="AMAZON.CO.UK fbm", marketplace_id=DE)
    assert refused.value.field == "name"


def test_channels_of_one_seller_share_its_authorisation(installation):
    made(installation, seller_id="A1SELLERSELLER", auth_token="Atzr|secret1234")
    second = made(installation, name="DE", marketplace_id=DE, seller_id="A1SELLERSELLER")
    assert (SellerAccount.objects.count(), second.account.token_last_four) == (1, "1234")


def test_two_people_editing_the_second_is_reported_and_nothing_is_overwritten(installation):
    channel = made(installation)
    channel_set_up.save_channel(channel.pk, an_entry(installation, name="First"), version=1, now=NOW)
    with pytest.raises(Refused, match="Somebody else saved"):
        channel_set_up.save_channel(channel.pk, an_entry(installation, name="Second"), version=1, now=NOW)
    assert Channel.objects.get().name == "First"


def test_every_change_is_audited_and_a_secret_only_as_changed(installation):
    olga = olga_the_owner()
    entry = an_entry(installation, seller_id="A1SELLERSELLER", auth_token="Atzr|very-secret")
    channel_set_up.create_channel(Fulfilment.FBM, entry, now=NOW, user=olga)
    audited = str([(row.verb, row.before, row.after) for row in AuditEntry.objects.all()])
    assert ("very-secret" in audited, "'token': 'changed'" in audited) == (False, True)


def test_a_saved_token_is_encrypted_in_the_table(installation):
    made(installation, seller_id="A1SELLERSELLER", auth_token="Atzr|very-secret")
    with connection.cursor() as cursor:
        cursor.execute("SELECT refresh_token FROM wharfinger_selleraccount")
        stored = cursor.fetchone()[0]
    assert ("very-secret" in stored, stored.startswith("test:")) == (False, True)
    assert SellerAccount.objects.get().refresh_token == "Atzr|very-secret"


def test_the_seller_of_a_channel_with_orders_cannot_be_changed(installation):
    channel = made(installation, seller_id="A1SELLERSELLER")
    ImportedOrder.objects.create(
        account=channel.account,
        channel=channel,
        amazon_order_id="026-0000001-0000001",
        state="ok",
        amazon_status="UNSHIPPED",
        placed_at=NOW,
        amazon_updated_at=NOW,
        found_at=NOW,
    )
    for changes, field in (
        ({"seller_id": "A2ANOTHERSELLER"}, "seller_id"),
        ({"seller_id": "A1SELLERSELLER", "marketplace_id": DE}, "marketplace_id"),
    ):
        with pytest.raises(Refused, match="can no longer be changed") as refused:
            channel_set_up.save_channel(channel.pk, an_entry(installation, **changes), version=1, now=NOW)
        assert refused.value.field == field


def jobs():
    return set(ProcrastinateJob.objects.values_list("task_name", "queueing_lock"))


def test_reminders_are_looked_at_as_soon_as_the_token_expiry_is_saved_and_not_for_any_other_save(installation):
    channel = made(installation, seller_id="A1SELLERSELLER")
    reminders = ("run_periodic_task", "periodic_task:remind")
    assert reminders not in jobs()
    entry = an_entry(installation, seller_id="A1SELLERSELLER", token_expiry=date(2026, 11, 20))
    channel_set_up.save_channel(channel.pk, entry, version=1, now=NOW)
    assert reminders in jobs()


def test_a_channel_of_a_linked_account_is_linked_only_once_its_own_checks_say_so(installation):
    first = made(installation, seller_id="A1SELLERSELLER")
    assert first.link_state == "waiting"
    SellerAccount.objects.update(link_state="linked")
    Channel.objects.update(link_state="linked")
    second = made(installation, name="DE", marketplace_id=DE, seller_id="A1SELLERSELLER")
    assert second.link_state == "not_linked"
    accounts.record_checks(second.pk, [], linked=LinkState.LINKED, now=NOW)
    assert ("run_flow", f"listings_in:{second.account_id}:soon") in jobs()
    entry = an_entry(installation, seller_id="A1SELLERSELLER", marketplace_id="A13V1IB3VIYZZH")
    assert channel_set_up.save_channel(first.pk, entry, version=1, now=NOW).link_state == "not_linked"


def test_each_region_has_the_application_that_serves_it(installation):
    credentials = {"client_id": "c", "client_secret": "s", "secret_last_four": "s", "secret_set_at": NOW}
    europe = AmazonApplication.objects.create(application_id="amzn1.sp.solution.1", regions=["EU"], **credentials)
    america = AmazonApplication.objects.create(application_id="amzn1.sp.solution.2", regions=["NA"], **credentials)
    assert made(installation).account.application == europe
    assert made(installation, name="US", region="NA", marketplace_id=US).account.application == america


def test_one_seller_id_in_two_regions_is_two_accounts_that_share_nothing(installation):
    made(installation, seller_id="A1SELLERSELLER", auth_token="Atzr|secret1234")
    other = made(installation, name="US", region="NA", marketplace_id=US, seller_id="A1SELLERSELLER").account
    assert (other.refresh_token, other.token_set_at, other.link_state) == ("", None, "waiting")
    assert SellerAccount.objects.count() == 2


def test_a_seller_id_that_is_known_joins_its_account_and_leaves_no_empty_one_behind(installation):
    made(installation, seller_id="A1SELLERSELLER")
    channel = made(installation, name="DE", marketplace_id=DE)
    entry = an_entry(installation, name="DE", marketplace_id=DE, seller_id="A1SELLERSELLER")
    channel_set_up.save_channel(channel.pk, entry, version=1, now=NOW)
    assert list(SellerAccount.objects.values_list("seller_id", flat=True)) == ["A1SELLERSELLER"]


def activated(installation, settings, **changes):
    settings.WHARFINGER = replace(settings.WHARFINGER, simulator_url="http://127.0.0.1:8124")
    olga = olga_the_owner()
    channel = made(installation, **changes)
    channel_life.activate_channel(channel.pk, ActivatedFor.SIMULATOR, now=NOW, user=olga)
    return channel, olga


def test_a_new_channel_of_a_live_system_is_active_and_of_a_demo_system_is_not(installation, settings):
    assert (made(installation).activated, Channel.objects.get().activated_for) == (False, "")
    settings.WHARFINGER = replace(settings.WHARFINGER, system="live")
    assert made(installation, name="Live", marketplace_id=DE).activated


def test_an_administrator_activates_a_channel_for_one_amazon_and_deactivates_it(installation, settings):
    channel, olga = activated(installation, settings)
    channel.refresh_from_db()
    assert (channel.activated, channel.activated_for) == (True, "simulator")
    entry = AuditEntry.objects.get(verb="activate")
    assert (entry.before["activated for"], entry.after["activated for"]) == ("", "simulator")
    channel_life.deactivate_channel(channel.pk, now=NOW, user=olga)
    channel.refresh_from_db()
    assert (channel.activated, channel.activated_for) == (False, "")


def test_channels_of_one_seller_speak_to_the_same_amazon(installation, settings):
    _first, olga = activated(installation, settings, seller_id="A1SELLERSELLER")
    second = made(installation, name="DE", marketplace_id=DE, seller_id="A1SELLERSELLER")
    with pytest.raises(Refused, match="one token cannot be used for both"):
        channel_life.activate_channel(second.pk, ActivatedFor.SANDBOX, now=NOW, user=olga)
    channel_life.activate_channel(second.pk, ActivatedFor.SIMULATOR, now=NOW, user=olga)
    other = made(installation, name="Another seller", seller_id="A2SELLERSELLER")
    channel_life.activate_channel(other.pk, ActivatedFor.SANDBOX, now=NOW, user=olga)
    assert dict(Channel.objects.values_list("name", "activated_for")) == {
        "Amazon.co.uk FBM": "simulator",
        "DE": "simulator",
        "Another seller": "sandbox",
    }


def test_nothing_is_activated_for_a_simulator_that_is_not_there_nor_in_a_live_system(installation, settings):
    olga = olga_the_owner()
    channel = made(installation)
    with pytest.raises(Refused, match="has no simulator"):
        channel_life.activate_channel(channel.pk, ActivatedFor.SIMULATOR, now=NOW, user=olga)
    settings.WHARFINGER = replace(settings.WHARFINGER, system="live")
    for refused in (
        lambda: channel_life.activate_channel(channel.pk, ActivatedFor.SANDBOX, now=NOW, user=olga),
        lambda: channel_life.deactivate_channel(channel.pk, now=NOW, user=olga),
    ):
        with pytest.raises(Refused, match="In a live system every channel is active"):
            refused()


def test_a_change_of_the_seller_account_meanwhile_is_reported_like_one_of_the_channel(installation):
    channel = made(installation, seller_id="A1SELLERSELLER", auth_token="Atzr|one")
    opened = AccountAsOpened("EU", "A1SELLERSELLER", channel.account.token_expiry)
    SellerAccount.objects.update(token_expiry=date(2027, 1, 1))
    with pytest.raises(EditConflict):
        channel_set_up.save_channel(
            channel.pk, an_entry(installation, seller_id="A1SELLERSELLER"), version=1, opened=opened, now=NOW
        )
    assert Channel.objects.get().version == 1


def test_who_edits_while_the_channel_is_disabled_is_reported(installation):
    olga = olga_the_owner()
    channel = made(installation)
    channel_life.enable_channel(channel.pk, False, now=NOW, user=olga)
    with pytest.raises(EditConflict):
        channel_set_up.save_channel(channel.pk, an_entry(installation), version=1, now=NOW)
    assert not Channel.objects.get().enabled


def test_the_audit_of_a_save_names_every_field_before_and_after(installation):
    channel = made(installation, seller_id="A1SELLERSELLER")
    changes = {
        "name": "Renamed",
        "enabled": False,
        "start_date": date(2026, 11, 2),
        "order_ref_format": "KCC{0}",
        "dont_import_orders": True,
        "dont_upload_order_status": True,
        "dont_upload_stock_levels": True,
        "use_amazon_sku": False,
        "marketplace_id": DE,
        "token_expiry": date(2027, 11, 1),
    }
    channel_set_up.save_channel(
        channel.pk, an_entry(installation, seller_id="A1SELLERSELLER", **changes), version=1, now=NOW
    )
    entry = AuditEntry.objects.get(verb="save")
    assert {name for name in entry.after if entry.before[name] != entry.after[name]} == {
        "name", "enabled", "start date", "order ref format", "don't import orders", "don't upload order status",
        "don't upload stock levels", "use Amazon SKU", "marketplace", "token expiry",
    }  # fmt: skip
    assert {"region", "seller", "seller account", "import FBA orders", "activated for", "(Global): site"} <= set(
        entry.after
    )
