from dataclasses import replace
from decimal import Decimal

import pytest
from tests.factories.ground import NOW
from tests.factories.stock import a_site, an_item

from wharfinger.db.models import AuditEntry, CourierService, KitComponent, Site, StockBarcode, StockItem
from wharfinger.domain.marketplaces import Pool
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import couriers
from wharfinger.operations.shipping.couriers import ServiceEntry
from wharfinger.operations.stock import items
from wharfinger.operations.stock.items import ItemEntry
from wharfinger.operations.stock.warehouse import sites
from wharfinger.operations.stock.warehouse.sites import SiteEntry

pytestmark = pytest.mark.django_db

MUG = ItemEntry("MUG", "Blue mug", barcodes=(("EAN", "5012345678900"),), country_of_origin="gb")
MAIN = SiteEntry("Main", SiteKind.OWN)
TRACKED = ServiceEntry("DPD", "Next Day", Tracking.BY_HAND, False, "", "DPD")


def refused(verb, *args, **values):
    with pytest.raises(Refused) as refusal:
        verb(*args, now=NOW, **values)
    return refusal.value.field


def test_an_item_is_made_with_its_barcodes():
    item = items.create_item(MUG, now=NOW)
    assert (item.code, item.country_of_origin) == ("MUG", "GB")
    assert StockBarcode.objects.get().item == item
    assert AuditEntry.objects.get().verb == "create"


def test_an_item_keeps_its_measures_case_cost_and_flags():
    measures = {"length_mm": 100, "width_mm": 90, "height_mm": 80, "case_size": 12, "has_serials": True}
    entry = replace(MUG, **measures, cost=Decimal("1.2345"), cost_currency="gbp", has_batches=True)
    item = items.create_item(entry, now=NOW)
    item.refresh_from_db()
    assert {name: getattr(item, name) for name in measures} == measures
    assert (item.cost, item.cost_currency, item.has_batches) == (Decimal("1.2345"), "GBP", True)
    items.edit_item(item.pk, MUG, now=NOW)
    item.refresh_from_db()
    assert (item.case_size, item.cost, item.cost_currency, item.has_serials) == (None, None, "", False)


def test_a_kit_is_made_of_its_components_and_changed():
    part, other = an_item("PART"), an_item("OTHER")
    kit = items.create_item(ItemEntry("KIT", "Kit", components=((part.pk, 2),)), now=NOW)
    items.edit_item(kit.pk, ItemEntry("KIT", "Kit", components=((other.pk, 3),)), now=NOW)
    assert list(KitComponent.objects.values_list("component", "quantity")) == [(other.pk, 3)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": " "}, "code"),
        ({"code": "x" * 401}, "code"),
        ({"code": "A\tB"}, "code"),
        ({"code": "TAKEN"}, "code"),
        ({"name": ""}, "name"),
        ({"name": "x" * 301}, "name"),
        ({"weight_grams": -1}, "weight_grams"),
        ({"length_mm": 0}, "length_mm"),
        ({"height_mm": 100_001}, "height_mm"),
        ({"case_size": 1}, "case_size"),
        ({"cost": Decimal(-1), "cost_currency": "GBP"}, "cost"),
        ({"cost": Decimal(1)}, "cost_currency"),
        ({"country_of_origin": "Germany"}, "country_of_origin"),
        ({"commodity_code": "1" * 21}, "commodity_code"),
        ({"barcodes": (("EAN", "501"),)}, "barcodes"),
        ({"barcodes": (("", "502"),)}, "barcodes"),
    ],
)
def test_a_bad_item_is_refused_by_field(change, field):
    taken = an_item("TAKEN")
    StockBarcode.objects.create(item=taken, type="EAN", code="501")
    assert refused(items.create_item, replace(MUG, **change)) == field
    assert StockItem.objects.count() == 1


def test_kits_of_kits_and_odd_components_are_refused():
    part = an_item("PART")
    kit = items.create_item(ItemEntry("KIT", "Kit", components=((part.pk, 2),)), now=NOW)
    for components in (((kit.pk, 1),), ((part.pk, 0),), ((part.pk, 1), (part.pk, 2)), ((0, 1),)):
        assert refused(items.create_item, ItemEntry("SET", "Set", components=components)) == "components"
    assert refused(items.edit_item, kit.pk, ItemEntry("KIT", "Kit", components=((kit.pk, 1),))) == "components"
    assert refused(items.edit_item, part.pk, ItemEntry("PART", "P", components=((kit.pk, 1),))) == "components"


def test_a_site_is_made_and_renamed():
    site = sites.create_site(MAIN, now=NOW)
    sites.edit_site(site.pk, replace(MAIN, name="Hull  warehouse"), now=NOW)
    assert Site.objects.get().name == "Hull warehouse"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "Main"}, "name"),
        ({"kind": SiteKind.FBA}, "pool"),
        ({"pool": Pool.UK}, "pool"),
        ({"priority": -1}, "priority"),
    ],
)
def test_a_bad_site_is_refused_by_field(change, field):
    a_site("Main")
    assert refused(sites.create_site, replace(SiteEntry("Shop", SiteKind.SHOP), **change)) == field


def test_a_sites_kind_stays():
    site = sites.create_site(MAIN, now=NOW)
    assert refused(sites.edit_site, site.pk, replace(MAIN, kind=SiteKind.SHOP)) == "kind"


def test_a_courier_service_is_made_and_edited():
    service = couriers.create_service(TRACKED, now=NOW)
    couriers.edit_service(service.pk, replace(TRACKED, name="Two Day"), now=NOW)
    assert str(CourierService.objects.get()) == "DPD Two Day"


def test_a_carrier_code_that_amazon_does_not_list_is_taken_when_a_person_saw_it_there():
    odd = replace(TRACKED, amazon_carrier_code="Royal Mial")
    with pytest.raises(Refused, match="Do you mean “Royal Mail”"):
        couriers.create_service(odd, now=NOW)
    couriers.create_service(replace(odd, carrier_seen_at_amazon=True), now=NOW)
    assert CourierService.objects.get().amazon_carrier_code == "Royal Mial"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"courier": ""}, "courier"),
        ({"name": "Next Day"}, "name"),
        ({"amazon_carrier_code": ""}, "amazon_carrier_code"),
        ({"amazon_carrier_code": "Other"}, "amazon_carrier_name"),
        ({"number_prefix": "LONGER"}, "number_prefix"),
        ({"gives_number": True}, "tracking"),
    ],
)
def test_a_bad_courier_service_is_refused_by_field(change, field):
    couriers.create_service(TRACKED, now=NOW)
    assert refused(couriers.create_service, replace(replace(TRACKED, name="Other"), **change)) == field
