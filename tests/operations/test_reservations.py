"""An order that is not imported still takes its units, whatever the reason, until it is sent or cancelled."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st
from tests.factories.ground import DE, FR, NOW, UK
from tests.factories.incoming import a_line, an_order, later, shipped
from tests.factories.outcomes import problems
from tests.factories.properties import chain, on_rows, undone
from tests.factories.stock import check_the_ledger

from wharfinger.db.models import (
    Alert,
    Allocation,
    Channel,
    ChannelProduct,
    ImportedLine,
    ImportedOrder,
    Installation,
    KitComponent,
    Listing,
    Movement,
    Problem,
    RawMessage,
    SalesOrder,
    SalesOrderLine,
    Site,
    StockItem,
    StockNotice,
    User,
)
from wharfinger.db.queries.installation.problems import problem_row
from wharfinger.db.queries.orders.late import Unsent, count_unsent, late_imports
from wharfinger.db.queries.orders.sales_orders import Day, ShipBy, orders_due
from wharfinger.db.queries.orders.unimported import reserved_lines
from wharfinger.domain.installation.people import Role
from wharfinger.domain.orders.order import AmazonStatus
from wharfinger.operations.channels import channel_life, links
from wharfinger.operations.orders import imported_orders, reservations, take_orders
from wharfinger.operations.stock import ledger
from wharfinger.web.views.installation.problems import fixed_at

pytestmark = pytest.mark.django_db
PER_LINE = 5
"""Its row twice (kept, then matched), its allocation, its level, its notice."""


def french(*lines, **more):
    """An order on Amazon.fr, where the shop has no channel."""
    return an_order(*lines, **{"marketplace_id": FR, "currency": "EUR", **more})


def taken_again(shop, incoming, now=NOW):
    """The saved message once more, as Retry Import and a fixed cause do it."""
    return take_orders.take_order(
        RawMessage.objects.filter(key=incoming.amazon_order_id).latest("pk").pk, incoming, now=now
    )


CASES = {
    "no channel": ({}, {"marketplace_id": FR}, "skipped"),
    "before the Start Date": ({}, {"placed_at": NOW - timedelta(days=26)}, "skipped"),
    "too old": ({}, {"placed_at": NOW - timedelta(days=95)}, "skipped"),
    "import paused": ({"dont_import_orders": True}, {}, "not_attempted"),
    "channel off": ({"enabled": False}, {}, "not_attempted"),
    "channel not linked": ({"link_state": "not_linked"}, {}, "not_attempted"),
    "not understood": ({}, {"lines": (a_line(quantity=2), a_line("ODD", quantity=-1))}, "failed"),
    "pending": ({"dont_import_orders": True}, {"status": AmazonStatus.PENDING}, "not_attempted"),
}


@pytest.mark.parametrize(("channel", "order", "state"), CASES.values(), ids=CASES)
def test_units_are_reserved_whatever_the_state_of_the_import(shop, channel, order, state):
    mug = shop.item("MUG", 5)
    Channel.objects.filter(pk=shop.fbm.pk).update(**channel)
    StockNotice.objects.all().delete()
    shop.take(an_order(a_line(quantity=2), **order) if "lines" not in order else replace(an_order(), **order))
    assert (ImportedOrder.objects.get().state, SalesOrder.objects.count()) == (state, 0)
    assert shop.level(mug) == (5, 2)
    assert StockNotice.objects.get().listing.sku == "MUG"


def test_an_ignored_order_takes_its_units_all_the_same(shop):
    mug = shop.item("MUG", 5)
    incoming = french(a_line(quantity=2))
    shop.take(incoming)
    imported_orders.ignore([ImportedOrder.objects.get().pk], user=shop.olga, now=NOW)
    shop.take(later(incoming, lines=(a_line(quantity=3),)))
    assert (ImportedOrder.objects.get().state, shop.level(mug)) == ("ignored", (5, 3))
    shop.take(later(incoming, minutes=20, status=AmazonStatus.CANCELLED))
    assert shop.level(mug) == (5, 0)


def test_cancelled_at_amazon_frees_and_tells(shop):
    mug = shop.item("MUG", 5)
    shop.take(french(a_line(quantity=2)))
    StockNotice.objects.all().delete()
    shop.take(later(french(a_line(quantity=2)), status=AmazonStatus.CANCELLED))
    assert shop.level(mug) == (5, 0)
    assert StockNotice.objects.count() == 1


def test_shipped_at_amazon_books_the_units_out(shop):
    """They left the shelf by other hands: on hand stays true."""
    mug = shop.item("MUG", 5)
    incoming = french(a_line(quantity=2))
    shop.take(incoming)
    shop.take(shipped(incoming))
    assert shop.level(mug) == (3, 0)
    movement = Movement.objects.latest("pk")
    assert (movement.quantity, movement.reason) == (-2, "sold")
    assert movement.note == f"Shipped at Amazon before it was imported: {incoming.amazon_order_id}"
    shop.take(later(shipped(incoming)))
    assert shop.level(mug) == (3, 0)


def test_what_had_left_when_the_order_was_first_seen_moves_nothing(shop):
    """The account is younger than the order: who counted the stock since did not count those units."""
    mug = shop.item("MUG", 5)
    shop.take(shipped(french(a_line(quantity=2), placed_at=NOW - timedelta(days=3))))
    assert (shop.level(mug), ImportedLine.objects.count()) == ((5, 0), 0)


def test_what_was_placed_and_sent_while_we_did_not_look_is_booked_out(shop):
    mug = shop.item("MUG", 5)
    shop.account.made_at = NOW - timedelta(days=30)
    shop.account.save()
    incoming = shipped(french(a_line(quantity=2)))
    shop.take(incoming)
    assert shop.level(mug) == (3, 0)
    taken_again(shop, incoming)
    assert shop.level(mug) == (3, 0)


def test_the_sales_order_takes_the_units_over_and_nothing_counts_twice(shop):
    mug = shop.item("MUG", 5)
    incoming = french(a_line(quantity=4))
    shop.take(incoming)
    assert shop.level(mug) == (5, 4)
    shop.channel("FBM", shop.warehouse, FR, made_at=NOW - timedelta(days=2))
    taken_again(shop, incoming)
    assert shop.level(mug) == (5, 4)
    assert (SalesOrder.objects.get().state, ImportedLine.objects.count()) == ("ready_to_ship", 0)
    assert Allocation.objects.get().line.sku == "MUG"
    check_the_ledger()


def test_units_that_left_before_the_import_are_booked_out_once(shop):
    mug = shop.item("MUG", 5)
    Channel.objects.filter(pk=shop.fbm.pk).update(dont_import_orders=True, made_at=NOW - timedelta(days=2))
    incoming = an_order(a_line(quantity=4))
    shop.take(incoming)
    part = later(incoming, status=AmazonStatus.PARTIALLY_SHIPPED, lines=(a_line(quantity=4, quantity_fulfilled=1),))
    shop.take(part)
    assert shop.level(mug) == (4, 3)
    Channel.objects.filter(pk=shop.fbm.pk).update(dont_import_orders=False)
    taken_again(shop, part)
    line = SalesOrderLine.objects.get()
    assert (shop.level(mug), line.quantity_shipped, line.quantity_open) == ((4, 3), 1, 3)
    shop.take(later(shipped(incoming), minutes=30))
    assert (shop.level(mug), SalesOrder.objects.get().state) == ((1, 0), "shipped")
    check_the_ledger()


def test_too_little_stock_is_served_by_ship_by_over_both_kinds_of_orders(shop):
    mug = shop.item("MUG", 5)
    shop.take(french(a_line(quantity=8), number="026-0000001-0000001"))
    shop.take(an_order(a_line(quantity=2), number="026-0000001-0000002", ship_by=NOW + timedelta(hours=1)))
    assert shop.level(mug) == (5, 5)
    ledger.receive_stock(mug.pk, shop.warehouse.pk, 3, now=NOW)
    assert SalesOrder.objects.get().state == "ready_to_ship"
    assert Allocation.objects.get(line=None).quantity == 6
    ledger.receive_stock(mug.pk, shop.warehouse.pk, 9, now=NOW)
    assert shop.level(mug) == (17, 10)


def test_a_kit_reserves_its_components(shop):
    kit = shop.item("SET")
    cup, saucer = shop.item("CUP", 10, asin="B000000002"), shop.item("SAUCER", 10, asin="B000000003")
    KitComponent.objects.create(kit=kit, component=cup, quantity=2)
    KitComponent.objects.create(kit=kit, component=saucer, quantity=1)
    incoming = french(a_line("SET", quantity=3))
    shop.take(incoming)
    assert (shop.level(cup), shop.level(saucer)) == ((10, 6), (10, 3))
    shop.take(shipped(incoming))
    assert (shop.level(cup), shop.level(saucer)) == ((4, 0), (7, 0))


def test_a_link_reserves_and_unlinking_frees(shop):
    mug = StockItem.objects.create(code="A-MUG", name="Mug", made_at=NOW)
    ledger.receive_stock(mug.pk, shop.warehouse.pk, 5, now=NOW)
    product = shop.listing("MUG")
    shop.take(french(a_line(quantity=2)))
    assert shop.level(mug) == (5, 0)
    links.link_product(product.pk, mug.pk, user=shop.olga, now=NOW)
    assert shop.level(mug) == (5, 2)
    links.unlink_product(product.pk, user=shop.olga, now=NOW)
    assert shop.level(mug) == (5, 0)
    check_the_ledger()


def test_a_link_reserves_for_every_order_that_waits_for_it(shop):
    """A best seller may be linked when a thousand orders of it wait: none of their units is sold twice."""
    mug = StockItem.objects.create(code="A-MUG", name="Mug", made_at=NOW)
    ledger.receive_stock(mug.pk, shop.warehouse.pk, 2000, now=NOW)
    product = shop.listing("MUG")
    shop.take(french(a_line(quantity=2)))
    _copy_import(times=600)
    links.link_product(product.pk, mug.pk, user=shop.olga, now=NOW)
    assert shop.level(mug) == (2000, 2 * 601)
    check_the_ledger()
    links.unlink_product(product.pk, user=shop.olga, now=NOW)
    assert shop.level(mug) == (2000, 0)


def _copy_import(*, times):
    """The one order that waits, with its one line, under as many numbers more."""
    order, line = ImportedOrder.objects.get(), ImportedLine.objects.get()
    facts = {f.attname: getattr(order, f.attname) for f in order._meta.concrete_fields if not f.primary_key}
    said = {f.attname: getattr(line, f.attname) for f in line._meta.concrete_fields if not f.primary_key}
    orders = ImportedOrder.objects.bulk_create(
        ImportedOrder(**{**facts, "amazon_order_id": f"026-1000000-{number:07d}"}) for number in range(times)
    )
    ImportedLine.objects.bulk_create(ImportedLine(**{**said, "imported_id": one.pk}) for one in orders)


def test_the_site_is_the_first_by_priority_of_those_that_sell_the_article(shop):
    second = Site.objects.create(name="Second", kind="own", priority=5, made_at=NOW)
    shop.channel("FBM", second, DE)
    mug = shop.item("MUG", 5)
    ledger.receive_stock(mug.pk, second.pk, 5, now=NOW)
    shop.take(french(a_line(quantity=2)))
    assert shop.level(mug) == (5, 2), "Amazon.de does not list it"
    product = mug.channel_products.get()
    german = ChannelProduct.objects.create(listing=product.listing, marketplace_id=DE, found_at=NOW)
    shop.take(later(french(a_line(quantity=3))))
    assert (shop.level(mug), shop.level(mug, second)) == ((5, 3), (5, 0)), "nor is it linked there"
    german.item = mug
    german.save()
    shop.take(later(french(a_line(quantity=3)), minutes=20))
    assert (shop.level(mug), shop.level(mug, second)) == ((5, 0), (5, 3))
    check_the_ledger()


def test_without_a_channel_that_sells_it_there_is_the_problem_alone(shop):
    mug = shop.item("MUG", 5)
    Channel.objects.filter(pk=shop.fbm.pk).update(archived=True)
    shop.take(french(a_line(quantity=2)))
    reservations.judge_channelless(shop.account.pk, now=NOW)
    assert (shop.level(mug), problems()) == ((5, 0), ["no_channel"])


def test_an_archived_channels_site_keeps_the_units_while_nobody_else_sells_the_article(shop):
    mug = shop.item("MUG", 5)
    incoming = french(a_line(quantity=2))
    shop.take(incoming)
    channel_life.archive_channel(shop.fbm.pk, user=shop.olga, now=NOW)
    assert shop.level(mug) == (5, 2)
    shop.take(later(incoming, lines=(a_line(quantity=3),)))
    assert shop.level(mug) == (5, 3)
    shop.take(later(incoming, minutes=30, status=AmazonStatus.CANCELLED))
    assert shop.level(mug) == (5, 0)


def test_archiving_a_channel_hands_its_reservations_to_the_one_that_sells_the_article_still(shop):
    second = Site.objects.create(name="Second", kind="own", priority=5, made_at=NOW)
    shop.channel("FBM", second, DE)
    mug = shop.item("MUG", 5)
    ledger.receive_stock(mug.pk, second.pk, 7, now=NOW)
    shop.take(french(a_line(quantity=2)))
    ChannelProduct.objects.create(listing=mug.channel_products.get().listing, marketplace_id=DE, item=mug, found_at=NOW)
    channel_life.archive_channel(shop.fbm.pk, user=shop.olga, now=NOW)
    assert (shop.level(mug), shop.level(mug, second)) == ((5, 0), (7, 2))
    check_the_ledger()


def test_a_kits_units_pass_to_a_later_channel_of_another_site_just_once(shop):
    kit = shop.item("SET")
    cup, saucer = shop.item("CUP", 10, asin="B000000002"), shop.item("SAUCER", 10, asin="B000000003")
    KitComponent.objects.create(kit=kit, component=cup, quantity=2)
    KitComponent.objects.create(kit=kit, component=saucer, quantity=1)
    second = Site.objects.create(name="Second", kind="own", priority=5, made_at=NOW)
    for item in (cup, saucer):
        ledger.receive_stock(item.pk, second.pk, 4, now=NOW)
    incoming = french(a_line("SET", quantity=3))
    shop.take(incoming)
    part = later(
        incoming, status=AmazonStatus.PARTIALLY_SHIPPED, lines=(a_line("SET", quantity=3, quantity_fulfilled=1),)
    )
    shop.take(part)
    assert (shop.level(cup), shop.level(saucer)) == ((8, 4), (9, 2))
    shop.channel("FBM", second, FR, made_at=NOW - timedelta(days=2))
    ChannelProduct.objects.create(listing=Listing.objects.get(sku="SET"), marketplace_id=FR, item=kit, found_at=NOW)
    taken_again(shop, part)
    assert [shop.level(cup), shop.level(saucer)] == [(8, 0), (9, 0)]
    assert [shop.level(cup, second), shop.level(saucer, second)] == [(4, 4), (4, 2)]
    check_the_ledger()


def test_a_line_reported_twice_is_one_line(shop):
    mug = shop.item("MUG", 9)
    shop.take(french(a_line(quantity=2), a_line(quantity=3)))
    assert shop.level(mug) == (9, 3)


def test_one_problem_for_each_marketplace_with_its_value_by_currency(shop):
    shop.item("MUG", 50)
    for number in range(3):
        shop.take(french(a_line(total="10.50"), number=f"026-0000001-000000{number}"))
    shop.take(french(number="026-0000001-0000007", currency="GBP", ship_by=NOW + timedelta(hours=3)))
    shop.take(french(number="026-0000001-0000008", status=AmazonStatus.PENDING, total=None))
    shop.take(an_order(number="026-0000001-0000009", marketplace_id=DE, currency="EUR"))
    reservations.judge_channelless(shop.account.pk, now=NOW)
    problem_in = {row.key.marketplace_id: row for row in Problem.objects.filter(kind="no_channel")}
    assert set(problem_in) == {FR, DE}
    assert problem_in[FR].cause == (
        "4 paid orders in Amazon.fr, where Harbour & Home has no channel: 31.50 EUR and 10.00 GBP. "
        "Dispatch is due by 24 Nov 2026 16:00 (Europe/Paris)."
    )
    assert fixed_at(problem_row(problem_in[FR].pk), User(role=Role.ADMINISTRATOR)) == (
        f"/channels/new/fbm/?marketplace={FR}&account={shop.account.pk}",
        "Create the channel",
    )
    assert Alert.objects.filter(kind="no_channel", closed_at=None).count() == 2
    before = problem_in[FR].count
    reservations.judge_channelless(shop.account.pk, now=NOW)
    assert Problem.objects.get(pk=problem_in[FR].pk).count == before, "the same once more is nothing new"


def test_the_problem_and_its_alert_close_when_a_channel_takes_the_orders(shop):
    shop.item("MUG", 5)
    incoming = french()
    shop.take(incoming)
    reservations.judge_channelless(shop.account.pk, now=NOW)
    shop.channel("FBM", shop.warehouse, FR)
    taken_again(shop, incoming)
    reservations.judge_channelless(shop.account.pk, now=NOW)
    assert problems() == []
    assert Alert.objects.get().closed_at == NOW


def test_orders_that_are_not_imported_count_as_late(shop):
    shop.item("MUG", 5)
    shop.take(french(number="026-0000001-0000001", ship_by=NOW - timedelta(hours=1)))
    shop.take(an_order(a_line("UNKNOWN"), number="026-0000001-0000002", ship_by=NOW - timedelta(hours=1)))
    shop.take(an_order(number="026-0000001-0000003", ship_by=NOW - timedelta(hours=1)))
    shop.take(french(number="026-0000001-0000004", ship_by=NOW + timedelta(hours=1)))
    shop.take(french(number="026-0000001-0000005", ship_by=NOW - timedelta(hours=1), status=AmazonStatus.CANCELLED))
    assert (orders_due(ShipBy.LATE, Day(NOW)).count(), late_imports(NOW).count()) == (2, 1)
    assert count_unsent(NOW) == Unsent(late=1, channelless=2)


def test_the_page_shows_what_an_order_holds(shop):
    shop.item("MUG", 5)
    shop.take(french(a_line(quantity=2)))
    (line,) = reserved_lines(ImportedOrder.objects.get().pk)
    assert (line.sku, line.open, line.allocated) == ("MUG", 2, (("Main warehouse", "MUG", 2),))


class TestPending:
    @pytest.mark.parametrize("marketplace", [UK, FR])
    def test_a_reservation_is_kept_for_seven_days(self, shop, marketplace):
        """As a sales order, and without one."""
        mug = shop.item("MUG", 5)
        incoming = an_order(status=AmazonStatus.PENDING, total=None, marketplace_id=marketplace, placed_at=NOW)
        shop.take(incoming)
        late = NOW + timedelta(days=7)
        reservations.end_reservation(ImportedOrder.objects.get().pk, now=late)
        assert shop.level(mug) == (5, 0)
        ledger.receive_stock(mug.pk, shop.warehouse.pk, 1, now=late)
        assert shop.level(mug) == (6, 0), "stock that comes does not serve it"
        shop.take(replace(incoming, status=AmazonStatus.UNSHIPPED, total=Decimal(10), updated_at=late), late)
        assert shop.level(mug) == (6, 1)

    def test_the_days_are_a_setting(self, shop):
        mug = shop.item("MUG", 5)
        Installation.objects.update(pending_reservation_days=2)
        shop.take(french(status=AmazonStatus.PENDING, total=None, placed_at=NOW - timedelta(days=3)))
        assert shop.level(mug) == (5, 0)
        assert ImportedOrder.objects.get().reservation_ended_at == NOW


def test_lines_cost_no_statements_of_their_own_but_their_rows(shop):
    """Facts, levels and notices are read and locked once for an order, however many lines it has."""
    codes = [f"ITEM-{number}" for number in range(6)]
    for number, code in enumerate(codes):
        shop.item(code, 5, asin=f"B00000010{number}")
    few = french(a_line(codes[0]), number="026-0000001-0000001")
    many = french(*(a_line(code) for code in codes), number="026-0000001-0000002")
    with CaptureQueriesContext(connection) as first:
        shop.take(few)
    with CaptureQueriesContext(connection) as second:
        shop.take(many)
    assert len(second) - len(first) <= 5 * PER_LINE, [query["sql"][:90] for query in second]


KINDS = ["place", "pend", "cancel", "fewer", "part", "gone", "receive", "ignore", "open", "shut"]
EVENTS = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(KINDS), st.integers(1, 5)),
    min_size=5,
    max_size=12,
)
PAIRS = chain(KINDS)


@on_rows(2)
@given(events=EVENTS)
@example(events=[(1, kind, 2 + 3 * place % 4) for place, kind in enumerate(PAIRS[:51])])
@example(events=[(1, kind, 2 + 3 * place % 4) for place, kind in enumerate(PAIRS[50:])])
@undone()
def test_no_sequence_of_messages_counts_a_unit_twice(shop, events):
    """The import is paused and released in between, so that orders turn into sales orders at any moment."""
    mug = shop.item("MUG", 9)
    last = {}
    for step, (number, event, units) in enumerate(events):
        now = NOW + timedelta(minutes=step)
        line = a_line(mug.code, quantity=units, order_item_id=f"{mug.code}-{number}")
        incoming = an_order(line, number=f"026-0000001-{number:07d}", updated_at=now)
        match event:
            case "place":
                last[number] = incoming
            case "pend":
                last[number] = replace(incoming, status=AmazonStatus.PENDING)
            case "cancel":
                last[number] = replace(incoming, status=AmazonStatus.CANCELLED)
            case "fewer":
                last[number] = replace(incoming, lines=(replace(line, quantity_cancelled=1),))
            case "part":
                sent = replace(line, quantity_fulfilled=units // 2)
                last[number] = replace(incoming, lines=(sent,), status=AmazonStatus.PARTIALLY_SHIPPED)
            case "gone":
                last[number] = replace(shipped(incoming), updated_at=now)
            case "receive":
                ledger.receive_stock(mug.pk, shop.warehouse.pk, units, now=now)
                continue
            case "ignore":
                ids = ImportedOrder.objects.filter(amazon_order_id=incoming.amazon_order_id)
                imported_orders.ignore(list(ids.values_list("pk", flat=True)), user=shop.olga, now=now)
                continue
            case "open" | "shut":
                Channel.objects.filter(pk=shop.fbm.pk).update(dont_import_orders=event == "shut")
                for old in last.values():
                    taken_again(shop, old, now)
                continue
        shop.take(last[number], now)
    check_the_ledger()
    for row in SalesOrderLine.objects.filter(sku=mug.code):
        held = sum(row.allocations.values_list("quantity", flat=True))
        assert held <= row.quantity_open
        assert not ImportedLine.objects.filter(imported=row.order.imported).exists()
    for row in ImportedLine.objects.filter(sku=mug.code):
        assert sum(row.allocations.values_list("quantity", flat=True)) <= row.quantity_open
    moved = -sum(Movement.objects.filter(item=mug, reason="sold").values_list("quantity", flat=True))
    counted = sum(SalesOrderLine.objects.filter(sku=mug.code).values_list("quantity_shipped", flat=True))
    counted += sum(ImportedLine.objects.filter(sku=mug.code).values_list("quantity_moved", flat=True))
    assert moved <= counted, "a unit leaves the books once"
