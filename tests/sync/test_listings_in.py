from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import DE, NOW, UK
from tests.factories.orders import an_order
from tests.factories.stock import a_listing, a_site, an_item
from tests.sync.fake_amazon import Entry, FakeAmazon, SteppedClock

from wharfinger.amazon.errors import NotAnsweredAsPromised, PageTokenRefused, Refused, ServerFault
from wharfinger.amazon.messages.catalog import (
    CatalogIdentifier,
    CatalogImage,
    CatalogItem,
    CatalogSummary,
    IdentifiersOfMarketplace,
    ImagesOfMarketplace,
)
from wharfinger.amazon.messages.listings import ListingsPage
from wharfinger.db.models import (
    ChannelProduct,
    Listing,
    ListingReport,
    MarketplaceReading,
    Problem,
    StockBarcode,
    StockItem,
    StockNotice,
)
from wharfinger.db.queries.stock.undescribed import undescribed_asins
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.operations.stock import items, ledger
from wharfinger.operations.stock.items import ItemEntry
from wharfinger.sync import listings_in
from wharfinger.sync.calls import NotBefore

pytestmark = pytest.mark.django_db
PICTURE = "https://m.media-amazon.com/images/I/71abc.jpg"


class Shop:
    def __init__(self, *marketplaces, **entries):
        self.account = an_account()
        self.site = a_site()
        self.channels = [a_channel(self.account, self.site, marketplace) for marketplace in marketplaces or (UK,)]
        self.clock = SteppedClock(NOW)
        self.amazon = FakeAmazon.of(self.account, self.clock)
        self.amazon.listings.update(entries)

    def run(self):
        return listings_in.run(self.account.pk, self.amazon, self.clock)


def test_a_page_of_listings_costs_a_fixed_number_of_statements():
    """20 a page; each of them cost ten."""
    shop = Shop(**{f"MUG-{number}": Entry(quantity=7) for number in range(60)})
    for at_most in (150, 60):
        with CaptureQueriesContext(connection) as seen:
            shop.run()
        assert len(seen) < at_most
    assert ChannelProduct.objects.filter(title="A mug").count() == 60
    assert set(Listing.objects.values_list("read_back_quantity", flat=True)) == {7}


def test_a_listing_is_kept_with_what_amazon_says_of_it():
    shop = Shop(MUG=Entry(quantity=7, lead_time_days=2))
    shop.run()
    listing = Listing.objects.get()
    assert (listing.sku, listing.fulfilment, listing.product_type) == ("MUG", "FBM", "MUG")
    assert (listing.read_back_quantity, listing.lead_time_days) == (7, 2)
    product = ChannelProduct.objects.get()
    assert (product.marketplace_id, product.asin, product.title) == (UK, "B07XJ8C8F5", "A mug")


def test_all_pages_of_all_marketplaces_and_a_second_run_changes_nothing():
    shop = Shop(UK, DE, **{f"SKU-{number}": Entry() for number in range(45)})
    shop.run()
    shop.clock.advance(hours=4)
    assert "45 SKUs in 2 marketplaces, 0 new, 0 linked automatically, 0 gone" in shop.run().outcome
    assert (Listing.objects.count(), ChannelProduct.objects.count()) == (45, 90)


def test_one_is_reported_as_one():
    assert "1 SKU in 1 marketplace, " in Shop(UK, MUG=Entry()).run().outcome


@pytest.mark.parametrize(("code", "reference", "barcode"), [("MUG", "", ""), ("M-1", "MUG", ""), ("M-1", "", "MUG")])
def test_it_links_itself_by_code_other_reference_or_barcode(code, reference, barcode):
    item = StockItem.objects.create(code=code, name="Mug", other_reference=reference, made_at=NOW)
    if barcode:
        StockBarcode.objects.create(item=item, type="Other", code=barcode)
    shop = Shop(MUG=Entry())
    shop.run()
    product = ChannelProduct.objects.get()
    assert (product.item, product.linked_by) == (item, "itself")


@pytest.mark.parametrize("code", ["mug", " MUG", "MUG1", "0MUG"])
def test_it_links_exact_names_only(code):
    an_item(code)
    Shop(MUG=Entry()).run()
    assert ChannelProduct.objects.get().item is None


