"""A parcel that left is corrected: the newest version goes once, under the same reference, whatever dies between."""

from datetime import timedelta

import pytest
from tests.factories.ground import NOW
from tests.factories.shipping import a_service
from tests.sync.fake_amazon import After
from tests.sync.test_shipments_out import Shop

from wharfinger.amazon.errors import Refused as RefusedByAmazon
from wharfinger.amazon.errors import TimedOut
from wharfinger.db.models import Activity, AuditEntry, Confirmation, Problem, Shipment
from wharfinger.domain.orders.order import IncomingPackage
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import confirmations, parcels
from wharfinger.operations.shipping._confirmation_steps import confirm_seen_packages
from wharfinger.sync.translate.shipments import to_confirm_shipment

pytestmark = pytest.mark.django_db


class Corrected(Shop):
    """One parcel, sent to Amazon with DC…001."""

    def __init__(self):
        super().__init__()
        self.run()
        self.order = self.orders[0]
        self.number = Shipment.objects.get().tracking_number

    def correct(self, number="NEW-12345", service=None, **given):
        given.setdefault("now", self.clock.now())
        service = service or self.service
        parcels.correct_parcel(Shipment.objects.get().pk, service_id=service.pk, tracking_number=number, **given)

    def later(self, **by):
        self.clock.advance(**by)
        self.run()

    def calls(self):
        return len(self.amazon.named("confirmShipment"))

    def at_amazon(self):
        return {ref: package.tracking_number for ref, package in self.amazon.packages[self.order.order_ref].items()}


def test_a_new_number_edits_the_same_parcel_and_is_seen():
    shop = Corrected()
    shop.later(minutes=8)
    assert shop.states() == ["confirmed"]
    shop.correct(" NEW 12\u200b345 ")
    assert shop.states() == ["waiting"]
    shop.run()
    assert shop.at_amazon() == {"1": "NEW12345"}
    assert shop.states() == ["accepted"]
    shop.later(minutes=8)
    assert (shop.states(), shop.calls()) == (["confirmed"], 2)
    shop.later(hours=1)
    assert shop.calls() == 2


def test_who_corrected_what_is_written_down():
    shop = Corrected()
    shop.correct()
    entry = AuditEntry.objects.get(verb="correct parcel")
    assert entry.before == {"service": "Demo Courier Tracked 24", "tracking number": shop.number}
    assert entry.after == {"service": "Demo Courier Tracked 24", "tracking number": "NEW-12345"}
    assert Activity.objects.filter(text__contains=f"NEW-12345 (was Demo Courier Tracked 24, {shop.number})").exists()


def test_what_amazon_still_shows_of_the_old_version_confirms_nothing():
    shop = Corrected()
    shop.correct()
    old = IncomingPackage("1", tracking_number=shop.number)
    confirm_seen_packages(shop.order, [old], now=shop.clock.now())
    assert shop.states() == ["waiting"]
    shop.run()
    confirm_seen_packages(shop.order, [old], now=shop.clock.now())
    assert shop.states() == ["accepted"]


def test_corrected_while_an_attempt_is_under_way_only_the_newest_follows():
    shop = Shop()
    message = confirmations.claim_confirmation(shop.account.pk, now=NOW, machine_now=NOW)
    shipment = Shipment.objects.get()
    for number in ("SECOND-1", "THIRD-1"):
        parcels.correct_parcel(shipment.pk, service_id=shop.service.pk, tracking_number=number, now=NOW)
    assert shop.states() == ["attempted"]
    shop.run()
    assert shop.amazon.named("confirmShipment") == []
    confirmations.settle_confirmation(message.id, confirmations.Accepted(), now=NOW)
    shop.run()
    assert [package.tracking_number for package in shop.amazon.packages[shop.orders[0].order_ref].values()] == [
        "THIRD-1"
    ]
    assert len(shop.amazon.named("confirmShipment")) == 1
    assert shop.states() == ["accepted"]


@pytest.mark.parametrize("arrived", [True, False])
def test_corrected_after_the_worker_died_in_the_call(arrived):
    shop = Shop()
    message = confirmations.claim_confirmation(shop.account.pk, now=NOW, machine_now=NOW)
    if arrived:
        shop.amazon.confirm_shipment(message.amazon_order_id, to_confirm_shipment(message))
    shipment = Shipment.objects.get()
    parcels.correct_parcel(shipment.pk, service_id=shop.service.pk, tracking_number="SECOND-1", now=NOW)
    shop.run()
    assert shop.states() == ["attempted"], "the dead worker's request may still arrive"
    for _ in range(3):
        shop.clock.advance(minutes=4)
        shop.run()
    shop.clock.advance(minutes=8)
    shop.run()
    held = [package.tracking_number for package in shop.amazon.packages[shop.orders[0].order_ref].values()]
    assert (held, shop.states()) == (["SECOND-1"], ["confirmed"])


@pytest.mark.parametrize("applied", [True, False])
def test_a_correction_of_unknown_outcome_is_looked_up_before_it_is_sent_again(applied):
    shop = Corrected()
    shop.correct()
    fault = TimedOut("confirmShipment", outcome_unknown=True)
    shop.amazon.faults["confirmShipment"].append(After(fault) if applied else fault)
    shop.run()
    for _ in range(4):
        shop.later(minutes=4)
    shop.later(minutes=8)
    assert (shop.at_amazon(), shop.states()) == ({"1": "NEW-12345"}, ["confirmed"])
    assert shop.calls() == (2 if applied else 3)


