"""Order lines find their stock item by a channel's ordered list of codes; many links are one go."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.ground import DE, FR, NOW, UK
from tests.factories.incoming import a_line, an_order
from tests.factories.outcomes import problems, the_order
from tests.factories.stock import a_listing, a_product

from wharfinger.db.models import AuditEntry, Channel, ChannelProduct, Listing, SalesOrder, StockBarcode, StockItem
from wharfinger.db.queries.channels.near_items import Wanted, near_items
from wharfinger.db.queries.channels.unlinked_skus import unlinked_skus
from wharfinger.domain.channels.sku_choices import LinkTo, SkuChoice
from wharfinger.domain.orders.matching import MatchCode
from wharfinger.operations.channels import catalogue_in, links, matching
from wharfinger.operations.channels.catalogue_in import Sorted
from wharfinger.operations.orders import _link_steps
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db
EAN, UPC = "0012345678905", "012345678905"


def go_by(shop, *codes):
    return matching.save_match_codes(shop.fbm.pk, codes, user=shop.olga, now=NOW)


def barcode(item, code, kind="EAN", gtin=""):
    return StockBarcode.objects.create(item=item, type=kind, code=code, gtin=gtin)


def hear(shop, *lines, number=1, **more):
    shop.take(an_order(*lines, number=f"026-{number:07d}-0000001", **more))


def to_link(shop, sku, item_id):
    return SkuChoice(shop.account.pk, UK, sku, LinkTo(item_id))


CASES = {
    "the stock code": ([MatchCode.STOCK_CODE], "MUG", "B0NONE"),
    "the other reference": ([MatchCode.OTHER_REFERENCE], "REF-9", "B0NONE"),
    "a barcode of an own type": ([MatchCode.BARCODE], "OWN-7", "B0NONE"),
    "an article in another form": ([MatchCode.BARCODE], UPC, "B0NONE"),
    "an ASIN that is a barcode": ([MatchCode.ASIN], "ELSE", "B0ASIN"),
    "the second where the first names none": ([MatchCode.BARCODE, MatchCode.STOCK_CODE], "MUG", "B0NONE"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_line_without_a_link_is_matched_by(case, shop):
    codes, sku, asin = CASES[case]
    item = shop.item("MUG", 5, listed=False)
    StockItem.objects.filter(pk=item.pk).update(other_reference="REF-9")
    barcode(item, "OWN-7", "Own")
    barcode(item, EAN, gtin="00012345678905")
    barcode(item, "B0ASIN", "ASIN")
    go_by(shop, *codes)
    hear(shop, a_line(sku, asin=asin))
    assert (the_order().state, the_order().lines.get().item) == ("ready_to_ship", item)


def test_without_the_list_nothing_but_a_link_counts(shop):
    shop.item("MUG", 5, listed=False)
    hear(shop, a_line("MUG"))
    assert the_order().state == "held"


def test_a_link_comes_before_every_other_code(shop):
    shop.item("MUG", 5, listed=False)
    cup = shop.item("CUP", 5, sku="MUG")
    go_by(shop, MatchCode.STOCK_CODE)
    hear(shop, a_line("MUG"))
    assert the_order().lines.get().item == cup


def test_a_changed_list_tries_the_lines_that_were_held(shop):
    shop.item("MUG", 5, listed=False)
    hear(shop, a_line("MUG", 2))
    assert go_by(shop, MatchCode.STOCK_CODE) == 1
    assert (the_order().state, problems()) == ("ready_to_ship", [])
    entry = AuditEntry.objects.latest("pk")
    assert (entry.noun, entry.before, entry.after) == ("Channel", {"codes": []}, {"codes": ["stock_code"]})


def test_a_changed_list_tries_all_of_them_however_many(shop, monkeypatch):
    """The worker, who goes on with what is too much for one press, finds linked SKUs only."""
    monkeypatch.setattr(_link_steps, "ORDERS_AT_ONCE", 2)
    shop.item("MUG", 50, listed=False)
    for number in range(5):
        hear(shop, a_line("MUG"), number=number)
    assert go_by(shop, MatchCode.STOCK_CODE) == 5
    assert not SalesOrder.objects.exclude(state="ready_to_ship").exists()


@pytest.mark.parametrize("codes", [["amazon_sku"], ["stock_code", "stock_code"], ["shoe size"]])
def test_a_list_that_makes_no_sense_is_refused(shop, codes):
    with pytest.raises(Refused):
        go_by(shop, *codes)
    assert Channel.objects.get(pk=shop.fbm.pk).match_codes == []


def test_many_skus_are_linked_in_one_go_and_all_that_waited_goes_on(shop):
    mug, cup = shop.item("MUG", 50, listed=False), shop.item("CUP", 50, listed=False)
    for number in range(1, 6):
        hear(shop, a_line("mug-x", 2), a_line("cup-x", 1), number=number)
    assert set(SalesOrder.objects.values_list("state", flat=True)) == {"held"}
    wanted = [to_link(shop, "mug-x", mug.pk), to_link(shop, "cup-x", cup.pk)]
    assert catalogue_in.sort_skus(wanted, user=shop.olga, now=NOW) == Sorted(0, 2, 0, 10)
    assert set(SalesOrder.objects.values_list("state", flat=True)) == {"ready_to_ship"}
    assert (shop.level(mug), shop.level(cup), problems()) == ((50, 10), (50, 5), [])


@pytest.mark.parametrize("fault", [{"marketplace_id": "NOWHERE"}, {"account_id": 10**9}, {"sku": ""}])
def test_one_refused_link_leaves_all_of_them_undone(shop, fault):
    mug = shop.item("MUG", 5, listed=False)
    good, wrong = to_link(shop, "mug-x", mug.pk), replace(to_link(shop, "mug-y", mug.pk), **fault)
    with pytest.raises(Refused):
        catalogue_in.sort_skus([good, wrong], user=shop.olga, now=NOW)
    assert not Listing.objects.exists()


def test_held_orders_cost_the_same_statements_for_two_and_for_twelve(shop):
    costs = []
    for round_, orders in enumerate((2, 12)):
        item = shop.item(f"MUG-{round_}", 99, listed=False)
        for number in range(orders):
            hear(shop, a_line(f"x-{round_}"), number=100 * round_ + number)
        with CaptureQueriesContext(connection) as queries:
            catalogue_in.sort_skus([to_link(shop, f"x-{round_}", item.pk)], user=shop.olga, now=NOW)
        costs.append(len(queries))
    assert costs[1] <= costs[0]
    assert not SalesOrder.objects.exclude(state="ready_to_ship").exists()


def test_what_is_too_much_for_one_press_is_done_by_the_worker_most_urgent_first(shop, monkeypatch):
    monkeypatch.setattr(_link_steps, "ORDERS_AT_ONCE", 2)
    item = shop.item("MUG", 99, listed=False)
    for number in range(5):
        hear(shop, a_line("x"), number=number)
    assert catalogue_in.sort_skus([to_link(shop, "x", item.pk)], user=shop.olga, now=NOW).lines == 2
    assert [links.fix_more_lines(now=NOW, steps=1) for _ in range(3)] == [(2, True), (1, True), (0, False)]
    assert not SalesOrder.objects.exclude(state="ready_to_ship").exists()


@pytest.mark.parametrize("undated", [True, False])
def test_what_matches_nothing_holds_up_no_order_behind_it(shop, monkeypatch, undated):
    """The links of x in two other marketplaces mean two items: its lines look linked, and match nothing."""
    monkeypatch.setattr(_link_steps, "ORDERS_AT_ONCE", 2)
    one, two, item = (shop.item(code, 99, listed=False) for code in ("ONE", "TWO", "MUG"))
    for number in range(5):
        hear(shop, a_line("x"), number=number)
    for number in range(5, 10):
        hear(shop, a_line("y"), number=number)
    behind = SalesOrder.objects.filter(lines__sku="y")
    SalesOrder.objects.filter(pk__in=behind.values("pk")).update(ship_by=None if undated else NOW + timedelta(days=9))
    listing = a_listing(shop.account, "x", one, marketplaces=(DE,))
    a_product(listing, two, FR)
    assert catalogue_in.sort_skus([to_link(shop, "y", item.pk)], user=shop.olga, now=NOW).lines == 2
    assert links.fix_more_lines(now=NOW, steps=9) == (3, False)
    assert set(behind.values_list("state", flat=True)) == {"ready_to_ship"}


def test_the_worker_finds_the_lines_too_that_an_asin_means(shop, monkeypatch):
    monkeypatch.setattr(_link_steps, "ORDERS_AT_ONCE", 2)
    item = shop.item("MUG", 99, listed=False)
    go_by(shop, MatchCode.ASIN)
    for number in range(5):
        hear(shop, a_line(f"sku-{number}", asin="B0MUG00001"), number=number)
    catalogue_in.sort_skus([to_link(shop, "sku-0", item.pk)], user=shop.olga, now=NOW)
    ChannelProduct.objects.update(asin="B0MUG00001")
    links.fix_more_lines(now=NOW, steps=9)
    assert not SalesOrder.objects.exclude(state="ready_to_ship").exists()


def test_a_short_item_goes_to_the_order_that_leaves_first(shop):
    item = shop.item("MUG", 1, listed=False)
    hear(shop, a_line("x"), number=1)
    hear(shop, a_line("x"), number=2)
    first = SalesOrder.objects.order_by("pk").last()
    SalesOrder.objects.filter(pk=first.pk).update(ship_by=NOW)
    catalogue_in.sort_skus([to_link(shop, "x", item.pk)], user=shop.olga, now=NOW)
    first.refresh_from_db()
    assert first.state == "ready_to_ship"
    assert SalesOrder.objects.exclude(pk=first.pk).get().state == "awaiting_stock"


NEAR = {
    "its code": (Wanted("mug-blue", "", ""), "differs only in case, spaces, signs or leading zeros", True),
    "zeros that were lost": (Wanted("42", "", ""), "differs only in case, spaces, signs or leading zeros", True),
    "its other reference": (Wanted("ref-9", "", ""), "has the other reference REF-9", True),
    "the same article": (Wanted(UPC, "", ""), f"has the EAN {EAN}", True),
    "the listing's GTIN": (Wanted("?", "", "", gtin="00012345678905"), f"has the EAN {EAN}", True),
    "the ASIN elsewhere": (Wanted("?", "B0MUG00001", ""), "sells the same ASIN B0MUG00001 elsewhere", False),
    "the title": (Wanted("?", "", "Falcon ENAMEL mug with blue rim, 8 cm"), "has the words of the title", False),
}


@pytest.mark.parametrize("case", NEAR)
def test_a_near_miss_is_found_by(case, shop):
    wanted, why, sure = NEAR[case]
    code = "0042" if case.startswith("zeros") else "MUG-BLUE"
    item = StockItem.objects.create(code=code, name="Enamel mug, blue rim", other_reference="REF-9", made_at=NOW)
    barcode(item, EAN, gtin="00012345678905")
    product = shop.listing("ELSEWHERE", item)
    ChannelProduct.objects.filter(pk=product.pk).update(asin="B0MUG00001")
    shop.item("TEAPOT", listed=False)
    (found,) = near_items([wanted])
    assert [(one.code, one.why, one.sure) for one in found] == [(code, why, sure)]


def test_nothing_is_near_to_what_says_nothing(shop):
    shop.item("MUG", listed=False)
    assert near_items([Wanted("", "", ""), Wanted("---", "", "of the in")]) == [(), ()]
    assert near_items([]) == []


def test_proposals_for_many_cost_what_those_for_one_cost(shop):
    costs = []
    for several in (1, 20):
        with CaptureQueriesContext(connection) as queries:
            near_items([Wanted(f"MUG-{number}", f"B{number}", "Enamel mug blue") for number in range(several)])
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_page_begins_with_what_orders_wait_for_and_names_each_sku_once(shop):
    shop.item("MUG", 5, listed=False)
    shop.listing("waits")
    shop.listing("waits not")
    hear(shop, a_line("waits", 2))
    hear(shop, a_line("no listing yet"), number=2)
    rows = unlinked_skus().rows
    assert sorted((row.sku, row.lines) for row in rows[:2]) == [("no listing yet", 1), ("waits", 1)]
    assert [(row.sku, row.lines) for row in rows[2:]] == [("waits not", 0)]
