"""Quantities by feeds: collected, submitted, read message by message, late, lost, killed."""

import msgspec
import pytest
from tests.factories.accounts import an_account
from tests.factories.allocating import change_allocated
from tests.factories.channels import a_channel
from tests.factories.ground import DE, NOW, UK
from tests.factories.stock import a_listing, a_site, an_item
from tests.sync.fake_amazon import After, Entry, FakeAmazon, SteppedClock

from wharfinger.amazon.errors import (
    AccessDenied,
    NotAnsweredAsPromised,
    Refused,
    ServerFault,
    TimedOut,
    TokenRefused,
    Unreachable,
)
from wharfinger.db.models import Listing, ListingFeed, Problem, StockNotice, StockPush
from wharfinger.domain.stock.plan import Plan
from wharfinger.operations.stock import ledger, outbox
from wharfinger.operations.stock._listing_steps import Looks, compare_read_back
from wharfinger.sync import stock_out

pytestmark = pytest.mark.django_db


def all_by_feeds(waiting, limits, pace):
    """What `domain.stock.plan.plan` decides of thousands: all but the urgent."""
    return Plan(waiting.urgent, tuple(sorted(waiting.by_marketplace)), 0.0, limits.feeds)


class Shop:
    def __init__(self, *stocked):
        self.account = an_account()
        self.site = a_site()
        self.channel = a_channel(self.account, self.site)
        self.clock = SteppedClock(NOW)
        self.amazon = FakeAmazon.of(self.account, self.clock)
        self.items = {}
        for sku, units in stocked:
            self.add(sku, units)

    def add(self, sku, units, marketplace=UK):
        self.items[sku] = item = an_item(sku)
        a_listing(self.account, sku, item, marketplaces=(marketplace,))
        self.amazon.listings[sku] = Entry(quantity=99)
        ledger.receive_stock(item.pk, self.site.pk, units, now=self.clock.now())

    def run_by_patches(self, **how):
        self.clock.advance(**how)
        return stock_out.run(self.account.pk, self.amazon, self.clock)

    def run(self, **how):
        self.clock.advance(**how)
        return stock_out.run(self.account.pk, self.amazon, self.clock, choose=all_by_feeds, few=0)

    def shown(self):
        return {sku: entry.quantity for sku, entry in self.amazon.listings.items()}

    def patched(self):
        return self.amazon.named("patchListingsItem")

    def sent(self):
        return dict(Listing.objects.values_list("sku", "sent_quantity"))

    def feed(self):
        return ListingFeed.objects.latest("pk")


def test_many_go_by_one_feed_and_are_read_back():
    shop = Shop(("MUG", 12), ("CUP", 30))
    assert shop.run().outcome.endswith("2 submitted by feed")
    assert (shop.patched(), shop.feed().state.value, StockNotice.objects.count()) == ([], "processing", 2)
    document = msgspec.json.decode(shop.amazon.documents[0])
    assert [(one["messageId"], one["sku"]) for one in document["messages"]] == [(1, "MUG"), (2, "CUP")]
    assert "2 accepted and 0 refused by feed" in shop.run(seconds=120).outcome
    assert shop.shown() == shop.sent() == {"MUG": 12, "CUP": 30}
    assert (shop.feed().state.value, shop.feed().accepted, StockNotice.objects.count()) == ("done", 2, 0)
    shop.run(minutes=4)
    assert set(Listing.objects.values_list("read_back_quantity", "read_back_at")) == {(12, None), (30, None)}


def test_why_is_kept_as_for_a_patch():
    shop = Shop(("MUG", 12))
    shop.run()
    shop.run(seconds=120)
    why = Listing.objects.get().sent_why
    assert why["steps"] == [["On hand", 12], ["Allocated", 0], ["Available", 12], ["Sent to Amazon", 12]]
    assert (why["cause"], why["channels"]) == ("Received 12", ["Amazon.co.uk FBM"])


def test_zeros_and_low_numbers_go_by_patch_at_once():
    shop = Shop(("MUG", 12), ("LOW", 4))
    shop.run()
    assert (shop.patched(), shop.amazon.named("createFeed")) == ([("LOW", 4)], [("JSON_LISTINGS_FEED", (UK,))])


