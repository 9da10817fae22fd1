"""Labels are bought once, whatever dies in between; what holds no longer is voided; a refusal names the way on."""

import contextlib
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from tests.couriers.pretend import Cut, PretendClickAndDrop, label_of, tracking_number
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.couriers import a_code, a_label_service
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.factories.people import someone
from tests.factories.stock import a_site, an_item

from wharfinger.cli.privacy.erasing import erase_all
from wharfinger.couriers.click_and_drop import ClickAndDrop
from wharfinger.couriers.transport import Transport
from wharfinger.db.models import Confirmation, CourierLabel, Installation, Problem, SalesOrder, SalesOrderLine, Shipment
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.shipping.connections import CheckKind, CheckState
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import connections, labels, parcels, shipments, undo
from wharfinger.operations.shipping.labels import LabelEntry
from wharfinger.operations.stock import ledger
from wharfinger.sync import labels_out
from wharfinger.sync.labels_out import NoCourier

pytestmark = pytest.mark.django_db
HOME = {
    "name": "Paula Parker",
    "line_1": "1 Quay Street",
    "town": "Bristol",
    "postcode": "BS1 4RW",
    "country": "GB",
}


STATEMENTS_OF_A_LABEL = 11
"""Of a purchase that goes well: claimed with its lines, written, settled."""


class Clock:
    """Machine time goes with trade time."""

    def __init__(self):
        self.at = NOW

    def now(self):
        return self.at

    machine_now = now

    def advance(self, **by):
        self.at += timedelta(**by)


class Shop:
    """One FBM channel, mugs of 300 g, Royal Mail through the pretend Click & Drop."""

    def __init__(self, **item):
        self.clock = Clock()
        self.royal_mail = PretendClickAndDrop()
        self.site = a_site()
        self.site.country = "GB"
        self.site.save()
        self.channel = a_channel(an_account(), self.site)
        self.mug = an_item("MUG")
        self.mug.weight_grams = 300
        for name, value in item.items():
            setattr(self.mug, name, value)
        self.mug.save()
        ledger.receive_stock(self.mug.pk, self.site.pk, 100, now=NOW)
        self.code = a_code()
        self.service = a_label_service(self.code)
        self.packer = someone()

    def order(self, units=1, **values):
        fields = {"delivery": HOME, "total": Decimal("12.00"), **values}
        amounts = {"amount_item": Decimal("12.00") * units}
        return an_allocated_order(self.channel, self.site, [(self.mug, units, amounts)], **fields)

    def request(self, order, units=None, **values):
        line = order.lines.get()
        fields = {"service_id": self.service.pk, "units": {line.pk: units or line.quantity_open}, "number": 1}
        return labels.request_label(
            order.pk, LabelEntry(**{**fields, **values}), now=self.clock.now(), user=self.packer
        )

    def connect(self, connection_id):
        assert connection_id == self.code.connection_id
        self.code.connection.refresh_from_db()
        return ClickAndDrop(Transport(http=self.royal_mail), self.code.connection.api_key)

    def run(self):
        return labels_out.run(self.connect, self.clock)

    def dispatch(self, label):
        return shipments.dispatch(
            label.order_id, service_id=label.service_id, tracking_number=label.tracking_number, now=self.clock.now()
        )

    def settle(self):
        """Until nothing moves any more."""
        for _ in range(12):
            self.run()
            self.clock.advance(minutes=2)
            if labels.next_label_due() is None:
                return


def label():
    return CourierLabel.objects.latest("pk")


def problems():
    return [kind.name for kind in Problem.objects.filter(solved_at=None).order_by("pk").values_list("kind", flat=True)]


