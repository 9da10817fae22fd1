"""A sales order is split and merged: every part alone, and the Amazon order whole."""

import random
from decimal import Decimal

import pytest
from tests.factories.amazon_orders import later, line, order
from tests.factories.people import someone
from tests.factories.shipping import a_service
from tests.sync.orders_world import World

from wharfinger.db.models import (
    Allocation,
    Confirmation,
    ImportedOrder,
    Invoice,
    Problem,
    SalesOrder,
    SalesOrderLine,
    StockLevel,
)
from wharfinger.domain.installation.people import Role
from wharfinger.domain.orders.holding import HoldReason
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.operations.orders.actions import addresses, cancellations, holds, notes
from wharfinger.operations.orders.actions.merging import merge_parts
from wharfinger.operations.orders.actions.splitting import split_order
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping.shipments import dispatch
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db


class Split:
    """Ten mugs and one cup in the warehouse; an order of three mugs and two cups."""

    def __init__(self, cups=1, **changes):
        self.world = World()
        self.items = {sku: self.world.item(sku, units) for sku, units in (("MUG", 10), ("CUP", cups))}
        self.packer = someone(Role.WAREHOUSE)
        self.message = order(line("MUG", 3, each="3.35"), line("CUP", 2), **changes)
        self.world.hear(self.message)

    @property
    def parts(self):
        return list(SalesOrder.objects.order_by("part"))

    def split(self, place=0, **units):
        part = self.parts[place]
        lines = {row.pk: units[row.sku] for row in part.lines.all() if row.sku in units}
        return split_order(part.pk, units=lines, now=self.world.now(), user=self.packer)

    def merge(self, one=0, other=1):
        parts = self.parts
        return merge_parts(parts[one].pk, other_id=parts[other].pk, now=self.world.now(), user=self.packer)

    def dispatch(self, place=0, **more):
        return dispatch(
            self.parts[place].pk, service_id=self.service.pk, now=self.world.now(), user=self.packer, **more
        )

    @property
    def service(self):
        if not hasattr(self, "_service"):
            self._service = a_service()
        return self._service

    def state_report(self):
        """State, total and (sku, ordered, cancelled, shipped, allocated) of each part."""
        return [(part.state.value, part.total, sorted(self._lines(part))) for part in self.parts]

    def _lines(self, part):
        for row in part.lines.all():
            allocated = sum(Allocation.objects.filter(line=row).values_list("quantity", flat=True))
            yield row.sku, row.quantity_ordered, row.quantity_cancelled, row.quantity_shipped, allocated

    def levels(self):
        return {
            sku: StockLevel.objects.values_list("on_hand", "allocated").get(item=item)
            for sku, item in self.items.items()
        }


def test_some_units_and_a_line_leave_for_a_new_order_with_their_stock_and_money():
    shop = Split()
    before = shop.levels()
    new = shop.split(MUG=1, CUP=2)
    assert shop.state_report() == [
        ("ready_to_ship", Decimal("6.70"), [("MUG", 2, 0, 0, 2)]),
        ("awaiting_stock", Decimal("23.35"), [("CUP", 2, 0, 0, 1), ("MUG", 1, 0, 0, 1)]),
    ]
    assert (shop.levels(), new.imported.amazon_order_id) == (before, shop.message["orderId"])
    assert [part.divided for part in shop.parts] == [True, True]
    assert new.customer == shop.parts[0].customer
    assert Problem.objects.get(kind="awaiting_stock", solved_at=None).sales_order == new


def test_allocated_units_stay_with_what_the_order_still_needs():
    shop = Split()
    shop.split(CUP=1)
    assert shop.state_report() == [
        ("ready_to_ship", Decimal("20.05"), [("CUP", 1, 0, 0, 1), ("MUG", 3, 0, 0, 3)]),
        ("awaiting_stock", Decimal("10.00"), [("CUP", 1, 0, 0, 0)]),
    ]


def test_the_same_message_again_changes_nothing():
    shop = Split()
    shop.split(MUG=1)
    before = shop.state_report()
    shop.world.hear(later(shop.message))
    assert (shop.state_report(), ImportedOrder.objects.count()) == (before, 1)


def test_each_part_is_confirmed_by_its_items_under_numbers_of_its_own():
    shop = Split(cups=5)
    shop.split(MUG=1)
    parcels = [shop.dispatch(0), shop.dispatch(1)]
    assert [parcel.package_reference for parcel in parcels] == ["1", "2"]
    items = [sorted(parcel.lines.values_list("line__sku", "quantity")) for parcel in parcels]
    assert items == [[("CUP", 2), ("MUG", 2)], [("MUG", 1)]]
    assert [part.state for part in shop.parts] == ["shipped", "shipped"]
    assert sorted(Invoice.objects.values_list("total", flat=True)) == [Decimal("3.35"), Decimal("26.70")]


