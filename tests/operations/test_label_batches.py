"""Labels of many orders: looked at without writing, requested in few statements, printed in their order."""

from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.couriers import a_code, a_label_service
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.factories.people import someone
from tests.factories.shipping import a_service
from tests.factories.stock import a_site, an_item

from wharfinger.db.models import (
    Activity,
    ChannelOption,
    ConnectionService,
    CourierLabel,
    CourierService,
    LabelBatch,
    LabelBatchOrder,
    SalesOrder,
)
from wharfinger.db.queries.shipping.label_batches import label_batch
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import label_batches, labels
from wharfinger.operations.shipping.labels import Held, LabelEntry, RefusedByCourier
from wharfinger.operations.stock import ledger
from wharfinger.web.packing.labels_pdf import labels_pdf

pytestmark = pytest.mark.django_db
HOME = {"name": "Paula Parker", "line_1": "1 Quay Street", "town": "Bristol", "postcode": "BS1 4RW", "country": "GB"}


class Shop:
    """Mugs of 300 g; the channel's orders leave with a service whose labels are bought."""

    def __init__(self):
        self.site = a_site()
        self.site.country = "GB"
        self.site.save()
        self.channel = a_channel(an_account(), self.site)
        self.mug = an_item("MUG")
        self.mug.weight_grams = 300
        self.mug.save()
        ledger.receive_stock(self.mug.pk, self.site.pk, 500, now=NOW)
        self.service = a_label_service(a_code())
        ChannelOption.objects.update(courier_service=self.service)
        self.packer = someone()

    def orders(self, count, **values):
        fields = {"delivery": HOME, "total": Decimal(12), **values}
        return [an_allocated_order(self.channel, self.site, [(self.mug, 1)], **fields) for _ in range(count)]

    def check(self, orders):
        return label_batches.check_labels([order.pk for order in orders], now=NOW, user=self.packer)

    def buy(self, orders):
        return label_batches.buy_labels([order.pk for order in orders], now=NOW, user=self.packer)

    def print(self, batch_id):
        return label_batches.print_labels(batch_id, now=NOW, user=self.packer)


def a_pdf(text):
    body = BytesIO()
    canvas = Canvas(body)
    canvas.drawString(50, 500, text)
    canvas.save()
    return body.getvalue()


def settle(number, outcome=None):
    """What the worker does with the next label that waits."""
    step = labels.claim_label(now=NOW, machine_now=NOW, machine_before=NOW)
    labels.settle_label(step.id, outcome or Held(str(number), f"RM{number:08d}3GB", a_pdf(f"label {number}")), now=NOW)
    return step.id


def test_a_check_says_what_would_be_bought_and_why_not_and_writes_nothing():
    shop = Shop()
    (good,), (abroad,), (gone,) = shop.orders(1), shop.orders(1, delivery={**HOME, "country": "DE"}), shop.orders(1)
    SalesOrder.objects.filter(pk=gone.pk).update(state=SalesOrderState.CANCELLED)
    checked = shop.check([good, abroad, gone])
    assert [(row.order, row.service, row.grams) for row in checked] == [
        (good.code, "Royal Mail Tracked 24", 300),
        (abroad.code, "Royal Mail Tracked 24", 0),
        (gone.code, "Royal Mail Tracked 24", 0),
    ]
    assert checked[0].refused is None
    assert "United Kingdom only" in checked[1].refused.message
    assert "was cancelled" in checked[2].refused.message
    assert not CourierLabel.objects.exists()
    assert not LabelBatch.objects.exists()


def test_orders_without_a_service_or_with_one_that_sells_none_say_so():
    shop = Shop()
    orders = shop.orders(1)
    ChannelOption.objects.update(courier_service=a_service(name="By hand"))
    assert "No label is bought with Demo Courier By hand from here" in shop.check(orders)[0].refused.message
    ChannelOption.objects.update(courier_service=None)
    assert "has no courier service" in shop.check(orders)[0].refused.message


def test_a_batch_requests_what_can_be_bought_and_keeps_the_reasons_of_the_others_in_order():
    shop = Shop()
    first, second = shop.orders(2)
    (abroad,) = shop.orders(1, delivery={**HOME, "country": "DE"})
    batch = label_batch(shop.buy([second, abroad, first]))
    assert [(row.order, row.state, row.place) for row in batch.rows] == [
        (second.code, LabelState.WAITING, 1),
        (abroad.code, None, 2),
        (first.code, LabelState.WAITING, 3),
    ]
    assert "United Kingdom only" in batch.rows[1].error
    assert (batch.counts["moves"], batch.counts["failed"], batch.ended, batch.settled) == (2, 1, 1, False)
    row = CourierLabel.objects.get(order=first)
    assert (row.service, row.grams, row.number, row.requested_by) == (shop.service, 300, 1, shop.packer)


