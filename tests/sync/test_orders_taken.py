"""What becomes of Amazon's orders, from the bytes in the inbox to sales orders, allocations and problems."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from tests.factories.amazon_orders import ADDRESS, later, line, order
from tests.factories.ground import DE, NOW, UK
from tests.factories.people import olga_the_owner
from tests.factories.stock import check_the_ledger
from tests.sync.orders_world import World

from wharfinger.db.models import (
    Channel,
    ChannelOption,
    Customer,
    ImportedOrder,
    Invoice,
    KitComponent,
    Movement,
    Problem,
    RawMessage,
    SalesOrder,
    Site,
    StockItem,
    StockNotice,
)
from wharfinger.domain.installation.subjects import AboutConfirmation
from wharfinger.domain.orders.waits_for import ForChannel
from wharfinger.domain.stock.fba_stock import FbaLevel
from wharfinger.operations.channels import channel_life, links
from wharfinger.operations.orders import imported_orders
from wharfinger.operations.orders import take_orders as taking
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import fba_stock, ledger
from wharfinger.sync.orders import take_orders

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = World()
    yield made
    check_the_ledger()


def test_an_unshipped_order_becomes_a_sales_order_that_is_ready_to_ship(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 2, each="12.99"))

    world.hear(message)

    sale, imported = world.sale(message), world.imported(message)
    assert (imported.state, imported.reason, imported.amazon_status) == ("ok", "", "UNSHIPPED")
    assert (sale.state, sale.currency, sale.total) == ("ready_to_ship", "GBP", Decimal("25.98"))
    assert sale.code.startswith("SO")
    assert (sale.site, sale.order_ref) == (world.warehouse, message["orderId"])
    assert (sale.delivery["name"], sale.delivery["postcode"]) == ("Grace Hopper", "BS1 4DJ")
    assert sale.customer.name == "Grace Hopper"
    only = sale.lines.get()
    assert (only.item, only.quantity_ordered, only.amount_item, only.amount_total) == (
        mug, 2, Decimal("25.98"), Decimal("25.98"),
    )  # fmt: skip
    assert world.level(mug) == (10, 2)
    assert world.problems() == set()


def test_codes_of_sales_orders_count_up(world):
    world.item("MUG", 10)
    first, second = order(line("MUG")), order(line("MUG"))
    world.hear(first, second)
    assert int(world.sale(second).code[2:]) == int(world.sale(first).code[2:]) + 1


def test_the_same_message_twice_is_kept_once_and_changes_nothing(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 2))
    world.hear(message)
    world.hear(message)
    assert RawMessage.objects.count() == ImportedOrder.objects.count() == SalesOrder.objects.count() == 1
    assert world.level(mug) == (10, 2)


def test_a_newer_message_with_the_same_facts_allocates_nothing_more(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 2))
    world.hear(message)
    world.hear(later(message))
    assert SalesOrder.objects.count() == 1
    assert world.level(mug) == (10, 2)


def test_an_older_message_after_a_newer_one_changes_nothing(world):
    mug = world.item("MUG", 10)
    pending = order(line("MUG", 2), status="PENDING")
    paid = {**later(order(line("MUG", 2)), 5), "orderId": pending["orderId"], "orderItems": pending["orderItems"]}
    world.hear(paid)
    world.hear(pending)
    assert world.sale(paid).state == "ready_to_ship"
    assert world.imported(paid).amazon_status == "UNSHIPPED"
    assert world.level(mug) == (10, 2)
    assert world.waiting() == 0


def test_a_pending_order_reserves_and_is_ready_once_it_is_paid(world):
    mug = world.item("MUG", 10)
    whole = order(line("MUG", 3, each="5.00"))
    pending = {**order(*whole["orderItems"], status="PENDING"), "orderId": whole["orderId"]}
    world.hear(pending)
    sale = world.sale(whole)
    assert (sale.state, sale.total, sale.delivery, sale.customer) == ("pending", None, None, None)
    assert sale.lines.get().amount_item is None
    assert world.level(mug) == (10, 3)

    world.hear(later(whole))
    sale = world.sale(whole)
    assert (sale.state, sale.total, sale.lines.get().amount_item) == ("ready_to_ship", Decimal("15"), Decimal("15"))
    assert sale.delivery["line_1"] == "1 Quay Street"
    assert sale.customer is not None
    assert world.level(mug) == (10, 3)


def test_a_pending_order_that_is_cancelled_gives_its_stock_back(world):
    mug = world.item("MUG", 10)
    pending = order(line("MUG", 3), status="PENDING")
    world.hear(pending)
    world.hear(later(pending, status="CANCELLED"))
    sale = world.sale(pending)
    assert (sale.state, sale.cancelled_at is not None) == ("cancelled", True)
    assert world.level(mug) == (10, 0)


def test_an_order_cancelled_before_it_was_imported_is_skipped(world):
    world.item("MUG", 10)
    message = order(line("MUG"), status="CANCELLED")
    world.hear(message)
    assert world.imported(message).state == "skipped"
    assert "ancelled" in world.imported(message).reason
    assert SalesOrder.objects.count() == 0


def test_v0s_spelling_of_cancelled_is_understood(world):
    message = order(line("MUG"), status="Canceled")
    world.hear(message)
    assert (world.imported(message).amazon_status, world.imported(message).state) == ("CANCELLED", "skipped")


def test_an_order_cancelled_after_import_frees_its_stock_and_tells_the_listing(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 4))
    world.hear(message)
    before = StockNotice.objects.get().version
    world.hear(later(message, status="CANCELLED"))
    assert world.sale(message).state == "cancelled"
    assert world.level(mug) == (10, 0)
    assert StockNotice.objects.get().version > before


def test_freed_stock_serves_the_order_that_waits_longest(world):
    mug = world.item("MUG", 2)
    first, second = order(line("MUG", 2)), order(line("MUG", 2))
    world.hear(first, second)
    assert (world.sale(first).state, world.sale(second).state) == ("ready_to_ship", "awaiting_stock")
    world.hear(later(first, status="CANCELLED"))
    assert world.sale(second).state == "ready_to_ship"
    assert world.level(mug) == (2, 2)
    assert world.problems() == set()


def test_a_buyers_wish_to_cancel_is_a_problem_until_it_is_over(world):
    world.item("MUG", 10)
    message = order(line("MUG", number="77"))
    world.hear(message)
    asks = {"cancellation": {"cancellationRequest": {"requester": "BUYER", "cancelReason": "ordered by mistake"}}}
    wish = later(message, orderItems=[{**message["orderItems"][0], **asks}])
    world.hear(wish)
    sale = world.sale(message)
    assert (sale.cancel_requested, sale.cancel_reason) == (True, "ordered by mistake")
    assert world.problems() == {"cancel_requested"}
    world.hear(later(wish, status="CANCELLED"))
    assert world.problems() == set()


def test_an_empty_cancellation_request_asks_nothing(world):
    world.item("MUG", 10)
    message = order(line("MUG", cancellation={"cancellationRequest": {}}))
    world.hear(message)
    assert not world.sale(message).cancel_requested
    assert world.problems() == set()


def test_units_that_amazon_takes_off_are_free_again(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 5, number="1"))
    world.hear(message)
    world.hear(later(message, orderItems=[line("MUG", 2, number="1")], proceeds={}))
    assert world.sale(message).lines.get().quantity_ordered == 2
    assert world.level(mug) == (10, 2)


def test_units_that_amazon_adds_are_allocated_too(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 2, number="1"))
    world.hear(message)
    world.hear(later(message, orderItems=[line("MUG", 3, number="1"), line("MUG", 1, number="2")], proceeds={}))
    assert world.sale(message).lines.count() == 2
    assert world.level(mug) == (10, 4)


def test_a_line_that_was_cancelled_alone_keeps_nothing(world):
    mug, cup = world.item("MUG", 10), world.item("CUP", 10)
    message = order(line("MUG", 2, number="1"), line("CUP", 1, number="2"))
    world.hear(message)
    gone = line(
        "CUP", 1, number="2",
        fulfillment={"quantityFulfilled": 0, "quantityUnfulfilled": 0},
        cancellation={"cancellationExecution": {"cancelledBy": "BUYER"}},
    )  # fmt: skip
    world.hear(later(message, orderItems=[message["orderItems"][0], gone]))
    assert (world.level(mug), world.level(cup)) == ((10, 2), (10, 0))
    assert world.sale(message).state == "ready_to_ship"


def test_a_line_that_amazon_tells_no_more_is_cancelled(world):
    mug, cup = world.item("MUG", 10), world.item("CUP", 10)
    message = order(line("MUG", 2, number="1"), line("CUP", 1, number="2"))
    world.hear(message)
    world.hear(later(message, orderItems=[message["orderItems"][0]], proceeds={}))
    assert (world.level(mug), world.level(cup)) == ((10, 2), (10, 0))


def test_a_line_of_quantity_zero_is_kept_and_allocates_nothing(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 0), line("MUG", 1))
    world.hear(message)
    sale = world.sale(message)
    assert (sale.state, sale.lines.count()) == ("ready_to_ship", 2)
    assert world.level(mug) == (10, 1)


def test_several_lines_of_the_same_sku_stay_apart_and_share_the_stock(world):
    mug = world.item("MUG", 5)
    message = order(line("MUG", 2), line("MUG", 3))
    world.hear(message)
    assert sorted(world.sale(message).lines.values_list("quantity_ordered", flat=True)) == [2, 3]
    assert world.level(mug) == (5, 5)
    more = order(line("MUG", 1), line("MUG", 1))
    world.hear(more)
    assert world.sale(more).state == "awaiting_stock"
    assert world.level(mug) == (5, 5)


def test_an_order_waits_for_stock_and_is_served_when_it_comes_by_ship_by(world):
    mug = world.item("MUG", 1)
    late, urgent = order(line("MUG", 2)), order(line("MUG", 2))
    urgent["fulfillment"]["shipByWindow"]["latestDateTime"] = (NOW + timedelta(hours=2)).isoformat()
    world.hear(late, urgent)
    assert world.problems() == {"awaiting_stock"}
    ledger.receive_stock(mug.pk, world.warehouse.pk, 2, now=world.clock.now())
    assert (world.sale(late).state, world.sale(urgent).state) == ("awaiting_stock", "ready_to_ship")


def test_a_kit_allocates_its_components(world):
    kit = world.item("KIT")
    mug, cup = world.item("MUG", 10, listed=False), world.item("CUP", 5, listed=False)
    KitComponent.objects.create(kit=kit, component=mug, quantity=2)
    KitComponent.objects.create(kit=kit, component=cup, quantity=1)
    message = order(line("KIT", 3))
    world.hear(message)
    assert world.sale(message).state == "ready_to_ship"
    assert (world.level(mug), world.level(cup)) == ((10, 6), (5, 3))


def test_an_unknown_sku_holds_its_line_only_and_names_the_near_miss(world):
    mug, blue = world.item("MUG", 10), world.item("MUG-BLUE", 10, listed=False)
    message = order(line("MUG", 2), line("mug-blue", 1))
    world.hear(message)
    assert world.imported(message).state == "ok"
    assert world.sale(message).state == "ready_in_part"
    assert (world.level(mug), world.level(blue)) == ((10, 2), (10, 0))
    problem = Problem.objects.get(solved_at=None)
    assert problem.kind == "unknown_sku"
    assert "MUG-BLUE" in problem.cause


def test_linking_a_sku_once_fixes_every_order_that_waits_for_it(world):
    blue = world.item("MUG-BLUE", 10, listed=False)
    messages = [order(line("mug-blue", 2)) for _ in range(3)]
    world.hear(*messages)
    assert {world.sale(each).state for each in messages} == {"held"}
    links.link_sku(world.account.pk, UK, "mug-blue", blue.pk, user=olga_the_owner(), now=world.clock.now())
    assert {world.sale(each).state for each in messages} == {"ready_to_ship"}
    assert world.level(blue) == (10, 6)
    assert world.problems() == set()
    another = order(line("mug-blue"))
    world.hear(another)
    assert world.sale(another).state == "ready_to_ship"


def test_linking_a_listing_fixes_what_waits_for_its_sku(world):
    blue = world.item("MUG-BLUE", 10, listed=False)
    product = world.listing("mug-blue", None)
    message = order(line("mug-blue", 2))
    world.hear(message)
    links.link_product(product.pk, blue.pk, user=olga_the_owner(), now=world.clock.now())
    assert world.sale(message).state == "ready_to_ship"
    assert world.problems() == set()


def test_a_link_on_another_marketplace_fixes_nothing_here_by_itself(world):
    german = world.channel("FBM", world.warehouse, DE)
    mug = world.item("MUG", 10, listed=False)
    world.listing("mug-x", None)
    message = order(line("mug-x"))
    world.hear(message)
    Channel.objects.filter(pk=german.pk).update(archived=True)
    with pytest.raises(Refused) as said:
        links.link_sku(world.account.pk, UK, "mug-x", 999_999, user=olga_the_owner(), now=world.clock.now())
    assert said.value.field == "item"
    assert world.sale(message).state == "held"
    assert world.level(mug) == (10, 0)


def test_unlinking_leaves_what_was_taken_and_holds_what_comes(world):
    mug = world.item("MUG", 10, listed=False)
    product = world.listing("MUG", mug)
    taken, held = order(line("MUG")), order(line("MUG"))
    world.hear(taken)
    links.unlink_product(product.pk, user=olga_the_owner(), now=world.clock.now())
    world.hear(held)
    assert (world.sale(taken).state, world.sale(held).state) == ("ready_to_ship", "held")


def test_by_asin_one_item_matches_and_two_are_named(world):
    Channel.objects.filter(pk=world.fbm.pk).update(use_amazon_sku=False)
    mug, cup = world.item("MUG", 10, listed=False), world.item("CUP", 10, listed=False)
    world.listing("other-sku", mug, asin="B0MUG00001")
    one = order(line("whatever", product={"sellerSku": "whatever", "asin": "B0MUG00001", "title": "Mug"}))
    world.hear(one)
    assert world.sale(one).lines.get().item == mug
    world.listing("third-sku", cup, asin="B0MUG00001")
    two = order(line("whatever", product={"sellerSku": "whatever", "asin": "B0MUG00001", "title": "Mug"}))
    world.hear(two)
    assert world.sale(two).state == "held"
    assert "CUP" in world.sale(two).lines.get().held_reason
    assert "MUG" in world.sale(two).lines.get().held_reason


def test_a_link_fixes_the_lines_of_its_asin_where_the_channel_matches_by_asin(world):
    Channel.objects.filter(pk=world.fbm.pk).update(use_amazon_sku=False)
    mug = world.item("MUG", 10, listed=False)
    product = world.listing("listed-sku", None, asin="B0MUG00001")
    message = order(line("other", product={"sellerSku": "other-sku", "asin": "B0MUG00001", "title": "Mug"}))
    world.hear(message)
    assert world.sale(message).state == "held"
    links.link_product(product.pk, mug.pk, user=olga_the_owner(), now=world.clock.now())
    assert world.sale(message).state == "ready_to_ship"
    assert world.problems() == set()


def test_a_sku_of_two_thousand_characters_is_kept_whole_and_held_with_a_reason(world):
    message = order(line("X" * 2000))
    world.hear(message)
    only = world.sale(message).lines.get()
    assert len(only.sku) == 2000
    assert "2000 characters" in only.held_reason
    assert world.sale(message).state == "held"


def test_odd_skus_are_compared_exactly(world):
    wide = world.item("test-M＆L", 5)
    plain = world.item("test-M&L", 5)
    message = order(line("test-M＆L", 1))
    world.hear(message)
    assert (world.level(wide), world.level(plain)) == ((5, 1), (5, 0))


def test_an_order_in_another_currency_is_taken_and_reported(world):
    world.item("MUG", 10)
    message = json.loads(json.dumps(order(line("MUG"))).replace("GBP", "EUR"))
    world.hear(message)
    assert (world.sale(message).currency, world.sale(message).state) == ("EUR", "ready_to_ship")
    assert world.problems() == {"foreign_currency"}


def test_amounts_that_do_not_add_up_keep_no_order_out(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 2, each="5.00"), proceeds={"grandTotal": {"amount": "10.03", "currencyCode": "GBP"}})
    world.hear(message)
    assert (world.imported(message).state, world.sale(message).state) == ("ok", "ready_to_ship")
    assert (world.problems(), world.level(mug)) == ({"totals_differ"}, (10, 2))
    world.hear(later(message, proceeds={"grandTotal": {"amount": "10.00", "currencyCode": "GBP"}}))
    assert world.problems() == set()


def test_a_cancelled_order_leaves_no_question_about_its_amounts(world):
    message = order(line("MUG"), proceeds={"grandTotal": {"amount": "99.00", "currencyCode": "GBP"}})
    world.hear(message)
    world.hear(later(message, status="CANCELLED"))
    assert world.sale(message).state == "cancelled"
    assert "totals_differ" not in world.problems()


def test_amounts_of_another_currency_are_never_added(world):
    """Two breakdowns of a line in two currencies: the order's own is kept, a problem names both."""
    world.item("MUG", 10)
    mixed = {
        "proceedsTotal": {"amount": "10.00", "currencyCode": "GBP"},
        "breakdowns": [
            {"type": "ITEM", "subtotal": {"amount": "10.00", "currencyCode": "GBP"}},
            {"type": "ITEM", "subtotal": {"amount": "3.00", "currencyCode": "EUR"}},
        ],
    }
    message = order(line("MUG", proceeds=mixed))
    world.hear(message)
    assert world.sale(message).lines.get().amount_item == Decimal("10.00")
    cause = Problem.objects.get(kind="totals_differ").cause
    assert cause.endswith("Amazon states amounts of this order in GBP and in EUR; they cannot be added.")


