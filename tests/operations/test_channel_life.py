"""Channels among others: more of one seller, archived, restored, deleted; switched off nothing goes out."""

from datetime import date, timedelta

import pytest
from tests.factories.accounts import a_participation, an_account
from tests.factories.channels import a_channel
from tests.factories.ground import DE, NOW, UK
from tests.factories.orders import an_order
from tests.factories.shipping import a_confirmation, a_service
from tests.factories.stock import a_listing, a_site, an_fba_site, an_item

from wharfinger.db.models import (
    AuditEntry,
    AuthorisationAttempt,
    Channel,
    Confirmation,
    ImportedOrder,
    Participation,
    RawMessage,
    SellerAccount,
    StockNotice,
)
from wharfinger.db.queries.channels.channel_offers import channel_offers
from wharfinger.db.queries.stock.stock_out import listing_facts
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.orders.waits_for import ForChannel
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.domain.stock.listing_quantity import Silent, decide
from wharfinger.operations.access import accounts, applications, authorisation
from wharfinger.operations.access.applications import ApplicationEntry
from wharfinger.operations.channels import channel_life, channel_set_up
from wharfinger.operations.channels.channel_set_up import OneMore
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import confirmations

pytestmark = pytest.mark.django_db
FR, TR, AE = "A13V1IB3VIYZZH", "A33AVAJ2PDY3EV", "A2VIGQ35RCS4UG"


@pytest.fixture
def shop():
    """One seller in UK, DE and FR with one FBM channel and the FBA site of one pool."""
    account = an_account()
    warehouse, pool = a_site(), an_fba_site(pool="EU", name="FBA Europe")
    for marketplace in (UK, DE, FR):
        a_participation(account, marketplace, participating=marketplace != FR)
    return account, warehouse, pool, a_channel(account, warehouse)


def test_what_the_account_takes_part_in_is_offered_and_what_hinders_is_said(shop):
    account, _warehouse, pool, channel = shop
    offers = channel_offers(channel.pk)
    assert [row.id for row in offers.marketplaces] == [UK, DE] or [row.id for row in offers.marketplaces] == [DE, UK]
    rows = {row.id: row for row in offers.marketplaces}
    assert rows[UK].fbm.channel_id == channel.pk
    assert rows[DE].fbm.channel_id is None
    assert rows[DE].fba.site_id == pool.pk
    assert "FBA site" in rows[UK].fba.hindrance
    assert offers.find(f"{UK}:FBM") is None
    assert offers.find(f"{UK}:FBA") is None
    assert offers.find(f"{FR}:FBM") is None


def test_outside_the_pools_each_marketplace_is_offered_a_site_of_its_own(shop):
    account, _warehouse, _pool, channel = shop
    for marketplace in (TR, AE):
        Participation.objects.create(
            account=account, marketplace_id=marketplace, participating=True, suspended_listings=False
        )
    first = a_site("FBA elsewhere", SiteKind.FBA, "OTHER")
    offered = {row.id: (row.fba.site_id, row.fba.hindrance) for row in channel_offers(channel.pk).marketplaces}
    assert (offered[AE], offered[TR]) == ((first.pk, ""), (None, "Needs an FBA site for Amazon.com.tr"))
    a_channel(account, first, TR, kind="FBA")
    own = a_site("FBA emirates", SiteKind.FBA, "OTHER")
    offered = {row.id: row.fba.site_id for row in channel_offers(channel.pk).marketplaces}
    assert offered[AE] == own.pk


def test_the_site_of_another_seller_is_not_offered(shop):
    _account, _warehouse, pool, channel = shop
    pool.account = an_account("Other", "A3OTHER")
    pool.save()
    offers = channel_offers(channel.pk)
    assert all(row.fba.site_id is None for row in offers.marketplaces)


def test_several_channels_are_made_in_one_go_and_share_the_authorisation(shop, olga):
    account, warehouse, pool, channel = shop
    service = a_service()
    wanted = [OneMore(DE, Fulfilment.FBM, warehouse.pk), OneMore(DE, Fulfilment.FBA, pool.pk)]
    made = channel_set_up.create_more(channel.pk, wanted, courier_service_id=service.pk, now=NOW, user=olga)
    assert {(row.name, row.kind, row.account_id) for row in made} == {
        ("Amazon.de FBM", "FBM", account.pk),
        ("Amazon.de FBA", "FBA", account.pk),
    }
    assert SellerAccount.objects.count() == 1


