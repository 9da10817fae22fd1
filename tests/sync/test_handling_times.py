"""Handling times on the way out: beside every quantity while they hold, given back afterwards, looked at, without
effect where Amazon's own holds."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.channels import a_channel
from tests.factories.ground import DE, NOW
from tests.sync.fake_amazon import After
from tests.sync.test_write_guard import NOTHING, SKUS, Shop

from wharfinger.amazon.errors import Refused, ServerFault, TimedOut
from wharfinger.db.models import HandlingPeriod, ItemStockRule, Listing, Problem, StockNotice
from wharfinger.db.queries.stock.handling import at_amazon
from wharfinger.db.queries.stock.rules import Setting
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.stock.handling import PeriodState, Span
from wharfinger.domain.stock.rules import RuleValues
from wharfinger.operations.refusals import Refused as RefusedByUs
from wharfinger.operations.stock import handling, ledger, stock_profiles, stock_rules
from wharfinger.operations.stock.handling import PeriodEntry
from wharfinger.sync import listings_in

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
OWN = dict.fromkeys(SKUS, 3)


class World(Shop):
    def period(self, days=9, last=TODAY, **scope):
        entry = PeriodEntry("Stocktaking", Span(TODAY, last), days, **scope)
        return handling.add_period(entry, now=self.now(), user=self.olga)

    def lead_times(self):
        return {sku: entry.lead_time_days for sku, entry in self.amazon.listings.items()}

    def patches(self):
        return len(self.amazon.named("patchListingsItem"))

    def problem(self):
        return Problem.objects.filter(kind=ProblemKind.HANDLING_WITHOUT_EFFECT, solved_at=None).first()

    def until_quiet(self, run=None):
        for _ in range(12):
            (run or self.run)(minutes=10)
        assert not StockNotice.objects.exists()

    def until_quiet_at_last(self):
        for _ in range(12):
            self.run(minutes=30)

    def read_listings(self):
        return listings_in.run(self.account.pk, self.amazon, self.clock)


@pytest.fixture(params=["patches", "feeds"])
def world(request):
    world = World()
    world.read_listings()
    world.send = world.run if request.param == "patches" else world.run_by_feeds
    world.amazon.feed_takes = 60.0
    return world


def all_of(days):
    return dict.fromkeys(SKUS, days)


def test_it_is_sent_with_the_quantity_kept_by_each_later_one_and_given_back(world):
    world.period()
    world.until_quiet(world.send)
    assert (world.lead_times(), world.shown()) == (all_of(9), dict.fromkeys(SKUS, 10))
    ledger.receive_stock(world.items["MUG"].pk, world.warehouse.pk, 5, now=world.now())
    world.until_quiet(world.send)
    assert (world.lead_times(), world.shown()["MUG"]) == (all_of(9), 15)
    (row,) = at_amazon()
    assert (row.sent, row.shown, row.waiting, row.without_effect, row.ending) == (4, 4, 0, 0, 0)
    world.send(days=1)
    world.until_quiet(world.send)
    assert (world.lead_times(), world.shown()["MUG"], at_amazon()) == (OWN, 15, ())
    patches = world.patches()
    ledger.receive_stock(world.items["CUP"].pk, world.warehouse.pk, 5, now=world.now())
    world.until_quiet()
    assert (world.patches() - patches, world.lead_times()) == (1, OWN)


def test_a_listing_without_one_of_its_own_has_none_again_and_keeps_its_restock_date(world):
    entry = world.amazon.listings["MUG"]
    entry.lead_time_days, entry.restock_date = None, "2026-12-24"
    world.read_listings()
    period = world.period()
    world.until_quiet(world.send)
    assert (entry.lead_time_days, entry.restock_date) == (9, "2026-12-24")
    handling.delete_period(period, now=world.now(), user=world.olga)
    world.until_quiet(world.send)
    assert (entry.lead_time_days, entry.restock_date, entry.quantity) == (None, "2026-12-24", 10)


def test_what_amazon_accepts_and_does_not_apply_is_seen_and_sent_again(world):
    world.amazon.apply = False
    world.period()
    world.send(minutes=1)
    world.send(minutes=2)
    assert world.lead_times() == OWN
    world.amazon.apply = True
    world.until_quiet(world.send)
    assert (world.lead_times(), world.problem()) == (all_of(9), None)


def test_so_is_the_end(world):
    period = world.period()
    world.until_quiet(world.send)
    world.amazon.apply = False
    handling.delete_period(period, now=world.now(), user=world.olga)
    world.send(minutes=1)
    world.send(minutes=2)
    assert world.lead_times() == all_of(9)
    world.amazon.apply = True
    world.until_quiet(world.send)
    assert world.lead_times() == OWN


def test_amazons_automated_handling_time_is_said_and_not_written_against_for_ever(world):
    world.amazon.automated_days = 1
    world.period()
    world.until_quiet(world.send)
    assert world.problem().cause == (
        f"{world.account.name}: Amazon shows another handling time than the one sent for 4 of its SKUs, such as BOWL: "
        "1 where 9 was sent. Amazon's automated handling time overrides whatever handling time is sent."
    )
    calls = len(world.amazon.calls)
    world.until_quiet()
    assert len(world.amazon.calls) == calls
    assert at_amazon()[0].without_effect == 4
    world.amazon.automated_days = None
    assert handling.send_again(now=world.now(), user=world.olga) == 4
    world.until_quiet(world.send)
    assert (world.lead_times(), world.problem()) == (all_of(9), None)
    world.amazon.automated_days = 1
    world.send(days=1)
    world.until_quiet(world.send)
    assert (Listing.objects.filter(handling_days__isnull=False).count(), world.problem()) == (0, None)


def test_the_end_closes_the_problem(world):
    world.amazon.automated_days = 1
    period = world.period()
    world.until_quiet(world.send)
    assert world.problem()
    handling.delete_period(period, now=world.now(), user=world.olga)
    world.until_quiet(world.send)
    assert world.problem() is None


def test_a_refused_one_goes_again_and_one_that_timed_out_too(world):
    world.amazon.faults["patchListingsItem"] = [
        After(TimedOut("patchListingsItem")),
        Refused("patchListingsItem", status=400, code="InvalidInput", message="No."),
        ServerFault("patchListingsItem", status=503, message="busy"),
    ]
    world.period(last=None)
    with pytest.raises(TimedOut):
        world.run(minutes=1)
    for _ in range(3):
        world.until_quiet_at_last()
    assert world.lead_times() == all_of(9)


def test_what_the_guard_holds_gets_it_with_the_number_that_it_has(world):
    world.rule(NOTHING)
    world.run(minutes=1)
    assert len(world.held()) == 4
    world.period()
    world.run(minutes=1)
    assert (world.lead_times(), world.shown(), len(world.held())) == (all_of(9), dict.fromkeys(SKUS, 10), 4)


def test_where_two_channels_of_an_account_differ_the_longest_is_sent(world):
    german = a_channel(world.account, world.warehouse, DE, approved=True)
    world.listing("MUG", world.items["MUG"], marketplace=DE)
    world.period(4, channel_id=world.fbm.pk)
    world.period(6, channel_id=german.pk)
    world.until_quiet(world.send)
    assert world.lead_times() == {**all_of(4), "MUG": 6}


def test_of_a_profile_the_items_and_the_channels_that_have_it(world):
    entry = stock_profiles.ProfileEntry("Made to order", RuleValues())
    profile = stock_profiles.add_profile(entry, now=NOW, user=world.olga)
    stock_rules.set_item_rule(world.items["MUG"].pk, Setting(profile), now=world.now(), user=world.olga)
    world.period(profile_id=profile, last=None)
    world.until_quiet(world.send)
    assert world.lead_times() == {**OWN, "MUG": 9}
    stock_rules.assign_profile([world.items["CUP"].pk], profile, now=world.now(), user=world.olga)
    stock_rules.assign_profile([world.items["MUG"].pk], None, now=world.now(), user=world.olga)
    world.until_quiet(world.send)
    assert (world.lead_times(), ItemStockRule.objects.get().item.code) == ({**OWN, "CUP": 9}, "CUP")
    with pytest.raises(RefusedByUs, match="use it. Archive it instead"):
        stock_profiles.delete_profile(profile, now=world.now(), user=world.olga)
    stock_rules.assign_profile([world.items["CUP"].pk], None, now=world.now(), user=world.olga)
    with pytest.raises(RefusedByUs, match="handling times use it"):
        stock_profiles.delete_profile(profile, now=world.now(), user=world.olga)


def test_a_period_that_comes_begins_and_ends_by_itself_and_an_edited_one_at_once(world):
    later = Span(TODAY + timedelta(days=2), TODAY + timedelta(days=3))
    period = handling.add_period(PeriodEntry("Later", later, 9), now=world.now(), user=world.olga)
    world.until_quiet(world.send)
    assert (world.lead_times(), HandlingPeriod.objects.get().state) == (OWN, PeriodState.COMING)
    world.send(days=2)
    world.until_quiet(world.send)
    assert (world.lead_times(), HandlingPeriod.objects.get().state) == (all_of(9), PeriodState.IN_FORCE)
    shorter = PeriodEntry("Later", later, 7)
    assert handling.edit_period(period, shorter, version=1, now=world.now(), user=world.olga) == 4
    world.until_quiet(world.send)
    assert world.lead_times() == all_of(7)
    with pytest.raises(RefusedByUs, match="Somebody else"):
        handling.edit_period(period, shorter, version=1, now=world.now(), user=world.olga)
    world.send(days=3)
    world.until_quiet(world.send)
    assert (world.lead_times(), HandlingPeriod.objects.get().state) == (OWN, PeriodState.OVER)


def test_a_late_feed_that_writes_one_after_its_end_is_put_right():
    world = World()
    world.read_listings()
    world.amazon.feed_takes = 5 * 3600.0
    period = world.period()
    world.run_by_feeds(minutes=1)
    for _ in range(8):
        world.run(minutes=20)  # the feed is given up, patches take over
    handling.delete_period(period, now=world.now(), user=world.olga)
    world.until_quiet()
    assert world.lead_times() == OWN
    world.run(hours=3)
    world.amazon.feed_takes = 0.0
    for _ in range(6):
        world.run(hours=1)
    world.until_quiet()
    assert world.lead_times() == OWN


def test_a_run_that_dies_at_any_moment_loses_nothing(world):
    """The attempt is written before the call, with what the listing had."""
    world.period()
    claimed = world.amazon.set_quantity

    def dies(*args, **more):
        claimed(*args, **more)
        raise SystemExit

    world.amazon.set_quantity = dies
    with pytest.raises(SystemExit):
        world.run(minutes=1)
    world.amazon.set_quantity = claimed
    world.read_listings()  # it shows ours, which must not be taken for its own
    world.until_quiet(world.send)
    world.send(days=1)
    world.until_quiet(world.send)
    assert world.lead_times() == OWN


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (PeriodEntry(" ", Span(TODAY), 3), "name"),
        (PeriodEntry("x" * 61, Span(TODAY), 3), "name"),
        (PeriodEntry("Holidays", Span(TODAY), 31), "days"),
        (PeriodEntry("Holidays", Span(TODAY, date(2020, 1, 1)), 3), "last_day"),
        (PeriodEntry("Holidays", Span(TODAY), 3, channel_id=0), "holds_for"),
        (PeriodEntry("Holidays", Span(TODAY), 3, profile_id=0), "holds_for"),
    ],
)
def test_what_is_wrong_is_refused_with_its_field(entry, field):
    world = World()
    with pytest.raises(RefusedByUs) as refused:
        handling.add_period(entry, now=NOW, user=world.olga)
    assert (refused.value.field, HandlingPeriod.objects.count()) == (field, 0)


def test_no_period_costs_one_statement_a_look():
    with CaptureQueriesContext(connection) as made:
        assert handling.look(now=NOW) == 0
    assert [one["sql"].split()[0] for one in made.captured_queries] == ["SAVEPOINT", "SELECT", "RELEASE"]
