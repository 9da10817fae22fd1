"""Files of stock in and out: what people's spreadsheets write is read, and what we write comes back unchanged."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape
from hypothesis import example, given
from hypothesis import strategies as st
from tests.factories.properties import on_rows, undone
from tests.factories.stock import a_level, a_site, an_item

from wharfinger.db.models import StockBarcode, StockItem, StockLevel
from wharfinger.domain.installation.people import Role
from wharfinger.operations.stock import stock_csv

pytestmark = pytest.mark.django_db
HEADING = "stock code,name,site,quantity,mode\n"


def upload(client, body, **fields):
    return client.post("/stock/import/", {"file": SimpleUploadedFile("stock.csv", body), **fields})


def exported(client):
    return b"".join(client.get("/stock/import/levels.csv").streaming_content).decode()


def test_a_file_in_another_code_page_is_read_after_a_question(sign_in):
    client = sign_in(Role.WAREHOUSE)
    body = f"{HEADING}MUG,Becher für Möwen,,,\n".encode("cp1252")
    question = upload(client, body)
    page = question.content.decode()
    assert "In which of these are the words right?" in page
    assert "Becher für Möwen" in page
    raw = re.search(r'name="raw" value="([^"]+)"', page).group(1)
    answer = client.post("/stock/import/", {"raw": raw, "encoding": "cp1252"})
    assert (answer.status_code, "Apply all 1 change" in answer.content.decode()) == (200, True)
    assert "Becher für Möwen" in answer.content.decode()
    assert not StockItem.objects.exists()


def test_a_workbook_is_refused_with_what_to_do(sign_in):
    answer = upload(sign_in(), b"PK\x03\x04")
    assert answer.status_code == 422
    assert "CSV UTF-8" in answer.content.decode()


def test_headings_are_mapped_on_the_page_and_remembered(sign_in):
    client = sign_in()
    body = "Artikel;Bezeichnung;Farbe\nMUG;Becher;rot\n".encode("utf-16")
    page = upload(client, body).content.decode()
    assert "Which columns are these?" in page
    form = {
        "step": "headings",
        "text": body.decode("utf-16"),
        "heading": ["Artikel", "Bezeichnung", "Farbe"],
        "column": ["stock code", "name", "-"],
    }
    assert "Apply all 1 change" in client.post("/stock/import/", form).content.decode()
    assert "Apply all 1 change" in upload(client, body).content.decode()


def test_a_code_that_is_probably_a_known_one_is_chosen_row_by_row(sign_in):
    client = sign_in()
    a_site("Main")
    an_item("MUG-1", "Mug")
    text = f"{HEADING}mug-1,Mug,Main,3,count\n"
    page = client.post("/stock/import/", {"text": text}).content.decode()
    assert "Probably changed by a spreadsheet" in page
    assert "Apply all" not in page
    answered = {"text": text, "answer-2:stock code": "known"}
    page = client.post("/stock/import/", answered).content.decode()
    assert "Apply all 1 change" in page
    assert 'name="answer-2:stock code" value="known"' in page
    assert client.post("/stock/import/", {**answered, "step": "apply"}).status_code == 302
    assert dict(StockLevel.objects.values_list("item__code", "on_hand")) == {"MUG-1": 3}


def test_every_file_of_ours_begins_with_its_mark(sign_in):
    client = sign_in()
    an_item("MUG-Ü", "Becher")
    for page in ("/stock/import/levels.csv", "/stock/levels.csv", "/channels/export.csv"):
        body = b"".join(client.get(page).streaming_content)
        assert body.startswith(b"\xef\xbb\xbf"), page
        assert body.count(b"\xef\xbb\xbf") == 1, page


def test_an_article_is_found_in_each_of_its_forms(sign_in):
    client = sign_in()
    item = an_item("MUG", "Mug")
    StockBarcode.objects.create(item=item, type="UPC", code="012345678905", gtin="00012345678905")
    for code in ("012345678905", "0012345678905", "00012345678905"):
        assert escape("/stock/") + f"{item.pk}/" in client.get(f"/stock/?q={code}").content.decode(), code


CODE = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
NAME = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
SPECIAL = ["00123", "=1+1", "-5", "@home", "'00123", "1E5", 'Möwe;,"', "ABC", "abc", "1.23E+13", "#N/A", "007"]


@on_rows(6)
@given(st.dictionaries(st.sampled_from(SPECIAL) | CODE, st.tuples(NAME, st.none() | st.integers(-9, 9)), max_size=6))
@example({code: (code, place - 3) for place, code in enumerate(SPECIAL)})
def test_what_we_export_comes_back_unchanged(sign_in, content):
    with undone():
        site = a_site("Möwe, Süd")
        for code, (name, level) in content.items():
            item = an_item(code, name)
            if level is not None:
                a_level(item, site, level)
        plan = stock_csv.plan_csv(exported(sign_in()))
    assert (plan.errors, plan.questions, plan.changes) == ((), (), 0)
    assert {row.code for row in plan.rows} == set(content)
