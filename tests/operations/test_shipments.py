import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order, an_order
from tests.factories.shipping import a_service
from tests.factories.stock import a_site, an_item

from wharfinger.db.models import (
    Allocation,
    Confirmation,
    Invoice,
    KitComponent,
    Movement,
    Shipment,
    StockLevel,
)
from wharfinger.domain.orders.order import IncomingPackage, SalesOrderState
from wharfinger.domain.shipping.shipments import ConfirmationState, Tracking
from wharfinger.domain.stock.ledger import MovementReason
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import parcels, shipments
from wharfinger.operations.shipping._confirmation_steps import confirm_seen_packages
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db


class Shop:
    """One FBM channel, ten mugs and ten cups on the shelf, one courier that numbers parcels itself."""

    def __init__(self, **channel):
        self.site = a_site()
        self.channel = a_channel(an_account(), self.site, **channel)
        self.mug, self.cup = an_item("MUG"), an_item("CUP")
        self.service = a_service()
        for item in (self.mug, self.cup):
            ledger.receive_stock(item.pk, self.site.pk, 10, now=NOW)

    def order(self, *lines, **values):
        return an_allocated_order(self.channel, self.site, lines, **values)

    def dispatch(self, order, **values):
        return shipments.dispatch(order.pk, now=NOW, **{"service_id": self.service.pk, **values})

    def level(self, item):
        return StockLevel.objects.values_list("on_hand", "allocated").get(item=item, site=self.site)


def state_of(order):
    order.refresh_from_db()
    return order.state


def test_a_whole_order_leaves():
    shop = Shop()
    order = shop.order((shop.mug, 2), (shop.cup, 1))
    shipment = shop.dispatch(order)
    assert (shipment.package_reference, shipment.tracking_number) == ("1", f"DC{order.pk:08d}001")
    assert state_of(order) == SalesOrderState.SHIPPED.value
    assert order.shipped_at == NOW
    assert (shop.level(shop.mug), shop.level(shop.cup)) == ((8, 0), (9, 0))
    assert not Allocation.objects.exists()
    sold = Movement.objects.filter(reason=MovementReason.SOLD.value)
    assert {(move.item.code, move.quantity, move.shipment_id) for move in sold} == {
        ("MUG", -2, shipment.pk),
        ("CUP", -1, shipment.pk),
    }
    assert shipment.confirmation.state == ConfirmationState.WAITING.value
    assert Invoice.objects.get().order == order


def test_parts_leave_in_several_parcels_and_the_last_one_closes_the_order():
    shop = Shop()
    order = shop.order((shop.mug, 3), (shop.cup, 1))
    mug = order.lines.get(item=shop.mug)
    first = shop.dispatch(order, lines={mug.pk: 2}, tracking_number="AB123")
    assert state_of(order) == SalesOrderState.PART_SHIPPED.value
    assert (shop.level(shop.mug), shop.level(shop.cup)) == ((8, 1), (10, 1))
    assert not Invoice.objects.exists()
    second = shop.dispatch(order)
    assert [first.package_reference, second.package_reference] == ["1", "2"]
    assert state_of(order) == SalesOrderState.SHIPPED.value
    assert dict(second.lines.values_list("line__sku", "quantity")) == {"MUG": 1, "CUP": 1}
    assert Invoice.objects.count() == 1


def test_a_kit_takes_its_components():
    shop = Shop()
    kit = an_item("SET")
    for part, units in ((shop.mug, 4), (shop.cup, 2)):
        KitComponent.objects.create(kit=kit, component=part, quantity=units)
    order = shop.order((kit, 2))
    line = order.lines.get()
    shop.dispatch(order, lines={line.pk: 1})
    assert (shop.level(shop.mug), shop.level(shop.cup)) == ((6, 4), (8, 2))
    shop.dispatch(order)
    assert (shop.level(shop.mug), shop.level(shop.cup)) == ((2, 0), (6, 0))


def test_a_second_press_sends_nothing_twice():
    shop = Shop()
    order = shop.order((shop.mug, 2))
    shop.dispatch(order, package=1)
    with pytest.raises(Refused, match="already dispatched"):
        shop.dispatch(order, package=1)
    assert Shipment.objects.count() == 1


def test_a_second_press_on_a_part_is_reported_by_the_parcels_number():
    shop = Shop()
    order = shop.order((shop.mug, 2))
    line = order.lines.get()
    shop.dispatch(order, lines={line.pk: 1}, package=1)
    with pytest.raises(Refused, match="dispatched in the meantime"):
        shop.dispatch(order, lines={line.pk: 1}, package=1)
    assert shop.level(shop.mug) == (9, 1)


@pytest.mark.parametrize(
    ("state", "amazon_status", "word"),
    [
        (SalesOrderState.CANCELLED, "CANCELLED", "cancelled"),
        (SalesOrderState.PENDING, "PENDING", "pending"),
        (SalesOrderState.SHIPPED, "SHIPPED", "already dispatched"),
    ],
)
def test_what_may_not_leave_is_refused(state, amazon_status, word):
    shop = Shop()
    order = an_order(shop.channel, shop.site, [(shop.mug, 1)], state, amazon_status)
    with pytest.raises(Refused, match=word):
        shop.dispatch(order)
    assert shop.level(shop.mug) == (10, 0)


