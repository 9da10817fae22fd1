"""A batch of orders: what it does is what its orders would do one by one, for a small part of the statements."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.cast import Retailer
from tests.factories.ground import DE, NOW, UK
from tests.factories.incoming import ADDRESS, a_line, an_order, later
from tests.factories.outcomes import problems
from tests.factories.properties import on_rows, undone

from wharfinger.db.models import (
    Activity,
    Allocation,
    Customer,
    ImportedLine,
    ImportedOrder,
    Invoice,
    KitComponent,
    Movement,
    Problem,
    RawMessage,
    SalesOrder,
    SalesOrderLine,
    Site,
    StockLevel,
    StockNotice,
)
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, IncomingBuyer
from wharfinger.operations.orders import inbox, take_orders
from wharfinger.operations.orders.inbox import NextCursor, RawOrder
from wharfinger.operations.orders.take_orders import Message, Taken, Unchanged

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 0.7
"""An order, from Amazon's answer in hand to everything committed."""


@pytest.fixture
def shop():
    return Retailer()


def kept(shop, orders):
    """They came and wait; as messages of a batch."""
    raws = [
        RawOrder(order.amazon_order_id, f"{order!r}{order.address and order.address.line_1}".encode())
        for order in orders
    ]
    before = RawMessage.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    inbox.keep_page(shop.account.pk, raws, NextCursor(NOW, (UK,)), now=NOW)
    rows = RawMessage.objects.filter(pk__gt=before).order_by("pk")
    by_key = {}
    for order in orders:
        by_key.setdefault(order.amazon_order_id, []).append(order)
    return [Message(row.pk, by_key[row.key].pop(0)) for row in rows]


def page(count, items):
    """Orders of two lines."""
    return [
        an_order(
            a_line(items[number % len(items)], 1),
            a_line(items[(number + 7) % len(items)], 2),
            number=f"026-{number:07}-0000001",
            address=replace(ADDRESS, line_1=f"{number} Quay Street", name=f"Ada Byron{number}"),
        )
        for number in range(count)
    ]


def test_a_page_of_new_orders_costs_at_most_seven_statements_for_ten_orders(shop):
    items = [f"MUG-{number}" for number in range(20)]
    for code in items:
        shop.item(code, 1000)
    shop.take(an_order(a_line("MUG-1"), number="026-0009999-0000001"))  # the flows that notices wake wait from now on
    with CaptureQueriesContext(connection) as captured:
        messages = kept(shop, page(100, items))
        outcomes = take_orders.take_batch(messages, now=NOW)
    assert {type(outcome) for outcome in outcomes.values()} == {Taken}
    statements = [query["sql"] for query in captured.captured_queries]
    assert len(statements) <= MOST_STATEMENTS * 100, "\n".join(sql[:150] for sql in statements)
    assert SalesOrder.objects.filter(state="ready_to_ship").count() == 101


def test_a_page_that_changes_orders_costs_no_more(shop):
    items = [f"MUG-{number}" for number in range(20)]
    for code in items:
        shop.item(code, 1000)
    orders = page(100, items)
    take_orders.take_batch(kept(shop, orders), now=NOW)
    changed = [later(order, lines=(replace(order.lines[0], quantity_ordered=3), order.lines[1])) for order in orders]
    with CaptureQueriesContext(connection) as captured:
        take_orders.take_batch(kept(shop, changed), now=NOW)
    statements = [query["sql"] for query in captured.captured_queries]
    assert len(statements) <= MOST_STATEMENTS * 100, "\n".join(sql[:150] for sql in statements)
    assert sum(SalesOrderLine.objects.values_list("quantity_ordered", flat=True)) == 500


def test_personal_data_that_did_not_change_is_not_written_again(shop):
    shop.item("MUG", 9)
    shop.take(an_order())
    columns = "delivery, buyer, postcode_hash, surname_hash"

    def stored():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM wharfinger_salesorder")
            return cursor.fetchone()

    before = stored()
    shop.take(later(an_order(a_line(quantity=3))))
    assert (stored(), SalesOrderLine.objects.get().quantity_ordered) == (before, 3)
    shop.take(later(an_order(a_line(quantity=3), address=replace(ADDRESS, phone="123")), 20))
    assert [old == new for old, new in zip(before, stored(), strict=True)] == [False, True, True, True]


def test_of_several_messages_of_one_order_the_newest_decides(shop):
    mug = shop.item("MUG", 9)
    order = an_order(a_line(quantity=2))
    newest = later(order, 30, lines=(a_line(quantity=4),))
    messages = kept(shop, [order, newest, later(order, 10, lines=(a_line(quantity=3),))])
    outcomes = take_orders.take_batch(messages, now=NOW)
    assert [type(outcomes[message.raw_id]) for message in messages] == [Unchanged, Taken, Unchanged]
    assert (SalesOrderLine.objects.get().quantity_ordered, shop.level(mug)) == (4, (9, 4))
    assert ImportedOrder.objects.get().raw_message_id == messages[1].raw_id
    assert set(RawMessage.objects.values_list("state", flat=True)) == {"taken"}


