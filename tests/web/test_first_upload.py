"""The first stock upload: one approval for the seller's channels, its progress, rows that say what is so."""

from datetime import timedelta

import pytest
from django.template.defaultfilters import date
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import DE, NOW
from tests.factories.stock import a_product

from wharfinger.db.models import Channel, ChannelProduct, Listing, SellerAccount, StockItem, StockNotice
from wharfinger.db.queries.channels.channel_products import UploadProgress, channel_facts, upload_progress
from wharfinger.operations.stock import outbox

pytestmark = pytest.mark.django_db
US = "ATVPDKIKX0DER"
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def world():
    """Two FBM channels of one seller that wait for approval; a SKU that both sell, and one for each alone."""
    world = Trading()
    german = world.channel("FBM", world.warehouse, DE)
    for sku in ("BOTH", "UK-1", "DE-1"):
        item = moments.stocked_item(world, sku, on_hand=12)
        if sku == "BOTH":
            listing = Listing.objects.get(sku=sku)
            a_product(listing, item, DE)
        if sku == "DE-1":
            ChannelProduct.objects.filter(listing__sku=sku).update(marketplace_id=DE)
    unsent = {"sent_quantity": None, "sent_at": None, "read_back_quantity": 9}
    Listing.objects.update(
        **unsent, sent_why={"not_sent": "Amazon.co.uk FBM: the first stock upload waits for approval."}
    )
    Channel.objects.filter(kind="FBM").update(stock_upload_approved_at=None)
    StockNotice.objects.all().delete()
    return world, german


def stock_tab(client, channel):
    return client.get(f"/channels/{channel.pk}/stock/").text


def send(world, at_most=10):
    for sent in outbox.claim_quantities(world.account.pk, at_most, now=LATER):
        outbox.settle_quantity(sent, outbox.Accepted("S1"), now=LATER)


def test_one_approval_serves_every_channel_of_the_seller(world, sign_in):
    shop, german = world
    client = sign_in()
    page = client.get(f"/channels/{shop.fbm.pk}/stock/")
    assert "Approve for all 2 channels" in page.text
    assert [(row.sku, row.would_be) for row in page.context["plan"]] == [("BOTH", 12), ("DE-1", 12), ("UK-1", 12)]
    client.post(f"/channels/{shop.fbm.pk}/stock/approve/", {"all": "on"})
    assert not Channel.objects.filter(kind="FBM", stock_upload_approved_at=None).exists()
    assert sorted(StockNotice.objects.values_list("listing__sku", flat=True)) == ["BOTH", "DE-1", "UK-1"]


def test_one_channel_can_still_be_approved_alone(world, sign_in):
    shop, german = world
    sign_in().post(f"/channels/{shop.fbm.pk}/stock/approve/")
    german.refresh_from_db()
    assert german.stock_upload_approved_at is None
    assert sorted(StockNotice.objects.values_list("listing__sku", flat=True)) == ["BOTH", "UK-1"]


def test_progress_is_counted_and_a_queued_row_never_says_that_it_waits_for_approval(world, sign_in):
    shop, _ = world
    client = sign_in()
    client.post(f"/channels/{shop.fbm.pk}/stock/approve/")
    page = stock_tab(client, shop.fbm)
    assert upload_progress(channel_facts(shop.fbm.pk)) == UploadProgress(sent=0, queued=2, refused=0, silent=0)
    assert ("Sending: 0 of 2" in page, page.count("Queued"), "waits for approval" in page) == (True, 2, False)
    send(shop, at_most=1)
    assert "Sending: 1 of 2" in stock_tab(client, shop.fbm)
    send(shop)
    page = stock_tab(client, shop.fbm)
    assert ("2 of 2 sent" in page, "Queued" in page, page.count("Sent, not shown by Amazon yet")) == (True, False, 2)
    Listing.objects.update(read_back_quantity=12)
    assert stock_tab(client, shop.fbm).count("Up to date") == 2


