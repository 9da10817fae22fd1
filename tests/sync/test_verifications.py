"""Verification of regulated goods against the simulator: read, approved, rejected, refused, cut off, throttled."""

from datetime import timedelta

import pytest
from tests.sync.whole_amazon import EU, UK, Whole

from wharfinger.db.models import Activity, ChannelProduct, Problem, RateBudget, SalesOrder, StockItem, Verification
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.orders.verifying import VerificationState
from wharfinger.operations.orders import sales_orders, verifications
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import shipments
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db
SKU = "HH-0010"
REASON = "shield_pom_vps_reject_age"


@pytest.fixture
def whole():
    """A linked seller whose goods under this SKU are here."""
    whole = Whole()
    whole.authorise()
    whole.run("orders_in", "take_orders", "listings_in")
    whole.only("orders_in", "take_orders", "orders_by_number")
    item = StockItem.objects.create(code=SKU, name="Wormer", made_at=whole.clock.now())
    ChannelProduct.objects.filter(listing__sku=SKU).update(item=item)
    ledger.receive_stock(item.pk, whole.site.pk, 40, now=whole.clock.now())
    return whole


def buy(whole, *, regulated=True, **line):
    purchase = {
        "sellerId": EU, "marketplaceId": UK, "regulated": regulated, "items": [{"sku": SKU, "quantity": 1, **line}],
    }  # fmt: skip
    number = whole.amazon.control("orders", purchase)["orderId"]
    whole.trade(40, every=4)
    return SalesOrder.objects.get(imported__amazon_order_id=number)


def an_order(whole):
    StockItem.objects.update(regulated=True)
    order = buy(whole)
    whole.run("orders_by_number")
    return order


def approve(whole, order, reviewer="vet-7"):
    return verifications.approve_goods(order.pk, reviewer=reviewer, now=whole.clock.now(), user=whole.olga)


def reject(whole, order, reason=REASON):
    return verifications.reject_goods(order.pk, reviewer="vet-7", reason=reason, now=whole.clock.now(), user=whole.olga)


def fault(whole, kind, operation, **more):
    whole.amazon.control("faults", {"kind": kind, "operation": operation, **more})


def dispatch(whole, order):
    return shipments.dispatch(
        order.pk, service_id=whole.courier.pk, tracking_number="AA473124829GB", now=whole.clock.now()
    )


def at_amazon(whole, order):
    return whole.amazon.simulator.world.orders[order.imported.amazon_order_id]


def row_of(order):
    return Verification.objects.get(imported=order.imported_id)


def waits(order):
    return Problem.objects.filter(kind=ProblemKind.VERIFICATION_WAITS, sales_order=order, solved_at=None).exists()


def test_goods_that_are_marked_are_looked_for_and_stay_until_amazon_shows_the_approval(whole):
    order = an_order(whole)
    row = row_of(order)
    assert (row.state, row.requires_action, waits(order)) == (VerificationState.PENDING, True, True)
    assert [one for one, _ in row.reasons][:1] == ["shield_pom_vps_reject_product"]
    with pytest.raises(Refused, match="verification of them is not approved"):
        dispatch(whole, order)
    with pytest.raises(Refused, match="Amazon does not show the verification as approved"):
        sales_orders.note_approved(order.pk, now=whole.clock.now(), user=whole.olga)
    approve(whole, order)
    assert not waits(order)
    whole.run("orders_by_number")
    assert (at_amazon(whole, order).regulated, at_amazon(whole, order).reviewer) == ("Approved", "vet-7")
    order.refresh_from_db()
    assert order.approved_at is None  # Amazon's word decides
    whole.amazon.advance(180)
    whole.run("orders_by_number")
    order.refresh_from_db()
    assert (row_of(order).state, row_of(order).again_at) == (VerificationState.APPROVED, None)
    assert order.approved_at == whole.clock.now()
    assert Activity.objects.filter(sales_order=order, text__contains="as approved").exists()
    dispatch(whole, order)


def test_a_verdict_in_seller_central_is_seen(whole):
    order = an_order(whole)
    whole.amazon.simulator.world.ordering.set_verification(
        at_amazon(whole, order), "Approved", "somebody", "", whole.clock.now().timestamp()
    )
    whole.amazon.advance(16 * 60)
    whole.run("orders_by_number")
    order.refresh_from_db()
    assert (row_of(order).reviewer, order.approved_at, waits(order)) == ("somebody", whole.clock.now(), False)