def test_a_label_is_bought_and_its_number_dispatches_the_parcel():
    shop = Shop()
    order = shop.order(2)
    shop.request(order)
    assert shop.royal_mail.calls == []
    shop.run()
    row = label()
    printed = label_of(shop.royal_mail.orders[0])
    assert (row.state, row.tracking_number, bytes(row.document)) == (LabelState.READY, tracking_number(1000), printed)
    assert shop.royal_mail.broken_rules == []
    body = shop.royal_mail.bodies[0]
    assert body["orderReference"] == row.reference
    assert body["packages"] == [{"weightInGrams": 600, "packageFormatIdentifier": "smallParcel"}]
    assert (body["recipient"]["address"]["fullName"], body["total"]) == ("Paula Parker", 12)
    assert SalesOrder.objects.get().state is SalesOrderState.READY
    shipment = shop.dispatch(row)
    row.refresh_from_db()
    assert (row.shipment, Confirmation.objects.get().shipment) == (shipment, shipment)
    assert Shipment.objects.get().tracking_number == row.tracking_number
    assert labels.print_label(row.pk, now=shop.clock.now(), user=shop.packer) == printed


def test_the_label_is_encrypted_and_erased_with_its_orders_personal_data():
    shop = Shop()
    shop.request(shop.order())
    shop.run()
    with database.cursor() as cursor:
        cursor.execute("SELECT document FROM wharfinger_courierlabel")
        assert "PDF" not in cursor.fetchone()[0]
    shop.dispatch(label())
    shop.clock.advance(days=60)
    assert erase_all(shop.clock.now()).orders == 1
    assert (label().document, label().address_hash) == (None, "")
    with pytest.raises(Refused, match="no valid label"):
        labels.print_label(label().pk, now=shop.clock.now(), user=shop.packer)


@pytest.mark.parametrize("fault", ["cut before", "cut after", "html", "500 after", 500, 429, "refused connection"])
def test_whatever_happens_to_the_call_one_label_is_bought(fault):
    shop = Shop()
    shop.request(shop.order())
    shop.royal_mail.fail_next(fault)
    shop.settle()
    assert label().state is LabelState.READY
    assert shop.royal_mail.labels_bought == {label().reference: 1}
    assert len(shop.royal_mail.orders) == 1
    assert label().tracking_number == shop.royal_mail.orders[0].tracking_number


def test_an_outcome_in_doubt_is_looked_up_twice_before_it_is_bought_again():
    shop = Shop()
    shop.request(shop.order())
    shop.royal_mail.fail_next("cut before")
    shop.settle()
    methods = [call.split()[0] for call in shop.royal_mail.calls]
    assert methods == ["POST", "GET", "GET", "POST"]


@pytest.mark.parametrize("look", ["cut before", 500, 401, 400, "html"])
def test_a_look_that_fails_says_nothing(look):
    shop = Shop()
    shop.request(shop.order())
    shop.royal_mail.fail_next("cut after", look, look)
    shop.settle()
    shop.settle()
    assert len(shop.royal_mail.orders) == 1
    assert label().state is LabelState.READY


def test_a_purchase_that_cannot_be_looked_up_is_a_problem_until_it_is_known():
    shop = Shop()
    shop.request(shop.order())
    shop.royal_mail.fail_next("cut after", *[500] * 4)
    for _ in range(4):
        shop.run()
        shop.clock.advance(minutes=16)
    assert (label().state, problems()) == (LabelState.ATTEMPTED, ["LABEL_MISSING"])
    labels.fetch_again(label().pk, now=shop.clock.now())
    shop.settle()
    assert (label().state, problems(), len(shop.royal_mail.orders)) == (LabelState.READY, [], 1)


def test_a_parcel_that_leaves_with_another_number_ends_the_refusals_problem():
    shop = Shop()
    shop.royal_mail.services = ()
    order = shop.order()
    shop.request(order)
    shop.run()
    assert problems() == ["LABEL_REFUSED"]
    shipments.dispatch(
        order.pk, service_id=shop.service.pk, tracking_number=tracking_number(2000), now=shop.clock.now()
    )
    assert problems() == []


