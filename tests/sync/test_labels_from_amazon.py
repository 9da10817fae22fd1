"""Labels bought from Amazon: one of its books' labels for each of ours, whatever happens in between."""

import contextlib
import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings
from pypdf import PdfReader
from tests.factories.accounts import an_account
from tests.sync.buy_shipping_shop import BuyingShop, killed_before_commit, label, problems
from tests.sync.whole_amazon import UK, Wire

from amazon_simulator.world.entities import Package
from wharfinger.amazon.transport import Transport
from wharfinger.cli.installation_tasks import InstallationTasks
from wharfinger.cli.privacy.erasing import erase_all
from wharfinger.db.models import (
    Confirmation,
    CourierLabel,
    Installation,
    Marketplace,
    Problem,
    SalesOrder,
    Shipment,
)
from wharfinger.db.stored_offers import read_offers
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.shipping.connections import CheckKind
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.offers import extras_of
from wharfinger.domain.shipping.ship_plus import is_ship_plus
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import connections, labels, offering, parcels, undo
from wharfinger.sync import labels_out

pytestmark = pytest.mark.django_db


def bought_package(shop):
    """By Amazon's own hand: confirmShipment names a reference of ours."""
    (found,) = shop.bought()
    return found["packageReferenceId"]


def test_a_label_is_bought_by_the_services_rule_and_amazon_confirms_its_parcel_itself():
    shop = BuyingShop()
    order = shop.sale(2)
    shop.request(order)
    shop.run_labels()
    row = label()
    assert (row.state, problems()) == (LabelState.READY, []), row.error
    (bought,) = shop.bought()
    assert (row.identifier, row.tracking_number) == (bought["shipmentId"], bought["trackingNumber"])
    assert (float(row.price), row.currency) == (bought["rate"]["Amount"], "GBP")
    assert bytes(row.document).startswith(b"\x89PNG")
    assert row.protections["included"] == bought["benefits"]["includedBenefits"]
    assert row.purchase_key == bought["idempotencyKey"]
    assert (row.offers, row.choice, row.purchase) == (None, None, None)
    shop.pass_time(minutes=20)
    shop.run("orders_in", "take_orders")
    order.refresh_from_db()
    assert (order.state, order.imported.amazon_status) == ("ready_to_ship", "SHIPPED")
    shop.dispatch(row)
    assert (Shipment.objects.get().amazons_label, Confirmation.objects.get().state) == (True, "amazons_own")
    shop.pass_time(minutes=30)
    shop.run("shipments_out")
    assert (Confirmation.objects.get().state, problems()) == ("confirmed", [])
    (package,) = shop.at_amazon(order).packages
    assert (package.tracking_number, package.reference) == (row.tracking_number, bought_package(shop))


# --- whatever happens to the call


@pytest.mark.parametrize("fault", ["cut_before", "cut_after", "html", "broken_json", "throttle", "refuse 500"])
@pytest.mark.parametrize("operation", ["getRates", "purchaseShipment"])
def test_whatever_happens_to_a_call_one_label_is_bought(operation, fault):
    shop = BuyingShop()
    shop.request(shop.sale())
    kind, _, status = fault.partition(" ")
    shop.fault(kind, operation, **({"status": int(status)} if status else {}))
    shop.settle(seconds=30)
    assert (label().state, problems()) == (LabelState.READY, []), label().error
    (bought,) = shop.bought()
    assert (label().tracking_number, label().purchase_key) == (bought["trackingNumber"], bought["idempotencyKey"])


def test_an_outcome_in_doubt_is_the_same_purchase_again_under_the_same_key():
    shop = BuyingShop()
    shop.request(shop.sale())
    shop.fault("cut_after", "purchaseShipment")
    shop.run_labels()
    shop.pass_time(seconds=5)
    shop.run_labels()
    row = label()
    key, sent = row.purchase_key, row.purchase
    assert (row.state, len(shop.bought())) == (LabelState.ATTEMPTED, 1)
    shop.fault("cut_before", "purchaseShipment")
    shop.pass_time(seconds=30)
    shop.run_labels()
    row = label()
    assert (row.state, row.purchase_key, row.purchase) == (LabelState.ATTEMPTED, key, sent)
    shop.settle(seconds=60)
    assert (label().state, len(shop.bought())) == (LabelState.READY, 1)


