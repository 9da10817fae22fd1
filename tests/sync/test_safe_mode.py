"""Safe mode: when it begins, whose numbers it lowers, and when they come back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import DE, NOW
from tests.factories.stock import a_listing, an_item
from tests.sync.fake_amazon import Entry, FakeAmazon
from tests.sync.test_write_guard import SKUS, TEN_EACH, Shop

from wharfinger.db.models import (
    AuditEntry,
    FlowSchedule,
    KitComponent,
    Listing,
    OrderCursor,
    Problem,
    RawMessage,
    SafeMode,
    SellerAccount,
    StockNotice,
)
from wharfinger.db.queries.stock.stock_out import listing_facts
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.stock.rules import SafeLevel
from wharfinger.domain.stock.safe_mode import SafeSetting
from wharfinger.operations.access import safe_mode
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import ledger
from wharfinger.sync import stock_out

pytestmark = pytest.mark.django_db
AFTER_SIX_HOURS = SafeSetting(6)
FIVE_EACH = dict.fromkeys(SKUS, 5)


class World(Shop):
    """Safe mode after six hours; orders were read up to now."""

    def __init__(self, setting=AFTER_SIX_HOURS):
        super().__init__()
        self.cursor = OrderCursor.objects.create(account=self.account, after=self.now(), caught_up_at=self.now())
        self.search = FlowSchedule.objects.create(account=self.account, flow="orders_in", due_at=NOW)
        safe_mode.set_safe_mode(self.account.pk, setting, now=self.now(), user=self.olga)

    def blind(self, **how):
        """The search fails from now on; so much later quantities are sent."""
        FlowSchedule.objects.filter(pk=self.search.pk).update(error="HTTP 503", fault="amazon", failures=3)
        return self.run(**how)

    def sees(self, **behind):
        FlowSchedule.objects.filter(pk=self.search.pk).update(error="", fault="", failures=0)
        OrderCursor.objects.filter(pk=self.cursor.pk).update(after=self.now() - timedelta(**behind))
        return self.run(seconds=1)

    def safe(self):
        return SafeMode.objects.filter(entered_at__isnull=False).exists()

    def lowered(self):
        return Problem.objects.filter(kind=ProblemKind.SAFE_MODE, solved_at=None).first()


def test_quantities_fall_after_the_hours_and_come_back_when_orders_are_seen_and_caught_up_with():
    world = World()
    world.blind(hours=5, minutes=50)
    assert (world.shown(), world.safe()) == (TEN_EACH, False)
    world.run(minutes=10)
    assert (world.shown(), world.held()) == (FIVE_EACH, [])
    assert world.lowered().cause == (
        f"{world.account.name}: no orders are seen since {world.cursor.after:%d %b %H:%M} UTC. Amazon's own fault. "
        "Everything that it sells is offered at 50 % meanwhile, on other accounts' listings too."
    )
    why = Listing.objects.get(sku="MUG").sent_why
    assert why["steps"][2:] == [
        ["Available", 10],
        ["Percent shown while orders are not seen", 50],
        ["Safe number", 5],
        ["Sent to Amazon", 5],
    ]
    world.sees(hours=1)
    assert world.shown() == FIVE_EACH  # the search runs again, and has not caught up
    message = RawMessage.objects.create(
        account=world.account, kind="order", key="1", body=b"{}", body_hash="1", source="search", received_at=NOW
    )
    world.sees(minutes=5)
    assert world.shown() == FIVE_EACH  # what it brought is not taken yet
    RawMessage.objects.filter(pk=message.pk).update(attempts=1)
    world.sees(minutes=5)
    assert (world.shown(), world.safe(), world.lowered()) == (TEN_EACH, False, None)
    assert not StockNotice.objects.exists()


def test_it_is_off_until_somebody_sets_it():
    world = World(SafeSetting())
    world.blind(days=3)
    assert (world.shown(), world.safe()) == (TEN_EACH, False)


def test_switched_off_it_ends_at_once_and_other_numbers_hold_at_once():
    world = World()
    world.blind(hours=7)
    safe_mode.set_safe_mode(world.account.pk, SafeSetting(6, SafeLevel(100, 3)), now=world.now(), user=world.olga)
    world.run(minutes=1)
    assert world.shown() == dict.fromkeys(SKUS, 3)
    safe_mode.set_safe_mode(world.account.pk, SafeSetting(), now=world.now(), user=world.olga)
    world.run(minutes=1)
    assert (world.shown(), world.safe(), world.lowered()) == (TEN_EACH, False, None)
    assert AuditEntry.objects.filter(noun="Safe mode of an account").count() == 3


def test_an_account_that_lost_all_access_lowers_what_others_sell_of_its_items():
    """It can send nothing itself: its own numbers wait. What it does not sell stays."""
    world = World()
    other = an_account("Other", seller_id="A2OTHERSELLERR", region="NA")
    a_channel(other, world.warehouse, "ATVPDKIKX0DER", name="Amazon.com FBM")
    kit = an_item("SET", "Set")
    KitComponent.objects.create(kit=kit, component=world.items["MUG"], quantity=2)
    own = an_item("OWN", "Own")
    amazon = FakeAmazon.of(other, world.clock)
    for sku, item in (("US-MUG", world.items["MUG"]), ("US-SET", kit), ("US-OWN", own)):
        a_listing(other, sku, item, ("ATVPDKIKX0DER",))
        amazon.listings[sku] = Entry(quantity=0)
    ledger.receive_stock(own.pk, world.warehouse.pk, 10, now=world.now())
    ledger.receive_stock(world.items["MUG"].pk, world.warehouse.pk, 2, now=world.now())
    stock_out.run(other.pk, amazon, world.clock)
    assert {sku: one.quantity for sku, one in amazon.listings.items()} == {"US-MUG": 12, "US-SET": 6, "US-OWN": 10}
    SellerAccount.objects.filter(pk=world.account.pk).update(link_state=LinkState.LOST, lost_at=world.now())
    world.clock.advance(hours=7)
    stock_out.run(other.pk, amazon, world.clock)
    assert {sku: one.quantity for sku, one in amazon.listings.items()} == {"US-MUG": 6, "US-SET": 3, "US-OWN": 10}
    waiting = StockNotice.objects.filter(account=world.account).values_list("listing__sku", flat=True)
    assert set(waiting) == set(SKUS)


def test_of_two_accounts_that_are_not_seen_the_lower_numbers_hold():
    world = World(SafeSetting(6, SafeLevel(80, 7)))
    other = an_account("Other", seller_id="A2OTHERSELLERR", region="NA")
    listing = a_listing(other, "US-MUG", world.items["MUG"], (DE,))
    now = world.now()
    SafeMode.objects.create(account=other, after_hours=6, percent=60, entered_at=now, blind_since=now)
    SafeMode.objects.filter(account=world.account).update(entered_at=now, blind_since=now)
    a_channel(other, world.warehouse, DE, name="Amazon.de FBM")
    facts = listing_facts([listing.pk, Listing.objects.get(sku="CUP").pk])
    levels = [channel.applied.safe for one in facts.values() for channel in one.channels]
    assert sorted(levels, key=lambda one: one.percent) == [SafeLevel(60, 7), SafeLevel(80, 7)]


@pytest.mark.parametrize(
    ("setting", "field"),
    [
        (SafeSetting(0), "after_hours"),
        (SafeSetting(241), "after_hours"),
        (SafeSetting(6, SafeLevel(101)), "percent"),
        (SafeSetting(6, SafeLevel(50, -1)), "cap"),
    ],
)
def test_a_setting_is_checked(setting, field):
    world = World(SafeSetting())
    with pytest.raises(Refused) as refused:
        safe_mode.set_safe_mode(world.account.pk, setting, now=NOW, user=world.olga)
    assert refused.value.field == field


def test_looking_costs_one_statement_where_it_is_off():
    World(SafeSetting())
    with CaptureQueriesContext(connection) as queries:
        safe_mode.look(now=NOW)
    assert len([each for each in queries if each["sql"].startswith("SELECT")]) == 1
