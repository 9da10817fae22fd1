"""Addresses, buyers and requests to cancel: what is held, what is kept, and what a person answers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from tests.factories.cast import Retailer
from tests.factories.ground import NOW
from tests.factories.incoming import ADDRESS, a_line, an_order, later
from tests.factories.outcomes import problems, the_order

from wharfinger.db.models import (
    Activity,
    AuditEntry,
    Channel,
    ChannelOption,
    CourierService,
    Customer,
    ImportedOrder,
    Problem,
    SalesOrder,
)
from wharfinger.db.queries.orders.inbox import orders_to_fetch
from wharfinger.db.queries.orders.sales_order_page import sales_order_page
from wharfinger.domain.channels.channel import CustomerPolicy
from wharfinger.domain.orders.order import AmazonStatus, IncomingAddress, IncomingBuyer
from wharfinger.operations.orders import sales_orders
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import shipments

pytestmark = pytest.mark.django_db
DE = "A1PA6795UKMFR9"
CANCEL = a_line(cancel_requested=True, cancel_reason="My wife Grace bought it")


@pytest.fixture
def shop():
    shop = Retailer()
    shop.item("MUG", 5)
    return shop


def dispatch(order):
    given = {"tracking": "at_once", "gives_number": True, "amazon_carrier_code": "Royal Mail"}
    service, _ = CourierService.objects.get_or_create(courier="Royal Mail", name="24", defaults=given)
    return shipments.dispatch(order.pk, service_id=service.pk, now=NOW)


@pytest.mark.parametrize(
    "address",
    [
        replace(ADDRESS, line_1="", line_2="1 Quay Street"),
        IncomingAddress(name="Ada", line_3="1 Orchard Road", postcode="238801", country="SG"),
        IncomingAddress(name="Ada", line_1="1 Main Street", country="GI"),
    ],
)
def test_an_address_that_a_courier_can_deliver_to_holds_nothing(shop, address):
    shop.take(an_order(address=address))
    assert (the_order().state, problems(), bool(the_order().delivery["line_1"])) == ("ready_to_ship", [], True)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (replace(ADDRESS, name=""), "lacks name."),
        (replace(ADDRESS, postcode="T2* 1**"), "is masked in postcode."),
        (replace(ADDRESS, name="", postcode=""), "lacks name and postcode."),
    ],
)
def test_an_odd_address_holds_the_order_until_a_person_confirms_it(shop, address, said):
    shop.take(an_order(address=address))
    assert (the_order().state, problems()) == ("held", ["address_incomplete"])
    assert said in Problem.objects.get().cause
    with pytest.raises(Refused, match="no complete delivery address"):
        dispatch(the_order())
    sales_orders.confirm_address(the_order().pk, now=NOW, user=shop.olga)
    assert (the_order().state, problems()) == ("ready_to_ship", [])
    assert AuditEntry.objects.filter(verb="confirm address", user=shop.olga).count() == 1
    shop.take(later(an_order(address=address)))
    assert the_order().state == "ready_to_ship"
    shop.take(later(an_order(address=replace(address, line_1="2 Pier Road")), minutes=20))
    assert (the_order().state, problems()) == ("held", ["address_incomplete"])


def test_an_odd_address_is_fetched_again_and_without_a_street_there_is_nothing_to_confirm(shop):
    shop.take(an_order(address=IncomingAddress(town="Hull", postcode="HU1 1AA", country="GB")))
    assert problems() == ["no_address"]
    with pytest.raises(Refused, match="no street"):
        sales_orders.confirm_address(the_order().pk, now=NOW, user=shop.olga)
    shop.take(later(an_order(address=replace(ADDRESS, name=""))))
    assert problems() == ["address_incomplete"]
    assert orders_to_fetch(shop.account.pk, now=NOW + timedelta(hours=1)) == ["026-0000001-0000001"]
    shop.take(later(an_order(), minutes=20))
    with pytest.raises(Refused, match="is complete"):
        sales_orders.confirm_address(the_order().pk, now=NOW, user=shop.olga)


def test_masked_and_absent_parts_never_overwrite_clear_ones(shop):
    shop.take(an_order(address=replace(ADDRESS, phone="+44 1")))
    before = the_order()
    masked = replace(ADDRESS, name="A** B****", postcode="HU* 1**", phone="")
    shop.take(later(an_order(address=masked, buyer=IncomingBuyer(name="A** B****"))))
    after = the_order()
    assert (after.delivery, after.buyer, after.postcode_hash, after.surname_hash) == (
        before.delivery,
        before.buyer,
        before.postcode_hash,
        before.surname_hash,
    )


def test_a_masked_buyer_makes_no_customer_and_no_hash(shop):
    shop.take(an_order(address=replace(ADDRESS, name="A** B****", postcode="T2* 1**"), buyer=IncomingBuyer()))
    order = the_order()
    assert (Customer.objects.count(), order.customer, order.postcode_hash, order.surname_hash) == (0, None, "", "")


def test_a_business_buyer_without_name_or_e_mail_keeps_every_fact(shop):
    facts = IncomingBuyer(company="Byron Ltd", purchase_order_number="PO 7", vat_number="GB1")
    shop.take(an_order(buyer=facts))
    assert the_order().buyer["vat_number"] == "GB1"
    shop.take(later(an_order(buyer=IncomingBuyer(name="Ada Byron"))))
    kept = the_order().buyer
    assert (kept["name"], kept["company"], kept["purchase_order_number"]) == ("Ada Byron", "Byron Ltd", "PO 7")


def test_a_start_date_is_a_day_of_the_marketplace(shop):
    Channel.objects.filter(pk=shop.fbm.pk).update(marketplace=DE)
    placed = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    shop.take(an_order(marketplace_id=DE, placed_at=placed))
    early = placed - timedelta(minutes=31)
    shop.take(an_order(marketplace_id=DE, placed_at=early, number="026-0000001-0000002"))
    states = ImportedOrder.objects.order_by("amazon_order_id").values_list("state", flat=True)
    assert list(states) == ["ok", "skipped"]


def test_three_months_are_counted_in_the_marketplaces_calendar(shop):
    Channel.objects.update(start_date=date(2026, 1, 1))
    for number, placed in enumerate((datetime(2026, 8, 23, 23, tzinfo=UTC), datetime(2026, 8, 23, 22, 59, tzinfo=UTC))):
        shop.take(an_order(placed_at=placed, number=f"026-0000001-000000{number}"))
    states = ImportedOrder.objects.order_by("amazon_order_id").values_list("state", flat=True)
    assert list(states) == ["ok", "skipped"]


def test_a_generic_customer_is_of_the_marketplaces_month(shop):
    Channel.objects.filter(pk=shop.fbm.pk).update(marketplace=DE)
    ChannelOption.objects.update(customer_policy=CustomerPolicy.GENERIC.value)
    shop.take(an_order(marketplace_id=DE, placed_at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC)))
    customer = Customer.objects.get()
    assert (customer.generic_month, customer.name) == ("1126", "Amazon.co.uk FBM November 2026")


def pick(order):
    SalesOrder.objects.filter(pk=order.pk).update(picked_at=NOW)


def test_an_address_that_changes_after_the_pick_is_reported_and_must_be_seen(shop):
    shop.take(an_order())
    pick(the_order())
    shop.take(later(an_order(address=replace(ADDRESS, line_1="2 Pier Road"))))
    assert (problems(), the_order().delivery["line_1"]) == (["address_changed"], "2 Pier Road")
    order = the_order()
    seen = sales_order_page(order.pk, with_personal_data=True).timeline
    change = next(event for event in seen if event.before)
    assert ("1 Quay Street" in change.before, "2 Pier Road" in change.after) == (True, True)
    hidden = sales_order_page(order.pk, with_personal_data=False).timeline
    assert all(not event.before and not event.after for event in hidden)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT text, personal FROM wharfinger_activity UNION SELECT cause, remedy FROM wharfinger_problem"
        )
        stored = repr(cursor.fetchall())
    assert ("Quay" in stored, "Pier" in stored) == (False, False)
    sales_orders.acknowledge_address(order.pk, now=NOW, user=shop.olga)
    assert problems() == []
    shop.take(later(an_order(address=replace(ADDRESS, line_1="2 Pier Road")), minutes=30))
    assert problems() == []
    with pytest.raises(Refused, match="already been acknowledged"):
        sales_orders.acknowledge_address(order.pk, now=NOW, user=shop.olga)


def test_an_address_that_changes_before_the_pick_is_in_the_timeline_only(shop):
    shop.take(an_order())
    shop.take(later(an_order(address=replace(ADDRESS, line_1="2 Pier Road"))))
    assert (problems(), Activity.objects.exclude(personal=None).count()) == ([], 1)


def test_a_part_of_another_address_is_a_problem_once(shop):
    partial = IncomingAddress(town="Bath", postcode="BA1 1AA", country="GB")
    shop.take(an_order())
    shop.take(later(an_order(address=partial)))
    assert (problems(), the_order().delivery["town"], the_order().state) == (
        ["address_changed"],
        "Hull",
        "ready_to_ship",
    )
    sales_orders.acknowledge_address(the_order().pk, now=NOW, user=shop.olga)
    shop.take(later(an_order(address=partial), minutes=20))
    assert problems() == []


def test_a_buyers_request_to_cancel_keeps_the_order_until_a_person_answers(shop):
    ChannelOption.objects.update(auto_pick=True)
    shop.take(an_order(CANCEL))
    order = the_order()
    assert (order.state, order.picked_at, problems()) == ("ready_to_ship", None, ["cancel_requested"])
    with pytest.raises(Refused, match="Press Dispatch anyway"):
        dispatch(order)
    texts = [*Problem.objects.values_list("cause", "remedy"), *Activity.objects.values_list("text", flat=True)]
    assert "Grace" not in repr(texts)
    sales_orders.dispatch_anyway(order.pk, now=NOW, user=shop.olga)
    assert (problems(), the_order().picked_at) == ([], NOW)
    shop.take(later(an_order(CANCEL)))
    assert (problems(), the_order().cancel_answered_at) == ([], NOW)
    assert dispatch(the_order()).order_id == order.pk


def test_an_order_that_waited_for_stock_is_not_picked_while_the_buyer_waits_for_an_answer(shop):
    ChannelOption.objects.update(auto_pick=True)
    shop.take(an_order(address=None))
    shop.take(later(an_order(CANCEL)))
    assert (the_order().state, the_order().picked_at) == ("ready_to_ship", None)


def test_a_request_for_a_further_line_asks_again_and_one_that_is_gone_asks_nothing(shop):
    shop.item("CUP", 5)
    both = [a_line(), a_line("CUP")]
    shop.take(an_order(*both))
    first = [replace(both[0], cancel_requested=True), both[1]]
    shop.take(later(an_order(*first)))
    sales_orders.dispatch_anyway(the_order().pk, now=NOW, user=shop.olga)
    second = [replace(one, cancel_requested=True) for one in both]
    shop.take(later(an_order(*second), minutes=20))
    assert (problems(), the_order().cancel_answered_at) == (["cancel_requested"], None)
    shop.take(later(an_order(*both), minutes=30))
    assert (problems(), the_order().cancel_requested) == ([], False)
    with pytest.raises(Refused, match="is not requesting cancellation"):
        sales_orders.dispatch_anyway(the_order().pk, now=NOW, user=shop.olga)


def test_amazons_cancellation_closes_the_request(shop):
    shop.take(an_order(CANCEL))
    shop.take(later(an_order(CANCEL, status=AmazonStatus.CANCELLED)))
    assert (the_order().state, problems()) == ("cancelled", [])