def test_more_units_wait_for_the_end_of_the_feed_that_is_under_way():
    shop = Shop(("MUG", 12))
    shop.run()
    ledger.receive_stock(shop.items["MUG"].pk, shop.site.pk, 8, now=shop.clock.now())
    shop.run_by_patches(seconds=30)
    assert (shop.patched(), shop.shown()) == ([], {"MUG": 99})
    shop.run_by_patches(seconds=90)
    assert (shop.patched(), shop.shown()) == ([("MUG", 20)], {"MUG": 20})


@pytest.mark.parametrize("left", [0, 3, 9])
def test_fewer_units_overtake_the_feed_and_are_sent_once_more_when_it_has_ended(left):
    """The feed writes its older number after the patch: without a second one 12 would be sold that are not there."""
    shop = Shop(("MUG", 12))
    shop.run()
    change_allocated(shop.items["MUG"].pk, shop.site.pk, 12 - left, now=shop.clock.now())
    shop.run_by_patches(seconds=10)
    assert (shop.patched(), shop.shown(), shop.sent()) == ([("MUG", left)], {"MUG": left}, {"MUG": left})
    shop.run_by_patches(seconds=10)
    assert (shop.patched(), shop.feed().state.value) == ([("MUG", left)], "processing")
    shop.run_by_patches(seconds=90)  # the feed has written 12
    assert (shop.patched(), shop.shown()) == ([("MUG", left)] * 2, {"MUG": left})
    shop.run_by_patches(minutes=4)
    assert set(Listing.objects.values_list("sent_quantity", "read_back_quantity")) == {(left, left)}
    assert not StockNotice.objects.exists()


def test_every_further_fall_overtakes_and_a_rise_does_not():
    shop = Shop(("MUG", 12))
    shop.run()
    for units in (4, 4, -6, 10):
        change_allocated(shop.items["MUG"].pk, shop.site.pk, units, now=shop.clock.now())
        shop.run_by_patches(seconds=10)
    assert shop.patched() == [("MUG", 8), ("MUG", 4), ("MUG", 10), ("MUG", 0)]
    ledger.receive_stock(shop.items["MUG"].pk, shop.site.pk, 30, now=shop.clock.now())
    shop.run_by_patches(seconds=10)
    assert len(shop.patched()) == 4
    shop.run_by_patches(seconds=90)
    assert shop.shown() == {"MUG": 30}


def test_what_overtakes_a_feed_of_unknown_outcome_is_sent_once_more_too():
    shop = Shop(("MUG", 12))
    shop.amazon.faults["createFeed"].append(After(TimedOut("createFeed", outcome_unknown=True)))
    shop.run()
    change_allocated(shop.items["MUG"].pk, shop.site.pk, 12, now=shop.clock.now())
    shop.run_by_patches(seconds=10)
    assert (shop.shown(), shop.feed().state.value) == ({"MUG": 0}, "submitting")
    shop.run_by_patches(seconds=40)
    shop.run_by_patches(seconds=90)
    assert (shop.patched(), shop.shown()) == ([("MUG", 0)] * 2, {"MUG": 0})


def test_a_patch_that_is_refused_while_the_feed_is_under_way_goes_again_after_a_pause():
    shop = Shop(("MUG", 12))
    shop.run()
    change_allocated(shop.items["MUG"].pk, shop.site.pk, 12, now=shop.clock.now())
    shop.amazon.faults["patchListingsItem"].append(Refused("patchListingsItem", status=400, code="InvalidInput"))
    shop.run_by_patches(seconds=10)
    shop.run_by_patches(seconds=100)  # the feed has written 12
    assert (shop.patched(), shop.shown()) == ([("MUG", 0)], {"MUG": 12})
    shop.run_by_patches(minutes=4)
    assert (shop.shown(), StockNotice.objects.count()) == ({"MUG": 0}, 0)