def test_a_line_in_another_currency_than_the_total_is_kept_out_of_the_sum(world):
    world.item("MUG", 10)
    euros = json.loads(json.dumps(line("MUG", each="10.00")).replace("GBP", "EUR"))
    message = order(euros, proceeds={"grandTotal": {"amount": "10.00", "currencyCode": "GBP"}})
    world.hear(message)
    kept = world.sale(message)
    assert (kept.currency, kept.lines.get().amount_total, world.problems()) == ("GBP", None, {"totals_differ"})


def test_a_tip_for_the_driver_belongs_to_the_total_and_to_no_line(world):
    world.item("MUG", 10)
    tip = {"type": "DELIVERY_TIP", "subtotal": {"amount": "2.00", "currencyCode": "GBP"}}
    message = order(
        line("MUG", each="10.00"),
        proceeds={"grandTotal": {"amount": "12.00", "currencyCode": "GBP"}, "breakdowns": [tip]},
    )
    world.hear(message)
    assert world.imported(message).state == "ok"


def test_a_line_that_was_cancelled_whole_divides_nothing_by_zero(world):
    world.item("MUG", 10)
    message = order(
        line("MUG", 0, fulfillment={}, cancellation={"cancellationExecution": {"cancelledBy": "BUYER"}}),
        line("MUG", 1),
    )
    world.hear(message)
    assert world.imported(message).state == "ok"


