"""The page of a channel's write guard: what would change, the two buttons, and the limits."""

import pytest
from tests.sync.test_write_guard import SKUS, TEN_EACH, Shop

from wharfinger.db.models import SafeMode, StockGuard, StockNotice
from wharfinger.domain.installation.people import Role
from wharfinger.domain.stock.rules import RuleValues

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    """Its channel would show nothing any more; all of it is held."""
    shop = Shop()
    shop.rule(RuleValues(percent=0))
    shop.run(minutes=1)
    return shop


def page_of(shop, more=""):
    return f"/channels/{shop.fbm.pk}/stock/guard/{more}"


def facts(text):
    return " ".join(text.split())


def test_the_page_shows_what_would_change_with_its_totals(shop, sign_in):
    client = sign_in()
    text = facts(client.get(page_of(shop)).text)
    for fact, value in (("Listings held", 4), ("Units at Amazon now", 40), ("Units as they would be", 0)):
        assert f"<dt>{fact}</dt><dd>{value}</dd>" in text
    assert "The 4 largest changes of 4 are shown." in text
    assert "of 4 listings 4 would fall to 0" in text
    lines = client.get(page_of(shop, "export.csv")).getvalue().decode().splitlines()
    assert len(lines) == 5
    assert lines[1].split(",")[:5] == ["MUG", "", "MUG", "10", "0"]


def test_the_stock_tab_and_the_number_itself_say_that_it_is_held(shop, sign_in):
    client = sign_in()
    tab = facts(client.get(f"/channels/{shop.fbm.pk}/stock/").text)
    assert "The write guard holds back the quantities of 4 listings." in tab
    assert ("0 of 4 sent" in tab, "4 held back" in tab, tab.count("Held back")) == (True, True, 4)
    listing = StockNotice.objects.first().listing_id
    assert "The write guard holds this number back." in facts(client.get(f"/listings/{listing}/why/").text)


def test_send_these(shop, sign_in):
    client = sign_in()
    answer = client.post(page_of(shop, "send/"), follow=True)
    assert "The quantities of 4 listings are being sent to Amazon." in facts(answer.text)
    shop.run(minutes=1)
    assert shop.shown() == dict.fromkeys(SKUS, 0)
    assert "Nothing is held" in client.get(page_of(shop)).text
    assert "Nothing is held any more." in facts(client.post(page_of(shop, "send/"), follow=True).text)


def test_keep_what_amazon_has(shop, sign_in):
    client = sign_in()
    text = facts(client.post(page_of(shop, "keep/"), follow=True).text)
    assert "administrator decided that Amazon keeps what it has" in text
    assert ("Send these" in text, "Keep what Amazon has</button>" in text) == (True, False)
    assert shop.shown() == TEN_EACH
    assert "Nothing waits for a decision any more." in facts(client.post(page_of(shop, "keep/"), follow=True).text)


def test_the_limits_are_edited(shop, sign_in):
    client = sign_in()
    form = {"zero_percent": 100, "more_percent": 100, "factor": 3, "at_least": 5, "on": "on"}
    wrong = client.post(page_of(shop, "limits/"), {**form, "factor": 1})
    assert (wrong.status_code, StockGuard.objects.get().factor) == (422, 10)
    text = facts(client.post(page_of(shop, "limits/"), form, follow=True).text)
    assert "Saved. 4 quantities that were held are being sent to Amazon." in text
    assert "more than 3 times what Amazon has; and only when these are 5 listings or more" in text


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.VIEWER])
def test_others_see_it_and_decide_nothing(role, shop, sign_in):
    client = sign_in(role)
    text = client.get(page_of(shop)).text
    assert "A Manager or an Administrator decides." in text
    assert "Send these</button>" not in text
    assert {client.post(page_of(shop, each)).status_code for each in ("send/", "keep/", "limits/")} == {403}


def test_an_fba_channel_has_none(shop, sign_in):
    assert sign_in().get(f"/channels/{shop.fba.pk}/stock/guard/").status_code == 404


def test_safe_mode_is_set_on_the_page_and_said_on_the_stock_tab(shop, sign_in):
    client = sign_in()
    wrong = client.post(page_of(shop, "safe-mode/"), {"after_hours": 0, "percent": 50})
    assert wrong.status_code == 422
    text = facts(
        client.post(page_of(shop, "safe-mode/"), {"after_hours": 6, "percent": 40, "cap": 9}, follow=True).text
    )
    assert "are seen for 6 hours, 40 % of each number is shown. Never more than 9." in text
    SafeMode.objects.update(entered_at=shop.now(), blind_since=shop.now())
    assert "Search for orders now" in client.get(page_of(shop)).text
    assert "Safe mode: no orders of" in facts(client.get(f"/channels/{shop.fbm.pk}/stock/").text)