class Killed(BaseException):
    """SIGKILL: nothing catches it."""


class KillingWire:
    """Kills before or after the call of that place."""

    def __init__(self, wire, place, when):
        self._wire, self._left, self._when = wire, place, when

    def handle_request(self, request):
        due = "/shipping/" in str(request.url)
        self._left -= due
        if due and self._left < 0 and self._when == "before":
            self._left = 99
            raise Killed
        answer = self._wire.handle_request(request)
        if due and self._left < 0:
            self._left = 99
            raise Killed
        return answer

    def close(self):
        pass


STORIES = [("buys", 0), ("buys", 1), ("in doubt", 2), ("voids", 2), ("label missing", 2)]
"""What happens, and how many calls go well before the worker is killed: at each that the story makes."""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("story", "place"), STORIES)
def test_killed_at_any_call_no_label_is_bought_twice_and_none_is_lost(story, place, when):
    shop = BuyingShop()
    shop.request(shop.sale())
    if story == "in doubt":
        shop.fault("cut_after", "purchaseShipment")
    if story == "label missing":
        shop.fault("members", "purchaseShipment", without=["payload.packageDocumentDetails.0.packageDocuments"])
    shop.transport = Transport(http=KillingWire(Wire(shop.amazon.simulator), place, when))
    for turn in range(10):
        with contextlib.suppress(Killed):
            shop.run_labels()
        if turn == 0 and story == "voids":
            labels.void_label(label().pk, now=shop.clock.now(), user=shop.packer)
        shop.pass_time(seconds=40)
    state, held = (LabelState.VOIDED, 0) if story == "voids" else (LabelState.READY, 1)
    assert (label().state, len(shop.bought()), problems()) == (state, held, []), label().error
    every = shop.amazon.control("labels")["labels"]
    assert [row["shipmentId"] for row in every] == [label().identifier]


@pytest.mark.parametrize("story", ["buys", "voids"])
def test_killed_before_any_commit_no_label_is_bought_twice_and_none_is_lost(story):
    shop = BuyingShop()
    order = shop.sale()
    for place in range(1, 50):
        CourierLabel.objects.all().delete()
        shop.request(order)
        if story == "voids":
            shop.settle(seconds=20)
            labels.void_label(label().pk, now=shop.clock.now(), user=shop.packer)
        whole = killed_before_commit(place, shop.run_labels)
        shop.settle(seconds=20)
        mine = [
            row
            for row in shop.amazon.control("labels")["labels"]
            if row["packageClientReferenceId"] == label().reference
        ]
        assert [row["shipmentId"] for row in mine] == [label().identifier], place
        assert label().state is (LabelState.VOIDED if story == "voids" else LabelState.READY), place
        if label().state is LabelState.READY:
            labels.void_label(label().pk, now=shop.clock.now(), user=shop.packer)
            shop.settle(seconds=20)
        if whole:
            break
    assert whole
    assert place > 3


# --- offers


def test_offers_that_expired_are_fetched_again_and_bought_under_another_key():
    shop = BuyingShop()
    shop.request(shop.sale())
    shop.fault("cut_before", "purchaseShipment")
    shop.run_labels()
    key = label().purchase_key
    CourierLabel.objects.update(state=LabelState.WAITING, purchase_calls=0)  # surely not bought
    shop.pass_time(minutes=20)
    shop.settle()
    assert (label().state, len(shop.bought())) == (LabelState.READY, 1)
    assert label().purchase_key != key


def test_offers_that_amazon_calls_expired_at_the_first_attempt_are_fetched_again():
    shop = BuyingShop()
    shop.request(shop.sale())
    shop.fault("refuse", "purchaseShipment", status=400, code="TOKEN_EXPIRED", message="expired")
    shop.settle(seconds=20)
    assert (label().state, len(shop.bought()), problems()) == (LabelState.READY, 1, [])


