from datetime import timedelta

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import DE, NOW, UK
from tests.factories.stock import a_listing, a_site, an_item
from tests.sync.fake_amazon import FakeAmazon, SteppedClock

from wharfinger.amazon.errors import AccessDenied, NotAnsweredAsPromised, PageTokenRefused, Refused, ServerFault
from wharfinger.amazon.messages.fba import InventoryPage
from wharfinger.db.models import ChannelProduct, FlowSchedule, Movement, StockLevel
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.sync import fba_stock_in
from wharfinger.sync.calls import FlowResult, NotBefore

pytestmark = pytest.mark.django_db


class Shop:
    """One account with FBA channels for the UK pool, its site, and its Amazon."""

    def __init__(self, **units):
        self.account = an_account()
        self.site = a_site("FBA UK", SiteKind.FBA, "UK", self.account)
        a_channel(self.account, self.site, kind="FBA")
        self.clock = SteppedClock(NOW)
        self.amazon = FakeAmazon.of(self.account, self.clock)
        for sku, held in units.items():
            a_listing(self.account, sku, an_item(sku), fulfilment="FBA")
            self.amazon.fba[sku] = held

    def run(self):
        return fba_stock_in.run(self.account.pk, self.amazon, self.clock)

    def levels(self):
        return dict(StockLevel.objects.order_by("item__code").values_list("item__code", "on_hand"))


def test_every_page_is_mirrored_and_a_second_run_changes_nothing():
    shop = Shop(**{f"SKU{number:02d}": number for number in range(7)})
    shop.amazon.page_size = 3
    shop.run()
    assert shop.levels() == {f"SKU{number:02d}": number for number in range(7)}
    moved = Movement.objects.count()
    shop.clock.advance(minutes=15)
    assert "7 items, 0 differ" in shop.run().outcome
    assert Movement.objects.count() == moved
    shop.site.refresh_from_db()
    assert (shop.site.levels_loaded_at, shop.site.levels_read_at) == (NOW, shop.clock.now())


def test_a_pool_is_read_once_for_all_its_marketplaces():
    shop = Shop()
    europe = a_site("FBA Europe", SiteKind.FBA, "EU", shop.account)
    a_channel(shop.account, europe, DE, kind="FBA")
    a_channel(shop.account, europe, "A13V1IB3VIYZZH", kind="FBA")
    shop.run()
    assert shop.amazon.named("getInventorySummaries") == [(UK, None), (DE, None)]


def test_a_summary_without_numbers_is_not_zero():
    shop = Shop(MUG=5)
    shop.run()
    shop.amazon.fba["MUG"] = None
    shop.clock.advance(minutes=15)
    assert "1 without quantities" in shop.run().outcome
    assert shop.levels() == {"MUG": 5}


def test_units_that_buyers_ordered_are_on_hand_until_amazon_sends_them():
    shop = Shop(MUG=5)
    shop.amazon.fba_ordered["MUG"] = 2
    shop.run()
    level = StockLevel.objects.get()
    assert (level.on_hand, level.fba_reserved) == (5, 2)
    assert Movement.objects.get().note == "Amazon held 5 (2 of them ordered) at 2026-11-24 12:00:00 UTC"


def test_one_odd_zero_waits_for_a_second_reading_that_comes_soon():
    shop = Shop(MUG=75)
    shop.run()
    shop.amazon.fba["MUG"] = 0
    shop.clock.advance(minutes=15)
    doubted = shop.run()
    assert "1 fell sharply and waits for a second reading" in doubted.outcome
    assert doubted.next_due == shop.clock.now() + timedelta(minutes=5)
    shop.amazon.fba["MUG"] = 75
    shop.clock.advance(minutes=5)
    assert (shop.run().next_due, shop.levels(), Movement.objects.count()) == (None, {"MUG": 75}, 1)


def test_a_summary_that_comes_on_two_pages_counts_once():
    shop = Shop(MUG=5, CUP=6)
    page = shop.amazon.get_inventory_summaries(UK).value
    reading = fba_stock_in._Reading()
    reading.add(page)
    reading.add(page)
    assert len(reading.summaries) == 2


