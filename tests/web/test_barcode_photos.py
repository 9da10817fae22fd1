"""The camera as a barcode reader: photos that the server reads, and what pages say of it."""

from io import BytesIO

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.web.client import text

from wharfinger.domain.installation.people import Role
from wharfinger.domain.stock.counts import CountScope
from wharfinger.operations.stock.warehouse import counts
from wharfinger.operations.stock.warehouse.counts import CountRequest
from wharfinger.web.packing import barcode_photos
from wharfinger.web.packing.barcode_photos import NoPhoto, codes_in

pytestmark = pytest.mark.django_db
EAN = "5012345678900"


def picture_of(code, form=zxingcpp.BarcodeFormat.EAN13, *, width=400):
    drawn = zxingcpp.create_barcode(code, form).to_image(scale=4)
    barcode = Image.fromarray(drawn) if not isinstance(drawn, Image.Image) else drawn
    sheet = Image.new("L", (1200, 900), 200)
    sheet.paste(barcode.convert("L").resize((width, width // 2)), (300, 250))
    return sheet


def saved(picture, form="JPEG", **more):
    kept = BytesIO()
    picture.save(kept, form, **more)
    return kept.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_of_a_barcode_gives_its_code(form):
    assert codes_in(saved(picture_of(EAN), form)) == (EAN,)


def test_so_does_one_that_was_taken_sideways_and_a_code_128():
    sideways = picture_of(EAN).rotate(90, expand=True)
    assert codes_in(saved(sideways)) == (EAN,)
    assert codes_in(saved(picture_of("MUG-BLUE", zxingcpp.BarcodeFormat.Code128, width=700), "PNG")) == ("MUG-BLUE",)


def test_the_largest_barcode_comes_first():
    sheet = picture_of(EAN, width=300)
    sheet.paste(picture_of("4006381333931", width=700).crop((300, 250, 1000, 600)), (400, 520))
    assert codes_in(saved(sheet, "PNG")) == ("4006381333931", EAN)


@pytest.mark.parametrize(
    "odd", [b"", b"no picture", saved(Image.new("L", (9, 9)), "GIF"), saved(picture_of(EAN))[:900]]
)
def test_what_is_no_picture_is_none(odd):
    with pytest.raises(NoPhoto):
        codes_in(odd)


def test_a_picture_that_is_too_large_is_not_opened(monkeypatch):
    monkeypatch.setattr(barcode_photos, "PIXELS_AT_MOST", 1000)
    with pytest.raises(NoPhoto):
        codes_in(saved(picture_of(EAN)))
    monkeypatch.setattr(barcode_photos, "BYTES_AT_MOST", 10)
    with pytest.raises(NoPhoto):
        codes_in(saved(picture_of(EAN)))


def send(client, content):
    return client.post("/scan/photo/", {"photo": SimpleUploadedFile("photo.jpg", content, "image/jpeg")})


def test_the_server_answers_with_the_codes_or_says_why_there_is_none(sign_in):
    client = sign_in(Role.WAREHOUSE)
    assert send(client, saved(picture_of(EAN))).json() == {"codes": [EAN]}
    for content, said in ((saved(Image.new("L", (400, 300))), "No barcode was found"), (b"?", "no picture")):
        answer = send(client, content)
        assert (answer.status_code, said in answer.json()["error"]) == (422, True)
    assert client.post("/scan/photo/").status_code == 422


def test_nobody_else_is_answered(client):
    assert send(client, saved(picture_of(EAN))).status_code == 302


def test_the_count_offers_the_camera_and_pages_allow_it_to_themselves_alone(sign_in):
    shop = Trading()
    shop.item("MUG", 5)
    request = CountRequest(shop.warehouse.pk, CountScope.SITE)
    count = counts.begin_count(request, now=NOW, user=shop.olga)
    answer = sign_in().get(f"/counts/{count.pk}/")
    page = text(answer)
    assert all(said in page for said in ('data-camera="scan"', "Use the camera", "camera.js"))
    assert answer.headers["Permissions-Policy"].startswith("camera=(self), microphone=()")
