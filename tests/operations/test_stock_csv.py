import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW, UK
from tests.factories.properties import on_rows
from tests.factories.stock import a_listing, a_site, an_item

from wharfinger.db.models import (
    ChannelProduct,
    KitComponent,
    Movement,
    StockBarcode,
    StockItem,
    StockLevel,
    StockNotice,
)
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import ledger, stock_csv

pytestmark = pytest.mark.django_db

HEADING = "stock code,name,barcode,other reference,site,quantity,mode\n"


def a_file(*rows):
    return HEADING + "\n".join(rows)


@pytest.fixture
def main():
    return a_site("Main")


def levels():
    return dict(StockLevel.objects.values_list("item__code", "on_hand"))


def test_the_plan_shows_every_change_and_writes_nothing(main):
    item = an_item("CUP", "Cup")
    ledger.receive_stock(item.pk, main.pk, 5, now=NOW)
    plan = stock_csv.plan_csv(
        a_file("MUG,Blue mug,501,M-1,Main,7,receive", "CUP,Tea cup,,,Main,12,count", "CUP,Tea cup,,,,,")
    )
    assert [row.changes for row in plan.rows] == [
        ("new item MUG “Blue mug”", "other reference “” → “M-1”", "barcode 501", "Main: first level 7"),
        ("name “Cup” → “Tea cup”", "Main: 5 → 12 (+7)"),
        (),
    ]
    assert (plan.errors, plan.changes) == ((), 2)
    assert levels() == {"CUP": 5}
    assert StockItem.objects.count() == 1


def test_applied_it_does_what_the_plan_said(main):
    item = an_item("CUP", "Cup")
    ledger.receive_stock(item.pk, main.pk, 5, now=NOW)
    text = a_file("MUG,Blue mug,5012345678900,M-1,Main,7,receive", "CUP,Tea cup,,,Main,12,count")
    assert stock_csv.apply_csv(text, now=NOW) == 2
    assert levels() == {"CUP": 12, "MUG": 7}
    assert dict(StockItem.objects.values_list("code", "name")) == {"CUP": "Tea cup", "MUG": "Blue mug"}
    assert StockBarcode.objects.get().type == "EAN"
    assert Movement.objects.order_by("-pk").values_list("note", flat=True)[0] == "CSV row 3"
    assert stock_csv.plan_csv(a_file("CUP,Tea cup,,,Main,12,count")).changes == 0