def test_an_absent_sku_keeps_its_level():
    shop = Shop(MUG=5, CUP=6)
    shop.run()
    del shop.amazon.fba["CUP"]
    shop.amazon.fba["MUG"] = 4
    shop.clock.advance(minutes=15)
    shop.run()
    assert shop.levels() == {"CUP": 6, "MUG": 4}


def test_an_item_with_two_skus_is_their_sum_and_waits_for_both():
    shop = Shop(MUG=5)
    item = ChannelProduct.objects.get().item
    a_listing(shop.account, "MUG-2", item, fulfilment="FBA")
    shop.run()
    assert shop.levels() == {}
    shop.amazon.fba["MUG-2"] = 7
    shop.clock.advance(minutes=15)
    shop.run()
    assert shop.levels() == {"MUG": 12}


def test_unlinked_skus_are_counted_and_leave_the_site_unloaded():
    shop = Shop()
    shop.amazon.fba["STRANGER"] = 3
    assert "0 items, 0 differ, 1 SKU not linked, 0 without quantities" in shop.run().outcome
    shop.site.refresh_from_db()
    assert shop.site.levels_loaded_at is None


def test_an_fbm_sku_in_the_reading_touches_no_level():
    shop = Shop()
    a_listing(shop.account, "MUG", an_item())
    shop.amazon.fba["MUG"] = 3
    shop.run()
    assert shop.levels() == {}


def test_a_page_token_that_died_begins_again_at_the_first_page():
    shop = Shop(A=1, B=2, C=3)
    shop.amazon.page_size = 1
    refused = PageTokenRefused("getInventorySummaries", status=400, message="Next token is invalid or expired")
    shop.amazon.faults["getInventorySummaries"] += [None, refused]
    shop.run()
    assert shop.levels() == {"A": 1, "B": 2, "C": 3}
    firsts = [token is None for _, token in shop.amazon.named("getInventorySummaries")]
    assert firsts == [True, False, True, False, False]


def test_a_page_token_that_brings_no_page_begins_again_at_the_first_page():
    shop = Shop(A=1, B=2)
    shop.amazon.page_size = 1
    no_page = NotAnsweredAsPromised("getInventorySummaries", status=200, message="no JSON that can be read")
    shop.amazon.faults["getInventorySummaries"] += [None, no_page]
    shop.run()
    assert shop.levels() == {"A": 1, "B": 2}
    shop.amazon.faults["getInventorySummaries"] += [no_page]
    with pytest.raises(NotAnsweredAsPromised):
        shop.run()


def test_what_could_not_be_used_is_counted():
    shop = Shop(A=1)
    page = InventoryPage(summaries=shop.amazon.get_inventory_summaries(UK).value.summaries, unreadable=("summary 2",))
    shop.amazon.faults["getInventorySummaries"].append(page)
    assert (
        shop.run().outcome == "FBA UK: 1 item, 1 differs, 0 SKUs not linked, 0 without quantities, 1 could not be used"
    )


def test_a_second_refusal_right_after_the_new_beginning_is_a_refusal_and_changes_nothing():
    shop = Shop(A=1, B=2)
    shop.amazon.page_size = 1
    refused = PageTokenRefused("getInventorySummaries", status=400, message="Next token is invalid or expired")
    shop.amazon.faults["getInventorySummaries"] += [None, refused] * 2
    with pytest.raises(PageTokenRefused):
        shop.run()
    assert shop.levels() == {}
    assert len(shop.amazon.named("getInventorySummaries")) == 4


def test_cut_off_half_way_nothing_is_written():
    shop = Shop(A=1, B=2)
    shop.amazon.page_size = 1
    shop.amazon.faults["getInventorySummaries"] += [None, ServerFault("getInventorySummaries", status=500)]
    with pytest.raises(ServerFault):
        shop.run()
    assert shop.levels() == {}
    shop.run()
    assert shop.levels() == {"A": 1, "B": 2}