def test_while_the_import_is_paused_orders_are_listed_and_taken_when_it_begins(world):
    mug = world.item("MUG", 10)
    Channel.objects.filter(pk=world.fbm.pk).update(dont_import_orders=True)
    message = order(line("MUG"))
    world.hear(message)
    assert (world.imported(message).state, SalesOrder.objects.count()) == ("not_attempted", 0)
    assert "Don't import orders" in world.imported(message).reason
    Channel.objects.filter(pk=world.fbm.pk).update(dont_import_orders=False, enabled=False)
    channel_life.enable_channel(world.fbm.pk, True, user=olga_the_owner(), now=world.clock.now())
    assert world.imported(message).state == "retrying"
    world.take_waiting()
    assert world.imported(message).state == "ok"
    assert world.level(mug) == (10, 1)


@pytest.mark.parametrize("off", [{"enabled": False}, {"activated": False}])
def test_a_channel_that_does_not_run_takes_no_orders_and_loses_none(world, off):
    Channel.objects.filter(pk=world.fbm.pk).update(**off)
    message = order(line("MUG"))
    world.hear(message)
    assert world.imported(message).state == "not_attempted"
    assert world.imported(message).waits_for == ForChannel(world.fbm.pk)


def test_a_channel_without_a_site_takes_no_orders(world):
    ChannelOption.objects.filter(channel=world.fbm).update(site=None)
    message = order(line("MUG"))
    world.hear(message)
    assert world.imported(message).state == "not_attempted"
    assert "Site" in world.imported(message).reason