def test_a_reference_of_two_items_links_neither():
    for code in ("A", "B"):
        StockItem.objects.create(code=code, name=code, other_reference="MUG", made_at=NOW)
    Shop(MUG=Entry()).run()
    assert ChannelProduct.objects.get().item is None


def test_a_link_lets_the_stock_out_and_the_held_order_go_on():
    item = an_item()
    shop = Shop(MUG=Entry())
    ledger.receive_stock(item.pk, shop.site.pk, 5, now=NOW)
    order = an_order(shop.channels[0], shop.site, [(None, 2)], SalesOrderState.HELD)
    order.lines.update(sku="MUG")
    shop.run()
    order.refresh_from_db()
    assert order.state == "ready_to_ship"
    assert StockNotice.objects.get().listing.sku == "MUG"


def test_an_item_made_later_links_the_listing_that_waits():
    shop = Shop(MUG=Entry())
    shop.run()
    item = items.create_item(ItemEntry(code="MUG", name="Mug"), now=NOW)
    assert ChannelProduct.objects.get().item == item


def test_the_fulfilment_channel_says_who_sends():
    shop = Shop(OURS=Entry(), THEIRS=Entry(channel="AMAZON_EU"), BOTH=Entry(more_channels=("AMAZON_EU",)))
    shop.run()
    assert dict(Listing.objects.values_list("sku", "fulfilment")) == {"OURS": "FBM", "THEIRS": "FBA", "BOTH": "FBA"}
    problem = Problem.objects.get(kind="listing_conflict")
    assert problem.listing.sku == "BOTH"
    shop.amazon.listings["BOTH"].more_channels = ()
    shop.run()
    problem.refresh_from_db()
    assert problem.solved_at is not None


def test_a_listing_that_is_listed_no_more_is_gone_after_a_whole_reading():
    shop = Shop(MUG=Entry(), CUP=Entry())
    shop.run()
    del shop.amazon.listings["CUP"]
    shop.clock.advance(hours=4)
    shop.run()
    assert Listing.objects.get(sku="CUP").gone_at == shop.clock.now()
    assert Listing.objects.get(sku="MUG").gone_at is None
    shop.amazon.listings["CUP"] = Entry()
    shop.clock.advance(hours=4)
    shop.run()
    assert Listing.objects.get(sku="CUP").gone_at is None


def test_cut_off_half_way_nothing_is_called_gone():
    shop = Shop(**{f"SKU-{number}": Entry() for number in range(25)})
    shop.run()
    del shop.amazon.listings["SKU-24"]
    shop.amazon.faults["searchListingsItems"] += [None, ServerFault("searchListingsItems", status=500)]
    shop.clock.advance(hours=4)
    with pytest.raises(ServerFault):
        shop.run()
    assert not Listing.objects.exclude(gone_at=None).exists()


def test_cut_off_between_two_marketplaces_it_goes_on_with_the_second():
    shop = Shop(UK, DE, MUG=Entry(), CUP=Entry())
    shop.run()
    del shop.amazon.listings["CUP"]
    shop.clock.advance(hours=4)
    shop.amazon.faults["searchListingsItems"] += [None, ServerFault("searchListingsItems", status=500)]
    with pytest.raises(ServerFault):
        shop.run()
    shop.clock.advance(minutes=1)
    before = len(shop.amazon.calls)
    assert "1 SKU in 2 marketplaces, 0 new, 0 linked automatically, 1 gone" in shop.run().outcome
    assert len(shop.amazon.calls) - before == 1
    assert Listing.objects.get(sku="CUP").gone_at == shop.clock.now()
    assert not MarketplaceReading.objects.exists()


def test_what_was_read_long_ago_is_read_again():
    shop = Shop(UK, DE, MUG=Entry())
    shop.amazon.faults["searchListingsItems"] += [None, ServerFault("searchListingsItems", status=500)]
    with pytest.raises(ServerFault):
        shop.run()
    shop.clock.advance(minutes=16)
    before = len(shop.amazon.named("searchListingsItems"))
    shop.run()
    assert len(shop.amazon.named("searchListingsItems")) - before == 2


