"""Before another site or stock rule is saved: how many SKUs it would put in conflict, and the way on."""

import pytest
from tests.factories.cast import Trading
from tests.factories.ground import DE, NOW
from tests.factories.stock import a_site
from tests.web.client import text
from tests.web.test_channel_options import edit

from wharfinger.db.models import ChannelOption, ChannelStockRule
from wharfinger.db.queries.stock import conflicts
from wharfinger.db.queries.stock.conflicts import new_conflicts, place_as_if
from wharfinger.db.queries.stock.rules import AsIf, Setting
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.domain.stock.rules import RuleValues
from wharfinger.operations.stock import ledger, stock_profiles, stock_rules
from wharfinger.operations.stock.stock_profiles import ProfileEntry
from wharfinger.operations.stock.stock_rules import ChannelEntry
from wharfinger.operations.stock.warehouse import site_groups
from wharfinger.operations.stock.warehouse.site_groups import SiteGroupEntry

pytestmark = pytest.mark.django_db
HINT = "2 SKUs would have two rules, and no longer be sent"


@pytest.fixture
def world():
    """Two SKUs that both channels of the account sell, and one of each alone."""
    world = Trading()
    world.town = a_site("Town", SiteKind.SHOP)
    world.german = world.channel("FBM", world.warehouse, DE)
    for sku in ("BOTH-1", "BOTH-2", "UK", "DE"):
        item = world.item(sku, 5, marketplace=DE if sku == "DE" else "A1F83G8C2ARO7P")
        ledger.receive_stock(item.pk, world.town.pk, 3, now=NOW)
        if sku.startswith("BOTH"):
            world.listing(sku, item, marketplace=DE)
    entry = SiteGroupEntry("Both", frozenset([world.warehouse.pk, world.town.pk]))
    world.group = site_groups.add_site_group(entry, now=NOW, user=world.olga)
    return world


def as_if_of(world):
    return AsIf(places={world.fbm.pk: place_as_if(None, world.group)})


def test_a_site_group_on_one_of_two_channels_is_said_with_the_count_and_saved_on_the_second_press(world, sign_in):
    client = sign_in()
    answer = edit(client, world, site_id=f"g{world.group}")
    page = text(answer)
    assert (answer.status_code, HINT in page, "Nothing is saved yet" in page) == (422, True, True)
    assert ChannelOption.objects.get(channel=world.fbm, order_type="").site_group_id is None
    assert edit(client, world, site_id=f"g{world.group}", conflicts="2").status_code == 302
    assert ChannelOption.objects.get(channel=world.fbm, order_type="").site_group_id == world.group


def test_a_rule_is_said_in_the_preview_and_leads_is_a_way_on(world, sign_in):
    client = sign_in()
    address = f"/stock-rules/preview/channel/{world.fbm.pk}/"
    rule = {"percent": "50", "only_specified": "all"}
    assert HINT in text(client.get(address, rule))
    assert "would have two rules" not in text(client.get(address, {**rule, "leads": "on"}))
    assert "would have two rules" not in text(client.get(address, {"percent": "100", "only_specified": "all"}))


def test_a_profile_that_one_of_the_channels_has_is_looked_at_too(world, sign_in):
    values = RuleValues(percent=100)
    profile = stock_profiles.add_profile(ProfileEntry("Whole", values), now=NOW, user=world.olga)
    stock_rules.set_channel_rule(world.fbm.pk, ChannelEntry(Setting(profile)), now=NOW, user=world.olga)
    client = sign_in()
    assert HINT in text(client.get(f"/stock-rules/preview/profile/{profile}/", {"name": "Whole", "percent": "40"}))
    stock_rules.set_channel_rule(world.german.pk, ChannelEntry(Setting(profile)), now=NOW, user=world.olga)
    page = text(client.get(f"/stock-rules/preview/profile/{profile}/", {"name": "Whole", "percent": "40"}))
    assert "would have two rules" not in page


def test_what_is_in_conflict_already_is_no_news_and_one_channel_has_none(world):
    assert new_conflicts([world.fbm.pk], as_if_of(world)).count == 2
    ChannelStockRule.objects.create(channel=world.german, percent=10)
    assert new_conflicts([world.fbm.pk], as_if_of(world)) is None
    world.german.archived = True
    world.german.save()
    assert new_conflicts([world.fbm.pk], as_if_of(world)) is None


def test_of_very_many_the_first_are_examined_and_the_page_says_so(world, sign_in, monkeypatch):
    monkeypatch.setattr(conflicts, "EXAMINED_AT_MOST", 1)
    hint = new_conflicts([world.fbm.pk], as_if_of(world))
    assert (hint.count, hint.examined, hint.shared, hint.all_examined) == (1, 1, 2, False)
    page = text(edit(sign_in(), world, site_id=f"g{world.group}"))
    assert "That many of the first 1 of 2 SKUs" in page
