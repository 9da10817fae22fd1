"""Two at the same moment: real connections, real locks, real commits."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections, transaction
from tests.factories.accounts import an_account
from tests.factories.allocating import change_allocated
from tests.factories.channels import a_channel
from tests.factories.ground import DE, NOW, UK
from tests.factories.incoming import ADDRESS, a_line
from tests.factories.incoming import an_order as incoming_order
from tests.factories.orders import an_allocated_order, an_order
from tests.factories.people import someone
from tests.factories.shipping import a_service
from tests.factories.stock import a_listing, a_site, an_item, sold_from_fba

from wharfinger.db.models import (
    Confirmation,
    Customer,
    ImportedOrder,
    Installation,
    Movement,
    PickListOrder,
    RawMessage,
    SalesOrder,
    Shipment,
    StockLevel,
    StockNotice,
)
from wharfinger.domain.channels.options import OptionValues
from wharfinger.domain.installation.people import Role
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.domain.stock.counts import CountScope
from wharfinger.domain.stock.fba_stock import FbaLevel
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.operations._rows import draw, id_sequence
from wharfinger.operations.orders import inbox, take_orders
from wharfinger.operations.orders._customer_steps import Customers, People, months_buyers, own_record
from wharfinger.operations.orders.inbox import NextCursor, RawOrder
from wharfinger.operations.orders.take_orders import Message
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import confirmations, pick_lists, shipments, undo
from wharfinger.operations.stock import fba_stock, ledger, outbox
from wharfinger.operations.stock.warehouse import counts, transfers
from wharfinger.operations.stock.warehouse.counts import CountRequest
from wharfinger.operations.stock.warehouse.transfers import TransferEntry

FR, IT = "A13V1IB3VIYZZH", "APJ6JRA9NG5V4"


def _tables(cursor):
    names = connection.introspection.table_names(cursor)
    return [name for name in names if name.startswith(("wharfinger_", "procrastinate_"))]


@pytest.fixture(scope="module")
def first_rows(django_db_setup, django_db_blocker):
    """What the migrations wrote, by table: other tests of this process find it again."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        found = {}
        for name in _tables(cursor):
            with cursor.copy(f"COPY {name} TO STDOUT") as copy:
                found[name] = b"".join(copy)
    return {name: rows for name, rows in found.items() if rows}


@pytest.fixture
def committed(first_rows, django_db_blocker):
    """Rows are really committed, and swept away after the test; the first rows come back."""
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # the ledger and the audit refuse it otherwise
            # TRUNCATE makes each table's files anew
            cursor.execute("; ".join(f"DELETE FROM {name}" for name in _tables(cursor)))
            for name, rows in first_rows.items():
                with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                    copy.write(rows)
        connections.close_all()


def at_once(*verbs):
    """Run each in a thread with a connection of its own, all let go at the same moment; their outcomes."""
    gate = threading.Barrier(len(verbs))
    outcomes = [None] * len(verbs)

    def run(place, verb):
        gate.wait()
        try:
            outcomes[place] = verb()
        except Exception as error:  # noqa: BLE001 -- handed to the test, which looks at it
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


class Shop:
    def __init__(self):
        self.site = a_site()
        self.account = an_account()
        self.channel = a_channel(self.account, self.site)
        self.service = a_service()
        self.items = [an_item(f"SKU-{number}") for number in range(4)]
        for item in self.items:
            ledger.receive_stock(item.pk, self.site.pk, 50, now=NOW)

    def order(self, *lines):
        return an_allocated_order(self.channel, self.site, lines)


def test_two_presses_of_dispatch_send_one_parcel(committed):
    shop = Shop()
    order = shop.order((shop.items[0], 2))
    outcomes = at_once(*[lambda: shipments.dispatch(order.pk, service_id=shop.service.pk, now=NOW) for _ in range(4)])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refused"] * 3 + ["Shipment"]
    assert (Shipment.objects.count(), Confirmation.objects.count()) == (1, 1)
    assert StockLevel.objects.get(item=shop.items[0]).on_hand == 48