def test_expired_at_a_repeat_proves_nothing_and_a_person_looks():
    shop = BuyingShop()
    shop.request(shop.sale())
    shop.fault("cut_before", "purchaseShipment")
    shop.run_labels()
    shop.pass_time(minutes=20)
    shop.run_labels()
    assert (label().state, problems()) == (LabelState.ATTEMPTED, ["LABEL_MISSING"])
    assert shop.bought() == []
    labels.note_not_bought(label().pk, now=shop.clock.now(), user=shop.packer)
    assert (label().state, problems(), label().purchase) == (LabelState.REFUSED, [], None)
    shop.request(label().order)
    shop.settle(seconds=20)
    assert (label().state, len(shop.bought())) == (LabelState.READY, 1)


def test_a_person_chooses_with_what_comes_along_and_that_is_bought():
    shop = BuyingShop()
    shop.request(shop.sale(), by_hand=True)
    shop.run_labels()
    row = label()
    assert (row.state, shop.bought()) == (LabelState.CHOOSING, [])
    offers = read_offers(row.offers)
    dear = max(offers.offers, key=lambda one: one.price)
    signed = tuple(max(group.extras, key=lambda one: one.price).id for group in dear.groups if group.required)
    offering.choose_offer(row.pk, offers.token, dear.rate_id, signed, now=shop.clock.now(), user=shop.packer)
    shop.run_labels()
    (bought,) = shop.bought()
    assert (bought["shippingServiceId"], tuple(bought["valueAddedServices"])) == (dear.service_id, signed)
    assert float(label().price) == bought["rate"]["Amount"] == float(dear.total(signed))


def test_a_choice_of_expired_offers_is_bought_for_the_same_price_and_chosen_again_for_a_higher():
    shop = BuyingShop()
    shop.request(shop.sale(), by_hand=True)
    shop.run_labels()
    offers = read_offers(label().offers)
    one = offers.offers[0]
    extras = extras_of(one, ())
    shop.pass_time(minutes=30)
    offering.choose_offer(label().pk, offers.token, one.rate_id, extras, now=shop.clock.now(), user=shop.packer)
    CourierLabel.objects.update(choice={**label().choice, "price": "0.10"})
    shop.run_labels()
    assert (label().state, label().error) == (
        LabelState.CHOOSING, "The offers had expired, and what was chosen costs more now. Choose again."
    )  # fmt: skip
    offers = read_offers(label().offers)
    one = next(each for each in offers.offers if each.service_id == one.service_id)
    shop.pass_time(minutes=30)
    offering.choose_offer(label().pk, offers.token, one.rate_id, extras, now=shop.clock.now(), user=shop.packer)
    shop.run_labels()
    assert (label().state, shop.bought()[0]["shippingServiceId"]) == (LabelState.READY, one.service_id)


def test_offers_that_were_fetched_meanwhile_are_not_bought_by_what_an_older_page_says():
    shop = BuyingShop()
    shop.request(shop.sale(), by_hand=True)
    shop.run_labels()
    with pytest.raises(Refused, match="fetched again"):
        offering.choose_offer(label().pk, "another", "1", (), now=shop.clock.now(), user=shop.packer)


def test_customs_data_are_entered_and_sent_with_the_purchase():
    shop = BuyingShop()
    order = shop.sale()
    shop.at_amazon(order).buyer.country = "FR"
    shop.request(order, by_hand=True)
    shop.run_labels()
    offers = read_offers(label().offers)
    one = offers.offers[0]
    assert one.needs_inputs
    offering.choose_offer(
        label().pk, offers.token, one.rate_id, extras_of(one, ()), now=shop.clock.now(), user=shop.packer
    )
    shop.run_labels()
    assert (label().state, sorted(label().offers["schema"]["required"])[0]) == (
        LabelState.CHOOSING,
        "contentDescription",
    )
    entered = {
        "harmonizedSystemCode": "691200",
        "countryOfOrigin": "CN",
        "contentDescription": "A mug",
        "nonDeliveryInstruction": "RETURN",
    }
    with pytest.raises(Refused, match="Country where the goods were made"):
        offering.enter_inputs(
            label().pk, {**entered, "countryOfOrigin": "China"}, now=shop.clock.now(), user=shop.packer
        )
    offering.enter_inputs(label().pk, entered, now=shop.clock.now(), user=shop.packer)
    shop.run_labels()
    assert (label().state, problems()) == (LabelState.READY, [])
    (shipment,) = shop.amazon.simulator.shipping.shipments.values()
    assert shipment.inputs == entered


