"""Transfers: what leaves one site is in transit, received, lost or back; never twice and never nowhere."""

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given
from hypothesis import strategies as st
from tests.factories.accounts import an_account
from tests.factories.allocating import change_allocated
from tests.factories.ground import NOW
from tests.factories.people import someone
from tests.factories.properties import on_rows, undone
from tests.factories.stock import a_level, a_listing, a_site, an_fba_site, an_item, check_the_ledger, level_of

from wharfinger.db.models import KitComponent, Movement, Site, StockLevel, StockNotice, TransferLine
from wharfinger.domain.installation.people import Role
from wharfinger.domain.stock.fba_stock import FbaLevel
from wharfinger.domain.stock.ledger import MovementReason, SiteKind
from wharfinger.domain.stock.transfers import Remainder, TransferState
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock.fba_stock import load_fba_levels
from wharfinger.operations.stock.ledger import adjust_stock, count_stock, receive_stock
from wharfinger.operations.stock.warehouse.transfers import (
    TransferEntry,
    cancel_transfer,
    close_transfer,
    draft_transfer,
    receive_transfer,
    send_transfer,
    set_units,
)

pytestmark = pytest.mark.django_db


def two_sites(units=10, *codes):
    source, target = a_site(), a_site("Shop", SiteKind.SHOP)
    items = [an_item(code) for code in codes or ("MUG",)]
    for item in items:
        a_level(item, source, units)
    return source, target, items


def drafted(source, target, units):
    """Units by item."""
    transfer = draft_transfer(TransferEntry(source.pk, target.pk), now=NOW)
    set_units(transfer.pk, {item.pk: count for item, count in units.items()}, now=NOW)
    return transfer


def sent(source, target, units):
    return send_transfer(drafted(source, target, units).pk, now=NOW)


def transit():
    return Site.objects.get(for_transfers=True)


def on_hand(item, *sites):
    return [level_of(item, site)[0] for site in sites]


def test_sent_units_are_in_transit_and_arrive_once():
    source, target, (mug,) = two_sites()
    transfer = drafted(source, target, {mug: 6})
    assert on_hand(mug, source, target) == [10, 0]
    for _ in range(2):
        assert send_transfer(transfer.pk, now=NOW).state is TransferState.SENT
    assert on_hand(mug, source, transit(), target) == [4, 6, 0]
    for _ in range(2):
        receive_transfer(transfer.pk, {mug.pk: 4}, now=NOW)
        assert on_hand(mug, source, transit(), target) == [4, 2, 4]
    for _ in range(2):
        done = receive_transfer(transfer.pk, {mug.pk: 6}, now=NOW)
        assert (done.state, on_hand(mug, source, transit(), target)) == (TransferState.RECEIVED, [4, 0, 6])
    moves = Movement.objects.filter(note=transfer.code).values_list("site__name", "quantity", "reason")
    assert set(moves) == {
        (site, units, MovementReason.TRANSFERRED)
        for site, units in (
            ("Main warehouse", -6), ("In transit", 6), ("In transit", -4), ("Shop", 4), ("In transit", -2), ("Shop", 2),
        )
    }  # fmt: skip
    check_the_ledger()


def test_units_of_orders_cannot_be_sent():
    source, target, (mug, cup) = two_sites(10, "MUG", "CUP")
    change_allocated(cup.pk, source.pk, 7, now=NOW)
    transfer = drafted(source, target, {mug: 10, cup: 4})
    with pytest.raises(Refused, match="CUP: 3 of 4 units are free at Main warehouse") as refused:
        send_transfer(transfer.pk, now=NOW)
    assert refused.value.field == f"item-{cup.pk}"
    assert on_hand(mug, source) == [10]
    assert not Movement.objects.filter(note=transfer.code).exists()
    set_units(transfer.pk, {cup.pk: 3}, now=NOW)
    assert send_transfer(transfer.pk, now=NOW).state is TransferState.SENT


