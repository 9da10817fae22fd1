from dataclasses import replace
from datetime import timedelta

import pytest
from tests.factories.accounts import an_account
from tests.factories.allocating import change_allocated
from tests.factories.channels import a_channel
from tests.factories.ground import DE, NOW, UK
from tests.factories.stock import a_listing, a_site, an_item
from tests.sync.fake_amazon import After, Entry, FakeAmazon, SteppedClock

from wharfinger.amazon.errors import AccessDenied, NotAnsweredAsPromised, Refused, ServerFault, TimedOut
from wharfinger.amazon.messages.listings import Invalid, Issue
from wharfinger.db.models import Channel, Listing, Problem, StockLevel, StockNotice, StockPush
from wharfinger.db.queries.stock.stock_out import stock_upload_plan
from wharfinger.operations.stock import ledger, outbox
from wharfinger.operations.stock._stock_steps import raise_notices
from wharfinger.sync import stock_out

pytestmark = pytest.mark.django_db


class Shop:
    """One account with a UK channel and some counted items, and its Amazon."""

    def __init__(self, *stocked):
        self.account = an_account()
        self.site = a_site()
        self.channel = a_channel(self.account, self.site)
        self.clock = SteppedClock(NOW)
        self.amazon = FakeAmazon.of(self.account, self.clock)
        self.items = {}
        for sku, units in stocked:
            self.add(sku, units)

    def add(self, sku, units):
        self.items[sku] = item = an_item(sku)
        a_listing(self.account, sku, item)
        self.amazon.listings[sku] = Entry(quantity=99)
        ledger.receive_stock(item.pk, self.site.pk, units, now=self.clock.now())

    def run(self):
        return stock_out.run(self.account.pk, self.amazon, self.clock)

    def sent(self):
        return self.amazon.named("patchListingsItem")

    def listing(self, sku="MUG"):
        return Listing.objects.get(sku=sku)


def test_what_is_available_is_sent_to_amazon_and_why_is_kept():
    shop = Shop(("MUG", 12))
    change_allocated(shop.items["MUG"].pk, shop.site.pk, 3, now=NOW)
    shop.run()
    assert shop.sent() == [("MUG", 9)]
    listing = shop.listing()
    assert (listing.sent_quantity, listing.sent_at) == (9, NOW)
    assert listing.sent_why["steps"] == [
        ["On hand", 12], ["Allocated", -3], ["Available", 9], ["Sent to Amazon", 9],
    ]  # fmt: skip
    assert not StockNotice.objects.exists()
    assert StockPush.objects.get().outcome == StockPush.Outcome.ACCEPTED


def test_ten_changes_become_one_message_with_the_newest_number():
    shop = Shop(("MUG", 20))
    for _ in range(10):
        change_allocated(shop.items["MUG"].pk, shop.site.pk, 1, now=NOW)
    shop.run()
    assert shop.sent() == [("MUG", 10)]


def test_run_twice_it_tells_once():
    shop = Shop(("MUG", 5))
    shop.run()
    shop.run()
    assert shop.sent() == [("MUG", 5)]


def test_zero_goes_first_then_low_then_the_rest():
    shop = Shop(("PLENTY", 50), ("LOW", 4), ("NONE", 1))
    change_allocated(shop.items["NONE"].pk, shop.site.pk, 1, now=NOW)
    shop.run()
    assert [sku for sku, _ in shop.sent()] == ["NONE", "LOW", "PLENTY"]


def test_without_tokens_it_ends_and_says_when_to_come_back():
    shop = Shop(*((f"SKU-{number}", 10) for number in range(6)))
    shop.amazon.tokens["patchListingsItem"] = 3
    result = shop.run()
    assert result.next_due == NOW + timedelta(seconds=2)
    assert "patchListingsItem" in result.waiting_for
    assert (len(shop.sent()), StockNotice.objects.count(), StockPush.objects.count()) == (3, 3, 3)
    del shop.amazon.tokens["patchListingsItem"]
    shop.run()
    assert {entry.quantity for entry in shop.amazon.listings.values()} == {10}