def test_an_fba_order_is_refused():
    shop = Shop(kind="FBA")
    with pytest.raises(Refused, match="fulfilled by Amazon"):
        shop.dispatch(shop.order((shop.mug, 1)))


@pytest.mark.parametrize(("units", "word"), [(3, "only 2"), (-1, "negative"), (0, "no units to dispatch")])
def test_wrong_units_are_refused_by_line(units, word):
    shop = Shop()
    order = shop.order((shop.mug, 2))
    with pytest.raises(Refused, match=word) as refusal:
        shop.dispatch(order, lines={order.lines.get().pk: units})
    assert refusal.value.field == "lines"


def test_units_without_allocated_stock_stay():
    shop = Shop()
    order = shop.order((shop.mug, 12))
    assert state_of(order) == SalesOrderState.AWAITING_STOCK.value
    with pytest.raises(Refused, match="10 of 12"):
        shop.dispatch(order)
    shop.dispatch(order, lines={order.lines.get().pk: 10})
    assert state_of(order) == SalesOrderState.PART_SHIPPED.value
    assert shop.level(shop.mug) == (0, 0)


def test_a_held_line_stays_and_the_others_leave():
    shop = Shop()
    order = shop.order((shop.mug, 1), (None, 1))
    assert state_of(order) == SalesOrderState.READY_IN_PART.value
    held = order.lines.get(item=None).pk
    with pytest.raises(Refused, match="held"):
        shop.dispatch(order, lines={held: 1})
    shipment = shop.dispatch(order)
    assert [line.line.sku for line in shipment.lines.select_related("line")] == ["MUG"]
    assert state_of(order) == SalesOrderState.PART_SHIPPED.value
    with pytest.raises(Refused, match="held"):
        shop.dispatch(order)


@pytest.mark.parametrize(
    ("tracking", "typed", "word"),
    [
        (Tracking.BY_HAND, "", "needs its tracking number"),
        (Tracking.AT_ONCE, " ", "needs its tracking number"),
        (Tracking.BY_HAND, "x" * 61, "61 characters"),
        (Tracking.BY_HAND, "AB\n1234", "control character"),
        (Tracking.BY_HAND, "№ 56789", "letters, digits"),
        (Tracking.BY_HAND, "1,23457E+13", "spreadsheet"),
    ],
)
def test_a_tracking_number_is_needed_and_must_be_one(tracking, typed, word):
    shop = Shop()
    by_hand = a_service(name="By hand", tracking=tracking.value, gives_number=False)
    with pytest.raises(Refused, match=word) as refusal:
        shop.dispatch(shop.order((shop.mug, 1)), service_id=by_hand.pk, tracking_number=typed)
    assert refusal.value.field == "tracking_number"
    assert not Shipment.objects.exists()


def test_a_service_out_of_use_is_refused():
    shop = Shop()
    old = a_service(name="Old", active=False)
    with pytest.raises(Refused) as refusal:
        shop.dispatch(shop.order((shop.mug, 1)), service_id=old.pk)
    assert refusal.value.field == "service_id"


def test_files_are_exchanged_with_nobody_yet():
    shop = Shop()
    by_file = a_service(name="By file", tracking=Tracking.LATER.value, gives_number=False)
    with pytest.raises(Refused, match="not available yet") as refusal:
        shop.dispatch(shop.order((shop.mug, 1)), service_id=by_file.pk)
    assert refusal.value.field == "service_id"


def test_a_number_that_comes_later_waits_for_it():
    shop = Shop()
    late = a_service(name="Written later", tracking=Tracking.TYPED_LATER.value, gives_number=False)
    shipment = shop.dispatch(shop.order((shop.mug, 1)), service_id=late.pk)
    assert shipment.tracking_number == ""
    parcels.record_tracking(shipment.pk, "LATE-1", now=NOW)
    with pytest.raises(Refused, match="already"):
        parcels.record_tracking(shipment.pk, "LATE-2", now=NOW)
    shipment.refresh_from_db()
    assert shipment.tracking_number == "LATE-1"


@pytest.mark.parametrize("quiet", ["channel", "record_only"])
def test_what_amazon_is_not_reported(quiet):
    shop = Shop(dont_upload_order_status=quiet == "channel")
    order = shop.order((shop.mug, 1), record_only=quiet == "record_only")
    assert shop.dispatch(order).confirmation.state == ConfirmationState.NOT_SENT.value


class TestSeenAtAmazon:
    @pytest.mark.parametrize(
        ("package", "state"),
        [
            (IncomingPackage("1", tracking_number="AB123"), ConfirmationState.CONFIRMED),
            (IncomingPackage("1"), ConfirmationState.CONFIRMED),
            (IncomingPackage("7", tracking_number="AB123"), ConfirmationState.CONFIRMED),
            (IncomingPackage("1", tracking_number="OTHER"), ConfirmationState.WAITING),
            (IncomingPackage("2"), ConfirmationState.WAITING),
        ],
    )
    def test_our_parcel_is_known_by_its_number(self, package, state):
        shop = Shop()
        order = shop.order((shop.mug, 1))
        shop.dispatch(order, tracking_number="AB123")
        confirm_seen_packages(order, [package], now=NOW)
        assert Confirmation.objects.get().state == state.value
