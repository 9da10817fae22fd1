"""Amazon's orders become ours: every case, each on a real database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import example, given
from hypothesis import strategies as st
from tests.factories.ground import DE, NOW, UK
from tests.factories.incoming import a_line, an_order, later
from tests.factories.outcomes import problems, the_order
from tests.factories.properties import chain, on_rows, undone

from wharfinger.db.models import (
    Allocation,
    Channel,
    ImportedOrder,
    Invoice,
    Movement,
    Problem,
    RawMessage,
    SalesOrder,
    SalesOrderLine,
    StockLevel,
    StockNotice,
)
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.installation.subjects import AboutMessage
from wharfinger.domain.orders.order import (
    AmazonStatus,
    Fulfilment,
    IncomingAddress,
    IncomingBuyer,
    LineAmounts,
)
from wharfinger.domain.orders.waits_for import ForChannel
from wharfinger.domain.stock.fba_stock import FbaLevel
from wharfinger.operations.access import accounts
from wharfinger.operations.channels import links
from wharfinger.operations.orders import imported_orders, inbox, reservations, sales_orders, take_orders
from wharfinger.operations.orders.inbox import NextCursor, RawOrder
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import fba_stock, ledger

pytestmark = pytest.mark.django_db


def test_an_order_is_matched_allocated_and_ready(shop):
    mug = shop.item("MUG", 5)
    shop.take(an_order(a_line(quantity=2)))
    assert (the_order().state, shop.level(mug), problems()) == ("ready_to_ship", (5, 2), [])
    assert ImportedOrder.objects.get().state == "ok"
    assert the_order().delivery["line_1"] == "1 Quay Street"


def test_an_allocation_puts_a_notice_for_the_listing(shop):
    shop.item("MUG", 5)
    before = StockNotice.objects.get().version
    shop.take(an_order())
    assert StockNotice.objects.get().version > before


def test_the_same_order_twice_is_there_once(shop):
    mug = shop.item("MUG", 5)
    shop.take(an_order())
    shop.take(an_order())
    assert (SalesOrder.objects.count(), SalesOrderLine.objects.count(), shop.level(mug)) == (1, 1, (5, 1))


def test_an_older_message_never_overwrites_a_newer_one(shop):
    shop.item("MUG", 5)
    newer = later(an_order(a_line(quantity=3)))
    shop.take(newer)
    assert shop.take(an_order()) == take_orders.Unchanged()
    assert SalesOrderLine.objects.get().quantity_ordered == 3


def test_too_little_stock_waits_and_is_served_by_itself_when_stock_comes(shop):
    mug = shop.item("MUG", 1)
    shop.take(an_order(a_line(quantity=3)))
    assert (the_order().state, shop.level(mug), problems()) == ("awaiting_stock", (1, 1), ["awaiting_stock"])
    ledger.receive_stock(mug.pk, shop.warehouse.pk, 5, now=NOW)
    assert (the_order().state, shop.level(mug), problems()) == ("ready_to_ship", (6, 3), [])


def test_the_earliest_ship_by_is_served_first(shop):
    mug = shop.item("MUG")
    shop.take(an_order(number="026-0000001-0000001", ship_by=NOW + timedelta(days=3)))
    shop.take(an_order(number="026-0000001-0000002", ship_by=NOW + timedelta(days=1)))
    ledger.receive_stock(mug.pk, shop.warehouse.pk, 1, now=NOW)
    states = dict(SalesOrder.objects.values_list("imported__amazon_order_id", "state"))
    assert states == {"026-0000001-0000001": "awaiting_stock", "026-0000001-0000002": "ready_to_ship"}


def pending_order():
    bare = a_line(quantity=2, amounts=LineAmounts())
    return an_order(bare, status=AmazonStatus.PENDING, total=None, currency="", address=None, buyer=IncomingBuyer())


def test_a_pending_order_reserves_at_once_without_money_or_buyer(shop):
    mug = shop.item("MUG", 5)
    shop.take(pending_order())
    assert (the_order().state, the_order().total, the_order().customer) == ("pending", None, None)
    assert (shop.level(mug), problems()) == ((5, 2), [])


def test_a_pending_order_that_is_paid_gets_its_money_and_address(shop):
    shop.item("MUG", 5)
    shop.take(pending_order())
    shop.take(later(an_order(a_line(quantity=2))))
    order = the_order()
    assert (order.state, order.total, order.delivery["town"], order.customer.name) == (
        "ready_to_ship",
        Decimal("10.00"),
        "Hull",
        "Ada Byron",
    )


def test_a_pending_order_that_is_cancelled_releases_its_stock(shop):
    mug = shop.item("MUG", 5)
    shop.take(pending_order())
    shop.take(later(pending_order(), status=AmazonStatus.CANCELLED))
    assert (the_order().state, shop.level(mug), Allocation.objects.count()) == ("cancelled", (5, 0), 0)


def test_cancelled_before_import_is_skipped(shop):
    shop.item("MUG", 5)
    shop.take(an_order(status=AmazonStatus.CANCELLED))
    assert (ImportedOrder.objects.get().state, SalesOrder.objects.count()) == ("skipped", 0)


def test_fewer_units_give_stock_back(shop):
    mug = shop.item("MUG", 5)
    shop.take(an_order(a_line(quantity=4)))
    shop.take(later(an_order(a_line(quantity=4, quantity_cancelled=3))))
    assert (shop.level(mug), the_order().state) == ((5, 1), "ready_to_ship")


def test_an_unknown_sku_holds_its_line_and_one_link_fixes_every_order(shop):
    mug = shop.item("MUG", 20)
    for n in (1, 2):
        odd = a_line("mug", order_item_id=f"odd-{n}")
        shop.take(an_order(a_line(), odd, number=f"026-0000001-000000{n}"))
    assert list(SalesOrder.objects.values_list("state", flat=True)) == ["ready_in_part", "ready_in_part"]
    problem = Problem.objects.get(kind="unknown_sku")
    assert ("MUG" in problem.cause, problem.count) == (True, 2)
    fixed = links.link_sku(shop.account.pk, UK, "mug", mug.pk, user=shop.olga, now=NOW)
    assert (fixed, shop.level(mug), problems()) == (2, (20, 4), [])
    assert list(SalesOrder.objects.values_list("state", flat=True)) == ["ready_to_ship", "ready_to_ship"]


def test_two_lines_of_one_sku_stay_two(shop):
    mug = shop.item("MUG", 5)
    shop.take(an_order(a_line(order_item_id="1", quantity=1), a_line(order_item_id="2", quantity=2)))
    assert (SalesOrderLine.objects.count(), shop.level(mug)) == (2, (5, 3))


def test_a_line_of_quantity_zero_is_kept_and_allocates_nothing(shop):
    mug = shop.item("MUG", 5)
    shop.take(an_order(a_line(order_item_id="1"), a_line(order_item_id="2", quantity=0, total="0")))
    assert (SalesOrderLine.objects.count(), shop.level(mug), the_order().state) == (2, (5, 1), "ready_to_ship")


def test_a_sku_of_two_thousand_characters_is_kept_whole_and_held_with_a_reason(shop):
    monster = "X" * 2000
    shop.take(an_order(a_line(monster)))
    line = SalesOrderLine.objects.get()
    assert (line.sku, "2000 characters" in line.held_reason, the_order().state) == (monster, True, "held")
    assert problems() == ["unknown_sku"]


def test_a_foreign_currency_is_taken_as_it_is_and_reported(shop):
    shop.item("MUG", 5)
    shop.take(an_order(currency="EUR"))
    assert (the_order().currency, problems()) == ("EUR", ["foreign_currency"])


def test_a_sum_never_keeps_an_order_out(shop):
    mug = shop.item("MUG", 5)
    shop.take(an_order(total=Decimal("99.99")))
    assert (ImportedOrder.objects.get().state, the_order().state) == ("ok", "ready_to_ship")
    assert (shop.level(mug), problems()) == ((5, 1), ["totals_differ"])
    assert "99.99" in Problem.objects.get().cause
    shop.take(later(an_order()))
    assert problems() == []


def test_one_cent_for_each_line_is_rounding(shop):
    shop.item("MUG", 5)
    shop.take(an_order(a_line(total="9.99"), total=Decimal("10.00")))
    assert problems() == []
    shop.take(later(an_order(a_line(total="9.98"), total=Decimal("10.00"))))
    assert problems() == ["totals_differ"]


def shipped(incoming):
    lines = tuple(replace(line, quantity_fulfilled=line.quantity_ordered) for line in incoming.lines)
    return later(incoming, status=AmazonStatus.SHIPPED, lines=lines)


def test_no_invoice_is_written_while_the_totals_differ_until_they_agree(shop):
    shop.item("MUG", 5)
    incoming = an_order(total=Decimal("99.99"))
    shop.take(incoming)
    shop.take(shipped(incoming))
    assert (the_order().state, Invoice.objects.exists()) == ("shipped", False)
    shop.take(later(shipped(incoming), total=Decimal("10.00")))
    assert (problems(), Invoice.objects.get().total) == ([], Decimal("10.00"))


def test_accepted_amounts_are_invoiced_and_open_no_problem_again(shop):
    shop.item("MUG", 5)
    incoming = an_order(total=Decimal("99.99"))
    shop.take(incoming)
    shop.take(shipped(incoming))
    sales_orders.accept_totals(the_order().pk, now=NOW, user=shop.olga)
    assert (problems(), Invoice.objects.get().total) == ([], Decimal("99.99"))
    shop.take(later(shipped(incoming), total=Decimal("99.99")))
    assert problems() == []
    shop.take(later(shipped(incoming), minutes=30, total=Decimal("88.88")))
    assert problems() == ["totals_differ"], "other amounts are another question"
    sales_orders.accept_totals(the_order().pk, now=NOW, user=shop.olga)
    with pytest.raises(Refused, match="agree"):
        sales_orders.accept_totals(the_order().pk, now=NOW, user=shop.olga)


def test_an_fba_order_whose_totals_differ_is_issued_and_not_invoiced(shop):
    mug = shop.item("MUG", fulfilment="FBA")
    fba_stock.load_fba_levels(shop.pool.pk, [FbaLevel(mug.pk, 5)], read_at=NOW - timedelta(hours=2), now=NOW)
    changes = {"fulfilment": Fulfilment.FBA, "status": AmazonStatus.SHIPPED}
    shop.take(an_order(total=Decimal("99.99"), **changes))
    assert (the_order().state, Invoice.objects.exists(), problems()) == ("issued", False, ["totals_differ"])
    shop.take(later(an_order(**changes)))
    assert (Invoice.objects.count(), problems()) == (1, [])


def test_a_message_without_a_number_is_set_aside_once_and_its_problem_has_its_own_key(shop):
    for _ in range(2):
        inbox.keep_page(shop.account.pk, [RawOrder("", b"{}")], NextCursor(NOW, (UK,)), now=NOW)
    raw = RawMessage.objects.get()
    inbox.quarantine(raw.pk, error="no orderId", now=NOW)
    assert Problem.objects.get().key == AboutMessage(shop.account.pk, str(raw.pk))
    take_orders.take_order(raw.pk, an_order(), now=NOW)  # an update of ours has learnt to read it
    assert problems() == ["unknown_sku"]


def test_what_was_reported_of_a_message_without_a_number_ends_once_its_number_is_read(shop):
    inbox.keep_page(shop.account.pk, [RawOrder("", b"{}")], NextCursor(NOW, (UK,)), now=NOW)
    raw = RawMessage.objects.get()
    inbox.quarantine(raw.pk, error="no orderId", now=NOW)
    reservations.hold_units(raw.pk, an_order(), now=NOW)  # read member by member it has its number
    inbox.quarantine(raw.pk, error="no lines", now=NOW)
    about = AboutMessage(shop.account.pk, an_order().amazon_order_id)
    assert list(Problem.objects.filter(solved_at=None).values_list("key", flat=True)) == [about]
    take_orders.take_order(raw.pk, an_order(), now=NOW)
    assert problems() == ["unknown_sku"]


def test_no_channel_is_skipped_with_the_reason(shop):
    shop.take(an_order(marketplace_id="A1PA6795UKMFR9"))
    imported = ImportedOrder.objects.get()
    assert (imported.state, "Amazon.de FBM" in imported.reason) == ("skipped", True)
    assert imported.remedy.endswith("its units are already allocated. Or dispatch it in Seller Central.")


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"fulfilment": Fulfilment.FBA}, "Amazon dispatches it: there is nothing to do here."),
        (
            {"fulfilment": Fulfilment.FBA, "status": AmazonStatus.SHIPPED},
            "Amazon dispatches it: there is nothing to do here.",
        ),
        ({"status": AmazonStatus.SHIPPED}, "It has been dispatched: there is nothing to do here."),
    ],
)
def test_without_a_channel_no_remedy_is_to_dispatch_what_amazon_sends_or_has_gone(shop, changes, remedy):
    shop.take(an_order(marketplace_id="A1PA6795UKMFR9", **changes))
    assert ImportedOrder.objects.get().remedy == f"Create the channel, and the order is imported. {remedy}"


def test_while_the_import_is_paused_orders_are_listed_and_taken_when_it_begins(shop):
    shop.item("MUG", 5)
    Channel.objects.filter(pk=shop.fbm.pk).update(dont_import_orders=True)
    shop.take(an_order())
    imported = ImportedOrder.objects.get()
    assert (imported.state, imported.waits_for) == ("not_attempted", ForChannel(shop.fbm.pk))
    Channel.objects.filter(pk=shop.fbm.pk).update(dont_import_orders=False)
    imported_orders.retry_import([imported.pk], user=shop.olga, now=NOW)
    assert RawMessage.objects.get().state == "waiting"
    take_orders.take_order(RawMessage.objects.get().pk, an_order(), now=NOW)
    assert ImportedOrder.objects.get().state == "ok"


def test_a_channel_whose_checks_failed_keeps_its_orders_and_takes_them_once_they_are_good(shop):
    shop.item("MUG", 5)
    Channel.objects.filter(pk=shop.fbm.pk).update(link_state="not_linked")
    shop.take(an_order())
    waiting = ImportedOrder.objects.get()
    assert (waiting.state, waiting.reason) == ("not_attempted", "Amazon.co.uk FBM is not linked.")
    accounts.record_checks(shop.fbm.pk, [], linked=LinkState.LINKED, now=NOW)
    assert ImportedOrder.objects.get().state == "retrying"
    take_orders.take_order(RawMessage.objects.get(state="waiting").pk, an_order(), now=NOW)
    assert ImportedOrder.objects.get().state == "ok"


def test_before_the_start_date_is_skipped(shop):
    shop.take(an_order(placed_at=datetime(2026, 10, 30, tzinfo=UTC)))
    assert ImportedOrder.objects.get().state == "skipped"


def test_an_ignored_order_stays_ignored(shop):
    shop.item("MUG", 5)
    Channel.objects.filter(pk=shop.fbm.pk).update(dont_import_orders=True)
    shop.take(an_order())
    imported_orders.ignore([ImportedOrder.objects.get().pk], user=shop.olga, now=NOW)
    Channel.objects.filter(pk=shop.fbm.pk).update(dont_import_orders=False)
    shop.take(later(an_order()))
    assert (ImportedOrder.objects.get().state, SalesOrder.objects.count()) == ("ignored", 0)


def test_shipped_before_we_knew_it_is_recorded_only(shop):
    mug = shop.item("MUG", 5)
    shop.take(an_order(status=AmazonStatus.SHIPPED))
    assert (the_order().state, ImportedOrder.objects.get().record_only, shop.level(mug)) == ("shipped", True, (5, 0))


def test_confirmed_by_somebody_else_books_the_goods_out_once(shop):
    mug = shop.item("MUG", 5)
    shop.take(an_order(a_line(quantity=2)))
    gone = later(an_order(a_line(quantity=2, quantity_fulfilled=2), status=AmazonStatus.SHIPPED))
    shop.take(gone)
    shop.take(later(gone))
    assert (the_order().state, shop.level(mug)) == ("shipped", (3, 0))


def test_a_partial_address_never_overwrites_a_full_one(shop):
    shop.item("MUG", 5)
    shop.take(an_order())
    shop.take(later(an_order(), address=IncomingAddress(town="Hull", postcode="HU1 1AA", country="GB")))
    assert the_order().delivery["line_1"] == "1 Quay Street"


def test_an_address_that_comes_later_solves_its_problem(shop):
    shop.item("MUG", 5)
    shop.take(an_order(address=None))
    assert problems() == ["no_address"]
    shop.take(later(an_order()))
    assert (problems(), the_order().delivery["town"]) == ([], "Hull")


def test_a_buyers_wish_to_cancel_is_a_problem_to_answer(shop):
    shop.item("MUG", 5)
    line = a_line(cancel_requested=True, cancel_reason="Ordered by mistake")
    shop.take(an_order(line))
    assert (the_order().cancel_requested, problems()) == (True, ["cancel_requested"])


def test_by_asin_two_items_hold_the_line_and_name_both(shop):
    Channel.objects.filter(pk=shop.fbm.pk).update(use_amazon_sku=False)
    shop.item("MUG-A", 5, asin="B00SAMEASI")
    shop.item("MUG-B", 5, asin="B00SAMEASI")
    shop.take(an_order(a_line("OTHER", asin="B00SAMEASI")))
    reason = SalesOrderLine.objects.get().held_reason
    assert ("MUG-A" in reason, "MUG-B" in reason) == (True, True)


def fba_order(**more):
    return an_order(fulfilment=Fulfilment.FBA, status=AmazonStatus.SHIPPED, address=None, **more)


def test_fba_waits_while_its_site_has_no_levels_and_goes_on_by_itself(shop):
    item = shop.item("MUG", fulfilment="FBA")
    shop.take(fba_order())
    assert (ImportedOrder.objects.get().state, problems()) == ("not_attempted", ["fba_site_empty"])
    read_at = NOW - timedelta(hours=2)
    level = FbaLevel(item_id=item.pk, fulfillable=10)
    fba_stock.load_fba_levels(shop.pool.pk, [level], read_at=read_at, now=NOW)
    assert (problems(), RawMessage.objects.get().state) == ([], "waiting")
    take_orders.take_order(RawMessage.objects.get().pk, fba_order(), now=NOW)
    assert (the_order().state, Invoice.objects.count(), shop.level(item, shop.pool)) == ("issued", 1, (9, 0))


def test_fba_shipped_before_the_reading_moves_nothing_twice(shop):
    item = shop.item("MUG", fulfilment="FBA")
    level = FbaLevel(item_id=item.pk, fulfillable=10)
    fba_stock.load_fba_levels(shop.pool.pk, [level], read_at=NOW, now=NOW)
    shop.take(fba_order())
    assert (the_order().state, shop.level(item, shop.pool)) == ("issued", (10, 0))


def test_fba_not_shipped_yet_waits(shop):
    shop.item("MUG", fulfilment="FBA")
    shop.take(an_order(fulfilment=Fulfilment.FBA, status=AmazonStatus.UNSHIPPED))
    assert (ImportedOrder.objects.get().state, SalesOrder.objects.count()) == ("not_attempted", 0)


KINDS = ["place", "pend", "cancel", "fewer", "receive", "take away", "gone"]
EVENTS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(KINDS), st.integers(1, 5)),
    min_size=5,
    max_size=14,
)


@on_rows(2)
@given(events=EVENTS)
@example(events=[(1, kind, 1 + 3 * place % 5) for place, kind in enumerate(chain(KINDS))])
@undone()
def test_whatever_happens_the_ledger_and_the_allocations_add_up(shop, events):
    """On hand is the sum of the movements; allocated is the sum of the allocations and never below zero."""
    mug = shop.item("MUG", 6)
    for step, (number, event, units) in enumerate(events):
        now = NOW + timedelta(minutes=step)
        line = a_line(mug.code, quantity=units, order_item_id=f"{mug.code}-{number}")
        incoming = an_order(line, number=f"026-0000001-{number:07d}", updated_at=now)
        match event:
            case "place":
                shop.take(incoming, now)
            case "pend":
                shop.take(replace(incoming, status=AmazonStatus.PENDING), now)
            case "cancel":
                shop.take(replace(incoming, status=AmazonStatus.CANCELLED), now)
            case "fewer":
                shop.take(replace(incoming, lines=(replace(line, quantity_cancelled=1),)), now)
            case "gone":
                gone = replace(line, quantity_fulfilled=units)
                shop.take(replace(incoming, lines=(gone,), status=AmazonStatus.SHIPPED), now)
            case "receive":
                ledger.receive_stock(mug.pk, shop.warehouse.pk, units, now=now)
            case "take away":
                ledger.adjust_stock(mug.pk, shop.warehouse.pk, -units, note="broken", now=now)
    level = StockLevel.objects.get(item=mug, site=shop.warehouse)
    moved = Movement.objects.filter(item=mug, site=shop.warehouse).aggregate(sum=Sum("quantity"))["sum"]
    assert SalesOrderLine.objects.filter(sku=mug.code).count() <= 4
    allocated = Allocation.objects.filter(item=mug).aggregate(sum=Sum("quantity"))["sum"] or 0
    assert (level.on_hand, level.allocated) == (moved, allocated)
    assert level.allocated >= 0
    for row in SalesOrderLine.objects.all():
        assert row.quantity_shipped <= row.quantity_ordered


def test_a_link_in_one_marketplace_fixes_the_sku_in_every_marketplace_of_the_account(shop):
    mug = shop.item("MUG", 20)
    shop.channel("FBM", shop.warehouse, DE)
    shop.take(an_order(a_line("CUP"), number="026-0000001-0000001"))
    shop.take(an_order(a_line("CUP"), number="026-0000001-0000002", marketplace_id=DE, currency="EUR"))
    assert links.link_sku(shop.account.pk, UK, "CUP", mug.pk, user=shop.olga, now=NOW) == 2
    assert problems() == []