def test_a_short_wait_between_pages_is_taken_and_a_long_one_is_not():
    shop = Shop(A=1, B=2)
    shop.amazon.page_size = 1
    soon = NotBefore(NOW + timedelta(seconds=2), "getInventorySummaries")
    shop.amazon.faults["getInventorySummaries"] += [None, soon]
    shop.run()
    assert shop.levels() == {"A": 1, "B": 2}
    assert shop.clock.paused == 2
    late = NotBefore(shop.clock.now() + timedelta(minutes=2), "getInventorySummaries")
    shop.amazon.faults["getInventorySummaries"] += [None, late]
    with pytest.raises(NotBefore):
        shop.run()


NO_FBA = "Amazon holds no FBA stock for this account"


@pytest.mark.parametrize("status", [400, 404])
def test_an_account_without_fba_is_requested_once_a_day_and_fails_nothing(status):
    shop = Shop()
    shop.amazon.faults["getInventorySummaries"].append(Refused("getInventorySummaries", status=status))
    assert shop.run() == FlowResult(NO_FBA, NOW + timedelta(days=1))


def test_an_empty_answer_for_an_account_that_lists_nothing_by_fba_is_no_fba_stock():
    assert Shop().run() == FlowResult(NO_FBA, NOW + timedelta(days=1))


def test_an_empty_answer_for_an_account_with_fba_listings_is_an_ordinary_reading():
    shop = Shop(MUG=5)
    shop.amazon.fba.clear()
    result = shop.run()
    assert (result.next_due, "no FBA stock" in result.outcome) == (None, False)


def test_a_403_is_no_fba_where_the_same_role_reads_listings_and_a_missing_role_where_it_does_not():
    denied = AccessDenied("getInventorySummaries", status=403)
    shop = Shop()
    shop.amazon.faults["getInventorySummaries"] += [denied, denied]
    with pytest.raises(AccessDenied):
        shop.run()
    FlowSchedule.objects.create(account=shop.account, flow="listings_in", due_at=NOW, finished_at=NOW)
    assert shop.run().outcome == NO_FBA


@pytest.mark.parametrize("error", [AccessDenied("g", status=403), Refused("g", status=400)])
def test_an_account_whose_levels_were_read_has_fba_whatever_amazon_answers(error):
    shop = Shop(MUG=5)
    shop.run()
    FlowSchedule.objects.create(account=shop.account, flow="listings_in", due_at=NOW, finished_at=NOW)
    shop.clock.advance(minutes=15)
    shop.amazon.faults["getInventorySummaries"].append(error)
    with pytest.raises(type(error)):
        shop.run()


def test_one_pool_without_stock_beside_one_with_stock_is_said_at_its_site():
    shop = Shop(MUG=5)
    europe = a_site("FBA Europe", SiteKind.FBA, "EU", shop.account)
    a_channel(shop.account, europe, DE, kind="FBA")
    shop.amazon.faults["getInventorySummaries"] += [None, Refused("getInventorySummaries", status=400)]
    result = shop.run()
    assert ("1 item, " in result.outcome, "FBA Europe: Amazon holds no FBA stock there" in result.outcome) == (
        True,
        True,
    )
    assert result.next_due is None


@pytest.mark.parametrize(
    "error",
    [
        NotAnsweredAsPromised("getInventorySummaries", message="the answer is of marketplace A1PA6795UKMFR9"),
        Refused("getInventorySummaries", status=400),
        AccessDenied("getInventorySummaries", status=403),
    ],
)
def test_a_pool_that_is_not_answered_is_an_error_and_the_others_are_mirrored(error):
    shop = Shop(MUG=5)
    shop.run()
    europe = a_site("FBA Europe", SiteKind.FBA, "EU", shop.account)
    a_channel(shop.account, europe, DE, kind="FBA")
    shop.amazon.fba["MUG"] = 7
    shop.clock.advance(minutes=15)
    shop.amazon.faults["getInventorySummaries"].append(error)
    with pytest.raises(type(error)):
        shop.run()
    assert list(StockLevel.objects.order_by("site__name").values_list("site__name", "on_hand")) == [
        ("FBA Europe", 7),
        ("FBA UK", 5),
    ]