NO_OFFER = {
    "another carrier": ({"code": "UPS"}, {}, "UPS is not among Amazon's offers"),
    "no such extra": ({"extras": "TEA_AND_BISCUITS"}, {}, "No offer has TEA_AND_BISCUITS"),
    "too long": ({}, {"sides": (390, 20, 10)}, "Amazon offers no label for this parcel.*nothing longer"),
}


@pytest.mark.parametrize(("line", "entry", "words"), NO_OFFER.values(), ids=NO_OFFER)
def test_what_is_not_offered_is_said_with_amazons_reasons_and_frees_the_units(line, entry, words):
    shop = BuyingShop(**line)
    order = shop.sale()
    shop.request(order, **entry)
    shop.run_labels()
    assert (label().state, problems(), shop.bought()) == (LabelState.REFUSED, ["LABEL_REFUSED"], [])
    assert re.search(words, label().error)
    shop.request(order, by_hand=True)


# --- refused before anything is sent, and by Amazon


def another_account(shop, order):
    type(shop.connection).objects.update(account=an_account("Another", "A9OTHER"))


def before(shop, order):
    pass


BEFORE = {
    "no sender": (lambda shop, order: shop.sender.delete(), {}, "sender address of"),
    "no weight": (lambda shop, order: type(shop.item).objects.update(weight_grams=None), {}, "Give the weight"),
    "heavy": (before, {"grams": 70_001}, "70001 g; .* takes 1 to 70000 g"),
    "another account": (another_account, {}, "another seller account than that of Amazon"),
    "no size": (lambda shop, order: type(shop.line).objects.update(length_cm=None), {}, "length, width and height"),
    "own address": (
        lambda shop, order: SalesOrder.objects.update(own_delivery={**order.delivery, "line_1": "2 Quay Street"}),
        {},
        "was corrected here",
    ),
    "Germany": (
        lambda shop, order: Marketplace.objects.filter(pk=UK).update(country="DE"),
        {},
        "sells no labels by its API",
    ),
}


@pytest.mark.parametrize(("change", "entry", "words"), BEFORE.values(), ids=BEFORE)
def test_what_has_no_offers_is_refused_before_any_call(change, entry, words):
    shop = BuyingShop()
    order = shop.sale()
    change(shop, order)
    with pytest.raises(Refused, match=words):
        shop.request(order, **entry)
    assert not CourierLabel.objects.exists()


REFUSALS = {
    "address": ({"details": "ShipFrom.postalCode is not valid"}, "sender address"),
    "money": ({"details": "The charge method of the account was declined"}, "Charge methods"),
    "service": ({"details": "Requested weight is not supported by the rate"}, "weight and size"),
    "other": ({"details": "Something else"}, "Compare offers"),
}