def test_a_label_of_a_batch_is_the_one_that_is_bought_alone():
    shop = Shop()
    one, many = shop.orders(2)
    alone = labels.request_label(one.pk, LabelEntry(shop.service.pk), now=NOW, user=shop.packer)
    shop.buy([many])
    together = CourierLabel.objects.get(order=many)
    for name in ("state", "number", "grams", "package_format", "address_hash", "again_at", "label_service_id"):
        assert getattr(alone, name) == getattr(together, name), name


def test_a_second_batch_buys_nothing_twice():
    shop = Shop()
    orders = shop.orders(2)
    shop.buy(orders)
    again = label_batch(shop.buy(orders))
    assert CourierLabel.objects.count() == 2
    assert all("a label was bought for 1 of 1 units already" in row.error for row in again.rows)


def test_a_batch_that_was_cut_off_goes_on_without_taking_an_order_twice():
    shop = Shop()
    ids = [order.pk for order in shop.orders(3)]
    batch_id = label_batches.begin_batch(now=NOW, user=shop.packer)
    for _ in range(2):
        label_batches.request_labels(batch_id, ids, first_place=1, now=NOW, user=shop.packer)
    assert list(LabelBatchOrder.objects.order_by("place").values_list("order", flat=True)) == ids
    assert CourierLabel.objects.count() == 3


@pytest.mark.parametrize("count", [1, 20])
def test_requests_cost_a_fixed_number_of_statements(count, django_assert_max_num_queries):
    shop = Shop()
    ids = [order.pk for order in shop.orders(count)]
    batch_id = label_batches.begin_batch(now=NOW, user=shop.packer)
    with django_assert_max_num_queries(35):
        label_batches.request_labels(batch_id, ids, first_place=1, now=NOW, user=shop.packer)
    assert CourierLabel.objects.count() == count


def test_none_or_too_many_are_refused():
    shop = Shop()
    with pytest.raises(Refused, match="No order was chosen"):
        label_batches.buy_labels([], now=NOW, user=shop.packer)
    with pytest.raises(Refused, match="1000 at most"):
        label_batches.buy_labels(range(1, 1002), now=NOW, user=shop.packer)
    assert not LabelBatch.objects.exists()


def test_labels_are_printed_in_the_order_of_the_batch_and_any_number_of_times():
    shop = Shop()
    first, second, third = shop.orders(3)
    batch_id = shop.buy([third, first, second])
    for number in (1, 2):
        settle(number)
    settle(3, RefusedByCourier("Postcode is not valid."))
    numbers = dict(CourierLabel.objects.values_list("order", "tracking_number"))
    printed = shop.print(batch_id)
    assert [row.order for row in printed] == [third.code, first.code]
    pages = [page.extract_text() for page in PdfReader(BytesIO(labels_pdf(printed))).pages]
    assert [page.strip() for page in pages] == ["label 1", "label 2"]
    assert numbers[third.pk] == "RM000000013GB"
    assert Activity.objects.filter(text__endswith="printed.").count() == 2
    assert [row.reference for row in shop.print(batch_id)] == [row.reference for row in printed]
    assert Activity.objects.filter(text__endswith="printed.").count() == 2
    batch = label_batch(batch_id)
    assert [row.error for row in batch.rows if row.failed] == ["Postcode is not valid."]
    assert batch.settled


def test_what_holds_no_longer_or_cannot_be_read_has_a_page_that_says_so():
    shop = Shop()
    orders = shop.orders(3)
    batch_id = shop.buy(orders)
    settle(1)
    settle(2, Held("2", "RM000000023GB", b"%PDF-1.4\nnot one\n%%EOF\n"))
    settle(3)
    SalesOrder.objects.filter(pk=orders[0].pk).update(state=SalesOrderState.CANCELLED)
    pages = [page.extract_text() for page in PdfReader(BytesIO(labels_pdf(shop.print(batch_id)))).pages]
    assert orders[0].code in pages[0]
    assert "holds no longer" in pages[0]
    assert orders[1].code in pages[1]
    assert "cannot be joined" in pages[1]
    assert pages[2].strip() == "label 3"


def test_a_service_that_was_switched_off_meanwhile_buys_nothing():
    shop = Shop()
    orders = shop.orders(1)
    ConnectionService.objects.update(active=False)
    assert "is not in use" in shop.check(orders)[0].refused.message
    CourierService.objects.update(active=False)
    assert shop.check(orders)[0].refused is not None
