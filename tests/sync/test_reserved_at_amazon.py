"""Units that Amazon sold where we have no channel are never sold again: the whole way, against the simulator."""

import json

import pytest
from tests.factories.amazon_orders import line, order
from tests.factories.ground import DE
from tests.factories.stock import check_the_ledger
from tests.sync.orders_world import World
from tests.sync.whole_amazon import EU, Whole

from wharfinger.db.models import Alert, ImportedOrder, Listing, Problem, RawMessage, StockItem, StockLevel
from wharfinger.operations.stock import ledger
from wharfinger.sync.orders import take_orders

pytestmark = pytest.mark.django_db
FR = "A13V1IB3VIYZZH"
SKU = "HH-0010"


def at_amazon(whole, sku=SKU):
    return next(row["quantity"] for row in whole.state_report()["listings"] if row["sku"] == sku)


@pytest.fixture
def selling():
    """Only a channel for the UK; 40 on hand, and Amazon shows them."""
    whole = Whole()
    whole.authorise()
    whole.run("listings_in")
    whole.item = StockItem.objects.create(code=SKU, name=SKU, made_at=whole.clock.now())
    ledger.receive_stock(whole.item.pk, whole.site.pk, 40, now=whole.clock.now())
    whole.run("listings_in")
    whole.trade(12)
    assert at_amazon(whole) == 40
    whole.only("orders_in", "take_orders", "orders_by_number", "stock_out")
    return whole


def level(whole):
    row = StockLevel.objects.get(item=whole.item, site=whole.site)
    return row.on_hand, row.allocated


def test_four_orders_where_there_is_no_channel_leave_nothing_to_sell(selling):
    numbers = []
    for _ in range(4):
        purchase = {"sellerId": EU, "marketplaceId": FR, "items": [{"sku": SKU, "quantity": 10}]}
        numbers.append(selling.amazon.control("orders", purchase)["orderId"])
    shown = set()
    for _ in range(30):
        selling.trade(1)
        shown.add(at_amazon(selling))
    assert shown == {0}
    assert level(selling) == (40, 40)
    assert set(ImportedOrder.objects.filter(amazon_order_id__in=numbers).values_list("state", flat=True)) == {"skipped"}
    problem = Problem.objects.get(kind="no_channel", solved_at=None)
    assert problem.cause.startswith("4 paid orders in Amazon.fr, where ")
    assert Alert.objects.filter(kind="no_channel", closed_at=None).count() == 1
    assert not Problem.objects.filter(kind="listing_drift").exists()
    check_the_ledger()


def test_a_fall_that_no_order_explains_waits_for_the_orders_and_is_reported_before_it_is_overwritten(selling):
    """Another program writes 25: orders are read past that moment first, then a problem opens, then we send."""
    listing = Listing.objects.get(sku=SKU)
    simulator = selling.amazon.simulator
    held = simulator.world.listings[(EU, SKU)]
    simulator.world.quantities.set_quantity(held, 25, simulator.clock.seconds(), "another program")
    Listing.objects.filter(pk=listing.pk).update(read_back_at=selling.clock.now())
    selling.run("stock_out")
    fell = Listing.objects.get(pk=listing.pk).fell_at
    assert fell is not None
    for _ in range(6):
        selling.trade(1)
        assert at_amazon(selling) == 25, "orders are not read past the fall yet"
    selling.trade(25)
    assert at_amazon(selling) == 40
    assert Problem.objects.filter(kind="listing_drift").count() == 1


@pytest.fixture
def world():
    return World()


def test_a_message_that_cannot_be_understood_takes_its_units_all_the_same(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 3), createdTime="yesterday")
    world.hear(message)
    assert (world.imported(message).state, RawMessage.objects.get().state) == ("failed", "quarantined")
    assert world.level(mug) == (10, 3)
    world.hear({**message, "createdTime": message["lastUpdatedTime"]})
    assert (world.imported(message).state, world.level(mug)) == ("ok", (10, 3))
    check_the_ledger()


def test_a_message_without_a_readable_time_is_never_newer_than_a_whole_one(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 3))
    world.hear({**message, "lastUpdatedTime": "soon"})
    assert world.level(mug) == (10, 3)
    world.hear(message)
    assert (world.imported(message).state, world.level(mug)) == ("ok", (10, 3))


def test_who_sends_it_was_not_said_the_listing_decides(world):
    mug = world.item("MUG", 10)
    lamp = world.item("LAMP", 10, fulfilment="FBA")
    for sku in ("MUG", "LAMP"):
        message = order(line(sku, 2))
        del message["fulfillment"]["fulfilledBy"]
        world.hear(message)
        assert world.imported(message).state == "failed"
    assert (world.level(mug), world.level(lamp)) == ((10, 2), (10, 0))


class Stumble(Exception):
    """A fault of our own."""


def test_our_own_fault_reserves_the_units_until_the_import_is_tried_again(world, monkeypatch):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 3))
    real = take_orders.take_orders.take_batch

    def stumbles(*rest, **named):
        raise Stumble

    monkeypatch.setattr(take_orders.take_orders, "take_batch", stumbles)
    world.hear(message)
    assert (world.imported(message).state, world.level(mug)) == ("system_error", (10, 3))
    monkeypatch.setattr(take_orders.take_orders, "take_batch", real)
    RawMessage.objects.update(again_at=None)
    world.take_waiting()
    assert (world.imported(message).state, world.level(mug)) == ("ok", (10, 3))
    check_the_ledger()


def test_a_german_order_is_reserved_and_its_channel_takes_it(world):
    mug = world.item("MUG", 10)
    message = json.loads(json.dumps(order(line("MUG", 4))).replace(world.fbm.marketplace_id, DE))
    world.hear(message)
    assert (world.imported(message).state, world.level(mug), world.problems()) == (
        "skipped",
        (10, 4),
        {"no_channel"},
    )
    world.channel("FBM", world.warehouse, DE)
    RawMessage.objects.update(state="waiting")
    world.take_waiting()
    assert (world.sale(message).state, world.level(mug)) == ("ready_to_ship", (10, 4))
    assert "no_channel" not in world.problems()