@pytest.mark.parametrize(
    ("remainder", "levels", "parts"), [(Remainder.LOST, [4, 0, 4], (2, 0)), (Remainder.BACK, [6, 0, 4], (0, 2))]
)
def test_a_difference_is_closed_with_its_reason(remainder, levels, parts):
    source, target, (mug,) = two_sites()
    transfer = sent(source, target, {mug: 6})
    receive_transfer(transfer.pk, {mug.pk: 4}, now=NOW)
    with pytest.raises(Refused, match="reason of the difference"):
        close_transfer(transfer.pk, remainder, "  ", now=NOW)
    closed = close_transfer(transfer.pk, remainder, "pallet damaged", now=NOW, user=someone(Role.WAREHOUSE))
    assert (closed.state, closed.end_reason) == (TransferState.CLOSED, "pallet damaged")
    assert on_hand(mug, source, transit(), target) == levels
    assert TransferLine.objects.values_list("lost", "back").get() == parts
    assert Movement.objects.filter(note=f"{transfer.code}: pallet damaged").exists()
    check_the_ledger()


def test_amazons_own_reading_brings_what_was_sent_to_its_warehouse():
    source, _, (mug,) = two_sites()
    pool = an_fba_site(loaded=True)
    a_level(mug, pool, 5)
    transfer = sent(source, pool, {mug: 6})
    load_fba_levels(pool.pk, [FbaLevel(mug.pk, 5, inbound=6)], read_at=NOW, now=NOW)
    assert on_hand(mug, source, transit(), pool) == [4, 6, 5]
    load_fba_levels(pool.pk, [FbaLevel(mug.pk, 11)], read_at=NOW, now=NOW)
    receive_transfer(transfer.pk, {mug.pk: 6}, now=NOW)
    assert on_hand(mug, source, transit(), pool) == [4, 0, 11]
    check_the_ledger()


def test_a_draft_is_cancelled_and_what_was_sent_is_not():
    source, target, (mug,) = two_sites()
    draft, way = drafted(source, target, {mug: 2}), sent(source, target, {mug: 2})
    assert cancel_transfer(draft.pk, now=NOW).state is TransferState.CANCELLED
    for act, said in (
        (lambda: cancel_transfer(way.pk, now=NOW), "is sent"),
        (lambda: set_units(way.pk, {mug.pk: 1}, now=NOW), "is sent"),
        (lambda: send_transfer(draft.pk, now=NOW), "was cancelled"),
        (lambda: receive_transfer(draft.pk, {mug.pk: 1}, now=NOW), "was cancelled"),
    ):
        with pytest.raises(Refused, match=said):
            act()
    assert on_hand(mug, source, target) == [8, 0]


