"""FBM Ship+: only a label bought from Amazon ships such an order, and nothing is ever sent of it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.couriers import a_code, a_label_service
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.factories.people import someone
from tests.factories.shipping import a_service
from tests.factories.stock import a_site, an_item
from tests.sync.fake_amazon import FakeAmazon, SteppedClock

from wharfinger.amazon.errors import NotFound
from wharfinger.db.models import Confirmation, Installation, Problem, Shipment
from wharfinger.db.queries.orders.sales_order_page import sales_order_page
from wharfinger.db.queries.shipping.undo import undoable
from wharfinger.domain.shipping.ship_plus import PROGRAM
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import labels, parcels, shipments, undo
from wharfinger.operations.shipping._parcel_steps import Parcel
from wharfinger.operations.shipping.labels import LabelEntry
from wharfinger.operations.stock import ledger
from wharfinger.sync import shipments_out

pytestmark = pytest.mark.django_db
NUMBER = "H0012345678901234"
HOME = {"name": "Paula Parker", "line_1": "1 Quay Street", "town": "Bristol", "postcode": "BS1 4RW", "country": "GB"}


class Shop:
    def __init__(self, **order):
        self.account = an_account()
        self.site = a_site()
        self.channel = a_channel(self.account, self.site)
        self.clock = SteppedClock(NOW)
        self.amazon = FakeAmazon.of(self.account, self.clock)
        self.item, self.service = an_item(), a_service()
        ledger.receive_stock(self.item.pk, self.site.pk, 100, now=NOW)
        values = {"programs": [PROGRAM], "ship_by": NOW + timedelta(days=1), **order}
        self.order = an_allocated_order(self.channel, self.site, [(self.item, 1)], **values)

    def dispatch(self, number=NUMBER):
        return shipments.dispatch(
            self.order.pk, service_id=self.service.pk, tracking_number=number, now=self.clock.now()
        )

    def run(self, **later):
        self.clock.advance(**later)
        return shipments_out.run(self.account.pk, self.amazon, self.clock)

    def amazon_shows(self, number=NUMBER):
        parcel = SimpleNamespace(carrier_code="Evri", carrier_name="", tracking_number=number)
        self.amazon.packages[self.order.order_ref]["1"] = parcel
        self.amazon.statuses[self.order.order_ref] = "SHIPPED"

    @property
    def row(self):
        return Confirmation.objects.get()

    def sent(self):
        return list(self.amazon.named("confirmShipment"))

    def looks(self):
        return len(list(self.amazon.named("getOrder")))


def test_its_parcel_waits_for_amazon_and_nothing_is_sent():
    shop = Shop()
    shop.dispatch()
    for _ in range(6):
        shop.run(minutes=30)
    assert (shop.row.state, shop.sent()) == ("amazons_own", [])
    assert 3 <= shop.looks() <= 6
    assert not Problem.objects.exists()


def test_what_amazon_shows_confirms_it():
    shop = Shop()
    shop.dispatch()
    shop.amazon_shows()
    shop.run(minutes=20)
    assert (shop.row.state, shop.sent()) == ("confirmed", [])


def test_before_ship_by_a_person_sees_what_amazon_does_not_show_and_later_it_is_closed():
    shop = Shop()
    shop.dispatch()
    shop.run(hours=21)
    assert not Problem.objects.exists()
    shop.run(hours=2)
    problem = Problem.objects.get()
    assert (problem.kind, problem.solved_at) == ("confirmation_not_shown", None)
    assert "Only a label bought from Amazon" in problem.cause
    shop.run(minutes=70)
    assert Problem.objects.count() == 1
    shop.amazon_shows()
    shop.run(minutes=70)
    assert (shop.row.state, Problem.objects.get().solved_at is None, shop.sent()) == ("confirmed", False, [])


def test_what_a_person_marked_as_done_is_not_opened_again():
    shop = Shop()
    shop.dispatch()
    shop.run(hours=23)
    Problem.objects.update(solved_at=NOW, closed_by=someone())
    shop.run(hours=2)
    assert Problem.objects.count() == 1


def test_a_parcel_that_has_just_left_is_given_its_time_before_anybody_is_alarmed():
    shop = Shop(ship_by=NOW + timedelta(hours=1))
    shop.dispatch()
    shop.run(minutes=1)
    assert not Problem.objects.exists()
    shop.run(minutes=20)
    assert Problem.objects.count() == 1


def test_a_look_that_fails_is_done_again():
    shop = Shop()
    shop.dispatch()
    shop.amazon.faults["getOrder"].append(NotFound("getOrder"))
    shop.run(minutes=20)
    shop.amazon_shows()
    shop.run(minutes=5)
    assert shop.row.state == "confirmed"


@pytest.mark.parametrize("shown_before", [False, True])
def test_a_corrected_number_is_looked_up_and_never_sent(shown_before):
    shop = Shop()
    shipment = shop.dispatch("H0099999999999999")
    if shown_before:
        shop.amazon_shows("H0099999999999999")
        shop.run(minutes=20)
        assert shop.row.state == "confirmed"
    parcels.correct_parcel(
        shipment.pk, service_id=shop.service.pk, tracking_number=NUMBER, number_confirmed=True, now=shop.clock.now()
    )
    assert shop.row.state == "amazons_own"
    shop.run(minutes=1)
    shop.amazon_shows()
    shop.run(minutes=70)
    assert (shop.row.state, shop.sent()) == ("confirmed", [])


def test_it_cannot_be_sent_again():
    shop = Shop()
    shipment = shop.dispatch()
    shop.amazon_shows()
    for _ in range(2):
        with pytest.raises(Refused, match="Amazon shows it automatically"):
            parcels.send_again(shipment.pk, now=shop.clock.now())
        shop.run(minutes=20)
    assert (shop.row.state, shop.sent()) == ("confirmed", [])


def test_its_dispatch_can_be_undone_while_its_time_lasts():
    shop = Shop()
    Installation.objects.update(undo_minutes=2)
    shipment = shop.dispatch()
    page = sales_order_page(shop.order.pk, with_personal_data=False)
    assert page is not None
    assert page.shipments[0].may_undo(shop.clock.now())
    assert [one.shipment_id for one in undoable([shipment.pk], shop.clock.now())] == [shipment.pk]
    undo.undo_dispatch(shipment.pk, now=shop.clock.now())
    assert not Confirmation.objects.exists()


# --- no other label


@pytest.mark.parametrize("number", ["", "  "])
def test_it_does_not_leave_without_the_number_of_amazons_label(number):
    """The service would number the parcel itself."""
    shop = Shop()
    with pytest.raises(Refused, match="only a label bought from Amazon") as refused:
        shop.dispatch(number)
    assert refused.value.field == "tracking_number"
    assert not Shipment.objects.exists()


def test_of_many_orders_it_alone_stays():
    shop = Shop()
    other = an_allocated_order(shop.channel, shop.site, [(shop.item, 1)])
    done = shipments.dispatch_many([Parcel(shop.order.pk, shop.service.pk), Parcel(other.pk, shop.service.pk)], now=NOW)
    assert [one.refused is None for one in done] == [False, True]


def test_no_label_is_bought_for_it_from_a_courier():
    shop = Shop(delivery=HOME)
    shop.site.country = "GB"
    shop.site.save()
    service = a_label_service(a_code())
    line = shop.order.lines.get()
    entry = LabelEntry(service_id=service.pk, units={line.pk: 1}, number=1, grams=300)
    with pytest.raises(Refused, match="Ship") as refused:
        labels.request_label(shop.order.pk, entry, now=NOW, user=someone())
    assert refused.value.field == "service_id"


def test_its_page_says_so():
    shop = Shop()
    page = sales_order_page(shop.order.pk, with_personal_data=False)
    assert page is not None
    assert page.ship_plus