def test_a_change_while_the_message_is_under_way_is_reported_afterwards():
    shop = Shop(("MUG", 5))
    (message,) = outbox.claim_quantities(shop.account.pk, 5, now=NOW)
    change_allocated(shop.items["MUG"].pk, shop.site.pk, 2, now=NOW)
    outbox.settle_quantity(message, outbox.Accepted("1"), now=NOW)
    shop.run()
    assert shop.sent() == [("MUG", 3)]


def test_killed_between_call_and_settling_it_is_reported_again():
    shop = Shop(("MUG", 5))
    outbox.claim_quantities(shop.account.pk, 5, now=NOW)
    shop.run()
    assert shop.sent() == [("MUG", 5)]
    outcomes = StockPush.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == [StockPush.Outcome.ATTEMPTED, StockPush.Outcome.ACCEPTED]


@pytest.mark.parametrize("fault", [ServerFault("patch", status=500), After(ServerFault("patch", status=503))])
def test_amazons_own_fault_puts_one_sku_off_and_the_others_go_on(fault):
    shop = Shop(("MUG", 5), ("CUP", 6))
    shop.amazon.faults["patchListingsItem"].append(fault)
    result = shop.run()
    assert result.next_due == NOW + timedelta(seconds=30)
    assert StockNotice.objects.get().listing.sku == "MUG"
    shop.clock.advance(seconds=30)
    shop.run()
    assert [entry.quantity for entry in shop.amazon.listings.values()] == [5, 6]


def test_a_dead_line_ends_the_run_and_loses_nothing():
    shop = Shop(("MUG", 5), ("CUP", 6), ("JUG", 7))
    shop.amazon.faults["patchListingsItem"].append(TimedOut("patch", outcome_unknown=True))
    with pytest.raises(TimedOut):
        shop.run()
    assert StockNotice.objects.count() == 3
    shop.clock.advance(minutes=1)
    shop.run()
    assert [entry.quantity for entry in shop.amazon.listings.values()] == [5, 6, 7]


@pytest.mark.parametrize(
    "fault",
    [
        Invalid("MUG", "INVALID", issues=(Issue(code="90000900", message="The attributes are invalid."),)),
        Refused("patch", status=400, message="The attributes are invalid."),
    ],
)
def test_a_refused_sku_opens_a_problem_and_the_others_go_on(fault):
    shop = Shop(("MUG", 5), ("CUP", 6))
    shop.amazon.faults["patchListingsItem"].append(fault)
    shop.run()
    assert shop.sent() == [("MUG", 5), ("CUP", 6)]
    problem = Problem.objects.get(kind="listing_refused")
    assert "attributes are invalid" in problem.cause
    assert "attributes are invalid" in shop.listing().error
    change_allocated(shop.items["MUG"].pk, shop.site.pk, 1, now=NOW)
    shop.run()
    problem.refresh_from_db()
    assert (shop.listing().error, problem.solved_at) == ("", NOW)
    assert not StockNotice.objects.exists()


def test_a_refused_number_is_sent_again_by_itself_after_growing_pauses():
    shop = Shop(("MUG", 5))
    invalid = Invalid("MUG", "INVALID", issues=(Issue(code="90000900", message="The attributes are invalid."),))
    shop.amazon.faults["patchListingsItem"] += [invalid, invalid]
    assert shop.run().next_due == NOW + timedelta(minutes=5)
    shop.clock.advance(minutes=5)
    assert shop.run().next_due == NOW + timedelta(minutes=15)
    shop.clock.advance(minutes=10)
    shop.run()
    assert (shop.sent()[-1], shop.listing().error, StockNotice.objects.count()) == (("MUG", 5), "", 0)
    assert Problem.objects.get(kind="listing_refused").solved_at is not None


