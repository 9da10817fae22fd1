"""Pick lists: made by the rules of dispatching, no order on two, and how their orders stand afterwards."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order, an_order
from tests.factories.people import someone
from tests.factories.shipping import a_service
from tests.factories.stock import a_site, an_item

from wharfinger.db.models import AuditEntry, KitComponent, PickList, PickListOrder, PickListUnits, SalesOrder
from wharfinger.db.queries.orders.sales_orders import Day
from wharfinger.db.queries.shipping.pick_lists import Until, WaveFilter, wave
from wharfinger.domain.orders.holding import HoldReason
from wharfinger.domain.shipping.pick_lists import PickListState, Standing
from wharfinger.operations.orders.actions import holds
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import pick_lists, shipments
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db


class Shop:
    """Mugs on a shelf, and a packer."""

    def __init__(self, units=20):
        self.site = a_site()
        self.channel = a_channel(an_account(), self.site)
        self.mug = an_item("MUG")
        self.service = a_service()
        self.packer = someone(username="pat")
        ledger.receive_stock(self.mug.pk, self.site.pk, units, now=NOW)

    def order(self, units=1, **values):
        return an_allocated_order(self.channel, self.site, [(self.mug, units)], **values)

    def make(self, *orders):
        return pick_lists.make_pick_list([order.pk for order in orders], now=NOW, user=self.packer)

    def ends(self, act, made):
        return act(made.list_id, now=NOW, user=self.packer)


def standings(list_id):
    return [(row.order_id, row.standing) for row in pick_lists.check_pick_list(list_id)]


def test_a_list_holds_what_may_leave_and_says_why_the_rest_stays():
    shop = Shop()
    two, held = shop.order(2), shop.order(on_hold_at=NOW)
    short, cancelled = shop.order(90), an_order(shop.channel, shop.site, [(shop.mug, 1)], "cancelled")
    made = shop.make(two, held, short, cancelled)
    assert made.orders == 1
    assert [(code, str(reason)) for code, reason in made.left_out] == [
        (held.code, f"{held.code} is on hold. Press Release on the order first, then dispatch it."),
        (short.code, "MUG: stock is allocated to 17 of 90 units. Receive stock, or dispatch fewer."),
        (cancelled.code, f"{cancelled.code} was cancelled. Do not dispatch it; its stock is available again."),
    ]
    row = PickList.objects.get(pk=made.list_id)
    assert (str(row), row.state, row.made_by) == (f"PL{row.pk:06d}", PickListState.OPEN, shop.packer)
    line = two.lines.get()
    assert list(PickListUnits.objects.values_list("entry__order", "line", "item", "site", "quantity")) == [
        (two.pk, line.pk, shop.mug.pk, shop.site.pk, 2)
    ]
    audit = AuditEntry.objects.get(noun="pick list")
    assert (audit.verb, audit.after) == ("made", {"orders": [two.code]})


def test_a_kit_is_fetched_as_its_components():
    shop = Shop()
    kit = an_item("SET")
    KitComponent.objects.create(kit=kit, component=shop.mug, quantity=3)
    order = an_allocated_order(shop.channel, shop.site, [(kit, 2)])
    made = shop.make(order)
    assert list(PickListUnits.objects.values_list("item", "quantity")) == [(shop.mug.pk, 6)]
    assert standings(made.list_id) == [(order.pk, Standing.TO_PICK)]


def test_an_order_is_on_one_open_list_until_that_ends_or_it_is_taken_off():
    shop = Shop()
    one, two = shop.order(), shop.order()
    first = shop.make(one, two)
    again = shop.make(one, two)
    assert (again.list_id, PickList.objects.count()) == (None, 1)
    assert str(again.left_out[0][1]) == (
        f"{one.code} is on pick list PL{first.list_id:06d} already. Take it off that list first."
    )
    assert pick_lists.take_off(first.list_id, order_id=one.pk, now=NOW, user=shop.packer) == one.code
    assert standings(first.list_id) == [(one.pk, Standing.TAKEN_OFF), (two.pk, Standing.TO_PICK)]
    assert shop.make(one).orders == 1
    shop.ends(pick_lists.discard_pick_list, first)
    assert shop.make(two).orders == 1
    with pytest.raises(Refused, match="is discarded already"):
        shop.ends(pick_lists.close_pick_list, first)
    with pytest.raises(Refused, match="is discarded already"):
        pick_lists.take_off(first.list_id, order_id=two.pk, now=NOW, user=shop.packer)


def test_what_happens_to_an_order_afterwards_shows_on_the_list():
    shop = Shop()
    gone, held, cancelled, fine, less = (shop.order(2) for _ in range(5))
    made = shop.make(gone, held, cancelled, fine, less)
    shipments.dispatch(gone.pk, service_id=shop.service.pk, now=NOW)
    holds.hold_order(held.pk, reason=HoldReason.OTHER, details="Call first", now=NOW, user=shop.packer)
    SalesOrder.objects.filter(pk=cancelled.pk).update(state="cancelled")
    shipments.dispatch(less.pk, service_id=shop.service.pk, lines={less.lines.get().pk: 1}, now=NOW)
    rows = pick_lists.check_pick_list(made.list_id)
    assert [(row.order_id, row.standing, sum(units.units for units in row.units)) for row in rows] == [
        (gone.pk, Standing.GONE, 2),
        (held.pk, Standing.STAYS, 2),
        (cancelled.pk, Standing.STAYS, 2),
        (fine.pk, Standing.TO_PICK, 2),
        (less.pk, Standing.CHANGED, 1),
    ]
    assert str(rows[1].reason).startswith(f"{held.code} is on hold.")
    shop.ends(pick_lists.close_pick_list, made)
    picked = SalesOrder.objects.exclude(picked_at=None).values_list("pk", flat=True)
    assert set(picked) == {fine.pk, less.pk}
    assert not PickListOrder.objects.filter(open=True).exists()


def test_nothing_and_too_much_are_refused():
    shop = Shop()
    with pytest.raises(Refused, match="Choose at least one"):
        shop.make()
    with pytest.raises(Refused, match="101 orders were chosen; a pick list has at most 100"):
        pick_lists.make_pick_list(range(1, 102), now=NOW, user=shop.packer)
    assert not PickList.objects.exists()


def test_statements_do_not_grow_with_the_orders():
    shop = Shop()
    counts = []
    for size in (1, 6):
        orders = [shop.order() for _ in range(size)]
        with CaptureQueriesContext(connection) as making:
            made = shop.make(*orders)
        with CaptureQueriesContext(connection) as looking:
            pick_lists.check_pick_list(made.list_id)
        counts.append((len(making), len(looking)))
    assert counts[0] == counts[1]


def test_a_wave_takes_the_most_urgent_that_fit():
    shop = Shop()
    other_site, other_service = a_site(name="Shop"), a_service(name="Express")
    shop.channel.options.update(courier_service=shop.service)
    later = shop.order(ship_by=NOW + timedelta(days=9))
    late = shop.order(ship_by=NOW - timedelta(hours=1))
    soon = shop.order(ship_by=NOW + timedelta(hours=1))
    shop.order(on_hold_at=NOW)
    shop.order(cancel_requested=True)
    shop.order(90)
    day = Day(NOW)
    assert wave(WaveFilter(), day) == (late.pk, soon.pk, later.pk)
    assert wave(WaveFilter(), day, 1) == (late.pk,)
    assert wave(WaveFilter(until=Until.LATE), day) == (late.pk,)
    assert wave(WaveFilter(until=Until.TODAY), day) == (late.pk, soon.pk)
    assert wave(WaveFilter(site_id=other_site.pk), day) == ()
    assert wave(WaveFilter(service_id=shop.service.pk), day) == (late.pk, soon.pk, later.pk)
    assert wave(WaveFilter(service_id=other_service.pk), day) == ()
    shop.make(late)
    assert wave(WaveFilter(), day) == (soon.pk, later.pk)