def test_an_order_of_a_kind_with_its_own_site_goes_there(world):
    shop = Site.objects.create(name="Shop", kind="shop", made_at=NOW)
    ChannelOption.objects.create(channel=world.fbm, order_type="prime", site=shop)
    world.item("MUG", 10)
    prime, plain = order(line("MUG"), programs=["PRIME"]), order(line("MUG"))
    world.hear(prime, plain)
    assert (world.sale(prime).site, world.sale(plain).site) == (shop, world.warehouse)
    assert world.sale(prime).order_type == "prime"


def test_an_order_without_a_channel_is_skipped_with_its_reason(world):
    message = order(line("MUG"), salesChannel={"channelName": "AMAZON", "marketplaceId": DE})
    world.hear(message)
    assert world.imported(message).state == "skipped"
    assert "Amazon.de" in world.imported(message).reason


@pytest.mark.parametrize("days", [24, 100])
def test_orders_before_the_start_date_or_older_than_three_months_are_skipped(world, days):
    if days == 100:
        Channel.objects.filter(pk=world.fbm.pk).update(start_date=date(2026, 1, 1))
    placed = (NOW - timedelta(days=days)).isoformat()
    message = order(line("MUG"), createdTime=placed)
    world.hear(message)
    assert world.imported(message).state == "skipped"
    assert SalesOrder.objects.count() == 0