def test_amazon_counts_the_parcel_of_one_part_and_the_other_is_still_to_be_sent():
    shop = Split(cups=5)
    shop.split(CUP=2)
    shop.dispatch(1)
    mug, cup = shop.message["orderItems"]
    sent = {**cup, "fulfillment": {"quantityFulfilled": 2, "quantityUnfulfilled": 0}}
    package = {
        "packageReferenceId": "1",
        "trackingNumber": Confirmation.objects.get().shipment.tracking_number,
        "carrier": "Demo Courier",
        "packageItems": [{"orderItemId": cup["orderItemId"], "quantity": 2}],
    }
    partly_sent = later(shop.message, status="PARTIALLY_SHIPPED", orderItems=[mug, sent], packages=[package])
    shop.world.hear(partly_sent)
    assert [state for state, *_ in shop.state_report()] == ["ready_to_ship", "shipped"]
    assert Confirmation.objects.get().state == "confirmed"
    shop.world.hear(later(partly_sent, status="SHIPPED"))
    assert [part.state for part in shop.parts] == ["shipped", "shipped"]
    assert shop.levels() == {"MUG": (7, 0), "CUP": (3, 0)}


def test_what_amazon_cancels_reaches_the_part_that_can_still_change():
    shop = Split(cups=5)
    shop.split(MUG=1)
    shop.dispatch(1)
    mug, cup = shop.message["orderItems"]
    fewer = {
        **mug,
        "fulfillment": {"quantityFulfilled": 1, "quantityUnfulfilled": 1},
        "cancellation": {"cancellationExecution": {"cancelledBy": "BUYER"}},
    }
    shop.world.hear(later(shop.message, status="PARTIALLY_SHIPPED", orderItems=[fewer, cup]))
    assert [sorted(shop._lines(part)) for part in shop.parts] == [
        [("CUP", 2, 0, 0, 2), ("MUG", 2, 1, 0, 1)],
        [("MUG", 1, 0, 1, 0)],
    ]


def test_a_whole_cancelled_order_is_cancelled_in_every_part_and_frees_all():
    shop = Split()
    shop.split(MUG=1)
    shop.world.hear(later(shop.message, status="CANCELLED"))
    assert [part.state for part in shop.parts] == ["cancelled", "cancelled"]
    assert shop.levels() == {"MUG": (10, 0), "CUP": (1, 0)}


def test_a_line_that_amazon_states_no_more_is_not_sent_by_its_part():
    shop = Split()
    shop.split(CUP=2)
    shop.world.hear(later(shop.message, orderItems=shop.message["orderItems"][:1]))
    assert [part.state for part in shop.parts] == ["ready_to_ship", "cancelled"]


def test_a_new_address_reaches_every_part():
    shop = Split()
    shop.split(MUG=1)
    moved = {"deliveryAddress": {**shop.message["recipient"]["deliveryAddress"], "addressLine1": "2 Quay Street"}}
    shop.world.hear(later(shop.message, recipient=moved))
    assert [part.delivery["line_1"] for part in shop.parts] == ["2 Quay Street", "2 Quay Street"]


def test_an_order_held_for_its_address_is_held_in_every_part():
    shop = Split(cups=5, recipient={})
    shop.split(MUG=1)
    assert [part.state for part in shop.parts] == ["held", "held"]
    with pytest.raises(Refused, match="no complete delivery address"):
        shop.dispatch(1)
    shop.world.hear(later({**shop.message, "recipient": order(line("MUG"))["recipient"]}))
    assert ([part.state for part in shop.parts], shop.world.problems()) == (["ready_to_ship", "ready_to_ship"], set())


def test_a_hold_and_tags_go_along_and_one_part_is_released_alone():
    shop = Split(cups=5)
    pk = shop.parts[0].pk
    holds.hold_order(pk, reason=HoldReason.STOCK, now=shop.world.now(), user=shop.packer)
    notes.tag_order(pk, name="VIP", now=shop.world.now(), user=shop.packer)
    new = shop.split(MUG=1)
    holds.release_order(pk, now=shop.world.now(), user=shop.packer)
    shop.dispatch(0)
    with pytest.raises(Refused, match="is on hold"):
        shop.dispatch(1)
    assert new.tags.get().tag.name == "VIP"


def test_what_is_left_of_an_order_in_parcels_is_split_off_and_the_order_is_done():
    shop = Split(cups=1)
    first = shop.parts[0]
    lines = {row.pk: 3 for row in first.lines.filter(sku="MUG")}
    shop.dispatch(0, lines=lines)
    shop.split(CUP=2)
    assert [state for state, *_ in shop.state_report()] == ["shipped", "awaiting_stock"]
    assert Invoice.objects.get(order=first).total == Decimal("10.05")


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ({}, "no units were given"),
        ({"MUG": 0}, "no units were given"),
        ({"MUG": 4}, "between 0 and 3 units"),
        ({"MUG": -1}, "between 0 and 3 units"),
        ({"MUG": 3, "CUP": 2}, "all units of"),
    ],
)
def test_a_split_that_cannot_be_is_refused_and_nothing_changes(units, said):
    shop = Split()
    before = shop.state_report()
    with pytest.raises(Refused, match=said) as refused:
        shop.split(**units)
    assert (refused.value.field, shop.state_report()) == ("lines", before)


