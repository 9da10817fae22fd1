"""Amazon as a courier on pages: its connection, offers compared and chosen, customs data, the label printed."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader
from tests.factories.buy_shipping import a_buy_shipping, a_sender, an_amazon_service, an_offer_line
from tests.factories.ground import NOW
from tests.factories.offers import an_offer, some_offers
from tests.factories.orders import an_allocated_order
from tests.web.client import text

from wharfinger.db.models import (
    ChannelOption,
    ConnectionService,
    CourierConnection,
    CourierLabel,
    LabelBatch,
    SenderAddress,
    Shipment,
    StockBarcode,
)
from wharfinger.domain.installation.people import Role
from wharfinger.domain.shipping.connections import ConnectionKind, LabelFormat
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.offers import OfferRule
from wharfinger.operations.shipping import labels

pytestmark = pytest.mark.django_db
MUG = "4006381333931"
CONNECTIONS = "/settings/courier-connections/"
HOME = {"name": "Paula Parker", "line_1": "1 Quay Street", "town": "Bristol", "postcode": "BS1 4RW", "country": "GB"}


class Page:
    """A ready order of two mugs of 300 g, and a service that buys from Amazon."""

    def __init__(self, world):
        item = world.item("MUG", 10)
        item.weight_grams = 300
        item.save()
        a_sender(world.warehouse)
        self.line = an_offer_line(a_buy_shipping(world.account))
        self.service = an_amazon_service(self.line)
        values = {"delivery": HOME, "deliver_by": NOW + timedelta(days=3)}
        self.order = an_allocated_order(world.fbm, world.warehouse, [(item, 2)], **values)
        self.url = f"/sales-orders/{self.order.pk}/"

    def fields(self, **values):
        line = self.order.lines.get()
        fields = {"service_id": self.service.pk, "package": 1, "label_number": 1, "tracking_number": ""}
        fields |= {f"line_{line.pk}": 2, **values}
        return {f"dispatch-{name}": value for name, value in fields.items()}

    def claim(self):
        return labels.claim_label(now=NOW, machine_now=NOW, machine_before=NOW)

    def quote(self, *offers):
        self.claim()
        labels.settle_label(self.label.pk, labels.Quoted(some_offers(*offers)), now=NOW)

    @property
    def label(self):
        return CourierLabel.objects.latest("pk")

    @property
    def offers_url(self):
        return f"{self.url}labels/{self.label.pk}/offers/"


def test_a_person_compares_offers_chooses_one_with_a_signature_and_it_is_bought(world, sign_in):
    page, packer = Page(world), sign_in(Role.WAREHOUSE)
    assert "Compare offers" in packer.get(page.url).text
    answer = packer.post(f"{page.url}labels/buy/", {**page.fields(), "compare": "1"}, follow=True)
    assert answer.redirect_chain[-1][0] == page.offers_url
    assert "Offers are fetched from Amazon" in answer.text
    late = an_offer("LATE", "1.10", deliver_by=NOW + timedelta(days=9), included=())
    page.quote(late, an_offer("RM24", "3.40"), an_offer())
    shown = text(packer.get(page.offers_url))
    assert shown.index("Royal Mail RM48") < shown.index("Royal Mail RM24") < shown.index("Royal Mail LATE")
    for words in (
        "£2.70",
        "Signature (+£1.50)",
        "with claims protection",
        "After Amazon's delivery date",
        "It would arrive too late.",
    ):
        assert words in shown
    assert "without on-time rate protection (Shipping Settings Automation is off)" in shown
    chosen = {"token": "token-1", "rate": "rate-RM48", "offer-rate-RM48-group_0": "SIGNATURE_CONFIRMATION"}
    back = packer.post(page.offers_url, chosen)
    assert back.url == f"{page.url}#labels"
    assert (page.label.state, page.label.purchase["services"]) == (LabelState.WAITING, ["SIGNATURE_CONFIRMATION"])
    assert "£4.20" in packer.get(page.url).text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"token": "older"}, "fetched again in the meantime"),
        ({"rate": "rate-NONE"}, "fetched again in the meantime"),
        ({"offer-rate-RM48-group_0": "TEA"}, "not one of the available choices"),
    ],
)
def test_what_is_not_offered_is_not_bought(world, sign_in, values, words):
    page, packer = Page(world), sign_in(Role.WAREHOUSE)
    packer.post(f"{page.url}labels/buy/", {**page.fields(), "compare": "1"})
    page.quote()
    fields = {"token": "token-1", "rate": "rate-RM48", "offer-rate-RM48-group_0": "NO_CONFIRMATION", **values}
    assert words in packer.post(page.offers_url, fields, follow=True).text
    assert page.label.state is LabelState.CHOOSING


def test_customs_data_are_entered_in_a_form_of_the_offers_own(world, sign_in):
    page, packer = Page(world), sign_in(Role.WAREHOUSE)
    packer.post(f"{page.url}labels/buy/", {**page.fields(), "compare": "1"})
    page.quote(an_offer(needs_inputs=True))
    fields = {"token": "token-1", "rate": "rate-RM48", "offer-rate-RM48-group_0": "NO_CONFIRMATION"}
    answer = packer.post(page.offers_url, fields, follow=True)
    assert "Amazon says what this offer needs" in answer.text
    page.claim()
    goods = {
        "type": "object",
        "properties": {"code": {"type": "string", "title": "Commodity code", "pattern": "^[0-9]{6}$"}},
    }
    schema = {"properties": {"goods": {**goods, "required": ["code"]}}, "required": ["goods"]}
    labels.settle_label(page.label.pk, labels.Described(schema), now=NOW)
    assert "Commodity code" in packer.get(page.offers_url).text
    wrong = packer.post(page.offers_url, {"goods__code": "mug"})
    assert (wrong.status_code, "not in the form that the carrier wants" in wrong.text) == (422, True)
    packer.post(page.offers_url, {"goods__code": "691200"})
    assert page.label.purchase["inputs"] == {"goods": {"code": "691200"}}


def a_picture():
    body = BytesIO()
    Image.new("L", (812, 1218), 255).save(body, "PNG", dpi=(203, 203))
    return body.getvalue()


def test_a_picture_is_printed_as_a_page_of_its_size_and_zpl_is_a_file(world, sign_in):
    page, packer = Page(world), sign_in(Role.WAREHOUSE)
    packer.post(f"{page.url}labels/buy/", page.fields())
    page.quote()
    page.claim()
    labels.settle_label(page.label.pk, labels.Held("7", "QC1", a_picture()), now=NOW)
    printed = packer.post(f"{page.url}labels/{page.label.pk}/print/")
    (sheet,) = PdfReader(BytesIO(printed.content)).pages
    assert (printed["content-type"], [round(side) for side in sheet.mediabox[2:]]) == ("application/pdf", [288, 432])
    CourierLabel.objects.update(label_format=LabelFormat.ZPL, document=b"^XA^XZ")
    printed = packer.post(f"{page.url}labels/{page.label.pk}/print/")
    assert printed.content == b"^XA^XZ"
    assert printed["content-disposition"] == f'attachment; filename="{page.label.reference}.zpl"'


def test_a_purchase_in_doubt_is_ended_by_a_person_who_looked(world, sign_in):
    page, packer = Page(world), sign_in(Role.WAREHOUSE)
    packer.post(f"{page.url}labels/buy/", page.fields())
    page.quote()
    page.claim()
    labels.settle_label(page.label.pk, labels.Unknown("purchaseShipment: no answer."), now=NOW)
    assert "Not bought" not in packer.get(page.url).text
    CourierLabel.objects.update(purchase_calls=2)
    assert "Not bought" in packer.get(page.url).text
    packer.post(f"{page.url}labels/{page.label.pk}/not-bought/")
    assert page.label.state is LabelState.REFUSED


def test_an_administrator_connects_amazon_says_which_offers_are_taken_and_from_where_parcels_come(world, sign_in):
    world.account.refresh_token = "Atzr|token"
    world.account.save()
    world.warehouse.country = "GB"
    world.warehouse.save()
    olga = sign_in(Role.ADMINISTRATOR)
    assert "No key is needed" in olga.get(f"{CONNECTIONS}new/?kind=amazon").text
    fields = {"name": "Amazon UK", "account_id": world.account.pk, "active": "on"}
    page = olga.post(f"{CONNECTIONS}new/?kind=amazon", fields, follow=True)
    connection = CourierConnection.objects.get()
    assert (connection.kind, connection.account) == (ConnectionKind.AMAZON, world.account)
    assert "Offer rules" in page.text
    again = olga.post(f"{CONNECTIONS}new/?kind=amazon", fields)
    assert again.status_code == 422
    rule = {"name": "Signed", "rule": "in_time", "code": "", "protection": "required", "label_format": "png"}
    rule |= {"extras": "SIGNATURE_CONFIRMATION", "length_cm": 30, "width_cm": 20, "height_cm": 10, "active": "on"}
    answer = olga.post(f"{CONNECTIONS}{connection.pk}/codes/new/", rule, follow=True)
    assert "30 × 20 × 10" in text(answer)
    assert ConnectionService.objects.get().extras == "SIGNATURE_CONFIRMATION"
    half = olga.post(f"{CONNECTIONS}{connection.pk}/codes/new/", {**rule, "width_cm": ""})
    assert (half.status_code, "or none of them" in half.text) == (422, True)
    sender = {"name": "Harbour & Home", "line_1": "1 Quay Street", "town": "Hull", "postcode": "HU1 1AA"}
    shown = olga.post(f"{CONNECTIONS}senders/{world.warehouse.pk}/", sender, follow=True)
    assert "HU1 1AA" in shown.text
    assert SenderAddress.objects.get().site == world.warehouse
    refused = olga.post(f"{CONNECTIONS}{connection.pk}/check/", {"test_orders": "1"}, follow=True)
    assert "Amazon sells no label for a test" in refused.text
    assert sign_in(Role.WAREHOUSE).get(f"{CONNECTIONS}senders/{world.warehouse.pk}/").status_code == 403


def test_an_account_that_is_not_authorised_is_not_connected(world, sign_in):
    world.account.refresh_token = ""
    world.account.save()
    answer = sign_in(Role.ADMINISTRATOR).post(f"{CONNECTIONS}new/?kind=amazon", {"name": "Amazon", "active": "on"})
    assert answer.status_code == 422
    assert not CourierConnection.objects.exists()


def test_on_the_bench_the_last_item_has_its_label_bought_or_its_offer_chosen(world, sign_in):
    page, packer = Page(world), sign_in(Role.WAREHOUSE)
    ChannelOption.objects.update(courier_service=page.service)
    StockBarcode.objects.create(item=page.order.lines.get().item, type="EAN", code=MUG, gtin=MUG.zfill(14))
    packer.post("/shipping/bench/scan/", {"code": page.order.code})
    for _ in range(2):
        packer.post("/shipping/bench/scan/", {"code": MUG})
    assert page.label.state is LabelState.WAITING
    ConnectionService.objects.update(rule=OfferRule.BY_HAND)
    page.quote()
    shown = packer.get("/shipping/bench/", headers={"HX-Request": "true", "HX-Target": "bench-label"})
    assert f"{page.offers_url}?bench=1" in shown.text
    assert "Choose an offer for its label" in text(packer.post("/shipping/bench/scan/", {"code": ""}))
    chosen = {"token": "token-1", "rate": "rate-RM48", "offer-rate-RM48-group_0": "NO_CONFIRMATION"}
    assert packer.post(f"{page.offers_url}?bench=1", chosen).url == "/shipping/bench/"
    page.claim()
    labels.settle_label(page.label.pk, labels.Held("7", "QC1234567", a_picture()), now=NOW)
    packer.post("/shipping/bench/scan/", {"code": ""})
    assert Shipment.objects.get().amazons_label


def test_labels_of_many_orders_wait_for_a_person_where_the_rule_says_so_and_zpl_is_printed_by_itself(world, sign_in):
    page, packer = Page(world), sign_in(Role.WAREHOUSE)
    ChannelOption.objects.update(courier_service=page.service)
    ConnectionService.objects.update(rule=OfferRule.BY_HAND)
    packer.post("/shipping/labels/buy/", {"ids": [page.order.pk], "list": ""})
    page.quote()
    url = f"/shipping/labels/{LabelBatch.objects.get().pk}/"
    shown = text(packer.get(url))
    assert "A person chooses its offer" in shown
    assert "1 not bought" in shown
    CourierLabel.objects.update(state=LabelState.READY, label_format=LabelFormat.ZPL, document=b"^XA^XZ", error="")
    sheets = PdfReader(BytesIO(packer.post(f"{url}pdf/").content)).pages
    assert "cannot be joined" in " ".join(sheets[0].extract_text().split())
    assert page.label.printed_at is None