def test_a_marketplace_that_nobody_knows_is_skipped(world):
    message = order(line("MUG"), salesChannel={"channelName": "AMAZON", "marketplaceId": "AUNKNOWN00001"})
    world.hear(message)
    assert world.imported(message).state == "skipped"


def test_an_order_without_its_status_is_not_guessed(world):
    message = order(line("MUG"))
    del message["fulfillment"]
    world.hear(message)
    assert world.imported(message).state == "failed"
    assert world.problems() == {"not_understood"}


def test_a_status_of_tomorrow_never_changes_an_order_that_we_hold(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 2))
    world.hear(message)
    world.hear(later(message, status="TELEPORTED"))
    assert world.sale(message).state == "ready_to_ship"
    assert world.imported(message).amazon_status == "UNSHIPPED"
    assert world.level(mug) == (10, 2)


def test_an_order_that_amazon_shipped_before_we_knew_it_is_recorded_only(world):
    mug = world.item("MUG", 10)
    shipped = line("MUG", 2, fulfillment={"quantityFulfilled": 2, "quantityUnfulfilled": 0})
    message = order(shipped, status="SHIPPED", createdTime=(NOW - timedelta(days=20)).isoformat())
    Channel.objects.filter(pk=world.fbm.pk).update(made_at=NOW - timedelta(days=1))
    world.hear(message)
    sale = world.sale(message)
    assert (sale.state, sale.imported.record_only, sale.lines.get().quantity_shipped) == ("shipped", True, 2)
    assert world.level(mug) == (10, 0)
    assert not Movement.objects.filter(reason="sold").exists()


def test_units_confirmed_in_seller_central_leave_our_stock_too(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 3, number="1"))
    world.hear(message)
    gone = line("MUG", 3, number="1", fulfillment={"quantityFulfilled": 3, "quantityUnfulfilled": 0})
    world.hear(later(message, orderItems=[gone], status="SHIPPED"))
    assert world.sale(message).state == "shipped"
    assert world.level(mug) == (7, 0)
    assert Invoice.objects.filter(order=world.sale(message)).count() == 1
    world.hear(later(message, 2, orderItems=[gone], status="SHIPPED"))
    assert world.level(mug) == (7, 0)


