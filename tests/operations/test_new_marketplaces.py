"""A marketplace that is in no table of ours (behaviour A11): from Amazon's answer to a sales order."""

import json
from datetime import date

import pytest
from tests.factories.ground import NOW
from tests.factories.incoming import an_order
from tests.factories.outcomes import the_order
from tests.factories.stock import an_fba_site

from wharfinger.amazon.messages.sellers import split_participations
from wharfinger.db.models import Channel, CourierService, ImportedOrder, Marketplace, Site
from wharfinger.db.queries.channels.channel_facts import marketplace_choices
from wharfinger.db.queries.channels.channel_offers import channel_offers
from wharfinger.db.queries.channels.setup_checks import setup_facts
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment
from wharfinger.operations.access import accounts
from wharfinger.operations.channels import channel_set_up
from wharfinger.operations.channels.channel_set_up import OneMore
from wharfinger.sync.translate.sellers import found_participations

pytestmark = pytest.mark.django_db
NEW, TURKEY = "A9NEWPLACE0001", "A33AVAJ2PDY3EV"


def payload(name="Amazon.lu", country="LU", currency="EUR"):
    marketplace = {"id": NEW, "name": name, "countryCode": country, "defaultCurrencyCode": currency}
    part = {"isParticipating": True, "hasSuspendedListings": False}
    return json.dumps({"payload": [{"marketplace": marketplace, "participation": part, "storeName": "Harbour"}]})


def keep(shop, **changes):
    accounts.keep_participations(
        shop.account.pk, found_participations(split_participations(payload(**changes).encode())[0]), now=NOW
    )


def make_both(shop):
    courier = CourierService.objects.create(
        courier="Demo", name="24", tracking="at_once", gives_number=True, amazon_carrier_code="Other"
    )
    (offered,) = [row for row in channel_offers(shop.fbm.pk).marketplaces if row.id == NEW]
    wanted = [
        OneMore(NEW, Fulfilment.FBM, shop.warehouse.pk),
        OneMore(NEW, Fulfilment.FBA, offered.fba.site_id),
    ]
    return channel_set_up.create_more(shop.fbm.pk, wanted, courier_service_id=courier.pk, now=NOW, user=shop.olga)


def test_it_is_offered_made_linked_and_its_orders_become_sales_orders(shop):
    keep(shop)
    assert f"Amazon.lu ({NEW})" in str(marketplace_choices())
    site = Site.objects.create(name="FBA Luxembourg", kind="fba", pool="OTHER", levels_loaded_at=NOW, made_at=NOW)
    fbm, fba = make_both(shop)
    for channel in (fbm, fba):
        accounts.record_checks(channel.pk, [], linked=LinkState.LINKED, now=NOW)
    Channel.objects.update(activated=True, start_date=date(2026, 11, 1), dont_import_orders=False)
    shop.item("MUG", 5)
    shop.take(an_order(marketplace_id=NEW, currency="EUR"))
    assert (the_order().channel, the_order().currency, the_order().state) == (fbm, "EUR", "ready_to_ship")
    shipped = {"status": AmazonStatus.SHIPPED, "fulfilment": Fulfilment.FBA, "currency": "EUR"}
    shop.take(an_order(number="026-0000001-0000002", marketplace_id=NEW, **shipped))
    taken = ImportedOrder.objects.get(amazon_order_id="026-0000001-0000002")
    assert (taken.channel, taken.state, taken.sales_orders.get().site) == (fba, "ok", site)


def test_the_wizards_check_counts_no_site_that_holds_another_marketplaces_stock(shop):
    keep(shop)
    site = an_fba_site(pool="OTHER", name="FBA Luxembourg")
    assert [row.id for row in setup_facts(Fulfilment.FBA, TURKEY).pool_sites] == [site.pk]
    make_both(shop)
    assert setup_facts(Fulfilment.FBA, TURKEY).pool_sites == ()
    assert [row.id for row in setup_facts(Fulfilment.FBA, NEW).pool_sites] == [site.pk]


@pytest.mark.parametrize(
    ("name", "known_as", "seller_central"),
    [
        ("Amazon.lu", "Amazon.lu", "sellercentral.amazon.lu"),
        ("SI UK Prod Marketplace", "SI UK Prod Marketplace", "sellercentral-europe.amazon.com"),
        ("", NEW, "sellercentral-europe.amazon.com"),
        ("N" * 200, "N" * 60, "sellercentral-europe.amazon.com"),
    ],
)
def test_whatever_amazon_calls_it_it_is_kept_and_has_a_seller_central(shop, name, known_as, seller_central):
    keep(shop, name=name)
    kept = Marketplace.objects.get(pk=NEW)
    assert (kept.name, kept.seller_central, kept.region, kept.currency) == (known_as, seller_central, "EU", "EUR")
