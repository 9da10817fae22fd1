"""Packing slips and gift receipts: one order, ticked orders, the bench; read back from the PDF."""

from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader
from tests.couriers.barcodes import barcodes_of
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.web.client import text

from wharfinger.db.models import AccessEntry, Marketplace
from wharfinger.domain.installation.access_log import Access
from wharfinger.domain.installation.people import Role
from wharfinger.operations.shipping import shipments

pytestmark = pytest.mark.django_db
HOME = {"name": "Paula Parker", "line_1": "1 Quay Street", "town": "Bristol", "postcode": "BS1 4RW", "country": "GB"}


def pages_of(answer):
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Cache-Control"] == "private, no-store"
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(answer.content)).pages]


class Room:
    def __init__(self, world):
        self.world = world
        self.item = world.item("MUG", 50)

    def order(self, units=1, **values):
        columns = {"title": "Blue mug", "amount_item": Decimal("12.00") * units}
        columns |= {name: values.pop(name) for name in ("gift_message", "gift_wrap_level") if name in values}
        fields = {"delivery": HOME, "total": Decimal("12.00") * units, **values}
        return an_allocated_order(self.world.fbm, self.world.warehouse, [(self.item, units, columns)], **fields)


@pytest.fixture
def room(world):
    return Room(world)


def test_a_packing_slip_says_what_was_bought_and_its_barcode_is_the_orders_code(room, sign_in):
    order = room.order(2)
    packer = sign_in(Role.WAREHOUSE)
    answer = packer.get(f"/sales-orders/{order.pk}/slips/")
    (page,) = pages_of(answer)
    for said in ("Packing slip", "Paula Parker", "BS1 4RW", "Blue mug", "£24.00", order.order_ref, "Order total"):
        assert said in page
    assert barcodes_of(answer.content) == [[order.code]]
    entry = AccessEntry.objects.get(what=Access.SLIP)
    assert (entry.subject_id, entry.user.role) == (order.pk, Role.WAREHOUSE)


def test_a_gift_has_its_message_and_no_price_unless_the_slip_is_wanted(room, sign_in):
    order = room.order(gift_message="Happy birthday,\nMum & Dad", gift_wrap_level="BASIC")
    packer = sign_in(Role.WAREHOUSE)
    (page,) = pages_of(packer.get(f"/sales-orders/{order.pk}/slips/"))
    assert "Gift receipt" in page
    assert "Happy birthday, Mum & Dad" in page
    assert "Blue mug" in page
    assert "12.00" not in page
    assert "Order total" not in page
    (slip,) = pages_of(packer.get(f"/sales-orders/{order.pk}/slips/?kind=packing_slip"))
    assert "£12.00" in slip
    assert packer.get(f"/sales-orders/{order.pk}/slips/?kind=novel").status_code == 404


def test_it_is_in_the_language_of_the_marketplace_whoever_prints_it(room, sign_in):
    german = Marketplace.objects.get(pk="A1PA6795UKMFR9")
    type(room.world.fbm).objects.filter(pk=room.world.fbm.pk).update(marketplace=german)
    order = room.order(gift_message="Alles Gute", currency="EUR")
    packer = sign_in(Role.WAREHOUSE)
    (page,) = pages_of(packer.get(f"/sales-orders/{order.pk}/slips/?kind=packing_slip"))
    for said in ("Lieferschein", "Bestellnummer", "Gesamtbetrag", "12,00 €", "Eine Nachricht für Sie", "November 2026"):
        assert said in page
    assert "Packing slip" not in page


def test_a_part_that_leaves_says_so_and_a_parcel_that_left_keeps_its_slip(room, sign_in):
    order = room.order(3)
    packer = sign_in(Role.WAREHOUSE)
    line = order.lines.get()
    service = room.world.courier
    shipments.dispatch(order.pk, service_id=service.pk, lines={line.pk: 1}, now=NOW)
    (page,) = pages_of(packer.get(f"/sales-orders/{order.pk}/slips/"))
    assert "Other items of this order are sent separately." in page
    assert "£24.00" in page
    assert "Order total" not in page
    shipments.dispatch(order.pk, service_id=service.pk, now=NOW)
    (page,) = pages_of(packer.get(f"/sales-orders/{order.pk}/slips/"))
    assert "£36.00" in page


def test_ticked_orders_are_one_file_the_most_urgent_first_each_of_its_usual_kind(room, sign_in):
    later = room.order(ship_by=NOW.replace(year=2027))
    sooner = room.order(ship_by=NOW, gift_message="For you")
    packer = sign_in(Role.WAREHOUSE)
    pages = pages_of(packer.post("/shipping/slips/ticked/", {"ids": [later.pk, sooner.pk]}))
    assert ["Gift receipt" in pages[0], "Packing slip" in pages[1]] == [True, True]
    assert sooner.code in pages[0]
    assert AccessEntry.objects.get(what=Access.SLIP).rows == 2
    nothing = packer.post("/shipping/slips/ticked/", {}, follow=True)
    assert "Tick the orders first, then press Packing slips." in text(nothing)


def test_pages_lead_to_it_and_who_may_not_ship_gets_none(room, sign_in):
    order = room.order()
    page = text(sign_in(Role.WAREHOUSE).get(f"/sales-orders/{order.pk}/"))
    assert "Packing slip" in page
    assert "Gift receipt" in page
    viewer = sign_in(Role.VIEWER)
    assert viewer.get(f"/sales-orders/{order.pk}/slips/").status_code == 403
    assert viewer.post("/shipping/slips/ticked/", {"ids": [order.pk]}).status_code == 403
