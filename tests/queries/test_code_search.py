"""Orders, items and listings are found by their codes, and by an index each time."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import NOW

from wharfinger.db.models import ImportedOrder, Invoice, SalesOrder, SalesOrderLine, Shipment, StockBarcode, StockItem
from wharfinger.db.queries.item_search import items_by_code, listings_by_code
from wharfinger.db.queries.orders.code_search import imported_by_code, order_by_whole_code, orders_by_code
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.search_codes import read_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    """SO1 of 026-0000001-0000001, sent as DM000000001GB, of one BLUE-MUG-12, invoiced as INV000077."""
    world = Trading()
    item = moments.stocked_item(world, "BLUE-MUG-12")
    made = moments.shipped_order(world, 1, item)
    SalesOrder.objects.filter(pk=made.pk).update(code="SO000301")
    Invoice.objects.create(code="INV000077", order=made)
    StockBarcode.objects.create(item=item, type="EAN", code="5012345678900", gtin="05012345678900")
    moments.sales_order(world, 2, moments.stocked_item(world, "RED-PLATE-9"))
    return made


def _finds(order, text):
    found = orders_by_code(text)
    return order.pk in found.sales or order.imported_id in found.imported


FOUND_BY = (
    "SO000301", "so000301", "SO0003", "301", "SO301", "0301",
    "026-0000001-0000001", "026-0000001", "02600000010000001", "0260000001", "26000000100", "0000001-00",
    "AMZ-026-0000001", "amz026", "DM000000001GB", "dm 0000 0000 1", "DM0000000", "INV000077", "inv77", "77",
    "BLUE-MUG-12", "bluemug", "blue mug", "MUG", "mug-12", "5012345678900", "05012345678900", "501234",
)  # fmt: skip


def test_an_order_is_found_by_any_of_its_codes(order):
    assert [text for text in FOUND_BY if not _finds(order, text)] == []


def test_nothing_is_found_in_the_middle_of_a_piece(order):
    texts = (
        "",
        " ",
        "-",
        "O000301",
        "LUE",
        "6-0000001-",
        "000301GB",
        "ug-12",
        "'",
        "%",
        "_",
        "\\",
        "':* | 'a",
        "a' & 'b",
    )
    assert [text for text in texts if _finds(order, text)] == []


def test_only_a_whole_code_names_its_order(order):
    whole = ("SO000301", "026-0000001-0000001", "02600000010000001", "DM000000001GB")
    assert {order_by_whole_code(text) for text in whole} == {order.pk}
    assert {order_by_whole_code(text) for text in ("SO00030", "301", "026-0000001", "", "BLUE-MUG-12")} == {None}


def test_a_merged_part_does_not_hide_the_order_that_has_its_lines(order):
    number, code = "026-0000001-0000001", "SO000399"
    merged = SalesOrder.objects.get(pk=order.pk)
    merged.pk, merged._state.adding, merged.code, merged.part = None, True, code, 2
    merged.state, merged.merged_into = SalesOrderState.MERGED, order
    merged.save()
    assert [order_by_whole_code(text) for text in (number, code)] == [order.pk, merged.pk]
    assert orders_by_code(number).imported == {order.imported_id}
    SalesOrder.objects.filter(pk=merged.pk).update(state=SalesOrderState.HELD)
    assert order_by_whole_code(number) is None


def test_imported_orders_are_found_by_what_they_became(order):
    assert order.imported_id in imported_by_code("SO000301").imported
    assert order.imported_id in imported_by_code("DM000000001GB").imported


def test_items_are_found_by_words_of_their_names(order):
    item = order.lines.get().item
    StockItem.objects.update(name="Plate")
    StockItem.objects.filter(pk=item.pk).update(name="Enamel mug, blue (12 oz)", other_reference="OLD/77")
    for text in ("enamel", "blue mug", "mug enam", "old-77", "501234", "BLUEM"):
        assert items_by_code(text) == {item.pk}, text
    assert items_by_code("namel") == set()


def test_a_search_that_stops_early_says_so(order):
    assert orders_by_code("SO").whole
    ImportedOrder.objects.bulk_create(_imported(order.imported, 600))
    assert not orders_by_code("026").whole


def _imported(like, many):
    return [
        ImportedOrder(
            account_id=like.account_id,
            amazon_order_id=f"026-{number:07d}-{number * 7919 % 10_000_000:07d}",
            order_ref=f"AMZ-026-{number:07d}",
            channel_id=like.channel_id,
            marketplace_id=like.marketplace_id,
            fulfilment="FBM",
            state="ok",
            amazon_status="SHIPPED",
            placed_at=NOW - timedelta(minutes=number),
            amazon_updated_at=NOW,
            found_at=NOW,
        )
        for number in range(1000, 1000 + many)
    ]


def _many(order):
    """Two thousand orders beside it, with lines, parcels and items; the planner knows about them. Gives one of them."""
    imported = ImportedOrder.objects.bulk_create(_imported(order.imported, 2000))
    sales = SalesOrder.objects.bulk_create(
        SalesOrder(
            code=f"SO{one.pk + 5000:06d}", imported=one, channel_id=one.channel_id, site_id=order.site_id,
            order_ref=one.order_ref, order_type="standard", state="shipped", placed_at=one.placed_at, made_at=NOW,
        )
        for one in imported
    )  # fmt: skip
    items = StockItem.objects.bulk_create(
        StockItem(code=f"ITEM-{number:05d}", name=f"Thing {number}", made_at=NOW) for number in range(2000)
    )
    SalesOrderLine.objects.bulk_create(
        SalesOrderLine(order=one, order_item_id=str(one.pk), sku=item.code, item=item, quantity_ordered=1)
        for one, item in zip(sales, items, strict=True)
    )
    service = Shipment.objects.get().service_id
    Shipment.objects.bulk_create(
        Shipment(
            order=one, package_reference="1", service_id=service, tracking_number=f"DX{one.pk:09d}GB", shipped_at=NOW
        )
        for one in sales
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return sales[1500]


_BIG = {"importedorder", "salesorder", "salesorderline", "shipment", "stockitem"}


def test_every_way_of_finding_is_an_index(order):
    one = _many(order)
    typed = (
        one.code,
        one.imported.amazon_order_id.replace("-", ""),
        one.shipments.get().tracking_number,
        one.lines.get().sku,
        read_code(one.code).digits,
        one.imported.amazon_order_id.split("-")[2],
        "no such thing",
    )
    for text in typed:
        for search in (orders_by_code, imported_by_code, order_by_whole_code, items_by_code, listings_by_code):
            with CaptureQueriesContext(connection) as queries:
                search(text)
            for query in queries.captured_queries:
                plan = _plan(query["sql"])
                assert not set(re.findall(r"Seq Scan on wharfinger_(\w+)", plan)) & _BIG, f"{text}: {plan}"


def _plan(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())
