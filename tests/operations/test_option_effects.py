"""What the (Global) options list does to orders as they are taken."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.factories.cast import Retailer
from tests.factories.ground import NOW
from tests.factories.incoming import a_line, an_order, later
from tests.factories.outcomes import problems, the_order
from tests.factories.stock import a_site

from wharfinger.db.models import (
    BankAccount,
    Channel,
    ChannelOption,
    CompanyClass,
    CourierGroup,
    CourierLevelMapping,
    CourierService,
    Customer,
    Invoice,
    OrderNumberPrefix,
    SalesOrder,
    SalesSource,
    Site,
    StockItem,
)
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment, IncomingAddress, IncomingBuyer, OrderType
from wharfinger.operations.channels import links
from wharfinger.operations.orders import sales_orders
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import shipments
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    made = Retailer()
    made.item("MUG", 20)
    return made


def set_options(channel, order_type="", **cells):
    ChannelOption.objects.update_or_create(channel=channel, order_type=order_type, defaults=cells)


def prime(**more):
    return an_order(order_type=OrderType.PRIME, programs=("PRIME",), **more)


def shipped_by_amazon(shop, **more):
    Site.objects.filter(pk=shop.pool.pk).update(levels_loaded_at=NOW - timedelta(days=1))
    return an_order(status=AmazonStatus.SHIPPED, fulfilment=Fulfilment.FBA, order_type=OrderType.FBA, **more)


def test_the_site_follows_the_order_type(shop):
    store = Site.objects.create(name="Shop", kind="shop", made_at=NOW)
    set_options(shop.fbm, "prime", site=store)
    shop.take(prime(number="026-0000001-0000001"))
    shop.take(an_order(number="026-0000001-0000002"))
    sites = dict(SalesOrder.objects.values_list("order_type", "site__name"))
    assert sites == {"prime": "Shop", "standard": "Main warehouse"}


def test_source_account_and_priority_are_stamped_and_an_override_beats_global(shop):
    amazon, prime_source = SalesSource.objects.get(name="Amazon FBM"), SalesSource.objects.create(name="Prime")
    bank = BankAccount.objects.create(name="Pound account", currency="GBP")
    set_options(shop.fbm, sales_source=amazon, bank_account=bank, invoice_priority=5)
    set_options(shop.fbm, "prime", sales_source=prime_source, invoice_priority=1)
    shop.take(prime(number="026-0000001-0000001"))
    shop.take(an_order(number="026-0000001-0000002"))
    rows = SalesOrder.objects.order_by("pk").values_list("sales_source__name", "bank_account__name", "invoice_priority")
    assert list(rows) == [("Prime", "Pound account", 1), ("Amazon FBM", "Pound account", 5)]


def test_a_new_customer_has_the_company_class_and_a_known_one_keeps_its_own(shop):
    first = CompanyClass.objects.get(name="Amazon")
    set_options(shop.fbm, company_class=first)
    shop.take(an_order(number="026-0000001-0000001"))
    set_options(shop.fbm, company_class=CompanyClass.objects.create(name="Wholesale"))
    shop.take(an_order(number="026-0000001-0000002"))
    assert list(Customer.objects.values_list("company_class__name", flat=True)) == ["Amazon"]


def test_the_generic_customer_of_the_month_takes_every_buyer(shop):
    amazon = CompanyClass.objects.get(name="Amazon")
    set_options(shop.fbm, customer_policy="generic", company_class=amazon)
    for number in (1, 2):
        shop.take(an_order(number=f"026-0000001-000000{number}"))
    shop.take(an_order(number="026-0000001-0000003", placed_at=NOW + timedelta(days=25)), now=NOW + timedelta(days=26))
    rows = SalesOrder.objects.order_by("pk").values_list("customer__code", "customer__company_class__name")
    assert list(rows) == [("Amazo-1126", "Amazon"), ("Amazo-1126", "Amazon"), ("Amazo-1226", "Amazon")]
    assert the_name_is_on_the_parcel()


def the_name_is_on_the_parcel():
    return {order.delivery["name"] for order in SalesOrder.objects.all()} == {"Ada Byron"}


def test_channels_whose_names_begin_alike_have_generic_customers_of_their_own(shop):
    Channel.objects.filter(pk=shop.fbm.pk).update(name="Amazon.co.uk FBM")
    Channel.objects.filter(pk=shop.fba.pk).update(name="Amazon.co.uk FBA")
    for channel in (shop.fbm, shop.fba):
        set_options(channel, customer_policy="generic")
    shop.take(an_order(number="026-0000001-0000001"))
    shop.take(shipped_by_amazon(shop, number="026-0000001-0000002"))
    assert list(SalesOrder.objects.order_by("pk").values_list("customer__code", flat=True)) == [
        "Amazo-1126",
        "Amaz2-1126",
    ]


def test_each_buyer_has_a_record_where_nothing_is_set(shop):
    shop.take(an_order())
    assert the_order().customer.generic is False


def test_an_unconfirmed_order_holds_its_stock_but_does_not_leave(shop):
    set_options(shop.fbm, orders_confirmed=False)
    shop.take(an_order(a_line(quantity=2)))
    order = the_order()
    service = a_service()
    assert (order.confirmed, order.state, order.lines.get().allocations.get().quantity) == (False, "ready_to_ship", 2)
    with pytest.raises(Refused, match="not confirmed yet"):
        shipments.dispatch(order.pk, service_id=service.pk, now=NOW, user=shop.olga)
    assert Invoice.objects.count() == 0


def a_service():
    return CourierService.objects.create(
        courier="Demo", name="24", tracking="at_once", gives_number=True, amazon_carrier_code="Royal Mail"
    )


def test_a_confirmed_order_leaves_and_is_invoiced(shop):
    set_options(shop.fbm, orders_confirmed=False)
    shop.take(an_order())
    sales_orders.confirm_order(the_order().pk, now=NOW, user=shop.olga)
    shipments.dispatch(the_order().pk, service_id=a_service().pk, now=NOW, user=shop.olga)
    assert (the_order().state, Invoice.objects.get().issued_at) == ("shipped", NOW)


def test_confirming_twice_or_after_a_cancellation_is_refused(shop):
    set_options(shop.fbm, orders_confirmed=False)
    shop.take(an_order(number="026-0000001-0000001"))
    sales_orders.confirm_order(the_order().pk, now=NOW, user=shop.olga)
    with pytest.raises(Refused, match="already confirmed"):
        sales_orders.confirm_order(the_order().pk, now=NOW, user=shop.olga)
    second = an_order(number="026-0000001-0000002")
    shop.take(second)
    shop.take(later(second, status=AmazonStatus.CANCELLED))
    with pytest.raises(Refused, match="was cancelled"):
        sales_orders.confirm_order(SalesOrder.objects.last().pk, now=NOW, user=shop.olga)
    with pytest.raises(Refused, match="does not exist"):
        sales_orders.confirm_order(999_999, now=NOW, user=shop.olga)


def test_an_unconfirmed_order_that_somebody_else_sent_is_invoiced_when_it_is_confirmed(shop):
    set_options(shop.fbm, orders_confirmed=False)
    incoming = an_order()
    shop.take(incoming)
    gone = (replace(incoming.lines[0], quantity_fulfilled=1),)
    shop.take(later(incoming, status=AmazonStatus.SHIPPED, lines=gone))
    assert (the_order().state, Invoice.objects.count()) == ("shipped", 0)
    sales_orders.confirm_order(the_order().pk, now=NOW, user=shop.olga)
    assert Invoice.objects.get().issued_at == NOW


def test_an_invoice_code_is_assigned_on_import_and_issued_when_the_goods_leave(shop):
    set_options(shop.fbm, assign_invoice_code=True)
    incoming = an_order(a_line(quantity=2, total="20.00"))
    shop.take(incoming)
    assigned = Invoice.objects.get()
    assert (assigned.code, assigned.issued_at) == ("INV000001", None)
    less = (replace(incoming.lines[0], quantity_cancelled=1),)
    shop.take(later(incoming, lines=less, total=Decimal("20.00")))
    shipments.dispatch(the_order().pk, service_id=a_service().pk, now=NOW, user=shop.olga)
    issued = Invoice.objects.get()
    assert (issued.code, issued.issued_at, issued.total) == ("INV000001", NOW, Decimal("20.00"))


def test_without_the_option_there_is_no_invoice_before_the_goods_leave(shop):
    shop.take(an_order())
    assert Invoice.objects.count() == 0


def test_an_unconfirmed_order_gets_its_invoice_code_when_it_is_confirmed(shop):
    set_options(shop.fbm, assign_invoice_code=True, orders_confirmed=False)
    shop.take(an_order())
    assert Invoice.objects.count() == 0
    sales_orders.confirm_order(the_order().pk, now=NOW, user=shop.olga)
    assert Invoice.objects.get().issued_at is None


@pytest.mark.parametrize(
    ("on", "units", "picked"), [(True, 1, NOW), (False, 1, None), (None, 1, None), (True, 99, None)]
)
def test_auto_pick_marks_what_can_leave(shop, on, units, picked):
    set_options(shop.fbm, auto_pick=on)
    shop.take(an_order(a_line(quantity=units)))
    assert the_order().picked_at == picked


def test_auto_pick_marks_what_waited_once_its_stock_has_come(shop):
    set_options(shop.fbm, auto_pick=True)
    shop.take(an_order(a_line(quantity=99)))
    assert (the_order().state, the_order().picked_at) == ("awaiting_stock", None)
    later = NOW + timedelta(days=1)
    ledger.receive_stock(StockItem.objects.get(code="MUG").pk, shop.warehouse.pk, 99, now=later)
    assert (the_order().state, the_order().picked_at) == ("ready_to_ship", later)


def test_auto_pick_marks_a_held_order_once_its_line_is_linked(shop):
    set_options(shop.fbm, auto_pick=True)
    shop.take(an_order(a_line(sku="UNKNOWN")))
    assert (the_order().state, the_order().picked_at) == ("held", None)
    product = shop.listing("UNKNOWN", asin="B000000009")
    links.link_product(product.pk, StockItem.objects.get(code="MUG").pk, now=NOW, user=shop.olga)
    assert (the_order().state, the_order().picked_at) == ("ready_to_ship", NOW)


def test_auto_pick_marks_what_amazon_sent(shop):
    set_options(shop.fba, auto_pick=True)
    shop.take(shipped_by_amazon(shop))
    assert (the_order().state, the_order().picked_at) == ("issued", NOW)


def test_codes_begin_with_the_prefix_and_count_on(shop):
    set_options(shop.fbm, order_number_prefix=OrderNumberPrefix.objects.create(name="AMZ"))
    set_options(shop.fbm, "prime", order_number_prefix=OrderNumberPrefix.objects.create(name="P-"))
    shop.take(an_order(number="026-0000001-0000001"))
    shop.take(prime(number="026-0000001-0000002"))
    first, second = SalesOrder.objects.order_by("pk").values_list("code", flat=True)
    assert (first[:3], second[:2], int(second[2:]) - int(first[3:])) == ("AMZ", "P-", 1)
    assert len(first) == len("AMZ000001")


def test_without_a_prefix_codes_begin_as_before(shop):
    shop.take(an_order())
    assert re.fullmatch("SO[0-9]{6}", the_order().code)


def test_an_order_in_another_currency_than_the_option_is_a_problem(shop):
    set_options(shop.fbm, currency="EUR")
    shop.take(an_order(currency="EUR", number="026-0000001-0000001"))
    assert problems() == []
    shop.take(an_order(currency="GBP", number="026-0000001-0000002"))
    assert problems() == ["foreign_currency"]


def test_the_level_mapping_chooses_group_and_priority_and_else_the_option_does(shop):
    standard, fast = CourierGroup.objects.get(name="Standard"), CourierGroup.objects.get(name="Expedited")
    set_options(shop.fbm, courier_group=standard, invoice_priority=7)
    CourierLevelMapping.objects.create(channel=shop.fbm, service_level="Next_Day", group=fast, invoice_priority=2)
    CourierLevelMapping.objects.create(channel=shop.fbm, service_level="EXPEDITED", group=fast)
    for number, level in enumerate(["NEXT_DAY", "EXPEDITED", "STANDARD", ""], start=1):
        shop.take(an_order(number=f"026-0000001-000000{number}", service_level=level))
    rows = SalesOrder.objects.order_by("pk").values_list("service_level", "courier_group__name", "invoice_priority")
    assert list(rows) == [
        ("NEXT_DAY", "Expedited", 2),
        ("EXPEDITED", "Expedited", 7),
        ("STANDARD", "Standard", 7),
        ("", "Standard", 7),
    ]


def test_a_level_that_amazon_tells_later_chooses_the_group_then(shop):
    fast = CourierGroup.objects.get(name="Expedited")
    CourierLevelMapping.objects.create(channel=shop.fbm, service_level="NEXT_DAY", group=fast, invoice_priority=1)
    incoming = an_order(status=AmazonStatus.PENDING, address=None, buyer=IncomingBuyer())
    shop.take(incoming)
    assert the_order().courier_group is None
    shop.take(later(incoming, status=AmazonStatus.UNSHIPPED, service_level="NEXT_DAY"))
    assert (the_order().courier_group, the_order().invoice_priority) == (fast, 1)


def test_options_that_change_later_leave_taken_orders_as_they_are(shop):
    set_options(shop.fbm, invoice_priority=3)
    incoming = an_order()
    shop.take(incoming)
    set_options(shop.fbm, invoice_priority=8, orders_confirmed=False)
    shop.take(later(incoming, address=IncomingAddress(name="Ada Byron", line_1="2 Quay", town="Hull", country="GB")))
    assert (the_order().invoice_priority, the_order().confirmed) == (3, True)


def test_the_prime_site_has_stock_of_its_own(shop):
    site = a_site("Prime store")
    mug = the_item(shop)
    ledger.receive_stock(mug, site.pk, 3, now=NOW)
    set_options(shop.fbm, "prime", site=site)
    shop.take(prime())
    assert (shop.level(mug, site), shop.level(mug)) == ((3, 1), (20, 0))


def the_item(shop):
    return shop.fbm.account.listings.get(sku="MUG").products.get().item_id