def test_two_packers_never_pick_the_same_order(committed):
    shop, packer = Shop(), someone()
    ids = [shop.order((shop.items[0], 1)).pk for _ in range(3)]
    made = at_once(*[lambda: pick_lists.make_pick_list(ids, now=NOW, user=packer) for _ in range(3)])
    assert sorted(one.orders for one in made) == [0, 0, 3]
    assert PickListOrder.objects.count() == 3


def test_several_people_count_one_item_and_every_unit_is_there_once(committed):
    shop = Shop()
    (item, *_), people = shop.items, [someone(role) for role in (Role.WAREHOUSE, Role.MANAGER)]
    count = counts.begin_count(CountRequest(shop.site.pk, CountScope.ITEMS, item_ids=(item.pk,)), now=NOW)
    enter = [
        lambda number=number: counts.enter_count(
            count.pk, item.pk, 10, token=f"token-{number // 2}", now=NOW, user=people[number % 2]
        )
        for number in range(8)
    ]
    assert [outcome for outcome in at_once(*enter) if isinstance(outcome, Exception)] == []
    assert count.lines.values_list("counted", "variance", "entries").get() == (40, -10, 4)
    counts.accept_lines(count.pk, now=NOW)
    at_once(*[lambda: counts.book_count(count.pk, now=NOW) for _ in range(3)])
    assert StockLevel.objects.get(item=item).on_hand == 40


def test_several_transfers_never_take_the_same_units(committed):
    shop = Shop()
    item, target = shop.items[0], a_site("Shop", SiteKind.SHOP)
    drafts = [transfers.draft_transfer(TransferEntry(shop.site.pk, target.pk), now=NOW).pk for _ in range(3)]
    for draft in drafts:
        transfers.set_units(draft, {item.pk: 20}, now=NOW)
    outcomes = at_once(*[lambda draft=draft: transfers.send_transfer(draft, now=NOW) for draft in (*drafts, drafts[0])])
    assert [type(one).__name__ for one in outcomes].count("Refused") in (1, 2)
    assert sorted(StockLevel.objects.filter(item=item).values_list("on_hand", flat=True)) == [10, 40]
    sent = next(one for one in outcomes if not isinstance(one, Exception))
    at_once(*[lambda: transfers.receive_transfer(sent.pk, {item.pk: 20}, now=NOW) for _ in range(3)])
    assert sorted(StockLevel.objects.filter(item=item).values_list("on_hand", flat=True)) == [10, 20, 20]


def test_orders_with_the_same_items_in_another_order_never_wait_in_a_ring(committed):
    shop = Shop()
    orders = [shop.order(*[(item, 1) for item in items]) for items in (shop.items, shop.items[::-1]) * 3]
    send = [lambda order=order: shipments.dispatch(order.pk, service_id=shop.service.pk, now=NOW) for order in orders]
    receive = [
        lambda item=item: ledger.receive_stock(item.pk, shop.site.pk, 1, now=NOW) for item in reversed(shop.items)
    ]
    outcomes = at_once(*send, *receive)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert set(StockLevel.objects.values_list("on_hand", "allocated")) == {(45, 0)}


