from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum
from hypothesis import example, given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.factories.accounts import an_account
from tests.factories.allocating import change_allocated
from tests.factories.channels import a_channel
from tests.factories.ground import DE, NOW
from tests.factories.orders import an_order
from tests.factories.properties import chain, on_rows, undone
from tests.factories.stock import a_listing, a_site, an_item, level_of

from wharfinger.db.models import Allocation, KitComponent, Movement, Problem, StockLevel, StockNotice
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.stock.ledger import MovementReason, SiteKind
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import ledger
from wharfinger.operations.stock._stock_steps import Move, lock_levels, move_stock

pytestmark = pytest.mark.django_db


VERBS = ["receive", "count", "adjust", "sell", "promise", "release"]
moves = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(1, 50)), min_size=4, max_size=15)


@on_rows(2)
@given(moves)
@example([(verb, 1 + 17 * place % 50) for place, verb in enumerate(chain(VERBS))])
@undone()
def test_on_hand_is_always_the_sum_of_the_movements(db, sequence):
    item, site = an_item(), a_site()
    ledger.receive_stock(item.pk, site.pk, 10, now=NOW)
    for verb, units in sequence:
        _do(verb, item, site, units)
        level = StockLevel.objects.get(item=item, site=site)
        of_item = Movement.objects.filter(item=item, site=site)
        assert level.on_hand == of_item.aggregate(sum=Sum("quantity"))["sum"]
        assert level.on_hand == of_item.order_by("-pk")[0].on_hand_after
        assert level.allocated >= 0
        alarmed = Problem.objects.filter(kind="oversold", item=item, solved_at=None).exists()
        assert alarmed == (level.on_hand < 0)


def _do(verb, item, site, units):
    held = StockLevel.objects.get(item=item, site=site).allocated
    match verb:
        case "receive":
            ledger.receive_stock(item.pk, site.pk, units, now=NOW)
        case "count":
            ledger.count_stock(item.pk, site.pk, units, now=NOW)
        case "adjust":
            ledger.adjust_stock(item.pk, site.pk, -units, "broken", now=NOW)
        case "sell":
            move_stock(item.pk, site.pk, Move(-units, MovementReason.SOLD, allocated=min(units, held)), now=NOW)
        case "promise":
            change_allocated(item.pk, site.pk, units, now=NOW)
        case _:
            change_allocated(item.pk, site.pk, -held, now=NOW)


