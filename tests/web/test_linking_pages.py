"""Linking many SKUs on one page, and the ordered list of a channel's codes."""

import re

import pytest
from django.urls import reverse
from tests.factories.cast import Trading
from tests.factories.incoming import a_line, an_order
from tests.web.client import text

from wharfinger.db.models import Channel, ChannelProduct, Listing, SalesOrder
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db
PAGE = "unlinked-skus"


@pytest.fixture
def world():
    return Trading()


def entry(world, number, sku, **more):
    return {
        f"account-{number}": world.account.pk,
        f"marketplace-{number}": world.fbm.marketplace_id,
        f"sku-{number}": sku,
        **{f"{name}-{number}": value for name, value in more.items()},
    }


def test_the_best_proposals_are_ticked_and_one_button_links_them(world, sign_in):
    item = world.item("MUG-BLUE", 5, listed=False)
    world.listing("mug blue")
    world.listing("nothing like it")
    world.take(an_order(a_line("mug blue")))
    client = sign_in()
    page = text(client.get(reverse(PAGE)))
    assert page.count("checked>") == 1
    assert "Link to MUG-BLUE" in page
    assert "differs only in case" in page
    answer = client.post(reverse(PAGE), {"pick": 1, **entry(world, 1, "mug blue", item=item.pk)}, follow=True)
    assert "One SKU is linked. One held line continues." in text(answer)
    assert SalesOrder.objects.get().state == "ready_to_ship"


def test_a_code_that_is_typed_counts_more_than_what_was_proposed(world, sign_in):
    mug, cup = world.item("MUG", 5, listed=False), world.item("CUP", 5, listed=False)
    world.listing("x")
    sign_in().post(reverse(PAGE), {"pick": 1, **entry(world, 1, "x", item=mug.pk, code=" CUP ")})
    assert ChannelProduct.objects.get().item == cup


def test_one_wrong_row_links_nothing_and_says_what_is_wrong_beside_it(world, sign_in):
    mug = world.item("MUG", 5, listed=False)
    world.listing("x")
    world.listing("y")
    rows = {**entry(world, 1, "x", item=mug.pk), **entry(world, 2, "y", code="NO-SUCH")}
    answer = sign_in().post(reverse(PAGE), {"pick": [1, 2], **rows})
    page = text(answer)
    assert answer.status_code == 422
    assert "There is no stock item with the code NO-SUCH. Codes are compared exactly." in page
    assert 'value="NO-SUCH"' in page
    assert not ChannelProduct.objects.exclude(item=None).exists()


@pytest.mark.parametrize("sent", [{}, {"pick": "x"}, {"pick": 99}, {"pick": 1, "account-1": "x"}])
def test_what_is_no_choice_links_nothing(world, sign_in, sent):
    world.listing("x")
    assert sign_in().post(reverse(PAGE), sent).status_code in (302, 422)
    assert not ChannelProduct.objects.exclude(item=None).exists()


def test_items_are_created_and_skus_ignored_from_the_page_until_nothing_is_left(world, sign_in):
    world.listing("x")
    world.listing("y")
    client = sign_in()
    rows = {**entry(world, 1, "x", item="new", code="MUG"), **entry(world, 2, "y", item="ignore")}
    answer = client.post(f"{reverse(PAGE)}?size=100", {"pick": [1, 2], **rows}, follow=True)
    page = text(answer)
    assert "One stock item is created. One SKU is linked. One SKU is ignored." in page
    assert ("Every Amazon SKU is linked" in page, "1 is ignored" in page) == (True, True)
    assert ChannelProduct.objects.get(item__code="MUG").listing.sku == "x"
    ignored = Listing.objects.get(sku="y")
    assert "y" in text(client.get(reverse("ignored-skus")))
    page = text(client.post(reverse("ignored-skus"), {"pick": [ignored.pk, 99]}, follow=True))
    assert ("One SKU stands among the unlinked ones again." in page, "No SKU is ignored" in page) == (True, True)


def test_a_row_with_a_fault_is_shown_as_it_was_entered(world, sign_in):
    world.item("TAKEN", listed=False)
    world.listing("x")
    answer = sign_in().post(reverse(PAGE), {"pick": [1], **entry(world, 1, "x", item="new", code="TAKEN")})
    page = text(answer)
    assert answer.status_code == 422
    assert "The stock code TAKEN is in use" in page
    assert 'value="TAKEN"' in page
    assert re.search(r'value="new"\s+selected', page)


def test_codes_are_found_while_they_are_typed(world, sign_in):
    world.item("MUG-BLUE", listed=False)
    page = text(sign_in().get(reverse("unlinked-codes"), {"code-3": "mug"}))
    assert '<option value="MUG-BLUE">MUG-BLUE</option>' in page


def test_pictures_come_from_amazons_hosts_alone(world, sign_in):
    for sku, host in (("x", "m.media-amazon.com"), ("y", "elsewhere.example")):
        product = world.listing(sku)
        ChannelProduct.objects.filter(pk=product.pk).update(picture=f"https://{host}/1.jpg", gtin="04006381333931")
    answer = sign_in().get(reverse(PAGE))
    page = text(answer)
    assert ("https://m.media-amazon.com/1.jpg" in page, "elsewhere.example" in page) == (True, False)
    assert "4006381333931 ·" in page
    assert "https://*.media-amazon.com" in answer["Content-Security-Policy"]


def test_every_sku_linked_says_so(world, sign_in):
    assert "Every Amazon SKU is linked" in text(sign_in().get(reverse(PAGE)))


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.ACCOUNTS, Role.VIEWER])
def test_who_may_not_fix_problems_may_not_link(world, role, sign_in):
    client = sign_in(role)
    assert client.get(reverse(PAGE)).status_code == 403
    assert client.post(reverse("channel-matching", args=[world.fbm.pk]), {"action": "add"}).status_code == 403
    page = text(client.get(reverse("channel-matching", args=[world.fbm.pk])))
    assert "Move Up" not in page
    assert 'name="action"' not in page


def test_codes_are_added_moved_and_taken_out(world, sign_in):
    client, address = sign_in(), reverse("channel-matching", args=[world.fbm.pk])

    def press(action, code):
        client.post(address, {"action": action, "code": code})
        return Channel.objects.get(pk=world.fbm.pk).match_codes

    assert press("add", "stock_code") == ["stock_code"]
    assert press("add", "barcode") == ["stock_code", "barcode"]
    assert press("add", "barcode") == ["stock_code", "barcode"]
    assert press("up", "barcode") == ["barcode", "stock_code"]
    assert press("up", "barcode") == ["barcode", "stock_code"]
    assert press("down", "barcode") == ["stock_code", "barcode"]
    assert press("remove", "nonsense") == ["stock_code", "barcode"]
    assert press("remove", "stock_code") == ["barcode"]
    page = text(client.get(address))
    assert "Barcode" in page
    assert "the order&#x27;s Amazon SKU with the barcodes" in page