STORIES = [
    ("plain", 0),
    *(("in doubt", place) for place in range(3)),
    *(("label fails", place) for place in range(4)),
    ("voided", 0),
]
"""What happens, and how many calls go well after that before the worker is killed: at each that the story makes."""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("story", "place"), STORIES)
def test_killed_at_any_call_no_label_is_bought_twice_and_none_is_lost(story, place, when):
    shop = Shop()
    shop.request(shop.order())
    if story == "in doubt":
        shop.royal_mail.fail_next("cut after")
    if story == "label fails":
        shop.royal_mail.labels_fail = True
    if story == "voided":
        shop.run()
        labels.void_label(label().pk, now=shop.clock.now(), user=shop.packer)
    shop.royal_mail.fail_next(*[None] * place, (when, Cut("killed")))
    for _ in range(14):
        with contextlib.suppress(Cut):
            shop.run()
        shop.clock.advance(minutes=2)
        shop.royal_mail.labels_fail = shop.royal_mail.labels_fail and len(shop.royal_mail.calls) < 2
        if labels.next_label_due() is None:
            break
    assert not shop.royal_mail.faults
    assert len(shop.royal_mail.orders) == 1
    state, held = (LabelState.VOIDED, 0) if story == "voided" else (LabelState.READY, 1)
    assert (label().state, len(shop.royal_mail.held)) == (state, held)
    assert label().identifier == "1000"


@pytest.mark.parametrize("story", ["buys", "voids"])
def test_killed_before_any_commit_no_label_is_bought_twice_and_none_is_lost(story):
    """Each round ends the worker before one commit further, until a whole run fits: what dies within a transaction
    leaves nothing of it, so that no other place within it is another story."""
    shop = Shop()
    order = shop.order()
    for place in range(1, 50):
        CourierLabel.objects.all().delete()
        shop.royal_mail.orders.clear()
        shop.request(order)
        if story == "voids":
            shop.run()
            labels.void_label(label().pk, now=shop.clock.now(), user=shop.packer)
        whole = killed_before_commit(place, shop.run)
        shop.settle()
        assert len(shop.royal_mail.orders) == 1, place
        assert label().state is (LabelState.VOIDED if story == "voids" else LabelState.READY), place
        if whole:
            break
    assert whole
    assert place > 3


def killed_before_commit(place, run):
    """Whether the run ended before its commit of that place; within a test's own transaction a commit is a RELEASE."""
    left = place

    def kill(execute, sql, *args):
        nonlocal left
        left -= sql.startswith("RELEASE")
        if left == 0:
            raise Cut
        return execute(sql, *args)

    try:
        with database.execute_wrapper(kill):
            run()
    except Cut:
        return False
    return True


def test_a_label_that_failed_is_a_problem_until_it_is_fetched_and_is_bought_once():
    shop = Shop()
    shop.royal_mail.labels_fail = True
    shop.request(shop.order())
    shop.settle()
    assert (label().state, problems()) == (LabelState.ORDERED, ["LABEL_MISSING"])
    shop.royal_mail.labels_fail = False
    labels.fetch_again(label().pk, now=shop.clock.now())
    shop.run()
    assert (label().state, problems(), len(shop.royal_mail.orders)) == (LabelState.READY, [], 1)


def test_a_label_that_is_there_and_cannot_be_fetched_is_a_problem_until_it_is():
    shop = Shop()
    shop.request(shop.order())
    shop.royal_mail.fail_next("cut after", None, *[500] * 9)
    for _ in range(7):
        shop.run()
        shop.clock.advance(minutes=16)
    assert (label().state, problems()) == (LabelState.ORDERED, ["LABEL_MISSING"])
    shop.royal_mail.faults.clear()
    shop.settle()
    assert (label().state, problems(), len(shop.royal_mail.orders)) == (LabelState.READY, [], 1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda shop: setattr(shop.royal_mail, "money", False), "Insufficient funds on the account."),
        (lambda shop: setattr(shop.royal_mail, "services", ()), "Service code TPN24 is not valid."),
    ],
)
def test_a_refusal_is_said_in_the_couriers_words_and_another_may_be_bought(make, words):
    shop = Shop()
    make(shop)
    order = shop.order()
    shop.request(order)
    shop.run()
    assert (label().state, problems()) == (LabelState.REFUSED, ["LABEL_REFUSED"])
    assert words in Problem.objects.get().cause
    shop.royal_mail.money, shop.royal_mail.services = True, ("TPN24",)
    shop.request(order)
    shop.run()
    assert (label().state, problems()) == (LabelState.READY, [])