def test_entries_that_could_not_be_read_before_the_cut_keep_the_rest_from_being_gone():
    shop = Shop(UK, DE, MUG=Entry())
    a_listing(shop.account, "LOST")
    odd = ListingsPage(items=(), number_of_results=1, next_token=None, unreadable=("one",))
    shop.amazon.faults["searchListingsItems"] += [odd, ServerFault("searchListingsItems", status=500)]
    with pytest.raises(ServerFault):
        shop.run()
    shop.clock.advance(minutes=1)
    assert "1 could not be used" in shop.run().outcome
    assert Listing.objects.get(sku="LOST").gone_at is None


def test_a_dead_page_token_begins_the_marketplace_again():
    shop = Shop(**{f"SKU-{number}": Entry() for number in range(25)})
    shop.amazon.faults["searchListingsItems"] += [None, PageTokenRefused("searchListingsItems", status=400)]
    shop.run()
    assert Listing.objects.count() == 25


NO_PAGE = NotAnsweredAsPromised("searchListingsItems", status=200, message="no JSON that can be read")


def test_a_page_token_that_brings_no_page_begins_the_marketplace_again():
    shop = Shop(**{f"SKU-{number}": Entry() for number in range(45)})
    shop.amazon.faults["searchListingsItems"] += [None, NO_PAGE]
    shop.run()
    assert Listing.objects.count() == 45
    shop.amazon.faults["searchListingsItems"] += [NO_PAGE]
    with pytest.raises(NotAnsweredAsPromised):
        shop.run()


def test_an_entry_that_was_not_requested_is_counted_and_nothing_is_called_gone():
    shop = Shop(MUG=Entry(), CUP=Entry())
    shop.run()
    del shop.amazon.listings["CUP"]
    shop.clock.advance(hours=4)
    odd = ListingsPage(
        items=shop.amazon.search_listings_items(UK).value.items, number_of_results=2, unreadable=("item of DE",)
    )
    shop.amazon.faults["searchListingsItems"].append(odd)
    assert "1 could not be used, 0 gone" in shop.run().outcome


def test_throttled_it_waits_for_the_next_token():
    shop = Shop(**{f"SKU-{number}": Entry() for number in range(45)})
    shop.amazon.tokens["searchListingsItems"] = 1
    pause = shop.clock.pause

    def refill(seconds):
        shop.amazon.tokens["searchListingsItems"] = 1
        pause(seconds)

    shop.clock.pause = refill
    shop.run()
    assert Listing.objects.count() == 45
    assert shop.clock.paused == 4


@pytest.mark.parametrize(
    ("reports", "problems"),
    [
        ([], 0),
        ([("compared", timedelta(hours=20))], 0),
        ([("failed", timedelta(hours=1)), ("compared", timedelta(days=3))], 1),
    ],
)
def test_more_than_amazon_lets_be_read_is_a_problem_while_no_report_names_the_rest(reports, problems):
    shop = Shop(MUG=Entry())
    a_listing(shop.account, "ELSEWHERE")
    for state, ago in reports:
        ListingReport.objects.create(
            account=shop.account, marketplace_id=UK, state=state, wanted_at=NOW - ago, ended_at=NOW - ago
        )
    shop.amazon.faults["searchListingsItems"].append(ListingsPage(items=(), number_of_results=1_400, next_token=None))
    shop.run()
    assert Problem.objects.filter(kind="flow_failed", cause__contains="1400 listings").count() == problems
    assert Listing.objects.get(sku="ELSEWHERE").gone_at is None


def test_another_number_at_amazon_is_looked_at_again_before_it_is_reported_again():
    shop = Shop(MUG=Entry(quantity=3))
    a_listing(shop.account, "MUG", an_item())
    Listing.objects.update(sent_quantity=5, sent_at=NOW - timedelta(hours=1), sent_why={"steps": []})
    shop.run()
    assert Listing.objects.get().read_back_at > NOW
    assert not StockNotice.objects.exists()