def test_a_movement_cannot_be_changed_or_deleted():
    movement = ledger.receive_stock(an_item().pk, a_site().pk, 3, now=NOW)
    for verb in (lambda: Movement.objects.filter(pk=movement.pk).update(quantity=4), movement.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            verb()


def test_a_count_that_agrees_moves_nothing_but_makes_the_level_known():
    item, site = an_item(), a_site()
    assert ledger.count_stock(item.pk, site.pk, 0, now=NOW) is None
    assert StockLevel.objects.get().counted_at == NOW
    assert not Movement.objects.exists()


@pytest.mark.parametrize(
    ("verb", "field"),
    [
        (lambda item, site: ledger.receive_stock(item, site, 0, now=NOW), "quantity"),
        (lambda item, site: ledger.receive_stock(item, 0, 1, now=NOW), "site"),
        (lambda item, site: ledger.receive_stock(0, site, 1, now=NOW), "item"),
        (lambda item, site: ledger.count_stock(item, site, -1, now=NOW), "counted"),
        (lambda item, site: ledger.count_stock(item, site, 10**9, now=NOW), "counted"),
        (lambda item, site: ledger.adjust_stock(item, site, 0, "found", now=NOW), "by"),
        (lambda item, site: ledger.adjust_stock(item, site, 2, " ", now=NOW), "note"),
        (lambda item, site: ledger.adjust_stock(item, site, 2, "found", now=NOW), "by"),
    ],
)
def test_bad_input_is_refused_by_field_and_nothing_is_written(verb, field):
    item, site = an_item(), a_site()
    with pytest.raises(Refused) as refusal:
        verb(item.pk, site.pk)
    assert refusal.value.field == field
    assert not Movement.objects.exists()


def test_fba_levels_are_not_changed_by_hand():
    site = a_site("FBA UK", SiteKind.FBA, "UK")
    with pytest.raises(Refused, match="mirrors Amazon's stock"):
        ledger.receive_stock(an_item().pk, site.pk, 1, now=NOW)


def test_every_change_of_available_stock_puts_a_notice_and_wakes_the_flow():
    account, site, item = an_account(), a_site(), an_item()
    a_channel(account, site)
    listing = a_listing(account, item=item)
    ledger.receive_stock(item.pk, site.pk, 7, now=NOW)
    notice = StockNotice.objects.get()
    assert (notice.listing_id, notice.version, notice.urgency) == (listing.pk, 1, 0)
    change_allocated(item.pk, site.pk, 7, now=NOW + timedelta(seconds=1))
    notice.refresh_from_db()
    assert (notice.version, notice.urgency, notice.raised_at) == (2, 2, NOW)
    jobs = ProcrastinateJob.objects.filter(task_name="run_flow", args__flow="stock_out")
    assert [job.args["account_id"] for job in jobs] == [account.pk]


def test_a_component_s_stock_notices_its_kits():
    account, site, part, kit = an_account(), a_site(), an_item("PART"), an_item("KIT")
    KitComponent.objects.create(kit=kit, component=part, quantity=2)
    a_channel(account, site)
    listing = a_listing(account, "KIT", kit)
    ledger.receive_stock(part.pk, site.pk, 4, now=NOW)
    assert StockNotice.objects.get().listing_id == listing.pk


def test_a_sale_of_allocated_units_sends_amazon_nothing_new():
    account, site, item = an_account(), a_site(), an_item()
    a_channel(account, site)
    a_listing(account, item=item)
    ledger.receive_stock(item.pk, site.pk, 7, now=NOW)
    change_allocated(item.pk, site.pk, 2, now=NOW)
    StockNotice.objects.all().delete()
    move_stock(item.pk, site.pk, Move(-2, MovementReason.SOLD, allocated=2), now=NOW)
    assert level_of(item, site) == (5, 0)
    assert not StockNotice.objects.exists()


def test_new_stock_goes_to_the_order_that_must_leave_first():
    account, site, item = an_account(), a_site(), an_item()
    channel = a_channel(account, site)
    waiting = SalesOrderState.AWAITING_STOCK
    late = an_order(channel, site, [(item, 2)], waiting, ship_by=NOW + timedelta(days=3))
    soon = an_order(channel, site, [(item, 2)], waiting, ship_by=NOW + timedelta(days=1))
    ledger.receive_stock(item.pk, site.pk, 3, now=NOW)
    late.refresh_from_db()
    soon.refresh_from_db()
    assert (soon.state, late.state) == ("ready_to_ship", "awaiting_stock")
    assert dict(Allocation.objects.values_list("line__order", "quantity")) == {soon.pk: 2, late.pk: 1}
    assert level_of(item, site) == (3, 3)


def test_levels_are_made_once_and_locked_in_order():
    first, second, site = an_item("A"), an_item("B"), a_site()
    with transaction.atomic():
        held = lock_levels([(second.pk, site.pk), (first.pk, site.pk)])
        assert list(held) == [(first.pk, site.pk), (second.pk, site.pk)]
        assert lock_levels(held) == held


def test_an_oversell_is_shown_alarmed_and_solved():
    item, site = an_item(), a_site()
    ledger.receive_stock(item.pk, site.pk, 1, now=NOW)
    move_stock(item.pk, site.pk, Move(-3, MovementReason.SOLD), now=NOW)
    assert level_of(item, site) == (-2, 0)
    assert Problem.objects.get(kind="oversold").solved_at is None
    ledger.count_stock(item.pk, site.pk, 0, now=NOW)
    assert Problem.objects.get(kind="oversold").solved_at == NOW


def test_two_marketplaces_of_one_sku_make_one_notice():
    account, site, item = an_account(), a_site(), an_item()
    a_channel(account, site)
    a_channel(account, site, DE)
    a_listing(account, item=item, marketplaces=(DE, "A1F83G8C2ARO7P"))
    ledger.receive_stock(item.pk, site.pk, 1, now=NOW)
    assert StockNotice.objects.count() == 1