def test_a_number_that_is_refused_for_days_costs_a_call_each_six_hours():
    shop = Shop(("MUG", 5))
    invalid = Invalid("MUG", "INVALID", issues=(Issue(code="90000900", message="The attributes are invalid."),))
    shop.amazon.faults["patchListingsItem"] += [invalid] * 100
    for _ in range(3 * 24 * 4):
        shop.run()
        shop.clock.advance(minutes=15)
    assert 13 <= len(shop.sent()) <= 20
    assert Problem.objects.get(kind="listing_refused").count == len(shop.sent())


def test_a_number_that_changed_while_it_was_refused_is_sent_at_once():
    shop = Shop(("MUG", 5))
    (message,) = outbox.claim_quantities(shop.account.pk, 5, now=NOW)
    change_allocated(shop.items["MUG"].pk, shop.site.pk, 2, now=NOW)
    outbox.settle_quantity(message, outbox.Refused("The attributes are invalid."), now=NOW)
    shop.run()
    assert shop.sent() == [("MUG", 3)]


def test_a_sku_that_amazon_does_not_know_is_gone():
    shop = Shop(("MUG", 5))
    del shop.amazon.listings["MUG"]
    shop.run()
    assert shop.listing().gone_at == NOW


def test_a_403_on_one_sku_is_a_bad_sku():
    shop = Shop(("DE-36023/4", 5), ("CUP", 6))
    shop.amazon.faults["patchListingsItem"] += [AccessDenied("patch", status=403, code="Unauthorized")] * 2
    shop.run()
    assert Problem.objects.get(kind="listing_refused").listing.sku == "DE-36023/4"
    assert shop.amazon.listings["CUP"].quantity == 6


def test_a_role_that_was_missing_for_a_moment_makes_no_sku_a_bad_one():
    """It was withdrawn after one SKU had gone, and given back before it was looked whether access holds."""
    shop = Shop(("MUG", 5), ("CUP", 6))
    shop.amazon.faults["patchListingsItem"] += [None, AccessDenied("patch", status=403, code="Unauthorized")]
    shop.run()
    assert {entry.quantity for entry in shop.amazon.listings.values()} == {5, 6}
    assert not Problem.objects.exists()


def test_a_role_that_is_withdrawn_in_the_middle_of_a_run_makes_no_sku_a_bad_one():
    shop = Shop(("MUG", 5), ("CUP", 6), ("JUG", 7))
    denied = AccessDenied("any", status=403, code="Unauthorized")
    shop.amazon.faults["patchListingsItem"] += [None, denied]
    shop.amazon.faults["searchListingsItems"].append(denied)
    with pytest.raises(AccessDenied):
        shop.run()
    assert StockNotice.objects.count() == 2
    assert not Problem.objects.exists()


def test_a_403_on_everything_is_lost_access_and_keeps_what_waits():
    shop = Shop(("MUG", 5), ("CUP", 6))
    denied = AccessDenied("any", status=403, code="Unauthorized")
    shop.amazon.faults["patchListingsItem"].append(denied)
    shop.amazon.faults["searchListingsItems"].append(denied)
    with pytest.raises(AccessDenied):
        shop.run()
    assert StockNotice.objects.count() == 2
    assert not Problem.objects.exists()