def test_a_number_that_the_feed_has_written_already_is_no_fall_of_amazons():
    shop = Shop(("MUG", 40))
    shop.run()
    shop.run(seconds=120)
    shop.run_by_patches(minutes=4)
    change_allocated(shop.items["MUG"].pk, shop.site.pk, 10, now=shop.clock.now())
    shop.run()
    listing = Listing.objects.get()
    at = shop.clock.now()
    compare_read_back(listing, 30, requested_at=at, now=at, looked=False, looks=Looks([listing]))
    assert listing.fell_at is None


def test_ten_changes_of_many_skus_are_one_feed():
    shop = Shop(("MUG", 40), ("CUP", 40))
    for _ in range(10):
        for item in shop.items.values():
            change_allocated(item.pk, shop.site.pk, 1, now=shop.clock.now())
    shop.run()
    shop.run(seconds=120)
    assert (shop.shown(), len(shop.amazon.named("createFeed"))) == ({"MUG": 30, "CUP": 30}, 1)


def test_a_feed_for_each_marketplace():
    shop = Shop(("MUG", 12))
    a_channel(shop.account, shop.site, DE, name="Amazon.de FBM")
    shop.add("KRUG", 20, DE)
    shop.run()
    assert sorted(shop.amazon.named("createFeed")) == [
        ("JSON_LISTINGS_FEED", (UK,)), ("JSON_LISTINGS_FEED", (DE,)),
    ]  # fmt: skip
    shop.run(seconds=120)
    assert shop.shown() == {"MUG": 12, "KRUG": 20}


def test_each_message_that_is_refused_is_a_problem_and_the_others_are_done():
    shop = Shop(("MUG", 12), ("CUP", 30))
    shop.amazon.refuses = {"MUG"}
    shop.run()
    shop.run(seconds=120)
    problem = Problem.objects.get(kind="listing_refused")
    assert (problem.listing.sku, "No. (90000900)" in problem.cause) == ("MUG", True)
    assert (shop.sent(), StockNotice.objects.get().listing.sku) == ({"MUG": None, "CUP": 30}, "MUG")
    shop.amazon.refuses = set()
    change_allocated(shop.items["MUG"].pk, shop.site.pk, 1, now=shop.clock.now())
    shop.run()
    shop.run(seconds=120)
    problem.refresh_from_db()
    assert (shop.shown()["MUG"], problem.solved_at) == (11, shop.clock.now())


def test_a_message_that_is_not_in_the_result_is_sent_again_once_the_listing_shows_it():
    shop = Shop(("MUG", 12), ("CUP", 30))
    shop.amazon.loses = {"MUG"}
    shop.run()
    shop.run(seconds=120)
    assert shop.feed().error == "Amazon counts 1 of 2 messages."
    shop.amazon.loses = set()
    shop.run(minutes=4)  # read back: it shows 99
    shop.run()
    shop.run(seconds=120)
    assert shop.shown() == {"MUG": 12, "CUP": 30}


def test_an_unknown_sku_is_found_by_the_read_back_though_amazon_accepted_it():
    shop = Shop(("MUG", 12))
    shop.run()
    del shop.amazon.listings["MUG"]
    shop.run(seconds=120)
    assert StockPush.objects.get().outcome == StockPush.Outcome.ACCEPTED
    shop.run(minutes=4)
    assert Listing.objects.get().gone_at == shop.clock.now()


def test_a_feed_that_is_queued_past_its_deadline_is_taken_back_and_patches_take_over():
    shop = Shop(("MUG", 12), ("CUP", 30))
    shop.amazon.feed_takes = None
    shop.run()
    shop.run(minutes=29)
    assert shop.patched() == []
    shop.run(minutes=5)
    assert shop.shown() == {"MUG": 12, "CUP": 30}
    assert (shop.feed().state.value, len(shop.patched())) == ("failed", 2)