def test_all_of_them_or_none(shop, olga):
    _account, warehouse, _pool, channel = shop
    wanted = [OneMore(DE, Fulfilment.FBM, warehouse.pk), OneMore(UK, Fulfilment.FBM, warehouse.pk)]
    with pytest.raises(Refused, match="already"):
        channel_set_up.create_more(channel.pk, wanted, courier_service_id=a_service().pk, now=NOW, user=olga)
    assert Channel.objects.count() == 1


def test_a_channel_on_which_nothing_hangs_is_deleted_with_its_account(olga):
    channel = a_channel(an_account(seller_id=""), a_site(), name="Wrong")
    applications.save_application(
        ApplicationEntry("amzn1.sp.solution.1", "amzn1.application-oa2-client.1", "amzn1.oa2-cs.v1.s"), now=NOW
    )
    authorisation.open_attempt(channel.pk, user=olga, session_key="s", redirect_uri="u", machine_now=NOW)
    assert channel_life.delete_channel(channel.pk, now=NOW, user=olga) == "Wrong"
    assert not Channel.objects.exists()
    assert not SellerAccount.objects.exists()
    assert not AuthorisationAttempt.objects.exists()
    assert AuditEntry.objects.get(verb="delete").before["name"] == "Wrong"


def test_an_fba_channel_that_was_never_authorised_is_deleted_and_its_site_is_free_again(olga):
    account = an_account(seller_id="")
    pool = a_site("FBA UK", SiteKind.FBA, "UK", account)
    channel = a_channel(account, pool, kind="FBA")
    channel_life.delete_channel(channel.pk, now=NOW, user=olga)
    pool.refresh_from_db()
    assert (pool.account, SellerAccount.objects.exists()) == (None, False)


def test_a_channel_with_orders_is_archived_and_its_place_is_free(shop, olga):
    account, warehouse, _pool, channel = shop
    an_order(channel, warehouse, [(an_item(), 1)])
    with pytest.raises(Refused, match="Archive it instead"):
        channel_life.delete_channel(channel.pk, now=NOW, user=olga)
    channel_life.archive_channel(channel.pk, now=NOW, user=olga)
    twin = a_channel(account, warehouse, name="Its successor")
    with pytest.raises(Refused, match="Its successor"):
        channel_life.restore_channel(channel.pk, now=NOW, user=olga)
    channel_life.delete_channel(twin.pk, now=NOW, user=olga)
    channel_life.restore_channel(channel.pk, now=NOW, user=olga)
    assert not Channel.objects.get(pk=channel.pk).archived


def a_waiting_confirmation(channel, site):
    return a_confirmation(an_order(channel, site, [(an_item(), 1)]), a_service())


@pytest.mark.parametrize("off", [{"enabled": False}, {"activated": False}, {"archived": True}])
def test_a_channel_that_is_off_sends_nothing_and_keeps_what_waits(shop, olga, off):
    account, warehouse, _pool, channel = shop
    a_waiting_confirmation(channel, warehouse)
    Channel.objects.filter(pk=channel.pk).update(**off)
    assert confirmations.claim_confirmation(account.pk, now=NOW, machine_now=NOW) is None
    assert confirmations.next_due(account.pk, now=NOW) is None
    assert Confirmation.objects.get().state == "waiting"
    Channel.objects.filter(pk=channel.pk).update(enabled=True, activated=True, archived=False)
    assert confirmations.claim_confirmation(account.pk, now=NOW, machine_now=NOW) is not None


def test_nothing_is_looked_up_for_a_channel_that_is_off(shop):
    account, warehouse, _pool, channel = shop
    row = a_waiting_confirmation(channel, warehouse)
    earlier = NOW - timedelta(hours=1)
    Confirmation.objects.filter(pk=row.pk).update(state="attempted", attempted_at_machine=earlier, attempted_at=earlier)
    assert confirmations.due_to_look_up(account.pk, now=NOW, machine_before=NOW)
    Channel.objects.filter(pk=channel.pk).update(enabled=False)
    assert not confirmations.due_to_look_up(account.pk, now=NOW, machine_before=NOW)