def test_what_left_elsewhere_without_an_allocation_queues_the_listing(world):
    world.item("MUG", 1)
    message = order(line("MUG", 3, number="1"))
    world.hear(message)
    before = StockNotice.objects.get().version
    gone = line("MUG", 3, number="1", fulfillment={"quantityFulfilled": 3, "quantityUnfulfilled": 0})
    world.hear(later(message, orderItems=[gone], status="SHIPPED"))
    assert world.problems() == {"oversold"}
    assert StockNotice.objects.get().version > before


def test_an_order_cancelled_after_a_part_of_it_left_needs_a_person(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 3, number="1"))
    world.hear(message)
    part = line("MUG", 3, number="1", fulfillment={"quantityFulfilled": 1, "quantityUnfulfilled": 2})
    partly = later(message, orderItems=[part], status="PARTIALLY_SHIPPED")
    world.hear(partly)
    sale = world.sale(message)
    assert sale.state == "part_shipped"
    Problem.objects.create(
        kind="confirmation_refused", key=AboutConfirmation(1), sales_order=sale, opened_at=NOW, seen_at=NOW
    )
    world.hear(later(partly, status="CANCELLED"))
    assert world.problems() == {"cancelled_after_shipping"}
    assert world.level(mug) == (9, 0)


def test_an_address_that_comes_later_is_taken_and_never_overwritten_by_a_partial_one(world):
    world.item("MUG", 10)
    message = order(line("MUG"), recipient={"deliveryAddress": {"city": "Bristol", "postalCode": "BS1 4DJ"}})
    world.hear(message)
    assert world.sale(message).state == "held"
    assert world.problems() == {"no_address"}
    full = later(message, recipient={"deliveryAddress": ADDRESS})
    world.hear(full)
    assert (world.sale(message).state, world.problems()) == ("ready_to_ship", set())
    assert world.sale(message).customer is not None
    partial = later(full, recipient={"deliveryAddress": {"city": "Bath", "countryCode": "GB"}})
    world.hear(partial)
    assert (world.sale(message).delivery["town"], world.sale(message).delivery["line_1"]) == (
        "Bristol",
        "1 Quay Street",
    )
    assert world.sale(message).state == "ready_to_ship"


def test_a_changed_address_is_taken(world):
    world.item("MUG", 10)
    message = order(line("MUG"))
    world.hear(message)
    world.hear(later(message, recipient={"deliveryAddress": {**ADDRESS, "addressLine1": "2 Pier Road"}}))
    assert world.sale(message).delivery["line_1"] == "2 Pier Road"


def test_a_customer_is_known_again_by_address_and_name(world):
    world.item("MUG", 10)
    same = {**ADDRESS, "name": "grace  hopper", "postalCode": "bs14dj"}
    other = {**ADDRESS, "name": "Ada Lovelace"}
    first, second, third = (
        order(line("MUG"), recipient={"deliveryAddress": address}) for address in (ADDRESS, same, other)
    )
    world.hear(first, second, third)
    assert world.sale(first).customer == world.sale(second).customer
    assert world.sale(third).customer != world.sale(first).customer
    assert Customer.objects.count() == 2


def shipped_by_amazon(*lines, at=NOW - timedelta(minutes=30), **changes):
    return order(*lines, status="SHIPPED", by="AMAZON", lastUpdatedTime=at.isoformat(), **changes)


def fba_loaded(world, item, units, at):
    fba_stock.load_fba_levels(world.pool.pk, [FbaLevel(item.pk, units)], read_at=at, now=world.clock.now())


def test_an_fba_order_waits_until_amazon_has_shipped_it(world):
    mug = world.item("MUG", fulfilment="FBA")
    fba_loaded(world, mug, 8, NOW - timedelta(hours=5))
    message = order(line("MUG", 2), by="AMAZON")
    world.hear(message)
    assert (world.imported(message).state, SalesOrder.objects.count()) == ("not_attempted", 0)
    world.hear(later(message, status="SHIPPED"))
    sale = world.sale(message)
    assert (sale.state, sale.order_type, sale.site) == ("issued", "fba", world.pool)
    assert Invoice.objects.get(order=sale).total == Decimal("20")
    assert world.level(mug, world.pool) == (6, 0)


def test_an_fba_order_for_a_site_that_was_never_loaded_waits_and_goes_on_by_itself(world):
    mug = world.item("MUG", fulfilment="FBA")
    message = shipped_by_amazon(line("MUG", 2))
    world.hear(message)
    assert world.imported(message).state == "not_attempted"
    assert world.problems() == {"fba_site_empty"}
    fba_loaded(world, mug, 8, NOW - timedelta(minutes=1))
    assert (world.imported(message).state, world.problems()) == ("retrying", set())
    world.take_waiting()
    assert world.sale(message).state == "issued"
    assert world.level(mug, world.pool) == (8, 0)  # the reading came after the sale and holds it