def test_a_carrier_alone_is_confirmed_only_when_amazon_shows_another():
    shop = Corrected()
    shop.later(minutes=8)
    other = a_service(courier="DPD", name="Next Day", amazon_carrier_code="DPD", amazon_carrier_name="")
    other.amazon_shipping_method = "Next Day"
    other.save()
    shop.correct("15501234567890", shop.service)
    shop.later(minutes=1)
    shop.later(minutes=8)
    shop.correct("15501234567890", other)
    shop.run()
    package = shop.amazon.packages[shop.order.order_ref]["1"]
    assert (package.carrier_code, package.shipping_method) == ("DPD", "Next Day")
    stale = IncomingPackage("1", carrier="Demo Courier", tracking_number="15501234567890")
    confirm_seen_packages(shop.order, [stale], now=shop.clock.now())
    assert shop.states() == ["accepted"]
    shop.later(minutes=8)
    assert (shop.states(), shop.calls()) == (["confirmed"], 3)


def test_a_refused_correction_is_reported_though_the_order_counts_as_shipped():
    shop = Corrected()
    shop.amazon.statuses[shop.order.order_ref] = "SHIPPED"
    shop.correct()
    shop.run()
    assert shop.states() == ["refused"]
    problem = Problem.objects.get(kind="confirmation_refused")
    assert "“Correct carrier / tracking number”" in problem.remedy
    assert "“Send again”" in problem.remedy


def test_an_older_refusal_says_nothing_of_the_correction_behind_it():
    shop = Shop()
    message = confirmations.claim_confirmation(shop.account.pk, now=NOW, machine_now=NOW)
    shipment = Shipment.objects.get()
    parcels.correct_parcel(shipment.pk, service_id=shop.service.pk, tracking_number="SECOND-1", now=NOW)
    refusal = confirmations.RefusedByAmazon("No.", final=True)
    confirmations.settle_confirmation(message.id, refusal, now=NOW)
    assert (shop.states(), Problem.objects.count()) == (["waiting"], 0)


def test_sent_again_as_it_is_it_goes_once_more():
    shop = Corrected()
    shop.later(minutes=8)
    parcels.send_again(Shipment.objects.get().pk, seen_version=1, now=shop.clock.now())
    confirm_seen_packages(shop.order, [IncomingPackage("1", tracking_number=shop.number)], now=shop.clock.now())
    assert shop.states() == ["waiting"]
    shop.run()
    shop.later(minutes=8)
    assert (shop.states(), shop.calls()) == (["confirmed"], 2)


def test_without_a_token_it_still_waits_for_its_own_turn():
    shop = Corrected()
    shop.later(minutes=8)
    shop.amazon.tokens["confirmShipment"] = 0
    parcels.send_again(Shipment.objects.get().pk, now=shop.clock.now())
    shop.run()
    confirm_seen_packages(shop.order, [IncomingPackage("1", tracking_number=shop.number)], now=shop.clock.now())
    assert shop.states() == ["waiting"]


def test_pressed_twice_the_second_is_refused():
    shop = Corrected()
    shop.correct(seen_version=1)
    with pytest.raises(Refused, match="in the meantime"):
        shop.correct("NEW-99999", seen_version=1)
    assert Confirmation.objects.get().version == 2


def test_delivered_it_is_not_changed_any_more():
    shop = Corrected()
    shop.later(minutes=8)
    delivered = IncomingPackage("1", tracking_number=shop.number, delivered=True)
    confirm_seen_packages(shop.order, [delivered], now=shop.clock.now())
    for act in (shop.correct, lambda: parcels.send_again(Shipment.objects.get().pk, now=shop.clock.now())):
        with pytest.raises(Refused, match="delivered"):
            act()


def test_amazons_own_order_says_delivered_in_the_look():
    shop = Shop()
    shop.run()
    shop.amazon.parcel_statuses[(shop.orders[0].order_ref, "1")] = "DELIVERED"
    shop.clock.advance(minutes=8)
    shop.run()
    assert Shipment.objects.get().delivered_at == shop.clock.now()


def test_nothing_changed_is_no_correction():
    shop = Corrected()
    with pytest.raises(Refused, match="Nothing was changed"):
        shop.correct(shop.number)


def test_a_number_that_does_not_fit_its_carrier_needs_a_persons_word():
    shop = Corrected()
    post = a_service(courier="Royal Mail", name="T48", amazon_carrier_code="Royal Mail", amazon_carrier_name="")
    with pytest.raises(Refused, match="check digit") as refusal:
        shop.correct("AB123456789GB", post)
    assert refusal.value.field == "number_confirmed"
    shop.correct("AB123456789GB", post, number_confirmed=True)
    assert Shipment.objects.values_list("tracking_number", "number_confirmed").get() == ("AB123456789GB", True)


def test_a_correction_after_ship_by_is_not_late():
    shop = Corrected()
    shop.clock.advance(days=3)
    shop.correct()
    shop.amazon.tokens["confirmShipment"] = 0
    shop.later(hours=1)
    assert not Problem.objects.exists()
    assert Confirmation.objects.get().first_accepted_at == NOW
    assert shop.clock.now() - NOW > timedelta(days=2)


def test_a_refusal_of_the_first_version_is_fixed_by_the_correction():
    shop = Shop()
    shop.amazon.faults["confirmShipment"].append(RefusedByAmazon("confirmShipment", status=400, message="No."))
    shop.run()
    assert shop.states() == ["refused"]
    parcels.correct_parcel(
        Shipment.objects.get().pk, service_id=shop.service.pk, tracking_number="RIGHT-1", now=shop.clock.now()
    )
    shop.run()
    shop.clock.advance(minutes=8)
    shop.run()
    assert shop.states() == ["confirmed"]
    assert Problem.objects.get().solved_at is not None