def test_a_message_that_cannot_be_understood_overtakes_none_that_can(shop):
    shop.item("MUG", 9)
    messages = kept(shop, [an_order(), later(an_order(), 30, status=AmazonStatus.UNKNOWN)])
    take_orders.take_batch(messages, now=NOW)
    assert ImportedOrder.objects.get().state == "ok"


def test_a_message_that_somebody_else_takes_is_passed_over(shop):
    assert take_orders.take_batch([Message(999, an_order())], now=NOW) == {}


def test_the_last_units_go_to_the_order_that_must_leave_first(shop):
    shop.item("MUG", 3)
    orders = [
        an_order(a_line(quantity=2), number=f"026-000000{number}-0000001", ship_by=NOW + timedelta(hours=hours))
        for number, hours in ((1, 30), (2, 10), (3, 20))
    ]
    take_orders.take_batch(kept(shop, orders), now=NOW)
    found = SalesOrder.objects.order_by("imported__amazon_order_id").values_list("state", flat=True)
    assert list(found) == ["awaiting_stock", "ready_to_ship", "awaiting_stock"]


def test_two_orders_of_one_new_buyer_have_one_customer(shop):
    orders = [an_order(number=f"026-000000{number}-0000001") for number in (1, 2)]
    take_orders.take_batch(kept(shop, orders), now=NOW)
    assert set(SalesOrder.objects.values_list("customer", flat=True)) == {Customer.objects.get().pk}


def test_orders_that_wait_for_one_sku_are_one_problem(shop):
    orders = [an_order(number=f"026-000000{number}-0000001") for number in (1, 2, 3)]
    take_orders.take_batch(kept(shop, orders), now=NOW)
    assert (problems(), Problem.objects.get().count) == (["unknown_sku"], 3)


def test_an_order_keeps_its_marketplace_when_amazon_names_one_that_is_not_known(shop):
    shop.take(an_order(marketplace_id=DE))
    shop.take(later(an_order(marketplace_id="NOWHERE")))
    assert ImportedOrder.objects.get().reason == "There is no channel for Amazon.de FBM."


class Killed(BaseException):
    """SIGKILL: nothing catches it."""


def test_a_batch_that_is_killed_at_any_statement_has_done_nothing_and_is_taken_whole_the_next_time(shop):
    mug = shop.item("MUG", 9)
    shop.take(an_order())
    orders = [later(an_order(a_line(quantity=2))), an_order(a_line("CUP"), number="026-0000002-0000001")]
    messages = kept(shop, orders)
    before = state_report()

    def is_killed(at):
        left = at

        def count(execute, *rest):
            nonlocal left
            left -= 1
            if not left:
                raise Killed
            return execute(*rest)

        try:
            with connection.execute_wrapper(count):
                take_orders.take_batch(messages, now=NOW)
        except Killed:
            return True
        return False

    steps = next(step for step in range(1, 200) if not (is_killed(step) and state_report() == before))
    assert 20 < steps < MOST_STATEMENTS * 100
    assert (shop.level(mug), SalesOrder.objects.count()) == ((9, 2), 2)


# --- a batch equals its orders taken one by one

_NOT_COMPARED = {
    "id", "raw_message_id", "again_at", "version", "urgency",  # a notice counts what changed it: once for a batch
}  # fmt: skip


def state_report():
    """Every row that orders make, without the numbers that say only when it was made."""
    names = {order.pk: order.imported.amazon_order_id for order in SalesOrder.objects.select_related("imported")}
    imports = dict(ImportedOrder.objects.values_list("pk", "amazon_order_id"))
    lines = {line.pk: (names[line.order_id], line.order_item_id) for line in SalesOrderLine.objects.order_by("pk")}
    kept_lines = {line.pk: (imports[line.imported_id], line.order_item_id) for line in ImportedLine.objects.all()}
    customers = dict(Customer.objects.values_list("pk", "name"))
    codes = {order.code: names[order.pk] for order in SalesOrder.objects.all()}
    called = {
        "order_id": names,
        "sales_order_id": names,
        "imported_id": imports,
        "imported_order_id": imports,
        "line_id": lines,
        "order_line_id": lines,
        "imported_line_id": kept_lines,
        "customer_id": customers,
    }

    def plain(name, value):
        if name in called:
            return called[name].get(value)
        if isinstance(value, str):
            for code, number in codes.items():
                value = value.replace(code, number)
        if name == "key":
            return type(value).__name__
        return value.normalize() if isinstance(value, Decimal) else value

    def rows(model, **left_out):
        found = []
        for row in model.objects.all():
            fields = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
            values = {name: plain(name, value) for name, value in fields.items() if name not in _NOT_COMPARED}
            if model in (Customer, Invoice):
                values.pop("code")
            found.append(sorted((name, repr(value)) for name, value in values.items()))
        return sorted(found)

    every = (
        ImportedOrder, SalesOrder, SalesOrderLine, ImportedLine, Allocation, StockLevel, Movement, Problem, Activity,
        Invoice, Customer, StockNotice,
    )  # fmt: skip
    return {model.__name__: rows(model) for model in every}