def test_an_fba_sale_after_the_last_reading_moves_stock_and_the_next_reading_agrees(world):
    mug = world.item("MUG", fulfilment="FBA")
    fba_loaded(world, mug, 8, NOW - timedelta(hours=5))
    world.hear(shipped_by_amazon(line("MUG", 3)))
    assert world.level(mug, world.pool) == (5, 0)
    fba_loaded(world, mug, 5, NOW)
    assert world.level(mug, world.pool) == (5, 0)
    assert not Movement.objects.filter(reason="fba_difference").exists()


def test_an_fba_sale_that_the_level_holds_already_moves_nothing_twice(world):
    mug = world.item("MUG", fulfilment="FBA")
    fba_loaded(world, mug, 5, NOW - timedelta(minutes=1))
    message = shipped_by_amazon(line("MUG", 3))
    world.hear(message)
    assert world.sale(message).state == "issued"
    assert world.level(mug, world.pool) == (5, 0)


def test_an_fba_order_again_issues_and_moves_nothing_more(world):
    mug = world.item("MUG", fulfilment="FBA")
    fba_loaded(world, mug, 8, NOW - timedelta(hours=5))
    message = shipped_by_amazon(line("MUG", 3))
    world.hear(message)
    world.hear(later(message, 45))
    assert world.level(mug, world.pool) == (5, 0)
    assert Invoice.objects.count() == 1


def test_an_fba_order_has_a_customer_even_without_an_address(world):
    mug = world.item("MUG", fulfilment="FBA")
    fba_loaded(world, mug, 8, NOW - timedelta(hours=5))
    first, second = (shipped_by_amazon(line("MUG", 1), recipient={}, buyer={}) for _ in range(2))
    world.hear(first, second)
    customer = world.sale(first).customer
    assert customer.generic
    assert customer.code.endswith("-1126")
    assert world.sale(second).customer == customer


def test_the_same_sku_sent_by_both_moves_only_the_stock_of_who_sent_it(world):
    mug = world.item("MUG", 10)
    fba_loaded(world, mug, 8, NOW - timedelta(hours=5))
    world.hear(shipped_by_amazon(line("MUG", 3)))
    assert (world.level(mug), world.level(mug, world.pool)) == ((10, 0), (5, 0))


def test_a_broken_order_stands_alone_in_its_page(world):
    world.item("MUG", 10)
    good = [order(line("MUG")) for _ in range(2)]
    number = "026-7654321-0000009"
    broken = f'{{"orderId": "{number}", "createdTime": UOSS, "orderItems": []}}'.encode()
    world.clock.at += timedelta(seconds=1)
    world.keep(good[0], broken, good[1])
    RawMessage.objects.filter(key="").update(key=number)
    world.take_waiting()
    assert {world.imported(each).state for each in good} == {"ok"}
    assert RawMessage.objects.get(state="quarantined").key == number
    failed = ImportedOrder.objects.get(amazon_order_id=number)
    assert (failed.state, bool(failed.reason)) == ("failed", True)
    assert world.problems() == {"not_understood"}

    fixed = {**order(line("MUG")), "orderId": number}
    world.hear(fixed)
    assert world.imported(fixed).state == "ok"
    assert world.problems() == set()


def test_a_message_without_even_a_number_is_set_aside(world):
    world.hear(b"<html>502</html>")
    assert RawMessage.objects.get().state == "quarantined"
    assert ImportedOrder.objects.count() == 0
    assert world.problems() == {"not_understood"}


def test_an_order_without_lines_is_no_order(world):
    message = order()
    world.hear(message)
    assert world.imported(message).state == "failed"
    assert SalesOrder.objects.count() == 0


class Stumble(Exception):
    """A fault of our own."""


@pytest.mark.parametrize("where", ["decode_order", "translate_order", "take_batch"])
def test_our_own_fault_in_one_order_stops_no_other(world, monkeypatch, where, caplog):
    world.item("MUG", 10)
    bad, good = order(line("MUG")), order(line("MUG"))
    room = taking if where == "take_batch" else take_orders
    real = getattr(room, where)

    def numbers(given):
        if where == "take_batch":
            return [message.incoming.amazon_order_id for message in given]
        return [json.loads(given)["orderId"] if where == "decode_order" else given.order_id]

    def stumbles(given, *rest, **named):
        if bad["orderId"] in numbers(given):
            raise Stumble
        return real(given, *rest, **named)

    monkeypatch.setattr(room, where, stumbles)
    world.hear(bad, good)
    assert world.imported(good).state == "ok"
    failed = world.imported(bad)
    assert failed.state == "system_error"
    assert "Stumble" in failed.reason
    assert RawMessage.objects.get(key=bad["orderId"]).again_at > world.clock.now()

    monkeypatch.setattr(room, where, real)
    world.take_waiting()
    assert world.imported(bad).state == "system_error"  # not before its time
    world.clock.at += timedelta(hours=1)
    world.take_waiting()
    assert world.imported(bad).state == "ok"


