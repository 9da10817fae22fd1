"""Errors of listings and listings that vanish: noticed wherever Amazon is read, and over when Amazon shows so."""

from datetime import timedelta

import pytest
from tests.sync.fake_amazon import Entry
from tests.sync.test_stock_out import Shop

from wharfinger.amazon.messages.listings import EnforcementAction, Enforcements, Issue
from wharfinger.db.models import ChannelProduct, Listing, Problem
from wharfinger.operations.stock import ledger, outbox
from wharfinger.sync import listings_in

pytestmark = pytest.mark.django_db

SUPPRESSED = Issue(
    code="90220",
    message="Brand is required.",
    attribute_names=("brand",),
    enforcements=Enforcements(actions=(EnforcementAction(action="SEARCH_SUPPRESSED"),)),
)


class Listed(Shop):
    def __init__(self):
        super().__init__(("MUG", 12))
        self.run()

    @property
    def entry(self):
        return self.amazon.listings["MUG"]

    def read_back(self):
        self.clock.advance(minutes=10)
        ledger.receive_stock(self.items["MUG"].pk, self.site.pk, 1, now=self.clock.now())
        self.run()
        self.clock.advance(minutes=4)
        self.run()

    def read_all(self):
        self.clock.advance(hours=1)
        listings_in.run(self.account.pk, self.amazon, self.clock)


def open_kinds():
    return sorted(Problem.objects.filter(solved_at=None).values_list("kind", flat=True))


@pytest.mark.parametrize("read", [Listed.read_back, Listed.read_all])
def test_an_error_opens_a_problem_with_amazons_words_and_closes_when_gone(read):
    shop = Listed()
    shop.entry.issues = (SUPPRESSED, Issue(code="1", message="A hint.", severity="WARNING"))
    read(shop)
    problem = Problem.objects.get(kind="listing_issue", solved_at=None)
    assert problem.cause == (
        "SKU MUG on Amazon.co.uk: Brand is required. (90220: brand) — the product is hidden from search results."
    )
    assert [issue["code"] for issue in ChannelProduct.objects.get().issues] == ["90220"]
    shop.entry.issues = ()
    read(shop)
    assert (open_kinds(), ChannelProduct.objects.get().issues) == ([], [])


@pytest.mark.parametrize("read", [Listed.read_back, Listed.read_all])
def test_a_listing_that_buyers_do_not_see_any_more_is_reported_until_it_is_back(read):
    shop = Listed()
    read(shop)
    shop.entry.status = ()
    read(shop)
    assert open_kinds() == ["listing_gone"]
    assert "Amazon.co.uk" in Problem.objects.get().cause
    shop.entry.status = ("DISCOVERABLE",)
    read(shop)
    assert open_kinds() == []


def test_an_unfinished_or_sold_out_listing_has_not_vanished():
    shop = Listed()
    shop.entry.status = ()
    shop.read_all()
    shop.entry.status = ("BUYABLE",)
    shop.read_all()
    shop.entry.status, shop.entry.quantity = (), 0
    shop.read_all()
    assert "listing_gone" not in open_kinds()


@pytest.mark.parametrize("way", ["patch", "read-back", "whole reading"])
def test_a_sku_that_is_gone_is_reported_and_closed_when_it_is_listed_again(way):
    shop = Listed()
    shop.entry.issues = (SUPPRESSED,)
    shop.read_all()
    entry = shop.amazon.listings.pop("MUG")
    shop.clock.advance(minutes=10)
    if way == "patch":
        ledger.receive_stock(shop.items["MUG"].pk, shop.site.pk, 1, now=shop.clock.now())
        shop.run()
    elif way == "read-back":
        Listing.objects.update(read_back_at=shop.clock.now())
        shop.run()
    else:
        shop.read_all()
    assert open_kinds() == ["listing_gone"]
    shop.amazon.listings["MUG"] = Entry(quantity=entry.quantity)
    shop.read_all()
    assert open_kinds() == []


def test_what_was_submitted_is_kept_beside_what_it_shows():
    shop = Listed()
    shop.entry.submitted = 40
    shop.read_back()
    listing = shop.listing()
    assert (listing.sent_quantity, listing.submitted_quantity, listing.read_back_quantity) == (13, 40, 13)
    assert not outbox.any_waiting(shop.account.pk, now=shop.clock.now() + timedelta(hours=1))