def test_a_refused_number_and_one_that_is_not_to_be_sent_are_counted_apart(world):
    shop, _ = world
    Listing.objects.filter(sku="BOTH").update(error="Amazon does not know this SKU.", sent_why=None)
    assert upload_progress(channel_facts(shop.fbm.pk)) == UploadProgress(sent=0, queued=0, refused=1, silent=1)


def test_why_names_the_cause_and_its_moment_and_never_that_of_another_sellers_channel(world, sign_in):
    shop, german = world
    other = SellerAccount.objects.create(name="Inc", region="NA", seller_id="A3", link_state="linked", made_at=NOW)
    elsewhere = Listing.objects.create(account=other, sku="BOTH", fulfilment="FBM", product_type="MUG", found_at=NOW)
    item = StockItem.objects.get(code="BOTH")
    ChannelProduct.objects.create(listing=elsewhere, marketplace_id=US, item=item, found_at=NOW)
    client = sign_in()
    client.post(f"/channels/{shop.fbm.pk}/stock/approve/", {"all": "on"})
    send(shop)
    assert not StockNotice.objects.filter(listing__account=other).exists()
    why = Listing.objects.get(sku="BOTH", account=shop.account).sent_why
    assert (why["cause"], why["caused_at"]) == ("First stock upload approved", NOW.isoformat())
    assert why["channels"] == ["Amazon.co.uk FBM", "Amazon.de FBM"]
    for channel in (shop.fbm, german):
        page = stock_tab(client, channel)
        assert "First stock upload approved, <time" in page
        assert "for Amazon.co.uk FBM, Amazon.de FBM." in page


def test_a_channel_approved_later_does_not_send_what_amazon_holds_already(world, sign_in):
    shop, german = world
    client = sign_in()
    client.post(f"/channels/{shop.fbm.pk}/stock/approve/")
    send(shop)
    client.post(f"/channels/{german.pk}/stock/approve/")
    assert list(StockNotice.objects.values_list("listing__sku", flat=True)) == ["DE-1"]
    assert "Amazon holds one number for this SKU" in stock_tab(client, german)


def test_why_names_the_wait_for_orders_that_are_not_read_and_until_when(world, sign_in):
    """Amazon shows 5 where 12 were sent: 12 is not sent again before the orders up to that fall were read."""
    shop, _ = world
    client = sign_in()
    client.post(f"/channels/{shop.fbm.pk}/stock/approve/")
    send(shop)
    listing = Listing.objects.get(sku="UK-1", account=shop.account)
    Listing.objects.filter(pk=listing.pk).update(read_back_quantity=5, fell_at=LATER)
    assert "unread orders" not in stock_tab(client, shop.fbm)
    StockNotice.objects.create(
        listing=listing, account=shop.account, cause="Amazon shows 5", raised_at=LATER, caused_at=LATER, again_at=LATER
    )
    assert outbox.claim_quantities(shop.account.pk, 5, now=LATER) == ()
    until = date(LATER + timedelta(minutes=7), "U")
    item = ChannelProduct.objects.get(listing=listing).item_id
    for page in (stock_tab(client, shop.fbm), client.get(f"/stock/{item}/").text):
        assert "A larger number waits: Amazon showed fewer than was sent at <time" in page
        assert ("unread orders until <time" in page, f'-{until}" hx-preserve' in page) == (True, True)


def test_the_moment_is_that_of_the_newest_change(world):
    shop, _ = world
    Channel.objects.filter(kind="FBM").update(stock_upload_approved_at=NOW)
    listing = Listing.objects.get(sku="UK-1", account=shop.account)
    StockNotice.objects.create(
        listing=listing, account=shop.account, cause="Received 5", raised_at=NOW, caused_at=LATER, again_at=NOW
    )
    claimed = outbox.claim_quantities(shop.account.pk, 5, now=LATER)
    assert [(one.sku, one.why["cause"], one.why["caused_at"]) for one in claimed] == [
        ("UK-1", "Received 5", LATER.isoformat())
    ]
