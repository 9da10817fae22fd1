import pytest
from tests.factories.stock import a_level, a_site, an_item
from tests.web.client import text

from wharfinger.db.models import StockLevel
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db


def test_bins_are_edited_on_the_items_page_and_shown_there(sign_in):
    item, site = an_item(), a_site()
    client = sign_in(Role.WAREHOUSE)
    assert "Edit bins" in text(client.get(f"/stock/{item.pk}/"))
    answer = client.post(f"/stock/{item.pk}/bins/", {f"site-{site.pk}": "A-1, B-2"}, follow=True)
    assert (answer.status_code, "A-1, B-2" in text(answer)) == (200, True)
    answer = client.post(f"/stock/{item.pk}/bins/", {f"site-{site.pk}": "A" * 50})
    assert (answer.status_code, "longer than 40 characters" in text(answer)) == (422, True)
    assert StockLevel.objects.get().bin == "A-1"
    assert "Edit bins" not in text(sign_in(Role.VIEWER).get(f"/stock/{item.pk}/"))


def test_a_sites_levels_are_sorted_and_found_by_bin_and_taken_away_as_a_file(sign_in):
    site = a_site()
    for code, place in (("ONE", "B-2"), ("TWO", ""), ("THREE", "A-1"), ("FOUR", "B-10")):
        a_level(an_item(code), site, 3, bin=place)
    client = sign_in(Role.VIEWER)

    def shown(query):
        lines = b"".join(client.get(f"/sites/{site.pk}/export.csv{query}").streaming_content).decode().splitlines()
        return [line.split(",")[0] for line in lines[1:]]

    assert shown("?sort=bin") == ["THREE", "FOUR", "ONE", "TWO"]
    assert shown("?sort=-bin") == ["ONE", "FOUR", "THREE", "TWO"]
    assert shown("?q=B-") == ["ONE", "FOUR"]
    page = text(client.get(f"/sites/{site.pk}/?sort=bin"))
    assert page.index("A-1") < page.index("B-10") < page.index("B-2")
    assert "No level fits this filter" in text(client.get(f"/sites/{site.pk}/?q=nothing"))