def test_a_refused_address_names_the_field_and_shows_no_part_of_it():
    shop = Shop()
    shop.request(shop.order(delivery={**HOME, "postcode": "ZZ99 ZZZ"}))
    shop.run()
    cause = Problem.objects.get().cause
    assert "[Recipient.Address.Postcode]" in cause
    assert "ZZ99" not in cause


def test_a_wrong_key_is_one_problem_and_the_labels_wait_for_the_right_one():
    shop = Shop()
    shop.royal_mail.key = "another"
    for _ in range(3):
        shop.request(shop.order())
    shop.run()
    assert len(shop.royal_mail.calls) == 1
    assert problems() == ["COURIER_REFUSES_KEY"]
    entry = connections.ConnectionEntry(shop.code.connection.kind, "Royal Mail", "another")
    connections.edit_connection(shop.code.connection_id, entry, now=shop.clock.now(), user=shop.packer)
    shop.run()
    assert set(CourierLabel.objects.values_list("state", flat=True)) == {LabelState.READY}
    assert problems() == []


def test_no_courier_may_be_spoken_to_and_the_label_waits_with_the_reason():
    shop = Shop()
    shop.request(shop.order())

    def nobody(connection_id):
        raise NoCourier("This demo system buys no labels.")

    labels_out.run(nobody, shop.clock)
    assert (label().state, label().error) == (LabelState.WAITING, "This demo system buys no labels.")


CHANGES = {
    "cancelled": ({"state": SalesOrderState.CANCELLED, "cancelled_at": NOW}, "The order was cancelled."),
    "elsewhere": ({"own_delivery": {**HOME, "line_1": "2 Quay Street"}}, "The delivery address was changed."),
}