def test_what_cannot_be_transferred_is_refused():
    source, target, (mug,) = two_sites()
    pool, kit = an_fba_site(), an_item("KIT")
    KitComponent.objects.create(kit=kit, component=mug, quantity=2)
    way = sent(source, target, {mug: 2})
    draft = draft_transfer(TransferEntry(source.pk, target.pk), now=NOW)
    for field, act in (
        ("source", lambda: draft_transfer(TransferEntry(pool.pk, target.pk), now=NOW)),
        ("source", lambda: draft_transfer(TransferEntry(transit().pk, target.pk), now=NOW)),
        ("target", lambda: draft_transfer(TransferEntry(source.pk, transit().pk), now=NOW)),
        ("target", lambda: draft_transfer(TransferEntry(source.pk, source.pk), now=NOW)),
        ("", lambda: send_transfer(draft.pk, now=NOW)),
        (f"item-{kit.pk}", lambda: set_units(draft.pk, {kit.pk: 1}, now=NOW)),
        (f"item-{mug.pk}", lambda: set_units(draft.pk, {mug.pk: -1}, now=NOW)),
        (f"item-{mug.pk}", lambda: receive_transfer(way.pk, {mug.pk: 3}, now=NOW)),
        (f"item-{kit.pk}", lambda: receive_transfer(way.pk, {kit.pk: 1}, now=NOW)),
        ("site", lambda: receive_stock(mug.pk, transit().pk, 1, now=NOW)),
        ("site", lambda: count_stock(mug.pk, transit().pk, 1, now=NOW)),
        ("site", lambda: adjust_stock(mug.pk, transit().pk, -1, "broken", now=NOW)),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.field == field
    receive_transfer(way.pk, {mug.pk: 2}, now=NOW)
    assert on_hand(mug, source, transit(), target) == [8, 0, 2]


def test_a_receipt_is_not_taken_back():
    source, target, (mug,) = two_sites()
    transfer = sent(source, target, {mug: 6})
    receive_transfer(transfer.pk, {mug.pk: 4}, now=NOW)
    with pytest.raises(Refused, match="4 units are received already"):
        receive_transfer(transfer.pk, {mug.pk: 3}, now=NOW)
    assert on_hand(mug, target) == [4]


def test_sending_takes_as_many_statements_for_many_items_as_for_few():
    def statements(first, count):
        source, target = a_site(f"{first} from"), a_site(f"{first} to")
        items = [an_item(f"{first}{number}") for number in range(count)]
        for item in items:
            a_level(item, source, 9)
        transfer = drafted(source, target, dict.fromkeys(items, 5))
        with CaptureQueriesContext(connection) as sending:
            send_transfer(transfer.pk, now=NOW)
        with CaptureQueriesContext(connection) as receiving:
            receive_transfer(transfer.pk, {item.pk: 5 for item in items}, now=NOW)
        return len(sending), len(receiving)

    statements("ZERO", 1)  # makes the site for transfers
    assert statements("A", 2) == statements("B", 40)


def test_listings_of_the_item_are_looked_at_again_when_it_leaves_and_when_it_arrives():
    source, target, (mug,) = two_sites()
    listing = a_listing(an_account(), item=mug)
    transfer = sent(source, target, {mug: 6})
    assert StockNotice.objects.values_list("listing", "cause").get() == (listing.pk, f"Transfer {transfer.code} sent")
    receive_transfer(transfer.pk, {mug.pk: 6}, now=NOW)
    assert StockNotice.objects.values_list("cause", "version").get() == (f"Transfer {transfer.code} received", 2)


STEPS = ("send", "receive", "again", "lost", "back", "sell")
sequences = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 9)), min_size=3, max_size=10)


@on_rows(4)
@given(sequences)
@example(
    [("send", 5), ("receive", 2), ("send", 3), ("again", 2), ("lost", 1), ("receive", 3), ("send", 1), ("back", 1)]
)
@undone()
def test_no_unit_is_lost_or_doubled_on_the_way(db, sequence):
    """On hand is the sum of movements at every step, and all sites together hold what was neither lost nor sold."""
    source, target, (mug,) = two_sites(30)
    gone, ways = 0, []
    for verb, units in sequence:
        gone += _step(verb, units, mug, source, target, ways)
        check_the_ledger()
        assert StockLevel.objects.filter(item=mug).aggregate(sum=Sum("on_hand"))["sum"] == 30 - gone
        if ways:
            on_the_way = sum(way.lines.get().quantity - way.lines.get().received for way in ways)
            assert level_of(mug, transit())[0] == on_the_way


def _step(verb, units, mug, source, target, ways):
    """Units that are gone by it. `ways`: transfers in transit."""
    if verb == "sell":
        adjust_stock(mug.pk, source.pk, -units, "sold", now=NOW)
        return units
    if verb == "send":
        free = level_of(mug, source)[0]
        if units <= free:
            ways.append(sent(source, target, {mug: units}))
        else:
            with pytest.raises(Refused, match="units are free"):
                sent(source, target, {mug: units})
        return 0
    if not ways:
        return 0
    way = ways[0]
    line = way.lines.get()
    if verb in ("receive", "again"):
        more = units if verb == "receive" else 0
        done = receive_transfer(way.pk, {mug.pk: min(line.quantity, line.received + more)}, now=NOW)
        if done.state is TransferState.RECEIVED:
            ways.pop(0)
        return 0
    close_transfer(way.pk, Remainder(verb), "seen", now=NOW)
    ways.pop(0)
    return line.quantity - line.received if verb == "lost" else 0
