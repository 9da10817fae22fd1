"""Each parcel is sent once, whatever dies in between; every way ends with Amazon's own order as the judge."""

from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.factories.shipping import a_service
from tests.factories.stock import a_site, an_item
from tests.sync.fake_amazon import After, FakeAmazon, SteppedClock

from wharfinger.amazon.errors import (
    AccessDenied,
    NotAnsweredAsPromised,
    Refused,
    ServerFault,
    TimedOut,
    Unreachable,
)
from wharfinger.db.models import Activity, Confirmation, Problem, SalesOrder
from wharfinger.domain.orders.order import IncomingPackage
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.operations.installation._problem_steps import Problems
from wharfinger.operations.shipping import confirmations, parcels, shipments
from wharfinger.operations.shipping._confirmation_steps import confirm_seen_packages, wait_again
from wharfinger.operations.stock import ledger
from wharfinger.sync import shipments_out
from wharfinger.sync.translate.shipments import to_confirm_shipment

pytestmark = pytest.mark.django_db


def foreign(carrier, number):
    """A parcel in Amazon's order that somebody else put there."""
    return SimpleNamespace(carrier_code="Other", carrier_name=carrier, tracking_number=number)


class Shop:
    """Parcels that were dispatched, with confirmations that wait."""

    def __init__(self, parcels=1):
        self.account = an_account()
        self.site = a_site()
        self.channel = a_channel(self.account, self.site)
        self.clock = SteppedClock(NOW)
        self.amazon = FakeAmazon.of(self.account, self.clock)
        self.item, self.service = an_item(), a_service()
        ledger.receive_stock(self.item.pk, self.site.pk, 100, now=NOW)
        self.orders = [self.send() for _ in range(parcels)]

    def send(self):
        order = an_allocated_order(self.channel, self.site, [(self.item, 1)])
        shipments.dispatch(order.pk, service_id=self.service.pk, now=self.clock.now())
        return order

    def message(self):
        """The first parcel as it would be sent."""
        row = Confirmation.objects.select_related("shipment__service", "shipment__order__channel").order_by("pk")[0]
        return to_confirm_shipment(confirmations._message(row))

    def run(self):
        return shipments_out.run(self.account.pk, self.amazon, self.clock)

    def states(self):
        return list(Confirmation.objects.order_by("pk").values_list("state", flat=True))

    def times_sent(self):
        return Counter(order for order, _ in self.amazon.named("confirmShipment"))

    def held(self):
        return [self.amazon.packages[order.order_ref]["1"].tracking_number for order in self.orders]


def test_a_confirmation_is_sent_in_the_form_of_amazons_model():
    shop = Shop()
    shop.run()
    (order,) = shop.orders
    package = shop.amazon.packages[order.order_ref]["1"]
    assert package.marketplace_id == shop.channel.marketplace_id
    assert (package.carrier_code, package.carrier_name) == ("Other", "Demo Courier")
    assert (package.tracking_number, package.ship_date) == (f"DC{order.pk:08d}001", NOW)
    assert [(item.order_item_id, item.quantity) for item in package.items] == [(order.lines.get().order_item_id, 1)]
    assert shop.states() == ["accepted"]


def test_the_channels_own_courier_mapping_is_used():
    shop = Shop()
    shop.channel.courier_mappings.create(service=shop.service, carrier_code="DPD", shipping_method="Next Day")
    shop.run()
    package = shop.amazon.packages[shop.orders[0].order_ref]["1"]
    assert (package.carrier_code, package.carrier_name, package.shipping_method) == ("DPD", "", "Next Day")


@pytest.mark.parametrize(
    ("mapped", "sent"),
    [
        (None, ("Other", "Demo Courier", "Tracked 24")),
        (("Other", "Demo Courier", ""), ("Other", "Demo Courier", "Tracked 24")),
        (("Other", "Demo Courier", "Parcel"), ("Other", "Demo Courier", "Parcel")),
        (("DPD", "", ""), ("DPD", "", "")),
    ],
)
def test_the_shipping_method_goes_whenever_mapping_or_service_knows_it(mapped, sent):
    shop = Shop()
    shop.service.amazon_shipping_method = "Tracked 24"
    shop.service.save()
    if mapped:
        names = ("carrier_code", "carrier_name", "shipping_method")
        shop.channel.courier_mappings.create(service=shop.service, **dict(zip(names, mapped, strict=True)))
    shop.run()
    package = shop.amazon.packages[shop.orders[0].order_ref]["1"]
    assert (package.carrier_code, package.carrier_name, package.shipping_method) == sent