@pytest.mark.parametrize(("change", "why"), CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("printed", [True, False])
def test_a_label_of_an_order_that_changed_is_voided_and_says_so(change, why, printed):
    shop = Shop()
    order = shop.order()
    shop.request(order)
    shop.run()
    if printed:
        labels.print_label(label().pk, now=shop.clock.now(), user=shop.packer)
    row = SalesOrder.objects.get(pk=order.pk)
    for name, value in change.items():
        setattr(row, name, value)
    row.save()
    with pytest.raises(Refused, match="holds no longer"):
        labels.print_label(label().pk, now=shop.clock.now(), user=shop.packer)
    with pytest.raises(Refused, match="holds no longer|was cancelled"):
        shop.dispatch(label())
    shop.run()
    assert (label().state, label().void_why, shop.royal_mail.held) == (LabelState.VOIDED, why, [])
    assert problems() == (["LABEL_TO_DESTROY"] if printed else [])


def test_an_order_cancelled_while_its_label_is_in_doubt_has_it_voided_when_it_is_known():
    shop = Shop()
    order = shop.order()
    shop.request(order)
    shop.royal_mail.fail_next("cut after")
    shop.run()
    SalesOrder.objects.filter(pk=order.pk).update(state=SalesOrderState.CANCELLED)
    shop.settle()
    assert (label().state, len(shop.royal_mail.orders), shop.royal_mail.held) == (LabelState.VOIDED, 1, [])


def test_a_label_that_waits_for_a_cancelled_order_is_never_bought():
    shop = Shop()
    order = shop.order()
    shop.request(order)
    SalesOrder.objects.filter(pk=order.pk).update(state=SalesOrderState.CANCELLED)
    shop.run()
    assert (label().state, shop.royal_mail.calls) == (LabelState.VOIDED, [])


def test_what_cannot_be_voided_needs_a_person():
    shop = Shop()
    shop.request(shop.order())
    shop.run()
    labels.void_label(label().pk, now=shop.clock.now(), user=shop.packer)
    shop.royal_mail.fail_next(400)
    shop.run()
    assert (label().state, problems()) == (LabelState.NOT_VOIDED, ["LABEL_NOT_VOIDED"])
    labels.void_label(label().pk, now=shop.clock.now(), user=shop.packer)
    shop.run()
    assert (label().state, problems(), shop.royal_mail.held) == (LabelState.VOIDED, [], [])


def test_a_used_label_is_not_voided():
    shop = Shop()
    shop.request(shop.order())
    shop.run()
    shop.dispatch(label())
    with pytest.raises(Refused, match="was dispatched"):
        labels.void_label(label().pk, now=shop.clock.now(), user=shop.packer)


def leave(shop, order, number, **values):
    fields = {"service_id": shop.service.pk, "now": shop.clock.now(), **values}
    return shipments.dispatch(order.pk, tracking_number=number, **fields)


def bought(shop, order, units=None, *, number=True, printed=False, **values):
    shop.request(order, units, **values)
    shop.run()
    row = label()
    if not number:
        CourierLabel.objects.filter(pk=row.pk).update(tracking_number="")
    if printed:
        labels.print_label(row.pk, now=shop.clock.now(), user=shop.packer)
    return row


@pytest.mark.parametrize("printed", [True, False])
def test_a_label_whose_parcel_left_under_another_number_is_voided_once_that_cannot_be_undone(printed):
    shop = Shop()
    Installation.objects.update(undo_minutes=2)
    order = shop.order()
    bought(shop, order, printed=printed)
    leave(shop, order, tracking_number(2000))
    shop.run()
    assert label().state is LabelState.READY
    shop.clock.advance(minutes=3)
    shop.run()
    assert (label().state, shop.royal_mail.held) == (LabelState.VOIDED, [])
    assert label().void_why == "Its units left without it, or are not to be sent any more."
    assert problems() == (["LABEL_TO_DESTROY"] if printed else [])


def test_a_label_waits_while_one_of_its_units_is_to_be_sent_and_is_voided_with_the_last():
    shop = Shop()
    order = shop.order(2)
    bought(shop, order)
    line = order.lines.get()
    leave(shop, order, tracking_number(2000), lines={line.pk: 1})
    shop.clock.advance(minutes=3)
    shop.run()
    assert label().state is LabelState.READY
    SalesOrderLine.objects.filter(pk=line.pk).update(quantity_cancelled=1)
    shop.run()
    assert label().state is LabelState.VOIDED


def test_an_undone_parcel_leaves_the_label_for_the_next():
    shop = Shop()
    Installation.objects.update(undo_minutes=2)
    order = shop.order()
    row = bought(shop, order)
    wrong = leave(shop, order, tracking_number(2000))
    shop.run()
    undo.undo_dispatch(wrong.pk, now=shop.clock.now())
    shop.clock.advance(minutes=3)
    shop.run()
    shipment = shop.dispatch(row)
    assert label().shipment == shipment


def test_a_label_that_is_not_bought_yet_is_never_bought_for_units_that_left():
    shop = Shop()
    order = shop.order()
    shop.request(order)
    leave(shop, order, tracking_number(2000))
    shop.run()
    assert (label().state, shop.royal_mail.calls) == (LabelState.VOIDED, [])


@pytest.mark.parametrize("number", [tracking_number(2000), ""])
def test_a_label_without_a_number_leaves_with_the_parcel_of_its_service_and_units(number):
    shop = Shop()
    if not number:
        type(shop.service).objects.update(tracking=Tracking.TYPED_LATER)
    order = shop.order(2)
    bought(shop, order, number=False, printed=True)
    shipment = leave(shop, order, number)
    shop.clock.advance(minutes=3)
    shop.run()
    assert (label().shipment, label().state, problems()) == (shipment, LabelState.READY, [])


def test_a_parcel_whose_number_is_typed_later_has_the_label_of_its_service_and_units():
    shop = Shop()
    type(shop.service).objects.update(tracking=Tracking.TYPED_LATER)
    order = shop.order()
    bought(shop, order, printed=True)
    shipment = leave(shop, order, "")
    assert label().shipment == shipment


def test_a_label_whose_number_was_given_to_its_parcel_afterwards_is_that_parcels():
    shop = Shop()
    order = shop.order()
    row = bought(shop, order, printed=True)
    shipment = leave(shop, order, tracking_number(2000))
    parcels.correct_parcel(
        shipment.pk, service_id=shop.service.pk, tracking_number=row.tracking_number, now=shop.clock.now()
    )
    shop.clock.advance(minutes=3)
    shop.run()
    assert (label().shipment, label().state, problems()) == (shipment, LabelState.READY, [])


def test_where_no_number_says_whether_a_parcel_left_with_a_printed_label_a_person_decides():
    shop = Shop()
    order = shop.order(2)
    bought(shop, order, number=False, printed=True)
    line = order.lines.get()
    for number in (2000, 2001):
        leave(shop, order, tracking_number(number), lines={line.pk: 1})
    shop.clock.advance(minutes=3)
    shop.run()
    assert (label().state, label().shipment, problems()) == (LabelState.NOT_VOIDED, None, ["LABEL_NOT_VOIDED"])
    assert len(shop.royal_mail.held) == 1
    labels.void_label(label().pk, now=shop.clock.now(), user=shop.packer)
    shop.run()
    assert (label().state, problems(), shop.royal_mail.held) == (LabelState.VOIDED, ["LABEL_TO_DESTROY"], [])


def test_an_earlier_parcel_of_the_same_units_did_not_leave_with_the_label():
    shop = Shop()
    order = shop.order(2)
    line = order.lines.get()
    leave(shop, order, tracking_number(2000), lines={line.pk: 1})
    shop.clock.advance(minutes=3)
    bought(shop, order, 1, number=False, printed=True)
    SalesOrderLine.objects.filter(pk=line.pk).update(quantity_cancelled=1)
    shop.run()
    assert (label().state, label().shipment) == (LabelState.VOIDED, None)


def test_labels_that_are_left_over_are_found_with_the_same_statements_for_two_and_for_eight():
    shop = Shop()
    costs = []
    for count in (2, 6):
        for _ in range(count):
            bought(shop, shop.order())
        with CaptureQueriesContext(database) as queries:
            labels.overtaken_labels(now=shop.clock.now())
        costs.append(len(queries))
    assert costs == [2, 2]


def test_a_label_costs_a_fixed_number_of_statements_which_read_no_document_no_key_and_no_word_of_the_buyer():
    shop = Shop()
    costs = []
    for count in (1, 2, 6):
        for _ in range(count):
            shop.request(shop.order(buyer={"name": "Paula Parker"}, cancel_reason="Too late"))
        key = shop.code.connection.api_key
        connect = lambda _, key=key: ClickAndDrop(Transport(http=shop.royal_mail), key)  # noqa: E731
        with CaptureQueriesContext(database) as queries:
            labels_out.run(connect, shop.clock)
        columns = [query["sql"].partition(' FROM "wharfinger_courierlabel"') for query in queries]
        read = [before for before, found, _ in columns if found and before.startswith("SELECT")]
        costs.append(len(queries))
        assert read
        for column in ("document", "api_key", "buyer", "cancel_reason", "password"):
            assert not [sql for sql in read if f'."{column}"' in sql], column
    assert len(shop.royal_mail.held) == 9
    assert costs[2] - costs[1] == 4 * STATEMENTS_OF_A_LABEL


def test_no_unit_gets_two_labels_and_a_second_press_buys_none():
    shop = Shop()
    order = shop.order(3)
    shop.request(order, 2)
    with pytest.raises(Refused, match="for 2 of 3 units already"):
        shop.request(order, 2, number=2)
    with pytest.raises(Refused, match="parcel 1 .* is being bought already"):
        shop.request(order, 1)
    shop.request(order, 1, number=2)
    shop.run()
    assert len(shop.royal_mail.held) == 2


REFUSED = {
    "another country": ({"delivery": {**HOME, "country": "DE"}}, {}, {}, "United Kingdom only so far.*type its number"),
    "no postcode": ({"delivery": {**HOME, "postcode": ""}}, {}, {}, "no postcode"),
    "long line": ({"delivery": {**HOME, "line_2": "x" * 101}}, {}, {}, "“line 2” .* 101 characters"),
    "no address": ({"delivery": None}, {}, {}, "not complete"),
    "too heavy": ({}, {"grams": 30_001}, {}, "30001 g; .* takes 1 to 30000 g"),
    "no weight": ({}, {}, {"weight_grams": None}, "Give the weight"),
    "Belfast, a business": (
        {"delivery": {**HOME, "postcode": "BT1 5GS"}, "programs": ["AMAZON_BUSINESS"]},
        {},
        {},
        "UKIMS",
    ),
    "on hold": ({"on_hold_at": NOW}, {}, {}, "is on hold"),
}


@pytest.mark.parametrize(("order", "entry", "item", "words"), REFUSED.values(), ids=REFUSED)
def test_what_no_label_can_be_bought_for_is_refused_before_any_call(order, entry, item, words):
    shop = Shop(**item)
    with pytest.raises(Refused, match=words):
        shop.request(shop.order(**order), **entry)
    assert not CourierLabel.objects.exists()


def test_a_parcel_to_northern_ireland_says_what_is_in_it_and_no_sku():
    shop = Shop(commodity_code="69120000", country_of_origin="CN")
    shop.request(shop.order(2, delivery={**HOME, "town": "Belfast", "postcode": "BT1 5GS"}))
    shop.run()
    assert label().state is LabelState.READY
    body = shop.royal_mail.bodies[0]
    assert body["isRecipientABusiness"] is False
    (content,) = body["packages"][0]["contents"]
    assert (content["quantity"], content["unitWeightInGrams"], content["customsCode"]) == (2, 300, "69120000")
    assert "SKU" not in content


def test_test_orders_say_which_codes_the_account_takes_and_leave_nothing_behind():
    shop = Shop()
    bad = a_code(shop.code.connection, code="NOPE", name="Old")
    connections.request_check(shop.code.connection_id, CheckKind.TEST_ORDERS, now=NOW, user=shop.packer)
    shop.run()
    check = shop.code.connection.checks.get()
    assert check.state is CheckState.FAILED
    assert check.answer == ("TPN24: taken; NOPE: 200 12: Service code NOPE is not valid. [PostageDetails.ServiceCode].")
    assert (shop.royal_mail.held, len(shop.royal_mail.orders), shop.royal_mail.labels_bought) == ([], 1, {})
    shop.code.refresh_from_db()
    bad.refresh_from_db()
    assert (shop.code.taken_at, bad.taken_at) == (NOW, None)


def test_a_check_whose_worker_died_is_made_again_and_leaves_nothing_behind():
    shop = Shop()
    connections.request_check(shop.code.connection_id, CheckKind.TEST_ORDERS, now=NOW, user=shop.packer)
    shop.royal_mail.fail_next(None, ("after", Cut("killed")))
    with pytest.raises(Cut):
        shop.run()
    shop.clock.advance(minutes=10)
    shop.run()
    assert (shop.code.connection.checks.get().state, shop.royal_mail.held) == (CheckState.PASSED, [])


def test_a_connection_is_checked_with_its_key():
    shop = Shop()
    for key, state in ((shop.royal_mail.key, CheckState.PASSED), ("another", CheckState.FAILED)):
        shop.royal_mail.key = key
        connections.request_check(shop.code.connection_id, CheckKind.CONNECTION, now=NOW, user=shop.packer)
        shop.run()
        assert shop.code.connection.checks.latest("pk").state is state
    assert problems() == ["COURIER_REFUSES_KEY"]


def test_a_batch_of_labels_costs_the_same_statements_each(django_assert_max_num_queries):
    shop = Shop()
    for _ in range(5):
        shop.request(shop.order())
    with django_assert_max_num_queries(5 * 40 + 10):
        shop.run()


def test_the_wait_for_an_attempt_is_longer_than_any_attempt():
    assert Transport().whole_timeout < labels_out.ATTEMPT_OVER.total_seconds()