@pytest.mark.parametrize(("said", "remedy"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_said_in_amazons_words_with_its_remedy(said, remedy):
    shop = BuyingShop()
    shop.request(shop.sale())
    shop.fault("refuse", "purchaseShipment", status=400, code="InvalidRequest", message="Not valid", **said)
    shop.run_labels()
    problem = Problem.objects.get()
    assert (label().state, problem.kind.name) == (LabelState.REFUSED, "LABEL_REFUSED")
    assert said["details"] in problem.cause
    assert remedy in problem.remedy


def test_access_refused_is_one_problem_and_the_labels_wait():
    shop = BuyingShop()
    for _ in range(2):
        shop.request(shop.sale())
    shop.fault("denied", "getRates")
    shop.run_labels()
    assert problems() == ["COURIER_REFUSES_KEY"]
    shop.settle(seconds=30)
    assert (len(shop.bought()), problems()) == (2, [])


def test_an_account_without_authorisation_buys_nothing_and_says_so():
    shop = BuyingShop()
    shop.request(shop.sale())
    labels_out.run(InstallationTasks(settings.WHARFINGER, shop.transport, shop.clock).courier, shop.clock)
    assert (label().state, label().error) == (LabelState.WAITING, "This process speaks to no Amazon.")


def test_a_label_that_did_not_come_with_its_purchase_is_fetched():
    shop = BuyingShop()
    shop.request(shop.sale())
    shop.fault("members", "purchaseShipment", without=["payload.packageDocumentDetails.0.packageDocuments"])
    shop.run_labels()
    shop.settle(seconds=20)
    assert (label().state, len(shop.bought()), problems()) == (LabelState.READY, 1, [])


@pytest.mark.parametrize(("label_format", "beginning"), [("png", b"\x89PNG"), ("pdf", b"%PDF-"), ("zpl", b"^XA")])
def test_the_label_comes_in_the_format_of_the_services_rule(label_format, beginning):
    shop = BuyingShop(label_format=label_format)
    shop.request(shop.sale())
    shop.run_labels()
    document = bytes(label().document)
    assert (document.startswith(beginning), label().label_format) == (True, label_format)
    if label_format == "zpl":
        assert f"^FD{label().tracking_number}".encode() in document.replace(b"^FD>:", b"^FD")
    if label_format == "pdf":
        assert len(PdfReader(BytesIO(document)).pages) == 1


# --- what becomes of it


def test_a_bought_label_of_a_cancelled_order_is_voided_at_amazon():
    shop = BuyingShop()
    order = shop.sale()
    shop.request(order)
    shop.run_labels()
    SalesOrder.objects.filter(pk=order.pk).update(state=SalesOrderState.CANCELLED, cancelled_at=shop.clock.now())
    shop.settle(seconds=20)
    assert (label().state, shop.bought()) == (LabelState.VOIDED, [])


@pytest.mark.parametrize("fault", ["cut_before", "cut_after"])
def test_an_order_cancelled_while_its_purchase_is_in_doubt_has_it_voided_once_that_is_known(fault):
    shop = BuyingShop()
    order = shop.sale()
    shop.request(order)
    shop.fault(fault, "purchaseShipment")
    shop.run_labels()
    SalesOrder.objects.filter(pk=order.pk).update(state=SalesOrderState.CANCELLED, cancelled_at=shop.clock.now())
    shop.settle(seconds=20)
    assert (label().state, shop.bought(), problems()) == (LabelState.VOIDED, [], [])


def test_a_choice_that_nobody_makes_is_gone_with_its_order():
    shop = BuyingShop()
    order = shop.sale()
    shop.request(order, by_hand=True)
    shop.run_labels()
    SalesOrder.objects.filter(pk=order.pk).update(state=SalesOrderState.CANCELLED, cancelled_at=shop.clock.now())
    shop.settle(seconds=20)
    assert (label().state, shop.amazon.control("labels")["labels"]) == (LabelState.VOIDED, [])


def test_a_dispatch_is_undone_though_amazon_counts_the_order_as_shipped_and_its_label_is_voided():
    shop = BuyingShop()
    Installation.objects.update(undo_minutes=2)
    order = shop.sale()
    shop.request(order)
    shop.run_labels()
    shop.pass_time(minutes=20)
    shop.run("orders_in", "take_orders")
    shipment = shop.dispatch(label())
    undo.undo_dispatch(shipment.pk, now=shop.clock.now())
    shop.settle(seconds=20)
    order.refresh_from_db()
    assert (label().state, shop.bought(), order.state) == (LabelState.VOIDED, [], "ready_to_ship")
    shop.pass_time(minutes=20)
    shop.run("orders_in", "take_orders")
    order.refresh_from_db()
    assert order.state == "ready_to_ship"
    shop.request(order, number=2)
    shop.settle(seconds=20)
    shop.dispatch(label())
    shop.pass_time(minutes=30)
    shop.run("shipments_out")
    assert Confirmation.objects.get().state == "confirmed"
    assert [one.tracking_number for one in shop.at_amazon(order).packages] == [label().tracking_number]


def test_what_the_carrier_has_collected_is_not_voided_and_a_person_decides():
    shop = BuyingShop()
    shop.request(shop.sale())
    shop.run_labels()
    shop.pass_time(days=2)
    labels.void_label(label().pk, now=shop.clock.now(), user=shop.packer)
    shop.settle(rounds=1)
    assert (label().state, problems()) == (LabelState.NOT_VOIDED, ["LABEL_NOT_VOIDED"])
    assert "Seller Central" in Problem.objects.get().remedy


def test_a_ship_plus_order_leaves_with_a_label_bought_from_here():
    shop = BuyingShop()
    order = shop.sale(programs=["FBM_SHIP_PLUS"])
    assert is_ship_plus(order.programs)
    shop.request(order)
    shop.run_labels()
    shop.dispatch(label())
    shop.pass_time(minutes=30)
    shop.run("shipments_out")
    assert (Confirmation.objects.get().state, problems()) == ("confirmed", [])


def test_what_amazon_never_shows_is_a_problem_before_ship_by_and_is_never_sent():
    shop = BuyingShop()
    order = shop.sale()
    shop.fault("label_never_confirmed", "*")
    shop.request(order)
    shop.run_labels()
    shop.dispatch(label())
    wait = order.ship_by - shop.clock.now() - timedelta(hours=1)
    shop.pass_time(seconds=wait.total_seconds())
    shop.run("shipments_out")
    problem = Problem.objects.get()
    assert (problem.kind.name, "confirms such a parcel itself" in problem.cause) == ("CONFIRMATION_NOT_SHOWN", True)
    assert (Confirmation.objects.get().state, shop.at_amazon(order).packages) == ("amazons_own", [])


def test_a_parcel_that_left_with_another_number_after_all_is_confirmed_by_us():
    shop = BuyingShop()
    order = shop.sale()
    shop.fault("label_never_confirmed", "*")
    shop.request(order)
    shop.run_labels()
    shipment = shop.dispatch(label())
    number = "AB123456785GB"
    parcels.correct_parcel(
        shipment.pk, service_id=shop.service.pk, tracking_number=number, number_confirmed=True, now=shop.clock.now()
    )
    shop.run("shipments_out")
    assert [one.tracking_number for one in shop.at_amazon(order).packages] == [number]
    assert not Shipment.objects.get().amazons_label


def test_units_that_somebody_else_sent_are_booked_out_and_labelled_ones_wait():
    shop = BuyingShop()
    order = shop.sale(3)
    shop.request(order, 1)
    shop.run_labels()
    shop.pass_time(minutes=20)
    shop.run("orders_in", "take_orders")
    line = order.lines.get()
    assert (line.quantity_shipped, shop.at_amazon(order).status) == (0, "PARTIALLY_SHIPPED")
    there = shop.at_amazon(order)
    parcel = Package(
        "9", "Royal Mail", "Royal Mail", "AB123456785GB", "", "2026-11-24T12:00:00Z", [(line.order_item_id, 2)], 0
    )
    shop.amazon.simulator.world.shipments.confirm(there, parcel, shop.clock.now().timestamp())
    shop.pass_time(minutes=20)
    shop.run("orders_in", "take_orders")
    line.refresh_from_db()
    assert line.quantity_shipped == 2


def test_the_label_and_what_was_sent_to_buy_it_are_erased_with_the_orders_personal_data():
    shop = BuyingShop()
    shop.request(shop.sale())
    shop.run_labels()
    shop.dispatch(label())
    assert erase_all(shop.clock.now() + timedelta(days=60)).orders == 1
    assert (label().document, label().choice, label().purchase) == (None, None, None)


def test_two_parcels_of_one_order_are_two_purchases_of_their_own_units():
    shop = BuyingShop()
    order = shop.sale(3)
    shop.request(order, 2)
    shop.request(order, 1, number=2)
    shop.settle(seconds=20)
    assert sorted(row["items"][0]["quantity"] for row in shop.bought()) == [1, 2]


def test_a_connection_is_tested_without_buying_anything():
    shop = BuyingShop()
    for fault, passed in ((None, "passed"), ("denied", "failed")):
        if fault:
            shop.fault(fault, "getTracking")
        connections.request_check(shop.connection.pk, CheckKind.CONNECTION, now=shop.clock.now(), user=shop.packer)
        shop.run_labels()
        assert shop.connection.checks.latest("pk").state == passed
    assert (shop.bought(), problems()) == ([], ["COURIER_REFUSES_KEY"])
    assert "Direct-to-Consumer Shipping" in Problem.objects.get().remedy