def test_semicolons_tabs_bom_and_quotes_are_read(main):
    for delimiter in (";", "\t", ","):
        text = "\ufeff" + a_file('MUG,"A ""big"" mug",,,Main,1,count').replace(",", delimiter)
        (row,) = stock_csv.plan_csv(text).rows
        assert (row.name, row.quantity) == ('A "big" mug', 1)


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        (",Mug,,,Main,1,count", "stock code", "Give the stock code"),
        ("MUG,,,,Main,1,count", "name", "new item"),
        ("MUG,Mug,,,Nowhere,1,count", "site", "The sites are: Main"),
        ("MUG,Mug,,,FBA UK,1,count", "site", "mirrors Amazon's stock"),
        ("MUG,Mug,,,,1,count", "site", "Name the site"),
        ("MUG,Mug,,,Main,1,add", "mode", "receive"),
        ("MUG,Mug,,,Main,1,", "mode", "receive"),
        ("MUG,Mug,,,Main,-1,count", "quantity", "must be a whole number"),
        ("MUG,Mug,,,Main,1.5,count", "quantity", "must be a whole number"),
        ("MUG,Mug,,,Main,1.000,count", "quantity", "must be a whole number"),
        ('MUG,Mug,,,Main,"1,000",count', "quantity", "must be a whole number"),
        ("MUG,Mug,,,Main,1e3,count", "quantity", "must be a whole number"),
        ("MUG,Mug,,,Main,٣,count", "quantity", "must be a whole number"),
        ("MUG,Mug,,,Main,99999999999,count", "quantity", "must be a whole number"),
        ("MUG,Mug,,,Main,0,receive", "quantity", "changes nothing"),
        ("MUG,Mug,,,Main,,count", "quantity", "Give the units"),
        ("MUG,Mug,TAKEN,,Main,1,count", "barcode", "belongs to CUP"),
        ("SET,Set,,,Main,1,count", "quantity", "is a kit"),
        (f"{'x' * 401},Mug,,,Main,1,count", "stock code", "401 characters"),
        ("MU\x00G,Mug,,,Main,1,count", "stock code", "control character"),
        ("MUG,Mug,,,Main,1,count,extra", "row", "8 cells"),
        ('MUG,"Mug,,,Main,1,count', "file", "cannot be read"),
    ],
)
def test_a_bad_row_is_named_with_its_field_and_remedy_and_nothing_is_written(main, row, field, words):
    a_site("FBA UK", SiteKind.FBA, "UK")
    cup, kit = an_item("CUP"), an_item("SET")
    StockBarcode.objects.create(item=cup, type="EAN", code="TAKEN")
    KitComponent.objects.create(kit=kit, component=cup, quantity=1)
    text = a_file("CUP,Cup,,,Main,3,count", row)
    errors = stock_csv.plan_csv(text).errors
    assert any(e.field == field and words in e.remedy and e.row in (1, 3) for e in errors), errors
    with pytest.raises(Refused) as refusal:
        stock_csv.apply_csv(text, now=NOW)
    assert refusal.value.field == "file"
    assert words in refusal.value.message
    assert levels() == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("\ufeff \n", "empty"),
        ("name,site\nMug,Main", "missing"),
        ("stock code,colour\nMUG,red", "not known"),
        ("stock code,name,name\nMUG,a,b", "twice"),
        ("stock code\n" + "A\n" * 20_001, "20,000"),
        ("x" * 10_000_001, "10 MB"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(text, words):
    (error, *_) = stock_csv.plan_csv(text).errors
    assert error.row == 1
    assert any(words in error.remedy for error in stock_csv.plan_csv(text).errors)


def test_rows_are_judged_against_each_other(main):
    plan = stock_csv.plan_csv(
        a_file(
            "MUG,Mug,,,Main,5,count",
            "MUG,,,,Main,2,receive",
            "MUG,,,,Main,9,count",
            "MUG,Other mug,,,,,",
            "CUP,Cup,501,,,,",
            "JUG,Jug,501,,,,",
        )
    )
    assert [(error.row, error.field) for error in plan.errors] == [(4, "mode"), (5, "name"), (7, "barcode")]
    assert plan.rows[1].changes == ("Main: 5 → 7 (+2)",)


def test_stock_from_a_file_links_listings_and_is_queued_for_amazon(main):
    account = an_account()
    a_channel(account, main)
    a_listing(account, "MUG", marketplaces=(UK,))
    stock_csv.apply_csv(a_file("MUG,Mug,,,Main,5,count"), now=NOW)
    assert ChannelProduct.objects.get().item.code == "MUG"
    assert StockNotice.objects.count() == 1


cells = st.text(st.characters(codec="utf-8"), max_size=12)


@on_rows(30)
@given(st.one_of(st.text(max_size=200), st.lists(st.lists(cells, max_size=8), max_size=6)))
def test_no_file_breaks_the_reader(db, content):
    text = content if isinstance(content, str) else HEADING + "\n".join(",".join(row) for row in content)
    plan = stock_csv.plan_csv(text)
    assert all(error.remedy and error.row >= 1 for error in plan.errors)


def test_the_sample_file_is_a_good_file():
    a_site("Main warehouse")
    text = "\n".join(",".join(row) for row in stock_csv.SAMPLE)
    assert stock_csv.apply_csv(text, now=NOW) == 2


class TestCodesThatASpreadsheetChanged:
    @pytest.mark.parametrize("typed", ["mug-1", "00MUG-1", "'MUG-1", "MUG -1", '"=""MUG-1"""'])
    def test_a_new_code_that_is_probably_a_known_one_is_a_question(self, main, typed):
        an_item("MUG-1", "Mug")
        text = a_file(f"{typed},Mug,,,Main,3,count")
        plan = stock_csv.plan_csv(text)
        (question,) = plan.unanswered
        assert (question.field, question.probably, plan.errors) == ("stock code", "MUG-1", ())
        with pytest.raises(Refused, match="Answer each question"):
            stock_csv.apply_csv(text, now=NOW)
        assert StockItem.objects.count() == 1
        assert stock_csv.apply_csv(text, {question.name: "known"}, now=NOW) == 1
        assert levels() == {"MUG-1": 3}

    def test_answered_no_it_is_a_new_item(self, main):
        an_item("MUG-1", "Mug")
        stock_csv.apply_csv(a_file("mug-1,Other mug,,,Main,3,count"), {"2:stock code": "typed"}, now=NOW)
        assert levels() == {"mug-1": 3}

    def test_two_new_codes_of_one_file_are_a_question_too(self, main):
        plan = stock_csv.plan_csv(a_file("MUG,Mug,,,,,", "mug,Mug,,,,,"))
        assert [(question.row, question.probably) for question in plan.unanswered] == [(3, "MUG")]

    def test_an_answer_that_is_none_leaves_the_question_open(self, main):
        an_item("MUG-1", "Mug")
        plan = stock_csv.plan_csv(a_file("mug-1,Mug,,,Main,3,count"), {"2:stock code": "perhaps"})
        assert len(plan.unanswered) == 1

    @pytest.mark.parametrize("barcode", ["5.01235E+12", '"5,01235E+12"', "5E12", "5.0E+12"])
    def test_a_barcode_in_scientific_notation_is_an_error(self, main, barcode):
        errors = stock_csv.plan_csv(a_file(f"MUG,Mug,{barcode},,,,")).errors
        assert [(error.row, error.field) for error in errors] == [(2, "barcode")]
        assert "spreadsheet" in errors[0].remedy

    def test_so_is_a_new_stock_code(self, main):
        (error,) = stock_csv.plan_csv(a_file("5.01235E+12,Mug,,,,,")).errors
        assert error.field == "stock code"

    @pytest.mark.parametrize(
        ("typed", "meant"), [('"=""0099"""', "0099"), ("'0099", "0099"), ("99.0", "99"), ("=0099", "0099")]
    )
    def test_a_wrapped_code_is_a_question_though_nothing_known_is_near(self, main, typed, meant):
        (question,) = stock_csv.plan_csv(a_file(f"{typed},Mug,,,,,")).questions
        assert (question.field, question.probably) == ("stock code", meant)

    @pytest.mark.parametrize("typed", ['"=""012345678905"""', "'012345678905", "012345678905.0", "12345678905.0"])
    def test_a_wrapped_barcode_is_a_question(self, main, typed):
        (question,) = stock_csv.plan_csv(a_file(f"MUG,Mug,{typed},,,,")).questions
        assert (question.field, question.probably) == ("barcode", "012345678905")


class TestGtins:
    def test_upc_and_ean_of_one_article_are_one_barcode(self, main):
        stock_csv.apply_csv(a_file("MUG,Mug,012345678905,,,,"), now=NOW)
        plan = stock_csv.plan_csv(a_file("MUG,Mug,0012345678905,,,,"))
        assert (plan.errors, plan.changes) == ((), 0)
        (error,) = stock_csv.plan_csv(a_file("CUP,Cup,0012345678905,,,,")).errors
        assert "belongs to MUG" in error.remedy
        assert stock_csv.apply_csv(a_file("MUG,New name,0012345678905,,,,"), now=NOW) == 1
        assert StockBarcode.objects.count() == 1

    def test_two_rows_of_one_file_are_compared_so_too(self, main):
        plan = stock_csv.plan_csv(a_file("MUG,Mug,012345678905,,,,", "CUP,Cup,0012345678905,,,,"))
        assert [error.row for error in plan.errors] == [3]

    def test_a_wrong_check_digit_is_an_error(self, main):
        (error,) = stock_csv.plan_csv(a_file("MUG,Mug,5012345678901,,,,")).errors
        assert (error.field, "5012345678900" in error.remedy) == ("barcode", True)

    def test_eleven_digits_are_a_question(self, main):
        text = a_file("MUG,Mug,12345678905,,,,")
        (question,) = stock_csv.plan_csv(text).unanswered
        assert (question.field, question.probably) == ("barcode", "012345678905")
        stock_csv.apply_csv(text, {question.name: "known"}, now=NOW)
        row = StockBarcode.objects.get()
        assert (row.type, row.code, row.gtin) == ("UPC", "012345678905", "00012345678905")

    def test_a_code_of_our_own_that_is_held_stays(self, main):
        item = an_item("MUG", "Mug")
        StockBarcode.objects.create(item=item, type="Other", code="5012345678901")
        plan = stock_csv.plan_csv(a_file("MUG,Mug,5012345678901,,,,"))
        assert (plan.errors, plan.changes) == ((), 0)


class TestHeadings:
    def test_unknown_headings_are_named_and_once_mapped_they_are_known(self, main):
        text = "Artikelnummer,STOCK_NAME,Lagerort,Bemerkung\nMUG,Mug,,schön\n"
        plan = stock_csv.plan_csv(text)
        assert plan.unknown_headings == ("Artikelnummer", "STOCK_NAME", "Lagerort", "Bemerkung")
        columns = {"Artikelnummer": "stock code", "STOCK_NAME": "name", "Lagerort": "site", "Bemerkung": "-"}
        stock_csv.remember_headings(columns, now=NOW)
        plan = stock_csv.plan_csv(text.replace("Artikelnummer", "ARTIKEL-NUMMER"))
        assert (plan.errors, plan.unknown_headings, [row.code for row in plan.rows]) == ((), (), ["MUG"])

    def test_case_and_signs_of_our_own_headings_do_not_matter(self, main):
        assert stock_csv.plan_csv("Stock_Code;NAME;;\nMUG;Mug;;\n").changes == 1

    def test_what_is_no_column_of_ours_is_refused(self):
        with pytest.raises(Refused, match="colour"):
            stock_csv.remember_headings({"colour": "shade"}, now=NOW)


def test_an_oversold_level_comes_back_unchanged_and_no_other(main):
    item = an_item("MUG", "Mug")
    ledger.count_stock(item.pk, main.pk, 0, now=NOW)
    ledger.adjust_stock(item.pk, main.pk, -3, "broken", now=NOW)
    assert stock_csv.plan_csv(a_file("MUG,Mug,,,Main,-3,count")).errors == ()
    assert stock_csv.apply_csv(a_file("MUG,Mug,,,Main,-3,count"), now=NOW) == 0
    assert levels() == {"MUG": -3}
    (error,) = stock_csv.plan_csv(a_file("MUG,Mug,,,Main,-2,count")).errors
    assert error.field == "quantity"
