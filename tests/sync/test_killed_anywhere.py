"""A run is killed at every step it takes, one after the other; what it leaves behind comes right by itself.

The clock is read before and after every call and every write, so a clock that kills at its n-th look
kills at each boundary once.
"""

from collections import Counter

import pytest
from django.db.models import Sum
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.factories.shipping import a_service
from tests.factories.stock import a_listing, a_site, an_item
from tests.sync.fake_amazon import Entry, FakeAmazon, SteppedClock

from wharfinger.db.models import Allocation, Confirmation, Listing, Movement, StockLevel, StockNotice
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.domain.stock.plan import Plan
from wharfinger.operations.shipping import shipments
from wharfinger.operations.stock import ledger
from wharfinger.sync import fba_stock_in, listings_in, shipments_out, stock_out

pytestmark = pytest.mark.django_db

MOST_STEPS = 60


class Killed(BaseException):
    """SIGKILL: nothing catches it."""


class KillingClock(SteppedClock):
    """Kills at its n-th look; 0 = never."""

    def __init__(self, now):
        super().__init__(now)
        self.kill_at = 0
        self.looks = 0

    def now(self):
        self.looks += 1
        if self.looks == self.kill_at:
            raise Killed
        return super().now()


class Shop:
    def __init__(self):
        self.account = an_account()
        self.site = a_site()
        self.pool = a_site("FBA UK", SiteKind.FBA, "UK", self.account)
        self.channel = a_channel(self.account, self.site)
        a_channel(self.account, self.pool, kind="FBA", name="FBA")
        self.clock = KillingClock(NOW)
        self.amazon = FakeAmazon.of(self.account, self.clock)

    def killed(self, flow, at):
        """Whether the run was killed (it may have ended before its n-th step)."""
        self.clock.kill_at, self.clock.looks = at, 0
        try:
            flow.run(self.account.pk, self.amazon, self.clock)
        except Killed:
            return True
        finally:
            self.clock.kill_at = 0
        return False

    def go_on(self, flow, minutes=60):
        for _ in range(minutes // 3):
            flow.run(self.account.pk, self.amazon, self.clock)
            self.clock.advance(minutes=3)


def at_every_step(check):
    """Run the check for each step until a run gets through alive; returns how many steps there were."""
    for step in range(1, MOST_STEPS):
        if not check(step):
            return step
    raise AssertionError(f"more than {MOST_STEPS} steps")


def test_every_parcel_is_reported_exactly_once(db):
    shop = Shop()
    item, service = an_item(), a_service()
    ledger.receive_stock(item.pk, shop.site.pk, 500, now=NOW)

    def parcels():
        made = []
        for _ in range(3):
            order = an_allocated_order(shop.channel, shop.site, [(item, 1)])
            shipments.dispatch(order.pk, service_id=service.pk, now=SteppedClock.now(shop.clock))
            made.append(order)
        return made

    def check(step):
        made = parcels()
        died = shop.killed(shipments_out, step)
        shop.go_on(shipments_out)
        times_sent = Counter(order for order, _ in shop.amazon.named("confirmShipment"))
        assert {times_sent[order.order_ref] for order in made} == {1}, f"killed at step {step}"
        states = Confirmation.objects.filter(shipment__order__in=made).values_list("state", flat=True)
        assert set(states) == {"confirmed"}, f"killed at step {step}"
        return died

    assert at_every_step(check) > 10


def test_amazon_ends_with_the_newest_quantity(db):
    shop = Shop()
    items = [an_item(f"SKU-{number}") for number in range(6)]
    for item in items:
        a_listing(shop.account, item.code, item)
        shop.amazon.listings[item.code] = Entry()

    def check(step):
        for item in items:
            ledger.receive_stock(item.pk, shop.site.pk, 1, now=SteppedClock.now(shop.clock))
        died = shop.killed(stock_out, step)
        shop.go_on(stock_out, minutes=15)
        assert {entry.quantity for entry in shop.amazon.listings.values()} == {step}
        assert set(Listing.objects.values_list("sent_quantity", "read_back_quantity")) == {(step, step)}
        assert not StockNotice.objects.exists()
        return died

    assert at_every_step(check) > 10


class ByFeeds:
    """All but zeros and low numbers by feeds, as it is with thousands."""

    @staticmethod
    def run(account_id, amazon, clock):
        return stock_out.run(account_id, amazon, clock, choose=all_by_feeds, few=0)


def all_by_feeds(waiting, limits, pace):
    return Plan(waiting.urgent, tuple(sorted(waiting.by_marketplace)), 0.0, limits.feeds)


def test_amazon_ends_with_the_newest_quantity_by_feeds(db):
    shop = Shop()
    items = [an_item(f"SKU-{number}") for number in range(3)]
    for item in items:
        a_listing(shop.account, item.code, item)
        shop.amazon.listings[item.code] = Entry()
        ledger.receive_stock(item.pk, shop.site.pk, 100, now=SteppedClock.now(shop.clock))
    shop.go_on(ByFeeds, minutes=15)

    def check(step):
        for item in items:
            ledger.receive_stock(item.pk, shop.site.pk, 1, now=SteppedClock.now(shop.clock))
        died = shop.killed(ByFeeds, step)
        shop.clock.advance(minutes=2)
        overtakes = items[0]  # fewer than its feed carries
        ledger.adjust_stock(overtakes.pk, shop.site.pk, -60, "broken", now=SteppedClock.now(shop.clock))
        died = shop.killed(ByFeeds, step) or died
        shop.go_on(ByFeeds, minutes=24)
        there = {sku: entry.quantity for sku, entry in shop.amazon.listings.items()}
        assert there == {"SKU-0": 40 + step, "SKU-1": 100 + step, "SKU-2": 100 + step}, f"killed at step {step}"
        assert dict(Listing.objects.values_list("sku", "sent_quantity")) == there
        assert dict(Listing.objects.values_list("sku", "read_back_quantity")) == there
        assert not StockNotice.objects.exists()
        ledger.receive_stock(overtakes.pk, shop.site.pk, 60, now=SteppedClock.now(shop.clock))
        return died

    assert at_every_step(check) > 10


def test_fba_levels_end_as_amazon_holds_them(db):
    shop = Shop()
    for code in ("A", "B", "C"):
        a_listing(shop.account, code, an_item(code), fulfilment="FBA")
    shop.amazon.page_size = 1

    def check(step):
        shop.amazon.fba = {"A": step, "B": 2 * step, "C": 0}
        died = shop.killed(fba_stock_in, step)
        shop.go_on(fba_stock_in, minutes=3)
        held = dict(StockLevel.objects.values_list("item__code", "on_hand"))
        assert held == {"A": step, "B": 2 * step, "C": 0}
        moved = dict(Movement.objects.values_list("item__code").annotate(Sum("quantity")).order_by())
        assert {code: moved.get(code, 0) for code in held} == held
        return died

    assert at_every_step(check) > 3


def test_listings_end_as_amazon_lists_them(db):
    shop = Shop()

    def check(step):
        shop.amazon.listings = {f"SKU-{number}": Entry() for number in range(step, step + 25)}
        died = shop.killed(listings_in, step)
        shop.go_on(listings_in, minutes=3)
        listed = set(Listing.objects.filter(gone_at=None).values_list("sku", flat=True))
        assert listed == set(shop.amazon.listings)
        return died

    assert at_every_step(check) > 3


def test_allocations_and_levels_agree_after_all_that(db):
    shop = Shop()
    item, service = an_item(), a_service()
    ledger.receive_stock(item.pk, shop.site.pk, 5, now=NOW)
    order = an_allocated_order(shop.channel, shop.site, [(item, 3)])
    shipments.dispatch(order.pk, service_id=service.pk, lines={order.lines.get().pk: 2}, now=NOW)
    level = StockLevel.objects.get(item=item, site=shop.site)
    allocated = Allocation.objects.filter(item=item).aggregate(sum=Sum("quantity"))["sum"]
    assert (level.on_hand, level.allocated) == (3, allocated)
