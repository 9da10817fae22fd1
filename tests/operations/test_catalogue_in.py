"""SKUs without a stock item: one is made or linked, or the SKU is ignored; all rows or none."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import an_account
from tests.factories.cast import Trading
from tests.factories.ground import DE, NOW, UK
from tests.factories.incoming import a_line, an_order
from tests.factories.outcomes import problems, the_order
from tests.factories.stock import a_listing

from wharfinger.db.models import AuditEntry, ChannelProduct, Listing, StockBarcode, StockItem, StockNotice
from wharfinger.db.queries.channels.unlinked_skus import UnlinkedCounts, count_unlinked, ignored_skus, unlinked_skus
from wharfinger.domain.channels.sku_choices import Create, Ignore, LinkTo, SkuChoice
from wharfinger.operations.channels import catalogue_in, links
from wharfinger.operations.channels.catalogue_in import AT_ONCE, Faults, Sorted
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock.items import ItemEntry, create_item

pytestmark = pytest.mark.django_db
EAN, GTIN = "4006381333931", "04006381333931"
PICTURE = "https://m.media-amazon.com/images/I/71abc.jpg"


@pytest.fixture
def shop():
    return Trading()


def listed(shop, sku, *, gtin="", picture="", title="", account=None):
    product = shop.listing(sku)
    ChannelProduct.objects.filter(pk=product.pk).update(gtin=gtin, picture=picture, title=title)
    return product


def sort(shop, **chosen):
    """By SKU; a name of Python stands for it."""
    choices = [SkuChoice(shop.account.pk, UK, sku, choice) for sku, choice in chosen.items()]
    return catalogue_in.sort_skus(choices, user=shop.olga, now=NOW)


def faults(found):
    assert isinstance(found, Faults)
    return {place: refused.message for place, refused in found.rows.items()}


def links_of():
    return dict(ChannelProduct.objects.order_by("pk").values_list("listing__sku", "item__code"))


def test_a_new_item_has_the_listings_title_barcode_and_picture_and_what_waited_goes_on(shop):
    listed(shop, "x", gtin=GTIN, picture=PICTURE, title="Enamel\tmug,  blue")
    shop.take(an_order(a_line("x")))
    assert sort(shop, x=Create("MUG")) == Sorted(items=1, linked=1, ignored=0, lines=1)
    item = StockItem.objects.get()
    assert (item.code, item.name, item.picture, item.made_at) == ("MUG", "Enamel mug, blue", PICTURE, NOW)
    assert list(StockBarcode.objects.values_list("item", "type", "code", "gtin")) == [(item.pk, "EAN", EAN, GTIN)]
    assert (links_of(), the_order().lines.get().item, problems()) == ({"x": "MUG"}, item, ["awaiting_stock"])
    assert StockNotice.objects.get().cause == "Linked to a stock item"
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", "noun", "user")
    assert list(verbs) == [("create", "StockItem", shop.olga.pk), ("link", "ChannelProduct", shop.olga.pk)]


def test_without_a_code_or_a_title_the_sku_names_the_item(shop):
    listed(shop, "x")
    sort(shop, x=Create())
    assert StockItem.objects.values_list("code", "name").get() == ("x", "x")


def test_every_marketplace_of_a_sku_is_linked_and_one_that_only_orders_brought(shop):
    listed(shop, "x")
    shop.listing("x", marketplace=DE)
    mug = shop.item("MUG", listed=False)
    assert sort(shop, x=LinkTo(mug.pk), y=LinkTo(mug.pk)) == Sorted(0, 2, 0, 0)
    rows = ChannelProduct.objects.order_by("listing__sku", "marketplace").values_list("listing__sku", "marketplace")
    assert sorted(rows) == sorted([("x", UK), ("x", DE), ("y", UK)])
    assert not ChannelProduct.objects.exclude(item=mug).exists()


def test_what_is_ignored_is_shown_no_more_until_it_is_taken_up_again(shop):
    product = listed(shop, "x")
    assert sort(shop, x=Ignore()) == Sorted(0, 0, 1, 0)
    assert (unlinked_skus().rows, count_unlinked()) == ((), UnlinkedCounts(unlinked=0, ignored=1))
    assert [row.sku for row in ignored_skus().rows] == ["x"]
    create_item(ItemEntry("x", "Found no more"), now=NOW)
    assert links_of() == {"x": None}
    assert catalogue_in.restore_skus([product.listing_id], user=shop.olga, now=NOW) == 1
    assert catalogue_in.restore_skus([product.listing_id], user=shop.olga, now=NOW) == 0
    assert (count_unlinked(), [row.sku for row in unlinked_skus().rows]) == (UnlinkedCounts(1, 0), ["x"])


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_link_ends_the_ignoring(shop, by_hand):
    product, mug = listed(shop, "x"), shop.item("MUG", listed=False)
    sort(shop, x=Ignore())
    if by_hand:
        links.link_product(product.pk, mug.pk, user=shop.olga, now=NOW)
    else:
        sort(shop, x=LinkTo(mug.pk))
    assert (Listing.objects.get().ignored_at, links_of()) == (None, {"x": "MUG"})


def test_each_row_with_a_fault_is_named_and_nothing_is_written(shop):
    taken = shop.item("TAKEN", listed=False)
    StockBarcode.objects.create(item=taken, type="EAN", code=EAN, gtin=GTIN)
    for sku in ("good", "code", "twin", "wrong", "waits"):
        listed(shop, sku)
    listed(shop, "gtin", gtin=GTIN)
    listed(shop, "one", gtin="00012345678905")
    listed(shop, "two", gtin="00012345678905")
    linked = listed(shop, "meanwhile")
    ChannelProduct.objects.filter(pk=linked.pk).update(item=taken)
    shop.take(an_order(a_line("waits")))
    found = sort(
        shop,
        good=Create(),
        code=Create("TAKEN"),
        twin=Create("good"),
        gtin=Create(),
        one=Create(),
        two=Create(),
        wrong=Create("a\tb"),
        gone=LinkTo(10**9),
        meanwhile=Create(),
        waits=Ignore(),
    )
    assert faults(found) == {
        1: "The stock code TAKEN is in use for “TAKEN”. Link to it, or type another code.",
        2: "The row of good creates the stock code good too. Type another code, or remove one of the ticks.",
        3: f"The barcode {EAN} belongs to TAKEN. Link to it, or remove the barcode from it first.",
        5: "It has the barcode of one, which is created too. Remove this tick: it is then proposed for that item.",
        6: "The stock code contains a control character (a tab or line break). Remove it.",
        7: "This stock item no longer exists. Choose another.",
        8: "This SKU was linked to TAKEN meanwhile. Remove its tick.",
        9: "Orders wait for this SKU: link it, or create its stock item.",
    }
    assert (StockItem.objects.count(), set(links_of().values())) == (1, {None, "TAKEN"})
    assert not AuditEntry.objects.filter(noun="ChannelProduct").exists()


def test_the_same_link_chosen_twice_is_no_fault(shop):
    mug = shop.item("MUG", listed=False)
    shop.listing("x", mug)
    assert sort(shop, x=LinkTo(mug.pk)) == Sorted(0, 1, 0, 0)


def test_one_sku_of_two_accounts_becomes_one_item(shop):
    other = an_account("Second", "A2SECOND")
    listed(shop, "x")
    a_listing(other, "x")
    choices = [SkuChoice(account.pk, UK, "x", Create()) for account in (shop.account, other)]
    assert catalogue_in.sort_skus(choices, user=shop.olga, now=NOW) == Sorted(1, 2, 0, 0)


def test_an_old_page_and_too_many_rows_are_refused(shop):
    with pytest.raises(Refused, match="out of date"):
        catalogue_in.sort_skus([SkuChoice(shop.account.pk, UK, "x", Ignore())] * 2, user=shop.olga, now=NOW)
    many = [SkuChoice(shop.account.pk, UK, f"x{number}", Create()) for number in range(AT_ONCE + 1)]
    with pytest.raises(Refused, match="At most 200 rows"):
        catalogue_in.sort_skus(many, user=shop.olga, now=NOW)


def test_a_hundred_rows_cost_the_statements_of_two(shop):
    costs = []
    for round_, rows in enumerate((2, 100)):
        mug = shop.item(f"MUG-{round_}", listed=False)
        names = [f"r{round_}n{number}" for number in range(rows)]
        kinds = (Create(), LinkTo(mug.pk), Ignore())
        for name in names:
            listed(shop, name, title="A title")
        with CaptureQueriesContext(connection) as queries:
            done = sort(shop, **{name: kinds[number % 3 if rows > 2 else number] for number, name in enumerate(names)})
        assert isinstance(done, Sorted)
        costs.append(len(queries))
    assert costs[1] <= costs[0] + 2  # two statements for what is ignored, which the first round has not