def test_new_stock_is_allocated_once_whoever_comes_first(committed):
    shop = Shop()
    first, second = shop.items[0], shop.items[1]
    for item in (first, second):
        ledger.count_stock(item.pk, shop.site.pk, 0, now=NOW)
    waiting = SalesOrderState.AWAITING_STOCK
    orders = [
        an_order(shop.channel, shop.site, [(first, 1), (second, 1)], waiting),
        an_order(shop.channel, shop.site, [(second, 1), (first, 1)], waiting),
    ]
    outcomes = at_once(
        lambda: ledger.receive_stock(first.pk, shop.site.pk, 1, now=NOW),
        lambda: ledger.receive_stock(second.pk, shop.site.pk, 1, now=NOW),
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    ledger.receive_stock(first.pk, shop.site.pk, 1, now=NOW)
    ledger.receive_stock(second.pk, shop.site.pk, 1, now=NOW)
    levels = StockLevel.objects.filter(item__in=[first, second])
    assert set(levels.values_list("on_hand", "allocated")) == {(2, 2)}
    for order in orders:
        order.refresh_from_db()
    assert [order.state for order in orders] == ["ready_to_ship"] * 2


def test_two_changes_at_once_count_both_in_the_notice(committed):
    shop = Shop()
    item = shop.items[0]
    a_listing(shop.account, item.code, item)
    outcomes = at_once(
        *[lambda: in_a_transaction(change_allocated, item.pk, shop.site.pk, 1, now=NOW) for _ in range(5)]
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert StockNotice.objects.get().version == 5
    assert StockLevel.objects.get(item=item).allocated == 5


def in_a_transaction(step, *args, **values):
    with transaction.atomic():
        return step(*args, **values)


def test_a_claim_passes_by_the_notices_that_another_one_holds(committed):
    shop = Shop()
    for item in shop.items:
        listing = a_listing(shop.account, item.code, item)
        StockNotice.objects.create(listing=listing, account=shop.account, cause="test", raised_at=NOW, again_at=NOW)
    held = StockNotice.objects.order_by("pk").first()
    assert held is not None
    with transaction.atomic():
        StockNotice.objects.select_for_update(no_key=True).get(pk=held.pk)
        (claimed,) = at_once(lambda: outbox.claim_quantities(shop.account.pk, 2, now=NOW))
    assert [message.listing_id for message in claimed] == list(
        StockNotice.objects.exclude(pk=held.pk).order_by("pk").values_list("listing_id", flat=True)[:2]
    )


def test_two_claims_at_once_take_a_confirmation_once(committed):
    shop = Shop()
    shipments.dispatch(shop.order((shop.items[0], 1)).pk, service_id=shop.service.pk, now=NOW)
    claims = at_once(
        *[lambda: confirmations.claim_confirmation(shop.account.pk, now=NOW, machine_now=NOW) for _ in range(3)]
    )
    assert len([claim for claim in claims if claim is not None]) == 1


@pytest.mark.parametrize("attempt", range(3))
def test_of_undo_and_the_worker_exactly_one_wins(attempt, committed):
    shop = Shop()
    Installation.objects.update(undo_minutes=2)
    sent = [shipments.dispatch(shop.order((shop.items[0], 1)).pk, service_id=shop.service.pk, now=NOW) for _ in "123"]
    last_moment, end = NOW + timedelta(seconds=119), NOW + timedelta(minutes=2)
    undone = [lambda parcel=parcel: undo.undo_dispatch(parcel.pk, now=last_moment) for parcel in sent]
    claims = [lambda: confirmations.claim_confirmation(shop.account.pk, now=end, machine_now=end) for _ in sent]
    outcomes = at_once(*(verb for pair in zip(undone, claims, strict=True) for verb in pair))
    taken_back, claimed = outcomes[::2].count(None), sum(1 for one in outcomes[1::2] if one is not None)
    assert all(one is None or "with Amazon already" in str(one) for one in outcomes[::2])
    assert taken_back + Confirmation.objects.count() == len(sent)
    assert Confirmation.objects.filter(state=ConfirmationState.ATTEMPTED).count() == claimed
    assert StockLevel.objects.get(item=shop.items[0]).on_hand == 50 - len(sent) + taken_back


def test_a_sale_and_a_reading_at_the_same_moment_count_it_once(committed):
    shop = Shop()
    pool = a_site("FBA UK", ledger.SiteKind.FBA, "UK", shop.account)
    item = an_item("FBA-MUG")
    fba_stock.load_fba_levels(pool.pk, [FbaLevel(item.pk, 10)], read_at=NOW, now=NOW)
    sold_at = NOW + timedelta(minutes=1)
    order = an_order(shop.channel, pool, [(item, 1)], SalesOrderState.ISSUED, "SHIPPED", shipped_at=sold_at)
    line = order.lines.get()
    later = NOW + timedelta(minutes=2)
    outcomes = at_once(
        lambda: sold_from_fba(line, 1, shipped_at=sold_at, now=later),
        lambda: fba_stock.load_fba_levels(pool.pk, [FbaLevel(item.pk, 9)], read_at=later, now=later),
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert StockLevel.objects.get(item=item).on_hand == 9
    assert Movement.objects.filter(item=item).count() == 2


ADA = People(ADDRESS)


def customer_of(wanted, channel):
    """As a batch finds or makes it: its id."""
    customers = Customers(now=NOW)
    customers.read([wanted])
    name = id_sequence(Customer)
    found = customers.find_or_make(wanted, channel, ADA, OptionValues(), lambda: draw({name: 1})[name][0])
    customers.write()
    return found


def generic_customer(channel, placed_at):
    return customer_of(months_buyers(channel, placed_at), channel)


def test_two_first_orders_of_a_month_make_one_generic_customer(committed):
    shop = Shop()
    placed = NOW + timedelta(days=40)

    def buyer():
        return in_a_transaction(generic_customer, shop.channel, placed)

    found = at_once(*[buyer] * 4)
    assert [outcome for outcome in found if isinstance(outcome, Exception)] == []
    assert set(found) == {Customer.objects.get(generic=True).pk}


def test_two_channels_whose_codes_would_be_one_each_make_their_own(committed):
    shop = Shop()
    channels = [
        a_channel(shop.account, shop.site, marketplace, name=f"Amazon.co.uk {marketplace}")
        for marketplace in (DE, FR, IT)
    ]
    found = at_once(*[lambda own=own: in_a_transaction(generic_customer, own, NOW) for own in channels])
    assert [outcome for outcome in found if isinstance(outcome, Exception)] == []
    rows = Customer.objects.in_bulk(found)
    assert [rows[pk].generic_channel_id for pk in found] == [own.pk for own in channels]
    assert len({row.code for row in rows.values()}) == 3


def test_the_first_two_orders_of_a_new_buyer_make_one_customer(committed):
    """As two accounts' batches do it."""
    shop = Shop()

    def buyer():
        return in_a_transaction(customer_of, own_record(ADA), shop.channel)

    found = at_once(*[buyer] * 4)
    assert [outcome for outcome in found if isinstance(outcome, Exception)] == []
    assert set(found) == {Customer.objects.get().pk}


def test_two_takers_of_the_same_messages_take_each_order_once(committed):
    shop = Shop()
    orders = [incoming_order(a_line("SKU-1"), number=f"026-000000{number}-0000001") for number in range(6)]
    a_listing(shop.account, "SKU-1", shop.items[1], (UK,))
    raws = [RawOrder(order.amazon_order_id, repr(order).encode()) for order in orders]
    inbox.keep_page(shop.account.pk, raws, NextCursor(NOW, (UK,)), now=NOW)
    rows = RawMessage.objects.order_by("pk")
    messages = [Message(row.pk, order) for row, order in zip(rows, orders, strict=True)]
    outcomes = at_once(*[lambda: take_orders.take_batch(messages, now=NOW) for _ in range(3)])
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert SalesOrder.objects.count() == 6
    assert StockLevel.objects.get(item=shop.items[1]).allocated == 6


def test_a_batch_waits_for_no_row_longer_than_two_seconds(committed):
    shop = Shop()
    order = incoming_order(number="026-0000001-0000001")
    inbox.keep_order(shop.account.pk, RawOrder(order.amazon_order_id, b"1"), now=NOW)
    messages = [Message(RawMessage.objects.get().pk, order)]
    take_orders.take_batch(messages, now=NOW)
    with transaction.atomic():
        ImportedOrder.objects.select_for_update().get()
        (outcome,) = at_once(lambda: take_orders.take_batch(messages, now=NOW))
    assert isinstance(outcome, OperationalError)


def test_a_later_press_is_refused(db):
    """Also the one test here that asks for a database in pytest-django's way, so that there is one."""
    shop = Shop()
    order = shop.order((shop.items[0], 1))
    shipments.dispatch(order.pk, service_id=shop.service.pk, now=NOW)
    with pytest.raises(Refused):
        shipments.dispatch(order.pk, service_id=shop.service.pk, now=NOW)