def test_what_listings_come_without_is_fetched_from_the_catalogue_once():
    shop = Shop(A=Entry(asin="B0A"), B=Entry(asin="B0B", title=""), C=Entry(asin=""))
    images = (ImagesOfMarketplace(marketplace_id=UK, images=(CatalogImage(link=PICTURE, variant="MAIN"),)),)
    number = CatalogIdentifier(identifier_type="UPC", identifier="012345678905")
    numbers = (IdentifiersOfMarketplace(marketplace_id=UK, identifiers=(number,)),)
    names = (CatalogSummary(marketplace_id=UK, item_name="A jug"),)
    shop.amazon.catalog["B0B"] = CatalogItem(asin="B0B", images=images, identifiers=numbers, summaries=names)
    assert shop.run().outcome.endswith("0 gone, 1 of 2 ASINs described by the catalogue")
    rows = ChannelProduct.objects.order_by("listing__sku").values_list("title", "gtin", "picture")
    assert list(rows) == [("A mug", "", ""), ("A jug", "00012345678905", PICTURE), ("A mug", "", "")]
    shop.clock.advance(hours=4)
    assert shop.run().outcome.endswith("0 gone")
    assert shop.amazon.named("searchCatalogItems") == [(UK, ("B0A", "B0B"))]
    assert ChannelProduct.objects.get(asin="B0B").gtin == "00012345678905"


def test_twenty_asins_are_fetched_at_a_time_and_the_budget_ends_it():
    shop = Shop(**{f"S{number:02d}": Entry(asin=f"B{number:02d}") for number in range(30)})
    shop.amazon.faults["searchCatalogItems"] += [None, NotBefore(NOW + timedelta(hours=1), "searchCatalogItems")]
    assert shop.run().outcome.endswith("0 of 20 ASINs described by the catalogue")
    assert ChannelProduct.objects.filter(described_at=None).count() == 10


def test_an_odd_asin_keeps_no_other_one_from_being_described():
    shop = Shop(**{f"S{number}": Entry(asin=f"B{number}") for number in range(3)})
    for number in (0, 2):
        names = (CatalogSummary(marketplace_id=UK, item_name="A jug"),)
        numbers = (CatalogIdentifier(identifier_type="UPC", identifier="012345678905"),)
        numbers = (IdentifiersOfMarketplace(marketplace_id=UK, identifiers=numbers),)
        shop.amazon.catalog[f"B{number}"] = CatalogItem(asin=f"B{number}", identifiers=numbers, summaries=names)
    refusal = Refused("searchCatalogItems", status=400, code="InvalidInput", message="One of the ASINs is odd")
    shop.amazon.faults["searchCatalogItems"] += [refusal, None, refusal]
    assert shop.run().outcome.endswith("0 gone, 2 of 3 ASINs described by the catalogue")
    called = shop.amazon.named("searchCatalogItems")
    assert called == [(UK, ("B0", "B1", "B2")), (UK, ("B0",)), (UK, ("B1",)), (UK, ("B2",))]
    assert undescribed_asins(shop.account.pk, 20) is None


def test_a_catalogue_that_refuses_everything_is_said_and_not_taken_for_odd_asins():
    shop = Shop(**{f"S{number}": Entry(asin=f"B{number}") for number in range(9)})
    shop.amazon.faults["searchCatalogItems"] += [Refused("searchCatalogItems", status=400)] * 20
    with pytest.raises(Refused):
        shop.run()
    assert Listing.objects.filter(gone_at=None).count() == 9
    assert len(shop.amazon.named("searchCatalogItems")) < 10


def test_linked_and_ignored_listings_need_no_description():
    item = StockItem.objects.create(code="A", name="A", made_at=NOW)
    shop = Shop(A=Entry(asin="B0A"), B=Entry(asin="B0B"))
    shop.amazon.faults["searchCatalogItems"] += [NotBefore(NOW + timedelta(hours=1), "searchCatalogItems")]
    shop.run()
    Listing.objects.filter(sku="B").update(ignored_at=NOW)
    assert ChannelProduct.objects.get(listing__sku="A").item == item
    assert undescribed_asins(shop.account.pk, 20) is None