def test_rejected_goods_stay_and_amazon_cancels_the_order(whole):
    order = an_order(whole)
    with pytest.raises(Refused, match="Amazon does not take this reason"):
        reject(whole, order, "because")
    reject(whole, order)
    whole.run("orders_by_number")
    assert (at_amazon(whole, order).regulated, at_amazon(whole, order).status) == ("Rejected", "CANCELLED")
    whole.trade(40, every=4)
    order.refresh_from_db()
    assert (row_of(order).state, order.state) == (VerificationState.REJECTED, "cancelled")
    assert row_of(order).rejection == "Your pet is too young for this medicine."


def test_an_age_that_is_checked_is_looked_for_without_a_mark(whole):
    order = buy(whole, constraints=["recipientAgeVerification"])
    whole.run("orders_by_number")
    assert row_of(order).state is VerificationState.PENDING
    with pytest.raises(Refused, match="verification of them is not approved"):
        dispatch(whole, order)


def test_goods_without_a_verification_at_amazon_wait_for_a_persons_word_and_are_given_up_after_two_days(whole):
    StockItem.objects.update(regulated=True)
    order = buy(whole, regulated=False)
    whole.run("orders_by_number")
    assert row_of(order).state is VerificationState.NONE
    sales_orders.note_approved(order.pk, now=whole.clock.now(), user=whole.olga)
    dispatch(whole, order)
    whole.amazon.advance(3 * 86400)
    whole.run("orders_by_number")
    assert row_of(order).again_at is None


def test_an_ordinary_order_is_not_looked_for(whole):
    buy(whole)
    whole.run("orders_by_number")
    assert not Verification.objects.exists()
    assert not RateBudget.objects.filter(operation="createRestrictedDataToken").exists()


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "503", "html"])
def test_an_answer_that_may_have_arrived_is_looked_at_before_it_is_sent_again(whole, kind):
    order = an_order(whole)
    approve(whole, order)
    fault(whole, kind, "updateVerificationStatus", count=1)
    whole.run("orders_by_number")
    for _ in range(3):
        whole.amazon.advance(200)
        whole.run("orders_by_number")
    assert at_amazon(whole, order).regulated == "Approved"
    assert row_of(order).state is VerificationState.APPROVED


def test_one_that_cannot_be_read_holds_up_no_other_and_comes_again(whole):
    StockItem.objects.update(regulated=True)
    first, second = buy(whole), buy(whole)
    fault(whole, "503", "getOrderRegulatedInfo", count=1)
    Verification.objects.all().delete()
    whole.run("orders_by_number")
    states = {row_of(order).state for order in (first, second)}
    assert states == {VerificationState.UNREAD, VerificationState.PENDING}
    whole.amazon.advance(120)
    whole.run("orders_by_number")
    assert {row_of(order).state for order in (first, second)} == {VerificationState.PENDING}


def test_a_spent_limit_of_its_own_keeps_no_order_from_being_downloaded(whole):
    order = an_order(whole)
    Verification.objects.update(again_at=whole.clock.now())
    fault(whole, "throttle", "getOrderRegulatedInfo", count=1)
    whole.run("orders_by_number")
    assert row_of(order).state is VerificationState.PENDING
    whole.amazon.advance(3600)
    whole.run("orders_by_number")
    assert row_of(order).looked_at >= whole.clock.now() - timedelta(minutes=1)


def test_where_amazon_gives_no_token_all_come_later(whole):
    StockItem.objects.update(regulated=True)
    order = buy(whole)
    Verification.objects.all().delete()
    fault(whole, "refuse", "createRestrictedDataToken", count=1)
    whole.run("orders_by_number")
    row = row_of(order)
    assert row.state is VerificationState.UNREAD
    assert row.error.startswith("Amazon gives no access to regulated information: 400")
    whole.amazon.advance(120)
    whole.run("orders_by_number")
    assert row_of(order).state is VerificationState.PENDING


def test_two_answers_at_once_are_one(whole):
    order = an_order(whole)
    approve(whole, order)
    with pytest.raises(Refused, match="on its way to Amazon already"):
        reject(whole, order)


def test_a_reviewer_is_needed(whole):
    with pytest.raises(Refused) as refused:
        approve(whole, an_order(whole), reviewer="  ")
    assert refused.value.field == "reviewer"