def test_a_stuck_feed_that_ends_later_does_not_leave_its_old_numbers():
    shop = Shop(("MUG", 12), ("CUP", 30))
    shop.amazon.feed_takes = None
    shop.run()
    shop.amazon.feeds["50001"].status = "IN_PROGRESS"
    change_allocated(shop.items["MUG"].pk, shop.site.pk, 12, now=shop.clock.now())
    shop.run_by_patches(minutes=31)
    assert (shop.feed().state.value, shop.shown()) == ("late", {"MUG": 0, "CUP": 30})
    shop.amazon.feed_takes = 90
    shop.run_by_patches(minutes=10)
    assert (shop.feed().state.value, shop.shown()) == ("done", {"MUG": 0, "CUP": 30})
    assert shop.patched() == [("MUG", 0), ("MUG", 0), ("CUP", 30), ("MUG", 0)]


@pytest.mark.parametrize("status", ["FATAL", "CANCELLED"])
def test_what_amazon_does_not_process_goes_by_patches(status):
    shop = Shop(("MUG", 12))
    shop.run()
    shop.amazon.feeds["50001"].status = status
    shop.run(seconds=70)
    assert (shop.shown(), shop.patched()) == ({"MUG": 12}, [("MUG", 12)])


@pytest.mark.parametrize(
    "refusal",
    [
        Refused("createFeed", status=400, code="InvalidInput", message="feed type is invalid"),
        AccessDenied("createFeed", status=403, code="Unauthorized"),
    ],
)
@pytest.mark.parametrize("operation", ["createFeedDocument", "createFeed"])
def test_what_amazon_takes_no_feed_of_goes_by_patches_at_once(operation, refusal):
    shop = Shop(("MUG", 12), ("CUP", 30))
    shop.amazon.faults[operation].append(refusal)
    shop.run()
    assert (shop.shown(), len(shop.patched()), shop.amazon.feeds) == ({"MUG": 12, "CUP": 30}, 2, {})


def test_a_lost_answer_is_looked_up_before_anything_is_repeated():
    shop = Shop(("MUG", 12), ("CUP", 30))
    shop.amazon.faults["createFeed"].append(After(TimedOut("createFeed", outcome_unknown=True)))
    shop.run()
    assert shop.feed().state.value == "submitting"
    shop.run(seconds=40)
    shop.run(seconds=90)
    assert (shop.shown(), len(shop.amazon.feeds), shop.patched()) == ({"MUG": 12, "CUP": 30}, 1, [])


def test_a_feed_that_amazon_does_not_list_is_made_anew():
    shop = Shop(("MUG", 12))
    shop.amazon.faults["createFeed"].append(TimedOut("createFeed", outcome_unknown=True))
    shop.run()
    shop.run(seconds=40)
    assert shop.amazon.feeds == {}
    shop.run(seconds=100)
    shop.run(seconds=120)
    assert (shop.shown(), len(shop.amazon.feeds)) == ({"MUG": 12}, 1)


def test_another_programs_feed_is_not_taken_for_ours():
    shop = Shop(("MUG", 12))
    shop.amazon.create_feed("JSON_LISTINGS_FEED", (DE,), "0")
    shop.amazon.faults["createFeed"] += [TimedOut("createFeed", outcome_unknown=True)]
    shop.run()
    shop.run(seconds=40)
    assert shop.feed().state.value == "submitting"


def test_without_a_token_for_a_feed_everything_is_worked_out_anew_when_there_is_one():
    shop = Shop(("MUG", 12))
    shop.amazon.tokens["createFeed"] = 0
    shop.amazon.tokens["patchListingsItem"] = 0
    shop.run()
    assert (ListingFeed.objects.count(), StockPush.objects.count(), StockNotice.objects.get().feed) == (0, 0, None)
    del shop.amazon.tokens["createFeed"]
    change_allocated(shop.items["MUG"].pk, shop.site.pk, 2, now=shop.clock.now())
    shop.run(seconds=5)
    shop.run(seconds=120)
    assert shop.shown() == {"MUG": 10}


FEEDS_DOWN = [
    ("createFeedDocument", ServerFault("createFeedDocument", status=500)),
    ("createFeedDocument", TimedOut("createFeedDocument", outcome_unknown=True)),
    ("uploadFeed", Unreachable("uploadFeed")),
]


