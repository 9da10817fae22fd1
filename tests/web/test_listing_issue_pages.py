"""What Amazon shows of a listing stands on its rows: errors, what its attributes say, the lead time."""

import pytest
from tests.factories.ground import NOW
from tests.factories.people import olga_the_owner
from tests.sync.orders_world import World

from wharfinger.db.models import ChannelProduct, Listing
from wharfinger.domain.stock.listing_issues import ListingIssue

pytestmark = pytest.mark.django_db


def test_every_page_with_the_listing_shows_its_errors_and_what_differs(sign_in, clock):
    olga_the_owner()
    world = World()
    item = world.item("MUG", 10)
    issue = ListingIssue("90220", "Brand is <required>.", attributes=("brand",), actions=("SEARCH_SUPPRESSED",))
    ChannelProduct.objects.update(issues=[issue.stored()], shown=False)
    Listing.objects.update(
        sent_quantity=10, read_back_quantity=10, seen_at=NOW, submitted_quantity=40, lead_time_days=2
    )
    client = sign_in()
    on_rows = "Brand is &lt;required&gt;. (90220: brand) — the product is hidden from search results."
    levels = ("its attributes say 40", "lead time 2 days")
    for page, words in {
        f"/channels/{world.fbm.pk}/products/": (),
        f"/channels/{world.fbm.pk}/stock/": levels,
        f"/stock/{item.pk}/": levels,
    }.items():
        text = client.get(page).content.decode()
        for word in (on_rows, "Inactive at Amazon: buyers do not see it", *words):
            assert word in text, f"{page} lacks {word}"