def test_run_twice_it_tells_once_and_the_look_confirms():
    shop = Shop(3)
    shop.run()
    shop.run()
    shop.clock.advance(minutes=8)
    shop.run()
    assert set(shop.times_sent().values()) == {1}
    assert shop.states() == ["confirmed"] * 3


def test_the_ordinary_search_confirms_without_a_look():
    shop = Shop()
    shop.run()
    number = shop.held()[0]
    confirm_seen_packages(shop.orders[0], [IncomingPackage("1", tracking_number=number)], now=shop.clock.now())
    shop.clock.advance(minutes=8)
    shop.run()
    assert shop.states() == ["confirmed"]
    assert shop.amazon.named("getOrder") == []


def test_the_earliest_ship_by_goes_first():
    shop = Shop(2)
    first, second = shop.orders
    second.ship_by = NOW + timedelta(hours=1)
    second.save()
    shop.run()
    assert [order for order, _ in shop.amazon.named("confirmShipment")] == [second.order_ref, first.order_ref]


def test_without_tokens_nothing_counts_as_attempted():
    shop = Shop(3)
    shop.amazon.tokens["confirmShipment"] = 2
    result = shop.run()
    assert result.waiting_for == "the rate limit of confirmShipment"
    assert shop.states() == ["accepted", "accepted", "waiting"]
    assert Confirmation.objects.order_by("pk").last().attempts == 0
    del shop.amazon.tokens["confirmShipment"]
    shop.clock.advance(seconds=5)
    shop.run()
    assert set(shop.times_sent().values()) == {1}


class TestDoubt:
    def test_a_lost_answer_is_looked_up_and_not_reported_again(self):
        shop = Shop()
        shop.amazon.faults["confirmShipment"].append(After(TimedOut("confirmShipment", outcome_unknown=True)))
        shop.run()
        assert shop.states() == ["attempted"]
        shop.run()
        assert shop.amazon.named("getOrder") == []
        shop.clock.advance(minutes=3)
        shop.run()
        assert shop.states() == ["confirmed"]
        assert set(shop.times_sent().values()) == {1}

    @pytest.mark.parametrize("arrived", [True, False])
    def test_killed_between_attempt_and_settling(self, arrived):
        shop = Shop()
        message = confirmations.claim_confirmation(shop.account.pk, now=NOW, machine_now=NOW)
        if arrived:
            shop.amazon.confirm_shipment(message.amazon_order_id, to_confirm_shipment(message))
        for _ in range(6):
            shop.run()
            shop.clock.advance(minutes=3)
        shop.clock.advance(minutes=8)
        shop.run()
        assert shop.states() == ["confirmed"]
        assert set(shop.times_sent().values()) == {1}
        assert shop.held()[0].startswith("DC")

    def test_it_is_not_looked_up_while_the_request_may_be_under_way(self):
        shop = Shop()
        confirmations.claim_confirmation(shop.account.pk, now=NOW, machine_now=NOW)
        shop.clock.advance(minutes=3)
        shop.amazon.whole_timeout = 600
        shop.run()
        assert shop.amazon.named("getOrder") == []
        assert shop.states() == ["attempted"]

    def test_one_look_that_shows_nothing_proves_nothing(self):
        shop = Shop()
        shop.amazon.faults["confirmShipment"].append(After(TimedOut("confirmShipment", outcome_unknown=True)))
        shop.run()
        shop.clock.advance(minutes=3)
        seen = shop.amazon.packages.pop(shop.orders[0].order_ref)
        shop.run()
        assert shop.states() == ["attempted"]
        shop.amazon.packages[shop.orders[0].order_ref] = seen
        shop.clock.advance(minutes=3)
        shop.run()
        assert shop.states() == ["confirmed"]
        assert set(shop.times_sent().values()) == {1}

    def test_what_surely_did_not_arrive_is_reported_after_a_pause(self):
        shop = Shop()
        shop.amazon.faults["confirmShipment"].append(Unreachable("confirmShipment"))
        shop.run()
        assert shop.states() == ["waiting"]
        shop.run()
        assert len(shop.amazon.named("confirmShipment")) == 1
        shop.clock.advance(seconds=30)
        shop.run()
        assert shop.states() == ["accepted"]

    def test_accepted_but_never_shown_is_reported_again_under_the_same_reference(self):
        shop = Shop()
        shop.run()
        shop.amazon.packages.clear()
        for _ in range(4):
            shop.clock.advance(minutes=8)
            shop.run()
        shop.run()
        assert shop.amazon.named("confirmShipment") == [(shop.orders[0].order_ref, 1)] * 2

    @pytest.mark.parametrize(
        "fault", [NotAnsweredAsPromised("getOrder", status=200), ServerFault("getOrder", status=500)]
    )
    def test_an_order_that_amazon_does_not_return_keeps_no_other_in_doubt(self, fault):
        shop = Shop(2)
        lost = After(TimedOut("confirmShipment", outcome_unknown=True))
        shop.amazon.faults["confirmShipment"] += [lost, lost]
        shop.run()
        shop.clock.advance(minutes=3)
        shop.amazon.faults["getOrder"].append(fault)
        shop.run()
        assert shop.states() == ["attempted", "confirmed"]
        shop.clock.advance(minutes=3)
        shop.run()
        assert shop.states() == ["confirmed", "confirmed"]
        assert set(shop.times_sent().values()) == {1}

    def test_an_amazon_that_returns_no_order_at_all_ends_the_run(self):
        shop = Shop(5)
        shop.amazon.faults["confirmShipment"] += [After(TimedOut("confirmShipment", outcome_unknown=True))] * 5
        with pytest.raises(TimedOut):
            shop.run()
        shop.clock.advance(minutes=3)
        shop.amazon.faults["confirmShipment"].clear()
        shop.amazon.faults["getOrder"] += [ServerFault("getOrder", status=500)] * 5
        with pytest.raises(ServerFault):
            shop.run()
        assert len(shop.amazon.named("getOrder")) == 3

    def test_amazons_faults_in_a_row_end_the_run(self):
        shop = Shop(5)
        fault = ServerFault("confirmShipment", status=503, outcome_unknown=True)
        shop.amazon.faults["confirmShipment"] += [fault] * 5
        with pytest.raises(ServerFault):
            shop.run()
        assert len(shop.amazon.named("confirmShipment")) == 3
        assert shop.states().count("waiting") == 2