@pytest.mark.parametrize(("operation", "fault"), FEEDS_DOWN)
def test_while_amazon_takes_no_feed_for_a_fault_of_its_own_quantities_go_by_patches(operation, fault):
    shop = Shop(("MUG", 12), ("CUP", 30))
    shop.amazon.faults[operation].append(fault)
    assert "Amazon takes no feed now" in shop.run().outcome
    assert (shop.shown(), ListingFeed.objects.count()) == ({"MUG": 12, "CUP": 30}, 0)
    shop.add("BOWL", 7)
    shop.add("DISH", 40)
    shop.run(minutes=1)
    assert len(shop.amazon.named("createFeed")) == 1


def test_all_access_lost_at_the_feed_ends_the_run_and_loses_nothing():
    shop = Shop(("MUG", 12))
    shop.amazon.faults["createFeedDocument"].append(TokenRefused("createFeedDocument", status=401))
    with pytest.raises(TokenRefused):
        shop.run()
    assert (ListingFeed.objects.count(), StockNotice.objects.get().feed, shop.patched()) == (0, None, [])


def test_patches_that_fail_hold_up_no_feed_and_no_read_back():
    shop = Shop(("MUG", 12))
    shop.run()
    shop.run(seconds=120)
    shop.add("LOW", 3)
    shop.add("LEAST", 2)
    shop.add("LAST", 1)
    shop.add("CUP", 30)
    shop.amazon.faults["patchListingsItem"] += [ServerFault("patchListingsItem", status=500)] * 9
    with pytest.raises(ServerFault):
        shop.run(minutes=4)
    assert len(shop.amazon.named("createFeed")) == 2
    assert Listing.objects.get(sku="MUG").read_back_quantity == 12


def lost(shop):
    """No answer to createFeed, and none to getFeeds since."""
    shop.amazon.faults["getFeeds"] += [ServerFault("getFeeds", status=500)] * 99
    shop.run()
    assert shop.feed().state.value == "submitting"
    shop.run_by_patches(minutes=29)
    assert shop.patched() == []
    shop.run_by_patches(minutes=5)
    assert (shop.feed().state.value, shop.shown()) == ("late", {"MUG": 12, "CUP": 30})
    assert len(shop.patched()) == 2


def test_a_feed_of_unknown_outcome_that_cannot_be_looked_up_has_a_deadline_and_patches_take_over():
    shop = Shop(("MUG", 12), ("CUP", 30))
    shop.amazon.faults["createFeed"].append(TimedOut("createFeed", outcome_unknown=True))
    lost(shop)
    shop.amazon.faults["getFeeds"].clear()
    shop.run_by_patches(minutes=20)
    assert (shop.feed().state.value, shop.feed().feed_id, len(shop.patched())) == ("failed", "", 2)


def test_one_that_is_found_after_its_deadline_does_not_leave_its_old_numbers():
    shop = Shop(("MUG", 12), ("CUP", 30))
    shop.amazon.feed_takes = None
    shop.amazon.faults["createFeed"].append(After(TimedOut("createFeed", outcome_unknown=True)))
    lost(shop)
    change_allocated(shop.items["MUG"].pk, shop.site.pk, 12, now=shop.clock.now())
    shop.run_by_patches(seconds=10)
    shop.amazon.faults["getFeeds"].clear()
    shop.run_by_patches(minutes=20)
    assert (shop.feed().state.value, shop.feed().feed_id) == ("late", "50001")
    shop.amazon.feed_takes = 90
    for _ in range(2):
        shop.run_by_patches(minutes=10)
    assert (shop.feed().state.value, shop.shown()) == ("done", {"MUG": 0, "CUP": 30})


def test_one_that_amazon_never_says_anything_of_is_given_up_in_the_end_and_its_numbers_are_sent_once_more():
    shop = Shop(("MUG", 12), ("CUP", 30))
    shop.amazon.faults["createFeed"].append(TimedOut("createFeed", outcome_unknown=True))
    lost(shop)
    change_allocated(shop.items["MUG"].pk, shop.site.pk, 12, now=shop.clock.now())
    shop.run_by_patches(seconds=10)
    shop.run_by_patches(days=4)
    assert (shop.feed().state.value, shop.patched().count(("MUG", 0))) == ("done", 2)