def test_a_channel_whose_checks_failed_tells_amazon_no_quantity_until_they_are_good(shop):
    account, _warehouse, _pool, channel = shop
    item = an_item()
    listing = a_listing(account, item=item)
    Channel.objects.update(link_state="not_linked")
    decision = decide(listing_facts({listing.pk})[listing.pk])
    assert decision == Silent("Amazon.co.uk FBM is not linked: see its checks.")
    accounts.record_checks(channel.pk, [], linked=LinkState.LINKED, now=NOW)
    assert StockNotice.objects.get().cause == "Amazon.co.uk FBM: linked"


def test_the_start_date_of_further_channels_is_one_week_back(shop, olga):
    _account, warehouse, _pool, channel = shop
    wanted = [OneMore(DE, Fulfilment.FBM, warehouse.pk)]
    made = channel_set_up.create_more(channel.pk, wanted, courier_service_id=a_service().pk, now=NOW, user=olga)
    assert made[0].start_date == date(2026, 11, 17)


def test_every_further_channel_begins_with_a_review_of_its_own(shop, olga):
    """Its pattern's first import is long over; the marketplace's old orders are looked at all the same."""
    _account, warehouse, pool, channel = shop
    assert not channel.dont_import_orders
    wanted = [OneMore(DE, Fulfilment.FBM, warehouse.pk), OneMore(DE, Fulfilment.FBA, pool.pk)]
    made = channel_set_up.create_more(channel.pk, wanted, courier_service_id=a_service().pk, now=NOW, user=olga)
    assert [row.dont_import_orders for row in made] == [True, True]


def test_a_restored_channel_begins_with_a_review_again(shop, olga):
    channel = shop[3]
    channel_life.archive_channel(channel.pk, now=NOW, user=olga)
    channel.refresh_from_db()
    assert not channel.dont_import_orders
    channel_life.restore_channel(channel.pk, now=NOW, user=olga)
    channel.refresh_from_db()
    assert (channel.archived, channel.dont_import_orders) == (False, True)


def test_disabling_keeps_orders_quantities_and_confirmations_and_enabling_takes_them_up(shop, olga):
    account, warehouse, _pool, channel = shop
    item = an_item("KEPT")
    waiting = a_waiting_confirmation(channel, warehouse)
    listing = a_listing(account, "KEPT", item)
    raw = RawMessage.objects.create(
        account=account, kind="order", key="1", body=b"{}", body_hash="0" * 64, source="search", state="taken",
        received_at=NOW,
    )  # fmt: skip
    order = ImportedOrder.objects.create(
        account=account, amazon_order_id="026-0000009-0000009", channel=channel, marketplace=channel.marketplace,
        fulfilment="FBM", state="not_attempted", waits_for=ForChannel(channel.pk), amazon_status="UNSHIPPED",
        raw_message=raw, placed_at=NOW, amazon_updated_at=NOW, found_at=NOW,
    )  # fmt: skip
    StockNotice.objects.create(listing=listing, account=account, cause="a sale", raised_at=NOW, again_at=NOW)
    channel_life.enable_channel(channel.pk, False, now=NOW, user=olga)
    assert (Confirmation.objects.get(pk=waiting.pk).state, StockNotice.objects.count()) == ("waiting", 1)
    assert ImportedOrder.objects.get(pk=order.pk).state == "not_attempted"
    assert confirmations.claim_confirmation(account.pk, now=NOW, machine_now=NOW) is None
    decision = decide(listing_facts({listing.pk})[listing.pk])
    assert (type(decision), "is not enabled" in decision.reason) == (Silent, True)
    StockNotice.objects.all().delete()  # looked at meanwhile, and silent
    channel_life.enable_channel(channel.pk, True, now=NOW, user=olga)
    assert StockNotice.objects.get().cause == "Amazon.co.uk FBM: enabled"
    assert ImportedOrder.objects.get(pk=order.pk).state == "retrying"
    assert RawMessage.objects.get(pk=raw.pk).state == "waiting"
    assert confirmations.claim_confirmation(account.pk, now=NOW, machine_now=NOW) is not None
    audited = [
        (entry.verb, entry.before["enabled"], entry.after["enabled"]) for entry in AuditEntry.objects.order_by("pk")
    ]
    assert audited == [("disable", "True", "False"), ("enable", "False", "True")]
