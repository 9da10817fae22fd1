"""Kinds of orders that Amazon's messages say: what of each becomes an order, takes stock, and is kept."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.factories.amazon_orders import later, line, order
from tests.factories.ground import NOW
from tests.factories.stock import check_the_ledger
from tests.sync.orders_world import World

from wharfinger.db.models import Channel, Installation
from wharfinger.domain.orders.particulars import read_particulars

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = World()
    yield made
    check_the_ledger()


def with_service(kind="WARRANTY", **changes):
    """A mug, and a warranty that was sold with it in the same order."""
    goods = {**line("MUG", 2), "orderItemId": "1"}
    service = {**line("MUG-CARE", 1), "orderItemId": "2"}
    message = order(goods, service, **changes)
    goods["associatedOrderItems"] = [
        {"orderId": message["orderId"], "orderItemId": "2", "associationType": kind},
        {"orderId": "D01-0000001-0000001", "orderItemId": "9", "associationType": "VALUE_ADD_SERVICE"},
    ]
    return message


def test_a_warranty_takes_no_stock_waits_for_no_link_and_holds_nothing(world):
    mug = world.item("MUG", 10)
    message = with_service()
    world.hear(message)
    sale = world.sale(message)
    assert (sale.state, world.level(mug), world.problems()) == ("ready_to_ship", (10, 2), set())
    goods, service = sale.lines.order_by("order_item_id")
    assert (service.service, service.item, service.held_reason, service.quantity_open) == ("WARRANTY", None, "", 0)
    assert (goods.service, [one.kind for one in read_particulars(goods.particulars).associated]) == (
        "",
        ["WARRANTY", "VALUE_ADD_SERVICE"],
    )

    done = later(message, status="SHIPPED")
    for each in done["orderItems"]:
        each["fulfillment"] = {"quantityFulfilled": each["quantityOrdered"], "quantityUnfulfilled": 0}
    world.hear(done)
    assert (world.sale(message).state, world.level(mug)) == ("shipped", (8, 0))


def test_a_service_of_an_order_that_is_not_imported_reserves_nothing(world):
    mug, care = world.item("MUG", 10), world.item("MUG-CARE", 10)
    message = with_service(programs=["IN_STORE_PICK_UP"])
    world.hear(message)
    assert (world.imported(message).state, world.level(mug), world.level(care)) == ("skipped", (10, 2), (10, 0))


def test_a_pick_up_is_skipped_with_its_reason_and_keeps_its_units_until_it_is_collected(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 3), programs=["IN_STORE_PICK_UP"])
    world.hear(message)
    imported = world.imported(message)
    assert (imported.state, imported.reason) == ("skipped", "The buyer collects it from your store.")
    assert world.level(mug) == (10, 3)
    collected = later(message, status="SHIPPED")
    collected["orderItems"][0]["fulfillment"] = {"quantityFulfilled": 3, "quantityUnfulfilled": 0}
    world.hear(collected)
    assert world.level(mug) == (7, 0)


@pytest.mark.parametrize("number", ["S01-0000001-0000001", "026-5550001-0000001"])
def test_an_order_of_another_shop_is_skipped_whatever_its_number_is(world, number):
    world.item("MUG", 10)
    message = order(line("MUG"), by="AMAZON", orderId=number)
    message["salesChannel"] = {**message["salesChannel"], "channelName": "NON_AMAZON"}
    world.hear(message)
    imported = world.imported(message)
    assert (imported.state, imported.reason) == (
        "skipped",
        "Amazon sent it for another shop of yours; it is not an Amazon order.",
    )


def test_what_amazon_cannot_fulfil_gives_its_units_back_and_says_so(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 3))
    world.hear(message)
    world.hear(later(message, status="UNFULFILLABLE"))
    sale = world.sale(message)
    assert (sale.state, world.level(mug)) == ("cancelled", (10, 0))
    assert sale.activity_set.filter(text="Amazon says that it cannot be fulfilled.").exists()
    other = order(line("MUG"), status="UNFULFILLABLE")
    world.hear(other)
    assert (world.imported(other).state, world.level(mug)) == ("skipped", (10, 0))


def test_a_pre_order_takes_its_units_once_its_goods_are_out_however_old_it_is(world):
    mug = world.item("MUG", 10)
    Channel.objects.update(start_date=(NOW - timedelta(days=60)).date())
    placed = (NOW - timedelta(days=40)).isoformat()
    message = order(line("MUG", 2), status="PENDING_AVAILABILITY", createdTime=placed, programs=["PREORDER"])
    world.hear(message)
    sale = world.sale(message)
    assert (sale.state, sale.ship_by, world.level(mug)) == ("pending", None, (10, 0))

    world.hear(later(message, status="PENDING"))
    assert (world.sale(message).state, world.level(mug)) == ("pending", (10, 2))
    world.clock.at += timedelta(days=6)
    world.take_waiting()
    assert world.level(mug) == (10, 2)
    world.clock.at += timedelta(days=1)
    world.take_waiting()
    assert world.level(mug) == (10, 0)

    world.hear(later(message, 20000, status="UNSHIPPED", recipient=order(line("MUG"))["recipient"]))
    assert (world.sale(message).state, world.level(mug)) == ("ready_to_ship", (10, 2))


def test_a_pre_order_takes_its_units_at_once_where_the_setting_says_so(world):
    mug = world.item("MUG", 10)
    Installation.objects.update(preorders_reserve=True)
    world.hear(order(line("MUG", 2), status="PENDING_AVAILABILITY"))
    assert world.level(mug) == (10, 2)


@pytest.mark.parametrize("never", ["1970-01-01T00:00:00Z", "1995-01-01T08:00:00Z"])
def test_dates_that_cannot_be_keep_no_order_out_and_are_no_deadline(world, never):
    mug = world.item("MUG", 10)
    message = order(line("MUG"), createdTime=never)
    message["fulfillment"]["shipByWindow"] = {"latestDateTime": never}
    message["fulfillment"]["deliverByWindow"] = {"latestDateTime": never}
    world.hear(message)
    sale = world.sale(message)
    updated = datetime.fromisoformat(message["lastUpdatedTime"])
    assert (sale.state, sale.placed_at, sale.ship_by, sale.deliver_by) == ("ready_to_ship", updated, None, None)
    assert world.level(mug) == (10, 1)


def test_an_update_of_a_date_that_cannot_be_is_not_taken_for_an_old_one(world):
    mug = world.item("MUG", 10)
    message = order(line("MUG", 2), createdTime=(NOW - timedelta(hours=1)).isoformat())
    world.hear(message)
    world.hear(later(message, status="CANCELLED", lastUpdatedTime=datetime(1995, 1, 1, tzinfo=UTC).isoformat()))
    assert (world.sale(message).state, world.level(mug)) == ("cancelled", (10, 0))


def test_objects_that_are_there_and_say_nothing_require_and_cancel_nothing(world):
    mug = world.item("MUG", 10)
    empty = line(
        "MUG",
        2,
        cancellation={"cancellationRequest": {}, "cancellationExecution": {}},
        fulfillment={"quantityFulfilled": 0, "packing": {"serialNumberRequirement": {}}},
    )
    message = order(empty)
    world.hear(message)
    only = world.sale(message).lines.get()
    assert (only.quantity_cancelled, only.serial_numbers_required, world.level(mug)) == (0, False, (10, 2))


def test_what_few_lines_have_is_kept_with_them(world):
    world.item("MUG", 10)
    gbp = {"currencyCode": "GBP"}
    message = order(
        line(
            "MUG",
            programs=["TRANSPARENCY"],
            product={"sellerSku": "MUG", "asin": "B000000001", "title": "Mug", "serialNumbers": ["SN-1", "SN-2"]},
            fulfillment={
                "quantityFulfilled": 0,
                "quantityUnfulfilled": 1,
                "packing": {"serialNumberRequirement": {"requirementType": "REQUIRED"}},
                "shipping": {"shippingConstraints": {"recipientAgeVerification": "MANDATORY"}},
            },
            tax={
                "taxCollections": [{"model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon Services, Inc."}],
                "taxCalculationBreakdowns": [{"reportingScheme": "UOSS"}],
            },
            proceeds={
                "proceedsTotal": {"amount": "11.00", **gbp},
                "breakdowns": [
                    {"type": "ITEM", "subtotal": {"amount": "10.00", **gbp}},
                    {
                        "type": "TAX",
                        "subtotal": {"amount": "2.00", **gbp},
                        "detailedBreakdowns": [
                            {"subtype": "ITEM", "value": {"amount": "2.20", **gbp}},
                            {"subtype": "DISCOUNT", "value": {"amount": "-0.20", **gbp}},
                        ],
                    },
                    {
                        "type": "DISCOUNT",
                        "subtotal": {"amount": "-1.00", **gbp},
                        "detailedBreakdowns": [{"subtype": "ITEM", "value": {"amount": "-1.00", **gbp}}],
                    },
                ],
            },
        )
    )
    world.hear(message)
    only = world.sale(message).lines.get()
    kept = read_particulars(only.particulars)
    assert only.serial_numbers_required
    assert (kept.programs, kept.serial_numbers, kept.constraints) == (
        ("TRANSPARENCY",),
        ("SN-1", "SN-2"),
        ("recipientAgeVerification",),
    )
    assert (kept.tax_model, kept.tax_scheme, only.tax_collected_by) == (
        "MARKETPLACE_FACILITATOR",
        "UOSS",
        "Amazon Services, Inc.",
    )
    assert kept.tax_parts == (("ITEM", Decimal("2.20")), ("DISCOUNT", Decimal("-0.20")))
    assert kept.discount_parts == (("ITEM", Decimal("1.00")),)
    assert world.problems() == set()
