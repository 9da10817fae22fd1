"""Lists of tracking numbers: checked by the rules of one parcel, then dispatched many at a time."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order, an_imported_order, an_order
from tests.factories.shipping import a_late_service, a_service
from tests.factories.stock import a_site, an_item

from wharfinger.db.models import Allocation, Confirmation, Invoice, Movement, Shipment, StockLevel
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.shipping.number_lists import read_number_list
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import parcels, shipments
from wharfinger.operations.shipping.number_lists import check_list
from wharfinger.operations.shipping.shipments import Parcel
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db


class Shop:
    """Mugs on a shelf, one courier whose numbers are typed by hand."""

    def __init__(self, units=20):
        self.site = a_site()
        self.channel = a_channel(an_account(), self.site)
        self.mug = an_item("MUG")
        self.service = a_service(name="By hand", tracking="by_hand", gives_number=False)
        ledger.receive_stock(self.mug.pk, self.site.pk, units, now=NOW)

    def order(self, units=1, **values):
        return an_allocated_order(self.channel, self.site, [(self.mug, units)], **values)

    def check(self, *rows, **values):
        return check_list(read_number_list("\n".join("\t".join(row) for row in rows)), **values)

    def dispatch(self, checked):
        return shipments.dispatch_many([row.parcel for row in checked if row.ready], now=NOW)


def test_a_list_is_checked_and_nothing_is_written():
    shop = Shop()
    mine, amazons = shop.order(), shop.order(2)
    number = amazons.imported.amazon_order_id
    checked = shop.check((mine.code.lower(), "AB12345"), (number, "AB 12346"), service_id=shop.service.pk)
    assert [(row.row, row.order.code, row.units, row.parcel, row.refused) for row in checked] == [
        (1, mine.code, 1, Parcel(mine.pk, shop.service.pk, "AB12345", package=1), None),
        (2, amazons.code, 2, Parcel(amazons.pk, shop.service.pk, "AB12346", package=1), None),
    ]
    assert not Shipment.objects.exists()


def test_each_row_that_is_wrong_says_why():
    shop = Shop()
    held, cancelled = shop.order(on_hold_at=NOW), an_order(shop.channel, shop.site, [(shop.mug, 1)], "cancelled")
    requested, fine = shop.order(cancel_requested=True), shop.order()
    an_imported_order(shop.channel, 7654321)
    checked = shop.check(
        (held.code, "AB12345"),
        (cancelled.code, "AB12346"),
        (requested.code, "AB12347"),
        ("SO999999", "AB12348"),
        ("026-7654321-0000001", "AB12349"),
        (fine.code, "AB12350", "Pigeon"),
        (fine.code, "AB12351"),
        ("", "AB12352"),
        service_id=shop.service.pk,
    )
    assert [row.refused.message[:34] for row in checked] == [
        f"{held.code} is on hold. Press Release"[:34],
        f"{cancelled.code} was cancelled. Do not dispatch"[:34],
        f"The buyer of {requested.code} requested cancel"[:34],
        "No order has the number “SO999999”"[:34],
        "“026-7654321-0000001” is not impor"[:34],
        "No courier service is called “Pigeo"[:34],
        f"{fine.code} is in row 6 already, whic"[:34],
        "The order is missing. Write its co"[:34],
    ]


def test_numbers_in_doubt_wait_for_a_persons_word():
    shop = Shop()
    gone, one, two, odd = (shop.order() for _ in range(4))
    shipments.dispatch(gone.pk, service_id=shop.service.pk, tracking_number="AB12345", now=NOW)
    ups = a_service(
        courier="UPS", name="Standard", gives_number=False, amazon_carrier_code="UPS", amazon_carrier_name=""
    )
    checked = shop.check((one.code, "ab12345"), (two.code, "AB12346"), (odd.code, "1Z999"), service_id=shop.service.pk)
    again = shop.check((one.code, "XY12345"), (two.code, "XY12345"), (odd.code, "1Z999", str(ups)))
    elsewhere = f"ab12345 is the number of parcel 1 of {gone.code} already. Each parcel has its own: compare the label."
    assert checked[0].doubt == elsewhere
    assert [bool(row.doubt) for row in checked] == [True, False, False]
    assert again[2].doubt.startswith("1Z999 does not look like a number of UPS")
    assert again[0].refused.message.startswith(f"{one.code} has no courier service")


def test_the_same_number_twice_in_a_list_is_in_doubt():
    shop = Shop()
    one, two = shop.order(), shop.order()
    checked = shop.check((one.code, "AB12345"), (two.code, "ab12345"), service_id=shop.service.pk)
    assert [row.doubt for row in checked] == [
        "",
        "Row 1 has the same number. Each parcel has its own: compare the label.",
    ]


def test_a_checked_list_leaves_and_an_order_that_changed_meanwhile_stays():
    shop = Shop()
    orders = [shop.order(2) for _ in range(3)]
    checked = shop.check(*((order.code, f"AB1234{n}") for n, order in enumerate(orders)), service_id=shop.service.pk)
    shipments.dispatch(orders[1].pk, service_id=shop.service.pk, tracking_number="ZZ99999", now=NOW)
    outcomes = shop.dispatch(checked)
    assert [
        (one.shipment and one.shipment.tracking_number, one.refused and one.refused.message) for one in outcomes
    ] == [
        ("AB12340", None),
        (None, f"{orders[1].code} is already dispatched. There is nothing more to dispatch."),
        ("AB12342", None),
    ]
    assert {order.state for order in type(orders[0]).objects.all()} == {SalesOrderState.SHIPPED}
    assert StockLevel.objects.values_list("on_hand", "allocated").get() == (14, 0)
    assert (Shipment.objects.count(), Confirmation.objects.count(), Invoice.objects.count()) == (3, 3, 3)
    assert sorted(Movement.objects.filter(quantity=-2).values_list("on_hand_after", flat=True)) == [14, 16, 18]
    assert not Allocation.objects.exists()


def test_a_batch_costs_as_many_statements_as_one_parcel():
    shop = Shop()
    first, *others = (shop.order() for _ in range(9))
    with CaptureQueriesContext(connection) as one:
        shipments.dispatch_batch([Parcel(first.pk, shop.service.pk, "AB12345")], now=NOW)
    with CaptureQueriesContext(connection) as many:
        some = [Parcel(order.pk, shop.service.pk, f"AB2234{n}") for n, order in enumerate(others)]
        outcomes = shipments.dispatch_batch(some, now=NOW)
    assert all(outcome.shipment for outcome in outcomes)
    assert len(many) <= len(one)


def test_two_parcels_of_one_order_never_leave_together():
    shop = Shop()
    order = shop.order(2)
    line = order.lines.get().pk
    some = [Parcel(order.pk, shop.service.pk, f"AB1234{n}", lines={line: 1}) for n in range(2)]
    outcomes = shipments.dispatch_batch(some, now=NOW)
    assert [outcome.shipment is not None for outcome in outcomes] == [True, False]
    assert outcomes[1].refused.message.startswith(f"Another parcel of {order.code} leaves at the same moment")


def test_a_number_that_another_parcel_bears_asks_wherever_it_is_typed():
    shop = Shop()
    gone, order = shop.order(), shop.order()
    shipments.dispatch(gone.pk, service_id=shop.service.pk, tracking_number="AB12345", now=NOW)
    late = shipments.dispatch(order.pk, service_id=a_late_service(amazon_carrier_code="YunExpress").pk, now=NOW)
    with pytest.raises(Refused, match=f"parcel 1 of {gone.code} already"):
        parcels.record_tracking(late.pk, "AB12345", now=NOW)
    parcels.record_tracking(late.pk, "AB12345", number_confirmed=True, now=NOW)
    late.refresh_from_db()
    assert (late.tracking_number, late.number_confirmed) == ("AB12345", True)


def test_parts_of_one_amazon_order_number_their_parcels_on():
    shop = Shop()
    one = shop.order()
    two = shop.order(imported=one.imported, part=2, code="SO000777")
    rows = ((one.code, "AB12345"), (two.code, "AB12346"))
    checked = shop.check(*rows, service_id=shop.service.pk)
    assert [row.parcel.package for row in checked] == [1, 2]
    assert [outcome.shipment.package_reference for outcome in shop.dispatch(checked)] == ["1", "2"]
    number = one.imported.amazon_order_id
    assert shop.check((number, "AB12347"))[0].refused.message.startswith(f"“{number}” names several sales orders")