class TestWhatIsNotSent:
    def run(self, shop):
        shop.run()
        assert shop.sent() == []
        assert not StockNotice.objects.exists()
        return shop.listing().sent_why["not_sent"]

    def test_a_never_counted_item(self):
        shop = Shop(("MUG", 5))
        StockLevel.objects.update(counted_at=None)
        assert "never counted" in self.run(shop)

    def test_a_channel_in_shadow_until_it_is_approved(self):
        shop = Shop(("MUG", 5))
        Channel.objects.update(stock_upload_approved_at=None)
        assert "waits for approval" in self.run(shop)
        (row,) = stock_upload_plan(shop.channel.pk)
        assert (row.sku, row.would_be, row.why_not, row.changes) == ("MUG", 5, "", True)

    def test_a_channel_that_uploads_no_stock(self):
        shop = Shop(("MUG", 5))
        Channel.objects.update(dont_upload_stock_levels=True)
        assert "Don't upload stock levels" in self.run(shop)

    def test_a_disabled_channel(self):
        shop = Shop(("MUG", 5))
        Channel.objects.update(enabled=False)
        assert "not enabled" in self.run(shop)

    def test_a_listing_that_became_fba(self):
        shop = Shop(("MUG", 5))
        Listing.objects.update(fulfilment="FBA")
        assert "FBA" in self.run(shop)


def test_a_sku_whose_units_locations_at_amazon_hold_is_locked_and_says_why():
    shop = Shop(("MUG", 5))
    Listing.objects.update(location_codes="SUPPLY-1, SUPPLY-2")
    shop.run()
    assert shop.sent() == []
    said = shop.listing().sent_why["not_sent"]
    assert said.startswith("Locked: locations at Amazon hold this SKU's units (SUPPLY-1, SUPPLY-2).")
    seen = outbox.ReadBack(shop.listing().pk, 0, location_codes=())
    outbox.note_read_back([seen], requested_at=NOW, now=NOW)
    assert shop.listing().location_codes == ""
    outbox.note_read_back([replace(seen, location_codes=("SUPPLY-3",))], requested_at=NOW, now=NOW)
    assert shop.listing().location_codes == "SUPPLY-3"


def test_two_channels_with_other_sites_for_one_sku_are_a_conflict():
    shop = Shop(("MUG", 5))
    germany = a_channel(shop.account, a_site("Berlin"), DE)
    shop.listing().products.create(marketplace_id=DE, item=shop.items["MUG"], found_at=NOW)
    shop.run()
    assert shop.sent() == []
    problem = Problem.objects.get(kind="listing_conflict")
    assert shop.listing().error == problem.cause
    germany.options.update(site=shop.site)
    raise_notices([shop.items["MUG"].pk], cause="Site changed", now=NOW)
    shop.run()
    assert shop.sent() == [("MUG", 5)]
    problem.refresh_from_db()
    assert problem.solved_at == NOW


