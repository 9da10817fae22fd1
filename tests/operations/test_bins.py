import pytest
from tests.factories.ground import NOW
from tests.factories.stock import a_level, a_site, an_fba_site, an_item

from wharfinger.db.models import AuditEntry, StockLevel
from wharfinger.db.queries.stock.warehouse.bins import bins_of
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock.stock_csv import apply_csv, plan_csv
from wharfinger.operations.stock.warehouse.bins import set_bins

pytestmark = pytest.mark.django_db


def test_the_first_bin_is_where_to_walk_to_and_the_others_follow():
    item, site, other = an_item(), a_site(), a_site("Shop", SiteKind.SHOP)
    assert set_bins(item.pk, {site.pk: " A-01  3;B-2, A-01 3 ", other.pk: ""}, now=NOW) == 1
    assert StockLevel.objects.values_list("site", "bin", "other_bins", "on_hand", "counted_at").get() == (
        site.pk, "A-01 3", "B-2", 0, None,
    )  # fmt: skip
    assert bins_of([(item.pk, site.pk), (item.pk, other.pk)]) == {(item.pk, site.pk): "A-01 3"}
    assert set_bins(item.pk, {site.pk: "A-01 3, B-2"}, now=NOW) == 0
    assert AuditEntry.objects.filter(verb="edit bins").count() == 1
    assert set_bins(item.pk, {site.pk: ""}, now=NOW) == 1
    assert bins_of([(item.pk, site.pk)]) == {}


@pytest.mark.parametrize("text", ["A" * 41, "A\x00B", ",".join(f"{number:038}" for number in range(9))])
def test_a_bin_that_cannot_be_stored_is_refused_at_its_site(text):
    item, site = an_item(), a_site()
    with pytest.raises(Refused) as refused:
        set_bins(item.pk, {site.pk: text}, now=NOW)
    assert refused.value.field == f"site-{site.pk}"
    assert not StockLevel.objects.exists()


def test_nobody_walks_in_amazons_warehouse():
    with pytest.raises(Refused):
        set_bins(an_item().pk, {an_fba_site().pk: "A-1"}, now=NOW)


def test_bins_come_by_the_stock_file():
    site = a_site("Main")
    a_level(an_item("MUG"), site, 4, bin="A-1")
    text = 'stock code,name,site,quantity,mode,bin\nMUG,,Main,4,count,"B-1, B-2"\nCUP,Cup,Main,3,count,C-1\n'
    assert [row.changes for row in plan_csv(text).rows] == [
        ("Main: bin “A-1” → “B-1, B-2”",),
        ("new item CUP “Cup”", "Main: first level 3", "Main: bin “” → “C-1”"),
    ]
    assert apply_csv(text, now=NOW) == 2
    held = StockLevel.objects.order_by("item__code").values_list("item__code", "on_hand", "bin", "other_bins")
    assert list(held) == [("CUP", 3, "C-1", ""), ("MUG", 4, "B-1", "B-2")]
    assert plan_csv(text).changes == 0
    assert apply_csv("stock code,site,bin\nMUG,Main,A-9\n", now=NOW) == 1
    assert StockLevel.objects.get(item__code="MUG").bin == "A-9"


def test_a_bin_in_a_file_needs_its_site_and_one_row_to_say_it():
    a_site("Main")
    an_item("MUG")
    text = "stock code,site,bin\nMUG,,A-1\nMUG,Main,A-2\nMUG,Main,A-3\nMUG,Nowhere,A-1\n"
    assert [(error.row, error.field) for error in plan_csv(text).errors] == [(2, "site"), (4, "bin"), (5, "site")]