class TestRefused:
    def test_a_refusal_opens_a_problem_with_amazons_message(self):
        shop = Shop(2)
        words = "The tracking ID does not match the expected format for the carrier."
        shop.amazon.faults["confirmShipment"].append(Refused("confirmShipment", status=400, message=words))
        shop.run()
        assert shop.states() == ["refused", "accepted"]
        problem = Problem.objects.get(kind="confirmation_refused")
        assert words in problem.cause
        parcels.send_again(Confirmation.objects.order_by("pk")[0].shipment_id, now=shop.clock.now())
        shop.run()
        shop.clock.advance(minutes=8)
        shop.run()
        problem.refresh_from_db()
        assert shop.states() == ["confirmed", "confirmed"]
        assert problem.solved_at is not None

    def refuse(self, shop, *, times, ship_by):
        SalesOrder.objects.update(ship_by=ship_by)
        refused = Refused("confirmShipment", status=400, message="Not now.")
        shop.amazon.faults["confirmShipment"] += [refused] * times

    def test_it_is_sent_again_by_itself_until_ship_by(self):
        shop = Shop()
        self.refuse(shop, times=3, ship_by=NOW + timedelta(days=1))
        dues = []
        for _ in range(4):
            due = shop.run().next_due
            dues.append(due - shop.clock.now())
            shop.clock.advance(seconds=(due - shop.clock.now()).total_seconds())
        assert dues[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
        shop.run()
        assert shop.states() == ["confirmed"]
        assert Problem.objects.get(kind="confirmation_refused").solved_at is not None
        assert Activity.objects.filter(text__contains="refused").count() == 1

    def test_after_ship_by_a_person_decides(self):
        shop = Shop()
        self.refuse(shop, times=9, ship_by=NOW + timedelta(minutes=40))
        for _ in range(12):
            shop.run()
            shop.clock.advance(minutes=15)
        assert len(shop.amazon.named("confirmShipment")) == 2
        assert shop.run().next_due is None
        assert shop.states() == ["refused"]

    def test_a_refusal_for_a_cancelled_order_asks_nothing_that_cannot_help(self):
        shop = Shop()
        SalesOrder.objects.update(cancelled_at=NOW)
        shop.amazon.faults["confirmShipment"].append(Refused("confirmShipment", status=400, message="Cancelled."))
        shop.run()
        assert shop.states() == ["refused"]
        assert not Problem.objects.exists()

    def test_already_fulfilled_is_done_only_when_amazon_shows_our_parcel(self):
        shop = Shop()
        order = shop.orders[0].order_ref
        shop.amazon.statuses[order] = "SHIPPED"
        held = shop.amazon.packages[order]["1"] = shop.message()
        shop.run()
        assert shop.states() == ["confirmed"]
        assert held.tracking_number.startswith("DC")
        assert not Problem.objects.exists()

    def test_already_fulfilled_with_another_parcel_names_what_amazon_holds(self):
        shop = Shop()
        order = shop.orders[0].order_ref
        shop.amazon.statuses[order] = "SHIPPED"
        shop.amazon.packages[order]["9"] = foreign("UPS", "1Z999AA10123456784")
        shop.run()
        assert shop.states() == ["not_shown"]
        problem = Problem.objects.get()
        assert problem.kind == "confirmation_not_shown"
        for words in ("another parcel: UPS, 1Z999AA10123456784.", "shipping automation", "order already fulfilled"):
            assert words in problem.cause

    def test_already_fulfilled_without_a_word_of_any_parcel_is_looked_at_a_few_times(self):
        shop = Shop()
        shop.amazon.statuses[shop.orders[0].order_ref] = "SHIPPED"
        states = []
        for _ in range(8):
            shop.run()
            states += shop.states()
            shop.clock.advance(minutes=4)
        assert states == ["attempted"] * 3 + ["not_shown"] * 5
        assert len(shop.amazon.named("confirmShipment")) == 1
        assert len(shop.amazon.named("getOrder")) == 4
        assert "shows no parcel for it" in Problem.objects.get().cause

    def test_shown_later_after_all_it_is_confirmed(self):
        shop = Shop()
        order = shop.orders[0]
        shop.amazon.statuses[order.order_ref] = "SHIPPED"
        shop.amazon.packages[order.order_ref]["9"] = foreign("UPS", "99999")
        shop.run()
        number = Confirmation.objects.get().shipment.tracking_number
        spaced = f" {number[:4].lower()} {number[4:]} "
        confirm_seen_packages(order, [IncomingPackage("7", tracking_number=spaced)], now=shop.clock.now())
        assert shop.states() == ["confirmed"]
        assert Problem.objects.get().solved_at == shop.clock.now()


class TestDropped:
    """Amazon answers 204 and keeps nothing of it."""

    def through(self, shop, hours):
        for _ in range(hours * 15):
            shop.run()
            shop.clock.advance(minutes=4)

    def test_it_is_sent_again_twice_and_then_a_person_decides(self):
        shop = Shop()
        shop.amazon.keeps_confirmations = False
        self.through(shop, 6)
        assert shop.amazon.named("confirmShipment") == [(shop.orders[0].order_ref, 1)] * 3
        assert shop.states() == ["not_shown"]
        assert Problem.objects.get().cause.endswith("Amazon accepted the confirmation and shows no parcel for it.")

    def test_of_a_shipped_order_with_another_carrier_it_is_not_sent_again(self):
        shop = Shop()
        order = shop.orders[0].order_ref
        shop.amazon.keeps_confirmations = False
        shop.run()
        shop.amazon.statuses[order] = "SHIPPED"
        shop.amazon.packages[order]["1"] = foreign("Amazon Shipping", "")
        self.through(shop, 6)
        assert len(shop.amazon.named("confirmShipment")) == 1
        assert shop.states() == ["not_shown"]
        assert "another parcel: Amazon Shipping, without a number." in Problem.objects.get().cause

    def test_the_late_alarm_is_not_lost(self):
        shop = Shop()
        shop.amazon.keeps_confirmations = False
        shop.orders[0].ship_by = NOW + timedelta(minutes=10)
        shop.orders[0].save()
        self.through(shop, 6)
        assert set(Problem.objects.values_list("kind", flat=True)) == {
            "confirmation_late",
            "confirmation_not_shown",
        }
        shop.amazon.keeps_confirmations = True
        parcels.send_again(Confirmation.objects.get().shipment_id, now=shop.clock.now())
        self.through(shop, 1)
        assert shop.states() == ["confirmed"]
        assert not Problem.objects.filter(solved_at=None).exists()

    def test_sent_again_by_a_person_it_has_its_two_tries_once_more(self):
        shop = Shop()
        shop.amazon.keeps_confirmations = False
        self.through(shop, 6)
        parcels.send_again(Confirmation.objects.get().shipment_id, now=shop.clock.now())
        self.through(shop, 6)
        assert len(shop.amazon.named("confirmShipment")) == 6
        assert shop.states() == ["not_shown"]


class TestOtherRefusals:
    def test_a_refusal_that_cannot_be_looked_into_stays_in_doubt(self):
        shop = Shop()
        shop.amazon.faults["confirmShipment"].append(Refused("confirmShipment", status=400, message="No."))
        shop.amazon.tokens["getOrder"] = 0
        shop.run()
        assert shop.states() == ["attempted"]

    def test_a_403_whose_order_can_be_read_is_about_that_order(self):
        shop = Shop(2)
        shop.amazon.faults["confirmShipment"].append(AccessDenied("confirmShipment", status=403))
        shop.run()
        assert shop.states() == ["refused", "accepted"]

    def test_lost_access_ends_the_run_and_keeps_the_message(self):
        shop = Shop(2)
        denied = AccessDenied("any", status=403)
        shop.amazon.faults["confirmShipment"].append(denied)
        shop.amazon.faults["getOrder"].append(denied)
        with pytest.raises(AccessDenied):
            shop.run()
        assert shop.states() == ["waiting", "waiting"]

    def test_a_carrier_that_cannot_be_written_is_refused_before_the_call(self):
        shop = Shop()
        shop.channel.courier_mappings.create(service=shop.service, carrier_code="Other", carrier_name="")
        shop.run()
        assert shop.states() == ["refused"]
        assert "carrier_name" in Confirmation.objects.get().error
        assert shop.amazon.named("confirmShipment") == []


def test_a_parcel_without_its_number_waits():
    shop = Shop()
    Confirmation.objects.get().shipment.__class__.objects.update(tracking_number="")
    assert shop.run().next_due is None
    assert shop.states() == ["waiting"]


def test_a_unit_that_is_cancelled_while_the_parcel_leaves_is_not_confirmed():
    shop = Shop()
    order = an_allocated_order(shop.channel, shop.site, [(shop.item, 3)])
    shipments.dispatch(order.pk, service_id=shop.service.pk, now=shop.clock.now())
    shop.amazon.faults["confirmShipment"] += [Refused("confirmShipment", status=400, message="No package.")] * 2
    shop.run()
    assert shop.states() == ["refused", "refused"]
    order.lines.update(quantity_cancelled=1)
    with transaction.atomic():
        problems = Problems()
        wait_again([order.pk], problems, now=shop.clock.now())
        problems.write(now=shop.clock.now())
    assert shop.states() == ["refused", "waiting"]
    assert Problem.objects.get(solved_at=None).sales_order == shop.orders[0]
    message = to_confirm_shipment(confirmations._message(Confirmation.objects.get(state="waiting")))
    assert [item.quantity for item in message.items] == [2]


def test_a_cancelled_orders_confirmation_is_never_late():
    shop = Shop()
    SalesOrder.objects.update(cancelled_at=NOW)
    shop.amazon.tokens["confirmShipment"] = 0
    shop.clock.advance(days=2)
    shop.run()
    assert not Problem.objects.exists()


def test_while_amazon_takes_no_confirmation_those_that_were_sent_are_looked_up():
    shop = Shop()
    shop.run()
    for _ in range(3):
        shop.send()
    shop.amazon.faults["confirmShipment"] += [ServerFault("confirmShipment", status=503)] * 9
    shop.clock.advance(minutes=10)
    with pytest.raises(ServerFault):
        shop.run()
    assert shop.states()[0] == "confirmed"


def test_late_is_alarmed_above_all_where_amazon_takes_no_confirmation():
    shop = Shop()
    shop.clock.advance(days=2)
    shop.amazon.faults["confirmShipment"].append(Unreachable("confirmShipment"))
    shop.amazon.faults["confirmShipment"] += [ServerFault("confirmShipment", status=503)] * 3
    shop.orders += [shop.send() for _ in range(3)]
    with pytest.raises(ServerFault):
        shop.run()
    assert Problem.objects.filter(kind="confirmation_late").exists()


def test_late_is_alarmed_and_solved():
    shop = Shop()
    shop.amazon.tokens["confirmShipment"] = 0
    shop.clock.advance(days=2)
    shop.run()
    problem = Problem.objects.get(kind="confirmation_late")
    del shop.amazon.tokens["confirmShipment"]
    shop.clock.advance(seconds=5)
    shop.run()
    shop.clock.advance(minutes=8)
    shop.run()
    problem.refresh_from_db()
    assert problem.solved_at is not None
    assert shop.states() == [ConfirmationState.CONFIRMED.value]
