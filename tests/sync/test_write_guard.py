"""The write guard on the way out: what is held, what goes all the same, and what a person decides."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.cast import Trading
from tests.factories.channels import a_channel
from tests.factories.ground import DE, NOW, UK
from tests.factories.incoming import a_line, an_order
from tests.factories.stock import a_listing, a_site
from tests.sync.fake_amazon import Entry, FakeAmazon, SteppedClock
from tests.sync.test_stock_feeds import all_by_feeds

from wharfinger.amazon.errors import ServerFault, TimedOut
from wharfinger.db.models import (
    Activity,
    AuditEntry,
    ChannelOption,
    KitComponent,
    Listing,
    ListingFeed,
    Problem,
    StockGuard,
    StockNotice,
)
from wharfinger.db.queries.stock.guard import held_totals
from wharfinger.db.queries.stock.rules import Setting
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.stock.guard import GuardLimits
from wharfinger.domain.stock.rules import RuleValues
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import guard, ledger, listings, outbox, stock_csv, stock_rules
from wharfinger.operations.stock.stock_rules import ChannelEntry
from wharfinger.sync import stock_out

pytestmark = pytest.mark.django_db
SKUS = ("MUG", "CUP", "PLATE", "BOWL")
NOTHING = RuleValues(percent=0)
TIGHT = GuardLimits(zero_percent=50, more_percent=50, factor=10, at_least=2)


class Shop(Trading):
    """Ten units each of four items, sent to Amazon and read back."""

    def __init__(self, *skus, limits=TIGHT):
        super().__init__()
        self.clock = SteppedClock(NOW)
        self.amazon = FakeAmazon.of(self.account, self.clock)
        self.orders = 0
        self.items = {}
        for sku in skus or SKUS:
            self.amazon.listings[sku] = Entry(quantity=0)
            self.items[sku] = self.item(sku, 10)
        guard.set_limits(self.fbm.pk, limits, now=NOW, user=self.olga)
        self.run()
        self.run(minutes=10)
        assert not StockNotice.objects.exists()

    def now(self):
        return self.clock.now()

    def run(self, **how):
        self.clock.advance(**how)
        return stock_out.run(self.account.pk, self.amazon, self.clock)

    def run_by_feeds(self, **how):
        self.clock.advance(**how)
        return stock_out.run(self.account.pk, self.amazon, self.clock, choose=all_by_feeds, few=0)

    def rule(self, values, channel=None):
        entry = ChannelEntry(Setting(values=values))
        stock_rules.set_channel_rule((channel or self.fbm).pk, entry, now=self.now(), user=self.olga)

    def sell(self, sku, units, **more):
        self.orders += 1
        order = an_order(a_line(sku, units), number=f"026-{self.orders:07d}-0000001", **more)
        return self.take(order, now=self.clock.now())

    def shown(self):
        return {sku: entry.quantity for sku, entry in self.amazon.listings.items()}

    def held(self):
        rows = StockNotice.objects.filter(held=True).order_by("listing__pk")
        return list(rows.values_list("listing__sku", flat=True))

    def problem(self):
        return Problem.objects.filter(kind=ProblemKind.STOCK_HELD, solved_at=None).first()


TEN_EACH = dict.fromkeys(SKUS, 10)


def test_a_rule_that_empties_the_channel_waits_for_a_person_who_sends_it():
    shop = Shop()
    shop.rule(NOTHING)
    assert shop.run(minutes=1).outcome.startswith("0 sent, 0 refused, 0 delayed, 0 read back, 0 differ, 4 held")
    assert shop.run(minutes=1).outcome == "0 sent, 0 refused, 0 delayed, 0 read back, 0 differ"
    assert (shop.shown(), shop.held()) == (TEN_EACH, list(SKUS))
    assert shop.problem().cause == (
        "Amazon.co.uk FBM: of 4 listings 4 would fall to 0 and 0 would show more than 10 times as much "
        "(Amazon.co.uk FBM: stock rule changed). Nothing of this change was sent."
    )
    assert (shop.problem().channel_id, shop.problem().count) == (shop.fbm.pk, 1)
    assert guard.send_held(shop.fbm.pk, now=shop.now(), user=shop.olga) == 4
    shop.run(minutes=1)
    assert (shop.shown(), shop.problem(), StockGuard.objects.get().held_at) == (dict.fromkeys(SKUS, 0), None, None)
    assert AuditEntry.objects.filter(verb="send held quantities").get().after == {"listings": 4}
    assert guard.send_held(shop.fbm.pk, now=shop.now(), user=shop.olga) == 0


def test_feeds_carry_nothing_that_is_held():
    shop = Shop()
    shop.rule(NOTHING)
    shop.run_by_feeds(minutes=1)
    shop.run_by_feeds(minutes=5)
    assert (shop.shown(), ListingFeed.objects.count(), len(shop.held())) == (TEN_EACH, 0, 4)
    guard.send_held(shop.fbm.pk, now=shop.now(), user=shop.olga)
    shop.rule(RuleValues(percent=90))
    shop.run_by_feeds(minutes=1)
    shop.run_by_feeds(minutes=5)
    assert (shop.shown(), ListingFeed.objects.count()) == (dict.fromkeys(SKUS, 9), 1)


def test_a_change_while_a_feed_is_under_way_is_held_too():
    shop = Shop()
    shop.rule(RuleValues(percent=90))
    shop.run_by_feeds(minutes=1)
    shop.rule(NOTHING)
    shop.run_by_feeds(seconds=10)
    shop.run_by_feeds(minutes=5)
    assert (shop.shown(), len(shop.held())) == (dict.fromkeys(SKUS, 9), 4)


def test_a_file_that_counts_all_to_0_and_one_that_makes_far_too_many_are_held():
    shop = Shop()
    for units in (0, 4_000):
        text = "stock code,name,barcode,other reference,site,quantity,mode\n"
        text += "".join(f"{sku},{sku},,,{shop.warehouse.name},{units},count\n" for sku in SKUS)
        stock_csv.apply_csv(text, now=shop.now(), user=shop.olga)
        shop.run(minutes=1)
        assert (shop.shown(), len(shop.held())) == (TEN_EACH, 4)


def test_a_channel_that_is_given_the_wrong_site_keeps_what_amazon_has():
    shop = Shop()
    other = a_site("Other warehouse")
    for item in shop.items.values():
        ledger.count_stock(item.pk, other.pk, 0, now=shop.now())
    ChannelOption.objects.filter(channel=shop.fbm, order_type="").update(site=other)
    shop.rule(RuleValues(buffer=0))
    shop.run(minutes=1)
    assert (shop.shown(), len(shop.held())) == (TEN_EACH, 4)


def test_few_listings_and_small_shares_pass():
    shop = Shop()
    for sku in SKUS[:2]:
        ledger.count_stock(shop.items[sku].pk, shop.warehouse.pk, 0, now=shop.now())
    shop.run(minutes=1)
    assert shop.shown() == {"MUG": 0, "CUP": 0, "PLATE": 10, "BOWL": 10}
    guard.set_limits(shop.fbm.pk, GuardLimits(), now=shop.now(), user=shop.olga)
    shop.rule(NOTHING)
    shop.run(minutes=1)
    assert (shop.shown(), shop.problem()) == (dict.fromkeys(SKUS, 0), None)


def test_what_orders_take_is_never_held_however_much_it_is():
    shop = Shop()
    for sku in SKUS:
        shop.sell(sku, 10)
    shop.run(minutes=1)
    assert (shop.shown(), shop.held()) == (dict.fromkeys(SKUS, 0), [])


def test_orders_go_on_lowering_what_is_held_down_to_0():
    """Also where nothing was left to allocate, because a count said that there is nothing."""
    shop = Shop()
    for sku in SKUS[:3]:
        ledger.count_stock(shop.items[sku].pk, shop.warehouse.pk, 0, now=shop.now())
    shop.sell("MUG", 3)
    shop.run(minutes=1)
    assert (shop.shown(), shop.held()) == ({**TEN_EACH, "MUG": 7}, ["MUG", "CUP", "PLATE"])
    assert set(StockNotice.objects.values_list("cause", flat=True)) == {"Counted 0"}
    why = Listing.objects.get(sku="MUG").sent_why
    assert why["steps"] == [["Kept by the write guard", 10], ["Sold since", -3], ["Sent to Amazon", 7]]
    shop.sell("MUG", 2)
    shop.clock.advance(minutes=2)
    shop.sell("MUG", 5)
    shop.sell("CUP", 30)
    shop.run(minutes=2)
    assert shop.shown() == {"MUG": 0, "CUP": 0, "PLATE": 10, "BOWL": 10}
    assert shop.held() == ["MUG", "CUP", "PLATE"]


def test_a_kit_is_lowered_by_what_its_components_sold():
    shop = Shop()
    kit = shop.item("SET", listed=False)
    KitComponent.objects.create(kit=kit, component=shop.items["MUG"], quantity=2)
    shop.amazon.listings["SET"] = Entry(quantity=0)
    a_listing(shop.account, "SET", kit, (UK,))
    listings.send_quantity_again(Listing.objects.get(sku="SET").pk, now=shop.now(), user=shop.olga)
    shop.run(minutes=1)
    assert shop.shown()["SET"] == 5
    shop.clock.advance(minutes=5)
    shop.rule(NOTHING)
    shop.sell("MUG", 3)
    shop.sell("SET", 1)
    shop.run(minutes=1)
    assert shop.shown() == {**TEN_EACH, "MUG": 5, "SET": 2}  # 3 mugs and one set of two; a set is worth two mugs


def test_a_lowered_number_that_got_no_answer_is_sent_again():
    shop = Shop()
    shop.rule(NOTHING)
    shop.sell("MUG", 4)
    shop.amazon.faults["patchListingsItem"] += [TimedOut("patchListingsItem", outcome_unknown=True)]
    with pytest.raises(TimedOut):
        shop.run(minutes=1)
    assert shop.shown() == TEN_EACH
    shop.run(minutes=10)
    assert (shop.shown(), len(shop.held())) == ({**TEN_EACH, "MUG": 6}, 4)


def test_a_claim_that_dies_before_its_call_leaves_the_lower_number_to_be_claimed_again():
    shop = Shop()
    shop.rule(NOTHING)
    shop.sell("MUG", 4)
    assert [one.quantity for one in outbox.claim_quantities(shop.account.pk, 10, now=shop.now())] == [6]
    shop.run(minutes=1)
    assert shop.shown() == {**TEN_EACH, "MUG": 6}


def test_what_is_sent_again_while_it_is_held_is_what_amazon_has():
    shop = Shop()
    shop.rule(NOTHING)
    shop.run(minutes=1)
    shop.amazon.listings["MUG"].quantity = 77
    listings.send_quantity_again(Listing.objects.get(sku="MUG").pk, now=shop.now(), user=shop.olga)
    shop.run(minutes=1)
    assert (shop.shown(), len(shop.held())) == (TEN_EACH, 4)


def test_the_figures_changed_back_end_the_hold():
    shop = Shop()
    shop.rule(NOTHING)
    shop.run(minutes=1)
    shop.rule(RuleValues(percent=100))
    shop.run(minutes=1)
    shop.run(minutes=1)
    assert (shop.shown(), shop.held(), shop.problem()) == (TEN_EACH, [], None)
    assert StockGuard.objects.get().held_at is None


def test_what_amazon_keeps_stays_and_other_changes_go_on():
    shop = Shop()
    shop.rule(NOTHING)
    shop.run(minutes=1)
    assert guard.keep_held(shop.fbm.pk, now=shop.now(), user=shop.olga)
    assert not guard.keep_held(shop.fbm.pk, now=shop.now(), user=shop.olga)
    assert (shop.problem(), len(shop.held()), StockGuard.objects.get().kept_by) == (None, 4, shop.olga)
    stock_rules.set_item_rule(
        shop.items["MUG"].pk, Setting(values=RuleValues(percent=80)), now=shop.now(), user=shop.olga
    )
    ledger.receive_stock(shop.items["CUP"].pk, shop.warehouse.pk, 5, now=shop.now())
    shop.run(minutes=1)
    assert (shop.shown(), shop.held(), shop.problem()) == ({**TEN_EACH, "MUG": 8}, ["CUP", "PLATE", "BOWL"], None)
    shop.rule(RuleValues(percent=0, buffer=1))
    shop.run(minutes=1)
    assert (shop.problem() is not None, StockGuard.objects.get().kept_at) == (True, None)


def test_a_second_doubtful_change_joins_the_one_that_waits():
    shop = Shop(*SKUS, "JUG", limits=GuardLimits(zero_percent=50, at_least=3))
    items = Setting(values=NOTHING)
    text = "stock code,percent\n" + "".join(f"{sku},0\n" for sku in SKUS[:3])
    stock_rules.apply_rule_csv(text, now=shop.now(), user=shop.olga)
    shop.run(minutes=1)
    stock_rules.set_item_rule(shop.items["BOWL"].pk, items, now=shop.now(), user=shop.olga)
    ledger.receive_stock(shop.items["JUG"].pk, shop.warehouse.pk, 5, now=shop.now())
    shop.run(minutes=1)
    assert (shop.shown(), shop.held()) == ({**TEN_EACH, "JUG": 15}, list(SKUS))
    totals = held_totals(shop.fbm.pk, 10)
    assert (totals.listings, totals.units_now, totals.units_then, totals.zeroed) == (4, 40, 0, 4)


def test_wider_limits_let_go_what_they_no_longer_stop():
    shop = Shop()
    shop.rule(NOTHING)
    shop.run(minutes=1)
    wide = GuardLimits(zero_percent=90, at_least=2)
    assert guard.set_limits(shop.fbm.pk, wide, now=shop.now(), user=shop.olga) == 0
    assert len(shop.held()) == 4
    off = GuardLimits(on=False)
    assert guard.set_limits(shop.fbm.pk, off, now=shop.now(), user=shop.olga) == 4
    shop.run(minutes=1)
    assert (shop.shown(), shop.problem()) == (dict.fromkeys(SKUS, 0), None)
    with pytest.raises(Refused) as refused:
        guard.set_limits(shop.fbm.pk, GuardLimits(factor=1), now=shop.now(), user=shop.olga)
    assert refused.value.field == "factor"
    with pytest.raises(Refused, match="FBA"):
        guard.set_limits(shop.fba.pk, TIGHT, now=shop.now(), user=shop.olga)


def test_each_channel_is_guarded_for_itself_and_the_others_go_on():
    shop = Shop()
    german = a_channel(shop.account, shop.warehouse, DE, name="Amazon.de FBM")
    tea = shop.item("TEA", 6, marketplace=DE)
    shop.amazon.listings["TEA"] = Entry(quantity=0)
    shop.run(minutes=1)
    shop.rule(NOTHING)
    shop.rule(RuleValues(percent=50), german)
    shop.run(minutes=1)
    assert shop.shown() == {**TEN_EACH, "TEA": 3}
    assert Activity.objects.filter(channel=german, text__contains="write guard").count() == 0
    assert tea.code == "TEA"


def test_a_refused_number_that_is_held_is_tried_later():
    shop = Shop()
    shop.rule(NOTHING)
    shop.sell("MUG", 4)
    shop.amazon.faults["patchListingsItem"] += [ServerFault("InternalFailure")]
    shop.run(minutes=1)
    shop.run(hours=1)
    assert (shop.shown(), len(shop.held())) == ({**TEN_EACH, "MUG": 6}, 4)


@pytest.mark.parametrize("sold", [0, 1])
def test_statements_are_as_many_for_two_listings_as_for_ten(sold):
    skus = [f"SKU-{number}" for number in range(12)]
    shop = Shop(*skus, limits=GuardLimits(zero_percent=0, at_least=1))
    counts = []
    for some in (skus[:2], skus[2:]):
        text = "stock code,percent\n" + "".join(f"{sku},0\n" for sku in some)
        stock_rules.apply_rule_csv(text, now=shop.now(), user=shop.olga)
        if sold:
            shop.sell(some[0], 1)
        with CaptureQueriesContext(connection) as queries:
            claimed = outbox.claim_quantities(shop.account.pk, 10, now=shop.now())
        assert (len(claimed), len(shop.held())) == (sold, len(some))
        counts.append(len(queries))
        guard.send_held(shop.fbm.pk, now=shop.now(), user=shop.olga)
        StockNotice.objects.all().delete()
    assert counts[0] == counts[1]