def test_a_person_ignores_an_order_and_takes_it_up_again(world):
    mug = world.item("MUG", 10)
    olga = olga_the_owner()
    message = order()
    world.hear(message)
    imported_orders.ignore([world.imported(message).pk], user=olga, now=world.clock.now())
    assert (world.imported(message).state, world.problems()) == ("ignored", set())
    right = later(
        message, orderItems=[line("MUG")], proceeds={"grandTotal": {"amount": "10.00", "currencyCode": "GBP"}}
    )
    world.hear(right)
    assert (world.imported(message).state, SalesOrder.objects.count()) == ("ignored", 0)
    imported_orders.retry_import([world.imported(message).pk], user=olga, now=world.clock.now())
    world.take_waiting()
    assert world.imported(message).state == "ok"
    assert world.level(mug) == (10, 1)


def test_an_order_that_was_taken_is_not_ignored(world):
    world.item("MUG", 10)
    message = order(line("MUG"))
    world.hear(message)
    assert imported_orders.ignore([world.imported(message).pk], user=olga_the_owner(), now=world.clock.now()) == 0
    assert world.imported(message).state == "ok"


def test_retry_import_leaves_alone_what_has_no_saved_data_any_more(world):
    message = order()
    world.hear(message)
    RawMessage.objects.update(body=None)
    assert imported_orders.retry_import([world.imported(message).pk], user=olga_the_owner(), now=world.clock.now()) == 0
    assert world.imported(message).state == "failed"


def test_a_replacement_names_what_it_replaces(world):
    world.item("MUG", 10)
    first = {"orderId": "026-0000000-0000001", "associationType": "REPLACEMENT_ORIGINAL_ID"}
    message = order(line("MUG", each="0.00"), associatedOrders=[first])
    world.hear(message)
    assert (world.sale(message).replaces, world.sale(message).order_type) == ("026-0000000-0000001", "replacement")
    assert world.sale(message).total == Decimal(0)


def test_an_exchange_is_one_and_so_is_one_that_was_stored_as_a_replacement(world):
    world.item("MUG", 5)
    first = {"orderId": "026-0000000-0000001", "associationType": "EXCHANGE_ORIGINAL_ID"}
    message = order(line("MUG"), associatedOrders=[first])
    world.hear(message)
    assert (world.sale(message).replaces, world.sale(message).order_type) == ("026-0000000-0000001", "exchange")
    SalesOrder.objects.update(order_type="replacement")
    world.hear(later(message))
    assert world.sale(message).order_type == "exchange"
    SalesOrder.objects.update(order_type="business")
    world.hear(later(message, 2))
    assert world.sale(message).order_type == "business"


def test_what_belongs_to_a_line_is_kept_with_it(world):
    world.item("MUG", 10)
    message = order(
        line(
            "MUG",
            fulfillment={
                "quantityUnfulfilled": 1,
                "packing": {"giftOption": {"giftMessage": "Many happy returns", "giftWrapLevel": "Classic"}},
                "shipping": {"internationalShipping": {"iossNumber": "IM2760000000"}},
            },
            tax={"taxCollections": [{"model": "MarketplaceFacilitator", "responsibleParty": "AMAZON"}]},
        )
    )
    world.hear(message)
    only = world.sale(message).lines.get()
    assert (only.gift_message, only.gift_wrap_level) == ("Many happy returns", "Classic")
    assert (only.ioss_number, only.tax_collected_by) == ("IM2760000000", "AMAZON")


def test_personal_data_is_no_plain_text_in_the_database(world):
    world.item("MUG", 10)
    world.hear(order(line("MUG")))
    with connection.cursor() as cursor:
        found = []
        for table in ("rawmessage", "salesorder", "customer", "activity", "importedorder", "problem"):
            cursor.execute(f"SELECT t::text FROM wharfinger_{table} t")
            found += [row[0] for row in cursor.fetchall()]
    assert found
    assert not [row for row in found if "Hopper" in row or "Quay" in row or "grace@" in row]


def test_stock_items_made_for_a_waiting_sku_serve_it(world):
    message = order(line("NEW-1"))
    world.hear(message)
    item = StockItem.objects.create(code="NEW-1", name="New", made_at=NOW)
    ledger.receive_stock(item.pk, world.warehouse.pk, 4, now=world.clock.now())
    assert world.sale(message).state == "held"
    links.link_sku(world.account.pk, UK, "NEW-1", item.pk, user=olga_the_owner(), now=world.clock.now())
    assert world.sale(message).state == "ready_to_ship"
    assert world.level(item) == (4, 1)


def test_times_are_of_the_order_and_not_of_the_machine(world):
    world.item("MUG", 10)
    message = order(line("MUG"))
    world.hear(message)
    assert world.sale(message).placed_at == datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    assert world.sale(message).made_at == world.clock.now()