class TestReadBack:
    def test_what_took_effect_is_seen_after_three_minutes(self):
        shop = Shop(("MUG", 5), ("A,B", 6))
        assert shop.run().next_due == NOW + timedelta(minutes=3)
        assert shop.amazon.named("searchListingsItems") == []
        shop.clock.advance(minutes=3)
        shop.run()
        assert shop.amazon.named("searchListingsItems") == [(UK, ("MUG",), None)]
        assert shop.amazon.named("getListingsItem") == [("A,B",)]
        listing = shop.listing()
        assert (listing.read_back_quantity, listing.seen_at, listing.read_back_at) == (5, shop.clock.now(), None)

    def test_twenty_skus_ride_in_one_call(self):
        shop = Shop(*((f"SKU-{number:02d}", 10) for number in range(21)))
        shop.run()
        shop.clock.advance(minutes=3)
        shop.run()
        assert [len(call[1]) for call in shop.amazon.named("searchListingsItems")] == [20, 1]

    def test_one_odd_sku_does_not_keep_the_others_from_being_read_back(self):
        shop = Shop(("MUG", 5), ("CUP", 6), ("ODD", 7))
        shop.run()
        shop.clock.advance(minutes=3)
        odd = Refused(
            "getListingsItem", status=400, code="InvalidInput", message="ODD is an invalid SKU", request_id="r"
        )
        shop.amazon.faults["searchListingsItems"].append(Refused("searchListingsItems", status=400))
        shop.amazon.faults["getListingsItem"] += [None, None, odd]
        assert "2 read back, 0 differ, 1 not shown" in shop.run().outcome
        assert [shop.listing(sku).read_back_quantity for sku in ("MUG", "CUP", "ODD")] == [5, 6, None]
        problem = Problem.objects.get(kind="listing_refused")
        assert (problem.listing.sku, odd.summary() in problem.cause) == ("ODD", True)
        shop.clock.advance(hours=6)
        shop.run()
        assert shop.listing("ODD").read_back_quantity == 7
        assert not Problem.objects.filter(solved_at=None).exists()

    def test_an_answer_of_another_sku_sends_the_batch_one_by_one(self):
        shop = Shop(("MUG", 5), ("CUP", 6))
        shop.run()
        shop.clock.advance(minutes=3)
        shop.amazon.faults["searchListingsItems"].append(NotAnsweredAsPromised("searchListingsItems", status=200))
        shop.run()
        assert shop.amazon.named("getListingsItem") == [("MUG",), ("CUP",)]

    def test_a_refusal_of_every_one_is_the_flows_and_no_skus(self):
        shop = Shop(("MUG", 5), ("CUP", 6))
        shop.run()
        shop.clock.advance(minutes=3)
        refused = Refused("listings", status=400, message="We are at lunch.")
        shop.amazon.faults["searchListingsItems"].append(refused)
        shop.amazon.faults["getListingsItem"] += [refused, refused]
        with pytest.raises(Refused):
            shop.run()
        assert not Problem.objects.exists()

    def test_accepted_but_not_applied_is_reported_again_after_a_second_look(self):
        shop = Shop(("MUG", 5))
        shop.amazon.apply = False
        shop.run()
        shop.clock.advance(minutes=3)
        shop.run()
        assert len(shop.sent()) == 1
        assert not Problem.objects.exists()
        shop.amazon.apply = True
        shop.clock.advance(minutes=6)
        shop.run()
        shop.run()
        assert shop.sent() == [("MUG", 5), ("MUG", 5)]
        shop.clock.advance(minutes=3)
        shop.run()
        assert shop.listing().read_back_quantity == 5
        assert "misses" not in shop.listing().sent_why

    def test_drift_that_lasts_is_a_problem_and_is_solved_by_itself(self):
        shop = Shop(("MUG", 5))
        shop.amazon.apply = False
        for _ in range(8):
            shop.run()
            shop.clock.advance(minutes=6)
        problem = Problem.objects.get(kind="listing_drift")
        assert "99" in problem.cause
        shop.amazon.apply = True
        for _ in range(4):
            shop.run()
            shop.clock.advance(minutes=6)
        problem.refresh_from_db()
        assert problem.solved_at is not None
        assert shop.amazon.listings["MUG"].quantity == 5

    def test_a_buyers_order_that_amazon_knows_sooner_is_no_drift(self):
        shop = Shop(("MUG", 5))
        shop.run()
        shop.amazon.listings["MUG"].quantity = 4
        shop.clock.advance(minutes=3)
        shop.run()
        change_allocated(shop.items["MUG"].pk, shop.site.pk, 1, now=shop.clock.now())
        for _ in range(4):
            shop.run()
            shop.clock.advance(minutes=6)
        assert shop.sent() == [("MUG", 5), ("MUG", 4)]
        assert not Problem.objects.exists()

    def test_a_listing_gone_at_read_back_is_marked(self):
        shop = Shop(("MUG", 5))
        shop.run()
        shop.amazon.listings.clear()
        shop.clock.advance(minutes=3)
        shop.run()
        assert shop.listing().gone_at == shop.clock.now()

    def test_a_listing_that_turned_fba_is_locked(self):
        shop = Shop(("MUG", 5))
        shop.run()
        shop.amazon.listings["MUG"].channel = "AMAZON_EU"
        shop.clock.advance(minutes=3)
        shop.run()
        assert (shop.listing().fulfilment, shop.listing().read_back_at) == ("FBA", None)