def test_a_report_that_cannot_be_read_is_settled_by_what_the_listings_show():
    shop = Shop(("MUG", 12))
    shop.run()
    shop.amazon._work(shop.amazon.feeds["50001"])
    shop.amazon.feeds["50001"].report = b"<html>"
    shop.run(seconds=120)
    assert "no processing report" in shop.feed().error
    shop.run(minutes=4)
    assert set(Listing.objects.values_list("sent_quantity", "read_back_quantity")) == {(12, 12)}


NO_WORD = [
    ("getFeed", ServerFault("getFeed", status=500)),
    ("getFeed", NotAnsweredAsPromised("getFeed", status=200)),
    ("getFeed", AccessDenied("getFeed", status=403)),
    ("getFeed", Refused("getFeed", status=400)),
]


@pytest.mark.parametrize(("operation", "fault"), NO_WORD)
def test_a_feed_of_which_amazon_says_nothing_holds_up_no_patch_and_in_the_end_no_number(operation, fault):
    shop = Shop(("MUG", 12))
    shop.run()
    shop.amazon.feed_takes = None
    shop.amazon.faults[operation] += [fault] * 9
    shop.add("CUP", 30)
    assert "Amazon says nothing of 1 feed" in shop.run_by_patches(seconds=120).outcome
    assert (shop.patched(), shop.feed().state.value) == ([("CUP", 30)], "processing")
    shop.run_by_patches(minutes=40)
    assert shop.shown() == {"MUG": 12, "CUP": 30}


def test_a_report_that_amazon_does_not_give_is_settled_by_what_the_listings_show():
    shop = Shop(("MUG", 12), ("CUP", 30))
    shop.run()
    shop.amazon.loses.add("CUP")
    shop.amazon.faults["getFeedDocument"] += [Refused("getFeedDocument", status=400, message="It is gone.")] * 9
    shop.run(seconds=120)
    assert "It is gone." in shop.feed().error
    for _ in range(4):
        shop.run_by_patches(minutes=5)
    assert shop.shown() == {"MUG": 12, "CUP": 30}


def test_what_is_not_to_be_sent_loses_its_notice_and_keeps_the_reason():
    shop = Shop(("MUG", 12), ("CUP", 30))
    Listing.objects.filter(sku="CUP").update(product_type="")
    shop.run()
    assert "product type" in Listing.objects.get(sku="CUP").sent_why["not_sent"]
    assert StockNotice.objects.get().listing.sku == "MUG"


def test_what_waits_for_orders_is_left_to_the_patches():
    shop = Shop(("MUG", 12))
    Listing.objects.update(fell_at=NOW, read_back_quantity=3, sent_quantity=5, sent_at=NOW)
    shop.run()
    assert (shop.amazon.named("createFeed"), shop.patched(), StockNotice.objects.count()) == ([], [], 1)


def test_a_few_waiting_are_no_feed():
    shop = Shop(("MUG", 12))
    stock_out.run(shop.account.pk, shop.amazon, shop.clock)
    assert (shop.patched(), shop.amazon.feeds) == ([("MUG", 12)], {})


def test_statements_are_a_fixed_number_for_each_part_of_a_feed(django_assert_max_num_queries):
    """Collected by a thousand, settled at once: with forty SKUs as with four."""
    shop = Shop(*((f"SKU-{number}", 10 + number) for number in range(40)))
    with django_assert_max_num_queries(60):
        shop.run()
    shop.clock.advance(seconds=120)
    with django_assert_max_num_queries(30):
        stock_out.run(shop.account.pk, shop.amazon, shop.clock)
    assert shop.sent() == {f"SKU-{number}": 10 + number for number in range(40)}


def test_claimed_by_nobody_else_while_it_is_in_a_feed():
    shop = Shop(("MUG", 12))
    shop.run()
    assert not outbox.any_waiting(shop.account.pk, now=shop.clock.now())
    assert outbox.claim_quantities(shop.account.pk, 5, now=shop.clock.now()) == ()