def test_a_closed_or_pending_order_is_not_split():
    shop = Split(cups=5)
    shop.dispatch(0)
    with pytest.raises(Refused, match="is shipped. There is nothing left to split"):
        shop.split(MUG=1)
    pending = order(line("MUG", 2), status="PENDING")
    shop.world.hear(pending)
    lines = {row.pk: 1 for row in shop.world.sale(pending).lines.all()}
    with pytest.raises(Refused, match="is pending"):
        split_order(shop.world.sale(pending).pk, units=lines, now=shop.world.now(), user=shop.packer)


def test_parts_are_merged_back_to_what_the_order_was():
    shop = Split()
    before = shop.state_report()
    levels = shop.levels()
    shop.split(MUG=1, CUP=1)
    notes.add_note(shop.parts[1].pk, text="Gift", now=shop.world.now(), user=shop.packer)
    shop.merge(1, 0)
    kept, gone = shop.parts
    assert (shop.state_report()[0], shop.levels()) == (before[0], levels)
    assert (gone.state, gone.merged_into, gone.total, gone.lines.count()) == ("merged", kept, None, 0)
    assert (kept.divided, kept.notes.get().text, Problem.objects.filter(solved_at=None).count()) == (False, "Gift", 1)
    shop.world.hear(later(shop.message))
    assert (shop.state_report()[0], shop.parts[1].state) == (before[0], SalesOrderState.MERGED)


def test_stock_that_comes_serves_the_part_that_waits():
    shop = Split()
    shop.split(CUP=2)
    ledger.receive_stock(shop.items["CUP"].pk, shop.world.warehouse.pk, 5, now=shop.world.now())
    assert [state for state, *_ in shop.state_report()] == ["ready_to_ship", "ready_to_ship"]


def test_a_part_that_was_dispatched_another_order_and_two_addresses_are_not_merged():
    shop = Split(cups=5)
    shop.split(MUG=1)
    other = order(line("MUG", 1))
    shop.world.hear(other)
    with pytest.raises(Refused, match="two Amazon orders"):
        merge_parts(shop.parts[0].pk, other_id=shop.world.sale(other).pk, now=shop.world.now(), user=shop.packer)
    with pytest.raises(Refused, match="Choose another part"):
        merge_parts(shop.parts[0].pk, other_id=shop.parts[0].pk, now=shop.world.now(), user=shop.packer)
    shop.world.sale(other).delete()
    address = addresses.read_address(shop.parts[1].delivery)
    SalesOrder.objects.filter(part=2).update(own_delivery={**shop.parts[1].delivery, "line_1": "Elsewhere 1"})
    assert address is not None
    with pytest.raises(Refused, match="different addresses"):
        shop.merge()
    SalesOrder.objects.filter(part=2).update(own_delivery=None)
    shop.dispatch(1)
    with pytest.raises(Refused, match="is shipped. There is nothing left to merge"):
        shop.merge()


def test_a_part_is_not_cancelled_as_a_whole_order():
    shop = Split()
    shop.split(MUG=1)
    with pytest.raises(Refused, match="was split"):
        cancellations.cancel_order(
            shop.parts[1].pk, reason=cancellations.CancelReason.NO_INVENTORY, now=shop.world.now(), user=shop.packer
        )


@pytest.mark.parametrize("seed", range(4))
def test_any_series_of_splits_and_merges_keeps_units_money_and_stock(seed):
    chance = random.Random(seed)
    shop = Split(cups=chance.randrange(3))
    before, levels = whole(shop), shop.levels()
    done = {"split": 0, "merge": 0}
    for _ in range(9):
        open_parts = [place for place, part in enumerate(shop.parts) if part.state is not SalesOrderState.MERGED]
        merges = len(open_parts) > 1 and chance.random() < 0.4
        try:
            if merges:
                shop.merge(*chance.sample(open_parts, 2))
            else:
                shop.split(chance.choice(open_parts), MUG=chance.randrange(3), CUP=chance.randrange(2))
        except Refused:
            continue
        finally:
            assert (whole(shop), shop.levels()) == (before, levels)
        done["merge" if merges else "split"] += 1
        shop.world.hear(later(shop.message))
        assert (whole(shop), shop.levels()) == (before, levels)
    assert min(done.values()) > 0
    while len(open_parts := [part for part in shop.parts if part.state is not SalesOrderState.MERGED]) > 1:
        merge_parts(open_parts[0].pk, other_id=open_parts[1].pk, now=shop.world.now(), user=shop.packer)
    assert (shop.parts[0].total, whole(shop)) == (before[0], before)


def whole(shop):
    """Total, and by SKU units and money of its rows and allocated units: of all parts together."""
    sums = {}
    for row in SalesOrderLine.objects.all():
        allocated = sum(Allocation.objects.filter(line=row).values_list("quantity", flat=True))
        held = sums.get(row.sku, (0, 0, 0, Decimal(0), Decimal(0)))
        own = (row.quantity_ordered, row.quantity_cancelled, allocated, row.amount_item, row.amount_total)
        sums[row.sku] = tuple(one + other for one, other in zip(held, own, strict=True))
    return sum(part.total for part in shop.parts if part.total is not None), sums