SKUS = ("MUG", "CUP", "SET", "UNKNOWN")
LINES = st.builds(
    a_line,
    st.sampled_from(SKUS),
    st.integers(0, 4),
    quantity_fulfilled=st.sampled_from([0, 0, 0, 1, 9]),
    quantity_cancelled=st.sampled_from([0, 0, 0, 1]),
    cancel_requested=st.sampled_from([False, False, True]),
)
ADDRESSES = st.sampled_from(
    [ADDRESS, ADDRESS, None, replace(ADDRESS, name="Bob Hope"), replace(ADDRESS, line_1=""), replace(ADDRESS, town="Y")]
)
ORDERS = st.builds(
    lambda lines, **more: an_order(*{line.sku: line for line in lines}.values(), **more),
    st.lists(LINES, min_size=1, max_size=3),
    status=st.sampled_from([*AmazonStatus, AmazonStatus.UNSHIPPED, AmazonStatus.UNSHIPPED, AmazonStatus.SHIPPED]),
    fulfilment=st.sampled_from([Fulfilment.FBM, Fulfilment.FBM, Fulfilment.FBM, Fulfilment.FBA, None]),
    marketplace_id=st.sampled_from([UK, UK, UK, DE, "NOWHERE"]),
    placed_at=st.sampled_from([NOW - timedelta(hours=1), NOW - timedelta(days=9), NOW - timedelta(days=99)]),
    ship_by=st.sampled_from([None, NOW + timedelta(days=1), NOW + timedelta(days=2)]),
    address=ADDRESSES,
    buyer=st.sampled_from([IncomingBuyer(), IncomingBuyer(name="Ada Byron", email="ada@marketplace.example")]),
    total=st.sampled_from([None, Decimal(10), Decimal(99)]),
    currency=st.sampled_from(["GBP", "EUR"]),
)


def in_their_order(messages):
    return sorted(
        messages,
        key=lambda message: (
            message.incoming.ship_by is None,
            message.incoming.ship_by or message.incoming.placed_at,
            message.incoming.placed_at,
            message.incoming.amazon_order_id,
        ),
    )


@pytest.fixture
def trading(shop):
    for code, units in (("MUG", 4), ("CUP", 3)):
        shop.item(code, units)
    kit = shop.item("SET")
    for part in ("MUG", "CUP"):
        KitComponent.objects.create(kit=kit, component=shop_item(part), quantity=1)
    shop.fbm.options.update(assign_invoice_code=True, auto_pick=True)
    Site.objects.filter(pk=shop.pool.pk).update(levels_loaded_at=NOW)
    return shop


def shop_item(code):
    return StockLevel.objects.get(item__code=code).item


@on_rows(20)
@given(data=st.data())
def test_a_batch_equals_its_orders_taken_one_by_one(trading, data):
    first = data.draw(st.lists(ORDERS, min_size=1, max_size=4), label="first")
    orders = [replace(order, amazon_order_id=f"026-000000{n}-0000001") for n, order in enumerate(first)]
    second = data.draw(st.lists(ORDERS, max_size=5), label="second")
    again = [
        replace(order, amazon_order_id=f"026-000000{n}-0000001", updated_at=order.updated_at + timedelta(minutes=9))
        for n, order in enumerate(second)
    ]

    def together():
        for some in (orders, again):
            take_orders.take_batch(kept(trading, some), now=NOW)

    def one_by_one():
        for some in (orders, again):
            for message in in_their_order(kept(trading, some)):
                take_orders.take_batch([message], now=NOW)

    found = []
    for deed in (together, one_by_one):
        with undone():
            deed()
            found.append(state_report())
    at_once, singly = found
    for table, rows in singly.items():
        assert at_once[table] == rows, table


def test_a_batch_waits_two_seconds_for_a_row_and_no_longer(shop):
    shop.take(an_order())
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("2s",)


def test_the_inbox_is_cleaned_as_a_queue_and_what_waits_has_an_index_of_its_own():
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'wharfinger_rawmessage'")
        options = set(cursor.fetchone()[0])
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'raw_messages_waiting'")
        waiting = cursor.fetchone()[0]
    assert {"autovacuum_vacuum_scale_factor=0", "autovacuum_vacuum_threshold=10000"} <= options
    assert "WHERE" in waiting
